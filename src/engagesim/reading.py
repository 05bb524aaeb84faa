"""Files of a user's, and how much of each is read: an ordinary file, up to a limit, in UTF-8, with no trick inside.

Every limit on what comes from outside stands here, with its reason. Functions raise ``OSError`` or ``ValueError`` with
a few words; the caller knows the place, and says it in front.
"""

import csv
import errno
import io
import json
import os
import stat
from collections.abc import Hashable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

import yaml

TABLE_BYTES = 256_000_000
"""People and ties as CSV: a million citizens with every attribute take 200 MB at most, their four million ties 60."""

GRAPH_BYTES = 256_000_000
"""GraphML: four million ties, those of a million citizens, take about 200 MB."""

POINTS_BYTES = 256_000_000
"""A list of points as CSV: a million of them with ten factors take about 100 MB."""

DOCUMENT_BYTES = 200_000
"""A YAML file that people write, like a fact or an intervention: those that ship have 4,000."""

RECORD_BYTES = 32_000_000
"""YAML and JSON that a command wrote, like the config of a study: 10,000 for each combination of its choices."""

PART_BYTES = 2_000_000_000
"""A part of a study as Parquet, which has 500 MB in memory before it is compressed, or a state that was kept."""

MOST_COLUMNS = 1000
"""Columns of a CSV table: points have 150 at most, and a hundred thousand take minutes to tell apart."""

_HEAD = 1_000_000
"""Characters in which the first two rows of a CSV table stand: a thousand columns of a thousand characters."""

DEEPEST = 40
"""Levels of nesting in YAML, JSON and GraphML: what we read has ten."""


def content(path: Path, most: int) -> bytes:
    """Return what is in a file.

    Raises
    ------
    OSError
        Where there is no such file, or it cannot be read.
    ValueError
        Where it is no ordinary file (a pipe or a device never ends), or larger than ``most`` bytes.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is a pipe or a device; an ordinary file is needed")
        found = file.read(most + 1) if status.st_size <= most else b""
        if len(found) > most or status.st_size > most:
            raise ValueError(f"has {max(status.st_size, len(found)):,} bytes; allowed are up to {most:,}")
        return found


def text(path: Path, most: int) -> str:
    """Return the text in a file: UTF-8, with or without a byte order mark."""
    found = content(path, most)
    try:
        decoded = found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} is not in UTF-8; save it as UTF-8 text") from None
    if "\0" in decoded:
        raise ValueError(f"character {decoded.index('\0') + 1} is a NUL; a text file is needed")
    return decoded


def csv_table(path: Path, most: int) -> io.StringIO:
    """Return a CSV table for pandas, once its rows are known to be of a length that people mean.

    The first two rows are looked at, as they decide how many columns pandas reckons with; it refuses longer ones.
    """
    found = text(path, most)
    start = found.lstrip()
    head = io.StringIO(start[:_HEAD], newline="")
    rows = (row for row in csv.reader(head) if len(row) > 1 or "".join(row).strip())  # pandas skips blank ones
    try:
        longest = max((len(row) for row in islice(rows, 2)), default=0)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if longest > MOST_COLUMNS:
        raise ValueError(f"a row has {longest:,} columns; allowed are up to {MOST_COLUMNS:,}")
    if head.tell() == _HEAD < len(start):
        raise ValueError(f"the first two rows take more than {_HEAD:,} characters")
    return io.StringIO(found)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain data, in which no key stands twice: YAML would take the last one without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping, unless a key stands in it twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise ValueError(f"line {key.start_mark.line + 1}: the key {key.value[:40]!r} stands there twice")
                seen.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return found


def parsed_yaml(found: str) -> Any:
    """Return the data in a YAML text: no aliases (a few lines of them stand for gigabytes), and no deep nesting."""
    try:
        _check_events(yaml.parse(found, Loader=_Loader))
        return yaml.load(found, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except (LookupError, AttributeError, TypeError, ArithmeticError, RecursionError) as error:
        # A tag like !!timestamp or !!bool before what is none.
        raise ValueError(f"not a value of its type ({type(error).__name__})") from None


def _check_events(events: Iterator[Any]) -> None:
    depth = 0
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ValueError(f"line {line}: anchors and aliases (& and *) are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        _check_depth(depth, line)


def _check_depth(depth: int, line: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"line {line}: nested deeper than {DEEPEST} levels")


def parsed_json(found: str) -> Any:
    """Return the data in a JSON text."""
    try:
        return json.loads(found, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def check_xml(found: bytes) -> None:
    """Refuse XML that declares entities, which can stand for gigabytes, or is nested deeply."""
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        _check_depth(depth, parser.CurrentLineNumber)

    def end(_: object) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: object) -> None:
        raise ValueError(f"line {parser.CurrentLineNumber}: document types and entities (<!DOCTYPE) are not allowed")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(found, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
