"""Requests to end that come as signals: Ctrl-C, SIGTERM of Docker and Slurm, SIGHUP of a terminal that closes."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

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
