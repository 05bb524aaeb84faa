"""Test the lowest versions of the dependencies that pyproject.toml says will do: ``make lowest``.

They go into an environment of their own, on the lowest Python; those that dependencies bring along are the newest. What
is tested is what hangs on libraries: files, tables, designs, figures, reports, configs, stores, and both engines.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from portability import ROOT, UV, python_of

TESTS = (
    "tests/society", "tests/configs", "tests/report/test_study_figures.py", "tests/report/test_page.py",
    "tests/study", "tests/analysis/test_sensitivity.py", "tests/cli/test_run.py", "tests/cli/test_log.py",
    "tests/engines/test_identity.py", "tests/engines/test_model.py", "tests/test_parameters.py",
)  # fmt: skip
EXTRAS = ("cluster", "search", "app", "notebooks")


def main() -> None:
    """Resolve, install, and run the tests, with warnings of old versions left alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="3.12")
    parser.add_argument("--only-install", action="store_true")
    parser.add_argument("tests", nargs="*", default=TESTS)
    asked = parser.parse_args()
    place = ROOT / "outputs" / "lowest"
    place.mkdir(parents=True, exist_ok=True)
    interpreter, listed = python_of(asked.python), place / "requirements.txt"
    resolving = ["--resolution", "lowest-direct", "--python", interpreter, "--no-header", "--no-annotate"]
    extras = [part for extra in EXTRAS for part in ("--extra", extra)]
    _call([UV, "pip", "compile", "--quiet", ROOT / "pyproject.toml", *extras, *resolving, "-o", listed])
    _call([UV, "venv", "--quiet", "--clear", "--python", interpreter, place / "environment"])
    python = place / "environment" / "bin" / "python"
    tools = ["pytest", "pytest-xdist", "hypothesis", "duckdb"]
    _call([UV, "pip", "install", "--quiet", "--python", python, "-r", listed, *tools])
    _call([UV, "pip", "install", "--quiet", "--python", python, "--no-deps", "--editable", ROOT])
    if not asked.only_install:
        _call([python, "-m", "pytest", "-q", "-n", "2", "-m", "not slow", "-o", "filterwarnings=default", *asked.tests])


def _call(command: list[str | Path]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "UV_PROJECT_ENVIRONMENT"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
