"""The process of a command: streams, environment, and signals that ask it to end."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOWrapper
from types import FrameType
from typing import Any

from engagesim.machine import APART, Patient, environment_variables

_OF_A_NOTEBOOK = "module://"
"""Prefix of Matplotlib backends that are modules, such as those of notebooks."""

_NARROWEST = 40
"""Minimum number of terminal columns for a table."""


@contextmanager
def surroundings() -> Iterator[None]:
    """Make sure that standard streams work, and set environment variables that libraries need.

    Streams may be closed or missing (``2>&-``, a service, ``pythonw``), and their reader may stop (``| head``).
    Neither may cause the loss of a result.
    """
    _occupy()
    with ExitStack() as stack, environment_variables(_foreign()):
        out, err = (stream or stack.enter_context(open(os.devnull, "w")) for stream in (sys.stdout, sys.stderr))
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal may lack a character; that must not make a command fail
        read: Any = Patient(out, BrokenPipeError, "standard output")
        heard: Any = Patient(err)
        with redirect_stdout(read), redirect_stderr(heard):
            try:
                yield
            finally:
                with suppress(OSError):  # the error has already been reported
                    read.flush()
                heard.flush()


def _occupy() -> None:
    """Reopen closed standard streams; otherwise, the next file would take their number and receive their messages."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # this is the lowest free number


def _foreign() -> dict[str, str | None]:
    """Return new values of environment variables for this process and those that it starts.

    Matplotlib fails on an unknown backend; we draw into files, not windows, but a notebook keeps its backend. In a
    terminal with too few columns, a table would be empty. Numba and joblib fail on an invalid number of threads,
    although Numba starts no threads here.
    """
    says = dict(APART) | {"NUMBA_NUM_THREADS": None}
    if not os.environ.get("MPLBACKEND", "").startswith(_OF_A_NOTEBOOK):
        says["MPLBACKEND"] = None
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) < _NARROWEST:
        says["COLUMNS"] = says["LINES"] = None
    if not os.environ.get("LOKY_MAX_CPU_COUNT", "").isdecimal():
        says["LOKY_MAX_CPU_COUNT"] = None
    return says


_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end a program at once unless it handles them; Windows has only the first."""


@contextmanager
def heard() -> Iterator[list[int]]:
    """Let signals that end a program interrupt it like Ctrl-C, so that it can clean up.

    Yields
    ------
    list of int
        The numbers of the signals received. Each interrupts once: a closing terminal sends its signal twice, and the
        second must not interrupt the clean-up. A signal that is ignored or handled already is left alone.
    """
    numbers: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        if number not in numbers:
            numbers.append(number)
            raise KeyboardInterrupt

    is_main = threading.current_thread() is threading.main_thread()
    ours = [each for each in _ENDING if is_main and signal.getsignal(each) is signal.SIG_DFL]
    with _answered(ours, interrupt):
        yield numbers


@contextmanager
def noticed() -> Iterator[list[int]]:
    """Record each interrupt, because libraries may catch it and raise their own errors."""
    interrupts: list[int] = []
    earlier = {each: signal.getsignal(each) for each in (signal.SIGINT, *_ENDING)}
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return

    def note(number: int, frame: FrameType | None) -> None:
        before = earlier[signal.Signals(number)]
        try:
            if callable(before):
                before(number, frame)
        except KeyboardInterrupt:
            interrupts.append(number)
            raise

    with _answered([each for each, before in earlier.items() if callable(before)], note):
        yield interrupts


@contextmanager
def _answered(signals: Sequence[signal.Signals], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle signals with a handler, and restore the previous handlers afterwards."""
    before = [signal.signal(each, handler) for each in signals]
    try:
        yield
    finally:
        for each, earlier in zip(signals, before, strict=True):
            signal.signal(each, earlier)
