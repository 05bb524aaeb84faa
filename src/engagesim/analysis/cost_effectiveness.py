"""Cost-effectiveness: what each package costs per unit of an outcome, and which packages are dominated."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engagesim.analysis.intervals import USUAL, Resampling, percentiles, ratio, resampled_means
from engagesim.analysis.outcomes import Values


def cost_effectiveness(
    values: Values, costs: Sequence[float], names: Sequence[str], resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Return each package's cost per unit of an outcome, relative to the baseline, and which packages are dominated.

    Costs follow from schedules and are certain; effects are not. The interval of the cost per unit therefore follows
    from that of the effect (percentile bootstrap). It has no upper end if the effect may be zero or negative, and is
    missing if no effect is above 0.

    Parameters
    ----------
    values : array, shape (packages, seeds)
        Values of one outcome for which more is better (change the sign of others); the baseline is first.
    costs : sequence of float, length packages
    names : sequence of str, length packages

    Returns
    -------
    DataFrame
        One row per package, the baseline first: ``package``, ``cost``, ``extra_cost``, ``effect``, ``effect_low``,
        ``effect_high``, ``cost_per_unit``, ``cost_low``, ``cost_high``, ``chance_effective`` (share of resamples with
        an effect above 0), and ``standing``: ``efficient``; ``dominated`` (another package has at least the same effect
        at no higher cost, and is better in one of the two); or ``dominated by a mix`` (two others, each used in some
        places, have the same effect at a lower cost).
    """
    extra = np.asarray(costs, dtype=float) - costs[0]
    gains = values - values[:1]
    effect, draws = gains.mean(axis=1), resampled_means(gains, resampling)
    low, high = percentiles(draws, resampling.level)
    is_dearer = extra >= 0
    return pd.DataFrame(
        {
            "package": list(names),
            "cost": np.asarray(costs, dtype=float),
            "extra_cost": extra,
            "effect": effect,
            "effect_low": low,
            "effect_high": high,
            "cost_per_unit": ratio(extra, effect, is_dearer & (effect > 0), np.nan),
            "cost_low": ratio(extra, high, is_dearer & (high > 0), np.nan),
            "cost_high": np.where(
                is_dearer & (high > 0), ratio(extra, low, is_dearer & (low > 0), np.inf), np.nan
            ),
            "chance_effective": (draws > 0).mean(axis=-1),
            "standing": _standings(extra, effect),
        }
    )  # fmt: skip


def cost_effect_cloud(
    values: Values, costs: Sequence[float], names: Sequence[str], resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Return resampled mean effects and extra costs: the points of a cost-effectiveness plane.

    Arguments are those of :func:`cost_effectiveness`; columns are ``package``, ``draw``, ``extra_cost`` and ``effect``.
    """
    draws = resampled_means(values[1:] - values[:1], resampling)
    count = draws.shape[1]
    return pd.DataFrame(
        {
            "package": np.repeat(list(names[1:]), count),
            "draw": np.tile(np.arange(count), len(draws)),
            "extra_cost": np.repeat(np.asarray(costs[1:], dtype=float) - costs[0], count),
            "effect": draws.ravel(),
        }
    )


def best_buys(
    values: Values, costs: Sequence[float], names: Sequence[str], negligible: float = 0.0,
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Return the best option for each budget, with one row for every budget at which this option changes.

    A more expensive option is chosen only if it gains more than a negligible amount over the cheaper one. A larger
    budget therefore never buys less, and money that makes no difference is not spent.

    Parameters
    ----------
    values, costs, names
        As in :func:`cost_effectiveness`.
    negligible : float
        The largest gain that is too small to pay for, in the unit of the outcome.

    Returns
    -------
    DataFrame
        ``budget`` (0 for the first row, of the baseline or a package that costs nothing), ``package``, ``effect``,
        ``low``, ``high`` (percentile bootstrap), and ``chance``: the share of resamples in which no other affordable
        option exceeds its gain by more than a negligible amount.
    """
    extra = np.asarray(costs, dtype=float) - costs[0]
    draws = resampled_means(values - values[:1], resampling)
    effect = (values - values[:1]).mean(axis=1)
    low, high = percentiles(draws, resampling.level)
    rows: list[dict[str, object]] = []
    chosen = 0
    for budget in sorted({0.0, *extra[extra > 0]}):
        bought = np.flatnonzero(extra <= budget)
        best = bought[np.lexsort((extra[bought], -effect[bought]))[0]]
        if rows and effect[best] <= effect[chosen] + negligible:
            continue
        chosen = int(best if rows or effect[best] > negligible else chosen)
        most = draws[bought].max(axis=0)
        rows.append(
            {
                "budget": budget, "package": names[chosen], "effect": effect[chosen], "low": low[chosen],
                "high": high[chosen], "chance": (draws[chosen] >= most - negligible).mean(),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["budget", "package", "effect", "low", "high", "chance"])


def _standings(costs: Values, effects: Values) -> list[str]:
    """Classify each option by its position relative to the efficiency frontier of costs and mean effects."""
    dominated = [
        bool(np.any((costs <= c) & (effects >= e) & ((costs < c) | (effects > e))))
        for c, e in zip(costs, effects, strict=True)
    ]
    left = [number for number, is_dominated in enumerate(dominated) if not is_dominated]
    mixed = {one for one in left if _is_beaten_by_a_mix(one, left, costs, effects)}
    return [
        "dominated" if is_dominated else "dominated by a mix" if number in mixed else "efficient"
        for number, is_dominated in enumerate(dominated)
    ]


def _is_beaten_by_a_mix(one: int, options: list[int], costs: Values, effects: Values) -> bool:
    """Whether a straight line between a cheaper and a more expensive option passes above this one."""
    cheaper = [other for other in options if costs[other] < costs[one]]
    dearer = [other for other in options if costs[other] > costs[one]]
    for low in cheaper:
        for high in dearer:
            share = (costs[one] - costs[low]) / (costs[high] - costs[low])
            if effects[low] + share * (effects[high] - effects[low]) > effects[one]:
                return True
    return False
