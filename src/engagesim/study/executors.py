"""Run the parts of a study in this process, or with Dask on this machine or a cluster."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from engagesim.errors import EngagementError, ExtraError, ParameterError
from engagesim.machine import APART, cores, environment_variables
from engagesim.parameters.declare import Group

if TYPE_CHECKING:
    from engagesim.study.plan import Part  # takes seconds to import
    from engagesim.study.run_part import Tables

type Work = Callable[[Part], Tables]
type Executor = Callable[[Work, Iterable[Part]], Iterator[tuple[Part, Tables]]]
"""A function that works on every part and yields each result as soon as it is ready, in any order."""

RETRIES = 3
"""How often a part is retried if its worker dies."""

_WAITING = 2
"""Number of parts queued for each worker of a cluster: enough to keep all busy, and few enough to share the work."""

_NEVER = 100
"""A logging level above all levels in use."""


class Place(Group):
    """Where a study runs."""

    kind: Literal["threads", "dask"] = Field("threads", description="threads or dask")
    workers: int = Field(
        0,
        ge=0,
        le=10_000,
        description="0 to 10000 threads, or workers of a local cluster; 0 means one per core that may be used",
    )
    address: str | None = Field(None, description="dask only: address of a scheduler; null means a new local cluster")
    patience: float = Field(
        30.0, gt=0, le=3600, description="dask only: up to 3600 seconds to wait for a scheduler or worker"
    )


@contextmanager
def executor(place: Place) -> Iterator[Executor]:
    """Yield the requested executor, and clean up afterwards."""
    if place.kind == "threads":
        yield in_this_process
        return
    with _client(place) as client:
        yield lambda work, parts: _on_dask(client, work, parts)


def in_this_process(work: Work, parts: Iterable[Part]) -> Iterator[tuple[Part, Tables]]:
    """Run one part after another; the engine spreads each part over threads."""
    for part in parts:
        yield part, work(part)


@contextmanager
def _client(place: Place) -> Iterator[Any]:
    try:
        import distributed  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise ExtraError("executor = dask", "cluster") from None
    with _cluster(distributed, place) as where, _quiet():
        client = _connected(distributed, where, place)
        try:
            yield client
        finally:
            client.close()


@contextmanager
def _cluster(distributed: Any, place: Place) -> Iterator[Any]:
    """Yield the address of a scheduler, or a new local cluster that is closed afterwards."""
    if place.address is not None:
        yield place.address
        return
    with _without_script(), environment_variables(APART):
        with _undisturbed():
            cluster = distributed.LocalCluster(
                n_workers=place.workers or cores(),
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=50,
            )  # any port, because two studies at once could not both use the default
        try:
            yield cluster
        finally:
            cluster.close()


@contextmanager
def _without_script() -> Iterator[None]:
    """Start processes that do not rerun the user's script; without a guard, each would start the study again.

    They start as if from an interactive session, where there is no script. Functions of the script that a worker needs
    are sent along with its work.
    """
    script = vars(sys.modules["__main__"])
    hidden = {name: script[name] for name in ("__file__", "__spec__") if script.get(name) is not None}
    script.pop("__file__", None)
    script["__spec__"] = None
    try:
        yield
    finally:
        script.update(hidden)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes that ignore Ctrl-C; this process handles it and shuts them down properly."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Dask's messages about its scheduler; problems are reported in one line of our own."""
    from distributed.client import logger  # noqa: PLC0415

    loggers = [each for each in (logger, logger.parent) if each]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(_NEVER)
    try:
        yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)


def _connected(distributed: Any, where: Any, place: Place) -> Any:
    client = None
    try:
        client = distributed.Client(where, timeout=place.patience)
        client.wait_for_workers(1, timeout=place.patience)
    except (OSError, TimeoutError, ValueError) as error:
        if client is not None:
            client.close()
        why = " ".join(str(error).split()) or type(error).__name__
        raise ParameterError(
            f"executor.address = {place.address}: must be a scheduler with a worker that answers within "
            f"{place.patience:g} s ({why})"
        ) from None
    return client


def _on_dask(client: Any, work: Work, parts: Iterable[Part]) -> Iterator[tuple[Part, Tables]]:
    """Keep every worker busy; a part whose worker dies goes to another worker."""
    from distributed import as_completed  # noqa: PLC0415

    waiting, todo, address = as_completed(), iter(parts), client.scheduler.address
    held: dict[Any, Part] = {}

    def workers() -> int:
        known = client.scheduler_info(-1) if client.status == "running" else {}
        if "workers" not in known:  # the client is looking for the scheduler, or has given up
            raise ConnectionError
        return max(1, len(known["workers"]))

    def hand_out() -> None:
        while len(held) < _WAITING * workers():
            part = next(todo, None)
            if part is None:
                return
            future = client.submit(work, part, pure=False, retries=RETRIES)
            held[future] = part
            waiting.add(future)

    try:
        with _lost(address):
            hand_out()
        while held:
            future = next(waiting)
            part = held.pop(future)
            yield part, _result(future, part, address)
            with _lost(address):
                hand_out()
    finally:
        if client.status == "running":
            client.cancel(list(held))


def _result(future: Any, part: Part, address: str) -> Tables:
    from distributed import KilledWorker  # noqa: PLC0415

    try:
        with nullcontext() if future.status == "error" else _lost(address):  # this error comes from the work itself
            found: Tables = future.result()
    except KilledWorker:
        raise EngagementError(
            f"part {part.name}: must fit into a worker's memory; workers died while running it {RETRIES} times; "
            "finished parts are kept, and the same command continues with the others"
        ) from None
    return found


@contextmanager
def _lost(address: str) -> Iterator[None]:
    """Report in one line if a call fails because the scheduler is gone."""
    from distributed import CancelledError  # noqa: PLC0415

    try:
        yield
    except (CancelledError, OSError):
        raise EngagementError(
            f"executor.address = {address}: must answer, but the scheduler is gone; finished parts are kept, and the "
            "same command continues with the others"
        ) from None
