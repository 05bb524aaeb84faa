"""What one visitor has open follows what is done, and its link brings it back."""

from operator import attrgetter

import numpy as np
import pytest

from engagesim import EngagementModel
from engagesim.app import controls
from engagesim.app.asked import Asked
from engagesim.app.limits import MOST_MONTHS
from engagesim.app.visit import Visit
from engagesim.app.words import glossary, label
from engagesim.measures import MEASURES
from engagesim.parameters import SETTINGS
from engagesim.rules.vocabulary import Response, Stance, Strategy

SMALL = "population.citizens=60&population.districts=3"


@pytest.fixture
def visit() -> Visit:
    return Visit(SMALL)


def value_of(visit: Visit, name: str):
    """What a control shows."""
    return next(each["value"] for group in controls.groups(visit) for each in group["controls"] if each["name"] == name)


def test_what_is_done_on_the_way_is_in_the_link(visit):
    visit.step(3)
    controls.change(visit, "incentives.patronage", 0.05)
    controls.change(visit, "form", "social_audit")
    visit.step(2)
    controls.change(visit, "form", "survey")
    controls.change(visit, "external_audit", True)
    visit.step(4)
    controls.change(visit, "external_audit", False)
    visit.look_at(7)
    again = Visit(visit.link())
    assert (again.complaint.value, again.month.value, again.agent.value) == ("", 9, 7)
    assert again.society.state.same_as(visit.society.state)
    assert again.parameters == visit.parameters
    for each in (visit, again):
        each.step(5)
    assert np.array_equal(again.society.metrics, visit.society.metrics)


def test_opening_another_form_closes_the_one_before_and_the_plan_can_be_taken_up_again(visit):
    visit.step(2)
    controls.change(visit, "form", "social_audit")
    visit.step(1)
    controls.change(visit, "form", "none")
    assert visit.asked.value.under_way() == ("none",)
    assert value_of(visit, "form") == "none"
    visit.step(1)
    controls.change(visit, "form", "as-planned")
    assert visit.asked.value.under_way() == ()
    assert [(entry.name, entry.start, entry.stop) for entry in visit.parameters.interventions] == [
        ("social_audit", 2, 3), ("none", 3, 4),
    ]  # fmt: skip


def test_controls_show_what_is_in_force_as_the_agents_find_it(visit):
    controls.change(visit, "external_audit", True)
    controls.change(visit, "incentives.rents", 1.25)
    model = EngagementModel(visit.parameters)
    for _ in range(26):
        model.step()
    shown = controls.in_force(visit.parameters, 25)
    for setting in SETTINGS:
        found = [attrgetter(setting.path)(district.settings) for district in model.districts]
        assert shown[setting.path] == pytest.approx(np.mean(found)), setting.path
    assert (shown["incentives.audit"], shown["incentives.rents"]) == (1.0, 1.25)


def test_what_is_wrong_is_said_and_what_was_open_stays(visit):
    visit.step(2)
    controls.change(visit, "population.citizens", 10**6)
    assert "the dashboard allows up to 2000" in visit.complaint.value
    assert (visit.month.value, visit.asked.value) == (
        2,
        Asked(changes={"population.citizens": 60, "population.districts": 3}),
    )
    controls.change(visit, "seed", 5)
    assert (visit.complaint.value, visit.month.value, visit.parameters.seed) == ("", 0, 5)
    assert Visit("seed=x").complaint.value.startswith("this link cannot be opened: seed = x")


def test_reset_goes_back_to_the_start_without_what_was_done_and_another_scenario_starts_plain(visit):
    visit.step(2)
    controls.change(visit, "incentives.rents", 0.0)
    visit.reset()
    assert (visit.month.value, visit.asked.value.acts) == (0, ())
    controls.change(visit, "scenario", "merit_state")
    assert visit.asked.value == Asked("merit_state")


def test_a_society_ends_where_the_dashboard_says(visit):
    visit.is_playing.set(True)
    visit.step(MOST_MONTHS + 50)
    assert visit.month.value == MOST_MONTHS
    visit.step()
    assert (visit.month.value, visit.is_playing.value) == (MOST_MONTHS, False)
    assert str(MOST_MONTHS) in visit.complaint.value


def test_an_agent_that_is_not_there_is_not_looked_at(visit):
    visit.look_at(10**6)
    assert visit.agent.value is None
    visit.look_at(70)
    visit.change_start({"population.citizens": 20, "population.districts": 1})
    assert visit.agent.value is None


def test_tabs_keep_their_own_in_the_link(visit):
    visit.keep("map", {"x": "incentives.audit"})
    visit.keep("studies", {"open": "a b&c"})
    visit.keep("map", {"y": "incentives.rents"})
    assert Visit(visit.link()).extras.value == {"studies.open": "a b&c", "map.y": "incentives.rents"}


def test_every_control_explains_itself_and_the_glossary_knows_every_measure_and_setting(visit):
    assert all(each["help"] for group in controls.groups(visit) for each in group["controls"])
    kinds = {entry.kind for entry in glossary()}
    assert {f"Parameter {setting.path}" for setting in SETTINGS} <= kinds
    assert {f"{measure.description}" for measure in MEASURES} <= {
        entry.text.rpartition(" (")[0] for entry in glossary()
    }
    assert all(entry.term and entry.text for entry in glossary())


@pytest.mark.parametrize("option", [*Strategy, *Response, *Stance], ids=lambda option: option.name)
def test_the_glossary_explains_every_choice_in_other_words_than_its_name(option):
    (text,) = (
        entry.text for entry in glossary()
        if entry.kind.startswith("What ") and entry.term == label(option.name.lower())
    )  # fmt: skip
    assert option.name.partition("_")[0].lower() not in text.lower()
