"""A stored comparison: read from its folder, and shown with verdicts, a forest, courses, and its report."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import pandas as pd
import solara
from markupsafe import Markup
from pydantic import ValidationError

from engagesim.analysis.outcomes import OUTCOMES
from engagesim.dashboard.charts import Chart, Pick, Scale, look_of, scale_of
from engagesim.dashboard.components import Choice, Picking
from engagesim.dashboard.library import COMPARISON, LIBRARY, MOST_BYTES, REPORT, UNREADABLE, Library
from engagesim.dashboard.security import PATH
from engagesim.dashboard.tables import table
from engagesim.errors import EngagementError, ParameterError, StoreError, nearest
from engagesim.reading import RECORD_BYTES, csv_table, parsed_yaml, text
from engagesim.report.comparison_words import OUTCOME, amount, change, difference_unit, lines, of_hundred
from engagesim.report.paper import Caption
from engagesim.report.phrases import capital, plain
from engagesim.study.packages import Package

_KEYS = ("context", "package", "outcome")
_DIFFERENCES = (*_KEYS, "baseline", "mean", "difference", "low", "high", "low_all", "high_all", "verdict",
                "better_share", "worse_share")  # fmt: skip
_PROFILES = (*_KEYS, "year", "baseline", "mean", "difference", "low", "high")


class StoredComparison(NamedTuple):
    """What a comparison found: differences by context, package and outcome, their courses, and the packages."""

    name: str
    differences: pd.DataFrame
    profiles: pd.DataFrame
    packages: dict[str, Package]
    outcome: str
    seeds: int

    @property
    def contexts(self) -> list[str]:
        """Names of the contexts, in their order."""
        return list(dict.fromkeys(self.differences["context"]))

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes that were looked at."""
        found = set(self.differences["outcome"])
        return [outcome.name for outcome in OUTCOMES if outcome.name in found]


class ComparisonQuery(NamedTuple):
    """How a comparison is looked at."""

    context: str
    outcome: str
    package: str = ""

    @classmethod
    def of(cls, words: Mapping[str, str], compared: StoredComparison) -> Self:
        """Read from the words of a link; what is not said is the first context, and the outcome that matters.

        Raises
        ------
        ParameterError
            Names the word, and what is allowed.
        """
        context = _one_of("context", words.get("context", compared.contexts[0]), compared.contexts)
        outcome = _one_of("outcome", words.get("outcome", compared.outcome), compared.outcomes)
        names = list(dict.fromkeys(compared.differences["package"]))
        return cls(context, outcome, _one_of("package", words.get("package", ""), ["", *names]))

    def words(self) -> dict[str, str]:
        """Return the same as words of a link."""
        return {key: word for key, word in self._asdict().items() if word}


def read(library: Library, name: str) -> StoredComparison:
    """Read a comparison.

    Raises
    ------
    StoreError
        In one line, where a file is missing or not what it should be.
    """
    differences = _table(library, name, COMPARISON, _DIFFERENCES)
    profiles = _table(library, name, "profiles.csv", _PROFILES)
    try:
        config = parsed_yaml(text(library.inside(name, "config.yaml"), RECORD_BYTES))
        packages = {each["name"]: Package.model_validate(each) for each in config["packages"]}
        outcome, seeds = str(config["options"]["outcome"]), int(config["options"]["seeds"])
    except (ValidationError, ArithmeticError, *UNREADABLE) as error:
        if isinstance(error, StoreError):
            raise
        raise _damaged(name, "config.yaml", error) from None
    found = StoredComparison(name, differences, profiles, packages, outcome, seeds)
    if outcome not in found.outcomes:
        raise StoreError(f"{name}/{COMPARISON}: has no rows of {outcome}, the outcome that config.yaml asks for")
    return found


def rows(compared: StoredComparison, seen: ComparisonQuery) -> pd.DataFrame:
    """Return the differences of a context and an outcome, the best package first."""
    table = compared.differences
    mine = table[(table["context"] == seen.context) & (table["outcome"] == seen.outcome)]
    better = next(outcome.better for outcome in OUTCOMES if outcome.name == seen.outcome)
    return mine.sort_values("difference", ascending=better < 0, kind="stable", ignore_index=True)


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
        raise StoreError(f"{name}/{file}: {'no column ' + missing[0] if missing else 'no rows'}; is it half-written?")
    numbers: Any = found[[column for column in columns if column not in (*_KEYS, "verdict")]]
    broken = [column for column in numbers if not pd.api.types.is_numeric_dtype(numbers[column])]
    if broken or found[list(columns)].isna().any().any():
        raise StoreError(
            f"{name}/{file}: {broken[0] if broken else 'a number'} is not what it should be; is it damaged?"
        )
    return found


def _damaged(name: str, file: str, error: Exception) -> StoreError:
    why = " ".join(f"{type(error).__name__}: {error}".split())[:160]
    return StoreError(f"{name}/{file}: cannot be read ({why})")


def _one_of(place: str, name: str, allowed: list[str]) -> str:
    if name not in allowed:
        raise ParameterError(f"{place} = {name[:60]!r}: no such choice here{nearest(name, allowed)}")
    return name


@solara.component
def ComparisonView(name: str, words: Mapping[str, str], keep_view: Callable[[dict[str, str]], None]) -> None:
    """Show a comparison."""
    try:
        compared = read(LIBRARY, name)
        seen = ComparisonQuery.of(words, compared)
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
                svg=forest(compared, seen),
                label="Packages, the best first: arrow keys go from one to the next",
                chosen=seen.package,
                event_pick=lambda package: keep_view(seen._replace(package=package).words()),
                hint="Thick: the 95 % interval of each alone; thin: of all together. Click one to follow it.",
            )
        with solara.v.Html(tag="section", attributes={"aria-label": "The chosen package"}):
            solara.HTML("h2", capital(plain(seen.package)))
            drawn = courses(compared, seen)
            solara.HTML("p", "How its difference runs over the years, before the others in grey.", classes=["about"])
            if drawn is not None:
                solara.HTML("div", unsafe_innerHTML=drawn)
            solara.HTML("div", unsafe_innerHTML=_consists(compared.packages.get(seen.package)))
    solara.HTML("div", unsafe_innerHTML=_verdict_table(compared, seen))


def _about(compared: StoredComparison) -> Markup:
    count = compared.differences["package"].nunique()
    said = Markup("{} packages against doing nothing, in {} contexts, {} seeds each.").format(
        count, len(compared.contexts), compared.seeds
    )
    try:
        LIBRARY.inside(compared.name, REPORT)
    except EngagementError:
        return said
    address = f"{PATH}{quote(compared.name)}"
    return said + Markup(
        ' <a href="{}" target="_blank" rel="noopener">Its report to print</a> (opens a new page).'
    ).format(address)


def _verdict_table(compared: StoredComparison, seen: ComparisonQuery) -> Markup:
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


FOREST_WIDTH, ROW_HEIGHT, LONGEST = 400, 26, 23
_ROOM = 150


def forest(compared: StoredComparison, seen: ComparisonQuery) -> Markup:
    """Draw the difference of each package, the best first: thin, the interval of all together; thick, of each alone."""
    about, times, table = OUTCOME[seen.outcome], scale_of(OUTCOME[seen.outcome]), rows(compared, seen)
    ends = [0.0, *(times * table["low_all"]), *(times * table["high_all"])]
    names = [_short(capital(plain(name))) for name in table["package"]][::-1]
    across = Scale.over(ends, f"difference from doing nothing, {difference_unit(about)}")
    chart = Chart(across, Scale.of_names(names), (FOREST_WIDTH, ROW_HEIGHT * len(table) + 50), _ROOM)
    chart.rule("zero", x=0)
    for place, row in enumerate(lines(table.iloc[::-1])):
        look = look_of(str(row.verdict))
        chart.interval((times * row.low_all, place), (times * row.high_all, place), look)
        chart.interval((times * row.low, place), (times * row.high, place), f"thick {look}")
        chart.dot((times * row.difference, place), look, 5.5, "", Pick(str(row.package), says(row, seen.outcome)))
    return chart.svg(Caption("", ""))


def says(row: Any, outcome: str) -> str:
    """Return what a row of the forest says in words."""
    about = OUTCOME[outcome]
    return (
        f"{capital(plain(row.package))}: {change(row.difference, about)}, from {amount(row.baseline, about)} to "
        f"{amount(row.mean, about)}; 95 % interval {change(row.low_all, about, named=False)} to "
        f"{change(row.high_all, about, named=False)}; {row.verdict}"
    )


def courses(compared: StoredComparison, seen: ComparisonQuery) -> Markup | None:
    """Draw how differences run over the years, the chosen package before the others; none for what has no course."""
    about, times, table = OUTCOME[seen.outcome], scale_of(OUTCOME[seen.outcome]), compared.profiles
    mine = table[(table["context"] == seen.context) & (table["outcome"] == seen.outcome)]
    if mine.empty:
        return None
    chosen = mine[mine["package"] == seen.package]
    ends = [0.0, *(times * mine["difference"]), *(times * chosen["low"]), *(times * chosen["high"])]
    chart = Chart(
        Scale(0.5, float(mine["year"].max()) + 0.5, "year"),
        Scale.over(ends, f"difference, {difference_unit(about)}"),
        (FOREST_WIDTH, 280),
    )
    chart.rule("zero", y=0)
    for _, part in mine.groupby("package", sort=False):
        chart.line(_points(part, "difference", times), "faint")
    if not chosen.empty:
        chart.band(_points(chosen, "low", times), _points(chosen, "high", times), "other")
        chart.line(_points(chosen, "difference", times), "other")
    last = mine[mine["year"] == mine["year"].max()]
    said = "; ".join(f"{plain(row.package)} {change(row.difference, about)}" for row in lines(last))
    return chart.svg(Caption(f"{about.description}, differences over the years", f"In the last year: {said}"))


def _points(part: pd.DataFrame, column: str, times: float) -> list[tuple[float, float]]:
    return list(zip(part["year"].tolist(), (times * part[column]).tolist(), strict=True))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
