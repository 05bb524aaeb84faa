"""Describe a comparison in words: how likely and how large effects are, who gains, and what gets worse.

Likelihood is worded in steps, like that of the Intergovernmental Panel on Climate Change (Mastrandrea et al. 2010,
"Guidance Note for Lead Authors of the IPCC Fifth Assessment Report on Consistent Treatment of Uncertainties"), each
with its numbers beside it; no step calls anything certain.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import (
    BETTER,
    HIGHER,
    IDLE,
    LOWER,
    NEGLIGIBLE,
    POWERLESS,
    UNCLEAR,
    UNTOLD,
    WORSE,
)
from engagesim.analysis.outcomes import GROUPS, OUTCOMES, Outcome
from engagesim.report.text import capital, counted_in, listed, plain, several
from engagesim.study.intervention_packages import BASELINE, DOLLARS

OUTCOME = {outcome.name: outcome for outcome in (*OUTCOMES, *GROUPS)}

_STEPS = (
    (0.95, "very likely (over 95 %)"),
    (0.80, "likely (over 80 %)"),
    (0.60, "more likely than not (over 60 %)"),
    (0.40, "about as likely as not (40 to 60 %)"),
    (0.20, "rather unlikely (under 40 %)"),
    (0.05, "unlikely (under 20 %)"),
)


IDLE_BECAUSE = {
    POWERLESS: "could not have an effect, because no part of it was in force in these months",
    IDLE: "changed nothing in any society: what it sets already held, or does not matter here",
}


def likelihood(chance: float) -> str:
    """Return a chance from 0 to 1 in words with numbers: 0.97 is "very likely (over 95 %)"."""
    words = next((words for least, words in _STEPS if chance > least), "very unlikely (5 % or less)")
    return "about as likely as not (40 to 60 %)" if chance == 0.4 else words


def amount(value: float, outcome: Outcome) -> str:
    """Return a level of an outcome in words."""
    if outcome.unit == "months" and value >= outcome.reach:
        return f"never within {years(int(outcome.reach))}"
    if "share" in outcome.unit:
        return f"{_number(100 * value)} %"
    return f"{_number(value)} months" if outcome.unit == "months" else _number(value, 2)


def change(value: float, outcome: Outcome, named: bool = True) -> str:
    """Return a difference with its sign, and with its unit if ``named``; shares are in percentage points."""
    is_share, is_time = "share" in outcome.unit, outcome.unit == "months"
    number = _number(scale_of(outcome) * abs(value), digits_of(outcome))
    sign = "" if value == 0 or number.startswith("≈") else "−" if value < 0 else "+"
    unit = " percentage points" if is_share else " months" if is_time else ""
    return sign + number + (unit if named else "")


def is_next_to_nothing(value: float, outcome: Outcome) -> bool:
    """Return whether a difference would read as nearly zero."""
    return "≈" in change(value, outcome)


def worth(value: float, outcome: Outcome, named: bool = True) -> str:
    """Return a value without a sign, in the unit that readers see."""
    if is_next_to_nothing(value, outcome):
        return f"less than {worth(10.0 ** -digits_of(outcome) / scale_of(outcome), outcome, named)}"
    return change(value, outcome, named).removeprefix("+")


def digits_of(outcome: Outcome) -> int:
    """Return the number of decimals with which a difference is written in full."""
    return 1 if "share" in outcome.unit or outcome.unit == "months" else 3


def roughly(value: float, outcome: Outcome, signed: bool = False) -> str:
    """Return a difference for a brief: without its unit and with few digits (two or three decimals on a scale).

    The sentence must give the direction unless ``signed``.
    """
    is_share, is_time = "share" in outcome.unit, outcome.unit == "months"
    size = 100 * abs(value) if is_share else abs(value)
    digits = (0 if size >= 9.95 else 1) if is_share or is_time else 2 if size >= 0.095 else 3
    number = f"{size:.{digits}f}"
    is_nothing = float(number) == 0
    next_to_nothing = "≈ 0" if signed else f"less than {10.0**-digits:g}"
    number = "0" if value == 0 else next_to_nothing if is_nothing else number
    number = number[:-1] if digits == 3 and number.endswith("0") and not is_nothing else number  # 0.01, not 0.010
    sign = "" if is_nothing or not signed else "−" if value < 0 else "+"
    return sign + number


def span_of(values: "pd.Series[float]", outcome: Outcome, signed: bool = False, digits: int | None = None) -> str:
    """Return the smallest and the largest of some differences: "0.08 to 0.27"; one number if both read the same."""
    ends = [values.min(), values.max()]
    ends = ends if signed else sorted(map(abs, ends))
    said = [roughly(end, outcome, signed) if digits is None else f"{end:.{digits}f}" for end in ends]
    return said[0] if said[0] == said[1] else f"{said[0]} to {said[1]}"


def unit_of(outcome: Outcome, with_scale: bool = True) -> str:
    """Return the unit of a difference, to follow its number; a scale's unit is included only ``with_scale``."""
    if "share" in outcome.unit:
        return " percentage points"
    if outcome.unit == "0 to 1":
        return " (on a scale from 0 to 1)" if with_scale else ""
    return " months" if outcome.unit == "months" else ""


def amount_of(value: float, outcome: Outcome) -> str:
    """Return the size of a difference with its unit."""
    return f"{roughly(value, outcome)}{unit_of(outcome, False)}"


def threshold(value: float, outcome: Outcome, of_difference: bool = False) -> str:
    """Return a level or a difference that a user sets, with all its digits, in the unit that readers see."""
    unit = unit_of(outcome, False) if of_difference or outcome.unit == "months" else " %" * ("share" in outcome.unit)
    return f"{scale_of(outcome) * value:g}{unit}"


def judgement(
    rows: pd.DataFrame, outcome: Outcome, seeds: int, names: tuple[str, str] = ("it", "doing nothing")
) -> str:  # fmt: skip
    """State the grounds for a verdict: the number of societies, the interval, and what counts as negligible.

    Parameters
    ----------
    rows : DataFrame
        Rows of one package and outcome that share a verdict, from ``analysis.differences.compare``: one for
        each context.
    outcome : Outcome
    seeds : int
    names : tuple of str
        What is judged, and what it is compared with.
    """
    (what, other), verdict, least = names, str(rows["verdict"].iloc[0]), amount_of(outcome.negligible, outcome)
    each = "" if rows.get("context", rows["verdict"]).nunique() == 1 else " of each context"
    if verdict in UNTOLD:
        why = {
            NEGLIGIBLE: f"lies within the {least} either way that counts as negligible",
            UNCLEAR: f"leaves open whether the difference is more than the {least} that counts as negligible",
        }
        if verdict in why:
            return (
                f"{verdict}: over {seeds} simulated societies{each}, the 95 % interval of the difference "
                f"({_ends(rows, outcome, True)}) {why[verdict]}"
            )
        return f"nothing differed in any of {seeds} simulated societies{each}"
    side, does, gain = {
        BETTER: ("better", f"did better than {other}", "gain"),
        WORSE: ("worse", f"did worse than {other}", "loss"),
        HIGHER: ("better", f"had more than {other}", "difference"),
        LOWER: ("worse", f"had less than {other}", "difference"),
    }[verdict]
    share = sorted({round(float(part) * seeds) for part in rows[f"{side}_share"]})
    often = f"all {seeds}" if share == [seeds] else f"{share[0]} of {seeds}"
    often = f"{share[0]} to {share[-1]} of {seeds}" if len(share) > 1 else often
    signed = gain == "difference"
    return (
        f"in the model {what} {does} in {often} simulated societies{each}; the average {gain} "
        f"(95 % interval {_ends(rows, outcome, signed)}) is more than the {least} that counts as negligible"
    )


def _ends(rows: pd.DataFrame, outcome: Outcome, signed: bool) -> str:
    """Return the joint interval, or the one nearest to zero of several; one without width reads "in all runs"."""
    nearest = rows[["low_all", "high_all"]].abs().min(axis=1)
    row: Any = rows.iloc[int(nearest.argmin())]
    if row.low_all == row.high_all:
        return f"{roughly(row.low_all, outcome, signed)} in all runs"
    ends = (row.low_all, row.high_all)
    where = next((called(row[by]) for by in ("context", "package") if by in rows and rows[by].nunique() > 1), "")
    low, high = (near(end, outcome, signed) for end in (ends if signed else sorted(ends, key=abs)))
    return f"{low} to {high}{f' in {where}, where it is least' if where else ''}"


def near(value: float, outcome: Outcome, signed: bool = False) -> str:
    """Return a difference like ``roughly``, with more digits if it would otherwise read as the negligible amount."""
    said, least = roughly(value, outcome, signed), roughly(outcome.negligible, outcome)
    if said.lstrip("+−") != least:
        return said
    return _told_apart(said, value, outcome, 2)


def end_of(value: float, outcome: Outcome) -> str:
    """Return an end of an interval in full, with more digits if it would otherwise read as the negligible amount."""
    said, least = (change(each, outcome, named=False) for each in (value, outcome.negligible))
    if said.startswith("≈") or said[1:] != least[1:]:
        return said
    return _told_apart(said, value, outcome, digits_of(outcome))


def _told_apart(said: str, value: float, outcome: Outcome, digits: int) -> str:
    """Return what is said of a value with as many digits as tell it from the negligible amount, if any do."""
    size, edge = scale_of(outcome) * abs(value), scale_of(outcome) * outcome.negligible
    sign = said[0] if said[0] in "+−" else ""
    numbers = ((f"{size:.{each}f}", f"{edge:.{each}f}") for each in range(digits, 9))
    return next((f"{sign}{number}" for number, least in numbers if number != least), said)


def counts(count: int, whole: int) -> str:
    """Return a count as part of a whole: "4 of the 10", "all 10", "both", "none of the 10"."""
    return f"{count} of the {whole}" if 0 < count < whole else counted_in(count / max(whole, 1), whole)


def money(value: float, currency: str) -> str:
    """Return an amount of money with three significant digits: "USD 24,100", "USD 1.45 million"."""
    size = abs(value)
    for least, words in ((1e9, " billion"), (1e6, " million")):
        if size >= least:
            return f"{currency} {value / least:.3g}{words}"
    rounded = float(f"{value:.3g}")
    return f"{currency} {rounded:,.0f}" if size >= 10 or rounded == round(rounded) else f"{currency} {rounded:,.2f}"


def years(months: int) -> str:
    """Return a number of months as people say it: "12 years", "30 months"."""
    return several(months // 12, "year") if months and months % 12 == 0 else several(months, "month")


def difference_unit(outcome: Outcome) -> str:
    """Return the unit of a difference, as written on an axis."""
    return "percentage points" if "share" in outcome.unit else outcome.unit


def difference_axis(outcome: Outcome) -> str:
    """Return the label of an axis of differences; a stored comparison has no units of a mechanism's measures."""
    unit = difference_unit(outcome)
    return f"difference, {unit}" if unit else "difference"


def scale_of(outcome: Outcome) -> float:
    """Return how many display units make one unit of an outcome: 100 percentage points for a share."""
    return 100.0 if "share" in outcome.unit else 1.0


def option(name: str) -> str:
    """Return the name of a package or of the baseline."""
    return "doing nothing" if name == BASELINE else plain(name)


def called(name: str) -> str:
    """Return the name of a package, in quotes if it would be unclear in a list."""
    return f"“{plain(name)}”" if " and " in plain(name) else plain(name)


def named(names: Sequence[str]) -> str:
    """List names in a sentence: "survey, committee and co-design"."""
    return listed([option(name) for name in names])


def ranked(comparison: Comparison, context: str) -> pd.DataFrame:
    """Return the differences of one context in the main outcome, with the best package first.

    ``chance_best`` is the share of bootstrap draws in which a package does best, with doing nothing among the options.
    """
    rows = in_context(comparison.main, context)
    draws = in_context(comparison.cloud, context).pivot(index="draw", columns="package", values="effect")
    draws.insert(0, BASELINE, 0.0)
    most = draws.eq(draws.max(axis=1), axis=0)
    chance = most.div(most.sum(axis=1), axis=0).mean()
    rows = rows.assign(chance_best=rows["package"].map(chance))
    is_less_better = comparison.asked.better < 0
    return rows.sort_values("difference", ascending=is_less_better, kind="stable")


def lines(table: pd.DataFrame) -> Any:
    """Return the rows of a table as named tuples."""
    return table.itertuples(index=False)


def in_context(table: pd.DataFrame, context: str) -> pd.DataFrame:
    """Return the rows of one context."""
    return table[table["context"] == context]


class Said(NamedTuple):
    """A few sentences, and the list that they introduce."""

    text: str
    points: Sequence[str] = ()


def answer(comparison: Comparison, context: str, currency: str = DOLLARS) -> list[Said]:
    """Return the results of one context: the finding, who gains and loses, other changes, and costs."""
    ranking = ranked(comparison, context)
    if ranking.empty:
        return [Said("No package was compared here.")]
    best = _best(ranking)
    items = [Said(_finding(comparison, context, ranking))]
    if best.verdict == BETTER or (not comparison.asked.better and best.verdict not in UNTOLD):
        name = str(best.package)
        items += [_people(comparison, context, name), *_sides(comparison, context, name)]
        items.append(Said(_price(comparison, context, name, currency)))
    harmful = list(ranking[ranking["verdict"] == WORSE]["package"])
    if harmful:
        items.append(Said(f"Worse than doing nothing on this outcome: {named(harmful)}."))
    for verdict, why in IDLE_BECAUSE.items():
        idle = list(ranking[ranking["verdict"] == verdict]["package"])
        if idle:
            items.append(Said(f"{capital(named(idle))}: {why}."))
    return items


def _best(ranking: pd.DataFrame) -> Any:
    """Return the highest-ranked package that is better than doing nothing, or else the first of the ranking."""
    better = ranking[ranking["verdict"] == BETTER]
    return (better if len(better) else ranking).iloc[0]


def _finding(comparison: Comparison, context: str, ranking: pd.DataFrame) -> str:
    outcome, first, best = comparison.asked, ranking.iloc[0], _best(ranking)
    what, name = lower(outcome), capital(plain(str(best.package)))
    if (ranking["verdict"] == WORSE).all():
        return f"Every package does worse than doing nothing on {what}; {plain(best.package)} does the least harm."
    if best.verdict in {WORSE, *IDLE_BECAUSE}:
        return f"No package is clearly better than doing nothing on {what}."
    if best.verdict in UNTOLD:
        return f"No package is clearly better than doing nothing on {what}. {_unclear_first(best, outcome)}"
    place = f"{name} does best" if outcome.better else f"Among the packages, {plain(str(best.package))} ends highest"
    most = "the best" if outcome.better else "the highest"
    if best.package != first.package:
        place = f"{name} is clearly better than doing nothing"
    after = _runner_up(ranking, outcome) if best.package == first.package else f" {_unclear_first(first, outcome)}"
    return (
        f"{place}. {outcome.description}: {amount(best['mean'], outcome)} with it at the end, "
        f"{amount(best.baseline, outcome)} without any package ({_with_interval(best, outcome)}). "
        f"{_sureness(comparison, context, best)} It is {likelihood(float(best.chance_best))} to be {most} of all "
        f"options here.{after}"
    )


def _unclear_first(first: Any, outcome: Outcome) -> str:
    """State how far the first of the ranking differs, and why it is not called better."""
    nearest = max(first.low_all, -first.high_all)  # of an interval on one side of zero, the distance from it
    doubt = "too little to matter" if 0 < nearest <= outcome.negligible else "chance"
    why = "which counts as negligible" if first.verdict == NEGLIGIBLE else f"but that may be {doubt}"
    return f"{capital(plain(str(first.package)))} comes first in the ranking ({_with_interval(first, outcome)}), {why}."


def _sureness(comparison: Comparison, context: str, best: Any) -> str:
    """State how certain the average effect of a package is, and how often a single society shows it."""
    effects = in_context(comparison.costs, context).set_index("package")
    chance: Any = effects.loc[best.package, "chance_effective"]
    share, verb = best.better_share, "improve" if comparison.asked.better else "raise"
    if comparison.asked.better == 0 and best.difference < 0:  # ``chance_effective`` is the chance of a rise
        chance, share, verb = 1 - chance, best.worse_share, "lower"
    return (
        f"In the model, it {verb}s this outcome in {counted_in(float(share), len(comparison.seeds))} simulated "
        f"societies, and is {likelihood(float(chance))} to {verb} it on average."
    )


def _runner_up(ranking: pd.DataFrame, outcome: Outcome) -> str:
    if len(ranking) < 2:
        return ""
    second: Any = ranking.iloc[1]
    return f" {capital(plain(str(second.package)))} comes second ({change(second.difference, outcome)})."


def _people(comparison: Comparison, context: str, package: str) -> Said:
    rows = _of_package(comparison.groups, context, package)
    parts = [_pair(rows, "engaged", "Citizens who engage"), _pair(rows, "client", "Clients")]
    return Said(f"Who gains and who loses with {plain(package)}:", parts)


def _pair(rows: pd.DataFrame, act: str, what: str) -> str:
    low: Any = rows.loc[f"{act}_most_vulnerable"]
    high: Any = rows.loc[f"{act}_least_vulnerable"]
    if {low.verdict, high.verdict} <= {*UNTOLD}:
        return f"{what}: no clear change in the poorest or the better-off third."
    outcome = OUTCOME[f"{act}_most_vulnerable"]
    poorest, others = change(low.difference, outcome), change(high.difference, outcome, named=False)
    return f"{what}: {poorest} in the poorest third, {others} in the better-off third."


def _sides(comparison: Comparison, context: str, package: str) -> list[Said]:
    rows = _of_package(comparison.differences, context, package).drop(comparison.outcome, errors="ignore")
    items = []
    for verdict, words in ((WORSE, "What gets worse:"), (BETTER, "What else gets better:")):
        found = [
            f"{OUTCOME[row.outcome].description} ({change(row.difference, OUTCOME[row.outcome])})"
            for row in lines(rows[rows["verdict"] == verdict].reset_index())
        ]
        if found:
            items.append(Said(words, found))
        elif verdict == WORSE:
            items.append(Said("No other outcome gets clearly worse."))
    return items


def _price(comparison: Comparison, context: str, package: str, currency: str) -> str:
    table = in_context(comparison.costs, context).set_index("package")
    row: Any = table.loc[package]
    cost = f"It costs {currency} {row.cost:,.0f} over {several(comparison.months, 'month')}"
    if row.standing == "efficient":
        return f"{cost}; nothing cheaper does as much."
    does = (
        "a mix of two other options does as much for less"
        if "mix" in row.standing
        else "another option does as much for no more"
    )
    return f"{cost}; {does}."


def _of_package(table: pd.DataFrame, context: str, package: str) -> pd.DataFrame:
    rows = in_context(table, context)
    return rows[rows["package"] == package].set_index("outcome")


def _with_interval(row: Any, outcome: Outcome) -> str:
    low, high = end_of(row.low_all, outcome), end_of(row.high_all, outcome)
    return f"{change(row.difference, outcome)}, 95 % interval {low} to {high}"


def lower(outcome: Outcome) -> str:
    """Return the description of an outcome for the middle of a sentence."""
    return outcome.description[:1].lower() + outcome.description[1:]


def _number(value: float, digits: int = 1) -> str:
    """Return a number with few digits that still shows whether it is zero or only nearly zero."""
    if value == 0:
        return "0"
    return "≈ 0" if abs(value) < 0.5 * 10.0**-digits else f"{value:.{digits}f}"
