"""Studies are stored and read without threads of Arrow's, which now and then abort a process as it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = """
import json, os, sys
import numpy as np
import scipy.linalg  # has a thread of its own from its import on
from pathlib import Path
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.study.description import Study
from engagesim.study.exports import export_study
from engagesim.study.observed import Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.results import load
from engagesim.study.run_folder import metrics_bytes, read_metrics
from engagesim.study.run_study import SweepOptions, run_study

def count():
    return len(os.listdir("/proc/self/task"))

threads = [count()]
small = Parameters().changed({"months": 3, "population.citizens": 40, "population.districts": 2})
plan = Plan(Study.of({"replicates": 200, "trajectories": True}), (Variant({}, small),))

def ones(points, seeds):
    return Observed(np.ones((len(points), len(seeds), 3, len(MEASURE_NAMES))), MEASURE_NAMES, tuple(seeds))

run_study(plan, Path("study"), ones, SweepOptions("1", part_runs=50))
threads.append(count())
results = load("study")
assert results.runs["failed"].isna().all()
threads.append(count())
export_study(results, Path("export"))
Path("metrics.parquet").write_bytes(metrics_bytes(results.months.set_index("month")))
read_metrics(Path())
threads.append(count())
print(json.dumps(threads))
"""
READING = ["import pandas as pd; pd.read_parquet('x')", "import pyarrow.parquet as pq; pq.read_table('x')",
           "from pyarrow.parquet import ParquetFile", "import pyarrow.dataset"]  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted where Linux shows them")
def test_tables_are_stored_and_read_by_the_thread_that_asks(tmp_path):
    done = subprocess.run([sys.executable, "-c", TABLES], cwd=tmp_path, capture_output=True, text=True, check=True)
    before, *after = json.loads(done.stdout)
    assert after == [before] * 3


@pytest.mark.skipif(not find_spec("ruff"), reason="ruff is a developer's")
@pytest.mark.parametrize("room", ["src/engagesim", "tests", "experiments", "benchmarks"])
def test_lint_catches_parquet_that_is_read_on_threads(room):
    command = [sys.executable, "-m", "ruff", "check", "--output-format=json", "--stdin-filename", f"{room}/new.py", "-"]
    done = subprocess.run(command, input="\n".join(READING), capture_output=True, text=True, check=False, cwd=ROOT)
    caught = {each["location"]["row"] for each in json.loads(done.stdout) if each["code"] == "TID251"}
    assert caught == {1, 2, 3, 4}


@pytest.mark.slow  # with threads of Arrow's about three in a hundred abort
def test_no_sweep_aborts_as_its_process_ends(tmp_path):
    asked = ["population.citizens=100", "population.districts=2", "population.providers=2", "months=12", "replicates=3",
             "progress=false", "factors.p.path=incentives.patronage", "factors.p.values=[0.1,0.5]"]  # fmt: skip

    def code(number: int) -> int:
        output = tmp_path / str(number)
        command = [sys.executable, "-m", "engagesim", "sweep", *asked, f"output={output}"]
        ended = subprocess.run(command, capture_output=True, check=False).returncode
        shutil.rmtree(output, ignore_errors=True)
        return ended

    load = [subprocess.Popen([sys.executable, "-c", "while True: sum(range(10000))"]) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as several:
            ends = list(several.map(code, range(150)))
    finally:
        for each in load:
            each.kill()
            each.wait()
    assert ends == [0] * 150
