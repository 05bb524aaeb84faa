"""What a browser sends is typed: what is right is handed on, and all else changes nothing."""

import sys

import pytest
import reacton
import solara
from hypothesis import given
from hypothesis import strategies as st
from ipyvue import VueTemplate

from engagesim.dashboard.components import Controls, choice, group, number, switch
from engagesim.dashboard.events import (
    AGENT,
    CELL,
    CONTROL_CHANGE,
    SWITCH,
    WORD,
    between,
    hear,
    hear_events_only,
    one_of,
)
from engagesim.dashboard.explore import Setting, change
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
        (SWITCH, [True, False]), (WORD, ["", "a b", "é"]), (AGENT, [3]),
        (CONTROL_CHANGE, [{"name": "seed", "value": 3}, {"name": "audit", "value": True}]),
        (CELL, [{"row": 0, "column": 3}]), (one_of(("a", "")), ["a", ""]), (between(0, 2), [0, 2, 0.5]),
        (between(0, 2, or_none=True), [1, None]),
    ],
)  # fmt: skip
def test_what_is_of_a_kind_is_handed_on_and_nothing_else_is(kind, right):
    assert len(heard(kind, *right)) == len(right)
    allowed = (None,) if kind in (AGENT, between(0, 2, or_none=True)) else ()
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
        ("seed", "7"), ("seed", True), ("seed", None), ("scenario", 3), ("scenario", "village"), ("form", False),
        ("incentives.audit", "1"), ("incentives.audit", 1.5), ("external_audit", 1.0), ("citizens.stake", 1.0),
    ],
)  # fmt: skip
def test_a_control_that_is_set_to_what_it_does_not_offer_changes_nothing(name, value):
    session = Session("population.citizens=60&population.districts=3")
    before = session.link()
    box, context = reacton.render(Setting(session), handle_error=False)
    controls = box.children[0]
    controls._handle_custom_msg({"event": "change", "data": {"name": name, "value": value}}, [])
    assert (session.link(), session.complaint.value) == (before, "")
    controls._handle_custom_msg({"event": "change", "data": {"name": "seed", "value": 7}}, [])
    assert session.link() != before
    context.close()


def test_what_is_no_whole_number_is_refused_where_one_is_needed():
    session = Session("population.citizens=60&population.districts=3")
    change(session, "population.citizens", 60.5)
    assert "population.citizens" in session.complaint.value


def test_controls_tell_only_what_they_offer():
    told = []
    offered = [
        choice("c", "", "a", [("a", "A", ""), ("b", "B", "")]), number("n", "", 0, (0, 2), 1, ""),
        number("back", "", 0, (0, 2), 1, "", resets=True), switch("s", "", False, ""),
        switch("full", "", False, "", is_closed=True),
    ]  # fmt: skip
    box, context = reacton.render(Inner(offered, told), handle_error=False)
    controls = box.children[0].children[0]
    for name, value in (
        ("c", "c"), ("c", 3), ("c", None), ("c", "b"), ("n", "1"), ("n", 3), ("n", -0.1), ("n", None), ("n", 1.5),
        ("back", None), ("back", 2.5), ("s", 1), ("s", True), ("full", True), ("elsewhere", 1.0),
    ):  # fmt: skip
        controls._handle_custom_msg({"event": "change", "data": {"name": name, "value": value}}, [])
    assert told == [("c", "b"), ("n", 1.5), ("back", None), ("s", True)]
    context.close()


def test_a_browser_can_send_events_and_have_nothing_imported_called_or_set(monkeypatch):
    monkeypatch.setattr(VueTemplate, "_handle_event", VueTemplate._handle_event)  # as it was, afterwards
    hear_events_only()
    told = []
    box, context = reacton.render(Inner([number("n", "as it is", 0, (0, 2), 1, "")], told), handle_error=False)
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
    sent = {"event": "change", "data": {"name": "n", "value": 1.0}}
    widget._handle_custom_msg(sent, [memoryview(b"1")])
    assert told == [("n", 1.0)]
    context.close()


@solara.component
def Inner(controls, told):
    with solara.Div():
        Controls([group("", controls)], lambda name, value: told.append((name, value)))
