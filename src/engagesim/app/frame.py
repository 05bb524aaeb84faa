"""The page: head, tabs, what went wrong, and the tab that is open."""

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

_STYLE = Path(__file__).parent / "vue" / "frame.css"


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
        event_choose=lambda name: name in TAB and visit.tab.set(name),
    )
    if visit.complaint.value:
        solara.v.Html(
            tag="p", class_="es-complaint", attributes={"role": "alert"}, children=[visit.complaint.value]
        )  # fmt: skip


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
            TAB[visit.tab.value](visit)
