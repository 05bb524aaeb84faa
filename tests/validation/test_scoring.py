"""Verdicts: when a check passes, and what is said where it does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.validation.experiments import SIZES, Reading, Size
from engagesim.validation.facts import Fact
from engagesim.validation.scoring import closeness, judge, limits, outcomes

BASE = {"id": "F01", "title": "t", "source": "s", "months": 3, "arms": {"a": ["committee"]}}


def fact_with(**check):
    given = {"claim": "c", **({} if "order" in check else {"value": "effect(quality, a, 3)"}), **check}
    return Fact.model_validate({**BASE, "checks": [given]})


def reading(trials, draws=None):
    trials = np.atleast_2d(np.asarray(trials, dtype=float))
    return Reading(
        trials, trials.mean(axis=1), trials if draws is None else np.atleast_2d(np.asarray(draws, dtype=float))
    )


def verdict(fact, *readings):
    return judge([fact], {("F01", 0): readings}).verdicts[0]


@pytest.mark.parametrize(("positive", "passes"), [(10, True), (9, True), (8, False), (0, False)])
def test_a_sign_has_to_hold_in_nine_of_ten_trials(positive, passes):
    trials = [1.0] * positive + [-1.0] * (10 - positive)
    found = verdict(fact_with(tolerance="S", sign="+"), reading(trials))
    assert found.passed == passes
    assert found.agreement == positive / 10
    assert verdict(fact_with(tolerance="S", sign="-"), reading(np.negative(trials))).passed == passes


def test_nothing_at_all_has_no_sign():
    assert not verdict(fact_with(tolerance="S", sign="+"), reading([0.0] * 10)).passed


@pytest.mark.parametrize(("right", "passes"), [(10, True), (8, True), (7, False)])
def test_an_order_has_to_hold_in_eight_of_ten_trials(right, passes):
    fact = fact_with(tolerance="O", order=["mean(quality, a, 3)", "2", "1"])
    rows = np.array([[3.0, 2.0, 1.0]] * right + [[3.0, 1.0, 2.0]] * (10 - right)).T
    assert verdict(fact, reading(rows)).passed == passes


def test_of_an_order_the_smallest_step_is_shown():
    fact = fact_with(tolerance="O", order=["mean(quality, a, 3)", "2", "1"])
    assert verdict(fact, reading(np.array([[3.0, 2.5, 1.0]] * 4).T)).value == 0.5


@pytest.mark.parametrize("tolerance", ["I", "M", "T", "X"])
def test_an_interval_holds_where_the_central_value_lies_in_it(tolerance):
    fact = fact_with(tolerance=tolerance, within=[-0.1, 0.1])
    assert verdict(fact, reading([0.05] * 4, np.linspace(-1, 1, 100))).passed
    assert not verdict(fact, reading([0.15] * 4, np.linspace(-1, 1, 100))).passed


def test_an_interaction_has_its_sign_in_nine_of_ten_trials():
    fact = fact_with(tolerance="X", sign="-")
    assert verdict(fact, reading([-1.0] * 9 + [1.0])).passed
    assert not verdict(fact, reading([-1.0] * 8 + [1.0] * 2)).passed


def test_nothing_is_only_found_where_the_whole_interval_lies_in_the_band():
    fact = fact_with(tolerance="N", within=[-0.1, 0.1])
    assert verdict(fact, reading([0.0] * 4, np.linspace(-0.09, 0.09, 100))).passed
    wide = verdict(fact, reading([0.0] * 4, np.linspace(-0.2, 0.2, 100)))
    assert not wide.passed
    assert "must be -0.1 to 0.1" in wide.reason


@given(target=st.floats(0.01, 10), factor=st.floats(1.1, 5), share=st.floats(0.05, 20), negative=st.booleans())
def test_a_magnitude_lies_within_a_factor_on_the_same_side(target, factor, share, negative):
    target = -target if negative else target
    fact = fact_with(tolerance="M", target=target, factor=factor)
    low, high = sorted((1 / factor, factor))
    if abs(share - low) > 1e-6 and abs(share - high) > 1e-6:
        assert verdict(fact, reading([target * share] * 3)).passed == (low < share < high)
    assert not verdict(fact, reading([-target * share] * 3)).passed


def test_a_band_may_be_open_on_a_side():
    fact = fact_with(tolerance="T", within=[0.5, None])
    assert verdict(fact, reading([1e9] * 3)).passed
    assert not verdict(fact, reading([0.4] * 3)).passed


@pytest.mark.parametrize("check", [{"tolerance": "M", "within": [0, 1]}, {"tolerance": "S", "sign": "+"}])
def test_what_is_not_defined_fails_and_says_so(check):
    found = verdict(fact_with(**check), reading([np.nan, np.nan]))
    assert not found.passed
    assert found.reason == "not defined"


def test_all_parameter_sets_are_judged_together():
    fact = fact_with(tolerance="S", sign="+")
    good, bad = reading([1.0] * 10), reading([-1.0] * 10)
    assert verdict(fact, *[good] * 9, bad).passed
    assert not verdict(fact, *[good] * 8, bad, bad).passed


def test_a_fact_is_met_when_all_its_checks_are():
    checks = [{"claim": "c", "tolerance": "S", "sign": sign, "value": "mean(quality, a, 3)"} for sign in ("+", "-")]
    fact = Fact.model_validate({**BASE, "checks": checks})
    card = judge([fact], {("F01", 0): (reading([1.0] * 4),), ("F01", 1): (reading([1.0] * 4),)})
    assert [found.passed for found in card.verdicts] == [True, False]
    assert card.met() == ()
    assert card.share_met("held_out") == 0


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_a_set_that_comes_nearer_to_a_band_is_closer(one, other):
    fact = fact_with(tolerance="M", within=[0.0, 0.5])
    near = [closeness([fact], {("F01", 0): (reading([value] * 3),)})["F01"] for value in (one, other)]
    away = [max(-value, value - 0.5, 0.0) for value in (one, other)]
    assert all(0 <= each <= 1 for each in near)
    if away[0] < away[1]:
        assert near[0] >= near[1]


def test_a_clear_sign_is_closer_than_one_that_just_holds():
    fact = fact_with(tolerance="S", sign="+")
    clear, bare, wrong = (
        closeness([fact], {("F01", 0): (reading(trials),)})["F01"]
        for trials in (np.full(10, 1.0), np.linspace(-1.0, 1.6, 10), np.full(10, -1.0))
    )
    assert clear == 1.0 > bare > wrong


def outcome(fact, made, size=SIZES["full"]):
    return outcomes([fact], {("F01", 0): (made,)}, size)["F01"][0]


@given(value=st.floats(-3, 3), low=st.floats(-2, 0), width=st.floats(0.1, 2), open_side=st.sampled_from([None, 0, 1]))
def test_an_outcome_lies_within_its_limits_where_the_check_passes(value, low, width, open_side):
    within = [None if open_side == side else end for side, end in enumerate((low, low + width))]
    fact = fact_with(tolerance="M", within=within)
    passes = verdict(fact, reading([value] * 3)).passed
    least, most = limits(fact.checks[0])
    if min(abs(value - low), abs(value - low - width)) > 1e-6:
        assert (least <= outcome(fact, reading([value] * 3)).value <= most) == passes


def test_a_sign_that_holds_in_nine_of_ten_trials_lies_at_its_limit_whatever_the_size():
    fact = fact_with(tolerance="S", sign="-")
    trials = np.random.default_rng(1).normal(-1.2816, 1.0, 4000)  # nine tenths are below 0
    assert outcome(fact, reading(trials)).value == pytest.approx(1.0, abs=0.05)
    smaller = np.random.default_rng(1).normal(-1.2816, 2.0, 4000)  # a quarter of the districts: twice the noise
    assert outcome(fact, reading(smaller), Size(4, 5)).value == pytest.approx(1.0, abs=0.05)
    assert limits(fact.checks[0]) == (1.0, np.inf)


def test_what_is_not_defined_is_far_outside_the_limits():
    for check in (
        {"tolerance": "M", "within": [0, 1]},
        {"tolerance": "S", "sign": "+"},
        {"tolerance": "M", "within": [None, 1]},
    ):
        fact = fact_with(**check)
        least, most = limits(fact.checks[0])
        assert not least - 1 <= outcome(fact, reading([np.nan, np.inf])).value <= most + 1
