"""Read a user's files safely, and write files completely or not at all.

Only ordinary files up to a size limit are read. Files are never written through a link.
"""

import codecs
import csv
import errno
import io
import json
import os
import re
import stat
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, NoReturn, TextIO
from xml.parsers import expat

import yaml

from engagesim.errors import InputError, StoreError, reason

TABLE_BYTES = 256_000_000
"""Largest size of people or ties as CSV, in bytes; a million citizens take 200 MB at most, four million ties 60 MB."""

GRAPH_BYTES = 256_000_000
"""Largest size of GraphML, in bytes; the four million ties of a million citizens take about 200 MB."""

POINTS_BYTES = 256_000_000
"""Largest size of a list of points as CSV, in bytes; a million points with ten factors take about 100 MB."""

DOCUMENT_BYTES = 200_000
"""Largest size, in bytes, of a YAML file that people write, such as a fact; the package's own have about 4,000."""

RECORD_BYTES = 32_000_000
"""Largest size, in bytes, of YAML or JSON from a command; a study's config has 10,000 per combination of choices."""

PART_BYTES = 2_000_000_000
"""Largest size, in bytes, of a stored state or of a part of a study as Parquet; a part takes 500 MB uncompressed."""

MOST_COLUMNS = 1000
"""Maximum number of columns of a CSV table; lists of points have up to 150, and splitting 100,000 takes minutes."""

_HEAD = 1_000_000
"""Maximum number of characters in a CSV table's first two rows: a thousand columns of a thousand characters."""

DEEPEST = 40
"""Maximum number of nested levels in YAML, JSON and GraphML; the files that we expect have ten."""


def content(path: Path, most: int) -> bytes:
    """Return the content of a file.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If it is not an ordinary file (a pipe or a device never ends), or has more than ``most`` bytes.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it must be an ordinary file, not a pipe or a device")
        found = file.read(most + 1) if status.st_size <= most else b""
        if len(found) > most or status.st_size > most:
            raise ValueError(f"it must have at most {most:,} bytes, not {max(status.st_size, len(found)):,}")
        return found


def text(path: Path, most: int) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark, or in UTF-16 with one."""
    return decoded(content(path, most))


def decoded(found: bytes) -> str:
    """Return the text of a file's content, as ``text`` does."""
    kind = "utf-16" if found.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        read = found.decode(kind)
    except UnicodeDecodeError as error:
        name = kind.removesuffix("-sig").upper()
        raise ValueError(f"byte {error.start + 1} is not {name}; save the file as UTF-8 text") from None
    if "\0" in read:
        hint = "; save the file as UTF-8 text" if found.count(0) > len(found) // 3 else ""  # UTF-16
        raise ValueError(f"character {read.index('\0') + 1} is a NUL, which no text file has{hint}")
    return read.lstrip("\ufeff")  # programs that add a byte order mark may add a second one


def csv_table(path: Path, most: int) -> io.StringIO:
    """Return the text of a CSV table for pandas, after checking that its rows have a plausible length."""
    found = text(path, most)
    check_width(found)
    return io.StringIO(found)


def check_size(rows: int, columns: int, most_columns: int, most_cells: int) -> None:
    """Refuse a table that is too large."""
    if columns > most_columns:
        raise ValueError(f"a row must have at most {most_columns:,} columns, not {columns:,}")
    if rows * columns > most_cells:
        raise ValueError(f"it must have at most {most_cells:,} cells, not {rows * columns:,}")


def check_width(found: str, separator: str = ",", most: int = MOST_COLUMNS) -> None:
    """Refuse a table with very many columns.

    Only the first two rows are checked, because they determine how many columns pandas expects; pandas
    refuses longer rows.
    """
    start = found.lstrip()
    head = io.StringIO(start[:_HEAD], newline="")
    rows = (row for row in csv.reader(head, delimiter=separator) if len(row) > 1 or "".join(row).strip())
    try:
        longest = max(
            (len(row) for row in islice(rows, 2)), default=0
        )  # the first rows that are not blank, because pandas skips blank ones
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if longest > most:
        raise ValueError(f"a row must have at most {most:,} columns, not {longest:,}")
    if head.tell() == _HEAD < len(start):
        raise ValueError(f"the first two rows must have at most {_HEAD:,} characters")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Loader of plain YAML: names are texts, no name appears twice, and only what looks like a number is a number.

    Other YAML readers turn ``no`` into false, ``2026_01`` into 202601, 1:30 into 90 and a day into a date.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping; refuse it if a name appears twice."""
        if not isinstance(node, yaml.MappingNode):
            found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
            return found
        made: dict[Hashable, Any] = {}
        for key, value in node.value:
            line = f"line {key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode):
                raise ValueError(f"{line}: must have a name in front of the colon")
            if key.value in made:
                raise ValueError(f"{line}: each key must appear once; {key.value[:40]!r} appears twice")
            made[key.value] = self.construct_object(value, deep=deep)
        return made

    def construct_octal(self, node: Any) -> NoReturn:
        """Refuse numbers with leading zeros, which some programs read as octal."""
        line = f"line {node.start_mark.line + 1}"
        raise ValueError(f"{line}: {node.value[:40]} must have no leading zeros, or be in quotes if it is a text")


for _tag, _looks, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?|\.[0-9]+(?:[eE][-+][0-9]+)?", list("-+0123456789.")),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", list("-+.")),
    ("octal", r"[-+]?0[0-7]+", list("-+0")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_looks})$"), _first)
_Loader.add_constructor("tag:yaml.org,2002:octal", _Loader.construct_octal)


def parsed_yaml(found: str) -> Any:
    """Return the data in a YAML text; refuse deep nesting and aliases, which can expand a few lines to gigabytes."""
    try:
        _check_events(yaml.parse(found, Loader=_Loader))
        return yaml.load(found, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ValueError(_in_one_line(error)) from None
    except (LookupError, AttributeError, TypeError, ArithmeticError, RecursionError) as error:
        # A tag like !!timestamp or !!bool before a value of another type.
        raise ValueError(f"not a value of its type ({type(error).__name__})") from None


def document(path: Path, example: str) -> dict[str, Any]:
    """Return the keys and values of a user's YAML file.

    Raises
    ------
    InputError
        If the file cannot be read, or does not hold keys and values; ``example`` shows what it must be.
    """
    tree = any_document(path)
    if not isinstance(tree, dict):
        raise InputError(f"{path}: must be keys and values, as in {example}")
    return tree


def any_document(path: Path) -> Any:
    """Return the data in a user's YAML file.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        return parsed_yaml(text(path, DOCUMENT_BYTES))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: must be a YAML file; {reason(error)}") from None


def _in_one_line(error: yaml.YAMLError) -> str:
    """Return one line that states where a YAML text cannot be parsed."""
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.scanner.ScannerError | yaml.parser.ParserError) and mark is not None:
        return (
            f"line {mark.line + 1} must have its brackets, quotes, colons and spaces in order; a text with a colon "
            "in it must be in quotes"
        )
    if isinstance(error, yaml.composer.ComposerError) and error.context == "expected a single document in the stream":
        return "must be a single document"
    said = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {' '.join(said.split())}" if mark is not None else " ".join(said.split())


def _check_events(events: Iterator[Any]) -> None:
    depth = 0
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ValueError(f"line {line}: must have no anchors and aliases (& and *)")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        _check_depth(depth, line)


def _check_depth(depth: int, line: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"line {line}: must be nested at most {DEEPEST} levels deep")


def parsed_json(found: str) -> Any:
    """Return the data in a JSON text; refuse a text in which a name appears twice."""
    try:
        return json.loads(found, parse_constant=_no_number, object_pairs_hook=_each_once)
    except RecursionError:
        raise ValueError(f"it must be nested at most {DEEPEST} levels deep") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(f"each key must appear once; {name[:40]!r} appears twice")
        made[name] = value
    return made


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} must be a finite number")


def check_xml(
    found: bytes,
    start: Callable[[str, dict[str, str]], None] | None = None,
    end: Callable[[str], None] | None = None,
    words: Callable[[str], None] | None = None,
) -> None:
    """Refuse XML that is nested deeply or declares entities, which can expand to gigabytes.

    The functions are called with each element's name and attributes at its start, with its name at its end, and with
    the text in between.
    """
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        _check_depth(depth, parser.CurrentLineNumber)
        if start is not None:
            start(name, attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    def declared(*_: object) -> None:
        raise ValueError(
            f"line {parser.CurrentLineNumber}: must have no document types and entities (<!DOCTYPE): delete that line"
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.StartDoctypeDeclHandler = declared
    if words is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = words
    try:
        parser.Parse(found, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None


UNFINISHED = ".unfinished-"
"""The part of a file name that marks a file as still being written."""

_AT_ONCE = 16
"""Number of files that are synchronised to disk at the same time."""

_ADDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
_KEEPING_OUT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # links, and pipes that wait for a reader


def write_whole(path: Path, content: bytes) -> None:
    """Write a file completely or not at all."""
    unfinished = path.with_name(f"{path.name}{UNFINISHED}{os.getpid()}-{threading.get_ident()}")
    try:
        with suppress(FileNotFoundError):
            unfinished.unlink()  # left by a killed process with our numbers, or a link that leads elsewhere
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
    """Synchronise all files of a folder to disk in parallel, which is several times as fast as doing so one by one."""
    paths = list(folder.rglob("*"))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(_keep_file, (path for path in paths if path.is_file())))
    for inside in (*filter(Path.is_dir, paths), folder):
        keep_names(inside)


def _keep_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def keep_names(folder: Path) -> None:
    """Synchronise a folder's list of names to disk if the system can do so; Windows cannot open folders."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unwritable(folder: Path, error: OSError) -> StoreError:
    """Return the error for an output folder that cannot be written."""
    return StoreError(f"output = {folder}: must be a folder that can be written; {reason(error)}")


def added_to(path: Path) -> TextIO:
    """Open a text file to append lines, and create it if it does not exist.

    Raises
    ------
    OSError
        If it cannot be opened.
    StoreError
        If the file is a link, a pipe or a device, which may lead to another file.
    """
    refused = StoreError(f"{path}: must not be a link, a pipe or a device; take it out of the folder")
    if path.is_symlink():
        raise refused
    try:
        descriptor = os.open(path, _ADDING | _KEEPING_OUT, 0o666)
    except OSError as error:
        raise (refused if error.errno == errno.ENXIO else error) from None  # a pipe without a reader
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise refused
    return open(descriptor, "a", encoding="utf-8")
