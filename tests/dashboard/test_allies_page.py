"""The tab Allies: what a link may say, what is found for the open society, and the case for and against an actor."""

import pytest

from engagesim import Parameters
from engagesim.alliances.found import Effort
from engagesim.alliances.futures import DEFECT, TRANSFER
from engagesim.alliances.search import Candidate, Gain
from engagesim.dashboard.allies import AlliesRequest, compute, drawn
from engagesim.dashboard.links import TABS
from engagesim.dashboard.page import TAB
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import ParameterError
from engagesim.report.allies_words import answer, case


@pytest.fixture(scope="module")
def found():
    parameters = Parameters().changed(
        {"population.citizens": 60, "population.districts": 2, "population.providers": 2, "coalitions.citizens": 0.02,
         "engagement.opened": 1, "engagement.start": 0}
    )  # fmt: skip
    society, told = LiveSociety(parameters), []
    society.step(12)
    allies = compute(society.snapshot(), 1, told.append, Effort(20, 20))
    assert told == sorted(told)
    assert 0 < told[-1] <= 0.95
    return allies


def test_the_tab_is_among_the_tabs_of_links():
    assert tuple(TAB) == TABS


def test_what_is_open_is_in_the_link_and_comes_back_and_holds_no_name():
    asked = AlliesRequest(2, "provider 1")
    assert asked.texts() == {"district": "2", "actor": "provider 1"}
    assert AlliesRequest.of(asked.texts(), 3) == asked
    assert AlliesRequest().texts() == {}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"district": "4"}, "allies.district = 4: must be a whole number from 1 to 3"),
        ({"x": "1"}, "allies.x: no such key"),
    ],
)
def test_a_wrong_link_is_refused_in_one_line(words, says):
    with pytest.raises(ParameterError, match=says):
        AlliesRequest.of(words, 3)


def test_each_actor_can_be_chosen_on_the_map_and_has_a_case_for_and_against(found):
    svg = drawn(found, "manager")
    for actor in found.actors:
        assert f'data-key="{actor.key}"' in svg
        pro, con = case(found, actor.key)
        assert pro[0].startswith("What counts for reform")
        assert con[0].startswith("What counts against it")
    steps = [each.actor for each in found.judged.path]
    for number, key in enumerate(steps, 1):
        assert any(sentence.startswith(f"Step {number} of the path") for sentence in case(found, key)[0])


def test_a_blow_that_clearly_hurts_is_named_though_an_unclear_one_looks_harder(found):
    unclear, clear, nothing = Gain(-0.2, -0.5, 0.1), Gain(-0.1, -0.15, -0.05), Gain(0.0, -0.1, 0.1)
    for blow in (TRANSFER, DEFECT):
        shocks = {("manager", blow): unclear, ("politician", blow): clear, ("provider 1", blow): nothing}
        said = " ".join(answer(found._replace(judged=found.judged._replace(shocks=shocks))))
        assert "it hurts most if the politician" in said
        assert "No single transfer" not in said


def test_an_ally_who_adds_nothing_clear_is_not_said_to_make_the_path_gain_more(found):
    ally, nothing = found.pulls[0], Gain(0.0, -0.1, 0.1)
    step = Candidate(ally.actor, ally.lever, ally.cost)
    for adds, words in ((nothing, "may gain as much"), (Gain(0.2, 0.1, 0.3), "gains less")):
        judged = found.judged._replace(
            path=(step,),
            without={ally.actor: adds},
            alone={ally.actor: nothing},
            shocks={(ally.actor, DEFECT): nothing},
        )
        pro, _ = case(found._replace(judged=judged, candidates=(step,)), ally.actor)
        assert any(f"Without them, the path {words}" in sentence for sentence in pro)
