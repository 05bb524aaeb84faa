"""Explore: one society live, with what can be changed, the social graph, and time series beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import solara

from engagesim.app.controls import change, groups
from engagesim.app.limits import MOST_MONTHS
from engagesim.app.reasons import about
from engagesim.app.scene import colours, frame, scene
from engagesim.app.visit import Visit
from engagesim.app.words import label
from engagesim.measures import MEASURE_NAMES
from engagesim.report.palette import BLUE, GREEN, ORANGE, SKY_BLUE, VERMILION
from engagesim.report.phrases import counted, percent

SPEEDS = (1, 2, 5, 10, 20, 50)
"""Months a second to choose from."""

_USUAL_SPEED = 5


def _line(name: str, light: str, dark: str | None = None, dash: str = "") -> dict[str, str]:
    return {"name": name, "label": label(name).lower(), "light": light, "dark": dark or light, "dash": dash}


def _stacked(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "label": label(name).lower(), "dash": "", **colours(name)} for name in names]


PANELS: list[dict[str, Any]] = [
    {
        "title": "Services and trust", "unit": "0 to 1", "stacked": False,
        "lines": [
            _line("quality", BLUE, SKY_BLUE), _line("trust", VERMILION, ORANGE, "6 3"), _line("morale", GREEN, GREEN, "2 3"),
        ],
    },
    {
        "title": "Coalition", "unit": "share of agents, of districts", "stacked": False,
        "lines": [_line("coalition_share", BLUE, SKY_BLUE), _line("coalition_breadth", VERMILION, ORANGE, "6 3")],
    },
    {
        "title": "What citizens do", "unit": "share of citizens", "stacked": True,
        "lines": _stacked("collaborate", "confront", "client", "abstain"),
    },
    {
        "title": "How officials respond", "unit": "share of officials", "stacked": True,
        "lines": _stacked("cocreate", "accommodate", "token", "resist"),
    },
]  # fmt: skip
"""Time series: each measure by its name; areas have the colours of what is done."""

_SHOWN = [line["name"] for panel in PANELS for line in panel["lines"]]
_COLUMNS = [MEASURE_NAMES.index(name) for name in _SHOWN]


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


@solara.component_vue("vue/society.vue")
def Picture(
    scene: dict[str, Any], frame: dict[str, Any], agent: int | None, event_choose: Callable[[int | None], None]
) -> None:
    """The social graph, and its legend with counts."""


@solara.component_vue("vue/curves.vue")
def Curves(history: bytes, names: list[str], panels: list[dict[str, Any]], marks: list[dict[str, Any]]) -> None:
    """Time series of some measures."""


@solara.component_vue("vue/controls.vue")
def Controls(groups: list[dict[str, Any]], event_change: Callable[[dict[str, Any]], None]) -> None:
    """Sliders, numbers, choices and switches, each with its explanation."""


@solara.component_vue("vue/agent.vue")
def Agent(about: dict[str, Any] | None, most: int, event_choose: Callable[[int | None], None]) -> None:
    """One agent's state, and the reasons for its choice."""


@solara.component
def ExploreTab(visit: Visit) -> None:
    """One society, live."""
    with solara.Div(classes=["es-explore"]):
        with solara.Div(classes=["es-side"]):
            Setting(visit)
        with solara.Div(classes=["es-middle"]):
            Time(visit)
            Graph(visit)
        with solara.Div(classes=["es-beside"]):
            Series(visit)
            Person(visit)


@solara.component
def Setting(visit: Visit) -> None:
    """What can be set."""
    Controls(groups=groups(visit), event_change=lambda said: change(visit, str(said["name"]), said["value"]))


@solara.component
def Time(visit: Visit) -> None:
    """Where the society is in time, and how it goes on."""
    speed, set_speed = solara.use_state(_USUAL_SPEED)

    def tick(month: int) -> None:
        if visit.is_playing.peek() and month == visit.month.peek():
            visit.step()

    Transport(
        playing=visit.is_playing.value, month=visit.month.value, speed=speed, speeds=list(SPEEDS), words=told(visit),
        event_play=lambda on: visit.is_playing.set(bool(on)), event_tick=tick, event_step=lambda n: visit.step(int(n)),
        event_reset=lambda *_: visit.reset(), event_hasten=lambda n: set_speed(int(n) if n in SPEEDS else speed),
    )  # fmt: skip


@solara.component
def Graph(visit: Visit) -> None:
    """The social graph as it stands."""
    life = visit.life.value
    still = solara.use_memo(lambda: scene(visit.society), [life])
    now = solara.use_memo(lambda: frame(visit.society, life), [life, visit.month.value])
    Picture(scene=still, frame=now, agent=visit.agent.value, event_choose=lambda row: choose(visit, row))


@solara.component
def Series(visit: Visit) -> None:
    """Time series so far."""
    life, month = visit.life.value, visit.month.value
    history = solara.use_memo(
        lambda: np.ascontiguousarray(visit.society.metrics[:, _COLUMNS], dtype="<f4").tobytes(), [life, month]
    )
    marks = [{"month": act.month, "text": _said(act.what, act.value)} for act in visit.asked.value.acts]
    Curves(history=history, names=_SHOWN, panels=PANELS, marks=marks)


@solara.component
def Person(visit: Visit) -> None:
    """The agent that is looked at."""
    row, weighs = visit.agent.value, not visit.is_playing.value
    when = [visit.life.value, visit.month.value, visit.asked.value, row, weighs]
    shown = solara.use_memo(lambda: None if row is None else about(visit.society, row, weighs), when)
    Agent(about=shown, most=visit.society.wiring.agents - 1, event_choose=lambda row: choose(visit, row))


def choose(visit: Visit, row: int | None) -> None:
    """Look at an agent, or at none."""
    if row is None or not 0 <= int(row) < visit.society.wiring.agents:
        visit.agent.set(None)
    else:
        visit.agent.set(int(row))


def told(visit: Visit) -> str:
    """Tell in a sentence or two how the society stands."""
    month = visit.month.value
    if not month:
        people = visit.parameters.population
        return f"{people.citizens} citizens in {people.districts} districts. Press Play, or Step, to begin."
    last = dict(zip(MEASURE_NAMES, visit.society.observed(month - 1)[0].tolist(), strict=True))
    districts = visit.society.wiring.districts
    coalition = (
        f"A broad coalition holds {percent(last['coalition_share'])} of all agents and reaches "
        f"{counted(last['coalition_breadth'], districts)} districts."
        if last["coalition_share"] > 0
        else "There is no broad coalition."
    )
    end = f" The dashboard stops at month {MOST_MONTHS}." if month >= MOST_MONTHS else ""
    return (
        f"Service quality {last['quality']:.2f}, trust {last['trust']:.2f}. {percent(last['engaged'])} of citizens "
        f"engage, {percent(last['client'])} are clients; {percent(last['responsive'])} of officials respond in earnest. "
        f"{coalition}{end}"
    )


def _said(what: str, value: float) -> str:
    if "." in what:
        return f"{label(what).lower()} {value:g}"
    return f"{label(what).lower()} {'begins' if value else 'ends'}"
