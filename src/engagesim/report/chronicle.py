"""What happened when: the news of a run, month by month."""

import pandas as pd

from engagesim.parameters import Intervention, Parameters
from engagesim.report.histories import formation
from engagesim.report.phrases import Mark, counted, openings, plain


def chronicle(metrics: pd.DataFrame, parameters: Parameters) -> list[Mark]:
    """List what happened, in the order of the months; metrics and parameters are those of ``describe_run``.

    There are forms that open and close, other measures that begin and end, elections, politicians replaced between
    them, and how broad coalitions fare. Only what openings and formations are marked with has a ``dash``.
    """
    months = len(metrics)
    marks = [
        mark._replace(text=mark.text.partition(" (month")[0])
        for mark in (*openings(parameters, months), *formation(metrics))
    ]
    for entry in parameters.interventions:
        marks += _measure(entry, months)
    marks += _politics(metrics, parameters)
    marks += _losses(metrics)
    return sorted(marks, key=lambda mark: mark.month)


def _measure(entry: Intervention, months: int) -> list[Mark]:
    ends = ((entry.start, "begins"), (entry.stop, "ends"))
    return [
        Mark(month, f"{plain(entry.name)} {verb}", "") for month, verb in ends if month is not None and month < months
    ]


def _politics(metrics: pd.DataFrame, parameters: Parameters) -> list[Mark]:
    term, districts = parameters.incentives.term, parameters.population.districts
    marks = []
    for month, share in enumerate(metrics["new_politicians"].tolist()):
        replaced = f"{counted(share, districts)} politicians replaced"
        if (month + 1) % term == 0:
            marks.append(Mark(month, f"election: {replaced}", ""))
        elif share > 0:
            marks.append(Mark(month, f"between elections, {replaced}", ""))
    return marks


def _losses(metrics: pd.DataFrame) -> list[Mark]:
    """Tell when, after one had formed, no broad coalition was large enough any more, and when one was again."""
    formed = int(metrics["coalition_month"].iloc[-1])
    is_large = metrics["coalition_age"].to_numpy() > 0
    marks = []
    for month in range(formed + 1, len(is_large)) if formed >= 0 else ():
        if is_large[month - 1] and not is_large[month]:
            marks.append(Mark(month, "the coalition falls below its minimum", ""))
        elif is_large[month] and not is_large[month - 1]:
            marks.append(Mark(month, "a coalition of minimum size again", ""))
    return marks
