"""Interventions and trends: schedules on settings, as rows that both drivers read."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.parameters import FORM_DIMENSIONS, SETTINGS, Intervention, Parameters
from engagesim.randomness import BEFORE, Purpose, uniform_pair

NEVER = 2_000_000
"""A month that no society reaches."""

_PLACE = {setting.path: row for row, setting in enumerate(SETTINGS)}
_FORM = {f"engagement.{name}" for name in FORM_DIMENSIONS}


class Schedule(NamedTuple):
    """One setting moved by one schedule, in some districts."""

    setting: int  # row in SETTINGS
    is_added: int  # 1: added, 0: set
    target: float
    start: int
    stop: int
    ramp: int
    districts: NDArray[np.int8]  # 1 where it applies, shape (districts,)


def base_settings(parameters: Parameters) -> NDArray[np.float64]:
    """Return every setting before any schedule, in the order of ``SETTINGS``; no form of engagement is open."""
    values = np.empty(len(SETTINGS))
    for row, setting in enumerate(SETTINGS):
        group, name = setting.path.split(".")
        values[row] = 0.0 if setting.path in _FORM else getattr(getattr(parameters, group), name)
    return values


def schedules(parameters: Parameters) -> list[Schedule]:
    """Return all schedules of a society in the order in which they act: trends, the form, interventions."""
    return [
        Schedule(_PLACE[path], is_added, target, entry.start, entry.stop or NEVER, entry.ramp, districts)
        for number, entry in _entries(parameters)
        for districts in [_districts(parameters, entry, number)]
        for is_added, changes in ((0, entry.set), (1, entry.add))
        for path, target in changes.items()
    ]


def _entries(parameters: Parameters) -> Iterator[tuple[int, Intervention]]:
    """Yield each entry with its number in the draw of districts: one more trend moves no intervention elsewhere."""
    for place, trend in enumerate(parameters.trends):
        yield 1 + place % 7, trend
    form = parameters.engagement
    profile = {f"engagement.{name}": getattr(form, name) for name in FORM_DIMENSIONS}
    yield (
        0,
        Intervention(name=form.form, start=form.start, stop=form.stop, ramp=form.ramp, where=form.where, set=profile),
    )
    for place, intervention in enumerate(parameters.interventions):
        yield 8 + place % 8, intervention


def _districts(parameters: Parameters, entry: Intervention, number: int) -> NDArray[np.int8]:
    """Mark the districts that an entry reaches; a share is drawn once, by the society's seed."""
    count = parameters.population.districts
    chosen = np.zeros(count, dtype=np.int8)
    if entry.where == "all":
        chosen[:] = 1
    elif isinstance(entry.where, list):
        chosen[entry.where] = 1
    else:
        purpose = Purpose.TARGETING + number
        lots, _ = uniform_pair(parameters.seed, BEFORE, np.arange(count), int(purpose))
        chosen[np.argsort(lots, kind="stable")[: round(float(entry.where) * count)]] = 1
    return chosen
