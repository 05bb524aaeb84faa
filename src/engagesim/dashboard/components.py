"""Components that pages share: controls, buttons, progress, charts to choose from, and what is drawn."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import solara

from engagesim.dashboard.events import (
    AGENT,
    ANYTHING,
    CELL,
    CONTROL_CHANGE,
    INDEX,
    SWITCH,
    WORD,
    Cell,
    ControlChange,
    between,
    hear,
    hears,
    one_of,
    some_of,
)
from engagesim.dashboard.jobs import Job, Progress
from engagesim.dashboard.limits import SPEEDS
from engagesim.dashboard.links import TABS

type Tree = dict[str, Any]


@hears(event_choose=one_of(TABS))
@solara.component_vue("vue/header.vue")
def Header(tabs: list[dict[str, str]], tab: str, query: str, event_choose: Callable[[str], None]) -> None:
    """Brand, tabs, link, and light or dark."""


@solara.component_vue("vue/glossary.vue")
def Glossary(entries: list[dict[str, str]]) -> None:
    """Every term, to be searched."""


@hears(
    event_play=SWITCH, event_tick=INDEX, event_step=INDEX, event_reset=ANYTHING, event_hasten=one_of(SPEEDS)
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
def SocietyGraph(scene: Tree, frame: Tree, agent: int | None, event_choose: Callable[[int | None], None]) -> None:
    """The social graph, and its legend with counts."""


@solara.component_vue("vue/curves.vue")
def Curves(history: bytes, names: list[str], panels: list[Tree], marks: list[Tree]) -> None:
    """Time series: ``history`` is float32, shape (months, names)."""


@hears(event_change=CONTROL_CHANGE)
@solara.component_vue("vue/controls.vue")
def Controls(groups: list[Tree], event_change: Callable[[ControlChange], None]) -> None:
    """Sliders, numbers, choices and switches in groups, each with its explanation; tells name and value."""


@hears(event_choose=AGENT)
@solara.component_vue("vue/agent.vue")
def Agent(about: Tree | None, most: int, event_choose: Callable[[int | None], None]) -> None:
    """One agent's state, and the reasons for its choice."""


@hears(event_start=ANYTHING, event_stop=ANYTHING)
@solara.component_vue("vue/progress.vue")
def ProgressBar(
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
def MapPicture(drawn: Tree, event_open: Callable[[Cell], None]) -> None:
    """A phase diagram whose cells can be opened; tells the column and the row."""


CHARTS, STYLES = (Path(__file__).parent / "vue" / name for name in ("charts.css", "tabs.css"))
"""Style sheets of charts, and of the tabs that show them."""

type Option = Sequence[str]


@solara.component_vue("vue/choice.vue")
def _Choice(label: str, options: Sequence[Option], value: str, on_value: Callable[[Any], None], about: str) -> None: ...


def Choice(
    label: str, options: Sequence[Option], value: str, on_value: Callable[[str], None], about: str = "",
) -> None:  # fmt: skip
    """One of several: ``options`` are pairs of a value and its words."""
    heard = hear(one_of(_values(options)), on_value)
    _Choice(label=label, options=options, value=value, on_value=heard, about=about)


@solara.component_vue("vue/slide.vue")
def _Slide(
    label: str, low: float, high: float, step: float, value: float, event_set: Callable[[Any], None], about: str,
    is_set: bool, event_reset: Callable[[Any], None],
) -> None: ...  # fmt: skip


def Slide(
    label: str, low: float, high: float, step: float, value: float, event_set: Callable[[float], None], about: str = "",
    is_set: bool = False, event_reset: Callable[[Any], None] = lambda _: None,
) -> None:  # fmt: skip
    """A number between two ends; with ``is_set`` it can be given back."""
    heard = hear(between(low, high), event_set)
    _Slide(label=label, low=low, high=high, step=step, value=value, event_set=heard, about=about, is_set=is_set,
           event_reset=hear(ANYTHING, event_reset))  # fmt: skip


@solara.component_vue("vue/ticks.vue")
def _Ticks(
    label: str, options: Sequence[Option], value: Sequence[str], on_value: Callable[[Any], None], most: int
) -> None: ...


def Ticks(
    label: str, options: Sequence[Option], value: Sequence[str], on_value: Callable[[list[str]], None], most: int = 99
) -> None:
    """Any of several, ``most`` at once; ``options`` are a value, its words and an explanation."""
    heard = hear(some_of(_values(options), most), on_value)
    _Ticks(label=label, options=options, value=value, on_value=heard, most=most)


@hears(event_pick=WORD)
@solara.component_vue("vue/picking.vue")
def Picking(svg: str, label: str, chosen: str, event_pick: Callable[[str], None], hint: str = "") -> None:
    """A chart of which one thing can be chosen, by click, touch or arrow keys."""


@solara.component_vue("vue/playback.vue")
def Playback(panels: Sequence[dict[str, Any]], months: int, left: int, across: int, speed: int = 36) -> None:
    """Panels over months that are uncovered month by month."""


@solara.component
def Button(words: str, on_press: Callable[[], None], is_main: bool = False) -> None:
    """A button; the main one of a view stands out."""
    classes = "es-button es-primary" if is_main else "es-button"
    button = solara.v.Html(tag="button", class_=classes, attributes={"type": "button"}, children=[words])
    solara.v.use_event(button, "click", lambda *_: on_press())


@solara.component
def JobControl(job: Job, label: str, start: Callable[[], None]) -> None:
    """Start and stop of a computation in the background, and how far it is."""
    now: Progress = job.progress.value
    ProgressBar(
        label=label,
        phase=now.phase,
        share=now.share,
        words=_said(now),
        event_start=lambda *_: start(),
        event_stop=lambda *_: job.stop(),
    )


def _values(options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(option[0] for option in options)


def _said(now: Progress) -> str:
    match now.phase:
        case "waiting":
            return f"Waiting for {now.ahead} other computations." if now.ahead else "About to begin."
        case "done":
            return "Done."
        case "stopped":
            return "Stopped; what is known so far stays."
        case _:
            return now.text
