"""Which package a comparison favours, in which contexts, and which others cannot be told apart from it.

In each context, a package is *in front* if it meets two conditions. It is better than doing nothing by more than a
negligible amount, and it is not clearly behind the package that does most: the interval of its shortfall, over
resampled seeds, does not lie wholly beyond what is negligible. The recommended package is in front in most contexts and
does harm in none. Among several, it is the cheapest, because nothing shows that a more expensive one does more.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import BETTER, NEGLIGIBLE, UNTOLD, WORSE
from engagesim.analysis.intervals import USUAL, percentiles
from engagesim.study.intervention_packages import BASELINE


class Recommendation(NamedTuple):
    """The recommendation from a comparison.

    Attributes
    ----------
    package : str
        The recommended package; empty if none is better than doing nothing in any context, or if neither more nor less
        of the outcome is better.
    front : tuple of str
        Contexts in which the package is in front.
    alone : tuple of str
        Contexts in which it is in front and does clearly more than every other package.
    better : tuple of str
        Contexts in which the package is better than doing nothing.
    as_good : tuple of str
        Other packages that are in front wherever this one is, in order of cost.
    is_equal : bool
        Whether these differ from it by a negligible amount in all those contexts; if not, more seeds would be needed to
        tell whether they differ by more.
    harmful : tuple of str
        Packages that are worse than doing nothing in at least one context.
    elsewhere : mapping of str to str
        Contexts in which it is not in front, each with the package that does most there, or an empty text if none is
        better than doing nothing.
    """

    package: str
    front: tuple[str, ...]
    alone: tuple[str, ...]
    better: tuple[str, ...]
    as_good: tuple[str, ...]
    is_equal: bool
    harmful: tuple[str, ...]
    elsewhere: Mapping[str, str]


def recommend(comparison: Comparison) -> Recommendation:
    """Return the package that a comparison favours."""
    rows = comparison.main
    harmful = tuple(dict.fromkeys(rows[rows["verdict"] == WORSE]["package"]))
    leads = {context: _in_front(comparison, context) for context in comparison.contexts}
    candidates = [name for name in dict.fromkeys(rows["package"]) if name not in harmful]
    candidates = [name for name in candidates if any(name in lead for lead in leads.values())]
    if not candidates or not comparison.asked.better:
        return Recommendation("", (), (), (), (), False, harmful, {context: "" for context in comparison.contexts})
    costs, effects = mean_costs(comparison), comparison.costs.groupby("package", sort=False)["effect"].mean()
    better = rows[rows["verdict"] == BETTER].groupby("package")["context"].agg(tuple)

    def order(name: str) -> tuple[float, ...]:
        in_front = sum(name in lead for lead in leads.values())
        return (-in_front, -len(better.get(name, ())), costs[name], -float(effects[name]))

    best = min(candidates, key=order)
    front = tuple(context for context, lead in leads.items() if best in lead)
    others = sorted((name for name in candidates if name != best), key=order)
    rivals = [name for name in dict.fromkeys(rows["package"]) if name != best]
    alone = (each for each in front if all(shortfall(comparison, each, name, best)[0] > 0 for name in rivals))
    as_good = tuple(name for name in others if all(name in leads[context] for context in front))
    return Recommendation(
        best,
        front,
        tuple(alone),
        tuple(better[best]),
        as_good,
        bool(as_good) and all(_is_equal(comparison, context, best, as_good) for context in front),
        harmful,
        {context: next(iter(lead), "") for context, lead in leads.items() if best not in lead},
    )


def mean_costs(comparison: Comparison) -> dict[str, float]:
    """Return each package's mean cost over contexts to three digits; smaller differences do not count."""
    costs = comparison.costs.groupby("package", sort=False)["cost"].mean()
    return {str(name): float(f"{cost:.3g}") for name, cost in costs.items()}


def leading(comparison: Comparison, most: int) -> list[str]:
    """Return the recommended package and those with the best mean effects over contexts: ``most`` packages in all."""
    advice = recommend(comparison)
    effects = comparison.costs[comparison.costs["package"] != BASELINE].groupby("package", sort=False)["effect"].mean()
    by_rank = effects.sort_values(ascending=False, kind="stable").index
    return list(dict.fromkeys([*([advice.package] if advice.package else []), *map(str, by_rank)]))[:most]


def shortfall(comparison: Comparison, context: str, package: str, other: str) -> tuple[float, float]:
    """Return the interval of a package's shortfall against another, from seeds resampled for both together."""
    draws = _draws(comparison, context)
    low, high = percentiles((draws[other] - draws[package]).to_numpy(), USUAL.level)
    return float(low), float(high)


def verdicts(comparison: Comparison, package: str) -> dict[str, str]:
    """Return the verdict on a package for the main outcome, by context."""
    rows = comparison.main[comparison.main["package"] == package]
    return dict(zip(rows["context"], rows["verdict"], strict=True))


def is_negligible_everywhere(comparison: Comparison, packages: Sequence[str]) -> bool:
    """Whether the effect of every package is negligible or zero in every context."""
    told = {verdict for package in packages for verdict in verdicts(comparison, package).values()}
    return told <= {NEGLIGIBLE, *UNTOLD[2:]}


def _in_front(comparison: Comparison, context: str) -> list[str]:
    """Return the leading packages in a context, starting with the one that has the largest effect."""
    rows = comparison.main
    rows = rows[(rows["context"] == context) & (rows["verdict"] == BETTER)]
    rows = rows.sort_values("difference", ascending=comparison.asked.better < 0, kind="stable")
    names = list(rows["package"])
    least = comparison.asked.negligible
    return [name for name in names if name == names[0] or shortfall(comparison, context, name, names[0])[0] <= least]


def _is_equal(comparison: Comparison, context: str, best: str, others: Sequence[str]) -> bool:
    ends = [shortfall(comparison, context, best, other) for other in others]
    return all(max(abs(low), abs(high)) <= comparison.asked.negligible for low, high in ends)


def _draws(comparison: Comparison, context: str) -> pd.DataFrame:
    cloud = comparison.cloud[comparison.cloud["context"] == context]
    return cloud.pivot(index="draw", columns="package", values="effect")
