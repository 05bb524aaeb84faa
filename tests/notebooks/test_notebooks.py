"""The notebooks run from top to bottom, keep to the public names, and their exercises have solutions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import engagesim

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
OF_MECHANISMS = ("engagesim.mechanisms", "engagesim.month", "engagesim.rules")
"""What mechanisms are written with, beside the names of the package itself."""
IN_SMALL = {
    "5_your_own_village": {"for seed in range(1, 9)": "for seed in (1, 2)"},
    "6_changing_a_rule": {"for seed in range(2, 8)": "for seed in (2, 3)", '"months": 120': '"months": 60'},
    "8_whom_to_bring_together": {'"futures": 40, "fresh": 80, "most": 4': '"futures": 20, "fresh": 20, "most": 2'},
}
"""What takes long in a notebook, and what takes less."""
MOST_BYTES = 400_000
ENOUGH_EXERCISES = 3


def read(path: Path):
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def words(path: Path) -> str:
    return "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def plain(source: str) -> str:
    """Return a cell without the commands of IPython."""
    return "\n".join(line for line in source.splitlines() if not line.startswith("%"))


def executed(notebook, folder: Path):
    """Execute a copy of a notebook, in a process of its own: loops of browser tests may be running in this one."""
    path = folder / "notebook.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, str(FOLDER / "execute.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return read(path)


def test_there_are_eight():
    assert [path.name[0] for path in NOTEBOOKS] == list("12345678")
    assert all(f"({path.name})" in (FOLDER / "README.md").read_text("utf-8") for path in NOTEBOOKS)


def smaller(notebook, changes: dict[str, str]):
    """Return a notebook with some texts replaced, each of which stands somewhere."""
    for old, new in changes.items():
        cells = [cell for cell in notebook.cells if old in cell.source]
        assert cells, f"{old} stands nowhere"
        for cell in cells:
            cell.source = cell.source.replace(old, new)
    return notebook


# Agents live for seconds: every run has fewer of them do so in three notebooks, make test-slow has all of them.
@pytest.mark.parametrize(
    ("path", "changes"),
    [pytest.param(path, IN_SMALL.get(path.stem, {}), id=path.stem) for path in NOTEBOOKS]
    + [
        pytest.param(path, {}, id=f"{path.stem}-as_it_is", marks=pytest.mark.slow)
        for path in NOTEBOOKS
        if path.stem in IN_SMALL
    ],
)
def test_it_runs_from_top_to_bottom(path, changes, tmp_path):
    before = smaller(read(path), changes)
    after = executed(before, tmp_path)  # fails where a cell does
    assert [cell.source for cell in after.cells] == [cell.source for cell in before.cells]
    shown = [[output.output_type for output in cell.outputs] for cell in after.cells if cell.cell_type == "code"]
    assert shown == [[output.output_type for output in cell.outputs] for cell in code(path)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_kept_was_executed_in_order_without_errors_and_is_small(path):
    cells = code(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert all(output.output_type != "error" for output in outputs)
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not any("widget" in kind for output in outputs for kind in output.get("data", {}))
    assert path.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_imports_public_names_only(path):
    for cell in code(path):
        for node in ast.walk(ast.parse(plain(cell.source))):
            if isinstance(node, ast.Import):
                assert not [each.name for each in node.names if each.name.startswith("engagesim.")]
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("engagesim"):
                assert node.module == "engagesim" or str(node.module).startswith(OF_MECHANISMS)
                assert {each.name for each in node.names} <= set(engagesim.__all__) or node.module != "engagesim"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution_that_is_executed(path):
    cells, text = read(path).cells, words(path)
    exercises = re.findall(r"^\*\*Exercise (\d)\.\*\*", text, re.MULTILINE)
    solutions = re.findall(r"^### Solution (\d)$", text, re.MULTILINE)
    assert exercises == solutions
    assert len(exercises) >= ENOUGH_EXERCISES
    for place, cell in enumerate(cells):
        if re.search(r"^### Solution \d", cell.source, re.MULTILINE):
            following = cells[place + 1]
            assert following.cell_type == "code"
            assert following.metadata["jupyter"]["source_hidden"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_figures_are_introduced_and_explained(path):
    text = words(path)
    assert text.count("**What to look for") >= 3
    assert text.count("**What it means") >= 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_there_is_something_to_play_with_and_the_page_shows_it_without_a_kernel(path):
    cells = code(path)
    played = [place for place, cell in enumerate(cells) if "interact(" in cell.source]
    assert played
    for place in played:
        assert any("image/png" in output.get("data", {}) for output in cells[place + 1].outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", words(path))
    assert [link for link in links if not (FOLDER / link).exists()] == []


def test_cells_that_are_executed_again_keep_nothing_that_changes_by_itself(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("from ipywidgets import interact\nimport sys"),
            nbformat.v4.new_code_cell("interact(lambda x: x, x=3);\nprint('kept')\nprint('progress', file=sys.stderr)"),
        ]
    )
    done = executed(notebook, tmp_path)
    assert [output.text for output in done.cells[1].outputs if output.output_type == "stream"] == ["kept\n"]
    assert "application/vnd" not in nbformat.writes(done)
    assert set(done.metadata) == {"kernelspec"}
    assert not any(cell.metadata for cell in done.cells)
