"""A stored comparison, read from its folder and shown with verdicts, a forest plot, time courses and its report."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import pandas as pd
import solara
from markupsafe import Markup
from pydantic import ValidationError

from engagesim.analysis.outcomes import OUTCOMES, Outcome
from engagesim.dashboard.components import Alert, Controls, Picking, Text, choice, group
from engagesim.dashboard.figures import Pick, picture
from engagesim.dashboard.glossary import about_intervention, tooltip
from engagesim.dashboard.library import COMPARISON, LIBRARY, MOST_BYTES, UNREADABLE, Library
from engagesim.dashboard.links import one_of
from engagesim.dashboard.security import REPORTS
from engagesim.dashboard.society_request import offered
from engagesim.dashboard.tables import table
from engagesim.errors import EngagementError, StoreError, either
from engagesim.files import RECORD_BYTES, csv_table, parsed_yaml, text
from engagesim.mechanisms.declarations import NAME
from engagesim.report import comparison_figures
from engagesim.report.brief_files import JSON
from engagesim.report.comparison_figures import MARKS, common_limits
from engagesim.report.comparison_page import course_said, line_of
from engagesim.report.comparison_tables import difference_table, interval
from engagesim.report.comparison_words import OUTCOME, amount, change, difference_axis, lines, scale_of
from engagesim.report.pages import PAGE
from engagesim.report.style import Caption
from engagesim.report.text import capital, plain
from engagesim.study.intervention_packages import Package

_KEYS = ("context", "package", "outcome")
_DIFFERENCES = (*_KEYS, "baseline", "mean", "difference", "low", "high", "low_all", "high_all", "verdict",
                "better_share", "worse_share")  # fmt: skip
_LARGEST = 1e12
"""Largest number that a comparison may contain: far above any real one, and small enough to draw."""
_PROFILES = (*_KEYS, "year", "baseline", "mean", "difference", "low", "high")


class StoredComparison(NamedTuple):
    """The results of a comparison: differences by context, package and outcome, time courses, and the packages."""

    name: str
    differences: pd.DataFrame
    profiles: pd.DataFrame
    packages: dict[str, Package]
    outcome: str
    seeds: int
    brief: tuple[str, ...] = ()

    @property
    def contexts(self) -> list[str]:
        """Return the names of the contexts in order."""
        return list(dict.fromkeys(self.differences["context"]))

    @property
    def outcomes(self) -> list[str]:
        """Return the names of the outcomes compared: the standard ones, and measures of mechanisms."""
        found = dict.fromkeys(self.differences["outcome"])
        usual = [outcome.name for outcome in OUTCOMES if outcome.name in found]
        return usual + [name for name in found if name not in OUTCOME and NAME.fullmatch(name)]

    @staticmethod
    def about(outcome: str) -> Outcome:
        """Return the description of an outcome, or only its name if it is a mechanism's measure."""
        return OUTCOME.get(outcome) or Outcome(outcome, "", outcome.replace("_", " "), 0, (outcome,))


class ComparisonQuery(NamedTuple):
    """The context and the outcome that the page shows of a comparison."""

    context: str
    outcome: str
    package: str = ""

    @classmethod
    def of(cls, words: Mapping[str, str], compared: StoredComparison) -> Self:
        """Read a query from the parameters of a link; the defaults are the first context and the main outcome.

        Raises
        ------
        ParameterError
            If a word is wrong; the message names it and states what is allowed.
        """
        context = one_of("context", words.get("context", compared.contexts[0]), compared.contexts)
        outcome = one_of("outcome", words.get("outcome", compared.outcome), compared.outcomes)
        names = list(dict.fromkeys(compared.differences["package"]))
        return cls(context, outcome, one_of("package", words.get("package", ""), ["", *names]))

    def words(self) -> dict[str, str]:
        """Return the query as parameters of a link."""
        return {key: word for key, word in self._asdict().items() if word}


def read(library: Library, name: str) -> StoredComparison:
    """Read a comparison.

    Raises
    ------
    StoreError
        If a file is missing or wrong; the message is one line.
    """
    differences = _table(library, name, COMPARISON, _DIFFERENCES)
    unknown = [verdict for verdict in differences["verdict"].unique() if verdict not in MARKS]
    if unknown:
        raise StoreError(f"{name}/{COMPARISON}: verdict = {unknown[0][:60]}: must be {either(MARKS)}")
    profiles = _table(library, name, "profiles.csv", _PROFILES)
    try:
        config = parsed_yaml(text(library.inside(name, "config.yaml"), RECORD_BYTES))
        packages = {each["name"]: Package.model_validate(each) for each in config["packages"]}
        outcome, seeds = str(config["options"]["outcome"]), int(config["options"]["seeds"])
    except (ValidationError, ArithmeticError, *UNREADABLE) as error:
        if isinstance(error, StoreError):
            raise
        raise _damaged(name, "config.yaml", error) from None
    found = StoredComparison(name, differences, profiles, packages, outcome, seeds, _brief(library, name))
    if outcome not in found.outcomes:
        raise StoreError(f"{name}/{COMPARISON}: must have rows of {outcome}, the outcome that config.yaml names")
    return found


def rows(compared: StoredComparison, query: ComparisonQuery) -> pd.DataFrame:
    """Return the differences in one context and outcome, with the best package first."""
    mine = _of(compared.differences, query)
    return mine.sort_values(
        "difference", ascending=compared.about(query.outcome).better < 0, kind="stable", ignore_index=True
    )


@solara.component
def ComparisonView(name: str, words: Mapping[str, str], keep_view: Callable[[dict[str, str]], None]) -> None:
    """Show a comparison."""
    try:
        compared = read(LIBRARY, name)
        query = ComparisonQuery.of(words, compared)
    except EngagementError as error:
        Alert(str(error))
        return
    best = rows(compared, query)
    query = query if query.package else query._replace(package=str(best["package"].iloc[0]))
    solara.HTML("p", unsafe_innerHTML=_about(compared), classes=["es-lead"])
    for sentence in compared.brief:
        Text(sentence, "es-finding")
    contexts = [(each, plain(each), tooltip("Context")) for each in compared.contexts]
    outcomes = [(each, compared.about(each).description, "") for each in compared.outcomes]
    controls = [
        choice("context", "Context", query.context, contexts),
        choice("outcome", "Outcome", query.outcome, outcomes, "The outcome on which the packages are compared."),
    ]
    Controls([group("", controls)], lambda each, value: keep_view(query._replace(**{each: value}).words()))
    with solara.Div(classes=["es-halves"]):
        with solara.v.Html(tag="section", attributes={"aria-label": "Packages"}):
            Text("What each package changes", tag="h2")
            Picking(
                svg=forest(compared, query),
                label="Packages, best first: arrow keys move from one to the next",
                chosen=query.package,
                event_pick=lambda package: keep_view(query._replace(package=package).words()),
                hint="Thick line: 95 % interval, alone. Thin line: all together. Click a package to follow it.",
            )
        with solara.v.Html(tag="section", attributes={"aria-label": "The chosen package"}):
            Text(capital(plain(query.package)), tag="h2")
            drawn = courses(compared, query)
            if drawn is not None:
                Text("The difference from doing nothing over the years. The other packages are grey.", "es-note")
                solara.HTML("div", unsafe_innerHTML=drawn, classes=["es-figure"])
            solara.HTML("div", unsafe_innerHTML=_consists(compared.packages.get(query.package)))
    solara.HTML("div", unsafe_innerHTML=table(*_verdicts(compared, query)))


def forest(compared: StoredComparison, query: ComparisonQuery) -> Markup:
    """Draw the difference of each package as in the report, with the best first; one package can be chosen."""
    table, about = rows(compared, query), compared.about(query.outcome)
    picks = [Pick(str(row.package), _says(row, query.outcome)) for row in lines(table)]
    limits = common_limits(table)
    return picture("forest", lambda: comparison_figures.forest(table, about, limits, Caption("", "")), picks)


def courses(compared: StoredComparison, query: ComparisonQuery) -> Markup | None:
    """Draw the differences over the years, with the chosen package on top; None if the outcome has no time course."""
    about, mine = compared.about(query.outcome), _of(compared.profiles, query)
    if mine.empty:
        return None
    scale, limits = scale_of(about), common_limits(mine, ("low", "high"))
    paths = [line_of(str(package), part, scale) for package, part in mine.groupby("package", sort=False)]
    paths.sort(key=lambda line: line.name == query.package)
    labels, ends = ("year", difference_axis(about)), (scale * limits[0], scale * limits[1])
    caption = Caption(f"{about.description} over time, {plain(query.context)}", course_said(mine, about))
    return picture("courses", lambda: comparison_figures.courses(paths, labels, ends, caption, query.package))


def _verdicts(compared: StoredComparison, query: ComparisonQuery) -> Any:
    return difference_table(rows(compared, query), compared.about(query.outcome), compared.seeds)


def _about(compared: StoredComparison) -> Markup:
    count = compared.differences["package"].nunique()
    places = f"in {len(compared.contexts)} contexts" if len(compared.contexts) > 1 else "in one context"
    form = Markup("{} packages compared with doing nothing, {}, with {} seeds each.")
    words = form.format(count, places, compared.seeds)
    try:
        LIBRARY.inside(compared.name, PAGE)
    except EngagementError:
        return words
    link = Markup(' <a href="{}" target="_blank" rel="noopener">Printable report</a> (opens a new page).')
    return words + link.format(f"{REPORTS}{quote(compared.name)}")


def _says(row: Any, outcome: str) -> str:
    """Describe a row of the forest plot in words."""
    about = StoredComparison.about(outcome)
    return (
        f"{capital(plain(row.package))}: {change(row.difference, about)}, from {amount(row.baseline, about)} to "
        f"{amount(row.mean, about)}; 95 % interval {interval(row.low_all, row.high_all, about)}; {row.verdict}"
    )


def _consists(package: Package | None) -> Markup:
    if package is None:
        return Markup("")
    items = Markup("").join(
        Markup('<li title="{}">{}, from month {}{}{}</li>').format(
            about_intervention(entry.name) if entry.name in offered() else "",
            capital(plain(entry.name)),
            entry.start + 1,
            "" if entry.stop is None else f" to month {entry.stop}",
            f". {entry.note}" if entry.note else "",
        )
        for entry in package.interventions
    )
    return Markup("<h3>Interventions in this package</h3><ul>{}</ul>").format(items or Markup("<li>none</li>"))


def _of(table: pd.DataFrame, query: ComparisonQuery) -> pd.DataFrame:
    return table[(table["context"] == query.context) & (table["outcome"] == query.outcome)]


def _table(library: Library, name: str, file: str, columns: tuple[str, ...]) -> pd.DataFrame:
    path = library.inside(name, file)
    try:
        found = pd.read_csv(
            csv_table(path, MOST_BYTES), dtype={"context": str, "package": str, "outcome": str, "verdict": str},
            keep_default_na=False, na_values=[""],
        )  # fmt: skip
    except UNREADABLE as error:
        raise _damaged(name, file, error) from None
    missing = [column for column in columns if column not in found]
    if missing or found.empty:
        what = f"a column {missing[0]}" if missing else "rows"
        raise StoreError(f"{name}/{file}: must have {what}; is it half-written?")
    numbers: Any = found[[column for column in columns if column not in (*_KEYS, "verdict")]]
    broken = [column for column in numbers if not pd.api.types.is_numeric_dtype(numbers[column])]
    if broken or found[list(columns)].isna().any().any() or (numbers.abs() > _LARGEST).any().any():
        raise StoreError(
            f"{name}/{file}: must have finite numbers{f' in {broken[0]}' if broken else ''}; is it damaged?"
        )
    return found


def _brief(library: Library, name: str) -> tuple[str, ...]:
    """Return the three sentences of the brief from page one of the report; empty if there is no brief."""
    if not (library.folder(name) / JSON).is_file():
        return ()
    try:
        sentences = json.loads(text(library.inside(name, JSON), RECORD_BYTES))["sentences"]
        if not isinstance(sentences, list) or not all(isinstance(each, str) for each in sentences):
            raise ValueError("its sentences are not text")
    except (KeyError, TypeError, RecursionError, *UNREADABLE) as error:
        raise _damaged(name, JSON, error) from None
    return tuple(sentences)


def _damaged(name: str, file: str, error: Exception) -> StoreError:
    why = " ".join(f"{type(error).__name__}: {error}".split())[:160]
    return StoreError(f"{name}/{file}: must be unchanged since engagesim wrote it ({why})")
