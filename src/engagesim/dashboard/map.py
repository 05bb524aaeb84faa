"""The page *Map*: a measure over two parameters, computed on request; each cell opens its society in Explore."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import solara
from numpy.typing import NDArray

from engagesim.dashboard.components import Alert, Controls, HeatMap, JobControl, Text, Tree, choice, group, number
from engagesim.dashboard.events import Cell
from engagesim.dashboard.figures import colour_limits, heat_map
from engagesim.dashboard.glossary import ROW, about_measure, about_parameter, label, measure_options
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.limits import MOST_MAP_WORK
from engagesim.dashboard.links import number as number_of
from engagesim.dashboard.links import one_of, text_of, whole
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.engines.compiled import Options, stream
from engagesim.errors import EngagementError, ParameterError, nearest
from engagesim.parameters import Parameters
from engagesim.report.text import MEASURE, capital, plain
from engagesim.study.observed import AVERAGED
from engagesim.study.run_part import outcome

AXES = tuple(
    path
    for path, row in ROW.items()
    if row.low is not None
    and (path.startswith(("incentives.", "conditions.")) or path == "population.reform_minded_share")
    and path != "incentives.term"
)
"""Parameters that an axis can vary."""

SIZES = {
    "cells": ("Cells per side", "More cells show the boundary better and take longer.", (3, 25)),
    "seeds": (
        "Seeds per cell",
        "Each cell shows the mean over this many societies, which differ only by chance.",
        (1, 20),
    ),
    "months": ("Months", "How long each society is simulated; the mean of the last twelve months is shown.", (12, 360)),
}
"""Sizes of a map, each with its label, its meaning, and its smallest and largest value."""


@dataclass(frozen=True)
class MapRequest:
    """The settings of a map, read by name from the query parameters of a link."""

    x: str = "incentives.patronage"
    x_low: float = 0.0
    x_high: float = 1.0
    y: str = "incentives.merit_protection"
    y_low: float = 0.0
    y_high: float = 1.0
    measure: str = "coalition_ever"
    cells: int = 9
    seeds: int = 3
    months: int = 96

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "MapRequest":
        """Return a map request from the query parameters of a link.

        Raises
        ------
        ParameterError
            If a value is wrong; the message names the key and states what is allowed.
        """
        usual = cls().texts(whole=True)
        unknown = next((name for name in words if name not in usual), None)
        if unknown is not None:
            raise ParameterError(f"map.{unknown}: no such key{nearest(unknown, usual)}")
        words = {**usual, **words}
        found: dict[str, Any] = {"measure": one_of("map.measure", words["measure"], [each.name for each in AVERAGED])}
        for axis in ("x", "y"):
            path = one_of(f"map.{axis}", words[axis], AXES)
            span = float(ROW[path].low or 0.0), float(ROW[path].high or 1.0)
            low, high = (number_of(f"map.{axis}_{end}", words[f"{axis}_{end}"], *span) for end in ("low", "high"))
            if low >= high:
                raise ParameterError(f"map.{axis}_high = {high:g}: must be above map.{axis}_low = {low:g}")
            found |= {axis: path, f"{axis}_low": low, f"{axis}_high": high}
        if found["x"] == found["y"]:
            raise ParameterError(f"map.y = {found['y']}: must be another parameter than map.x")
        found |= {name: whole(f"map.{name}", words[name], *ends) for name, (_, _, ends) in SIZES.items()}
        return cls(**found)

    def changed(self, name: str, value: Any) -> "MapRequest":
        """Return the request with one change; a new parameter starts with its whole range."""
        words = {**self.texts(whole=True), name: text_of(value)}
        if name in {"x", "y"} and value in AXES:
            row = ROW[value]
            low, high = row.low or 0.0, min(row.high or 1.0, 2.0)
            words |= {f"{name}_low": text_of(float(low)), f"{name}_high": text_of(float(high))}
        return MapRequest.of(words)

    @property
    def axes(self) -> tuple[list[float], list[float]]:
        """Return the values along the horizontal and the vertical axis."""
        across, up = ((self.x_low, self.x_high), (self.y_low, self.y_high))
        return _spread(*across, self.cells), _spread(*up, self.cells)

    def texts(self, whole: bool = False) -> dict[str, str]:
        """Return the differences from the default map, or the ``whole`` map, as query parameters of a link."""
        usual = {} if whole else asdict(MapRequest())
        return {name: text_of(value) for name, value in asdict(self).items() if value != usual.get(name)}

    def points(self, start: Parameters) -> list[Parameters]:
        """Return the society of each cell, row by row from the bottom.

        Raises
        ------
        ParameterError
            If the map needs too much work for the dashboard.
        """
        work = self.cells**2 * self.seeds * self.months * start.population.citizens
        if work > MOST_MAP_WORK:
            raise ParameterError(
                f"map: must be smaller; it is {work / MOST_MAP_WORK:.1f} times as large as the dashboard "
                "allows; choose fewer cells, seeds, months or citizens, or use engagesim sweep"
            )
        across, up = self.axes
        return [start.changed({self.x: x, self.y: y, "months": self.months}) for y in up for x in across]


class ComputedMap(NamedTuple):
    """A computed map: its request, and each cell's mean over seeds, shape (rows from the bottom, columns)."""

    request: MapRequest
    start: Parameters
    values: NDArray[np.float64]

    def changes_at(self, row: int, column: int) -> dict[str, float]:
        """Return the changed parameters of a cell's society, by path."""
        across, up = self.request.axes
        return {self.request.x: across[column], self.request.y: up[row]}


def compute(request: MapRequest, start: Parameters, report: Callable[[float], None]) -> ComputedMap:
    """Simulate every cell with every seed on one core."""
    points = request.points(start)
    seeds = [start.seed + number for number in range(request.seeds)]
    totals, done = np.zeros(len(points)), 0
    for lived in stream(points, seeds, Options(threads=1)):
        report(done / (len(points) * len(seeds)))
        ends = outcome(request.measure, lived.measure(request.measure))
        for society, value in zip(lived.societies, ends.tolist(), strict=True):
            totals[society.point] += value
        done += len(lived.societies)
    return ComputedMap(request, start, totals.reshape(request.cells, request.cells) / len(seeds))


@solara.component
def MapTab(session: Session) -> None:
    """A measure over two parameters."""
    request, complaint = solara.use_memo(lambda: _request(session), [session.extras.value])
    job: Job = solara.use_memo(lambda: Job(session), [])

    def start() -> None:
        society = session.request.peek().start()
        job.start(lambda report: compute(request, society, report))

    def begin() -> Any:
        if any(key.startswith("map.") for key in session.extras.peek()):
            start()
        return job.stop

    def change(name: str, value: Any) -> None:
        session.attempt(lambda: session.keep("map", request.changed(name.removeprefix("map."), value).texts()))

    solara.use_effect(begin, [])
    if complaint:
        Alert(complaint)
    with solara.Div(classes=["es-mapping"]):
        with solara.Div(classes=["es-side"]):
            Controls(controls(request), change)
        with solara.Div(classes=["es-middle"]):
            JobControl(job, "Compute the map", start)
            Result(session, job)


@solara.component
def Result(session: Session, job: Job) -> None:
    """The computed map, which stays until the next map is ready."""
    last = solara.use_ref(None)
    if job.progress.value.phase == "done":
        last.current = job.progress.value.result
    if last.current is None:
        Text("A map shows one measure over two parameters. The scenario, size and seed are those of Explore.",
             "es-sheet")  # fmt: skip
        return
    found: ComputedMap = last.current
    HeatMap(drawn=drawn_map(found), event_open=lambda cell: open_cell(session, found, cell))


def open_cell(session: Session, found: ComputedMap, cell: Cell) -> None:
    """Open the society of a cell in Explore, in the month in which the map measures it."""
    most = found.request.cells - 1
    changes = found.changes_at(min(most, cell.row), min(most, cell.column))
    now = session.request.peek()
    request = SocietyRequest(now.scenario, {**now.changes, "seed": found.start.seed, **changes})
    session.explore(lambda: (request, found.request.months))


def drawn_map(found: ComputedMap) -> Tree:
    """Return a computed map as data that the page can draw."""
    request, measure = found.request, MEASURE[found.request.measure]
    across, up = request.axes
    words = {
        "x": label(request.x), "y": label(request.y), "across": [f"{x:.3g}" for x in across],
        "up": [f"{y:.3g}" for y in up],
        "title": f"{measure.description}, by {label(request.x).lower()} and {label(request.y).lower()}",
        "meaning": about_measure(measure),
        "about": (
            f"{capital(plain(found.start.name))}, {found.start.population.citizens} citizens, {request.months} months, "
            f"{request.seeds} seeds per cell, starting with seed {found.start.seed}. With so few seeds, single cells "
            "are rough; look at the overall shape. Choose a cell to open its first society in Explore."
        ),
    }  # fmt: skip
    return heat_map(found.values, _limits(found), words)


def _limits(found: ComputedMap) -> tuple[float, float]:
    """Return the ends of the colour scale: 0 and 1 for a measure with these limits, otherwise its extreme values."""
    is_part = MEASURE[found.request.measure].unit in {"share", "0 to 1", "0 or 1", "believed chance"}
    return (0.0, 1.0) if is_part and found.values.min() >= 0 else colour_limits(found.values)


def controls(request: MapRequest) -> list[Tree]:
    """Return the controls with their current values."""
    measure = choice("map.measure", "Measure", request.measure, measure_options(AVERAGED))
    sizes = [
        number(f"map.{name}", text, getattr(request, name), ends, 1, about)
        for name, (text, about, ends) in SIZES.items()
    ]
    return [
        group("Measure", [measure]),
        group("Across", _axis("x", request)),
        group("Up", _axis("y", request)),
        group("Resolution", sizes),
    ]


def _request(session: Session) -> tuple[MapRequest, str]:
    try:
        return MapRequest.of(session.words_of("map")), ""
    except EngagementError as error:
        return MapRequest(), str(error)


def _axis(axis: str, request: MapRequest) -> list[Tree]:
    path = getattr(request, axis)
    row = ROW[path]
    span, step = (float(row.low or 0.0), float(row.high or 1.0)), 0.05 if (row.high or 1.0) <= 3 else 0.5
    options = [(each, label(each), about_parameter(each)) for each in AXES]
    ends = [
        number(f"map.{axis}_{end}", f"{word} value", getattr(request, f"{axis}_{end}"), span, step,
               f"{word} value of {label(path).lower()} on the map.", row.unit, slides=False)
        for end, word in (("low", "Lowest"), ("high", "Highest"))
    ]  # fmt: skip
    return [choice(f"map.{axis}", "Parameter", path, options), *ends]


def _spread(low: float, high: float, cells: int) -> list[float]:
    """Return values from low to high, with just enough digits to tell them apart."""
    return [round(low + (high - low) * number / (cells - 1), 6) for number in range(cells)]
