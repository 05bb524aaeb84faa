"""The page *Explore*: one live society, with controls, social graph, events, time series, and what to take with you."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import solara
from markupsafe import Markup

from engagesim.dashboard.components import (
    Agent,
    Controls,
    Curves,
    SocietyGraph,
    TakeAway,
    Text,
    Timeline,
    Tour,
    Transport,
    Tree,
    choice,
    group,
    number,
    switch,
)
from engagesim.dashboard.explore_view import (
    MAIN,
    MORE,
    PANELS,
    SERIES,
    STARTS,
    about,
    frame,
    history,
    on_map,
    scene,
    status,
)
from engagesim.dashboard.glossary import (
    ROW,
    about_intervention,
    about_parameter,
    about_scenario,
    label,
    opening,
    span_of,
)
from engagesim.dashboard.limits import MOST_CITIZENS, MOST_DISTRICTS, MOST_MONTHS, SPEEDS
from engagesim.dashboard.links import text_of
from engagesim.dashboard.session import ATLAS, Session
from engagesim.dashboard.society_request import SocietyRequest, forms, levers, scenarios
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import SETTINGS, Parameters
from engagesim.policy import Policy
from engagesim.report.events_figure import TRACKS, caption
from engagesim.report.map_figure import SIMULATED
from engagesim.report.story import QUIET, dated, told
from engagesim.report.style import BLACK
from engagesim.report.text import planned
from engagesim.society.events import KIND_NAMES, in_words

_USUAL_SPEED = 5


@solara.component
def ExploreTab(session: Session) -> None:
    """One live society."""
    with solara.Div(classes=["es-explore"]):
        with solara.Div(classes=["es-side"]):
            Setting(session)
        with solara.Div(classes=["es-middle"]):
            Tour(steps=TOUR)
            Time(session)
            Graph(session)
            Districts(session)
            Happenings(session)
        with solara.Div(classes=["es-beside"]):
            Person(session)
            Series(session)
            Downloads(session)


@solara.component
def Setting(session: Session) -> None:
    """The controls of the society."""
    life, request, month = session.life.value, session.request.value, session.stands_at
    controls = solara.use_memo(lambda: groups(session), [life, request, month])
    Controls(controls, lambda name, value: change(session, name, value))


@solara.component
def Time(session: Session) -> None:
    """The month of the society, and the controls that advance it."""
    speed, set_speed = solara.use_state(_USUAL_SPEED)
    life, month = session.life.value, session.month.value

    def tick(month: int) -> None:
        if session.is_playing.peek() and month == session.month.peek():
            session.step()

    Transport(
        playing=session.is_playing.value,
        month=month,
        speed=speed,
        speeds=list(SPEEDS),
        words=solara.use_memo(lambda: status(session.society), [life, month]),
        event_play=session.is_playing.set,
        event_tick=tick,
        event_step=session.step,
        event_reset=lambda *_: session.reset(),
        event_hasten=set_speed,
    )


@solara.component
def Graph(session: Session) -> None:
    """The current social graph."""
    life = session.life.value
    still = solara.use_memo(lambda: scene(session.society), [life])
    now = solara.use_memo(lambda: frame(session.society, life), [life, session.month.value])
    SocietyGraph(scene=still, frame=now, agent=session.agent.value, event_choose=session.look_at)


@solara.component
def Districts(session: Session) -> None:
    """The districts on the map that the dashboard was opened with, redrawn whenever the simulation pauses."""
    last = solara.use_ref(([], 0))
    areas, is_playing, society = ATLAS.districts, session.is_playing.value, session.society
    fits = areas is not None and len(areas.names) == society.wiring.districts

    def draw() -> tuple[list[Markup], int]:
        if is_playing or areas is None or not fits:
            return last.current if fits else ([], 0)
        return on_map(society, areas), society.month

    last.current = solara.use_memo(draw, [session.life.value, session.stands_at])
    if areas is None:
        return
    pictures, month = last.current
    with solara.v.Html(tag="section", attributes={"aria-label": "Districts on a map"}, class_="es-sheet es-districts"):
        Text("Districts on a map", tag="h2")
        if not fits:
            Text(
                f"The map has {len(areas.names)} districts and this society {society.wiring.districts}: set "
                f"{len(areas.names)} under “Size, seed, people” to see the map.",
                "es-note",
            )
            return
        Text(f"{SIMULATED}. As of month {month}" + ("; pause to update it." if is_playing else "."), "es-note")
        with solara.Div(classes=["es-panels"]):
            for heading, drawn in zip(("Service quality", "Trust of citizens"), pictures, strict=False):
                with solara.v.Html(tag="figure", class_="es-figure"):
                    Text(heading, tag="figcaption")
                    solara.HTML("div", unsafe_innerHTML=drawn)


@solara.component
def Series(session: Session) -> None:
    """The time series so far."""
    request, now = session.request.value, [session.life.value, session.month.value]
    series = solara.use_memo(lambda: history(session.society), now)
    before = solara.use_memo(lambda: history(session.unchanged) if session.unchanged else b"", [*now, request])
    planned = solara.use_memo(lambda: _planned(request.start()), [session.life.value])
    marks = [*planned, *({"month": act.month, "text": _mark(act.what, act.value)} for act in request.acts)]
    Curves(history=series, unchanged=before, names=SERIES, panels=PANELS, marks=marks)


@solara.component
def Person(session: Session) -> None:
    """The selected agent."""
    row, weighs = session.agent.value, not session.is_playing.value
    month = session.stands_at if row is None else session.month.value
    when = [session.life.value, month, session.request.value, row, weighs]
    shown = solara.use_memo(lambda: None if row is None else about(session.society, row, weighs), when)
    Agent(about=shown, most=session.society.wiring.agents - 1, event_choose=session.look_at)


def _mark(what: str, value: float) -> str:
    if "." in what:
        return f"{label(what).lower()} {value:g}"
    return f"{label(what).lower()} {'starts' if value else 'ends'}"


TOUR = [
    {"title": title, "text": text, "where": where}
    for title, where, text in (
        (
            "A society", ".es-picture",
            "Each dot is a citizen, and each square the official of their service point. The diamond is the manager of "
            "the district, and the triangle its politician. Colours show what they do this month; see the legend.",
        ),
        (
            "Let it run", ".es-transport",
            "Press Play and watch. The text below the buttons sums up the society. Around month 25 a form of "
            "engagement opens: citizens are asked to take part, and officials decide how to answer.",
        ),
        (
            "What happened", ".es-happened",
            "This part lists demands, promises, elections and coalitions in the order in which they happen. Pause when "
            "something surprises you.",
        ),
        (
            "One agent, and why", ".es-agent",
            "Pause, and click a dot. The bars show what each option is worth to this person, and why. "
            "Compare a citizen who engages with a neighbour who does not.",
        ),
        (
            "Change one thing", ".es-controls",
            "Move Patronage down, and press Play. The curves now show two societies: yours and, pale behind it, one "
            "without your change, with the same people and the same luck. The gap is what your change did.",
        ),
        (
            "Take it with you", ".es-takeaway",
            "Save the data and the pictures, or copy the code that repeats this society. Copy link, at the top, "
            "shares it. One society is one story; Compare and Map show whether others are like it.",
        ),
    )
]  # fmt: skip
"""The guided tour: what the page offers, and what to try."""


def _planned(parameters: Parameters) -> list[dict[str, Any]]:
    """Return the scenario's planned changes as marks for the time series."""
    marks = planned(parameters, MOST_MONTHS)
    return [{"month": mark.month, "text": mark.text} for mark in marks if mark.month]


_AS_PLANNED = "as-planned"
_MOST = {"population.citizens": MOST_CITIZENS, "population.districts": MOST_DISTRICTS, "seed": 99_999}
_FROM_NOW = "A change takes effect from this month on."


def groups(session: Session) -> list[Tree]:
    """Return all controls of Explore with their current values."""
    request, parameters = session.request.value, session.parameters
    now = in_force(parameters, session.month.peek())
    switches = [switch(name, label(name), name in request.under_way(), about_intervention(name)) for name in levers()]
    return [
        group("Scenario", [_scenario(request)], "Choosing another scenario restarts the simulation."),
        group("Form of engagement", [_form(request, parameters)], _FROM_NOW),
        group("Incentives", [_setting(path, now[path]) for path in MAIN], _FROM_NOW),
        group("More incentives", [_setting(path, now[path]) for path in MORE], _FROM_NOW, is_open=False),
        group(
            "Interventions",
            switches,
            "An intervention takes effect this month and lasts until you switch it off.",
            is_open=False,
        ),
        group(
            "Size, seed, people",
            [_start(path, parameters) for path in STARTS],
            "A change restarts the simulation.",
            is_open=False,
        ),
    ]


def change(session: Session, name: str, value: Any) -> None:
    """Apply a control: restart the simulation, or change something from this month on."""
    request = session.request.peek()
    if name == "scenario":
        session.change_start({}, value)
    elif name in STARTS:
        session.change_start({name: _as_declared(name, value)})
    elif name == "form":
        opened = [(form, 0.0) for form in request.under_way() if form in forms() and form != value]
        begun = [(value, 1.0)] if value != _AS_PLANNED and value not in request.under_way() else []
        session.do(*opened, *begun)
    elif name in ROW:
        session.do((name, value))
    elif (name in request.under_way()) != value:
        session.do((name, float(value)))


def in_force(parameters: Parameters, month: int) -> dict[str, float]:
    """Return the value of every setting in a month, by path; if districts differ, return their mean."""
    means = Policy.of([parameters]).settings(month).mean(axis=(1, 2))
    return {setting.path: float(mean) for setting, mean in zip(SETTINGS, means, strict=True)}


def _scenario(request: SocietyRequest) -> Tree:
    options = [(name, label(name), about_scenario(name)) for name in scenarios()]
    return choice("scenario", "Scenario", request.scenario, options)


def _form(request: SocietyRequest, parameters: Parameters) -> Tree:
    opened = [name for name in request.under_way() if name in forms()]
    plan = f"{opening(parameters) or 'The scenario opens none'}."
    options = [(_AS_PLANNED, "As the scenario plans", plan)]
    options += [(name, "Close it" if name == "none" else label(name), about_intervention(name)) for name in forms()]
    return choice("form", "Open now", opened[-1] if opened else _AS_PLANNED, options)


def _start(path: str, parameters: Parameters) -> Tree:
    group, _, name = path.rpartition(".")
    value = getattr(getattr(parameters, group) if group else parameters, name)
    return _setting(path, value, slides=isinstance(value, float))


def _setting(path: str, value: float, slides: bool = True) -> Tree:
    low, high, step, is_whole = span_of(path, _MOST)
    shown = value if is_whole else round(value, 4)
    about = about_parameter(path, low, high)
    return number(path, label(path), shown, (low, high), step, about, ROW[path].unit, slides)


def _as_declared(path: str, value: float) -> float:
    return int(value) if isinstance(ROW[path].default, int) and float(value).is_integer() else value


_SHOWN = 8
"""Maximum number of sentences."""

_ROWS = [
    {"label": track.label, "colour": "currentColor" if track.colour == BLACK else track.colour} for track in TRACKS
]

_BELONGS = np.array([[name in track.kinds for track in TRACKS] for name in KIND_NAMES], dtype=np.int64)
"""Matrix with a 1 where a row of the timeline counts a kind of event, shape (kinds, rows)."""

_IS_TOLD = np.array([name not in QUIET for name in KIND_NAMES])


@solara.component
def Happenings(session: Session) -> None:
    """The events so far."""
    life, month = session.life.value, session.month.value
    chronicle = solara.use_memo(lambda: Chronicle(session.society), [life])
    Timeline(tracks=_ROWS, life=life, happened=solara.use_memo(chronicle.now, [life, month]))


class Chronicle:
    """A record of the events in a society so far, which reads each month only once.

    Parameters
    ----------
    society : LiveSociety
    """

    def __init__(self, society: LiveSociety) -> None:
        self._society = society
        self._counts = np.zeros((0, len(TRACKS)), dtype="<u2")
        self._said: list[str] = []

    def now(self) -> Tree:
        """Return the panel's data: events by month and row of the timeline, the latest in words, and a summary."""
        begin, months = len(self._counts), self._society.month
        rows = self._society.happened(begin)
        counts = np.zeros((months - begin, len(KIND_NAMES)), dtype=np.int64)
        np.add.at(counts, (rows["month"] - begin, rows["kind"]), 1)
        self._counts = np.concatenate((self._counts, (counts @ _BELONGS).astype("<u2")))
        last = in_words(rows[_IS_TOLD[rows["kind"]]][-_SHOWN:])
        self._said = [*(dated(event, told(event)) for event in reversed(last)), *self._said][:_SHOWN]
        return {"counts": self._counts.tobytes(), "said": self._said, "spoken": self._spoken()}

    def _spoken(self) -> str:
        found, months = self._counts > 0, len(self._counts)
        if not months:
            return ""
        counts, firsts, lasts = self._counts.sum(axis=0), found.argmax(axis=0), found[::-1].argmax(axis=0)
        tracks = zip(counts.tolist(), firsts.tolist(), (months - 1 - lasts).tolist(), strict=True)
        return caption([*tracks], months).description


_ABOUT_COSTS = {"cost", "cost_source", "note"}
"""Fields of an intervention that have no effect on a run."""


@solara.component
def Downloads(session: Session) -> None:
    """The data, pictures and code that a visitor can save from the open society."""
    table, set_table = solara.use_state({"times": 0, "csv": "", "month": 0})
    request, month = session.request.value, session.stands_at
    texts = solara.use_memo(
        lambda: {"command": command(request, month), "program": program(request, month)} if month else {},
        [request, month],
    )

    def write(*_: Any) -> None:
        society = session.society
        set_table({"times": table["times"] + 1, "csv": table_of(society), "month": society.month})

    TakeAway(texts=texts, table=table, name=request.scenario, event_ask=write)


def command(request: SocietyRequest, months: int) -> str:
    """Return the command that simulates the same months, with all changes made during the run."""
    return shlex.join(["engagesim", "run", *overrides(request, months)])


def overrides(request: SocietyRequest, months: int) -> list[str]:
    """Return the command-line overrides for the same months."""
    changes = {**request.changes, "months": months}
    found = [f"scenario={request.scenario}", *(f"{path}={text_of(value)}" for path, value in changes.items())]
    schedules = _schedules(request)
    return [*found, f"interventions=[{', '.join(map(_flow, schedules))}]"] if request.acts else found


def program(request: SocietyRequest, months: int) -> str:
    """Return the Python code that simulates the same months."""
    changes: dict[str, Any] = {**request.changes, "months": months}
    if request.acts:
        changes["interventions"] = _schedules(request)
    lines = ",\n    ".join(f"{path!r}: {value!r}" for path, value in changes.items())
    return (
        "from engagesim import EngagementModel, scenario\n\n"
        f"parameters = scenario({request.scenario!r}).changed({{\n    {lines},\n}})\n"
        "society = EngagementModel(parameters)\n"
        "for month in range(parameters.months):\n"
        "    society.step()\n"
        "print(society.metrics.tail())\n"
    )


def table_of(society: LiveSociety) -> str:
    """Return every measure of every month as CSV, with months counted from 0 as in all tables."""
    return str(pd.DataFrame(society.metrics, columns=MEASURE_NAMES).to_csv(index_label="month"))


def _schedules(request: SocietyRequest) -> list[dict[str, Any]]:
    """Return the schedules of the scenario and the changes made during the run, as plain data."""
    return [
        {"name": entry.name, "start": entry.start}
        | entry.model_dump(mode="json", exclude_defaults=True, exclude={"name", "start"} | _ABOUT_COSTS)
        for entry in request.parameters().interventions
    ]


def _flow(value: Any) -> str:
    """Return plain data as text in Hydra's syntax."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) and value.replace("_", "").replace(".", "").isalnum() else json.dumps(value)
