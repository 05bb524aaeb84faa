"""A tab that cannot be drawn through a mistake of ours says so, and the rest of the page goes on."""

import logging

import reacton
import solara
from ipyvuetify import Html as VuetifyHtml
from ipywidgets import Widget

from engagesim.dashboard import page
from engagesim.dashboard.components import Button
from engagesim.dashboard.session import Session


@solara.component
def Sound(session):
    solara.v.Html(tag="p", children=["sound"])


@solara.component
def Broken(session):
    with solara.Div():
        Inner(session)


@solara.component
def Inner(session):
    if session.month.value:
        raise ZeroDivisionError("a mistake")
    solara.v.Html(tag="p", children=["not yet"])


@solara.component
def Clicked(session):
    Button("break", lambda: session.nowhere, "")


@solara.component
def Both(session):
    with solara.Div():
        page.Head(session)
        page.ErrorBoundary(session, session.tab.value).key(session.tab.value)


def words(widget) -> str:
    """All words of what is drawn."""
    inner = [words(each) if isinstance(each, Widget) else str(each) for each in getattr(widget, "children", ())]
    return " ".join(inner)


def test_a_tab_that_breaks_says_so_and_is_logged_once_and_is_tried_anew_when_it_is_opened_again(monkeypatch, caplog):
    monkeypatch.setattr(page, "TAB", {"explore": Broken, "map": Sound})
    session = Session("population.citizens=60&population.districts=3")
    box, context = reacton.render(Both(session), handle_error=False)
    assert "not yet" in words(box)
    with caplog.at_level(logging.ERROR, "engagesim"):
        session.step()
        session.agent.set(3)
    assert words(box).count("Reload the page") == 1
    ours = [record for record in caplog.records if record.name == page.__name__]
    assert [str(record.exc_info[1]) for record in ours] == ["a mistake"]
    assert "Traceback" not in words(box)
    session.tab.set("map")
    assert words(box).strip() == "sound"
    session.reset()
    session.tab.set("explore")
    assert "not yet" in words(box)
    context.close()


def test_a_click_that_breaks_says_so_too_and_is_logged(monkeypatch, caplog):
    monkeypatch.setattr(page, "TAB", {"explore": Clicked})
    box, context = reacton.render(Both(Session("population.citizens=60&population.districts=3")), handle_error=False)
    context.find(VuetifyHtml, tag="button").widget.fire_event("click", {})
    assert "Reload the page" in words(box)
    assert [record.name for record in caplog.records] == [page.__name__]
    context.close()
