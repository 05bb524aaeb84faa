"""Cores, streams and environment variables of this process, and the timing of its phases."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any, TextIO


def cores() -> int:
    """Return how many cores this process may use; taskset, Slurm or a container's quota may limit the number."""
    from joblib import cpu_count  # noqa: PLC0415, TID251 - slow to import; nothing is unpickled

    allowed: int = cpu_count()
    return allowed


APART: Mapping[str, str | None] = {"PYTHONSAFEPATH": "1"}
"""Python's option that keeps our child processes from importing files of the current folder, such as ``signal.py``."""


@contextmanager
def environment_variables(changes: Mapping[str, str | None]) -> Iterator[None]:
    """Set environment variables within this context; the value ``None`` unsets a variable."""
    before = {name: os.environ.get(name) for name in changes}
    _say(changes)
    try:
        yield
    finally:
        _say(before)


def _say(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


class Patient:
    """A text stream that drops its output once nobody can read it, so that a closed reader does not stop the work.

    Parameters
    ----------
    stream : text file
    forgives : type of OSError
        Errors to treat as a closed reader; any other error is raised once.
    name : str
        Name of the stream in error messages.
    """

    def __init__(self, stream: TextIO, forgives: type[OSError] = OSError, name: str = "") -> None:
        self._stream, self._forgives, self._name = stream, forgives, name

    def write(self, text: str) -> int:
        """Write a text, unless nobody can read it."""
        with self._patience():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, unless nobody can read it."""
        with self._patience():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the stream."""
        return getattr(self._stream, name)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._silence()
            if not isinstance(error, self._forgives):
                raise OSError(error.errno, error.strerror, self._name) from None

    def _silence(self) -> None:
        """Drop further output, so that it causes no further errors, even when Python exits."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


_log = logging.getLogger(__name__)


@contextmanager
def timed(phase: str) -> Iterator[None]:
    """Log at debug level how long the work in this context took; the record also has ``phase`` and ``seconds``."""
    begun = perf_counter()
    try:
        yield
    finally:
        seconds = perf_counter() - begun
        _log.debug("%s: %.3f s", phase, seconds, extra={"phase": phase, "seconds": seconds})
