"""What to find out before choosing a package, in words, a table and a figure."""

from textwrap import fill
from typing import Any

import pandas as pd
from markupsafe import Markup

from engagesim.analysis.information import LEAST_SAMPLES, Information
from engagesim.analysis.outcomes import Outcome
from engagesim.analysis.robustness import Robustness
from engagesim.parameters import parameter_table
from engagesim.report.comparison_figures import panel, svg
from engagesim.report.comparison_tables import Table
from engagesim.report.comparison_words import difference_unit, is_next_to_nothing, lines, lower, option, scale_of, worth
from engagesim.report.style import BLACK, PALE, QUIET, SKY_BLUE, Caption
from engagesim.report.text import capital, counted, several

_ABOUT = {row.path: row.description for row in parameter_table()}
_SHOWN = 8


def find_out_first(robustness: Robustness) -> str:
    """State the one thing to find out before choosing, or why nothing would clearly change the choice."""
    found, outcome = robustness.information, robustness.question.outcome
    if found is None:
        return (
            f"{several(robustness.contexts, 'context')} cannot show what to find out first; this takes "
            f"{LEAST_SAMPLES} or more (uncertain.contexts)."
        )
    best = option(found.best)
    if not len(found.clear):
        return (
            f"Nothing: no single unknown varied over {found.samples} contexts would clearly change the choice "
            f"of {best}."
        )
    row: Any = next(lines(found.clear))
    this = f"“{_about(row.unknown)}”"
    often = (
        f"in {counted(row.changes, found.samples)} contexts it would change the choice from {best} to {_instead(row)}"
    )
    if is_next_to_nothing(row.value, outcome):
        return (
            f"Nothing is worth finding out before you choose {best}. The most valuable unknown is {this}: {often}, "
            f"but knowing it is worth {worth(row.value, outcome)} on average over all contexts ({lower(outcome)})."
        )
    where = "You can find that out for your place." if _is_of_context(row, robustness) else "It would take a study."
    return (
        f"If you could find out one thing before deciding, find out this: {this}. {where} {capital(often)}. On average "
        f"over all contexts, knowing it is worth up to {worth(row.value, outcome)} ({lower(outcome)}; 90 % interval "
        f"{_interval(row, outcome)})."
    )


def information_table(robustness: Robustness) -> Table:
    """Return the unknowns that seem worth knowing, and the package to choose for each of their values."""
    outcome, rows = robustness.question.outcome, []
    for row in lines(_worthy(robustness)):
        told = ("not beyond chance", "–", "–")
        if row.stands_out:
            often = f"{counted(row.changes, robustness.contexts)} contexts, mostly to {_instead(row)}"
            told = (_interval(row, outcome), often if row.instead else "never", row.choice)
        left_open = "" if _is_of_context(row, robustness) else "; left open by the calibration"
        rows.append((f"{_about(row.unknown)} ({row.unknown}{left_open})", f"{row.low:.2g} to {row.high:.2g}",
                     worth(row.value, outcome), *told))  # fmt: skip
    columns = ("Unknown", "Range assumed", "Worth knowing", "90 % interval", "Changes the choice in", "What to choose")
    others = len(_information(robustness).table) - len(rows)
    return Table(f"What it is worth to know each unknown ({several(others, 'other')} worth no more)", columns, rows)


def worth_knowing(robustness: Robustness) -> Markup:
    """Draw how much each unknown is worth knowing, beside what chance alone would suggest."""
    found, outcome, rows = _information(robustness), robustness.question.outcome, _worthy(robustness)
    scale = scale_of(outcome)
    figure, axes = panel(0.7 + 0.34 * len(rows), 1.9, 0.15)
    for place, row in enumerate(lines(rows)):
        axes.barh(place, scale * row.value, color=SKY_BLUE if row.stands_out else PALE, height=0.55)
        if row.stands_out:
            axes.plot([scale * row.value_low, scale * row.value_high], [place, place], color=BLACK, linewidth=1)
    if found.by_chance > 0:
        axes.axvline(scale * found.by_chance, color=QUIET, linewidth=0.9, linestyle=(0, (3, 2)))
    names = [fill(_about(str(name)), 34, max_lines=2, placeholder=" …") for name in rows["unknown"]]
    axes.set_yticks(range(len(rows)), labels=names)
    most = scale * max(rows["value"].max(), rows["value_high"].max(), found.by_chance)
    axes.set(xlim=(0, 1.06 * most), ylim=(len(rows) - 0.5, -0.5), xlabel=f"worth knowing, {difference_unit(outcome)}")
    axes.tick_params(axis="y", length=0, labelsize=6.8)
    axes.locator_params(axis="x", nbins=4)
    return svg(figure, Caption("What it is worth to know each unknown", find_out_first(robustness)))


def _information(robustness: Robustness) -> Information:
    assert robustness.information is not None  # noqa: S101 - the page calls this only if there is some
    return robustness.information


def _worthy(robustness: Robustness) -> pd.DataFrame:
    """Return the unknowns that seem worth knowing by more than a rounding error."""
    table = _information(robustness).table
    return table[table["value"] > 0].head(max(_SHOWN, int(table["stands_out"].sum())))


def _is_of_context(row: Any, robustness: Robustness) -> bool:
    return row.unknown in set(robustness.factors["path"])


def _about(path: str) -> str:
    """Return the description of a parameter, or the path of a mechanism's setting."""
    return _ABOUT.get(path, path)


def _instead(row: Any) -> str:
    return option(str(row.instead))


def _interval(row: Any, outcome: Outcome) -> str:
    low, high = (worth(value, outcome, named=False) for value in (row.value_low, row.value_high))
    return f"{low} to {high}"
