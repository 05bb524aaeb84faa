"""The brief: the result of a comparison on one page, in words that a minister's adviser can use at once.

Every summary of a comparison takes its words from here: the first page of the report, ``brief.pdf`` and
``brief.docx``, the last lines that ``engagesim compare`` prints, and the dashboard.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import BETTER, NEGLIGIBLE, UNCLEAR, UNTOLD, WORSE
from engagesim.analysis.field import FIELD, overtaken
from engagesim.analysis.intervals import LEAST_DIFFERING
from engagesim.analysis.outcomes import FORMED, Outcome
from engagesim.analysis.recommendation import (
    Recommendation,
    is_negligible_everywhere,
    mean_costs,
    recommend,
    shortfall,
    verdicts,
)
from engagesim.parameters import Parameters
from engagesim.report.comparison_information import find_out_first
from engagesim.report.comparison_tables import settings_of
from engagesim.report.comparison_words import (
    IDLE_BECAUSE,
    OUTCOME,
    amount_of,
    called,
    counts,
    in_context,
    judgement,
    lines,
    lower,
    money,
    named,
    near,
    roughly,
    span_of,
    unit_of,
    years,
)
from engagesim.report.place_words import NOT_A_FORECAST
from engagesim.report.text import capital, listed, plain, several

if TYPE_CHECKING:
    from engagesim.analysis.robustness import Robustness
    from engagesim.places.stored import Place

CAVEAT = (
    "This is a simulation, not a forecast. It was fitted to documented findings and does not reproduce all of them, "
    "and it describes no particular place."
)
_RATHER = " Trust the model on which package does more, and where, not on how much."

PEOPLE, COSTS, FIRST = "Who gains and who loses", "What it costs", "What to find out first"

_NAMED = 3
"""Maximum number of contexts that are named one by one."""

ASK = (
    "Do you doubt a number? Change it under “Ask back” in report.html: the model runs in that page and computes "
    "a new answer."
)

_OTHERS = 3
"""Maximum number of packages whose costs are stated if none is recommended."""

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Brief(NamedTuple):
    """The contents of page one.

    Attributes
    ----------
    question : str
        The heading.
    sentences : tuple of str
        The answer: what to choose and what it does; how sure that is; what would change it.
    about : sequence of str
        The contents of the package that the answer names, and the contexts.
    scale : str
        How large the effects are by comparison.
    headings : tuple of str
        The headings of the next three parts.
    people, costs : sequence of str
        Who gains and who loses; what it costs.
    find_out : str
        What to find out first.
    caveat : str
    ask : str
        Where a reader who doubts a number can change it; empty if the model does not run in the report.
    """

    question: str
    sentences: tuple[str, str, str]
    about: Sequence[str]
    scale: str
    headings: tuple[str, str, str]
    people: Sequence[str]
    costs: Sequence[str]
    find_out: str
    caveat: str
    ask: str = ""


def brief(found: Any) -> Brief:
    """Return the brief of a comparison; ``found`` is a ``comparison_page.Findings``."""
    comparison, advice = found.comparison, recommend(found.comparison)
    return Brief(
        question(comparison, found.place),
        (
            _chosen(comparison, advice),
            _how_sure(comparison, advice),
            _what_would_change(comparison, advice, found.currency),
        ),
        _about(comparison, advice, found.place),
        _scale(comparison, advice),
        (f"{PEOPLE} with {plain(_spoken_of(comparison, advice))}", COSTS, FIRST),
        _people(comparison, advice),
        _costs(comparison, advice, found.currency),
        _find_out(found, advice),
        (CAVEAT if found.place is None else f"{NOT_A_FORECAST} {found.place.profile.standing_for}")
        + (_RATHER if advice.package and len(_packages(comparison)) > 1 else ""),
        ASK if found.asking is not None and found.asking.runs else "",
    )


def _about(comparison: Comparison, advice: Recommendation, place: "Place | None") -> list[str]:
    """Describe the package that the answer names, and the contexts."""
    name, contexts = _spoken_of(comparison, advice), comparison.contexts
    package = next(each for each in next(iter(comparison.packages.values())) if each.name == name)
    notes = [package.note, *(entry.note or f"{capital(settings_of(entry))}." for entry in package.interventions)]
    what = [f"{capital(plain(name))}: {' '.join(dict.fromkeys(filter(None, notes)))}"]
    if place is not None:
        return what
    return what + [f"{capital(plain(each))}: {_like(society)}." for each, society in contexts.items()]


def _like(society: Parameters) -> str:
    """Describe a context."""
    money_for, posts = society.incentives.patronage, society.incentives.merit_protection
    return (
        f"{_step(money_for, ('little', 'some', 'much', 'very much'))} money for patronage, "
        f"{_step(posts, ('few', 'some', 'many', 'most'))} posts protected by merit, and "
        f"{100 * society.population.reform_minded_share:.0f} of 100 officials reform-minded at the start"
    )


def _step(value: float, words: Sequence[str]) -> str:
    return words[sum(value > end for end in (0.2, 0.4, 0.6))]


def question(comparison: Comparison, place: "Place | None" = None) -> str:
    """Return the question that a comparison answers."""
    names, outcome = _packages(comparison), comparison.asked
    verb = {1: "raise", -1: "lower", 0: "change"}[outcome.better]
    contexts = list(comparison.contexts)
    where = place.profile.name if place else plain(contexts[0]) if len(contexts) == 1 else f"{_word(contexts)} contexts"
    where += f" within {years(comparison.contexts[contexts[0]].months)}"
    if len(names) == 1:
        return f"Does {plain(names[0])} {verb} {lower(outcome)} in {where}?"
    most = "most" if outcome.better else "how"
    return f"Which of {_word(names)} packages {verb}s {lower(outcome)} {most} in {where}?"


def _chosen(comparison: Comparison, advice: Recommendation) -> str:
    """State which package to choose, and what this package does."""
    outcome, names = comparison.asked, _packages(comparison)
    if not advice.package:
        return _nothing_chosen(comparison, advice)
    rows = _main(comparison, advice.package)
    verb = "raises" if outcome.better > 0 else "lowers"
    does = f"in the model it {verb} {lower(outcome)} by {_sizes(comparison, rows, advice.better)}"
    if advice.as_good:
        same = "hardly differ" if advice.is_equal else "the simulations cannot tell apart"
        costs = mean_costs(comparison)
        cheaper = "the cheaper" if len(advice.as_good) == 1 else "the cheapest"
        cheaper = cheaper if all(costs[advice.package] < costs[name] for name in advice.as_good) else "one"
        others = named(advice.as_good)
        what = f"{cheaper} of {_word([0, *advice.as_good])} that {same} (the other: {others})"
        what = what.replace("the other:", "the others:") if len(advice.as_good) > 1 else what
        return f"Choose {plain(advice.package)}, {what}; {does}."
    more = ""
    if len(names) > 1 and advice.alone:
        where = "in each" if len(advice.alone) > 1 else "there" if len(comparison.contexts) > 1 else ""
        rest = "the other package" if len(names) == 2 else f"any of the other {_word(names[1:])} packages"
        if len(advice.alone) != len(advice.better):
            where = f"in {named_contexts(advice.alone)}"
        more = f", more than {rest} {where}".rstrip()
    return f"Choose {plain(advice.package)}: {does}{more}."


def _sizes(comparison: Comparison, rows: pd.DataFrame, contexts: Sequence[str]) -> str:
    """Return the sizes of differences, one by one for up to three contexts, or else as a range."""
    outcome = comparison.asked
    rows = rows[rows["context"].isin(contexts)]
    span = span_of(rows["difference"], outcome)
    if len(comparison.contexts) == 1 or len(rows) > _NAMED or " to " not in span:
        return f"{span}{unit_of(outcome)}{_where(comparison, contexts)}"
    rows = rows.sort_values("difference", key=abs, ascending=False, kind="stable")
    first, *rest = [f"{roughly(row.difference, outcome)}{{}} in {plain(row.context)}" for row in lines(rows)]
    return listed([first.format(unit_of(outcome)), *(each.format("") for each in rest)])


def _nothing_chosen(comparison: Comparison, advice: Recommendation) -> str:
    outcome, names = comparison.asked, _packages(comparison)
    what = lower(outcome)
    if not outcome.better:
        sizes = [f"{plain(name)} by {span_of(_main(comparison, name)['difference'], outcome, True)}" for name in names]
        return (
            f"None is recommended, since neither more nor less is good in itself; they change {what}"
            f"{unit_of(outcome)}: {listed(sizes)}."
        )
    if advice.harmful:
        return _harm(comparison, advice)
    if is_negligible_everywhere(comparison, names):
        them = plain(names[0]) if len(names) == 1 else "neither package" if len(names) == 2 else "no package"
        does = "makes no difference that matters" if len(names) == 1 else "makes a difference that matters"
        return (
            f"Choose {'it' if len(names) == 1 else 'among them'} for reasons other than {what}: in the model, {them} "
            f"{does} (more than {amount_of(outcome.negligible, outcome)})."
        )
    best: Any = comparison.main.sort_values("difference", ascending=outcome.better < 0).iloc[0]
    size = near(best.difference, outcome, True)
    low, high = (near(end, outcome, True) for end in (best.low_all, best.high_all))
    none, one = (called(names[0]), "it") if len(names) == 1 else ("any package", "one")
    none = "either package" if len(names) == 2 else none
    where = f" in {plain(best.context)}, where it is best" if len(comparison.contexts) > 1 else ""
    first = "The average difference is" if len(names) == 1 else f"{capital(called(best.package))} comes first with"
    return (
        f"Do not count on {none} for {what}: in the model it is unclear whether {one} changes it by more than the "
        f"{amount_of(outcome.negligible, outcome)} that counts as negligible{_of_scale(outcome)}. {first} {size}"
        f"{where} (95 % interval {low} to {high}){_alike(comparison, names)}."
    )


def _of_scale(outcome: Outcome) -> str:
    return unit_of(outcome) if outcome.unit == "0 to 1" else ""


def _alike(comparison: Comparison, names: Sequence[str]) -> str:
    """State that two packages hardly differ, if this holds in every context."""
    if len(names) != 2:
        return ""
    ends = [abs(end) for context in comparison.contexts for end in shortfall(comparison, context, *names)]
    if max(ends) > comparison.asked.negligible:
        return ""
    return f"; the two differ by at most {roughly(max(ends), comparison.asked)}"


def _harm(comparison: Comparison, advice: Recommendation) -> str:
    """State which packages do harm and by how much, and that no other package helps."""
    outcome, harm = comparison.asked, []
    for name in advice.harmful:
        rows = _main(comparison, name)
        rows = rows[rows["verdict"] == WORSE]
        where = _where(comparison, tuple(rows["context"]))
        harm.append(f"{called(name)} by {span_of(rows['difference'], outcome)}{where}")
    verb, scale = "lowers" if outcome.better > 0 else "raises", unit_of(outcome)
    does = f"{verb} {lower(outcome)}"
    others = [name for name in _packages(comparison) if name not in advice.harmful]
    rest = f"; {named(others)} {'is' if len(others) == 1 else 'are'} not clearly better than doing nothing"
    if len(harm) == 1:
        said = harm[0].removeprefix(called(advice.harmful[0])).lstrip()
        return (
            f"Do not choose {named(advice.harmful)}: in the model, this {does} {said}{scale}{rest if others else ''}."
        )
    does = does.replace("lowers", "lower").replace("raises", "raise")
    rest = rest if others else ""
    names = [called(name) for name in advice.harmful]
    none = " nor ".join(["neither " + names[0], *names[1:]]) if len(names) == 2 else f"none of {listed(names)}"
    return f"Choose {none}: in the model they {does}{scale}, {listed(harm)}{rest}."


def _how_sure(comparison: Comparison, advice: Recommendation) -> str:
    """State how sure the answer is within the model, and whether field studies have found effects of this size."""
    outcome, seeds = comparison.asked, len(comparison.seeds)
    if not advice.package and not (advice.harmful and outcome.better):
        told = comparison.main["verdict"]
        if len(told) == 1:
            only = _main(comparison, _packages(comparison)[0])
            return f"How sure: {judgement(only, outcome, seeds)}."
        open_, nothing = (told == UNCLEAR).sum(), told.isin({*UNTOLD} - {UNCLEAR}).sum()
        parts = [f"it is unclear in {counts(open_, len(told))} whether the difference matters"] if open_ else []
        parts += [f"none that matters is found in {counts(nothing, len(told))}"] if nothing else []
        said = listed(parts) if outcome.better and parts else "intervals are in the annex"
        return f"How sure: each comparison has {seeds} simulated societies; {said}."
    package, contexts = advice.package, advice.better
    rows = _main(comparison, package)
    rows = rows[rows["context"].isin(contexts)]
    if not package:
        rows = comparison.main[comparison.main["verdict"] == WORSE]
        package, contexts = advice.harmful[0], tuple(dict.fromkeys(rows["context"]))
    what = "it" if advice.package or len(advice.harmful) == 1 else "they"
    sure = judgement(rows, outcome, seeds, (what, "doing nothing"))
    return f"How sure: {sure}{_against_the_field(comparison, package, contexts)}."


def _against_the_field(comparison: Comparison, package: str, contexts: Sequence[str]) -> str:
    """Compare the size of an effect on service quality with the sizes found in field studies."""
    if comparison.outcome != "quality":
        return "; no interval covers whether the model is right"
    sizes = comparison.sizes[comparison.sizes["package"] == package]
    sizes = sizes[sizes["context"].isin(contexts)]
    if sizes["size"].isna().any():
        return "; districts do not differ here, so it cannot be compared with field studies"
    size = span_of(sizes["size"].abs(), OUTCOME["quality"], digits=2 if sizes["size"].abs().max() < 1 else 1)
    after = f"after {years(int(sizes['months'].max()))} it is {size} standard deviations of districts"
    found = f"field studies find gains of {FIELD[0]} to {FIELD[1]}"
    if sizes["beyond"].any():
        return f". But {after}, where {found}: trust the direction and the order more than the size"
    return f"; {after}, where {found}"


def _what_would_change(comparison: Comparison, advice: Recommendation, currency: str) -> str:
    """State in which contexts and with which budget another choice would be right."""
    if not advice.package:
        return _what_would_help(comparison, advice)
    parts = []
    cheaper = _cheaper(comparison, advice, currency)
    if cheaper:
        parts.append(cheaper)
    for context, other in advice.elsewhere.items():
        verdict = verdicts(comparison, advice.package)[context]
        if other:
            does = "does more" if verdict == BETTER else f"is better, while {plain(advice.package)} is {verdict} there"
            parts.append(f"in {plain(context)}, {plain(other)} {does}")
        else:
            parts.append(f"in {plain(context)}, no package is clearly better than doing nothing")
    harm = ""
    if advice.harmful:
        does, them = ("does", "it") if len(advice.harmful) == 1 else ("do", "them")
        harm = f" {capital(named(advice.harmful))} {does} harm; leave {them} out."
    if not parts:
        nothing = "nothing that was compared here; no cheaper package clearly gains enough to matter"
        return f"What would change it: {nothing}.{harm}"
    return f"What would change it: {'; '.join(parts)}.{harm}"


def _what_would_help(comparison: Comparison, advice: Recommendation) -> str:
    names, seeds = _packages(comparison), len(comparison.seeds)
    if advice.harmful and comparison.asked.better:
        return (
            "What would change it: another goal, or other settings of the package. More simulations will not turn a "
            "clear loss into a gain."
        )
    if is_negligible_everywhere(comparison, names):
        return "What would change it: a context in which they matter, or a goal for which smaller effects count."
    return (
        f"What would change it: more simulations. Four times as many (seeds={4 * seeds} in the command) halve the "
        "intervals."
    )


def _cheaper(comparison: Comparison, advice: Recommendation, currency: str) -> str:
    """State what a smaller budget buys in each context where the package is better than doing nothing."""
    bought: dict[str, list[str]] = {}
    for context in advice.better:
        steps = _best_buys(comparison, context)
        steps = steps[steps["budget"] < _cost(comparison, context, advice.package)]
        if steps.empty:
            continue
        last: Any = steps.iloc[-1]
        gain = f"{roughly(last.effect, comparison.asked)}{unit_of(comparison.asked, False)}"
        price = per_district(last.budget, comparison.contexts[context], currency, False)
        where = f"in {plain(context)} " if len(comparison.contexts) > 1 else ""
        bought.setdefault(str(last.package), []).append(f"{where}(a gain of {gain} for {price})")
    if not bought:
        return ""
    context = _where_most(comparison, advice)
    own = per_district(_cost(comparison, context, advice.package), comparison.contexts[context], currency)
    return f"with less than {own}, the best buy is " + ", and ".join(
        f"{plain(name)} {listed(places)}" for name, places in bought.items()
    )


def _best_buys(comparison: Comparison, context: str) -> pd.DataFrame:
    """Return the best buy for each budget in a context, among packages that are better than doing nothing there."""
    rows = in_context(comparison.main, context)
    costs = in_context(comparison.costs, context).sort_values(["cost", "effect"], ascending=[True, False])
    steps, gained = [], 0.0
    for row in lines(costs[costs["package"].isin(rows[rows["verdict"] == BETTER]["package"])]):
        if row.effect > gained + comparison.asked.negligible:
            steps.append((row.cost, row.package, row.effect))
            gained = row.effect
    return pd.DataFrame(steps, columns=["budget", "package", "effect"])


def _scale(comparison: Comparison, advice: Recommendation) -> str:
    """Explain the size of an effect by comparing it with the differences between districts."""
    outcome = comparison.asked
    of_contexts = " Ranges run over the contexts." if len(advice.better or comparison.contexts) > 1 else ""
    if outcome.unit != "0 to 1" or outcome.name != "quality":
        least = f"{roughly(outcome.negligible, outcome)}{unit_of(outcome)}"
        return f"A difference of up to {least} either way counts as negligible.{of_contexts}"
    spread = float(comparison.sizes["spread"].mean()) if len(comparison.sizes) else 0.0
    if not spread > 0:
        return f"Service quality goes from 0 (the worst service) to 1 (the best).{of_contexts}"
    rows = _main(comparison, _spoken_of(comparison, advice))
    own: Any = rows.iloc[int(rows["difference"].abs().argmax())]
    passes = "overtakes" if own.difference > 0 else "falls behind"
    return (
        f"For scale: service quality goes from 0 to 1, and districts differ by {spread:.3f} (standard deviation). "
        f"Among 100 districts, a middling one with 0.1 more overtakes {overtaken(0.1 / spread)} of the 50 that are "
        f"better; with {near(own.difference, outcome, True)}, it {passes} {overtaken(abs(own.difference) / spread)}. A "
        f"difference of up to {roughly(outcome.negligible, outcome)} counts as negligible.{of_contexts} A simulated "
        "society is one run of the model with its own luck."
    )


_PEOPLE = {
    "quality": "Quality as citizens get it (above: as districts provide it)",
    "served": "Those whose routine needs are met",
    "engaged": "Those who take part in a month",
}
"""Outcomes that the brief states for the poorest and the better-off third."""


def _people(comparison: Comparison, advice: Recommendation) -> list[str]:
    """State who gains and who loses with the recommended package; if there is none, with the harmful or leading one."""
    package = _spoken_of(comparison, advice)
    contexts = advice.better or tuple(comparison.contexts)
    groups = comparison.groups[comparison.groups["package"] == package]
    groups = groups[groups["context"].isin(contexts)]
    known = {outcome.name: outcome for outcome in comparison.groups_of_people}
    said, told = [], set()  # outcomes that a third clearly loses, by context
    for outcome, what in _PEOPLE.items():
        names = [f"{outcome}_{third}_vulnerable" for third in ("most", "least")]
        mine = [groups[groups["outcome"] == name] for name in names]
        poor, others = (_gained(rows, known[name]) for rows, name in zip(mine, names, strict=True))
        said.append(f"{what}: {poor} in the poorest third, {others} in the better-off third.")
        told |= {(context, outcome) for rows in mine for context in rows[rows["verdict"] == WORSE]["context"]}
    rows = comparison.differences[comparison.differences["package"] == package]
    narrowing = [gap_said(in_context(rows, context), in_context(groups, context)) for context in contexts]
    said += [sentence for sentence in dict.fromkeys(narrowing) if sentence]
    worse = rows[(rows["verdict"] == WORSE) & (rows["outcome"] != comparison.outcome)]
    worse = worse[~pd.MultiIndex.from_frame(worse[["context", "outcome"]]).isin(list(told))]
    if FORMED in set(worse["outcome"]):
        worse = worse[worse["outcome"] != "coalition_wait"]
    of = {outcome.name: outcome for outcome in comparison.outcomes}
    lost = [
        f"{lower(of[str(name)])} ({span_of(part['difference'], of[str(name)], True)}{_unit(of[str(name)])}"
        f"{'' if len(comparison.contexts) == 1 else f', in {counts(len(part), len(comparison.contexts))} contexts'})"
        for name, part in worse.groupby("outcome", sort=False)
    ]
    said.append(f"What gets worse: {listed(lost)}." if lost else "No other outcome gets clearly worse.")
    return said


def _unit(outcome: Outcome) -> str:
    return " of 1" if outcome.unit in {"0 to 1", "believed chance"} else unit_of(outcome)


def gap_said(rows: pd.DataFrame, groups: pd.DataFrame) -> str:
    """State that a gap in service quality narrows only because the better-off lose, if this is the case.

    Parameters
    ----------
    rows, groups : DataFrame
        Rows of one package in one context, from ``analysis.differences.compare``.
    """
    verdict = rows.set_index("outcome")["verdict"]
    mine = groups.set_index("outcome")
    if verdict.get("quality_gap") != BETTER:
        return ""
    poor, others = (mine.loc[f"quality_{group}_vulnerable"] for group in ("most", "least"))
    if others["verdict"] == WORSE and poor["verdict"] != BETTER:
        all_lose = "everybody is worse off, and the better-off lose most"
        why = all_lose if poor["difference"] < 0 else "the better-off lose"
        return f"The gap between poor and better-off narrows only because {why}."
    return ""


def _costs(comparison: Comparison, advice: Recommendation, currency: str) -> list[str]:
    """State what the package costs, what less money would buy, and where the costs come from."""
    package = _spoken_of(comparison, advice)
    context = _where_most(comparison, advice)
    society = comparison.contexts[context]
    cost = _cost(comparison, context, package)
    said = [
        f"{capital(plain(package))}: {per_district(cost, society, currency)}, or {money(cost, currency)} for "
        f"{several(society.population.districts, 'district')} over {years(society.months)}."
    ]
    entries = [entry for each in comparison.packages[context] if each.name == package for entry in each.interventions]
    if any(entry.when is not None for entry in entries):
        said.append("It starts in each district only when a condition is met, so this is the most that it can cost.")
    if not advice.package:
        others = [name for name in _packages(comparison) if name != package][:_OTHERS]
        costs = [(name, _cost(comparison, context, name)) for name in others]
        said += [f"{capital(plain(name))}: {per_district(each, society, currency)}." for name, each in costs]
    steps = _best_buys(comparison, context)
    steps = steps[steps["package"] != package]
    where = f" in {plain(context)}" if len(comparison.contexts) > 1 else ""
    if len(steps) and advice.package:
        bought = [f"{plain(row.package)} from {per_district(row.budget, society, currency, False)}" for row in
                  lines(steps.head(4))]  # fmt: skip
        said.append(
            f"Best buys for other budgets{where}, per district and year: {listed(bought)}; "
            "a more expensive package is listed only if its extra gain matters."
        )
    entries = [entry for some in comparison.packages.values() for each in some for entry in each.interventions]
    sources = {(entry.name, entry.cost, entry.cost_source) for entry in entries}
    assumed = sum(source.lstrip().lower().startswith("assumption") for _, _, source in sources)
    if sources:
        be = "is an assumption" if assumed == 1 else "are assumptions"
        of_costs = f"{capital(counts(assumed, len(sources)))} prices behind these costs {be}."
        alone = "The cost is an assumption." if assumed else "The annex has the source of the cost."
        said.append(of_costs if len(sources) > 1 else alone)
    return said


def _find_out(found: Any, advice: Recommendation) -> str:
    """State what to find out first, judging by the uncertain contexts, the grid of contexts or the named contexts."""
    comparison = found.comparison
    if not comparison.asked.better:
        return f"Neither more nor less is good in itself ({lower(comparison.asked)}), so no package is the best choice."
    if found.robustness is not None:
        return find_out_first(found.robustness)
    if found.tried is not None and not advice.package:
        return _where_one_helps(found.tried)
    if found.tried is not None and found.tried.information is not None:
        return find_out_first(found.tried)
    if len(comparison.contexts) > 1 and advice.package:
        size = span_of(_main(comparison, advice.package)["difference"], comparison.asked, True)
        return (
            f"Which context is yours: the gain of {plain(advice.package)} runs from {size} across these. To learn what "
            "matters most in it, add uncertain.contexts=200 to the command."
        )
    return "Not tested; add uncertain.contexts=200 to the command."


def _where_one_helps(tried: "Robustness") -> str:
    """If no package is recommended, state in how many contexts of the grid one beats doing nothing."""
    found, whole = tried.intervals, len(tried.points)
    assert found is not None  # noqa: S101 - a grid has two seeds or more
    if tried.seeds < LEAST_DIFFERING:
        need = f"{LEAST_DIFFERING} or more (unknowns)"
        return f"{tried.seeds} seeds for each context cannot show where a package helps; this takes {need}."
    helped = found[found["verdict"] == BETTER]
    if helped.empty:
        return (
            f"Nothing that was varied: in none of the {whole} contexts tried is any package clearly better "
            "than doing nothing."
        )
    package = str(helped["package"].mode().iloc[0])
    often = counts(int((helped["package"] == package).sum()), whole)
    return (
        f"Which context is yours: in {often} contexts tried, {plain(package)} is clearly better than doing "
        "nothing. The annex lists them."
    )


def per_district(cost: float, society: Parameters, currency: str, in_full: bool = True) -> str:
    """Return a cost per district and year, averaged over all districts and all simulated years."""
    value = cost / society.population.districts / (society.months / 12)
    return f"{money(value, currency)} per district and year" if in_full else money(value, currency)


def chart_title(comparison: Comparison) -> str:
    """Return one sentence on what the chart of a brief shows, for readers who cannot see it."""
    advice, outcome = recommend(comparison), lower(comparison.asked)
    if advice.package:
        where = _where(comparison, advice.better)
        return f"{capital(plain(advice.package))} is recommended: better than doing nothing in {outcome}{where}"
    if advice.harmful:
        return f"{capital(named(advice.harmful))}: worse than doing nothing in {outcome}"
    return f"No package is clearly better than doing nothing in {outcome}"


def named_contexts(contexts: Sequence[str]) -> str:
    """List contexts in a sentence."""
    return listed([plain(context) for context in contexts])


def _main(comparison: Comparison, package: str) -> pd.DataFrame:
    return comparison.main[comparison.main["package"] == package]


def _cost(comparison: Comparison, context: str, package: str) -> float:
    return float(in_context(comparison.costs, context).set_index("package")["cost"][package])


def _where_most(comparison: Comparison, advice: Recommendation) -> str:
    """Return the context in which a package has the largest effect, or the first context if none is recommended."""
    if not advice.package:
        return next(iter(comparison.contexts))
    rows = _main(comparison, advice.package)
    rows = rows[rows["context"].isin(advice.front)]
    return str(rows["context"].iloc[int(rows["difference"].abs().argmax())])


def _spoken_of(comparison: Comparison, advice: Recommendation) -> str:
    """Return the recommended package; if there is none, the harmful package; without either, the highest-ranked one."""
    if advice.package or advice.harmful:
        return advice.package or advice.harmful[0]
    return str(comparison.main.sort_values("difference", ascending=comparison.asked.better < 0).iloc[0]["package"])


def _gained(rows: pd.DataFrame, outcome: Outcome) -> str:
    if set(rows["verdict"]) <= {*UNTOLD}:
        is_small = set(rows["verdict"]) <= {NEGLIGIBLE, *IDLE_BECAUSE}
        return "no change that matters" if is_small else "no clear change"
    low, high = rows["difference"].min(), rows["difference"].max()
    if outcome.unit != "share" or low < 0 < high:
        return f"{span_of(rows['difference'], outcome, True)}{unit_of(outcome, False)}"
    return f"{span_of(rows['difference'], outcome)} {'more' if high > 0 else 'fewer'} of 100 people"


def _where(comparison: Comparison, contexts: Sequence[str]) -> str:
    """Return a phrase that names the contexts in which something holds; empty if there is only one context."""
    if len(comparison.contexts) == 1:
        return ""
    if len(contexts) == len(comparison.contexts):
        return " in both contexts" if len(contexts) == 2 else f" in all {_word(contexts)} contexts"
    return f" in {named_contexts(contexts)}"


def _packages(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(comparison.differences["package"]))


def _word(things: Sequence[Any]) -> str:
    return _WORDS[len(things)] if len(things) < len(_WORDS) else str(len(things))
