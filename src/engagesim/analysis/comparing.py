"""A comparison of packages: the same societies with and without each, in every context, and what that says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.analysis.comparison import (
    GROUPS,
    OUTCOMES,
    Resampling,
    acceptability,
    compare,
    cost_effect_cloud,
    cost_effectiveness,
    outcome_values,
    profiles,
    runs_saved,
)
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.study.packages import Package, apply, cost

type Simulate = Callable[[Sequence[Parameters], Sequence[int]], NDArray[np.float64]]

BASELINE = "baseline"
"""Name of the society without any package."""

_CLOUD = 500


@dataclass(frozen=True)
class Comparison:
    """What came of a comparison; every table has the column ``context``.

    Attributes
    ----------
    contexts : mapping of str to Parameters
        The society of each context, without packages.
    packages : mapping of str to sequence of Package
        Those compared in each context (scaled, where they were to cost the same), without the baseline.
    seeds : sequence of int
    outcome : str
        The outcome that matters most: the tables on cost go by it.
    differences, groups : DataFrame
        As ``analysis.comparison.compare`` gives them, on ``OUTCOMES`` and on ``GROUPS``.
    profiles : DataFrame
        Differences year by year, as ``analysis.comparison.profiles`` gives them.
    costs, cloud, best_buy : DataFrame
        As ``cost_effectiveness``, ``cost_effect_cloud`` and ``acceptability`` give them.
    saved : DataFrame
        ``package``, ``outcome``, ``times``: how many times as many runs independent seeds would take.
    """

    contexts: Mapping[str, Parameters]
    packages: Mapping[str, Sequence[Package]]
    seeds: Sequence[int]
    outcome: str
    differences: pd.DataFrame
    groups: pd.DataFrame
    profiles: pd.DataFrame
    costs: pd.DataFrame
    cloud: pd.DataFrame
    best_buy: pd.DataFrame
    saved: pd.DataFrame


def compare_packages(
    contexts: Mapping[str, Parameters], packages: Mapping[str, Sequence[Package]], seeds: Sequence[int], outcome: str,
    simulate: Simulate,
) -> Comparison:  # fmt: skip
    """Simulate every context with and without each package, on the same seeds, and compare.

    Parameters
    ----------
    contexts : mapping of str to Parameters
    packages : mapping of str to sequence of Package
        By context.
    seeds : sequence of int
        At least two.
    outcome : str
        One of ``OUTCOMES``.
    simulate : callable
        Simulates points with seeds; returns metrics of shape (points, seeds, months, measures).
    """
    tables: dict[str, list[pd.DataFrame]] = {}
    resampling = Resampling(tables=len(contexts))
    for context, parameters in contexts.items():
        some = packages[context]
        metrics = simulate([parameters, *(apply(package, parameters) for package in some)], seeds)
        costs = [0.0, *(cost(package, parameters) for package in some)]
        for name, table in _tables(metrics, [BASELINE, *(p.name for p in some)], costs, outcome, resampling).items():
            table.insert(0, "context", context)
            tables.setdefault(name, []).append(table)
    joined: Any = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    return Comparison(contexts, packages, seeds, outcome, **joined)


def _tables(
    metrics: NDArray[np.float64], names: Sequence[str], costs: Sequence[float], outcome: str, resampling: Resampling
) -> dict[str, pd.DataFrame]:
    def measure(name: str) -> NDArray[np.float64]:
        return metrics[..., MEASURE_NAMES.index(name)]

    values = outcome_values(measure)
    sign = next(-1.0 if found.better < 0 else 1.0 for found in OUTCOMES if found.name == outcome)
    wanted = sign * values[outcome]
    effects = cost_effectiveness(wanted, costs, names, resampling)
    return {
        "differences": compare(values, names, OUTCOMES, resampling),
        "groups": compare(outcome_values(measure, GROUPS), names, GROUPS, resampling),
        "profiles": profiles(measure, names, resampling=resampling),
        "costs": effects,
        "cloud": cost_effect_cloud(wanted, costs, names, resampling._replace(draws=_CLOUD)),
        "best_buy": acceptability(wanted, costs, names, _prices(effects), resampling),
        "saved": pd.concat(
            [
                pd.DataFrame({"package": names[1:], "outcome": name, "times": runs_saved(found)})
                for name, found in values.items()
            ],
            ignore_index=True,
        ),
    }


def _prices(effects: pd.DataFrame) -> list[float]:
    """Return prices for a unit of the outcome, from nothing to well above what the dearest good package takes."""
    most = effects["cost_per_unit"].replace(np.inf, np.nan).max()
    return [float(price) for price in np.linspace(0, 3 * most, 25)] if np.isfinite(most) and most > 0 else [0.0]
