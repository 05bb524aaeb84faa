"""Charts for the screen as SVG: they take their colours from the page, light or dark, and cost a few kilobytes.

A chart is drawn in units that are pixels on a telephone; on wider screens it grows. What may be chosen in it carries a
key, and the page sends the key back when somebody clicks it or comes to it by keyboard.
"""

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from warnings import catch_warnings, filterwarnings

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.ticker import Locator, LogLocator, MaxNLocator, MultipleLocator

from engagesim.analysis.differences import BETTER, UNTOLD, WORSE
from engagesim.analysis.outcomes import Outcome
from engagesim.dashboard.pair import Look, Metrics
from engagesim.errors import EngagementError
from engagesim.measures import Measure
from engagesim.parameters import Parameters
from engagesim.report.comparison_figures import svg, unique
from engagesim.report.comparison_words import OUTCOME, change, difference_unit, lines
from engagesim.report.palette import BLUE, ORANGE, drawing
from engagesim.report.paper import Caption
from engagesim.report.phrases import MEASURE, openings, unit
from engagesim.report.study_figures import figures
from engagesim.study.results import Results

LEFT, RIGHT, ABOVE, BELOW = 56, 12, 12, 38
"""Pixels around the axes: room for the numbers and names beside them."""

type Point = tuple[float, float]


class Pick(NamedTuple):
    """What can be chosen in a chart: the key that is sent back, and what it says to somebody who comes to it."""

    key: str
    says: str


class Scale(NamedTuple):
    """An axis: its ends, whether it is logarithmic, names where it counts choices from 0, and whether months."""

    low: float
    high: float
    label: str = ""
    is_log: bool = False
    names: tuple[str, ...] = ()
    is_months: bool = False

    @classmethod
    def over(cls, values: Iterable[float], label: str = "", is_log: bool = False) -> "Scale":
        """Return an axis on which all finite values have room."""
        finite = [float(value) for value in values if math.isfinite(value)]
        low, high = min(finite, default=0.0), max(finite, default=1.0)
        if is_log:
            room = (high / low) ** 0.04 if high > low else 1.5
            return cls(low / room, high * room, label, True)
        room = 0.04 * (high - low) or 0.05 * abs(high) or 0.5
        return cls(low - room, high + room, label)

    @classmethod
    def of_names(cls, names: Sequence[str], label: str = "") -> "Scale":
        """Return an axis of choices, each half a step from its ends."""
        return cls(-0.5, len(names) - 0.5, label, names=tuple(names))

    def share(self, value: float) -> float:
        """Return how far along the axis a value lies, 0 to 1."""
        low, high = (math.log(self.low), math.log(self.high)) if self.is_log else (self.low, self.high)
        return ((math.log(value) if self.is_log else value) - low) / (high - low)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return places and what stands beside them."""
        if self.names:
            return list(enumerate(self.names))
        locator: Locator = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10])
        if self.is_months:  # they are read in years
            locator = MultipleLocator(12 * math.ceil((self.high - self.low) / (12 * most)))
        elif self.is_log:
            locator = LogLocator(subs=(1.0, 2.0, 5.0))
        places = [float(place) for place in locator.tick_values(self.low, self.high)]
        return [(place, _number(place)) for place in places if self.low <= place <= self.high]


class Chart:
    """A pair of axes on which things are drawn one after another; ``size`` in pixels of a telephone."""

    def __init__(self, across: Scale, up: Scale, size: tuple[int, int] = (360, 220), left: int = LEFT) -> None:
        self.across, self.up, self.size, self.left = across, up, size, left
        self._parts: list[Markup] = []

    def x(self, value: float) -> float:
        """Return where a value across lies in the picture."""
        return round(self.left + self.across.share(value) * (self.size[0] - self.left - RIGHT), 2)

    def y(self, value: float) -> float:
        """Return where a value up lies in the picture."""
        return round(ABOVE + (1 - self.up.share(value)) * (self.size[1] - ABOVE - BELOW), 2)

    def line(self, points: Iterable[Point], look: str) -> None:
        """Draw a line; ``look`` is a class of the style sheet. It is broken where a value is missing."""
        begun, path = False, []
        for x, y in points:
            if math.isfinite(y):
                path.append(f"{'L' if begun else 'M'}{self.x(x)} {self.y(y)}")
            begun = math.isfinite(y)
        self._add('<path class="line {}" d="{}"/>', look, " ".join(path))

    def band(self, low: Sequence[Point], high: Sequence[Point], look: str) -> None:
        """Fill what lies between two lines."""
        corners = [*low, *reversed(high)]
        self._add(
            '<polygon class="band {}" points="{}"/>', look, " ".join(f"{self.x(x)},{self.y(y)}" for x, y in corners)
        )

    def interval(self, one: Point, other: Point, look: str) -> None:
        """Draw a straight line between two points."""
        ends = (self.x(one[0]), self.y(one[1]), self.x(other[0]), self.y(other[1]))
        self._parts.append(_line(f"interval {look}", *ends))

    def rule(self, look: str, x: float | None = None, y: float | None = None) -> None:
        """Draw a line right across, at a value of one of the axes."""
        width, height = self.size
        ends: tuple[float, ...] = (self.left, self.y(y or 0.0), width - RIGHT, self.y(y or 0.0))
        if x is not None:
            ends = (self.x(x), ABOVE, self.x(x), height - BELOW)
        self._parts.append(_line(f"rule {look}", *ends))

    def dot(self, at: Point, look: str, radius: float = 4, fill: str = "", pick: Pick | None = None) -> None:
        """Draw a disc; one with a ``pick`` can be chosen."""
        x, y = self.x(at[0]), self.y(at[1])
        shape = Markup('<circle class="dot {}" cx="{}" cy="{}" r="{}"{}').format(look, x, y, radius, _fill(fill))
        self._choosable(shape, "circle", (x, y), pick)

    def cell(self, low: Point, high: Point, fill: str, pick: Pick | None = None) -> None:
        """Fill a rectangle between two corners."""
        x, y = self.x(low[0]), self.y(high[1])
        width, height = round(self.x(high[0]) - x, 2), round(self.y(low[1]) - y, 2)
        shape = Markup('<rect class="cell" x="{}" y="{}" width="{}" height="{}"{}').format(
            x, y, width, height, _fill(fill)
        )
        self._choosable(shape, "rect", (round(x + width / 2, 2), round(y + height / 2, 2)), pick)

    def svg(self, caption: Caption, revealed: str = "") -> Markup:
        """Return the chart; ``revealed`` names a window through which what was drawn is seen, to be opened by and by.

        One with keys is a list to choose from; any other is one image with a description.
        """
        width, height = self.size
        inner = Markup("").join(self._parts)
        if revealed:
            window = Markup(
                '<clipPath id="{}"><rect class="window" x="0" y="0" width="{}" height="{}"/></clipPath>'
            ).format(revealed, width, height)
            inner = window + Markup('<g clip-path="url(#{})">{}</g>').format(revealed, inner)
        is_list = any("data-key" in part for part in self._parts)
        named = (
            Markup("") if is_list else Markup(' role="img" aria-label="{}"').format(". ".join(filter(None, caption)))
        )
        frame = Markup('<svg class="chart" viewBox="0 0 {} {}"{}>{}{}</svg>')
        return frame.format(width, height, named, self._axes(), inner)

    def _choosable(self, begun: Markup, tag: str, middle: Point, pick: Pick | None) -> None:
        if pick is None:
            self._parts.append(begun + Markup("/>"))
            return
        self._parts.append(
            begun
            + Markup(
                ' data-key="{}" data-x="{}" data-y="{}" role="option" aria-selected="false" aria-label="{}">'
                "<title>{}</title></{}>"
            ).format(pick.key, *middle, pick.says, pick.says, tag)
        )

    def _axes(self) -> Markup:
        width, height = self.size
        bottom, right = height - BELOW, width - RIGHT
        parts = []
        for place, words in self.up.ticks(5):
            y = self.y(place)
            if not self.up.names:
                parts.append(_line("grid", self.left, y, right, y))
            parts.append(_text("tick", self.left - 6, y + 4, "end", words))
        for place, words in self.across.ticks(6):
            x = self.x(place)
            parts.append(_line("grid", x, bottom, x, bottom + 4))
            parts.append(_text("tick", x, bottom + 16, "middle", words))
        parts.append(_line("axis", self.left, bottom, right, bottom))
        parts.append(_text("name", (self.left + right) / 2, height - 6, "middle", self.across.label))
        if self.up.label:
            turned = Markup('<g transform="translate(12 {}) rotate(-90)">{}</g>')
            parts.append(turned.format((ABOVE + bottom) / 2, _text("name", 0, 0, "middle", self.up.label)))
        return Markup('<g class="axes" aria-hidden="true">{}</g>').format(Markup("").join(parts))

    def _add(self, form: str, *values: object) -> None:
        self._parts.append(Markup(form).format(*values))  # noqa: S704 - forms are ours, values are escaped


def _line(look: str, *ends: float) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(look, *ends)


def _text(look: str, x: float, y: float, anchor: str, words: str) -> Markup:
    form = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
    return form.format(look, x, y, anchor, words)


def heat(share: float) -> str:
    """Return the colour of a value from 0 to 1: orange over white to blue, as on printed maps; grey where none is."""
    if not math.isfinite(share):
        return "#9A9A9A"
    end = np.array([int((BLUE if share > 0.5 else ORANGE)[place : place + 2], 16) for place in (1, 3, 5)])
    strength = abs(2 * min(1.0, max(0.0, share)) - 1)
    red, green, blue = (255 + strength * (end - 255)).round().astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def heat_bar(low: str, high: str, label: str) -> Markup:
    """Return the key to the colours of ``heat``."""
    stops = Markup("").join(
        Markup('<stop offset="{}" stop-color="{}"/>').format(share, heat(share)) for share in (0.0, 0.5, 1.0)
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 360 46" role="img" aria-label="Colours: {} from {}, orange, to {}, blue">'
        '<defs><linearGradient id="heat-bar">{}</linearGradient></defs>'
        '<rect class="cell" x="56" y="2" width="292" height="10" fill="url(#heat-bar)"/>'
        '<text class="tick" x="56" y="25">{}</text><text class="tick" x="348" y="25" text-anchor="end">{}</text>'
        '<text class="name" x="202" y="41" text-anchor="middle">{}</text></svg>'
    ).format(label, low, high, stops, low, high, label)


def legend(items: Sequence[tuple[str, str]]) -> Markup:
    """Return a list of looks and what they stand for."""
    row = Markup(
        '<li><svg viewBox="0 0 28 12" aria-hidden="true"><line class="line {}" x1="1" y1="6" x2="27" y2="6"/></svg>'
        "{}</li>"
    )
    rows = Markup("").join(row.format(look, words) for look, words in items)
    return Markup('<ul class="chart-legend">{}</ul>').format(rows)


def ceiling(values: Iterable[float]) -> float:
    """Return the top of an axis from 0 for shares: a quarter, a half, three quarters, or all."""
    highest = max((value for value in values if math.isfinite(value)), default=1.0)
    return next((top for top in (0.25, 0.5, 0.75, 1.0) if highest <= top), highest)


def _fill(colour: str) -> Markup:
    return Markup(' fill="{}"').format(colour) if colour else Markup("")


def _number(value: float) -> str:
    text = f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return text.replace("-", "−")


SHOWN = ("quality", "engaged", "trust", "responsive", "client", "coalition_share")
"""Measures whose courses are shown: what the service gives, who takes part, beliefs, officials, favours, coalitions."""

PANEL_WIDTH = 360
ACROSS = PANEL_WIDTH - LEFT - RIGHT
"""Pixels that all months take in a panel."""

_MARKED = {BETTER: "better", WORSE: "worse", **dict.fromkeys(UNTOLD, "unclear")}


def look_of(verdict: str) -> str:
    """Return the class of the style sheet for a verdict."""
    return _MARKED.get(verdict, "other")


def panels(metrics: Metrics, societies: Sequence[Parameters]) -> list[dict[str, Any]]:
    """Return a panel a measure for playback: title, chart, and the values of both sides by month."""
    return [_panel(number, name, metrics, societies) for number, name in enumerate(SHOWN)]


def narrowing(looks: Sequence[Look], outcome: str, seeds: int, verdict: str) -> Markup:
    """Draw the difference and its interval after each round of seeds, with room for the rounds to come."""
    about, times = OUTCOME[outcome], scale_of(OUTCOME[outcome])
    ends = [times * end for look in looks for end in (look.low, look.high)]
    chart = Chart(Scale(0, 1.04 * seeds, "seeds"), Scale.over([0.0, *ends], f"B less A, {difference_unit(about)}"))
    chart.rule("zero", y=0)
    for number, look in enumerate(looks):
        mark = look_of(verdict) if number == len(looks) - 1 else "unclear"
        chart.interval((look.seeds, times * look.low), (look.seeds, times * look.high), mark)
        chart.dot((look.seeds, times * look.difference), mark)
    said = "; ".join(
        f"after {look.seeds} seeds {change(look.difference, about, named=False)}, from "
        f"{change(look.low, about, named=False)} to {change(look.high, about, named=False)}"
        for look in looks
    )
    return chart.svg(Caption(f"{about.description}: the difference as seeds are added", said))


def course(rows: pd.DataFrame, outcome: str) -> Markup:
    """Draw the difference year by year with its interval; ``rows`` of ``profiles``."""
    about, times = OUTCOME[outcome], scale_of(OUTCOME[outcome])
    mine = rows[rows["outcome"] == outcome]
    years = mine["year"].tolist()
    low, high, middle = ((times * mine[end]).tolist() for end in ("low", "high", "difference"))
    up = Scale.over([0.0, *low, *high], f"B less A, {difference_unit(about)}")
    chart = Chart(Scale(0.5, years[-1] + 0.5, "year"), up)
    chart.rule("zero", y=0)
    chart.band(list(zip(years, low, strict=True)), list(zip(years, high, strict=True)), "other")
    chart.line(zip(years, middle, strict=True), "other")
    for at in zip(years, middle, strict=True):
        chart.dot(at, "other", radius=2.5)
    said = "; ".join(f"year {row.year} {change(row.difference, about, named=False)}" for row in lines(mine))
    return chart.svg(Caption(f"{about.description}: the difference by year", said))


def bar(row: Any) -> Markup:
    """Draw one difference with its intervals beside 0, for a row of a table; each row has its own width."""
    reach = 1.05 * max(abs(row.low_all), abs(row.high_all), abs(row.low), abs(row.high)) or 1.0
    look, middle = look_of(str(row.verdict)), 60

    def place(value: float) -> float:
        return round(middle + 56 * (value / reach if math.isfinite(value) else 0.0), 1)

    return Markup(
        '<svg class="chart bar" viewBox="0 0 120 16" aria-hidden="true">'
        '<line class="rule zero" x1="60" y1="1" x2="60" y2="15"/>'
        '<line class="interval {0}" x1="{1}" y1="8" x2="{2}" y2="8"/>'
        '<line class="interval thick {0}" x1="{3}" y1="8" x2="{4}" y2="8"/>'
        '<circle class="dot {0}" cx="{5}" cy="8" r="3.5"/></svg>'
    ).format(look, *map(place, (row.low_all, row.high_all, row.low, row.high, row.difference)))


def scale_of(outcome: Outcome) -> float:
    """Return what an outcome is multiplied with on an axis: shares are shown in percentage points."""
    return 100.0 if "share" in outcome.unit else 1.0


def _panel(number: int, name: str, metrics: Metrics, societies: Sequence[Parameters]) -> dict[str, Any]:
    both, measure = metrics[name], MEASURE[name]
    months = both.shape[-1]
    chart = Chart(
        Scale(0, months, "month", is_months=True),
        Scale(0, ceiling(both.ravel()), _axis_unit(measure)),
        (PANEL_WIDTH, 190),
    )
    for look, values in zip("ab", both.tolist(), strict=True):
        chart.line(zip((month + 0.5 for month in range(months)), values, strict=True), look)
    for month in sorted({mark.month for each in societies for mark in openings(each, months)}):
        chart.rule("", x=month)
    last = " and ".join(f"{values[-1]:.2f} in {side}" for side, values in zip("AB", both, strict=True))
    caption = Caption(measure.description, f"{last} in the last month. {_opened(societies, months)}".strip())
    return {
        "title": measure.description,
        "svg": chart.svg(caption, revealed=f"until-{number}"),
        "a": [round(float(value), 4) for value in both[0]],
        "b": [round(float(value), 4) for value in both[1]],
    }


def _axis_unit(measure: Measure) -> str:
    return "share of all agents" if measure.name == "coalition_share" else unit(measure)


def _opened(societies: Sequence[Parameters], months: int) -> str:
    return " ".join(
        f"In {side}, {mark.text}."
        for side, each in zip("AB", societies, strict=True)
        for mark in openings(each, months)
    )


_DRAWING = threading.Lock()
"""Matplotlib keeps its style for all threads: whoever draws does so alone."""


class Printed(NamedTuple):
    """A figure: its title and description, and what it looks like."""

    caption: Caption
    drawn: Markup


def printed(results: Results, tell: Callable[[float], None]) -> list[Printed]:
    """Draw every figure that fits the design of a study; ``tell`` is told how far it is, and may break off.

    Raises
    ------
    EngagementError
        Where there is nothing to draw.
    """
    found = []
    with _DRAWING, drawing(), rc_context({"svg.fonttype": "none"}), catch_warnings():
        filterwarnings("ignore", message="Glyph")  # words stay words: the reader's browser has the letters
        for number, (name, figure, caption) in enumerate(figures(results)):
            tell(1 - 0.7 ** (number + 1))
            found.append(Printed(caption, unique(svg(figure, caption), f"{name}-{number}")))
    if not found:
        raise EngagementError(f"{results.folder.name}: there is nothing to draw")
    return found
