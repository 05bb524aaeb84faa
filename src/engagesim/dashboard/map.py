"""The page *Map*: a measure over two parameters, computed on the spot; a cell opens its society in Explore."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import solara
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from engagesim.dashboard.components import Controls, MapPicture, ProgressBar
from engagesim.dashboard.events import Cell, ControlChange
from engagesim.dashboard.glossary import ROW, help_for, label
from engagesim.dashboard.jobs import Job, Progress
from engagesim.dashboard.limits import MOST_MAP_WORK
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.ensemble import Options, stream
from engagesim.errors import EngagementError, ParameterError, nearest
from engagesim.parameters import Parameters
from engagesim.report.maps import COLOURS
from engagesim.report.phrases import MEASURE, capital, plain, unit
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
class MapRequest:
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
    def of(cls, given: Mapping[str, Any]) -> "MapRequest":
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

    def changed(self, name: str, value: Any) -> "MapRequest":
        """Return the same map with one thing different; another parameter brings its whole range."""
        given = {**asdict(self), name: value}
        if name in {"x", "y"} and value in AXES:
            row = ROW[value]
            given |= {f"{name}_low": row.low, f"{name}_high": min(row.high or 1.0, 2.0)}
        return MapRequest.of(given)

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
        usual = asdict(MapRequest())
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


class ComputedMap(NamedTuple):
    """A computed map: what was asked, and the mean over seeds of each cell, shape (rows from the bottom, columns)."""

    mapped: MapRequest
    start: Parameters
    values: NDArray[np.float64]


def compute(mapped: MapRequest, start: Parameters, report: Callable[[float], None]) -> ComputedMap:
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
    return ComputedMap(mapped, start, totals.reshape(mapped.cells, mapped.cells) / len(seeds))


def spread(drawn: ComputedMap) -> tuple[float, float]:
    """Return the ends of the scale of colours: 0 and 1 for what lies between, otherwise the least and the most."""
    low, high = float(drawn.values.min()), float(drawn.values.max())
    if MEASURE[drawn.mapped.measure].unit in {"share", "0 to 1", "0 or 1", "believed chance"} and low >= 0:
        return 0.0, 1.0
    return low, high if high > low else low + 1.0


def shades(values: Sequence[float], low: float, high: float) -> list[str]:
    """Return the colour of each value on a scale."""
    return [to_hex(COLOURS((value - low) / (high - low))) for value in values]


def of_extras(extras: Mapping[str, str]) -> MapRequest:
    """Return the map that a link keeps under ``map.``, as ``Mapped.of`` does."""
    return MapRequest.of({key.removeprefix("map."): text for key, text in extras.items() if key.startswith("map.")})


def changes_at(drawn: ComputedMap, row: int, column: int) -> dict[str, float]:
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


_SIZE_WORDS = {
    "cells": ("Cells a side", "More cells show the boundary better and take longer."),
    "seeds": ("Seeds a cell", "Societies of each cell, alike but for their luck; the cell shows their mean."),
    "months": ("Months", "How long each society lives; the last twelve are averaged."),
}


@solara.component
def MapTab(session: Session) -> None:
    """A measure over two parameters."""
    mapped, complaint = solara.use_memo(lambda: _asked(session.extras.value), [session.extras.value])
    job: Job = solara.use_memo(lambda: Job(session), [])

    def start(*_: Any) -> None:
        society = session.request.peek().start()
        job.start(lambda report: compute(mapped, society, report))

    def begin() -> Any:
        if any(key.startswith("map.") for key in session.extras.peek()):
            start()
        return job.stop

    solara.use_effect(begin, [])
    if complaint:
        solara.v.Html(tag="p", class_="es-complaint", attributes={"role": "alert"}, children=[complaint])
    with solara.Div(classes=["es-mapping"]):
        with solara.Div(classes=["es-side"]):
            Controls(groups=controls(mapped), event_change=lambda said: _set(session, mapped, said))
        with solara.Div(classes=["es-middle"]):
            JobControl(job, start)
            Result(session, job)


@solara.component
def JobControl(job: Job, start: Any) -> None:
    """Start, stop and progress."""
    now = job.progress.value
    ProgressBar(
        label="Compute the map",
        phase=now.phase,
        share=now.share,
        words=_progress(now),
        event_start=start,
        event_stop=lambda *_: job.stop(),
    )


@solara.component
def Result(session: Session, job: Job) -> None:
    """The map, once it is there; the last one stays until another is."""
    last = solara.use_ref(None)
    if job.progress.value.phase == "done":
        last.current = job.progress.value.result
    if last.current is None:
        solara.v.Html(tag="p", class_="es-sheet", children=["A map shows one measure over two parameters. It starts "
                      "from the scenario, size and seed that are open in Explore."])  # fmt: skip
        return
    drawn: ComputedMap = last.current
    MapPicture(drawn=drawn_map(drawn), event_open=lambda cell: _open(session, drawn, cell))


def _open(session: Session, drawn: ComputedMap, cell: Cell) -> None:
    """Open the society of a cell in Explore, as it is when the map measures it."""
    most = drawn.mapped.cells - 1
    row, column = min(most, cell.row), min(most, cell.column)
    now = session.request.peek()
    changes = {**now.changes, "seed": drawn.start.seed, **changes_at(drawn, row, column)}
    session.attempt(lambda: session.open(SocietyRequest(now.scenario, changes), drawn.mapped.months))
    session.tab.set("explore")


def _asked(extras: dict[str, str]) -> tuple[MapRequest, str]:
    try:
        return of_extras(extras), ""
    except EngagementError as error:
        return MapRequest(), str(error)


def _set(session: Session, mapped: MapRequest, said: ControlChange) -> None:
    def changing() -> None:
        session.keep("map", mapped.changed(said.name.removeprefix("map."), said.value).texts())

    session.attempt(changing)


def controls(mapped: MapRequest) -> list[dict[str, Any]]:
    """Return what can be chosen, with its values now."""
    sizes = [
        {"kind": "range", "name": f"map.{name}", "label": text, "value": getattr(mapped, name), "low": least,
         "high": most, "step": 1, "unit": "", "help": about}
        for name, (text, about) in _SIZE_WORDS.items() for least, most in [SIZES[name]]
    ]  # fmt: skip
    return [
        {"title": "What is measured", "open": True, "note": "", "controls": [_measure_control(mapped)]},
        {"title": "Across", "open": True, "note": "", "controls": _axis_controls("x", mapped)},
        {"title": "Up", "open": True, "note": "", "controls": _axis_controls("y", mapped)},
        {"title": "How fine", "open": True, "note": "", "controls": sizes},
    ]


def _measure_control(mapped: MapRequest) -> dict[str, Any]:
    choices = [{"value": measure.name, "label": capital(plain(measure.name))} for measure in AVERAGED]
    measure = MEASURE[mapped.measure]
    return {"kind": "choice", "name": "map.measure", "label": "Measure", "value": mapped.measure, "choices": choices,
            "help": f"{measure.description} ({unit(measure)})."}  # fmt: skip


def _axis_controls(axis: str, mapped: MapRequest) -> list[dict[str, Any]]:
    path = getattr(mapped, axis)
    row = ROW[path]
    step = 0.05 if (row.high or 1.0) <= 3 else 0.5
    ends = [
        {"kind": "number", "name": f"map.{axis}_{end}", "label": f"{word} value",
         "value": getattr(mapped, f"{axis}_{end}"), "low": row.low, "high": row.high, "step": step,
         "unit": row.unit, "help": ""}
        for end, word in (("low", "Lowest"), ("high", "Highest"))
    ]  # fmt: skip
    choices = [{"value": each, "label": label(each)} for each in AXES]
    return [{"kind": "choice", "name": f"map.{axis}", "label": "Parameter", "value": path, "choices": choices,
             "help": help_for(path)}, *ends]  # fmt: skip


def _progress(now: Progress) -> str:
    ahead = f"{now.ahead} ahead" if now.ahead else "next"
    return {
        "idle": "", "waiting": f"Waiting for its turn: {ahead}.", "running": f"Computing: {now.share:.0%}.",
        "done": "Done.", "failed": now.text, "stopped": "Stopped.",
    }[now.phase]  # fmt: skip


def drawn_map(drawn: ComputedMap) -> dict[str, Any]:
    """Return a map as the page draws it."""
    mapped, (low, high) = drawn.mapped, spread(drawn)
    across, up = mapped.axes
    measure = MEASURE[mapped.measure]
    scale = [low + (high - low) * number / 8 for number in range(9)]
    return {
        "x": label(mapped.x), "y": label(mapped.y), "across": across, "up": up,
        "title": f"{measure.description}, by {label(mapped.x).lower()} and {label(mapped.y).lower()}",
        "about": (
            f"{plain(drawn.start.name)}, {drawn.start.population.citizens} citizens, {mapped.months} months, "
            f"{mapped.seeds} seeds a cell from seed {drawn.start.seed} on: so few that single cells are rough; the "
            "shape counts. Choose a cell to open its first society in Explore."
        ),
        "values": drawn.values.round(4).tolist(),
        "colours": [shades(row, low, high) for row in drawn.values.tolist()],
        "scale": [
            {"text": f"{value:.2g}", "colour": colour}
            for value, colour in zip(scale, shades(scale, low, high), strict=True)
        ],
    }  # fmt: skip
