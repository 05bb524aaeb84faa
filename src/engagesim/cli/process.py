"""What a command finds around it: streams, environment, and requests to end that come as signals."""

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
"""How backends of Matplotlib begin that are modules, as those of notebooks are."""

_NARROWEST = 40
"""Columns of a terminal in which a table can be read."""


@contextmanager
def surroundings() -> Iterator[None]:
    """Have standard streams whatever the command was started with, and leave out of account what is set for others.

    Who starts a command may close its streams or none may be there (``2>&-``, a service, ``pythonw``), and who reads
    them may stop (``| head``). Neither costs a result.
    """
    _occupy()
    with ExitStack() as stack, environment_variables(_foreign()):
        out, err = (stream or stack.enter_context(open(os.devnull, "w")) for stream in (sys.stdout, sys.stderr))
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal may lack a letter; what was done must not fail for that
        read: Any = Patient(out, BrokenPipeError, "standard output")
        heard: Any = Patient(err)
        with redirect_stdout(read), redirect_stderr(heard):
            try:
                yield
            finally:
                with suppress(OSError):  # it has been said
                    read.flush()
                heard.flush()


def _occupy() -> None:
    """Open standard streams that are closed: the next file would take their number, and what is said go into it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free is this one


def _foreign() -> dict[str, str | None]:
    """Return what the environment should say instead, for us and for the processes that we start.

    A backend that Matplotlib does not know stops it, and we draw into files, in no window at all; a notebook's way to
    show figures stays. In a terminal that calls itself too narrow a table would be empty. Numba has no threads of its
    own here, but stumbles over a wrong number of them, as joblib does.
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
"""Signals that end a program at once, unless it hears them; Windows knows the first only."""


@contextmanager
def heard() -> Iterator[list[int]]:
    """Have signals that end a program interrupt it, as Ctrl-C does, so that it can put away what it has begun.

    Yields
    ------
    list of int
        The numbers of those that came. Each interrupts once: a terminal that closes sends its signal twice, and the
        second must not interrupt the putting away. A signal that somebody ignores or handles already is left alone.
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
    """Note each interrupt: libraries that it comes upon in the middle catch it, and complain of something else."""
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
    """Answer signals with a handler, and afterwards as before."""
    before = [signal.signal(each, handler) for each in signals]
    try:
        yield
    finally:
        for each, earlier in zip(signals, before, strict=True):
            signal.signal(each, earlier)
