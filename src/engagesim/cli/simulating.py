"""One run: simulate a society month by month, and return what is to be kept of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engagesim.configs.compose import Job
from engagesim.engines.compiled.compile import is_compiled
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.model import agent_table
from engagesim.errors import ParameterError
from engagesim.machine import timed
from engagesim.mechanisms.design import design_of, version_of
from engagesim.parameters import Parameters
from engagesim.report.film import Film
from engagesim.study.provenance import Record, named_in_full
from engagesim.study.run_folder import (
    AGENTS,
    CONFIG,
    METRICS,
    agents_bytes,
    config_bytes,
    metrics_bytes,
)


class Finished(NamedTuple):
    """A run that is done: the society at its end, what is kept of it, and the film of it where one was wanted."""

    model: EngagementModel
    record: Record
    film: Film | None


def simulate(job: Job) -> Finished:
    """Live all months, with a progress bar where one is wanted.

    The compiled engine lives them where it is compiled already, or is asked for; agent by agent it is done where
    everybody's state is kept or a film is made. The bits are the same.
    """
    parameters, options = named_in_full(job.parameters), job.options
    if _is_compiled(job):
        return _kept(job, _compiled(parameters), [])
    with timed("graphs"):
        model = EngagementModel(parameters)
    film = Film(model) if options.animate else None
    console = Console(stderr=True)
    shown = console.is_terminal if options.progress == "auto" else options.progress
    task = TextColumn("{task.description}", markup=False)
    columns = (task, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    kept: list[pd.DataFrame] = []
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress, timed("simulation"):
        for _ in progress.track(range(parameters.months), description=f"{parameters.name}: months"):
            model.step()
            if film is not None:
                film.look()
            if options.agents_every and model.month % options.agents_every == 0:
                kept.append(agent_table(model))
    return _kept(job, model, kept)._replace(film=film)


def _is_compiled(job: Job) -> bool:
    """Whether the compiled engine lives the months of a run.

    Raises
    ------
    ParameterError
        Where it is asked for, and something that only the agents can tell as well.
    """
    options = job.options
    needs_agents = bool(options.agents_every or options.animate)
    if options.engine == "compiled" and needs_agents:
        raise ParameterError("engine = 'compiled': must be auto or agents, which a film and agents_every need")
    if options.engine == "agents" or needs_agents:
        return False
    return options.engine == "compiled" or is_compiled(design_of(type(job.parameters)))


def _compiled(parameters: Parameters) -> EngagementModel:
    """Live all months in the compiled engine, and return the society at the end."""
    with timed("graphs"):
        society = LiveSociety(parameters)
    with timed("simulation"):
        for begin in range(0, parameters.months, _AT_A_TIME):
            society.step(min(_AT_A_TIME, parameters.months - begin))
    return EngagementModel.restore(society.snapshot())


def _kept(job: Job, model: EngagementModel, agents: list[pd.DataFrame]) -> Finished:
    results = {CONFIG: config_bytes(model.parameters), METRICS: metrics_bytes(model.metrics, model.design.tree)}
    if agents:
        results[AGENTS] = agents_bytes(pd.concat(agents, ignore_index=True), model.design.tree)
    version = version_of(model.design.tree, model.rules)
    return Finished(model, Record(model.parameters, version, job.options.agents_every, results), None)


_AT_A_TIME = 12
"""Months that the compiled engine lives until it looks whether it was interrupted."""


class _Notes(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.getMessage()}.")


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Collect what is said meanwhile of a user's files: for how many people something had to be drawn."""
    log, notes = logging.getLogger("engagesim.society.files"), _Notes()
    level = log.level
    log.addHandler(notes)
    log.setLevel(logging.INFO)
    try:
        yield notes.texts
    finally:
        log.removeHandler(notes)
        log.setLevel(level)
