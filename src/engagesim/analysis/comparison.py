"""Compare packages: simulate the same societies with and without each package in every context."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from engagesim.analysis.cost_effectiveness import best_buys, cost_effect_cloud, cost_effectiveness
from engagesim.analysis.differences import IDLE, POWERLESS, compare, profiles, runs_saved
from engagesim.analysis.field import field_sizes
from engagesim.analysis.intervals import Resampling
from engagesim.analysis.outcomes import GROUPS, Outcome, judged, outcome_values, outcomes_of, watched_in
from engagesim.errors import ParameterError
from engagesim.parameters import Parameters
from engagesim.study.intervention_packages import BASELINE, Package, apply, cost, is_ever_in_force
from engagesim.study.observed import Observed
from engagesim.study.run_part import Simulate

_CLOUD = 500
_MOST_BYTES = 500_000_000
"""Largest amount of memory, in bytes, for the metrics of contexts that are simulated together."""


@dataclass(frozen=True)
class Comparison:
    """The results of a comparison; every table has the column ``context``.

    Attributes
    ----------
    contexts : mapping of str to Parameters
        The society of each context, without packages.
    packages : mapping of str to sequence of Package
        Packages compared in each context (scaled, if they must cost the same), without the baseline.
    seeds : sequence of int
    outcome : str
        The main outcome, which the cost tables use.
    differences, groups : DataFrame
        Results of ``analysis.differences.compare`` for ``outcomes`` and for ``GROUPS``. The verdict on a package that
        changed nothing in any society is "changed nothing", or "could not have an effect" if no part of it was in force
        during the run.
    profiles : DataFrame
        Differences year by year, from ``analysis.differences.profiles``.
    costs, cloud, best_buy : DataFrame
        Results of ``cost_effectiveness``, ``cost_effect_cloud`` and ``best_buys``.
    saved : DataFrame
        ``package``, ``outcome``, ``times``: how many times as many runs independent seeds would need.
    sizes : DataFrame
        Effects on service quality in standard deviations of districts, from ``analysis.field.field_sizes``.
    runs : DataFrame
        ``package``, ``seed``, ``difference``: the difference in the main outcome of every society.
    negligible : mapping of str to float
        The differences that a user calls negligible, by outcome; other outcomes have their own values.
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
    sizes: pd.DataFrame
    runs: pd.DataFrame
    negligible: Mapping[str, float] = field(default_factory=dict)

    @property
    def months(self) -> int:
        """Number of months for which every society is simulated."""
        return next(iter(self.contexts.values())).months

    @property
    def main(self) -> pd.DataFrame:
        """Table of differences in the main outcome."""
        return self.differences[self.differences["outcome"] == self.outcome]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Outcomes of the comparison: the usual ones, and the measures of mechanisms."""
        return judged(outcomes_of(type(next(iter(self.contexts.values())))), self.negligible, self.months)

    @property
    def groups_of_people(self) -> tuple[Outcome, ...]:
        """Outcomes by groups of citizens."""
        return judged(GROUPS, self.negligible, self.months)

    @property
    def asked(self) -> Outcome:
        """The main outcome."""
        return next(found for found in self.outcomes if found.name == self.outcome)


def compare_packages(  # noqa: PLR0913 - a full question has six parts
    contexts: Mapping[str, Parameters], packages: Mapping[str, Sequence[Package]], seeds: Sequence[int], outcome: str,
    simulate: Simulate, *, negligible: Mapping[str, float] | None = None,
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
        Simulates points with seeds; the observed measures include those ``watched_in`` the societies.
    negligible : mapping of str to float, optional
        Differences that are too small to matter, by outcome; they replace the outcomes' own values.
    """
    tables: dict[str, list[pd.DataFrame]] = {}
    wanted = {} if negligible is None else dict(negligible)
    resampling = Resampling(tables=len(contexts))
    for context, observed in simulated(contexts, packages, seeds, simulate):
        some, society = packages[context], contexts[context]
        options = _Options(
            [BASELINE, *(package.name for package in some)],
            [0.0, *(cost(package, society) for package in some)],
            [0, *(_start(package) for package in some)],
        )
        outcomes, groups = (judged(each, wanted, society.months) for each in (outcomes_of(type(society)), GROUPS))
        found = _tables(observed, options, (outcome, outcomes, groups), resampling)
        for name in ("differences", "groups"):
            _mark_idle(found[name], observed, some, society)
        for name, table in found.items():
            table.insert(0, "context", context)
            tables.setdefault(name, []).append(table)
    joined: Any = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    return Comparison(contexts, packages, seeds, outcome, **joined, negligible=wanted)


def simulated(
    contexts: Mapping[str, Parameters], packages: Mapping[str, Sequence[Package]], seeds: Sequence[int],
    simulate: Simulate,
) -> Iterator[tuple[str, Observed]]:  # fmt: skip
    """Yield the observed measures of each context; the first point is the baseline, and the others are the packages.

    As many contexts as memory allows are simulated together, so that they share social graphs.
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
        If contexts differ in their number of months, or a package does not fit one of them.
    """
    months = {parameters.months for parameters in contexts.values()}
    if len(months) > 1:
        raise ParameterError(f"months = {sorted(months)}: must be the same throughout a comparison")
    return {name: [p, *(apply(package, p) for package in packages[name])] for name, p in contexts.items()}


class _Options(NamedTuple):
    """The options compared in a context, with the baseline first: their names, costs and starting months."""

    names: Sequence[str]
    costs: Sequence[float]
    starts: Sequence[int]


def _start(package: Package) -> int:
    return min((entry.start for entry in package.interventions), default=0)


def _tables(
    observed: Observed, options: _Options, asked: tuple[str, Sequence[Outcome], Sequence[Outcome]],
    resampling: Resampling,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    (name, outcomes, groups), measure, (names, costs, _) = asked, observed.measure, options
    values = outcome_values(measure, outcomes)
    main = next(found for found in outcomes if found.name == name)
    wanted = (-1.0 if main.better < 0 else 1.0) * values[name]
    gains = values[name][1:] - values[name][:1]
    return {
        "differences": compare(values, names, outcomes, resampling),
        "groups": compare(outcome_values(measure, groups), names, groups, resampling),
        "profiles": profiles(measure, names, outcomes, resampling),
        "costs": cost_effectiveness(wanted, costs, names, resampling),
        "cloud": cost_effect_cloud(wanted, costs, names, resampling._replace(draws=_CLOUD)),
        "best_buy": best_buys(wanted, costs, names, main.negligible, resampling),
        "saved": pd.concat(
            [
                pd.DataFrame({"package": names[1:], "outcome": name, "times": runs_saved(found)})
                for name, found in values.items()
            ],
            ignore_index=True,
        ),
        "sizes": field_sizes(measure, names, options.starts, resampling),
        "runs": pd.DataFrame(
            {
                "package": np.repeat(list(names[1:]), gains.shape[1]),
                "seed": np.tile(observed.seeds, len(gains)),
                "difference": gains.ravel(),
            }
        ),
    }


def _mark_idle(table: pd.DataFrame, observed: Observed, packages: Sequence[Package], parameters: Parameters) -> None:
    """Mark packages without any effect, whether they happened to change nothing or never could."""
    values = observed.only(watched_in(type(parameters))).metrics
    for place, package in enumerate(packages, 1):
        if (values[place] == values[0]).all():
            verdict = IDLE if is_ever_in_force(package, parameters) else POWERLESS
            table.loc[table["package"] == package.name, "verdict"] = verdict
