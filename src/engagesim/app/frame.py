"""The page: head, tabs, what went wrong, and the tab that is open."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from engagesim.app.compare_tab import CompareTab
from engagesim.app.explore_tab import ExploreTab
from engagesim.app.map_tab import MapTab
from engagesim.app.pieces import Glossary, Header
from engagesim.app.studies_tab import StudiesTab
from engagesim.app.visit import Visit
from engagesim.app.words import glossary

_LOG = logging.getLogger(__name__)
_STYLE = Path(__file__).parent / "vue" / "frame.css"

_MISTAKE = (
    "This tab cannot be shown, through a mistake of ours that the server has noted. Reload the page to try again; the "
    "other tabs go on."
)


def _alert(words: str) -> None:
    solara.v.Html(tag="p", class_="es-complaint", attributes={"role": "alert"}, children=[words])


@solara.component
def GlossaryTab(visit: Visit) -> None:  # noqa: ARG001 - as every tab
    """What the words mean."""
    Glossary(entries=[entry._asdict() for entry in glossary()])


TAB: dict[str, Callable[[Visit], Any]] = {
    "explore": ExploreTab,
    "map": MapTab,
    "compare": CompareTab,
    "studies": StudiesTab,
    "glossary": GlossaryTab,
}
"""The tabs, in their order; each is a component of the visit."""


@solara.component
def Head(visit: Visit) -> None:
    """Head of the page; it follows the link."""
    tabs = [{"name": name, "label": name.capitalize()} for name in TAB]
    Header(
        tabs=tabs,
        tab=visit.tab.value,
        query=visit.link(),
        event_choose=visit.tab.set,
    )
    if visit.complaint.value:
        _alert(visit.complaint.value)


@solara.component
def Bounded(visit: Visit, tab: str) -> None:
    """A tab, or one line where it cannot be drawn through a mistake of ours; the rest of the page goes on."""
    mistake, _ = solara.use_exception()

    def log() -> None:  # Reacton logs what breaks while it draws, and nothing of what a click breaks
        if mistake is not None:
            _LOG.error("the tab %s is broken", tab, exc_info=mistake)

    solara.use_effect(log, [mistake])
    if mistake is None:
        TAB[tab](visit)
    else:
        _alert(_MISTAKE)


@solara.component
def Page() -> None:
    """The dashboard, for one visitor."""
    router = solara.use_router()
    visit: Visit = solara.use_memo(lambda: Visit(router.search or ""), [])
    solara.Title("engagesim")
    solara.Style(_STYLE)
    with solara.Div():  # a column would put gaps between
        Head(visit)
        with solara.v.Html(tag="main", attributes={"id": "content", "tabindex": "-1"}):
            Bounded(visit, visit.tab.value).key(visit.tab.value)  # each time that a tab is opened it is tried anew
