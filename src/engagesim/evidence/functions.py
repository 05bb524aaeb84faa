"""The functions of measures that a check may use, and what an experiment gave, on which they are computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]


class Months(NamedTuple):
    """Months of a society, from ``begin`` up to, but without, ``stop``; the treatment starts after the history."""

    begin: int
    stop: int


@dataclass(frozen=True)
class Evidence:
    """What an experiment gave, and the ways in which its trials are pooled.

    Attributes
    ----------
    levels : mapping of (measure, arm) to array, shape (trials, districts, months)
    groups : mapping of str to array of bool, shape (trials, districts)
        Districts of each group.
    pooling : array, shape (ways, trials)
        A row a way: how often each trial counts.
    """

    levels: Mapping[tuple[str, str], Values]
    groups: Mapping[str, NDArray[np.bool_]]
    pooling: Values

    def level(self, measure: str, arm: str, months: Months) -> Values:
        """Return the mean over some months, shape (trials, districts)."""
        mean: Values = self.levels[measure, arm][:, :, months.begin : months.stop].mean(axis=2)
        return mean

    def pooled(self, values: Values, group: str | None) -> Values:
        """Return the mean over districts, a number for each way of pooling; ``values`` are (trials, districts, …)."""
        counted = np.ones(values.shape[:2]) if group is None else self.groups[group].astype(float)
        total = np.einsum("td,td...->t...", counted, values)
        weights = self.pooling @ counted.sum(axis=1)
        pooled: Values = (self.pooling @ total.reshape(len(total), -1)).reshape(len(weights), *values.shape[2:])
        return pooled / weights.reshape(-1, *[1] * (values.ndim - 2))


class Asked(NamedTuple):
    """Arguments of a function of measures, as they were written."""

    measure: str
    arms: tuple[str, ...]
    months: Months
    numbers: tuple[float, ...]
    versus: str
    group: str | None


def _mean(seen: Evidence, asked: Asked) -> Values:
    return seen.pooled(seen.level(asked.measure, asked.arms[0], asked.months), asked.group)


def _differences(seen: Evidence, asked: Asked) -> Values:
    treated = seen.level(asked.measure, asked.arms[0], asked.months)
    differences: Values = treated - seen.level(asked.measure, asked.versus, asked.months)
    return differences


def _effect(seen: Evidence, asked: Asked) -> Values:
    return seen.pooled(_differences(seen, asked), asked.group)


def _deviation(seen: Evidence, asked: Asked) -> float:
    return float(seen.level(asked.measure, asked.versus, asked.months).std(ddof=1))


def _sd(seen: Evidence, asked: Asked) -> Values:
    return _effect(seen, asked) / _deviation(seen, asked)


def _spread(seen: Evidence, asked: Asked) -> float:
    return _deviation(seen, asked._replace(versus=asked.arms[0]))


def _change(seen: Evidence, asked: Asked) -> Values:
    return _effect(seen, asked) / _mean(seen, asked._replace(arms=(asked.versus,)))


def _total(seen: Evidence, asked: Asked) -> Values:
    return _mean(seen, asked) * (asked.months.stop - asked.months.begin)


def _interaction(seen: Evidence, asked: Asked) -> Values:
    one, other, both = (seen.level(asked.measure, arm, asked.months) for arm in asked.arms)
    return seen.pooled(both - one - other + seen.level(asked.measure, asked.versus, asked.months), asked.group)


def _interaction_sd(seen: Evidence, asked: Asked) -> Values:
    return _interaction(seen, asked) / _deviation(seen, asked)


def _share_above(seen: Evidence, asked: Asked) -> Values:
    bar = asked.numbers[0] * _deviation(seen, asked)
    return seen.pooled((_differences(seen, asked) > bar).astype(float), asked.group)


def _share_below(seen: Evidence, asked: Asked) -> Values:
    bar = asked.numbers[0] * _deviation(seen, asked)
    return seen.pooled((_differences(seen, asked) < bar).astype(float), asked.group)


def _share_between(seen: Evidence, asked: Asked) -> Values:
    low, high = asked.numbers
    level = seen.level(asked.measure, asked.arms[0], asked.months)
    return seen.pooled(((level >= low) & (level <= high)).astype(float), asked.group)


def _path(seen: Evidence, asked: Asked) -> Values:
    """Return the effect in each month, shape (ways, months)."""
    months = slice(asked.months.begin, asked.months.stop)
    treated, other = (seen.levels[asked.measure, arm][:, :, months] for arm in (asked.arms[0], asked.versus))
    return seen.pooled(treated - other, asked.group)


def _peak(seen: Evidence, asked: Asked) -> Values:
    path = _path(seen, asked)
    peaks: Values = np.take_along_axis(path, np.abs(path).argmax(axis=1)[:, None], axis=1)[:, 0]
    return peaks


def _peak_month(seen: Evidence, asked: Asked) -> Values:
    largest = np.abs(_path(seen, asked)).argmax(axis=1)
    return np.asarray(asked.numbers[0] + largest, dtype=np.float64)


def _half_life(seen: Evidence, asked: Asked) -> Values:
    path = np.abs(_path(seen, asked))
    top = path.argmax(axis=1)
    halved = np.full(len(path), np.nan)
    for way, month in enumerate(top):
        later = np.flatnonzero(path[way, month:] <= path[way, month] / 2)
        if len(later):
            halved[way] = later[0]
    return halved


class Form(NamedTuple):
    """How a function of measures is written: arms, whether months must be a range, further numbers, and keywords."""

    compute: Callable[[Evidence, Asked], Any]
    says: str
    arms: int = 1
    is_range: bool = False
    numbers: int = 0
    keywords: tuple[str, ...] = ("versus", "group")


FUNCTIONS: Mapping[str, Form] = {
    "mean": Form(_mean, "mean over districts", keywords=("group",)),
    "effect": Form(_effect, "arm less control, on the same noise"),
    "sd": Form(_sd, "effect over the standard deviation of the control's districts"),
    "change": Form(_change, "effect over the control's mean"),
    "spread": Form(_spread, "standard deviation over districts", keywords=()),
    "total": Form(_total, "sum over months", is_range=True, keywords=("group",)),
    "interaction": Form(_interaction, "both, less each alone, plus the control", arms=3),
    "interaction_sd": Form(_interaction_sd, "interaction in standard deviations", arms=3),
    "share_above": Form(_share_above, "share of districts that gain more than x standard deviations", numbers=1),
    "share_below": Form(_share_below, "share of districts whose difference is below x standard deviations", numbers=1),
    "share_between": Form(_share_between, "share of districts whose level lies there", numbers=2, keywords=("group",)),
    "peak": Form(_peak, "largest effect of a month", is_range=True),
    "peak_month": Form(_peak_month, "month of the largest effect", is_range=True),
    "half_life": Form(_half_life, "months from the peak until the effect has halved", is_range=True),
}
"""Functions of measures, by name."""

ARITHMETIC: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "odds": (1, lambda share: share / (1.0 - share)),
    "log": (1, np.log),
    "abs": (1, np.abs),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
"""Functions of numbers: how many, and what is done."""
