"""Whatever the documents tell a reader to type works, at a small size."""

from __future__ import annotations

import itertools
import re
import runpy
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import pytest

from engagesim.cli import main
from engagesim.configs import OWN
from things import overriding

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SMALL = ["population.districts=3", "months=4", "progress=false"]
WITH_REPORT = ("README.md", "docs/howto/place.md")
"""Pages whose comparisons draw their report, which takes most of the time; the tests of the report draw many others."""
EXEMPT = {
    "engagesim app": "serves until it is stopped; the tests of the dashboard drive it",
    "engagesim calibrate": "takes hours; its own tests run it on a fact that takes seconds",
    "make ": "CI itself runs the targets of the Makefile",
    "uv sync": "sets up the environment that the tests run in",
    "uv run pytest": "is what runs this test",
    "uv run python docs/tables.py": "rewrites the pages; test_odd compares what it would write",
}


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    code: str


def blocks(language: str) -> list:
    found = [
        Block(str(page.relative_to(ROOT)), text[: match.start()].count("\n") + 1, match[1], match[2])
        for page in PAGES
        for text in [page.read_text("utf-8")]
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    ]
    return [block for block in found if block.language == language]


def by_page(language: str) -> list:
    """Return the blocks of each page together: a reader goes from the first to the last in one folder."""
    pages = itertools.groupby(blocks(language), key=lambda block: block.page)
    return [pytest.param(list(found), id=page) for page, found in pages]


def commands(found: list[Block]) -> list[str]:
    lines = "".join(block.code for block in found).replace("\\\n", "").splitlines()
    return [line for line in lines if not line.startswith(tuple(EXEMPT))]


@pytest.fixture
def _own_files(tmp_path, monkeypatch):
    """An empty folder with the files that a reader would bring."""
    people = range(60)
    Path(tmp_path, "people.csv").write_text("person,education\n" + "".join(f"{i},0.5\n" for i in people), "utf-8")
    ties = "".join(f"{i},{(i + step) % 60}\n" for i in people for step in (1, 2))
    Path(tmp_path, "ties.csv").write_text("source,target\n" + ties, "utf-8")
    table = next(each.code for each in blocks("text") if each.page == "docs/howto/allies.md")
    Path(tmp_path, "ward.csv").write_text(table, "utf-8")
    for name in ("village", "place", "allies"):
        shutil.copytree(Path(__file__).parents[2] / "experiments" / name, tmp_path / "experiments" / name)
    shutil.copytree(Path(__file__).parents[2] / "notebooks" / "data", tmp_path / "notebooks" / "data")
    monkeypatch.setenv(OWN, str(tmp_path / "conf"))
    for block in blocks("yaml"):
        place = re.match(r"# ((?:conf|my_claims)/\S+)\n", block.code)
        path = tmp_path / (place[1] if place else "my_facts/F01.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code.removeprefix(place[0] if place else ""), "utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_own_files")
@pytest.mark.parametrize("found", by_page("sh"))
def test_commands_run(found, monkeypatch):
    if found[0].page not in WITH_REPORT:
        monkeypatch.setattr("engagesim.cli.compare.write_page", lambda *_: None)
    for line in commands(found):
        program, command, *arguments = shlex.split(line.removeprefix("uv run "), comments=True)
        assert program == "engagesim", f"{line!r}: neither a command of ours nor exempt"
        is_stored = arguments and Path(arguments[0]).is_dir()  # a stored run is as it was
        small = [*SMALL, "population.citizens=60"] if command in {"run", "sweep"} and not is_stored else []
        small += ["replicates=2"] if command == "sweep" else []
        small += ["figures=false"] if command == "run" else []  # which the tests of the command draw, and look at
        few = ["population.districts=3", "population.citizens=60", "months=36", "seeds=4"]  # beyond the first start
        few += ["unknowns=2", *([] if "calibration=" in line or "place=" in line else ["calibration=none"])]
        small += few if command == "compare" else []
        many = command == "compare" and not re.search(r"\b(scenario|contexts|place)=", line)
        small += ["contexts=[merit_state]"] if many else []
        small += ["uncertain.contexts=8"] if "uncertain.contexts=" in line else []
        small += ["simulated=256", "kept=20"] if command == "place" else []
        small += ["futures=20", "fresh=20", "most=1", "horizon=26"] if command == "allies" else []
        small += ["size=quick", "rivals=false", "calibration=none"] if command == "validate" else []
        small += ["size=quick", "calibration=none"] if command == "robustness" else []
        assert main([command, *overriding(arguments, *small)]) == 0, line


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: f"{block.page}:{block.line}")
def test_python_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for other in blocks("python"):
        name = re.match(r"# (\w+\.py)\n", other.code)
        if name and other.page == block.page:  # a module that the page asks the reader to write
            Path(name[1]).write_text(other.code, "utf-8")
    Path("block.py").write_text(block.code, "utf-8")
    runpy.run_path("block.py", run_name="__main__")  # alone, but without importing everything anew
    plt.close("all")


def test_every_block_is_run_or_is_plain_text():
    # YAML is what test_commands_run is given: a fact, or a config whose first line says where it lies. test_recipes
    # carries out the recipes.
    fences = [page.read_text("utf-8").count("\n```") // 2 for page in PAGES]
    recipes = sum(len(re.findall(r"^```\w+ recipe", page.read_text("utf-8"), re.MULTILINE)) for page in PAGES)
    assert sum(fences) == recipes + sum(len(blocks(language)) for language in ("sh", "python", "text", "yaml"))


def test_commands_in_running_text_are_real():
    quoted = {words for page in PAGES for words in re.findall(r"`engagesim ([a-z]+)", page.read_text("utf-8"))}
    for command in quoted:
        assert main([command, "--help"]) == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
