"""How likely a broad coalition is, and how long it takes, over the runs of a study."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from engagesim.errors import InputError

_LEVEL = 0.95

_ROUNDING = 1e-9
"""A product of shares of those still without a coalition ends a little beside one half where half have formed one."""


def formation_probability(runs: pd.DataFrame, by: Sequence[str], outcome: str = "coalition_formed") -> pd.DataFrame:
    """Return the share of runs in which something happened, for each combination of some columns.

    Parameters
    ----------
    runs : DataFrame
        A row a run, as a study ends with; failed runs do not count.
    by : sequence of str
        Columns of ``runs``, such as choices and paths of factors.
    outcome : str
        A measure that is 0 or 1.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``runs`` (how many), ``happened`` (in how many of them), ``share``, and its 95 percent
        interval after Wilson (1927), ``low`` to ``high``.
    """
    sound = runs[runs["failed"].isna()]
    groups = sound.groupby(list(by), sort=True)[outcome]
    table = pd.DataFrame({"runs": groups.size(), "happened": groups.sum().astype(int)}).reset_index()
    found = [
        stats.binomtest(happened, count).proportion_ci(_LEVEL, method="wilson")
        for happened, count in zip(table["happened"].tolist(), table["runs"].tolist(), strict=True)
    ]
    table["share"] = table["happened"] / table["runs"]
    table["low"], table["high"] = [each.low for each in found], [each.high for each in found]
    return table


def formation_time(runs: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return the share of runs with a coalition by each month, after Kaplan and Meier (1958).

    A run that ends without a coalition is censored: of it is known only that it took longer.

    Parameters
    ----------
    runs : DataFrame
        A row a run; failed runs do not count, and one at least went well.
    months : int
        Months that each run was simulated.

    Returns
    -------
    DataFrame
        ``month`` (from 0 up to the last), ``share`` and its 95 percent interval ``low`` to ``high``: log-log, and
        Wilson's where none or all of the runs have a coalition.

    Raises
    ------
    InputError
        Where no run went well: of nothing, no share is known.
    """
    when = runs.loc[runs["failed"].isna(), "coalition_month"].to_numpy(dtype=float)
    if not len(when):
        raise InputError("runs: none went well, so no share with a coalition is known; needed is one at least")
    has_formed = when >= 0
    data = stats.CensoredData(uncensored=when[has_formed], right=np.full(int((~has_formed).sum()), float(months)))
    still, axis = stats.ecdf(data).sf, np.arange(months)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # undefined where none or all have formed one: see below
        bounds = still.confidence_interval(_LEVEL, method="log-log")
    share = 1.0 - still.evaluate(axis)
    low, high = 1.0 - bounds.high.evaluate(axis), 1.0 - bounds.low.evaluate(axis)
    for month in np.flatnonzero((share <= 0) | (share >= 1)):  # where Kaplan and Meier's has no width, Wilson's
        found = stats.binomtest(round(share[month] * len(when)), len(when)).proportion_ci(_LEVEL, method="wilson")
        low[month], high[month] = found.low, found.high
    return pd.DataFrame({"month": axis, "share": share, "low": low, "high": high})


def median_time(times: pd.DataFrame) -> float:
    """Return the month by which half of the runs have a coalition, of what :func:`formation_time` gave.

    NaN where fewer than half ever have one.
    """
    reached = times.loc[times["share"] >= 0.5 - _ROUNDING, "month"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def mean_time_without(times: pd.DataFrame) -> float:
    """Return how many of the months a run spends before its coalition, on average, of :func:`formation_time`.

    The restricted mean: a run without a coalition counts with all months, so that it is known where the median is not.
    """
    return float((1.0 - times["share"]).sum())
