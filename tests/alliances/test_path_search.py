"""The search for a path: against trying all orders, with what has no effect, and on fresh noise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_futures import future

from engagesim.alliances.found import Effort, find
from engagesim.alliances.futures import Step
from engagesim.alliances.levers import Change, Lever
from engagesim.alliances.search import (
    Candidate,
    Gain,
    Lengths,
    candidates,
    exhaustive,
    greedy,
    paired,
    path_of,
    pulls,
    worth,
)
from engagesim.errors import ParameterError
from engagesim.report.allies_words import answer

KNOWN = tuple(Candidate(f"provider {number}", "brief", 10.0 * number) for number in range(1, 7))


def of_sets(needs):
    """Return a worth in which parts of the value come only if all allies of a set are approached."""

    def value(paths):
        return np.array(
            [sum(gain for some, gain in needs if some <= {step.actor for step in path}) for path in paths], dtype=float
        )

    return value


allies = st.sampled_from([each.actor for each in KNOWN])


@given(st.lists(st.tuples(st.frozensets(allies, min_size=1, max_size=2), st.floats(0.01, 1)), min_size=1, max_size=5))
def test_where_two_at_most_need_each_other_the_search_comes_near_the_best_of_all_orders(needs):
    value, lengths = of_sets(needs), Lengths(3, 1)
    found = greedy(KNOWN, lengths, value)
    _, best = exhaustive(KNOWN, lengths, value)
    assert value([path_of(found, 1)])[0] >= 0.8 * best


def test_two_allies_who_are_worth_something_only_together_are_found():
    together = of_sets([({"provider 2", "provider 5"}, 0.4)])
    assert {each.actor for each in greedy(KNOWN, Lengths(2, 1), together)} == {"provider 2", "provider 5"}


@given(st.lists(st.tuples(st.frozensets(allies, min_size=1, max_size=3), st.floats(0.01, 1)), max_size=5))
def test_nobody_is_on_a_path_who_adds_nothing(needs):
    value = of_sets(needs)
    found = greedy(KNOWN, Lengths(6, 1), value)
    whole = value([path_of(found, 1)])[0]
    for each in found:
        without = [other for other in found if other != each]
        assert value([path_of(without, 1)])[0] < whole


@given(st.floats(0, 100))
def test_a_path_keeps_to_its_budget(budget):
    found = greedy(KNOWN, Lengths(6, 1, budget), of_sets([({each.actor}, 1.0) for each in KNOWN]))
    assert math.fsum(each.cost for each in found) <= budget


def test_all_orders_of_many_are_refused():
    many = [Candidate(str(number), "brief", 1.0) for number in range(12)]
    with pytest.raises(ParameterError, match="most = 5: must be smaller, to try all orders of 12 candidates"):
        exhaustive(many, Lengths(5), of_sets([]))


def test_a_lever_with_a_cost_and_no_effect_is_never_used():
    idle = Lever("idle", "", "", 500.0, "", 12, {"manager": (Change("morale", "add", 0.0),)})
    made, numbers = future(more=(idle,)), range(1, 21)
    assert not any(each.moves for each in pulls(made, numbers, made.of) if each.lever == "idle")
    known = [Candidate("manager", "idle", 500.0), *candidates(pulls(made, numbers, made.of))]
    found = greedy(known, Lengths(3, 2), lambda paths: worth(made.of(numbers, paths)))
    assert found
    assert "idle" not in [each.lever for each in found]


def test_the_search_reaches_the_best_of_all_orders_in_a_small_society():
    made, numbers, lengths = future(), range(1, 31), Lengths(3, 2)
    known = candidates(pulls(made, numbers, made.of))[:5]
    value = lambda paths: worth(made.of(numbers, paths))  # noqa: E731 - handed on
    _, best = exhaustive(known, lengths, value)
    found = value([path_of(greedy(known, lengths, value), lengths.every)])[0]
    assert best > value([()])[0]
    assert found >= 0.95 * best


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=20, max_size=80))
def test_an_interval_of_a_gain_holds_it_and_turns_with_the_sides(pairs):
    one, other = (np.array(side) for side in zip(*pairs, strict=True))
    gain, loss = paired(one, other), paired(other, one)
    assert gain.low <= gain.value * len(pairs) / (len(pairs) + 2) <= gain.high
    assert (loss.value, loss.low, loss.high) == pytest.approx((-gain.value, -gain.high, -gain.low))


def test_intervals_of_paired_gains_hold_the_truth_in_nineteen_of_twenty_cases():
    rng, held = np.random.default_rng(1), []
    for _ in range(2000):
        luck = rng.random(100)
        without, with_it = luck < 0.2, luck < np.where(rng.random(100) < 0.5, 0.3, 0.2)
        found = paired(with_it, without)
        held.append(found.low <= 0.05 <= found.high)
    assert np.mean(held) >= 0.94


def test_what_is_found_is_judged_on_fresh_futures_and_adds_up():
    made = future()
    found = find("hamlet", made, Lengths(3, 2), Effort(20, 30))
    judged = found.judged
    assert judged.futures == 30
    assert judged.total.value == pytest.approx(judged.chances[-1] - judged.chances[0])
    assert sum(step.value for step in judged.steps) == pytest.approx(judged.total.value)
    whole = path_of(judged.path, 2)
    fresh = made.of(
        range(21, 51), [(), whole, (*whole, Step(judged.path[0].actor, "defect", whole[-1].month + 1))]
    ).holds
    assert judged.chances[-1] == fresh[:, 1].mean()
    blow = judged.shocks[judged.path[0].actor, "defect"]
    assert blow.value == pytest.approx(fresh[:, 2].mean() - fresh[:, 1].mean())
    assert set(found.table["actor"]) == {actor.key for actor in made.ground.actors}
    assert list(found.path["step"]) == list(range(1, len(judged.path) + 1))
    assert found.cost == pytest.approx(found.path["cost"].sum())


def test_the_loss_of_a_group_is_told_in_the_plural():
    found = find("hamlet", future(), Lengths(3, 2), Effort(20, 30))
    shocks = {("brokers", "defect"): Gain(-0.3, -0.4, -0.2), ("manager", "defect"): Gain(-0.2, -0.3, -0.1)}
    for key, said in (
        ("brokers", "if brokers, who are tied to the politician, leave for good: -30 (-40 to -20) points"),
        ("manager", "if the manager leaves for good: -20 (-30 to -10) points"),
    ):
        blow = {(key, "defect"): shocks[key, "defect"], ("manager", "transfer"): Gain(0.0, -0.1, 0.1)}
        told = found._replace(judged=found.judged._replace(shocks=blow))
        assert any(said in sentence for sentence in answer(told))
