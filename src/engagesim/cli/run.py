"""``engagesim run``: simulates a society, keeps what happened, and shows it; Hydra launches the runs of a multirun."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hydra
import pandas as pd
from hydra.core.hydra_config import HydraConfig

from engagesim.cli.arguments import row_of
from engagesim.cli.exit_codes import BUG, DONE, attempt
from engagesim.cli.logbook import logbook
from engagesim.cli.multirun import together
from engagesim.cli.simulating import overheard, simulate
from engagesim.cli.summary import show, summary
from engagesim.configs.compose import Job, checked, composed, config_folder, register_defaults, typed
from engagesim.configs.mechanisms import taken
from engagesim.configs.options import RunOptions
from engagesim.configs.overrides import Asked, asked
from engagesim.configs.words import said
from engagesim.engines.mesa import EngagementModel
from engagesim.errors import ParameterError
from engagesim.machine import timed
from engagesim.mechanisms.design import design_of, measures_of, version_of
from engagesim.report.film import check_kind
from engagesim.report.run_figures import draw_run
from engagesim.report.run_words import describe_run
from engagesim.study.provenance import with_code
from engagesim.study.results import load
from engagesim.study.run_folder import check_free, new_folder, write_run


def run(arguments: list[str]) -> int:
    """Check everything, then do what is asked for; a multirun is handed over to Hydra, which calls the job for each."""
    if _names_a_row(arguments):
        return _open_row(*arguments)
    request = asked(arguments)
    jobs = checked(request)
    if not request.config_shown:
        check_free(Path(jobs[0].options.output))
        for job in jobs:
            _check(job)
    if request.config_shown:
        return _with_hydra(request)
    if not request.is_multirun:
        return _done(jobs[0], Path(jobs[0].options.output), _asked_for(request.overrides, request))
    output = Path(jobs[0].options.output).resolve()  # settled once: it may hold the time, or depend on the folder
    quoted = str(output).replace("'", "\\'")
    settled = request._replace(overrides=[*request.overrides, f"hydra.sweep.dir='{quoted}'"])
    return together(lambda: _with_hydra(settled), output, len(jobs))


def _names_a_row(arguments: list[str]) -> bool:
    """Whether a study and a row are meant, and not overrides; a folder may be called ``seed=1``, a row may not."""
    study, row = (*arguments, "", "")[:2]
    is_word = bool(row) and not any("=" in each or each.startswith("-") for each in (study, row))
    return is_word or (row.isdecimal() and not study.startswith("-"))


def _open_row(study: str, row: str, *overrides: str) -> int:
    """Simulate one run of a study again, and show it like any other."""
    parameters = load(study).parameters(row_of(row))
    mechanisms, rest = taken(overrides)
    parameters = with_code(parameters, mechanisms, Path(study))
    other = [each for each in rest if each.partition("=")[0] not in RunOptions.model_fields]
    if other:
        raise ParameterError(
            f"{other[0]}: a stored run is as it was; allowed are mechanisms, {', '.join(RunOptions.model_fields)}"
        )
    options = composed(rest).options
    job = Job(parameters, options)
    _check(job)
    return _done(job, Path(options.output), (study, row, *overrides))


def _check(job: Job) -> None:
    """Refuse what cannot be done, before anything is done."""
    EngagementModel.check(job.parameters)
    design_of(type(job.parameters))
    check_kind(job.options.animate)


def _with_hydra(request: Asked) -> int:
    """Let Hydra run the job or jobs; one that fails says so, and the others go on."""
    codes = [DONE]

    def job(config: Any) -> None:
        codes.append(attempt(lambda: _run_one(config, request)))

    register_defaults(request.society)
    before = sys.argv
    sys.argv = ["engagesim", *request.for_hydra]
    try:
        hydra.main(config_path=str(config_folder()), config_name="config", version_base="1.3")(job)()
    except SystemExit as stop:  # Hydra has said what went wrong; the input was checked before, so it is a bug
        codes.append(BUG if stop.code else DONE)
    finally:
        sys.argv = before
    return max(codes)


def _run_one(config: Any, request: Asked) -> int:
    job, hydra_config = typed(config, request.society), HydraConfig.get()
    return _done(job, Path(hydra_config.runtime.output_dir), _asked_for(hydra_config.overrides.task, request))


def _asked_for(overrides: Sequence[str], request: Asked) -> list[str]:
    return [*said(overrides), *(f"mechanisms={each.file}" for each in request.mechanisms)]


def _done(job: Job, place: Path, asked_for: Sequence[str]) -> int:
    metrics, words = keep(job, place, asked_for)
    show(metrics, words, measures_of(type(job.parameters)))
    film = ", and a film" if job.options.animate else ""
    print(f"\n{place}: config, provenance, measures, summary and figures{film}")
    return DONE


def keep(job: Job, place: Path, asked_for: Sequence[str] = ()) -> tuple[pd.DataFrame, list[str]]:
    """Simulate a job and write its folder; return its measures and what happened in words."""
    version = version_of(type(job.parameters))
    with new_folder(place) as folder, logbook("run", asked_for, folder, version=version), overheard() as notes:
        finished = simulate(job)
        metrics = finished.model.metrics
        words = [*describe_run(metrics, finished.model.parameters), *notes]
        with timed("storing"):
            write_run(folder, finished.record, summary(metrics, finished.record, words))
        with timed("drawing"):
            draw_run(metrics, finished.model, folder)
            if finished.film is not None:
                finished.film.save(folder, "mp4" if job.options.animate == "mp4" else "gif")
    return metrics, words
