"""Simulate one part of a study, and store the reason for each run that fails."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.errors import ParameterError
from engagesim.parameters import Parameters
from engagesim.society.events import KIND_NAMES, ROW, event_counts, event_table, merged, on_lanes
from engagesim.study.observed import Observed, Values, dated
from engagesim.study.plan import Part, Plan

type Simulate = Callable[[Sequence[Parameters], Sequence[int]], Observed]
"""A function that simulates points with seeds and returns their measures."""

LAST_MONTHS = 12
"""Months at the end of a run over which a measure is averaged."""

AT_THE_END = ("coalition_ever", "coalition_wait", "coalition_formed", "coalition_month")
"""Measures of past events, taken from the last month; months of events that never happened are missing."""


class Tables(NamedTuple):
    """Results of a part, with one row per run and, where they are stored, the months and events of each run."""

    runs: pd.DataFrame
    months: pd.DataFrame | None
    events: pd.DataFrame | None


def simulate_part(plan: Plan, simulate: Simulate, part: Part) -> Tables:
    """Simulate a part; runs that fail get a row with the reason, and the others continue."""
    metrics, failed, logs = _attempt(plan, simulate, part)
    where = ~np.isfinite(metrics).all(axis=(2, 3))
    for point, seed in zip(*np.nonzero(where), strict=True):
        failed[point, seed] = failed[point, seed] or _not_a_number(plan, metrics[point, seed])
    metrics[where] = np.nan
    return Tables(
        _runs(plan, part, metrics, failed),
        _months(plan, part, metrics) if plan.study.trajectories else None,
        _events(plan, part, logs, np.flatnonzero(~where)) if plan.study.events != "none" else None,
    )


def outcome(name: str, path: Values) -> Values:
    """Return the final value of a measure for each run, from values of shape (..., months)."""
    if name in AT_THE_END:
        return dated(name, path[..., -1])
    months = min(LAST_MONTHS, path.shape[-1])
    total = path[..., -months].copy()
    for month in range(1 - months, 0):  # one by one, so that the last bit does not depend on the number of runs
        total += path[..., month]
    mean: Values = total / months
    return mean


def _attempt(plan: Plan, simulate: Simulate, part: Part) -> tuple[Values, NDArray[Any], list[NDArray[Any]]]:
    """Simulate all runs together; if that fails, simulate them one by one to find the runs that fail."""
    shape = (len(part.points), len(part.seeds), plan.months, len(plan.measures))
    metrics, failed = np.full(shape, np.nan), np.full(shape[:2], None, dtype=object)
    sound: dict[int, Parameters] = {}
    logs: list[NDArray[Any]] = []
    for number, row in enumerate(part.points):
        try:
            sound[number] = plan.parameters_of(row)
        except ParameterError as error:
            failed[number] = str(error)
    for shift, numbers in _sharing_seeds(plan, part, sound):
        seeds = [seed + shift for seed in part.seeds]
        lanes = np.arange(failed.size).reshape(failed.shape)[numbers]
        try:
            found = simulate([sound[number] for number in numbers], seeds)
            metrics[numbers] = found.only(plan.measure_names).metrics
            logs += _logs(found, lanes)
        except OSError:  # the machine's fault, not the run's
            raise
        except Exception as error:
            logging.getLogger(__name__).info("part %s failed (%s); its runs are retried one by one", part.name, error)
            for number, lanes_of_point in zip(numbers, lanes, strict=True):
                for place, seed in enumerate(seeds):
                    one, failed[number, place] = _alone(simulate, sound[number], seed)
                    if one is not None:
                        metrics[number, place] = one.only(plan.measure_names).metrics[0, 0]
                        logs += _logs(one, lanes_of_point[place : place + 1])
    return metrics, failed, logs


def _logs(found: Observed, lanes: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the log of events, if there is one, with the lane of each run within the part."""
    return [] if found.events is None else [on_lanes(found.events, lanes.ravel().tolist())]


def _sharing_seeds(plan: Plan, part: Part, numbers: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """Group the points of a part by their seeds, so that points with the same seeds are simulated together."""
    shifts = {number: plan.shift(part.points[number]) for number in numbers}
    for shift in dict.fromkeys(shifts.values()):
        yield shift, [number for number in shifts if shifts[number] == shift]


def _alone(simulate: Simulate, parameters: Parameters, seed: int) -> tuple[Observed | None, str | None]:
    try:
        return simulate([parameters], [seed]), None
    except (MemoryError, OSError):  # the machine's fault, not the run's: it may succeed another time
        raise
    except Exception as error:
        return None, f"{type(error).__name__}: {' '.join(str(error).split())}"


def _not_a_number(plan: Plan, metrics: Values) -> str:
    month, measure = np.argwhere(~np.isfinite(metrics))[0]
    return f"{plan.measure_names[measure]} is not a finite number in month {month}"


def _runs(plan: Plan, part: Part, metrics: Values, failed: NDArray[Any]) -> pd.DataFrame:
    points, seeds = len(part.points), len(part.seeds)
    rows = pd.DataFrame(list(part.points), columns=[*plan.choices, *plan.paths]).loc[np.repeat(range(points), seeds)]
    keys = _keys(plan, part)
    return pd.concat(
        [
            keys,
            rows.reset_index(drop=True),
            pd.DataFrame({"failed": pd.Series(failed.ravel(), dtype="str")}),
            pd.DataFrame({name: outcome(name, metrics[..., n]).ravel() for n, name in enumerate(plan.measure_names)}),
        ],
        axis=1,
    )


def _months(plan: Plan, part: Part, metrics: Values) -> pd.DataFrame:
    months = metrics.shape[2]
    keys = _keys(plan, part)
    table = keys.loc[keys.index.repeat(months)].reset_index(drop=True)
    table["month"] = np.tile(np.arange(months, dtype=np.int32), len(keys))
    flat = metrics.reshape(-1, len(plan.measures)).astype(np.float32)
    measures = {name: dated(name, flat[:, n]) for n, name in enumerate(plan.measure_names)}
    return pd.concat([table, pd.DataFrame(measures)], axis=1)


def _events(plan: Plan, part: Part, logs: Sequence[NDArray[Any]], sound: NDArray[Any]) -> pd.DataFrame:
    """Return the events of the runs that completed, in full or as counts; other runs have none."""
    keys, rows = _keys(plan, part), merged([np.zeros(0, dtype=ROW), *logs])
    if plan.study.events == "counts":
        counts = pd.DataFrame(event_counts(rows, len(keys)), columns=list(KIND_NAMES))
        return pd.concat([keys, counts], axis=1).loc[sound].reset_index(drop=True)
    rows = rows[np.isin(rows["lane"], sound)]
    return pd.concat([keys.loc[rows["lane"]].reset_index(drop=True), event_table(rows)], axis=1)


def _keys(plan: Plan, part: Part) -> pd.DataFrame:
    points = np.array(part.numbers, dtype=np.int32)
    shifts = np.array([plan.shift(row) for row in part.points], dtype=np.int64)
    seeds = shifts[:, None] + np.array(part.seeds, dtype=np.int64)
    return pd.DataFrame({"point": np.repeat(points, seeds.shape[1]), "seed": seeds.ravel()})
