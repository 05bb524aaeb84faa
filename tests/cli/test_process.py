"""A command goes well wherever it is started: without streams, for readers who leave, among settings of others."""

from __future__ import annotations

import io
import multiprocessing.spawn
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from engagesim import load
from engagesim.cli import main
from engagesim.cli.process import surroundings
from engagesim.study.executors import _without_script
from engagesim.study.run_folder import read_metrics

PROGRAM = [sys.executable, "-m", "engagesim"]
SMALL = ["population.citizens=60", "population.districts=3", "population.providers=2", "months=3"]
STUDY = [
    "sweep",
    *SMALL,
    "factors.p.path=incentives.patronage",
    "factors.p.values=[0.1,0.5]",
    "replicates=3",
    "output=s",
]
FOREIGN = {
    "MPLBACKEND": "Qt4Agg", "PYTHONWARNINGS": "error", "PYTHONSAFEPATH": "1", "LC_ALL": "C", "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii:strict", "TMPDIR": "/nowhere", "TERM": "dumb",
    "COLUMNS": "0", "NO_COLOR": "1", "XDG_CACHE_HOME": "/nowhere", "NUMBA_NUM_THREADS": "0",
    "LOKY_MAX_CPU_COUNT": "two",
}  # fmt: skip
"""What other programs, machines and containers set; none of it is meant for us."""


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | more


def shell(redirected: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Start a command as a shell does that redirects its streams."""
    return subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirected}', *PROGRAM, *words],
        capture_output=True, text=True, check=False, env=environment(),
    )  # fmt: skip


def read_by_nobody(*words: str, stream: str) -> tuple[int, str]:
    """Return the exit code of a command one of whose streams nobody reads, and what it said on the other."""
    reads, writes = os.pipe()
    os.close(reads)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writes}
    with subprocess.Popen([*PROGRAM, *words], **streams, text=True, env=environment()) as process:
        os.close(writes)
        said = process.communicate()
    return process.returncode, "".join(filter(None, said))


@pytest.mark.parametrize("closed", [">&- 2>&- <&-", "2>&-"])
def test_a_study_needs_no_standard_streams(closed):
    done = shell(closed, *STUDY)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(load("s").runs) == 6


def test_what_goes_wrong_is_not_said_on_standard_output_where_there_is_no_standard_error():
    done = shell("2>&-", "run", "nope=1")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("words", [["--help"], ["parameters"]])
def test_a_reader_who_leaves_is_no_error(words):
    assert read_by_nobody(*words, stream="stdout") == (0, "")


def test_a_terminal_that_closes_costs_no_result_and_no_exit_code():
    assert read_by_nobody(*STUDY, "progress=true", stream="stderr")[0] == 0
    assert len(load("s").runs) == 6
    assert read_by_nobody("run", "nope=1", stream="stderr") == (2, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_an_output_that_is_full_is_said_in_one_line():
    done = shell(">/dev/full", "--help")
    assert (done.returncode, done.stderr) == (2, "engagesim: standard output: No space left on device\n")


def test_what_is_set_for_others_changes_neither_a_run_nor_its_numbers():
    words = ["run", *SMALL, "progress=true"]
    without_home = {name: value for name, value in environment(**FOREIGN).items() if name != "HOME"}
    done = subprocess.run(
        [*PROGRAM, *words, "output=foreign"], capture_output=True, text=True, check=False, env=without_home
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert main([*words[:-1], "progress=false", "figures=false", "output=ours"]) == 0
    assert "success_rate" in done.stdout  # the table is there
    assert read_metrics(Path("foreign")).equals(read_metrics(Path("ours")))


@pytest.mark.slow  # compiles every module to bytecode of another kind
def test_a_command_needs_no_docstrings_and_no_assertions():
    for words in (["run", *SMALL, "output=r"], STUDY, ["plot", "s"], ["parameters"]):
        bare = environment(PYTHONOPTIMIZE="2", MPLBACKEND="Qt4Agg")
        done = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, check=False, env=bare)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ([], {"config.yaml", "metrics.parquet"}),
        # Two more processes import everything.
        pytest.param(["-m", "seed=1,2", "hydra/launcher=joblib"], {"0", "1", "multirun.yaml"}, marks=pytest.mark.slow),
    ],
    ids=["run", "multirun"],
)
def test_a_folder_may_hold_files_called_like_modules(more, made):
    for name in ("engagesim", "numpy", "signal"):
        Path(f"{name}.py").write_text("raise SystemExit('not the module')\n", "utf-8")
    isolated = [sys.executable, "-I", "-m", "engagesim"]  # as its program does, it takes no module from the folder
    asked = ["run", *SMALL, "figures=false", *more, "output=made"]
    done = subprocess.run([*isolated, *asked], capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stderr
    assert made <= {path.name for path in Path("made").iterdir()}


def test_streams_that_are_missing_are_there_meanwhile(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with surroundings():
        print("said")
        print("said", file=sys.stderr)
        assert not sys.stderr.isatty()
    assert sys.stdout is sys.stderr is None


@pytest.mark.parametrize(
    ("name", "value", "counts"),
    [("COLUMNS", "0", False), ("COLUMNS", "9", False), ("COLUMNS", "80", True), ("MPLBACKEND", "Qt4Agg", False),
     ("MPLBACKEND", "module://matplotlib_inline.backend_inline", True), ("NUMBA_NUM_THREADS", "0", False),
     ("LOKY_MAX_CPU_COUNT", "two", False), ("LOKY_MAX_CPU_COUNT", "2", True)],
)  # fmt: skip
def test_what_is_not_meant_for_us_is_left_out_of_account_and_stays_for_others(name, value, counts, monkeypatch):
    monkeypatch.setenv(name, value)
    with surroundings():
        assert os.environ.get(name) == (value if counts else None)
    assert os.environ[name] == value


def test_a_terminal_without_letters_is_written_to(monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    with surroundings():
        print("Ålesund")
    assert terminal.buffer.getvalue() == b"?lesund\n"


def test_processes_of_a_cluster_do_not_run_the_script_anew(monkeypatch):
    script = types.ModuleType("__main__")
    script.__file__ = "/home/somebody/script.py"
    monkeypatch.setitem(sys.modules, "__main__", script)

    def said() -> bool:
        return "init_main_from_path" in multiprocessing.spawn.get_preparation_data("worker")

    assert said()
    with _without_script():
        assert not said()
        with _without_script():
            assert not said()
    assert said()
    assert script.__file__ == "/home/somebody/script.py"
