"""What a rule may say, so that Python and compiled code mean the same by it to the last bit."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import engagesim
from engagesim import randomness, rules
from engagesim.compiling import MARKED

ROOT = Path(engagesim.__file__).parent
RULES = sorted((ROOT / "rules").glob("*.py"))
ROOMS = [*RULES, ROOT / "randomness.py"]
# Since Python 3.12 sum() compensates; round(), pow() and abs() differ between the two in type or in the last bit.
UNSAFE_CALLS = {"sum", "round", "pow", "abs", "divmod"}
ALLOWED_IMPORTS = ("engagesim.compiling", "engagesim.rules", "typing", "collections", "enum")
ACTORS = {"citizen", "official", "politician", "service"}


def offences(source: str) -> list[str]:
    """List what a rule must not say."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            found.append(f"line {node.lineno}: power")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in UNSAFE_CALLS:
            found.append(f"line {node.lineno}: {node.func.id}()")
        found += [f"line {node.lineno}: import {name}" for name in imported(node) if not allowed(name)]
    return found


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return []


def allowed(name: str) -> bool:
    return any(name == door or name.startswith(door + ".") for door in ALLOWED_IMPORTS)


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.stem)
def test_rules_keep_to_arithmetic_that_both_clocks_share(path):
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ["y = x**2", "x **= 0.5", "y = sum([x])", "y = round(x)", "y = pow(x, 2)", "y = abs(x)", "import numpy as np",
     "from math import exp", "from engagesim.parameters import Parameters", "from . import choice"],
)  # fmt: skip
def test_each_offence_is_seen(line):
    assert offences(line)


@pytest.mark.parametrize("actor", sorted(ACTORS))
def test_the_rules_of_one_actor_do_not_know_those_of_another(actor):
    tree = ast.parse((ROOT / "rules" / f"{actor}.py").read_text(encoding="utf-8"))
    known = {name.removeprefix("engagesim.rules.") for node in ast.walk(tree) for name in imported(node)}
    assert not known & (ACTORS - {actor})


def test_every_rule_of_the_set_is_marked_for_the_compiler():
    assert [name for name, function in rules.RULES._asdict().items() if function not in MARKED] == []


def test_every_function_of_the_rules_is_marked_for_the_compiler():
    modules = [vars(module) for name, module in vars(rules).items() if inspect.ismodule(module)]
    functions = [
        function
        for module in [*modules, vars(randomness)]
        for function in module.values()
        if inspect.isfunction(function) and function.__module__ == module["__name__"]
    ]
    assert [function.__name__ for function in functions if function not in MARKED] == []


def test_every_rule_says_what_it_is():
    assert [function.__name__ for function in MARKED if not function.__doc__] == []
