"""Thresholds alone: Granovetter's (1978) crowd of 100, each of whom joins once enough others have.

A person's threshold there is a number of others who already take part. Here it is what belonging to the organisation of
users must be worth, and all else is switched off that makes it worth anything: need, hope, leaders, forms, cost and
fear. The company of peers is worth its share (``company = 1``), who are the 99 others in a complete graph: "after ``k``
others" is the threshold ``k / 99``. Everybody thinks of it every month (``consider = reconsider = 1``) and leaves
where the worth falls below the full threshold (``leaving_share = 1``); nobody is a client. So nothing but thresholds is
at work.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.month import organisation
from engagesim.parameters import Parameters
from engagesim.rules.citizen import of_peers
from things import in_force, one

COMPANY_ALONE = {
    "organisations.consider": 1.0,
    "organisations.reconsider": 1.0,
    "organisations.need": 0.0,
    "organisations.hope": 0.0,
    "organisations.company": 1.0,
    "organisations.led": 0.0,
    "organisations.invitation": 0.0,
    "organisations.cost": 0.0,
    "organisations.strain": 0.0,
    "organisations.idleness": 0.0,
    "organisations.leaving_share": 1.0,
    "incentives.repression": 0.0,
    "incentives.patronage": 0.0,
    "citizens.stigma": 2.0,
    "citizens.sensitivity": 100.0,
}
CROWDS = {
    "uniform": ([*range(100)], 100),
    "one_changed": ([0, 2, 2, *range(3, 100)], 1),
    "no_instigator": ([1, 1, *range(2, 100)], 0),
    "a_few_stop": ([0, 1, 2, 3, *[10] * 96], 4),
}


def crowd(others_needed: list[int]) -> int:
    """Return how many belong in the end, when all decide anew at once until nothing changes."""
    s, post, home = in_force(COMPANY_ALONE), one("official"), one("district")
    everybody = [one("citizen", peers=len(others_needed) - 1) for _ in others_needed]
    for me, needed in zip(everybody, others_needed, strict=True):
        me.threshold = of_peers(me, needed)
    for _ in range(len(others_needed) + 1):
        total = sum(me.member for me in everybody)
        for me in everybody:
            me.member_neighbours = total - me.member
        for me in everybody:
            me.member = organisation.belong.act(me, post, home, s, 0.5)
    assert sum(me.member for me in everybody) == total, "the crowd has come to rest"
    return total


def tipping_point(others_needed: list[int]) -> int:
    """Second answer, by counting: the first number of people who are enough for exactly as many."""
    total = 0
    while (reached := sum(needed <= total for needed in others_needed)) > total:
        total = reached
    return total


@pytest.mark.parametrize(("others_needed", "answer"), CROWDS.values(), ids=CROWDS)
def test_the_crowd_of_a_hundred_comes_to_its_equilibrium(others_needed, answer):
    assert crowd(others_needed) == tipping_point(others_needed) == answer


@given(st.lists(st.integers(0, 20), min_size=2, max_size=20))
def test_any_crowd_ends_where_counting_says(others_needed):
    assert crowd(others_needed) == tipping_point(others_needed)


@pytest.mark.parametrize(("others_needed", "answer"), CROWDS.values(), ids=CROWDS)
def test_a_society_whose_citizens_all_know_each_other_is_such_a_crowd(others_needed, answer, write_table):
    ties = write_table("complete.csv", ("source", "target"), combinations(range(1, 101), 2))
    crowded = {
        "population.citizens": 100,
        "population.districts": 1,
        "population.providers": 1,
        "population.members": 0.0,
        "population.leaders": 0.0,
        "network.kind": "file",
        "network.file": ties,
    }
    model = EngagementModel(Parameters().changed({**crowded, **COMPANY_ALONE}))
    state = model.state()
    thresholds = [of_peers(one("citizen", peers=99), needed) for needed in others_needed]
    state.column("citizen", "threshold")[:, 0] = np.random.default_rng(1).permutation(thresholds)
    model.put(state)
    belonging = []
    while len(belonging) < 2 or belonging[-1] != belonging[-2]:
        model.step()
        belonging.append(sum(citizen.member for citizen in model.citizens))
    assert belonging[-1] == answer
    assert belonging == sorted(belonging)
