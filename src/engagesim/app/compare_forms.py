"""The controls of *Compare*: both sides, what they share, and questions to begin with."""

from collections.abc import Callable, Iterable
from functools import cache

import solara
from markupsafe import Markup

from engagesim.app.asked import base_of, forms, scenarios
from engagesim.app.inputs import Choice, Press, Slide, Ticks
from engagesim.app.sides import (
    AS_IT_STANDS,
    EXAMPLES,
    INCENTIVES,
    LIMITS,
    MOST_INTERVENTIONS,
    Pair,
    Side,
    differing,
    levers,
)
from engagesim.app.words import ROW, about_intervention, about_scenario, help_for, label
from engagesim.report.phrases import plain

type Choose = Callable[[Pair], None]
type Options = list[tuple[str, ...]]


@solara.component
def PairForm(pair: Pair, choose: Choose, open_society: Callable[[Side], None]) -> None:
    """Let both sides be chosen, and say in what they differ."""
    chosen = next((question for question, sides in EXAMPLES.items() if sides == pair.sides), "")

    def begin(question: str) -> None:
        if question:
            choose(pair._replace(a=EXAMPLES[question][0], b=EXAMPLES[question][1]))

    questions = [("", "a question of your own"), *((question, question) for question in EXAMPLES)]
    Choice(label="Begin with a question", options=questions, value=chosen, on_value=begin)
    with solara.Div(classes=["sides"]):
        for name in ("a", "b"):
            SideForm(name, pair, choose, open_society)
    solara.HTML(
        "p",
        classes=["differing"],
        attributes={"role": "status"},
        unsafe_innerHTML=Markup("<strong>What differs:</strong> {}").format(differing(*pair.sides)),
    )
    with solara.Div(classes=["es-fields"]):
        for name, words in (("seed", "Seed of all luck"), ("citizens", "Citizens"), ("months", "Months")):
            Shared(name, words, pair, choose)


@solara.component
def SideForm(name: str, pair: Pair, choose: Choose, open_society: Callable[[Side], None]) -> None:
    """Let one side be chosen."""
    side: Side = getattr(pair, name)
    other = "b" if name == "a" else "a"

    def change_to(side: Side) -> None:
        choose(pair.having(name, side))

    with solara.v.Html(tag="fieldset", class_=f"side side-{name}"):
        solara.HTML("legend", f"Society {name.upper()}")
        Choice(
            label="Scenario",
            options=_named(scenarios()),
            value=side.scenario,
            on_value=lambda value: change_to(side._replace(scenario=value)),
            about=about_scenario(side.scenario),
        )
        Choice(
            label="Form of engagement",
            options=_forms(),
            value=side.form,
            on_value=lambda value: change_to(side._replace(form=value)),
            about=_about_form(side),
        )
        Ticks(
            label="Interventions:",
            options=_levers(),
            value=list(side.interventions),
            on_value=lambda values: change_to(side._replace(interventions=tuple(values))),
            most=MOST_INTERVENTIONS,
        )
        with solara.v.Html(tag="details", class_="field", attributes={"open": True} if side.incentives else {}):
            solara.HTML("summary", _incentives_said(side))
            for path in INCENTIVES:
                Incentive(path, side, change_to)
        with solara.Div(classes=["actions"]):
            Press(f"Make {other.upper()} the same", lambda: choose(pair.having(other, side)))
            Press(f"Open {name.upper()} in Explore", lambda: open_society(side))


@solara.component
def Incentive(path: str, side: Side, change_to: Callable[[Side], None]) -> None:
    """Let an incentive be set, or left as the scenario has it."""
    row, values = ROW[path], dict(side.incentives)
    group, name = path.split(".")
    usual = float(getattr(getattr(base_of(side.scenario), group), name))
    low, high = float(row.low or 0), float(row.high or 0)
    Slide(
        label=label(path),
        low=low,
        high=high,
        step=(high - low) / 100,
        value=values.get(path, usual),
        event_set=lambda value: change_to(side.changed(path, round(value, 4))),
        about=f"{help_for(path)} The scenario has {usual:g}.",
        is_set=path in values,
        event_reset=lambda _: change_to(side.changed(path, None)),
    )


@solara.component
def Shared(name: str, words: str, pair: Pair, choose: Choose) -> None:
    """Let a number be chosen that both sides share."""
    steps = {"seed": range(1, 21), "citizens": (200, 500, 1000, 2000), "months": (48, 96, 144, 240)}
    now: int = getattr(pair.common, name)
    options = [(str(value), str(value)) for value in sorted({*steps[name], now})]

    def change_to(value: str) -> None:
        choose(pair._replace(common=pair.common._replace(**{name: int(value)})))

    Choice(label=words, options=options, value=str(now), on_value=change_to)


@solara.component
def Seeds(pair: Pair, choose: Choose) -> None:
    """Let the number of seeds be chosen."""
    low, high = LIMITS["seeds"]
    Slide(
        label="Seeds",
        low=low,
        high=high,
        step=10,
        value=pair.seeds,
        event_set=lambda value: choose(pair._replace(seeds=int(value))),
    )


@cache
def _levers() -> Options:
    return [(name, label(name), about_intervention(name)) for name in levers()]


def _forms() -> Options:
    return [(AS_IT_STANDS, "as in the scenario"), ("none", "none"), *_named(name for name in forms() if name != "none")]


def _about_form(side: Side) -> str:
    if side.form != AS_IT_STANDS:
        return about_intervention(side.form)
    form = base_of(side.scenario).engagement.form
    return "The scenario opens none." if form == "none" else f"The scenario opens {plain(form)}."


def _incentives_said(side: Side) -> str:
    if not side.incentives:
        return "Incentives: as in the scenario"
    return "Incentives: " + ", ".join(f"{plain(path.rpartition('.')[2])} {value:g}" for path, value in side.incentives)


def _named(names: Iterable[str]) -> Options:
    return [(name, plain(name)) for name in names]
