"""The page *Compare*: two societies side by side on the same seeds, with intervals for their differences."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import solara
from markupsafe import Markup
from solara.lab import use_task

from engagesim.analysis.outcomes import OUTCOMES
from engagesim.dashboard.components import (
    Alert,
    Button,
    Controls,
    Curves,
    JobControl,
    Option,
    Text,
    Tree,
    choice,
    group,
    number,
    switch,
)
from engagesim.dashboard.figures import picture
from engagesim.dashboard.glossary import (
    IDEAS,
    ROW,
    about_intervention,
    about_measure,
    about_parameter,
    about_scenario,
    label,
    opening,
)
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.pair import (
    AS_IT_STANDS,
    EXAMPLES,
    INCENTIVES,
    LIMITS,
    MOST_INTERVENTIONS,
    STOPPING,
    Look,
    Metrics,
    Pair,
    PairResult,
    Side,
    besides,
    differing,
    ends_of,
    finding,
    opened,
    rounds,
    side_by_side,
    society,
)
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import forms, levers, scenario_parameters, scenarios
from engagesim.dashboard.tables import pair_table
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.report import comparison_figures
from engagesim.report.comparison_figures import MARKS, common_limits, panel, svg
from engagesim.report.comparison_page import line_of
from engagesim.report.comparison_words import OUTCOME, change, difference_unit, lines, scale_of
from engagesim.report.style import BLUE, FAINT, Caption
from engagesim.report.text import MEASURE, is_opened, plain, unit

type Choose = Callable[[Pair], None]

SHOWN = ("quality", "engaged", "trust", "responsive", "members", "coalition_districts")
"""Measures shown over time: service, participation, beliefs, officials, organisations and coalitions."""

_SIDES = (
    {"label": "A", "light": "#0072b2", "dark": "#56b4e9", "dash": ""},
    {"label": "B", "light": "#b34e00", "dark": "#ff9a52", "dash": "7 3"},
)
"""Line colour and dash pattern of each side, in the light and the dark theme."""

_SIZES = {
    "seed": (
        "Seed",
        range(1, 21),
        "Fixes the people and the chance events, which both societies share.",
    ),
    "citizens": ("Citizens", (200, 500, 1000, 2000), "Number of citizens in each society."),
    "months": ("Months", (48, 96, 144, 240), "How long each society is simulated."),
}
"""The settings that both sides share, each with its label, the values to choose from, and its meaning."""


@solara.component
def CompareTab(session: Session) -> None:
    """Two societies side by side on the same seeds."""
    try:
        pair = Pair.of(session.words_of("compare"))
        societies = [society(side, pair.common) for side in pair.sides]
        trouble = ""
    except EngagementError as error:
        pair, societies, trouble = Pair(), [], str(error)

    def choose(pair: Pair) -> None:
        session.keep("compare", pair.words())

    with solara.Div(classes=["es-view"]):
        Text("Same people, same luck, one difference", tag="h1")
        Text(
            "Both societies start with the same people and the same seed. Every difference in the results is due to "
            "what you set differently.",
            "es-lead",
        )
        if trouble:
            Alert(trouble)
        PairForm(pair, choose, session)
        if societies:
            OneRun(pair, societies)
            ManySeeds(pair, societies, choose, session)


@solara.component
def PairForm(pair: Pair, choose: Choose, session: Session) -> None:
    """Show the controls of both sides, and how the sides differ."""
    chosen = next((question for question, sides in EXAMPLES.items() if sides == pair.sides), "")
    questions = [("", "Your own question", ""), *((question, question, "") for question in EXAMPLES)]

    def start(_: str, question: str) -> None:
        if question:
            choose(pair._replace(a=EXAMPLES[question][0], b=EXAMPLES[question][1]))

    def share(name: str, value: str) -> None:
        choose(pair._replace(common=pair.common._replace(**{name: int(value)})))

    about = "Sets both societies for this question; change them as you like."
    Controls([group("", [choice("question", "Start with a question", chosen, questions, about)])], start)
    with solara.Div(classes=["es-sides"]):
        for name in ("a", "b"):
            SideForm(name, pair, choose, session)
    solara.HTML(
        "p",
        classes=["es-differing"],
        attributes={"role": "status"},
        unsafe_innerHTML=Markup("<strong>What differs:</strong> {}").format(differing(*pair.sides)),
    )
    Controls([group("", [_size(name, pair) for name in _SIZES])], share)


@solara.component
def SideForm(name: str, pair: Pair, choose: Choose, session: Session) -> None:
    """Show the controls of one side."""
    side: Side = getattr(pair, name)
    other = "b" if name == "a" else "a"

    def change(control: str, value: Any) -> None:
        choose(pair.having(name, changed(side, control.removeprefix(f"{name}."), value)))

    with solara.v.Html(tag="fieldset", class_=f"es-side-form es-side-{name}"):
        Text(f"Society {name.upper()}", tag="legend")
        Controls(side_controls(side, name), change)
        with solara.Div(classes=["es-actions"]):
            Button(f"Make {other.upper()} the same", lambda: choose(pair.having(other, side)),
                   f"Copies these settings to society {other.upper()}")  # fmt: skip
            Button(f"Open {name.upper()} in Explore", lambda: session.explore(lambda: opened(side, pair.common)),
                   "Shows this society month by month, with its agents")  # fmt: skip


def side_controls(side: Side, name: str) -> list[Tree]:
    """Return the controls of a side with their current values; each control's name begins with the side's name."""
    is_full = len(side.interventions) >= MOST_INTERVENTIONS
    chosen = ", ".join(plain(each) for each in side.interventions) or "none"
    switches = [
        switch(f"{name}.{each}", label(each), each in side.interventions, _about(each),
               is_full and each not in side.interventions)
        for each in levers()
    ]  # fmt: skip
    set_here = ", ".join(f"{plain(path.rpartition('.')[2])} {value:g}" for path, value in side.incentives)
    return [
        group(
            "",
            [
                choice(f"{name}.scenario", "Scenario", side.scenario, _options(scenarios(), about_scenario)),
                choice(f"{name}.form", "Form of engagement", side.form, _forms(side)),
            ],
        ),
        group(f"Interventions: {chosen}", switches, f"Up to {MOST_INTERVENTIONS} at once.", is_open=False),
        group(f"Incentives: {set_here or 'as in the scenario'}", [_incentive(path, side, name) for path in INCENTIVES],
              is_open=bool(side.incentives)),
    ]  # fmt: skip


def changed(side: Side, what: str, value: Any) -> Side:
    """Return a side with one control changed."""
    if what in {"scenario", "form"}:
        return side._replace(**{what: value})
    if what in INCENTIVES:
        return side.changed(what, None if value is None else round(value, 4))
    others = tuple(name for name in side.interventions if name != what)
    return side._replace(interventions=(*others, what) if value else others)


@solara.component
def OneRun(pair: Pair, societies: list[Parameters]) -> None:
    """Show both societies with one seed, month by month."""
    drawn = use_task(
        lambda: side_by_side(societies), dependencies=[pair.sides, pair.common], raise_error=False
    )  # fmt: skip
    found: Metrics | None = drawn.value or drawn.latest
    with solara.v.Html(tag="section", attributes={"aria-label": "One run of each"}):
        Text(f"One run of each, seed {pair.common.seed}", tag="h2")
        if drawn.error:
            Alert(str(drawn.exception))
        elif found:
            courses = np.column_stack([side for name in SHOWN for side in found[name]]).astype("<f4")
            names = [f"{name}.{side}" for name in SHOWN for side in "AB"]
            Curves(
                history=courses.tobytes(), names=names, panels=panels(found), marks=_marks(societies, len(courses)),
                plays=True,
            )  # fmt: skip
        else:
            solara.HTML("p", "Simulating …", attributes={"role": "status"})
        Text("One run is one draw of chance. Try another seed above, or compare over many seeds below.", "es-note")


def panels(metrics: Metrics) -> list[Tree]:
    """Return one panel per measure, with a line for each side."""
    return [
        {
            "title": MEASURE[name].description,
            "unit": unit(MEASURE[name]),
            "help": about_measure(MEASURE[name]),
            "stacked": False,
            "top": _top(float(metrics[name].max())),
            "lines": [
                {"name": f"{name}.{side['label']}", "help": f"Society {side['label']}", **side} for side in _SIDES
            ],
        }
        for name in SHOWN
    ]


@solara.component
def ManySeeds(pair: Pair, societies: list[Parameters], choose: Choose, session: Session) -> None:
    """Show the difference as seeds are added."""

    def change(name: str, value: Any) -> None:
        choose(pair._replace(seeds=int(value)) if name == "seeds" else pair._replace(outcome=value))

    outcomes = [(each.name, each.description, "") for each in OUTCOMES]
    seeds = number("seeds", "Seeds", pair.seeds, LIMITS["seeds"], 10,
                   "Each seed draws new people and new chance events, and gives one difference.")  # fmt: skip
    with solara.v.Html(tag="section", attributes={"aria-label": "Over many seeds"}):
        Text("Over many seeds", tag="h2")
        Text("The more seeds, the narrower the interval around the mean difference.", "es-note")
        looked = choice("outcome", "Outcome", pair.outcome, outcomes, "The outcome that the text and the figures show.")
        Controls([group("", [seeds, looked])], change)
        # a result holds only for these societies and seeds, so another choice starts with an empty page
        Rounds(pair, societies, session).key(repr((pair.sides, pair.common, pair.seeds)))


@solara.component
def Rounds(pair: Pair, societies: list[Parameters], session: Session) -> None:
    """Add seeds in the background, round by round, and show the results so far."""
    job = solara.use_memo(lambda: Job(session), [])
    result: solara.Reactive[PairResult | None] = solara.use_reactive(None)
    solara.use_effect(lambda: job.stop, [])

    def work(tell: Callable[[float], None]) -> None:
        for done, found in rounds(societies, pair.seeds):
            if found is not None:
                result.set(found)
            tell(done / pair.seeds)

    JobControl(job, f"Compare over {pair.seeds} seeds", lambda: job.start(work))
    if result.value is not None:
        Found(result.value, pair.outcome)


@solara.component
def Found(result: PairResult, outcome: str) -> None:
    """Show the results so far: sentences, two figures and a table."""
    with solara.Div(classes=["es-found"]):
        Text(f"{OUTCOME[outcome].description}, after {result.seeds} seeds", tag="h3")
        for sentence in finding(result, outcome):
            Text(sentence, "es-finding")
        with solara.Div(classes=["es-panels"]):
            when = [result.seeds, outcome]
            _figure("The interval as seeds are added", solara.use_memo(lambda: narrowing(result, outcome), when))
            course = solara.use_memo(lambda: yearly(result.profiles, outcome), when)
            if course is not None:
                _figure("The difference by year", course)
        for sentence in besides(result, outcome):
            Text(sentence)
        solara.HTML("div", unsafe_innerHTML=pair_table(result.differences, result.seeds, "All outcomes"))
        with solara.v.Html(tag="details"):
            Text("Who gains and who loses", tag="summary")
            solara.HTML("div", unsafe_innerHTML=pair_table(result.groups, result.seeds, "By group"))
        Text(STOPPING, "es-note")


def narrowing(result: PairResult, outcome: str) -> Markup:
    """Draw the difference and its interval after each round of seeds, leaving room for later rounds."""
    about, looks = OUTCOME[outcome], result.looks[outcome]
    verdict = result.differences.set_index("outcome").loc[outcome, "verdict"]

    def words(look: Look) -> str:
        middle, low, high = (change(each, about, named=False) for each in (look.difference, look.low, look.high))
        return f"after {look.seeds} seeds {middle}, from {low} to {high}"

    def draw() -> Markup:
        figure, axes = panel(2.4, 0.65, 0.15)
        axes.axhline(0, color=FAINT, linewidth=0.7)
        for place, look in enumerate(looks):
            shape, colour = (MARKS[str(verdict)], BLUE) if place == len(looks) - 1 else ("o", FAINT)
            middle, low, high = (scale_of(about) * each for each in (look.difference, look.low, look.high))
            axes.plot([look.seeds, look.seeds], [low, high], color=colour, linewidth=1.2)
            axes.plot(look.seeds, middle, shape, color=colour, markersize=4)
        axes.set(xlabel="seeds", ylabel=_axis(outcome), xlim=(0, 1.04 * result.of))
        axes.locator_params(axis="x", integer=True)
        axes.locator_params(axis="y", nbins=5)
        title = f"{about.description}: the difference as seeds are added"
        return svg(figure, Caption(title, "; ".join(map(words, looks))))

    return picture("narrowing", draw)


def yearly(profiles: pd.DataFrame, outcome: str) -> Markup | None:
    """Draw the difference year by year with its interval; return None if the outcome has no values by year."""
    about, mine = OUTCOME[outcome], profiles[profiles["outcome"] == outcome]
    if mine.empty:
        return None
    words = "; ".join(f"year {row.year} {change(row.difference, about, named=False)}" for row in lines(mine))
    caption, scale = Caption(f"{about.description}: the difference by year", words), scale_of(about)
    low, high = common_limits(mine, ("low", "high"))
    line, labels = line_of("B minus A", mine, scale), ("year", _axis(outcome))
    return picture("yearly", lambda: comparison_figures.courses([line], labels, (scale * low, scale * high), caption))


def _axis(outcome: str) -> str:
    return f"B minus A, {difference_unit(OUTCOME[outcome])}"


def _marks(societies: Sequence[Parameters], months: int) -> list[Tree]:
    """Return the months in which forms of engagement open and close, and on which side."""
    found: dict[tuple[int, str], list[str]] = {}
    for side, each in zip("AB", societies, strict=True):
        plan = each.engagement
        for month, what in ((plan.start, "opens"), (plan.stop, "closes")):
            if is_opened(each, months) and month is not None and month < months:
                found.setdefault((month, f"{plain(plan.form)} {what}"), []).append(side)
    return [{"month": month, "text": f"{text} in {' and '.join(sides)}"} for (month, text), sides in found.items()]


def _top(highest: float) -> float:
    """Return the upper end of an axis of shares that starts at 0: 0.25, 0.5, 0.75 or 1."""
    return next((top for top in (0.25, 0.5, 0.75, 1.0) if highest <= top), highest)


def _size(name: str, pair: Pair) -> Tree:
    words, steps, about = _SIZES[name]
    now: int = getattr(pair.common, name)
    return choice(name, words, str(now), [(str(each), str(each), "") for each in sorted({*steps, now})], about)


def _incentive(path: str, side: Side, name: str) -> Tree:
    values = dict(side.incentives)
    section, _, setting = path.partition(".")
    usual = float(getattr(getattr(scenario_parameters(side.scenario), section), setting))
    low, high = ends_of(path)
    about = f"{about_parameter(path)} The scenario has {usual:g}."
    return number(f"{name}.{path}", label(path), values.get(path, usual), (low, high), (high - low) / 100, about,
                  ROW[path].unit, resets=path in values)  # fmt: skip


def _forms(side: Side) -> list[Option]:
    plan = f"{opening(scenario_parameters(side.scenario)) or 'The scenario opens none'}."
    named = _options((name for name in forms() if name != "none"), _about)
    return [(AS_IT_STANDS, "As in the scenario", plan), ("none", "None", IDEAS["Form of engagement"]), *named]


def _options(names: Iterable[str], about: Callable[[str], str]) -> list[Option]:
    return [(name, label(name), about(name)) for name in names]


@cache
def _about(name: str) -> str:
    return about_intervention(name)


def _figure(title: str, drawn: Markup) -> None:
    with solara.v.Html(tag="figure", class_="es-figure"):
        Text(title, tag="figcaption")
        solara.HTML("div", unsafe_innerHTML=drawn)
