"""``engagesim allies``: finds whom to bring together in a district, in what order, and what moves each actor."""

import json
import logging
import shutil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from engagesim.alliances.found import Allies
from engagesim.alliances.levers import lever_words
from engagesim.alliances.today import Ground
from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, goes_on, one_line
from engagesim.cli.log import logbook
from engagesim.cli.place import with_place
from engagesim.cli.progress import counting
from engagesim.configs.compose import SoughtAllies, composed_allies
from engagesim.configs.seeking import seek, source_of, told_of
from engagesim.files import write_whole
from engagesim.machine import timed
from engagesim.mechanisms.design import sources_of, version_of
from engagesim.report.allies_page import write_page
from engagesim.report.allies_words import answer, titled
from engagesim.report.pages import PAGE
from engagesim.report.text import percent
from engagesim.study.provenance import environment, keep_inputs
from engagesim.study.resumable import begun

_log = logging.getLogger(__name__)

_BATCHES = "unfinished"


def allies(arguments: list[str]) -> int:
    """Find allies and write the page and its tables, or continue a search."""
    refuse_flags(arguments, "allies", "district=0")
    arguments = with_place("allies", arguments)
    asked = composed_allies(arguments)
    ground = Ground(source_of(asked), asked.options.district)
    folder, version = Path(asked.options.output), version_of(type(asked.parameters))
    book = logbook("allies", arguments, folder, version=version)
    with goes_on("allies", arguments, folder), begun(folder, _question(asked, ground), "search for allies"), book:
        if (folder / PAGE).exists():
            print(f"{folder}: is finished; it holds report.html, tables, config")
            return DONE
        keep_inputs(asked.parameters, folder)
        with counting(None, "futures", asked.options.progress) as bar, timed("simulation"):
            found = seek(asked, ground, bar.advance, folder / _BATCHES)
        with timed("storing"):
            _write(folder, found, version, sources_of(type(asked.parameters)))
            shutil.rmtree(folder / _BATCHES)
    _show(found)
    print(f"\n{folder}: report.html, tables, config")
    return DONE


def _question(asked: SoughtAllies, ground: Ground) -> dict[str, Any]:
    """Return everything that determines the results."""
    question = {
        "model_version": version_of(type(asked.parameters)),
        **told_of(asked, ground),
        "options": asked.options.model_dump(mode="json", exclude={"output", "progress", "place", "after", "today"}),
        "levers": {lever.name: lever.cost for lever in asked.levers},
    }
    if sources_of(type(asked.parameters)):
        question["mechanisms"] = sources_of(type(asked.parameters))
    return question


def _write(folder: Path, found: Allies, version: str, mechanisms: dict[str, str]) -> None:
    """Write all tables and then the page, whose presence shows that the folder is complete."""
    tables = {
        "allies": found.table, "path": found.path, "levers": found.levers, "coalitions": found.smaller,
        "fragility": found.blows,
    }  # fmt: skip
    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
    made = {"model_version": version, "mechanisms": mechanisms, **environment()}
    write_whole(folder / "provenance.json", (json.dumps(made, indent=2) + "\n").encode())
    write_page(found, folder)


def _show(found: Allies) -> None:
    """Print the path, and the result in words."""
    console = Console(markup=False)
    table = Table("step", "month", "whom", "how", "cost", "chance after it", title=f"{found.name}, {found.district}")
    actors = {actor.key: actor for actor in found.actors}
    for number, each in enumerate(found.judged.path, 1):
        table.add_row(
            str(number), str((number - 1) * found.lengths.every + 1), titled(actors[each.actor]),
            lever_words(each.lever), f"{each.cost:,.0f}", percent(found.judged.chances[number]),
        )  # fmt: skip
    console.print(table)
    for sentence in answer(found):
        console.print(one_line(f"• {sentence}"), highlight=False)
