"""Whatever comes in at a door, there is a result or one clear line: no traceback, no hang, no flood of memory.

``make fuzz`` does the same with ten thousand inputs at each door, drawn anew, and writes what it took.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest
from doors import doors
from hypothesis import HealthCheck, Phase, given, settings

from engagesim.errors import EngagementError

EXAMPLES = int(os.environ.get("ENGAGESIM_FUZZ", "0"))
LOG = os.environ.get("ENGAGESIM_FUZZ_LOG")
QUICK = 40
SLOW_DOORS = {"command line of run", "command line of sweep", "command line of compare",
              "command lines of validate and calibrate", "study folders"}  # fmt: skip
MEMORY = 6_000_000_000
"""Bytes of address space that all of ``make fuzz`` may take."""

HOME = Path(tempfile.mkdtemp(prefix="engagesim-fuzz-"))
DOORS = doors(HOME)


@pytest.fixture(scope="module", autouse=True)
def bounded():
    before = resource.getrlimit(resource.RLIMIT_AS)
    if EXAMPLES:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)
    shutil.rmtree(HOME)


@pytest.mark.parametrize("name", DOORS)
def test_nothing_comes_of_an_input_but_a_result_or_one_clear_line(name, tmp_path, monkeypatch):
    door, took, refused = DOORS[name], [], 0
    monkeypatch.chdir(tmp_path)
    count = EXAMPLES or (QUICK // 4 if name in SLOW_DOORS else QUICK)
    phases = [Phase.generate] if EXAMPLES else [Phase.generate, Phase.shrink]

    @settings(max_examples=count, derandomize=not EXAMPLES, database=None, phases=phases,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(door.inputs)
    def knock(given):
        nonlocal refused
        folder = HOME / "now"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        start = time.process_time()  # of this process alone: what others do at the time is no matter
        with contextlib.suppress(EngagementError):
            refused += 1
            door.knock(given, folder)
            refused -= 1
        took.append(time.process_time() - start)

    knock()
    if LOG:
        row = {"door": name, "inputs": len(took), "refused": refused, "slowest_ms": round(1000 * max(took)),
               "median_ms": round(1000 * sorted(took)[len(took) // 2], 1), "limit_ms": 1000 * door.limit}  # fmt: skip
        with Path(LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        assert max(took) <= door.limit, row
    assert list(tmp_path.iterdir()) == []


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-n", "0"]))
