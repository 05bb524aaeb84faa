"""Search for good packages within a budget: find them on some seeds, and judge them on others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from engagesim.analysis.comparison import compare_packages
from engagesim.analysis.outcomes import DIRECTED, OUTCOMES, outcome_values
from engagesim.errors import EngagementError, ExtraError
from engagesim.parameters import Intervention, Parameters
from engagesim.study.intervention_packages import BASELINE, Package, apply, cost, equal_budget
from engagesim.study.run_part import Simulate

_BATCH = 8
"""Number of packages that are simulated together."""

type _Chosen = tuple[str, ...]
type _Gains = tuple[float, ...]


@dataclass(frozen=True)
class Search:
    """Settings of a search: objectives from ``DIRECTED``, a budget, and how many packages to try and to keep."""

    objectives: tuple[str, ...] = ("quality",)
    budget: float = 500_000.0
    tries: int = 100
    most: int = 3
    seeds: int = 20
    fresh_seeds: int = 100
    keep: int = 5
    seed: int = 1


class Ground(NamedTuple):
    """What a search needs: a society without packages, interventions to choose from, and a way to simulate.

    Seeds count up from that of ``parameters``: the first are used for choosing, and fresh ones after them for judging.
    """

    context: str
    parameters: Parameters
    catalogue: Mapping[str, Intervention]
    simulate: Simulate


@dataclass(frozen=True)
class Searched:
    """The best packages that a search found, with their gains on the seeds of the search and on fresh seeds.

    Attributes
    ----------
    asked : Search
        The settings of the search.
    context : str
        Name of the context.
    table : DataFrame
        One row per package, sorted by the first objective on fresh seeds, best first: ``package``, ``interventions``,
        ``cost``, and for each objective ``NAME_seemed`` (gain on the seeds of the search), ``NAME`` (on fresh seeds),
        ``NAME_low`` and ``NAME_high`` (95 percent interval, all packages together), where more is better. The winner's
        curse is the drop from the first to the second. ``unbeaten`` says whether no other row has more of one objective
        on fresh seeds without less of another.
    tried : DataFrame
        One row for each different package that was tried: ``package``, ``cost``, and each objective on the seeds of the
        search.
    packages : tuple of Package
        The packages of the table.
    """

    asked: Search
    context: str
    table: pd.DataFrame
    tried: pd.DataFrame
    packages: tuple[Package, ...]


def search(asked: Search, ground: Ground) -> Searched:
    """Search for the packages of up to ``most`` interventions that bring the largest gains within a budget.

    Optuna uses the tree-structured Parzen estimator for one objective, and NSGA-II for several. A package that costs
    more than the budget is limited to fewer districts, so every package tried is within the budget. An empty package
    gains nothing and is never among the best.
    """
    names = sorted(name for name, entry in ground.catalogue.items() if entry.cost > 0)
    study = _optuna_study(asked)
    known: dict[_Chosen, _Gains] = {(): (0.0,) * len(asked.objectives)}
    for begin in range(0, asked.tries, _BATCH):
        trials = [study.ask() for _ in range(min(_BATCH, asked.tries - begin))]
        chosen = [_chosen(trial, names, asked.most) for trial in trials]
        new = [some for some in dict.fromkeys(chosen) if some not in known]
        known.update(zip(new, _gains([_package(some, asked, ground) for some in new], asked, ground), strict=True))
        for trial, some in zip(trials, chosen, strict=True):
            study.tell(trial, known[some])
    del known[()]
    if not known:
        raise EngagementError(f"search.tries = {asked.tries}: must be more; the tries found only the empty package")
    packages = [_package(some, asked, ground) for some in known]
    tried = pd.DataFrame(list(known.values()), columns=list(asked.objectives))
    tried.insert(0, "package", [package.name for package in packages])
    tried.insert(1, "cost", [cost(package, ground.parameters) for package in packages])
    return _judged({some: known[some] for some in _best(known, asked)}, tried, asked, ground)


def optimiser() -> Any:
    """Return the search library, Optuna.

    Raises
    ------
    ExtraError
        If Optuna is not installed.
    """
    try:
        import optuna  # noqa: PLC0415 - an extra
    except ImportError:
        raise ExtraError("search", "search") from None
    return optuna


def _optuna_study(asked: Search) -> Any:
    optuna = optimiser()
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
    package = Package(name=" + ".join(names), interventions=tuple(ground.catalogue[name] for name in names))
    if cost(package, ground.parameters) > asked.budget:
        (package,) = equal_budget([package], ground.parameters, asked.budget)
    return package


def _gains(packages: Sequence[Package], asked: Search, ground: Ground) -> list[_Gains]:
    """Return each package's mean gain over the baseline in each objective; positive gains are improvements."""
    if not packages:
        return []
    start = ground.parameters
    seeds = range(start.seed, start.seed + asked.seeds)
    observed = ground.simulate([start, *(apply(package, start) for package in packages)], seeds)
    outcomes = [found for found in OUTCOMES if found.name in asked.objectives]
    values = outcome_values(observed.measure, outcomes)
    gains = [DIRECTED[name] * (values[name][1:] - values[name][:1]).mean(axis=1) for name in asked.objectives]
    return [tuple(map(float, row)) for row in np.array(gains).T]


def _best(known: Mapping[_Chosen, _Gains], asked: Search) -> list[_Chosen]:
    """Return the best packages by one objective, or packages spread over the Pareto front."""
    ranked = sorted(known, key=lambda some: (known[some], some), reverse=True)
    if len(asked.objectives) == 1:
        return ranked[: asked.keep]
    is_unbeaten = unbeaten(np.array([known[some] for some in ranked]).reshape(len(ranked), -1))
    front = [some for some, stands in zip(ranked, is_unbeaten, strict=True) if stands]
    places = np.linspace(0, len(front) - 1, min(asked.keep, len(front))).round().astype(int)
    return [front[place] for place in places]


def unbeaten(gains: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return which rows are Pareto-optimal: no other row beats them in one column without losing in another."""
    no_less = (gains[:, None] >= gains[None]).all(axis=2)
    more = (gains[:, None] > gains[None]).any(axis=2)
    found: np.ndarray[Any, Any] = ~(no_less & more).any(axis=0)
    return found


def _judged(best: Mapping[_Chosen, _Gains], tried: pd.DataFrame, asked: Search, ground: Ground) -> Searched:
    """Compare the best packages on seeds that the search did not use, and label them with letters in order of merit."""
    packages = {package.name: package for package in (_package(some, asked, ground) for some in best)}
    start = ground.parameters.seed + asked.seeds
    found = compare_packages(
        {BASELINE: ground.parameters},
        {BASELINE: tuple(packages.values())},
        range(start, start + asked.fresh_seeds),
        asked.objectives[0],
        ground.simulate,
    ).differences.set_index(["package", "outcome"])
    rows = []
    for package, some in zip(packages.values(), best, strict=True):
        row: dict[str, Any] = {
            "package": package.name, "interventions": len(some), "cost": cost(package, ground.parameters),
        }  # fmt: skip
        for name, seemed in zip(asked.objectives, best[some], strict=True):
            mine: Any = found.loc[(package.name, name)]
            low, high = sorted((DIRECTED[name] * mine.low_all, DIRECTED[name] * mine.high_all))
            row |= {
                f"{name}_seemed": seemed, name: DIRECTED[name] * mine.difference, f"{name}_low": low,
                f"{name}_high": high,
            }  # fmt: skip
        rows.append(row)
    table = pd.DataFrame(rows).sort_values(asked.objectives[0], ascending=False, kind="stable", ignore_index=True)
    table["unbeaten"] = unbeaten(table[list(asked.objectives)].to_numpy())
    lettered = [
        packages[name].model_copy(update={"name": f"found {letter}: {name}"})
        for letter, name in zip(ascii_uppercase, table["package"], strict=False)
    ]
    return Searched(asked, ground.context, table.assign(package=[p.name for p in lettered]), tried, tuple(lettered))
