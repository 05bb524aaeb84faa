"""What to find out before choosing a package, in words, a table and a figure."""

from textwrap import fill
from typing import Any

from markupsafe import Markup

from engagesim.analysis.information import LEAST_SAMPLES
from engagesim.analysis.robustness import Robustness
from engagesim.parameters import parameter_table
from engagesim.report.comparison_figures import panel, svg
from engagesim.report.comparison_tables import Table
from engagesim.report.comparison_words import change, difference_unit, lines, lower, option, scale_of
from engagesim.report.style import BLUE, FAINT, PALE, QUIET, Caption
from engagesim.report.text import counted

_ABOUT = {row.path: row.description for row in parameter_table()}
_SHOWN = 8


def find_out_first(robustness: Robustness) -> str:
    """Return the one thing to find out before choosing, or that nothing would clearly change the choice."""
    found, outcome = robustness.information, robustness.question.outcome
    if not outcome.better:
        return f"Neither more nor less of this is good in itself ({lower(outcome)}), so nothing decides between packages."
    if found is None:
        return f"{robustness.contexts} contexts are too few to say what to find out first; it takes {LEAST_SAMPLES} or more."
    best = option(found.best)
    if not len(found.clear):
        return (
            f"Nothing that the {found.samples} contexts vary would by itself clearly change the choice of {best} if it "
            f"were known."
        )
    row: Any = next(lines(found.clear))
    return (
        f"If you could find out one thing before deciding, find out this: “{_about(row.unknown)}”. In "
        f"{counted(row.changes, found.samples)} contexts it would change the choice from {best} to {_instead(row)}. "
        f"Knowing it is worth up to {change(row.value, outcome)} of {lower(outcome)} on average "
        f"(90 % interval {change(row.value_low, outcome, named=False)} to {change(row.value_high, outcome, named=False)})."
    )


def information_table(robustness: Robustness) -> Table:
    """Return the unknowns that are worth most, and what to choose for which values."""
    outcome, factors = robustness.question.outcome, set(robustness.factors["path"])
    found: Any = robustness.information
    rows = [
        (
            f"{_about(row.unknown)} ({row.unknown})", f"{row.low:.3g} to {row.high:.3g}",
            "the context" if row.unknown in factors else "how people behave", change(row.value, outcome),
            *(_told(row, robustness) if row.stands_out else ("not beyond chance", "–", "–")),
        )
        for row in lines(found.table.head(max(_SHOWN, int(found.table["stands_out"].sum()))))
    ]  # fmt: skip
    columns = ("Unknown", "Taken to be", "About", "Worth knowing", "90 % interval", "Changes the choice", "What to choose")
    return Table(f"What it is worth to know each unknown: {outcome.description}", columns, rows)


def worth_knowing(robustness: Robustness) -> Markup:
    """Draw what it is worth to know each unknown, beside what chance alone makes it seem."""
    found: Any = robustness.information
    outcome = robustness.question.outcome
    scale, rows = scale_of(outcome), found.table.head(_SHOWN)
    figure, axes = panel(0.75 + 0.34 * len(rows), 1.9, 0.15)
    for place, row in enumerate(lines(rows)):
        colour = BLUE if row.stands_out else FAINT
        axes.barh(place, scale * row.value, color=colour, height=0.5)
        if row.stands_out:
            axes.plot([scale * row.value_low, scale * row.value_high], [place, place], color=QUIET, linewidth=1.2)
    axes.axvline(scale * found.by_chance, color=QUIET, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.set_yticks(range(len(rows)), labels=[fill(_about(name), 34, max_lines=2, placeholder=" …") for name in rows["unknown"]])
    most = max(float(rows[["value", "value_high"]].max(axis=None)), found.by_chance, 1e-9)
    axes.set(xlim=(0, 1.06 * scale * most), ylim=(len(rows) - 0.5, -0.5), xlabel=f"worth knowing, {difference_unit(outcome)}")
    axes.tick_params(axis="y", length=0, labelsize=6.8)
    axes.grid(axis="x", color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.locator_params(axis="x", nbins=4)
    return svg(figure, Caption("What it is worth to know each unknown", find_out_first(robustness)))


def _about(path: str) -> str:
    """Return what a parameter is, in words; of a mechanism's setting, its path."""
    return _ABOUT.get(path, path)


def _instead(row: Any) -> str:
    return option(str(row.instead))


def _told(row: Any, robustness: Robustness) -> tuple[str, str, str]:
    outcome = robustness.question.outcome
    low, high = (change(value, outcome, named=False) for value in (row.value_low, row.value_high))
    often = f"{counted(row.changes, robustness.contexts)} contexts, mostly to {_instead(row)}" if row.instead else "never"
    return f"{low} to {high}", often, row.choice
