"""Tables: points and runs of a study, and differences between societies, with their numbers written out."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.differences import LOWER, WORSE
from engagesim.dashboard.charts import bar, look_of
from engagesim.dashboard.study_view import View, axes, points
from engagesim.measures import MEASURES, Measure
from engagesim.report.comparison_words import OUTCOME, amount, change, of_hundred
from engagesim.report.phrases import capital, plain
from engagesim.report.study_words import capital_name, choice_name
from engagesim.study.observed import TIMES
from engagesim.study.results import Results
from engagesim.study.store import described

_IN_WORDS = {"Meaning", "Unit"}

MOST_ROWS = 200
"""Points in the table at most."""

FIRST = ("quality", "engaged", "client", "success_rate", "responsive", "cocreate", "sponsor", "trust", "morale",
         "coalition_share", "coalition_formed")  # fmt: skip
"""Measures that stand first in the table of a point."""


def table(caption: str, head: Sequence[str], body: Sequence[Sequence[object]]) -> Markup:
    """Return a table whose first column names the row; it scrolls sideways where the page is narrow."""
    heads = Markup("").join(Markup('<th scope="col"{}>{}</th>').format(_kind(name), name) for name in head)
    lines = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            first,
            Markup("").join(
                Markup("<td{}>{}</td>").format(_kind(name), cell) for name, cell in zip(head[1:], rest, strict=True)
            ),
        )
        for first, *rest in body
    )
    return Markup(
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{0}"><table class="numbers">'
        "<caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(caption, heads, lines)


def axes_table(results: Results, found: pd.DataFrame) -> Markup:
    """Return what the runs of a point have in common."""
    first = found.iloc[0]
    body = [
        (
            capital_name(column),
            choice_name(first[column]),
            described(column, results.society).get("description", "choice of the config"),
        )
        for column in axes(results)
    ]
    return table("What it is made of", ("Axis", "Value", "Meaning"), body)


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
    why = Markup('<p class="trouble">This run failed: {}</p>').format(failed) if isinstance(failed, str) else Markup("")
    head = ("Measure", "This run", "Mean", "Spread", "Unit")
    count = f"{len(sound)} of {len(found)} runs went well"
    top = table(f"What came of it, in the last year; {count}", head, body[: len(names)])
    rest = Markup("<details><summary>All other measures</summary>{}</details>").format(
        table("All other measures", head, body[len(names) :])
    )
    return why + top + rest


def _mean_and_spread(values: "pd.Series[float]") -> tuple[str, str]:
    """Say what runs have in common; of a month that did not come in all of them there is nothing to say."""
    has_mean = values.name not in TIMES
    return (_number(values.mean()), _number(values.std())) if has_mean else ("–", "–")


def points_table(results: Results, view: View) -> Markup:
    """Return the points that are seen, with their means and intervals."""
    found, columns = points(results, view), axes(results)
    head = ("Point", *(capital_name(column) for column in columns), "Mean", "95 % interval", "Runs")
    body = [
        (row["point"], *(choice_name(row[column]) for column in columns), _number(row["share"]),
         f"{_number(row['low'])} to {_number(row['high'])}", int(row["runs"]))
        for row in found.head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    more = f" (the first {MOST_ROWS} of {len(found)})" if len(found) > MOST_ROWS else ""
    return table(f"{capital(plain(view.measure))} by point{more}", head, body)


def _kind(column: str) -> Markup:
    return Markup(' class="words"') if column in _IN_WORDS else Markup("")


def _number(value: object) -> str:
    number = float(value)  # type: ignore[arg-type]
    return "–" if math.isnan(number) else f"{number:.3g}".replace("-", "−")


COLUMNS = (
    "Outcome",
    "A",
    "B",
    "B less A",
    "Beside 0",
    "95 %, alone",
    "95 %, all together",
    "Verdict for B",
    "Seeds that agree",
)


def difference_table(rows: pd.DataFrame, caption: str) -> Markup:
    """Return differences, as ``analysis.differences.compare`` gives them, as a table."""
    return table(caption, COLUMNS, [_row(row) for row in rows.itertuples(index=False)])


def _row(row: Any) -> tuple[object, ...]:
    about = OUTCOME[str(row.outcome)]
    intervals = [
        f"{change(low, about, named=False)} to {change(high, about, named=False)}"
        for low, high in ((row.low, row.high), (row.low_all, row.high_all))
    ]
    agreeing = row.worse_share if row.verdict in {WORSE, LOWER} else max(row.better_share, row.worse_share)
    verdict = Markup('<span class="verdict {}">{}</span>').format(look_of(row.verdict), row.verdict)
    levels = (amount(row.baseline, about), amount(row.mean, about), change(row.difference, about))
    return about.description, *levels, bar(row), *intervals, verdict, of_hundred(agreeing)
