"""Refusals have one shape: PLACE = VALUE: must be WHAT; the words of other shapes are not in the source."""

import ast
from pathlib import Path

import pytest

import engagesim

SOURCE = sorted(Path(engagesim.__file__).parent.rglob("*.py"))
OF_OTHER_SHAPES = (
    "allowed is",
    "allowed are",
    "; allowed ",
    ": allowed ",
    "needed is",
    "is needed",
    "stands there twice",
)


def texts(source: str) -> list[str]:
    """Return every text of a module that is none of its docstrings."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    every = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in every if id(node) not in said]


@pytest.mark.parametrize("module", SOURCE, ids=lambda module: module.stem)
def test_no_refusal_has_another_shape(module):
    odd = [text for text in texts(module.read_text("utf-8")) if any(words in text for words in OF_OTHER_SHAPES)]
    assert odd == []


def test_a_refusal_of_another_shape_is_seen():
    assert texts('"""Allowed is this."""\nraise ValueError(f"seed = {seed}: allowed is 1")') == [
        "seed = ",
        ": allowed is 1",
    ]
