"""A view of a stored study: its axes, the factors held constant, the result at each point, and the picture."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from engagesim.dashboard.components import Tree
from engagesim.dashboard.figures import Pick, colour_limits, heat_map, picture, shades
from engagesim.dashboard.glossary import about_measure
from engagesim.dashboard.links import one_of
from engagesim.errors import StoreError
from engagesim.measures import Measure
from engagesim.report.comparison_figures import WIDTH, svg
from engagesim.report.study_maps import COLOURS
from engagesim.report.study_times import with_interval
from engagesim.report.study_words import capital_name, choice_name, outcome_axis, set_scales
from engagesim.report.style import LINES, QUIET, Caption
from engagesim.report.text import plain
from engagesim.study.observed import TIMES, averaged
from engagesim.study.results import Results

MEASURED = "measure"
"""The vertical axis that shows the measure itself."""

MOST_DRAWN = 1000
"""Maximum number of points in a picture; if there are more, an even selection is shown."""

MOST_LINES = 4
"""Maximum number of lines that can be told apart; if an axis has more values, only some are shown."""


class View(NamedTuple):
    """A view of a study: the columns on the axes, the fixed values of other columns, and the chosen point."""

    across: str
    up: str = MEASURED
    lines: str = ""
    measure: str = "coalition_formed"
    held: tuple[tuple[str, str], ...] = ()
    point: int | None = None
    seed: int | None = None

    @classmethod
    def of(cls, words: Mapping[str, str], results: Results) -> Self:
        """Read a view from the parameters of a link; the defaults fit the design.

        Raises
        ------
        ParameterError
            If a word is wrong; the message names it and states what is allowed.
        """
        known = axes(results)
        usual = usual_view(results)
        across = one_of("x", words.get("x", usual.across), known)
        fallback = usual.up if usual.up != across else MEASURED
        up = one_of("y", words.get("y", fallback), [MEASURED, *(name for name in known if name != across)])
        lines = one_of(
            "lines", words.get("lines", usual.lines if usual.lines not in (across, up) else ""), ["", *known]
        )
        names = [each.name for each in averaged(results.measures)]
        measure = one_of("measure", words.get("measure", usual.measure), names)
        view = cls(across, up, "" if up != MEASURED or lines == across else lines, measure)
        held = tuple((name, _held(name, words, results)) for name in view.to_hold(results))
        return view._replace(held=held, point=_whole(words, "point"), seed=_whole(words, "seed"))

    def words(self) -> dict[str, str]:
        """Return the view as parameters of a link."""
        said = {"x": self.across, "y": self.up, "lines": self.lines, "measure": self.measure}
        said |= {f"at.{name}": value for name, value in self.held}
        numbers = {"point": self.point, "seed": self.seed}
        return said | {name: str(value) for name, value in numbers.items() if value is not None}

    def to_hold(self, results: Results) -> list[str]:
        """List the columns that must be fixed so that each position in the picture has one point."""
        shown = {self.across, self.up, self.lines}
        return [
            name for name in axes(results) if name not in shown and (name in results.plan.choices or is_grid(results))
        ]


def axes(results: Results) -> list[str]:
    """List the columns that vary: choices first, then factors."""
    choices = [name for name in results.plan.choices if results.runs[name].nunique() > 1]
    return [*choices, *results.varying]


def is_grid(results: Results) -> bool:
    """Return whether every value of a factor is combined with every value of the others."""
    design = results.plan.study.design
    return design.kind == "grid" and not design.zipped


def usual_view(results: Results) -> View:
    """Return the view that fits the design of a study.

    Raises
    ------
    StoreError
        If nothing varies, or no run completed.
    """
    if results.sound.empty:
        raise StoreError(f"{results.folder.name}: no run completed, so there is nothing to show")
    known, factors, measure = axes(results), results.varying, results.plan.study.measure
    if measure in TIMES:
        measure = View.measure
    if not known:
        raise StoreError(f"{results.folder.name}: must vary more than the seed; use engagesim plot to draw its months")
    if len(factors) > 1:
        return View(factors[0], factors[1], measure=measure)
    across = factors[0] if factors else known[0]
    lines = next((name for name in known if name != across), "")
    return View(across, MEASURED, lines, measure)


def values(results: Results, column: str) -> list[str]:
    """List the values of a column as words, in order."""
    found = results.runs[column].drop_duplicates()
    ordered = found.tolist() if column in results.plan.choices else sorted(found.tolist())
    return [_word(value) for value in ordered]


def points(results: Results, view: View) -> pd.DataFrame:
    """Return the visible points: one row per point with its axes, ``share`` (mean), ``low``, ``high`` and ``runs``.

    The mean of a point is missing if every run of the point failed.
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
    return found.sort_values("point", ignore_index=True)


def rows_of(results: Results, point: int) -> pd.DataFrame:
    """Return the runs of a point, indexed by their rows in the study."""
    return results.runs[results.runs["point"] == point]


def measure_of(results: Results, view: View) -> Measure:
    """Return the measure shown."""
    return next(each for each in results.measures if each.name == view.measure)


def has_cells(results: Results, view: View) -> bool:
    """Return whether a view is drawn as the cells of a grid with two axes."""
    return view.up != MEASURED and is_grid(results)


class Cells(NamedTuple):
    """A grid as the page draws it, and the point of each cell (-1: none), by row (from the bottom) and column."""

    drawn: Tree
    points: list[list[int]]

    def place_of(self, point: int | None) -> list[int] | None:
        """Return the row and column of a point."""
        found = (
            [row, line.index(point)] for row, line in enumerate(self.points) if point is not None and point in line
        )
        return next(found, None)


def cells(results: Results, view: View) -> Cells:
    """Return the cells of a grid over two axes."""
    across, up = values(results, view.across), values(results, view.up)
    shares = np.full((len(up), len(across)), np.nan)
    numbers = np.full(shares.shape, -1)
    for row in points(results, view).to_dict("records"):
        place = up.index(_word(row[view.up])), across.index(_word(row[view.across]))
        shares[place], numbers[place] = row["share"], row["point"]
    words = {
        "x": capital_name(view.across), "y": capital_name(view.up), "across": _labels(results, view.across),
        "up": _labels(results, view.up), "title": outcome_axis(view.measure, results.society),
        "meaning": about_measure(measure_of(results, view)),
        "about": "Each cell is the mean of its runs. Choose one, by click or arrow keys and Enter, to see its runs.",
    }  # fmt: skip
    return Cells(heat_map(shares, _limits(results, view, shares), words), numbers.tolist())


def marks(results: Results, view: View) -> Markup:
    """Draw selectable points, which show the measure by colour over two axes, or by height over one."""
    table = _picked(points(results, view))
    rows: Any = table.to_dict("records")
    picks = [Pick(str(row["point"]), point_says(row, results, view)) for row in rows]
    draw = _curves if view.up == MEASURED else _cloud
    return picture("study", lambda: draw(results, view, table), picks)


def _cloud(results: Results, view: View, table: pd.DataFrame) -> Markup:
    figure, plot = _figure(results, view)
    low, high = _limits(results, view, table["share"].to_numpy())
    colours = shades(table["share"].tolist(), low, high)
    places = zip(_places(results, view.across, table), _places(results, view.up, table), colours, strict=True)
    for number, (x, y, colour) in enumerate(places):
        plot.plot(x, y, "o", color=colour, markeredgecolor=QUIET, mew=0.5, markersize=6, gid=f"pick-{number}")
    bar = ScalarMappable(Normalize(low, high), COLOURS)
    figure.colorbar(bar, ax=plot, label=outcome_axis(view.measure, results.society), location="top", aspect=40)
    return svg(figure, Caption("", ""))


def _curves(results: Results, view: View, table: pd.DataFrame) -> Markup:
    figure, plot = _figure(results, view)
    table = table.assign(at=_places(results, view.across, table))
    groups: Any = table.groupby(view.lines, sort=False) if view.lines else [("", table)]
    is_line = is_grid(results) and view.across not in results.plan.choices
    for (value, part), (colour, dashes, width) in zip(groups, LINES, strict=False):
        rows = part.dropna(subset=["share"]).sort_values("at")
        plot.plot(rows["at"], rows["share"], color=colour, linestyle=dashes if is_line else "none", linewidth=width)
        plot.vlines(rows["at"], rows["low"], rows["high"], color=colour, linewidth=0.9, label=choice_name(value))
        for number, x, y in zip(rows.index, rows["at"], rows["share"], strict=True):
            plot.plot(x, y, "o", color=colour, markersize=5, gid=f"pick-{number}")
    if view.lines:
        figure.legend(title=capital_name(view.lines), loc="outside upper center", ncols=4)
    return svg(figure, Caption("", ""))


def _figure(results: Results, view: View) -> tuple[Figure, Axes]:
    """Return an empty figure for a view, with named axes."""
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    plot = figure.subplots()
    columns = (view.across,) if view.up == MEASURED else (view.across, view.up)
    set_scales(plot, *map(results.is_log, columns))
    for axis, column in zip((plot.xaxis, plot.yaxis), columns, strict=False):
        axis.set_label_text(capital_name(column))
        if column in results.plan.choices:
            labels = _labels(results, column)
            axis.set_ticks(range(len(labels)), labels=labels)
    if view.up == MEASURED:
        plot.set_ylabel(measure_of(results, view).unit)
    return figure, plot


def _limits(results: Results, view: View, shares: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the colour scale: 0 and 1 for a yes-or-no measure, otherwise the extremes of the values."""
    return (0.0, 1.0) if measure_of(results, view).unit == "0 or 1" else colour_limits(shares)


def point_says(row: Mapping[str, object], results: Results, view: View) -> str:
    """Return the label of a point: its axes, its mean and its runs."""
    at = ", ".join(f"{plain(column.rpartition('.')[2])} {choice_name(row[column])}" for column in axes(results))
    share = float(row["share"])  # type: ignore[arg-type]
    came = "every run failed" if math.isnan(share) else f"{plain(view.measure)} {share:.3g}"
    return f"{at}: {came}, {int(row['runs'])} runs"  # type: ignore[call-overload]


def _places(results: Results, column: str, table: pd.DataFrame) -> list[float]:
    """Return the positions of points on an axis: their values, or the positions of their choices."""
    if column not in results.plan.choices:
        return [float(value) for value in table[column]]
    known = values(results, column)
    return [float(known.index(_word(value))) for value in table[column]]


def _labels(results: Results, column: str) -> list[str]:
    return [
        plain(value) if column in results.plan.choices else f"{float(value):.4g}" for value in values(results, column)
    ]


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
    """Return the fixed value of a column: the requested one, or else the middle value or the first choice."""
    found = values(results, name)
    middle = found[0] if name in results.plan.choices else found[(len(found) - 1) // 2]
    return one_of(f"at.{name}", words.get(f"at.{name}", middle), found)


def _whole(words: Mapping[str, str], name: str) -> int | None:
    text = words.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
