"""What was observed of societies, by name: no array goes from room to room whose axes are taken on trust."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import ParameterError, no_such
from engagesim.measures import MEASURES, Measure

type Values = NDArray[np.float64]

TIMES = tuple(measure.name for measure in MEASURES if measure.unit == "month")
"""Measures that say when something happened; month by month they are -1 where it has not happened yet."""


def averaged(measures: Sequence[Measure] = MEASURES) -> tuple[Measure, ...]:
    """Return the measures that have a mean."""
    return tuple(measure for measure in measures if measure.name not in TIMES)


AVERAGED = averaged()
"""Our own measures that have a mean."""


@dataclass(frozen=True)
class Observed:
    """Measures of societies month by month, with the names of what stands along the axes.

    Attributes
    ----------
    metrics : array, shape (points, seeds, months, measures)
        Every measure of every month; units stand in ``MEASURES``.
    measures : tuple of str
        Names along the last axis.
    seeds : tuple of int
        Seeds along the second axis.
    """

    metrics: Values
    measures: tuple[str, ...]
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse an array that its names do not fit."""
        wanted = ("points", len(self.seeds), "months", len(self.measures))
        shape = self.metrics.shape
        if len(shape) != len(wanted) or (shape[1], shape[3]) != (wanted[1], wanted[3]):
            raise ParameterError(f"metrics: must have the shape {wanted}, not {shape}".replace("'", ""))

    def measure(self, name: str) -> Values:
        """Return one measure.

        Parameters
        ----------
        name : str
            One of ``measures``.

        Returns
        -------
        array, shape (points, seeds, months)
            In the measure's unit; one that is a month is -1 until what it dates has happened.

        Raises
        ------
        ParameterError
            Where there is no such measure.
        """
        return self.metrics[..., place_of(name, self.measures)]

    def only(self, names: Sequence[str]) -> "Observed":
        """Return some measures.

        Parameters
        ----------
        names : sequence of str
            Some of ``measures``, in the order that is wanted.

        Returns
        -------
        engagesim.study.observed.Observed
            Of the same points and seeds.
        """
        places = [place_of(name, self.measures) for name in names]
        return Observed(self.metrics[..., places], tuple(names), self.seeds)

    def points(self, begin: int, stop: int) -> "Observed":
        """Return some points.

        Parameters
        ----------
        begin, stop : int
            The first one, and the one behind the last.

        Returns
        -------
        engagesim.study.observed.Observed
            Of the same seeds and measures.
        """
        return Observed(self.metrics[begin:stop], self.measures, self.seeds)

    @classmethod
    def by_seed(cls, parts: Sequence["Observed"]) -> Self:
        """Join the same points on other seeds.

        Parameters
        ----------
        parts : sequence of engagesim.study.observed.Observed
            Of the same points, each on seeds of its own.

        Returns
        -------
        engagesim.study.observed.Observed
            Seeds in the order of the parts.
        """
        names = parts[0].measures
        seeds = tuple(seed for part in parts for seed in part.seeds)
        return cls(np.concatenate([part.only(names).metrics for part in parts], axis=1), names, seeds)

    @classmethod
    def by_point(cls, parts: Sequence["Observed"]) -> Self:
        """Join other points on the same seeds.

        Parameters
        ----------
        parts : sequence of engagesim.study.observed.Observed
            Of the same seeds, each with points of its own.

        Returns
        -------
        engagesim.study.observed.Observed
            Points in the order of the parts.
        """
        names, seeds = parts[0].measures, parts[0].seeds
        return cls(np.concatenate([part.only(names).metrics for part in parts]), names, seeds)

    def on(self, seeds: Sequence[int]) -> "Observed":
        """Return the societies of some seeds.

        Parameters
        ----------
        seeds : sequence of int
            Some of its seeds, in the order that is wanted.

        Returns
        -------
        engagesim.study.observed.Observed
            Of the same points and measures.
        """
        places = [self.seeds.index(seed) for seed in seeds]
        return Observed(self.metrics[:, places], self.measures, tuple(seeds))


def place_of(name: str, measures: Sequence[str]) -> int:
    """Return where a measure stands among others.

    Raises
    ------
    ParameterError
        Where it is none of them.
    """
    if name not in measures:
        raise ParameterError(no_such(str(name), "measure", measures, "; see engagesim.MEASURES", "measure = "))
    return measures.index(name)


def dated[Kind: np.floating[Any]](name: str, values: NDArray[Kind]) -> NDArray[Kind]:
    """Return values of a measure with NaN for the month of what has not happened; all others as they are."""
    return np.where(values < 0, values.dtype.type(np.nan), values) if name in TIMES else values


def check_mean(name: str) -> None:
    """Refuse the mean of a month in which something happens that need not happen.

    Raises
    ------
    ParameterError
        Says what to ask for instead.
    """
    if name in TIMES:
        raise ParameterError(
            f"measure = {name}: must be a measure with a mean, and a coalition that never forms has no month; "
            "did you mean 'coalition_formed'?"
        )
