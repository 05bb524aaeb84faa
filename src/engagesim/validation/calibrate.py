"""Calibration: from a prior over parameters to an ensemble of sets that meet the facts.

Four waves. The first covers the prior evenly (a Latin hypercube), which tells the share of it that meets the facts, and
where to continue. The second searches by differential evolution, which needs no slopes and keeps a population. The
third walks about where the facts are met: approximate Bayesian computation by Markov chains (Marjoram et al. 2003,
doi:10.1073/pnas.0306899100), which leaves a uniform prior uniform within that region. The fourth judges sets that lie
far apart anew, on seeds that no search has seen; those that still meet the facts are the ensemble.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import differential_evolution
from scipy.stats import binomtest, qmc

from engagesim.analysis.sensitivity import morris_indices, sobol_indices
from engagesim.parameters import parameter_table
from engagesim.study.description import Study
from engagesim.study.designs import DUMMY, design_points
from engagesim.validation.experiments import SIZES, Laboratory, ParameterSet, Size, observe
from engagesim.validation.facts import Fact
from engagesim.validation.parameter_sets import PRIOR, from_unit, to_unit
from engagesim.validation.scoring import closeness, judge_each, meets_jointly

PRIOR_SIZE = Size(4, 10)
SEARCH_SIZE = Size(6, 20)
"""Sizes of the experiments of the first wave and of the second; the third takes the full one."""

FRESH = 1_000_000
"""How far the seeds of the judgement lie from those of the search."""

_TOGETHER = 8
"""Parameter sets that are tried together."""

_POPULATION = 24
"""Parameter sets that the search improves side by side: the best known ones, and the best of the prior's sample."""

_MOVED, _STRIDE = (2, 9), 0.15
"""How many parameters move at a step of the walk (from, up to but without), and how far, in widths of the prior."""

_CROSSING = 0.15
"""Part of the parameters that change together: few, as most changes of a set that does well do harm."""


class Tried(NamedTuple):
    """A parameter set, the facts that it meets, and how near it comes to each."""

    set: dict[str, float]
    met: tuple[str, ...]
    near: dict[str, float]


class Effort(NamedTuple):
    """How much is tried: sets from the prior, in the search, on the walk, judged anew, and kept at most."""

    prior: int
    search: int
    walk: int
    judged: int
    keep: int
    seed: int


class Calibrated(NamedTuple):
    """What a calibration found: the ensemble, best first, and all that was tried in each wave."""

    members: tuple[Tried, ...]
    prior: tuple[Tried, ...]
    search: tuple[Tried, ...]
    judged: tuple[Tried, ...]


type Try = Callable[[Sequence[ParameterSet], Size, int], list[Tried]]
"""Tries some parameter sets at a size, with a shift of the seeds."""


type Value = Callable[[Tried], float]
"""Tells how much a parameter set is worth; more is better."""


def trying(facts: Sequence[Fact], laboratory: Laboratory, last: ParameterSet) -> Try:
    """Return what tries parameter sets on facts in a laboratory; ``last`` goes before all they say."""

    def attempt(sets: Sequence[ParameterSet], size: Size, shift: int) -> list[Tried]:
        base = laboratory.base.changed({"seed": laboratory.base.seed + shift})
        readings = observe(facts, sets, laboratory._replace(base=base, size=size), last)
        cards = judge_each(facts, readings)
        nears = [
            closeness(facts, {key: (each[number],) for key, each in readings.items()}) for number in range(len(sets))
        ]
        return [Tried(dict(some), card.met(), near) for some, card, near in zip(sets, cards, nears, strict=True)]

    return attempt


def calibrate(facts: Sequence[Fact], starts: Sequence[ParameterSet], effort: Effort, attempt: Try) -> Calibrated:
    """Find an ensemble of parameter sets.

    Parameters
    ----------
    facts : sequence of Fact
        Those of the role ``calibration`` are to be met by four fifths, those of the role ``pattern`` all.
    starts : sequence of mapping
        Sets known before, which the search begins from, beside the best of the prior's sample.
    effort : Effort
    attempt : callable
        Tries sets, as :func:`trying` does.
    """
    value = _valued(facts)
    prior = in_turn(attempt, _sample(effort.prior, effort.seed), PRIOR_SIZE, 0)
    first = [_whole(start) for start in starts][:_POPULATION]
    first += [tried.set for tried in sorted(prior, key=value, reverse=True)][: _POPULATION - len(first)]
    search = _evolve(first, effort, attempt, value)
    search += _walk(sorted(search, key=value, reverse=True), effort, attempt, facts)
    ranked = sorted(search, key=value, reverse=True)
    belonging = [tried for tried in ranked if belongs(tried, facts)]
    shortlist = _far_apart(belonging, effort.judged) or ranked[: effort.judged]
    judged = in_turn(attempt, [tried.set for tried in shortlist], SIZES["full"], FRESH)
    meeting = sorted((tried for tried in judged if belongs(tried, facts)), key=value, reverse=True)
    return Calibrated(tuple(_far_apart(meeting, effort.keep)), tuple(prior), tuple(search), tuple(judged))


def _evolve(first: Sequence[ParameterSet], effort: Effort, attempt: Try, value: Value) -> list[Tried]:
    """Improve a population by differential evolution (Storn and Price 1997), and return all that was tried."""
    search: list[Tried] = []

    def loss(places: NDArray[np.float64]) -> list[float]:
        found = in_turn(attempt, [from_unit(place) for place in places.T], SEARCH_SIZE, 0)
        search.extend(found)
        return [-value(tried) for tried in found]

    differential_evolution(
        loss,
        [(0.0, 1.0)] * len(PRIOR),
        strategy="currenttobest1bin",
        init=np.array([to_unit(some) for some in first]),
        maxiter=effort.search // len(first),
        recombination=_CROSSING,
        rng=effort.seed,
        tol=0,
        polish=False,
        updating="deferred",
        vectorized=True,
    )
    return search


def _walk(ranked: Sequence[Tried], effort: Effort, attempt: Try, facts: Sequence[Fact]) -> list[Tried]:
    """Walk in chains from the best sets that belong, step by step to others that do; return all that was tried."""
    found = [tried for tried in ranked if belongs(tried, facts)]
    if not found:
        return []
    generator = np.random.default_rng(effort.seed)
    chains = [to_unit(found[number % len(found)].set) for number in range(_TOGETHER)]
    walked: list[Tried] = []
    for _ in range(effort.walk // _TOGETHER):
        steps = [_step(place, generator) for place in chains]
        tried = attempt([from_unit(step) for step in steps], SEARCH_SIZE, 0)
        chains = [
            step if belongs(there, facts) else place for place, step, there in zip(chains, steps, tried, strict=True)
        ]
        walked.extend(tried)
    return walked


def _step(place: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    """Return a place near another: a few parameters move, and those that would leave the prior are turned back."""
    step = place.copy()
    moved = generator.choice(len(place), generator.integers(*_MOVED), replace=False)
    step[moved] += generator.normal(0.0, _STRIDE, len(moved))
    return np.asarray(1.0 - np.abs(1.0 - np.abs(step)), dtype=np.float64).clip(0.0, 1.0)


def belongs(tried: Tried, facts: Sequence[Fact]) -> bool:
    """Tell whether a set meets enough of the facts to calibrate on, and every pattern."""
    return meets_jointly(tried.met, facts)


def share_of_prior(tried: Sequence[Tried], facts: Sequence[Fact]) -> tuple[int, float, float]:
    """Return how many sets of the prior's sample belong, and the 95 percent interval of that share (Wilson 1927)."""
    belonging = sum(belongs(each, facts) for each in tried)
    interval = binomtest(belonging, len(tried)).proportion_ci(method="wilson")
    return belonging, float(interval.low), float(interval.high)


def _valued(facts: Sequence[Fact]) -> Value:
    """Return the worth of a set: facts met and how near the others are, calibration and patterns alike."""
    roles = {role: [fact.id for fact in facts if fact.role == role] for role in ("calibration", "pattern")}

    def value(tried: Tried) -> float:
        parts = [
            np.mean([(name in tried.met) + tried.near[name] ** 2 for name in names]) / 2
            for names in roles.values() if names
        ]  # fmt: skip
        return float(np.sum(parts))

    return value


def in_turn(attempt: Try, sets: Sequence[ParameterSet], size: Size, shift: int) -> list[Tried]:
    """Try some sets, a few at a time, so that what was tried can be kept as it comes."""
    return [
        tried
        for begin in range(0, len(sets), _TOGETHER)
        for tried in attempt(sets[begin : begin + _TOGETHER], size, shift)
    ]


def _sample(count: int, seed: int) -> list[dict[str, float]]:
    shares = qmc.LatinHypercube(len(PRIOR), rng=seed).random(count)
    return [from_unit(row) for row in shares]


def _whole(start: ParameterSet) -> dict[str, float]:
    """Return a set with the default of each parameter that it does not name, moved into the prior where outside."""
    defaults: dict[str, Any] = {row.path: row.default for row in parameter_table()}
    return from_unit(to_unit({path: start.get(path, defaults[path]) for path in PRIOR}))


def _far_apart(ranked: Sequence[Tried], count: int) -> list[Tried]:
    """Return the first, and then again and again the one that is farthest from all that were taken."""
    if len(ranked) <= count:
        return list(ranked)
    places = np.array([to_unit(tried.set) for tried in ranked])
    taken = [0]
    distance = np.linalg.norm(places - places[0], axis=1)
    while len(taken) < count:
        taken.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(places - places[taken[-1]], axis=1))
    return [ranked[number] for number in sorted(taken)]


MATTERING = 8
"""Parameters that Sobol indices are taken of: those that move the facts most."""

_NEAR = "quality"
"""The column that carries the closeness: indices are taken of a column of runs, by its name."""


def screen(attempt: Try, paths: int, seed: int) -> pd.DataFrame:
    """Return Morris's measures of every parameter of the prior, those that move the facts most first.

    Returns
    -------
    DataFrame
        Columns ``parameter``, ``mu_star`` with its 95 percent interval, ``sigma``, in shares of all facts.
    """
    study = _study(PRIOR, "morris", paths, seed)
    table = morris_indices(study, _runs(attempt, study), _NEAR)
    columns = ["mu_star", "mu_star_low", "mu_star_high", "sigma"]
    return _named(table[columns].sort_values("mu_star", ascending=False))


def indices(attempt: Try, parameters: Sequence[str], samples: int, seed: int) -> pd.DataFrame:
    """Return first-order and total Sobol indices of some parameters, all others as they are.

    Returns
    -------
    DataFrame
        Columns ``parameter``, ``first`` and ``total`` with their 95 percent intervals.
    """
    study = _study(parameters, "sobol", samples, seed)
    return _named(sobol_indices(study, _runs(attempt, study), _NEAR).sort_values("total", ascending=False))


def _study(parameters: Iterable[str], kind: str, samples: int, seed: int) -> Study:
    factors = {path: {"path": path, "low": PRIOR[path][0], "high": PRIOR[path][1]} for path in parameters}
    return Study.of({"factors": factors, "design": {"kind": kind, "samples": samples, "seed": seed}, "replicates": 1})


def _runs(attempt: Try, study: Study) -> pd.DataFrame:
    """Try every point of a design, in the form of the runs of a study."""
    points = design_points(study)
    sets = points.drop(columns=DUMMY).to_dict(orient="records")
    tried = in_turn(
        attempt, [{str(path): float(value) for path, value in some.items()} for some in sets], PRIOR_SIZE, 0
    )
    near = [float(np.mean([value for name, value in each.near.items()])) for each in tried]
    return points.assign(point=range(len(points)), seed=0, failed=None, **{_NEAR: near})


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename_axis("parameter").reset_index()
