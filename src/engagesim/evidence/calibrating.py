"""Calibration: from a prior over parameters to an ensemble of sets that meet the facts.

Three waves. The first covers the prior evenly (a Latin hypercube), which tells the share of it that meets the facts,
and where to go on. The second searches by CMA-ES, a well-tried evolution strategy for rugged landscapes. The third
judges the best anew on seeds that no search has seen; those that still meet the facts, and lie far apart, are the
ensemble.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.stats import binomtest, qmc

from engagesim.errors import EngagementError
from engagesim.evidence.experiments import SIZES, Laboratory, ParameterSet, Size, observe
from engagesim.evidence.facts import Fact
from engagesim.evidence.scoring import closeness, judge_each
from engagesim.evidence.validating import ENOUGH
from engagesim.parameters import parameter_table

PRIOR: Mapping[str, tuple[float, float]] = {
    path: (float(low), float(high))
    for path, (low, high) in yaml.safe_load((Path(__file__).parent / "prior.yaml").read_text("utf-8")).items()
}
"""What a calibration may vary, and how far; uniform."""

PRIOR_SIZE = Size(4, 10)
SEARCH_SIZE = Size(6, 20)
"""Sizes of the experiments of the first wave and of the second; the third takes the full one."""

FRESH = 1_000_000
"""How far the seeds of the judgement lie from those of the search."""

_TOGETHER = 8
"""Parameter sets that are tried at a time: a generation of the search."""

_FIRST_STEP = 0.03
"""Standard deviation of the search's first steps, as a share of the prior's width."""


class Tried(NamedTuple):
    """A parameter set, the facts that it meets, and how near it comes to each."""

    set: dict[str, float]
    met: tuple[str, ...]
    near: dict[str, float]


class Effort(NamedTuple):
    """How much is tried: sets from the prior, sets in the search, sets judged anew, and sets kept at most."""

    prior: int
    search: int
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
        Sets known before, which the search may begin from; it begins from the best of these and the prior's sample.
    effort : Effort
    attempt : callable
        Tries sets, as :func:`trying` does.
    """
    value = _valued(facts)
    prior = in_turn(attempt, _sample(effort.prior, effort.seed), PRIOR_SIZE, 0)
    known = in_turn(attempt, [_whole(start) for start in starts], SEARCH_SIZE, 0)
    again = in_turn(attempt, [max(prior, key=value).set] if prior else [], SEARCH_SIZE, 0)
    if not known and not again:
        raise EngagementError("nothing to begin from: allowed are prior = 1 or more, or the sets of a calibration")
    search = [*known, *again]
    optimiser = _optimiser(max(search, key=value), effort.seed)
    for _ in range(effort.search // _TOGETHER):
        asked = [optimiser.ask() for _ in range(_TOGETHER)]
        found = attempt([from_unit(place) for place in asked], SEARCH_SIZE, 0)
        optimiser.tell([(place, -value(tried)) for place, tried in zip(asked, found, strict=True)])
        search.extend(found)
    shortlist = _far_apart(sorted(search, key=value, reverse=True)[: 3 * effort.judged], effort.judged)
    judged = in_turn(attempt, [tried.set for tried in shortlist], SIZES["full"], FRESH)
    meeting = sorted((tried for tried in judged if belongs(tried, facts)), key=value, reverse=True)
    return Calibrated(tuple(_far_apart(meeting, effort.keep)), tuple(prior), tuple(search), tuple(judged))


def belongs(tried: Tried, facts: Sequence[Fact]) -> bool:
    """Tell whether a set meets enough of the facts to calibrate on, and every pattern."""
    wanted = [fact.id for fact in facts if fact.role == "calibration"]
    patterns = {fact.id for fact in facts if fact.role == "pattern"}
    return len(set(wanted) & set(tried.met)) >= ENOUGH * len(wanted) and patterns <= set(tried.met)


def share_of_prior(tried: Sequence[Tried], facts: Sequence[Fact]) -> tuple[int, float, float]:
    """Return how many sets of the prior's sample belong, and the 95 percent interval of that share (Wilson 1927)."""
    belonging = sum(belongs(each, facts) for each in tried)
    interval = binomtest(belonging, len(tried)).proportion_ci(method="wilson")
    return belonging, float(interval.low), float(interval.high)


def _valued(facts: Sequence[Fact]) -> Callable[[Tried], float]:
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


def from_unit(shares: NDArray[np.float64]) -> dict[str, float]:
    """Return the parameter set at some shares of the prior's ranges, rounded to five digits."""
    return {
        path: float(f"{low + share * (high - low):.5g}")
        for share, (path, (low, high)) in zip(shares, PRIOR.items(), strict=True)
    }


def to_unit(some: ParameterSet) -> NDArray[np.float64]:
    """Return where in the prior's ranges a parameter set lies, from 0 to 1."""
    ends = PRIOR.items()
    places: NDArray[np.float64] = np.clip([(some[path] - low) / (high - low) for path, (low, high) in ends], 0.0, 1.0)
    return places


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


def _optimiser(start: Tried, seed: int) -> Any:
    """Return a separable CMA-ES in the unit cube of the prior (Ros and Hansen 2008)."""
    try:
        from cmaes import SepCMA  # noqa: PLC0415 - an extra
    except ImportError:
        raise EngagementError("calibrate: needs the extra 'search', as in: pip install 'engagesim[search]'") from None
    bounds = np.tile([0.0, 1.0], (len(PRIOR), 1))
    return SepCMA(to_unit(start.set), _FIRST_STEP, bounds=bounds, seed=seed, population_size=_TOGETHER)
