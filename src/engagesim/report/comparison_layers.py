"""The layers of uncertainty: luck, calibration, context, the definition of a coalition, and the rest."""

from typing import Any

import numpy as np
import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.outcomes import FORMED, Outcome
from engagesim.analysis.recommendation import leading
from engagesim.analysis.robustness import AS_IT_IS
from engagesim.report.comparison_tables import Table
from engagesim.report.comparison_words import amount_of, counts, in_context, roughly, span_of, unit_of
from engagesim.report.text import capital, plain, several

_NINE_OF_TEN = 1.645
_LEFT_OUT = (
    "Not a number: no interval on this page covers whether the model's rules are right, or what they leave out. "
    "The scorecard shows which findings from the field the model misses (engagesim validate)."
)


def layer_table(found: Any) -> Table:
    """Return how each layer of uncertainty affects the gain of the recommended package, or else the highest-ranked one.

    ``found`` is a ``comparison_page.Findings``.
    """
    comparison: Comparison = found.comparison
    package = leading(comparison, 1)[0]
    context = next(iter(comparison.contexts))
    outcome, unit = comparison.asked, unit_of(comparison.asked, False)
    mine = in_context(comparison.runs, context)
    runs = mine[mine["package"] == package]
    luck, calibration = _luck_and_calibration(runs, found, outcome)
    here = f" (in {plain(context)})" if len(comparison.contexts) > 1 else ""
    rows = [
        ("Luck", f"{several(len(runs), 'seed')}{here}", luck),
        ("What calibration left open", f"{several(_sets(found), 'parameter set')}{here}", calibration),
        ("What the context might be", *_contexts(found, package, outcome)),
        ("What counts as a coalition", *_definitions(found, package)),
        ("What the model leaves out", "nothing", _LEFT_OUT),
    ]
    columns = ("Layer", "Varied", f"Difference that {plain(package)} makes to {outcome.description.lower()}")
    scale = f", in{unit}" if unit else ""
    return Table(f"Uncertainty of one result, layer by layer{scale}", columns, rows)


def _sets(found: Any) -> int:
    """Return the number of parameter sets of the societies; those of a place each have a set and a context."""
    return int(found.sets if found.place is None else found.place.societies["set"].nunique())


def _luck_and_calibration(runs: pd.DataFrame, found: Any, outcome: Outcome) -> tuple[str, str]:
    """Split the spread of single societies into chance and parameter sets by a one-way analysis of variance."""
    sets = found.sets
    values = runs["difference"].to_numpy()
    mean = float(values.mean())
    total = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    within, between = spread_by_set(values, runs["seed"].to_numpy() % sets)
    luck = total if np.isnan(within) else within
    said = f"{_range(mean, luck, outcome)} in nine of ten single societies"
    if found.place is not None:
        return (
            f"{said}; part of this is due to the parameter sets and contexts of the place's societies.",
            "Cannot be separated from luck: each of the place's societies has its own set and context.",
        )
    if sets == 1:
        return f"{said}.", "Not tested: only one set was used (calibration=default has more)."
    if np.isnan(between):
        need = 2 * sets
        return (
            f"{said}; part of this is due to parameter sets.",
            f"Cannot be separated from luck: this takes at least two seeds for each set (seeds={need}).",
        )
    return f"{said} with the same parameters.", f"{_range(mean, between, outcome)} on average in nine of ten sets."


def spread_by_set(values: Any, sets: Any) -> tuple[float, float]:
    """Return the standard deviations within and between sets from one value per society; NaN where unknown.

    The method of moments of a random-effects model with one factor (Searle, Casella and McCulloch 1992, Variance
    Components, chapter 3).
    """
    groups = pd.Series(values).groupby(sets)
    sizes, means = groups.size().to_numpy(dtype=float), groups.mean().to_numpy()
    count, kinds = sizes.sum(), len(sizes)
    if count < 2 * kinds or kinds < 2:
        return float("nan"), float("nan")
    inside = float((groups.var(ddof=1).fillna(0.0).to_numpy() * (sizes - 1)).sum() / (count - kinds))
    outside = float((sizes * (means - values.mean()) ** 2).sum() / (kinds - 1))
    each = (count - (sizes**2).sum() / count) / (kinds - 1)
    return inside**0.5, max(0.0, (outside - inside) / each) ** 0.5


def _contexts(found: Any, package: str, outcome: Outcome) -> tuple[str, str]:
    comparison: Comparison = found.comparison
    rows = comparison.main[comparison.main["package"] == package]
    varied, said = [], []
    if len(rows) > 1:
        varied.append(several(len(rows), "named context"))
        said.append(f"{span_of(rows['difference'], outcome, True)} over the named contexts")
    sign = -1.0 if outcome.better < 0 else 1.0
    for tested, what in ((found.tried, "of a grid"), (found.robustness, "drawn from ranges")):
        if tested is not None and package in tested.points:
            gains = sign * tested.points[package]
            varied.append(f"{several(len(gains), 'context')} {what}")
            against = counts(int((sign * gains < 0).sum()), len(gains))
            size = span_of(gains, outcome, True)
            said.append(f"{size} over {len(gains)} contexts, worse than doing nothing in {against}")
    if not varied:
        return "nothing", "Not tested; add uncertain.contexts=200."
    return ", ".join(varied), f"{capital('; '.join(said))}."


def _definitions(found: Any, package: str) -> tuple[str, str]:
    """State how other definitions of a coalition change the result, and how many districts have had a coalition."""
    table, comparison = found.definitions, found.comparison
    if table is None or package not in set(table["package"]):
        return "nothing", "Not tested (unknowns=10 simulates six other definitions)."
    asked = comparison.asked
    mine = table[table["outcome"] == asked.name]
    others = [name for name in dict.fromkeys(mine["definition"]) if name != AS_IT_IS]
    first = sum(
        str(rows.sort_values("difference", ascending=asked.better < 0)["package"].iloc[0]) == package
        for _, rows in mine[mine["definition"] != AS_IT_IS].groupby("definition")
    )
    said = [_under(mine[mine["package"] == package], asked)]
    if mine["package"].nunique() > 1:
        said.append(f"The package comes first under {counts(first, len(others))}.")
    formed = table[(table["outcome"] == FORMED) & (table["package"] == package)]
    if asked.name != FORMED and len(formed):
        outcome = next(each for each in comparison.outcomes if each.name == FORMED)
        said.append(f"{outcome.description}: {_under(formed, outcome)}")
    return f"{len(others)} other definitions", " ".join(said)


def _under(rows: pd.DataFrame, outcome: Outcome) -> str:
    usual: Any = rows[rows["definition"] == AS_IT_IS]["difference"].iloc[0]
    others = rows[rows["definition"] != AS_IT_IS]["difference"]
    now = f"{roughly(usual, outcome, True)}{unit_of(outcome, False)}"
    if (others - usual).abs().max() <= outcome.negligible:
        within = amount_of(outcome.negligible, outcome)
        return f"{now} as defined here, and within {within} of that under all {len(others)} others."
    return f"{now} as defined here, and {span_of(others, outcome, True)} under the others."


def _range(mean: float, spread: float, outcome: Outcome) -> str:
    ends = pd.Series(
        [max(mean - _NINE_OF_TEN * spread, -outcome.reach), min(mean + _NINE_OF_TEN * spread, outcome.reach)]
    )
    return span_of(ends, outcome, True)
