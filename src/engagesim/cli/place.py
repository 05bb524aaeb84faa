"""``engagesim place``: finds societies that represent a user's place, and reports how well they match it."""

import json
import logging
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, goes_on, one_line, try_next
from engagesim.cli.log import logbook
from engagesim.cli.progress import counting
from engagesim.configs.command_options import PlaceOptions
from engagesim.configs.compose import composed_place, known_interventions
from engagesim.configs.override_values import text_of
from engagesim.engines.compiled import Options, simulate
from engagesim.errors import ParameterError
from engagesim.files import write_whole
from engagesim.machine import timed
from engagesim.mechanisms.design import version_of
from engagesim.parameters import Parameters
from engagesim.places.matching import (
    A_SEED,
    Effort,
    Fit,
    check_sets,
    drawn,
    fit,
    match_table,
    most_like,
    predicted_table,
    replayed,
    set_table,
    societies_for,
    width_table,
)
from engagesim.places.profile import MEASURED, QUANTITY, Profile, read_profile
from engagesim.places.stored import SIMULATED, Place, write_place
from engagesim.report.pages import PAGE
from engagesim.report.place_page import write_page
from engagesim.report.place_words import Matched, answer
from engagesim.report.text import several
from engagesim.study.provenance import environment, short_checksum
from engagesim.study.resumable import begun, cached
from engagesim.validation.parameter_sets import Calibration

_log = logging.getLogger(__name__)

_BATCHES = "unfinished"
_FEW, _MANY = 5, 10
"""Smallest number of statements from which much can be learned, and largest number for which matches were checked."""


def place(arguments: list[str]) -> int:
    """Match a place, and write the societies that represent it and the check page, or continue a match."""
    files = [each for each in arguments if "=" not in each and not each.startswith("-")]
    if len(files) != 1:
        raise ParameterError(
            f"{' '.join(arguments) or 'place'}: must be the file of a place, then settings; "
            "use: engagesim place my_place.yaml"
        )
    rest = [each for each in arguments if each != files[0]]
    refuse_flags(rest, "place", "output=my_place")
    options, calibration = composed_place(rest)
    profile = read_profile(Path(files[0]), known_interventions())
    folder = Path(options.output)
    found = _matched(profile, options, calibration, folder, ("place", arguments))
    if found is None:
        print(f"{folder}: is finished; it holds report.html, societies, tables")
        return DONE
    _show(found)
    print(f"\n{folder}: report.html, societies, tables")
    try_next("compare", f"place={folder}", "'packages={audit: [social_audit]}'")
    return DONE


def with_place(command: str, arguments: Sequence[str]) -> list[str]:
    """Match a place whose file the arguments name, unless done already; return arguments that name its folder."""
    return [_resolved(command, each) if each.startswith("place=") else each for each in arguments]


def _resolved(command: str, argument: str) -> str:
    word = text_of("place", argument.removeprefix("place="))
    if Path(word).is_dir() or Path(word).suffix not in {".yaml", ".yml"}:
        return argument
    profile = read_profile(Path(word), known_interventions())
    options, calibration = composed_place([])
    question = json.dumps(_question(profile, options, calibration), sort_keys=True)
    folder = Path("outputs") / "place" / f"{Path(word).stem}-{short_checksum(question.encode())}"
    if not (folder / PAGE).exists():
        _log.warning("place = %s: is matched first, which takes about a minute; %s will show the fit", word, folder)
        _matched(profile, options, calibration, folder, (command, [argument]))
    return f"place={folder}"


def _question(profile: Profile, options: PlaceOptions, calibration: Calibration) -> dict[str, Any]:
    """Return everything that determines the results."""
    return {
        "model_version": version_of(Parameters),
        "place": dict(profile.told),
        "options": options.model_dump(mode="json", exclude={"output", "progress"}),
        "calibration": [dict(some) for some in calibration.sets],
    }


def _matched(
    profile: Profile, options: PlaceOptions, calibration: Calibration, folder: Path, asked: tuple[str, Sequence[str]]
) -> Matched | None:
    """Simulate, match and write, unless this was done before; work done before an interrupt is not repeated."""
    command, arguments = asked
    sets = calibration.sets
    check_sets(sets)
    count = -(-options.simulated // A_SEED) * A_SEED
    book = logbook(command, arguments, folder)
    with goes_on(command, arguments, folder), begun(folder, _question(profile, options, calibration), "place"), book:
        if (folder / PAGE).exists():
            return None
        with counting(count + options.kept, "societies", options.progress) as bar:
            each = partial(simulate, options=Options(threads=1))  # groups of societies run side by side
            watched = cached(each, MEASURED, folder / _BATCHES, version_of(Parameters), bar.advance)
            societies = societies_for(profile, sets, Effort(count, options.seed), watched)
            fitted = fit(societies, profile, options.seed)
            some = drawn(societies, fitted, profile, options.kept, options.seed)
            stand_ins = most_like(replayed(profile, sets, some, watched), profile)
        with timed("storing"):
            stands = Place(profile, tuple(sets), stand_ins)
            found = _found(stands, societies, fitted, options.seed, calibration.description)
            _write(folder, found, societies)
            shutil.rmtree(folder / _BATCHES)
    return found


def _found(stands: Place, societies: pd.DataFrame, fitted: Fit, seed: int, description: str) -> Matched:
    profile = stands.profile
    return Matched(
        stands,
        len(societies),
        match_table(societies, profile, seed),
        width_table(societies, fitted, profile),
        predicted_table(societies, fitted, profile),
        set_table(societies, fitted, stands.sets),
        description,
    )


def _write(folder: Path, found: Matched, societies: pd.DataFrame) -> None:
    tables = {
        "match": found.match, "contexts": found.widths, "predicted": found.predicted, "behaviour": found.behaviour,
        Path(SIMULATED).stem: societies,
    }  # fmt: skip
    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
    write_whole(folder / "provenance.json", (json.dumps(environment(), indent=2) + "\n").encode())
    write_place(folder, found.place)
    write_page(found, folder)


def _show(found: Matched) -> None:
    """Print each statement beside the values that fit, and the result in words."""
    profile = found.place.profile
    console = Console(markup=False)
    table = Table(
        "what you know", "you said", "model, given everything you said", "from the rest alone", title=profile.name
    )
    rows: Any = found.match.itertuples()
    for row in rows:
        said = QUANTITY[row.quantity].said
        table.add_row(
            row.quantity, f"{said(row.stated_low)} to {said(row.stated_high)}",
            f"{said(row.fit_low)} to {said(row.fit_high)}", f"{said(row.others_low)} to {said(row.others_high)}",
        )  # fmt: skip
    console.print(table)
    for sentence in answer(found.match, found.widths, found.behaviour):
        console.print(one_line(f"• {sentence}"), highlight=False)
    if len(profile.statements) < _FEW:
        stated = several(len(profile.statements), "statement")
        says = "says" if len(profile.statements) == 1 else "say"
        _log.warning("know: %s %s little; use %d to %d", stated, says, _FEW, _MANY)
