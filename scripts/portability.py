"""Build the package, install it into empty environments, and use it there: ``make package`` and ``make portability``.

Everything runs from a folder that holds no copy of the repository, on a minimal installation without extras.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
SOCIETY = ["population.citizens=40", "population.districts=2", "months=3"]
STUDY = [*SOCIETY, "factors.patronage.path=incentives.patronage", "factors.patronage.values=[0,0.4]"]
FACT = """\
title: People take part
source: Author (2020)
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
    "calibrate": [
        "calibrate", "facts=facts", "prior=5", "search=0", "walk=0", "judged=1", "calibration=none",
        "output=calibrated",
    ],
}  # fmt: skip
"""What a user does, with what it takes from the folder; the name of each is what the timings say."""

QUICK = ("help", "parameters", "run", "rerun")
"""What needs no compiled engine, which takes a minute."""

LACKING = {
    "search": ["compare", *SOCIETY[:2], "months=30", "search.tries=8", "seeds=2", "output=searched"],
    "cluster": ["sweep", *STUDY, "executor=dask", "output=far"],
}
"""What needs an extra: the extra that has to be named, by the command that asks for it."""

IN_WHEEL = (
    "engagesim/py.typed", "engagesim/conf/config.yaml", "engagesim/conf/scenario/village.yaml",
    "engagesim/evidence/prior.yaml", "engagesim/evidence/facts/E02.yaml", "engagesim/report/templates/report.html",
    "engagesim/report/templates/style.css",
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
    _call(
        [
            UV,
            "export",
            "--quiet",
            "--project",
            ROOT,
            "--python",
            sys.executable,
            "--no-dev",
            "--no-emit-project",
            "--no-hashes",
            "-o",
            locked,
        ]
    )
    install = [UV, "pip", "install", "--quiet", "--python", environment / "bin" / "python"]
    _timed(f"{version} install", [*install, "--constraints", locked, wheel])
    program = environment / "bin" / "engagesim"
    for name in commands:
        _timed(f"{version} {name}", [program, *COMMANDS[name]], work)
    for extra, command in LACKING.items() if len(commands) == len(COMMANDS) else ():
        done = _call([program, *command], work, fails=True)
        lines = done.stderr.strip().splitlines()
        _need(done.returncode == 2 and f"engagesim[{extra}]" in lines[-1], f"{extra}: {done.stderr}")
        print(f"{version} without {extra}: {lines[-1]}", flush=True)


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
    """Run a command without a word of the surroundings that could lead it back to the repository."""
    leading_back = {"PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}
    clean = {name: value for name, value in os.environ.items() if name not in leading_back}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    _need(fails or done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"portability: {otherwise}")


if __name__ == "__main__":
    main()
