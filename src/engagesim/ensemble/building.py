"""From readable functions to compiled ones: a set of rules bound into the kernels, compiled once for a machine.

Compiled code is kept on disk in a folder named after everything that it was made from: all sources of the package,
the rules in use, Numba and the processor. Change any of them and another folder is used, so that no stale rule is
ever served.
"""

import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numba
from numba.extending import register_jitable

from engagesim.compiling import MARKED
from engagesim.ensemble import citizens, coalitions, hiring, months, observing, officials, politicians, services, trends
from engagesim.ensemble.keeping import compiled_here, kept, kept_in
from engagesim.rules import RULES, Rules
from engagesim.society import population

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""No fast-math and no contraction: the same bits as plain Python. Division follows IEEE and does not raise."""

_registered: set[Callable[..., object]] = set()


class Engine(NamedTuple):
    """The compiled functions of one set of rules."""

    settle_districts: Callable[..., None]
    settle_citizens: Callable[..., None]
    settle_posts: Callable[..., None]
    live: Callable[..., None]


def build(rules: Rules = RULES) -> Engine:
    """Bind a set of rules into the kernels; they are compiled, or read from disk, on the first call."""
    folder = compiled_here(rules)
    kernels = bind(rules, folder.name)
    functions = (population.settle_districts, population.settle_citizens, population.settle_posts, months.live)
    with kept_in(folder):
        return Engine(*kept([_seeing(function, kernels, folder.name) for function in functions], **OPTIONS))


def bind(rules: Rules, made: str) -> dict[str, types.ModuleType]:
    """Return the kernels of each module under the letter that :mod:`~engagesim.ensemble.months` calls it by."""
    for function in (*MARKED, *rules):
        _take_in(function)
    bound = types.ModuleType("rules")
    vars(bound).update(rules._asdict())
    rooms = {
        "c": citizens, "k": coalitions, "t": observing, "h": hiring, "o": officials, "p": politicians, "s": services,
        "e": trends,
    }  # fmt: skip
    return {name: _compiled_room(room, bound, made) for name, room in rooms.items()}


def _take_in(function: Callable[..., Any]) -> None:
    """Let compiled code call a rule and inline it; the rule itself stays a plain function."""
    if function not in _registered:
        register_jitable(**OPTIONS, forceinline=True)(function)
        _registered.add(function)


def _compiled_room(room: types.ModuleType, bound: types.ModuleType, made: str) -> types.ModuleType:
    """Return the kernels of a module, compiled with the given rules; later ones see earlier ones."""
    kernels = types.ModuleType(room.__name__)
    seen: dict[str, Any] = {"rules": bound}
    for name, function in vars(room).items():
        if isinstance(function, types.FunctionType) and function.__module__ == room.__name__:
            seen[name] = numba.njit(**OPTIONS)(_seeing(function, seen, made))
            setattr(kernels, name, seen[name])
    return kernels


def _seeing(function: Any, names: dict[str, Any], made: str) -> Any:
    """Return a copy of a function that sees other things under some global names, named after what it is made from.

    Code read from disk is linked by name: two engines compiled by two processes would otherwise bear the same names,
    and a third process that reads both would run the first for either.
    """
    copy = types.FunctionType(function.__code__, {**function.__globals__, **names}, function.__name__)
    copy.__qualname__ = f"{function.__name__}_{made}"
    return copy
