"""A stored comparison on the page: verdicts, a forest to choose from, courses, and its report."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import solara
from markupsafe import Markup

from engagesim.app import stored_charts
from engagesim.app.compare_charts import look_of
from engagesim.app.inputs import Choice, Picking
from engagesim.app.reports import PATH
from engagesim.app.shelf import REPORT, SHELF
from engagesim.app.stored_comparison import Compared, Seen, read, rows
from engagesim.app.study_tables import table
from engagesim.errors import EngagementError
from engagesim.report.comparison_words import OUTCOME, amount, change, lines, of_hundred
from engagesim.report.phrases import capital, plain
from engagesim.study.packages import Package


@solara.component
def ComparisonView(name: str, words: Mapping[str, str], keep_view: Callable[[dict[str, str]], None]) -> None:
    """Show a comparison."""
    try:
        compared = read(SHELF, name)
        seen = Seen.of(words, compared)
        trouble = ""
    except EngagementError as error:
        trouble = str(error)
    if trouble:
        solara.HTML("p", trouble, classes=["trouble"], attributes={"role": "alert"})
        return
    first = rows(compared, seen)
    seen = seen if seen.package else seen._replace(package=str(first["package"].iloc[0]))
    solara.HTML("p", unsafe_innerHTML=_about(compared), classes=["lead"])
    with solara.Div(classes=["es-fields"]):
        Choice(label="Context", options=[(each, plain(each)) for each in compared.contexts], value=seen.context,
               on_value=lambda each: keep_view(seen._replace(context=each).words()))  # fmt: skip
        Choice(label="Outcome", options=[(each, OUTCOME[each].description) for each in compared.outcomes],
               value=seen.outcome, on_value=lambda each: keep_view(seen._replace(outcome=each).words()))  # fmt: skip
    with solara.Div(classes=["beside"]):
        with solara.v.Html(tag="section", attributes={"aria-label": "Packages"}):
            solara.HTML("h2", "What each package changes")
            Picking(
                svg=stored_charts.forest(compared, seen),
                label="Packages, the best first: arrow keys go from one to the next",
                chosen=seen.package,
                event_pick=lambda package: keep_view(seen._replace(package=package).words()),
                hint="Thick: the 95 % interval of each alone; thin: of all together. Click one to follow it.",
            )
        with solara.v.Html(tag="section", attributes={"aria-label": "The chosen package"}):
            solara.HTML("h2", capital(plain(seen.package)))
            drawn = stored_charts.courses(compared, seen)
            solara.HTML("p", "How its difference runs over the years, before the others in grey.", classes=["about"])
            if drawn is not None:
                solara.HTML("div", unsafe_innerHTML=drawn)
            solara.HTML("div", unsafe_innerHTML=_consists(compared.packages.get(seen.package)))
    solara.HTML("div", unsafe_innerHTML=_verdicts(compared, seen))


def _about(compared: Compared) -> Markup:
    count = compared.differences["package"].nunique()
    said = Markup("{} packages against doing nothing, in {} contexts, {} seeds each.").format(
        count, len(compared.contexts), compared.seeds
    )
    try:
        SHELF.inside(compared.name, REPORT)
    except EngagementError:
        return said
    address = f"{PATH}{quote(compared.name)}"
    return said + Markup(
        ' <a href="{}" target="_blank" rel="noopener">Its report to print</a> (opens a new page).'
    ).format(address)


def _verdicts(compared: Compared, seen: Seen) -> Markup:
    about = OUTCOME[seen.outcome]
    head = (
        "Package",
        "Without",
        "With",
        "Difference",
        "95 %, alone",
        "95 %, all together",
        "Verdict",
        "Better in seeds",
    )
    body = [_verdict(row, seen.outcome) for row in lines(rows(compared, seen))]
    return table(f"{about.description}, {plain(seen.context)}", head, body)


def _verdict(row: Any, outcome: str) -> tuple[object, ...]:
    about = OUTCOME[outcome]
    spans = [
        f"{change(low, about, named=False)} to {change(high, about, named=False)}"
        for low, high in ((row.low, row.high), (row.low_all, row.high_all))
    ]
    verdict = Markup('<span class="verdict {}">{}</span>').format(look_of(row.verdict), row.verdict)
    numbers = (amount(row.baseline, about), amount(row.mean, about), change(row.difference, about), *spans)
    return capital(plain(row.package)), *numbers, verdict, of_hundred(row.better_share)


def _consists(package: Package | None) -> Markup:
    if package is None:
        return Markup("")
    items = Markup("").join(
        Markup("<li>{}, from month {}{}{}</li>").format(
            capital(plain(entry.name)),
            entry.start,
            "" if entry.stop is None else f" to month {entry.stop}",
            f". {entry.note}" if entry.note else "",
        )
        for entry in package.interventions
    )
    return Markup("<h3>What it consists of</h3><ul>{}</ul>").format(items or Markup("<li>nothing</li>"))
