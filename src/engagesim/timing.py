"""Where the time goes: each phase of work says in the log how long it took, and who listens adds up."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

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
