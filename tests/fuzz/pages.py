"""The doors of the dashboard: links, as every tab reads them, and what a browser tells of every control."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

import numpy as np
import reacton
import solara
from hypothesis import strategies as st
from mutations import VALUES, texts, trees

from engagesim.dashboard import compare, components, events, explore
from engagesim.dashboard import map as map_page
from engagesim.dashboard import session as sessions
from engagesim.dashboard.explore_view import about
from engagesim.dashboard.library import LIBRARY
from engagesim.dashboard.links import read, write
from engagesim.dashboard.map import ComputedMap, MapRequest
from engagesim.dashboard.page import TAB, Head
from engagesim.dashboard.pair import Pair, differing, opened, society
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.dashboard.study_view import View, cells, has_cells, marks
from engagesim.dashboard.tables import points_table
from engagesim.errors import EngagementError

STUDY = "sound_study"
"""Name of a study in the folder of the doors."""

SMALL = "population.citizens=60&population.districts=3"
QUERIES = [
    f"?{SMALL}&scenario=merit_state&seed=7&month=12&act=3:incentives.audit:0.4&act=5:survey:1&act=9:survey:0&agent=12",
    f"{SMALL}&month=2&incentives.patronage=0.2&network.kind=erdos_renyi&engagement.opened=1.0",
    f"{SMALL}&tab=map&map.x=incentives.audit&map.x_low=0.1&map.x_high=0.7&map.y=conditions.resources&map.cells=5&"
    "map.seeds=2&map.months=24&map.measure=quality",
    f"{SMALL}&tab=compare&compare.a.scenario=clientelist_trap&compare.a.form=none&compare.b.form=survey&compare.b.with="
    "social_audit,merit_protection&compare.b.incentives.patronage=0.3&compare.seed=3&compare.citizens=200&"
    "compare.months=48&compare.seeds=50&compare.outcome=trust",
    f"{SMALL}&tab=studies&studies.of={STUDY}&studies.x=incentives.patronage&studies.y=measure&studies.lines=&"
    "studies.measure=trust&studies.point=2&studies.seed=1",
]
PARTS = [dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True)) for query in QUERIES]
KEPT = [{key: word for key, word in part.items() if key.partition(".")[0] in TAB} for part in PARTS[2:]]


def _query(tree: Any) -> str:
    return urlencode(tree, errors="replace") if isinstance(tree, dict) else str(tree)


LINKS = st.one_of(
    texts(QUERIES).map(lambda content: content.decode("utf-8", "replace")),
    trees(PARTS).map(_query),
    trees(KEPT).map(lambda tree: f"{SMALL}&{_query(tree)}"),
)
"""Query strings with edits in their text, or with a few keys and values that are others, missing or under other names."""


def knock_with_link(query: str, folder: Path) -> object:
    """Open a link, have every tab read what it keeps in it, and write the link anew."""
    link = read(query)
    session = Session(query)
    shown = session.agent.value is not None and about(session.society, session.agent.value, weighs=False)
    assert read(write(link)) == link
    with patch.object(LIBRARY, "root", folder.parent):
        return shown, explore.groups(session), [_looked(session, look) for look in (_map, _compare, _study)]


def _looked(session: Session, look: Callable[[Session], object]) -> object:
    """Have a tab read its own: its refusal is a line in that tab."""
    with contextlib.suppress(EngagementError):
        return look(session)
    return None


def _map(session: Session) -> object:
    request = MapRequest.of(session.words_of("map"))
    assert MapRequest.of(request.texts()) == request
    return map_page.controls(request), request.points(session.request.value.start())[-1]


def _compare(session: Session) -> object:
    pair = Pair.of(session.words_of("compare"))
    assert Pair.of(pair.words()) == pair
    forms = [compare.side_controls(side, name) for name, side in zip("ab", pair.sides, strict=True)]
    return (
        differing(*pair.sides),
        forms,
        [(society(side, pair.common), opened(side, pair.common)) for side in pair.sides],
    )


def _study(session: Session) -> object:
    words = session.words_of("studies")
    name = words.get("of", STUDY)
    assert LIBRARY.kind(name) == "study"
    results = LIBRARY.study(name)
    view = View.of(words, results)
    assert View.of(view.words(), results) == view
    return (cells if has_cells(results, view) else marks)(results, view), points_table(results, view)


TOLD = [
    None, True, False, 0, 1, 12, 5, 0.25, "", "survey", "map", "merit_state", "incentives.audit", "trust", "measure", "2",
    "200", ["social_audit"], ["merit_protection", "social_audit"], {"row": 1, "column": 2}, {"row": 0, "column": 10**6},
    {"name": "scenario", "value": "merit_state"}, {"name": "form", "value": "survey"}, {"name": "seed", "value": 5},
    {"name": "population.citizens", "value": 80}, {"name": "incentives.patronage", "value": 0.3},
    {"name": "external_audit", "value": True}, {"name": "map.x", "value": "incentives.audit"},
    {"name": "map.x_low", "value": 0.2}, {"name": "map.cells", "value": 7}, {"name": "a.form", "value": "survey"},
    {"name": "b.secret_ballot", "value": True}, {"name": "b.incentives.patronage", "value": None},
    {"name": "x", "value": "incentives.patronage"}, {"name": "outcome", "value": "trust"},
]  # fmt: skip
EVENTS = st.lists(
    st.tuples(st.integers(0, 10_000), st.one_of(st.sampled_from(TOLD), trees(TOLD), VALUES)), min_size=1, max_size=3
)
"""Which control tells something, and what."""


def knock_with_events(told: list[tuple[int, Any]], folder: Path) -> object:
    """Have controls of one page tell something: what is open then has a link that opens it."""
    session, handlers = _page(folder.parent)
    session.complaint.set("")
    session.extras.set({})
    session.agent.set(None)
    session.tab.set("explore")
    with patch.object(sessions, "SOCIETIES_A_SECOND", 10**9):  # ten thousand inputs need not wait
        session.open(read(SMALL).request, month=2)
        for number, each in told:
            handlers[number % len(handlers)](each)
    assert session.complaint.value.isprintable()
    link = read(session.link())
    assert (link.request, link.extras) == (session.request.value, session.extras.value)
    return link


@cache
def _page(root: Path) -> tuple[Session, list[Callable[..., None]]]:
    """Draw every tab once; return the visit, and what hears of each control of all of them."""
    session = Session(f"{SMALL}&compare.citizens=100&compare.months=24&studies.of={STUDY}")
    handlers: list[Callable[..., None]] = []

    plain = events.hear

    def hear(kind: Any, handle: Callable[[Any], object]) -> Callable[..., None]:
        heard = plain(kind, handle)
        if kind is not events.ANYTHING:  # nothing to be wrong, and it starts what takes long
            handlers.append(heard)
        return heard

    with (
        patch.object(events, "hear", hear),
        patch.object(components, "hear", hear),
        patch.object(LIBRARY, "root", root),
    ):
        for tab in (Head, *TAB.values(), _Cell):
            _, context = reacton.render(tab(session), handle_error=False)
            context.close()
    return session, handlers


@solara.component
def _Cell(session: Session) -> None:
    """A map that was computed."""
    found = ComputedMap(MapRequest(cells=3, months=12), SocietyRequest().start(), np.zeros((3, 3)))
    components.HeatMap(
        drawn=map_page.drawn_map(found), event_open=lambda cell: map_page.open_cell(session, found, cell)
    )
