"""Expressions of facts: what they compute, and what they refuse."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.errors import ParameterError
from engagesim.validation.fact_expressions import FUNCTIONS, Evidence, Vocabulary, parse, usage

TRIALS, DISTRICTS, HISTORY, MONTHS = 5, 7, 6, 12
VOCABULARY = Vocabulary(("quality", "engaged"), ("control", "a", "b", "both"), "control", ("poor",), HISTORY, MONTHS)


@pytest.fixture
def evidence():
    generator = np.random.default_rng(3)
    levels = {
        (measure, arm): generator.uniform(0.1, 0.9, (TRIALS, DISTRICTS, HISTORY + MONTHS))
        for measure in VOCABULARY.measures
        for arm in VOCABULARY.arms
    }
    poor = generator.random((TRIALS, DISTRICTS)) < 0.5
    poor[:, 0] = True
    return Evidence(levels, {"poor": poor}, np.vstack([np.ones(TRIALS), np.eye(TRIALS)]))


def level(evidence, measure, arm, month):
    """The mean of three months up to one, district by district, counted by hand."""
    last = HISTORY + month
    return np.mean([evidence.levels[measure, arm][:, :, last - back] for back in (1, 2, 3)], axis=0)


def value(text, evidence):
    return parse(text, VOCABULARY).evaluate(evidence)


def test_a_mean_is_over_all_districts_first_and_then_trial_by_trial(evidence):
    by_hand = level(evidence, "quality", "a", 9)
    pooled, *each = value("mean(quality, a, 9)", evidence)
    assert pooled == pytest.approx(by_hand.mean())
    assert each == pytest.approx(by_hand.mean(axis=1))


def test_an_effect_is_the_arm_less_its_twin(evidence):
    by_hand = level(evidence, "quality", "a", 9) - level(evidence, "quality", "control", 9)
    assert value("effect(quality, a, 9)", evidence)[0] == pytest.approx(by_hand.mean())
    against = level(evidence, "quality", "a", 9) - level(evidence, "quality", "b", 9)
    assert value("effect(quality, a, 9, versus=b)", evidence)[0] == pytest.approx(against.mean())


def test_standardised_and_proportional_effects_divide_by_the_control(evidence):
    effect = value("effect(quality, a, 9)", evidence)[0]
    control = level(evidence, "quality", "control", 9)
    assert value("sd(quality, a, 9)", evidence)[0] == pytest.approx(effect / control.std(ddof=1))
    assert value("change(quality, a, 9)", evidence)[0] == pytest.approx(effect / control.mean())


def test_a_group_counts_its_districts_alone(evidence):
    by_hand = level(evidence, "quality", "a", 9)[evidence.groups["poor"]].mean()
    assert value("mean(quality, a, 9, group=poor)", evidence)[0] == pytest.approx(by_hand)


def test_an_interaction_is_what_both_do_beyond_each_alone(evidence):
    alone = value("effect(quality, a, 9) + effect(quality, b, 9)", evidence)
    both = value("effect(quality, both, 9)", evidence)
    assert value("interaction(quality, a, b, both, 9)", evidence) == pytest.approx(both - alone)


def test_month_zero_is_the_end_of_the_history(evidence):
    by_hand = evidence.levels["quality", "a"][:, :, HISTORY - 3 : HISTORY].mean()
    assert value("mean(quality, a, 0)", evidence)[0] == pytest.approx(by_hand)


def test_a_range_of_months_is_averaged_or_summed(evidence):
    months = evidence.levels["engaged", "a"][:, :, HISTORY + 1 : HISTORY + 5]
    assert value("mean(engaged, a, [2, 5])", evidence)[0] == pytest.approx(months.mean())
    assert value("total(engaged, a, [2, 5])", evidence)[0] == pytest.approx(months.sum(axis=2).mean())


def test_peak_and_half_life_are_read_off_the_course_of_the_effect():
    course = np.array([0.0, 0.2, 0.8, 0.6, 0.3, 0.1])
    flat = np.zeros((1, 2, 6))
    seen = Evidence({("quality", "a"): flat + course, ("quality", "control"): flat}, {}, np.ones((1, 1)))
    words = Vocabulary(("quality",), ("control", "a"), "control", (), 0, 6)
    found = {
        name: parse(f"{name}(quality, a, [1, 6])", words).evaluate(seen)[0]
        for name in ("peak", "peak_month", "half_life")
    }
    assert found == {"peak": 0.8, "peak_month": 3, "half_life": 2}


def test_a_course_that_never_halves_has_no_half_life():
    flat = np.zeros((1, 2, 6))
    seen = Evidence({("quality", "a"): flat + np.arange(6.0), ("quality", "control"): flat}, {}, np.ones((1, 1)))
    words = Vocabulary(("quality",), ("control", "a"), "control", (), 0, 6)
    assert np.isnan(parse("half_life(quality, a, [1, 6])", words).evaluate(seen)[0])


def test_shares_of_districts_count_gains_and_levels(evidence):
    gain = level(evidence, "quality", "a", 9) - level(evidence, "quality", "control", 9)
    bar = 0.5 * level(evidence, "quality", "control", 9).std(ddof=1)
    assert value("share_above(quality, a, 9, 0.5)", evidence)[0] == pytest.approx((gain > bar).mean())
    assert value("share_below(quality, a, 9, -0.5)", evidence)[0] == pytest.approx((gain < -bar).mean())
    there = level(evidence, "quality", "a", 9)
    between = ((there >= 0.4) & (there <= 0.6)).mean()
    assert value("share_between(quality, a, 9, 0.4, 0.6)", evidence)[0] == pytest.approx(between)


@given(a=st.floats(-5, 5), b=st.floats(0.1, 5), c=st.floats(0.1, 0.9))
def test_arithmetic_is_python_arithmetic(a, b, c):
    seen = Evidence({}, {}, np.ones((1, 1)))
    text = f"-({a!r}) * 2 + {b!r} / {b!r} - min({a!r}, {b!r}) + abs({a!r}) + log({b!r}) + odds({c!r})"
    wanted = -a * 2 + 1 - min(a, b) + abs(a) + np.log(b) + c / (1 - c)
    assert parse(text, VOCABULARY).evaluate(seen) == pytest.approx(wanted)


def test_an_expression_says_which_measures_of_which_arms_it_needs():
    assert parse("effect(quality, a, 9, versus=b)", VOCABULARY).needs == {("quality", "a"), ("quality", "b")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mean(qualty, a, 9)", "did you mean 'quality'"),
        ("mean(quality, c, 9)", "c: no such arm"),
        ("mean(quality, a, 9, group=rich)", "rich: no such group"),
        ("mean(quality, a, 9, versus=b)", "versus: no such keyword"),
        ("mean(quality, a, 99)", "must be a whole number from 0 to 12"),
        ("mean(quality, a)", usage("mean")),
        ("men(quality, a, 9)", "did you mean 'mean'"),
        ("peak(quality, a, 9)", usage("peak")),
        ("mean(quality, a, [9, 2])", "the earlier first"),
        ("quality.mean()", "must be made of numbers"),
        ("__import__('os')", "__import__: no such function"),
        ("1 if 2 else 3", "must be made of numbers"),
        ("(lambda: 1)()", "must be made of numbers"),
        ("mean(quality, a, True)", "must be a number"),
        ("2 ** 9999999", "must be made of numbers"),
        ("((", "must be an expression"),
        ("-" * 400 + "1", "must be nested at most"),
        ("'text'", "must be made of numbers"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_in_one_line(text, said):
    with pytest.raises(ParameterError) as refused:
        parse(text, VOCABULARY)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(ParameterError):
        parse(text, VOCABULARY)


def test_every_function_says_how_it_is_written():
    assert all(usage(name).startswith(f"{name}(measure, ") for name in FUNCTIONS)
