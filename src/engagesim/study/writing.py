"""Folders in which long work is begun and goes on."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from engagesim.errors import StoreError, shown
from engagesim.reading import RECORD_BYTES, parsed_yaml, text
from engagesim.study.certificate import is_kept_name
from engagesim.writing import UNFINISHED, unwritable, write_whole

BEGUN, _LOCK = "config.yaml", ".lock"


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
        raise unwritable(folder, error) from None


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
    if is_kept_name(before) and is_kept_name(now):
        return f"the file of {place} has another content now"
    return f"{place} is {shown(before)} there and {shown(now)} here" if place else "its input files have changed"
