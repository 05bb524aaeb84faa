"""A study is done: part by part, each kept as soon as it is there, and never twice."""

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from engagesim.study.executors import Executor, in_this_process
from engagesim.study.plan import Part, Plan
from engagesim.study.run_part import Simulate, Tables, simulate_part
from engagesim.study.store import Store

_log = logging.getLogger(__name__)


class Progress(NamedTuple):
    """How far a study is: runs that are done, and runs that are known to be asked for by now."""

    done: int
    asked: int


class SweepOptions(NamedTuple):
    """How a study is done; nothing of it changes what comes out."""

    model_version: str
    executor: Executor = in_this_process
    part_runs: int | None = None
    watch: Callable[[Progress], None] = lambda _: None


def run_study(plan: Plan, folder: Path, simulate: Simulate, how: SweepOptions) -> None:
    """Do what is left of a study.

    Parameters
    ----------
    plan : Plan
    folder : Path
        A new folder, or the one where this study was begun.
    simulate : callable
        Simulates points with seeds; returns metrics of shape (points, seeds, months, measures).
    how : SweepOptions

    Raises
    ------
    StoreError
        Where the folder holds something else, is in use, or cannot be written; what is finished stays.
    """
    work = partial(simulate_part, plan, simulate)
    done = asked = 0
    earlier: set[str] = set()
    with Store(folder, plan, how.model_version, how.part_runs or plan.part_runs) as store:
        for parts in plan.rounds(partial(store.runs, earlier), store.part_runs):
            asked += sum(part.runs for part in parts)
            left = [part for part in parts if part.name not in store.finished]
            done += sum(part.runs for part in parts) - sum(part.runs for part in left)
            how.watch(Progress(done, asked))
            _log.info("%d parts to do, %d are there already", len(left), len(parts) - len(left))
            for part, tables in _noted(how.executor(work, left)):
                store.write(part, tables)
                done += part.runs
                how.watch(Progress(done, asked))
            earlier.update(part.name for part in parts)


def _noted(finished: Iterable[tuple[Part, Tables]]) -> Iterator[tuple[Part, Tables]]:
    """Pass on what comes of each part, and log how long it took to come and what failed in it."""
    begun = perf_counter()
    for part, tables in finished:
        failed = tables.runs["failed"].dropna()
        _log.info("part %s: %d runs in %.1f s", part.name, part.runs, perf_counter() - begun)
        if len(failed):
            _log.warning(
                "part %s: %d of %d runs failed, the first for: %s", part.name, len(failed), part.runs, failed.iloc[0]
            )
        yield part, tables
        begun = perf_counter()
