"""Run a study part by part; each finished part is stored at once, and none is repeated."""

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
    """Progress of a study: how many runs are done, and how many are planned so far."""

    done: int
    asked: int


class SweepOptions(NamedTuple):
    """Options for running a study, none of which change the results."""

    model_version: str
    executor: Executor = in_this_process
    part_runs: int | None = None
    watch: Callable[[Progress], None] = lambda _: None


def run_study(plan: Plan, folder: Path, simulate: Simulate, how: SweepOptions) -> None:
    """Run the rest of a study.

    Parameters
    ----------
    plan : Plan
    folder : Path
        A new folder, or the folder of this study.
    simulate : callable
        Simulates points with seeds; returns metrics of shape (points, seeds, months, measures).
    how : SweepOptions

    Raises
    ------
    StoreError
        If the folder holds anything else, is in use, or cannot be written; finished parts stay.
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
            _log.info("%d parts to simulate, %d already stored", len(left), len(parts) - len(left))
            for part, tables in _noted(how.executor(work, left)):
                store.write(part, tables)
                done += part.runs
                how.watch(Progress(done, asked))
            earlier.update(part.name for part in parts)


def _noted(finished: Iterable[tuple[Part, Tables]]) -> Iterator[tuple[Part, Tables]]:
    """Pass on the results of each part, and log its duration and failures."""
    begun = perf_counter()
    for part, tables in finished:
        failed = tables.runs["failed"].dropna()
        _log.info("part %s: %d runs in %.1f s", part.name, part.runs, perf_counter() - begun)
        if len(failed):
            _log.warning(
                "part %s: %d of %d runs failed, the first with: %s", part.name, len(failed), part.runs, failed.iloc[0]
            )
        yield part, tables
        begun = perf_counter()
