"""Hysteresis: the settings at which an outcome crosses a level, first as the setting rises and then as it falls."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.policy import course as districts_course
from engagesim.study.argument_checks import check_among
from engagesim.study.observed import check_mean

type Values = NDArray[np.float64]

RESAMPLES = 1000
_ENDS = (2.5, 97.5)
_YEAR = 12


class Threshold(NamedTuple):
    """Value of the setting when the outcome crossed the level; NaN if it never did.

    ``low`` to ``high`` is the 95 percent interval over resamples of the seeds that cross it, and NaN for one
    seed; ``crossing`` is the share of resamples that cross.
    """

    value: float
    low: float
    high: float
    crossing: float


class Loop(NamedTuple):
    """A setting month by month on its way out and back, and its values when the outcome crossed a level."""

    path: str
    course: Values
    turn: int
    level: float
    there: Threshold
    back: Threshold
    width: Threshold


def moving_setting(parameters: Parameters) -> str | None:
    """Return the setting that interventions move one way and back, or None if they move none."""
    paths = {path for entry in parameters.interventions for path in (*entry.set, *entry.add)}
    for path in sorted(paths):
        way = course(parameters, path)
        turn = _turn(way)
        if 0 < turn < len(way) - 1 and abs(way[-1] - way[0]) < 0.1 * np.ptp(way):
            return path
    return None


def course(parameters: Parameters, path: str) -> Values:
    """Return the value of a setting in each month as a mean over districts, shape (months,)."""
    return districts_course(parameters, path).mean(axis=1)


def find_loop(months: pd.DataFrame, parameters: Parameters, measure: str) -> Loop:
    """Find the settings at which a measure's mean over societies crosses half its maximum, on the way out and back.

    Parameters
    ----------
    months : DataFrame
        One row per month of each run, all of one point.
    parameters : Parameters
        The parameters of that point; their interventions move one setting there and back.
    measure : str

    Returns
    -------
    Loop
        ``width`` is the threshold on the way there minus that on the way back, from the same resamples. An interval
        that excludes 0 shows that the direction matters. Delay alone gives the loop of a fast sweep some width; a
        slower sweep shows whether the width remains.

    Raises
    ------
    EngagementError
        If the interventions move no setting there and back.
    """
    check_among(measure, months.columns, "column of the months")
    check_mean(measure)
    path = moving_setting(parameters)
    if path is None:
        raise EngagementError("interventions: must move a setting there and back")
    way = course(parameters, path)
    turn = _turn(way)
    runs = months.pivot_table(index="seed", columns="month", values=measure).to_numpy()
    level = float(runs.mean(axis=0).max()) / 2
    rng = np.random.default_rng(0)
    drawn = [runs[rng.integers(0, len(runs), len(runs))].mean(axis=0) for _ in range(RESAMPLES)]
    begin = int(np.argmax(way != way[0])) - 1  # while a society still settles, crossings are not due to the setting
    found = []
    for mean in (runs.mean(axis=0), *drawn):
        beyond = (mean >= level) != (mean[begin] >= level)
        legs = ((begin, turn, beyond), (turn, len(way) - 1, ~beyond))
        found.append([_crossing(way, mean - level, changed, first, last) for first, last, changed in legs])
    there, back = np.array(found).T
    there_at, back_at, width = (_threshold(each, len(runs)) for each in (there, back, there - back))
    return Loop(path, way, turn, level, there_at, back_at, width)


def _turn(way: Values) -> int:
    """Return the first month in which a setting is furthest from its starting value."""
    return int(np.argmax(np.abs(way - way[0])))


def _crossing(way: Values, above: Values, changed: NDArray[np.bool_], first: int, last: int) -> float:
    """Return the setting's value where the outcome crosses the level on a leg and stays ``changed`` for a year, or NaN.

    The year may reach beyond the leg, but not beyond the run.
    """
    for month in range(first + 1, min(last, len(way) - _YEAR) + 1):
        if not changed[month - 1] and changed[month : month + _YEAR].all():
            share = above[month - 1] / (above[month - 1] - above[month])
            return float(way[month - 1] + share * (way[month] - way[month - 1]))
    return float("nan")


def _threshold(values: Values, seeds: int) -> Threshold:
    drawn = values[1:][np.isfinite(values[1:])]
    low, high = np.percentile(drawn, _ENDS) if len(drawn) and seeds > 1 else (np.nan, np.nan)
    return Threshold(float(values[0]), float(low), float(high), len(drawn) / (len(values) - 1))
