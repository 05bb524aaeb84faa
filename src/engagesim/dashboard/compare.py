"""The page *Compare*: two societies side by side on the same noise, and how sure the difference between them is."""

from collections.abc import Callable, Hashable, Iterable
from functools import cache

import solara
from markupsafe import Markup
from solara.lab import use_task

from engagesim.analysis.outcomes import OUTCOMES
from engagesim.dashboard.charts import ACROSS, LEFT, course, legend, narrowing, panels
from engagesim.dashboard.components import CHARTS, STYLES, Button, Choice, JobControl, Playback, Slide, Ticks
from engagesim.dashboard.glossary import ROW, about_intervention, about_scenario, help_for, label
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.pair import (
    AS_IT_STANDS,
    EXAMPLES,
    INCENTIVES,
    LIMITS,
    MOST_INTERVENTIONS,
    NARROWING,
    Pair,
    PairResult,
    Side,
    besides,
    differing,
    finding,
    levers,
    opened,
    rounds,
    side_by_side,
    society,
)
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import forms, scenario_parameters, scenarios
from engagesim.dashboard.tables import difference_table
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.report.comparison_words import OUTCOME
from engagesim.report.phrases import plain


@solara.component
def CompareTab(session: Session) -> None:
    """Two societies side by side on the same noise."""
    words = session.words_of("compare")
    try:
        pair = Pair.of(words)
        societies = [society(side, pair.common) for side in pair.sides]
        trouble = ""
    except EngagementError as error:
        pair, societies, trouble = Pair(), [], str(error)

    def choose(pair: Pair) -> None:
        session.keep("compare", pair.words())

    solara.Style(CHARTS)
    solara.Style(STYLES)
    with solara.Div(classes=["es-view"]):
        solara.HTML("h1", "Two societies on the same noise")
        solara.HTML(
            "p",
            "Both have the same people, the same seed and the same luck. So whatever comes out differently comes from "
            "what you choose differently.",
            classes=["lead"],
        )
        if trouble:
            solara.HTML("p", trouble, classes=["trouble"], attributes={"role": "alert"})
        PairForm(pair, choose, lambda side: session.explore(lambda: opened(side, pair.common)))
        if societies:
            OneRun(pair, societies)
            Ensemble(pair, societies, choose, session)


@solara.component
def OneRun(pair: Pair, societies: list[Parameters]) -> None:
    """Show both societies on one seed, month by month."""
    drawn = use_task(
        lambda: panels(side_by_side(societies), societies), dependencies=[pair.sides, pair.common], raise_error=False
    )
    found = drawn.value or drawn.latest
    with solara.v.Html(tag="section", attributes={"aria-label": "One run of each"}):
        solara.HTML("h2", f"One run of each, seed {pair.common.seed}")
        solara.HTML("div", unsafe_innerHTML=legend([("a", "A"), ("b", "B")]))
        if drawn.error:
            solara.HTML("p", str(drawn.exception), classes=["trouble"], attributes={"role": "alert"})
        elif found:
            Playback(panels=found, months=len(found[0]["a"]), left=LEFT, across=ACROSS)
        else:
            solara.HTML("p", "Simulating …", attributes={"role": "status"})
        solara.HTML(
            "p",
            "One run is one draw: another seed may tell another story. Change the seed above, or let many seeds speak "
            "below.",
            classes=["about"],
        )


@solara.component
def Ensemble(pair: Pair, societies: list[Parameters], choose: Callable[[Pair], None], visitor: Hashable) -> None:
    """Let the difference be found over more and more seeds."""
    with solara.v.Html(tag="section", attributes={"aria-label": "Over many seeds"}):
        solara.HTML("h2", "Over many seeds")
        solara.HTML(
            "p",
            "Each further seed gives both societies another draw of people and luck, and so one more difference. The "
            "more of them, the narrower the interval in which the mean difference lies.",
            classes=["about"],
        )
        with solara.Div(classes=["es-fields"]):
            Seeds(pair, choose)
            Choice(
                label="Look at",
                options=[(each.name, each.description) for each in OUTCOMES],
                value=pair.outcome,
                on_value=lambda value: choose(pair._replace(outcome=value)),
            )
        # what was found holds for these societies and seeds alone: another choice begins with an empty page
        Rounds(pair, societies, visitor).key(repr((pair.sides, pair.common, pair.seeds)))


@solara.component
def Rounds(pair: Pair, societies: list[Parameters], visitor: Hashable) -> None:
    """Add seeds in the background, round by round, and show how things stand."""
    job = solara.use_memo(lambda: Job(visitor), [])
    standing: solara.Reactive[PairResult | None] = solara.use_reactive(None)
    solara.use_effect(lambda: job.stop, [])

    def work(tell: Callable[[float], None]) -> None:
        for done, found in rounds(societies, pair.seeds):
            if found is not None:
                standing.set(found)
            tell(done / pair.seeds)

    JobControl(job, f"Compare over {pair.seeds} seeds", lambda: job.start(work))
    if standing.value is not None:
        Found(standing.value, pair.outcome)


@solara.component
def Found(standing: PairResult, outcome: str) -> None:
    """Show how things stand: sentences, two charts, and a table."""
    row = standing.differences.set_index("outcome").loc[outcome]
    title = f"{OUTCOME[outcome].description}, after {standing.seeds} seeds"
    with solara.Div(classes=["found"]):
        solara.HTML("h3", title)
        for sentence in finding(standing, outcome):
            solara.HTML("p", sentence, classes=["finding"])
        with solara.Div(classes=["panels"]):
            looks = standing.looks[outcome]
            _figure("How the interval narrows", narrowing(looks, outcome, standing.of, str(row["verdict"])))
            if outcome in set(standing.profiles["outcome"]):
                _figure("The difference over the years", course(standing.profiles, outcome))
        for sentence in besides(standing, outcome):
            solara.HTML("p", sentence)
        solara.HTML("div", unsafe_innerHTML=difference_table(standing.differences, "Everything that was looked at"))
        with solara.v.Html(tag="details"):
            solara.HTML("summary", "Who gains and who loses")
            solara.HTML("div", unsafe_innerHTML=difference_table(standing.groups, "By group"))
        solara.HTML("p", NARROWING, classes=["about"])


def _figure(title: str, drawn: Markup) -> None:
    with solara.v.Html(tag="figure"):
        solara.HTML("figcaption", title)
        solara.HTML("div", unsafe_innerHTML=drawn)


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
            Button(f"Make {other.upper()} the same", lambda: choose(pair.having(other, side)))
            Button(f"Open {name.upper()} in Explore", lambda: open_society(side))


@solara.component
def Incentive(path: str, side: Side, change_to: Callable[[Side], None]) -> None:
    """Let an incentive be set, or left as the scenario has it."""
    row, values = ROW[path], dict(side.incentives)
    group, name = path.split(".")
    usual = float(getattr(getattr(scenario_parameters(side.scenario), group), name))
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
    form = scenario_parameters(side.scenario).engagement.form
    return "The scenario opens none." if form == "none" else f"The scenario opens {plain(form)}."


def _incentives_said(side: Side) -> str:
    if not side.incentives:
        return "Incentives: as in the scenario"
    return "Incentives: " + ", ".join(f"{plain(path.rpartition('.')[2])} {value:g}" for path, value in side.incentives)


def _named(names: Iterable[str]) -> Options:
    return [(name, plain(name)) for name in names]
