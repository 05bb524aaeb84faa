"""Files for other programs: tables with labels and units, in several formats."""

import io
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engagesim.errors import ExtraError, ParameterError, StoreError, not_one_of
from engagesim.mechanisms.design import columns_of
from engagesim.parameters import Parameters
from engagesim.study.results import Results
from engagesim.study.run_folder import new_folder
from engagesim.study.store import described

FORMATS = ("csv", "netcdf", "xlsx", "dta", "sav")
"""Formats of an export; the first two are written by default."""

MOST_ROWS_OF_EXCEL = 1_048_575


def export_study(
    results: Results, output: Path, formats: Iterable[str] = FORMATS[:2], more: Mapping[str, pd.DataFrame] | None = None
) -> list[Path]:
    """Write all tables of a study or none: ``runs``, and ``months`` and ``events`` if they were stored.

    Parameters
    ----------
    results : Results
        Results of a study.
    output : Path
        A new folder.
    formats : iterable of str
        Formats from ``FORMATS``: csv (with units and meanings in ``variables.csv``), netcdf (``study.nc``), xlsx (one
        workbook), dta (Stata) and sav (SPSS).
    more : mapping of str to DataFrame
        Further tables by name, such as the agents of some runs.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    ParameterError, ExtraError
        If a format does not exist, cannot hold the data, or needs an extra.
    StoreError
        If the folder is not empty or cannot be written.
    """
    wanted = set(formats)
    if wanted - set(FORMATS):
        raise ParameterError(not_one_of("format", min(wanted - set(FORMATS)), FORMATS))
    if "sav" in wanted and find_spec("pyreadstat") is None:
        raise ExtraError("format=sav", "spss")
    known = {"runs": results.runs, "months": results.months, "events": results.events, **(more or {})}
    tables = {name: table for name, table in known.items() if table is not None}
    about = {
        table: {str(column): _meaning(table, str(column), results.society) for column in found.columns}
        for table, found in tables.items()
    }
    variables = pd.DataFrame(
        [
            (table, name, said.get("unit", ""), said.get("description", ""))
            for table, columns in about.items()
            for name, said in columns.items()
        ],
        columns=["table", "variable", "unit", "description"],
    )
    everything = {**tables, "variables": variables}
    with new_folder(output) as folder:
        if "csv" in wanted:
            for name, table in everything.items():
                table.to_csv(folder / f"{name}.csv", index=False)
        if "netcdf" in wanted:  # built in memory, because HDF5 crashes the process if a disk is full
            (folder / "study.nc").write_bytes(results.dataset.to_netcdf(engine="h5netcdf"))
        if "xlsx" in wanted:
            (folder / "study.xlsx").write_bytes(_workbook(everything))
        for name, table in tables.items():
            labels = {column: _label(column, said) for column, said in about[name].items()}
            if "dta" in wanted:
                (folder / f"{name}.dta").write_bytes(_stata(table, labels))
            if "sav" in wanted:
                _spss(table, labels, folder / f"{name}.sav")
    return sorted(output.iterdir())


AGENTS = "agents"
"""Name of the table that lists all agents of some runs."""

_OF_AGENTS = {
    "row": {"unit": "number", "description": "Row of the agent in the social graph"},
    "role": {"unit": "", "description": "What the agent is: citizen, manager, provider or politician"},
    "label": {"unit": "", "description": "Name of the agent in the user's files"},
    "district": {"unit": "number", "description": "District of the agent, counted from 0"},
}


def _meaning(table: str, column: str, society: type[Parameters]) -> Mapping[str, str]:
    """Return the unit and description of a column; an agent's state keeps its own even if a measure has its name."""
    if column == "run":
        return {"unit": "number", "description": "Row of the run in the table of runs, counted from 0"}
    if table != AGENTS:
        return described(column, society, table)
    option, point, term = column.partition(".")
    if point:
        return {"unit": "value of quality", "description": f"What {term} adds to the worth of the option {option}"}
    states = [
        each for each in columns_of(society) if each.name == column and each.entity not in {"district", "society"}
    ]
    if column in _OF_AGENTS or not states:
        return _OF_AGENTS.get(column) or described(column, society)
    if len({each.description for each in states}) == 1:
        return {"unit": states[0].unit, "description": states[0].description}
    said = "; ".join(f"{each.entity}: {each.description} ({each.unit})" for each in states)
    return {"unit": "", "description": said}


def _label(name: str, about: Mapping[str, str]) -> str:
    """Return the meaning of a variable, with its unit and its name in this package."""
    words, unit = about.get("description", ""), about.get("unit", "")
    said = f"{words} ({unit})" if words and unit else words
    return f"{said} [{name}]" if said else name


_RESERVED = frozenset(  # a list of this many literals would fill a page
    """
    _all _b _coef _cons _n _N _pi _pred _rc _skip _weight aggregate array boolean break byte case catch class colvector
    complex const continue default delegate delete do double else enum export external float for friend function global
    goto if in inline int local long matrix namespace new numeric NULL operator orgtypedef polymorphic pragma private
    protected public quad return rowvector short signed static strL string struct super switch template this throw
    transmorphic try typedef typename unsigned using vector version virtual void volatile while with
    all and by eq ge gt le lt ne not or to
    """.split()  # noqa: SIM905
)
"""Words that Stata and SPSS reserve."""


def short_names(columns: Iterable[str], most: int) -> dict[str, str]:
    """Return names that Stata and SPSS accept: unique and short, made of letters, digits and _, and not reserved."""
    names: dict[str, str] = {}
    for column in columns:
        name = re.sub(r"[^A-Za-z0-9_]", "_", column)
        name = f"v_{name}" if not name[:1].isalpha() else name
        name = f"{name}_" if name in _RESERVED or name.lower() in _RESERVED or re.fullmatch(r"str\d+", name) else name
        name, number = name[:most], 2
        while name.lower() in {each.lower() for each in names.values()}:
            name, number = f"{name[: most - len(str(number)) - 1]}_{number}", number + 1
        names[column] = name
    return names


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of numbers and texts only; empty columns of reasons become text, and infinity is missing."""
    made: dict[str, Any] = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_bool_dtype(column.dtype):
            made[name] = column.astype("int8")
        elif pd.api.types.is_numeric_dtype(column.dtype):
            large = pd.api.types.is_integer_dtype(column.dtype) and bool((column.abs() > 2**31 - 100).any())
            made[name] = (column.astype("float64") if large else column).replace([np.inf, -np.inf], np.nan)
        else:
            made[name] = column.map(lambda cell: "" if pd.isna(cell) else str(cell)).astype(object)
    return pd.DataFrame(made, columns=list(table.columns))


def _stata(table: pd.DataFrame, labels: Mapping[str, str]) -> bytes:
    found = _plain(table)
    columns = [str(name) for name in found]
    names = short_names(columns, 32)
    written = io.BytesIO()
    long = [names[name] for name in columns if found[name].dtype == object and found[name].str.len().max() > 2000]
    found.rename(columns=names).to_stata(
        written, write_index=False, version=118, convert_strl=long or None,
        variable_labels={names[name]: _cut(labels[name], 80) for name in columns},
    )  # fmt: skip
    return written.getvalue()


def _cut(label: str, most: int) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _spss(table: pd.DataFrame, labels: Mapping[str, str], path: Path) -> None:
    import pyreadstat  # noqa: PLC0415 - an extra

    columns = [str(name) for name in table]
    names = short_names(columns, 64)
    found = _plain(table).rename(columns=names)
    pyreadstat.write_sav(found, str(path), column_labels={names[name]: _cut(labels[name], 250) for name in columns})


def _workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a workbook with one sheet per table; text that begins like a formula stays text.

    Control characters, which a workbook cannot hold, become replacement characters.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - few want workbooks
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, table in tables.items():
        if len(table) > MOST_ROWS_OF_EXCEL:
            raise StoreError(
                f"format=xlsx: a sheet holds {MOST_ROWS_OF_EXCEL:,} rows, and {name} has {len(table):,}; use format=csv"
            )
        page = book.create_sheet(name)
        page.freeze_panes = "A2"
        for row in ([*map(str, table.columns)], *_plain(table).itertuples(index=False, name=None)):
            cells: list[Any] = []
            for value in row:
                if isinstance(value, str) and value:
                    cells.append(WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)))
                    cells[-1].data_type = "s"
                else:
                    cells.append(None if value == "" or pd.isna(value) else value)
            page.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
