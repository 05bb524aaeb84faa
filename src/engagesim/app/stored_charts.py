"""Pictures of a stored comparison: a forest of packages to choose from, and how differences run over the years."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.app.charts import Chart, Pick, Scale
from engagesim.app.compare_charts import look_of, scale_of
from engagesim.app.stored_comparison import Compared, Seen, rows
from engagesim.report.comparison_words import OUTCOME, amount, change, difference_unit, lines
from engagesim.report.paper import Caption
from engagesim.report.phrases import capital, plain

WIDTH, ROW_HEIGHT, LONGEST = 400, 26, 23
_LEFT = 150


def forest(compared: Compared, seen: Seen) -> Markup:
    """Draw the difference of each package, the best first: thin, the interval of all together; thick, of each alone."""
    about, times, table = OUTCOME[seen.outcome], scale_of(OUTCOME[seen.outcome]), rows(compared, seen)
    ends = [0.0, *(times * table["low_all"]), *(times * table["high_all"])]
    names = [_short(capital(plain(name))) for name in table["package"]][::-1]
    across = Scale.over(ends, f"difference from doing nothing, {difference_unit(about)}")
    chart = Chart(across, Scale.of_names(names), (WIDTH, ROW_HEIGHT * len(table) + 50), _LEFT)
    chart.rule("zero", x=0)
    for place, row in enumerate(lines(table.iloc[::-1])):
        look = look_of(str(row.verdict))
        chart.interval((times * row.low_all, place), (times * row.high_all, place), look)
        chart.interval((times * row.low, place), (times * row.high, place), f"thick {look}")
        chart.dot((times * row.difference, place), look, 5.5, "", Pick(str(row.package), says(row, seen.outcome)))
    return chart.svg(Caption("", ""))


def says(row: Any, outcome: str) -> str:
    """Return what a row of the forest says in words."""
    about = OUTCOME[outcome]
    return (
        f"{capital(plain(row.package))}: {change(row.difference, about)}, from {amount(row.baseline, about)} to "
        f"{amount(row.mean, about)}; 95 % interval {change(row.low_all, about, named=False)} to "
        f"{change(row.high_all, about, named=False)}; {row.verdict}"
    )


def courses(compared: Compared, seen: Seen) -> Markup | None:
    """Draw how differences run over the years, the chosen package before the others; none for what has no course."""
    about, times, table = OUTCOME[seen.outcome], scale_of(OUTCOME[seen.outcome]), compared.profiles
    mine = table[(table["context"] == seen.context) & (table["outcome"] == seen.outcome)]
    if mine.empty:
        return None
    chosen = mine[mine["package"] == seen.package]
    ends = [0.0, *(times * mine["difference"]), *(times * chosen["low"]), *(times * chosen["high"])]
    chart = Chart(
        Scale(0.5, float(mine["year"].max()) + 0.5, "year"),
        Scale.over(ends, f"difference, {difference_unit(about)}"),
        (WIDTH, 280),
    )
    chart.rule("zero", y=0)
    for _, part in mine.groupby("package", sort=False):
        chart.line(_points(part, "difference", times), "faint")
    if not chosen.empty:
        chart.band(_points(chosen, "low", times), _points(chosen, "high", times), "other")
        chart.line(_points(chosen, "difference", times), "other")
    last = mine[mine["year"] == mine["year"].max()]
    said = "; ".join(f"{plain(row.package)} {change(row.difference, about)}" for row in lines(last))
    return chart.svg(Caption(f"{about.description}, differences over the years", f"In the last year: {said}"))


def _points(part: pd.DataFrame, column: str, times: float) -> list[tuple[float, float]]:
    return list(zip(part["year"].tolist(), (times * part[column]).tolist(), strict=True))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
