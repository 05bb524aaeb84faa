"""The probability that a district forms a lasting coalition, and the time until it does, from the runs of a study.

The first district of each run represents all districts, so neither number depends on how many districts there are.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engagesim.analysis.intervals import NORMAL, Values, each_once, means, over_seeds, seeds_in, wilson
from engagesim.errors import EngagementError, InputError
from engagesim.study.argument_checks import check_among

_ROUNDING = 1e-9
"""Tolerance for comparing a share of runs with one half, because such shares have rounding errors."""


def formation_probability(runs: pd.DataFrame, by: Sequence[str], outcome: str = "coalition_formed") -> pd.DataFrame:
    """Return the share of runs with an outcome, for each combination of values in some columns.

    Seeds are the independent draws. If runs of several points are pooled and points share seeds, the interval uses the
    effective number of independent runs, which is at least the number of seeds. A run that belongs to several points
    counts once.

    Parameters
    ----------
    runs : DataFrame
        One row per run, as in ``Results.runs``; failed runs do not count.
    by : sequence of str
        Columns of ``runs``, such as choices and paths of factors.
    outcome : str
        A measure that is 0 or 1.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``runs`` (their number), ``happened`` (the number in which it happened), ``share``, and
        its 95 percent interval after Wilson (1927), ``low`` to ``high``.

    Raises
    ------
    EngagementError
        If a column is missing, or the outcome is not 0 or 1 in every run.
    """
    names = [by] if isinstance(by, str) else list(by)
    for name in (*names, outcome, "failed"):
        check_among(name, runs.columns, "column of the runs")
    if not names:
        raise EngagementError("by = []: must be a list of columns of the runs")
    sound = runs[runs["failed"].isna()]
    others = sound.loc[~sound[outcome].isin((0.0, 1.0)), outcome]
    if len(others):
        raise EngagementError(
            f"outcome = {outcome}: must be 0 or 1 in each run, as coalition_formed is; one run has {others.iloc[0]:g}"
        )
    found = means(sound, names, outcome)
    low, high = wilson(found["mean"].to_numpy(dtype=float), found["draws"].to_numpy(dtype=float))
    happened = (found["mean"] * found["runs"]).round().astype(int).to_numpy()
    count = found["runs"].to_numpy()
    columns = {"runs": count, "happened": happened, "share": happened / count, "low": low, "high": high}
    return pd.concat([found.index.to_frame(index=False), pd.DataFrame(columns)], axis=1)


def formation_time(runs: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return the share of runs with a lasting coalition by each month, after Kaplan and Meier (1958).

    A run that ends without one is censored: the coalition is only known to take longer. Seeds are the independent
    draws, as in :func:`formation_probability`.

    Parameters
    ----------
    runs : DataFrame
        One row per run; failed runs do not count, and at least one run completed.
    months : int
        Months for which each run was simulated.

    Returns
    -------
    DataFrame
        ``month`` (from 0 up to the last), ``share`` and its 95 percent interval ``low`` to ``high``: log-log, or
        Wilson's if all runs or none have a coalition.

    Raises
    ------
    InputError
        If no run completed.
    """
    sound = runs[runs["failed"].isna()]
    if not len(sound):
        raise InputError("no run completed, so there is no share to report")
    found = over_seeds(_formed_by_month(each_once(sound), months), ["month"])
    share, draws = found["mean"].to_numpy(dtype=float), found["draws"].to_numpy(dtype=float)
    low, high = _log_log(share, draws)
    return pd.DataFrame({"month": np.arange(months), "share": share, "low": low, "high": high})


def _formed_by_month(runs: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return how many runs of each seed have a coalition by each month."""
    names, numbers = np.unique(seeds_in(runs), return_inverse=True)
    when = runs["coalition_month"].to_numpy(dtype=float)
    has = when >= 0
    formed = np.zeros((len(names), months))
    np.add.at(formed, (numbers[has], np.minimum(when[has], months - 1).astype(int)), 1.0)
    total = formed.cumsum(axis=1).T.ravel()  # for values of 0 or 1, the sum equals the sum of squares
    index = pd.MultiIndex.from_product([range(months), names], names=["month", "drawn"])
    runs_of = np.tile(np.bincount(numbers), months)
    return pd.DataFrame({"total": total, "square": total, "runs": runs_of}, index=index)


def _log_log(share: Values, draws: Values) -> tuple[Values, Values]:
    """Return the confidence interval of a Kaplan-Meier share by Greenwood's formula or, at 0 and 1, by Wilson's."""
    still, between = 1.0 - share, (share > 0) & (share < 1)
    with np.errstate(all="ignore"):
        reach = NORMAL * np.sqrt(share / (still * draws)) / np.abs(np.log(still))
        low, high = 1.0 - still ** np.exp(-reach), 1.0 - still ** np.exp(reach)
    ends = wilson(share, draws)
    return np.where(between, low, ends[0]), np.where(between, high, ends[1])


def median_time(times: pd.DataFrame) -> float:
    """Return the month by which half of the runs have a coalition, from a table of :func:`formation_time`.

    Return NaN if fewer than half ever have one.
    """
    reached = times.loc[times["share"] >= 0.5 - _ROUNDING, "month"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def mean_time_without(times: pd.DataFrame) -> float:
    """Return the mean number of months before a coalition forms, from a table of :func:`formation_time`.

    This is the restricted mean: a run without a coalition counts with all its months, so the mean exists even if the
    median does not.
    """
    return float((1.0 - times["share"]).sum())
