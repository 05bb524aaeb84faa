"""The patterns that the model must show, over societies of the shipped configs (twelve seeds each).

Differences are taken seed by seed, among the same people with the same luck, and stand out from their standard error.
"""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from engagesim.configs.compose import composed
from engagesim.engines.compiled import Simulated, simulate
from engagesim.measures import MEASURE_NAMES
from things import overriding

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

SEEDS = list(range(1, 13))
OPENS = 24
CHEAP_TALK = ("survey", "consultation")
STRONG = ("committee", "participatory_planning", "social_audit", "cocreation")
FORMS = ("none", *CHEAP_TALK, "budget_consultation", "codesign", *STRONG)
CLIENTELIST = ("incentives=clientelist", "population.reform_minded_share=0.25")
CONTESTED = ("incentives=contested",)
MERIT = ("incentives=merit", "population.reform_minded_share=0.55")


@cache
def forms_in(context: tuple[str, ...]) -> Simulated:
    return simulate([composed([*context, f"engagement={form}"])[0] for form in FORMS], SEEDS)


def at_the_end(context: tuple[str, ...], form: str, measure: str) -> np.ndarray:
    """Mean of the last year, by seed."""
    return forms_in(context).measure(measure)[FORMS.index(form), :, -12:].mean(axis=-1)


def change(context: tuple[str, ...], form: str, measure: str) -> NDArray[np.float64]:
    """Return what a form changes at the end, by seed."""
    difference: NDArray[np.float64] = at_the_end(context, form, measure) - at_the_end(context, "none", measure)
    return difference


def is_above(differences: NDArray[np.float64], least: float = 0.0) -> bool:
    """Whether the mean of some differences is above a number by more than two standard errors."""
    return bool(differences.mean() - 2 * differences.std(ddof=1) / len(differences) ** 0.5 > least)


@pytest.mark.parametrize("form", FORMS[1:])
def test_in_a_clientelist_trap_no_form_does_much_or_brings_many_districts_a_coalition(form):
    assert is_above(-change(CLIENTELIST, form, "quality"), -0.08)
    assert is_above(-at_the_end(CLIENTELIST, form, "coalition_ever"), -0.15)


@pytest.mark.parametrize("form", STRONG)
def test_under_merit_the_same_forms_do_at_least_one_and_a_half_times_as_much_and_help_coalitions(form):
    assert is_above(change(MERIT, form, "quality") - 1.5 * change(CLIENTELIST, form, "quality"))
    assert is_above(change(MERIT, form, "coalition_ever"))


@pytest.mark.parametrize("form", CHEAP_TALK)
@pytest.mark.parametrize("context", [CLIENTELIST, CONTESTED, MERIT])
def test_cheap_talk_alone_does_little(form, context):
    assert is_above(-change(context, form, "quality"), -0.04)


@pytest.mark.parametrize("talk", CHEAP_TALK)
@pytest.mark.parametrize("form", STRONG)
def test_cheap_talk_never_beats_forms_with_teeth_or_influence_in_a_contested_context(talk, form):
    assert is_above(at_the_end(CONTESTED, form, "quality") - at_the_end(CONTESTED, talk, "quality"))


def test_patronage_takes_coalitions_from_districts_by_degrees_and_not_at_a_sharp_boundary():
    levels = np.linspace(0.05, 0.65, 7)
    points = [composed(["engagement=cocreation", f"incentives.patronage={level:.3f}"])[0] for level in levels]
    ever = simulate(points, SEEDS).measure("coalition_ever")[..., -1]
    assert is_above(ever[0] - ever[-1], 0.1)
    steps = -np.diff(ever.mean(axis=1))
    assert steps.max() < 0.5 * (ever[0] - ever[-1]).mean(), "no step of a sixth of the way takes half of them"
    assert 0 < ever[3].mean() < 1


def test_a_society_that_comes_from_reform_keeps_more_coalitions_than_one_that_comes_from_the_trap():
    def through(start: float) -> NDArray[np.float64]:
        schedule = f"[{{start:0,ramp:180,add:{{incentives.patronage:{0.45 - start:.2f}}}}}]"
        overrides = ["engagement=cocreation", "engagement.start=0", "months=360", f"interventions={schedule}"]
        point = composed([*overrides, f"incentives.patronage={start}"])[0]
        settled: NDArray[np.float64] = simulate([point], SEEDS).measure("coalition_districts")[0, :, -24:].mean(axis=-1)
        return settled

    assert is_above(through(0.05) - through(0.85))


def test_teeth_give_confrontation_before_quality_and_less_of_it_where_officials_are_protected():
    points = [composed([f"incentives.merit_protection={merit}", "engagement=social_audit"])[0] for merit in (0.05, 0.9)]
    lived = simulate(points, SEEDS)
    confront, quality = lived.measure("confront").mean(axis=1), lived.measure("quality").mean(axis=1)
    exposed, protected = 0, 1
    before, first, later = slice(12, OPENS), slice(OPENS + 6, OPENS + 12), slice(OPENS + 54, OPENS + 66)
    rise = confront[exposed, first].mean() - confront[exposed, before].mean()
    gained = quality[:, first].mean(axis=1) - quality[:, before].mean(axis=1)
    gained_later = quality[:, later].mean(axis=1) - quality[:, before].mean(axis=1)
    assert rise > confront[exposed, before].mean()
    assert gained[exposed] < 0.3 * gained_later[exposed]
    assert confront[protected, first].mean() < 0.85 * confront[exposed, first].mean()
    # More people engage as responses improve, of whom fewer confront.
    of_engaged = confront / lived.measure("engaged").mean(axis=1)
    assert of_engaged[protected, later].mean() < 0.9 * of_engaged[protected, first].mean()
    responding = (lived.measure("accommodate") + lived.measure("cocreate")).mean(axis=1)
    assert responding[protected, later].mean() > responding[protected, first].mean() + 0.1


@pytest.mark.parametrize("form", STRONG)
@pytest.mark.parametrize("context", [CLIENTELIST, CONTESTED, MERIT])
def test_a_first_success_makes_a_second_engagement_more_likely_than_a_first_failure(form, context):
    again = [at_the_end(context, form, f"again_after_{outcome}") for outcome in ("success", "failure")]
    assert is_above(again[0] - again[1])


@pytest.mark.parametrize("form", ["committee", "codesign", "cocreation", "participatory_planning"])
def test_a_demanding_form_draws_in_the_more_educated_and_less_vulnerable_and_clients_are_more_vulnerable(form):
    assert is_above(change(CONTESTED, form, "education_of_engaged"), 0.01)
    assert is_above(-change(CONTESTED, form, "vulnerability_of_engaged"), 0.01)
    assert is_above(at_the_end(CONTESTED, form, "vulnerability_of_clients"), 0.01)


def test_without_a_form_those_in_need_make_claims_as_much_as_others_or_more():
    assert is_above(at_the_end(CONTESTED, "none", "vulnerability_of_engaged"))


def test_inclusive_forms_narrow_the_gap_in_who_takes_part():
    def gap(inclusiveness: float) -> NDArray[np.float64]:
        point = composed(["engagement=committee", f"engagement.inclusiveness={inclusiveness}"])[0]
        lately: NDArray[np.float64] = (
            simulate([point], SEEDS).measure("vulnerability_of_engaged")[0, :, -60:].mean(axis=-1)
        )
        return lately

    assert is_above(gap(0.9) - gap(0.1), 0.005)


def test_politicisation_and_missing_resources_lower_morale():
    reference, politicised, poor = (
        simulate([composed(list(changed))[0]], SEEDS).measure("morale")[0, :, -12:].mean(axis=-1)
        for changed in (
            ("engagement=committee",),
            ("engagement=committee", "incentives.merit_protection=0.0", "incentives.patronage=0.5"),
            ("engagement=committee", "conditions.resources=0.5"),
        )
    )
    assert is_above(reference - politicised, 0.05)
    assert is_above(reference - poor, 0.05)


def test_low_morale_turns_reform_minded_officials_into_token_ones():
    def responses(morale: float) -> tuple[float, float]:
        point = composed(
            overriding(
                MERIT, "engagement=committee", "population.reform_minded_share=1", "incentives.labour_market=1",
                f"officials.morale_base={morale}", f"population.morale_start={morale}",
            )
        )[0]  # fmt: skip
        lived = simulate([point], SEEDS)
        responding = lived.measure("accommodate") + lived.measure("cocreate")
        return float(responding[0, :, 24:60].mean()), float(lived.measure("token")[0, :, 24:60].mean())

    (high_response, high_token), (low_response, low_token) = responses(0.7), responses(0.05)
    assert low_response < high_response - 0.1
    assert low_token > high_token + 0.02


@pytest.mark.parametrize("form", ["budget_consultation", "participatory_planning", "committee", "cocreation"])
def test_effects_of_participatory_forms_grow_with_years(form):
    quality = forms_in(CONTESTED).measure("quality")
    difference = (quality[FORMS.index(form)] - quality[0]).mean(axis=0)
    after = {months: difference[OPENS + months - 6 : OPENS + months + 6].mean() for months in (24, 96)}
    assert after[96] >= 2 * after[24] > 0


def test_every_measure_is_finite_in_every_context():
    for context in (CLIENTELIST, CONTESTED, MERIT):
        metrics = forms_in(context).metrics
        assert metrics.shape == (len(FORMS), len(SEEDS), 144, len(MEASURE_NAMES))
        assert np.isfinite(metrics).all()
