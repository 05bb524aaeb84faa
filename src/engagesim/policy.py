"""Schedules for interventions and trends, and the settings in force in each month."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.month.trends import hold_lane, set_lane
from engagesim.parameters import FORM_DIMENSIONS, Intervention, Parameters, settings_of
from engagesim.parameters.engagement import Place, Worst
from engagesim.randomness import BEFORE, Purpose, uniform_pair
from engagesim.rules.vocabulary import ACCOMMODATE, PATRONAGE, RESIST, SPONSOR, TOKEN
from engagesim.society.population import fixed_values, settle_districts
from engagesim.society.state import COLUMNS, State

NEVER = 2_000_000
"""A month so late that no society reaches it."""


@cache
def setting_rows(tree: type[Parameters]) -> dict[str, int]:
    """Return each setting's row in the table of settings, by path."""
    return {setting.path: row for row, setting in enumerate(settings_of(tree))}


@cache
def _every_setting(tree: type[Parameters]) -> Callable[[Parameters], tuple[float, ...]]:
    """Return a function that reads every setting, in the order of the parameter tree."""
    return attrgetter(*setting_rows(tree))


@cache
def _limits(tree: type[Parameters]) -> NDArray[np.float64]:
    """Return the lowest and highest value of every setting, shape (settings, 2)."""
    return np.array([[setting.low, setting.high] for setting in settings_of(tree)])


_FORM = {f"engagement.{name}" for name in FORM_DIMENSIONS}


class Schedule(NamedTuple):
    """A schedule that changes one setting in some districts."""

    setting: int  # row in the table of settings
    is_added: int  # 1: added, 0: set
    target: float
    start: int
    stop: int
    ramp: int
    districts: NDArray[np.int8]  # 1 where it applies, shape (districts,)
    waits: tuple[int, int] | None = None  # the intervention and district that it waits for


class Policy(NamedTuple):
    """The effect of schedules on the settings of some societies, each in its own lane of the arrays.

    Attributes
    ----------
    base : array, shape (settings, lanes)
        Settings before any schedule; no form of engagement is open.
    limits : array, shape (settings, 2)
        Lowest and highest value of each setting.
    plan : array, shape (6, schedules, lanes)
        Setting, whether it is added, target, start, stop and ramp of each schedule, in the order in which they act.
    reach : array of int8, shape (schedules, districts, lanes)
        1 where a schedule applies.
    """

    base: NDArray[np.float64]
    limits: NDArray[np.float64]
    plan: NDArray[np.float64]
    reach: NDArray[np.int8]

    @classmethod
    def of(cls, societies: Sequence[Parameters]) -> "Policy":
        """Return the policy of some equally large societies, one lane each."""
        return cls.side_by_side([cls.alone(each) for each in societies])

    @classmethod
    def alone(cls, society: Parameters) -> "Policy":
        """Arrange the schedules of one society in arrays with a single lane."""
        entries = schedules(society)
        plan = np.array([entry[:6] for entry in entries], dtype=np.float64).T
        reach = np.array([entry.districts for entry in entries], dtype=np.int8)
        return cls(base_settings(society)[:, None], _limits(type(society)), plan[:, :, None], reach[:, :, None])

    @classmethod
    def side_by_side(cls, lanes: Sequence["Policy"]) -> "Policy":
        """Put policies of a single lane side by side, padded with rows that never start."""
        rows, (_, districts, _) = max(len(each.reach) for each in lanes), lanes[0].reach.shape
        plan, reach = np.zeros((6, rows, len(lanes))), np.zeros((rows, districts, len(lanes)), dtype=np.int8)
        plan[3:5] = NEVER
        for lane, each in enumerate(lanes):
            plan[:, : len(each.reach), lane], reach[: len(each.reach), :, lane] = each.plan[..., 0], each.reach[..., 0]
        return cls(np.concatenate([each.base for each in lanes], axis=1), lanes[0].limits, plan, reach)

    def settings(self, month: int | None = None) -> NDArray[np.float64]:
        """Return the settings in force in a month, or before the first month, shape (settings, districts, lanes)."""
        districts = self.reach.shape[1]
        settings = np.repeat(self.base[:, None, :], districts, axis=1)
        if month is not None:
            for lane in range(self.base.shape[1]):
                set_lane(month, lane, settings, self.base, self.plan, self.reach)
                hold_lane(lane, settings, self.limits, self.plan)
        return settings


WATCHED = tuple(
    column
    for column in COLUMNS
    if (column.entity, column.name)
    in {
        ("official", "response"), ("official", "broken"), ("official", "kept"), ("official", "dispute"),
        ("official", "called"), ("official", "tenure"), ("politician", "stance"), ("politician", "election_in"),
        ("district", "engaged"), ("district", "quality"), ("district", "coalition"),
    }
)  # fmt: skip
"""The columns of a society's state that determine its observable values."""


def observed_in(state: State, name: str) -> NDArray[np.float64]:
    """Return the value of each name in ``OBSERVABLE`` in each district, shape (districts, lanes)."""

    def officials(column: str) -> NDArray[Any]:
        found = state.column("official", column)
        return found.reshape(state.column("district", "quality").shape[0], -1, found.shape[-1])

    share: Callable[[NDArray[np.bool_]], NDArray[np.float64]] = lambda found: found[:, 1:].mean(axis=1)  # noqa: E731
    made: dict[str, Callable[[], Any]] = {
        "token_answers": lambda: share(officials("response") == TOKEN),
        "resisting": lambda: share(officials("response") == RESIST),
        "responsive": lambda: share(officials("response") >= ACCOMMODATE),
        "manager_holds_back": lambda: officials("response")[:, 0] < ACCOMMODATE,
        "manager_tenure": lambda: officials("tenure")[:, 0],
        "broken_promises": lambda: officials("broken")[:, 1:].sum(axis=1),
        "kept_promises": lambda: officials("kept")[:, 1:].sum(axis=1),
        "disputes": lambda: share(officials("dispute") > 0),
        "calls": lambda: officials("called")[:, 1:].sum(axis=1),
        "participation": lambda: state.column("district", "engaged"),
        "quality": lambda: state.column("district", "quality"),
        "coalition": lambda: state.column("district", "coalition"),
        "patron": lambda: state.column("politician", "stance") == PATRONAGE,
        "sponsor": lambda: state.column("politician", "stance") == SPONSOR,
        "election_in": lambda: state.column("politician", "election_in"),
    }
    return np.asarray(made[name](), dtype=np.float64)


class Watch:
    """A monitor of some societies' districts that starts interventions when their condition (``when``) is met.

    Both engines call :meth:`look` at the end of each month. It writes the months in which schedules begin and end into
    the policy's plan. Snapshots include what the watch remembers.

    Parameters
    ----------
    societies : sequence of Parameters
        Parameters of the societies, one lane each.
    policy : Policy
        Policy of these societies; the watch changes its plan.

    Attributes
    ----------
    keys : list of tuple of int
        Lane, place among the society's schedules, and district of each entry.
    memory : array of int, shape (3, entries)
        For each intervention and each district that it watches, lane by lane: consecutive months in which the condition
        was met, and the months in which the intervention last began and ends.
    """

    def __init__(self, societies: Sequence[Parameters], policy: Policy) -> None:
        self._plan = policy.plan
        self._rows: dict[tuple[int, int, int], list[int]] = {}
        entries = []
        for lane, society in enumerate(societies):
            if not any(entry.when for entry in (*society.trends, *society.interventions)):
                continue  # the usual case, met thousands of times in a study
            listed = [entry for _, entry in _entries(society)]
            for row, schedule in enumerate(schedules(society)):
                if schedule.waits is not None:
                    key = lane, *schedule.waits
                    if key not in self._rows:
                        entries.append(listed[key[1]])
                    self._rows.setdefault(key, []).append(row)
        self.keys = list(self._rows)
        self.lanes, _, self._districts = np.array(self.keys, dtype=int).reshape(-1, 3).T
        conditions = [entry.when for entry in entries if entry.when is not None]
        self._names = sorted({each.observed for each in conditions})
        self._what = np.array([self._names.index(each.observed) for each in conditions], dtype=int)
        self._low = np.array([-np.inf if each.at_least is None else each.at_least for each in conditions])
        self._high = np.array([np.inf if each.at_most is None else each.at_most for each in conditions])
        self._months = np.array([each.months for each in conditions], dtype=int)
        self._start = np.array([entry.start for entry in entries], dtype=int)
        self._stop = np.array([entry.stop or NEVER for entry in entries], dtype=int)
        self._lasts = np.array([entry.lasts or NEVER for entry in entries], dtype=int)
        self.memory = np.zeros((3, len(entries)), dtype=np.int64)

    def __bool__(self) -> bool:
        """Return whether any district is watched."""
        return bool(self.keys)

    def look(self, state: State, month: int) -> None:
        """Look at the districts at the end of a month, and start interventions that are due in the next month."""
        seen = np.stack([observed_in(state, name) for name in self._names])[self._what, self._districts, self.lanes]
        met, begun, until = self.memory
        waits = (month >= self._start) & (month + 1 >= until)
        met[:] = (met + 1) * (waits & (seen >= self._low) & (seen <= self._high))
        fires = waits & (met >= self._months) & (month + 1 < self._stop)
        begun[fires] = month + 1
        met[fires] = 0
        self._write(fires)

    def recall(self, memory: NDArray[np.int64]) -> None:
        """Restore the memory of an earlier month, and the interventions that had started by then."""
        self.memory[:] = memory
        self._write(self.memory[2] > 0)

    def _write(self, started: NDArray[np.bool_]) -> None:
        _, begun, until = self.memory
        until[started] = np.minimum(self._stop, begun + self._lasts)[started]
        for entry in np.flatnonzero(started).tolist():
            rows, lane = self._rows[self.keys[entry]], self.keys[entry][0]
            self._plan[3, rows, lane], self._plan[4, rows, lane] = self.memory[1:, entry]


def course(parameters: Parameters, path: str) -> NDArray[np.float64]:
    """Return the value of a setting in each month and district, shape (months, districts)."""
    policy, row = Policy.of([parameters]), setting_rows(type(parameters))[path]
    return np.array([policy.settings(month)[row, :, 0] for month in range(parameters.months)])


def base_settings(parameters: Parameters) -> NDArray[np.float64]:
    """Return every setting before any schedule acts, with no form open, in the order of the parameter tree."""
    tree = type(parameters)
    values = np.array(_every_setting(tree)(parameters), dtype=np.float64)
    values[[row for path, row in setting_rows(tree).items() if path in _FORM]] = 0.0
    return values


def schedules(parameters: Parameters) -> list[Schedule]:
    """Return all schedules of a society in the order in which they act: trends, the form, interventions."""
    rows = setting_rows(type(parameters))
    return [
        Schedule(rows[path], is_added, target, *times, entry.ramp, districts, waits)
        for place, (number, entry) in enumerate(_entries(parameters))
        for times, districts, waits in _reached(entry, place, _districts(parameters, entry, number))
        for is_added, changes in ((0, entry.set), (1, entry.add))
        for path, full in changes.items()
        for target in [_target(parameters, path, full, is_added, entry.intensity)]
    ]


def is_drawn(parameters: Parameters) -> bool:
    """Return whether the seed decides which districts an entry reaches."""
    return any(isinstance(entry.where, float | Worst) for _, entry in _entries(parameters))


def _reached(
    entry: Intervention, place: int, districts: NDArray[np.int8]
) -> Iterator[tuple[tuple[int, int], NDArray[np.int8], tuple[int, int] | None]]:
    """Yield when and where an entry acts: once for all districts, or once for each watched district."""
    if entry.when is None:
        yield (entry.start, entry.stop or NEVER), districts, None
        return
    for district in np.flatnonzero(districts):
        yield (NEVER, NEVER), np.eye(len(districts), dtype=np.int8)[district], (place, int(district))


def districts_reached(where: Place, districts: int) -> int:
    """Return how many districts an entry reaches; shares are rounded to whole districts."""
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
    """Return each district's service quality before the first month, from the same random draw as in the society."""
    state = State.empty({"district": parameters.population.districts}, 1)
    starts = fixed_values(parameters)[:, None]
    settle_districts(state.numbers["district"], state.counts["district"], starts, [parameters.seed])
    return state.column("district", "quality")[:, 0]


def _target(parameters: Parameters, path: str, full: float, is_added: int, intensity: float) -> float:
    """Return a schedule's target: the intensity scales an added amount, or the distance to a set value.

    The target is relative to the parameters, including the open form's profile, and ignores other schedules.
    """
    if intensity == 1.0:  # the usual case, met thousands of times in a study
        return full
    group, name = path.split(".")
    before = 0.0 if is_added else float(getattr(getattr(parameters, group), name))
    return intensity * full + (1.0 - intensity) * before


def _entries(parameters: Parameters) -> Iterator[tuple[int, Intervention]]:
    """Yield each entry with its index in the random draw of districts; a new trend changes no intervention's index."""
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
    """Mark the districts that an entry reaches; if it reaches a share of them, the society's seed decides which."""
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
