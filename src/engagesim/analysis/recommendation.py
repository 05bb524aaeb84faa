"""Which package a comparison speaks for, in which contexts, and which others do as well as far as can be told.

In each context a package is *in front* if it is better than doing nothing by more than a negligible amount, and is not
clearly behind the one that does most: the whole interval of its shortfall, over resampled seeds, is not beyond what is
negligible. The package that is in front in most contexts, and does harm in none, is recommended; of several, the
cheapest, since nothing shows that a dearer one does more.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import BETTER, NEGLIGIBLE, UNTOLD, WORSE
from engagesim.analysis.intervals import USUAL, percentiles
from engagesim.study.intervention_packages import BASELINE


class Recommendation(NamedTuple):
    """What a comparison speaks for.

    Attributes
    ----------
    package : str
        The package that is recommended; empty if none is better than doing nothing in any context, or neither more
        nor less of the outcome is good in itself.
    front : tuple of str
        Contexts in which it is in front.
    better : tuple of str
        Contexts in which it is better than doing nothing.
    as_good : tuple of str
        Other packages that are in front wherever this one is, the cheapest first.
    is_equal : bool
        Whether they differ from it by a negligible amount in all those contexts; if not, they may differ by more, and
        more seeds would be needed to tell.
    harmful : tuple of str
        Packages that are worse than doing nothing in some context, each once.
    elsewhere : mapping of str to str
        Contexts in which it is not in front, each with the package that does most there; empty words if none is
        better than doing nothing.
    """

    package: str
    front: tuple[str, ...]
    better: tuple[str, ...]
    as_good: tuple[str, ...]
    is_equal: bool
    harmful: tuple[str, ...]
    elsewhere: Mapping[str, str]


def recommend(comparison: Comparison) -> Recommendation:
    """Return the package that a comparison speaks for."""
    rows = comparison.main
    harmful = tuple(dict.fromkeys(rows[rows["verdict"] == WORSE]["package"]))
    leads = {context: _in_front(comparison, context) for context in comparison.contexts}
    candidates = [name for name in dict.fromkeys(rows["package"]) if name not in harmful]
    candidates = [name for name in candidates if any(name in lead for lead in leads.values())]
    if not candidates or not comparison.asked.better:
        return Recommendation("", (), (), (), False, harmful, {context: "" for context in comparison.contexts})
    costs, effects = mean_costs(comparison), comparison.costs.groupby("package", sort=False)["effect"].mean()
    better = rows[rows["verdict"] == BETTER].groupby("package")["context"].agg(tuple)

    def order(name: str) -> tuple[float, ...]:
        in_front = sum(name in lead for lead in leads.values())
        return (-in_front, -len(better.get(name, ())), costs[name], -float(effects[name]))

    best = min(candidates, key=order)
    front = tuple(context for context, lead in leads.items() if best in lead)
    others = sorted((name for name in candidates if name != best), key=order)
    as_good = tuple(name for name in others if all(name in leads[context] for context in front))
    return Recommendation(
        best,
        front,
        tuple(better[best]),
        as_good,
        bool(as_good) and all(_is_equal(comparison, context, best, as_good) for context in front),
        harmful,
        {context: next(iter(lead), "") for context, lead in leads.items() if best not in lead},
    )


def mean_costs(comparison: Comparison) -> dict[str, float]:
    """Return the cost of each package, its mean over contexts, to three digits: what differs by less costs the same."""
    costs = comparison.costs.groupby("package", sort=False)["cost"].mean()
    return {str(name): float(f"{cost:.3g}") for name, cost in costs.items()}


def leading(comparison: Comparison, most: int) -> list[str]:
    """Return the package that is recommended and those that do most on average over contexts, ``most`` in all."""
    advice = recommend(comparison)
    effects = comparison.costs[comparison.costs["package"] != BASELINE].groupby("package", sort=False)["effect"].mean()
    by_rank = effects.sort_values(ascending=False, kind="stable").index
    return list(dict.fromkeys([*([advice.package] if advice.package else []), *map(str, by_rank)]))[:most]


def shortfall(comparison: Comparison, context: str, package: str, other: str) -> tuple[float, float]:
    """Return the interval of how far a package falls short of another, from seeds resampled for both together."""
    draws = _draws(comparison, context)
    low, high = percentiles((draws[other] - draws[package]).to_numpy(), USUAL.level)
    return float(low), float(high)


def verdicts(comparison: Comparison, package: str) -> dict[str, str]:
    """Return the verdict on a package in the main outcome, by context."""
    rows = comparison.main[comparison.main["package"] == package]
    return dict(zip(rows["context"], rows["verdict"], strict=True))


def is_negligible_everywhere(comparison: Comparison, packages: Sequence[str]) -> bool:
    """Say whether no package makes more than a negligible difference in any context, as far as can be told."""
    told = {verdict for package in packages for verdict in verdicts(comparison, package).values()}
    return told <= {NEGLIGIBLE, *UNTOLD[2:]}


def _in_front(comparison: Comparison, context: str) -> list[str]:
    """Return the packages in front in a context, the one that does most first."""
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
