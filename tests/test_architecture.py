"""What rules and steps may say, so that Python and compiled code mean the same; and that the month stands once."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import engagesim
from engagesim import randomness, rules
from engagesim.compiling import MARKED
from engagesim.engines.compiled import kernels
from engagesim.engines.mesa import EngagementModel
from engagesim.month import (
    MONTH,
    citizen,
    coalition,
    district,
    official,
    organisation,
    politician,
    relation,
    tallies,
    trends,
)
from engagesim.month.steps import DRAWS, THINGS, Each, Step

ROOT = Path(engagesim.__file__).parent
OF_THE_MONTH = (citizen, coalition, district, official, organisation, politician, relation, tallies)
"""Where its steps are."""
RULES = sorted((ROOT / "rules").glob("*.py"))
STEPS = sorted((ROOT / "month").glob("*.py"))
ROOMS = [*RULES, *STEPS, ROOT / "randomness.py"]
# Since Python 3.12 sum() compensates; round(), pow() and abs() differ between the two in type or in the last bit.
UNSAFE_CALLS = {"sum", "round", "pow", "abs", "divmod"}
ALLOWED_IMPORTS = ("engagesim.compiling", "engagesim.rules", "typing", "collections", "enum")
OF_A_STEP = (*ALLOWED_IMPORTS, "engagesim.month", "engagesim.randomness")
OF_PLUMBING = (*OF_A_STEP, "dataclasses", "dis", "functools", "inspect", "traceback", "types")
ACTORS = {"citizen", "official", "politician", "service"}
ENGINES = sorted((ROOT / "engines").rglob("*.py"))


def offences(source: str, allowed: tuple[str, ...] = ALLOWED_IMPORTS) -> list[str]:
    """List what a rule must not say."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            found.append(f"line {node.lineno}: power")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in UNSAFE_CALLS:
            found.append(f"line {node.lineno}: {node.func.id}()")
        found += [f"line {node.lineno}: import {name}" for name in imported(node) if not is_of(name, allowed)]
    return found


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return []


def is_of(name: str, doors: tuple[str, ...]) -> bool:
    return any(name == door or name.startswith(door + ".") for door in doors)


def doors_of(path: Path) -> tuple[str, ...]:
    """Return what a file may import: a rule the least, and what puts steps together the most."""
    if path in STEPS:
        return OF_PLUMBING if path.name in {"steps.py", "binding.py"} else OF_A_STEP
    return ALLOWED_IMPORTS


def all_steps() -> list[Step]:
    """Return every step of the month."""
    return [
        step for phase in MONTH.values() for entry in phase if isinstance(entry, Each) for step in entry.steps
    ]  # fmt: skip


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_rules_and_steps_keep_to_arithmetic_that_both_engines_share(path):
    assert offences(path.read_text(encoding="utf-8"), doors_of(path)) == []


@pytest.mark.parametrize(
    "line",
    ["y = x**2", "x **= 0.5", "y = sum([x])", "y = round(x)", "y = pow(x, 2)", "y = abs(x)", "import numpy as np",
     "from math import exp", "from engagesim.parameters import Parameters", "from . import choice"],
)  # fmt: skip
@pytest.mark.parametrize("doors", [ALLOWED_IMPORTS, OF_PLUMBING], ids=["rule", "plumbing"])
def test_each_offence_is_seen(line, doors):
    assert offences(line, doors)


@pytest.mark.parametrize("room", ["rules", "month"])
@pytest.mark.parametrize("actor", sorted(ACTORS))
def test_what_one_actor_does_does_not_know_of_another(actor, room):
    path = ROOT / room / f"{actor}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([])
    known = {name.rpartition(".")[2] for node in ast.walk(tree) for name in imported(node)}
    assert not known & (ACTORS - {actor})


def test_every_rule_of_the_set_is_marked_for_the_compiler():
    assert [name for name, function in rules.RULES._asdict().items() if function not in MARKED] == []


def test_every_function_of_the_rules_and_of_the_month_is_marked_for_the_compiler():
    modules = [vars(module) for name, module in vars(rules).items() if inspect.ismodule(module)]
    month = [vars(module) for module in (*OF_THE_MONTH, trends)]
    functions = [
        function
        for module in [*modules, *month, vars(randomness)]
        for function in module.values()
        if inspect.isfunction(function) and function.__module__ == module["__name__"]
    ]
    assert [function.__name__ for function in functions if function not in MARKED] == []
    assert [step.name for step in all_steps() if step.act not in MARKED] == []


def test_every_rule_and_step_says_what_it_is():
    ours = [function for function in MARKED if function.__module__.startswith("engagesim.")]
    assert [function.__name__ for function in ours if not function.__doc__] == []


class TestTheMonthStandsOnce:
    def test_nothing_is_handed_more_than_six_things(self):
        handed = {*rules.RULES, *(step.act for step in all_steps())}
        handed |= {
            function for function in MARKED if is_of(function.__module__, ("engagesim.rules", "engagesim.month"))
        }
        assert [rule.__name__ for rule in handed if len(inspect.signature(rule).parameters) > 6] == []

    def test_a_step_asks_for_things_that_there_are_and_for_draws_that_are_of_use(self):
        asked = {name for step in all_steps() for name in step.asks}
        assert asked <= {*THINGS, *DRAWS}
        assert {*DRAWS} <= asked

    def test_each_step_of_the_rooms_of_the_month_is_on_its_page(self):
        written = [thing for module in OF_THE_MONTH for thing in vars(module).values() if isinstance(thing, Step)]
        assert {step.act for step in written} == {step.act for step in all_steps()}

    @pytest.mark.parametrize("word", [entry for phase in MONTH.values() for entry in phase if isinstance(entry, str)])
    def test_both_engines_know_each_word_of_the_page(self, word):
        assert callable(getattr(EngagementModel, word))
        assert getattr(kernels, word) in MARKED

    @pytest.mark.parametrize("path", ENGINES, ids=lambda path: f"{path.parent.name}-{path.stem}")
    def test_no_engine_calls_a_rule_of_the_set_itself(self, path):
        called = [
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value).rpartition(".")[2] in {"rules", "RULES", *ACTORS, "oversight"}
        ]  # fmt: skip
        assert not {*called} & {*rules.RULES._fields}

    @pytest.mark.parametrize("path", [*STEPS, *ENGINES], ids=lambda path: f"{path.parent.name}-{path.stem}")
    def test_a_function_fits_on_a_page(self, path):
        assert [name for name, lines in functions_of(path) if lines > 80] == []


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a file with the number of its lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1
