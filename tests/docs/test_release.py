"""What a release says of itself agrees, and every dependency has a reason."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
PAGE = (ROOT / "docs/dependencies.md").read_text("utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
VERSION = PROJECT["project"]["version"]


def name_of(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def required(*lists: list) -> set[str]:
    names = {name_of(each) for some in lists for each in some if isinstance(each, str)}
    return names - {"engagesim"}


DECLARED = {
    "The package": required(PROJECT["project"]["dependencies"]),
    "Extras": required(*PROJECT["project"]["optional-dependencies"].values()),
    "Development": required(*PROJECT["dependency-groups"].values()),
}


def rows(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("heading", DECLARED)
def test_every_dependency_is_explained_and_none_that_is_not_there(heading):
    assert sorted(row[0].strip("`") for row in rows(heading)) == sorted(DECLARED[heading])
    assert all(len(row) == 3 and all(row) for row in rows(heading))


@pytest.mark.parametrize(("extra", "named"), PROJECT["project"]["optional-dependencies"].items())
def test_the_reason_of_an_extra_names_the_extra(extra, named):
    reasons = {row[0].strip("`"): row[1] for row in rows("Extras")}
    assert all(reasons[name_of(each)].startswith(f"`{extra}`: ") for each in named)


def test_dependencies_without_a_release_for_two_years_are_named():
    released = {}
    for package in LOCK["package"]:
        files = [*([package["sdist"]] if "sdist" in package else []), *package.get("wheels", [])]
        moments = [file["upload-time"] for file in files if "upload-time" in file]
        if moments:
            released[package["name"]] = max(map(moment, moments))
    made = max(released.values())
    old = {name for name in set().union(*DECLARED.values()) if made - released[name] > timedelta(days=730)}
    said = re.search(r"before the lock file was made: (.*?)\. ", PAGE, re.DOTALL)[1]
    assert set(re.findall(r"`([\w-]+)`", said)) == old


def moment(text: str | datetime) -> datetime:
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def test_project_citation_and_lock_say_the_same_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    locked = next(package["version"] for package in LOCK["package"] if package["name"] == "engagesim")
    assert {citation["version"], locked} == {VERSION}


def test_the_changelog_ends_where_the_version_is_or_is_about_to_be():
    """Under ``[Unreleased]`` stands this version, or, before the first release, nothing yet."""
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", CHANGELOG, re.MULTILINE)
    assert re.search(r"^## \[Unreleased\]$", CHANGELOG, re.MULTILINE)
    assert released[:1] in ([VERSION], [])
    assert released == sorted(released, key=lambda each: tuple(map(int, each.split("."))), reverse=True)


def test_the_version_is_semantic_and_the_model_version_counts():
    import engagesim

    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
    assert engagesim.MODEL_VERSION.isdecimal()


def test_the_release_recipe_names_targets_that_there_are():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in ("docs/release.md", "docs/dependencies.md", "SECURITY.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text("utf-8")))
        assert named <= targets, page
