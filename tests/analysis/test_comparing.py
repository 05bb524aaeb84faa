"""A comparison, its contexts, what fails where, and a search: on made-up societies with a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engagesim import Parameters
from engagesim.analysis.comparison import compare_packages
from engagesim.analysis.outcomes import OUTCOMES, WATCHED
from engagesim.analysis.robustness import Question, explore, find_failures
from engagesim.analysis.search import Ground, Search, search
from engagesim.configs.compose import config_folder
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError
from engagesim.parameters import Intervention
from engagesim.study.description import Study
from engagesim.study.intervention_packages import BASELINE, Package, cost, read_catalogue, read_packages
from engagesim.study.observed import Observed

NAMES = tuple(reversed(WATCHED))
MONTHS = 36
START = Parameters().changed({"months": MONTHS, "population.citizens": 60, "population.districts": 3})
CATALOGUE = read_catalogue(config_folder())


def adding(name: str, amount: float, cost: float = 0.0) -> Intervention:
    """An intervention that our made-up societies answer to: quality rises by what it adds to recognition."""
    return Intervention(name=name, add={"incentives.recognition": amount}, cost=cost, start=0)


def made_up(points, seeds):
    """Quality rises with recognition added, less so where patronage is high; each seed has its own level."""
    metrics = np.zeros((len(points), len(seeds), MONTHS, len(NAMES)))
    for p, point in enumerate(points):
        added = sum(entry.intensity * sum(entry.add.values()) for entry in point.interventions)
        gain = added * (1.0 - 2.0 * point.incentives.patronage)
        for s, seed in enumerate(seeds):
            rng = np.random.default_rng([seed, len(point.interventions)])
            level = np.random.default_rng(seed).normal(0.5, 0.1)
            metrics[p, s, :, NAMES.index("quality")] = level + gain + rng.normal(0, 0.01)
    return Observed(metrics, NAMES, tuple(seeds))


def package(name: str, amount: float, price: float = 10.0) -> Package:
    return Package(name=name, interventions=(adding(name, amount, price),))


def test_packages_are_compared_with_the_baseline_of_their_own_context():
    contexts = {
        "clean": START.changed({"incentives.patronage": 0.0}),
        "captured": START.changed({"incentives.patronage": 0.75}),
    }
    packages = dict.fromkeys(contexts, (package("much", 0.2), package("little", 0.02)))
    found = compare_packages(contexts, packages, range(40), "quality", made_up)
    quality = found.differences.query("outcome == 'quality'").set_index(["context", "package"])
    assert quality.loc[("clean", "much"), "difference"] == pytest.approx(0.2, abs=0.01)
    assert quality.loc[("captured", "much"), "difference"] == pytest.approx(-0.1, abs=0.01)
    assert quality.loc[("clean", "much"), "verdict"] == "better"
    assert quality.loc[("captured", "much"), "verdict"] == "worse"
    assert set(found.costs["package"]) == {BASELINE, "much", "little"}
    assert found.costs.query("package == 'much'")["extra_cost"].tolist() == [10.0 * MONTHS * 3] * 2
    assert found.best_buy.query("context == 'clean'")["package"].tolist() == [BASELINE, "much"]
    assert found.best_buy.query("context == 'captured'")["package"].tolist() == [BASELINE]
    mean = found.runs.groupby(["context", "package"])["difference"].mean()
    assert mean[("clean", "much")] == pytest.approx(0.2, abs=0.01)


def test_contexts_with_other_numbers_of_months_are_refused():
    contexts = {"one": START, "two": START.changed({"months": 12})}
    with pytest.raises(ParameterError, match="must be the same"):
        compare_packages(contexts, dict.fromkeys(contexts, (package("a", 0.1),)), range(3), "quality", made_up)


def test_a_placebo_differs_by_exactly_nothing_in_the_real_model():
    same = Intervention(name="same", set={"incentives.patronage": START.incentives.patronage}, start=0)
    found = compare_packages(
        {"town": START}, {"town": (Package(name="placebo", interventions=(same,)),)}, range(8), "quality",
        simulate,
    )  # fmt: skip
    assert (found.differences[["difference", "low", "high", "low_all", "high_all"]] == 0).all(axis=None)
    assert (found.groups["difference"] == 0).all()
    assert set(found.differences["verdict"]) | set(found.groups["verdict"]) == {"changed nothing"}


@pytest.mark.parametrize(
    ("schedule", "verdict"),
    [
        ({"start": MONTHS, "set": {"incentives.patronage": 1.0}}, "could not have an effect"),
        ({"start": 0, "intensity": 0, "set": {"incentives.patronage": 1.0}}, "could not have an effect"),
        ({"start": 0, "where": 0.1, "set": {"incentives.patronage": 1.0}}, "could not have an effect"),
        ({"start": 0}, "could not have an effect"),
        ({"start": 0, "set": {"incentives.patronage": START.incentives.patronage}}, "changed nothing"),
        ({"start": 0, "set": {"incentives.patronage": 1.0}}, None),
        ({"start": MONTHS - 1, "set": {"incentives.patronage": 1.0}}, None),
    ],
)
def test_what_could_not_act_is_told_from_what_made_no_clear_difference(schedule, verdict):
    some = Package(name="some", interventions=(Intervention(name="some", **schedule),))
    found = compare_packages({"town": START}, {"town": (some,)}, range(8), "quality", simulate)
    idle = {"changed nothing", "could not have an effect"}
    for table in (found.differences, found.groups):
        assert set(table["verdict"]) == {verdict} if verdict else not set(table["verdict"]) & idle


def test_where_a_package_fails_is_said_in_words():
    rng = np.random.default_rng(1)
    contexts = pd.DataFrame(rng.random((400, 2)), columns=["incentives.patronage", "incentives.merit_protection"])
    fails = (contexts["incentives.patronage"] > 0.6) & (contexts["incentives.merit_protection"] < 0.4)
    found = find_failures(contexts, fails, "audit")
    assert len(found) == 1
    assert found["rule"].iloc[0].replace("0.61", "0.6") in {
        "patronage above 0.6 and merit protection below 0.4", "patronage above 0.6 and merit protection below 0.39",
    }  # fmt: skip
    assert found["coverage"].iloc[0] > 0.95
    assert found["density"].iloc[0] > 0.95
    assert find_failures(contexts, fails & False, "audit").empty
    assert find_failures(contexts, fails | True, "audit")["rule"].tolist() == ["everywhere"]


def test_contexts_that_are_not_known_show_harm_and_regret():
    study = Study.of(
        {
            "factors": {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 1.0}},
            "design": {"kind": "latin_hypercube", "samples": 100},
            "replicates": 3,
        }
    )
    question, packages = Question(OUTCOMES[0], 0.05, 0.4), (package("much", 0.2),)
    found = explore(study, [START], packages, question, made_up)
    harm = found.table.set_index("package").loc["much"]
    assert harm["harm_share"] == pytest.approx(0.5, abs=0.06)  # it harms where patronage is above one half
    assert harm["harm_low"] <= 0.5 <= harm["harm_high"]
    assert found.failures["rule"].iloc[0].startswith("patronage above 0.3")  # 0.2 * (1 - 2 * 0.375) is 0.05
    assert len(found.points) == 100
    worth = found.information.table.loc[
        0
    ]  # it gains 0.2 * (1 - 2 * patronage): 0.05 on average if chosen where it helps
    assert (worth["unknown"], worth["changes"]) == ("incentives.patronage", pytest.approx(0.5, abs=0.06))
    assert worth["value"] == pytest.approx(0.05, abs=0.01)
    few = study.model_copy(update={"design": study.design.model_copy(update={"samples": 19})})
    assert explore(few, [START], packages, question, made_up).information is None
    neither = next(outcome for outcome in OUTCOMES if not outcome.better)
    assert explore(study, [START], packages, question._replace(outcome=neither), made_up).information is None


def test_contexts_take_the_sets_of_a_calibration_in_turn():
    study = Study.of(
        {
            "factors": {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 1.0}},
            "design": {"kind": "latin_hypercube", "samples": 20},
            "replicates": 2,
        }
    )
    starts = [START.changed({"citizens.anger": anger, "incentives.patronage": 0.9}) for anger in (0.2, 0.3, 0.4)]
    found = explore(study, starts, (package("much", 0.2),), Question(OUTCOMES[0], 0.05, 0.4), made_up)
    assert found.points["citizens.anger"].tolist() == [0.2, 0.3, 0.4] * 6 + [0.2, 0.3]
    assert found.points["incentives.patronage"].between(0, 1).all()  # what a context says goes before a set
    assert found.points["incentives.patronage"].nunique() == 20
    assert set(found.information.table["unknown"]) == {"citizens.anger", "incentives.patronage"}


def test_a_search_finds_the_best_and_corrects_what_luck_added():
    catalogue = {
        name: adding(name, amount, 100.0) for name, amount in (("a", 0.01), ("b", 0.05), ("c", 0.2), ("d", -0.1))
    }
    found = search(
        Search(tries=60, most=2, budget=1e6, seeds=6, fresh_seeds=40, keep=3), Ground("town", START, catalogue, made_up)
    )
    best = found.table.iloc[0]
    clean = START.incentives.patronage
    worth = {"found A: b + c": 0.25, "found A: c": 0.2}[best["package"]] * (1 - 2 * clean)
    assert best["quality_low"] <= worth <= best["quality_high"]


def test_a_search_keeps_to_its_budget_and_finds_the_same_again():
    asked = Search(objectives=("quality", "trust"), tries=16, most=3, budget=1500.0, seeds=4, fresh_seeds=20)
    catalogue = {name: adding(name, 0.1, 100.0) for name in "abcd"}
    one, two = (search(asked, Ground("town", START, catalogue, made_up)) for _ in range(2))
    assert all(cost(each, START) <= 1500.0 + 1e-6 for each in one.packages)
    pd.testing.assert_frame_equal(one.table, two.table)


def test_common_random_numbers_are_worth_many_runs_where_packages_do_not_turn_everything_over():
    packages = read_packages({"merit": ["recognition"], "training": ["training_only"]}, CATALOGUE)
    found = compare_packages(
        {"town": START}, {"town": packages}, range(40), "quality",
        simulate,
    )  # fmt: skip
    saved = found.saved.query("outcome == 'quality'")["times"]
    assert (saved > 2).all()
