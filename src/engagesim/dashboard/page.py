"""The page: its header, its tabs, error messages, and the open tab."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from engagesim.dashboard.allies import AlliesTab
from engagesim.dashboard.compare import CompareTab
from engagesim.dashboard.components import Alert, Glossary, Header
from engagesim.dashboard.explore import ExploreTab
from engagesim.dashboard.glossary import glossary
from engagesim.dashboard.map import MapTab
from engagesim.dashboard.place import PlaceTab
from engagesim.dashboard.session import Session
from engagesim.dashboard.studies import StudiesTab

_LOG = logging.getLogger(__name__)
_STYLE = Path(__file__).parent / "vue" / "style.css"

_MISTAKE = (
    "This tab cannot be shown because of a bug in engagesim, which the server has logged. Reload the page to "
    "try again; the other tabs work."
)

_ABOUT = {
    "explore": "Follow one society month by month, and change it while it runs",
    "map": "One measure over two parameters",
    "compare": "Two societies side by side, and their difference over many seeds",
    "allies": "Whom to bring together in a district, and the case for and against each",
    "place": "What you know about a place, and which societies look like it",
    "studies": "Stored results of engagesim sweep and engagesim compare",
    "glossary": "What every term means",
}


_LABELS = {"place": "My place"}


@solara.component
def GlossaryTab(session: Session) -> None:  # noqa: ARG001 - as every tab
    """The meaning of all terms."""
    Glossary(entries=[entry._asdict() for entry in glossary()])


TAB: dict[str, Callable[[Session], Any]] = {
    "explore": ExploreTab,
    "map": MapTab,
    "compare": CompareTab,
    "allies": AlliesTab,
    "place": PlaceTab,
    "studies": StudiesTab,
    "glossary": GlossaryTab,
}
"""The tabs in order; each is a component that takes the session."""


@solara.component
def Head(session: Session) -> None:
    """The header of the page, which changes with the link."""
    tabs = [{"name": name, "label": _LABELS.get(name, name.capitalize()), "help": _ABOUT[name]} for name in TAB]
    Header(
        tabs=tabs,
        tab=session.tab.value,
        query=session.link(),
        event_choose=session.tab.set,
    )
    if session.complaint.value:
        Alert(session.complaint.value)


@solara.component
def ErrorBoundary(session: Session, tab: str) -> None:
    """A tab, or a one-line message if a bug prevents it from being drawn; the rest of the page still works."""
    mistake, _ = solara.use_exception()

    def log() -> None:  # Reacton logs errors while it draws, but no errors caused by a click
        if mistake is not None:
            _LOG.error("the tab %s is broken", tab, exc_info=mistake)

    solara.use_effect(log, [mistake])
    if mistake is None:
        TAB[tab](session)
    else:
        Alert(_MISTAKE)


@solara.component
def Page() -> None:
    """The dashboard, for one visitor."""
    router = solara.use_router()
    session: Session = solara.use_memo(lambda: Session(router.search or ""), [])
    solara.Title("engagesim")
    solara.Style(_STYLE)
    with solara.Div():  # a column would add gaps
        Head(session)
        with solara.v.Html(tag="main", attributes={"id": "content", "tabindex": "-1"}):
            ErrorBoundary(session, session.tab.value).key(session.tab.value)  # opening a tab tries it again
