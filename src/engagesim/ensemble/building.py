"""From readable functions to compiled ones: a set of rules bound into the kernels, compiled once for a machine."""

import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numba
from numba.extending import register_jitable

from engagesim.compiling import MARKED
from engagesim.ensemble import citizens, coalitions, months, observing, officials, politicians, services, trends
from engagesim.rules import RULES, Rules
from engagesim.society import population

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""No fast-math and no contraction: the same bits as plain Python. Division follows IEEE and does not raise."""

_KERNEL_ROOMS = (trends, politicians, officials, services, citizens, coalitions, observing)
_registered: set[Callable[..., object]] = set()


class Engine(NamedTuple):
    """The compiled functions of one set of rules."""

    settle_districts: Callable[..., None]
    settle_citizens: Callable[..., None]
    settle_posts: Callable[..., None]
    live: Callable[..., None]


def build(rules: Rules = RULES) -> Engine:
    """Bind a set of rules into the kernels; compilation follows on the first call."""
    for function in MARKED:
        _take_in(function)
    for function in rules:
        _take_in(function)
    bound = types.ModuleType("rules")
    for name, function in rules._asdict().items():
        setattr(bound, name, function)
    compiled = {}
    for room in _KERNEL_ROOMS:
        compiled[room] = _compiled_room(room, bound)
    live = _with(
        months.live,
        {
            "c": compiled[citizens],
            "k": compiled[coalitions],
            "t": compiled[observing],
            "o": compiled[officials],
            "p": compiled[politicians],
            "s": compiled[services],
            "move_trends": compiled[trends].move_trends,
            "meet_contacts": compiled[trends].meet_contacts,
        },
    )
    return Engine(
        *(
            numba.njit(**OPTIONS)(function)
            for function in (
                population.settle_districts,
                population.settle_citizens,
                population.settle_posts,
                live,
            )
        )
    )


def _take_in(function: Callable[..., Any]) -> None:
    """Let compiled code call a rule; the rule itself stays a plain function."""
    if function not in _registered:
        register_jitable(**OPTIONS, forceinline=True)(function)
        _registered.add(function)


def _compiled_room(room: types.ModuleType, bound: types.ModuleType) -> Any:
    """Return the kernels of a module, compiled with the given rules; they see each other."""
    kernels = types.ModuleType(room.__name__)
    own = [f for f in vars(room).values() if isinstance(f, types.FunctionType) and f.__module__ == room.__name__]
    seen: dict[str, Any] = {"rules": bound}
    for function in own:
        seen[function.__name__] = numba.njit(**OPTIONS)(_with(function, seen))
        setattr(kernels, function.__name__, seen[function.__name__])
    return kernels


def _with(function: Any, names: dict[str, Any]) -> Callable[..., Any]:
    """Return a copy of a function that sees other things under some global names."""
    return types.FunctionType(function.__code__, {**function.__globals__, **names}, function.__name__)
