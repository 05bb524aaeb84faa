"""How many draws there are: points that share their seeds share their luck, and a run that is there twice is one.

References
----------
Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics 29, 238-249, for errors of means over
points and seeds; Kish (1965), Survey Sampling, for how many independent draws runs are worth; Wilson (1927) and Student
for intervals.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from engagesim.study.designs import DUMMY

type Values = NDArray[np.float64]

LEVEL = 0.95
_NORMAL = float(ndtri((1 + LEVEL) / 2))


def seeds_in(runs: pd.DataFrame) -> "pd.Series[Any]":
    """Return the seed of each run; where a table names none, each run has its own."""
    return runs["seed"] if "seed" in runs else pd.Series(np.arange(len(runs)), runs.index, name="seed")


def each_once(runs: pd.DataFrame) -> pd.DataFrame:
    """Leave out runs that are there under another point: the same seed, factors and measures."""
    names = [name for name in runs.columns if name != "point"]
    return (runs.drop_duplicates(names) if "seed" in runs else runs).reset_index(drop=True)


def means(runs: pd.DataFrame, by: Sequence[str], measure: str) -> pd.DataFrame:
    """Return means over runs by some columns, and how sure they are, as :func:`over_seeds` does."""
    once = each_once(runs)
    keys = [once[name].to_numpy() for name in by]
    sums = pd.DataFrame({"total": once[measure], "square": once[measure] ** 2, "runs": 1}).reset_index(drop=True)
    return over_seeds(sums.groupby([*keys, seeds_in(once).to_numpy()]).sum(), by)


def over_seeds(parts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return means by some columns from the sums of each seed; seeds are the draws.

    Parameters
    ----------
    parts : DataFrame
        Indexed by values of some columns and, last, the seed; ``runs`` (how many), ``total`` and ``square`` (sums over
        them).
    by : sequence of str
        What the columns are called.

    Returns
    -------
    DataFrame
        Indexed by those columns; ``runs``, ``mean``, ``error`` (standard error over seeds, NaN for one seed),
        ``seeds``, and ``draws``: how many independent runs the mean is worth, from ``seeds`` up to ``runs``.
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
    """Return the factors that changed nothing in any run, so far as runs differ in one factor alone.

    Grids hold such runs, and Morris's and Sobol's designs; from a Latin hypercube nothing can be told.
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
    """Return Wilson's interval of shares of so many independent draws."""
    squared = _NORMAL**2
    middle = (share + squared / (2 * draws)) / (1 + squared / draws)
    half = _NORMAL * np.sqrt(share * (1 - share) / draws + squared / (4 * draws**2)) / (1 + squared / draws)
    low, high = np.where(share <= 0, 0.0, middle - half), np.where(share >= 1, 1.0, middle + half)
    return low, high


def student(mean: Values, error: Values, draws: Values) -> tuple[Values, Values]:
    """Return Student's interval of means over so many draws; none for one draw."""
    half = error * stdtrit(np.maximum(draws - 1, 1), (1 + LEVEL) / 2)
    half = np.where(draws > 1, half, np.nan)
    return mean - half, mean + half


def crossed(runs: pd.DataFrame, measure: str) -> tuple[float, float, int, int]:
    """Return the mean over points of their means, its error, and how many points and seeds there are.

    Points and seeds are both drawn: what points differ by, and the luck of seeds that they share, both count.
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
