"""Bind a set of rules: copy the steps and rules so that the copies call the replacements by name."""

import dis
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from engagesim.rules import RULES

type Function = Callable[..., Any]


class Binding:
    """Copies of functions, and of the functions that they call, in which all rules come from a given set.

    A rule that replaces another may still call the original by its name.

    Parameters
    ----------
    replaced : dict of callable to callable
        The replacement of each rule that is replaced.
    made : str, optional
        Text added to the qualified name of each copy, so that copies for different sets of rules are not confused.
    """

    def __init__(self, replaced: Mapping[Function, Function], made: str = "") -> None:
        self._made = made
        self._replaced = replaced
        self._copies: dict[tuple[Function, Function | None], Function] = {}
        self.functions: list[Function] = []
        """All copies so far."""
        self.rules = types.ModuleType("rules")
        """The rules by name."""
        self._seen_by: list[tuple[types.ModuleType, Function]] = []
        for name, rule in RULES._asdict().items():
            setattr(self.rules, name, self(rule))
        for rules, usual in self._seen_by:  # a rule that replaces another sees the original in the set
            vars(rules).update({**vars(self.rules), usual.__name__: self._copy(usual, None)})

    def __call__(self, function: Any) -> Any:
        """Return the copy of a function; anything that is not a plain function stays as it is."""
        if function in self._replaced:
            return self._copy(self._replaced[function], function)
        return self._copy(function, next((old for old, new in self._replaced.items() if new is function), None))

    def _copy(self, function: Any, replacing: Function | None) -> Any:
        if not isinstance(function, types.FunctionType):
            return function
        key = (function, replacing)
        if key in self._copies:
            return self._copies[key]
        seen = dict(function.__globals__)
        copy = types.FunctionType(
            function.__code__, seen, function.__name__, function.__defaults__, function.__closure__
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        copy.__qualname__ = f"{function.__qualname__}_{self._made}" if self._made else function.__qualname__
        copy.__module__ = function.__module__
        self._copies[key] = copy
        self.functions.append(copy)
        for name in function.__code__.co_names:
            named = seen.get(name)
            if named is RULES:
                seen[name] = self.rules if replacing is None else self._with(replacing)
            elif isinstance(named, types.FunctionType):
                seen[name] = self._copy(named, None) if named is replacing else self(named)
        return copy

    def _with(self, usual: Function) -> types.ModuleType:
        """Return the set of rules in which one rule is the usual one again."""
        rules = types.ModuleType("rules")
        self._seen_by.append((rules, usual))
        return rules


class Reading(NamedTuple):
    """A line at which a function reads a chain of attributes of one of its variables."""

    function: types.FunctionType
    line: int
    variable: str
    chain: tuple[str, ...]


def readings(*functions: Callable[..., Any]) -> Iterator[Reading]:
    """Yield every line at which some functions, or plain functions that they call by name, read attributes."""
    for function in reached(*functions):
        yield from _of_one(function)


def reached(*functions: Callable[..., Any]) -> Iterator[types.FunctionType]:
    """Yield some functions and the plain functions that they call by name, each once."""
    seen: set[Callable[..., Any]] = set()
    waiting: list[Any] = list(functions)
    while waiting:
        function = waiting.pop()
        if not isinstance(function, types.FunctionType) or function in seen:
            continue
        seen.add(function)
        yield function
        waiting += named_by(function)


def named_by(function: types.FunctionType) -> list[Any]:
    """Return everything that a function names: in its closure, in its module, and in modules and rules named there."""
    names, seen = function.__code__.co_names, function.__globals__
    named = [cell.cell_contents for cell in function.__closure__ or ()] + [seen[name] for name in names if name in seen]
    holders = [each for each in named if isinstance(each, types.ModuleType | type(RULES))]
    ours = [each for each in holders if getattr(each, "__name__", "rules").partition(".")[0] in {"engagesim", "rules"}]
    return [*named, *(getattr(holder, name) for holder in ours for name in names if hasattr(holder, name))]


def _of_one(function: types.FunctionType) -> Iterator[Reading]:
    instructions = list(dis.get_instructions(function))
    for start, instruction in enumerate(instructions):
        if not instruction.opname.startswith(("LOAD_FAST", "STORE_FAST_LOAD_FAST")):
            continue
        chain = []
        for follower in instructions[start + 1 :]:
            if follower.opname != "LOAD_ATTR":
                break
            chain.append(follower.argval)
        loaded = instruction.argval
        line = (instruction.positions.lineno if instruction.positions else None) or function.__code__.co_firstlineno
        yield Reading(function, line, loaded[-1] if isinstance(loaded, tuple) else loaded, tuple(chain))


def place_of(function: Callable[..., Any]) -> str:
    """Return the file and the line of a function."""
    code = function.__code__
    return f"{code.co_filename}, line {code.co_firstlineno}"


def place_of_error(error: BaseException, file: str) -> str:
    """Return the file and its last line that led to an error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    return f"{file}, line {lines[-1]}" if lines else file
