"""Studies on the compiled engine, for Python; the command line has the same in ``engagesim sweep``."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from engagesim.ensemble.simulating import Options, engine_for, simulate
from engagesim.errors import ParameterError
from engagesim.mechanisms.design import design_of, extended, version_of
from engagesim.parameters import Parameters
from engagesim.rules import RULES, Rules
from engagesim.study.argument_checks import checked
from engagesim.study.description import Study
from engagesim.study.executors import Place, executor
from engagesim.study.plan import Plan, Variant
from engagesim.study.results import Results, load
from engagesim.study.run_study import SweepOptions, run_study


def do_study(plan: Plan, folder: Path, place: Place, how: SweepOptions, rules: Rules = RULES) -> None:
    """Do what is left of a study on the compiled engine; on Dask each worker is one thread."""
    for variant in plan.variants:
        engine_for(design_of(type(variant.parameters), rules))
    options = Options(rules=rules, threads=1 if place.kind == "dask" else place.workers)
    with executor(place) as chosen:
        run_study(plan, folder, partial(simulate, options=options), how._replace(executor=chosen))


def sweep(  # noqa: PLR0913 - a study in full
    study: Study | Mapping[str, Any], parameters: Parameters, folder: str | Path, place: Place | None = None,
    rules: Rules = RULES, *, mechanisms: Sequence[Any] = (),
) -> Results:  # fmt: skip
    """Do a study, or what is left of it, and return its results.

    Parameters
    ----------
    study : Study or mapping
        For example ``{"factors": {"patronage": {"path": "incentives.patronage", "low": 0, "high": 0.6}}}``. Its
        choices must be empty: choices are for the command line, which composes their configs.
    parameters : Parameters
        What every point starts from; seeds count up from its seed.
    folder : str or Path
        A new folder, or the one where the same study was begun.
    place : Place, optional
        Threads of this process unless told otherwise.
    rules : Rules, optional
        The rules that all societies follow; a study with other rules than the usual ones says so.
    mechanisms : sequence of module, str or Path
        Mechanisms of your own that all societies have; factors may vary their settings. The folder keeps their source.

    Returns
    -------
    Results
        As ``load(folder)`` reads them.

    Raises
    ------
    ParameterError
        Where the study asks for what there is not.
    MechanismError
        Where a mechanism is not what a clock can follow; names its file and line.
    StoreError
        Where the folder holds another study, or is in use.
    """
    parameters = extended(checked(parameters, Parameters, "parameters"), mechanisms)
    described = study if isinstance(study, Study) else Study.of(study, type(parameters))
    if described.choices:
        raise ParameterError("choices: are for the command line, which composes their configs; allowed are factors")
    where = checked(Path(folder) if isinstance(folder, str) else folder, Path, "folder")
    checked(rules, Rules, "rules")
    plan = Plan(described, (Variant({}, parameters),))
    how = SweepOptions(version_of(plan.society, rules))
    do_study(plan, where, checked(Place() if place is None else place, Place, "place"), how, rules)
    return load(where)
