"""Facts as files: what a user may write, and what is refused."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from engagesim import Parameters
from engagesim.configs.compose import config_folder
from engagesim.errors import EngagementError
from engagesim.measures import MEASURE_NAMES
from engagesim.study.intervention_packages import read_catalogue
from engagesim.validation.fact_expressions import Vocabulary, parse
from engagesim.validation.facts import SHIPPED, read_fact, read_facts

DOCS = Path(__file__).parents[2] / "docs"
FACT = {
    "title": "Report cards help where services are poor",
    "source": "Author (2020)",
    "history": 12,
    "months": 24,
    "context": {"population.quality_mean": 0.2},
    "arms": {"cards": ["committee", {"use": "survey", "start": 6, "stop": 12}]},
    "groups": {"poor": {"measure": "quality", "lowest": 0.33}},
    "checks": [
        {"claim": "They help", "tolerance": "S", "value": "effect(quality, cards, 24, group=poor)", "sign": "+"}
    ],
}


def written(folder, tree, name="F01"):
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(tree), "utf-8")
    return path


def points(fact, changes=None, last=None):
    catalogue = read_catalogue(config_folder())
    return dict(zip(fact.arms, fact.points(Parameters(), changes or {}, catalogue, last or {}), strict=True))


def test_every_fact_that_ships_can_be_read_and_has_points():
    for fact in read_facts(SHIPPED):
        assert set(points(fact)) == set(fact.arms)
        assert {point.months for point in points(fact).values()} == {fact.history + fact.months}


def test_the_facts_to_calibrate_on_name_their_sources():
    facts = [fact for fact in read_facts(SHIPPED) if fact.role == "calibration"]
    assert len(facts) == 23
    assert all(re.search(r"\(\d{4}\)", fact.source) for fact in facts)


def test_a_control_without_anything_is_added(tmp_path):
    fact = read_fact(written(tmp_path, FACT))
    assert points(fact)["control"].interventions == ()


def test_months_of_a_treatment_count_from_its_start(tmp_path):
    cards = points(read_fact(written(tmp_path, FACT)))["cards"].interventions
    assert [(each.start, each.stop) for each in cards] == [(12, None), (18, 24)]


def test_the_context_goes_before_a_parameter_set_and_what_is_switched_off_before_both(tmp_path):
    fact = read_fact(written(tmp_path, FACT))
    given = {"population.quality_mean": 0.7, "citizens.learning": 0.9}
    assert points(fact, given)["cards"].population.quality_mean == 0.2
    assert points(fact, given)["cards"].citizens.learning == 0.9
    last = {"population.quality_mean": 0.5, "citizens.learning": 0}
    assert points(fact, given, last)["cards"].population.quality_mean == 0.5
    assert points(fact, given, last)["cards"].citizens.learning == 0


def test_an_arm_may_set_parameters_of_its_own(tmp_path):
    tree = copy.deepcopy(FACT)
    tree["arms"]["rich"] = {"set": {"population.quality_mean": 0.6}, "interventions": ["committee"]}
    found = points(read_fact(written(tmp_path, tree)))
    assert found["rich"].population.quality_mean == 0.6
    assert found["control"].population.quality_mean == 0.2


def test_common_interventions_reach_the_control(tmp_path):
    tree = {**FACT, "common": [{"name": "shock", "start": 6, "stop": 12, "add": {"conditions.resources": -0.3}}]}
    control = points(read_fact(written(tmp_path, tree)))["control"]
    assert [(each.start, each.stop) for each in control.interventions] == [(18, 24)]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["months"], 0, "months"),
        (["month"], 3, "did you mean 'months'"),
        (["id"], "F02", "the name of the file"),
        (["groups", "poor", "measure"], "qualty", "did you mean 'quality'"),
        (["groups", "poor", "highest"], 0.5, "one of lowest, highest, quantiles, below and above"),
        (["groups", "poor", "lowest"], None, "one of lowest, highest, quantiles, below and above"),
        (["groups", "middle"], {"measure": "quality", "quantiles": [0.6, 0.3]}, "the lower number first"),
        (["groups", "middle"], {"measure": "quality", "quantiles": [0.6, 1.3]}, "must be from 0 to 1"),
        (["checks", 0, "tolerance"], "N", "must have within for tolerance N"),
        (["checks", 0, "value"], "1 + " * 5000 + "1", "10000"),
        (["history"], 0, "F01.yaml: history = 0: must be 1 or more"),
        (["checks", 0, "sign"], None, "must have a sign"),
        (["checks", 0, "tolerance"], "Z", "tolerance"),
        (["checks", 0, "value"], "effect(quality, card, 24)", "did you mean 'cards'"),
        (["checks", 0, "within"], [1, 0], "must have the lower number first"),
        (["checks", 0, "within"], [0, 1], "checks[0].within: must be left out beside sign"),
        (["checks", 0, "order"], ["1", "0"], "checks[0].sign: must be left out beside order"),
        (["checks"], [], "checks"),
        (["checks", 0, "value"], "1 + 1", "must use a measure"),
        (["role"], "best", "role"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_file_and_place(tmp_path, path, value, said):
    tree = copy.deepcopy(FACT)
    *branch, leaf = path
    place = tree
    for key in branch:
        place = place[key]
    place[leaf] = value
    with pytest.raises(EngagementError) as refused:
        read_fact(written(tmp_path, tree))
    assert said in str(refused.value)
    assert "F01.yaml" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ({"cards": ["committeee"]}, "did you mean 'committee'"),
        ({"cards": [{"name": "x", "set": {"incentives.patronag": 1}}]}, "incentives.patronage"),
        ({"cards": {"set": {"incentives.patronage": 7}}}, "must be a number from 0 to 1"),
    ],
)
def test_an_arm_that_no_society_allows_is_named(tmp_path, arms, said):
    fact = read_fact(written(tmp_path, {**FACT, "arms": arms}))
    with pytest.raises(EngagementError) as refused:
        points(fact)
    assert said in str(refused.value)
    assert "F01: arms.cards" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["", "[1, 2]", "a: &a [1]\nb: *a", "\x00", "title: [", "!!python/object/apply:os.system ['true']", "x" * 300_000],
)
def test_a_file_that_is_no_fact_is_refused(tmp_path, text):
    path = tmp_path / "F01.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(EngagementError, match=r"F01\.yaml"):
        read_fact(path)


def test_a_folder_without_facts_is_refused(tmp_path):
    with pytest.raises(EngagementError, match="must have facts in it"):
        read_facts(tmp_path)
    with pytest.raises(EngagementError, match="it does not exist"):
        read_facts(tmp_path / "nowhere")


def test_the_fact_in_the_documents_can_be_read(tmp_path):
    block = re.search(r"```yaml\n(id: F01.*?)```", (DOCS / "facts.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    path = tmp_path / "F01.yaml"
    path.write_text(block[1], "utf-8")
    assert set(points(read_fact(path))) == {"control", "meetings", "informed", "protected"}


def test_every_example_of_an_expression_in_the_documents_can_be_read():
    page = (DOCS / "facts.md").read_text("utf-8")
    examples = re.findall(r"`([^`\n]*\(\[?\w[^`\n]*cards[^`\n]*)`", page.partition("### Expressions")[2])
    words = Vocabulary(MEASURE_NAMES, ("control", "cards", "meetings"), "control", (), 24, 60)
    assert len(examples) > 12
    for example in examples:
        assert parse(example, words).needs
