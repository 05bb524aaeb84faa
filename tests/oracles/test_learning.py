"""Learning alone: a belief about what succeeds with chance s settles at mean s, with a known variance.

The variance is ``rate / (2 - rate) * s * (1 - s)``.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.randomness import Purpose, uniform_pair
from engagesim.rules.choice import toward
from engagesim.rules.citizen import learned_efficacy, learned_trust
from engagesim.rules.official import learned_response_belief
from engagesim.rules.vocabulary import ACCOMMODATE, COLLABORATE, CONFRONT, RESIST
from things import in_force, one

AGENTS = np.arange(20_000, dtype=np.int64)
MEMORY = 1e-6
"""What is left of the first belief when the settled beliefs are read."""


def efficacy(belief, success, rate, blame=1.0, acted=COLLABORATE):
    """Learn about collaborating from one's own act."""
    s = in_force({"citizens.learning": rate, "citizens.self_blame": blame})
    return learned_efficacy(one("citizen", strategy=acted, outcome=success), s, belief, COLLABORATE)


def response(belief, success, rate, responded=ACCOMMODATE):
    """Learn about accommodating from what came of the response."""
    s = in_force({"officials.learning": rate})
    return learned_response_belief(one("official", response=responded), s, belief, ACCOMMODATE, success)


LEARNING = {"toward": toward, "efficacy": efficacy, "response": response}


def settled(learn, chance: float, rate: float) -> np.ndarray:
    """Let many learn, each from an own series of successes, until the first belief is forgotten."""
    belief = np.full(AGENTS.size, 0.5)
    for month in range(int(np.log(MEMORY) / np.log(1 - rate)) + 1):
        noise, _ = uniform_pair(3, month, AGENTS, int(Purpose.CITIZEN_ENCOUNTER))
        belief = learn(belief, (noise < chance) * 1.0, rate)
    return belief


@pytest.mark.parametrize("rate", [0.05, 0.3])
@pytest.mark.parametrize("chance", [0.2, 0.5, 0.85])
@pytest.mark.parametrize("learn", LEARNING.values(), ids=LEARNING)
def test_a_belief_settles_at_the_success_rate(learn, chance, rate):
    beliefs = settled(learn, chance, rate)
    variance = rate / (2 - rate) * chance * (1 - chance)
    assert abs(beliefs.mean() - chance) < 4 * (variance / AGENTS.size) ** 0.5 + MEMORY
    # Standard error of a variance: sqrt((kurtosis - 1) / n) of it; the kurtosis is estimated from the sample.
    kurtosis = ((beliefs - chance) ** 4).mean() / beliefs.var() ** 2
    assert abs(beliefs.var() / variance - 1) < 4 * ((kurtosis - 1) / AGENTS.size) ** 0.5 + MEMORY


@given(st.floats(0, 1), st.sampled_from([0.0, 1.0]), st.floats(0, 1), st.sampled_from([COLLABORATE, CONFRONT]))
def test_trust_learns_from_the_own_act_as_any_belief_where_nothing_else_moves_it(belief, success, rate, acted):
    s = in_force({"citizens.trust_rate": rate, "citizens.trust_in_view": 0.0, "citizens.shaken": 0.0})
    me = one("citizen", trust=belief, strategy=acted, outcome=success)
    assert learned_trust(me, one("official"), one("district"), s) == toward(belief, success, rate)


def test_a_belief_about_another_road_does_not_move():
    assert efficacy(0.37, 1.0, 0.3, acted=CONFRONT) == 0.37
    assert response(0.37, 1.0, 0.3, responded=RESIST) == 0.37


@pytest.mark.parametrize("chance", [0.2, 0.6])
@pytest.mark.parametrize("blame", [0.25, 0.7])
def test_with_less_self_blame_efficacy_settles_above_the_success_rate(chance, blame):
    """Moves up happen with ``s`` and size ``1 - e``, down with ``1 - s`` and size ``blame * e``: they balance there."""
    beliefs = settled(lambda belief, success, rate: efficacy(belief, success, rate, blame), chance, 0.05)
    balance = chance / (chance + blame * (1 - chance))
    assert beliefs.mean() == pytest.approx(balance, abs=0.01)
