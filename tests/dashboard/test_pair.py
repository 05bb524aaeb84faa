"""The two sides of a comparison: what links carry, what is refused, and what is said of their difference."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim.configs.compose import composed
from engagesim.dashboard.glossary import ROW
from engagesim.dashboard.pair import (
    AS_IT_STANDS,
    EXAMPLES,
    INCENTIVES,
    LIMITS,
    MOST_INTERVENTIONS,
    Common,
    Pair,
    Side,
    differing,
    society,
)
from engagesim.dashboard.society_request import forms, levers, scenarios
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError


def _incentive(path):
    return st.tuples(st.just(path), st.integers(0, 20).map(lambda n: n / 20 * ROW[path].high))


sides = st.builds(
    Side,
    st.sampled_from(scenarios()),
    st.sampled_from((AS_IT_STANDS, *forms())),
    st.lists(st.sampled_from(levers()), unique=True, max_size=MOST_INTERVENTIONS).map(tuple),
    st.sets(st.sampled_from(INCENTIVES)).flatmap(
        lambda some: st.tuples(*(_incentive(path) for path in INCENTIVES if path in some))
    ),
)
commons = st.builds(Common, **{name: st.integers(*LIMITS[name]) for name in Common._fields})
pairs = st.builds(Pair, sides, sides, commons, st.integers(*LIMITS["seeds"]), st.sampled_from(["quality", "trust"]))


@given(pairs)
def test_a_link_brings_back_the_same_pair(pair):
    words = pair.words()
    assert Pair.of(words) == pair
    assert all(isinstance(word, str) and len(word) <= 300 for word in words.values())


@settings(max_examples=15)
@given(sides)
def test_whatever_can_be_chosen_makes_a_society(side):
    made = society(side, Common(months=24))
    assert made.months == 24
    assert {entry.name for entry in made.interventions} >= set(side.interventions)
    assert made.incentives.patronage == dict(side.incentives).get("incentives.patronage", made.incentives.patronage)


@given(sides)
def test_nothing_differs_between_a_side_and_itself(side):
    assert "nothing" in differing(side, side)


def test_more_than_one_difference_is_warned_of():
    one = differing(Side(), Side(form="survey"))
    two = differing(Side(), Side(form="survey", interventions=(levers()[0],)))
    assert one == "the form of engagement (co-creation in A, survey in B)."
    assert "cannot show what each of them does" in two


@pytest.mark.parametrize("form", ["survey", "none"])
def test_a_side_is_to_the_bit_what_the_command_line_runs(form):
    side = society(Side("merit_state", form), Common(seed=3, citizens=100, months=36))
    sizes = ["seed=3", "population.citizens=100", "months=36"]
    run = composed(["scenario=merit_state", f"engagement={form}", *sizes]).parameters
    found = simulate([side, run], [3])
    assert (found.metrics[0] == found.metrics[1]).all()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"a.scenario": "atlantis"}, "scenario = atlantis"),
        ({"b.form": "../x"}, "form = ../x"),
        ({"b.with": "social_audit"}, "with = social_audit"),
        ({"a.with": ",".join(levers()[: MOST_INTERVENTIONS + 1])}, "must be at most 6"),
        ({"a.incentives.patronage": "nan"}, "must be a number from 0 to 1"),
        ({"a.incentives.patronage": "7"}, "must be a number from 0 to 1"),
        ({"citizens": "1000000"}, "must be a whole number from 100 to 2000"),
        ({"seeds": "-1"}, "must be a whole number from 10 to 400"),
        ({"seed": "²"}, "must be a whole number from 0 to"),
        ({"outcome": "wealth"}, "outcome = wealth"),
    ],
)
def test_a_wrong_word_is_refused_in_one_line(words, said):
    with pytest.raises(ParameterError) as refused:
        Pair.of(words)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_question_to_begin_with_makes_two_societies_and_the_last_is_a_placebo():
    for a, b in EXAMPLES.values():
        assert society(a, Common(months=24)).months == society(b, Common(months=24)).months
    assert len({*EXAMPLES.values()}) == len(EXAMPLES)
    placebo = list(EXAMPLES.values())[-1]
    assert placebo[0] == placebo[1]
