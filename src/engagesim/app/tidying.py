"""Memory of a dashboard that stays up: what visitors leave behind goes back to the machine, and does not pile up."""

import ctypes
import gc
import sys

EVERY_S = 60
"""Seconds between two times of tidying."""

_MMAP_THRESHOLD, _LARGE = -3, 1 << 20
"""Name of an option of the C library's ``mallopt`` (``M_MMAP_THRESHOLD`` in ``malloc.h``), and what we set it to."""


def return_large_blocks() -> None:
    """Have every block of memory of a megabyte or more returned as soon as it is free.

    The C library of Linux does so at first, and less and less: each such block that is freed raises its threshold, up
    to 32 MB, and what is freed below it stays with the process.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if set_option := getattr(library, "mallopt", None):  # other C libraries have none
        set_option(_MMAP_THRESHOLD, _LARGE)


async def tidy() -> None:
    """Collect what visitors who left have left behind: the garbage collector by itself waits for a quarter more."""
    gc.collect()
