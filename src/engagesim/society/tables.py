"""Read tables from delimited text, Excel, Stata, SPSS or Parquet; every cell stays text.

Every kind of file has limits and no formula is computed. Files that can run code, such as macros and pickles, are
refused.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, time
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import median_low
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engagesim.errors import ExtraError
from engagesim.files import MOST_COLUMNS, check_size, check_width, check_xml, content, decoded
from engagesim.parquet import opened, table_in
from engagesim.society.spss import read_sav

MOST_CELLS = 60_000_000
"""Largest number of cells of a table in a compressed file: a million people with sixty columns."""

MOST_LETTERS = 256_000_000
"""Largest number of characters in a file's cells, where long text may repeat, and of bytes in an unpacked workbook."""

MISSING = re.compile(r"(?:NA|N/A|n/a|#N/A|NULL|null|nan|NaN|\.[a-z]?)\Z")
"""Cells that stand for a missing value in R, Excel, databases, Python or Stata."""

KINDS = "CSV, TSV, Excel (.xlsx), Stata, SPSS or Parquet"


@dataclass(frozen=True)
class Table:
    """A user's table, with cells as text, indexed by line numbers and column names.

    Empty rows and columns are left out; ``gaps`` holds the lines of empty rows between others.
    """

    cells: pd.DataFrame
    heading_line: int = 1
    has_decimal_commas: bool = False
    gaps: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()  # how the table was read, if not in the usual way
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # labels of columns, by code
    said_heading: str = ""  # comment that may be the heading

    @property
    def says(self) -> str:
        """How the table was read, if not in the usual way."""
        return "; ".join(self.notes)

    def numbers(self, name: str) -> "pd.Series[float]":
        """Return the numbers of a column, with NaN for cells that are not numbers.

        A comma is read as a decimal comma if the separator is another character. In a column with decimal commas, 1.200
        is then not a number, because it may mean 1200.
        """
        cells = self.cells[name]
        if self.has_decimal_commas:
            if cells.str.contains(",").any():
                cells = cells.where(~cells.str.fullmatch(_THOUSANDS), "1.200,0")
            cells = cells.str.replace(_DECIMAL_COMMA, r"\1.\2", regex=True)
        return pd.to_numeric(cells, errors="coerce").astype(float)

    def missing(self, name: str) -> "pd.Series[bool]":
        """Return which cells of a column are empty or hold a code for a missing value."""
        return (self.cells[name] == "") | self.cells[name].str.match(MISSING)

    def labelled(self, name: str) -> "pd.Series[str]":
        """Return a column with labels instead of codes, empty where missing."""
        return self.cells[name].where(~self.missing(name), "").replace(dict(self.labels.get(name, {})))


def hint(cell: str) -> str:
    """Return a hint for a cell that is not a number in a people file or a list of ties."""
    return spelling_hint(cell) or _first_hint(cell, _HINTS)


def spelling_hint(cell: str) -> str:
    """Return a hint for a number in a form that programs do not read."""
    return _first_hint(cell, _SPELLINGS)


def _first_hint(cell: str, hints: Iterable[tuple[str, str]]) -> str:
    return next((f"; {words}" for pattern, words in hints if re.fullmatch(pattern, cell)), "")


_THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+"

_SPELLINGS = (
    (r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", "write thousands without a comma, and decimals with a point"),
    (rf"{_THOUSANDS}(?:,\d+)?", "write thousands without a point"),
    (r"[+-]?\d*,\d+", "a number has a decimal point"),
    (r"(?i)true|false", "TRUE is 1 and FALSE is 0"),
    (r"#[A-Z/0]+[!?]?", "a formula failed there"),
    (r"[+-]?[\d.,]+ ?%", "50 % is 0.5"),
    (r"[^\w\s+-]+\s*[\d.,]+|[\d.,]+\s*[^\w\s]+", "leave out currency signs and units"),
)

_HINTS = (
    (
        r"(?i)-\d{1,4}(\.0*)?|refused.*|don'?t know.*|no answer.*|missing",
        "leave a missing value empty, or recode it with: engagesim survey",
    ),
    (r".*[^\W\d].*\s.*", "leave out rows that are further headings or notes"),
    (r"[2-9]|10", "turn answers on a scale into 0 to 1 with: engagesim survey"),
)  # fmt: skip


def table(path: Path, most: int) -> Table:
    """Read a table with its heading.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If the file is not a table, or exceeds a limit; the message says what it must be.
    ExtraError
        If its format needs an extra that is not installed.
    """
    return headed(sheet(path, most))


def headed(found: Table) -> Table:
    """Return a table with its heading, but without titles above it or further headings below it."""
    cells, notes = found.cells, list(found.notes)
    while len(cells) > 2 and len(notes) <= _MOST_TITLES and (what := _above_heading(cells)):
        notes.append(f"line {cells.index[0]} ({_short(cells.iloc[0])}) is {what}, not the heading")
        cells = cells.iloc[1:]
    heading = cells.iloc[0].tolist()
    if _goes_on_below(cells):
        notes.append(f"lines {cells.index[0]} and {cells.index[1]} are one heading")
        heading = _both(cells)
        cells = cells.iloc[1:]
    said = [name.strip() for name in re.split(r"[,;\t| ] *", found.said_heading.strip()) if name.strip()]
    heading = [" ".join(name.split()) for name in heading]  # some contain line breaks
    line = int(cells.index[0])
    if len(said) == len(heading) and not _has_number(said) and _has_number(heading):
        notes.append(f"heading read from the comment {found.said_heading.strip()!r}")
        heading = said
    else:
        cells = cells.iloc[1:]
    below = cells.head(_MOST_TITLES)
    further = below.apply(lambda column: column.str.startswith('{"ImportId"')).any(axis=1)  # Qualtrics
    if further.any():
        last = int(further[further].index[-1])
        rows = [str(each) for each in cells.index if each <= last]
        notes.append(f"rows {' and '.join(rows)} are further headings, not people")
        cells = cells.loc[cells.index > last]
    cells, foot = _without_foot(cells)
    notes += foot
    twice = next((name for name in heading if name and heading.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"each column must appear once; {twice[:40]!r} appears twice")
    nameless = [place for place, name in enumerate(heading) if not name]
    for place in nameless[1:]:
        heading[place] = f"(column {place + 1})"
    cells = cells.set_axis(heading, axis=1)
    return replace(found, cells=cells, heading_line=line, notes=tuple(notes))


_MOST_TITLES = 5


def _above_heading(cells: pd.DataFrame) -> str:
    """Describe the first row if the heading comes below it, or return an empty text if the row is the heading."""
    top, below = cells.iloc[0], cells.iloc[1]
    if _has_number([*top, *below]):
        return ""
    if (top != "").sum() == 1 < (below != "").sum():
        return "a title"
    are_groups = (top.iloc[1:] == "").any() and (below != "").all() and below.is_unique
    return "a heading of groups" if are_groups and _has_number(cells.iloc[2]) else ""


def _goes_on_below(cells: pd.DataFrame) -> bool:
    """Whether the heading takes up two rows, for example because of merged cells, with each name in only one row."""
    if len(cells) < 3 or _has_number([*cells.iloc[0], *cells.iloc[1]]) or not _has_number(cells.iloc[2]):
        return False
    top, below = cells.iloc[0] != "", cells.iloc[1] != ""
    has_both = bool((~top.iloc[1:]).any() and (~below).any() and (top | below).all())
    return has_both and len(set(_both(cells))) == cells.shape[1]


def _both(cells: pd.DataFrame) -> list[str]:
    return [low or high for high, low in zip(cells.iloc[0], cells.iloc[1], strict=True)]


def is_total(cell: str) -> bool:
    """Whether a cell labels a row or column of totals or means."""
    return _TOTAL.fullmatch(cell) is not None


_TOTAL = re.compile(
    r"(?:grand |sub)?(?:totals?|sums?|means?|averages?|avg|summe|gesamt|mittelwert|moyenne|suma|promedio)\W*", re.I
)


def _without_foot(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table without any totals or notes in its last rows, together with a description of those rows."""
    notes: list[str] = []
    while len(cells) > 2 and cells.shape[1] > 1 and len(notes) < _MOST_TITLES:
        row, others = cells.iloc[-1], cells.iloc[:-1]
        place = int((row != "").to_numpy().argmax())
        has_space = others.iloc[:, place].str.contains(" ")
        is_note = (row != "").sum() == 1 and " " in row.iloc[place] and not has_space.any()
        if not is_note and not (place < _MOST_TITLES and is_total(row.iloc[place])):
            break
        what = "a note" if is_note else "a total"
        notes.append(f"line {cells.index[-1]} ({_short(row)}) is {what} and left out")
        cells = others
    return cells, notes


def _has_number(cells: Iterable[str]) -> bool:
    return any(_NUMBER.fullmatch(cell) for cell in cells)


def _short(row: "pd.Series[str]") -> str:
    words = next(cell for cell in row if cell)
    return repr(words if len(words) <= 40 else f"{words[:37]}...")


def sheet(path: Path, most: int, columns: int = MOST_COLUMNS) -> Table:
    """Return the rows of a table as they are, including the heading; columns are numbered.

    Raises
    ------
    OSError, ValueError, ExtraError
        As ``table`` does.
    """
    found = content(path, most)
    check_kind(found, path.suffix)
    if found.startswith(b"PK\x03\x04"):
        return _workbook(found, columns)
    if found.startswith(b"PAR1"):
        return _parquet(found, columns)
    if found.startswith((b"$FL2", b"$FL3")):
        return _spss(path, columns)
    if found.startswith(b"<stata_dta>") or (path.suffix.lower() == ".dta" and found[:1] in _OLD_STATA):
        return _stata(found, columns)
    return _text(decoded(found), columns)


_OLD_STATA = tuple(bytes([number]) for number in range(102, 116))

_OTHER_KINDS: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    (
        (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!"),
        "a compressed file (gzip and the like)", "unpack it first",
    ),
    ((b"\xd0\xcf\x11\xe0",), "an old Excel workbook (.xls)", "save it as .xlsx or CSV"),
    ((b"RDX", b"RDA", b"X\n\x00\x00"), "an R data file", "save it in R with write.csv(DATA, FILE, row.names = FALSE)"),
    ((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"), "a pickle, which can run code", "save it as CSV or Parquet"),
    ((b"\x00" * 12 + b"\xc2\xea\x81\x60",), "a SAS table", "save it as CSV or Stata"),
    ((b"HEADER RECORD*******",), "a SAS transport file", "save it as CSV or Stata"),
    ((b"\x89HDF",), "an HDF5 file", "save the table as CSV or Parquet"),
    ((b"ARROW1",), "a Feather file", "save it as Parquet"),
    ((b"SQLite format 3",), "a database", "save the table as CSV"),
    ((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf"), "a document or a picture", "save the table as CSV"),
)  # fmt: skip

_OTHER_TEXTS = (
    (
        re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s*dl[\s,]+(?:n[rcm]?\s*=|format|data)"),
        "a network of UCINET", "export it as Pajek or as an edge list in CSV",
    ),
    (re.compile(rb"(?s).{0,250}SPSS PORT FILE"), "an SPSS portable file", "save it as .sav or CSV"),
    (
        re.compile(rb"(?m)(?:#[^\n]*\n|\s)*[^\s,{]+[ ,\t]+[^\s,{]+[ ,\t]+\{'.*\}\s*$"),
        "a list of ties with attributes in braces, as networkx writes it",
        "save it with nx.write_edgelist(G, FILE, data=['weight']) or data=False",
    ),
)  # fmt: skip


def check_kind(found: bytes, suffix: str = "") -> None:
    """Refuse files of unsupported kinds; the message names the kind and says what to save instead."""
    named = {".rds": 2, ".rda": 2, ".rdata": 2, ".pkl": 3, ".pickle": 3, ".joblib": 3}.get(suffix.lower())
    kinds = [_OTHER_KINDS[named]] if named is not None else []
    kinds += [each for each in _OTHER_KINDS if found.startswith(each[0])]
    said = [each[1:] for each in (*kinds, *(text for text in _OTHER_TEXTS if text[0].match(found[:_BEGINNING])))]
    if said:
        raise ValueError(f"this is {': '.join(said[0])}")


_BEGINNING = 2000


# Text


def _text(found: str, columns: int) -> Table:
    """Read text with separators; blank lines and comments may precede the rows."""
    start, comment, separator, comments = 0, "", "", 0
    while True:
        start = _BLANK_LINES.match(found, start).end()  # type: ignore[union-attr]
        line = _BEFORE.match(found, start)
        if line is None:
            break
        comment, separator = line["comment"] or "", line["separator"] or separator
        comments += bool(line["comment"])
        start = line.end()
    if found[start : start + 1] in {"<", "{", "["}:
        raise ValueError("this is XML, HTML or JSON: save the table as CSV")
    head = found[start : start + _HEAD]
    separator = separator or _separator(head)
    notes = [f"read with {_SEPARATORS[separator]}"] if separator != "," and separator in _SEPARATORS else []
    if comments:
        notes.append(f"{comments} line{'s' * (comments > 1)} of comments left out")
    check_width(found[start:], separator, columns)
    skipped = len(_LINE_END.findall(found, 0, start))
    rows = list(islice(_rows(head, separator), _LOOKED_AT))
    if not rows:
        raise ValueError("it is empty")
    width = max(map(len, rows))
    cells = _parsed(found[start:], separator, width, skipped)
    cells.index += 1 + skipped
    is_comment = _comments(cells)
    if is_comment.any():
        among = int(is_comment.sum())
        notes.append(f"{among} line{'s' * (among > 1)} of comments among the rows left out")
        cells.loc[is_comment] = ""
    filled = (cells != "").any(axis=1)
    if width == 1 and len(lines := found[start:].splitlines()) == len(cells):
        filled |= pd.Series(lines, cells.index).str.strip() != ""  # a quoted empty cell; other empty lines are not rows
    last = int(cells.index[filled][-1]) if filled.any() else 0
    gaps = tuple(int(line) for line in cells.index[~filled & ~is_comment] if line < last)
    cells = cells.loc[filled]
    cells = _fitting(cells, len(rows[0]), separator)
    cells = cells.loc[:, (cells != "").any(axis=0)]
    if cells.empty:
        raise ValueError("it is empty")
    return Table(cells, int(cells.index[0]), separator != ",", gaps, tuple(notes), said_heading=comment)


def _comments(cells: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows are comments, marked at their start; if many rows begin with the mark, it is part of names."""
    alone = cells.iloc[:, 0].isin(["#", "%"])
    if cells.shape[1] > 1:
        alone |= cells.iloc[:, 0].str.match("[#%]") & (cells.iloc[:, 1:] == "").all(axis=1)
    alone.iloc[:1] = False
    return alone & bool(alone.mean() < _FEW)


_FEW = 0.2


def _parsed(found: str, separator: str, width: int, skipped: int) -> pd.DataFrame:
    mark = separator if separator != " " else r"\s+"
    numbered = separator.join(map(str, range(width)))
    try:
        cells = pd.read_csv(
            io.StringIO(f"{numbered}\n{found}"), sep=mark, dtype=str, keep_default_na=False, na_filter=False,
            skip_blank_lines=False, skipinitialspace=True,
        )  # fmt: skip
    except pd.errors.EmptyDataError:
        raise ValueError("it is empty") from None
    except pd.errors.ParserError as error:
        raise ValueError(_cut_wrongly(str(error), skipped - 1, separator)) from None
    cells = cells.set_axis(range(len(cells.columns)), axis=1)
    stripped: pd.DataFrame = cells.fillna("").apply(lambda column: column.str.strip())
    return stripped


def _fitting(cells: pd.DataFrame, heading: int, separator: str) -> pd.DataFrame:
    """Return the cells, and refuse rows longer than the heading, unless R left out the heading of the row names."""
    beyond = cells.iloc[:, heading:]
    long = (beyond != "").any(axis=1)
    if not long.any():
        return cells
    if separator == " " and beyond.shape[1] == 1 and long.iloc[1:].all():
        first = cells.iloc[[0]].shift(1, axis=1).fillna("")
        return pd.concat([first, cells.iloc[1:]])
    line = int(cells.index[int(long.to_numpy().argmax())])
    count = heading + int((beyond.loc[line] != "").to_numpy().nonzero()[0][-1]) + 1
    raise ValueError(_too_long(line, heading, count, separator))


def _rows(head: str, separator: str) -> Iterable[list[str]]:
    lines = (line for line in io.StringIO(head, newline=None) if line.strip())
    rows = (
        (line.split() for line in lines)
        if separator == " "
        else csv.reader(lines, delimiter=separator, skipinitialspace=True)
    )
    with suppress(csv.Error):
        yield from rows


def _separator(head: str) -> str:
    """Return the separator that splits the heading and the rows into the most columns; spaces are the last resort."""
    counts = {mark: _columns(head, mark) for mark in ",;\t| "}
    best = max(",;\t|", key=lambda mark: min(counts[mark]))
    if min(counts[best]) < 2:
        heading, others = counts[" "]
        best = " " if others > 1 and others - heading in {0, 1} else ","
    return best


def _columns(head: str, mark: str) -> tuple[int, int]:
    """Return into how many columns a separator splits the heading, and into how many it splits the rows below."""
    counts = [len(row) for row in islice(_rows(head, mark), _LOOKED_AT)] or [0]
    return counts[0], median_low(counts[1:] or counts)


def _cut_wrongly(said: str, skipped: int, separator: str) -> str:
    """Explain a row with more cells than the rows before it."""
    counts = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if counts is None:
        return " ".join(said.split())
    return _too_long(int(counts[2]) + skipped, int(counts[1]), int(counts[3]), separator)


def _too_long(line: int, before: int, count: int, separator: str) -> str:
    why = "a number has a decimal point, and a text with the separator in it must be in quotes"
    if separator == " ":
        why = "a text with spaces must be in quotes, and a list of contacts must become a list of ties, two in each row"
    return f"line {line} must have as many columns as the lines before ({before}), not {count}; {why}"


_HEAD, _LOOKED_AT = 1_000_000, 20
"""Numbers of characters and rows that are examined to find out how a table is written."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*")
_BEFORE = re.compile(r"(?:[#%](?P<comment>[^\r\n]*)|\"?sep=(?P<separator>[,;|\t])\"?[ \t]*)(?:\r\n|\n|\r)")
_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$")
_SEPARATORS = {
    ";": "semicolons between the columns",
    "\t": "tabs between the columns",
    "|": "bars between the columns",
    " ": "spaces between the columns",
}


# Programs' own formats


def _typed(frame: pd.DataFrame, labels: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> Table:
    """Return a frame of numbers, texts and dates as text, with the column names as its first row."""
    cells = pd.DataFrame({place: _as_text(frame.iloc[:, place]) for place in range(frame.shape[1])})
    names = pd.DataFrame([[str(name).strip() for name in frame.columns]])
    cells = pd.concat([names, cells], ignore_index=True)
    cells.index += 1
    filled = (cells != "").any(axis=1)
    gaps = tuple(int(line) for line in cells.index[~filled])
    cells = cells.loc[filled]
    kept = (cells.iloc[1:] != "").any(axis=0) | (cells.iloc[0] != "")
    if cells.empty or not kept.any():
        raise ValueError("it is empty")
    return Table(cells.loc[:, kept], gaps=gaps, labels=labels)


def _as_text(column: "pd.Series[Any]") -> "pd.Series[str]":
    if pd.api.types.is_bool_dtype(column.dtype):
        column = column.astype("Int8")
    if pd.api.types.is_float_dtype(column.dtype):
        found = column.astype(str).str.removesuffix(".0")  # a short number stays short: 0.24 even as a float32
        return found.where(column.notna(), "")
    return column.map(_cell, na_action="ignore").astype(object).where(column.notna(), "").astype(str).str.strip()


def _cell(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat().removesuffix("T00:00:00")  # workbooks store a date as midnight of that day
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _workbook(found: bytes, columns: int) -> Table:
    """Read the stored values of the first sheet with any cells in a workbook; no formulas are computed."""
    from openpyxl import load_workbook  # noqa: PLC0415 - few have workbooks

    notes = []
    try:
        parts = _parts(found)
        book = load_workbook(io.BytesIO(found), read_only=True, data_only=True, keep_links=False)
        shown = [name for name in book.sheetnames if book[name].sheet_state == "visible"]
        for name in shown or book.sheetnames:
            rows = _cells_of(book[name], columns)
            if rows:
                break
        else:
            raise ValueError("it is empty")
        if len(book.sheetnames) > 1:
            others = ", ".join(each for each in book.sheetnames if each != name)
            notes.append(f"read the sheet {name!r}; not the others: {others[:200]}")
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"this workbook is damaged ({type(error).__name__}): save it again, or as CSV") from None
    empty = sum(len(_NO_VALUE.findall(part)) for part in parts)
    if empty:
        notes.append(f"{empty} formulas without a stored value are read as empty: open the file in Excel and save it")
    hidden = sum(len(_HIDDEN.findall(part)) for part in parts)
    if hidden:
        notes.append(f"{hidden} hidden rows, such as filters leave, are also read")
    merged = sum(len(_MERGED.findall(part)) for part in parts)
    if merged:
        notes.append(f"merged rows ({merged}) have a value only in the first row: unmerge and fill them")
    width = max(map(len, rows))
    frame = pd.DataFrame([(*row, *[None] * (width - len(row))) for row in rows], dtype=object)
    cells = pd.DataFrame({place: _as_text(frame[place]) for place in frame.columns})
    cells.index += 1
    filled = (cells != "").any(axis=1)
    cells = cells.loc[filled, (cells != "").any(axis=0)]
    if cells.empty:
        raise ValueError("it is empty")
    gaps = tuple(int(line) for line in filled.index[~filled] if cells.index[0] < line < cells.index[-1])
    return Table(cells, int(cells.index[0]), False, gaps, tuple(notes))


def _parts(found: bytes) -> list[bytes]:
    """Return the sheets of a workbook, once all parts are known to be small, plain XML and free of macros."""
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        inside = archive.infolist()
        names = [each.filename.lower() for each in inside]
        if any(name.endswith("vbaproject.bin") for name in names):
            raise ValueError("this is a workbook with macros, which can run code: save it as .xlsx or CSV")
        if "xl/workbook.xml" not in names:
            is_sheet = "mimetype" in names or "xl/workbook.bin" in names
            kind = "a spreadsheet of another kind: save it" if is_sheet else "a compressed file: unpack it, or save it"
            raise ValueError(f"this is {kind} as .xlsx or CSV")
        size = sum(each.file_size for each in inside)
        if size > MOST_LETTERS or len(inside) > 10_000:
            raise ValueError(f"it must have at most {MOST_LETTERS:,} bytes when unpacked, not {size:,}")
        sheets = []
        for each in inside:
            if each.filename.lower().endswith((".xml", ".rels")):
                part = archive.read(each)
                check_xml(part)
                if each.filename.lower().startswith("xl/worksheets/"):
                    sheets.append(part)
    return sheets


_HIDDEN = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"')
_MERGED = re.compile(rb'<mergeCell ref="[A-Z]+(\d+):[A-Z]+(?!\1")\d+"')
_NO_VALUE = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")


def _cells_of(page: Any, columns: int) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet up to the last one with content, within the limits."""
    if not hasattr(page, "reset_dimensions"):  # a chart
        return []
    page.reset_dimensions()
    rows: list[tuple[Any, ...]] = []
    letters = last = 0
    for row in page.iter_rows(values_only=True):
        filled = max((place for place, cell in enumerate(row, 1) if cell is not None), default=0)
        check_size(len(rows), filled, columns, MOST_CELLS)
        letters += sum(len(cell) for cell in row if isinstance(cell, str))
        if letters > MOST_LETTERS:
            raise ValueError(f"its cells must have at most {MOST_LETTERS:,} characters in total")
        rows.append(row[:filled])
        last = len(rows) if filled else last
    return rows[:last]


def _stata(found: bytes, columns: int) -> Table:
    if found[found.rfind(b"<strls>") :].startswith(b"<strls>GSO"):
        raise ValueError(
            "its text must have at most 2,045 characters per cell (no strL): drop the longer ones, or save it as CSV"
        )
    try:
        reader: Any = pd.read_stata(io.BytesIO(found), convert_categoricals=False, convert_dates=False, iterator=True)
        with reader:
            labelled = bool(reader.value_labels())
            frame = reader.read()
        check_size(len(frame), frame.shape[1], columns, MOST_CELLS)
        labels = _stata_labels(found, frame) if labelled else {}
    except Exception as error:
        raise ValueError(_damaged("Stata", error)) from None
    return _typed(frame, labels)


def _stata_labels(found: bytes, frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    try:
        named = pd.read_stata(io.BytesIO(found), convert_dates=False)
    except ValueError:  # a label that appears twice
        return {}
    columns = [name for name in frame if isinstance(named[name].dtype, pd.CategoricalDtype)]
    pairs = {name: pd.DataFrame({"code": _as_text(frame[name]), "label": named[name].astype(str)}) for name in columns}
    return {
        str(name): dict(pair[pair["code"] != ""].drop_duplicates().itertuples(index=False))
        for name, pair in pairs.items()
    }


def _spss(path: Path, columns: int) -> Table:
    if find_spec("pyreadstat") is None:
        raise ExtraError("an SPSS file", "spss")
    try:
        frame, labels = read_sav(path, columns, MOST_CELLS)
    except ValueError as error:
        raise ValueError(_damaged("SPSS", error)) from None
    return _typed(frame, {name: {_cell(code): str(label) for code, label in of} for name, of in labels.items()})


def _parquet(found: bytes, columns: int) -> Table:
    try:
        file = opened(found)
        check_size(file.metadata.num_rows, file.metadata.num_columns, columns, MOST_CELLS)
        texts = [each.name for each in file.schema_arrow if pa.types.is_string(each.type)]
        read = table_in(opened(found, texts))
        read.validate(full=True)  # among others, texts that are not UTF-8
        letters = sum(_letters(column) for column in read.columns)
        if letters > MOST_LETTERS:
            raise ValueError(f"its cells must have at most {MOST_LETTERS:,} characters in total, not {letters:,}")
        frame = read.to_pandas(use_threads=False, strings_to_categorical=False)
        frame = frame.reset_index() if any(frame.index.names) else frame
        frame = frame.apply(lambda each: each.astype(object) if isinstance(each.dtype, pd.CategoricalDtype) else each)
    except Exception as error:
        raise ValueError(_damaged("Parquet", error)) from None
    return _typed(frame)


def _letters(column: pa.ChunkedArray) -> int:
    """Return how many characters the texts of a column have, counting each text as often as it appears."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    return sum(
        int(pc.sum(pc.take(pc.binary_length(chunk.dictionary.cast(pa.large_string())), chunk.indices)).as_py() or 0)
        for chunk in column.chunks
    )


def _damaged(program: str, error: Exception) -> str:
    said = " ".join(str(error).split())[:120] or type(error).__name__
    return (
        said
        if said.startswith(("it must", "it is empty", "a row must", "its cells"))
        else f"this {program} file is damaged: {said}"
    )


def counted(count: int, what: str) -> str:
    """Return a count with its noun in the singular or plural."""
    if count != 1:
        what = "people" if what == "person" else f"{what}s"
    return f"{count} {what}"
