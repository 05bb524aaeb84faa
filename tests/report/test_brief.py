"""The brief says what a minister's adviser needs, and says it small where it is small."""

from __future__ import annotations

import json
import re
import zipfile
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from test_page import HARMS, HELPS, NOTHING, SEEDS, Reading, compared, gaining, simulate

from engagesim import Parameters
from engagesim.analysis.comparison import compare_packages
from engagesim.analysis.field import is_beyond_field
from engagesim.analysis.outcomes import OUTCOMES, WATCHED, judged
from engagesim.analysis.recommendation import leading, recommend
from engagesim.analysis.robustness import AS_IT_IS, Question, by_definition, explore, grid_of_contexts
from engagesim.report.brief_files import DOCX, JSON, PDF, printed_width
from engagesim.report.brief_words import brief, gap_said, per_district
from engagesim.report.comparison_layers import layer_table, spread_by_set
from engagesim.report.comparison_page import Findings, write_page
from engagesim.report.comparison_tables import tried_table
from engagesim.report.comparison_words import (
    OUTCOME,
    amount,
    answer,
    end_of,
    judgement,
    money,
    near,
    roughly,
    span_of,
    years,
)
from engagesim.study.description import Factor
from engagesim.study.observed import Observed

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

TWIN = gaining("twin", 0.9, 80.0)
LITTLE = gaining("little", 0.405)
FACTORS = {
    name: Factor(path=f"incentives.{name}", low=low, high=high)
    for name, low, high in (("patronage", 0.1, 0.5), ("merit_protection", 0.1, 0.5), ("competition", 2.0, 16.0))
}


def sentences(*packages, **options):
    return brief(Findings(compared(*packages, **options))).sentences


def test_one_that_helps_is_chosen_with_its_size_how_sure_and_what_would_change_it():
    chosen, sure, change = sentences(HELPS, HARMS)
    assert re.match(
        r"Choose helps a lot: in the model it raises service quality by 0\.5\d? \(on a scale from 0 to 1\), more than",
        chosen,
    )
    assert f"did better than doing nothing in all {len(SEEDS)} simulated societies" in sure
    assert "is more than the 0.01 that counts as negligible" in sure
    assert "Does harm does harm; leave it out." in change


def test_of_packages_that_cannot_be_told_apart_the_cheapest_is_chosen():
    advice = recommend(compared(TWIN, HELPS))
    assert advice.package == "helps_a_lot"
    assert advice.as_good == ("twin",)
    assert "the cheaper of two that the simulations cannot tell apart (the other: twin)" in sentences(TWIN, HELPS)[0]


def test_of_packages_that_cost_the_same_the_one_that_does_most_is_chosen():
    dear = gaining("as_dear", 0.895, 50.0)
    assert recommend(compared(dear, HELPS)).package == "helps_a_lot"
    assert "one of two that" in sentences(dear, HELPS)[0]


def test_a_cheaper_package_that_does_less_is_named_with_its_budget():
    change = sentences(HELPS, gaining("half", 0.6, 10.0))[2]
    assert re.search(r"with less than USD \S+ per district and year, the best buy is half \(a gain of 0\.2", change)


def test_one_that_harms_is_not_chosen_and_no_other_instead():
    chosen, sure, change = sentences(HARMS)
    assert re.match(r"Do not choose does harm: in the model, this lowers service quality by 0\.\d", chosen)
    assert "did worse than doing nothing in all" in sure
    assert "More simulations will not turn a clear loss into a gain" in change


def test_nothing_is_chosen_where_nothing_changes():
    chosen, sure, _ = sentences(NOTHING)
    assert "no change makes no difference that matters (more than 0.01)" in chosen
    assert "nothing differed in any of 24 simulated societies" in sure


def test_what_is_too_small_to_tell_is_not_chosen():
    chosen, sure, change = sentences(LITTLE, gaining("less", 0.404))
    assert chosen.startswith("Do not count on either package for service quality")
    assert "it is unclear in both whether the difference matters" in sure
    assert f"seeds={4 * len(SEEDS)}" in change


def test_what_neither_more_nor_less_is_good_of_is_not_recommended():
    said = brief(Findings(compared(HELPS, outcome="wealth_gap")))
    assert said.sentences[0].startswith("None is recommended")
    assert said.find_out.endswith("so no package is the best choice.")


def made(effects, measures=None, outcome="quality", prices=(50.0, 50.0, 50.0)):
    """Compare packages whose effects on quality are given by context, as means and standard deviations over seeds."""

    def simulated(points, seeds):
        metrics = np.full((len(points), len(seeds), 36, len(WATCHED)), 0.5)
        for place, point in enumerate(points):
            context, package = divmod(place, 1 + len(effects[0]))
            if not point.interventions:
                continue
            changes = {"quality": effects[context][package - 1], **(measures or [{}] * len(effects))[context]}
            for name, (mean, spread) in changes.items():
                luck = np.linspace(-1, 1, len(seeds)) * spread * (-1) ** package
                metrics[place, :, :, WATCHED.index(name)] += mean + luck[:, None]
        return Observed(metrics, WATCHED, tuple(seeds))

    names = ("one", "two")[: len(effects)]
    packages = tuple(gaining(f"p{number}", 0.9, prices[number]) for number in range(len(effects[0])))
    contexts = dict.fromkeys(names, Parameters().changed({"months": 36}))
    return compare_packages(contexts, dict.fromkeys(names, packages), SEEDS, outcome, simulated)


def test_more_than_others_is_said_only_where_the_others_do_clearly_less():
    found = made([[(0.100, 0.05), (0.105, 0.05)], [(0.2, 0.05), (0.05, 0.05)]])
    assert recommend(found).package == "p0"
    chosen = brief(Findings(found)).sentences[0]
    assert chosen.endswith("more than the other package in two.")
    blurred = made([[(0.03, 0.0), (0.05, 0.5)]])  # more on average, but unclear
    assert recommend(blurred).package == "p0"
    assert "more than" not in brief(Findings(blurred)).sentences[0]


def test_an_unclear_difference_is_that_of_a_context_which_is_named():
    chosen = brief(Findings(made([[(-0.02, 0.3)], [(0.03, 0.3)]]))).sentences[0]
    assert "The average difference is +0.03 in two, where it is best (95 % interval" in chosen
    assert "where it is best" not in brief(Findings(made([[(0.03, 0.3)]]))).sentences[0]


def test_an_unclear_package_does_not_hide_a_cheaper_one_that_is_better():
    found = made([[(0.2, 0.0), (0.055, 0.0), (0.05, 0.5)]], prices=(100.0, 20.0, 10.0))
    assert "the best buy is p1 (a gain of 0.055" in brief(Findings(found)).sentences[2]
    assert any("p1 from USD" in said for said in brief(Findings(found)).costs)


def test_every_loss_is_told_also_of_all_citizens_and_where_the_package_does_not_help():
    for_all = made([[(-0.05, 0.01)]], [{"trust": (0.2, 0.01)}], "trust")
    assert brief(Findings(for_all)).people[-1] == "What gets worse: service quality (−0.05 of 1)."
    elsewhere = made([[(0.1, 0.0)], [(0.0, 0.5)]], [{}, {"morale": (-0.1, 0.0)}])
    assert recommend(elsewhere).better == ("one",)
    assert "morale of officials (−0.10 of 1, in 1 of the 2 contexts)" in brief(Findings(elsewhere)).people[-1]
    of_a_third = made([[(0.1, 0.0)]], [{"engaged": (-0.1, 0.0), "engaged_most_vulnerable": (-0.2, 0.0)}])
    assert brief(Findings(of_a_third)).people[-1] == "No other outcome gets clearly worse."


def test_all_do_worse_is_said_only_if_all_do_so_clearly():
    assert answer(made([[(-0.05, 0.0), (-0.08, 0.0)]]), "one")[0].text.startswith("Every package does worse")
    blurred = answer(made([[(-0.05, 0.0), (-0.08, 0.6)]]), "one")
    assert blurred[0].text == "No package is clearly better than doing nothing on service quality."
    assert blurred[1].text == "Worse than doing nothing on this outcome: p0."


def test_too_few_seeds_of_a_grid_are_not_taken_for_no_effect():
    comparison = compared(NOTHING)
    asked = Question(comparison.asked, 0.05, 0.5)
    for seeds, said in ((5, "5 seeds for each context cannot show"), (6, "Nothing that was varied")):
        tried = explore(grid_of_contexts(FACTORS, seeds), [Parameters().changed({"months": 36})], [NOTHING], asked,
                        simulate)  # fmt: skip
        assert brief(Findings(comparison, tried=tried)).find_out.startswith(said)


def test_a_factor_of_the_grid_on_which_the_choice_hangs_is_what_to_find_out():
    def hangs(points, seeds):
        made = simulate(points, seeds)
        for p, point in enumerate(points):
            loss = 3 * (point.incentives.patronage - 0.1) * bool(point.interventions)
            made.metrics[p, :, 24:, WATCHED.index("quality")] -= loss
        return made

    comparison = compared(HELPS)
    asked, start = Question(comparison.asked, 0.05, 0.5), Parameters().changed({"months": 36})
    tried = explore(grid_of_contexts(FACTORS, 6), [start], [HELPS], asked, hangs)
    said = brief(Findings(comparison, tried=tried)).find_out
    assert said.startswith("If you could find out one thing before deciding, find out this: “Patronage money")
    assert "in 9 of 27 contexts it would change the choice from doing nothing to helps a lot" in said.lower()


def test_of_many_contexts_chance_alone_seldom_makes_one_clear():
    rng = np.random.default_rng(4)

    def null(points, seeds):
        values = np.broadcast_to(
            rng.normal(0.3, 0.1, (len(points), len(seeds), 1, 1)), (len(points), len(seeds), 12, 1)
        )
        return Observed(np.repeat(values, len(WATCHED), axis=3), WATCHED, tuple(seeds))

    asked, start, clear = Question(OUTCOME["quality"], 0.05, 0.5), Parameters().changed({"months": 12}), 0
    for _ in range(20):
        tried = explore(grid_of_contexts(FACTORS, 10), [start], [HELPS, LITTLE], asked, null)
        clear += set(tried.intervals["verdict"]) != {"unclear"}
    assert clear <= 3  # by chance in 1 of 20 grids


@pytest.mark.parametrize(("assumed", "said"), [(0, "None of the 2"), (1, "1 of the 2"), (2, "Both")])
def test_assumptions_among_prices_are_counted(assumed, said):
    source = {"cost_source": "assumption: a guess"}
    some = [each.model_copy(update={"interventions": (each.interventions[0].model_copy(update=source),)})
            if place < assumed else each for place, each in enumerate((HELPS, LITTLE))]  # fmt: skip
    are = "is an assumption" if assumed == 1 else "are assumptions"
    assert brief(Findings(compared(*some))).costs[-1] == f"{said} prices behind these costs {are}."


def test_contexts_in_which_another_does_more_are_named():
    comparison = compared(HELPS, HARMS, contexts=("one", "two", "three"))
    assert recommend(comparison).front == ("one", "two", "three")
    rows = comparison.differences
    rows.loc[(rows["context"] == "two") & (rows["package"] == "helps_a_lot"), "verdict"] = "unclear"
    said = brief(Findings(comparison)).sentences
    assert "in one and three" in said[0]
    assert "in two, no package is clearly better than doing nothing" in said[2]


@pytest.mark.parametrize("gain", [0.02, 0.3])
def test_a_size_beyond_field_studies_is_flagged(gain):
    comparison = compared(gaining("p", 0.4 + gain))
    comparison.sizes["size"], comparison.sizes["beyond"] = gain, is_beyond_field(gain)
    sure = brief(Findings(comparison)).sentences[1]
    warned = "where field studies find gains of 0.05 to 0.25: trust the direction and the order more than the size"
    assert (warned in sure) == (gain > 0.25)


def test_costs_are_by_district_and_year_in_the_users_currency():
    comparison = compared(HELPS)
    found = Findings(comparison, currency="KES")
    society = next(iter(comparison.contexts.values()))
    # 50 a month and district, in the last twelve of 36 months
    assert per_district(50 * 12 * society.population.districts * 3, society, "KES") == "KES 600 per district and year"
    assert brief(found).costs[0].startswith("Helps a lot: KES 200 per district and year, or KES 6,000")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1_452_000, "USD 1.45 million"), (24_149, "USD 24,100"), (9, "USD 9"), (0.5, "USD 0.50"),
        (2.5e9, "USD 2.5 billion"),
    ],
)  # fmt: skip
def test_money_reads_as_people_write_it(value, said):
    assert money(value, "USD") == said


def test_never_is_not_a_number_of_months():
    (wait,) = judged([OUTCOME["coalition_wait"]], {}, 144)
    assert amount(144.0, wait) == "never within 12 years"
    assert amount(100.0, wait) == "100.0 months"
    assert years(30) == "30 months"


@given(value=st.floats(-1, 1), name=st.sampled_from([outcome.name for outcome in OUTCOMES]))
def test_no_size_hides_its_sign_or_reads_as_nothing(value, name):
    outcome = OUTCOME[name]
    said = roughly(value, outcome, signed=True)
    assert (said == "0") == (value == 0)
    if not said.startswith(("0", "≈")):
        assert said.startswith("+" if value > 0 else "−")
    assert span_of(pd.Series([value, value]), outcome, True) == said


def test_an_interval_without_width_says_that_it_holds_in_all_runs():
    row = {"verdict": "better", "better_share": 1.0, "low_all": 0.2, "high_all": 0.2}
    assert "0.20 in all runs" in judgement(pd.DataFrame([row]), OUTCOME["quality"], 30)


def test_a_gap_that_narrows_because_everybody_loses_is_said_to_be_that():
    rows = pd.DataFrame({"outcome": ["quality_gap"], "verdict": ["better"]})
    groups = pd.DataFrame(
        {
            "outcome": ["quality_most_vulnerable", "quality_least_vulnerable"],
            "verdict": ["worse", "worse"], "difference": [-0.05, -0.2],
        }
    )  # fmt: skip
    assert "narrows only because everybody is worse off" in gap_said(rows, groups)
    groups["verdict"], groups["difference"] = ["better", "unclear"], [0.1, 0.0]
    assert gap_said(rows, groups) == ""


def test_null_packages_are_not_recommended():
    rng = np.random.default_rng(3)
    start = Parameters().changed({"months": 24})

    def null(points, seeds):
        return Observed(0.3 + rng.normal(0, 0.02, (len(points), len(seeds), 24, len(WATCHED))), WATCHED, tuple(seeds))

    for _ in range(20):
        packages = {"one": tuple(gaining(name, 0.4) for name in "abc")}
        found = compare_packages({"one": start}, packages, range(1, 25), "quality", null)
        assert recommend(found).package == ""


@pytest.fixture(scope="module")
def complete():
    comparison = compared(HELPS, gaining("half", 0.6, 10.0), contexts=("contested_reform", "merit_state"))
    start, some = comparison.contexts["contested_reform"], comparison.packages["contested_reform"]
    study = grid_of_contexts(FACTORS, 6)
    tried = explore(study, [start], some, Question(comparison.asked, 0.05, 0.5), simulate)
    definitions = {"a quarter of providers": {"coalitions.officials": 0.25}}
    asked = [each for each in comparison.outcomes if each.name in {"quality", "coalition_ever"}]
    table = by_definition(start, definitions, some, asked, (SEEDS, simulate))
    return Findings(comparison, tried=tried, definitions=table, sets=4)


def test_contexts_of_a_grid_have_an_interval_for_each_package(complete):
    tried = complete.tried
    assert len(tried.points) == 27
    assert tried.points["incentives.patronage"].nunique() == 3
    found = tried.intervals
    assert len(found) == 27 * 2
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()
    gains = tried.points["helps_a_lot"].to_numpy()
    assert found[found["package"] == "helps_a_lot"]["difference"].to_numpy() == pytest.approx(gains)


def test_values_of_a_users_own_factor_are_kept_to_three():
    few = grid_of_contexts({"money": Factor(path="incentives.patronage", values=(0.0, 0.1, 0.2, 0.3, 0.4))}, 4)
    assert next(iter(few.factors.values())).values == (0.0, 0.2, 0.4)


def test_a_factor_with_one_value_has_no_column():
    one = {"posts": Factor(path="incentives.merit_protection", values=(0.3,))}
    study = grid_of_contexts({"money": FACTORS["patronage"], **one}, 3)
    start = Parameters().changed({"months": 36})
    tried = explore(study, [start], [HELPS], Question(OUTCOME["quality"], 0.05, 0.5), simulate)
    assert list(tried_table(tried).columns[:3]) == ["Package", "Patronage", "Difference"]


def test_layers_are_named_and_those_not_tested_say_so(complete):
    names = [row[0] for row in layer_table(complete).rows]
    assert names == ["Luck", "What calibration left open", "What the context might be",
                     "What counts as a coalition", "What the model leaves out"]  # fmt: skip
    rows = {row[0]: row for row in layer_table(complete).rows}
    assert "as defined here, and within 0.01 of that" in rows["What counts as a coalition"][2]
    assert "27 contexts of a grid" in rows["What the context might be"][1]
    bare = {row[0]: row for row in layer_table(Findings(compared(HELPS))).rows}
    assert "Not tested" in bare["What counts as a coalition"][2]
    assert "Not tested" in bare["What calibration left open"][2]


def test_the_societies_of_a_place_are_not_said_to_share_one_parameter_set():
    place = SimpleNamespace(societies=pd.DataFrame({"set": [3, 1, 3, 2]}))
    rows = {row[0]: row for row in layer_table(Findings(compared(HELPS), place=place)).rows}
    assert rows["What calibration left open"][1].startswith("3 parameter sets")
    assert rows["What calibration left open"][2].startswith("Cannot be separated from luck")


@given(between=st.sampled_from([0.0, 1.0, 3.0]), seed=st.integers(0, 20))
def test_luck_and_parameter_sets_are_told_apart(between, seed):
    rng = np.random.default_rng(seed)
    sets = np.arange(4000) % 200
    values = between * rng.normal(size=200)[sets] + rng.normal(size=4000)
    inside, outside = spread_by_set(values, sets)
    assert inside == pytest.approx(1.0, abs=0.06)
    assert outside == pytest.approx(between, abs=0.25 + 0.2 * between)


def test_too_few_seeds_cannot_tell_luck_from_parameter_sets():
    assert np.isnan(spread_by_set(np.arange(5.0), np.arange(5))).all()


def test_leading_packages_begin_with_the_one_that_is_recommended(complete):
    assert leading(complete.comparison, 1) == [recommend(complete.comparison).package]
    assert set(leading(complete.comparison, 4)) == {"helps_a_lot", "half"}
    assert AS_IT_IS in set(complete.definitions["definition"])


@pytest.fixture(scope="module")
def folder(complete, tmp_path_factory):
    made = tmp_path_factory.mktemp("brief")
    write_page(complete, "Title", made)
    return made


def test_the_page_the_files_and_the_command_have_the_same_words(folder, complete):
    said = brief(complete)
    stored = json.loads((folder / JSON).read_text("utf-8"))
    assert tuple(stored["sentences"]) == said.sentences
    page = Reading((folder / "report.html").read_text("utf-8"))
    assert all(sentence in page.text for sentence in (said.question, *said.sentences, *said.people, *said.costs))


def test_the_grid_is_in_the_annex_and_no_name_breaks_out(complete, tmp_path):
    hostile = gaining("</script><script>alert(1)</script>", 0.9)
    comparison = compared(hostile)
    start = next(iter(comparison.contexts.values()))
    question = Question(comparison.asked, 0.05, 0.5)
    tried = explore(grid_of_contexts(FACTORS, 3), [start], [hostile], question, simulate)
    text = write_page(Findings(comparison, tried=tried), "Title", tmp_path).read_text("utf-8")
    assert "<script" not in text
    assert "A grid of 27 contexts: the numbers" in text


def test_the_word_document_has_title_language_headings_and_a_text_for_its_chart(folder, complete):
    document = pytest.importorskip("docx").Document(str(folder / DOCX))
    said = brief(complete)
    assert document.core_properties.title == said.question
    assert document.core_properties.language == "en-GB"
    levels = [int(each.style.name[-1]) for each in document.paragraphs if each.style.name.startswith("Heading")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(shape._inline.docPr.get("descr").startswith("Helps a lot") for shape in document.inline_shapes)
    text = "\n".join(each.text for each in document.paragraphs)
    assert all(sentence in text for sentence in (*said.sentences, said.caveat, said.find_out))


def test_the_pdf_is_tagged_on_one_page_with_title_and_language(folder):
    written = (folder / PDF).read_bytes()
    assert written.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", written)) == 1
    assert b"/MarkInfo" in written
    assert b"/Lang" in written
    assert b"pdfuaid" in written


@given(st.floats(1, 12), st.floats(0.4, 12))
def test_a_chart_fits_into_the_page_however_many_packages_it_has(width, height):
    printed = printed_width(Figure(figsize=(width, height)))
    assert printed <= 160 + 1e-9
    assert printed * height / width <= 88 + 1e-9


@given(st.floats(-0.02, 0.02))
def test_a_size_reads_as_what_is_negligible_only_if_it_is_that(value):
    outcome = OUTCOME["quality"]
    said = float(near(value, outcome).removeprefix("less than "))
    assert said != outcome.negligible or abs(abs(value) - outcome.negligible) < 1e-8
    assert (said > outcome.negligible) == (abs(value) > outcome.negligible) or said == outcome.negligible
    end = end_of(value, outcome)
    assert end.lstrip("+−") != "0.010" or abs(abs(value) - outcome.negligible) < 1e-8
    assert end[:1] in {"≈", "0"} or (end[0] == "+") == (value > 0)


@pytest.mark.parametrize(("name", "least", "value", "said"), [
    ("quality", 0.0125, 0.0126, "0.0126"), ("quality", 0.0125, 0.0124, "0.012"),
    ("coalition_wait", 0.02, 0.016, "0.016"), ("coalition_wait", 1.0, 0.98, "0.98"),
])  # fmt: skip
def test_a_size_next_to_a_users_own_threshold_keeps_its_digits(name, least, value, said):
    assert near(value, OUTCOME[name]._replace(negligible=least)) == said


def test_the_same_brief_gives_the_same_bytes(folder, complete, tmp_path):
    write_page(complete, "Title", tmp_path)
    for name in (JSON, PDF, DOCX, "report.html"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
    assert all(part.date_time[0] == 1980 for part in zipfile.ZipFile(folder / DOCX).infolist())
