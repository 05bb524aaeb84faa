"""The ODD document says what the code does: every formula is evaluated, every list is compared both ways."""

from __future__ import annotations

import ast
import inspect
import re
import runpy
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import engagesim
from engagesim.model import EngagementModel
from engagesim.parameters import SETTINGS, parameter_table
from engagesim.randomness import Purpose
from engagesim.rules import RULES, choice, vocabulary
from engagesim.society.state import COLUMNS

DOCS = Path(__file__).parents[2] / "docs"
SOURCES = Path(engagesim.__file__).parent
ODD = (DOCS / "odd.md").read_text("utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", ODD, flags=re.DOTALL)))
PAGES = sorted(DOCS.rglob("*.md"))
TABLES = runpy.run_path(str(DOCS / "tables.py"))
PATHS = [row.path for row in parameter_table()]
SETTING = {setting.name: setting.path for setting in SETTINGS}
WHOLE = {"stance": 3, "response": 4, "manager_response": 4, "strategy": 4, "route": 4, "option": 4, "disposition": 2,
         "was_member": 2, "new_party": 2, "punished": 2, "engaged_neighbours": 12, "sponsor_member": 2}  # fmt: skip


def section(title: str, text: str = ODD) -> str:
    """Return what stands under a heading, up to the next one of its rank or above."""
    rank = len(title) - len(title.lstrip("#"))
    found = re.search(rf"^{re.escape(title)}.*?\n(.*?)(?=^#{{1,{rank}}} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def first_cells(table: str, column: int) -> list[str]:
    """Return the names in backticks in one column of a table, row by row."""
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")][2:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row[column])]


@cache
def calls() -> dict[str, list[ast.Call]]:
    """Return every call of a rule by the agents and the model, by the rule's name."""
    found: dict[str, list[ast.Call]] = {}
    for path in [*(SOURCES / "agents").glob("*.py"), *(SOURCES / "model").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and re.search(r"\brules\.\w+$", ast.unparse(node.func)):
                found.setdefault(node.func.attr, []).append(node)
    return found


def names_in_the_document(rule: str) -> list[str]:
    """Return a name for each argument of a rule: the setting that the model hands over, or the argument's own."""
    arguments = list(inspect.signature(getattr(RULES, rule)).parameters)
    given: list[set[str]] = [set() for _ in arguments]
    for call in calls()[rule]:
        for name, value, names in zip(arguments, call.args, given, strict=True):
            if not isinstance(value, ast.Constant):  # a number in a setting's place is said in words
                names.add(SETTING.get(getattr(value, "attr", ""), name))
    assert all(len(names) == 1 for names in given), f"{rule} is called with other settings here and there"
    return [names.pop() for names in given]


def surroundings(values: dict[str, float]) -> dict[str, object]:
    """Return names for a formula: ``group.name`` for settings, the words of the model, and the arithmetic."""
    groups: dict[str, SimpleNamespace] = {}
    names: dict[str, object] = {word: value for word, value in vars(vocabulary).items() if word.isupper()}
    names |= {"min": min, "max": max, "clip": choice.clip, "toward": choice.toward, "logistic": choice.logistic}
    for path, value in values.items():
        group, _, name = path.rpartition(".")
        if group:
            setattr(groups.setdefault(group, SimpleNamespace()), name, value)
        else:
            names[name] = value
    return names | groups


def formula(rule: str) -> str:
    return re.search(r"```text\n(.*?)```", section(f"#### `{rule}`"), re.DOTALL)[1]


@pytest.mark.parametrize("rule", RULES._fields)
def test_each_formula_is_what_the_rule_computes_with_the_settings_that_the_model_hands_to_it(rule):
    names = names_in_the_document(rule)
    lots = np.random.default_rng(RULES._fields.index(rule))
    for _ in range(200):
        values = {
            name: int(lots.integers(WHOLE[name]))
            if name in WHOLE
            else float(lots.choice([0, 1, *lots.random(2), 4 * lots.random()]))
            for name in names
        }
        scope = surroundings(values)
        exec(formula(rule), scope)  # noqa: S102 - our own page
        written, computed = scope[rule], getattr(RULES, rule)(*values.values())
        written, computed = (x if isinstance(x, tuple) else (x,) for x in (written, computed))
        assert [float(term) for term in written] == pytest.approx([float(term) for term in computed], abs=1e-7)


@pytest.mark.parametrize("rule", RULES._fields)
def test_each_formula_compares_with_words_of_the_right_kind(rule):
    kinds = {"stance": vocabulary.Stance, "response": vocabulary.Response, "strategy": vocabulary.Strategy}
    for name, word in re.findall(r"(\w+) [=>]= ([A-Z]\w+)", formula(rule)):
        assert word in kinds[name.removeprefix("manager_")].__members__


@pytest.mark.parametrize("rule", RULES._fields)
def test_each_formula_names_all_that_the_rule_is_given(rule):
    text = formula(rule)
    assert [name for name in names_in_the_document(rule) if not re.search(rf"\b{re.escape(name)}\b", text)] == []


def test_the_rules_stand_in_the_order_of_the_month():
    assert re.findall(r"^#### `(\w+)`", ODD, re.MULTILINE) == list(RULES._fields)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_tables_are_as_the_code_has_them(page):
    text = page.read_text("utf-8")
    assert TABLES["renewed"](text) == text, "python docs/tables.py renews the tables"


@pytest.mark.parametrize(
    ("page", "table"),
    [("odd", "state"), ("odd", "measures"), ("parameters", "parameters"), ("evidence", "forms")],
)
def test_each_table_has_its_place(page, table):
    assert f"<!-- table: {table} -->" in (DOCS / f"{page}.md").read_text("utf-8")


def test_phases_stand_in_the_order_in_which_a_step_calls_them():
    step = ast.parse(inspect.getsource(EngagementModel.step).strip()).body[0]
    made = [node.value for node in step.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    called = [call.func.attr for call in made]
    assert first_cells(section("## 3. "), 2) == called


def test_every_purpose_of_a_draw_is_described_and_no_other():
    table = section("## 4. ").partition("| purpose |")
    rows = first_cells(table[1] + table[2].partition("\n\n")[0], 1)
    assert sorted(rows) == sorted(purpose.name for purpose in Purpose)


def test_every_parameter_is_named_where_it_acts():
    text = re.sub(r"<!-- table.*?<!-- end", "", ODD, flags=re.DOTALL)
    assert [path for path in PATHS if not re.search(rf"(?<![\w.]){re.escape(path)}\b(?!\.\w)", text)] == []


def test_every_state_variable_is_explained_beside_its_table_or_in_a_rule():
    prose = re.sub(r"<!-- table.*?<!-- end", "", ODD, flags=re.DOTALL)
    assert [c.name for c in COLUMNS if not re.search(rf"\b{c.name}\b", prose)] == []


def test_every_path_in_the_document_is_a_parameter_or_a_variable():
    dotted = set(re.findall(r"(?<![\w./-])([a-z]+\.[a-z_]+)\b(?!\.md|/)", " ".join(QUOTED)))
    known = {*PATHS, *(f"{c.entity}.{c.name}" for c in COLUMNS), "engagesim.rules"}
    assert {name for name in dotted - known if not name.endswith((".py", ".md", ".csv"))} == set()


@cache
def words_of_the_code() -> set[str]:
    """Return every identifier of the package, and every string that is one."""
    fields = ("id", "attr", "arg", "name", "value")
    nodes = [node for path in SOURCES.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    return {word for node in nodes for field in fields if isinstance(word := getattr(node, field, None), str)}


def test_every_name_in_the_document_is_one_of_the_code():
    plain = {name for name in QUOTED if re.fullmatch(r"[A-Za-z_]{3,}", name)}
    assert plain - words_of_the_code() == set()
