"""``engagesim run`` and ``engagesim rerun``: simulate a society, keep and show what happened, and repeat it."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import hydra
import pandas as pd
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engagesim import MODEL_VERSION
from engagesim.agents.record import agent_table
from engagesim.cli.config import RunOptions, composed, config_folder, jobs, register_defaults, typed
from engagesim.errors import EngagementError, ParameterError
from engagesim.measures import MEASURES
from engagesim.model import EngagementModel
from engagesim.parameters import Parameters
from engagesim.report.figures import draw_run
from engagesim.report.words import describe_run
from engagesim.study.run_folder import (
    AGENTS,
    METRICS,
    birth_certificate,
    metrics_bytes,
    new_folder,
    read_run,
    table_bytes,
    write_run,
)

USAGE = """\
Examples
  engagesim run                                            the society of conf/config.yaml
  engagesim run scenario=clientelist_trap                  a ready scenario
  engagesim run scenario=merit_state engagement=survey     with another form of engagement
  engagesim run incentives.patronage=0.2 months=240        any parameter, by its path
  engagesim run network=file network.file=ties.csv         with a network of your own
  engagesim run -m seed=1,2,3 engagement=survey,committee  six runs, one folder each
  engagesim run seed=7 output=my_run progress=false agents_every=12

Hydra's own flags work, too: --cfg job shows the composed config, --info and --hydra-help say more.
Groups: population, network, incentives, engagement, trends, scenario. `engagesim parameters` lists every parameter.
"""

HYDRA_FLAGS = ("-m", "--multirun", "--cfg", "--package", "--resolve", "--info", "--hydra-help")

SHOWN = (
    "quality", "engaged", "client", "success_rate", "accommodate", "cocreate", "sponsor", "trust", "morale",
    "coalition_share",
)  # fmt: skip
"""Measures in the table that a run ends with."""


def run(arguments: list[str]) -> int:
    """Check everything, then hand over to Hydra, which calls the job once, or once a combination."""
    if {"-h", "--help"} & set(arguments):
        print(USAGE, end="")
        return 0
    flags, overrides = _flags(arguments)
    if not flags - {"-m", "--multirun"}:
        every = jobs(overrides) if flags else iter([overrides])
        for job in every:
            EngagementModel.check(composed(job)[0])
    return _with_hydra(arguments)


def rerun(arguments: list[str]) -> int:
    """Repeat a stored run from its birth certificate and say whether it came out the same."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("Example\n  engagesim rerun outputs/run/2026-01-01_12-00-00")
        return 0 if arguments in (["-h"], ["--help"]) else 2
    parameters, before = read_run(Path(arguments[0]))
    results = {METRICS: metrics_bytes(_live(parameters, RunOptions()).metrics)}
    after = birth_certificate(parameters, results)
    if after["results"][METRICS] == before["results"].get(METRICS):
        print(f"same bytes: {METRICS} of {parameters.name!r}, seed {parameters.seed}")
        return 0
    named = ("engagesim", "model_version", "commit", "python", "platform", "libraries", "inputs")
    differs = [name for name in named if before.get(name) != after[name]]
    print(f"not the same bytes: {METRICS}; differs since then: {', '.join(differs) or 'nothing that is recorded'}")
    return 1


def _flags(arguments: list[str]) -> tuple[set[str], list[str]]:
    """Tell Hydra's flags from overrides; a flag's value counts as a flag."""
    flags, overrides = set(), []
    for place, argument in enumerate(arguments):
        if argument.startswith("-") and argument not in HYDRA_FLAGS:
            raise ParameterError(f"{argument}: no such flag; allowed are {', '.join(HYDRA_FLAGS)}")
        if argument in HYDRA_FLAGS or (place > 0 and arguments[place - 1] in {"--cfg", "--package"}):
            flags.add(argument)
        else:
            overrides.append(argument)
    return flags, overrides


def _with_hydra(arguments: list[str]) -> int:
    failures: list[int] = []

    def job(config: Any) -> None:
        try:
            _simulate(config)
        except EngagementError as error:
            print(f"engagesim: {error}", file=sys.stderr)
            failures.append(2)

    register_defaults()
    before = sys.argv
    sys.argv = ["engagesim", *arguments]
    try:
        hydra.main(config_path=str(config_folder()), config_name="config", version_base="1.3")(job)()
    except SystemExit as stop:
        failures.append(int(stop.code or 0))
    finally:
        sys.argv = before
    return max(failures, default=0)


def _simulate(config: Any) -> None:
    parameters, options = typed(config)
    with new_folder(_place(options)) as folder:
        kept: list[pd.DataFrame] = []
        model = _live(parameters, options, kept)
        results = {METRICS: metrics_bytes(model.metrics)}
        if kept:
            results[AGENTS] = table_bytes(pd.concat(kept), {})
        words = describe_run(model.metrics, model.parameters)
        write_run(folder, model.parameters, results, summary(model.metrics, model.parameters, words))
        figures = draw_run(model.metrics, model, folder)
    _show(model.metrics, words)
    print(f"\n{_place(options)}: config, provenance, measures and {len(figures)} figures")


def summary(metrics: pd.DataFrame, parameters: Parameters, words: list[str]) -> dict[str, Any]:
    """Return what came of a run for other programs: its words, and each measure at the start and at the end."""
    year = min(12, len(metrics))
    return {
        "name": parameters.name,
        "seed": parameters.seed,
        "months": len(metrics),
        "model_version": MODEL_VERSION,
        "words": words,
        "measures": {
            measure.name: {
                "unit": measure.unit,
                "first_year": float(metrics[measure.name].head(year).mean()),
                "last_year": float(metrics[measure.name].tail(year).mean()),
            }
            for measure in MEASURES
        },
    }


def _place(options: RunOptions) -> Path:
    hydra_config = HydraConfig.get()
    if hydra_config.mode == RunMode.MULTIRUN:
        return Path(hydra_config.runtime.output_dir)
    return Path(options.output or f"outputs/run/{_started:%Y-%m-%d_%H-%M-%S}")


_started = datetime.now()


def _live(parameters: Parameters, options: RunOptions, kept: list[pd.DataFrame] | None = None) -> EngagementModel:
    """Simulate all months with a progress bar; every so many months, keep everybody's state in ``kept``."""
    model = EngagementModel(parameters)
    console = Console(stderr=True)
    shown = console.is_terminal if options.progress == "auto" else options.progress
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        for _ in progress.track(range(parameters.months), description=f"{parameters.name}: months"):
            model.step()
            if kept is not None and options.agents_every and model.month % options.agents_every == 0:
                kept.append(agent_table(model))
    return model


def _show(metrics: pd.DataFrame, words: list[str]) -> None:
    console = Console()
    year = min(12, len(metrics))
    table = Table("measure", "meaning", f"first {year} months", f"last {year} months")
    about = {measure.name: measure.description for measure in MEASURES}
    for name in SHOWN:
        first, last = metrics[name].head(year).mean(), metrics[name].tail(year).mean()
        table.add_row(name, about[name], f"{first:.2f}", f"{last:.2f}")
    console.print(table)
    for sentence in words:
        console.print(f"• {sentence}", highlight=False, markup=False)
