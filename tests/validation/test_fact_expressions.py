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


def test_no_effect_is_zero_deviations_even_where_all_districts_are_alike():
    flat = np.zeros((2, 3, 6))
    arms = {"control": flat, "a": flat, "b": flat, "both": flat + 0.5}
    seen = Evidence({("quality", arm): levels for arm, levels in arms.items()}, {}, np.ones((1, 2)))
    words = Vocabulary(("quality",), tuple(arms), "control", (), 0, 6)
    with np.errstate(all="ignore"):
        found = {
            text: parse(text, words).evaluate(seen)[0]
            for text in ("sd(quality, a, 6)", "sd(quality, both, 6)", "interaction_sd(quality, a, b, a, 6)")
        }
    assert found == {
        "sd(quality, a, 6)": 0.0,
        "sd(quality, both, 6)": np.inf,
        "interaction_sd(quality, a, b, a, 6)": 0.0,
    }


def test_shares_of_districts_count_gains_and_levels(evidence):
    gain = level(evidence, "quality", "a", 9) - level(evidence, "quality", "control", 9)
    bar = 0.5 * level(evidence, "quality", "control", 9).std(ddof=1)
    assert value("share_above(quality, a, 9, 0.5)", evidence)[0] == pytest.approx((gain > bar).mean())
    assert value("share_below(quality, a, 9, -0.5)", evidence)[0] == pytest.approx((gain < -bar).mean())
    there = level(evidence, "quality", "a", 9)
    between = ((there >= 0.4) & (there <= 0.6)).mean()
    assert value("share_between(quality, a, 9, 0.4, 0.6)", evidence)[0] == pytest.approx(between)


def test_a_list_of_measures_or_arms_gives_the_mean_over_it(evidence):
    each = [value(f"sd({measure}, {arm}, 9)", evidence) for measure in ("quality", "engaged") for arm in ("a", "b")]
    assert value("sd([quality, engaged], [a, b], 9)", evidence) == pytest.approx(np.mean(each, axis=0))
    assert value("mean([quality], [a], 9)", evidence) == pytest.approx(value("mean(quality, a, 9)", evidence))


def test_pooling_arms_is_the_same_as_counting_the_districts_of_all_of_them(evidence):
    gains = [level(evidence, "quality", arm, 9) - level(evidence, "quality", "control", 9) for arm in ("a", "b")]
    bar = 0.5 * level(evidence, "quality", "control", 9).std(ddof=1)
    assert value("share_above(quality, [a, b], 9, 0.5)", evidence)[0] == pytest.approx((np.array(gains) > bar).mean())


def test_a_share_counts_the_districts_in_which_a_condition_holds(evidence):
    there, twin, taken_part = (
        level(evidence, *which, 9) for which in (("quality", "a"), ("quality", "control"), ("engaged", "a"))
    )
    by_hand = (there - twin > 0.1) & ~(taken_part < 0.5) | ((there > 0.3) & (there <= 0.4))
    text = "share(effect(quality, a, 9) > 0.1 and not mean(engaged, a, 9) < 0.5 or 0.3 < mean(quality, a, 9) <= 0.4{})"
    pooled, *each = value(text.format(""), evidence)
    assert pooled == pytest.approx(by_hand.mean())
    assert each == pytest.approx(by_hand.mean(axis=1))
    poor = evidence.groups["poor"]
    assert value(text.format(", group=poor"), evidence)[0] == pytest.approx(by_hand[poor].mean())


def test_a_share_of_districts_above_a_level_is_the_older_function_for_it(evidence):
    assert value("share(sd(quality, a, 9) > 0.5)", evidence) == pytest.approx(
        value("share_above(quality, a, 9, 0.5)", evidence)
    )


def test_within_a_share_courses_are_read_district_by_district(evidence):
    months = slice(HISTORY, HISTORY + MONTHS)
    course = (evidence.levels["quality", "a"] - evidence.levels["quality", "control"])[:, :, months]
    largest = np.abs(course).argmax(axis=2)
    found = value("share(peak_month(quality, a, [1, 12]) <= 6)", evidence)[0]
    assert found == pytest.approx((largest + 1 <= 6).mean())
    halved = [
        any(abs(path[month]) <= abs(path[top]) / 2 for month in range(top, MONTHS))
        for path, top in zip(course.reshape(-1, MONTHS), largest.ravel(), strict=True)
    ]
    assert value("share(half_life(quality, a, [1, 12]) >= 0)", evidence)[0] == pytest.approx(np.mean(halved))


@given(intercept=st.floats(-2, 2), gradient=st.floats(-3, 3))
def test_the_slope_of_points_on_a_line_is_that_of_the_line(intercept, gradient):
    x = np.random.default_rng(8).uniform(0.1, 0.9, (3, 4, 6))
    levels = {("quality", "control"): x, ("engaged", "control"): intercept + gradient * x}
    words = Vocabulary(("quality", "engaged"), ("control",), "control", (), 0, 6)
    text = "slope(mean(engaged, control, 6), mean(quality, control, 6))"
    assert parse(text, words).evaluate(Evidence(levels, {}, np.eye(3))) == pytest.approx([gradient] * 3, abs=1e-9)


def test_a_slope_is_that_of_least_squares_over_the_districts_that_count(evidence):
    y, x = (level(evidence, measure, "a", 9) - level(evidence, measure, "a", 6) for measure in ("engaged", "quality"))
    text = "slope(mean(engaged, a, 9) - mean(engaged, a, 6), mean(quality, a, 9) - mean(quality, a, 6){})"
    pooled, *each = value(text.format(""), evidence)
    assert pooled == pytest.approx(np.polyfit(x.ravel(), y.ravel(), 1)[0])
    assert each == pytest.approx([np.polyfit(*trial, 1)[0] for trial in zip(x, y, strict=True)])
    poor = evidence.groups["poor"]
    assert value(text.format(", group=poor"), evidence)[0] == pytest.approx(np.polyfit(x[poor], y[poor], 1)[0])


def test_a_slope_over_resampled_trials_counts_their_districts_as_often_as_they_are_drawn(evidence):
    drawn = np.array([0, 0, 3])
    weights = np.bincount(drawn, minlength=TRIALS)[None].astype(float)
    resampled = Evidence(evidence.levels, evidence.groups, weights)
    y, x = (level(evidence, measure, "a", 9)[drawn].ravel() for measure in ("engaged", "quality"))
    found = value("slope(mean(engaged, a, 9), mean(quality, a, 9))", resampled)
    assert found == pytest.approx([np.polyfit(x, y, 1)[0]])


def test_districts_that_are_all_alike_have_no_slope(evidence):
    with np.errstate(all="ignore"):
        assert np.isnan(value("slope(mean(quality, a, 9), 0.1)", evidence)).all()


def test_people_spread_as_their_yes_and_no_do():
    generator = np.random.default_rng(5)
    people = generator.random((2, 4, 50)) < generator.random((2, 4, 1))
    levels = {("engaged", "control"): people.mean(axis=2)[:, :, None].repeat(6, axis=2)}
    words = Vocabulary(("engaged",), ("control",), "control", (), 0, 6)
    found = parse("spread_people(engaged, control, 6)", words).evaluate(Evidence(levels, {}, np.ones((1, 2))))
    assert found == pytest.approx([people.std()])


def test_a_condition_without_a_measure_holds_everywhere_or_nowhere(evidence):
    assert value("share(1 > 0)", evidence) == pytest.approx(1)
    assert parse("share(1 < 0)", VOCABULARY).evaluate(Evidence({}, {}, np.ones((1, 2)))) == pytest.approx(0)


def test_the_least_and_the_largest_of_several_numbers(evidence):
    assert value("max(1, 3, 2, -4)", evidence) == 3
    assert value("min(1, 3, 2, -4)", evidence) == -4


@given(st.integers(1, 400))
def test_a_sum_of_any_length_is_read_from_left_to_right(count):
    seen = Evidence({}, {}, np.ones((1, 1)))
    assert parse(" - ".join(["1"] * count), VOCABULARY).evaluate(seen) == 2 - count


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
        ("mean(quality, a, 9.5)", "month = 9.5: must be a whole number"),
        ("mean(quality, a, [1, 9.5])", "month = 9.5: must be a whole number"),
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
        ("1" + " + 1" * 5000, "must have up to 10000 characters, not 20001"),
        ("mean([], a, 9)", "must have each measure once"),
        ("mean(quality, [a, a], 9)", "must have each arm once"),
        ("mean([quality, qualty], a, 9)", "did you mean 'quality'"),
        ("interaction(quality, [a, b], a, both, 9)", "must be the name of an arm"),
        ("min(1)", "min: must have 2 to 100 numbers, not 1"),
        ("log(1, 2)", "log: must have 1 number, not 2"),
        ("spread_people(quality, a, 9)", "quality: must be a share of people"),
        ("share(mean(quality, a, 9))", "must be a condition"),
        ("share(mean(quality, a, 9) == 1)", "must be a condition"),
        ("share(mean(quality, a, 9) > 1, 2)", "must be written as share(condition, group=GROUP)"),
        ("share(mean(quality, a, 9) > 1, versus=b)", "must be written as share(condition, group=GROUP)"),
        ("share(mean(quality, a, 9, group=poor) > 1)", "group: must be left out within share"),
        ("share(share(mean(quality, a, 9) > 1) > 1)", "must not appear within share"),
        ("share(" + "not " * 100 + "1 > 0)", "must be nested at most"),
        ("slope(1 > 0, 2)", "must be made of numbers"),
        ("mean(quality, a, 9) > 0", "must be made of numbers"),
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
