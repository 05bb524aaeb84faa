"""Charts of two societies: their courses side by side, how the difference narrows, and how it runs over the years."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.differences import BETTER, UNTOLD, WORSE
from engagesim.analysis.outcomes import Outcome
from engagesim.app.charts import LEFT, RIGHT, Chart, Scale, ceiling
from engagesim.app.pairing import Look, Metrics
from engagesim.measures import Measure
from engagesim.parameters import Parameters
from engagesim.report.comparison_words import OUTCOME, change, difference_unit, lines
from engagesim.report.paper import Caption
from engagesim.report.phrases import MEASURE, openings, unit

SHOWN = ("quality", "engaged", "trust", "responsive", "client", "coalition_share")
"""Measures whose courses are shown: what the service gives, who takes part, beliefs, officials, favours, coalitions."""

WIDTH = 360
ACROSS = WIDTH - LEFT - RIGHT
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
        Scale(0, months, "month", is_months=True), Scale(0, ceiling(both.ravel()), _unit(measure)), (WIDTH, 190)
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


def _unit(measure: Measure) -> str:
    return "share of all agents" if measure.name == "coalition_share" else unit(measure)


def _opened(societies: Sequence[Parameters], months: int) -> str:
    return " ".join(
        f"In {side}, {mark.text}."
        for side, each in zip("AB", societies, strict=True)
        for mark in openings(each, months)
    )
