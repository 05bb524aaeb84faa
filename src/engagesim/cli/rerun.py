"""``engagesim rerun``: repeat a stored run from its birth certificate, and say whether it came out the same."""

from pathlib import Path

from engagesim.cli.config import Job, RunOptions
from engagesim.cli.outcome import BUG, DONE
from engagesim.cli.simulating import simulate
from engagesim.errors import EngagementError
from engagesim.study.certificate import Certificate, birth_certificate
from engagesim.study.run_folder import read_run, tampered

DIFFERENT = BUG
"""Exit code where a run did not come out the same: like ``cmp``, 1."""


def rerun(arguments: list[str]) -> int:
    """Repeat the run of a folder; nothing is written."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise EngagementError("rerun: the folder of one run is needed, as in: engagesim rerun outputs/run/my_run")
    folder = Path(arguments[0])
    parameters, before = read_run(folder)
    changed = tampered(folder, before)
    if changed:
        print(f"not the same bytes: {', '.join(changed)} in {folder} changed since the run")
        return DIFFERENT
    after = birth_certificate(simulate(Job(parameters, RunOptions(agents_every=before["agents_every"]))).record)
    files = [name for name, known in before["results"].items() if after["results"].get(name) != known]
    if not files:
        print(f"same bytes: {', '.join(before['results'])} of {parameters.name!r}, seed {parameters.seed}")
        return DONE
    since = "; ".join(_differences(before, after)) or "nothing that is recorded"
    print(f"not the same bytes: {', '.join(files)}; different since the run: {since}")
    return DIFFERENT


def _differences(before: Certificate, after: Certificate) -> list[str]:
    """Name what else differs between two certificates: versions, commit, machine and input files."""
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
    }
