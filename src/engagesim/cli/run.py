"""``engagesim run``: simulates a society, stores the results, and shows them; Hydra launches the runs of a multirun."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import hydra
import mesa  # noqa: F401 - early, because Mesa searches all modules that are loaded when it is imported
import pandas as pd
from hydra.core.hydra_config import HydraConfig
from rich.console import Console
from rich.table import Table

from engagesim.cli.arguments import row_of
from engagesim.cli.exit_codes import BUG, DONE, attempt, one_line, try_next
from engagesim.cli.log import READ, logbook
from engagesim.cli.multirun import together
from engagesim.cli.place import with_place
from engagesim.cli.progress import Bar, counting
from engagesim.configs import config_folder
from engagesim.configs.command_options import RunOptions
from engagesim.configs.compose import Job, checked, composed, register_defaults, search_path, typed
from engagesim.configs.mechanisms import taken
from engagesim.configs.override_values import FOLDER, quoted, said
from engagesim.configs.overrides import Asked, asked
from engagesim.dashboard.society_request import USUAL
from engagesim.engines.compiled.compile import is_compiled
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.model import agent_table
from engagesim.errors import ParameterError, either
from engagesim.machine import timed
from engagesim.measures import MEASURES, Measure
from engagesim.mechanisms.design import design_of, measures_of, version_of
from engagesim.parameters import Parameters
from engagesim.places.profile import HISTORY
from engagesim.report.animation import Film, check_kind
from engagesim.report.events_figure import draw_events
from engagesim.report.map_figure import draw_districts
from engagesim.report.place_words import NOT_A_FORECAST
from engagesim.report.run_figures import draw_run
from engagesim.report.run_words import describe_run
from engagesim.report.story import story
from engagesim.report.text import listed
from engagesim.society.boundaries import map_of
from engagesim.study.observed import TIMES
from engagesim.study.provenance import Record, named_in_full, with_code
from engagesim.study.results import load
from engagesim.study.run_folder import (
    AGENTS,
    CONFIG,
    EVENTS,
    METRICS,
    agents_bytes,
    check_free,
    config_bytes,
    events_bytes,
    metrics_bytes,
    new_folder,
    write_run,
)


def run(arguments: list[str]) -> int:
    """Check all jobs, then run a single job here, or let Hydra run the jobs of a multirun."""
    if _names_a_row(arguments):
        return _open_row(*arguments)
    named = _names_a_society(arguments)
    request = asked(with_place("run", arguments if named else [*arguments, f"scenario={USUAL}"]))
    code = _run(request, checked(request))
    if code == DONE and not named and not request.config_shown:
        print(f"No society was named, so this is scenario={USUAL}; scenario=none has no form of engagement")
    return code


def _run(request: Asked, jobs: Sequence[Job]) -> int:
    if request.config_shown:
        return _with_hydra(request)
    check_free(Path(jobs[0].options.output))
    for job in jobs:
        _check(job)
    if not request.is_multirun:
        return _one(jobs[0], _asked_for(request.overrides, request))
    output = Path(jobs[0].options.output).resolve()  # resolved once: it may contain the time, or be relative
    settled = request._replace(overrides=[*request.overrides, f"{FOLDER}={quoted(str(output))}"])
    code = together(lambda: _with_hydra(settled), output, len(jobs))
    if code == DONE:
        try_next("rerun", output / "0")
    return code


_ALIKE = {*RunOptions.model_fields} - {"place"} | {"seed", "months"}
"""Keys that do not describe a society."""


def _names_a_society(arguments: Sequence[str]) -> bool:
    """Return whether an argument names a society or changes a parameter; other arguments apply to any society."""
    keys = (each.partition("=")[0] for each in arguments if "=" in each or each.startswith("~"))
    return any(key not in _ALIKE and not key.startswith("hydra") for key in keys)


def _names_a_row(arguments: list[str]) -> bool:
    """Return whether the arguments are a study and a row; a folder may be called ``seed=1``, but a row may not."""
    study, row = (*arguments, "", "")[:2]
    is_word = bool(row) and not any("=" in each or each.startswith("-") for each in (study, row))
    return is_word or (row.isdecimal() and not study.startswith("-"))


def _open_row(study: str, row: str, *overrides: str) -> int:
    """Simulate one run of a study again, and show it like any other."""
    parameters = load(study).parameters(row_of(row))
    mechanisms, rest = taken(overrides)
    parameters = with_code(parameters, mechanisms, Path(study))
    known = ["mechanisms", *(key for key in RunOptions.model_fields if key != "place")]
    other = [each for each in rest if each.partition("=")[0] not in known]
    if other:
        raise ParameterError(f"{other[0]}: must be {either(known)}; the other settings are those of the stored run")
    options = composed(rest).options
    job = Job(parameters, options)
    _check(job)
    return _one(job, (study, row, *overrides))


def _check(job: Job) -> None:
    """Refuse a job that cannot run, before any job starts."""
    EngagementModel.check(job.parameters)
    map_of(job.parameters)
    design_of(type(job.parameters))
    check_kind(job.options.animate)


def _with_hydra(request: Asked) -> int:
    """Let Hydra run the jobs; if a job fails, Hydra reports the error and the other jobs continue."""
    codes = [DONE]

    def job(config: Any) -> None:
        codes.append(attempt(lambda: _run_one(config, request)))

    register_defaults(request.society)
    before = sys.argv
    sys.argv = ["engagesim", *request.for_hydra, *search_path()]
    try:
        hydra.main(config_path=str(config_folder()), config_name="config", version_base="1.3")(job)()
    except SystemExit as stop:  # Hydra has reported the error, which is a bug because the input was checked before
        codes.append(BUG if stop.code else DONE)
    finally:
        sys.argv = before
    return max(codes)


def _run_one(config: Any, request: Asked) -> int:
    job, hydra_config = typed(config, request.society, request.overrides), HydraConfig.get()
    return _done(job, Path(hydra_config.runtime.output_dir), _asked_for(hydra_config.overrides.task, request))


def _asked_for(overrides: Sequence[str], request: Asked) -> list[str]:
    return [*said(overrides), *(f"mechanisms={each.file}" for each in request.mechanisms)]


def _one(job: Job, asked_for: Sequence[str]) -> int:
    place = Path(job.options.output)
    code = _done(job, place, asked_for)
    try_next("rerun", place)
    return code


def _done(job: Job, place: Path, asked_for: Sequence[str]) -> int:
    metrics, words = keep(job, place, asked_for)
    show(metrics, words, measures_of(type(job.parameters)))
    options = job.options
    drawn = [*(["figures"] if options.figures else []), *(["a film"] if options.animate else [])]
    print(f"\n{place}: {listed(['config', 'provenance', 'measures', 'events', 'summary', *drawn])}")
    return DONE


def keep(job: Job, place: Path, asked_for: Sequence[str] = ()) -> tuple[pd.DataFrame, list[str]]:
    """Simulate a job and write its folder; return its measures, and a description of what happened."""
    version = version_of(type(job.parameters))
    with new_folder(place) as folder, logbook("run", asked_for, folder, version=version), _overheard() as notes:
        finished = simulate(job)
        metrics = finished.model.metrics
        districts = map_of(finished.model.parameters)
        first, *rest = describe_run(metrics, finished.model.parameters)
        if job.options.place is not None:
            rest.insert(0, f"Months 1 to {HISTORY} lead up to today. {NOT_A_FORECAST}")
        words = [first, *story(finished.events, finished.model.wiring.labels), *rest, *notes]
        with timed("storing"):
            write_run(folder, finished.record, summary(metrics, finished.record, words))
        with timed("drawing"):
            if job.options.figures:
                draw_run(metrics, finished.model, folder)
                draw_events(finished.events, metrics, finished.model.parameters, folder)
                if districts is not None:
                    draw_districts(finished.model, districts, folder)
            if finished.film is not None:
                finished.film.save(folder, "mp4" if job.options.animate == "mp4" else "gif")
    return metrics, words


class Finished(NamedTuple):
    """A finished run: the society at its end, its events, the stored files, and the film, if requested."""

    model: EngagementModel
    events: pd.DataFrame
    record: Record
    film: Film | None


def simulate(job: Job) -> Finished:
    """Simulate all months, with a progress bar if requested.

    The compiled engine simulates them if it is already compiled or requested; the agents do so if every agent's state
    is stored or a film is made. Results are identical, bit for bit.
    """
    parameters, options = named_in_full(job.parameters), job.options
    if _is_compiled(job):
        return _kept(job, *_compiled(job, parameters), [])
    with timed("graphs"):
        model = EngagementModel(parameters)
    film = Film(model) if options.animate else None
    kept: list[pd.DataFrame] = []
    with _months(job) as bar, timed("simulation"):
        for _ in range(parameters.months):
            model.step()
            bar.advance()
            if film is not None:
                film.look()
            if options.agents_every and model.month % options.agents_every == 0:
                kept.append(agent_table(model))
    return _kept(job, model, model.events, kept)._replace(film=film)


def _is_compiled(job: Job) -> bool:
    """Return whether the compiled engine simulates the months of a run.

    Raises
    ------
    ParameterError
        If the compiled engine is requested together with a film or ``agents_every``, which need agents.
    """
    options = job.options
    needs_agents = bool(options.agents_every or options.animate)
    if options.engine == "compiled" and needs_agents:
        raise ParameterError("engine = 'compiled': must be auto or agents: a film and agents_every need agents")
    if options.engine == "agents" or needs_agents:
        return False
    return options.engine == "compiled" or is_compiled(design_of(type(job.parameters)))


def _months(job: Job) -> AbstractContextManager[Bar]:
    return counting(job.parameters.months, f"{job.parameters.name}: months", job.options.progress)


def _compiled(job: Job, parameters: Parameters) -> tuple[EngagementModel, pd.DataFrame]:
    """Simulate all months in the compiled engine, and return the society at the end, and its events."""
    with timed("graphs"):
        society = LiveSociety(parameters)
    with _months(job) as bar, timed("simulation"):
        for begin in range(0, parameters.months, _AT_A_TIME):
            months = min(_AT_A_TIME, parameters.months - begin)
            society.step(months)
            bar.advance(months)
    return EngagementModel.restore(society.snapshot()), society.events


def _kept(job: Job, model: EngagementModel, events: pd.DataFrame, agents: list[pd.DataFrame]) -> Finished:
    results = {
        CONFIG: config_bytes(model.parameters),
        METRICS: metrics_bytes(model.metrics, model.design.tree),
        EVENTS: events_bytes(events),
    }
    if agents:
        results[AGENTS] = agents_bytes(pd.concat(agents, ignore_index=True), model.design.tree)
    version = version_of(model.design.tree, model.rules)
    return Finished(model, events, Record(model.parameters, version, job.options.agents_every, results), None)


_AT_A_TIME = 12
"""Number of months that the compiled engine simulates before it checks for an interrupt."""


class _Notes(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if (text := f"{record.getMessage()}.") not in self.texts:
            self.texts.append(text)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Collect messages about a user's files: what was read, and what is drawn at random."""
    log, notes = logging.getLogger(READ), _Notes()
    level = log.level
    log.addHandler(notes)
    log.setLevel(logging.INFO)
    try:
        yield notes.texts
    finally:
        log.removeHandler(notes)
        log.setLevel(level)


SHOWN = (
    "quality", "engaged", "client", "success_rate", "accommodate", "cocreate", "sponsor", "trust", "morale", "members",
    "disputes", "agreements", "coalition_districts",
)  # fmt: skip
"""Measures in the table at the end of a run."""

_YEAR = 12


def show(metrics: pd.DataFrame, words: list[str], measures: Sequence[Measure] = MEASURES) -> None:
    """Print the table, with the measures of mechanisms last, and then the result in words."""
    console, months = Console(), _window(metrics)
    span = "month" if months == 1 else f"{months} months"
    table = Table("measure", "meaning", f"first {span}", f"last {span}")
    about = {measure.name: measure.description for measure in measures}
    for name in (*SHOWN, *(measure.name for measure in measures[len(MEASURES) :])):
        first, last = metrics[name].head(months).mean(), metrics[name].tail(months).mean()
        table.add_row(name, about[name], f"{first:.2f}", f"{last:.2f}")
    console.print(table)
    for sentence in words:
        console.print(one_line(f"• {sentence}"), highlight=False, markup=False)


def summary(metrics: pd.DataFrame, record: Record, words: list[str]) -> dict[str, Any]:
    """Return the results of a run for other programs: sentences, and each measure at the start and at the end."""
    months = _window(metrics)
    return {
        "name": record.parameters.name,
        "seed": record.parameters.seed,
        "months": len(metrics),
        "model_version": record.model_version,
        "words": words,
        "months_averaged": months,
        "measures": {
            measure.name: {
                "unit": measure.unit,
                "start": _mean(metrics[measure.name].head(months)),
                "end": _mean(metrics[measure.name].tail(months)),
            }
            for measure in measures_of(type(record.parameters))
        },
    }


def _mean(values: "pd.Series[float]") -> float | None:
    """Return the mean over months; for the month of an event, return the last value, or None if there is no event."""
    if values.name not in TIMES:
        return float(values.mean())
    return float(values.iloc[-1]) if values.iloc[-1] >= 0 else None


def _window(metrics: pd.DataFrame) -> int:
    """Return how many months are averaged at the start and at the end of a run: a year, or half of a short run."""
    return max(1, min(_YEAR, len(metrics) // 2))
