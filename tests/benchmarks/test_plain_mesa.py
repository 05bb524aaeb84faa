"""The plain Mesa rival, written from the protocol apart from the rules, tells the same story: an independent check.

That a broken rule would show is checked in CI for one rule of each context, and for three more by ``make test-slow``,
which also compares twice as many societies. Sixteen are enough to see a rule that is broken.
"""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engagesim import MEASURES as ALL
from engagesim import Options, Parameters, simulate

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from measure import FORM
from rivals import plain_mesa
from rivals.plain_mesa import MEASURES, PlainModel

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

MONTHS, PLAIN_SEEDS, BROKEN_SEEDS, SEEDS = 60, 20, 16, 400
ALL_PLAIN_SEEDS = 40
WINDOWS = ((0, 1), (1, 12), (12, 36), (36, MONTHS))
# of two contexts times four windows times all measures, were they normal, one is beyond in fewer than 1 of 100 tests
BAR = 4.5
SIZE = {"population.citizens": 160, "population.districts": 4, "population.providers": 3, "months": MONTHS}
# between them the two contexts give every rule something to do; reform makes promises frequent and weak links strong
CONTEXTS = {
    "reform": {
        **SIZE, **FORM, "engagement.start": 8, "engagement.information": 0.8, "engagement.skills": 0.8,
        "engagement.contribution": 0.7, "engagement.capture": 0.3, "engagement.workload": 0.5,
        "engagement.attribution": 0.4, "engagement.directness": 0.8, "population.orientation_low": 0.4,
        "population.orientation_high": 1.0, "conditions.resources": 1.3, "conditions.supplies": 0.5,
        "conditions.education": 0.1, "conditions.vulnerability": -0.1, "incentives.patronage": 0.1,
        "incentives.merit_protection": 0.8, "incentives.credit": 1.0, "incentives.audit": 0.3,
        "incentives.publicity": 0.6, "incentives.senior": 0.3, "incentives.autonomy": 0.8,
        "incentives.supervision": 0.3, "incentives.term": 24, "network.brokers": 0.15, "coalitions.brokering": 0.3,
        "population.members": 0.3, "organisations.scale": 8.0, "relations.demanding": 1.0, "relations.answering": 0.6,
        "relations.due": 3.0, "relations.keeping_means": 1.0, "relations.bond": 0.4, "officials.allocation": 1.0,
        "officials.sanction_by_manager": 0.4, "citizens.shaken": 0.15, "citizens.vicarious": 0.2,
        "politicians.brokers_weight": 20.0, "services.contributing": 0.5, "services.contribution_gain": 0.6,
        "coalitions.grace": 12.0,
    },
    "patronage": {
        **SIZE, **FORM, "engagement.start": 6, "engagement.stop": 40, "engagement.ramp": 10,
        "conditions.resources": 0.7, "incentives.patronage": 0.6, "incentives.merit_protection": 0.1,
        "incentives.repression": 0.3, "incentives.monitoring": 0.3, "incentives.ousting": 0.01,
        "incentives.reelection": 0.8, "incentives.term": 18, "citizens.summoned": 0.02,
        "population.members": 0.3, "organisations.need": 4.0, "organisations.scale": 8.0,
        "organisations.co_optation": 0.6, "relations.demanding": 1.0, "relations.answering": 0.8,
        "relations.token_promises": 1.0, "relations.veto": 1.0, "relations.escalation": 3.0, "relations.waiting": 1.0,
        "officials.lukewarm": 1.0, "officials.persuaded": 0.5, "officials.pressure_arms_length": 0.6,
    },
}  # fmt: skip


def means(months: np.ndarray) -> np.ndarray:
    """Mean over the months of each window: seeds by windows by measures."""
    return np.stack([months[:, first:last].mean(axis=1) for first, last in WINDOWS], axis=1)


@cache
def ours(context: str) -> np.ndarray:
    """What the compiled engine says."""
    done = simulate([Parameters().changed(CONTEXTS[context])], list(range(SEEDS)), Options())
    return means(np.stack([done.measure(name)[0] for name in MEASURES], axis=-1))


def plain(context: str, seeds: int) -> np.ndarray:
    """What the rival says."""
    parameters = Parameters().changed(CONTEXTS[context])
    societies = []
    for seed in range(seeds):
        model = PlainModel(parameters=parameters, rng=seed)
        for _ in range(MONTHS):
            model.step()
        frame = model.datacollector.get_model_vars_dataframe()
        societies.append(frame[list(MEASURES)].to_numpy(dtype=float))
    return means(np.array(societies))


def disagreements(rival: np.ndarray, engine: np.ndarray) -> list[str]:
    """Which means lie further apart than chance explains."""
    # the engine's many seeds know the spread better; where the rival's is larger, a rare event fell into few seeds
    spread = np.maximum(rival.var(axis=0, ddof=1), engine.var(axis=0, ddof=1))
    error = np.sqrt(spread / len(rival) + engine.var(axis=0, ddof=1) / len(engine))
    apart = np.abs(rival.mean(axis=0) - engine.mean(axis=0))
    # where nothing varies, the two still add up the numbers in another order
    found = []
    for window, measure in np.argwhere(apart > np.maximum(BAR * error, 1e-9)):
        first, last = WINDOWS[window]
        numbers = f"{rival[:, window, measure].mean():.4g} and {engine[:, window, measure].mean():.4g}"
        found.append(f"{list(MEASURES)[measure]} from month {first} to {last}: {numbers}")
    return found


def test_the_rival_observes_every_measure():
    assert list(MEASURES) == [measure.name for measure in ALL]


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("seeds", [PLAIN_SEEDS, pytest.param(ALL_PLAIN_SEEDS, marks=pytest.mark.slow)])
def test_two_implementations_agree_within_sampling_error(context, seeds):
    assert disagreements(plain(context, seeds), ours(context)) == []


def never(*_: object) -> float:
    return 0.0


def always(*_: object) -> float:
    return 1.0


@pytest.mark.parametrize(
    ("context", "owner", "method", "broken"),
    [
        ("reform", "Official", "may_join", never),
        ("patronage", "Official", "shield", never),
        pytest.param("reform", "Official", "reconsider_chance", always, marks=pytest.mark.slow),
        pytest.param("patronage", "Provider", "escalation_chance", never, marks=pytest.mark.slow),
        pytest.param("patronage", "Citizen", "ceasing_chance", never, marks=pytest.mark.slow),
    ],
)
def test_a_broken_rule_of_the_rival_shows(
    monkeypatch, context: str, owner: str, method: str, broken: Callable[..., float]
):
    monkeypatch.setattr(getattr(plain_mesa, owner), method, broken)
    assert disagreements(plain(context, BROKEN_SEEDS), ours(context))
