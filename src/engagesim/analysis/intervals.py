"""Means and their intervals, by formula and by bootstrap, with the number of independent draws.

Points with the same seeds share their luck, and a run that appears twice is one draw. Means of paired differences are
resampled by seed, never by run, so that pairs stay together and packages keep what they share.

References
----------
Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics 29, 238-249, for errors of means over
points and seeds; Kish (1965), Survey Sampling, for the effective number of draws; Wilson (1927) and Student
for intervals by formula. Efron (1987), Journal of the American Statistical Association 82, 171-185, for those of one
comparison (BCa); Westfall and Young (1993), Resampling-Based Multiple Testing, and Montiel Olea and Plagborg-Moeller
(2019), Journal of Applied Econometrics 34, 1-17, for joint intervals (max-t band).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from engagesim.errors import EngagementError
from engagesim.study.designs import DUMMY

type Values = NDArray[np.float64]

LEVEL = 0.95
NORMAL = float(ndtri((1 + LEVEL) / 2))


def seeds_in(runs: pd.DataFrame) -> "pd.Series[Any]":
    """Return the seed of each run; in a table without seeds, each run has its own."""
    return runs["seed"] if "seed" in runs else pd.Series(np.arange(len(runs)), runs.index, name="seed")


def each_once(runs: pd.DataFrame) -> pd.DataFrame:
    """Drop runs that repeat another point's run, with the same seed, factors and measures."""
    names = [name for name in runs.columns if name != "point"]
    return (runs.drop_duplicates(names) if "seed" in runs else runs).reset_index(drop=True)


def means(runs: pd.DataFrame, by: Sequence[str], measure: str) -> pd.DataFrame:
    """Return means over runs, with errors, for each combination of values in some columns (see :func:`over_seeds`)."""
    once = each_once(runs)
    keys = [once[name].to_numpy() for name in by]
    sums = pd.DataFrame({"total": once[measure], "square": once[measure] ** 2, "runs": 1}).reset_index(drop=True)
    return over_seeds(sums.groupby([*keys, seeds_in(once).to_numpy()]).sum(), by)


def over_seeds(parts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return means for each combination of values in some columns, from sums per seed; seeds are the independent draws.

    Parameters
    ----------
    parts : DataFrame
        Sums indexed by values of some columns and, last, the seed, with columns ``runs`` (their number), ``total`` and
        ``square`` (sums over them).
    by : sequence of str
        Names of the columns.

    Returns
    -------
    DataFrame
        Indexed by those columns; ``runs``, ``mean``, ``error`` (standard error over seeds, NaN for one seed),
        ``seeds``, and ``draws``: the effective number of independent runs, between ``seeds`` and ``runs``.
    """
    levels = [*range(len(by))]
    groups = parts.groupby(level=levels)
    found, seeds = groups.sum(), groups.size().to_numpy(dtype=float)
    count, place = found["runs"].to_numpy(dtype=float), groups.ngroup().to_numpy()
    mean = found["total"].to_numpy() / count
    off = (parts["total"].to_numpy() - parts["runs"].to_numpy() * mean[place]) ** 2
    with np.errstate(all="ignore"):
        between = np.bincount(place, off, len(found)) * seeds / (seeds - 1) / count**2
        alone = (found["square"].to_numpy() - count * mean**2) / (count * (count - 1))
        worth = np.clip(np.nan_to_num(count * alone / between), seeds, count)
    columns = {"runs": found["runs"], "mean": mean, "error": np.sqrt(between), "seeds": seeds,
               "draws": np.where(seeds == count, count, worth)}  # fmt: skip
    return pd.DataFrame(columns, index=found.index.set_names(list(by)))


def idle_factors(runs: pd.DataFrame, factors: Sequence[str], choices: Sequence[str]) -> list[str]:
    """Return the factors that changed nothing in any pair of runs that differ in only one factor.

    Grids, Morris and Sobol designs have such pairs; a Latin hypercube has none.
    """
    varying = [factor for factor in factors if factor != DUMMY]
    keys = ["seed", *choices, *varying]
    sound = runs[runs["failed"].isna()]
    came = pd.util.hash_pandas_object(
        sound.drop(columns=[*keys, "point", "failed", DUMMY], errors="ignore"), index=False
    )
    table, found = sound[keys].assign(came=came), []
    for factor in varying:
        groups = table.groupby([key for key in keys if key != factor], sort=False)
        differ = groups[[factor, "came"]].nunique()
        if (differ[factor] > 1).any() and (differ.loc[differ[factor] > 1, "came"] == 1).all():
            found.append(factor)
    return found


def wilson(share: Values, draws: Values) -> tuple[Values, Values]:
    """Return Wilson's interval of shares for a number of independent draws."""
    squared = NORMAL**2
    middle = (share + squared / (2 * draws)) / (1 + squared / draws)
    half = NORMAL * np.sqrt(share * (1 - share) / draws + squared / (4 * draws**2)) / (1 + squared / draws)
    low, high = np.where(share <= 0, 0.0, middle - half), np.where(share >= 1, 1.0, middle + half)
    return low, high


def student(mean: Values, error: Values, draws: Values, together: int = 1) -> tuple[Values, Values]:
    """Return Student's interval of means for a number of draws; NaN for one draw.

    Of several intervals, ``together`` in all, each is wide enough for all to hold (Bonferroni).
    """
    half = error * stdtrit(np.maximum(draws - 1, 1), 1 - (1 - LEVEL) / 2 / together)
    half = np.where(draws > 1, half, np.nan)
    return mean - half, mean + half


def crossed(runs: pd.DataFrame, measure: str) -> tuple[float, float, int, int]:
    """Return the mean of the points' means, its error, and the numbers of points and seeds.

    Points and seeds are both random, so differences between points and the shared luck of seeds both count.
    """
    values, points, seeds = runs[measure], runs["point"], seeds_in(runs)
    weight = 1.0 / (points.map(points.value_counts()) * points.nunique())
    mean = float((weight * values).sum())
    off = weight * (values - mean)
    parts = [_summed(off.groupby(points).sum()), _summed(off.groupby(seeds).sum()), _summed(off)]
    variance = max(parts[0], parts[0] + parts[1] - parts[2])
    return mean, float(np.sqrt(variance)), points.nunique(), seeds.nunique()


def _summed(off: "pd.Series[float]") -> float:
    return float((off**2).sum() * len(off) / (len(off) - 1)) if len(off) > 1 else np.nan


LEAST_DIFFERING = 6
"""Smallest number of seeds that must differ for a verdict; in a sign test, five agree by chance in 1 of 16 cases."""

LEAST_ERROR = 0.3
"""Smallest standard error of a resample, relative to the sample's; a resample without rare events could have 0."""


class Resampling(NamedTuple):
    """Settings of intervals: confidence level, bootstrap draws, their seed, and the number of tables.

    Joint intervals hold over all comparisons of one call and over ``tables`` calls (Bonferroni).
    """

    level: float = LEVEL
    draws: int = 2000
    seed: int = 1
    tables: int = 1


USUAL = Resampling()


def check(values: Values, least: int) -> None:
    """Refuse missing runs and too few seeds (the last axis)."""
    if values.shape[-1] < least:
        raise EngagementError(f"seeds: must be {least} or more, not {values.shape[-1]}; use 20 or more")
    if np.isnan(values).any():
        raise EngagementError("values: must have every run; leave out the seeds of failed runs, in every package")


def own_intervals(differences: Values, resampling: Resampling) -> tuple[Values, Values]:
    """Return a BCa interval for each row; the interval of a constant row is its value."""
    from scipy.stats import bootstrap  # noqa: PLC0415 - takes half a second; only comparisons need it

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
    """Return the half-width of a joint interval for each row, in standard errors.

    It is the same for all rows in which enough seeds have a nonzero difference. Resampling says little about rarer
    events; such rows get Bonferroni's multiple of Student's t if that is larger, and do not widen the others.
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
    """Whether enough seeds have a nonzero difference to show a direction."""
    enough: NDArray[np.bool_] = (differences != 0).sum(axis=1) >= LEAST_DIFFERING
    return enough


def resampled_means(values: Values, resampling: Resampling) -> Values:
    """Return means over seeds (the last axis), resampled for all rows together, shape (..., draws)."""
    seeds = values.shape[-1]
    counts = np.random.default_rng(resampling.seed).multinomial(seeds, np.full(seeds, 1 / seeds), resampling.draws)
    means: Values = np.einsum("...s,ds->...d", values, counts / seeds)  # BLAS would sum by the number of threads
    return means


def standard_error(values: Values) -> Values:
    """Return the standard error of the mean over seeds (the last axis)."""
    error: Values = values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])
    return np.where(np.ptp(values, axis=-1) > 0, error, 0.0)  # no rounding error if nothing varies


def percentiles(draws: Values, level: float) -> tuple[Values, Values]:
    """Return both ends of the interval that holds a share ``level`` of the draws (the last axis)."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return low, high


def ratio(above: Values, below: Values, where: Any, otherwise: float) -> Values:
    """Divide, or return ``otherwise`` where the denominator is 0."""
    ratio: Values = np.divide(above, below, out=np.full(len(above), otherwise), where=where)
    return ratio
