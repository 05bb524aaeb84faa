"""Scenarios and comparisons by name, in Python: the same as on the command line."""

import pytest

from engagesim import Comparison, compare, scenario
from engagesim.configs.compose import composed
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters

HAMLET = {"population.citizens": 60, "population.districts": 3, "months": 36}


def test_a_scenario_is_that_of_the_command_line():
    words = ["scenario=clientelist_trap", "engagement=survey", "population=hamlet"]
    assert scenario("clientelist_trap", engagement="survey", population="hamlet") == composed(words).parameters
    assert scenario() == Parameters()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "merit_stat"}, "did you mean 'merit_state'"),
        ({"engagement": "referendum"}, "social_audit"),
        ({"engagements": "survey"}, "did you mean 'engagement'"),
        ({"months": "3"}, "months: no such group"),
        ({"name": "none,merit_state"}, "scenario = 'none,merit_state': must be the name of one choice"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(asked, said):
    with pytest.raises(EngagementError) as refused:
        scenario(**asked)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.fixture(scope="module")
def found() -> Comparison:
    town = scenario("contested_reform", engagement="none").changed(HAMLET)
    packages = {"nothing": [], "audit": ["social_audit", {"use": "merit_protection", "start": 12}]}
    return compare(packages, {"here": town, "there": town.changed({"incentives.patronage": 0.0})}, range(1, 9), "trust")


def test_packages_are_compared_in_each_context_on_all_outcomes(found):
    assert set(found.differences["context"]) == {"here", "there"}
    assert set(found.differences["package"]) == {"nothing", "audit"}
    assert found.outcome == "trust"
    audit = found.costs[found.costs["package"] == "audit"]
    assert (audit["cost"] > 0).all()


def test_a_package_that_does_nothing_differs_by_nothing(found):
    nothing = found.differences[found.differences["package"] == "nothing"]
    assert (nothing["difference"] == 0).all()
    audit = found.differences[(found.differences["package"] == "audit") & (found.differences["outcome"] == "trust")]
    assert (audit["difference"] != 0).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"packages": {"audit": ["social_adit"]}}, "did you mean 'social_audit'"),
        ({"outcome": "happiness"}, "outcome = 'happiness': must be quality"),
        ({"calibration": "mine"}, "calibration"),
        ({"seeds": [1]}, "seeds"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(changes, said):
    asked = {"packages": {"audit": ["social_audit"]}, "contexts": {"here": Parameters().changed(HAMLET)}, **changes}
    with pytest.raises(EngagementError) as refused:
        compare(**asked)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
