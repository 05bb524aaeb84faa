"""The decorator that marks a rule or a step for the compiler.

Nothing is compiled here, and no compiler is imported. The agent-by-agent model calls the marked functions as plain
Python, so it starts at once.
"""

from collections.abc import Callable

MARKED: list[Callable[..., object]] = []
"""Every function marked with :func:`rule`, in the order of definition."""


def rule[Function: Callable[..., object]](function: Function) -> Function:
    """Mark a scalar function that both engines use; it stays a plain function.

    A rule uses only operations that Python and compiled code compute identically, bit for bit: ``+ - * /``, comparisons
    used as numbers, ``min`` and ``max``, whole-number arithmetic and other rules. It uses no state, randomness or
    libraries.
    """
    MARKED.append(function)
    return function
