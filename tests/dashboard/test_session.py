"""What one visitor has open follows what is done, and its link brings it back."""

from operator import attrgetter

import numpy as np
import pytest

from engagesim import EngagementModel
from engagesim.dashboard import explore, explore_view
from engagesim.dashboard.glossary import glossary, label
from engagesim.dashboard.limits import MOST_MONTHS
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.measures import MEASURES
from engagesim.parameters import SETTINGS
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy

SMALL = "population.citizens=60&population.districts=3"


@pytest.fixture
def session() -> Session:
    return Session(SMALL)


def value_of(session: Session, name: str):
    """What a control shows."""
    return next(
        each["value"] for group in explore.groups(session) for each in group["controls"] if each["name"] == name
    )


def test_what_is_done_on_the_way_is_in_the_link(session):
    session.step(3)
    explore.change(session, "incentives.patronage", 0.05)
    explore.change(session, "form", "social_audit")
    session.step(2)
    explore.change(session, "form", "survey")
    explore.change(session, "external_audit", True)
    session.step(4)
    explore.change(session, "external_audit", False)
    session.look_at(7)
    again = Session(session.link())
    assert (again.complaint.value, again.month.value, again.agent.value) == ("", 9, 7)
    assert again.society.state.same_as(session.society.state)
    assert again.parameters == session.parameters
    for each in (session, again):
        each.step(5)
    assert np.array_equal(again.society.metrics, session.society.metrics)


def test_opening_another_form_closes_the_one_before_and_the_plan_can_be_taken_up_again(session):
    session.step(2)
    explore.change(session, "form", "social_audit")
    session.step(1)
    explore.change(session, "form", "none")
    assert session.request.value.under_way() == ("none",)
    assert value_of(session, "form") == "none"
    session.step(1)
    explore.change(session, "form", "as-planned")
    assert session.request.value.under_way() == ()
    assert [(entry.name, entry.start, entry.stop) for entry in session.parameters.interventions] == [
        ("social_audit", 2, 3), ("none", 3, 4),
    ]  # fmt: skip


def test_controls_show_what_is_in_force_as_the_agents_find_it(session):
    explore.change(session, "external_audit", True)
    explore.change(session, "incentives.rents", 1.25)
    model = EngagementModel(session.parameters)
    for _ in range(26):
        model.step()
    shown = explore.in_force(session.parameters, 25)
    for setting in SETTINGS:
        found = [attrgetter(setting.path)(district.settings) for district in model.districts]
        assert shown[setting.path] == pytest.approx(np.mean(found)), setting.path
    assert (shown["incentives.audit"], shown["incentives.rents"]) == (1.0, 1.25)


def test_what_is_wrong_is_said_and_what_was_open_stays(session):
    session.step(2)
    explore.change(session, "population.citizens", 10**6)
    assert "must be at most 2000" in session.complaint.value
    assert (session.month.value, session.request.value) == (
        2,
        SocietyRequest(changes={"population.citizens": 60, "population.districts": 3}),
    )
    explore.change(session, "seed", 5)
    assert (session.complaint.value, session.month.value, session.parameters.seed) == ("", 0, 5)
    assert Session("seed=x").complaint.value.startswith("this link cannot be opened: seed = x")


def test_reset_goes_back_to_the_start_without_what_was_done_and_another_scenario_starts_plain(session):
    session.step(2)
    explore.change(session, "incentives.rents", 0.0)
    session.reset()
    assert (session.month.value, session.request.value.acts) == (0, ())
    explore.change(session, "scenario", "merit_state")
    assert session.request.value == SocietyRequest("merit_state")


def test_a_society_ends_where_the_dashboard_says(session):
    session.is_playing.set(True)
    session.step(MOST_MONTHS + 50)
    assert session.month.value == MOST_MONTHS
    session.step()
    assert (session.month.value, session.is_playing.value) == (MOST_MONTHS, False)
    assert str(MOST_MONTHS) in session.complaint.value


def test_an_agent_that_is_not_there_is_not_looked_at(session):
    session.look_at(10**6)
    assert session.agent.value is None
    session.look_at(70)
    session.change_start({"population.citizens": 20, "population.districts": 1})
    assert session.agent.value is None


def test_tabs_keep_their_own_in_the_link(session):
    session.keep("map", {"x": "incentives.audit"})
    session.keep("studies", {"open": "a b&c"})
    session.keep("map", {"y": "incentives.rents"})
    assert Session(session.link()).extras.value == {"studies.open": "a b&c", "map.y": "incentives.rents"}


def test_every_control_explains_itself_and_the_glossary_knows_every_measure_and_setting(session):
    assert all(each["help"] for group in explore.groups(session) for each in group["controls"])
    kinds = {entry.kind for entry in glossary()}
    assert {f"Parameter {setting.path}" for setting in SETTINGS} <= kinds
    assert {f"{measure.description}" for measure in MEASURES} <= {
        entry.text.rpartition(" (")[0] for entry in glossary()
    }
    assert all(entry.term and entry.text for entry in glossary())


def test_everything_that_is_shown_of_a_society_explains_itself(session):
    session.step()
    shown = [line for panel in explore_view.PANELS for line in panel["lines"]]
    shown += [act for kind in explore_view.scene(session.society)["groups"] for act in kind["acts"]]
    for row in (0, 60, 61, session.society.wiring.agents - 1):
        agent = explore_view.about(session.society, row, weighs=True)
        shown += [agent, *agent["options"], *(term for option in agent["options"] for term in option["terms"])]
    assert all(each["help"] for each in shown)


@pytest.mark.parametrize("option", [*Strategy, *Response, *Stance], ids=lambda option: option.name)
def test_the_glossary_explains_every_choice_in_other_words_than_its_name(option):
    (text,) = (
        entry.text for entry in glossary()
        if entry.kind.startswith("What ") and entry.term == label(option.name.lower())
    )  # fmt: skip
    assert option.name.partition("_")[0].lower() not in text.lower()


def test_an_agent_is_told_with_what_it_has_committed_to(session):
    session.step(6)
    society, state = session.society, session.society.state
    wiring = society.wiring
    provider = next(row for row in range(wiring.citizens, wiring.agents) if wiring.role(row) == Role.PROVIDER)
    place = provider - wiring.citizens
    for name, value in {
        "members": 7,
        "leading": 1,
        "dispute": 4,
        "promise_due": 3,
        "agreement": 0,
        "member": 0,
    }.items():
        state.column("official", name)[place] = value
    told = explore_view.about(society, provider, weighs=False)["does"]
    assert "7 members and 1 leader" in told
    assert "in dispute with the provider for 4 months" in told
    assert "a promise, due in 3 months" in told

    for name, value in {"member": 1, "belonging": 9, "leader": 1}.items():
        state.column("citizen", name)[0] = value
    told = explore_view.about(society, 0, weighs=False)["does"]
    assert "belonged to the organisation of users for 9 months, and lead it" in told

    politician = wiring.agents - wiring.districts
    state.column("politician", "member")[0] = 1
    state.column("politician", "election_in")[0] = 11
    state.column("district", "coalition")[0], state.column("district", "coalition_age")[0] = 1, 14
    told = explore_view.about(society, politician, weighs=False)["does"]
    assert "next election is due in 11 months" in told
    assert "belong to the coalition of the district, which has stood for 14 months" in told


def test_what_is_said_of_service_points_agrees_with_the_picture(session):
    session.step(30)
    acts = np.frombuffer(explore_view.frame(session.society, 0)["acts"], dtype=np.uint8)
    disputed, promised, agreed = (int((acts >> 5 == kind).sum()) for kind in (1, 2, 3))
    assert f"{disputed} in dispute, {promised} with a promise, {agreed} in agreement" in explore_view.status(
        session.society
    )
