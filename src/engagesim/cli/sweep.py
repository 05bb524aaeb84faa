"""``engagesim sweep``: simulates a study over many societies; an interrupted study can be continued."""

import logging
from pathlib import Path

import pandas as pd

from engagesim.cli.arguments import refuse_flags
from engagesim.cli.exit_codes import DONE, WRONG_INPUT, goes_on, one_line, say, try_next
from engagesim.cli.log import logbook
from engagesim.cli.place import with_place
from engagesim.cli.progress import counting
from engagesim.configs.compose import composed_study
from engagesim.engines.compiled.ensemble import do_study
from engagesim.mechanisms.design import version_of
from engagesim.report.study_words import idle_words
from engagesim.report.text import several
from engagesim.society.files import reading_once
from engagesim.study.description import Study
from engagesim.study.plan import too_wide
from engagesim.study.results import Results, load
from engagesim.study.run_study import Progress, SweepOptions

_log = logging.getLogger(__name__)

_FEW_SEEDS = 10
"""Number of seeds below which the interval for a share of runs at a point is wider than a third."""


def sweep(arguments: list[str]) -> int:
    """Run a study, or the rest of a study."""
    refuse_flags(arguments, "sweep", "study=coalition_phase")
    arguments = with_place("sweep", arguments)
    asked = composed_study(arguments)
    folder = Path(asked.options.output)
    version = version_of(asked.plan.society)
    bar = counting(None, "runs", asked.options.progress)
    with goes_on("sweep", arguments, folder), bar as shown, logbook("sweep", arguments, version=version) as book:

        def seen(step: Progress) -> None:
            book.keep_in(folder)  # from the first step on, the folder belongs to this study
            shown.reach(step.done, step.asked)

        _caution(asked.plan.study)
        read = reading_once()
        for variant in asked.plan.variants:
            if variant.parameters.population.file or variant.parameters.network.file:
                read(variant.parameters)  # a wrong file is refused once, before any run
        do_study(asked.plan, folder, asked.place, SweepOptions(version, watch=seen))
    results = load(folder)
    _show(results)
    if results.sound.empty:
        reasons = results.runs["failed"].unique()
        why = reasons[0] if len(reasons) == 1 else "the factors' values are incompatible"
        return say(f"{folder}: every run failed: {why}", WRONG_INPUT)
    try_next("plot", folder)
    return DONE


def _caution(study: Study) -> None:
    """Warn if the results of single points matter, and the points have few seeds."""
    if study.design.kind in ("grid", "list") and study.replicates != "auto" and study.replicates < _FEW_SEEDS:
        _log.warning(
            "replicates = %s: too few seeds per point to tell effects from luck; use 20, or replicates=auto",
            study.replicates,
        )


def _show(results: Results) -> None:
    """Print the results in a few lines."""
    runs = results.runs
    sound = results.sound
    print(f"{several(len(runs), 'run')} of {several(runs['point'].nunique(), 'point')} in {results.folder}")
    for reason, count in runs["failed"].value_counts().items():
        print(one_line(f"• {count} failed: {reason}"))
    if len(sound):
        formed = int(sound["coalition_formed"].sum())
        print(
            f"• in {formed} of {len(sound)} runs ({formed / len(sound):.0%}; {_range(sound)}), the first district had "
            "a lasting coalition (it represents any district)"
        )
        study = results.plan.study
        if study.replicates == "auto" and (wide := too_wide(runs, study)):
            print(
                f"• at {len(wide)} of {several(runs['point'].nunique(), 'point')}, the interval of {study.measure} is "
                f"still wider than width={study.width:g}; the study reached most_replicates={study.most_replicates}"
            )
        if idle := idle_words(results):
            print(f"• {idle}")


def _range(runs: pd.DataFrame) -> str:
    """State how much the share of runs differs between points."""
    shares = runs.groupby("point")["coalition_formed"].mean()
    return f"{shares.min():.0%} to {shares.max():.0%} by point"
