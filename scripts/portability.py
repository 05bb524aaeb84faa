"""Build the package, install it into empty environments, and use it there: ``make package`` and ``make portability``.

Everything runs from a folder that holds no copy of the repository: first on a minimal installation, then with extras.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import connect

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
SOCIETY = ["population.citizens=40", "population.districts=2", "months=3"]
STUDY = [*SOCIETY, "factors.patronage.path=incentives.patronage", "factors.patronage.values=[0,0.4]"]
FACT = """\
title: People take part
source: Author (2020)
role: calibration
history: 6
months: 6
arms: {survey: [survey]}
checks: [{claim: They do, tolerance: S, value: "effect(engaged, survey, 6)", sign: "+"}]
"""
COMMANDS: dict[str, list[str]] = {
    "help": ["--help"],
    "parameters": ["parameters", "--format", "markdown"],
    "run": ["run", *SOCIETY, "scenario=merit_state", "output=run"],
    "rerun": ["rerun", "run"],
    "sweep": ["sweep", *STUDY, "replicates=3", "output=study"],
    "plot": ["plot", "study"],
    "export": ["export", "study"],
    "compare": [
        "compare", *SOCIETY[:2], "months=30", "packages={audit: [social_audit]}", "seeds=6",
        "output=compared",
    ],
    "validate": ["validate", "facts=facts", "size=quick", "rivals=false", "calibration=none", "output=scored"],
    "calibrate": ["calibrate", "facts=facts", "waves=1", "sets=10", "judged=1", "output=calibrated"],
}  # fmt: skip
"""What a user does, with what it takes from the folder; the name of each is what the timings say."""

QUICK = ("help", "parameters", "run", "rerun")
"""What needs no compiled engine, which takes a minute."""

SLURM = ["run", "-m", "seed=1,2", "hydra/launcher=submitit_slurm", "output=jobs"]
WITH_EXTRA = {
    "search": ["compare", *SOCIETY[:2], "months=30", "search.tries=8", "seeds=2", "output=searched"],
    "cluster": ["sweep", *STUDY, "executor=dask", "output=far"],
    "app": ["app", "port=0", "open=false"],
}
"""What needs an extra, by its name: without it, the command has to name it."""

IN_WHEEL = (
    "engagesim/py.typed", "engagesim/conf/config.yaml", "engagesim/conf/scenario/village.yaml",
    "engagesim/validation/prior.yaml", "engagesim/validation/facts/E02.yaml", "engagesim/report/templates/report.html",
    "engagesim/report/templates/style.css", "engagesim/dashboard/vue/style.css", "engagesim/dashboard/vue/header.vue",
)  # fmt: skip
IN_SDIST = ("tests/conftest.py", "benchmarks/measure.py", "docs/tables.py", "uv.lock", "Makefile", "CONTRIBUTING.md")


def main() -> None:
    """Do all of it for every Python that is named, and say how long each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what needs no compiled engine")
    parser.add_argument("versions", nargs="+", help="versions of Python, as 3.12")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        wheel = _built(Path(place))
        for version in asked.versions:
            _used(wheel, version, Path(place, version), QUICK if asked.quick else tuple(COMMANDS))


def _built(place: Path) -> Path:
    """Build the sdist, and the wheel from it, and look into both."""
    _call([UV, "build", "--quiet", "--python", sys.executable, "--out-dir", place, ROOT])
    (sdist,), (wheel,) = place.glob("*.tar.gz"), place.glob("*.whl")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    _need(set(IN_SDIST) <= names, f"sdist lacks {set(IN_SDIST) - names}")
    with zipfile.ZipFile(wheel) as archive:
        _need(set(IN_WHEEL) <= set(archive.namelist()), f"wheel lacks {set(IN_WHEEL) - set(archive.namelist())}")
    return wheel


def _used(wheel: Path, version: str, place: Path, commands: tuple[str, ...]) -> None:
    """Install into an empty environment, with the locked versions and no extra, and run the commands there."""
    environment, work = place / "environment", place / "work"
    (work / "facts").mkdir(parents=True)
    (work / "facts" / "F01.yaml").write_text(FACT, "utf-8")
    _call([UV, "venv", "--quiet", "--python", python_of(version), environment])
    locked = place / "locked.txt"
    exported = ["--no-dev", "--all-extras", "--no-emit-project", "--no-hashes", "-o", locked]
    _call([UV, "export", "--quiet", "--project", ROOT, "--python", sys.executable, *exported])
    install = [UV, "pip", "install", "--quiet", "--python", environment / "bin" / "python", "--constraints", locked]
    _timed(f"{version} install", [*install, wheel])
    program = environment / "bin" / "engagesim"
    for name in commands:
        _timed(f"{version} {name}", [program, *COMMANDS[name]], work)
    if len(commands) < len(COMMANDS):
        return
    for extra, command in (*WITH_EXTRA.items(), ("cluster", SLURM)):
        done = _call([program, *command], work, fails=True)
        lines = done.stderr.strip().splitlines()
        _need(done.returncode == 2 and f"engagesim[{extra}]" in lines[-1], f"{extra}: {done.stderr}")
        print(f"{version} without {extra}: {lines[-1]}", flush=True)
    _timed(f"{version} install with extras", [*install, f"{wheel}[{','.join(WITH_EXTRA)}]"])
    for extra in ("search", "cluster"):
        _timed(f"{version} with {extra}", [program, *WITH_EXTRA[extra]], work)
    begun = time.perf_counter()
    _visit([program, *WITH_EXTRA["app"]], work)
    print(f"{version} with app: {time.perf_counter() - begun:.1f} s", flush=True)


def _visit(command: list[str | Path], folder: Path) -> None:
    """Start a dashboard, open its page as a browser does, and wait until it is drawn."""
    with subprocess.Popen(command, cwd=folder, env=_clean(), stdout=subprocess.PIPE, text=True) as serving:
        try:
            host = urlsplit(next(line for line in serving.stdout or () if " is at " in line).split(" is at ")[1]).netloc
            page = f"ws://{host}/jupyter/api/kernels/page/channels?session_id=page"
            with connect(page, origin=f"http://{host}", proxy=None) as line:
                line.send(_message("comm_open", comm_id="control", target_name="solara.control", data={}))
                asked = {"path": "/?population.citizens=40&month=2", "dark": False, "themes": {}, "appName": None}
                line.send(_message("comm_msg", comm_id="control", data={"method": "run", "args": asked}))
                said = ""
                while '"finished"' not in said:
                    said = str(line.recv(timeout=120))
                    _need("Traceback" not in said, said)
        finally:
            serving.terminate()


def _message(kind: str, **content: Any) -> str:
    header = dict.fromkeys(("msg_id", "session", "username", "version", "date"), "") | {"msg_type": kind}
    rest = {"parent_header": {}, "metadata": {}, "channel": "shell", "buffers": []}
    return json.dumps({"header": header, "content": content, **rest})


def python_of(version: str) -> str:
    """Return an interpreter: one that uv finds or, behind pyenv's shims, one of pyenv's."""
    found = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", version], capture_output=True, text=True, check=False
    )
    if found.returncode == 0:
        return found.stdout.strip()
    kept = sorted(
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(f"{version}.*/bin/python")
    )
    _need(bool(kept), f"there is no Python {version} here: {found.stderr.strip().splitlines()[-1]}")
    return str(kept[-1])


def _timed(what: str, command: list[str | Path], folder: Path | None = None) -> None:
    begun = time.perf_counter()
    _call(command, folder)
    print(f"{what}: {time.perf_counter() - begun:.1f} s", flush=True)


def _call(
    command: list[str | Path], folder: Path | None = None, *, fails: bool = False
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=folder, env=_clean(), capture_output=True, text=True, check=False)
    _need(fails or done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done


def _clean() -> dict[str, str]:
    """Return the surroundings without a word that could lead back to the repository."""
    leading_back = {"PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}
    return {name: value for name, value in os.environ.items() if name not in leading_back}


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"portability: {otherwise}")


if __name__ == "__main__":
    main()
