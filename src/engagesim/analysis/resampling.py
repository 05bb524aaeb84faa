"""Intervals for means of paired differences: seeds are resampled, never runs.

So a difference keeps its pair, and packages keep what they have in common.

References
----------
Efron (1987), Journal of the American Statistical Association 82, 171-185, for the intervals of one comparison (BCa).
Westfall and Young (1993), Resampling-Based Multiple Testing, and Montiel Olea and Plagborg-Moeller (2019), Journal of
Applied Econometrics 34, 1-17, for intervals that hold together (max-t band).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from engagesim.analysis.outcomes import Values
from engagesim.errors import EngagementError

LEAST_DIFFERING = 6
"""Seeds that must differ for a verdict: by a sign test, five may all point one way by chance (1 in 16)."""

LEAST_ERROR = 0.3
"""Standard error of a resample at least, of that of the sample: one that missed all rare events may have none."""


class Resampling(NamedTuple):
    """How intervals are made: level of confidence, bootstrap draws, their seed, and how many tables are read at once.

    Intervals that hold together do so over all that one call compares, and over ``tables`` calls (Bonferroni).
    """

    level: float = 0.95
    draws: int = 2000
    seed: int = 1
    tables: int = 1


USUAL = Resampling()


def check(values: Values, least: int) -> None:
    """Refuse too few seeds, the last axis, and missing runs."""
    if values.shape[-1] < least:
        raise EngagementError(f"{values.shape[-1]} seeds: allowed are {least} or more, and 20 or more are of use")
    if np.isnan(values).any():
        raise EngagementError("a run is missing; leave out what failed, for every package alike")


def own_intervals(differences: Values, resampling: Resampling) -> tuple[Values, Values]:
    """Return a BCa interval a row; a row that never varies is its own interval."""
    from scipy.stats import bootstrap  # noqa: PLC0415 - half a second, which only comparisons spend

    low, high = differences[:, 0].copy(), differences[:, 0].copy()
    varies = np.flatnonzero(np.ptp(differences, axis=1) > 0)
    for row in varies:
        found = bootstrap(
            (differences[row],), np.mean, n_resamples=resampling.draws, confidence_level=resampling.level,
            rng=np.random.default_rng(resampling.seed),
        ).confidence_interval  # fmt: skip
        low[row], high[row] = found.low, found.high
    return low, high


def common_multiples(differences: Values, resampling: Resampling) -> Values:
    """Return how many standard errors hold every mean at once, a row each.

    The same for all rows in which enough seeds differ. Resampling knows little of rarer events; such rows are held by
    Bonferroni's multiple of Student's t where that is larger, and do not widen the others.
    """
    seeds, error, is_told = differences.shape[1], standard_error(differences), tells(differences)
    doubt = (1 - resampling.level) / resampling.tables
    shared = float(stdtrit(seeds - 1, 1 - doubt / 2))
    counted = (error > 0) & is_told
    if counted.any():
        scaled = (differences - differences.mean(axis=1, keepdims=True))[counted] / error[counted, None]
        moved = resampled_means(scaled, resampling)
        spread = resampled_means(scaled * scaled, resampling) - moved * moved
        errors = np.sqrt(np.maximum(spread, 0.0) / (seeds - 1))
        largest = np.abs(moved / np.maximum(errors, LEAST_ERROR)).max(axis=0)
        shared = max(shared, float(np.quantile(largest, 1 - doubt)))
    apart = float(stdtrit(seeds - 1, 1 - doubt / 2 / max(1, int(np.count_nonzero(error)))))
    return np.where(is_told, shared, max(shared, apart))


def tells(differences: Values) -> NDArray[np.bool_]:
    """Whether enough seeds differ to tell a direction."""
    enough: NDArray[np.bool_] = (differences != 0).sum(axis=1) >= LEAST_DIFFERING
    return enough


def resampled_means(values: Values, resampling: Resampling) -> Values:
    """Return means over the last axis, seeds, resampled for all rows together; shape (..., draws)."""
    seeds = values.shape[-1]
    counts = np.random.default_rng(resampling.seed).multinomial(seeds, np.full(seeds, 1 / seeds), resampling.draws)
    means: Values = values @ (counts.T / seeds)
    return means


def standard_error(values: Values) -> Values:
    """Return the standard error of the mean over the last axis, seeds."""
    error: Values = values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])
    return np.where(np.ptp(values, axis=-1) > 0, error, 0.0)  # no error of rounding where nothing varies


def percentiles(draws: Values, level: float) -> tuple[Values, Values]:
    """Return both ends of what holds a share ``level`` of the draws, the last axis."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return low, high


def ratio(above: Values, below: Values, where: Any, otherwise: float) -> Values:
    """Divide where that makes sense, and return ``otherwise`` elsewhere."""
    ratio: Values = np.divide(above, below, out=np.full(len(above), otherwise), where=where)
    return ratio
