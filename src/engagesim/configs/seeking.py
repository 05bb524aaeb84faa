"""A search for allies as asked: where its futures start, and how hard it searches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engagesim.alliances.found import Allies, Effort, find
from engagesim.alliances.futures import Future, Horizon, stored
from engagesim.alliances.search import Lengths
from engagesim.alliances.today import Ground, Society, drawn, of_place, of_snapshot
from engagesim.configs.compose import SoughtAllies
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.study.provenance import named_by_content, short_checksum
from engagesim.study.run_folder import read_run
from engagesim.study.snapshot import Snapshot

_START = 24
"""Months that a society lives up to today where no file says how people are today."""


def seek(
    asked: SoughtAllies, ground: Ground, advance: Callable[[int], None] = lambda _: None, folder: Path | None = None
) -> Allies:
    """Find allies as asked; what was simulated before an interrupt is kept in the folder."""
    options = asked.options
    future = Future(ground, asked.levers, Horizon(options.horizon, options.holds), advance)
    lengths = Lengths(options.most, options.every, np.inf if options.budget is None else options.budget)
    lives = future.of if folder is None else stored(future.of, folder)
    name = asked.parameters.name if asked.place is None else asked.place.profile.name
    return find(name, future, lengths, Effort(options.futures, options.fresh), lives)


def source_of(asked: SoughtAllies) -> tuple[Callable[[int], Society], dict[str, Any]]:
    """Return the societies that futures start from, by number, and what identifies them."""
    options, parameters = asked.options, asked.parameters
    if options.after is not None:
        snapshot = _lived(Path(options.after))
        kept = {"parameters": snapshot.parameters.model_dump(mode="json"), "month": snapshot.month}
        blocks: list[Any] = [*snapshot.state.numbers.values(), *snapshot.state.counts.values()]
        return of_snapshot(snapshot), {**kept, "state": short_checksum(b"".join(each.tobytes() for each in blocks))}
    if asked.place is not None:
        return of_place(asked.place, parameters), {"place": asked.place.checksum, **_society(asked)}
    today = options.today if options.today is not None else _START * (parameters.population.file is None)
    return drawn(parameters, asked.calibration.sets, today), {"today": today, **_society(asked)}


def _society(asked: SoughtAllies) -> dict[str, Any]:
    (kept,) = named_by_content([asked.parameters])
    sets = [] if asked.place is not None else [dict(some) for some in asked.calibration.sets]
    return {"parameters": kept.model_dump(mode="json"), "calibration": sets}


def _lived(place: Path) -> Snapshot:
    """Return the end of a stored run, simulated again, or a snapshot."""
    if not place.is_dir():
        return Snapshot.load(place)
    parameters, _ = read_run(place)
    society = LiveSociety(parameters)
    society.step(parameters.months)
    return society.snapshot()
