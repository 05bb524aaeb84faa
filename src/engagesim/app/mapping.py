"""A map: a measure over two parameters, computed on the spot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from engagesim.app.limits import MOST_MAP_WORK
from engagesim.app.words import ROW
from engagesim.ensemble import Options, stream
from engagesim.errors import ParameterError, nearest
from engagesim.parameters import Parameters
from engagesim.report.maps import COLOURS
from engagesim.report.phrases import MEASURE
from engagesim.study.living import outcome
from engagesim.study.observed import AVERAGED

AXES = tuple(
    path
    for path, row in ROW.items()
    if row.low is not None
    and (path.startswith(("incentives.", "conditions.")) or path == "population.reform_minded_share")
    and path != "incentives.term"
)
"""Parameters that an axis can vary."""

SIZES = {"cells": (3, 25), "seeds": (1, 20), "months": (12, 360)}
"""Cells a side, seeds a cell and months, each with the least and the most."""


@dataclass(frozen=True)
class Mapped:
    """What a map is asked for; values are taken by name, as in a link."""

    x: str = "incentives.patronage"
    x_low: float = 0.0
    x_high: float = 1.0
    y: str = "incentives.merit_protection"
    y_low: float = 0.0
    y_high: float = 1.0
    measure: str = "coalition_formed"
    cells: int = 9
    seeds: int = 3
    months: int = 96

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Mapped":
        """Return a map from texts or numbers by name.

        Raises
        ------
        ParameterError
            Names the key, the value and what is allowed.
        """
        usual = asdict(cls())
        unknown = next((name for name in given if name not in usual), None)
        if unknown is not None:
            raise ParameterError(f"map.{unknown}: no such key{nearest(unknown, usual)}; allowed are {', '.join(usual)}")
        mapped = cls(**{name: _as(type(usual[name]), name, value) for name, value in given.items()})
        mapped.check()
        return mapped

    def changed(self, name: str, value: Any) -> "Mapped":
        """Return the same map with one thing different; another parameter brings its whole range."""
        given = {**asdict(self), name: value}
        if name in {"x", "y"} and value in AXES:
            row = ROW[value]
            given |= {f"{name}_low": row.low, f"{name}_high": min(row.high or 1.0, 2.0)}
        return Mapped.of(given)

    def check(self) -> None:
        """Raise what is wrong with the map."""
        for axis in ("x", "y"):
            path, low, high = getattr(self, axis), getattr(self, f"{axis}_low"), getattr(self, f"{axis}_high")
            if path not in AXES:
                raise ParameterError(f"map.{axis} = {path}: no axis of a map{nearest(path, AXES)}")
            row = ROW[path]
            if not (row.low or 0.0) <= low < high <= (row.high or 1.0):
                raise ParameterError(f"map.{axis}_low = {low:g}, map.{axis}_high = {high:g}: allowed are rising values "
                                     f"within {row.low:g} to {row.high:g}")  # fmt: skip
        if self.x == self.y:
            raise ParameterError(f"map.y = {self.y}: allowed is another parameter than map.x")
        names = [measure.name for measure in AVERAGED]
        if self.measure not in names:
            raise ParameterError(f"map.measure = {self.measure}: no such measure{nearest(self.measure, names)}")
        for name, (least, most) in SIZES.items():
            if not least <= getattr(self, name) <= most:
                raise ParameterError(f"map.{name} = {getattr(self, name)}: allowed {least} to {most}")

    @property
    def axes(self) -> tuple[list[float], list[float]]:
        """Values across and up."""
        across, up = ((self.x_low, self.x_high), (self.y_low, self.y_high))
        return _spread(*across, self.cells), _spread(*up, self.cells)

    def texts(self) -> dict[str, str]:
        """Return what differs from the usual map, as a link carries it."""
        usual = asdict(Mapped())
        return {name: str(value) for name, value in asdict(self).items() if value != usual[name]}

    def points(self, start: Parameters) -> list[Parameters]:
        """Return the society of each cell, row by row from the bottom.

        Raises
        ------
        ParameterError
            Where the map is too much work for the dashboard.
        """
        work = self.cells**2 * self.seeds * self.months * start.population.citizens
        if work > MOST_MAP_WORK:
            raise ParameterError(
                f"the map is {work / MOST_MAP_WORK:.1f} times as large as the dashboard allows; take fewer cells, "
                "seeds, months or citizens, or use engagesim sweep"
            )
        across, up = self.axes
        return [start.changed({self.x: x, self.y: y, "months": self.months}) for y in up for x in across]


class Drawn(NamedTuple):
    """A computed map: what was asked, and the mean over seeds of each cell, shape (rows from the bottom, columns)."""

    mapped: Mapped
    start: Parameters
    values: NDArray[np.float64]


def compute(mapped: Mapped, start: Parameters, report: Callable[[float], None]) -> Drawn:
    """Simulate every cell with every seed, on one core."""
    points = mapped.points(start)
    seeds = [start.seed + number for number in range(mapped.seeds)]
    totals, done = np.zeros(len(points)), 0
    for lived in stream(points, seeds, Options(threads=1)):
        report(done / (len(points) * len(seeds)))
        ends = outcome(mapped.measure, lived.measure(mapped.measure))
        for society, value in zip(lived.societies, ends.tolist(), strict=True):
            totals[society.point] += value
        done += len(lived.societies)
    return Drawn(mapped, start, totals.reshape(mapped.cells, mapped.cells) / len(seeds))


def spread(drawn: Drawn) -> tuple[float, float]:
    """Return the ends of the scale of colours: 0 and 1 for what lies between, otherwise the least and the most."""
    low, high = float(drawn.values.min()), float(drawn.values.max())
    if MEASURE[drawn.mapped.measure].unit in {"share", "0 to 1", "0 or 1", "believed chance"} and low >= 0:
        return 0.0, 1.0
    return low, high if high > low else low + 1.0


def shades(values: Sequence[float], low: float, high: float) -> list[str]:
    """Return the colour of each value on a scale."""
    return [to_hex(COLOURS((value - low) / (high - low))) for value in values]


def of_extras(extras: Mapping[str, str]) -> Mapped:
    """Return the map that a link keeps under ``map.``, as ``Mapped.of`` does."""
    return Mapped.of({key.removeprefix("map."): text for key, text in extras.items() if key.startswith("map.")})


def changes_at(drawn: Drawn, row: int, column: int) -> dict[str, float]:
    """Return what is different in the society of a cell, by path."""
    across, up = drawn.mapped.axes
    return {drawn.mapped.x: across[column], drawn.mapped.y: up[row]}


def _spread(low: float, high: float, cells: int) -> list[float]:
    """Return values from low to high, in as few digits as say where they are."""
    return [round(low + (high - low) * number / (cells - 1), 6) for number in range(cells)]


def _as(kind: type, name: str, value: Any) -> Any:
    if kind is str:
        return str(value)
    try:
        number = float(value)
    except ValueError:
        raise ParameterError(f"map.{name} = {value}: allowed is a number") from None
    if not np.isfinite(number) or (kind is int and not number.is_integer()):
        raise ParameterError(f"map.{name} = {value}: allowed is a {'whole ' * (kind is int)}number")
    return kind(number)
