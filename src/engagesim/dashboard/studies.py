"""The page *Studies*, on which visitors open and explore any stored sweep or comparison."""

import shlex
from collections.abc import Callable, Mapping

import solara
from markupsafe import Markup

from engagesim.dashboard.components import (
    Alert,
    Button,
    Controls,
    HeatMap,
    JobControl,
    Option,
    Picking,
    Text,
    choice,
    group,
)
from engagesim.dashboard.events import Cell
from engagesim.dashboard.figures import printed
from engagesim.dashboard.glossary import IDEAS, measure_options
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.library import LIBRARY, Stored
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import request_for
from engagesim.dashboard.stored_comparison import ComparisonView
from engagesim.dashboard.study_view import MEASURED, Cells, View, axes, cells, has_cells, marks, rows_of, values
from engagesim.dashboard.tables import axes_table, measures_table, points_table
from engagesim.errors import EngagementError
from engagesim.report.study_words import capital_name, counted_runs, outcome_axis
from engagesim.report.text import plain, several
from engagesim.study.observed import averaged
from engagesim.study.results import Results
from engagesim.study.store import described

type KeepView = Callable[[dict[str, str]], None]


@solara.component
def StudiesTab(session: Session) -> None:
    """Stored studies and comparisons to choose from, and the chosen one."""
    times, look_again = solara.use_state(0)
    found = solara.use_memo(LIBRARY.listed, [times])
    words = session.words_of("studies")
    name = words.get("of", found[0].name if found else "")
    with solara.Div(classes=["es-view"]):
        Text("Stored studies and comparisons", tag="h1")
        if not found:
            Text(f"There is nothing in {LIBRARY.root} yet. Run one of these commands, then look again:", "es-lead")
            solara.HTML("pre", "engagesim sweep study=coalition_phase\nengagesim compare comparison=forms")
        else:
            about = "Studies by engagesim sweep and comparisons by engagesim compare, newest first."
            chosen = choice("of", f"In {LIBRARY.root}", name, _named(found, name), about)
            Controls([group("", [chosen])], lambda _, name: session.keep("studies", {"of": name}))
        with solara.Div(classes=["es-actions"]):
            Button("Look again", lambda: look_again(times + 1), "Updates the list")
        if name:
            Opened(session, name, lambda view: session.keep("studies", {"of": name, **view}), words)


@solara.component
def Opened(session: Session, name: str, keep_view: KeepView, words: dict[str, str]) -> None:
    """Show a study or a comparison, or explain in one line why it cannot be shown."""
    try:
        is_comparison = LIBRARY.kind(name) == "comparison"
    except EngagementError as error:
        Alert(str(error))
        return
    if is_comparison:
        ComparisonView(name, words, keep_view)
    else:
        StudyView(session, name, words, keep_view)


@solara.component
def StudyView(session: Session, name: str, words: Mapping[str, str], keep_view: KeepView) -> None:
    """Show a study."""
    try:
        results = LIBRARY.study(name)
        view = View.of(words, results)
    except EngagementError as error:
        Alert(str(error))
        if "x" in words or "measure" in words:
            Button("Show the default view", lambda: keep_view({}), "Resets the chosen axes")
        return
    Text(_about(results), "es-lead")
    Axes(results, view, keep_view)
    with solara.Div(classes=["es-halves"]):
        with solara.v.Html(tag="section", attributes={"aria-label": "Points"}):
            Points(results, view, keep_view)
        with solara.v.Html(tag="section", attributes={"aria-label": "The chosen point"}):
            Chosen(session, results, view, keep_view)
    Figures(session, results).key(f"{results.folder} {len(results.runs)}")


@solara.component
def Axes(results: Results, view: View, keep_view: KeepView) -> None:
    """Show the controls for axes, measure, lines and fixed values."""
    named: list[Option] = [(column, capital_name(column), _meaning(results, column)) for column in axes(results)]
    others = [each for each in named if each[0] != view.across]
    up = [(MEASURED, "The measure", "Draws the measure over one axis"), *others]
    controls = [
        choice("measure", "Measure", view.measure, measure_options(averaged(results.measures))),
        choice("x", "Across", view.across, named),
        choice("y", "Up", view.up, up),
    ]
    if view.up == MEASURED and len(named) > 1:
        lines = [("", "One colour", "Draws all points in one colour"), *others]
        controls.append(choice("lines", "Colours", view.lines, lines))
    for column, value in view.held:
        options = [(each, plain(each), _meaning(results, column)) for each in values(results, column)]
        controls.append(choice(f"at.{column}", f"{capital_name(column)} held at", value, options))

    def change(name: str, value: str) -> None:
        now = view._replace(point=None, seed=None)
        if name == "x":  # if it was on the vertical axis, the axes swap
            up = view.across if view.up == value else view.up
            keep_view(now._replace(across=value, up=up, lines="", held=()).words())
        else:
            keep_view({**now.words(), name: value})

    Controls([group("", controls)], change)


@solara.component
def Points(results: Results, view: View, keep_view: KeepView) -> None:
    """Show the picture, and its points as a table."""
    still = view._replace(point=None, seed=None)

    def pick(point: str) -> None:
        keep_view({**view._replace(seed=None).words(), "point": point})

    def draw() -> Cells | Markup:
        return cells(results, still) if has_cells(results, view) else marks(results, still)

    drawn = solara.use_memo(draw, [results.folder, len(results.runs), still])
    if isinstance(drawn, Cells):
        grid = drawn

        def open_cell(cell: Cell) -> None:
            row = grid.points[min(cell.row, len(grid.points) - 1)]
            point = row[min(cell.column, len(row) - 1)]
            if point >= 0:
                pick(str(point))

        HeatMap(drawn=grid.drawn, event_open=open_cell, chosen=grid.place_of(view.point))
    else:
        Text(outcome_axis(view.measure, results.society), tag="h2")
        Picking(
            svg=drawn,
            label="Points of the study: arrow keys move from one to the next",
            chosen="" if view.point is None else str(view.point),
            event_pick=pick,
            hint="Click a point, or use the arrow keys, to see its runs.",
        )
    with solara.v.Html(tag="details"):
        Text("Show as a table", tag="summary")
        solara.HTML("div", unsafe_innerHTML=points_table(results, view))


@solara.component
def Chosen(session: Session, results: Results, view: View, keep_view: KeepView) -> None:
    """Show the runs of the chosen point, and a button to open a run in Explore."""
    found = rows_of(results, -1 if view.point is None else view.point)
    Text("The chosen point", tag="h2")
    if found.empty:
        Text("No point is chosen yet.", "es-note")
        return
    seeds = [str(seed) for seed in found["seed"]]
    seed = str(view.seed) if str(view.seed) in seeds else seeds[0]
    row = int(found.index[seeds.index(seed)])

    def open_run() -> None:
        session.explore(lambda: (request_for(results.parameters(row)), 0))

    solara.HTML("div", unsafe_innerHTML=axes_table(results, found))
    runs = choice("seed", "Run with seed", seed, [(each, each, "") for each in seeds], IDEAS["Seed"])
    Controls([group("", [runs])], lambda _, each: keep_view(view._replace(seed=int(each)).words()))
    with solara.Div(classes=["es-actions"]):
        Button(
            "Open this run in Explore", open_run, "Simulates it again, month by month, with its agents", is_main=True
        )
    command = Markup("Row {} of the study. To repeat it: <code>engagesim rerun {} {}</code>")
    solara.HTML("p", unsafe_innerHTML=command.format(row, shlex.quote(str(results.folder)), row), classes=["es-note"])
    solara.HTML("div", unsafe_innerHTML=measures_table(found, row, view.measure, results.measures))


@solara.component
def Figures(session: Session, results: Results) -> None:
    """Draw the figures of the printed report on request."""
    job: Job = solara.use_memo(lambda: Job(session), [])
    solara.use_effect(lambda: job.stop, [])
    with solara.v.Html(tag="section", attributes={"aria-label": "Figures to print"}):
        Text("Figures to print", tag="h2")
        Text("The figures that engagesim plot draws for this study.", "es-note")
        JobControl(job, "Draw the figures", lambda: job.start(lambda tell: printed(results, tell)))
        for figure in job.progress.value.result or ():
            with solara.v.Html(tag="figure", class_="es-figure es-printed"):
                Text(figure.caption.title, tag="figcaption")
                solara.HTML("div", unsafe_innerHTML=figure.drawn)
                Text(figure.caption.description)


def _meaning(results: Results, column: str) -> str:
    return str(described(column, results.society).get("description", "Chosen in the config of the study"))


def _about(results: Results) -> str:
    study = results.plan.study
    points, months = results.runs["point"].nunique(), results.plan.months
    kind = study.design.kind.replace("_", " ")
    return f"Design: {kind}. {several(points, 'point')}, {counted_runs(results.runs)}, {months} months each."


def _named(found: list[Stored], name: str) -> list[Option]:
    named = [(kept.name, f"{kept.name} ({kept.kind})", "") for kept in found]
    return named if name in {kept.name for kept in found} else [(name, name, ""), *named]
