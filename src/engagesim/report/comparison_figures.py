"""Figures of a comparison as SVG: forest plots, groups, time courses, and effects against costs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from engagesim.analysis.differences import BETTER, HIGHER, LOWER, UNTOLD, WORSE
from engagesim.analysis.outcomes import Outcome
from engagesim.report.comparison_words import change, difference_axis, difference_unit, lines, option, scale_of
from engagesim.report.style import BLACK, BLUE, FAINT, PALE, QUIET, VERMILION, Caption
from engagesim.study.intervention_packages import BASELINE

WIDTH = 3.9
"""Width in inches that an upright phone shows at full size."""

MARKS = {BETTER: "o", WORSE: "D", HIGHER: "s", LOWER: "s", **dict.fromkeys(UNTOLD, "o")}
"""Shape of the mark for each verdict; a mark is hollow if the difference does not clearly matter."""


LOOKS = tuple(
    (colour, dashes)
    for dashes in ("-", (0, (4, 1.5)), (0, (1, 1.2)))
    for colour in (BLUE, "#B34E00", "#00795A", BLACK, "#A34D80", "#7A5600", QUIET, "#23708F", "#5D3FD3")
)
"""Colours and dashes of the packages, in order; the colours are dark enough for words on white."""

NOTHING = (FAINT, "-")
"""Colour and dashes of the line for doing nothing."""

SHAPES = ("o", "s", "^", "D", "v", "P")
"""Marks of the contexts, in order."""

type Looks = Mapping[str, tuple[str, Any]]

_LONGEST = 23
_ABOVE, _BELOW = 0.1, 0.45  # inches around the axes
_CLOUD = 100  # draws shown of each package: enough to show a cloud, few enough to keep the page small


class Line(NamedTuple):
    """A time course with its interval."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def looks_of(names: Iterable[str]) -> Looks:
    """Return the look of each package, which depends only on its position and is the same in every figure."""
    return {BASELINE: NOTHING} | {name: LOOKS[place % len(LOOKS)] for place, name in enumerate(dict.fromkeys(names))}


def ranking(rows: pd.DataFrame, outcome: Outcome, order: Sequence[str], looks: Looks) -> Figure:
    """Draw packages by rank, with a mark and a joint interval for each context, and shade negligible effects.

    ``rows`` hold all contexts of one outcome, from ``analysis.differences.compare``; ``order`` lists the names, with
    the first at the top.
    """
    contexts = list(dict.fromkeys(rows["context"]))
    each = 0.12 + 0.07 * max(2, len(contexts))
    key = 0.2 if len(contexts) > 1 else 0.0
    figure, axes = panel(_ABOVE + _BELOW + key + each * len(order), 1.45, 0.15)
    figure.subplots_adjust(top=1 - (_ABOVE + key) / figure.get_figheight())
    scale = scale_of(outcome)
    limits = common_limits(rows[rows["package"].isin(order)])
    least = outcome.negligible
    _shade_negligible(axes, outcome)
    if least:
        limits = (min(limits[0], -1.5 * least), max(limits[1], 1.5 * least))
    step = 0.8 / max(len(contexts), 1)
    for place, name in enumerate(order):
        colour = looks[name][0]
        for turn, context in enumerate(contexts):
            mine = rows[(rows["context"] == context) & (rows["package"] == name)]
            for row in lines(mine):
                y = place + (turn - (len(contexts) - 1) / 2) * step
                axes.plot([scale * row.low_all, scale * row.high_all], [y, y], color=colour, linewidth=1.2)
                axes.plot(scale * row.difference, y, SHAPES[turn % len(SHAPES)], color=colour, markersize=4.5,
                          markerfacecolor="white" if row.verdict in UNTOLD else colour)  # fmt: skip
    named_rows(axes, order, (scale * limits[0], scale * limits[1]))
    for label, name in zip(axes.get_yticklabels(), order, strict=True):
        label.set_color(looks[name][0])
    axes.set_xlabel(f"difference from doing nothing, {difference_unit(outcome)}")
    if len(contexts) > 1:
        marks = [Line2D([], [], marker=SHAPES[n % len(SHAPES)], color=QUIET, linestyle="", markersize=4.5,
                        label=_short(context)) for n, context in enumerate(contexts)]  # fmt: skip
        figure.legend(handles=marks, loc="upper left", ncols=min(3, len(contexts)), frameon=False, fontsize=7,
                      handletextpad=0.1, columnspacing=0.8, borderpad=0, borderaxespad=0.2)  # fmt: skip
    return figure


def _shade_negligible(axes: Axes, outcome: Outcome) -> None:
    if outcome.negligible:
        end = scale_of(outcome) * outcome.negligible
        axes.axvspan(-end, end, color=PALE, alpha=0.5, zorder=0, linewidth=0)


def forest(
    rows: pd.DataFrame, outcome: Outcome, limits: tuple[float, float], caption: Caption, looks: Looks | None = None
) -> Markup:
    """Draw the differences of one outcome, one row per package, with a thin joint interval and a thick individual one.

    ``rows`` come from ``analysis.differences.compare`` and ``limits`` from :func:`common_limits`. The shape of a mark
    shows the verdict, the colour shows the package.
    """
    figure, axes = panel(_ABOVE + _BELOW + 0.24 * len(rows), 1.45, 0.5)
    scale, looks = scale_of(outcome), looks or looks_of(rows["package"])
    _shade_negligible(axes, outcome)
    for place, row in enumerate(lines(rows)):
        shape, colour = MARKS[str(row.verdict)], looks[str(row.package)][0]
        axes.plot([scale * row.low_all, scale * row.high_all], [place, place], color=colour, linewidth=0.9)
        axes.plot([scale * row.low, scale * row.high], [place, place], color=colour, linewidth=2.6)
        filled = "white" if row.verdict in UNTOLD else colour
        mark = f"pick-{place}"  # a page may let users choose it
        axes.plot(scale * row.difference, place, shape, markersize=4.5, color=colour, markerfacecolor=filled, gid=mark)
        number = change(float(row.difference), outcome, named=False)
        axes.annotate(number, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
    named_rows(axes, list(rows["package"]), (scale * limits[0], scale * limits[1]))
    axes.set_xlabel(difference_axis(outcome))
    return svg(figure, caption)


def pairs(
    rows: pd.DataFrame, outcomes: tuple[Outcome, Outcome], limits: tuple[float, float], caption: Caption
) -> Markup:
    """Draw the differences of two groups side by side; marks of the poorer or less educated group are hollow."""
    names = list(dict.fromkeys(rows["package"]))
    figure, axes = panel(_ABOVE + _BELOW + 0.3 * len(names), 1.45, 0.15)
    scale = scale_of(outcomes[0])
    for outcome, aside, colour, filled in ((outcomes[0], -0.15, VERMILION, "white"), (outcomes[1], 0.15, BLUE, BLUE)):
        mine = rows[rows["outcome"] == outcome.name].set_index("package").loc[names]
        places = np.arange(len(names)) + aside
        axes.hlines(places, scale * mine["low_all"], scale * mine["high_all"], color=colour, linewidth=1.2)
        axes.plot(scale * mine["difference"], places, "o", color=colour, markersize=4, markerfacecolor=filled)
    named_rows(axes, names, (scale * limits[0], scale * limits[1]))
    axes.set_xlabel(difference_axis(outcomes[0]))
    return svg(figure, caption)


def courses(  # noqa: PLR0913 - all settings of one figure
    paths: Sequence[Line], labels: tuple[str, str], limits: tuple[float, float], caption: Caption, chosen: str = "",
    *, looks: Looks | None = None,
) -> Markup:  # fmt: skip
    """Draw lines with intervals, each labelled at its right end; ``limits`` are those of the vertical axis.

    If a line is ``chosen`` by name, the others are grey and have no interval.
    """
    figure, axes = panel(max(2.3, 0.8 + 0.17 * len(paths)), 0.6, 1.5)
    axes.axhline(0, color=FAINT, linewidth=0.7)
    known = looks or looks_of(line.name for line in paths)
    drawn = [NOTHING if chosen not in {"", line.name} else known[line.name] for line in paths]
    for line, (colour, dashes) in zip(paths, drawn, strict=True):
        is_point = len(line.x) == 1
        if chosen in {"", line.name}:
            axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.15, linewidth=3.0 * is_point)
        marker = "o" if is_point else ""
        axes.plot(line.x, line.y, color=colour, linestyle=dashes, linewidth=1.3, marker=marker, markersize=4)
    axes.margins(x=0.01)
    axes.set(xlabel=labels[0], ylabel=labels[1], ylim=limits)
    axes.locator_params(axis="y", nbins=5)
    axes.locator_params(axis="x", nbins=4, integer=all(float(x).is_integer() for path in paths for x in path.x))
    axes.xaxis.set_major_formatter("{x:,.4g}" if max(paths[0].x, default=0) < 1000 else "{x:,.0f}")
    _name_ends(axes, [(line.name, line.x[-1], line.y[-1]) for line in paths], drawn)
    return svg(figure, caption)


def budget_steps(steps: pd.DataFrame, outcome: Outcome, currency: str, looks: Looks, caption: Caption) -> Markup:
    """Draw the best buy for each budget as labelled steps; ``steps`` come from ``cost_effectiveness.best_buys``.

    ``budget`` must be in the unit of the axis.
    """
    figure, axes = panel(2.5, 0.65, 0.35)
    scale = scale_of(outcome)
    ends = [*steps["budget"].iloc[1:], 1.25 * max(float(steps["budget"].max()), 1.0)]
    top = 0.0
    for row, end in zip(lines(steps), ends, strict=True):
        colour = looks[str(row.package)][0]
        y = scale * row.effect
        axes.fill_between([row.budget, end], scale * row.low, scale * row.high, color=colour, alpha=0.18, linewidth=0)
        axes.plot([row.budget, end], [y, y], color=colour, linewidth=2.2, solid_capstyle="butt")
        top = max(top, scale * row.high)
    places = [float(scale * effect) for effect in steps["effect"]]
    drawn = [looks[str(name)] for name in steps["package"]]
    axes.set(xlim=(0, ends[-1]), ylim=(min(0.0, scale * float(steps["low"].min())), 1.12 * top or 1.0))
    axes.set(xlabel=f"budget, {currency} per district and year", ylabel=f"gain, {difference_unit(outcome)}")
    axes.locator_params(axis="x", nbins=4)
    axes.locator_params(axis="y", nbins=5)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    figure.subplots_adjust(right=1 - 1.5 / WIDTH)
    _name_ends(axes, [(str(name), ends[-1], y) for name, y in zip(steps["package"], places, strict=True)], drawn)
    return svg(figure, caption)


def plane(  # noqa: PLR0913 - all settings of one figure
    cloud: pd.DataFrame, costs: pd.DataFrame, label: str, scale: float, caption: Caption, *, looks: Looks
) -> Markup:  # fmt: skip
    """Draw the cost-effectiveness plane: effects over resampled seeds against extra costs."""
    packages = costs[costs["package"].isin(set(cloud["package"]))]
    figure, axes = panel(max(2.6, 0.8 + 0.17 * len(packages)), 0.85, 1.5)
    axes.axhline(0, color=FAINT, linewidth=0.7)
    axes.axvline(0, color=FAINT, linewidth=0.7)
    efficient = costs[costs["standing"] == "efficient"].sort_values("extra_cost")
    axes.plot(scale * efficient["effect"], efficient["extra_cost"], color=FAINT, linewidth=1.2, zorder=1)
    ends = []
    drawn = [looks[str(name)] for name in packages["package"]]
    for row, (colour, _) in zip(lines(packages), drawn, strict=True):
        mine = cloud[(cloud["package"] == row.package) & (cloud["draw"] < _CLOUD)]
        axes.plot(scale * mine["effect"], mine["extra_cost"], "o", color=colour, markersize=2, alpha=0.25, mew=0)
        axes.plot(scale * row.effect, row.extra_cost, "o", color=colour, markersize=4.5)
        ends.append((str(row.package), scale * float(row.effect), float(row.extra_cost)))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel=label, ylabel="extra cost")
    _name_ends(axes, ends, drawn)
    return svg(figure, caption)


def common_limits(rows: pd.DataFrame, ends: tuple[str, str] = ("low_all", "high_all")) -> tuple[float, float]:
    """Return axis limits that include every interval and zero, so that panels can be compared."""
    low, high = min(0.0, float(rows[ends[0]].min())), max(0.0, float(rows[ends[1]].max()))
    room = 0.06 * (high - low) or 0.01
    return low - room, high + room


def svg(figure: Figure, caption: Caption) -> Markup:
    """Return a figure as SVG with its description; the page still has to make its identifiers unique."""
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
    """Return an empty figure; sizes are in inches."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def panel(height: float, left: float, right: float) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes and room for words beside them; sizes are in inches."""
    figure = canvas(WIDTH, height)
    figure.subplots_adjust(left / WIDTH, _BELOW / height, 1 - right / WIDTH, 1 - _ABOVE / height)
    return figure, figure.subplots()


def named_rows(axes: Axes, names: Sequence[str], limits: tuple[float, float]) -> None:
    """Label the rows of a panel from the top, and set the limits of its horizontal axis."""
    axes.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(names)), labels=[_short(name) for name in names])
    axes.set(xlim=limits, ylim=(len(names) - 0.5, -0.5))
    axes.grid(axis="y", color=PALE, linewidth=0.4)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=5)


def _name_ends(axes: Axes, ends: Iterable[tuple[str, float, float]], looks: Sequence[tuple[str, Any]]) -> None:
    """Write names on the right, as close to the ends of their lines as legibility allows, with thin connectors."""
    ordered = sorted(enumerate(ends), key=lambda found: (found[1][2], -found[0]))
    low, high = axes.get_ylim()
    gap = 0.155 / (
        float(axes.figure.bbox.height) / axes.figure.dpi - _ABOVE - _BELOW
    )  # height of a line of type as a share of the panel
    places: list[float] = []
    for _, (_, _, y) in ordered:
        wanted = (y - low) / (high - low)
        places.append(max(wanted, places[-1] + gap) if places else max(wanted, 0.0))
    over = max(0.0, places[-1] - 1.0) if places else 0.0
    for number in reversed(range(len(places))):  # push names back down from above the top
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
    words = option(name)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
