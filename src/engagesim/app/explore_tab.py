"""Explore: one society live, with what can be changed, the social graph, and time series beside it."""

import solara

from engagesim.app.controls import change, groups
from engagesim.app.limits import SPEEDS
from engagesim.app.panels import PANELS, SHOWN, history, told
from engagesim.app.pieces import Agent, Controls, Curves, Picture, Transport
from engagesim.app.reasons import about
from engagesim.app.scene import frame, scene
from engagesim.app.visit import Visit
from engagesim.app.words import label

_USUAL_SPEED = 5


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
            Person(visit)
            Series(visit)


@solara.component
def Setting(visit: Visit) -> None:
    """What can be set."""
    life, asked, month = visit.life.value, visit.asked.value, visit.month.value
    controls = solara.use_memo(lambda: groups(visit), [life, asked, None if visit.is_playing.value else month])
    Controls(groups=controls, event_change=lambda said: change(visit, said.name, said.value))


@solara.component
def Time(visit: Visit) -> None:
    """Where the society is in time, and how it goes on."""
    speed, set_speed = solara.use_state(_USUAL_SPEED)
    life, month = visit.life.value, visit.month.value

    def tick(month: int) -> None:
        if visit.is_playing.peek() and month == visit.month.peek():
            visit.step()

    Transport(
        playing=visit.is_playing.value,
        month=month,
        speed=speed,
        speeds=list(SPEEDS),
        words=solara.use_memo(lambda: told(visit.society), [life, month]),
        event_play=visit.is_playing.set,
        event_tick=tick,
        event_step=visit.step,
        event_reset=lambda *_: visit.reset(),
        event_hasten=set_speed,
    )


@solara.component
def Graph(visit: Visit) -> None:
    """The social graph as it stands."""
    life = visit.life.value
    still = solara.use_memo(lambda: scene(visit.society), [life])
    now = solara.use_memo(lambda: frame(visit.society, life), [life, visit.month.value])
    Picture(scene=still, frame=now, agent=visit.agent.value, event_choose=visit.look_at)


@solara.component
def Series(visit: Visit) -> None:
    """Time series so far."""
    series = solara.use_memo(lambda: history(visit.society), [visit.life.value, visit.month.value])
    marks = [{"month": act.month, "text": _said(act.what, act.value)} for act in visit.asked.value.acts]
    Curves(history=series, names=SHOWN, panels=PANELS, marks=marks)


@solara.component
def Person(visit: Visit) -> None:
    """The agent that is looked at."""
    row, weighs = visit.agent.value, not visit.is_playing.value
    when = [visit.life.value, visit.month.value, visit.asked.value, row, weighs]
    shown = solara.use_memo(lambda: None if row is None else about(visit.society, row, weighs), when)
    Agent(about=shown, most=visit.society.wiring.agents - 1, event_choose=visit.look_at)


def _said(what: str, value: float) -> str:
    if "." in what:
        return f"{label(what).lower()} {value:g}"
    return f"{label(what).lower()} {'begins' if value else 'ends'}"
