"""A study is done: part by part, each kept as soon as it is there, and never twice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from engagesim.study.executors import Executor, in_this_process
from engagesim.study.living import Simulate, live_part
from engagesim.study.plan import Plan
from engagesim.study.store import Store


class Progress(NamedTuple):
    """How far a study is: runs that are done, and runs that are known to be asked for by now."""

    done: int
    asked: int


class How(NamedTuple):
    """How a study is done; nothing of it changes what comes out."""

    model_version: str
    executor: Executor = in_this_process
    part_runs: int | None = None
    watch: Callable[[Progress], None] = lambda _: None


def sweep(plan: Plan, folder: Path, simulate: Simulate, how: How) -> None:
    """Do what is left of a study.

    Parameters
    ----------
    plan : Plan
    folder : Path
        A new folder, or the one where this study was begun.
    simulate : callable
        Simulates points with seeds; returns metrics of shape (points, seeds, months, measures).
    how : How

    Raises
    ------
    StoreError
        Where the folder holds something else, is in use, or cannot be written; what is finished stays.
    """
    work = partial(live_part, plan, simulate)
    done = asked = 0
    earlier: set[str] = set()
    with Store(folder, plan, how.model_version, how.part_runs or plan.part_runs) as store:
        for parts in plan.rounds(partial(store.runs, earlier), store.part_runs):
            asked += sum(part.runs for part in parts)
            left = [part for part in parts if part.name not in store.finished]
            done += sum(part.runs for part in parts) - sum(part.runs for part in left)
            how.watch(Progress(done, asked))
            for part, tables in how.executor(work, left):
                store.write(part, tables)
                done += part.runs
                how.watch(Progress(done, asked))
            earlier.update(part.name for part in parts)
