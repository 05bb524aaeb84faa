"""Map: a phase diagram computed on the spot; a cell opens its society in Explore."""

from typing import Any

import solara

from engagesim.app.asked import Asked
from engagesim.app.events import Cell, Said
from engagesim.app.mapping import AXES, SIZES, Drawn, Mapped, changes_at, compute, of_extras, shades, spread
from engagesim.app.pieces import Controls, Doing, Heat
from engagesim.app.visit import Visit
from engagesim.app.words import ROW, help_for, label
from engagesim.app.work import Job, Progress
from engagesim.errors import EngagementError
from engagesim.report.phrases import MEASURE, capital, plain, unit
from engagesim.study.observed import AVERAGED

_SIZE_WORDS = {
    "cells": ("Cells a side", "More cells show the boundary better and take longer."),
    "seeds": ("Seeds a cell", "Societies of each cell, alike but for their luck; the cell shows their mean."),
    "months": ("Months", "How long each society lives; the last twelve are averaged."),
}


@solara.component
def MapTab(visit: Visit) -> None:
    """A measure over two parameters."""
    mapped, complaint = solara.use_memo(lambda: _asked(visit.extras.value), [visit.extras.value])
    job: Job = solara.use_memo(lambda: Job(visit), [])

    def start(*_: Any) -> None:
        society = visit.asked.peek().start()
        job.start(lambda report: compute(mapped, society, report))

    def begin() -> Any:
        if any(key.startswith("map.") for key in visit.extras.peek()):
            start()
        return job.stop

    solara.use_effect(begin, [])
    if complaint:
        solara.v.Html(tag="p", class_="es-complaint", attributes={"role": "alert"}, children=[complaint])
    with solara.Div(classes=["es-mapping"]):
        with solara.Div(classes=["es-side"]):
            Controls(groups=_groups(mapped), event_change=lambda said: _change(visit, mapped, said))
        with solara.Div(classes=["es-middle"]):
            Computing(job, start)
            Result(visit, job)


@solara.component
def Computing(job: Job, start: Any) -> None:
    """Start, stop and progress."""
    now = job.progress.value
    Doing(
        label="Compute the map",
        phase=now.phase,
        share=now.share,
        words=_said(now),
        event_start=start,
        event_stop=lambda *_: job.stop(),
    )


@solara.component
def Result(visit: Visit, job: Job) -> None:
    """The map, once it is there; the last one stays until another is."""
    last = solara.use_ref(None)
    if job.progress.value.phase == "done":
        last.current = job.progress.value.result
    if last.current is None:
        solara.v.Html(tag="p", class_="es-sheet", children=["A map shows one measure over two parameters. It starts "
                      "from the scenario, size and seed that are open in Explore."])  # fmt: skip
        return
    drawn: Drawn = last.current
    Heat(drawn=_drawn(drawn), event_open=lambda cell: _open(visit, drawn, cell))


def _open(visit: Visit, drawn: Drawn, cell: Cell) -> None:
    """Open the society of a cell in Explore, as it is when the map measures it."""
    most = drawn.mapped.cells - 1
    row, column = min(most, cell.row), min(most, cell.column)
    now = visit.asked.peek()
    changes = {**now.changes, "seed": drawn.start.seed, **changes_at(drawn, row, column)}
    visit.attempt(lambda: visit.open(Asked(now.scenario, changes), drawn.mapped.months))
    visit.tab.set("explore")


def _asked(extras: dict[str, str]) -> tuple[Mapped, str]:
    try:
        return of_extras(extras), ""
    except EngagementError as error:
        return Mapped(), str(error)


def _change(visit: Visit, mapped: Mapped, said: Said) -> None:
    def changing() -> None:
        visit.keep("map", mapped.changed(said.name.removeprefix("map."), said.value).texts())

    visit.attempt(changing)


def _groups(mapped: Mapped) -> list[dict[str, Any]]:
    sizes = [
        {"kind": "range", "name": f"map.{name}", "label": text, "value": getattr(mapped, name), "low": least,
         "high": most, "step": 1, "unit": "", "help": about}
        for name, (text, about) in _SIZE_WORDS.items() for least, most in [SIZES[name]]
    ]  # fmt: skip
    return [
        {"title": "What is measured", "open": True, "note": "", "controls": [_measure(mapped)]},
        {"title": "Across", "open": True, "note": "", "controls": _axis("x", mapped)},
        {"title": "Up", "open": True, "note": "", "controls": _axis("y", mapped)},
        {"title": "How fine", "open": True, "note": "", "controls": sizes},
    ]


def _measure(mapped: Mapped) -> dict[str, Any]:
    choices = [{"value": measure.name, "label": capital(plain(measure.name))} for measure in AVERAGED]
    measure = MEASURE[mapped.measure]
    return {"kind": "choice", "name": "map.measure", "label": "Measure", "value": mapped.measure, "choices": choices,
            "help": f"{measure.description} ({unit(measure)})."}  # fmt: skip


def _axis(axis: str, mapped: Mapped) -> list[dict[str, Any]]:
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


def _said(now: Progress) -> str:
    ahead = f"{now.ahead} ahead" if now.ahead else "next"
    return {
        "idle": "", "waiting": f"Waiting for its turn: {ahead}.", "running": f"Computing: {now.share:.0%}.",
        "done": "Done.", "failed": now.text, "stopped": "Stopped.",
    }[now.phase]  # fmt: skip


def _drawn(drawn: Drawn) -> dict[str, Any]:
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
