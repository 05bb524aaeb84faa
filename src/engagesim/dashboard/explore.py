"""The page *Explore*: one society live, with what can be changed, the social graph, and time series beside it."""

from typing import Any

import solara
from pydantic import TypeAdapter

from engagesim.dashboard.components import Agent, Controls, Curves, SocietyGraph, Transport
from engagesim.dashboard.events import NUMBER, SWITCH, WORD, hear
from engagesim.dashboard.explore_view import PANELS, SHOWN, about, frame, history, scene, status
from engagesim.dashboard.glossary import ROW, about_intervention, about_scenario, help_for, label
from engagesim.dashboard.limits import MOST_CITIZENS, MOST_DISTRICTS, SPEEDS
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import SocietyRequest, forms, offered, scenarios
from engagesim.parameters import SETTINGS, Parameters
from engagesim.policy import Policy

_USUAL_SPEED = 5


@solara.component
def ExploreTab(session: Session) -> None:
    """One society, live."""
    with solara.Div(classes=["es-explore"]):
        with solara.Div(classes=["es-side"]):
            Setting(session)
        with solara.Div(classes=["es-middle"]):
            Time(session)
            Graph(session)
        with solara.Div(classes=["es-beside"]):
            Person(session)
            Series(session)


@solara.component
def Setting(session: Session) -> None:
    """What can be set."""
    life, request, month = session.life.value, session.request.value, session.month.value
    controls = solara.use_memo(lambda: groups(session), [life, request, None if session.is_playing.value else month])
    Controls(groups=controls, event_change=lambda said: change(session, said.name, said.value))


@solara.component
def Time(session: Session) -> None:
    """Where the society is in time, and how it goes on."""
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
    """The social graph as it stands."""
    life = session.life.value
    still = solara.use_memo(lambda: scene(session.society), [life])
    now = solara.use_memo(lambda: frame(session.society, life), [life, session.month.value])
    SocietyGraph(scene=still, frame=now, agent=session.agent.value, event_choose=session.look_at)


@solara.component
def Series(session: Session) -> None:
    """Time series so far."""
    series = solara.use_memo(lambda: history(session.society), [session.life.value, session.month.value])
    marks = [{"month": act.month, "text": _mark_text(act.what, act.value)} for act in session.request.value.acts]
    Curves(history=series, names=SHOWN, panels=PANELS, marks=marks)


@solara.component
def Person(session: Session) -> None:
    """The agent that is looked at."""
    row, weighs = session.agent.value, not session.is_playing.value
    when = [session.life.value, session.month.value, session.request.value, row, weighs]
    shown = solara.use_memo(lambda: None if row is None else about(session.society, row, weighs), when)
    Agent(about=shown, most=session.society.wiring.agents - 1, event_choose=session.look_at)


def _mark_text(what: str, value: float) -> str:
    if "." in what:
        return f"{label(what).lower()} {value:g}"
    return f"{label(what).lower()} {'begins' if value else 'ends'}"


STARTS = ("seed", "population.citizens", "population.districts", "population.reform_minded_share")
"""Parameters that begin a society anew."""

MAIN = (
    "incentives.patronage", "incentives.merit_protection", "incentives.audit", "incentives.publicity",
    "incentives.recognition", "incentives.exposure",
)  # fmt: skip
MORE = (
    "incentives.pressure", "incentives.rents", "incentives.repression", "incentives.credit", "incentives.competition",
    "incentives.autonomy", "incentives.supervision", "incentives.monitoring", "incentives.turnover",
    "conditions.resources",
)  # fmt: skip
"""Settings that can be moved while the society lives; the first lie open."""

_AS_PLANNED = "as-planned"
_MOST = {"population.citizens": MOST_CITIZENS, "population.districts": MOST_DISTRICTS, "seed": 99_999}
_LEAST = {"population.citizens": 50}


def groups(session: Session) -> list[dict[str, Any]]:
    """Return all controls of Explore with the values that they have now."""
    request, parameters = session.request.value, session.parameters
    now = in_force(parameters, session.month.value)
    return [
        _group("Scenario", [_scenario(request)], "Another one begins anew.", is_open=True),
        _group("Form of engagement", [_form(request, parameters)], "From this month on.", is_open=True),
        _group("Incentives", [_range(path, now[path]) for path in MAIN], "From this month on.", is_open=True),
        _group("More incentives", [_range(path, now[path]) for path in MORE], "From this month on."),
        _group("Interventions", [_switch(name, request) for name in offered() if name not in forms()],
               "Switched on, one acts from this month on, until it is switched off."),
        _group("Size, seed, people", [_start(path, parameters) for path in STARTS],
               "A change here begins the society anew."),
    ]  # fmt: skip


def change(session: Session, name: str, value: Any) -> None:
    """Do what setting a control means, if the value is of its kind: begin anew, or do something from this month on."""
    kind: TypeAdapter[Any] = WORD if name in {"scenario", "form"} else NUMBER if name in ROW else SWITCH
    hear(kind, lambda value: _change(session, name, value))(value)


def _change(session: Session, name: str, value: Any) -> None:
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
    """Return every setting as it acts in a month, by path; the mean over districts where they differ."""
    means = Policy.of([parameters]).settings(month).mean(axis=(1, 2))
    return {setting.path: float(mean) for setting, mean in zip(SETTINGS, means, strict=True)}


def _group(title: str, controls: list[dict[str, Any]], note: str, is_open: bool = False) -> dict[str, Any]:
    return {"title": title, "controls": controls, "note": note, "open": is_open}


def _scenario(request: SocietyRequest) -> dict[str, Any]:
    choices = [{"value": name, "label": label(name)} for name in scenarios()]
    about = about_scenario(request.scenario)
    return {
        "kind": "choice", "name": "scenario", "label": "Scenario", "value": request.scenario, "choices": choices,
        "help": about,
    }  # fmt: skip


def _form(request: SocietyRequest, parameters: Parameters) -> dict[str, Any]:
    opened = [name for name in request.under_way() if name in forms()]
    choices = [{"value": _AS_PLANNED, "label": "As the scenario plans"}]
    choices += [{"value": name, "label": "None: close it" if name == "none" else label(name)} for name in forms()]
    plan = parameters.engagement
    planned = f"{label(plan.form)} opens in month {plan.start}." if plan.opened else "The scenario opens none."
    return {
        "kind": "choice", "name": "form", "label": "Open now", "choices": choices,
        "value": opened[-1] if opened else _AS_PLANNED, "help": about_intervention(opened[-1]) if opened else planned,
    }  # fmt: skip


def _switch(name: str, request: SocietyRequest) -> dict[str, Any]:
    return {
        "kind": "switch", "name": name, "label": label(name), "value": name in request.under_way(),
        "help": about_intervention(name),
    }  # fmt: skip


def _start(path: str, parameters: Parameters) -> dict[str, Any]:
    group, _, name = path.rpartition(".")
    value = getattr(getattr(parameters, group) if group else parameters, name)
    return _range(path, value) | {"kind": "range" if isinstance(value, float) else "number"}


def _range(path: str, value: float) -> dict[str, Any]:
    row = ROW[path]
    low, high = _LEAST.get(path, row.low or 0.0), _MOST.get(path, row.high or 1.0)
    is_whole = isinstance(row.default, int)
    return {
        "kind": "range", "name": path, "label": label(path), "value": value if is_whole else round(value, 4),
        "low": low, "high": high, "unit": row.unit, "help": help_for(path, low, high),
        "step": 1 if is_whole else 0.5 if high > 10 else 0.01,
    }  # fmt: skip


def _as_declared(path: str, value: float) -> float:
    return int(value) if isinstance(ROW[path].default, int) and value.is_integer() else value
