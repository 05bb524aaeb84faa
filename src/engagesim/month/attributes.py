"""What functions read, without calling them, and where they stand; ``s.citizens.stake`` reads a chain of s."""

import dis
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Reading(NamedTuple):
    """One place where a function reads a chain of attributes of one of its variables."""

    function: types.FunctionType
    line: int
    variable: str
    chain: tuple[str, ...]


def readings(*functions: Callable[..., Any]) -> Iterator[Reading]:
    """Yield each reading of attributes by functions, and by the plain functions that they call by name."""
    seen: set[Callable[..., Any]] = set()
    waiting: list[Any] = list(functions)
    while waiting:
        function = waiting.pop()
        if not isinstance(function, types.FunctionType) or function in seen:
            continue
        seen.add(function)
        yield from _of_one(function)
        rules = function.__globals__.get("rules")
        for name in function.__code__.co_names:
            waiting += [function.__globals__.get(name), getattr(rules, name, None)]
        waiting += [cell.cell_contents for cell in function.__closure__ or ()]


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
    """Return the last line of a file that led to an error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    return f"{file}, line {lines[-1]}" if lines else file
