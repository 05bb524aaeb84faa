"""What a browser sends is typed: what is right is handed on, and all else changes nothing."""

import sys

import pytest
import reacton
import solara
from hypothesis import given
from hypothesis import strategies as st
from ipyvue import VueTemplate

from engagesim.dashboard.components import Choice, Slide, Ticks
from engagesim.dashboard.events import (
    AGENT,
    CELL,
    CONTROL_CHANGE,
    NUMBER,
    SWITCH,
    WORD,
    between,
    hear,
    hear_events_only,
    one_of,
    some_of,
)
from engagesim.dashboard.explore import change
from engagesim.dashboard.session import Session


def heard(kind, *sent):
    """What a handler is given of what is sent."""
    found = []
    for each in sent:
        hear(kind, found.append)(each)
    return found


WRONG = [None, {}, [], [None], "x" * 10_000, float("nan"), float("inf"), 10**400, {"name": "seed"}, {"row": 1}, b"1"]


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        (SWITCH, [True, False]), (NUMBER, [0, -1.5, 10**12]), (WORD, ["", "a b", "é"]), (AGENT, [3]),
        (CONTROL_CHANGE, [{"name": "seed", "value": 3}, {"name": "audit", "value": True}]),
        (CELL, [{"row": 0, "column": 3}]), (one_of(("a", "")), ["a", ""]), (between(0, 2), [0, 2, 0.5]),
        (some_of(("a", "b"), 2), [["a"], ["b", "a"]]),
    ],
)  # fmt: skip
def test_what_is_of_a_kind_is_handed_on_and_nothing_else_is(kind, right):
    assert len(heard(kind, *right)) == len(right)
    allowed = (None,) if kind is AGENT else ([],) if kind is some_of(("a", "b"), 2) else ()
    assert heard(kind, *(each for each in WRONG if each not in allowed)) == []


@pytest.mark.parametrize("word", ["a\0b", "a\nb", "\u202e", "\u2028", "\u00a0", "\ud800", "x" * 301])
def test_words_that_no_link_can_carry_are_ignored(word):
    assert heard(WORD, word) == []


@given(st.text(max_size=20))
def test_a_word_is_what_a_link_can_carry(word):
    assert (heard(WORD, word) == [word]) == word.isprintable()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", "7"),
        ("seed", True),
        ("scenario", 3),
        ("form", False),
        ("incentives.audit", "1"),
        ("external_audit", 1.0),
    ],
)  # fmt: skip
def test_a_control_that_is_set_to_a_value_of_another_kind_changes_nothing(name, value):
    session = Session("population.citizens=60&population.districts=3")
    before = session.link()
    change(session, name, value)
    assert (session.link(), session.complaint.value) == (before, "")


def test_what_is_no_whole_number_is_refused_where_one_is_needed():
    session = Session("population.citizens=60&population.districts=3")
    change(session, "population.citizens", 60.5)
    assert "population.citizens" in session.complaint.value


def test_inputs_tell_only_what_they_offer():
    told = []

    @solara.component
    def Inputs():
        with solara.Div():
            Choice(label="", options=[("a", "A"), ("b", "B")], value="a", on_value=told.append)
            Slide(label="", low=0, high=2, step=1, value=0, event_set=told.append)
            Ticks(label="", options=[("a", "A", ""), ("b", "B", "")], value=[], on_value=told.append, most=1)

    box, context = reacton.render(Inputs(), handle_error=False)
    choice, slide, ticks = box.children[0].children
    for value in (None, "c", 3, ["a"], "b"):
        choice.value = value
    for value in (None, "1", 3, -0.1, 1.5):
        slide._handle_custom_msg({"event": "set", "data": value}, [])
    for value in (None, "a", ["c"], ["a", "b"], ["b"]):
        ticks.value = value
    assert told == ["b", 1.5, ["b"]]
    context.close()


def test_a_browser_can_send_events_and_have_nothing_imported_called_or_set(monkeypatch):
    monkeypatch.setattr(VueTemplate, "_handle_event", VueTemplate._handle_event)  # as it was, afterwards
    hear_events_only()
    told = []
    box, context = reacton.render(Inner(told), handle_error=False)
    widget = box.children[0].children[0]
    for content in (
        {"create_widget": ["this", "d"], "props": {}, "id": "1"},
        {"create_widget": ["os", "abort"], "props": {}, "id": "1"},
        {"update_ref": {"fn_ref": "close"}, "id": widget.model_id, "prop": "label"},
        {"destroy_widget": "1"}, {"event": 3}, {"event": "nowhere", "data": 1}, {}, None, [], 7,
    ):  # fmt: skip
        widget._handle_custom_msg(content, [])
    assert told == []
    assert "this" not in sys.modules
    widget._handle_custom_msg({"event": "set", "data": 1.0}, [memoryview(b"1")])
    assert told == [1.0]
    context.close()


@solara.component
def Inner(told):
    with solara.Div():
        Slide(label="as it is", low=0, high=2, step=1, value=0, event_set=told.append)
