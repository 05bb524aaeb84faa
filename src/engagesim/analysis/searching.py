"""Good packages for a budget: found on some seeds, judged on others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from engagesim.analysis.comparing import BASELINE, Simulate, compare_packages
from engagesim.analysis.comparison import OUTCOMES, outcome_values
from engagesim.errors import EngagementError, ParameterError, shown
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Intervention, Parameters
from engagesim.study.packages import Package, apply, cost, equal_budget

_BATCH = 8
"""Packages that are tried at a time."""


@dataclass(frozen=True)
class Searched:
    """The best packages that were found, with what they seemed to gain and what they gain on fresh seeds.

    ``table`` has a row a package, the best on fresh seeds first: ``package``, ``interventions``, ``cost``, and for
    each objective ``NAME_seemed`` (gain on the seeds of the search), ``NAME`` (on fresh seeds), ``NAME_low`` and
    ``NAME_high`` (95 percent interval, all packages together). The winner's curse is how much less the second is than
    the first.
    """

    table: pd.DataFrame
    packages: tuple[Package, ...]
    tried: int


@dataclass(frozen=True)
class Search:
    """What to look for: objectives among ``OUTCOMES``, a budget, how many to try, and how many to keep."""

    objectives: tuple[str, ...] = ("quality",)
    budget: float = 500_000.0
    tries: int = 100
    most: int = 3
    seeds: int = 20
    fresh_seeds: int = 100
    keep: int = 5
    seed: int = 1


class Ground(NamedTuple):
    """Where the search goes on: a society without packages, what there is to choose from, and a way to simulate."""

    parameters: Parameters
    catalogue: Mapping[str, Intervention]
    simulate: Simulate


def search(asked: Search, ground: Ground) -> Searched:
    """Look for packages of up to ``most`` interventions that gain most within a budget.

    Tree-structured Parzen estimator for one objective, NSGA-II for more (Optuna). A package that costs more than the
    budget is scaled down to it in coverage, so that every package tried can be paid.

    Raises
    ------
    ParameterError
        Where an objective is unknown, or can neither be good nor bad.
    """
    directed = {found.name: found.better for found in OUTCOMES if found.better}
    for name in asked.objectives:
        if name not in directed:
            raise ParameterError(f"objectives: {shown(name)}: allowed are {', '.join(directed)}")
    names = sorted(name for name, entry in ground.catalogue.items() if entry.cost > 0)
    study = _optuna_study(asked)
    seeds = range(ground.parameters.seed, ground.parameters.seed + asked.seeds)
    known: dict[tuple[str, ...], tuple[float, ...]] = {}
    for _ in range(-(-asked.tries // _BATCH)):
        trials = [study.ask() for _ in range(_BATCH)]
        chosen = [_chosen(trial, names, asked.most) for trial in trials]
        new = [some for some in dict.fromkeys(chosen) if some not in known]
        gains = _gains([_package(some, asked, ground) for some in new], asked, ground, seeds)
        known.update(zip(new, gains, strict=True))
        for trial, some in zip(trials, chosen, strict=True):
            study.tell(trial, known[some])
    return _judged({some: known[some] for some in _best(known, asked)}, len(known), asked, ground)


def _optuna_study(asked: Search) -> Any:
    try:
        import optuna  # noqa: PLC0415 - an extra
    except ImportError:
        raise EngagementError("search: needs the extra 'search', as in: pip install 'engagesim[search]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    samplers = optuna.samplers
    sampler: Any = samplers.TPESampler(seed=asked.seed)
    if len(asked.objectives) > 1:
        sampler = samplers.NSGAIISampler(seed=asked.seed)
    return optuna.create_study(directions=["maximize"] * len(asked.objectives), sampler=sampler)


def _chosen(trial: Any, names: Sequence[str], most: int) -> tuple[str, ...]:
    picks = {trial.suggest_categorical(f"intervention {place}", ["", *names]) for place in range(most)}
    return tuple(sorted(picks - {""}))


def _package(names: Sequence[str], asked: Search, ground: Ground) -> Package:
    package = Package(
        name=" + ".join(names) or "nothing", interventions=tuple(ground.catalogue[name] for name in names)
    )
    if cost(package, ground.parameters) > asked.budget:
        (package,) = equal_budget([package], ground.parameters, asked.budget)
    return package


def _gains(packages: Sequence[Package], asked: Search, ground: Ground, seeds: Sequence[int]) -> list[tuple[float, ...]]:
    """Return the mean gain over the baseline of each package in each objective, more being better."""
    if not packages:
        return []
    start = ground.parameters
    metrics = ground.simulate([start, *(apply(package, start) for package in packages)], seeds)
    outcomes = [found for found in OUTCOMES if found.name in asked.objectives]
    values = outcome_values(lambda name: metrics[..., MEASURE_NAMES.index(name)], outcomes)
    better = {found.name: found.better for found in outcomes}
    gains = [better[name] * (values[name][1:] - values[name][:1]).mean(axis=1) for name in asked.objectives]
    return [tuple(map(float, row)) for row in np.array(gains).T]


def _best(known: Mapping[tuple[str, ...], tuple[float, ...]], asked: Search) -> list[tuple[str, ...]]:
    """Return the best packages by one objective, or those that none beats in all."""
    ranked = sorted(known, key=lambda some: (known[some], some), reverse=True)
    if len(asked.objectives) > 1:
        ranked = [
            some
            for some in ranked
            if not any(
                all(a >= b for a, b in zip(known[other], known[some], strict=True)) and known[other] != known[some]
                for other in known
            )
        ]
    return ranked[: asked.keep]


def _judged(best: Mapping[tuple[str, ...], tuple[float, ...]], tried: int, asked: Search, ground: Ground) -> Searched:
    """Compare the best on seeds that the search never saw."""
    parameters = ground.parameters
    packages = [_package(some, asked, ground) for some in best]
    start = parameters.seed + asked.seeds
    found = compare_packages(
        {BASELINE: parameters},
        {BASELINE: packages},
        range(start, start + asked.fresh_seeds),
        asked.objectives[0],
        ground.simulate,
    )
    rows = []
    for package, some in zip(packages, best, strict=True):
        row: dict[str, Any] = {
            "package": package.name, "interventions": len(some), "cost": cost(package, parameters),
        }  # fmt: skip
        for name, seemed in zip(asked.objectives, best[some], strict=True):
            mine = found.differences.query("package == @package.name and outcome == @name").iloc[0]
            better = next(each.better for each in OUTCOMES if each.name == name)
            ends = sorted((better * mine["low_all"], better * mine["high_all"]))
            row |= {
                f"{name}_seemed": seemed,
                name: better * mine["difference"],
                f"{name}_low": ends[0],
                f"{name}_high": ends[1],
            }
        rows.append(row)
    table = pd.DataFrame(rows).sort_values(asked.objectives[0], ascending=False, ignore_index=True)
    return Searched(table, tuple(packages), tried)
