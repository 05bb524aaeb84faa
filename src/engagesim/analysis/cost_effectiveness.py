"""Cost-effectiveness: what each package costs per unit of an outcome, and which are dominated.

References
----------
Fenwick, Claxton and Sculpher (2001), Health Economics 10, 779-787, for acceptability.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engagesim.analysis.intervals import USUAL, Resampling, percentiles, ratio, resampled_means
from engagesim.analysis.outcomes import Values


def cost_effectiveness(
    values: Values, costs: Sequence[float], names: Sequence[str], resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Return what each package costs per unit of an outcome, against the baseline, and which ones are dominated.

    Costs follow from schedules and are certain; effects are not. So the interval of the cost per unit follows from that
    of the effect (percentile bootstrap): it has no upper end if the effect may be zero or negative, and is missing if
    no effect is above 0.

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
        an effect above 0), and ``standing``: ``efficient``; ``dominated`` (another has at least the same effect
        at no higher cost, and is better in one of them); ``dominated by a mix`` (two others, each in some places, have
        the same effect at a lower cost).
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

    Takes the arguments of :func:`cost_effectiveness`; columns ``package``, ``draw``, ``extra_cost``, ``effect``.
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


def acceptability(
    values: Values, costs: Sequence[float], names: Sequence[str], willingness: Sequence[float],
    resampling: Resampling = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """Return how probable it is that each package, or the baseline, is the best buy.

    The best buy has the greatest net benefit, ``willingness * effect - cost``; the first one wins ties.

    Parameters
    ----------
    values, costs, names
        As for :func:`cost_effectiveness`.
    willingness : sequence of float
        What one is willing to pay for a unit of the outcome.

    Returns
    -------
    DataFrame
        Columns ``willingness``, ``package``, ``chance`` (share of resamples); chances add up to 1 for each willingness.
    """
    draws = resampled_means(values - values[:1], resampling)
    extra = np.asarray(costs, dtype=float)[:, None] - costs[0]
    tables = []
    for price in willingness:
        best = np.bincount(np.argmax(price * draws - extra, axis=0), minlength=len(names))
        tables.append(pd.DataFrame({"willingness": price, "package": list(names), "chance": best / draws.shape[1]}))
    return pd.concat(tables, ignore_index=True)


def _standings(costs: Values, effects: Values) -> list[str]:
    """Classify each option by the efficiency frontier over costs and mean effects."""
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
    """Whether a straight line between a cheaper and a dearer option passes above this one."""
    cheaper = [other for other in options if costs[other] < costs[one]]
    dearer = [other for other in options if costs[other] > costs[one]]
    for low in cheaper:
        for high in dearer:
            share = (costs[one] - costs[low]) / (costs[high] - costs[low])
            if effects[low] + share * (effects[high] - effects[low]) > effects[one]:
                return True
    return False
