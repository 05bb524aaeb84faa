"""Components that pages share: controls, buttons, progress, selectable pictures and browser drawings.

Controls are the browser's own inputs, so that they work with keyboards, screen readers and phones.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import solara
from pydantic import TypeAdapter

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
)
from engagesim.dashboard.jobs import Job, Progress
from engagesim.dashboard.limits import SPEEDS
from engagesim.dashboard.links import TABS

type Tree = dict[str, Any]
type Option = tuple[str, str, str]
"""A value, its label and its meaning."""


def choice(name: str, label: str, value: str, options: Iterable[Option], about: str = "") -> Tree:
    """Return a control with several options; without ``about``, the chosen option explains it."""
    choices = [{"value": each, "label": words, "help": meaning} for each, words, meaning in options]
    return {
        "kind": "choice", "name": name, "label": label, "value": value, "choices": choices,
        "help": about or next((each["help"] for each in choices if each["value"] == value), ""),
    }  # fmt: skip


def number(
    name: str, label: str, value: float, ends: tuple[float, float], step: float, about: str, unit: str = "",
    slides: bool = True, resets: bool | None = None,
) -> Tree:  # fmt: skip
    """Return a control for a number within limits, as a slider or a field.

    If ``resets`` is given, the control can be reset and then sends None; True means that there is something to reset.
    """
    return {
        "kind": "range" if slides else "number", "name": name, "label": label, "value": value, "low": ends[0],
        "high": ends[1], "step": step, "unit": unit, "help": about, "resets": resets,
    }  # fmt: skip


def switch(name: str, label: str, value: bool, about: str, is_closed: bool = False) -> Tree:
    """Return a control that is on or off; it cannot be changed if ``is_closed``."""
    return {"kind": "switch", "name": name, "label": label, "value": value, "help": about, "closed": is_closed}


def group(title: str, controls: Sequence[Tree], note: str = "", is_open: bool = True) -> Tree:
    """Return controls under a title that opens and closes; controls without a title form a row."""
    return {"title": title, "controls": [*controls], "note": note, "open": is_open}


@hears(event_change=CONTROL_CHANGE)
@solara.component_vue("vue/controls.vue")
def _Controls(groups: list[Tree], event_change: Callable[[ControlChange], None]) -> None: ...


def Controls(groups: list[Tree], on_change: Callable[[str, Any], None]) -> None:
    """Groups of controls with explanations; a control that is set to an allowed value sends its name and the value."""
    offered = {each["name"]: each for group in groups for each in group["controls"]}

    def changed(change: ControlChange) -> None:
        control = offered.get(change.name, {"closed": True})
        if not control.get("closed"):
            hear(_kind(control), lambda value: on_change(change.name, value))(change.value)

    _Controls(groups=groups, event_change=changed)


def _kind(control: Tree) -> TypeAdapter[Any]:
    """Return the type of the values that a control offers."""
    if control["kind"] == "choice":
        return one_of(tuple(each["value"] for each in control["choices"]))
    if control["kind"] == "switch":
        return SWITCH
    return between(control["low"], control["high"], control["resets"] is not None)


@hears(event_choose=one_of(TABS))
@solara.component_vue("vue/header.vue")
def Header(tabs: list[dict[str, str]], tab: str, query: str, event_choose: Callable[[str], None]) -> None:
    """The top of a page: the name, the tabs, the link, and the switch between light and dark themes."""


@solara.component_vue("vue/glossary.vue")
def Glossary(entries: list[dict[str, str]]) -> None:
    """A list of all terms, with a search field."""


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
    """Buttons to play, pause, step and reset, and the speed; a month is requested once the last one is drawn."""


@hears(event_choose=AGENT)
@solara.component_vue("vue/society.vue")
def SocietyGraph(scene: Tree, frame: Tree, agent: int | None, event_choose: Callable[[int | None], None]) -> None:
    """The social graph, and its legend with counts."""


@solara.component_vue("vue/curves.vue")
def Curves(
    history: bytes, names: list[str], panels: list[Tree], marks: list[Tree], plays: bool = False, unchanged: bytes = b""
) -> None:
    """Time series from ``history``, float32 of shape (months, names); if ``plays``, they appear month by month.

    ``unchanged``, of the same shape, is drawn pale behind them: the society without the changes made during the run.
    """


@solara.component_vue("vue/tour.vue")
def Tour(steps: list[dict[str, str]]) -> None:
    """A guided tour: each step has a title, a text, and the part of the page that it explains."""


@solara.component_vue("vue/happenings.vue")
def Timeline(tracks: list[Tree], life: int, happened: Tree) -> None:
    """Events: a dot per month and track, larger if there are more events, and the latest events in words.

    ``happened["counts"]`` is uint16, shape (months, tracks); ``said`` holds sentences, and ``spoken`` a summary of all
    events. Each society has a different ``life``.
    """


@hears(event_ask=ANYTHING)
@solara.component_vue("vue/takeaway.vue")
def TakeAway(texts: dict[str, str], table: Tree, name: str, event_ask: Callable[[Any], None]) -> None:
    """Data, pictures and code to save; the data are requested only when needed."""


@hears(event_choose=AGENT)
@solara.component_vue("vue/agent.vue")
def Agent(about: Tree | None, most: int, event_choose: Callable[[int | None], None]) -> None:
    """One agent's state, and the reasons for its choice."""


@hears(event_open=CELL)
@solara.component_vue("vue/map.vue")
def HeatMap(drawn: Tree, event_open: Callable[[Cell], None], chosen: list[int] | None = None) -> None:
    """A measure over two axes; a cell that the visitor opens sends its row and column."""


@hears(event_pick=WORD)
@solara.component_vue("vue/picking.vue")
def Picking(svg: str, label: str, chosen: str, event_pick: Callable[[str], None], hint: str = "") -> None:
    """A picture in which one mark can be chosen with a click, a touch or the arrow keys."""


@hears(event_start=ANYTHING, event_stop=ANYTHING)
@solara.component_vue("vue/progress.vue")
def _Progress(
    label: str,
    phase: str,
    share: float,
    words: str,
    event_start: Callable[[Any], None],
    event_stop: Callable[[Any], None],
) -> None: ...


@solara.component
def JobControl(job: Job, label: str, start: Callable[[], None]) -> None:
    """Buttons that start and stop a background computation, and its progress."""
    now: Progress = job.progress.value
    _Progress(
        label=label,
        phase=now.phase,
        share=now.share,
        words=now.words(),
        event_start=lambda *_: start(),
        event_stop=lambda *_: job.stop(),
    )


@solara.component
def Button(words: str, on_press: Callable[[], None], about: str, is_main: bool = False) -> None:
    """A button with its explanation; the main button of a view stands out."""
    classes = "es-button es-primary" if is_main else "es-button"
    button = solara.v.Html(
        tag="button", class_=classes, attributes={"type": "button", "title": about}, children=[words]
    )
    solara.v.use_event(button, "click", lambda *_: on_press())


def Alert(words: str) -> None:
    """An error message in one line."""
    solara.v.Html(tag="p", class_="es-complaint", attributes={"role": "alert"}, children=[words])


def Text(words: str, look: str = "", tag: str = "p") -> None:
    """A paragraph, or a heading; ``look`` is a class of the style sheet."""
    solara.HTML(tag, words, classes=[look] if look else [])
