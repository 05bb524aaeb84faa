"""Compare packages: simulate the same societies with and without each one, in every context, and the differences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

import numpy as np
import pandas as pd

from engagesim.analysis.cost_effectiveness import acceptability, cost_effect_cloud, cost_effectiveness
from engagesim.analysis.differences import IDLE, POWERLESS, compare, profiles, runs_saved
from engagesim.analysis.intervals import Resampling
from engagesim.analysis.outcomes import GROUPS, Outcome, outcome_values, outcomes_of, watched_in
from engagesim.errors import ParameterError
from engagesim.parameters import Parameters
from engagesim.study.observed import Observed
from engagesim.study.packages import BASELINE, Package, apply, cost, is_ever_in_force
from engagesim.study.run_part import Simulate

_CLOUD = 500
_MOST_BYTES = 500_000_000
"""Room for the metrics of contexts that are simulated at once."""


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
        As ``analysis.differences.compare`` gives them, on ``outcomes`` and on ``GROUPS``; the verdict on a package
        that made no society differ in anything is "changed nothing", or "could not have an effect" where nothing of it
        was in force within the months.
    profiles : DataFrame
        Differences year by year, as ``analysis.differences.profiles`` gives them.
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

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What packages are compared on: the usual outcomes, and what mechanisms measure."""
        return outcomes_of(type(next(iter(self.contexts.values()))))

    @property
    def asked(self) -> Outcome:
        """The outcome that matters most."""
        return next(found for found in self.outcomes if found.name == self.outcome)


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
        One of ``outcomes_of`` the societies.
    simulate : callable
        Simulates points with seeds; those ``watched_in`` the societies at least are among the measures observed.
    """
    tables: dict[str, list[pd.DataFrame]] = {}
    resampling = Resampling(tables=len(contexts))
    for context, observed in simulated(contexts, packages, seeds, simulate):
        some = packages[context]
        costs = [0.0, *(cost(package, contexts[context]) for package in some)]
        outcomes = outcomes_of(type(contexts[context]))
        found = _tables(observed, [BASELINE, *(p.name for p in some)], costs, (outcome, outcomes), resampling)
        for name in ("differences", "groups"):
            _mark_idle(found[name], observed, some, contexts[context])
        for name, table in found.items():
            table.insert(0, "context", context)
            tables.setdefault(name, []).append(table)
    joined: Any = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    return Comparison(contexts, packages, seeds, outcome, **joined)


def simulated(
    contexts: Mapping[str, Parameters], packages: Mapping[str, Sequence[Package]], seeds: Sequence[int],
    simulate: Simulate,
) -> Iterator[tuple[str, Observed]]:  # fmt: skip
    """Yield what was observed in each context; the baseline is the first point, and then come its packages.

    Some contexts are simulated at once, so that they share social graphs; not so many that memory runs out.
    """
    points = points_of(contexts, packages)
    first = next(iter(contexts.values()))
    each = max(map(len, points.values())) * len(seeds) * first.months * len(watched_in(type(first))) * 8
    for names in batched(points, max(1, _MOST_BYTES // each)):
        observed = simulate([point for name in names for point in points[name]], seeds)
        begin = 0
        for name in names:
            yield name, observed.points(begin, begin + len(points[name]))
            begin += len(points[name])


def points_of(
    contexts: Mapping[str, Parameters], packages: Mapping[str, Sequence[Package]]
) -> dict[str, list[Parameters]]:
    """Return the baseline and the packages of each context as societies to simulate.

    Raises
    ------
    ParameterError
        Where contexts differ in their number of months, or a package does not fit one of them.
    """
    months = {parameters.months for parameters in contexts.values()}
    if len(months) > 1:
        raise ParameterError(f"months = {sorted(months)}: must be the same in a whole comparison")
    return {name: [p, *(apply(package, p) for package in packages[name])] for name, p in contexts.items()}


def _tables(
    observed: Observed, names: Sequence[str], costs: Sequence[float], asked: tuple[str, Sequence[Outcome]],
    resampling: Resampling,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    (outcome, outcomes), measure = asked, observed.measure
    values = outcome_values(measure, outcomes)
    sign = next(-1.0 if found.better < 0 else 1.0 for found in outcomes if found.name == outcome)
    wanted = sign * values[outcome]
    effects = cost_effectiveness(wanted, costs, names, resampling)
    return {
        "differences": compare(values, names, outcomes, resampling),
        "groups": compare(outcome_values(measure, GROUPS), names, GROUPS, resampling),
        "profiles": profiles(measure, names, outcomes, resampling),
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


def _mark_idle(table: pd.DataFrame, observed: Observed, packages: Sequence[Package], parameters: Parameters) -> None:
    """Say of packages that made no society differ that they changed nothing, or that they could not have."""
    values = observed.only(watched_in(type(parameters))).metrics
    for place, package in enumerate(packages, 1):
        if (values[place] == values[0]).all():
            verdict = IDLE if is_ever_in_force(package, parameters) else POWERLESS
            table.loc[table["package"] == package.name, "verdict"] = verdict


def _prices(effects: pd.DataFrame) -> list[float]:
    """Return prices for a unit of the outcome, from below what the cheapest package takes to above the dearest.

    They are spread evenly by ratio, since packages may cost a hundred times one another for the same.
    """
    costs = effects["cost_per_unit"]
    costs = costs[np.isfinite(costs) & (costs > 0)]
    return [0.0, *np.geomspace(costs.min() / 3, 3 * costs.max(), 24).tolist()] if len(costs) else [0.0]
