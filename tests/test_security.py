"""Nothing that is read becomes code, and nothing that is written carries what others wrote as anything but words."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from engagesim.cli import main
from engagesim.configs.compose import config_folder
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Parameters
from engagesim.web.assembly import bundled

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
GROUPS = sorted(path.name for path in config_folder().iterdir() if path.is_dir())
FORBIDDEN = {
    "import pickle": "TID251",
    "from pickle import loads": "TID251",
    "import dill": "TID251",
    "import cloudpickle": "TID251",
    "import joblib": "TID251",
    "import shelve": "TID251",
    "import marshal": "TID251",
    "from hydra.utils import instantiate": "TID251",
    "import hydra.utils; hydra.utils.call({})": "TID251",
    "import pandas; pandas.read_pickle('x')": "TID251",
    "import pandas as pd; pd.eval('x')": "TID251",
    "import yaml; yaml.unsafe_load('x')": "TID251",
    "import yaml; yaml.full_load('x')": "TID251",
    "import yaml; yaml.load('x')": "S506",
    "eval('x')": "S307",
    "exec('x')": "S102",
    "import subprocess; subprocess.run('x', shell=True)": "S602",
    "import os; os.system('x')": "S605",
    "import jinja2; jinja2.Environment()": "S701",
    "import xml.etree.ElementTree as tree; tree.fromstring('x')": "S314",
}
HOSTILE = "<img src=x onerror=alert(1)> ![p](https://evil.example/p.png) [l](javascript:alert(1)) | `x` $\\frac$ [/b]"
SOCIETY = ["population.citizens=40", "population.districts=2", "months=3"]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


# Text becomes no code


@pytest.mark.parametrize("room", ["src/engagesim", "tests", "docs", "experiments", "benchmarks", "scripts"])
def test_lint_catches_each_way_from_text_to_code(room):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--output-format=json", "--stdin-filename", f"{room}/imagined.py", "-"],
        input="\n".join(FORBIDDEN), capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    found = {(each["location"]["row"], each["code"]) for each in json.loads(done.stdout)}
    assert [line for row, (line, rule) in enumerate(FORBIDDEN.items(), 1) if (row, rule) not in found] == []


def calls(name: str) -> list[tuple[Path, ast.Call]]:
    return [
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


@pytest.mark.parametrize("name", ["query", "eval", "instantiate", "to_pickle"])
def test_no_table_evaluates_text(name):
    assert calls(name) == []


def test_arrays_are_read_without_pickled_objects():
    arrays = [call for _, call in calls("load") if isinstance(call.func.value, ast.Name) and call.func.value.id == "np"]
    assert len(arrays) >= 1
    for call in arrays:
        assert [word.value.value for word in call.keywords if word.arg == "allow_pickle"] == [False]


# A config is data


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("spelled", ["+{}._target_=os.system", "++{}={{_target_:os.system,command:exit}}"])
def test_no_group_of_a_config_names_code_to_run(group, spelled, capsys):
    command = {"comparison": "compare", "calibration": "validate"}.get(group, "sweep")
    assert main([command, spelled.format(group)]) == 2
    assert "must be data without _target_, which names code to run" in capsys.readouterr().err


def test_no_launcher_is_given_code_inside_its_settings(capsys):
    inside = "hydra.launcher.n_jobs={_target_:os.system,command:exit}"
    assert main(["run", "-m", "seed=1,2", "hydra/launcher=joblib", inside]) == 2
    assert "_target_" in capsys.readouterr().err


@pytest.mark.parametrize("group", ["scenario", "engagement", "population", "network"])
@pytest.mark.parametrize("path", ["../../{}", "/{}", "a/../../{}", "${{oc.env:HOME}}", "'..\\{}'", "none,../{}"])
def test_a_choice_is_a_name_and_no_path(group, path, tmp_path, capsys):
    (tmp_path / "evil.yaml").write_text("hydra: {sweeper: {_target_: os.getcwd}}\n", "utf-8")
    assert main(["run", "-m", f"{group}={path.format('evil')}"]) == 2
    assert "must be the name of a choice, not a path" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["sweep", "choices.scenario=[../../x]"], ["compare", "contexts=[../../x]"]])
def test_choices_within_a_study_are_names_too(asked, capsys):
    assert main(asked) == 2
    assert "must be the name of a choice, not a path" in capsys.readouterr().err


def test_objects_in_yaml_stay_unbuilt(capsys):
    Path("facts").mkdir()
    Path("facts/F01.yaml").write_text("title: !!python/object/apply:os.system ['touch built']\n", "utf-8")
    assert main(["validate", "facts=facts"]) == 2
    assert not Path("built").exists()


# What others wrote stays words


class _Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


def harmless(page: str) -> None:
    for tag, attributes in _Tags(page).found:
        assert tag not in {"script", "iframe", "object", "embed", "base", "form"}
        assert not [name for name in attributes if name.startswith("on")]
        assert not (attributes.get("src") or "").startswith(("http", "//", "x"))
        assert not (attributes.get("href") or "").lower().startswith(("http", "javascript", "//", "data"))


def test_a_validation_report_says_hostile_words_and_does_nothing_with_them():
    fact = {
        "title": HOSTILE, "source": HOSTILE, "setting": HOSTILE, "note": HOSTILE, "fails": HOSTILE,
        "history": 6, "months": 6, "arms": {"survey": ["survey"]},
        "checks": [{"claim": HOSTILE, "tolerance": "M", "value": "effect(quality, survey, 6)", "within": [0.5, 1]}],
    }  # fmt: skip
    Path("facts").mkdir()
    Path("facts/F01.yaml").write_text(yaml.safe_dump(fact), "utf-8")
    quick = ["facts=facts", "calibration=none", "size=quick", "rivals=false"]
    assert main(["validate", *quick, "output=scored"]) == 0
    page = Path("scored/report.html").read_text("utf-8")
    harmless(page)
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    text = Path("scored/report.md").read_text("utf-8")
    assert "<img" not in text
    assert "](https://evil" not in text.replace("\\]", "")
    assert "](javascript" not in text.replace("\\]", "")


def test_a_comparison_of_hostile_packages_and_contexts_is_a_harmless_page():
    entry = f"{{name:{quoted(HOSTILE)},add:{{officials.intrinsic:0.1}},cost:10,cost_source:{quoted(HOSTILE)}}}"
    packages = f"packages={{pay:{{note:{quoted(HOSTILE)},interventions:[{entry}]}}}}"
    small = ["population.citizens=40", "population.districts=2", "months=30", "seeds=6"]
    assert main(["compare", f"name={quoted(HOSTILE)}", packages, *small, "output=compared"]) == 0
    page = Path("compared/report.html").read_text("utf-8")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    own = bundled(design_of(Parameters), "ask")  # it writes words as words
    assert [text for kind, text in scripts if kind == ' type="module"'] == [own]
    assert len(scripts) == 4
    hashed = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{hashed}' 'wasm-unsafe-eval'; worker-src blob:" in page
    (data,) = [text for kind, text in scripts if 'id="ask-data"' in kind]
    assert "<" not in data
    assert "<img src=x onerror=alert(1)>" in json.loads(data)["contexts"][0]["title"]  # words, in data
    harmless(re.sub(r"<script([^>]*)>.*?</script>", "", page, flags=re.DOTALL))


def test_figures_of_a_hostile_society_are_harmless():
    assert main(["run", f"name={quoted(HOSTILE)}", f"engagement.form={quoted(HOSTILE)}", *SOCIETY, "output=run"]) == 0
    drawn = sorted(Path("run").glob("*.svg"))
    assert drawn
    for path in drawn:
        tree = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - drawn just now
        tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not tags & {"script", "foreignObject", "image", "a", "iframe"}
        names = {name.rpartition("}")[2] for element in tree.iter() for name in element.attrib}
        assert not [name for name in names if name.startswith("on")]


def quoted(text: str) -> str:
    """Write words in Hydra's syntax."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
