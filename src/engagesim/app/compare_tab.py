"""*Compare*: two societies side by side on the same noise, and how sure the difference between them is."""

from collections.abc import Callable, Hashable

import solara
from markupsafe import Markup
from solara.lab import use_task

from engagesim.analysis.outcomes import OUTCOMES
from engagesim.app import compare_forms, pair_words
from engagesim.app.charts import LEFT, legend
from engagesim.app.compare_charts import ACROSS, course, narrowing, panels
from engagesim.app.compare_tables import difference_table
from engagesim.app.inputs import CHARTS, TABS, Choice, Computing, Playback
from engagesim.app.keeping import explore, said
from engagesim.app.pairing import Standing, rounds, side_by_side
from engagesim.app.sides import Pair, opened, society
from engagesim.app.visit import Visit
from engagesim.app.work import Job
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.report.comparison_words import OUTCOME


@solara.component
def CompareTab(visit: Visit) -> None:
    """Two societies side by side on the same noise."""
    words = said(visit, "compare")
    try:
        pair = Pair.of(words)
        societies = [society(side, pair.common) for side in pair.sides]
        trouble = ""
    except EngagementError as error:
        pair, societies, trouble = Pair(), [], str(error)

    def choose(pair: Pair) -> None:
        visit.keep("compare", pair.words())

    solara.Style(CHARTS)
    solara.Style(TABS)
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
        compare_forms.PairForm(pair, choose, lambda side: explore(visit, lambda: opened(side, pair.common)))
        if societies:
            OneRun(pair, societies)
            Ensemble(pair, societies, choose, visit)


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
            compare_forms.Seeds(pair, choose)
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
    standing: solara.Reactive[Standing | None] = solara.use_reactive(None)
    solara.use_effect(lambda: job.stop, [])

    def work(tell: Callable[[float], None]) -> None:
        for done, found in rounds(societies, pair.seeds):
            if found is not None:
                standing.set(found)
            tell(done / pair.seeds)

    Computing(job, f"Compare over {pair.seeds} seeds", lambda: job.start(work))
    if standing.value is not None:
        Found(standing.value, pair.outcome)


@solara.component
def Found(standing: Standing, outcome: str) -> None:
    """Show how things stand: sentences, two charts, and a table."""
    row = standing.differences.set_index("outcome").loc[outcome]
    title = f"{OUTCOME[outcome].description}, after {standing.seeds} seeds"
    with solara.Div(classes=["found"]):
        solara.HTML("h3", title)
        for sentence in pair_words.finding(standing, outcome):
            solara.HTML("p", sentence, classes=["finding"])
        with solara.Div(classes=["panels"]):
            looks = standing.looks[outcome]
            _figure("How the interval narrows", narrowing(looks, outcome, standing.of, str(row["verdict"])))
            if outcome in set(standing.profiles["outcome"]):
                _figure("The difference over the years", course(standing.profiles, outcome))
        for sentence in pair_words.besides(standing, outcome):
            solara.HTML("p", sentence)
        solara.HTML("div", unsafe_innerHTML=difference_table(standing.differences, "Everything that was looked at"))
        with solara.v.Html(tag="details"):
            solara.HTML("summary", "Who gains and who loses")
            solara.HTML("div", unsafe_innerHTML=difference_table(standing.groups, "By group"))
        solara.HTML("p", pair_words.NARROWING, classes=["about"])


def _figure(title: str, drawn: Markup) -> None:
    with solara.v.Html(tag="figure"):
        solara.HTML("figcaption", title)
        solara.HTML("div", unsafe_innerHTML=drawn)
