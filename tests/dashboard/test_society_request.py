"""What a link of Explore carries of a society: all that decides its bits, or a clear no."""

import pytest

from engagesim.configs.compose import composed
from engagesim.dashboard.links import Link, read, write
from engagesim.dashboard.society_request import form_changes, request_for
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError


@pytest.mark.parametrize(
    "overrides",
    [
        ["scenario=merit_state", "engagement=survey", "seed=5"],
        ["scenario=contested_reform", "network=erdos_renyi", "incentives.patronage=0.123456789012"],
        ["scenario=rising_expectations", "citizens.stake=0.7", "engagement.start=3"],
        [],
    ],
)
def test_a_society_comes_through_a_link_with_the_same_bits(overrides):
    parameters = composed([*overrides, "population=hamlet", "months=30"]).parameters
    link = read(write(Link("explore", request_for(parameters))))
    again = link.request.parameters().changed({"months": 30})
    found = simulate([parameters, again], [parameters.seed])
    assert (found.metrics[0] == found.metrics[1]).all()
    assert again.engagement.form == parameters.engagement.form


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"interventions": [{"name": "mine", "add": {"incentives.patronage": 0.1}}]}, "interventions"),
        ({"engagement.where": [0]}, "engagement.where"),
        ({"population.citizens": 50_000}, "population.citizens"),
    ],
)
def test_what_a_link_cannot_carry_is_said(changes, said):
    parameters = composed(["scenario=contested_reform"]).parameters.changed(changes)
    with pytest.raises(ParameterError, match=said):
        request_for(parameters)


def test_a_form_that_is_the_scenarios_own_changes_nothing():
    assert form_changes("contested_reform", "cocreation") == {}
