"""Whatever the documents tell a reader to type works, at a small size."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from engagesim.cli import main

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SMALL = ["population.districts=3", "months=4", "progress=false"]
EXEMPT = {
    "make ": "CI itself runs the targets of the Makefile",
    "uv sync": "sets up the environment that the tests run in",
    "engagesim app": "serves until it is stopped; tests/app drives it in a browser",
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
        Block(page.name, text[: match.start()].count("\n") + 1, match[1], match[2])
        for page in PAGES
        for text in [page.read_text("utf-8")]
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    ]
    return [pytest.param(b, id=f"{b.page}:{b.line}") for b in found if b.language == language]


def commands(block: Block) -> list[str]:
    return [line for line in block.code.splitlines() if not line.startswith(tuple(EXEMPT))]


@pytest.fixture
def _own_files(tmp_path, monkeypatch):
    """An empty folder with the files that a reader would bring."""
    people = range(60)
    Path(tmp_path, "people.csv").write_text("person,education\n" + "".join(f"{i},0.5\n" for i in people), "utf-8")
    ties = "".join(f"{i},{(i + step) % 60}\n" for i in people for step in (1, 2))
    Path(tmp_path, "ties.csv").write_text("source,target\n" + ties, "utf-8")
    facts = re.search(r"```yaml\n(id: F01.*?)```", (ROOT / "docs/facts.md").read_text("utf-8"), re.DOTALL)
    Path(tmp_path, "my_facts").mkdir()
    Path(tmp_path, "my_facts/F01.yaml").write_text(facts[1], "utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_own_files")
@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_run(block):
    for line in commands(block):
        program, command, *arguments = shlex.split(line.removeprefix("uv run "), comments=True)
        assert program == "engagesim", f"{line!r}: neither a command of ours nor exempt"
        is_stored = arguments and Path(arguments[0]).is_dir()  # a stored run is as it was
        small = [*SMALL, "population.citizens=60"] if command in {"run", "sweep"} and not is_stored else []
        small += ["replicates=2"] if command == "sweep" else []
        few = ["population.districts=3", "population.citizens=60", "months=36", "seeds=4"]  # beyond the first start
        small += few if command == "compare" else []
        small += ["size=quick", "rivals=false", "calibration=none"] if command == "validate" else []
        assert main([command, *arguments, *small]) == 0, line


@pytest.mark.parametrize("block", blocks("python"))
def test_python_runs(block, tmp_path):
    # Uncompiled rules save a minute, and must not be met by the tests of the compiled clock: hence another process.
    run = subprocess.run(
        [sys.executable, "-c", block.code],
        cwd=tmp_path, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


def test_every_block_is_run_or_is_plain_text():
    # The YAML is the fact that test_commands_run is given.
    fences = [page.read_text("utf-8").count("\n```") // 2 for page in PAGES]
    assert sum(fences) == sum(len(blocks(language)) for language in ("sh", "python", "text", "yaml"))


def test_commands_in_running_text_are_real():
    quoted = {words for page in PAGES for words in re.findall(r"`engagesim (\w+)", page.read_text("utf-8"))}
    for command in quoted:
        assert main([command, "--help"]) == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
