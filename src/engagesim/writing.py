"""Files that are written: whole or not at all, or a line at a time; never through a link that leads elsewhere."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from engagesim.errors import StoreError

UNFINISHED = ".unfinished-"
"""Part of the name of a file that is being written."""

_AT_ONCE = 16
"""Files that are brought to the disk at the same time."""

_ADDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
_KEEPING_OUT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # links; pipes, which wait for a reader


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
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
    keep_names(path.parent)


def keep_content(folder: Path) -> None:
    """Bring all that is in a folder to the disk; its files at once, which a disk does several times as fast."""
    paths = list(folder.rglob("*"))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(_keep_file, (path for path in paths if path.is_file())))
    for inside in (*filter(Path.is_dir, paths), folder):
        keep_names(inside)


def _keep_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def keep_names(folder: Path) -> None:
    """Bring the names in a folder to the disk, as far as the system can: Windows opens no folders."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unwritable(folder: Path, error: OSError) -> StoreError:
    """Return what is said of a command's folder that cannot be written."""
    return StoreError(f"output = {folder}: cannot be written ({error.strerror or error})")


def added_to(path: Path) -> TextIO:
    """Open a text file to add lines to its end; it is made where it is not there.

    Raises
    ------
    OSError
        Where it cannot be opened.
    StoreError
        Where it is a link, a pipe or a device: whoever made the folder may have meant what lies behind.
    """
    refused = StoreError(f"{path}: is a link, a pipe or a device; take it out of the folder")
    if path.is_symlink():
        raise refused
    try:
        descriptor = os.open(path, _ADDING | _KEEPING_OUT, 0o666)
    except OSError as error:
        raise (refused if error.errno == errno.ENXIO else error) from None  # a pipe that nobody reads
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise refused
    return open(descriptor, "a", encoding="utf-8")
