"""What is done in processes that are killed, interrupted, starved and shut out; each is one call."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engagesim.cli import main
from engagesim.cli.exit_codes import attempt
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.study.description import Study
from engagesim.study.observed import Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.run_study import SweepOptions, run_study
from engagesim.validation.calibrate import Tried
from engagesim.validation.scoring import Outcome

MONTHS = 3
SOCIETY = ["population.citizens=40", "population.districts=2", "months=3", "progress=false"]
FACTOR = ["factors.patronage.path=incentives.patronage", "factors.patronage.values=[0.1,0.3,0.5]"]
COMMANDS = {
    "run": ["run", *SOCIETY, "output=done"],
    "sweep": ["sweep", *SOCIETY, *FACTOR, "replicates=40", "output=done"],
    "compare": ["compare", *SOCIETY[:3], "packages={audit: [social_audit]}", "seeds=20", "calibration=none", "output=done"],
    "validate": ["validate", "facts=facts", "size=quick", "calibration=none", "progress=false", "output=done"],
    "robustness": ["robustness", "claims=facts", "size=quick", "calibration=none", "progress=false", "output=done"],
    "calibrate": ["calibrate", "facts=facts", "waves=2", "sets=48", "judged=4", "progress=false", "output=done"],
}  # fmt: skip
"""A small case of each command that takes long in earnest; each writes into ``done``."""

FACT = """
id: F01
title: Meetings do something
source: made up
role: calibration
history: 2
months: 3
arms: {meetings: [committee]}
checks:
  - {claim: more than nothing, tolerance: M, value: "mean(quality, meetings, 3)", within: [0, 1]}
"""


def plan() -> Plan:
    """Return a study of 175 runs."""
    factors = {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 0.6, "levels": 7}}
    study = Study.of({"factors": factors, "replicates": 25})
    return Plan(
        study,
        (Variant({}, Parameters().changed({"months": MONTHS, "population.citizens": 40, "population.districts": 2})),),
    )


def made_up(points: Any, seeds: Any) -> Observed:
    """Return numbers that depend on parameters and seed alone."""
    patronage = np.array([point.incentives.patronage for point in points])[:, None, None, None]
    seed = np.array(seeds, dtype=float)[None, :, None, None]
    shape = (len(points), len(seeds), MONTHS, len(MEASURE_NAMES))
    made = np.broadcast_to(patronage + seed / 1000 + np.arange(MONTHS)[:, None] / 7, shape).copy()
    return Observed(made, MEASURE_NAMES, tuple(seeds))


def study(folder: str) -> None:
    """Do the study, or what is left of it, in parts of four runs."""
    run_study(plan(), Path(folder), made_up, SweepOptions("1", part_runs=4))


def told(work: Callable[[], object], said: str) -> None:
    """Do some work as the command line would, and write down its exit code and what it said."""
    heard = io.StringIO()
    with contextlib.redirect_stderr(heard):
        code = attempt(lambda: work() or 0)
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_AS):
        resource.setrlimit(limit, (resource.getrlimit(limit)[1],) * 2)
    Path(said).write_text(f"{code}\n{heard.getvalue()}", encoding="utf-8")


def study_said(folder: str, said: str) -> None:
    """Do the study, and write down how it ended."""
    told(lambda: study(folder), said)


def shown(command: str, folder: str, output: str, said: str) -> None:
    """Export or plot the study, and write down how it ended."""
    told(lambda: main([command, folder, f"output={output}"]), said)


def study_without_room(folder: str, said: str, room: int) -> None:
    """Do the study where no file may be larger than some bytes, so that writing breaks off in the midst of one."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    told(lambda: study(folder), said)


def study_as_nobody(folder: str, said: str, warm: str) -> None:
    """Do the study as a user who may not write there."""
    study(warm)  # all that is imported late is imported now, while we may read it

    def shut_out() -> None:
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            study(folder)
        finally:
            if is_root:
                os.seteuid(0)

    told(shut_out, said)


def study_with_wild_clocks(folder: str) -> None:
    """Do the study while every look at a clock finds it years from the last."""
    looks = 0
    before = {name: getattr(time, name) for name in ("time", "monotonic", "perf_counter")}

    def jumping(name: str) -> Callable[[], float]:
        def look() -> float:
            nonlocal looks
            looks += 1
            return before[name]() + 1e8 * (-1) ** looks

        return look

    for name in before:
        setattr(time, name, jumping(name))
    study(folder)


def study_without_memory(folder: str, said: str, parts: int) -> None:
    """Do the study until, after some parts, there is no more memory to be had."""
    done = 0

    def greedy(points: Any, seeds: Any) -> Any:
        nonlocal done
        done += 1
        if done > parts:
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + 50_000_000, resource.getrlimit(resource.RLIMIT_AS)[1]))
            np.ones(200_000_000)
        return made_up(points, seeds)

    told(lambda: run_study(plan(), Path(folder), greedy, SweepOptions("1", part_runs=4)), said)


def slow_study(folder: str, said: str) -> None:
    """Do the study slowly, so that others come while it is being done."""

    def slowly(points: Any, seeds: Any) -> Any:
        time.sleep(0.02)
        return made_up(points, seeds)

    told(lambda: run_study(plan(), Path(folder), slowly, SweepOptions("1", part_runs=4)), said)


def command(name: str, folder: str, said: str) -> None:
    """Do a command in a folder, as a terminal would, and end with its exit code."""
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    errors = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(errors, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    if name == "calibrate":
        _try_nothing()
    Path(said + ".ready").touch()
    code = main(COMMANDS[name])
    sys.stderr.flush()
    os._exit(code)


def _try_nothing() -> None:
    """Let a calibration try sets by a rule of thumb, so that what is tested is how it keeps them."""
    import engagesim.cli.calibrate as room

    def trying(facts: Any, laboratory: Any, last: Any) -> Any:
        def attempt(sets: Any, size: Any, shift: int) -> list[Tried]:
            time.sleep(0.01)
            near = [0.5 + 0.5 * float(np.sin(1000 * sum(some.values()))) for some in sets]
            return [
                Tried(dict(some), ("F01",) if each > 0.4 else (), {"F01": each}, {"F01": (Outcome(4 * each, 0.1),)})
                for some, each in zip(sets, near, strict=True)
            ]

        return attempt

    room.trying = trying
