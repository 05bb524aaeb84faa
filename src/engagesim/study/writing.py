"""Files that appear whole or not at all, and folders in which long work is begun and goes on."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from engagesim.errors import StoreError, shown
from engagesim.reading import RECORD_BYTES, parsed_yaml, text

UNFINISHED = ".unfinished-"
"""Part of the name of a file that is being written."""

BEGUN, _LOCK = "config.yaml", ".lock"

_AT_ONCE = 16
"""Files that are brought to the disk at the same time."""


def write_whole(path: Path, content: bytes | memoryview) -> None:
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


@contextmanager
def begun(folder: Path, asked: Mapping[str, Any], what: str) -> Iterator[None]:
    """Open a folder for one piece of long work at a time; what was asked stands in its ``config.yaml``.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    asked : mapping
        All that decides what comes out, as YAML can hold it.
    what : str
        "comparison", as messages name it.

    Raises
    ------
    StoreError
        Where the folder holds something else, or work that was asked otherwise, is in use, or cannot be written.
    """
    place = f"output = {folder}"
    try:
        if folder.exists() and not folder.is_dir():
            raise StoreError(f"{place}: is a file; allowed is a new folder, or the one where this {what} was begun")
        if folder.exists() and not (folder / BEGUN).exists() and not all(map(_is_of_a_beginning, os.listdir(folder))):
            raise StoreError(f"{place}: is there already, and no {what}; allowed is a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK, timeout=0):
            if (folder / BEGUN).exists():
                _check_same(folder, asked, what)
            else:
                write_whole(folder / BEGUN, yaml.safe_dump(dict(asked), sort_keys=False).encode())
            yield
    except Timeout:
        raise StoreError(f"{place}: another {what} is at work in it") from None
    except OSError as error:
        raise StoreError(f"{place}: cannot be written ({error.strerror or error})") from None


def _is_of_a_beginning(name: str) -> bool:
    """Whether a name may stand in a folder whose work was killed before it was written what it is."""
    return name == _LOCK or name.startswith(f"{BEGUN}{UNFINISHED}")


def _check_same(folder: Path, asked: Mapping[str, Any], what: str) -> None:
    try:
        there = parsed_yaml(text(folder / BEGUN, RECORD_BYTES))
    except ValueError:
        there = None
    if not isinstance(there, Mapping) or set(there) != set(asked):
        raise StoreError(f"output = {folder}: is there already, and no {what} like this; allowed is a new folder")
    if there != asked:
        raise StoreError(
            f"output = {folder}: another {what} was begun there ({first_difference(there, asked)}); "
            "allowed is the same one, or a new folder"
        )


def first_difference(before: Any, now: Any, place: str = "") -> str:
    """Name the first place where two configs differ."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in [*before, *(key for key in now if key not in before)]:
            if before.get(key) != now.get(key):
                return first_difference(before.get(key), now.get(key), f"{place}.{key}".lstrip("."))
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            if one != other:
                return first_difference(one, other, f"{place}[{number}]")
    return f"{place} is {shown(before)} there and {shown(now)} here" if place else "its input files have changed"
