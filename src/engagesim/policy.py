"""Interventions and trends as schedules, and the settings in force each month."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.month.trends import hold_lane, set_lane
from engagesim.parameters import FORM_DIMENSIONS, Intervention, Parameters, settings_of
from engagesim.parameters.engagement import Place, Worst
from engagesim.randomness import BEFORE, Purpose, uniform_pair
from engagesim.society.population import fixed_values, settle_districts
from engagesim.society.state import State

NEVER = 2_000_000
"""A month beyond the end of any society."""


@cache
def _rows(tree: type[Parameters]) -> dict[str, int]:
    """Return the row of each setting."""
    return {setting.path: row for row, setting in enumerate(settings_of(tree))}


@cache
def _every_setting(tree: type[Parameters]) -> Callable[[Parameters], tuple[float, ...]]:
    """Return a function that reads every setting, in the order of the tree."""
    return attrgetter(*_rows(tree))


_FORM = {f"engagement.{name}" for name in FORM_DIMENSIONS}


class Schedule(NamedTuple):
    """One setting moved by one schedule, in some districts."""

    setting: int  # row in the table of settings
    is_added: int  # 1: added, 0: set
    target: float
    start: int
    stop: int
    ramp: int
    districts: NDArray[np.int8]  # 1 where it applies, shape (districts,)


class Policy(NamedTuple):
    """What schedules do to the settings of some societies, one lane each.

    Attributes
    ----------
    base : array, shape (settings, lanes)
        Settings before any schedule; no form of engagement is open.
    limits : array, shape (settings, 2)
        Lowest and highest value of each.
    plan : array, shape (6, schedules, lanes)
        Setting, whether added, target, start, stop and ramp of each schedule, in the order in which they act.
    reach : array of int8, shape (schedules, districts, lanes)
        1 where a schedule applies.
    """

    base: NDArray[np.float64]
    limits: NDArray[np.float64]
    plan: NDArray[np.float64]
    reach: NDArray[np.int8]

    @classmethod
    def of(cls, societies: Sequence[Parameters]) -> "Policy":
        """Lay out the schedules of societies of one size; those with fewer get rows that never start."""
        entries = [schedules(each) for each in societies]
        rows, districts = max(len(each) for each in entries), societies[0].population.districts
        plan = np.zeros((6, rows, len(societies)))
        plan[3:5] = NEVER
        reach = np.zeros((rows, districts, len(societies)), dtype=np.int8)
        for lane, society in enumerate(entries):
            for row, entry in enumerate(society):
                plan[:, row, lane] = entry[:6]
                reach[row, :, lane] = entry.districts
        limits = np.array([[setting.low, setting.high] for setting in settings_of(type(societies[0]))])
        return cls(np.stack([base_settings(each) for each in societies], axis=1), limits, plan, reach)

    def settings(self, month: int | None = None) -> NDArray[np.float64]:
        """Return the settings in force in a month, or before the first, shape (settings, districts, lanes)."""
        districts = self.reach.shape[1]
        settings = np.repeat(self.base[:, None, :], districts, axis=1)
        if month is not None:
            for lane in range(self.base.shape[1]):
                set_lane(month, lane, settings, self.base, self.plan, self.reach)
                hold_lane(lane, settings, self.limits, self.plan)
        return settings


def course(parameters: Parameters, path: str) -> NDArray[np.float64]:
    """Return a setting in each month and district, shape (months, districts)."""
    policy, row = Policy.of([parameters]), _rows(type(parameters))[path]
    return np.array([policy.settings(month)[row, :, 0] for month in range(parameters.months)])


def base_settings(parameters: Parameters) -> NDArray[np.float64]:
    """Return every setting before any schedule, in the order of the tree; no form of engagement is open."""
    tree = type(parameters)
    values = np.array(_every_setting(tree)(parameters), dtype=np.float64)
    values[[row for path, row in _rows(tree).items() if path in _FORM]] = 0.0
    return values


def schedules(parameters: Parameters) -> list[Schedule]:
    """Return all schedules of a society in the order in which they act: trends, the form, interventions."""
    rows = _rows(type(parameters))
    return [
        Schedule(rows[path], is_added, target, entry.start, entry.stop or NEVER, entry.ramp, districts)
        for number, entry in _entries(parameters)
        for districts in [_districts(parameters, entry, number)]
        for is_added, changes in ((0, entry.set), (1, entry.add))
        for path, full in changes.items()
        for target in [_target(parameters, path, full, is_added, entry.intensity)]
    ]


def districts_reached(where: Place, districts: int) -> int:
    """Return how many districts an entry reaches; a share is rounded to whole districts."""
    match where:
        case "all":
            return districts
        case list():
            return len(set(where))
        case Worst(worst=share):
            return round(share * districts)
        case _:
            return round(float(where) * districts)


def starting_quality(parameters: Parameters) -> NDArray[np.float64]:
    """Return each district's service quality before the first month, from the same draw as the society's."""
    state = State.empty({"district": parameters.population.districts}, 1)
    starts = fixed_values(parameters)[:, None]
    settle_districts(state.numbers["district"], state.counts["district"], starts, [parameters.seed])
    return state.column("district", "quality")[:, 0]


def _target(parameters: Parameters, path: str, full: float, is_added: int, intensity: float) -> float:
    """Return where a schedule of some intensity leads: an amount is scaled, a value approached.

    It starts from the parameters, including the open form's profile, whatever other schedules do.
    """
    if intensity == 1.0:  # nearly always, and thousands of times a study
        return full
    group, name = path.split(".")
    before = 0.0 if is_added else float(getattr(getattr(parameters, group), name))
    return intensity * full + (1.0 - intensity) * before


def _entries(parameters: Parameters) -> Iterator[tuple[int, Intervention]]:
    """Yield each entry with its number in the draw of districts, so that a new trend moves no intervention."""
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
    match entry.where:
        case "all":
            order = np.arange(count)
        case list():
            order = np.unique(np.array(entry.where, dtype=int))
        case Worst():
            order = np.argsort(starting_quality(parameters), kind="stable")
        case _:
            purpose = Purpose.TARGETING + (number if entry.lot is None else entry.lot)
            lots, _ = uniform_pair(parameters.seed, BEFORE, np.arange(count), int(purpose))
            order = np.argsort(lots, kind="stable")
    chosen[order[: districts_reached(entry.where, count)]] = 1
    return chosen
