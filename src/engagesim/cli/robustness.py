"""``engagesim robustness``: judges each headline claim in variations of the model, and continues interrupted panels."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from rich.console import Console

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, goes_on, one_line, try_next, typed
from engagesim.cli.log import logbook
from engagesim.cli.progress import counting
from engagesim.cli.validate import chosen_facts, laboratory_for
from engagesim.configs.command_options import RobustnessOptions
from engagesim.configs.compose import Validating, composed_robustness
from engagesim.files import RECORD_BYTES, text, write_whole
from engagesim.mechanisms.design import sources_of, version_of
from engagesim.report.robustness import TABLE, Made, write_report
from engagesim.study.provenance import environment, keep_inputs, short_checksum
from engagesim.study.resumable import begun
from engagesim.validation.claims import (
    SHIPPED,
    SIZES,
    Cell,
    Judged,
    cells,
    check_cells,
    conclusions,
    judge_cell,
    panel,
)
from engagesim.validation.experiments import Laboratory, ParameterSet


def robustness(arguments: list[str]) -> int:
    """Judge the claims in every variation, or continue a panel; show how far each claim holds, and write the panel."""
    refuse_flags(arguments, "robustness", "claims=FOLDER")
    asked, options = composed_robustness(arguments)
    size = SIZES[options.size]
    sets = asked.calibration.sets[: size.trials]
    laboratory = laboratory_for(asked, size)
    facts = chosen_facts(options.claims, options.only, SHIPPED, "claims")
    every = cells(facts, options.axes)
    check_cells(every, sets, laboratory)
    folder = Path(options.output)
    version = version_of(type(asked.base))
    book = logbook("robustness", arguments, folder, version=version)
    question = _question(options, asked, every, sets)
    with goes_on("robustness", arguments, folder), begun(folder, question, "robustness panel"), book:
        keep_inputs(asked.base, folder)
        with counting(len(every), "experiments", options.progress) as bar:
            judged: list[Judged] = []
            for cell in every:
                judged += _remembered(folder / "judged", cell, sets, laboratory, asked.last)
                bar.advance(name=f"{cell.fact.id}, {cell.name}")
        table = panel(judged, facts)
        command = typed("robustness", *arguments)
        write_report(table, facts, Made(size, asked.calibration, command), folder)
        made = {"model_version": version, "mechanisms": sources_of(type(asked.base)), **environment()}
        write_whole(folder / "provenance.json", (json.dumps(made, indent=2) + "\n").encode())
    console = Console(highlight=False)
    says = dict(zip(table["claim"], table["says"], strict=True))
    for name, found in conclusions(table).items():
        line = f"{name}: {says[name]}: {'withdrawn: ' * (found.kind == 'withdrawn')}{found.words}"
        console.print(one_line(line), markup=False, style="red" if found.kind == "withdrawn" else None)
    print(f"\n{folder}: report.html, {TABLE}, config")
    try_next("validate", "size=quick")
    return DONE


def _question(
    options: RobustnessOptions, asked: Validating, every: Sequence[Cell], sets: Sequence[ParameterSet]
) -> dict[str, Any]:
    """Return everything that determines the results."""
    sources = sources_of(type(asked.base))
    return {
        **options.model_dump(mode="json", exclude={"output", "progress"}),
        "seed": asked.base.seed,
        **asked.last,
        "content_of_claims": _fingerprint([cell.fact.asked for cell in every]),
        "content_of_calibration": _fingerprint([dict(some) for some in sets]),
        "interventions": _fingerprint({name: each.model_dump(mode="json") for name, each in asked.catalogue.items()}),
        "model_version": version_of(type(asked.base)),
        **({"mechanisms": sources} if sources else {}),
    }


def _fingerprint(plain: Any) -> str:
    return short_checksum(json.dumps(plain, sort_keys=True).encode())


_ROWS = TypeAdapter(list[Judged], config=ConfigDict(ser_json_inf_nan="constants"))


def _remembered(
    folder: Path, cell: Cell, sets: Sequence[ParameterSet], laboratory: Laboratory, last: ParameterSet
) -> list[Judged]:
    """Judge a part of the panel, or read the stored judgement if its file is undamaged."""
    path = folder / f"{_fingerprint([cell.fact.id, cell.axis, cell.name])}.json"
    try:
        return _ROWS.validate_json(text(path, RECORD_BYTES))
    except (OSError, ValueError, ValidationError):
        found = judge_cell(cell, sets, laboratory, last)
        folder.mkdir(exist_ok=True)
        write_whole(path, _ROWS.dump_json(found, indent=1))
        return found
