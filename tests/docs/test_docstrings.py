"""What the package says of itself in its docstrings is complete, and its examples run."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.validate import Validator, validate
from sphinx.pycode import ModuleAnalyzer

import engagesim

NOT_ASKED = {"SA01", "ES01", "EX01"}  # see also, a second paragraph and an example for each
TABLES = {"PR01"}  # fields are described where they are declared, or as attributes
DECISIONS = {"choose", "respond", "govern", "reasons"}
SOURCES = Path(engagesim.__file__).parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(SOURCES.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(SOURCES.rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


def public() -> list:
    """Return every public class and function, and what a public class offers."""
    found = [getattr(engagesim, name) for name in engagesim.__all__]
    found = [each for each in found if inspect.isclass(each) or inspect.isfunction(each)]
    agents = (engagesim.Citizen, engagesim.Official, engagesim.Politician)
    names = [f"{each.__module__}.{each.__qualname__}" for each in found]
    for kind in filter(inspect.isclass, found):
        ours = dict.fromkeys(name for owner in kind.__mro__ if _is_ours(owner) for name in vars(owner))
        offered = [name for name in ours if not name.startswith("_") and callable(getattr(kind, name))]
        # Of an agent a researcher replaces the decisions; the model alone calls its other parts.
        asked = [name for name in offered if name in DECISIONS] if kind in agents else offered
        names += [f"{kind.__module__}.{kind.__qualname__}.{name}" for name in asked]
    return names


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "engagesim"


@pytest.mark.parametrize("name", public())
def test_a_public_name_says_what_it_takes_and_what_it_returns(name):
    says = validate(name)
    is_table = inspect.isclass(Validator._load_obj(name)) and not name.endswith("EngagementModel")
    exempt = NOT_ASKED | (TABLES if is_table else set())
    assert [error for error in says["errors"] if error[0] not in exempt] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [("engagesim", "MODEL_VERSION"), ("engagesim.measures", "MEASURES"), ("engagesim.rules", "RULES")],
)
def test_every_public_value_is_described(module, name):
    assert ModuleAnalyzer.for_module(module).find_attr_docs()["", name]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings_run(name):
    results = doctest.testmod(import_module(name))
    assert results.attempted > 0
    assert results.failed == 0
