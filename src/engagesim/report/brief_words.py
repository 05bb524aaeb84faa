"""The brief: what a comparison says on one page, in words that a minister's adviser can use at once.

Every place that sums a comparison up takes its words from here: the first page of the report, ``brief.pdf`` and
``brief.docx``, what ``engagesim compare`` prints in the end, and the dashboard.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import BETTER, NEGLIGIBLE, UNTOLD, WORSE
from engagesim.analysis.field import FIELD, overtaken
from engagesim.analysis.outcomes import Outcome
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
from engagesim.report.comparison_words import (
    IDLE_BECAUSE,
    OUTCOME,
    amount_of,
    counts,
    in_context,
    judgement,
    lines,
    lower,
    money,
    named,
    roughly,
    span_of,
    unit_of,
    years,
)
from engagesim.report.place_words import NOT_A_FORECAST
from engagesim.report.text import capital, listed, plain, several
from engagesim.study.intervention_packages import BASELINE

if TYPE_CHECKING:
    from engagesim.analysis.robustness import Robustness
    from engagesim.places.stored import Place

CAVEAT = (
    "This is a simulation, not a forecast: it was calibrated to documented findings, of which it misses some, and "
    "describes no particular place. The order of packages, and where they work, is safer to use than the sizes."
)

_OTHERS = 3
"""Costs of other packages that are given where none is recommended."""

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Brief(NamedTuple):
    """What stands on page one.

    Attributes
    ----------
    question : str
        The heading.
    sentences : tuple of str
        The answer: what to choose and what it does; how sure that is; what would change it.
    scale : str
        What the sizes are like.
    people, costs : sequence of str
        Who gains and who loses; what it costs.
    find_out : str
        What to find out first.
    caveat : str
    """

    question: str
    sentences: tuple[str, str, str]
    scale: str
    people: Sequence[str]
    costs: Sequence[str]
    find_out: str
    caveat: str


def brief(found: Any) -> Brief:
    """Return the brief of a comparison; ``found`` as ``comparison_page.Findings``."""
    comparison, advice = found.comparison, recommend(found.comparison)
    return Brief(
        question(comparison, found.place),
        (
            _chosen(comparison, advice),
            _how_sure(comparison, advice),
            _what_would_change(comparison, advice, found.currency),
        ),
        _scale(comparison),
        _people(comparison, advice),
        _costs(comparison, advice, found.currency),
        _find_out(found, advice),
        CAVEAT if found.place is None else f"{NOT_A_FORECAST} {found.place.profile.standing_for}",
    )


def question(comparison: Comparison, place: "Place | None" = None) -> str:
    """Return the question of a comparison."""
    names, outcome = _packages(comparison), comparison.asked
    verb = {1: "raise", -1: "lower", 0: "change"}[outcome.better]
    contexts = list(comparison.contexts)
    where = place.profile.name if place else plain(contexts[0]) if len(contexts) == 1 else f"{_word(contexts)} contexts"
    if len(names) == 1:
        return f"Does {plain(names[0])} {verb} {lower(outcome)} in {where}?"
    most = "most" if outcome.better else "how"
    return f"Which of {_word(names)} packages {verb}s {lower(outcome)} {most} in {where}?"


def _chosen(comparison: Comparison, advice: Recommendation) -> str:
    """Say what to choose, and what it does."""
    outcome, names = comparison.asked, _packages(comparison)
    if not advice.package:
        return _nothing_chosen(comparison, advice)
    rows = _main(comparison, advice.package)
    size = span_of(rows[rows["context"].isin(advice.better)]["difference"], outcome)
    verb = "raises" if outcome.better > 0 else "lowers"
    where = _where(comparison, advice.better)
    does = f"in the model it {verb} {lower(outcome)} by {size}{unit_of(outcome)}{where}"
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
    if len(names) > 1:
        front = "in each of them" if len(advice.front) > 1 else "there" if len(comparison.contexts) > 1 else ""
        rest = "the other package" if len(names) == 2 else f"any of the other {_word(names[1:])}"
        if len(advice.front) != len(advice.better):
            front = f"in {named_contexts(advice.front)}"
        more = f", more than {rest} {front}".rstrip()
    return f"Choose {plain(advice.package)}: {does}{more}."


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
            f"Choose {'it' if len(names) == 1 else 'among them'} for other reasons than {what}: in the model, {them} "
            f"{does} (more than {amount_of(outcome.negligible, outcome)})."
        )
    best: Any = comparison.main.sort_values("difference", ascending=outcome.better < 0).iloc[0]
    low, high = (roughly(end, outcome, True) for end in (best.low_all, best.high_all))
    none = plain(names[0]) if len(names) == 1 else "either package" if len(names) == 2 else "any package"
    return (
        f"Do not count on {none} for {what}: the simulations leave open whether {'it' if len(names) == 1 else 'one'} "
        f"makes a difference that matters (more than {amount_of(outcome.negligible, outcome)}); {plain(best.package)} "
        f"{'gains' if len(names) == 1 else 'comes first with'} {roughly(best.difference, outcome, True)}"
        f"{unit_of(outcome)}, 95 % interval {low} to {high}{_alike(comparison, names)}."
    )


def _alike(comparison: Comparison, names: Sequence[str]) -> str:
    """Say that two packages hardly differ from one another, where that is so in every context."""
    if len(names) != 2:
        return ""
    ends = [abs(end) for context in comparison.contexts for end in shortfall(comparison, context, *names)]
    if max(ends) > comparison.asked.negligible:
        return ""
    return f", and the two differ from one another by at most {roughly(max(ends), comparison.asked)}"


def _harm(comparison: Comparison, advice: Recommendation) -> str:
    """Say which packages do harm, how much, and that no other helps."""
    outcome, harm = comparison.asked, []
    for name in advice.harmful:
        rows = _main(comparison, name)
        rows = rows[rows["verdict"] == WORSE]
        where = _where(comparison, tuple(rows["context"]))
        harm.append(f"{plain(name)} by {span_of(rows['difference'], outcome)}{where}")
    verb, scale = "lowers" if outcome.better > 0 else "raises", unit_of(outcome)
    does = f"{verb} {lower(outcome)}"
    others = [name for name in _packages(comparison) if name not in advice.harmful]
    rest = f"; {named(others)} {'is' if len(others) == 1 else 'are'} not clearly better than doing nothing"
    if len(harm) == 1:
        said = harm[0].removeprefix(plain(advice.harmful[0])).lstrip()
        return (
            f"Do not choose {named(advice.harmful)}: in the model, this {does} {said}{scale}{rest if others else ''}."
        )
    does = does.replace("lowers", "lower").replace("raises", "raise")
    rest = rest if others else ""
    return f"Choose none of {named(advice.harmful)}: in the model they {does}{scale}: {listed(harm)}{rest}."


def _how_sure(comparison: Comparison, advice: Recommendation) -> str:
    """Say how sure that is within the model, and whether the size is one that field studies know."""
    outcome, seeds = comparison.asked, len(comparison.seeds)
    if not advice.package and not (advice.harmful and outcome.better):
        told = comparison.main["verdict"]
        parts = [
            f"{counts((told == verdict).sum(), len(told))} {verdict}" for verdict in UNTOLD if verdict in set(told)
        ]
        if len(told) == 1:
            only = _main(comparison, _packages(comparison)[0])
            return f"How sure: {judgement(only, outcome, seeds)}."
        said = f"the verdicts are: {listed(parts)}" if outcome.better else "intervals are in the annex"
        return (
            f"How sure: with {seeds} simulated societies for each comparison, {said}, where up to "
            f"{amount_of(outcome.negligible, outcome)} either way counts as negligible."
        )
    package, contexts = advice.package, advice.better
    if not package:
        package = advice.harmful[0]
        contexts = tuple(context for context, verdict in verdicts(comparison, package).items() if verdict == WORSE)
    rows = _main(comparison, package)
    what = "it" if advice.package or len(advice.harmful) == 1 else plain(package)
    sure = judgement(rows[rows["context"].isin(contexts)], outcome, seeds, (what, "nothing"))
    return f"How sure: {sure}{_against_the_field(comparison, package, contexts)}."


def _against_the_field(comparison: Comparison, package: str, contexts: Sequence[str]) -> str:
    """Say whether an effect on service quality is larger than field studies have found."""
    if comparison.outcome != "quality":
        return "; no interval covers whether the model is right"
    sizes = comparison.sizes[comparison.sizes["package"] == package]
    sizes = sizes[sizes["context"].isin(contexts)]
    if sizes["size"].isna().any():
        return "; districts do not differ here, so it cannot be set beside field studies"
    size = span_of(sizes["size"].abs(), OUTCOME["quality"], digits=2 if sizes["size"].abs().max() < 1 else 1)
    after = f"{size} standard deviations of districts after {years(int(sizes['months'].max()))}"
    if sizes["beyond"].any():
        return (
            f"; but {after} is more than field studies have found ({FIELD[0]} to {FIELD[1]}), so trust the order and "
            "not the size"
        )
    return f"; {after} is within what field studies have found ({FIELD[0]} to {FIELD[1]})"


def _what_would_change(comparison: Comparison, advice: Recommendation, currency: str) -> str:
    """Say in which contexts, and with which budget, another choice would be right."""
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
            parts.append(f"in {plain(context)}, no package is clearly better than nothing")
    if advice.harmful:
        parts.append(
            f"{named(advice.harmful)} {'does' if len(advice.harmful) == 1 else 'do'} harm and must be left out"
        )
    if not parts:
        return "What would change it: nothing that was compared here; no cheaper package gains an amount that matters."
    return f"What would change it: {'; '.join(parts)}."


def _what_would_help(comparison: Comparison, advice: Recommendation) -> str:
    names, seeds = _packages(comparison), len(comparison.seeds)
    if advice.harmful and comparison.asked.better:
        return (
            "What would change it: another goal, another context or other settings of the package; more seeds will not "
            "turn a clear loss into a gain."
        )
    if is_negligible_everywhere(comparison, names):
        return "What would change it: a context in which they matter, or a goal for which less still counts."
    return (
        f"What would change it: more seeds (seeds={4 * seeds} halves the intervals), or a context in which they do "
        "more."
    )


def _cheaper(comparison: Comparison, advice: Recommendation, currency: str) -> str:
    """Say what a smaller budget buys, in the context where the package does most."""
    context = _where_most(comparison, advice)
    society = comparison.contexts[context]
    steps = in_context(comparison.best_buy, context)
    own = _cost(comparison, context, advice.package)
    steps = steps[(steps["package"] != BASELINE) & (steps["budget"] < own)]
    if steps.empty:
        return ""
    last: Any = steps.iloc[-1]
    gain = f"{roughly(last.effect, comparison.asked)}{unit_of(comparison.asked, False)}"
    return (
        f"with less than {per_district(own, society, currency)}, {plain(last.package)} is the best buy "
        f"(a gain of {gain} for {per_district(last.budget, society, currency)}"
        f"{f', in {plain(context)}' if len(comparison.contexts) > 1 else ''})"
    )


def _scale(comparison: Comparison) -> str:
    """Say what a size is like."""
    outcome = comparison.asked
    if outcome.unit != "0 to 1" or outcome.name != "quality":
        return f"Up to {roughly(outcome.negligible, outcome)}{unit_of(outcome)} either way counts as negligible."
    spread = float(comparison.sizes["spread"].mean()) if len(comparison.sizes) else 0.0
    if not spread > 0:
        return "Service quality goes from 0 (the worst service) to 1 (the best)."
    passed = overtaken(0.1 / spread)
    return (
        f"What 0.1 more is like: service quality goes from 0 to 1, and districts differ by {spread:.2f} (standard "
        f"deviation); with 0.1 more, a middling district passes {passed} of 100 others. Up to "
        f"{roughly(outcome.negligible, outcome)} counts as negligible ({outcome.negligible / spread:.2f} standard "
        "deviations)."
    )


_PEOPLE = (
    ("Service quality", "quality_most_vulnerable", "quality_least_vulnerable"),
    ("Routine needs met", "served_most_vulnerable", "served_least_vulnerable"),
    ("Taking part", "engaged_most_vulnerable", "engaged_least_vulnerable"),
)


def _people(comparison: Comparison, advice: Recommendation) -> list[str]:
    """Say who gains and who loses with the package that is recommended; else with the one that harms or leads."""
    package = _spoken_of(comparison, advice)
    contexts = advice.better or tuple(comparison.contexts)
    groups = comparison.groups[comparison.groups["package"] == package]
    groups = groups[groups["context"].isin(contexts)]
    known = {outcome.name: outcome for outcome in comparison.groups_of_people}
    said = [f"With {plain(package)}:"] if not advice.package else []
    for what, poor, others in _PEOPLE:
        mine = [_gained(groups[groups["outcome"] == name], known[name]) for name in (poor, others)]
        said.append(f"{what}: the poorest third {mine[0]}, the better-off third {mine[1]}.")
    rows = comparison.differences[comparison.differences["package"] == package]
    rows = rows[rows["context"].isin(contexts)]
    narrowing = [gap_said(in_context(rows, context), in_context(groups, context)) for context in contexts]
    said += [sentence for sentence in dict.fromkeys(narrowing) if sentence]
    worse = rows[(rows["verdict"] == WORSE) & (rows["outcome"] != comparison.outcome)]
    of = {outcome.name: outcome for outcome in comparison.outcomes}
    lost = [
        f"{lower(of[str(name)])} ({span_of(part['difference'], of[str(name)], True)}{unit_of(of[str(name)], False)}"
        f"{'' if len(contexts) == 1 else f', in {counts(len(part), len(contexts))} contexts'})"
        for name, part in worse.groupby("outcome", sort=False)
    ]
    said.append(f"What gets worse: {listed(lost)}." if lost else "Nothing else that was compared gets clearly worse.")
    return said


def gap_said(rows: pd.DataFrame, groups: pd.DataFrame) -> str:
    """Say that a gap in service quality narrows only because the better-off lose, where that is so.

    Parameters
    ----------
    rows, groups : DataFrame
        Of one package in one context, as ``analysis.differences.compare`` gives them.
    """
    verdict = rows.set_index("outcome")["verdict"]
    mine = groups.set_index("outcome")
    if verdict.get("quality_gap") != BETTER:
        return ""
    poor, others = (mine.loc[f"quality_{group}_vulnerable"] for group in ("most", "least"))
    if others["verdict"] == WORSE and poor["verdict"] != BETTER:
        everybody = "everybody is worse off" if poor["difference"] < 0 else "the better-off lose"
        return f"The gap between poor and better-off narrows only because {everybody}, the better-off more."
    return ""


def _costs(comparison: Comparison, advice: Recommendation, currency: str) -> list[str]:
    """Say what the package costs, what less money buys, and what the costs rest on."""
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
        said.append("It waits for something in each district, so this is the most that it may cost.")
    if not advice.package:
        others = [name for name in _packages(comparison) if name != package][:_OTHERS]
        costs = [(name, _cost(comparison, context, name)) for name in others]
        said += [f"{capital(plain(name))}: {per_district(each, society, currency)}." for name, each in costs]
    steps = in_context(comparison.best_buy, context)
    steps = steps[(steps["package"] != BASELINE) & (steps["package"] != package)]
    where = f" ({plain(context)})" if len(comparison.contexts) > 1 else ""
    if len(steps) and advice.package:
        bought = [f"{plain(row.package)} from {per_district(row.budget, society, currency, False)}" for row in
                  lines(steps.head(4))]  # fmt: skip
        said.append(f"Best buys for other budgets, by district and year{where}: {listed(bought)}.")
    entries = [entry for some in comparison.packages.values() for each in some for entry in each.interventions]
    sources = {(entry.name, entry.cost, entry.cost_source) for entry in entries}
    assumed = sum(source.lstrip().lower().startswith("assumption") for _, _, source in sources)
    if sources:
        of_costs = f"{capital(counts(assumed, len(sources)))} costs that these packages use are assumptions."
        alone = "The cost is an assumption." if assumed else "The annex has the source of the cost."
        said.append(of_costs if len(sources) > 1 else alone)
    return said


def _find_out(found: Any, advice: Recommendation) -> str:
    """Say what to find out first: from uncertain contexts, from those of the sliders, or which context it is."""
    if found.robustness is not None:
        return find_out_first(found.robustness)
    comparison = found.comparison
    if found.sliders is not None and not advice.package and comparison.asked.better:
        return _where_one_helps(found.sliders)
    if found.sliders is not None and found.sliders.information is not None:
        return find_out_first(found.sliders)
    if len(comparison.contexts) > 1 and advice.package:
        size = span_of(_main(comparison, advice.package)["difference"], comparison.asked, True)
        return (
            f"Which context is yours: the gain of {plain(advice.package)} runs from {size} across these. To learn what "
            "matters most in it, add uncertain.contexts=200 to the command."
        )
    return "Not tested; add uncertain.contexts=200 to the command."


def _where_one_helps(sliders: "Robustness") -> str:
    """Say in how many contexts of the sliders a package is better than doing nothing, where none is recommended."""
    found, whole = sliders.intervals, len(sliders.points)
    assert found is not None  # noqa: S101 - sliders have two seeds or more
    helped = found[found["verdict"] == BETTER]
    if helped.empty:
        return (
            f"Nothing that was varied: in none of the {whole} contexts that were tried is any of them clearly better "
            "than doing nothing."
        )
    package = str(helped["package"].mode().iloc[0])
    often = counts(int((helped["package"] == package).sum()), whole)
    return (
        f"Which context is yours: in {often} contexts that were tried, {plain(package)} is clearly better than doing "
        "nothing. The annex lists them."
    )


def per_district(cost: float, society: Parameters, currency: str, in_full: bool = True) -> str:
    """Return a cost by district and year: over all districts, and all years that are simulated."""
    value = cost / society.population.districts / (society.months / 12)
    return f"{money(value, currency)} a district and year" if in_full else money(value, currency)


def chart_title(comparison: Comparison) -> str:
    """Return what the chart of a brief shows, in one sentence for those who cannot see it."""
    advice, outcome = recommend(comparison), lower(comparison.asked)
    if advice.package:
        where = _where(comparison, advice.front)
        return f"{capital(plain(advice.package))} is recommended: it is in front in {outcome}{where}"
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
    """Return the context in which a package does most; the first if none is recommended."""
    if not advice.package:
        return next(iter(comparison.contexts))
    rows = _main(comparison, advice.package)
    rows = rows[rows["context"].isin(advice.front)]
    return str(rows["context"].iloc[int(rows["difference"].abs().argmax())])


def _spoken_of(comparison: Comparison, advice: Recommendation) -> str:
    """Return the package that is recommended; else the one that harms, or the one that comes first."""
    if advice.package or advice.harmful:
        return advice.package or advice.harmful[0]
    return str(comparison.main.sort_values("difference", ascending=comparison.asked.better < 0).iloc[0]["package"])


def _gained(rows: pd.DataFrame, outcome: Outcome) -> str:
    if set(rows["verdict"]) <= {*UNTOLD}:
        is_small = set(rows["verdict"]) <= {NEGLIGIBLE, *IDLE_BECAUSE}
        return "gains and loses nothing that matters" if is_small else "shows no clear change"
    low, high = rows["difference"].min(), rows["difference"].max()
    if outcome.unit != "share" or low < 0 < high:
        return f"{span_of(rows['difference'], outcome, True)}{unit_of(outcome, False)}"
    return f"{span_of(rows['difference'], outcome)} {'more' if high > 0 else 'fewer'} of 100 people"


def _where(comparison: Comparison, contexts: Sequence[str]) -> str:
    """Return where something holds, as a part of a sentence; nothing if there is one context alone."""
    if len(comparison.contexts) == 1:
        return ""
    if len(contexts) == len(comparison.contexts):
        return " in both contexts" if len(contexts) == 2 else f" in all {_word(contexts)} contexts"
    return f" in {named_contexts(contexts)}"


def _packages(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(comparison.differences["package"]))


def _word(things: Sequence[Any]) -> str:
    return _WORDS[len(things)] if len(things) < len(_WORDS) else str(len(things))
