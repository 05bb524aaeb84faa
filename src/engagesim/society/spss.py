"""Read an SPSS file in a separate process, because the library, written in C, crashes on some damaged files."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa

from engagesim.files import check_size
from engagesim.parquet import content_of, frame_of, opened, table_in

_REFUSED = 3
"""Exit code of the process if the library reports what is wrong."""

_PATIENCE = 600
"""Seconds after which to give up on a reader that hangs; reading a million people takes less than one minute."""

_LABELS = b"labels"


type Labels = dict[str, list[tuple[float | str, str]]]


def read_sav(path: Path, most_columns: int, most_cells: int) -> tuple[pd.DataFrame, Labels]:
    """Return the table in an SPSS file, and the labels of its codes by column.

    Raises
    ------
    ValueError
        If the file is damaged or exceeds a limit.
    """
    asked = [sys.executable, "-P", "-m", __name__, str(path), str(most_columns), str(most_cells)]
    try:
        ended = subprocess.run(asked, capture_output=True, check=False, timeout=_PATIENCE)  # noqa: S603 - this module
    except subprocess.TimeoutExpired:
        raise ValueError(f"its reader has not ended after {_PATIENCE} seconds") from None
    if ended.returncode == _REFUSED:
        raise ValueError(ended.stderr.decode("utf-8", "replace"))
    if ended.returncode:
        raise ValueError("its reader crashed")
    table = table_in(opened(ended.stdout))
    return frame_of(table), json.loads(table.schema.metadata[_LABELS])


def _read(path: str, most_columns: int, most_cells: int) -> bytes:
    """Return an SPSS file as Parquet, with labels in its metadata."""
    import pyreadstat  # noqa: PLC0415 - an extra

    _, about = pyreadstat.read_sav(path, metadataonly=True)
    width = about.number_columns or 0
    check_size(max(about.number_rows or 0, 0), width, most_columns, most_cells)
    frame, about = pyreadstat.read_sav(path, row_limit=most_cells // max(width, 1) + 1)
    check_size(len(frame), frame.shape[1], most_columns, most_cells)
    labels = {name: list(of.items()) for name, of in about.variable_value_labels.items()}
    table = pa.Table.from_pandas(frame, preserve_index=False)
    said = {_LABELS: json.dumps(labels)}
    return content_of(table.replace_schema_metadata({**(table.schema.metadata or {}), **said}))


def main() -> None:
    """Write the content of the file to standard output, or the reason why it cannot be read to standard error."""
    path, most_columns, most_cells = sys.argv[1:]
    try:
        found = _read(path, int(most_columns), int(most_cells))
    except Exception as error:  # the library raises errors of its own
        sys.stderr.write(str(error) or type(error).__name__)
        sys.exit(_REFUSED)
    io.BufferedWriter(io.FileIO(sys.stdout.fileno(), "wb", closefd=False)).write(found)


if __name__ == "__main__":
    main()
