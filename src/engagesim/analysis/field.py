"""Effects in the unit of field studies: standard deviations of service quality over districts.

Field experiments on accountability and participation tend to find 0.05 to 0.25 standard deviations within about two
years (``docs/evidence.md``; facts E02 and E07). A larger effect in the model is not a discovery: it lies beyond
anything measured in the field.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from engagesim.analysis.intervals import USUAL, Resampling, percentiles, ratio, resampled_means
from engagesim.analysis.outcomes import SPREAD, YEAR, Measured

FIELD = (0.05, 0.25)
"""The range of effects that field studies find, in standard deviations."""

WITHIN = 24
"""Months by which most field studies have ended."""


def is_beyond_field(size: float) -> bool:
    """Whether an effect, in standard deviations, exceeds in either direction what field studies find."""
    return abs(size) > FIELD[1]


def overtaken(size: float) -> int:
    """Return how many of 100 districts the median district overtakes if it gains a number of standard deviations.

    Districts are assumed to be normally distributed.
    """
    return round(100 * (NormalDist().cdf(size) - 0.5))


def field_sizes(
    measure: Measured, names: Sequence[str], starts: Sequence[int], resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Return effects on service quality in standard deviations of districts, after two years and at the end.

    An effect is the difference in a twelve-month mean, divided by the standard deviation of districts without any
    package in the same months. The twelve months end 24 months after a package starts (``size``) or with the run
    (``size_end``). Runs that end sooner give both values at their end.

    Parameters
    ----------
    measure : callable
        Returns a measure by name, shape (packages, seeds, months); the baseline is first.
    names : sequence of str, length packages
    starts : sequence of int, length packages
        Month in which each package starts; the baseline's month does not matter.
    resampling : Resampling

    Returns
    -------
    DataFrame
        One row per package: ``package``, ``spread`` (standard deviation of districts at the end, without any package),
        ``months`` (from the start to the first value), ``size``, ``low``, ``high`` (percentile bootstrap over seeds),
        ``beyond`` (whether ``size`` is larger than field studies find), ``size_end``. Sizes are NaN where districts do
        not differ.
    """
    quality, spread = measure("quality"), measure(SPREAD)[0]
    months, rows = quality.shape[-1], []
    last = slice(-YEAR, None)
    for place, (name, start) in enumerate(zip(names[1:], starts[1:], strict=True), 1):
        stop = min(start + WITHIN, months)
        seen = slice(max(0, stop - YEAR), stop)
        early, end = _size(quality, spread, place, seen), _size(quality, spread, place, last)
        low, high = percentiles(resampled_means(early, resampling), resampling.level)
        rows.append(
            {
                "package": name, "spread": spread[:, last].mean(), "months": max(0, stop - start),
                "size": early.mean(), "low": float(low), "high": float(high),
                "beyond": is_beyond_field(early.mean()), "size_end": end.mean(),
            }
        )  # fmt: skip
    columns = ["package", "spread", "months", "size", "low", "high", "beyond", "size_end"]
    return pd.DataFrame(rows, columns=columns)


def _size(quality: np.ndarray, spread: np.ndarray, place: int, seen: slice) -> np.ndarray:
    """Return each seed's difference divided by the mean standard deviation of districts."""
    step = np.atleast_1d(spread[:, seen].mean())
    gain = (quality[place] - quality[0])[:, seen].mean(axis=-1)
    return ratio(gain, np.broadcast_to(step, gain.shape), step > 0, np.nan)
