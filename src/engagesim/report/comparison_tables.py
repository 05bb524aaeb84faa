"""Tables of a comparison, with formatted numbers."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.outcomes import Outcome
from engagesim.parameters import Intervention, Parameters, Row, parameter_table
from engagesim.report.comparison_words import (
    amount,
    change,
    end_of,
    in_context,
    likelihood,
    lines,
    money,
    option,
    ranked,
    worth,
)
from engagesim.report.text import capital, counted, districts_named, month_name, percent, plain, several
from engagesim.society.boundaries import DistrictMap
from engagesim.study.intervention_packages import BASELINE

if TYPE_CHECKING:
    from engagesim.analysis.robustness import Robustness

_ALWAYS = ("months", "population.citizens", "population.districts", "population.reform_minded_share", "engagement.form")


class Table(NamedTuple):
    """A table for a page; the first column names the row."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def step(outcome: Outcome) -> tuple[float, str]:
    """Return the step of an outcome for which a cost is stated, and the name of the step."""
    if outcome.unit == "months":
        return 1.0, "month"
    return 0.01, "percentage point" if "share" in outcome.unit else "0.01"


def ranking_table(comparison: Comparison, context: str) -> Table:
    """Return the ranking of packages by the main outcome."""
    outcome = comparison.asked
    rows = [
        (
            plain(row.package), amount(row.mean, outcome), change(row.difference, outcome),
            interval(row.low_all, row.high_all, outcome), row.verdict,
            counted(row.better_share, len(comparison.seeds)), likelihood(row.chance_best),
        )
        for row in lines(ranked(comparison, context))
    ]  # fmt: skip
    columns = (
        "Package",
        "With it",
        "Difference",
        "95 % interval",
        "Verdict",
        "Societies where better",
        "Chance to be best",
    )
    return Table(f"{capital(plain(context))}: {outcome.description}", columns, rows)


def difference_table(rows: pd.DataFrame, outcome: Outcome, seeds: int) -> Table:
    """Return the differences of one outcome in every context, estimated from ``seeds`` seeds."""
    found = [
        (
            plain(row.package), plain(row.context), amount(row.baseline, outcome), amount(row.mean, outcome),
            change(row.difference, outcome), interval(row.low, row.high, outcome),
            interval(row.low_all, row.high_all, outcome), row.verdict, counted(row.better_share, seeds),
        )
        for row in lines(rows)
    ]  # fmt: skip
    columns = ("Package", "Context", "Without", "With", "Difference", "95 %, alone", "95 %, all together", "Verdict",
               "Seeds where better")  # fmt: skip
    return Table(outcome.description, columns, found)


def district_table(rows: pd.DataFrame, packages: Sequence[str], districts: DistrictMap) -> Table:
    """Return the quality of each district if nothing is done, and its change under each of these packages."""
    quality = rows[rows["package"] == BASELINE].set_index("district")["quality"]
    changes: Any = rows.pivot(index="district", columns="package", values="difference")
    others = [package for package in packages if package != BASELINE]
    found = [
        (name, f"{quality[number]:.2f}", *(f"{changes.loc[number, package]:+.3f}" for package in others))
        for number, name in enumerate(districts.names)
    ]
    return Table("Service quality by district", ("District", "Doing nothing", *map(plain, others)), found)


def profile_table(rows: pd.DataFrame, outcome: Outcome) -> Table:
    """Return the differences with one column per year."""
    years = sorted(int(year) for year in rows["year"].unique())
    found = []
    for package, part in rows.groupby("package", sort=False):
        by_year: Any = part.set_index("year")["difference"]
        found.append((plain(str(package)), *(change(by_year[year], outcome, named=False) for year in years)))
    return Table(f"{outcome.description}: difference by year", ("Package", *(f"Year {y}" for y in years)), found)


def cost_table(comparison: Comparison, context: str) -> Table:
    """Return costs, effects, the cost of a step of the outcome, and the dominated options."""
    outcome = comparison.asked
    size, name = step(outcome)
    found = [
        (
            option(row.package), f"{row.cost:,.0f}", change(row.effect, outcome, named=False),
            interval(row.effect_low, row.effect_high, outcome), _money(size * row.cost_per_unit),
            f"{_money(size * row.cost_low)} to {_money(size * row.cost_high)}" if row.cost_low >= 0 else "–",
            row.standing,
        )
        for row in lines(in_context(comparison.costs, context))
    ]  # fmt: skip
    columns = ("Option", "Cost", "Gain", "95 % interval", f"Cost per {name}", "95 % interval", "Standing")
    return Table(f"{capital(plain(context))}: cost and effect on {outcome.description}", columns, found)


def best_buy_table(comparison: Comparison, context: str, currency: str) -> Table:
    """Return the best buy for each budget."""
    outcome, society = comparison.asked, comparison.contexts[context]
    by_year = society.population.districts * society.months / 12
    found = [
        (
            money(row.budget / by_year, currency), option(row.package), change(row.effect, outcome, named=False),
            interval(row.low, row.high, outcome), likelihood(row.chance),
        )
        for row in lines(in_context(comparison.best_buy, context))
    ]  # fmt: skip
    columns = ("Budget per district and year, from", "Best buy", "Gain", "95 % interval", "Chance of being best")
    return Table(f"{capital(plain(context))}: what each budget buys best", columns, found)


def robustness_table(robustness: "Robustness") -> Table:
    """Return how packages fare when the context is not known."""
    whole, outcome = robustness.contexts, robustness.question.outcome
    found = [
        (
            plain(row.package), percent(row.chance_better),
            f"{counted(row.harm_share, whole)} ({_ends(row.harm_low, row.harm_high, whole)})",
            counted(row.clear_harm_share, whole), worth(row.mean_regret, outcome), worth(row.greatest_regret, outcome),
            counted(row.best_share, whole), counted(row.good_enough_share, whole),
        )
        for row in lines(robustness.table)
        if row.package != BASELINE
    ]  # fmt: skip
    columns = ("Package", "Runs where better", "Contexts where worse than doing nothing (95 % interval)",
               "Clearly worse", "Mean regret", "Greatest regret", "Contexts where best",
               "Contexts where good enough")  # fmt: skip
    return Table(f"{robustness.contexts} contexts, {robustness.seeds} seeds each", columns, found)


def factor_table(robustness: "Robustness") -> Table:
    """Return a table of the uncertain parameters."""
    found = [(plain(str(row.path)), f"{row.low:g}", f"{row.high:g}") for row in lines(robustness.factors)]
    return Table("Uncertain parameters and their ranges", ("Parameter", "From", "To"), found)


def tried_table(tried: "Robustness") -> Table:
    """Return the effect of each package in each context of a grid."""
    outcome, found = tried.question.outcome, tried.intervals
    assert found is not None  # noqa: S101 - a grid has two seeds or more
    paths = [path for path in map(str, tried.factors["path"]) if path in tried.points]  # one value is no column
    rows = [
        (plain(row.package), *(f"{value:g}" for value in place.values()), change(row.difference, outcome, named=False),
         interval(row.low, row.high, outcome), row.verdict)
        for number, place in enumerate(tried.points[paths].to_dict("records"))
        for row in lines(found[found["context"] == number])
    ]  # fmt: skip
    names = (capital(plain(path.rpartition(".")[2])) for path in paths)
    columns = ("Package", *names, "Difference", "95 % interval", "Verdict")
    return Table(f"{outcome.description}: differences from doing nothing in each context", columns, rows)


def saved_table(comparison: Comparison) -> Table:
    """Return the factor by which independent seeds need more runs: the median over packages, by outcome and context."""
    middle: Any = comparison.saved.pivot_table(index="outcome", columns="context", values="times", aggfunc="median")
    contexts = list(comparison.contexts)
    found = [
        (outcome.description, *(_times(float(middle.loc[outcome.name].get(context, np.nan))) for context in contexts))
        for outcome in comparison.outcomes
        if outcome.name in middle.index
    ]
    columns = ("Outcome", *(capital(plain(context)) for context in contexts))
    return Table("Runs that independent seeds would need, as a multiple (middle package)", columns, found)


def stated_in(contexts: Mapping[str, Parameters]) -> Iterator[tuple[Row, list[Any]]]:
    """Yield the parameters that describe contexts: the main ones, and every number in which the contexts differ."""
    for row in parameter_table(type(next(iter(contexts.values())))):
        values = [attrgetter(row.path)(parameters) for parameters in contexts.values()]
        is_main = row.path in _ALWAYS or row.path.startswith(("incentives.", "conditions."))
        if is_main or (len(set(map(repr, values))) > 1 and all(isinstance(value, int | float) for value in values)):
            yield row, values


def context_table(contexts: Mapping[str, Parameters]) -> Table:
    """Return the main parameters of the contexts, and every number in which they differ."""
    found = [(row.path, *map(_value, values), row.unit, row.description) for row, values in stated_in(contexts)]
    columns = ("Parameter", *(capital(plain(name)) for name in contexts), "Unit", "Meaning")
    return Table("Contexts: main parameters, and all numbers that differ between them", columns, found)


def schedule_tables(comparison: Comparison) -> list[Table]:
    """Return the contents of the packages, in one table if they are the same in every context."""
    found = {name: tuple(packages) for name, packages in comparison.packages.items()}
    if all(packages == next(iter(found.values())) for packages in found.values()):
        found = {"in every context": next(iter(found.values()))}
    columns = ("Package", "Intervention", "When", "Where", "Intensity", "Settings", "Cost per month and district",
               "Source of the cost", "Note")  # fmt: skip
    return [
        Table(
            f"Packages, {plain(name)}",
            columns,
            [
                (plain(package.name), *_schedule(entry), " ".join(filter(None, (package.note, entry.note))) or "–")
                for package in packages
                for entry in package.interventions
            ]
            + [(plain(package.name), "nothing", *["–"] * 7) for package in packages if not package.interventions],
        )
        for name, packages in found.items()
    ]


def _schedule(entry: Intervention) -> tuple[str, ...]:
    until = "to the end" if entry.stop is None else f"to month {entry.stop}"
    ramp = f", full strength after {several(entry.ramp, 'month')}" if entry.ramp else ""
    return (
        plain(entry.name), f"{month_name(entry.start)} {until}{ramp}", _place(entry.where), f"{entry.intensity:.3g}",
        settings_of(entry), f"{entry.cost:,.0f}", entry.cost_source,
    )  # fmt: skip


def settings_of(entry: Intervention) -> str:
    """State what an intervention sets and adds, by group: "incentives: patronage +0.15"."""
    settings: dict[str, list[str]] = {}
    for changes, form in ((entry.set, "{} = {:g}"), (entry.add, "{} {:+g}")):
        for path, value in changes.items():
            group, _, name = path.rpartition(".")
            settings.setdefault(group, []).append(form.format(plain(name), value))
    return "; ".join(f"{group}: {', '.join(some)}" for group, some in settings.items()) or "none"


def _place(where: Any) -> str:
    if where == "all":
        return "all districts"
    if isinstance(where, float | int):
        return f"{percent(where)} of districts, at random"
    if isinstance(where, list | tuple):
        return districts_named(where)
    return f"the worst {percent(where.worst)} of districts"


def _ends(low: float, high: float, whole: int) -> str:
    """Return an interval of a share: in per cent if the whole is 100 or more, else as counts."""
    if whole >= 100:
        return f"{100 * low:.0f} to {100 * high:.0f} %"
    return f"{whole * low:.0f} to {whole * high:.0f}"


def interval(low: float, high: float, outcome: Outcome) -> str:
    """Return an interval of differences in words; an interval without width reads "in all runs"."""
    if low == high:
        return f"{end_of(low, outcome)} in all runs"
    return f"{end_of(low, outcome)} to {end_of(high, outcome)}"


def _money(value: float) -> str:
    if np.isnan(value):
        return "–"
    return "no upper end" if np.isinf(value) else f"{value:,.0f}"


def _times(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "–"  # if nothing varies, nothing can be saved


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
