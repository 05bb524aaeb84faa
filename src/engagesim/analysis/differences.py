"""Differences between packages and a baseline on the same seeds: their sizes, intervals and course over the years.

Packages share the noise of every society with the baseline (common random numbers), so each seed gives one difference.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engagesim.analysis.intervals import (
    LEAST_DIFFERING,
    USUAL,
    Resampling,
    check,
    common_multiples,
    own_intervals,
    percentiles,
    ratio,
    resampled_means,
    standard_error,
)
from engagesim.analysis.outcomes import OUTCOMES, YEAR, Measured, Outcome, Values

BETTER, WORSE, HIGHER, LOWER, NEGLIGIBLE, UNCLEAR = "better", "worse", "higher", "lower", "negligible", "unclear"
"""Verdicts on an interval: wholly beyond the negligible region on either side, wholly within it, or neither."""

IDLE, POWERLESS = "changed nothing", "could not have an effect"
"""Verdicts that replace "negligible": no measure differs in any society, or no part of the package was in force."""

UNTOLD = (NEGLIGIBLE, UNCLEAR, IDLE, POWERLESS)
"""Verdicts on differences that are not both clear and large enough to matter."""

LEAST_FOR_NOTHING = 20
"""Smallest number of seeds that supports the verdict "negligible"; intervals from fewer seeds are too narrow."""


def compare(
    values: Mapping[str, Values], names: Sequence[str], outcomes: Sequence[Outcome] = OUTCOMES,
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Compare every package with the baseline on every outcome.

    ``low`` to ``high`` is the interval of one comparison alone: a bias-corrected and accelerated (BCa) bootstrap of the
    mean paired difference over seeds. ``low_all`` to ``high_all`` is a joint interval for all rows: the difference plus
    and minus a common multiple of its standard error, cut off at the largest possible difference. The multiple is the
    quantile of the largest studentised difference when seeds are resampled. If there is no difference in any seed, both
    intervals are exactly 0. If the difference is the same in all seeds, the intervals have no width and say nothing
    about other seeds. :func:`verdict_on` gives the verdicts, using the joint interval. In samples with a known truth,
    95 percent intervals of one comparison covered it in 90 to 94 of 100 cases with 20 seeds and in 94 with 50. Joint
    intervals covered it in 94 or more, and in 89 or more if differences are strongly skewed.

    Parameters
    ----------
    values : mapping of str to array, shape (packages, seeds)
        Values by outcome, from :func:`outcome_values`; the baseline is first.
    names : sequence of str, length packages
    outcomes : sequence of Outcome
        The outcomes in ``values``.
    resampling : Resampling

    Returns
    -------
    DataFrame
        One row per package and outcome: ``package``, ``outcome``, ``baseline`` and ``mean`` (means over seeds),
        ``difference``, ``low``, ``high``, ``low_all``, ``high_all``, ``verdict`` (better or worse; higher or lower if
        neither is better; negligible; or unclear), ``better_share`` and ``worse_share`` (shares of seeds that are
        better and worse, or higher and lower).

    Raises
    ------
    EngagementError
        If there are fewer than two seeds, or a run is missing.
    """
    stacked = np.concatenate([values[outcome.name][1:] - values[outcome.name][:1] for outcome in outcomes])
    check(stacked, least=2)
    low, high = own_intervals(stacked, resampling)
    half = common_multiples(stacked, resampling) * standard_error(stacked)
    each = [outcome for outcome in outcomes for _ in names[1:]]
    better, reach = (np.array([getattr(outcome, name) for outcome in each]) for name in ("better", "reach"))
    mean = stacked.mean(axis=1)
    low_all, high_all = np.maximum(mean - half, -reach), np.minimum(mean + half, reach)
    seeds = stacked.shape[1]
    towards = stacked * np.where(better < 0, -1, 1)[:, None]
    return pd.DataFrame(
        {
            "package": list(names[1:]) * len(outcomes),
            "outcome": np.repeat([outcome.name for outcome in outcomes], len(names) - 1),
            "baseline": np.repeat([values[outcome.name][0].mean() for outcome in outcomes], len(names) - 1),
            "mean": np.concatenate([values[outcome.name][1:].mean(axis=1) for outcome in outcomes]),
            "difference": mean,
            "low": low,
            "high": high,
            "low_all": low_all,
            "high_all": high_all,
            "verdict": [
                verdict_on((low, high), outcome, seeds, varying)
                for low, high, outcome, varying in zip(low_all, high_all, each, (stacked != 0).sum(axis=1), strict=True)
            ],
            "better_share": (towards > 0).mean(axis=1),
            "worse_share": (towards < 0).mean(axis=1),
        }
    )


def profiles(
    measure: Measured, names: Sequence[str], outcomes: Sequence[Outcome] = OUTCOMES,
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Return differences from the baseline, year by year.

    Intervals are percentiles of the resampled mean difference, computed separately for each year. Years count from
    month 0; the last year may have fewer months. The wait for a coalition has no yearly value and is left out.

    Returns
    -------
    DataFrame
        One row per package, outcome and year: ``package``, ``outcome``, ``year`` (from 1), ``baseline``, ``mean``,
        ``difference``, ``low``, ``high``.
    """
    tables = []
    for outcome in outcomes:
        if not outcome.has_course:
            continue
        path = outcome.path(measure)
        starts = np.arange(0, path.shape[-1], YEAR)
        lengths = np.diff(starts, append=path.shape[-1])
        years = np.add.reduceat(path, starts, axis=-1) / lengths
        differences = (years[1:] - years[:1]).swapaxes(1, 2)
        low, high = percentiles(resampled_means(differences, resampling), resampling.level)
        packages, count = len(names) - 1, len(starts)
        tables.append(
            pd.DataFrame(
                {
                    "package": np.repeat(list(names[1:]), count),
                    "outcome": outcome.name,
                    "year": np.tile(np.arange(1, count + 1), packages),
                    "baseline": np.tile(years[0].mean(axis=0), packages),
                    "mean": years[1:].mean(axis=1).ravel(),
                    "difference": differences.mean(axis=-1).ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def runs_saved(values: Values) -> Values:
    """Return, for each package, how many times as many independent seeds would be needed for equal intervals.

    This factor is the variance of a difference between independent runs divided by that between runs on the same seed.
    It is infinite where the paired difference never varies.

    Parameters
    ----------
    values : array, shape (packages, seeds)
        Values of one outcome; the baseline is first.
    """
    apart = values[1:].var(axis=1, ddof=1) + values[0].var(ddof=1)
    together = (values[1:] - values[:1]).var(axis=1, ddof=1)
    return ratio(apart, together, together > 0, np.inf)


def verdict_on(interval: tuple[float, float], outcome: Outcome, seeds: int, varying: int | None = None) -> str:
    """Return the verdict on a difference, given its interval and the range that counts as negligible.

    The verdict is better or worse (higher or lower if the outcome is neither good nor bad) if the whole interval lies
    beyond the region on that side and at least six seeds differ. It is negligible if the whole interval lies within the
    region and there are at least 20 seeds, and otherwise unclear. Testing against a region instead of 0 is a test of
    equivalence and of a smallest effect (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15,
    657-680).

    Parameters
    ----------
    interval : tuple of float
        Both ends of the interval.
    outcome : Outcome
    seeds : int
    varying : int, optional
        Seeds with a nonzero difference; by default all of them.
    """
    low, high = interval
    if -outcome.negligible <= low and high <= outcome.negligible and outcome.negligible > 0:
        return NEGLIGIBLE if seeds >= LEAST_FOR_NOTHING else UNCLEAR
    if low <= outcome.negligible and high >= -outcome.negligible:
        return UNCLEAR
    if (seeds if varying is None else varying) < LEAST_DIFFERING:
        return UNCLEAR
    is_more = low > outcome.negligible
    if not outcome.better:
        return HIGHER if is_more else LOWER
    return BETTER if is_more == (outcome.better > 0) else WORSE
