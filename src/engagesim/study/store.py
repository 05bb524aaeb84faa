"""The folder of a study: a manifest, the full config, and parts that are written completely or not at all.

``runs/`` and ``months/`` hold one Parquet file per part, named ``NUMBER-CHECKSUM.parquet`` so that damage is noticed. A
part is finished when its file in each table exists. Files are written under another name and then renamed, so no
half-written file is mistaken for a result. ``inputs/`` holds copies of the user's files, so the folder can be moved and
passed on. Everything is checked when it is read back, because folders may be damaged.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from pydantic import Field

from engagesim.errors import MechanismError, ParameterError, StoreError, reason, shown
from engagesim.files import PART_BYTES, RECORD_BYTES, UNFINISHED, content, parsed_json, parsed_yaml, text, write_whole
from engagesim.machine import timed
from engagesim.mechanisms.design import measures_of
from engagesim.mechanisms.stored import told, tree_told
from engagesim.parameters import Parameters, parameter_table
from engagesim.parameters.pydantic_errors import validated
from engagesim.parquet import content_of, frame_of, opened, table_in
from engagesim.society.events import EVENT_COLUMNS, KIND_NAMES, KINDS, WORDS
from engagesim.study.description import Study
from engagesim.study.observed import TIMES, dated
from engagesim.study.plan import MOST_RUNS, Part, Plan, Variant
from engagesim.study.provenance import environment, keep_inputs, located, short_checksum
from engagesim.study.resumable import claimed, first_difference
from engagesim.study.run_part import LAST_MONTHS, Tables

MANIFEST, CONFIG, RUNS, MONTHS, EVENTS = "manifest.json", "config.yaml", "runs", "months", "events"
FORMAT = 1
MARK = b"study"
"""Key in a part's metadata that identifies its study."""

MOST_TABLE_BYTES = 16_000_000_000
"""Largest size of a table in memory, in bytes, according to the metadata of its parts."""


class Manifest(TypedDict):
    """Everything needed to read a study, to continue it, and to repeat it."""

    format: Literal[1]
    fingerprint: Annotated[str, Field(max_length=100)]
    model_version: Annotated[str, Field(max_length=20_000)]  # which names mechanisms
    months: Annotated[int, Field(ge=1, le=100_000)]
    months_averaged: int
    choices: list[str]
    factors: list[str]
    part_runs: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    made_with: dict[str, Any]


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a study.

    Raises
    ------
    StoreError
        If the folder is not that of a study, or was written by a later version.
    """
    place = folder / MANIFEST
    try:
        found = parsed_json(text(place, RECORD_BYTES))
    except OSError as error:
        raise StoreError(f"{folder}: must be the folder of a study; {place.name}: {reason(error)}") from None
    except ValueError as error:
        raise StoreError(f"{place}: must be unchanged since a study wrote it; {error}") from None
    if isinstance(found, dict) and found.get("format", FORMAT) != FORMAT:
        raise StoreError(f"{place}: format = {shown(found['format'])}: must be {FORMAT}, which this version reads")
    try:
        return validated(Manifest, found, f"{place}:")
    except ParameterError as error:
        raise StoreError(str(error)) from None


def read_config(folder: Path) -> dict[str, Any]:
    """Return the stored config of a study."""
    place = folder / CONFIG
    try:
        found = parsed_yaml(text(place, RECORD_BYTES))
    except OSError as error:
        raise StoreError(f"{place}: {reason(error)}") from None
    except ValueError as error:
        raise StoreError(f"{place}: must be unchanged since a study wrote it; {error}") from None
    if not isinstance(found, dict) or not {"study", "variants"} <= set(found):
        raise StoreError(f"{place}: must be the config of a study; study or variants is missing")
    return found


class _Combination(TypedDict):
    choices: dict[str, str]
    parameters: dict[str, Any]


_Combinations: Any = Annotated[list[_Combination], Field(min_length=1)]


def read_plan(folder: Path, manifest: Manifest) -> Plan:
    """Return the plan of a stored study.

    Raises
    ------
    StoreError
        If the config is not that of a study.
    """
    kept = read_config(folder)
    try:
        society = tree_told(kept.get("mechanisms", []))
        variants = tuple(
            Variant(each["choices"], located(society.of(each["parameters"]), folder))
            for each in validated(_Combinations, kept["variants"], "variants")
        )
        return Plan(Study.of(kept["study"], society), variants, tuple(manifest["factors"]))
    except (MechanismError, ParameterError) as error:
        raise StoreError(f"{folder / CONFIG}: {error}") from None


def read_tables(folder: Path, table: str, plan: Plan, parts: Collection[str] | None = None) -> pd.DataFrame:
    """Return some or all finished parts of a table, sorted by point and seed, after checking every byte.

    Raises
    ------
    StoreError
        If a part is damaged, or from another study; the message names it and says what to do.
    """
    finished = _parts(folder / RUNS) if parts is None else parts
    if not finished:
        raise StoreError(f"{folder}: must have a finished part in {table}; run its study to the end")
    missing = set(finished) - _parts(folder / table)
    if missing:
        raise StoreError(f"{folder / table}: must have part {min(missing)}; run the study again: this repeats its runs")
    paths = [path for path in sorted((folder / table).glob("*.parquet")) if part_of(path) in finished]
    twice = next((late for early, late in pairwise(paths) if part_of(early) == part_of(late)), None)
    if twice is not None:
        raise StoreError(
            f"{twice}: must exist once, not twice with different content; delete both, and run the study again"
        )
    mark, room = read_manifest(folder)["fingerprint"], MOST_TABLE_BYTES
    frames = []
    for path in paths:
        frames.append(_sound(path, _wanted(plan, table), mark, room))
        room -= _bytes_of(frames[-1].num_rows, frames[-1].num_columns)
    keys = [key for key in ("point", "seed", "month") if key in frames[0].column_names]
    try:
        found = frame_of(pa.concat_tables(frames).sort_by([(key, "ascending") for key in keys]))
    except pa.ArrowException as error:
        raise _damaged(folder / table, error) from None
    if table != EVENTS and found.duplicated(keys).any():
        raise StoreError(f"{folder / table}: must have each run once; delete the part that is from another study")
    return found.assign(**{name: dated(name, found[name].to_numpy()) for name in TIMES if name in found})


def _wanted(plan: Plan, table: str) -> dict[str, str]:
    """Return the columns that a part must have, and whether each holds whole numbers, other numbers or words."""
    keys = {"point": "whole", "seed": "whole"}
    measures = dict.fromkeys(plan.measure_names, "number")
    if table == MONTHS:
        return {**keys, "month": "whole", **measures}
    if table == EVENTS:
        return {**keys, **(dict.fromkeys(KIND_NAMES, "whole") if plan.study.events == "counts" else _LOGGED)}
    return {
        **keys, **dict.fromkeys(plan.choices, "words"), **dict.fromkeys(plan.paths, "number"), "failed": "words",
        **measures,
    }  # fmt: skip


_LOGGED = {name: "words" if name in WORDS else "whole" for name in EVENT_COLUMNS}

_KINDS = {
    "whole": (pa.types.is_integer,),
    "number": (pa.types.is_floating, pa.types.is_integer),
    "words": (pa.types.is_string, pa.types.is_large_string, pa.types.is_null),
}


def _sound(path: Path, wanted: dict[str, str], mark: str, room: int) -> pa.Table:
    """Read a part after checking its checksum, study, columns and size."""
    try:
        found = content(path, PART_BYTES)
        if not path.stem.endswith(short_checksum(found)):
            raise _damaged(path, "its content differs")
        file = opened(found)
        schema = file.schema_arrow
        check_mark(path, schema, mark)
        if schema.names != list(wanted):
            odd = sorted(set(schema.names) ^ set(wanted)) or ["the order"]
            raise StoreError(f"{path}: must have the columns of this study; {shown(odd[0])} differs; take the file out")
        for name, kind in wanted.items():
            if not any(fits(schema.field(name).type) for fits in _KINDS[kind]):
                wanted_kind = {"whole": "whole numbers", "number": "numbers", "words": "words"}[kind]
                raise StoreError(f"{path}: {name}: must be {wanted_kind}; take the file out")
        if _bytes_of(file.metadata.num_rows, len(wanted)) > room:
            raise StoreError(f"{path}: must fit into memory; it has {file.metadata.num_rows:,} rows")
        return table_in(file)
    except (OSError, ValueError, pa.ArrowException) as error:
        if isinstance(error, StoreError):
            raise
        raise _damaged(path, error) from None


def _bytes_of(rows: int, columns: int) -> int:
    return 8 * rows * columns


def check_mark(path: Path, schema: pa.Schema, fingerprint: str) -> None:
    """Refuse a part of another study."""
    if (schema.metadata or {}).get(MARK) != fingerprint.encode():
        raise StoreError(f"{path}: must be from this study, not another one; take it out of the folder and run again")


def footer(path: Path) -> pa.Schema:
    """Return the schema of a part."""
    try:
        if not path.is_file():
            raise _damaged(path, "it is not an ordinary file")
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from None


def part_of(path: Path) -> str:
    """Return the name of the part that a file holds."""
    return path.stem.partition("-")[0]


def _parts(folder: Path) -> set[str]:
    return {part_of(path) for path in folder.glob("*.parquet")}


def _damaged(path: Path, error: object) -> StoreError:
    why = " ".join(str(error).split())
    return StoreError(
        f"{path}: must be unchanged since the study wrote it ({why}); delete it and run the study again: this "
        "repeats only its runs"
    )


class Store:
    """The folder of a study, open for writing by one process at a time.

    Raises
    ------
    StoreError
        If the folder holds another study or other files, is in use, or cannot be written.
    """

    def __init__(self, folder: Path, plan: Plan, model_version: str, part_runs: int) -> None:
        self.folder, self.plan = folder, plan
        with ExitStack() as claim:
            claim.enter_context(claimed(folder, "study", MANIFEST, (RUNS, MONTHS, EVENTS)))
            with _refusing(folder):
                for name, is_stored in _stored(plan.study).items():
                    if is_stored:
                        (folder / name).mkdir(exist_ok=True)
            self.part_runs = self._continue(model_version, part_runs)
            self.finished = self._finished()
            self._claim = claim.pop_all()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self._claim.close()

    def write(self, part: Part, tables: Tables) -> None:
        """Write a part with its runs last, because a part counts as finished once its runs are stored."""
        with timed("storing"), _refusing(self.folder, "; what is finished stays, and the same command continues"):
            if tables.months is not None:
                self._keep(MONTHS, part.name, tables.months)
            if tables.events is not None:
                self._keep(EVENTS, part.name, tables.events)
            self._keep(RUNS, part.name, tables.runs)
        self.finished.add(part.name)

    def runs(self, parts: Collection[str]) -> pd.DataFrame:
        """Return the table of runs in some parts."""
        return read_tables(self.folder, RUNS, self.plan, parts)

    def _continue(self, model_version: str, part_runs: int) -> int:
        """Write the manifest of a new study, or check that the existing manifest belongs to this study."""
        path = self.folder / MANIFEST
        if not path.exists():
            with _refusing(self.folder):
                write_whole(
                    path, json.dumps(manifest_of(self.plan, model_version, part_runs), indent=2).encode() + b"\n"
                )
        manifest = read_manifest(self.folder)
        if manifest["model_version"] != model_version:
            raise StoreError(
                f"output = {self.folder}: must be a new folder; the study in it has model version "
                f"{manifest['model_version']}, and this is {model_version}"
            )
        if manifest["fingerprint"] != self.plan.fingerprint:
            differing = first_difference(read_config(self.folder), config_of(self.plan))
            raise StoreError(f"output = {self.folder}: must be a new folder; another study is in it ({differing})")
        if not (self.folder / CONFIG).exists():  # the study is new, or was killed before the manifest was written
            with _refusing(self.folder):
                write_whole(self.folder / CONFIG, config_bytes(self.plan))
        with _refusing(self.folder):
            for variant in self.plan.variants:
                keep_inputs(variant.parameters, self.folder)
        return manifest["part_runs"]

    def _finished(self) -> set[str]:
        """Delete half-written files, and return the names of the finished parts."""
        with _refusing(self.folder):
            for name in ("", RUNS, MONTHS, EVENTS):
                for path in (self.folder / name).glob(f"*{UNFINISHED}*"):
                    path.unlink()
        for path in (self.folder / RUNS).glob("*.parquet"):
            check_mark(path, footer(path), self.plan.fingerprint)
        stored = (name for name, is_stored in _stored(self.plan.study).items() if is_stored)
        return set.intersection(*(_parts(self.folder / name) for name in stored))

    def _keep(self, table: str, part: str, frame: pd.DataFrame) -> None:
        content = self._parquet(table, frame)
        write_whole(self.folder / table / f"{part}-{short_checksum(content)}.parquet", content)

    def _parquet(self, name: str, frame: pd.DataFrame) -> bytes:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        fields = [
            field.with_metadata(about) if (about := described(field.name, self.plan.society, name)) else field
            for field in table.schema
        ]
        schema = pa.schema(fields, metadata={MARK: self.plan.fingerprint})
        return content_of(table.cast(schema), "zstd")


def _stored(study: Study) -> dict[str, bool]:
    """Return the tables that a study stores."""
    return {RUNS: True, MONTHS: study.trajectories, EVENTS: study.events != "none"}


@contextmanager
def _refusing(folder: Path, comfort: str = "") -> Iterator[None]:
    """Turn an operating system's error about a folder into a one-line message."""
    try:
        yield
    except OSError as error:
        why = reason(error)
        raise StoreError(f"output = {folder}: must be a folder that can be written; {why}{comfort}") from None


def described(column: str, society: type[Parameters] = Parameters, table: str = RUNS) -> dict[str, str]:
    """Return the unit and description of a column in one of a study's tables; empty if its name is enough."""
    counted = _COUNTED.get(column) if table == EVENTS else None
    return counted or _KEYS.get(column) or _about(society).get(column, {})


@cache
def _about(society: type[Parameters]) -> dict[str, dict[str, str]]:
    rows = [(row.path, row) for row in parameter_table(society)] + [(each.name, each) for each in measures_of(society)]
    return {name: {"unit": row.unit, "description": row.description} for name, row in rows}


_KEYS = {
    **{
        name: {
            "unit": "month",
            "description": "Month in which the first district formed a lasting coalition, from 0; missing before",
        }
        for name in TIMES
    },
    "failed": {"unit": "", "description": "Why the run failed; empty if it completed"},
    "seed": {"unit": "seed", "description": "Seed of every draw in the society"},
    "point": {"unit": "number", "description": "Number of the combination of choices and factors"},
    "month": {"unit": "month", "description": "Month of the run, counted from 0"},
    **{name: {"unit": unit, "description": about} for name, (unit, about) in EVENT_COLUMNS.items() if name != "month"},
    "dummy": {"unit": "share", "description": "A factor that determines only the seeds, as a noise floor"},
}

_COUNTED = {kind.name: {"unit": "events", "description": kind.description} for kind in KINDS}
"""Columns of events counted by run; one has the name of a measure."""


def config_of(plan: Plan) -> dict[str, Any]:
    """Return the study and its full parameters in stored form."""
    known = told(plan.society)
    return {
        **({"mechanisms": known} if known else {}),
        "study": plan.study.model_dump(mode="json"),
        "variants": [
            {"choices": dict(variant.labels), "parameters": variant.parameters.model_dump(mode="json")}
            for variant in plan.named_by_content()
        ],
    }


def config_bytes(plan: Plan) -> bytes:
    """Return the config as YAML."""
    return yaml.safe_dump(config_of(plan), sort_keys=False).encode()


def manifest_of(plan: Plan, model_version: str, part_runs: int) -> dict[str, Any]:
    """Return everything needed to read the study, to continue it, and to repeat it."""
    return {
        "format": FORMAT,
        "fingerprint": plan.fingerprint,
        "model_version": model_version,
        "months": plan.months,
        "months_averaged": min(LAST_MONTHS, plan.months),
        "choices": plan.choices,
        "factors": plan.paths,
        "part_runs": part_runs,
        "made_with": environment(),
    }
