"""Errors that a user can put right, each one line that names the place and what it must be.

The shape is ``PLACE = VALUE: must be WHAT``; after it comes, where that helps, ``; did you mean X?`` or a command.
"""

import difflib
import re
import reprlib
from collections.abc import Iterable, Sequence
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
        return f"{what}: must have the extra '{extra}'; write pip install 'engagesim[{extra}]'"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean X?"`` for the nearest valid name, or nothing where none is near.

    Capitals count for nothing; the last part of a path stands for the whole, as does the beginning of one name alone.
    What has no letters is no name.
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
    """Return a value as a line can show it: whole where it is short, else its beginning."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHORT.maxstring else f"{value[: _SHORT.maxstring - 3]}...")
    return " ".join(_SHORT.repr(value).split())


def either(names: Iterable[Any]) -> str:
    """Return names as a sentence lists them: ``A, B or C``."""
    *others, last = map(str, names)
    return f"{', '.join(others)} or {last}" if others else last


def not_one_of(place: str, given: Any, names: Iterable[str], instead: str = "") -> str:
    """Return what is said of a value that is not among some names; ``instead`` is allowed beside them."""
    known = list(names)
    near = nearest(given, known) if isinstance(given, str) else ""
    if near and len(known) > _FEW:
        return f"{place} = {shown(given)}: no such name{near}"
    what = either([*known, instead] if instead else known)
    return f"{place} = {shown(given)}: must be {what}{near}"


def no_such(name: str, kind: str, names: Iterable[str], where: str = "", place: str = "") -> str:
    """Return what is said of a name that does not exist: the nearest one, else all where they are few.

    Of names that are many, ``where`` says which command lists them; ``place`` stands in front of the name.
    """
    known = list(names)
    others = f"; must be {either(known)}" if 0 < len(known) <= _FEW else where
    said = name if _PLAIN.fullmatch(name) else shown(name)
    return f"{place}{said}: no such {kind}{nearest(name, known) or others}"


def reason(error: Exception) -> str:
    """Return why a file cannot be read or written, as a sentence ends with it."""
    why = getattr(error, "strerror", None) or str(error)
    return why[:1].lower() + why[1:]


def span(low: float, high: float, whole: bool = False) -> str:
    """Return the words for a number within a range, as they follow ``must be``."""
    return f"a {'whole ' * whole}number from {low:.10g} to {high:.10g}"


def check_printable(arguments: Sequence[str]) -> None:
    """Refuse what no terminal can show, and no file name should hold.

    Raises
    ------
    ParameterError
    """
    for argument in arguments:
        if not argument.isprintable():
            raise ParameterError(f"{shown(argument)}: must have printable characters only")


_LONGEST_NAME, _MOST_NAMES = 100, 5000
"""Length of a name, and number of names, up to which a comparison of all takes no time that anybody would notice."""

_PLAIN = re.compile(r"[\w./~@\[\]-]{1,60}")
"""A name that is told from the words around it without quotes."""

_FEW = 16
"""Names up to which a line lists all."""

_NEAR = 0.75
"""Likeness from 0 to 1 from which on a name is worth a guess: a wrong one would mislead."""

_SHORT = reprlib.Repr(maxlevel=3, maxdict=4, maxlist=6, maxtuple=6, maxset=4, maxstring=60, maxlong=40, maxother=60)
