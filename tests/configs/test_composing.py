"""The shipped configs: they choose and change, they repeat nothing, and the command line goes before them."""

import pytest
import yaml

from engagesim.configs.compose import composed, composed_comparison, config_folder
from engagesim.parameters import FORM_DIMENSIONS, Parameters

DEFAULTS = Parameters().model_dump(mode="json")
FORMS = sorted(path for path in (config_folder() / "engagement").glob("*.yaml") if path.stem != "none")
SCENARIOS = ["clientelist_trap", "contested_reform", "merit_state", "rising_expectations", "doing_more_with_less",
             "politicised_service"]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_the_command_line_says_goes_before_a_scenario(scenario):
    said = composed([f"scenario={scenario}", "engagement=survey", "trends=less_poverty", "incentives=merit"]).parameters
    merit = composed(["incentives=merit"]).parameters.incentives
    assert (said.engagement.form, said.incentives) == ("survey", merit)
    assert [trend.name for trend in said.trends] == ["less poverty"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_order_of_overrides_does_not_matter(scenario):
    words = [f"scenario={scenario}", "engagement=social_audit", "incentives.patronage=0.21"]
    assert composed(words).parameters == composed(words[::-1]).parameters


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_is_another_society_than_the_defaults(scenario):
    named = composed([f"scenario={scenario}"]).parameters
    assert named.name == scenario
    assert named != composed([]).parameters.changed({"name": scenario})


def test_without_a_choice_the_configs_change_nothing():
    assert composed([]).parameters == Parameters()


@pytest.mark.parametrize("group", ["population", "network", "incentives"])
def test_a_group_names_only_what_differs_from_the_defaults(group):
    for path in (config_folder() / group).glob("*.yaml"):
        changes = yaml.safe_load(path.read_text(encoding="utf-8"))
        repeated = {name for name, value in changes.items() if value == DEFAULTS[group][name] and name != "kind"}
        assert repeated == set(), path.name


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_gives_every_dimension_with_a_reason(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    given = {line.partition(":")[0]: line.partition("#")[2].strip() for line in lines if not line.startswith("#")}
    assert set(FORM_DIMENSIONS) <= set(given)
    assert [name for name in FORM_DIMENSIONS if name != "opened" and not given[name]] == []
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["form"] == path.stem


def test_nothing_is_built_from_a_config():
    assert [path for path in config_folder().rglob("*.yaml") if "_target_" in path.read_text(encoding="utf-8")] == []


def test_any_parameter_of_a_scenario_can_be_changed_in_hydras_own_syntax():
    said = composed(["scenario=merit_state", "++months=7", "~network", "incentives.patronage=${incentives.rents}"])
    assert said.parameters.months == 7
    assert said.parameters.network == Parameters().network
    assert said.parameters.incentives.patronage == said.parameters.incentives.rents


def test_contexts_that_are_not_known_differ_in_what_ships_unless_factors_are_named():
    usual = yaml.safe_load((config_folder() / "uncertain.yaml").read_text("utf-8"))
    term = "uncertain.factors={term: {path: incentives.term, low: 24, high: 72}}"
    asked = [[], ["uncertain.contexts=5"], ["uncertain.contexts=5", term]]
    factors = [composed_comparison(each).options.uncertain.factors for each in asked]
    assert [set(each) for each in factors] == [set(usual), set(usual), {"term"}]
