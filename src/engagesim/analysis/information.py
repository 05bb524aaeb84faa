"""The value of information: what perfect knowledge of one unknown is worth before choosing.

If an unknown quantity were known, one could choose the option that is best for its value instead of the one that is
best on average. The expected gain from this (EVPPI) is estimated by regressing every option's gain on the unknown with
a smooth curve. Curves also follow noise, so chance alone makes any unknown seem worth something. Curves are therefore
shrunk by the share of the variance that they explain beyond chance (adjusted R squared). An unknown stands out only if
its value exceeds the largest that any unknown has after the values are shuffled among the samples.

References
----------
Strong, Oakley and Brennan (2014), Medical Decision Making 34, 311-326, doi:10.1177/0272989X13505910, for the
regression; Westfall and Young (1993), Resampling-Based Multiple Testing, for the largest of the shuffled values;
Howard (1966), IEEE Transactions on Systems Science and Cybernetics 2, 22-26, for the value of information.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import orth
from scipy.stats import rankdata

from engagesim.analysis.intervals import Values, percentiles
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters, parameter_table

LEAST_SAMPLES = 20
"""Smallest number of samples for which curves are meaningful."""

_KNOTS = 3
_SHUFFLES, _RESAMPLES, _SEED = 199, 200, 1
_BEYOND_CHANCE = 0.05
_LEVEL = 0.9
_ROUNDING = 1e-12  # of a sum
_PARTS = 3  # a choice that changes more often along an unknown is not described in words


@dataclass(frozen=True)
class Information:
    """The value of knowing each unknown, in the unit of the gains.

    Attributes
    ----------
    best : str
        The option that is best on average: the choice without further knowledge.
    samples : int
        Number of samples.
    everything : float
        The value of knowing everything in advance, including luck; it is an upper bound on every value here.
    by_chance : float
        The value that the most valuable unknown exceeds by chance in only 5 percent of cases.
    table : DataFrame
        One row per unknown, the most valuable first: ``unknown``, ``low``, ``high`` (its range in the samples);
        ``value``; ``p``, the probability that any unknown seems worth as much by chance; ``stands_out`` (``p`` at
        most 0.05); for those that stand out also ``value_low``, ``value_high`` (90 percent bootstrap interval);
        ``changes`` (share of the samples in which it would change the choice), ``instead`` (the option that would then
        be chosen most often) and ``choice`` (what to choose for which values, in words).
    """

    best: str
    samples: int
    everything: float
    by_chance: float
    table: pd.DataFrame

    @property
    def clear(self) -> pd.DataFrame:
        """The unknowns whose value exceeds chance and whose knowledge would change the choice."""
        return self.table[self.table["stands_out"] & (self.table["changes"] > 0)]


def unknowns_of(societies: Sequence[Parameters]) -> pd.DataFrame:
    """Return all numbers that differ between societies, with one row per society and one column per parameter."""
    paths = [row.path for row in parameter_table(type(societies[0])) if row.low is not None]
    table = pd.DataFrame([[attrgetter(path)(each) for path in paths] for each in societies], columns=paths)
    return table.loc[:, table.nunique() > 1]


def value_of_information(unknowns: pd.DataFrame, gains: pd.DataFrame) -> Information:
    """Estimate the value of knowing each unknown before choosing among options.

    In samples with a known answer, the estimates differed from it by no more than chance
    (``tests/analysis/test_information.py``).

    Parameters
    ----------
    unknowns : DataFrame
        One row per sample, one column per unknown quantity; samples are equally likely. Samples with the same parameter
        set are shuffled together; those of a grid are not.
    gains : DataFrame
        The gain of each option (column) in each sample (row), such as the difference from doing nothing; more is
        better. If costs matter, subtract them first.

    Raises
    ------
    EngagementError
        If there are fewer than 20 samples or two options, the tables differ in length, or a number is missing.
    """
    _check(unknowns, gains)
    values = gains.to_numpy(dtype=float)
    names, rng = [str(name) for name in gains.columns], np.random.default_rng(_SEED)
    best = int(values.mean(axis=0).argmax())
    numbers = unknowns.to_numpy(dtype=float).T
    curves = [_Curve(places, together) for places, together in zip(numbers, _together(numbers), strict=True)]
    fits = [curve.fit(values) for curve in curves]
    worth = np.array([_gained(fit) for fit in fits])
    largest = np.array(
        [max((_gained(curve.shuffled(rng, values)) for curve in curves), default=0.0) for _ in range(_SHUFFLES)]
    )
    rows = []
    for curve, fit, name, value in zip(curves, fits, unknowns, worth, strict=True):
        chance = float((1 + (largest >= value).sum()) / (1 + _SHUFFLES))
        row: dict[str, Any] = {
            "unknown": str(name), "low": curve.places.min(), "high": curve.places.max(), "value": value, "p": chance,
            "stands_out": chance <= _BEYOND_CHANCE, "value_low": np.nan, "value_high": np.nan,
            "changes": 0.0, "instead": "", "choice": "",
        }  # fmt: skip
        if row["stands_out"]:
            chosen = fit.argmax(axis=1)
            others = np.bincount(chosen[chosen != best], minlength=len(names))
            low, high = percentiles(
                np.array([_gained(curve.resampled(rng, values), best) for _ in range(_RESAMPLES)]), _LEVEL
            )
            row |= {"value_low": float(low), "value_high": float(high), "changes": others.sum() / len(values),
                    "instead": names[int(others.argmax())] if others.any() else "",
                    "choice": _in_words(curve.places, chosen, names)}  # fmt: skip
        rows.append(row)
    columns = ["unknown", "low", "high", "value", "p", "stands_out", "value_low", "value_high", "changes", "instead",
               "choice"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).astype({"stands_out": bool})
    table = table.sort_values(["value", "unknown"], ascending=[False, True], ignore_index=True)
    by_chance = float(np.quantile(largest, 1 - _BEYOND_CHANCE, method="higher"))
    return Information(names[best], len(values), _gained(values), by_chance, table)


def _check(unknowns: pd.DataFrame, gains: pd.DataFrame) -> None:
    for place, table in (("unknowns", unknowns), ("gains", gains)):
        if not all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes) or not np.isfinite(table).all(
            axis=None
        ):
            raise EngagementError(f"{place}: must have a finite number in every row and column")
    if len(unknowns) != len(gains):
        raise EngagementError(f"unknowns: must have as many rows as gains, {len(gains)}, not {len(unknowns)}")
    if len(gains) < LEAST_SAMPLES:
        raise EngagementError(f"gains: must have {LEAST_SAMPLES} rows or more, not {len(gains)}")
    if gains.shape[1] < 2:
        raise EngagementError(f"gains: must have two options or more, not {gains.shape[1]}")


def _gained(values: Values, best: int | None = None) -> float:
    """Return the gain from choosing the best option in each sample instead of the one that is best on average.

    In a resample, the option to beat stays that of the whole sample: where options tie, the best of the resampled means
    is too good, and intervals would be too low.
    """
    means = values.mean(axis=0)
    gain = float(values.max(axis=1).mean() - (means.max() if best is None else means[best]))
    return gain if gain > _ROUNDING * np.abs(values).max() else 0.0


def _together(columns: Values) -> list[Values]:
    """Return for each unknown a number per sample that is the same for samples to be shuffled together.

    Parameters of one set go together: each determines the others, though several samples have the same set. A factor of
    a grid is determined by none, so its samples are shuffled one by one. Shuffling its few values would change nothing.
    """
    size = columns.shape[1]
    levels = [np.unique(column, return_inverse=True)[1] for column in columns]
    counts = [int(level.max()) + 1 for level in levels]
    found = []
    for place, level in enumerate(levels):
        sets = [
            other
            for other, count in enumerate(counts)
            if other != place and count < size and len(np.unique(levels[other] * size + level)) == count
        ]
        finest = max([place, *sets], key=counts.__getitem__)
        found.append(columns[finest] if sets or counts[place] == size else np.arange(size, dtype=float))
    return found


class _Curve:
    """Smooth curves along the values of one unknown: cubic splines of their ranks with five coefficients."""

    def __init__(self, places: Values, together: Values) -> None:
        from sklearn.preprocessing import SplineTransformer  # noqa: PLC0415 - a second, not needed in most runs

        self.places = places
        ranks = rankdata(places)[:, None] / len(places)
        self.basis: Values = SplineTransformer(_KNOTS).fit_transform(ranks)
        self.across: Values = orth(self.basis)
        _, self.first, self.level = np.unique(together, return_index=True, return_inverse=True)

    def fit(self, values: Values, across: Values | None = None) -> Values:
        """Return the gains expected at the unknown's values, shape (samples, options)."""
        across = self.across if across is None else across
        mean, free = values.mean(axis=0), len(values) - 1
        moved = across @ (across.T @ values) - mean
        total, explained = ((values - mean) ** 2).sum(axis=0), (moved**2).sum(axis=0)
        left = (total - explained) * free / (free + 1 - across.shape[1])
        beyond = total - left  # adjusted R squared, times the total
        shrunk = np.divide(beyond, explained, out=np.zeros_like(mean), where=explained > 1e-12 * (1 + total))
        fit: Values = mean + moved * np.sqrt(np.clip(shrunk, 0.0, 1.0))
        return fit

    def shuffled(self, rng: np.random.Generator, values: Values) -> Values:
        """Return the fit after shuffling the unknown's values; samples that go together still do."""
        taken = self.first[rng.permutation(len(self.first))][self.level]
        return self.fit(values, self.across[taken] if len(self.first) == len(values) else orth(self.basis[taken]))

    def resampled(self, rng: np.random.Generator, values: Values) -> Values:
        """Return the fit to a bootstrap sample of the same size."""
        taken = rng.integers(len(values), size=len(values))
        return self.fit(values[taken], orth(self.basis[taken]))


def _in_words(places: Values, chosen: NDArray[np.intp], names: Sequence[str]) -> str:
    """Describe what to choose for which values, as in "audit below 0.3, committee above"."""
    order = np.argsort(places, kind="stable")
    places, chosen = places[order], chosen[order]
    ends = np.flatnonzero(chosen[1:] != chosen[:-1])
    if not 0 < len(ends) < _PARTS:
        return names[int(chosen[0])] if not len(ends) else "changes several times along its range"
    limits = [f"{(places[end] + places[end + 1]) / 2:.3g}" for end in ends]
    options = [names[int(chosen[place])] for place in (*ends, len(chosen) - 1)]
    middle = [f"{options[1]} from {limits[0]} to {limits[1]}"] if len(ends) == 2 else []
    return ", ".join([f"{options[0]} below {limits[0]}", *middle, f"{options[-1]} above {limits[-1]}"])
