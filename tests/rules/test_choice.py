"""Choosing and learning against the mathematics library and the logit's own probabilities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from engagesim.rules.choice import (
    choose_gated,
    choose_of_four,
    choose_of_three,
    clip,
    exponential,
    logistic,
    power,
    share,
    toward,
)

UTILITY = st.floats(-3, 3)
SHARE = st.floats(0, 1)
SENSITIVITY = st.floats(0, 10)
POINTS = 2000
NOISE = [(point + 0.5) / POINTS for point in range(POINTS)]
STEP = 1 / POINTS
"""Error of a probability that is read off the grid of noise: each bound between options falls in one cell of it."""


def probabilities(choose, options: int) -> list[float]:
    """Integrate a choice over its noise."""
    chosen = np.bincount([choose(noise) for noise in NOISE], minlength=options)
    assert chosen.size == options
    return (chosen / POINTS).tolist()


@given(st.floats(-300, 300))
def test_exponential_is_within_its_documented_error(exponent):
    assert exponential(exponent) == pytest.approx(math.exp(exponent), rel=2e-8)


def test_exponential_is_within_its_documented_error_everywhere():
    exponents = np.linspace(-300, 300, 20_001)
    errors = np.array([exponential(exponent) for exponent in exponents.tolist()]) / np.exp(exponents) - 1
    assert np.abs(errors).max() < 2e-8


@given(st.floats(-300, 300), st.floats(-300, 300))
def test_exponential_rises(one, other):
    low, high = sorted((one, other))
    assert exponential(low) <= exponential(high)


@given(st.floats(300, 1e12))
def test_exponential_holds_to_its_range(exponent):
    assert exponential(exponent) == exponential(300.0)
    assert exponential(-exponent) == exponential(-300.0)


@given(SHARE, st.integers(0, 31))
def test_power_multiplies_a_number_with_itself(base, count):
    assert power(base, count) == pytest.approx(base**count, rel=0, abs=1e-14)


@given(SHARE, st.integers(31, 10_000))
def test_power_counts_to_31(base, count):
    assert power(base, count) == power(base, 31)


@given(st.floats(-40, 40))
def test_logistic_is_the_logistic_curve(odds):
    assert logistic(odds) == pytest.approx(expit(odds), abs=1e-8)


UTILITIES = st.tuples(UTILITY, UTILITY, UTILITY)


@given(UTILITIES, st.tuples(SHARE, SHARE), SENSITIVITY)
def test_a_gated_choice_is_a_logit_with_a_weight_for_each_gate(utilities, gates, sensitivity):
    choice = probabilities(lambda noise: choose_gated(utilities, gates, sensitivity, noise), 4)
    weights = np.array([1.0, *gates, 1.0]) * softmax(sensitivity * np.array([0.0, *utilities]))
    assert choice == pytest.approx((weights / weights.sum()).tolist(), abs=1.01 * STEP)


@given(UTILITY, UTILITY, UTILITY, UTILITY, SENSITIVITY)
def test_a_choice_of_four_is_a_logit(first, second, third, fourth, sensitivity):
    choice = probabilities(lambda noise: choose_of_four(first, second, third, fourth, sensitivity, noise), 4)
    answer = softmax(sensitivity * np.array([first, second, third, fourth]))
    assert choice == pytest.approx(answer.tolist(), abs=1.01 * STEP)


@given(UTILITY, UTILITY, UTILITY, SENSITIVITY)
def test_a_choice_of_three_is_a_logit(first, second, third, sensitivity):
    choice = probabilities(lambda noise: choose_of_three(first, second, third, sensitivity, noise), 3)
    answer = softmax(sensitivity * np.array([first, second, third]))
    assert choice == pytest.approx(answer.tolist(), abs=1.01 * STEP)


@given(UTILITIES)
def test_without_sensitivity_all_options_are_as_likely(utilities):
    choice = probabilities(lambda noise: choose_gated(utilities, (1.0, 1.0), 0.0, noise), 4)
    assert choice == pytest.approx([0.25] * 4, abs=1.01 * STEP)


@given(st.permutations([0.1, 0.5, 0.9, 1.3]), st.floats(1e-6, 1 - 1e-6))
def test_at_full_sensitivity_the_best_option_is_taken(utilities, noise):
    assert choose_of_four(*utilities, 100.0, noise) == int(np.argmax(utilities))
    assert choose_of_three(*utilities[:3], 100.0, noise) == int(np.argmax(utilities[:3]))
    assert choose_gated(utilities[:3], (1.0, 1.0), 100.0, noise) == 1 + int(np.argmax(utilities[:3]))


@given(
    st.lists(st.floats(-300, 300), min_size=4, max_size=4),
    st.floats(0, 100),
    st.tuples(SHARE, SHARE),
    st.floats(0, 1, exclude_max=True),
)
def test_any_utilities_give_an_option(utilities, sensitivity, gates, noise):
    assert choose_gated(utilities[:3], gates, sensitivity, noise) in {0, 1, 2, 3}
    assert choose_of_three(*utilities[:3], sensitivity, noise) in {0, 1, 2}
    assert choose_of_four(*utilities, sensitivity, noise) in {0, 1, 2, 3}


@given(UTILITIES, st.floats(0, 100), SHARE, st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_nobody_goes_through_a_closed_gate_whatever_the_other(utilities, sensitivity, gate, noise):
    assert choose_gated(utilities, (0.0, gate), sensitivity, noise) != 1
    assert choose_gated(utilities, (gate, 0.0), sensitivity, noise) != 2
    assert choose_gated(utilities, (0.0, 0.0), sensitivity, noise) in {0, 3}


@given(st.lists(UTILITY, min_size=4, max_size=4), SENSITIVITY, st.floats(-2, 2))
def test_only_differences_of_utility_count(utilities, sensitivity, shift):
    choice = probabilities(lambda noise: choose_of_four(*utilities, sensitivity, noise), 4)
    moved = [utility + shift for utility in utilities]
    again = probabilities(lambda noise: choose_of_four(*moved, sensitivity, noise), 4)
    assert again == pytest.approx(choice, abs=1.01 * STEP)


@given(SHARE, SHARE, SHARE)
def test_a_belief_moves_towards_the_outcome_and_not_beyond(belief, outcome, rate):
    moved = toward(belief, outcome, rate)
    low, high = sorted((belief, outcome))
    assert low - 1e-15 <= moved <= high + 1e-15
    assert moved - belief == pytest.approx(rate * (outcome - belief), abs=1e-15)


@given(SHARE, SHARE)
def test_a_belief_stays_at_rate_0_and_is_the_outcome_at_rate_1(belief, outcome):
    assert toward(belief, outcome, 0.0) == belief
    assert toward(belief, outcome, 1.0) == pytest.approx(outcome, abs=1e-15)


@given(st.floats(-1e9, 1e9))
def test_clip_holds_to_the_scale(number):
    assert clip(number) == float(np.clip(number, 0, 1))


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_share_is_a_quotient_and_that_of_nothing_is_0(count, total):
    assert share(count, total) == count / total
    assert share(0, 0) == 0
