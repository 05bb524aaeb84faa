"""The ODD document says what the code does: every formula is evaluated, every list is compared both ways."""

from __future__ import annotations

import ast
import inspect
import re
import runpy
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

import engagesim
from engagesim.cli.help import SETTINGS
from engagesim.month import MONTH, Each
from engagesim.month.steps import DRAWS
from engagesim.parameters import parameter_table
from engagesim.randomness import Purpose
from engagesim.rules import RULES, choice, citizen, official, relation, vocabulary
from engagesim.society.state import COLUMNS, MONTHLY, WIRED
from things import variables

DOCS = Path(__file__).parents[2] / "docs"
SOURCES = Path(engagesim.__file__).parent
ODD = (DOCS / "odd.md").read_text("utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", ODD, flags=re.DOTALL)))
PAGES = sorted(DOCS.rglob("*.md"))
TABLES = runpy.run_path(str(DOCS / "tables.py"))
PATHS = [row.path for row in parameter_table()]
WHOLE = {
    "Strategy": 4, "Response": 4, "Stance": 3, "Disposition": 2, "0 or 1": 2, "0, 1, 2": 3, "0 to 5": 6, "people": 12,
    "months": 200, "month": 200, "route": 4, "option": 4, "punished": 2, "met": 2, "is_election": 2, "thinks": 2,
}  # fmt: skip
"""How many whole numbers there are, by the unit of a state variable or by the name of an argument."""
ME = {
    "citizen": "citizen",
    "organisation": "citizen",
    "official": "official",
    "relation": "official",
    "service": "official",
    "politician": "politician",
    "coalition": "district",
    "next_organisation": "official",
    "official_may_join": "official",
    "official_support": "official",
    "joins": "official",
    "politician_may_join": "politician",
}
"""Who acts in the rules of a module, or in a rule."""
OTHERS = {"home": "district", "post": "official", "other": "citizen"}
DERIVED = {
    "citizen": {"education": citizen.education, "vulnerability": citizen.vulnerability},
    "official": {"engaged_share": official.engaged_share, "pressing": relation.pressing},
}
"""What a formula means by a name of the one who acts that is not simply the state variable."""


def section(title: str, text: str = ODD) -> str:
    """Return what stands under a heading, up to the next one of its rank or above."""
    rank = len(title) - len(title.lstrip("#"))
    found = re.search(rf"^{re.escape(title)}.*?\n(.*?)(?=^#{{1,{rank}}} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


class Given:
    """Somebody or something that a rule is given: its attributes are random numbers; what is read is noted."""

    def __init__(self, name: str, draw: Callable[[str], float], read: set[str]) -> None:
        self._name, self._draw, self._read = name, draw, read

    def __getattr__(self, attribute: str) -> float:
        self._read.add(f"{self._name}.{attribute}")
        return self._draw(attribute)


class Trial:
    """Everything that a rule is given in one trial, and what it, or a formula, reads of that.

    Each number depends on the trial and on its name alone, so only what is read has to be drawn.
    """

    def __init__(self, rule: str, number: int) -> None:
        self.rule = getattr(RULES, rule)
        self.read: set[str] = set()
        self._number = number
        asked = list(inspect.signature(self.rule).parameters)
        self.who = ME.get(rule, ME.get(self.rule.__module__.rpartition(".")[2], ""))
        entities = {name: entity for name, entity in {"me": self.who, **OTHERS}.items() if name in asked}
        self._known = {name: variables(entity) for name, entity in entities.items()}
        self.things: dict[str, object] = {name: Given(name, partial(self._state, name), self.read) for name in entities}
        self.groups = {group: Given(group, partial(self._setting, group), self.read) for group in SETTINGS_OF if group}
        self.things["s"] = SimpleNamespace(**self.groups)
        self.numbers = {name: drawn(number, name, name) for name in asked if name not in self.things}
        self.asked = [self.things.get(name, self.numbers.get(name)) for name in asked]

    def _state(self, whose: str, name: str) -> float:
        variable = self._known[whose][name]
        return drawn(self._number, f"{whose}.{name}", variable.unit, variable.fixed)

    def _setting(self, group: str, name: str) -> float:
        return max(SETTINGS_OF[group][name], drawn(self._number, f"{group}.{name}", f"{group}.{name}"))

    def meaning(self, name: str) -> object:
        """Return what a name in the formula stands for: an argument, a state variable, or another rule's answer."""
        if name in self.numbers:
            self.read.add(name)
            return self.numbers[name]
        if name in self.groups:
            return self.groups[name]
        if "me" in self.things and name in DERIVED.get(self.who, {}):
            return self._answer(DERIVED[self.who][name])
        for whose, known in self._known.items():  # me before home, post and other
            if name in known:
                return getattr(self.things[whose], name)
        return self._answer(getattr(RULES, name)) if name in RULES._fields else SCOPE[name]

    def _answer(self, rule: Callable[..., object]) -> object:
        return rule(*(self.things[name] for name in inspect.signature(rule).parameters))


def drawn(number: int, name: str, kind: str, fixed: bool = False) -> float:
    """Draw a whole number of a kind, or a share that is 0 or 1 now and then, or a larger number."""
    lots = Random(f"{number} {name}")  # noqa: S311 - repeatable, and no secret
    if kind in WHOLE:
        return lots.randrange(1 if fixed else 0, WHOLE[kind] + fixed)
    return float(lots.choice([0, 1, lots.random(), lots.random(), 4 * lots.random()]))


SETTINGS_OF: dict[str, dict[str, float]] = {}
"""The lowest value of each setting, by group and name."""
for row in parameter_table():
    _group, _, _name = row.path.rpartition(".")
    SETTINGS_OF.setdefault(_group, {})[_name] = row.low or 0
SCOPE = {word: value for word, value in vars(vocabulary).items() if word.isupper()}
SCOPE |= vocabulary.Ending.__members__ | {"min": min, "max": max}
SCOPE |= {rule.__name__: rule for rule in (choice.clip, choice.logistic, choice.share, choice.toward)}
"""The words of the model, and the arithmetic."""


def names_in(text: str) -> set[str]:
    """Return the names that a formula uses and does not explain itself."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    own = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    return {node.id for node in nodes} - own


def formula(rule: str) -> str:
    return re.search(r"```text\n(.*?)```", section(f"#### `{rule}`"), re.DOTALL)[1]


@pytest.mark.parametrize("rule", RULES._fields)
def test_each_formula_is_what_the_rule_computes(rule):
    text = formula(rule)
    for number in range(200):
        trial = Trial(rule, number)
        scope = {name: trial.meaning(name) for name in names_in(text)}
        exec(text, scope)  # noqa: S102 - our own page
        written, computed = scope[rule], trial.rule(*trial.asked)
        written, computed = (x if isinstance(x, tuple) else (x,) for x in (written, computed))
        expected = pytest.approx([float(term) for term in computed], rel=1e-12, abs=1e-7)
        assert [float(term) for term in written] == expected


@pytest.mark.parametrize("rule", RULES._fields)
def test_each_formula_compares_with_words_of_the_right_kind(rule):
    kinds = {"stance": vocabulary.Stance, "response": vocabulary.Response, "strategy": vocabulary.Strategy}
    for name, word in re.findall(r"(\w+) [=>]= ([A-Z]\w+)", formula(rule)):
        assert word in kinds[name.removeprefix("manager_")].__members__


@pytest.mark.parametrize("rule", RULES._fields)
def test_each_formula_names_all_that_the_rule_reads_and_nothing_else(rule):
    computing, writing = (Trial(rule, 1) for _ in range(2))
    computing.rule(*computing.asked)
    text = formula(rule)
    exec(text, {name: writing.meaning(name) for name in names_in(text)})  # noqa: S102
    assert writing.read == computing.read | set(computing.numbers)


def test_the_rules_stand_in_the_order_of_the_month():
    assert re.findall(r"^#### `(\w+)`", ODD, re.MULTILINE) == list(RULES._fields)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_tables_are_as_the_code_has_them(page):
    text = page.read_text("utf-8")
    assert TABLES["renewed"](text) == text, "python docs/tables.py renews the tables"


def test_help_says_of_settings_what_their_declarations_say():
    assert SETTINGS.read_text("utf-8") == TABLES["settings"](), "python docs/tables.py renews it"


@pytest.mark.parametrize(
    ("page", "table"),
    [("odd", "state"), ("odd", "tallies"), ("odd", "measures"), ("parameters", "parameters"), ("evidence", "forms")],
)
def test_each_table_has_its_place(page, table):
    assert f"<!-- table: {table} -->" in (DOCS / f"{page}.md").read_text("utf-8")


def test_phases_and_steps_stand_in_the_order_of_the_month():
    rows = [line.split("|") for line in section("## 3. ").splitlines() if line.startswith("|")][2:]
    phases = [[re.findall(r"`(\w+)`", cell) for cell in (row[2], row[-2])] for row in rows]
    page = [[[phase], [name for entry in entries for name in steps(entry)]] for phase, entries in MONTH.items()]
    assert phases == page


def steps(entry: Each | str) -> list[str]:
    """Return the names on one line of the page of the month."""
    return [entry] if isinstance(entry, str) else [step.name for step in entry.steps]


def draws() -> list[list[str]]:
    """Return the rows of the table of draws."""
    table = section("## 4. ").partition("| purpose |")
    return [row.split("|") for row in (table[2].partition("\n\n")[0]).splitlines()[2:]]


def test_every_purpose_of_a_draw_is_described_and_no_other():
    rows = [name for row in draws() for name in re.findall(r"`(\w+)`", row[1])]
    assert sorted(rows) == sorted(purpose.name for purpose in Purpose)


def test_every_draw_of_a_month_stands_beside_its_purpose_in_its_place():
    told = {re.findall(r"`(\w+)`", row[1])[0]: re.findall(r"`(\w+_noise)`", row[2]) for row in draws()}
    for name, (purpose, place) in DRAWS.items():
        assert told[purpose.name][place] == name
    assert sum(map(len, told.values())) == len(DRAWS)


def test_every_parameter_is_named_where_it_acts():
    text = re.sub(r"<!-- table.*?<!-- end", "", ODD, flags=re.DOTALL)
    assert [path for path in PATHS if not re.search(rf"(?<![\w.]){re.escape(path)}\b(?!\.\w)", text)] == []


def test_every_state_variable_is_explained_beside_its_table_or_in_a_rule():
    prose = re.sub(r"<!-- table.*?<!-- end", "", ODD, flags=re.DOTALL)
    assert [c.name for c in (*COLUMNS, *MONTHLY, *WIRED) if not re.search(rf"\b{c.name}\b", prose)] == []


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
