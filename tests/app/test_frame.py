"""A tab that cannot be drawn through a mistake of ours says so, and the rest of the page goes on."""

import logging

import reacton
import solara
from ipyvuetify import Html as VuetifyHtml
from ipywidgets import Widget

from engagesim.app import frame
from engagesim.app.inputs import Press
from engagesim.app.visit import Visit


@solara.component
def Sound(visit):
    solara.v.Html(tag="p", children=["sound"])


@solara.component
def Broken(visit):
    with solara.Div():
        Inner(visit)


@solara.component
def Inner(visit):
    if visit.month.value:
        raise ZeroDivisionError("a mistake")
    solara.v.Html(tag="p", children=["not yet"])


@solara.component
def Clicked(visit):
    Press("break", lambda: visit.nowhere)


@solara.component
def Both(visit):
    with solara.Div():
        frame.Head(visit)
        frame.Bounded(visit, visit.tab.value).key(visit.tab.value)


def words(widget) -> str:
    """All words of what is drawn."""
    inner = [words(each) if isinstance(each, Widget) else str(each) for each in getattr(widget, "children", ())]
    return " ".join(inner)


def test_a_tab_that_breaks_says_so_and_is_logged_once_and_is_tried_anew_when_it_is_opened_again(monkeypatch, caplog):
    monkeypatch.setattr(frame, "TAB", {"explore": Broken, "map": Sound})
    visit = Visit("population.citizens=60&population.districts=3")
    box, context = reacton.render(Both(visit), handle_error=False)
    assert "not yet" in words(box)
    with caplog.at_level(logging.ERROR, "engagesim"):
        visit.step()
        visit.agent.set(3)
    assert words(box).count("Reload the page") == 1
    ours = [record for record in caplog.records if record.name == frame.__name__]
    assert [str(record.exc_info[1]) for record in ours] == ["a mistake"]
    assert "Traceback" not in words(box)
    visit.tab.set("map")
    assert words(box).strip() == "sound"
    visit.reset()
    visit.tab.set("explore")
    assert "not yet" in words(box)
    context.close()


def test_a_click_that_breaks_says_so_too_and_is_logged(monkeypatch, caplog):
    monkeypatch.setattr(frame, "TAB", {"explore": Clicked})
    box, context = reacton.render(Both(Visit("population.citizens=60&population.districts=3")), handle_error=False)
    context.find(VuetifyHtml, tag="button").widget.fire_event("click", {})
    assert "Reload the page" in words(box)
    assert [record.name for record in caplog.records] == [frame.__name__]
    context.close()
