"""A process keeps to the cores that it may use, and says what it has to say to whoever listens."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from engagesim.engines.compiled import ensemble
from engagesim.machine import Patient, cores


@pytest.fixture
def one_core():
    """Let this process use one core of sixty-four, as taskset and Slurm do."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system binds no process to cores")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture
def gone():
    """A pipe that nobody reads any more, and what is written to it."""
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as stream:
        yield stream


def test_cores_are_those_that_a_process_may_use(one_core, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert cores() == 1


def test_societies_live_on_as_many_threads_as_there_are_cores_to_use(one_core, monkeypatch, tiny):
    asked = []

    class Pool(ensemble.ThreadPoolExecutor):
        def __init__(self, workers):
            asked.append(workers)
            super().__init__(workers)

    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(ensemble, "ThreadPoolExecutor", Pool)
    ensemble.simulate([tiny.changed({"months": 1})], [1])
    assert asked == [1]


def test_words_to_one_who_has_left_go_nowhere(gone):
    words = Patient(gone)
    for _ in range(3):
        assert words.write("anybody there?\n") == 15
        words.flush()
    gone.write("Python's own")
    gone.flush()  # does not stumble over it again
    assert (words.fileno(), words.isatty()) == (gone.fileno(), False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_no_reader_who_has_left_and_is_told_once():
    with open("/dev/full", "w", encoding="utf-8") as full:
        words = Patient(full, BrokenPipeError, "standard output")
        words.write("kept?")
        with pytest.raises(OSError, match="No space left on device: 'standard output'"):
            words.flush()
        words.flush()


def test_lint_catches_cores_that_are_not_ours():
    import json
    import subprocess

    lines = [
        "import os; os.cpu_count()",
        "from os import process_cpu_count",
        "import multiprocessing as m; m.cpu_count()",
    ]
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--output-format=json",
        "--stdin-filename",
        "src/engagesim/n.py",
        "-",
    ]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
    assert {e["location"]["row"] for e in json.loads(done.stdout) if e["code"] == "TID251"} == {1, 2, 3}
