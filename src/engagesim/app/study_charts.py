"""The picture of a stored study: a heat map, points in colour, or curves, as its design and the chosen axes ask for."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from engagesim.app.charts import Chart, Pick, Scale, heat, heat_bar, legend
from engagesim.app.exploring import MEASURED, View, is_grid, number_of, point_says, points, values
from engagesim.report.paper import Caption
from engagesim.report.phrases import plain
from engagesim.report.study_words import capital_name, choice_name, outcome_axis
from engagesim.study.results import Results

SIZE = (400, 340)


def picture(results: Results, view: View) -> tuple[Markup, Markup]:
    """Return the picture of a study, of which points can be chosen, and its key."""
    table = points(results, view)
    if view.up == MEASURED:
        return _curves(results, view, table)
    drawn = _cells(results, view, table) if is_grid(results) else _cloud(results, view, table)
    low, high = span(table, _unit(results, view.measure))
    return drawn, heat_bar(f"{low:.3g}", f"{high:.3g}", outcome_axis(view.measure, results.society))


def span(table: pd.DataFrame, unit: str) -> tuple[float, float]:
    """Return between which values colours run: 0 and 1 for what happened or not, else those that are there."""
    if unit == "0 or 1":
        return 0.0, 1.0
    low, high = float(table["share"].min()), float(table["share"].max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _unit(results: Results, measure: str) -> str:
    return next(each.unit for each in results.measures if each.name == measure)


def _cells(results: Results, view: View, table: pd.DataFrame) -> Markup:
    across, up = (_edges(results, column) for column in (view.across, view.up))
    chart = Chart(_scale(results, view.across, across), _scale(results, view.up, up), SIZE, _left(results, view.up))
    low, high = span(table, _unit(results, view.measure))
    for row in table.to_dict("records"):
        x, y = (number_of(results, column, row[column]) for column in (view.across, view.up))
        (x0, x1), (y0, y1) = _around(across, x), _around(up, y)
        fill = heat((row["share"] - low) / (high - low))
        chart.cell((x0, y0), (x1, y1), fill, _pick(row, results, view))
    return chart.svg(Caption("", ""))


def _cloud(results: Results, view: View, table: pd.DataFrame) -> Markup:
    chart = Chart(_scale(results, view.across), _scale(results, view.up), SIZE, _left(results, view.up))
    low, high = span(table, _unit(results, view.measure))
    for row in table.to_dict("records"):
        at = number_of(results, view.across, row[view.across]), number_of(results, view.up, row[view.up])
        fill = heat((row["share"] - low) / (high - low))
        chart.dot(at, "value", 5, fill, _pick(row, results, view))
    return chart.svg(Caption("", ""))


def _curves(results: Results, view: View, table: pd.DataFrame) -> tuple[Markup, Markup]:
    up = Scale.over([*table["low"], *table["high"], *table["share"]], _unit(results, view.measure))
    chart = Chart(_scale(results, view.across), up, SIZE)
    shown = []
    groups = table.groupby(view.lines, sort=False) if view.lines else [("", table)]
    for number, (value, part) in enumerate(groups):
        look = f"g{number % 4}"
        placed = part.assign(at=[number_of(results, view.across, each) for each in part[view.across]])
        rows: list[Any] = placed.dropna(subset=["share"]).sort_values("at").to_dict("records")
        if is_grid(results) and view.across not in results.plan.choices:
            chart.line([(row["at"], row["share"]) for row in rows], look)
        for row in rows:
            chart.interval((row["at"], row["low"]), (row["at"], row["high"]), look)
        for row in rows:
            chart.dot((row["at"], row["share"]), look, 5, "", _pick(row, results, view))
        shown.append((look, choice_name(value)))
    key = Markup("<p>{}</p>{}").format(f"{capital_name(view.lines)}:", legend(shown)) if view.lines else Markup("")
    return chart.svg(Caption("", "")), key


def _pick(row: Any, results: Results, view: View) -> Pick:
    return Pick(str(row["point"]), point_says(row, results, view))


def _scale(results: Results, column: str, edges: Any = None) -> Scale:
    if column in results.plan.choices:
        return Scale.of_names([plain(name) for name in values(results, column)], capital_name(column))
    if edges is not None:
        return Scale(edges[0], edges[-1], capital_name(column), results.is_log(column))
    return Scale.over(results.runs[column], capital_name(column), results.is_log(column))


def _edges(results: Results, column: str) -> list[float]:
    """Return where cells end: half way to the next value, on the axis' own scale."""
    if column in results.plan.choices:
        return [number - 0.5 for number in range(len(values(results, column)) + 1)]
    places = np.unique(results.runs[column].to_numpy(dtype=float))
    places = np.log(places) if results.is_log(column) else places
    half = np.diff(places) / 2
    edges = np.concatenate(([places[0] - half[0]], places[:-1] + half, [places[-1] + half[-1]]))
    return list(np.exp(edges) if results.is_log(column) else edges)


def _around(edges: list[float], value: float) -> tuple[float, float]:
    return next((low, high) for low, high in pairwise(edges) if low <= value <= high)


def _left(results: Results, column: str) -> int:
    """Return room beside the axis: names of choices take more than numbers."""
    if column not in results.plan.choices:
        return 56
    return 30 + 6 * max(len(plain(name)) for name in values(results, column))
