"""Figures of a comparison as SVG: forest plots, groups, time courses, and effects against costs."""

import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from engagesim.analysis.differences import BETTER, HIGHER, LOWER, UNTOLD, WORSE
from engagesim.analysis.outcomes import Outcome
from engagesim.report.comparison_words import change, difference_unit, lines, scale_of
from engagesim.report.style import BLACK, BLUE, FAINT, GREEN, PALE, QUIET, VERMILION, Caption
from engagesim.report.text import plain

WIDTH = 3.9
"""Inches: what a telephone held upright shows at full size."""

MARKS = {
    BETTER: ("o", GREEN), WORSE: ("D", VERMILION), HIGHER: ("s", BLUE), LOWER: ("s", BLUE),
    **dict.fromkeys(UNTOLD, ("o", QUIET)),
}  # fmt: skip
"""Shape and colour of each verdict; one without a clear difference is hollow."""

LOOKS = tuple(
    (colour, dashes)
    for dashes in ("-", (0, (4, 1.5)), (0, (1, 1.2)))
    for colour in (BLUE, "#B34E00", "#00795A", BLACK, "#A34D80", "#7A5600", QUIET, "#23708F")
)
"""Colour and dashes of the first, second ... package, dark enough to be read as words on white."""

_LONGEST = 23
_ABOVE, _BELOW = 0.1, 0.45  # inches around the axes
_CLOUD = 100  # draws shown of each package: enough to see a cloud, few enough for a light page


class Line(NamedTuple):
    """A course with its interval."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def forest(rows: pd.DataFrame, outcome: Outcome, limits: tuple[float, float], caption: Caption) -> Markup:
    """Draw differences of one outcome, one line per package: thin for the joint interval, thick for its own.

    ``rows`` come as ``analysis.differences.compare`` gives them; ``limits`` as :func:`common_limits` does.
    """
    figure, axes = panel(_ABOVE + _BELOW + 0.24 * len(rows), 1.45, 0.5)
    scale = scale_of(outcome)
    for place, row in enumerate(lines(rows)):
        shape, colour = MARKS[str(row.verdict)]
        axes.plot([scale * row.low_all, scale * row.high_all], [place, place], color=colour, linewidth=0.9)
        axes.plot([scale * row.low, scale * row.high], [place, place], color=colour, linewidth=2.6)
        filled = "white" if row.verdict in UNTOLD else colour
        mark = f"pick-{place}"  # a page may let somebody choose it
        axes.plot(scale * row.difference, place, shape, markersize=4.5, color=colour, markerfacecolor=filled, gid=mark)
        number = change(float(row.difference), outcome, named=False)
        axes.annotate(number, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
    named_rows(axes, list(rows["package"]), (scale * limits[0], scale * limits[1]))
    axes.set_xlabel(f"difference, {difference_unit(outcome)}")
    return svg(figure, caption)


def pairs(
    rows: pd.DataFrame, outcomes: tuple[Outcome, Outcome], limits: tuple[float, float], caption: Caption
) -> Markup:
    """Draw the differences of two groups beside one another: hollow the poorer or less educated, filled the others."""
    names = list(dict.fromkeys(rows["package"]))
    figure, axes = panel(_ABOVE + _BELOW + 0.3 * len(names), 1.45, 0.15)
    scale = scale_of(outcomes[0])
    for outcome, aside, colour, filled in ((outcomes[0], -0.15, VERMILION, "white"), (outcomes[1], 0.15, BLUE, BLUE)):
        mine = rows[rows["outcome"] == outcome.name].set_index("package").loc[names]
        places = np.arange(len(names)) + aside
        axes.hlines(places, scale * mine["low_all"], scale * mine["high_all"], color=colour, linewidth=1.2)
        axes.plot(scale * mine["difference"], places, "o", color=colour, markersize=4, markerfacecolor=filled)
    named_rows(axes, names, (scale * limits[0], scale * limits[1]))
    axes.set_xlabel(f"difference, {difference_unit(outcomes[0])}")
    return svg(figure, caption)


def courses(
    paths: Sequence[Line], labels: tuple[str, str], limits: tuple[float, float], caption: Caption, chosen: str = ""
) -> Markup:
    """Draw lines with their intervals, each named at its right end; ``labels`` of the two axes, ``limits`` upright.

    Where one is ``chosen`` by its name, the others are grey and have no interval.
    """
    figure, axes = panel(max(2.3, 0.8 + 0.17 * len(paths)), 0.6, 1.5)
    axes.axhline(0, color=FAINT, linewidth=0.7)
    looks = [(FAINT, "-") if chosen not in {"", line.name} else LOOKS[n % len(LOOKS)] for n, line in enumerate(paths)]
    for line, (colour, dashes) in zip(paths, looks, strict=True):
        if chosen in {"", line.name}:
            axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(line.x, line.y, color=colour, linestyle=dashes, linewidth=1.3)
    axes.margins(x=0.01)
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=limits)
    axes.locator_params(axis="y", nbins=5)
    axes.locator_params(axis="x", nbins=4, integer=all(float(x).is_integer() for path in paths for x in path.x))
    axes.xaxis.set_major_formatter("{x:,.4g}" if max(paths[0].x, default=0) < 1000 else "{x:,.0f}")
    _name_ends(axes, [(line.name, line.x[-1], line.y[-1]) for line in paths], looks)
    return svg(figure, caption)


def plane(cloud: pd.DataFrame, costs: pd.DataFrame, label: str, scale: float, caption: Caption) -> Markup:
    """Draw the cost-effectiveness plane: effects as they scatter over resampled seeds, beside extra costs."""
    packages = costs[costs["package"].isin(set(cloud["package"]))]
    figure, axes = panel(max(2.6, 0.8 + 0.17 * len(packages)), 0.85, 1.5)
    axes.axhline(0, color=FAINT, linewidth=0.7)
    axes.axvline(0, color=FAINT, linewidth=0.7)
    efficient = costs[costs["standing"] == "efficient"].sort_values("extra_cost")
    axes.plot(scale * efficient["effect"], efficient["extra_cost"], color=FAINT, linewidth=1.2, zorder=1)
    ends = []
    looks = [LOOKS[number % len(LOOKS)] for number in range(len(packages))]
    for row, (colour, _) in zip(lines(packages), looks, strict=True):
        mine = cloud[(cloud["package"] == row.package) & (cloud["draw"] < _CLOUD)]
        axes.plot(scale * mine["effect"], mine["extra_cost"], "o", color=colour, markersize=2, alpha=0.25, mew=0)
        axes.plot(scale * row.effect, row.extra_cost, "o", color=colour, markersize=4.5)
        ends.append((str(row.package), scale * float(row.effect), float(row.extra_cost)))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel=label, ylabel="extra cost")
    _name_ends(axes, ends, looks)
    return svg(figure, caption)


def common_limits(rows: pd.DataFrame, ends: tuple[str, str] = ("low_all", "high_all")) -> tuple[float, float]:
    """Return limits of an axis that show every interval and nothing, so that panels can be compared."""
    low, high = min(0.0, float(rows[ends[0]].min())), max(0.0, float(rows[ends[1]].max()))
    room = 0.06 * (high - low) or 0.01
    return low - room, high + room


def svg(figure: Figure, caption: Caption) -> Markup:
    """Return a figure as SVG for a page, with its description; identifiers still need to be made unique by a page."""
    written = StringIO()
    figure.savefig(written, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = written.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    box = re.search(r'viewBox="([^"]*)"', text)
    assert box is not None  # noqa: S101 - matplotlib always writes one
    opened = (
        f'<svg viewBox="{box[1]}" role="img" aria-labelledby="title description">'
        f'<title id="title">{escape(caption.title)}</title><desc id="description">{escape(caption.description)}</desc>'
    )
    return Markup(opened + text[text.index(">") + 1 :].replace("xlink:href", "href"))  # noqa: S704 - drawn here, escaped


def unique(drawn: Markup, prefix: str) -> Markup:
    """Return an SVG whose identifiers begin with a prefix, so that many can share a page."""
    text = re.sub(r' id="([^"]*)"', rf' id="{prefix}-\1"', drawn)
    text = re.sub(r'href="#|url\(#', lambda found: f"{found[0]}{prefix}-", text)
    text = text.replace('"title description"', f'"{prefix}-title {prefix}-description"', 1)
    return Markup(text)  # noqa: S704 - an SVG of ours


def canvas(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def panel(height: float, left: float, right: float) -> tuple[Figure, Axes]:
    """Return a figure of so many inches, with one pair of axes and room for words beside it."""
    figure = canvas(WIDTH, height)
    figure.subplots_adjust(left / WIDTH, _BELOW / height, 1 - right / WIDTH, 1 - _ABOVE / height)
    return figure, figure.subplots()


def named_rows(axes: Axes, names: Sequence[str], limits: tuple[float, float]) -> None:
    """Name the rows of a panel, the first on top, and set the limits along them."""
    axes.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(names)), labels=[_short(name) for name in names])
    axes.set(xlim=limits, ylim=(len(names) - 0.5, -0.5))
    axes.grid(axis="y", color=PALE, linewidth=0.4)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=5)


def _name_ends(axes: Axes, ends: Iterable[tuple[str, float, float]], looks: Sequence[tuple[str, Any]]) -> None:
    """Write names at the right, as near to their ends as leaves them legible, with a thin line to each."""
    ordered = sorted(enumerate(ends), key=lambda found: (found[1][2], -found[0]))
    low, high = axes.get_ylim()
    gap = 0.155 / (
        float(axes.figure.bbox.height) / axes.figure.dpi - _ABOVE - _BELOW
    )  # a line of type over the height of the panel
    places: list[float] = []
    for _, (_, _, y) in ordered:
        wanted = (y - low) / (high - low)
        places.append(max(wanted, places[-1] + gap) if places else max(wanted, 0.0))
    over = max(0.0, places[-1] - 1.0) if places else 0.0
    for number in reversed(range(len(places))):  # push back what went over the top
        top = 1.0 if number == len(places) - 1 else places[number + 1] - gap
        places[number] = min(places[number], top) if over else places[number]
    for (number, (name, x, y)), place in zip(ordered, places, strict=True):
        axes.annotate(
            _short(name), (x, y), xytext=(1.05, place), textcoords="axes fraction", va="center", fontsize=7.5,
            color=looks[number][0], annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": looks[number][0], "linewidth": 0.4, "shrinkA": 0, "shrinkB": 0,
                        "relpos": (0, 0.5)},
        )  # fmt: skip


def _short(name: str) -> str:
    words = plain(name)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
