"""Tables of points and runs of a study, and of differences between societies, with formatted numbers."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.differences import BETTER, UNTOLD, WORSE
from engagesim.dashboard.glossary import tooltip
from engagesim.dashboard.study_view import View, axes, points
from engagesim.measures import MEASURES, Measure
from engagesim.report.comparison_tables import interval
from engagesim.report.comparison_words import OUTCOME, amount, change, lines
from engagesim.report.study_words import capital_name, choice_name
from engagesim.report.text import capital, counted, plain
from engagesim.study.observed import TIMES
from engagesim.study.results import Results
from engagesim.study.store import described

_IN_WORDS = {"Meaning", "Unit", "Context"}

MOST_ROWS = 200
"""Maximum number of points in the table."""

FIRST = ("quality", "engaged", "client", "success_rate", "responsive", "cocreate", "sponsor", "trust", "morale",
         "members", "coalition_districts", "coalition_ever", "coalition_formed")  # fmt: skip
"""Measures that come first in the table of a point."""

_LOOKS = {BETTER: "better", WORSE: "worse", **dict.fromkeys(UNTOLD, "unclear")}
"""CSS classes by verdict."""


def table(caption: str, head: Sequence[str], body: Sequence[Sequence[object]]) -> Markup:
    """Return a table whose first column names the row; it scrolls sideways on a narrow page."""
    heads = Markup("").join(
        Markup('<th scope="col"{} title="{}">{}</th>').format(_kind(name), tooltip(name), name) for name in head
    )
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            first, Markup("").join(_cell(name, cell) for name, cell in zip(head[1:], rest, strict=True))
        )
        for first, *rest in body
    )
    return Markup(
        '<div class="es-table" tabindex="0" role="region" aria-label="{0}"><table>'
        "<caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(caption, heads, rows)


def axes_table(results: Results, found: pd.DataFrame) -> Markup:
    """Return a table of the settings that the runs of a point share."""
    first = found.iloc[0]
    body = [
        (
            capital_name(column),
            choice_name(first[column]),
            described(column, results.society).get("description", "choice of the config"),
        )
        for column in axes(results)
    ]
    return table("Values of this point", ("Axis", "Value", "Meaning"), body)


def measures_table(found: pd.DataFrame, row: int, measure: str, measures: Sequence[Measure] = MEASURES) -> Markup:
    """Return every measure of one run beside the mean and the spread over all runs of its point."""
    names = [measure, *(name for name in FIRST if name != measure)]
    ordered = sorted(measures, key=lambda each: names.index(each.name) if each.name in names else len(names))
    sound = found[found["failed"].isna()]
    body = [
        (each.description, _number(found.loc[row, each.name]), *_mean_and_spread(sound[each.name]), each.unit)
        for each in ordered
    ]  # fmt: skip
    failed = found.loc[row, "failed"]
    why = (
        Markup('<p class="es-complaint">This run failed: {}</p>').format(failed)
        if isinstance(failed, str)
        else Markup("")
    )
    head = ("Measure", "This run", "Mean", "Spread", "Unit")
    count = f"{len(sound)} of {len(found)} runs completed"
    top = table(f"Results in the last year; {count}", head, body[: len(names)])
    rest = Markup("<details><summary>All other measures</summary>{}</details>").format(
        table("All other measures", head, body[len(names) :])
    )
    return why + top + rest


def points_table(results: Results, view: View) -> Markup:
    """Return the visible points with their means and intervals."""
    found, columns = points(results, view), axes(results)
    head = ("Point", *(capital_name(column) for column in columns), "Mean", "95 %, alone", "Runs")
    body = [
        (row["point"], *(choice_name(row[column]) for column in columns), _number(row["share"]),
         f"{_number(row['low'])} to {_number(row['high'])}", int(row["runs"]))
        for row in found.head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    more = f" (the first {MOST_ROWS} of {len(found)})" if len(found) > MOST_ROWS else ""
    return table(f"{capital(plain(view.measure))} by point{more}", head, body)


def pair_table(rows: pd.DataFrame, seeds: int, caption: str) -> Markup:
    """Return a table of the differences between two societies; ``rows`` come from ``analysis.differences.compare``."""
    head = ("Outcome", "A", "B", "Difference", "Interval and 0", "95 %, alone", "95 %, all together", "Verdict",
            "Seeds that agree")  # fmt: skip
    return table(caption, head, [_pair_row(row, seeds) for row in lines(rows)])


def _pair_row(row: Any, seeds: int) -> tuple[object, ...]:
    about = OUTCOME[str(row.outcome)]
    intervals = interval(row.low, row.high, about), interval(row.low_all, row.high_all, about)
    agreeing = row.worse_share if row.difference * (about.better or 1) < 0 else row.better_share
    levels = (amount(row.baseline, about), amount(row.mean, about), change(row.difference, about))
    return about.description, *levels, _bars(row), *intervals, row.verdict, counted(agreeing, seeds)


def _bars(row: Any) -> Markup:
    """Return both intervals of a difference as bars around a central 0; each row has its own scale."""
    reach = 1.05 * max(abs(row.low_all), abs(row.high_all), abs(row.low), abs(row.high)) or 1.0
    form = Markup('<i class="{}" style="left: {:.1f}%; width: {:.1f}%"></i>')
    bars = Markup("").join(
        form.format(look, 50 + 50 * low / reach, max(2.0, 50 * (high - low) / reach))
        for look, low, high in (("es-thin", row.low_all, row.high_all), ("es-thick", row.low, row.high))
        if math.isfinite(low) and math.isfinite(high)
    )
    return Markup('<span class="es-bar {}" aria-hidden="true">{}</span>').format(_look(row.verdict), bars)


def _look(verdict: object) -> str:
    return _LOOKS.get(str(verdict), "other")


def _cell(name: str, cell: object) -> Markup:
    if name == "Verdict":
        cell = Markup('<span class="es-verdict {}">{}</span>').format(_look(cell), cell)
    return Markup("<td{}>{}</td>").format(_kind(name), cell)


def _kind(column: str) -> Markup:
    return Markup(' class="es-words"') if column in _IN_WORDS else Markup("")


def _mean_and_spread(values: "pd.Series[float]") -> tuple[str, str]:
    """Return a measure's mean and spread; the month of an event has neither, because some runs lack the event."""
    has_mean = values.name not in TIMES
    return (_number(values.mean()), _number(values.std())) if has_mean else ("–", "–")


def _number(value: object) -> str:
    number = float(value)  # type: ignore[arg-type]
    return "–" if math.isnan(number) else f"{number:.3g}".replace("-", "−")
