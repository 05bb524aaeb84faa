"""The recipes of CONTRIBUTING.md work: each is carried out on a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RECIPES = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Recipes")[2]
FENCE = re.compile(r"^```(?P<kind>\w+) recipe ?(?P<path>\S*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
PROGRAMS = {
    "engagesim": [sys.executable, "-c", "import sys; from engagesim.cli import main; sys.exit(main())"],
    "python": [sys.executable],
}


class Step(NamedTuple):
    """One block of a recipe: a file, a change of a file, or what is to be run."""

    kind: str
    path: str
    text: str


def recipe(title: str) -> list[Step]:
    text = re.search(rf"^### {title}\n(.*?)(?=^### |\Z)", RECIPES, re.DOTALL | re.MULTILINE)[1]
    return [Step(*found.groups()) for found in FENCE.finditer(text)]


def changed(before: str, difference: str) -> str:
    """Return a text with lines taken out and put in, where the lines that stay and go stand in it once."""
    lines = difference.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    assert before.count(old) == 1, f"stands there {before.count(old)} times:\n{old}"
    return before.replace(old, new)


class Project:
    """A copy of the project, in which recipes are carried out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {**os.environ, "PYTHONPATH": str(root / "src")}

    def follow(self, title: str) -> str:
        """Carry out a recipe, and return what its last Python block printed."""
        said = ""
        for step in recipe(title):
            target = self.root / step.path
            if step.kind == "yaml":
                assert not target.exists()
                target.write_text(step.text, "utf-8")
            elif step.kind == "diff":
                target.write_text(changed(target.read_text("utf-8"), step.text), "utf-8")
            elif step.kind == "python":
                said = self.run([sys.executable, "-c", step.text])
            else:
                for line in step.text.replace("\\\n", "").splitlines():
                    program, *arguments = shlex.split(line)
                    self.run([*PROGRAMS[program], *arguments])
        return said

    def run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def project(tmp_path) -> Project:
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if kept.returncode:
        pytest.skip("the copy is made of what git keeps, and here is no repository")
    for name in filter(None, kept.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    for cache in (ROOT / "src").rglob("__pycache__"):  # otherwise, Python would compile every module anew for seconds
        shutil.copytree(cache, tmp_path / cache.relative_to(ROOT))
    return Project(tmp_path)


@pytest.fixture(params=["interpreted", pytest.param("compiled", marks=pytest.mark.slow)])
def project_with_another_world(request, project) -> Project:
    """A copy whose society gets another shape, for which the loops of the compiled engine would be compiled anew.

    That takes up to half a minute, so every run follows the recipe with the same loops as plain Python, and
    ``make test-slow`` compiles them.
    """
    if request.param == "interpreted":
        project.environment["NUMBA_DISABLE_JIT"] = "1"
    return project


def test_the_recipes_are_all_here():
    titles = re.findall(r"^### (.*)$", RECIPES, re.MULTILINE)
    assert titles == [
        "A form of engagement",
        "An intervention",
        "A measure",
        "A rule",
        "A setting",
        "A state variable",
        "A fact",
    ]
    assert RECIPES.count("\n```") == 2 * sum(len(recipe(title)) for title in titles)


def test_a_new_form_can_be_asked_for_and_stands_in_the_documents(project):
    project.follow("A form of engagement")
    kept = yaml.safe_load((project.root / "outputs/recipe_form/config.yaml").read_text("utf-8"))
    assert kept["engagement"]["form"] == "phone_in"
    assert kept["engagement"]["visibility"] == 0.8
    assert "| `phone_in` |" in (project.root / "docs/evidence.md").read_text("utf-8")


def test_a_new_intervention_can_be_compared(project):
    project.follow("An intervention")
    assert ",box," in (project.root / "outputs/recipe_intervention/comparison.csv").read_text("utf-8")


def test_a_new_measure_is_a_column_of_both_engines_and_stands_in_the_documents(project_with_another_world):
    project = project_with_another_world
    project.follow("A measure")
    assert (
        "| `confronting` | share | Share of engagement that is confrontation |"
        in (project.root / "docs/odd.md").read_text()
    )
    project.run([sys.executable, "-c", MEASURE_SEEN])


MEASURE_SEEN = """
from engagesim import Parameters, Study, sweep
study = {"measure": "confronting", "replicates": 2, "trajectories": True}
small = Parameters().changed({"population.citizens": 24, "population.districts": 2, "months": 2})
found = sweep(study, small, "outputs/recipe_measure")
assert found.dataset["confronting"].attrs["long_name"] == "Share of engagement that is confrontation"
assert found.dataset["confronting_by_month"].shape == (1, 2, 2)
"""
SETTING_SEEN = """
from engagesim import Parameters, Study
from engagesim.configs.compose import composed_comparison
study = Study.of({"factors": {"thrift": {"path": "services.thrift", "low": 0, "high": 1}}})
package = "packages.thrift=[{name: x, add: {services.thrift: 0.1}, cost: 1}]"
asked = composed_comparison(["services.thrift=0.5", package])
assert [parameters.services.thrift for parameters in asked.contexts.values()] == [0.5]
"""
VARIABLE_SEEN = """
from engagesim import EngagementModel, Parameters, Snapshot
from engagesim.engines.mesa.model import agent_table
society = EngagementModel(Parameters().changed({"population.citizens": 24, "population.districts": 2, "months": 12}))
for month in range(12):
    society.step()
society.snapshot().save("recipe.npz")
again = EngagementModel.restore(Snapshot.load("recipe.npz"))
assert [citizen.engagements for citizen in again.citizens] == [citizen.engagements for citizen in society.citizens]
assert agent_table(society)["engagements"].sum() == sum(citizen.engagements for citizen in society.citizens)
"""
"""What nobody had to say again: studies, comparisons, exports, snapshots and tables know what is new."""


def test_a_changed_rule_acts_in_both_engines(project):
    (script,) = [step.text for step in recipe("A rule") if step.kind == "python"]
    before = float(project.run([sys.executable, "-c", script]))
    after = float(project.follow("A rule"))
    assert 0 < after < before


def test_a_new_setting_acts_in_both_engines_on_a_schedule_and_stands_in_the_documents(project_with_another_world):
    project = project_with_another_world
    assert float(project.follow("A setting")) == 0
    assert "| `services.thrift` | 0.25 |" in (project.root / "docs/parameters.md").read_text("utf-8")
    project.run([sys.executable, "-c", SETTING_SEEN])
    assert "services.thrift" in project.run([*PROGRAMS["engagesim"], "parameters", "--format", "markdown"])


def test_a_new_state_variable_moves_in_both_engines_and_stands_in_the_documents(project_with_another_world):
    project = project_with_another_world
    counted, engaged = map(int, project.follow("A state variable").split())
    assert counted == engaged > 0
    assert "| citizen | `engagements` | months |" in (project.root / "docs/odd.md").read_text("utf-8")
    project.run([sys.executable, "-c", VARIABLE_SEEN])


def test_a_new_fact_is_judged(project):
    project.follow("A fact")
    card = json.loads((project.root / "outputs/recipe_fact/scorecard.json").read_text("utf-8"))
    assert [check["fact"] for check in card["checks"]] == ["X01"]
