"""What tests are made with: what rules are given, by state variables and parameters in force, and words of commands."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest

from engagesim.cli import main
from engagesim.errors import InputError
from engagesim.parameters import FIXED, SETTINGS, Parameters
from engagesim.society.state import COLUMNS, GOVERNING, MONTHLY, WIRED, Column

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ALONE = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""A browser without windows that asks nobody for anything of its own accord."""


@cache
def variables(entity: str) -> dict[str, Column]:
    """Return every state variable that one kind of entity shows to a rule, by name."""
    shown = {c.name: c for c in (*COLUMNS, *MONTHLY, *WIRED) if c.entity == entity}
    governing = {c.name: c for c in COLUMNS if c.entity == "politician" and c.name in GOVERNING}
    return shown | (governing if entity == "district" else {})


def one(entity: str, **state: Any) -> SimpleNamespace:
    """Return one of an entity, with each state variable at 0 but for those given."""
    names = variables(entity)
    assert not set(state) - set(names), f"a {entity} has no {set(state) - set(names)}"
    return SimpleNamespace(**dict.fromkeys(names, 0) | state)


@cache
def usual_values() -> dict[str, Any]:
    """Return the default of every parameter that rules read, by path."""
    usual = Parameters()
    paths = (path.split(".") for path in (*(setting.path for setting in SETTINGS), *FIXED))
    return {f"{group}.{name}": getattr(getattr(usual, group), name) for group, name in paths}


def in_force(changes: Mapping[str, Any] | None = None) -> SimpleNamespace:
    """Return the parameters, by group and name, at their defaults but for those given by path."""
    usual, changes = usual_values(), changes or {}
    assert not set(changes) - set(usual), f"no parameters: {set(changes) - set(usual)}"
    s = SimpleNamespace()
    for path, value in (usual | changes).items():
        group, _, name = path.partition(".")
        if not hasattr(s, group):
            setattr(s, group, SimpleNamespace())
        setattr(getattr(s, group), name, value)
    return s


def overriding(usual: list[str], *words: str) -> list[str]:
    """Return usual words of a command, with others in place of those that set the same."""
    keys = {word.partition("=")[0] for word in words}
    return [*(word for word in usual if word.partition("=")[0] not in keys), *words]


def refusal(read: Callable[..., Any], *given: Any, **settings: Any) -> str:
    """Return the one line in which an input is refused."""
    with pytest.raises(InputError) as refused:
        read(*given, **settings)
    (line,) = str(refused.value).splitlines()
    return line


def carried_out(arguments: list[str]) -> None:
    """Carry out a command that must succeed; if it does not, the failure says what it wrote to standard error."""
    with redirect_stderr(StringIO()) as said:
        code = main(arguments)
    assert code == 0, f"engagesim {' '.join(arguments)}: {said.getvalue()}"
