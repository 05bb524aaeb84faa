"""Verification: known answers in limiting cases, and a comparison of both engines on the same societies."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace as Given
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.parameters import Parameters
from engagesim.randomness import Purpose, uniform_pair
from engagesim.rules import RULES
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import ARMS_LENGTH, COLLABORATE
from engagesim.study.run_part import Simulate
from engagesim.validation.experiments import Laboratory, ParameterSet
from engagesim.validation.facts import Fact

_CITIZENS = 121
_SENSITIVITY = 100.0
_SETTLING, _MONTHS, _SEEDS = 40, 280, 12
_LEARNERS = 20_000


class KnownAnswer(NamedTuple):
    """A known answer: its source, its value, the model's value, and how far apart the two may be."""

    theory: str
    case: str
    answer: float
    model: float
    within: float

    @property
    def holds(self) -> bool:
        """Whether the model reaches the answer."""
        return abs(self.model - self.answer) <= self.within


def known_answers(simulate: Simulate) -> tuple[KnownAnswer, ...]:
    """Compare the model with every known answer; ``simulate`` runs the society that tests social interactions."""
    return (*_social_interactions(simulate), *_thresholds(), *_learning(), *_services())


def _social_interactions(simulate: Simulate) -> Iterable[KnownAnswer]:
    """Test solidarity among citizens who all know each other: ``m = tanh(b (h + K m))`` (Brock & Durlauf 2001).

    Everyone is asked, and confronts equally readily whether or not an organisation calls for it. Only solidarity and
    the cost of confronting enter the choice between confronting and abstaining. All other options are worth so little
    that their weight is ``exp(-40)``. If a society is to start with everybody engaged, all are made to take part in the
    first month.
    """
    for coupling, field, everybody in ((0.0, -0.4, False), (0.5, 0.3, False), (1.5, 0.0, False), (1.5, 0.0, True)):
        root = _root(coupling, field, everybody)
        engaged = simulate([_lone_solidarity(coupling, field, everybody)], range(_SEEDS)).measure("engaged")
        means = 2 * engaged[0, :, _SETTLING:].mean(axis=1) - 1
        error = 4 * float(means.std(ddof=1)) / _SEEDS**0.5
        start = "everybody" if everybody else "nobody"
        yield KnownAnswer(
            "Social interactions (Brock & Durlauf 2001)",
            f"bK = {coupling:g}, bh = {field:g}, from {start} engaged: mean of m",
            root, float(means.mean()), error + _shift_of_few(root, coupling),
        )  # fmt: skip


def _lone_solidarity(coupling: float, field: float, everybody: bool) -> Parameters:
    solidarity = 4 * coupling / _SENSITIVITY
    first = ({"name": "everybody", "start": 0, "stop": 1, "set": {"citizens.summoned": 1}},) if everybody else ()
    return Parameters().changed(
        {
            "months": _SETTLING + _MONTHS,
            "interventions": first,
            "population.citizens": _CITIZENS, "population.districts": 1, "population.providers": 1,
            "population.education_mean": 1, "population.education_spread": 0, "population.education_slope": 0,
            "network.kind": "watts_strogatz", "network.degree": _CITIZENS - 1, "network.rewiring": 0,
            "network.brokers": 0, "network.seed": 0,
            "conditions.organising": 1, "incentives.patronage": 0, "incentives.repression": 0,
            "citizens.sensitivity": _SENSITIVITY, "citizens.stake": 0, "citizens.anger": 0, "citizens.barrier": 2,
            "citizens.stigma": 2, "citizens.conciliation": 0,
            "citizens.uncalled": 1, "citizens.outsiders": 1, "citizens.solidarity": solidarity,
            "citizens.confront_cost": solidarity / 2 - 2 * field / _SENSITIVITY,
        }
    )  # fmt: skip


def _root(coupling: float, field: float, upper: bool) -> float:
    """Return the root of the mean-field equation on one side, or its only root."""
    from scipy.optimize import brentq  # noqa: PLC0415 - takes a moment, and every command imports this module

    low, high = (0.1, 1.0) if upper else (-1.0, -0.1 if coupling > 1 else 1.0)
    return float(brentq(lambda m: np.tanh(field + coupling * m) - m, low, high))


def _shift_of_few(m: float, coupling: float) -> float:
    """Bound the shift of the mean due to a finite number of citizens, to first order: curvature times noise."""
    slope = coupling * (1 - m * m)
    bend = 2 * abs(m) * (1 - m * m) * coupling * coupling
    return bend * (1 - m * m) / (_CITIZENS * (1 - slope * slope)) / (2 * (1 - slope))


def _thresholds() -> Iterable[KnownAnswer]:
    """Test Granovetter's (1978) crowd of a hundred people, who each join once enough others have joined."""
    crowds = {
        "thresholds 0 to 99: people who take part": (range(100), 100),
        "the threshold 1 changed to 2: people who take part": ((0, 2, *range(2, 100)), 1),
    }
    s = Given(coalitions=Given(leaving_share=1.0, brokering=0.0))
    for case, (needed, answer) in crowds.items():
        part = [0] * 100
        for _ in needed:
            total = sum(part)
            part = [
                RULES.joins(Given(threshold=n / 99, member=mine), s, 1, share(total - mine, 99))
                for n, mine in zip(needed, part, strict=True)
            ]
        yield KnownAnswer("Threshold cascades (Granovetter 1978)", case, answer, sum(part), 0)


def _learning() -> Iterable[KnownAnswer]:
    """Test a belief about successes of chance s, without self-blame: its variance is rate / (2 - rate) * s (1 - s)."""
    chance, rate = 0.2, 0.3
    s = Given(citizens=Given(learning=rate, self_blame=1.0))
    beliefs: NDArray[np.float64] = np.full(_LEARNERS, 0.5)
    for month in range(60):
        noise, _ = uniform_pair(3, month, np.arange(_LEARNERS, dtype=np.int64), int(Purpose.CITIZEN_ENCOUNTER))
        me = Given(strategy=COLLABORATE, outcome=(noise < chance) * 1.0)
        beliefs = RULES.learned_efficacy(me, s, beliefs, COLLABORATE)
    variance = rate / (2 - rate) * chance * (1 - chance)
    kurtosis = float(((beliefs - chance) ** 4).mean() / beliefs.var() ** 2)
    case = f"success {chance:g}, rate {rate:g}: "
    yield KnownAnswer("Exponential learning", f"{case}mean of efficacy", chance, float(beliefs.mean()),
                4 * float((variance / _LEARNERS) ** 0.5))  # fmt: skip
    yield KnownAnswer("Exponential learning", f"{case}its variance", variance, float(beliefs.var()),
                4 * variance * ((kurtosis - 1) / _LEARNERS) ** 0.5)  # fmt: skip


def _services() -> Iterable[KnownAnswer]:
    """Test that quality settles at g / (g + decay), with g = gain * resources * (1 - diverted) * worth."""
    gain, resources, diverted, worth, decay = 0.1, 0.9, 0.2, 0.4, 0.02
    home = Given(quality=1.0, resources=resources, capacity=1.0, stance=ARMS_LENGTH)
    s = Given(services=Given(gain=gain, decay=decay, leakage=0.0), incentives=Given(patronage=0.0))
    for _ in range(2000):
        home.quality = RULES.next_quality(home, s, diverted, worth)
    gained = gain * resources * (1 - diverted) * worth
    case = f"gain {gain:g}, resources {resources:g}, diverted {diverted:g}, worth {worth:g}, decay {decay:g}: quality"
    yield KnownAnswer("Fixed point of services", case, gained / (gained + decay), home.quality, 1e-9)


_PEOPLE = 30


class Docking(NamedTuple):
    """Numbers of societies that both engines simulated, of values compared, and of values that differ in any bit."""

    societies: int
    numbers: int
    differing: int


class Verification(NamedTuple):
    """The results of checking that the code does what it is meant to do."""

    limits: tuple[KnownAnswer, ...]
    docking: Docking


def verify(facts: Sequence[Fact], some: ParameterSet, laboratory: Laboratory, other: Simulate) -> Verification:
    """Test the laboratory's engine on every known answer, and compare it with another engine."""
    return Verification(known_answers(laboratory.simulate), dock(facts, some, laboratory, other))


def dock(facts: Sequence[Fact], some: ParameterSet, laboratory: Laboratory, other: Simulate) -> Docking:
    """Simulate the last arm of every fact with both engines, and compare all measures bit by bit.

    The societies are small, with one district of thirty citizens and one parameter set.
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
