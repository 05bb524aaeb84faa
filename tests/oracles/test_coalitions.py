"""Broad coalitions against networkx's connected components, and the month in which one has formed."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Citizen, Official, Politician
from engagesim.engines.mesa.model import broad_members
from engagesim.rules.vocabulary import ABSTAIN, COCREATE, CONFRONT, SPONSOR

SIDES = {"citizen": "citizen", "manager": "official", "provider": "official", "politician": "politician"}


@pytest.fixture(scope="module")
def society() -> EngagementModel:
    return EngagementModel(
        population__citizens=24,
        population__districts=3,
        population__providers=2,
        network__degree=4,
        network__brokers=0.2,
    )


@given(seed=st.integers(0, 10_000), density=st.floats(0.05, 0.95))
@settings(max_examples=200)
def test_broad_coalitions_are_the_components_with_all_three_sides(society, seed, density):
    members = np.random.default_rng(seed).random(society.wiring.agents) < density
    answer = np.zeros_like(members)
    for component in nx.connected_components(society.graph.subgraph(np.flatnonzero(members).tolist())):
        sides = {SIDES[society.graph.nodes[agent]["role"]] for agent in component}
        answer[list(component)] = sides == set(SIDES.values())
    assert np.array_equal(broad_members(society.wiring, members), answer)


def test_all_together_are_one_and_nobody_is_none(society):
    everybody = np.ones(society.wiring.agents, dtype=bool)
    assert broad_members(society.wiring, everybody).all()
    assert not broad_members(society.wiring, ~everybody).any()


def test_membership_is_left_as_it_is(society):
    members = np.ones(society.wiring.agents, dtype=bool)
    members[::3] = False
    before = members.copy()
    broad_members(society.wiring, members)
    assert np.array_equal(members, before)


class Late(Citizen):
    """Abstains for four months, then confronts."""

    def choose(self, noise: float) -> int:
        return CONFRONT if self.model.month >= 4 else ABSTAIN


class Partner(Official):
    def respond(self, noise: float) -> int:
        return COCREATE


class Champion(Politician):
    def govern(self, noise: float) -> int:
        return SPONSOR


def test_a_coalition_forms_in_the_first_of_enough_months(tiny):
    united = {
        "coalitions.persistence": 3,
        "coalitions.minimum_share": 0.3,
        "population.threshold_mean": 0.05,
        "population.threshold_spread": 0.0,
        "network.brokers": 1.0,
    }
    model = EngagementModel(tiny.changed(united), citizen=Late, official=Partner, politician=Champion)
    for _ in range(8):
        model.step()
    metrics = model.metrics
    assert metrics["coalition_share"].tolist() == [0.0] * 4 + [1.0] * 4
    assert metrics["coalition_age"].tolist() == [0, 0, 0, 0, 1, 2, 3, 4]
    assert metrics["coalition_month"].tolist() == [-1] * 6 + [4, 4]
    assert metrics["coalition_formed"].tolist() == [0] * 6 + [1, 1]
