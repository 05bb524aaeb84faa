"""``engagesim rerun``: repeats a stored run from its provenance record, and compares the results."""

from pathlib import Path

import pandas as pd

from engagesim.cli.arguments import row_of
from engagesim.cli.exit_codes import BUG, DONE, one_line, try_next
from engagesim.cli.run import simulate
from engagesim.configs.command_options import RunOptions
from engagesim.configs.compose import Job
from engagesim.configs.mechanisms import taken
from engagesim.errors import EngagementError
from engagesim.mechanisms.declarations import Mechanism
from engagesim.study.provenance import Certificate, birth_certificate, check_inputs, with_code
from engagesim.study.results import load
from engagesim.study.run_folder import read_run, tampered
from engagesim.study.run_part import outcome
from engagesim.study.store import MANIFEST

DIFFERENT = BUG
"""Exit code if the results differ: 1, as for ``cmp``."""


def rerun(arguments: list[str]) -> int:
    """Repeat the run in a folder or in a row of a study; nothing is written."""
    mechanisms, places = taken(arguments)
    match places:
        case [folder] if not folder.startswith("-"):
            return _rerun_folder(Path(folder), mechanisms)
        case [study, row] if not study.startswith("-"):
            return _rerun_row(Path(study), row_of(row), mechanisms)
    raise EngagementError(
        "rerun: missing; must be the folder of a run, or of a study and a row; use: engagesim rerun my_study 17"
    )


def _rerun_row(folder: Path, row: int, mechanisms: tuple[Mechanism, ...]) -> int:
    """Repeat one run of a study agent by agent, and compare its results with the row."""
    results = load(folder)
    parameters, names = with_code(results.parameters(row), mechanisms, folder), results.plan.measure_names
    society = simulate(Job(parameters, RunOptions())).model
    after = pd.Series({name: outcome(name, society.metrics[name].to_numpy()) for name in names}, dtype=float)
    before = results.runs.loc[row, names].astype(float)
    differing = [name for name in names if before[name] != after[name] and not before[[name]].equals(after[[name]])]
    if not differing:
        point = results.runs["point"].iloc[row]
        print(f"identical numbers: row {row} of {folder}, point {point}, seed {parameters.seed}")
        try_next("run", folder, str(row))
        return DONE
    failed = results.runs.loc[row, "failed"]
    why = f"the stored run failed ({failed})" if isinstance(failed, str) else ", ".join(differing)
    print(one_line(f"different numbers: row {row} of {folder}: {why}"))
    return DIFFERENT


def _rerun_folder(folder: Path, mechanisms: tuple[Mechanism, ...]) -> int:
    if (folder / MANIFEST).is_file():
        raise EngagementError(f"row: missing; {folder} holds a study; name a row, as in engagesim rerun {folder} 0")
    parameters, before = read_run(folder)
    changed = tampered(folder, before)
    if changed:
        print(f"different files: {', '.join(changed)} in {folder} changed since the run")
        return DIFFERENT
    parameters = with_code(parameters, mechanisms, folder)
    check_inputs(parameters)
    after = birth_certificate(simulate(Job(parameters, RunOptions(agents_every=before["agents_every"]))).record)
    files = [name for name, known in before["results"].items() if after["results"].get(name) != known]
    if not files:
        print(f"identical files: {', '.join(before['results'])} of {parameters.name!r}, seed {parameters.seed}")
        return DONE
    since = "; ".join(_differences(before, after)) or "nothing on record"
    print(one_line(f"different files: {', '.join(files)}; changed since the run: {since}"))
    return DIFFERENT


def _differences(before: Certificate, after: Certificate) -> list[str]:
    """Name the other differences between two provenance records: versions, commit, machine and input files."""
    then, now = _facts(before), _facts(after)
    return [f"{name} {then.get(name)} then, {now.get(name)} now" for name in now if then.get(name) != now[name]]


def _facts(certificate: Certificate) -> dict[str, str | None]:
    inputs = {f"content of {path}": content[:12] for path, content in certificate["inputs"].items()}
    return {
        "engagesim": certificate["engagesim"],
        "model version": certificate["model_version"],
        "commit": certificate["commit"],
        "python": certificate["python"],
        "platform": certificate["platform"],
        **certificate["libraries"],
        **inputs,
        **{f"source of {name}": source for name, source in certificate.get("mechanisms", {}).items()},
    }
