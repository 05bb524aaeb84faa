"""A folder of the user's own adds choices to groups of configs, and can neither change the package's nor run code."""

from __future__ import annotations

import pytest

from engagesim.cli import main
from engagesim.configs import OWN, choices, config_folder, config_folders
from engagesim.configs.compose import composed, composed_allies, composed_comparison
from engagesim.dashboard.society_request import offered
from engagesim.errors import EngagementError, ParameterError

FILES = {
    "scenario/my_town.yaml": (
        "# @package _global_\n# A town.\ndefaults:\n  - override /engagement: jury\n  - _self_\n\n"
        "name: my_town\nconditions: {resources: 0.9}\n"
    ),
    "engagement/jury.yaml": "form: jury\nnote: Citizens drawn by lot give a verdict.\nopened: 1\ninfluence: 0.5\n",
    "trends/austerity.yaml": "- {name: austerity, start: 1, add: {conditions.resources: -0.1}}\n",
    "intervention/jury.yaml": 'form: jury\ncost: 500\ncost_source: "assumption: fees"\n',
    "comparison/mine.yaml": "# @package _global_\npackages: {jury: [jury]}\ncontexts: [my_town]\nseeds: 3\n",
    "calibration/mine.yaml": "description: One set.\nsets: [{citizens.learning: 0.2}]\n",
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder with configs, in a place whose name needs quotes."""
    folder = tmp_path / "a town's own = [conf]"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    monkeypatch.setenv(OWN, str(folder))
    return folder


@pytest.mark.usefixtures("own")
def test_choices_of_a_users_own_are_known_by_their_names_beside_those_of_the_package():
    parameters = composed(["scenario=my_town"]).parameters
    assert (parameters.name, parameters.conditions.resources) == ("my_town", 0.9)
    assert (parameters.engagement.form, parameters.engagement.influence) == ("jury", 0.5)
    assert [trend.name for trend in composed(["trends=austerity"]).parameters.trends] == ["austerity"]
    assert composed(["scenario=merit_state"]).parameters.name == "merit_state"
    assert {"my_town", "merit_state"} <= set(choices("scenario"))


@pytest.mark.usefixtures("own")
def test_a_comparison_takes_own_contexts_interventions_and_calibrations():
    found = composed_comparison(["comparison=mine", "calibration=mine", "unknowns=0"])
    assert list(found.contexts) == ["my_town"]
    assert found.packages[0].interventions[0].cost == 500
    assert found.calibration.sets == ({"citizens.learning": 0.2},)


@pytest.mark.parametrize("name", ["default", "mine", "composed", "sum"])
def test_a_calibration_is_the_same_whether_hydra_has_to_compose_it_or_not(name, own):
    (own / "calibration/composed.yaml").write_text("defaults: [mine]\ndescription: Another.\n", "utf-8")
    (own / "calibration/sum.yaml").write_text("description: Seed ${seed}\nsets: [{citizens.learning: 0.3}]\n", "utf-8")
    read = composed_allies([f"calibration={name}"]).calibration
    with_hydra = composed_allies([f"calibration={name}", "calibration.description=x"]).calibration
    assert with_hydra == read.model_copy(update={"description": "x"})


def test_a_comparison_of_ones_own_may_choose_the_calibration(own):
    (own / "comparison/ours.yaml").write_text(
        "# @package _global_\ndefaults:\n  - override /calibration: mine\n  - _self_\n\npackages: {jury: [jury]}\n",
        "utf-8",
    )
    asked = ["comparison=ours", "contexts=[]", "unknowns=0"]
    assert composed_comparison(asked).calibration.description == "One set."
    assert composed_comparison([*asked, "calibration=none"]).calibration.sets == ({},)


@pytest.mark.usefixtures("own")
def test_runs_and_multiruns_find_them(tmp_path):
    small = ["months=2", "population.citizens=60", "population.districts=3", "figures=false"]
    assert main(["run", "scenario=my_town", *small, f"output={tmp_path / 'one'}"]) == 0
    assert main(["run", "-m", "scenario=my_town", "seed=1,2", *small, f"output={tmp_path / 'two'}"]) == 0
    assert main(["rerun", str(tmp_path / "one")]) == 0


def test_without_the_variable_only_the_package_has_choices(monkeypatch):
    monkeypatch.delenv(OWN, raising=False)
    with_none = config_folders()
    monkeypatch.setenv(OWN, str(config_folder()))
    assert config_folders() == with_none == (config_folder(),)
    assert "jury" not in offered()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("scenario/merit_state.yaml", "name: mine\n", "must have another name; the package has scenario=merit_state"),
        ("scenarios/my_town.yaml", "name: mine\n", "scenarios: no such group of configs; did you mean 'scenario'?"),
        ("my_town.yaml", "name: mine\n", "no such group of configs"),
        ("scenario/evil.yaml", "# @package hydra.launcher\nn_jobs: 4\n", "must be without @package"),
        ("scenario/evil.yaml", "defaults:\n  - override hydra/launcher: joblib\n", "must be without hydra"),
        ("population/evil.yaml", "citizens: {_target_: os.getcwd}\n", "must be without _target_"),
        ("trends/evil.yaml", "- {_target_: os.getcwd}\n", "must be without _target_"),
        ("scenario/odd.yaml", "[1, 2\n", "must be a YAML file"),
        ("scenario/odd.yaml", "- 1\n", "must be keys and values"),
    ],
)
def test_what_could_mislead_or_run_code_is_refused(own, name, text, said):
    (own / name).parent.mkdir(exist_ok=True)
    (own / name).write_text(text, "utf-8")
    with pytest.raises(EngagementError) as refused:
        composed([])
    assert said in str(refused.value)
    assert name in str(refused.value)


def test_a_folder_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setenv(OWN, "nowhere")
    with pytest.raises(ParameterError, match="ENGAGESIM_CONF = nowhere: must be a folder of configs"):
        composed([])
