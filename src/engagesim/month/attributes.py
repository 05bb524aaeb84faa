"""Which attributes functions read, without calling them: ``s.citizens.stake`` is the chain (citizens, stake) of s."""

import dis
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
