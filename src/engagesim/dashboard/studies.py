"""The page *Studies*: any stored sweep or comparison, opened and explored."""

from collections.abc import Callable, Mapping

import solara
from markupsafe import Markup

from engagesim.dashboard.charts import printed
from engagesim.dashboard.components import CHARTS, STYLES, Button, Choice, JobControl, Picking
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.library import LIBRARY, Stored
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import request_for
from engagesim.dashboard.stored_comparison import ComparisonView
from engagesim.dashboard.study_view import MEASURED, View, axes, picture, rows_of, values
from engagesim.dashboard.tables import axes_table, measures_table, points_table
from engagesim.errors import EngagementError
from engagesim.report.phrases import capital, plain
from engagesim.report.study_words import capital_name, counted_runs, outcome_axis
from engagesim.study.observed import averaged
from engagesim.study.results import Results


@solara.component
def StudiesTab(session: Session) -> None:
    """Choose what is stored, and look into it."""
    asked_again, ask_again = solara.use_state(0)
    found = solara.use_memo(LIBRARY.listed, [asked_again])
    words = session.words_of("studies")
    name = words.get("of", found[0].name if found else "")

    def choose(name: str) -> None:
        session.keep("studies", {"of": name})

    solara.Style(CHARTS)
    solara.Style(STYLES)
    with solara.Div(classes=["es-view"]):
        solara.HTML("h1", "What was simulated before")
        if not found:
            solara.HTML(
                "p", f"There is nothing in {LIBRARY.root} yet. Make something and look again:", classes=["lead"]
            )
            solara.HTML("pre", "engagesim sweep study=coalition_phase\nengagesim compare comparison=forms")
        with solara.Div(classes=["es-fields"]):
            if found:
                Choice(label=f"In {LIBRARY.root}", options=_named(found, name), value=name, on_value=choose)
            with solara.Div(classes=["actions"]):
                Button("Look again", lambda: ask_again(asked_again + 1))
        if name:
            Opened(session, name, lambda view: session.keep("studies", {"of": name, **view}), words)


@solara.component
def Opened(session: Session, name: str, keep_view: Callable[[dict[str, str]], None], words: dict[str, str]) -> None:
    """Show a study or a comparison, or say in one line why not."""
    try:
        is_comparison = LIBRARY.kind(name) == "comparison"
        trouble = ""
    except EngagementError as error:
        is_comparison, trouble = False, str(error)
    if trouble:
        solara.HTML("p", trouble, classes=["trouble"], attributes={"role": "alert"})
    elif is_comparison:
        ComparisonView(name, words, keep_view)
    else:
        StudyView(session, name, words, keep_view)


def _named(found: list[Stored], name: str) -> list[tuple[str, str]]:
    named = [(kept.name, f"{kept.name} ({kept.kind})") for kept in found]
    return named if name in dict(named) else [(name, name), *named]


type KeepView = Callable[[dict[str, str]], None]


@solara.component
def StudyView(session: Session, name: str, words: Mapping[str, str], keep_view: KeepView) -> None:
    """Show a study."""
    try:
        results = LIBRARY.study(name)
        view = View.of(words, results)
        trouble = ""
    except EngagementError as error:
        trouble = str(error)
    if trouble:
        solara.HTML("p", trouble, classes=["trouble"], attributes={"role": "alert"})
        if "x" in words or "measure" in words:
            Button("Look at it as usual", lambda: keep_view({}))
        return
    solara.HTML("p", _about(results), classes=["lead"])
    Axes(results, view, keep_view)
    with solara.Div(classes=["beside"]):
        with solara.v.Html(tag="section", attributes={"aria-label": "Points"}):
            Points(results, view, keep_view)
        with solara.v.Html(tag="section", attributes={"aria-label": "The chosen point"}):
            Chosen(session, results, view, keep_view)
    Figures(session, results).key(f"{results.folder} {len(results.runs)}")


@solara.component
def Figures(session: Session, results: Results) -> None:
    """Draw the figures of the printed report, when they are asked for."""
    job: Job = solara.use_memo(lambda: Job(session), [])
    solara.use_effect(lambda: job.stop, [])
    with solara.v.Html(tag="section", attributes={"aria-label": "Figures to print"}):
        solara.HTML("h2", "Figures to print")
        solara.HTML("p", "As engagesim plot draws them: indices, effects, maps, times, whatever the design allows.")
        JobControl(job, "Draw them", lambda: job.start(lambda tell: printed(results, tell)))
        for figure in job.progress.value.result or ():
            with solara.v.Html(tag="figure", class_="sheet-of-paper"):
                solara.HTML("figcaption", figure.caption.title)
                solara.HTML("div", unsafe_innerHTML=figure.drawn)
                solara.HTML("p", figure.caption.description)


@solara.component
def Axes(results: Results, view: View, keep_view: KeepView) -> None:
    """Let axes, measure, lines and what is held be chosen."""
    named = [(column, capital_name(column)) for column in axes(results)]
    described = averaged(results.measures)
    measures = [(each.name, f"{capital(plain(each.name))}: {each.description}") for each in described]
    is_measured = view.up == MEASURED

    def change(**words: str) -> None:
        keep_view({**view._replace(point=None, seed=None).words(), **words})

    def hold(column: str) -> Callable[[str], None]:
        return lambda value: change(**{f"at.{column}": value})

    with solara.Div(classes=["es-fields"]):
        Choice(label="Measure", options=measures, value=view.measure, on_value=lambda name: change(measure=name))
        Choice(label="Across", options=named, value=view.across, on_value=lambda name: keep_view(_across(view, name)))
        up = [(MEASURED, "the measure"), *((column, words) for column, words in named if column != view.across)]
        Choice(label="Up", options=up, value=view.up, on_value=lambda name: change(y=name))
        if is_measured and len(named) > 1:
            lines = [("", "all alike"), *((column, words) for column, words in named if column != view.across)]
            Choice(label="Colours", options=lines, value=view.lines, on_value=lambda name: change(lines=name))
        for column, value in view.held:
            options = [(each, plain(each)) for each in values(results, column)]
            Choice(label=f"{capital_name(column)} held at", options=options, value=value, on_value=hold(column))


@solara.component
def Points(results: Results, view: View, keep_view: KeepView) -> None:
    """Show the picture, and its points as a table."""
    still = view._replace(point=None, seed=None)
    drawn, key = solara.use_memo(lambda: picture(results, still), [results.folder, len(results.runs), still])
    solara.HTML("h2", outcome_axis(view.measure, results.society))

    def pick(point: str) -> None:
        keep_view({**view._replace(seed=None).words(), "point": point})

    Picking(
        svg=drawn,
        label="Points of the study: arrow keys go from one to the next",
        chosen="" if view.point is None else str(view.point),
        event_pick=pick,
        hint="Click a point, or use the arrow keys, to see what came of it.",
    )
    solara.HTML("div", unsafe_innerHTML=key)
    with solara.v.Html(tag="details"):
        solara.HTML("summary", "The same as a table")
        solara.HTML("div", unsafe_innerHTML=points_table(results, view))


@solara.component
def Chosen(session: Session, results: Results, view: View, keep_view: KeepView) -> None:
    """Show what came of the chosen point, and open one of its runs in Explore."""
    found = rows_of(results, -1 if view.point is None else view.point)
    solara.HTML("h2", "The chosen point")
    if found.empty:
        solara.HTML("p", "None is chosen yet.", classes=["about"])
        return
    seeds = [str(seed) for seed in found["seed"]]
    seed = str(view.seed) if str(view.seed) in seeds else seeds[0]
    row = int(found.index[seeds.index(seed)])

    def open_run() -> None:
        session.explore(lambda: (request_for(results.parameters(row)), 0))

    solara.HTML("div", unsafe_innerHTML=axes_table(results, found))
    with solara.Div(classes=["es-fields"]):
        Choice(label="Run with seed", options=[(each, each) for each in seeds], value=seed,
               on_value=lambda each: keep_view(view._replace(seed=int(each)).words()))  # fmt: skip
        with solara.Div(classes=["actions"]):
            Button("Open this run in Explore", open_run, is_main=True)
    solara.HTML("p", unsafe_innerHTML=Markup(
        "Row {} of the study. On the command line: <code>engagesim rerun {} row={}</code>").format(
            row, results.folder, row), classes=["about"])  # fmt: skip
    solara.HTML("div", unsafe_innerHTML=measures_table(found, row, view.measure, results.measures))


def _across(view: View, name: str) -> dict[str, str]:
    """Return the view with another axis across; where that one stood upwards they change places."""
    up = view.across if view.up == name else view.up
    return view._replace(across=name, up=up, point=None, seed=None, lines="", held=()).words()


def _about(results: Results) -> str:
    study = results.plan.study
    points, months = results.runs["point"].nunique(), results.plan.months
    kind = study.design.kind.replace("_", " ")
    return f"A {kind} of {points:,} points, {counted_runs(results.runs)}, {months} months each."
