"""The decorator that marks a rule or a step for the compiler.

Nothing is compiled here and no compiler is imported: the agent-by-agent model calls the marked functions as
plain Python, and starts at once.
"""

from collections.abc import Callable

MARKED: list[Callable[..., object]] = []
"""Every function marked with :func:`rule`, in the order of definition."""


def rule[Function: Callable[..., object]](function: Function) -> Function:
    """Mark a scalar function that both engines use; it stays a plain function.

    A rule uses only what Python and compiled code compute identically, bit for bit: ``+ - * /``, comparisons used as
    numbers, ``min`` and ``max``, whole-number arithmetic, other rules. No state, no randomness, no libraries.
    """
    MARKED.append(function)
    return function
