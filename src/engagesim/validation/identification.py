"""What the facts pin down: each parameter's range before and after, the number of directions, and correlations."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kstest
from scipy.stats import t as student

from engagesim.validation.history_matching import Places

_OF_PRIOR = 0.9
"""The width of the 90 percent interval of a uniform prior, as a share of the prior's range."""

_VARIANCE = 1 / 12
"""The variance of a uniform prior on the range from 0 to 1."""

_RESAMPLES = 1000


def pinned(places: Places, prior: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Return how far an ensemble pins each parameter down, in descending order.

    Parameters
    ----------
    places : array of float
        The ensemble, shape (sets, parameters), in shares of the prior's ranges; five sets or more.
    prior : mapping of str to pair of float
        The range of each parameter by path.

    Returns
    -------
    DataFrame
        One row per parameter: ``parameter``, the ends of its prior (``prior from``, ``to``), the quantiles ``5 %``,
        ``median`` and ``95 %`` of the ensemble in the parameter's unit, ``width``, the width of that interval as a
        share of the prior's (about 1 if nothing is pinned down), ``pinned``, 1 minus the ratio of the ensemble's
        variance to the prior's, and ``p``, the probability under the prior of an ensemble at least this uneven
        (Kolmogorov and Smirnov, with Holm's correction for the number of parameters).
    """
    low, middle, high = np.quantile(places, [0.05, 0.5, 0.95], axis=0)
    chances = _holm(np.array([kstest(column, "uniform").pvalue for column in places.T]))
    rows = []
    for number, (path, (least, most)) in enumerate(prior.items()):
        ends = [least + share * (most - least) for share in (low[number], middle[number], high[number])]
        rows.append((path, least, most, *ends, (high[number] - low[number]) / _OF_PRIOR,
                     1 - places[:, number].var(ddof=1) / _VARIANCE, chances[number]))  # fmt: skip
    columns = ["parameter", "prior from", "to", "5 %", "median", "95 %", "width", "pinned", "p"]
    return pd.DataFrame(rows, columns=columns).sort_values(["p", "width"], ignore_index=True)


def effective_dimension(places: Places, seed: int = 0) -> tuple[float, float, float]:
    """Return how many directions of the prior an ensemble pins down, with a 90 percent interval.

    The number is the sum over all directions of the share by which the variance shrank, which is the trace of 1 minus
    the covariance in units of the prior's. It is 0 if the ensemble is as wide as the prior, and the number of
    parameters if it is one point. A direction that is halfway pinned down counts half, as in MacKay's (1992) effective
    number of parameters.

    Parameters
    ----------
    places : array of float
        Shape (sets, parameters), in shares of the prior's ranges.
    seed : int
        Seed of the bootstrap over sets.
    """
    generator, sets = np.random.default_rng(seed), len(places)
    shrunk = [_shrunk(places[generator.integers(sets, size=sets)]) for _ in range(_RESAMPLES)]
    spread = float(np.std(shrunk))
    middle = _shrunk(places)
    return middle, middle - 1.645 * spread, middle + 1.645 * spread


def _shrunk(places: Places) -> float:
    return float((1 - places.var(axis=0, ddof=1) / _VARIANCE).sum())


def correlated(places: Places, prior: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Return the pairs of parameters that correlate in an ensemble beyond chance, strongest first.

    Returns
    -------
    DataFrame
        Columns ``one``, ``other``, ``correlation`` (Pearson's, -1 to 1) and ``p``, with Holm's correction for the
        number of pairs; only pairs with a ``p`` below 0.05 are included.
    """
    sets, names = len(places), list(prior)
    one, other = np.triu_indices(len(names), 1)
    strength: NDArray[np.float64] = np.asarray(np.corrcoef(places, rowvar=False), dtype=np.float64)[one, other]
    ratio = strength * np.sqrt((sets - 2) / np.maximum(1 - strength**2, 1e-12))
    chances = _holm(2 * student.sf(np.abs(ratio), sets - 2))
    rows = [
        (names[one[pair]], names[other[pair]], strength[pair], chances[pair]) for pair in np.flatnonzero(chances < 0.05)
    ]
    table = pd.DataFrame(rows, columns=["one", "other", "correlation", "p"])
    return table.sort_values("correlation", key=abs, ascending=False, ignore_index=True)


def _holm(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values, corrected for their number by the method of Holm (1979)."""
    order, count = np.argsort(chances), len(chances)
    corrected = np.minimum(np.maximum.accumulate(chances[order] * (count - np.arange(count))), 1.0)
    found = np.empty(count)
    found[order] = corrected
    return found
