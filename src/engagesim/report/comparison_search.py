"""Results of a search for packages, in words, tables and figures: gains when chosen, and gains on fresh seeds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from engagesim.analysis.outcomes import DIRECTED, Outcome
from engagesim.analysis.search import Searched
from engagesim.report.comparison_figures import named_rows, panel, svg
from engagesim.report.comparison_tables import Table
from engagesim.report.comparison_words import (
    OUTCOME,
    Said,
    change,
    difference_axis,
    difference_unit,
    lines,
    lower,
    named,
    scale_of,
)
from engagesim.report.style import BLUE, FAINT, PALE, QUIET, VERMILION, Caption
from engagesim.report.text import plain

_FAR = 0.05
"""Share of luck in a package's apparent gain above which the report mentions it."""


def explained(searched: Searched) -> list[str]:
    """Describe how the search worked and what it found, with a few sentences per item."""
    asked = searched.asked
    goals = named([lower(OUTCOME[name]) for name in asked.objectives])
    how = (
        f"The search tried {len(searched.tried)} different packages in {plain(searched.context)}, each with up to "
        f"{asked.most} interventions and none costing more than {asked.budget:,.0f}. It looked for {goals}. The winner "
        "among many is partly lucky in the societies in which it was chosen, so the best were tried again in "
        f"{asked.fresh_seeds} fresh societies. Believe the second number; the first one shows how much luck had added "
        "(the winner’s curse)."
    )
    return [how, *(item.text for item in summed_up(searched))]


def summed_up(searched: Searched) -> list[Said]:
    """State the best package found, how much of its gain was luck, and which packages trade one goal for another."""
    objectives, table = searched.asked.objectives, searched.table
    best: Any = next(lines(table))
    first = OUTCOME[objectives[0]]
    doubt = "" if getattr(best, f"{first.name}_low") > 0 else " That is not clearly better than doing nothing."
    items = [
        Said(
            f"On fresh societies, {plain(best.package)} does best on {lower(first)}: {_fresh(best, first)}, 95 % "
            f"interval {_interval(best, first)}, at a cost of {best.cost:,.0f} in {plain(searched.context)}.{doubt} "
            f"{_luck(best, first)}"
        )
    ]
    if len(objectives) > 1 and len(table) > 1:
        letters = [_letter(name) for name in table[table["unbeaten"]]["package"]]
        which = f"no other package does better than {letters[0]} on any goal."
        if len(letters) > 1:
            which = f"none of {named(letters)} beats another on every goal at once. Which of them is better depends on "
            which += "which goal matters more."
        items.append(
            Said(
                "The search had more than one goal, and a package need not be best at all of them. On fresh societies, "
                f"{which}"
            )
        )
    return items


def _letter(name: object) -> str:
    return str(name).partition(":")[0].removeprefix("found ")


def _fresh(row: Any, outcome: Outcome) -> str:
    return change(DIRECTED[outcome.name] * getattr(row, outcome.name), outcome)


def _interval(row: Any, outcome: Outcome) -> str:
    ends = sorted(DIRECTED[outcome.name] * getattr(row, f"{outcome.name}_{end}") for end in ("low", "high"))
    return " to ".join(change(end, outcome, named=False) for end in ends)


def _luck(row: Any, outcome: Outcome) -> str:
    sign, seemed, fresh = DIRECTED[outcome.name], getattr(row, f"{outcome.name}_seemed"), getattr(row, outcome.name)
    words = f"When it was chosen, the difference was {change(sign * seemed, outcome)}"
    if seemed > 0 >= fresh:
        return f"{words}; all of that was luck."
    if seemed - fresh > _FAR * abs(seemed):
        return f"{words}; {change(sign * (seemed - fresh), outcome)} of that was luck."
    return f"{words}, so luck had added almost nothing." if fresh <= seemed else f"{words}, so luck had added nothing."


def search_tables(searched: Searched) -> list[Table]:
    """Return one table per objective: each package's apparent gain, its gain on fresh seeds, and the effect of luck."""
    tables = []
    for name in searched.asked.objectives:
        outcome, sign = OUTCOME[name], DIRECTED[name]
        rows = [
            (
                plain(row.package), f"{row.cost:,.0f}", change(sign * getattr(row, f"{name}_seemed"), outcome),
                _fresh(row, outcome), _interval(row, outcome),
                change(sign * (getattr(row, f"{name}_seemed") - getattr(row, name)), outcome),
            )
            for row in lines(searched.table)
        ]  # fmt: skip
        columns = ("Package", "Cost", "When chosen", "On fresh societies", "95 % interval", "Added by luck")
        tables.append(Table(f"Found in {plain(searched.context)}: {outcome.description}", columns, rows))
    return tables


def drawings(searched: Searched) -> list[tuple[str, Markup]]:
    """Return a figure and its heading for each objective, and for the trade-off if there are two objectives."""
    found = [
        (OUTCOME[name].description, _seemed_and_fresh(searched, OUTCOME[name])) for name in searched.asked.objectives
    ]
    if len(searched.asked.objectives) == 2:
        found.append(("Both at once", _front(searched, [OUTCOME[name] for name in searched.asked.objectives])))
    return found


def _seemed_and_fresh(searched: Searched, outcome: Outcome) -> Markup:
    """Draw one row per package: its apparent gain (hollow), and its gain on fresh seeds with an interval."""
    table, scale = searched.table, scale_of(outcome) * DIRECTED[outcome.name]
    names = [str(name) for name in table["package"]]
    places = np.arange(len(names))
    figure, axes = panel(0.55 + 0.3 * len(names), 1.45, 0.15)
    ends = np.sort(np.stack([scale * table[f"{outcome.name}_low"], scale * table[f"{outcome.name}_high"]]), axis=0)
    seemed, fresh = scale * table[f"{outcome.name}_seemed"], scale * table[outcome.name]
    axes.hlines(places, *ends, color=BLUE, linewidth=1.2)
    axes.plot(seemed, places - 0.2, "D", color=VERMILION, markersize=4, markerfacecolor="white")
    axes.plot(fresh, places, "o", color=BLUE, markersize=4.5)
    low, high = min(0.0, ends.min(), seemed.min()), max(0.0, ends.max(), seemed.max())
    room = 0.06 * (high - low) or 0.01
    named_rows(axes, names, (low - room, high + room))
    axes.set_xlabel(difference_axis(outcome))
    told = "; ".join(
        f"{plain(name)} {change(s / scale_of(outcome), outcome)} when chosen, "
        f"{change(f / scale_of(outcome), outcome)} on fresh societies"
        for name, s, f in zip(names, seemed, fresh, strict=True)
    )
    return svg(figure, Caption(f"Found by search: {outcome.description}", f"Differences from doing nothing: {told}."))


def _front(searched: Searched, outcomes: Sequence[Outcome]) -> Markup:
    """Draw one objective against the other: all packages tried, and how far fresh seeds move each finalist."""
    figure, axes = panel(3.0, 0.75, 0.2)
    scales = [scale_of(outcome) * DIRECTED[outcome.name] for outcome in outcomes]
    one, other = (
        (
            scale * searched.tried[outcome.name],
            scale * searched.table[f"{outcome.name}_seemed"],
            scale * searched.table[outcome.name],
        )
        for scale, outcome in zip(scales, outcomes, strict=True)
    )
    axes.axhline(0, color=FAINT, linewidth=0.7)
    axes.axvline(0, color=FAINT, linewidth=0.7)
    axes.plot(one[0], other[0], "o", color=QUIET, markersize=2.5, alpha=0.4, mew=0)
    axes.plot([one[1], one[2]], [other[1], other[2]], color=PALE, linewidth=1, zorder=1)
    axes.plot(one[1], other[1], "D", color=VERMILION, markersize=4, markerfacecolor="white")
    axes.plot(one[2], other[2], "o", color=BLUE, markersize=4.5)
    for name, x, y in zip(searched.table["package"], one[2], other[2], strict=True):
        axes.annotate(_letter(name), (x, y), xytext=(4, 4), textcoords="offset points", fontsize=8, color=BLUE)
    labels = [f"{outcome.description}, {difference_unit(outcome)}" for outcome in outcomes]
    axes.set(xlabel=labels[0], ylabel=labels[1])
    told = "; ".join(
        f"{plain(str(name))} {x:.3g} and {y:.3g}"
        for name, x, y in zip(searched.table["package"], one[2], other[2], strict=True)
    )
    return svg(
        figure, Caption(f"{outcomes[0].description} beside {lower(outcomes[1])}", f"On fresh societies: {told}.")
    )
