"""The folder of one run: its config, results, and provenance record.

A folder appears complete or not at all. It is written under another name beside its final place, synchronised to disk,
and renamed at the end.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml

from engagesim.errors import MechanismError, ParameterError, StoreError, either, reason
from engagesim.files import (
    PART_BYTES,
    RECORD_BYTES,
    UNFINISHED,
    content,
    keep_content,
    keep_names,
    parsed_json,
    parsed_yaml,
    text,
    unwritable,
)
from engagesim.mechanisms.design import columns_of, measures_of
from engagesim.mechanisms.stored import told, tree_told
from engagesim.parameters import Parameters
from engagesim.parquet import content_of, frame_of, opened, table_in
from engagesim.society.events import EVENT_COLUMNS
from engagesim.study.provenance import (
    Certificate,
    Record,
    birth_certificate,
    certificate_of,
    keep_inputs,
    located,
    named_by_content,
)

CONFIG, PROVENANCE, METRICS, SUMMARY, AGENTS, EVENTS = (
    "config.yaml", "provenance.json", "metrics.parquet", "summary.json", "agents.parquet", "events.parquet",
)  # fmt: skip


_RESULTS = (CONFIG, METRICS, EVENTS, AGENTS)
"""The files that a rerun compares."""


def check_free(place: Path) -> None:
    """Refuse a path at which no new folder can be created.

    Raises
    ------
    StoreError
        If the folder exists and is not empty, or is the working folder.
    """
    try:
        taken = place.exists() and (not place.is_dir() or any(place.iterdir()))
    except OSError as error:
        raise unwritable(place, error) from None
    if taken:
        raise StoreError(f"output = {place}: must be a new folder, or an empty one; it holds files")
    if place.resolve() == Path.cwd():
        raise StoreError(f"output = {place}: must be a new folder, not the current one")


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """Yield an unfinished folder, which gets its final name on success and is deleted on failure.

    Raises
    ------
    StoreError
        If the place is not free, or cannot be written.
    """
    check_free(place)
    place = place.resolve()
    unfinished = place.with_name(f".{place.name}{UNFINISHED}{os.getpid()}-{secrets.token_hex(4)}")
    made = [parent for parent in place.parents if not parent.exists()]
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        keep_content(unfinished)
        if place.exists():
            place.rmdir()
        unfinished.rename(place)
        for parent in (place.parent, *(parent.parent for parent in made)):
            keep_names(parent)
    except OSError as error:
        raise unwritable(place, error) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        for parent in made:
            with suppress(OSError):  # not empty, so it holds a result
                parent.rmdir()


def config_bytes(parameters: Parameters) -> bytes:
    """Return the resolved config as YAML, with the names of the copies of input files."""
    (kept,) = named_by_content([parameters])
    known = told(type(parameters))
    tree = {**kept.model_dump(mode="json"), **({"mechanisms": known} if known else {})}
    return yaml.safe_dump(tree, sort_keys=False).encode()


def metrics_bytes(metrics: pd.DataFrame, society: type[Parameters] = Parameters) -> bytes:
    """Return the measures of each month as Parquet, with their units; identical runs give identical bytes."""
    about = {
        measure.name: {"unit": measure.unit, "description": measure.description} for measure in measures_of(society)
    }
    return _table_bytes(metrics.reset_index(), about)


def agents_bytes(agents: pd.DataFrame, society: type[Parameters] = Parameters) -> bytes:
    """Return every agent's states and reasons as Parquet, with the unit of each state."""
    columns = columns_of(society)
    about = {column.name: {"unit": column.unit, "description": column.description} for column in columns}
    return _table_bytes(agents, about)


def events_bytes(events: pd.DataFrame) -> bytes:
    """Return the log of events as Parquet, with the unit and meaning of each column."""
    return _table_bytes(
        events, {name: {"unit": unit, "description": what} for name, (unit, what) in EVENT_COLUMNS.items()}
    )


def _table_bytes(frame: pd.DataFrame, about: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return a table as Parquet; ``about`` describes its columns."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    fields = [field.with_metadata(dict(about.get(field.name, {}))) for field in table.schema]
    return content_of(table.cast(pa.schema(fields)))


def read_metrics(folder: Path) -> pd.DataFrame:
    """Return the measures of each month of a stored run, indexed by month."""
    try:
        return frame_of(table_in(opened(content(folder / METRICS, PART_BYTES)))).set_index("month")
    except (OSError, ValueError, pa.ArrowException, KeyError) as error:
        raise StoreError(f"{folder / METRICS}: must be the measures of a run; {' '.join(str(error).split())}") from None


def write_run(folder: Path, record: Record, summary: Mapping[str, Any]) -> None:
    """Write a run's resolved config, results, summary, provenance record and copies of its inputs."""
    keep_inputs(record.parameters, folder)
    for name, result in record.results.items():
        (folder / name).write_bytes(result)
    (folder / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    (folder / PROVENANCE).write_text(json.dumps(birth_certificate(record), indent=2) + "\n", "utf-8")


def read_run(folder: Path) -> tuple[Parameters, Certificate]:
    """Return the parameters and the provenance record of a stored run.

    Raises
    ------
    StoreError
        If the folder is not that of a run.
    """
    config = _parsed(folder / CONFIG, parsed_yaml)
    certificate = _parsed(folder / PROVENANCE, parsed_json)
    try:
        checked = certificate_of(certificate, f"{folder / PROVENANCE}:")
    except ParameterError as error:
        raise StoreError(str(error)) from None
    try:
        odd = sorted(set(checked["results"]) - set(_RESULTS))
        if odd:
            raise StoreError(f"{folder / PROVENANCE}: results.{odd[0]}: must be {either(_RESULTS)}")
        known = config.pop("mechanisms", []) if isinstance(config, dict) else []
        return located(tree_told(known).of(config), folder), checked
    except (MechanismError, ParameterError) as error:
        raise StoreError(f"{folder / CONFIG}: {error}") from None


def tampered(folder: Path, certificate: Certificate) -> list[str]:
    """List the results in a folder that are missing or have changed since the run."""
    return [name for name, known in certificate["results"].items() if _checksum_of(folder / name) != known]


def _checksum_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parsed(path: Path, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text(path, RECORD_BYTES))
    except OSError as error:
        raise StoreError(f"{path.parent}: must be the folder of a run; {path.name}: {reason(error)}") from None
    except ValueError as error:
        raise StoreError(f"{path}: must be unchanged since a run wrote it; {error}") from None
