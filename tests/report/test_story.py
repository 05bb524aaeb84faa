"""Events in words, and the story of a run."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.report.events_figure import TRACKS, caption_of, draw_events
from engagesim.report.story import story, told
from engagesim.rules.vocabulary import ENDINGS
from engagesim.society.events import CAUSES, EVENT_COLUMNS, KIND_NAMES, KINDS, POSITIONS

ACTORS = {"users": "users", "citizen": "citizen", "official": "provider", "politician": "politician"}
ENDED = {each.name.lower(): words for each, words in ENDINGS.items()}
USUAL = {"service_point": 2, "row": 41, "before": "", "after": "", "cause": "", "count": 1}


def happened(month: int, kind: str, district: int = 0, **known) -> dict:
    """An event of a kind, as a row of the table."""
    declared = next(each for each in KINDS if each.name == kind)
    actor = ACTORS.get(declared.actor.partition(" or ")[0], "coalition")
    return {"month": month, "kind": kind, "district": district, "actor": actor} | USUAL | known


def log(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(EVENT_COLUMNS))


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_each_kind_of_event_has_words_that_say_where_it_was(kind):
    for cause in ENDED if kind == "coalition_ended" else CAUSES:
        said = told(SimpleNamespace(**happened(3, kind, 4, cause=cause, before="token", after="sponsor")))
        assert "district 5" in said
        assert "{" not in said
        assert "because" not in said or said.endswith((CAUSES[cause], ENDED.get(cause, CAUSES[cause])))


def test_a_position_is_said_in_words():
    for position in POSITIONS[1:]:
        event = happened(3, "provider_changed_position", before=position, after=position)
        said = told(SimpleNamespace(**event))
        assert said.startswith("the provider at service point 2 of district 1 went from ")
        assert "_" not in said


def test_the_first_promise_is_told_with_what_came_of_it():
    rows = [
        happened(2, "demand"), happened(4, "promise"), happened(5, "promise", row=9),
        happened(8, "promise_kept", row=9), happened(10, "promise_broken", cause="resistance"),
    ]  # fmt: skip
    assert story(log(*rows)) == [
        "In month 3 the users of service point 2 of district 1 made a demand: the only demand.",
        "In month 5 the provider at service point 2 of district 1 made the first promise; it was broken in "
        "month 11, because the official resisted. Of 2 promises in all, officials kept 1 and broke 1.",
    ]
    assert "it is still open" in story(log(*rows[:3]))[1]


def test_elections_are_told_by_who_lost_and_how_many():
    lost, won = happened(11, "voted_out", 1, before="patronage"), happened(11, "reelected")
    assert story(log(lost, won)) == [
        "In month 12 the politician of district 2 was voted out on a platform of patronage. "
        "Incumbents lost 1 of 2 elections."
    ]
    assert story(log(won, won)) == ["Incumbents won all 2 elections, the first in month 12."]


def test_an_upset_between_elections_is_not_counted_as_an_election():
    upset = happened(3, "voted_out", before="patronage", cause="upset")
    lost, won = happened(11, "voted_out", 1, before="patronage", cause="term_ended"), happened(11, "reelected")
    told = story(log(upset, upset, lost, won))[0]
    assert told.endswith(" Incumbents lost 1 of 2 elections, and 2 fell to upsets between elections.")
    assert "Incumbents" not in story(log(upset))[0]


def test_a_coalition_is_told_from_its_birth_to_its_end():
    rows = [
        happened(10, "coalition_born", 2), happened(12, "coalition_born", 0),
        happened(20, "coalition_ended", 2, cause="exhaustion"),
    ]  # fmt: skip
    assert story(log(*rows)) == [
        "In month 11 a coalition formed in district 3; it ended in month 21, because citizens grew tired.",
        "In month 13 a coalition formed in district 1; it still stood at the end.",
    ]


def test_a_story_is_short_and_in_the_order_of_months():
    rows = [happened(month, "coalition_born", month) for month in range(40)]
    rows += [happened(50, kind) for kind in ("demand", "dispute_escalated", "agreement_made", "promise", "voted_out")]
    found = story(log(*rows))
    assert len(found) <= 12
    assert found[-1] == "40 coalitions formed in all; only the longest-lived are listed."
    months = [int(sentence.split()[2]) for sentence in found[:-1]]
    assert months == sorted(months)


def test_a_society_in_which_nothing_happened_has_a_story_too():
    assert story(log()) == ["Users made no demand, no election was lost, and no coalition formed."]
    with pytest.raises(ParameterError, match="cause is missing"):
        story(log().drop(columns="cause"))


def test_a_name_of_the_users_files_is_that_of_the_first_in_the_post():
    names = ["", "Ama", "Kofi"]
    promise = {"row": 2, "service_point": 1}
    moved = happened(2, "official_transferred", **promise)
    who = "the provider at service point 1 of district 1"
    assert story(log(happened(3, "promise", **promise)), names)[0].startswith(f"In month 4 Kofi, {who}, made")
    assert story(log(moved, happened(3, "promise", **promise)), names)[0].startswith(f"In month 4 {who} made")


def test_the_figure_draws_what_its_caption_counts(tmp_path):
    rows = [happened(3, "demand"), happened(3, "demand", 1), happened(7, "promise_kept")]
    metrics = pd.DataFrame(0.5, index=range(24), columns=list(MEASURE_NAMES))
    paths = draw_events(log(*rows), metrics, Parameters(), tmp_path)
    assert [path.name for path in paths] == ["events.svg", "events.png"]
    said = caption_of(log(*rows), 24).description
    assert "Demands: 2, from month 4 to month 4." in said
    assert "Promises kept: 1." in said
    assert said in paths[0].read_text("utf-8")
    assert {kind for track in TRACKS for kind in track.kinds} <= set(KIND_NAMES)
