"""The pages about the project agree with the project."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml

import engagesim

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RECORDS = sorted((ROOT / "docs/adr").glob("0*.md"))
SOURCE_CODE = re.compile(r"\b[ER]\d{1,2}\b")


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def test_the_pictures_of_the_model_are_as_they_are_drawn():
    for path, drawn in runpy.run_path(str(ROOT / "docs/meetings.py"))["drawings"]().items():
        assert drawn == path.read_bytes(), "python docs/tables.py draws it anew"


def test_the_picture_of_the_rooms_is_as_the_code_has_them():
    layers = runpy.run_path(str(ROOT / "docs/layers.py"))
    assert layers["drawn"]() == layers["FIGURE"].read_bytes(), "python docs/tables.py draws it anew"


def test_each_module_says_in_a_line_what_it_is():
    layers = runpy.run_path(str(ROOT / "docs/layers.py"))
    paths = [path for level in layers["levels"]() for layer in level for path in layers["modules"](layer).values()]
    assert [path.name for path in paths if not layers["said"](path)] == []
    assert len(paths) == len([path for path in (ROOT / "src/engagesim").rglob("*.py") if path.name != "__init__.py"])


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_is_a_page_of_status_context_decision_and_consequences(record):
    headings = re.findall(r"^## (\w+)$", record.read_text("utf-8"), re.MULTILINE)
    assert headings == ["Status", "Context", "Decision", "Consequences"]
    assert len(record.read_text("utf-8").splitlines()) <= 60
    assert f"]({record.name})" in text("docs/adr/README.md")


def test_every_source_that_is_named_is_listed_and_every_one_listed_is_named():
    listed = set(re.findall(r"^\| ([ER]\d+) \|", text("docs/evidence.md"), re.MULTILINE))
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "conf").rglob("*.yaml")]
    named = {code for path in files for code in SOURCE_CODE.findall(path.read_text("utf-8"))}
    named |= {path.stem for path in (ROOT / "src").rglob("facts/E*.yaml")}
    assert listed == named


def test_the_citation_is_that_of_the_project():
    citation = yaml.safe_load(text("CITATION.cff"))
    project = PROJECT["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"]
    assert citation["title"].startswith(project["name"])
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]


def test_the_changelog_knows_the_model_version():
    changes = re.findall(r"^### Outputs change\n\n(.*?)(?=^#|\Z)", text("CHANGELOG.md"), re.DOTALL | re.MULTILINE)
    assert f"Model version {engagesim.MODEL_VERSION}:" in changes[0]


def test_the_readme_fits_on_two_screens():
    assert len(text("README.md").splitlines()) <= 100
