"""From readable functions to compiled ones: a set of rules bound into the loops, compiled once for a machine.

Compiled code is kept on disk in a folder named after everything that it was made from: all sources of the package,
the rules in use, Numba and the processor. Change any of them and another folder is used, so that no stale rule is
ever served. The source of the loops lies beside it.
"""

import types
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numba
from numba.extending import register_jitable

from engagesim.compiling import MARKED
from engagesim.engines.compiled import kernels
from engagesim.engines.compiled.compile_cache import compiled_here, kept, kept_in
from engagesim.engines.compiled.loops import Loops
from engagesim.files import write_whole
from engagesim.mechanisms.design import Design
from engagesim.month.binding import Binding
from engagesim.society import population

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""No fast-math and no contraction: the same bits as plain Python. Division follows IEEE and does not raise."""


_INNER: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For what compiled code alone calls: a third of the time that compiling takes."""

_registered: set[Callable[..., object]] = set()


class Engine(NamedTuple):
    """The compiled functions of societies that are made alike."""

    design: Design
    copied: dict[str, int]
    settle_districts: Callable[..., None]
    settle_citizens: Callable[..., None]
    settle_posts: Callable[..., None]
    live: Callable[..., None]


def build(design: Design) -> Engine:
    """Bind a design's rules into the loops; they are compiled, or read from disk, on the first call."""
    folder = compiled_here(design)
    bound = Binding(design.replaced, folder.name)
    settling = [bound(f) for f in (population.settle_districts, population.settle_citizens, population.settle_posts)]
    with kept_in(folder):
        loops = Loops(design, bound)
        live = _named(compiled_parts(loops, bound, folder)["live"], folder.name)
        return Engine(design, loops.copied(), *kept([*settling, live], **OPTIONS))


def compiled_parts(loops: Loops, bound: Binding, folder: Path, **options: Any) -> dict[str, Any]:
    """Return the loops and kernels of a month, declared to the compiler, and ``live``, which is left to be compiled.

    Unless other ``options`` are given, loops and kernels can be called from compiled code alone.
    """
    by_hand = {entry: bound(getattr(kernels, entry)) for entry in loops.page if isinstance(entry, str)}
    file = folder / "month.py"
    text = loops.source()
    if not file.exists():  # compiled code on disk goes by the time of its source
        with suppress(OSError):
            write_whole(file, text.encode())
    by_hand |= {function.__name__: bound(function) for function in (kernels.copy_rows, kernels.copy_column)}
    names = {"__name__": __name__} | loops.names() | by_hand  # without a module, all of Python would be kept with it
    exec(compile(text, str(file), "exec"), names)  # noqa: S102 - made of our own names alone
    for function in (*MARKED, *bound.functions):
        _take_in(function)
    for part in (*by_hand, *(line.name for line in loops.lines)):
        names[part] = numba.njit(**OPTIONS, **(options or _INNER))(_named(names[part], folder.name))
    return names


def _take_in(function: Callable[..., Any]) -> None:
    """Let compiled code call a function and inline it; the function itself stays a plain one."""
    if function not in _registered:
        register_jitable(**OPTIONS, **_INNER, forceinline=True)(function)
        _registered.add(function)


def _named(function: types.FunctionType, made: str) -> types.FunctionType:
    """Name a function after what it is made from.

    Code read from disk is linked by name: two engines compiled by two processes would otherwise bear the same names,
    and a third process that reads both would run the first for either.
    """
    function.__qualname__ = f"{function.__name__}_{made}"
    return function
