"""The page says what the comparison says, to everybody, and lets nothing in or out."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from engagesim import Parameters
from engagesim.analysis.comparison import compare_packages
from engagesim.analysis.information import value_of_information
from engagesim.analysis.outcomes import GROUPS, OUTCOMES, WATCHED
from engagesim.analysis.robustness import Question, Robustness, explore, grid_of_contexts
from engagesim.analysis.search import Search, Searched
from engagesim.parameters import Intervention
from engagesim.parameters.engagement import Worst
from engagesim.report.comparison_information import find_out_first
from engagesim.report.comparison_page import Asking, Findings, write_page
from engagesim.report.comparison_robustness import failures, in_short
from engagesim.report.comparison_search import summed_up
from engagesim.report.comparison_tables import schedule_tables
from engagesim.report.comparison_words import OUTCOME, amount, answer, change, likelihood, ranked, worth
from engagesim.society.boundaries import DistrictMap
from engagesim.study.description import Factor
from engagesim.study.intervention_packages import Package
from engagesim.study.observed import Observed

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

HOSTILE = "<script>alert('x')</script> & $x$"
SEEDS = range(1, 25)
VOID = {"meta", "link", "br", "img", "input", "hr"}
DRAWN = {"g", "defs", "path", "use", "circle", "rect", "line"}


def gaining(name, gain, cost=10.0):
    return Package(name=name, note=f"note of {name}", interventions=(
        Intervention(name=name, set={"incentives.merit_protection": gain}, cost=cost, cost_source=f"source {name}"),
    ))  # fmt: skip


HELPS, HARMS, NOTHING = gaining("helps_a_lot", 0.9, 50.0), gaining("does_harm", 0.1), gaining("no_change", 0.4)


def simulate(points, seeds):
    """Quality and taking part go with merit protection as the last package leaves it; trust goes against it."""
    metrics = np.full((len(points), len(seeds), 36, len(WATCHED)), 0.3)
    for p, point in enumerate(points):
        settings = [entry.set["incentives.merit_protection"] for entry in point.interventions]
        gain = (settings[-1] if settings else 0.4) - 0.4
        for s, seed in enumerate(seeds):
            noise = np.random.default_rng([seed, p]).normal(0, 0.02) * (gain != 0)
            for name, share in (("quality", 1.0), ("engaged_most_vulnerable", 0.5), ("trust", -1.0)):
                metrics[p, s, 24:, WATCHED.index(name)] += share * (gain + noise)
    return Observed(metrics, WATCHED, tuple(seeds))


def compared(*packages, contexts=("contested_reform",), outcome="quality"):
    start = Parameters().changed({"months": 36})
    return compare_packages(
        {name: start.changed({"incentives.patronage": 0.1 * n}) for n, name in enumerate(contexts)},
        dict.fromkeys(contexts, packages), SEEDS, outcome, simulate,
    )  # fmt: skip


def information(*names, slope=0.3, level=0.0):
    """The first package is best on average; above 0.6 of patronage, the last is, unless its level is lower."""
    unknowns = pd.DataFrame({"incentives.patronage": np.arange(40) / 40, "citizens.anger": np.tile([0.1, 0.2], 20)})
    gains = pd.DataFrame({"baseline": np.zeros(40)} | dict.fromkeys(names, np.full(40, -0.5)))
    gains[names[0]] = 0.05
    gains[names[-1]] = 0.05 + level + slope * (unknowns["incentives.patronage"] - 0.6)
    return value_of_information(unknowns, gains)


def robust(*names):
    shares = {"chance_better": 0.7, "harm_share": 0.25, "harm_low": 0.2, "harm_high": 0.3, "clear_harm_share": 0.1,
              "mean_regret": 0.05, "greatest_regret": 0.2, "best_share": 0.4, "good_enough_share": 0.6}  # fmt: skip
    rule = "patronage above 0.42 and <b>merit protection</b> below 0.3"
    columns = ["package", "rule", "coverage", "density", "failing"]
    gains = np.array([-0.1] * 10 + [0.02] * 2 + [0.3] * 28)  # in 12 of 40 contexts it fails, in 10 it harms
    return Robustness(
        question=Question(OUTCOMES[0], 0.05, 0.6),
        table=pd.DataFrame([{"package": name, **shares} for name in ("baseline", *names)]),
        contexts=40,
        seeds=3,
        factors=pd.DataFrame([("incentives.patronage", 0.0, 0.6)], columns=["path", "low", "high"]),
        failures=pd.DataFrame([(names[0], rule, 0.8, 0.65, 0.3)], columns=columns),
        points=pd.DataFrame(dict.fromkeys(names, gains)),
        information=information(*names),
    )


def searched(name, objectives=("quality", "quality_gap")):
    """Two packages that were lucky, the first more so."""
    rows = [
        {"package": f"found {letter}: {name}", "interventions": 1, "cost": 900.0, "unbeaten": True}
        | {f"{goal}{kind}": value - worse for goal in objectives
           for kind, value in (("_seemed", 0.3), ("", 0.2), ("_low", 0.15), ("_high", 0.25))}
        for letter, worse in (("A", 0.0), ("B", 0.1))
    ]  # fmt: skip
    tried = pd.DataFrame([{"package": name, "cost": 900.0, **dict.fromkeys(objectives, 0.3)}])
    return Searched(Search(objectives, tries=8), "contested_reform", pd.DataFrame(rows), tried, ())


class Reading(HTMLParser):
    """What a browser would make of a page: elements that close, identifiers, headings, words."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        assert tag in DRAWN

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, words):
        self.words.append(words)

    def of(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def mapped(comparison):
    """Maps of two districts, the first of which every package helps and the second none."""
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    names = ["baseline", *dict.fromkeys(comparison.differences["package"])]
    rows = [
        {"context": context, "package": name, "district": district, "quality": 0.4 + gain, "difference": gain}
        for context in comparison.contexts
        for name in names
        for district, gain in ((0, 0.0 if name == "baseline" else 0.07), (1, 0.0))
    ]
    where = DistrictMap((HOSTILE, "South"), [[square], [square + 1.0]])
    return {"districts": pd.DataFrame(rows), "maps": dict.fromkeys(comparison.contexts, where)}


@cache
def hostile_page():
    """A page with all that there can be on one, full of names that try to break out."""
    packages = (HELPS, HARMS, NOTHING, gaining(HOSTILE, 0.5))
    comparison = compared(*packages, contexts=("contested_reform", HOSTILE))
    found = Findings(comparison, robust("helps_a_lot", HOSTILE), searched(HOSTILE), sets=7, **mapped(comparison))
    with TemporaryDirectory() as folder:
        return write_page(found, f"Title {HOSTILE}", Path(folder)).read_text("utf-8")


@cache
def nine_page():
    """A page of nine packages in three contexts and over a grid of contexts, with room for a model."""
    packages = [gaining(f"package_number_{n}", 0.4 + 0.06 * n, 10.0 + n) for n in range(1, 10)]
    contexts = ("contested_reform", "clientelist_trap", "merit_state")
    comparison = compared(*packages, contexts=contexts)
    start = comparison.contexts["contested_reform"]
    factors = {
        name: Factor(path=f"incentives.{name}", low=low, high=high)
        for name, low, high in (("patronage", 0.1, 0.5), ("merit_protection", 0.1, 0.5), ("competition", 2.0, 16.0))
    }
    grid, question = grid_of_contexts(factors, 3), Question(comparison.asked, 0.05, 0.5)
    tried = explore(grid, [start], packages[-2:], question, simulate)
    asking = Asking(True, Markup('<h2 id="ask">Ask back</h2>'))
    with TemporaryDirectory() as folder:
        found = Findings(comparison, tried=tried, sets=7, asking=asking)
        return write_page(found, "Title", Path(folder)).read_text("utf-8")


@pytest.fixture(scope="module")
def written():
    return hostile_page()


@pytest.fixture(scope="module")
def reading(written):
    return Reading(written)


def test_text_from_configs_is_escaped_wherever_it_stands(written, reading):
    assert "<script" not in written.lower()
    assert "<b>" not in written
    assert f"Title {HOSTILE}" in reading.text
    assert f"source {HOSTILE}" in reading.text
    assert f"note of {HOSTILE}" in reading.text


def test_every_outcome_group_and_package_appears(reading):
    for found in (*OUTCOMES, *GROUPS):
        assert found.description in reading.text
    for name in ("helps a lot", "does harm", "no change", HOSTILE):
        assert name in reading.text


def test_the_page_is_well_formed_and_its_headings_are_in_order(reading):
    levels = [int(tag[1]) for tag, _ in reading.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert reading.of("html") == [{"lang": "en"}]


def test_identifiers_are_unique_and_every_reference_finds_one(written, reading):
    identifiers = [attributes["id"] for _, attributes in reading.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    referred = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)|aria-labelledby="([^"]*)"', written)
    assert {name for found in referred for names in found for name in names.split()} <= set(identifiers)


def test_every_figure_says_in_words_what_it_shows(written, reading):
    drawings = reading.of("svg")
    assert len(drawings) >= 2 * (len(OUTCOMES) + 3 + len(OUTCOMES) - 1 + 1)
    assert all(drawn["role"] == "img" and drawn["aria-labelledby"] for drawn in drawings)
    described = re.findall(r"<title[^>]*>([^<]+)</title><desc[^>]*>([^<]+)</desc>", written)
    assert len(described) == len(drawings)
    assert len({title for title, _ in described}) == len(described)


def test_nothing_is_loaded_and_nothing_runs(written, reading):
    for attributes in (attributes for _, attributes in reading.elements):
        assert not {"src", "srcset", "data", "action"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        assert all(str(attributes.get(name, "#")).startswith("#") for name in ("href", "xlink:href"))
    assert not reading.of("script", "link", "img", "iframe", "object")
    assert "@import" not in written
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", written))


def test_names_in_any_script_are_written_as_they_are(tmp_path):
    page = Reading(
        write_page(Findings(compared(gaining("социальный 審査", 0.9))), "Title", tmp_path).read_text("utf-8")
    )
    assert page.text.count("социальный 審査") > len(OUTCOMES)


def test_the_same_comparison_gives_the_same_bytes(tmp_path):
    pages = [write_page(Findings(compared(HELPS)), "Title", tmp_path / name).read_bytes() for name in ("one", "other")]
    assert pages[0] == pages[1]


def test_one_context_without_robustness_says_what_was_not_asked(tmp_path):
    page = Reading(write_page(Findings(compared(HELPS, HARMS)), "Title", tmp_path / "new").read_text("utf-8"))
    assert "Not tested" in page.text
    assert "simulated societies in one context," in page.text


def test_what_was_found_over_uncertain_contexts_stands_on_the_page(reading):
    assert "10 of 40 (8 to 12)" in reading.text
    assert "it fails in 10 of 15 such contexts, and 2 times elsewhere." in reading.text
    assert "Helps a lot fails in 12 of 40 contexts, mostly where:" in reading.text
    assert f"{HOSTILE} fails in 12 of 40 contexts; no simple condition describes them." in reading.text
    assert "Clearly worse than doing nothing in more contexts than chance explains: helps a lot and" in reading.text
    assert "Not tested." not in reading.text


def test_doing_nothing_is_the_safest_choice_where_packages_fall_further_short():
    made = robust("helps_a_lot")
    made.table.loc[0, "mean_regret"] = 0.0
    served = replace(made, question=made.question._replace(outcome=OUTCOME["served"]))
    said = in_short(served)[0].text
    assert "Over all of them, doing nothing is the safest choice for citizens whose routine need is met" in said
    assert "each context by 0 percentage points on average, and by 20.0 percentage points at worst" in said
    assert said.endswith("Helps a lot does worse than doing nothing in 10 of 40 contexts.")


@pytest.mark.parametrize(
    ("name", "level", "gain"),
    [("quality", "0.6", "0.05"), ("served", "60 %", "5 percentage points"),
     ("coalition_wait", "0.6 months", "0.05 months")],
)  # fmt: skip
def test_what_a_user_calls_enough_has_the_unit_of_the_outcome(name, level, gain, tmp_path):
    made = robust("helps_a_lot")
    asked = replace(made, question=made.question._replace(outcome=OUTCOME[name]))
    page = Reading(write_page(Findings(compared(HELPS, outcome=name), asked), "Title", tmp_path).read_text("utf-8"))
    assert f"is a level of {level}, set beforehand" in page.text
    assert f"if it gains less than {gain} over doing nothing" in page.text
    assert f"gains {gain} or more in 28" in page.text


@pytest.mark.parametrize(
    ("name", "least"), [("quality", "0.001"), ("served", "0.1 percentage points"), ("coalition_wait", "0.1 months")]
)
def test_next_to_nothing_is_worth_less_than_the_least_that_is_written(name, least):
    assert worth(1e-5, OUTCOME[name]) == f"less than {least}"


def test_conditions_that_hold_few_of_the_failures_are_not_said_to_hold_most():
    made = robust("helps_a_lot")
    few = replace(made, failures=made.failures.assign(coverage=0.25))
    assert failures(few)[0][1] == "fails in 12 of 40 contexts, among others where:"


@pytest.mark.parametrize(("gain", "said"), [(0.1, "fails in none of the 40"), (0.01, "fails in all 40")])
def test_where_a_package_never_or_always_fails_the_page_says_so(gain, said, tmp_path):
    made = robust("helps_a_lot")
    plain = replace(made, failures=made.failures.head(0), points=pd.DataFrame({"helps_a_lot": [gain] * 40}))
    page = Reading(write_page(Findings(compared(HELPS), plain), "Title", tmp_path).read_text("utf-8"))
    assert f"Helps a lot {said} contexts." in page.text


def test_what_a_search_found_stands_on_the_page_with_what_luck_had_added(reading):
    assert f"On fresh societies, found A: {HOSTILE} does best on service quality: +0.200" in reading.text
    assert "95 % interval +0.150 to +0.250, at a cost of 900" in reading.text
    assert "the difference was +0.300; +0.100 of that was luck" in reading.text
    assert "none of A and B beats another on every goal at once" in reading.text
    assert "NSGA-II (Optuna), 8 tries" in reading.text
    # Less of a gap is better: a gain of 0.2 is a difference of -0.2.
    assert "gap in quality between the better-off and the poor" in reading.text
    assert "−0.250 to −0.150" in reading.text


def test_a_search_that_found_nothing_clear_says_so_and_one_that_dominates_is_not_said_to_beat():
    made = searched("some")
    table = made.table.assign(quality=[-0.01, -0.2], quality_low=-0.3, quality_high=0.2, unbeaten=[True, False])
    best, trade = summed_up(replace(made, table=table))
    assert "That is not clearly better than doing nothing. When it was chosen, the difference was +0.300" in best.text
    assert best.text.endswith("all of that was luck.")
    assert trade.text.endswith("no other package does better than A on any goal.")
    assert len(summed_up(replace(made, table=table.head(1)))) == 1
    assert "not clearly" not in summed_up(made)[0].text


def test_the_answer_names_the_best_who_gains_what_gets_worse_and_the_price():
    comparison = compared(HARMS, HELPS)
    finding, people, worse, price, harm = answer(comparison, "contested_reform")
    best = ranked(comparison, "contested_reform").iloc[0]
    assert finding.text.startswith("Helps a lot does best. Service quality: 0.80 with it at the end, 0.30 without any")
    assert change(best["low_all"], OUTCOME["quality"]) in finding.text
    assert finding.text.count("very likely (over 95 %)") == 2
    assert f"improves this outcome in all {len(comparison.seeds)} simulated societies" in finding.text
    taking_part = people.points[0]
    assert re.match(r"Citizens who engage: \+2\d\.\d percentage points in the poorest third, 0 in the", taking_part)
    assert worse.text == "What gets worse:"
    assert re.fullmatch(r"Trust that the state responds \(−0\.\d{3}\)", worse.points[0])
    assert re.match(r"It costs USD 6,000 over \d+ months", price.text)
    assert harm.text == "Worse than doing nothing on this outcome: does harm."
    assert answer(comparison, "contested_reform", "KES")[3].text.startswith("It costs KES 6,000 over 36 months; ")


def test_nothing_is_called_best_where_nothing_is_clear():
    finding, why = answer(compared(NOTHING), "contested_reform")
    assert finding.text == "No package is clearly better than doing nothing on service quality."
    assert why.text.startswith("No change: changed nothing in any society")


def test_where_all_do_harm_the_answer_says_so():
    finding = answer(compared(HARMS), "contested_reform")[0].text
    assert "does worse than doing nothing on service quality; does harm does the least harm" in finding


@pytest.mark.parametrize(
    ("verdict", "low", "high", "said"),
    [
        ("unclear", -0.005, 0.03, "but that may be chance."),
        ("unclear", 0.005, 0.03, "but that may be too little to matter."),
        ("unclear", 0.02, 0.03, "but that may be chance."),  # too few societies differ
        ("negligible", 0.001, 0.005, "which counts as negligible."),
    ],
)
def test_why_the_first_of_the_ranking_is_not_called_better_follows_its_interval(verdict, low, high, said):
    finding = answer(judged_anew(compared(HELPS), verdict, low_all=low, high_all=high), "contested_reform")[0].text
    assert finding.startswith("No package is clearly better than doing nothing on service quality. Helps a lot comes")
    assert finding.endswith(said)


def test_a_package_that_is_clearly_better_is_named_even_if_one_that_is_not_comes_first():
    helps_too = gaining("helps_too", 0.6)
    comparison = judged_anew(compared(HELPS, helps_too), "unclear", low_all=-0.1)
    finding = answer(comparison, "contested_reform")[0].text
    assert finding.startswith("Helps too is clearly better than doing nothing. Service quality: 0.50 with it")
    assert "Helps a lot comes first in the ranking" in finding
    assert "No package" not in finding


def test_every_package_is_called_worse_only_if_every_package_is():
    comparison = judged_anew(compared(HARMS, gaining("harms_less", 0.3)), "unclear", "does_harm", high_all=0.1)
    told = [each.text for each in answer(comparison, "contested_reform")]
    assert told[0] == "No package is clearly better than doing nothing on service quality."
    assert told[-1] == "Worse than doing nothing on this outcome: harms less."


def test_districts_and_months_of_a_schedule_are_told_as_people_count():
    places = (([0, 2], 1), ([1], 2), (0.125, 0), ("all", 0), (Worst(worst=0.25), 0))
    package = Package(name="mixed", interventions=tuple(
        Intervention(name="merit", set={"incentives.merit_protection": 0.5}, where=where, ramp=ramp)
        for where, ramp in places
    ))  # fmt: skip
    rows = schedule_tables(compared(package))[0].rows
    assert [row[3] for row in rows] == [
        "districts 1 and 3", "district 2", "12 % of districts, at random", "all districts",
        "the worst 25 % of districts",
    ]  # fmt: skip
    assert [row[2] for row in rows[:2]] == [
        "month 25 to the end, full strength after 1 month", "month 25 to the end, full strength after 2 months",
    ]  # fmt: skip


def judged_anew(comparison, verdict, package="helps_a_lot", **ends):
    """Change the verdict on a package for quality, and the ends of its interval."""
    table = comparison.differences.copy()
    table.loc[(table["package"] == package) & (table["outcome"] == "quality"), ["verdict", *ends]] = [
        verdict, *ends.values(),
    ]  # fmt: skip
    return replace(comparison, differences=table)


def test_where_less_is_better_the_ranking_begins_with_the_least():
    comparison = compared(HARMS, HELPS, outcome="quality_gap")
    order = ranked(comparison, "contested_reform")["difference"].to_numpy()
    assert (np.diff(order) >= 0).all()


def test_a_fall_of_what_is_neither_good_nor_bad_is_worded_as_such():
    finding = answer(compared(HELPS, outcome="wealth_gap"), "contested_reform")[0]
    assert finding.text.startswith(
        "Among the packages, helps a lot ends highest. Gap in engagement between the better-off"
    )
    assert re.search(
        r"lowers this outcome in all \d+ simulated .* is very likely \(over 95 %\) to lower it", finding.text
    )
    assert "It is very unlikely (5 % or less) to be the highest of all options here" in finding.text


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (1.0, "very likely (over 95"), (0.951, "very likely (over 95"),
        (0.95, "likely (over 80"), (0.81, "likely (over 80"),
        (0.8, "more likely than not"), (0.6, "about as likely as not"), (0.5, "about as"), (0.4, "about as"),
        (0.39, "rather unlikely (under 40"), (0.2, "unlikely (under 20"), (0.06, "unlikely (under 20"),
        (0.05, "very unlikely (5 % or less"), (0.0, "very unlikely"),
    ],
)  # fmt: skip
def test_likelihood_is_worded_by_its_steps(chance, words):
    assert likelihood(chance).startswith(words)


def test_the_page_promises_no_more_than_simulations_can(reading):
    assert not re.search(r"\b(prove[sn]?|certainly|guarantee)", reading.text, re.IGNORECASE)


def test_numbers_keep_nothing_and_next_to_nothing_apart():
    quality, engaged, wait = OUTCOME["quality"], OUTCOME["engaged"], OUTCOME["coalition_wait"]
    assert change(0.0, quality) == "0"
    assert change(-1e-6, quality) == "≈ 0"
    assert change(-0.0421, quality) == "−0.042"
    assert change(0.0421, engaged) == "+4.2 percentage points"
    assert change(-3.21, wait) == "−3.2 months"
    assert amount(0.0421, engaged) == "4.2 %"


def test_the_one_thing_to_find_out_is_named_with_what_it_changes_and_is_worth(tmp_path):
    found = robust("audit", "committee")
    said = find_out_first(found)
    assert said.startswith(
        "If you could find out one thing before deciding, find out this: “Patronage money in the district”. You can "
        "find that out for your place. In 16 of 40 contexts it would change the choice from audit to committee."
    )
    assert "(service quality; 90 % interval 0." in said
    own = replace(found, factors=found.factors.iloc[:0])
    assert "It would take a study." in find_out_first(own)
    page = Reading(write_page(Findings(compared(HELPS), found), "Title", tmp_path).read_text("utf-8")).text
    assert (
        page.count(said) == 4
    )  # in the brief, among the answers, in its section, and in words for those who cannot see the figure
    assert "audit below 0.587, committee above 0.587" in page


def test_what_is_not_worth_finding_out_is_said_to_be_that(tmp_path):
    found = robust("audit", "committee")
    nothing = replace(found, information=information("audit", "committee", level=-1.0))
    assert find_out_first(nothing) == (
        "Nothing: no single unknown varied over 40 contexts would clearly change the choice of audit."
    )
    little = replace(found, information=information("audit", "committee", slope=0.003))
    assert find_out_first(little).startswith("Nothing is worth finding out before you choose audit.")
    assert "less than 0.001 on average" in find_out_first(little)
    few = replace(found, information=None, contexts=12)
    assert find_out_first(few) == (
        "12 contexts cannot show what to find out first; this takes 20 or more (uncertain.contexts)."
    )
    for some in (nothing, little, few):
        page = Reading(write_page(Findings(compared(HELPS), some), "Title", tmp_path).read_text("utf-8"))
        assert find_out_first(some) in page.text


def test_maps_say_where_a_package_helps_and_that_it_is_simulated():
    comparison = compared(HELPS, HARMS)
    with TemporaryDirectory() as folder:
        found = Findings(comparison, **mapped(comparison))
        text = write_page(found, "Title", Path(folder)).read_text("utf-8")
    page = Reading(text)
    assert "Where it makes a difference" in page.text
    assert "Simulated, not measured: helps a lot, contested reform" in page.text
    assert "Change in service quality: from +0.000 in South to +0.070 in <script>" in page.text
    assert "Where it makes a difference" not in Reading(page_without_maps()).text


def page_without_maps():
    """A page without maps."""
    with TemporaryDirectory() as folder:
        return write_page(Findings(compared(HELPS)), "Title", Path(folder)).read_text("utf-8")
