"""Cores, streams and environment that a process may use, and where its time goes."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any, TextIO


def cores() -> int:
    """Return how many cores this process may use: fewer than there are under taskset, Slurm or a container's quota."""
    from joblib import cpu_count  # noqa: PLC0415, TID251 - slow to import; nothing is unpickled

    allowed: int = cpu_count()
    return allowed


APART: Mapping[str, str | None] = {"PYTHONSAFEPATH": "1"}
"""Has processes that we start take no file of the current folder, as a ``signal.py``, for a module."""


@contextmanager
def environment_variables(changes: Mapping[str, str | None]) -> Iterator[None]:
    """Have environment variables say something else for a while; ``None``: nothing."""
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
    """A stream for words that go nowhere once nobody can take them: who stops reading costs no result.

    Parameters
    ----------
    stream : text file
    forgives : type of OSError
        Errors that are no more than that; all others are raised, once.
    name : str
        What the stream is called in an error.
    """

    def __init__(self, stream: TextIO, forgives: type[OSError] = OSError, name: str = "") -> None:
        self._stream, self._forgives, self._name = stream, forgives, name

    def write(self, text: str) -> int:
        """Write, if anybody takes it."""
        with self._patience():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        with self._patience():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """Be the stream in all else."""
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
        """Have what is still to come go nowhere, so that neither we nor Python stumble over it again at the end."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


_log = logging.getLogger(__name__)


@contextmanager
def timed(phase: str) -> Iterator[None]:
    """Log, at level debug, how long the work within took; the record has it as ``phase`` and ``seconds``, too."""
    begun = perf_counter()
    try:
        yield
    finally:
        seconds = perf_counter() - begun
        _log.debug("%s: %.3f s", phase, seconds, extra={"phase": phase, "seconds": seconds})
