"""Verification: limits with a known answer, and both clocks docked on the same societies."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engagesim.evidence.experiments import Laboratory, ParameterSet
from engagesim.evidence.facts import Fact
from engagesim.evidence.limits import Limit, known_answers
from engagesim.study.living import Simulate

_PEOPLE = 30


class Docking(NamedTuple):
    """How many societies were lived by both clocks, how many numbers compared, and how many differ in any bit."""

    societies: int
    numbers: int
    differing: int


class Verification(NamedTuple):
    """Whether the code does what it is meant to."""

    limits: tuple[Limit, ...]
    docking: Docking


def verify(facts: Sequence[Fact], some: ParameterSet, laboratory: Laboratory, other: Simulate) -> Verification:
    """Put the laboratory's clock to every known answer, and dock it with another clock."""
    return Verification(known_answers(laboratory.simulate), dock(facts, some, laboratory, other))


def dock(facts: Sequence[Fact], some: ParameterSet, laboratory: Laboratory, other: Simulate) -> Docking:
    """Live the last arm of every fact by the laboratory's clock and by another, and compare all measures bit by bit.

    The societies are small: one district of thirty citizens, under one parameter set.
    """
    small = {"population.districts": 1, "population.citizens": _PEOPLE}
    numbers = differing = 0
    for fact in facts:
        point = fact.points(laboratory.base, some, laboratory.catalogue, small)[-1]
        lived = laboratory.simulate([point], [point.seed])
        one, two = lived.metrics, other([point], [point.seed]).only(lived.measures).metrics
        numbers += one.size
        differing += one.size - int(np.isclose(one, two, rtol=0, atol=0, equal_nan=True).sum())
    return Docking(len(facts), numbers, differing)
