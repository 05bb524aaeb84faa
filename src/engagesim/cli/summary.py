"""What a run shows at its end: a table of measures, and what happened in words; the same for other programs."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from engagesim.cli.exit_codes import one_line
from engagesim.measures import MEASURES, Measure
from engagesim.mechanisms.design import measures_of
from engagesim.study.observed import TIMES
from engagesim.study.provenance import Record

SHOWN = (
    "quality", "engaged", "client", "success_rate", "accommodate", "cocreate", "sponsor", "trust", "morale",
    "coalition_share",
)  # fmt: skip
"""Measures in the table that a run ends with."""

_YEAR = 12


def show(metrics: pd.DataFrame, words: list[str], measures: Sequence[Measure] = MEASURES) -> None:
    """Print the table, in which measures of mechanisms stand last, and the words."""
    console, months = Console(), _window(metrics)
    table = Table("measure", "meaning", f"first {months} months", f"last {months} months")
    about = {measure.name: measure.description for measure in measures}
    for name in (*SHOWN, *(measure.name for measure in measures[len(MEASURES) :])):
        first, last = metrics[name].head(months).mean(), metrics[name].tail(months).mean()
        table.add_row(name, about[name], f"{first:.2f}", f"{last:.2f}")
    console.print(table)
    for sentence in words:
        console.print(one_line(f"• {sentence}"), highlight=False, markup=False)


def summary(metrics: pd.DataFrame, record: Record, words: list[str]) -> dict[str, Any]:
    """Return what came of a run for other programs: its words, and each measure at the start and at the end."""
    months = _window(metrics)
    return {
        "name": record.parameters.name,
        "seed": record.parameters.seed,
        "months": len(metrics),
        "model_version": record.model_version,
        "words": words,
        "months_averaged": months,
        "measures": {
            measure.name: {
                "unit": measure.unit,
                "start": _mean(metrics[measure.name].head(months)),
                "end": _mean(metrics[measure.name].tail(months)),
            }
            for measure in measures_of(type(record.parameters))
        },
    }


def _mean(values: "pd.Series[float]") -> float | None:
    """Return the mean of some months; of a month in which something happened that month, once it has come."""
    if values.name not in TIMES:
        return float(values.mean())
    return float(values.iloc[-1]) if values.iloc[-1] >= 0 else None


def _window(metrics: pd.DataFrame) -> int:
    """Return how many months at the start and at the end of a run are averaged: a year, or half of a short run."""
    return max(1, min(_YEAR, len(metrics) // 2))
