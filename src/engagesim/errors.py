"""Errors that a user can put right, each one line that names the place and what it must be."""

import difflib
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any


class EngagementError(ValueError):
    """Base of all errors that are the input's, not the program's."""


class ParameterError(EngagementError):
    """A parameter has an unknown name or a value out of its range."""


class InputError(EngagementError):
    """A file of the user's cannot be read, or does not say what it should."""


class StoreError(EngagementError):
    """A stored run is missing, incomplete, or not what it should be."""


class MechanismError(EngagementError):
    """A rule, a step or a mechanism of the user's does not do what an engine needs."""


class ExtraError(EngagementError):
    """Something is asked for that needs an extra of the package, which is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, extra)  # as they are, so that it can come from another process

    def __str__(self) -> str:
        what, extra = self.args
        return f"{what}: needs the extra '{extra}', as in: pip install 'engagesim[{extra}]'"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean X?"`` for the nearest valid name, or nothing where none is near.

    Capitals count for nothing; the last part of a path stands for the whole, as does the beginning of one name alone.
    What has no letters is no name.
    """
    if len(name) > _LONGEST_NAME or not any(letter.isalpha() for letter in name):
        return ""
    valid = list(islice(names, _MOST_NAMES))
    spelt = {full.rpartition(".")[2].lower(): full for full in reversed(valid)} | {full.lower(): full for full in valid}
    close = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=_NEAR)
    begun = [each for each in spelt if len(name) > 2 and each.startswith(name.lower())]
    close = close or begun * (len(begun) == 1)
    return f"; did you mean {shown(spelt[close[0]])}?" if close else ""


def shown(value: Any) -> str:
    """Return a value as a line can show it: whole where it is short, else its beginning."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHORT.maxstring else f"{value[: _SHORT.maxstring - 3]}...")
    return " ".join(_SHORT.repr(value).split())


def said_of(mistake: Mapping[str, Any]) -> str:
    """Return what pydantic says of a mistake; of a text that was taken for something else, how to write it."""
    if mistake["type"] == "string_type":
        return "a text is needed; one that looks like a number, true, null or a list stands in quotes, as '1.10'"
    said: str = mistake["msg"].removeprefix("Value error, ")
    return said


def check_printable(arguments: Sequence[str]) -> None:
    """Refuse what no terminal can show, and no file name should hold.

    Raises
    ------
    ParameterError
    """
    for argument in arguments:
        if not argument.isprintable():
            raise ParameterError(f"{shown(argument)}: allowed are printable characters")


_LONGEST_NAME, _MOST_NAMES = 100, 5000
"""Length of a name, and number of names, up to which a comparison of all takes no time that anybody would notice."""

_NEAR = 0.75
"""Likeness from 0 to 1 from which on a name is worth a guess: a wrong one would mislead."""

_SHORT = reprlib.Repr(maxlevel=3, maxdict=4, maxlist=6, maxtuple=6, maxset=4, maxstring=60, maxlong=40, maxother=60)
