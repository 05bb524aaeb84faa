"""The requested search for allies: where its futures start, and how long it searches."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engagesim.alliances.found import Allies, Effort, find
from engagesim.alliances.futures import Future, Horizon, stored
from engagesim.alliances.search import Lengths
from engagesim.alliances.today import Ground, Society, drawn, of_place, of_snapshot
from engagesim.configs.compose import SoughtAllies
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.mechanisms.declarations import Mechanism
from engagesim.mechanisms.design import extended
from engagesim.study.provenance import named_by_content, short_checksum, with_code
from engagesim.study.run_folder import read_run
from engagesim.study.snapshot import Snapshot

_START, _FROM_FILE = 24, 1
"""Number of months simulated up to today: without a file, and with a file that describes people today."""


def seek(
    asked: SoughtAllies, ground: Ground, advance: Callable[[int], None] = lambda _: None, folder: Path | None = None
) -> Allies:
    """Run the requested search for allies; the folder keeps what was simulated before an interrupt."""
    options = asked.options
    future = Future(ground, asked.levers, Horizon(options.horizon, options.holds), advance)
    lengths = Lengths(options.most, options.every, np.inf if options.budget is None else options.budget)
    lives = future.of if folder is None else stored(future.of, folder)
    name = asked.parameters.name if asked.place is None else asked.place.profile.name
    return find(name, future, lengths, Effort(options.futures, options.fresh), lives)


def source_of(asked: SoughtAllies) -> Callable[[int], Society]:
    """Return a function from the number of a future to the society from which this future starts."""
    if asked.options.after is not None:
        return of_snapshot(_lived(Path(asked.options.after), asked.parameters.mechanisms))
    if asked.place is not None:
        return of_place(asked.place, asked.parameters)
    return drawn(asked.parameters, asked.calibration.sets, _today(asked))


def told_of(asked: SoughtAllies, ground: Ground) -> dict[str, Any]:
    """Return data that identify the societies from which the futures start."""
    if asked.options.after is not None:
        first = ground.first
        blocks: list[Any] = [*first.state.numbers.values(), *first.state.counts.values()]
        kept = {"parameters": first.parameters.model_dump(mode="json"), "month": first.month}
        return {**kept, "state": short_checksum(b"".join(each.tobytes() for each in blocks))}
    (parameters,) = named_by_content([asked.parameters])
    told = {"parameters": parameters.model_dump(mode="json")}
    if asked.place is not None:
        return {"place": asked.place.checksum, **told}
    return {"today": _today(asked), **told, "calibration": [dict(some) for some in asked.calibration.sets]}


def _today(asked: SoughtAllies) -> int:
    if asked.options.today is not None:
        return asked.options.today
    return _START if asked.parameters.population.file is None else _FROM_FILE


def _lived(place: Path, mechanisms: Sequence[Mechanism]) -> Snapshot:
    """Return a snapshot, or the end of a stored run, which is simulated again; the user names the mechanisms' code."""
    if not place.is_dir():
        kept = Snapshot.load(place)
        return replace(kept, parameters=extended(kept.parameters, mechanisms))
    parameters = with_code(read_run(place)[0], mechanisms, place)
    society = LiveSociety(parameters)
    society.step(parameters.months)
    return society.snapshot()
