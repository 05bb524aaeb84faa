"""Parquet in memory, read and written by the thread that asks.

A thread of Arrow's may still hold what is Python's when the interpreter leaves, and letting go of it then aborts the
process, after everything is done. So Arrow gets no threads here, and tables are read and written nowhere else.
"""

import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetFile, write_table  # noqa: TID251 - here, and without threads


def opened(content: bytes) -> ParquetFile:
    """Return the content of a file, of which schema and size are known and no more is read yet."""
    return ParquetFile(pa.BufferReader(content))


def table_in(file: ParquetFile) -> pa.Table:
    """Read the table of a file."""
    return file.read(use_threads=False)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return a table as pandas has it."""
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame


def content_of(table: pa.Table, compression: str = "snappy") -> bytes:
    """Return the content of a file that holds a table; numbers that hardly repeat get no dictionary."""
    sink = pa.BufferOutputStream()
    repeating = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    write_table(table, sink, compression=compression, use_dictionary=repeating)
    content: bytes = sink.getvalue().to_pybytes()
    return content
