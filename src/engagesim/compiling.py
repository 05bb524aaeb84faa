"""The mark by which the compiler knows a rule or a step.

Nothing is compiled here and no compiler is imported: the agent-by-agent model calls the marked functions as
plain Python, and starts at once.
"""

from collections.abc import Callable

MARKED: list[Callable[..., object]] = []
"""Every function marked with :func:`rule`, in the order of definition."""


def rule[Function: Callable[..., object]](function: Function) -> Function:
    """Mark a scalar function that both drivers use; it stays the plain function it was.

    A rule holds to what Python and compiled code compute to the same bit: ``+ - * /``, comparisons used as
    numbers, ``min`` and ``max``, whole-number arithmetic, other rules. No state, no randomness, no libraries.
    """
    MARKED.append(function)
    return function
