"""Read and write Parquet in memory, in the calling thread.

A thread of Arrow may still hold Python objects when the interpreter exits, and releasing them then aborts the process.
Arrow therefore gets no threads here, and tables are read and written only here.
"""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
from pyarrow.parquet import ParquetFile, write_table  # noqa: TID251 - here, and without threads


def opened(content: bytes, repeating: Sequence[str] | None = None) -> ParquetFile:
    """Open the content of a file, and read only its schema and size; ``repeating`` columns keep each text only once."""
    return ParquetFile(pa.BufferReader(content), read_dictionary=repeating)


def table_in(file: ParquetFile) -> pa.Table:
    """Read the table from an opened file."""
    return file.read(use_threads=False)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return a table as a pandas frame."""
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame


def content_of(table: pa.Table, compression: str = "snappy") -> bytes:
    """Return the content of a file that holds a table; numbers rarely repeat, so they are not dictionary-encoded."""
    sink = pa.BufferOutputStream()
    repeating = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
    write_table(table, sink, compression=compression, use_dictionary=repeating)
    content: bytes = sink.getvalue().to_pybytes()
    return content
