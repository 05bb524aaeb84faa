"""A file is written whole or not at all: beside its place under another name, and then renamed."""

import os
from contextlib import suppress
from pathlib import Path

UNFINISHED = ".unfinished-"
"""Part of the name of what is not finished; nothing that has it is ever taken for a result."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; once it is there, a power cut does not take it away."""
    unfinished = path.with_name(f"{path.name}{UNFINISHED}{os.getpid()}")
    try:
        with suppress(FileNotFoundError):
            unfinished.unlink()  # of a process that had our number and was killed; or a link that leads elsewhere
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
