"""The mechanisms that a command line names; their code runs, so only the command line can name them.

A config is data: it may set what a mechanism declares (``fatigue.rest``), but not name a file of code.
"""

from collections.abc import Sequence

from hydra.errors import HydraException

from engagesim.configs.override_values import text_of, value_of
from engagesim.errors import ParameterError, shown
from engagesim.mechanisms.declarations import Mechanism, listed
from engagesim.mechanisms.design import design_of, tree_with

TAKEN_BY = (
    "run", "rerun", "page", "sweep", "export", "compare", "allies", "validate", "calibrate", "robustness", "parameters",
)  # fmt: skip
"""Commands that accept mechanisms."""

_KEY = "mechanisms"


def taken(arguments: Sequence[str]) -> tuple[tuple[Mechanism, ...], list[str]]:
    """Execute and check the mechanisms that arguments name; return them and the other arguments.

    Raises
    ------
    ParameterError
        If ``mechanisms`` is not a file or a list of files.
    MechanismError
        If a file is not a mechanism, or an engine cannot follow it.
    """
    given = [each for each in arguments if each.partition("=")[0] == _KEY]
    if len(given) > 1:
        raise ParameterError(f"{_KEY}: must be given once, with several files as {_KEY}=[a.py,b.py]")
    others = [each for each in arguments if each.partition("=")[0] != _KEY]
    mechanisms = listed(file for each in given for file in _files(each.partition("=")[2]))
    design_of(tree_with(mechanisms))
    return mechanisms, others


def refuse(arguments: Sequence[str], why: str) -> None:
    """Refuse mechanisms for a command that accepts none.

    Raises
    ------
    ParameterError
        If there are mechanisms; the message states why they are refused, and which commands accept them.
    """
    if any(each.partition("=")[0] == _KEY for each in arguments):
        raise ParameterError(
            f"{_KEY}: must be left out: {why}; {', '.join(TAKEN_BY[:-1])} and {TAKEN_BY[-1]} accept them"
        )


def _files(value: str) -> list[str]:
    """Return the named files: one file, or the files in a list."""
    if not value.strip():
        raise ParameterError(f"{_KEY}: missing; must be a file, as in {_KEY}=fatigue.py")
    if not value.lstrip().startswith("["):
        return [text_of(_KEY, value)]
    try:
        found = value_of(f"{_KEY}={value}")
    except HydraException:
        found = None
    if not isinstance(found, list) or not found:
        raise ParameterError(f"{_KEY} = {shown(value)}: must be a file, or a list of files as in [a.py,b.py]")
    return list(map(str, found))
