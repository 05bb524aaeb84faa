"""``engagesim sweep``: a study over many societies, which can be interrupted and goes on where it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engagesim.cli.cautions import caution_of_study
from engagesim.cli.exit_codes import DONE, WRONG_INPUT, one_line, say
from engagesim.cli.logbook import logbook
from engagesim.configs.compose import composed_study
from engagesim.engines.compiled.ensemble import do_study
from engagesim.errors import ParameterError
from engagesim.mechanisms.design import version_of
from engagesim.report.study_words import idle_words
from engagesim.study.results import Results, load
from engagesim.study.run_study import Progress as Step
from engagesim.study.run_study import SweepOptions


def sweep(arguments: list[str]) -> int:
    """Do a study, or what is left of it."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    if flags:
        raise ParameterError(f"{flags[0]}: no such flag; must be KEY=VALUE, as in study=coalition_phase")
    asked = composed_study(arguments)
    folder = Path(asked.options.output)
    version = version_of(asked.plan.society)
    with _watching(asked.options.progress) as watch, logbook("sweep", arguments, version=version) as book:

        def seen(step: Step) -> None:
            book.keep_in(folder)  # from the first step on the folder is this study's
            watch(step)

        caution_of_study(asked.plan.study)
        do_study(asked.plan, folder, asked.place, SweepOptions(version, watch=seen))
    results = load(folder)
    _show(results)
    if results.sound.empty:
        return say(f"{folder}: every run failed; what varies takes values that do not go together", WRONG_INPUT)
    print(f"Draw it with: engagesim plot {results.folder}")
    return DONE


@contextmanager
def _watching(wanted: Literal["auto", True, False]) -> Iterator[Callable[[Step], None]]:
    """Show a bar with rate and time left."""
    console = Console(stderr=True)
    shown = console.is_terminal if wanted == "auto" else wanted
    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        task = progress.add_task("runs", total=None, rate="")

        def watch(step: Step) -> None:
            speed = progress.tasks[task].speed
            progress.update(task, completed=step.done, total=step.asked, rate=f"{speed:.0f} a second" if speed else "")

        yield watch


def _show(results: Results) -> None:
    """Print what came out in a few lines."""
    runs = results.runs
    sound = results.sound
    print(f"{len(runs)} runs of {runs['point'].nunique()} points in {results.folder}")
    for reason, count in runs["failed"].value_counts().items():
        print(one_line(f"• {count} failed: {reason}"))
    if len(sound):
        formed = int(sound["coalition_formed"].sum())
        print(
            f"• a broad coalition formed in {formed} of {len(sound)} runs ({formed / len(sound):.0%}; {_range(sound)})"
        )
        if idle := idle_words(results):
            print(f"• {idle}")


def _range(runs: pd.DataFrame) -> str:
    """Say how much the share of runs with a coalition differs between points."""
    shares = runs.groupby("point")["coalition_formed"].mean()
    return f"{shares.min():.0%} to {shares.max():.0%} by point"
