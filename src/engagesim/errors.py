"""Errors that a user can correct, each in one line that says where the problem is and what is allowed.

The shape is ``PLACE = VALUE: must be WHAT``; ``; did you mean X?`` or a command may follow.
"""

import difflib
import re
import reprlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any


class EngagementError(ValueError):
    """Base class of all errors in the input, as opposed to bugs."""


class ParameterError(EngagementError):
    """Error for a parameter with an unknown name or a value out of range."""


class InputError(EngagementError):
    """Error for a user's file that cannot be read or has invalid content."""


class StoreError(EngagementError):
    """Error for a folder of results that is missing, incomplete or damaged, or cannot be written."""


class MechanismError(EngagementError):
    """Error for a user's rule, step or mechanism that an engine cannot use."""


class ExtraError(EngagementError):
    """Error for a requested feature whose optional extra is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, extra)  # unchanged, so that it can be passed between processes

    def __str__(self) -> str:
        what, extra = self.args
        return f"{what}: must have the extra '{extra}' installed; use: pip install 'engagesim[{extra}]'"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean X?"`` for the nearest valid name, or an empty text if none is near.

    Case is ignored. The last part of a path stands for the path, and so does a unique beginning of a name. A text
    without letters is not a name.
    """
    if len(name) > _LONGEST_NAME or not any(letter.isalpha() for letter in name):
        return ""
    valid = [each for each in islice(names, _MOST_NAMES) if not each.lower().startswith(f"{name.lower()}.")]
    spelt = {full.rpartition(".")[2].lower(): full for full in reversed(valid)} | {full.lower(): full for full in valid}
    close = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=_NEAR)
    begun = [each for each in spelt if len(name) > 2 and each.startswith(name.lower())]
    close = close or begun * (len(begun) == 1)
    return f"; did you mean {shown(spelt[close[0]])}?" if close else ""


def shown(value: Any) -> str:
    """Return a value as an error message shows it: in full if it is short, otherwise only its beginning."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHORT.maxstring else f"{value[: _SHORT.maxstring - 3]}...")
    return " ".join(_SHORT.repr(value).split())


def either(names: Iterable[Any]) -> str:
    """Return names as a list in a sentence: ``A, B or C``."""
    *others, last = map(str, names)
    return f"{', '.join(others)} or {last}" if others else last


def not_one_of(place: str, given: Any, names: Iterable[str]) -> str:
    """Return the error message for a value that is not among the given names."""
    known = list(names)
    near = nearest(given, known) if isinstance(given, str) else ""
    if near and len(known) > _FEW:
        return f"{place} = {shown(given)}: no such name{near}"
    return f"{place} = {shown(given)}: must be {either(known)}{near}"


def no_such(name: str, kind: str, names: Iterable[str], where: str = "", place: str = "") -> str:
    """Return the error message for an unknown name, with the nearest name or, if there are few, all names.

    If there are many, ``where`` names the command that lists them. ``place`` precedes the name in the message.
    """
    known = list(names)
    others = f"; must be {either(known)}" if 0 < len(known) <= _FEW else where
    said = name if _PLAIN.fullmatch(name) else shown(name)
    return f"{place}{said}: no such {kind}{nearest(name, known) or others}"


def reason(error: Exception) -> str:
    """Return the reason why a file cannot be read or written, as the end of a sentence."""
    why = getattr(error, "strerror", None) or str(error)
    return why[:1].lower() + why[1:]


def span(low: float, high: float, whole: bool = False) -> str:
    """Return the words that follow ``must be`` for a number within a range."""
    return f"a {'whole ' * whole}number from {low:.10g} to {high:.10g}"


def check_printable(arguments: Sequence[str]) -> None:
    """Refuse arguments with characters that a terminal cannot show and a file name should not contain.

    Raises
    ------
    ParameterError
    """
    for argument in arguments:
        if not argument.isprintable():
            raise ParameterError(f"{shown(argument)}: must have printable characters only")


_LONGEST_NAME, _MOST_NAMES = 100, 5000
"""Maximum length of names that are compared, and their maximum number; more would take noticeable time."""

_PLAIN = re.compile(r"[\w./~@\[\]-]{1,60}")
"""Pattern of a name that needs no quotes in a sentence."""

_FEW = 16
"""Maximum number of names that a message lists."""

_NEAR = 0.75
"""Lowest similarity, from 0 to 1, at which a name is suggested; a wrong suggestion would mislead."""

_SHORT = reprlib.Repr(maxlevel=3, maxdict=4, maxlist=6, maxtuple=6, maxset=4, maxstring=60, maxlong=40, maxother=60)
