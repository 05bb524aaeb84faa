"""Computations in the background: a limited number at a time, one per visitor, first come, first served."""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import solara

from engagesim.dashboard.limits import AT_A_TIME, MOST_WAITING
from engagesim.errors import EngagementError


class Stopped(Exception):
    """Exception for a computation whose visitor no longer wants the result."""


class Turns:
    """A queue for turns to compute: a limited number at a time, and one per visitor."""

    def __init__(self, at_a_time: int = AT_A_TIME, most_waiting: int = MOST_WAITING) -> None:
        self._at_a_time = at_a_time
        self._most_waiting = most_waiting
        self._line: list[tuple[Hashable, object]] = []
        self._running: list[Hashable] = []
        self._changed = threading.Condition()

    @contextmanager
    def turn(
        self, visitor: Hashable, stopping: threading.Event, ahead: Callable[[int], None] = lambda _: None
    ) -> Iterator[None]:
        """Wait for a turn to compute, and keep it until the work is done.

        Parameters
        ----------
        visitor : hashable
        stopping : threading.Event
            Set when the result is no longer wanted.
        ahead : callable, optional
            Called, while waiting, with the number of those ahead.

        Raises
        ------
        EngagementError
            If too many are already waiting.
        Stopped
            If ``stopping`` is set before the turn comes.
        """
        ticket = (visitor, object())
        with self._changed:
            if len(self._line) >= self._most_waiting:
                raise EngagementError("too many computations are waiting; try again in a minute")
            self._line.append(ticket)
        try:
            self._wait(ticket, stopping, ahead)
        except BaseException:
            self._leave(ticket)
            raise
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(visitor)
                self._changed.notify_all()

    def _wait(self, ticket: tuple[Hashable, object], stopping: threading.Event, ahead: Callable[[int], None]) -> None:
        status = -1
        while True:
            with self._changed:
                if stopping.is_set():
                    raise Stopped
                if len(self._running) < self._at_a_time and self._next() is ticket:
                    self._line.remove(ticket)
                    self._running.append(ticket[0])
                    return
                place = self._line.index(ticket) + len(self._running)
                if place == status:
                    self._changed.wait(0.2)
            if place != status:
                ahead(place)
                status = place

    def _next(self) -> tuple[Hashable, object] | None:
        return next((ticket for ticket in self._line if ticket[0] not in self._running), None)

    def _leave(self, ticket: tuple[Hashable, object]) -> None:
        with self._changed:
            self._line.remove(ticket)
            self._changed.notify_all()


TURNS = Turns()
"""The turns of all visitors of this server."""


@dataclass(frozen=True)
class Progress:
    """Progress of a computation: how many are ahead of it, the share done, and its result or error."""

    phase: Literal["idle", "waiting", "running", "done", "failed", "stopped"] = "idle"
    ahead: int = 0
    share: float = 0.0
    result: Any = None
    text: str = ""

    @property
    def is_busy(self) -> bool:
        """Return whether the computation is waiting or running."""
        return self.phase in {"waiting", "running"}

    def words(self) -> str:
        """Return the progress in a sentence."""
        match self.phase:
            case "waiting":
                return f"Computations ahead in the queue: {self.ahead}." if self.ahead else "About to start."
            case "running":
                return f"Computing: {10 * int(10 * self.share)} %."
            case "done":
                return "Done."
            case "stopped":
                return "Stopped. Results so far are kept."
            case _:
                return self.text


_AT_WORK: WeakKeyDictionary[threading.Thread, threading.Event] = WeakKeyDictionary()
"""The threads that compute, and the event that stops each."""

_FAREWELL_S = 5.0
"""Seconds that computations may take to finish after the server has stopped."""


def stop_all() -> None:
    """Stop all computations and wait for them, because the interpreter must not exit while a library is at work."""
    latest = time.monotonic() + _FAREWELL_S
    at_work = list(_AT_WORK.items())
    for _, stopping in at_work:
        stopping.set()
    for thread, _ in at_work:
        thread.join(max(0.0, latest - time.monotonic()))


class Job:
    """One computation of one visitor, which may be restarted; create it once in the page with ``solara.use_memo``.

    ``progress`` is reactive: a component that reads ``job.progress.value`` is redrawn as the job proceeds.

    Parameters
    ----------
    visitor : hashable
        The visitor's ``Session``.
    turns : Turns, optional
    """

    def __init__(self, visitor: Hashable, turns: Turns = TURNS) -> None:
        self.progress = solara.reactive(Progress())
        self._visitor = visitor
        self._turns = turns
        self._now = Progress()
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # never held while the page is drawn

    def start(self, work: Callable[[Callable[[float], None]], Any]) -> None:
        """Start some work, and stop any work in progress.

        Parameters
        ----------
        work : callable
            A function that returns the result, runs in its own thread, and uses one core. Its argument is a function to
            call now and then with the share done, which raises ``Stopped`` if the result is no longer wanted.
        """
        stopping = threading.Event()
        with self._lock:
            self._stopping.set()
            self._stopping = stopping
        self._tell(stopping, Progress("waiting"))
        thread = threading.Thread(target=self._run, args=(work, stopping), daemon=True)
        _AT_WORK[thread] = stopping
        thread.start()

    def stop(self) -> None:
        """Stop the work in progress, if any."""
        with self._lock:
            self._stopping.set()
            if self._now.is_busy:
                self._now = Progress("stopped")
        self._show()

    def _run(self, work: Callable[[Callable[[float], None]], Any], stopping: threading.Event) -> None:
        def ahead(number: int) -> None:
            self._tell(stopping, Progress("waiting", ahead=number))

        def report(share: float) -> None:
            self._tell(stopping, Progress("running", share=share))

        try:
            with self._turns.turn(self._visitor, stopping, ahead):
                report(0.0)
                end = Progress("done", share=1.0, result=work(report))
        except Stopped:
            return
        except EngagementError as error:
            end = Progress("failed", text=str(error))
        except Exception as error:  # a bug of ours must not leave a progress bar that never moves
            end = Progress("failed", text=f"a bug in engagesim, please report it: {type(error).__name__}: {error}")
        with suppress(Stopped):
            self._tell(stopping, end)

    def _tell(self, stopping: threading.Event, progress: Progress) -> None:
        with self._lock:
            if stopping.is_set():
                raise Stopped
            self._now = progress
        self._show()

    def _show(self) -> None:
        """Draw the latest progress, and draw it again if another thread has reported more in the meantime."""
        while True:
            now = self._now
            self.progress.set(now)
            if self._now is now:
                return
