"""What a comparison of two societies says, in sentences; the wording of size and likelihood is the reports'."""

from typing import Any

from engagesim.analysis.differences import BETTER, HIGHER, LOWER, UNCLEAR, WORSE
from engagesim.analysis.outcomes import Outcome
from engagesim.app.pairing import Standing
from engagesim.report.comparison_words import OUTCOME, amount, change, likelihood, lines, of_hundred

NARROWING = (
    "Each interval is made as if just so many seeds had been planned. Whoever stops as soon as it looks right is surer "
    "than the numbers allow: decide on a number of seeds beforehand."
)


def finding(standing: Standing, outcome: str) -> list[str]:
    """Return what is known of the outcome that is looked at."""
    if standing.is_same:
        return [
            f"A and B came out the same in every one of {standing.seeds} seeds: every difference is exactly 0, with no "
            "doubt about it. That is what a comparison with itself should say."
        ]
    about = OUTCOME[outcome]
    row: Any = standing.differences.set_index("outcome").loc[outcome]
    said = (
        f"{about.description}: {amount(row['mean'], about)} with B at the end, against "
        f"{amount(row.baseline, about)} with A. The difference is {change(row.difference, about)} (95 % interval "
        f"{change(row.low_all, about, named=False)} to {change(row.high_all, about, named=False)}, made to hold for "
        f"all outcomes at once)."
    )
    return [said, _sureness(standing, about, row)]


def _sureness(standing: Standing, about: Outcome, row: Any) -> str:
    if row.difference == 0 and row.better_share == row.worse_share == 0:
        return f"In none of {standing.seeds} seeds does it differ."
    more = standing.chances[about.name]
    is_more = row.difference > 0
    towards = row.better_share if is_more == (about.better >= 0) else row.worse_share
    direction = "more" if is_more else "less"
    held = (
        " The interval does not reach 0."
        if row.verdict != UNCLEAR
        else " The interval reaches 0, or too few seeds differ: this may be luck."
    )
    return (
        f"Within the model, that B has {direction} of it than A on average is "
        f"{likelihood(more if is_more else 1 - more)}; {of_hundred(float(towards))} seeds went this way.{held}"
    )


def besides(standing: Standing, outcome: str) -> list[str]:
    """Return what else differs clearly, and what does not."""
    if standing.is_same:
        return []
    rows = standing.differences[standing.differences["outcome"] != outcome]
    said = []
    for verdicts, words in (
        ((BETTER,), "Better with B"),
        ((WORSE,), "Worse with B"),
        ((HIGHER, LOWER), "Different with B"),
    ):
        found = [
            f"{_lower(OUTCOME[row.outcome].description)} ({change(row.difference, OUTCOME[row.outcome])})"
            for row in lines(rows)
            if row.verdict in verdicts
        ]
        if found:
            said.append(f"{words}: {'; '.join(found)}.")
    unclear = [_lower(OUTCOME[row.outcome].description) for row in lines(rows) if row.verdict == UNCLEAR]
    if unclear:
        said.append(f"No clear difference: {'; '.join(unclear)}.")
    return said


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
