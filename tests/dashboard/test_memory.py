"""Memory that is free goes back to the machine."""

import asyncio
import gc
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from engagesim.dashboard.server import tidy

KEPT = """
from pathlib import Path
from engagesim.dashboard.server import return_large_blocks

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

start = resident()
{first}
for _ in range(3):
    bytearray(31_000_000)  # freed, it teaches the C library to keep blocks as large as this
block, above = bytearray(20_000_000), [bytearray(100_000) for _ in range(20)]
del block
print(resident() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems than Linux have other C libraries")
def test_large_blocks_go_back_to_the_machine_though_smaller_ones_lie_above_them():
    kept, returned = (
        float(subprocess.run([sys.executable, "-c", KEPT.format(first=first)], capture_output=True, check=True).stdout)
        for first in ("", "return_large_blocks()")
    )
    assert kept > 15  # megabytes; or this test shows nothing
    assert returned < 5


def test_what_visitors_left_behind_is_collected():
    class Left:
        pass

    gc.disable()
    try:
        left = Left()
        left.itself = left
        seen = weakref.ref(left)
        del left
        assert seen() is not None
        with ThreadPoolExecutor(1) as elsewhere:  # a browser of another test may have a loop running here
            elsewhere.submit(asyncio.run, tidy()).result()
        assert seen() is None
    finally:
        gc.enable()
