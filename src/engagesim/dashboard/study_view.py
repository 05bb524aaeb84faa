"""A stored study as points to look at: its axes, what is held, what came of each point, and its picture."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from markupsafe import Markup

from engagesim.dashboard.charts import Chart, Pick, Scale, heat, heat_bar, legend
from engagesim.errors import ParameterError, StoreError, nearest
from engagesim.report.paper import Caption
from engagesim.report.phrases import plain
from engagesim.report.study_words import capital_name, choice_name, outcome_axis
from engagesim.report.times import with_interval
from engagesim.study.observed import TIMES, averaged
from engagesim.study.results import Results

MEASURED = "measure"
"""In place of an axis upwards: the measure itself."""

MOST_DRAWN = 1500
"""Points in a picture at most; of more, some are picked evenly."""

MOST_LINES = 4
"""Lines at most that can be told apart; of an axis with more values a few are shown, both ends among them."""


class View(NamedTuple):
    """How a study is looked at: axes by column, what is held at which value, and the point that is chosen."""

    across: str
    up: str = MEASURED
    lines: str = ""
    measure: str = "coalition_formed"
    held: tuple[tuple[str, str], ...] = ()
    point: int | None = None
    seed: int | None = None

    @classmethod
    def of(cls, words: Mapping[str, str], results: Results) -> Self:
        """Read a view from the words of a link; what is not said fits the design.

        Raises
        ------
        ParameterError
            Names the word, and what is allowed.
        """
        known = axes(results)
        usual = usual_view(results)
        across = _one_of("x", words.get("x", usual.across), known)
        fallback = usual.up if usual.up != across else MEASURED
        up = _one_of("y", words.get("y", fallback), [MEASURED, *(name for name in known if name != across)])
        lines = _one_of(
            "lines", words.get("lines", usual.lines if usual.lines not in (across, up) else ""), ["", *known]
        )
        names = [each.name for each in averaged(results.measures)]
        measure = _one_of("measure", words.get("measure", usual.measure), names)
        view = cls(across, up, "" if up != MEASURED or lines == across else lines, measure)
        held = tuple((name, _held(name, words, results)) for name in view.to_hold(results))
        return view._replace(held=held, point=_whole(words, "point"), seed=_whole(words, "seed"))

    def words(self) -> dict[str, str]:
        """Return the view as words of a link."""
        said = {"x": self.across, "y": self.up, "lines": self.lines, "measure": self.measure}
        said |= {f"at.{name}": value for name, value in self.held}
        numbers = {"point": self.point, "seed": self.seed}
        return said | {name: str(value) for name, value in numbers.items() if value is not None}

    def to_hold(self, results: Results) -> list[str]:
        """List the columns that must be held so that a place in the picture is one point."""
        shown = {self.across, self.up, self.lines}
        return [
            name for name in axes(results) if name not in shown and (name in results.plan.choices or is_grid(results))
        ]


def axes(results: Results) -> list[str]:
    """List the columns that vary: choices first, then factors."""
    choices = [name for name in results.plan.choices if results.runs[name].nunique() > 1]
    return [*choices, *results.varying]


def is_grid(results: Results) -> bool:
    """Whether every value of a factor meets every value of the others."""
    design = results.plan.study.design
    return design.kind == "grid" and not design.zipped


def usual_view(results: Results) -> View:
    """Return the view that fits the design of a study.

    Raises
    ------
    StoreError
        Where nothing varies, or no run went well.
    """
    if results.sound.empty:
        raise StoreError(f"{results.folder.name}: no run went well; there is nothing to look at")
    known, factors, measure = axes(results), results.varying, results.plan.study.measure
    if measure in TIMES:
        measure = View.measure
    if not known:
        raise StoreError(f"{results.folder.name}: nothing varies in it but the seed; engagesim plot draws its months")
    if len(factors) > 1:
        return View(factors[0], factors[1], measure=measure)
    across = factors[0] if factors else known[0]
    lines = next((name for name in known if name != across), "")
    return View(across, MEASURED, lines, measure)


def values(results: Results, column: str) -> list[str]:
    """List the values of a column as words, in their order."""
    found = results.runs[column].drop_duplicates()
    ordered = found.tolist() if column in results.plan.choices else sorted(found.tolist())
    return [_word(value) for value in ordered]


def middle(results: Results, column: str) -> str:
    """Return the value of a column that it is held at unless another one is asked for: the middle one, or the first."""
    found = values(results, column)
    return found[0] if column in results.plan.choices else found[(len(found) - 1) // 2]


def points(results: Results, view: View) -> pd.DataFrame:
    """Return the points that are seen: a row a point with its axes, ``share`` (mean), ``low``, ``high`` and ``runs``.

    A point of which every run failed has a missing mean.
    """
    runs = results.runs
    for column, value in view.held:
        runs = runs[runs[column].map(_word) == value]
    if view.lines:
        runs = runs[runs[view.lines].map(_word).isin(_few(values(results, view.lines)))]
    shown = axes(results)
    first = runs.drop_duplicates("point")[["point", *shown]]
    sound = runs[runs["failed"].isna()].groupby("point")["seed"].size().rename("runs")
    table = with_interval(runs, ["point"], view.measure)[["point", "share", "low", "high"]]
    found = first.merge(table, how="left", on="point").merge(sound, how="left", on="point").fillna({"runs": 0})
    return _picked(found.sort_values("point", ignore_index=True))


def number_of(results: Results, column: str, value: object) -> float:
    """Return where a value stands on an axis: itself, or the place of a choice."""
    if column in results.plan.choices:
        return float(values(results, column).index(_word(value)))
    return float(value)  # type: ignore[arg-type]


def rows_of(results: Results, point: int) -> pd.DataFrame:
    """Return the runs of a point, each with its row in the study as index."""
    return results.runs[results.runs["point"] == point]


def point_says(row: Mapping[str, object], results: Results, view: View) -> str:
    """Return what a point says to somebody who comes to it: its axes, its mean and its runs."""
    at = ", ".join(
        f"{column.rpartition('.')[2].replace('_', ' ')} {choice_name(row[column])}" for column in axes(results)
    )
    share = float(row["share"])  # type: ignore[arg-type]
    came = "every run failed" if math.isnan(share) else f"{view.measure.replace('_', ' ')} {share:.3g}"
    return f"{at}: {came}, {int(row['runs'])} runs"  # type: ignore[call-overload]


def _few(found: Sequence[str]) -> list[str]:
    picked = np.linspace(0, len(found) - 1, min(len(found), MOST_LINES)).round().astype(int)
    return [found[number] for number in picked]


def _picked(found: pd.DataFrame) -> pd.DataFrame:
    if len(found) <= MOST_DRAWN:
        return found
    return found.iloc[np.linspace(0, len(found) - 1, MOST_DRAWN).round().astype(int)].reset_index(drop=True)


def _word(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _held(name: str, words: Mapping[str, str], results: Results) -> str:
    return _one_of(f"at.{name}", words.get(f"at.{name}", middle(results, name)), values(results, name))


def _one_of(place: str, name: str, allowed: Sequence[str]) -> str:
    if name not in allowed:
        raise ParameterError(f"{place} = {name!r}: no such choice here{nearest(name, allowed)}")
    return name


def _whole(words: Mapping[str, str], name: str) -> int | None:
    text = words.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


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
