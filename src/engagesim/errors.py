"""What can go wrong that a user can put right; each message is one line that names the place and what is allowed."""

import difflib
from collections.abc import Iterable


class EngagementError(ValueError):
    """Base of all errors that are the input's, not the program's."""


class ParameterError(EngagementError):
    """A parameter has an unknown name or a value out of its range."""


class InputError(EngagementError):
    """A file of the user's cannot be read, or does not say what it should."""


class StoreError(EngagementError):
    """A stored run is missing, incomplete, or not what it should be."""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``"; did you mean X?"`` for the nearest valid name, or nothing where none is near."""
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
