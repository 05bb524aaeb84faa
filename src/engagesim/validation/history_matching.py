"""History matching finds the part of the prior that the emulators do not rule out, and samples it uniformly.

The *implausibility* of a check is how many standard deviations the emulated outcome lies outside the band that passes
(Craig et al. 1997; Vernon, Goldstein and Bower 2010, doi:10.1214/10-BA524); inside, it is negative. The implausibility
of a fact is the largest of its checks. A parameter set may miss a fifth of the calibration facts, so its own
implausibility is the largest that remains after that many are left out; the literature uses the second or third largest
in the same way. No pattern may be missed.

The sample comes from a sequential Monte Carlo sampler (Del Moral, Doucet and Jasra 2012,
doi:10.1007/s11222-011-9271-y). It starts with places spread over the prior. The cutoff then falls as far as half of
them allow, and Metropolis steps target the uniform distribution on the remaining part. Half of the steps redraw some
parameters from the prior, so a parameter on which no fact depends is uniform over its whole range.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.validation.facts import Fact
from engagesim.validation.scoring import allowed_misses

type Places = NDArray[np.float64]
"""Parameter sets, with values as shares of the prior's ranges, shape (sets, parameters)."""

type Implausibility = Callable[[Places], NDArray[np.float64]]
"""A function that returns each set's implausibility, shape (sets,), at most 0 if all outcomes are in their bands."""

_KEPT = 0.5
"""The share of sets that remain each time the cutoff falls."""

_SWEEPS = 3
"""How often every parameter is moved each time the cutoff falls; at the end, this number doubles."""

_BLOCK = 8
"""Largest number of parameters that move together."""

_LEAST_FALL = 0.01
"""The smallest fall of the cutoff that counts as progress; the sampler stops after six steps with smaller falls."""


class Region(NamedTuple):
    """The part of the prior that is not ruled out.

    ``places`` is a uniform sample of it, shape (sets, parameters). ``cutoff`` is the largest implausibility in it, and
    ``share`` its estimated share of the prior, from 0 to 1.
    """

    places: Places
    cutoff: float
    share: float


def joint_implausibility(facts: Sequence[Fact], of_facts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the implausibility of parameter sets from the implausibilities of the facts.

    Parameters
    ----------
    facts : sequence of Fact
    of_facts : array of float
        Shape (sets, facts), in the order of the facts.

    Returns
    -------
    array of float
        Shape (sets,); minus infinity if there are no calibration facts and no patterns.
    """
    wanted = [place for place, fact in enumerate(facts) if fact.role == "calibration"]
    patterns = [place for place, fact in enumerate(facts) if fact.role == "pattern"]
    worst = np.full(len(of_facts), -np.inf)
    if wanted:
        worst = np.sort(of_facts[:, wanted], axis=1)[:, -1 - allowed_misses(len(wanted))]
    if patterns:
        worst = np.maximum(worst, of_facts[:, patterns].max(axis=1))
    return worst


def not_ruled_out(
    implausibility: Implausibility, parameters: int, cutoff: float, count: int, generator: np.random.Generator
) -> Region:
    """Return a uniform sample of the part of the prior with an implausibility up to a cutoff.

    Parameters
    ----------
    implausibility : callable
    parameters : int
        Number of parameters of a place.
    cutoff : float
        Target of the cutoff; the region says how far it fell, which is less if nothing that plausible is found.
    count : int
        Number of places in the sample.
    generator : numpy.random.Generator

    Returns
    -------
    Region
    """
    places = generator.random((count, parameters))
    values = implausibility(places)
    level, share, stuck = np.inf, 1.0, 0
    while level > cutoff and stuck < 6:
        lower = max(cutoff, float(np.quantile(values, _KEPT, method="lower")))
        stuck = stuck + 1 if level - lower < _LEAST_FALL else 0
        level = lower
        staying = np.flatnonzero(values <= level)
        share *= len(staying) / count
        if len(staying) < count:
            chosen = np.concatenate([staying, generator.choice(staying, count - len(staying))])
            places, values = _moved(places[chosen], values[chosen], implausibility, level, generator)
    places, _ = _moved(places, values, implausibility, level, generator)
    return Region(places, level, share)


def _moved(
    places: Places, values: NDArray[np.float64], implausibility: Implausibility, level: float,
    generator: np.random.Generator,
) -> tuple[Places, NDArray[np.float64]]:  # fmt: skip
    """Move every parameter of every set several times, by steps that preserve the uniform distribution.

    A step is symmetric, and is accepted if it stays within the level. It redraws a block of parameters from the prior,
    or adds the difference between two other places, reflected at the ends of the prior (differential evolution Markov
    chains, ter Braak 2006, doi:10.1007/s11222-006-8769-1). Each half of the places uses differences from the other
    half, which does not move at the same time.
    """
    places, values = places.copy(), values.copy()
    halves = np.array_split(generator.permutation(len(places)), 2)
    for _ in range(_SWEEPS):
        for mine, others in (halves, halves[::-1]):
            for block in _blocks(places.shape[1], generator):
                for proposed in (_drawn, _shifted):
                    there = places[mine]
                    there[:, block] = proposed(places[mine][:, block], places[others][:, block], generator)
                    found = implausibility(there)
                    taken = found <= level
                    places[mine[taken]], values[mine[taken]] = there[taken], found[taken]
    return places, values


def _blocks(parameters: int, generator: np.random.Generator) -> list[NDArray[np.intp]]:
    """Return all parameters in blocks of random size, in random order."""
    cuts = np.cumsum(generator.integers(1, _BLOCK + 1, size=parameters))
    return np.split(generator.permutation(parameters), cuts[cuts < parameters])


def _drawn(mine: Places, others: Places, generator: np.random.Generator) -> Places:
    del others
    return generator.random(mine.shape)


def _shifted(mine: Places, others: Places, generator: np.random.Generator) -> Places:
    one, other = (others[generator.integers(len(others), size=len(mine))] for _ in range(2))
    reach = generator.choice([0.5, 1.0]) * 2.38 / np.sqrt(2 * mine.shape[1])
    return _reflected(mine + reach * (one - other) + generator.normal(0.0, 0.01, mine.shape))


def _reflected(places: Places) -> Places:
    """Reflect values at 0 and 1 as often as needed, so that steps stay symmetric."""
    folded = np.mod(places, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)
