"""The pieces of the page that are drawn in the browser: each is a file in ``vue`` with its properties and events."""

from collections.abc import Callable
from typing import Any

import solara

from engagesim.app.events import AGENT, ANYTHING, CELL, PLACE, SAID, SWITCH, Cell, Said, hears, one_of
from engagesim.app.limits import SPEEDS
from engagesim.app.links import TABS

type Tree = dict[str, Any]


@hears(event_choose=one_of(TABS))
@solara.component_vue("vue/header.vue")
def Header(tabs: list[dict[str, str]], tab: str, query: str, event_choose: Callable[[str], None]) -> None:
    """Brand, tabs, link, and light or dark."""


@solara.component_vue("vue/glossary.vue")
def Glossary(entries: list[dict[str, str]]) -> None:
    """Every term, to be searched."""


@hears(
    event_play=SWITCH, event_tick=PLACE, event_step=PLACE, event_reset=ANYTHING, event_hasten=one_of(SPEEDS)
)  # fmt: skip
@solara.component_vue("vue/transport.vue")
def Transport(
    playing: bool,
    month: int,
    speed: int,
    speeds: list[int],
    words: str,
    event_play: Callable[[bool], None],
    event_tick: Callable[[int], None],
    event_step: Callable[[int], None],
    event_reset: Callable[[Any], None],
    event_hasten: Callable[[int], None],
) -> None:
    """Play, pause, step, reset and speed; asks for the next month when this one is drawn."""


@hears(event_choose=AGENT)
@solara.component_vue("vue/society.vue")
def Picture(scene: Tree, frame: Tree, agent: int | None, event_choose: Callable[[int | None], None]) -> None:
    """The social graph, and its legend with counts."""


@solara.component_vue("vue/curves.vue")
def Curves(history: bytes, names: list[str], panels: list[Tree], marks: list[Tree]) -> None:
    """Time series: ``history`` is float32, shape (months, names)."""


@hears(event_change=SAID)
@solara.component_vue("vue/controls.vue")
def Controls(groups: list[Tree], event_change: Callable[[Said], None]) -> None:
    """Sliders, numbers, choices and switches in groups, each with its explanation; tells name and value."""


@hears(event_choose=AGENT)
@solara.component_vue("vue/agent.vue")
def Agent(about: Tree | None, most: int, event_choose: Callable[[int | None], None]) -> None:
    """One agent's state, and the reasons for its choice."""


@hears(event_start=ANYTHING, event_stop=ANYTHING)
@solara.component_vue("vue/progress.vue")
def Doing(
    label: str,
    phase: str,
    share: float,
    words: str,
    event_start: Callable[[Any], None],
    event_stop: Callable[[Any], None],
) -> None:
    """Start and stop of a computation in the background, with how far it is."""


@hears(event_open=CELL)
@solara.component_vue("vue/map.vue")
def Heat(drawn: Tree, event_open: Callable[[Cell], None]) -> None:
    """A phase diagram whose cells can be opened; tells the column and the row."""
