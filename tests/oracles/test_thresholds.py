"""Thresholds alone: Granovetter's (1978) crowd of 100, each of whom joins once enough others have.

A person's threshold there is a number of others who already take part. Here it is a share of neighbours, who in a
complete graph are the 99 others: "after ``k`` others" is the threshold ``k / 99``. Everyone is willing (own activity
1), a neighbour counts as active once it takes part, and one leaves where the share falls below the full threshold
(``leaving_share = 1``), so that nothing but thresholds is at work.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.rules.choice import share
from engagesim.rules.coalition import joins as joins_by_name
from things import in_force, one


def joins(active, active_share, threshold, member, leaving_share, brokering):
    """Let one person decide: how active it and its neighbours are, from what share on it joins, and if it is in."""
    me = one("citizen", active=active, active_share=active_share, threshold=threshold, member=member)
    return joins_by_name(me, in_force({"coalitions.leaving_share": leaving_share, "coalitions.brokering": brokering}))


def crowd(others_needed: list[int], leaving_share: float = 1.0, brokering: float = 0.0) -> int:
    """Return how many take part in the end, when all decide anew at once until nothing changes."""
    others = len(others_needed) - 1
    taking_part = [0] * len(others_needed)
    for _ in range(len(others_needed) + 1):
        total = sum(taking_part)
        taking_part = [
            joins(1.0, share(total - mine, others), needed / others, mine, leaving_share, brokering)
            for needed, mine in zip(others_needed, taking_part, strict=True)
        ]
    assert sum(taking_part) == total, "the crowd has come to rest"
    return total


def tipping_point(others_needed: list[int]) -> int:
    """Second answer, by counting: the first number of people who are enough for exactly as many."""
    total = 0
    while (reached := sum(needed <= total for needed in others_needed)) > total:
        total = reached
    return total


def test_uniform_thresholds_tip_everybody():
    assert crowd(list(range(100))) == 100


def test_one_changed_threshold_leaves_one_alone():
    assert crowd([0, 2, 2, *range(3, 100)]) == 1


def test_without_an_instigator_nobody_starts():
    assert crowd([1, 1, *range(2, 100)]) == 0


@given(st.lists(st.integers(0, 20), min_size=2, max_size=20))
def test_any_crowd_ends_where_counting_says(others_needed):
    assert crowd(others_needed) == tipping_point(others_needed)


@pytest.mark.parametrize(("share_left", "stays"), [(0.31, 1), (0.29, 0)])
def test_a_member_leaves_below_its_fraction_of_the_threshold(share_left, stays):
    assert joins(1.0, share_left, 0.5, 1, 0.6, 0.0) == stays
    assert joins(1.0, share_left, 0.5, 0, 0.6, 0.0) == 0


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(0, 1))
def test_the_inactive_are_no_members(shares, was_member):
    active_neighbours, threshold, leaving_share, brokering = shares
    assert joins(0.0, active_neighbours, threshold, was_member, leaving_share, brokering) == 0


@given(shares=st.lists(st.floats(0, 1), min_size=6, max_size=6), was_member=st.integers(0, 1))
def test_more_active_neighbours_never_drive_one_out(shares, was_member):
    activity, one, other, threshold, leaving_share, brokering = shares
    fewer, more = sorted((one, other))
    before = joins(activity, fewer, threshold, was_member, leaving_share, brokering)
    assert joins(activity, more, threshold, was_member, leaving_share, brokering) >= before


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(0, 1))
def test_brokering_is_a_lower_threshold(active_neighbours, threshold, brokering, was_member):
    lower = threshold * (1.0 - brokering)
    brokered = joins(1.0, active_neighbours, threshold, was_member, 0.6, brokering)
    assert brokered == joins(1.0, active_neighbours, lower, was_member, 0.6, 0.0)
    assert brokered >= joins(1.0, active_neighbours, threshold, was_member, 0.6, 0.0)


def test_a_broker_tips_the_crowd_that_one_person_had_stopped():
    """Half of every threshold taken away, whoever waits for two waits for one."""
    stopped = [0, 2, 2, *range(3, 100)]
    assert crowd(stopped) == 1
    assert crowd(stopped, brokering=0.5) == 100
