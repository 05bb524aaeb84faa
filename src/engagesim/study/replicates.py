"""How many seeds a point needs: seeds are added until an interval is as narrow as asked."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.study.description import Study

FIRST_REPLICATES = 20
"""Seeds of every point at first, and seeds that are added at a time."""

_LEVEL = 0.95


def too_wide(runs: pd.DataFrame, study: Study) -> set[int]:
    """Return the points whose 95 percent interval of the study's measure is still wider than asked.

    Wilson's interval for a share, Student's for a mean. Stopping when an interval has become narrow favours samples
    that happen to vary little: the intervals that result cover the truth somewhat less often than they say, by
    a percent or two with 20 seeds at least (Law 2015, Simulation Modeling and Analysis, section 9.4.1).
    """
    sound = runs[runs["failed"].isna()]
    width = sound.groupby("point", sort=True)[study.measure].agg(lambda values: interval_width(values.to_numpy()))
    return {int(number) for number in width.index[width > study.width]}


def interval_width(values: NDArray[np.float64]) -> float:
    """Return the width of the 95 percent interval of a mean, or of a share where all values are 0 or 1."""
    from scipy import stats  # noqa: PLC0415 - half a second, which studies with fixed seeds save

    count = len(values)
    if np.isin(values, (0.0, 1.0)).all():
        found = stats.binomtest(int(values.sum()), count).proportion_ci(_LEVEL, method="wilson")
        return float(found.high - found.low)
    error = values.std(ddof=1) / np.sqrt(count)
    return float(2 * stats.t.ppf((1 + _LEVEL) / 2, count - 1) * error)
