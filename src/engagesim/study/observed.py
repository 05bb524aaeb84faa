"""Measures of simulated societies with named axes: points, seeds and months."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import ParameterError, no_such
from engagesim.measures import MEASURES, Measure

type Values = NDArray[np.float64]

TIMES = tuple(measure.name for measure in MEASURES if measure.unit == "month")
"""Measures that give the month of an event, or -1 until it has happened."""


def averaged(measures: Sequence[Measure] = MEASURES) -> tuple[Measure, ...]:
    """Return the measures that have a mean."""
    return tuple(measure for measure in measures if measure.name not in TIMES)


AVERAGED = averaged()
"""Measures of the model that have a mean, except those of mechanisms."""


@dataclass(frozen=True)
class Observed:
    """Measures of societies month by month, with named axes.

    Attributes
    ----------
    metrics : array, shape (points, seeds, months, measures)
        Every measure of every month; ``MEASURES`` gives the units.
    measures : tuple of str
        Names along the last axis.
    seeds : tuple of int
        Seeds along the second axis.
    events : array of ``engagesim.society.events.ROW`` or None
        The logs of events, if requested; point p with the n-th of N seeds is lane p × N + n.
    """

    metrics: Values
    measures: tuple[str, ...]
    seeds: tuple[int, ...]
    events: NDArray[Any] | None = None

    def __post_init__(self) -> None:
        """Refuse an array whose shape does not match the names."""
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
            Values in the measure's unit; the month of an event is -1 until it has happened.

        Raises
        ------
        ParameterError
            If the measure does not exist.
        """
        return self.metrics[..., place_of(name, self.measures)]

    def only(self, names: Sequence[str]) -> "Observed":
        """Return some measures.

        Parameters
        ----------
        names : sequence of str
            Names from ``measures``, in the order of the result.

        Returns
        -------
        engagesim.study.observed.Observed
            The chosen measures, with the same points and seeds.
        """
        places = [place_of(name, self.measures) for name in names]
        return Observed(self.metrics[..., places], tuple(names), self.seeds)

    def points(self, begin: int, stop: int) -> "Observed":
        """Return the results of some points.

        Parameters
        ----------
        begin, stop : int
            The first point, and the one after the last.

        Returns
        -------
        engagesim.study.observed.Observed
            With the same seeds and measures.
        """
        return Observed(self.metrics[begin:stop], self.measures, self.seeds)

    @classmethod
    def by_seed(cls, parts: Sequence["Observed"]) -> Self:
        """Join results of the same points with different seeds.

        Parameters
        ----------
        parts : sequence of engagesim.study.observed.Observed
            Results of the same points, each with different seeds.

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
        """Join results of different points with the same seeds.

        Parameters
        ----------
        parts : sequence of engagesim.study.observed.Observed
            Results with the same seeds, each of different points.

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
            Some of the seeds, in the order of the result.

        Returns
        -------
        engagesim.study.observed.Observed
            With the same points and measures.
        """
        places = [self.seeds.index(seed) for seed in seeds]
        return Observed(self.metrics[:, places], self.measures, tuple(seeds))


def place_of(name: str, measures: Sequence[str]) -> int:
    """Return the index of a measure.

    Raises
    ------
    ParameterError
        If the name is not among the measures.
    """
    if name not in measures:
        raise ParameterError(no_such(str(name), "measure", measures, "; see engagesim.MEASURES", "measure = "))
    return measures.index(name)


def dated[Kind: np.floating[Any]](name: str, values: NDArray[Kind]) -> NDArray[Kind]:
    """Return values of a measure, with NaN for the month of an event that has not happened."""
    return np.where(values < 0, values.dtype.type(np.nan), values) if name in TIMES else values


def check_mean(name: str) -> None:
    """Refuse to average the month of an event, which may never happen.

    Raises
    ------
    ParameterError
        If the measure has no mean; the message names one that has.
    """
    if name in TIMES:
        raise ParameterError(
            f"measure = {name}: must be a measure with a mean; a coalition that never forms has no month; "
            "did you mean 'coalition_formed'?"
        )
