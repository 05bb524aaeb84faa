"""What a study has kept, read back; nothing is taken on trust, since folders are damaged and passed on."""

from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, TypeAdapter, ValidationError

from engagesim.errors import MechanismError, ParameterError, StoreError, shown
from engagesim.mechanisms.told import tree_told
from engagesim.reading import PART_BYTES, RECORD_BYTES, content, parsed_json, parsed_yaml, text
from engagesim.study.certificate import checksum, located
from engagesim.study.description import Study
from engagesim.study.observed import TIMES, dated
from engagesim.study.parquet import frame_of, opened, table_in
from engagesim.study.plan import MOST_RUNS, Plan, Variant

MANIFEST, CONFIG, RUNS, MONTHS = "manifest.json", "config.yaml", "runs", "months"
FORMAT = 1
MARK = b"study"
"""Key of a part's metadata that says which study it is of."""

MOST_TABLE_BYTES = 16_000_000_000
"""A table in memory at most, as its parts say before they are read."""


class Manifest(TypedDict):
    """What it takes to read a study, to go on with it, and to repeat it."""

    format: Literal[1]
    fingerprint: Annotated[str, Field(max_length=100)]
    model_version: Annotated[str, Field(max_length=20_000)]  # which names mechanisms
    months: Annotated[int, Field(ge=1, le=100_000)]
    months_averaged: int
    choices: list[str]
    factors: list[str]
    part_runs: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    made_with: dict[str, Any]


_MANIFEST = TypeAdapter(Manifest)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a study.

    Raises
    ------
    StoreError
        Where the folder is not that of a study, or of a later version.
    """
    place = folder / MANIFEST
    try:
        found = parsed_json(text(place, RECORD_BYTES))
        if isinstance(found, dict) and found.get("format", FORMAT) != FORMAT:
            raise StoreError(f"{place}: format {shown(found['format'])}; this version reads format {FORMAT}")
        return _MANIFEST.validate_python(found)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror or error}; the folder of a study is needed") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "the whole"
        raise StoreError(f"{place}: not the manifest of a study ({key}: {first['msg']})") from None
    except StoreError:
        raise
    except ValueError as error:
        raise StoreError(f"{place}: not the manifest of a study ({error})") from None


def read_config(folder: Path) -> dict[str, Any]:
    """Return the config of a study as it was kept."""
    place = folder / CONFIG
    try:
        found = parsed_yaml(text(place, RECORD_BYTES))
    except OSError as error:
        raise StoreError(f"{place}: {error.strerror or error}") from None
    except ValueError as error:
        raise StoreError(f"{place}: cannot be read ({error})") from None
    if not isinstance(found, dict) or not {"study", "variants"} <= set(found):
        raise StoreError(f"{place}: not the config of a study")
    return found


class _Combination(TypedDict):
    choices: dict[str, str]
    parameters: dict[str, Any]


_COMBINATIONS = TypeAdapter(Annotated[list[_Combination], Field(min_length=1)])


def read_plan(folder: Path, manifest: Manifest) -> Plan:
    """Return the plan of a stored study.

    Raises
    ------
    StoreError
        Where its config says what no study does.
    """
    kept = read_config(folder)
    try:
        society = tree_told(kept.get("mechanisms", []))
        variants = tuple(
            Variant(each["choices"], located(society.of(each["parameters"]), folder))
            for each in _COMBINATIONS.validate_python(kept["variants"])
        )
        return Plan(Study.of(kept["study"], society), variants, tuple(manifest["factors"]))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, ("variants", *first["loc"])))
        raise StoreError(f"{folder / CONFIG}: {place}: {first['msg']}") from None
    except (MechanismError, ParameterError) as error:
        raise StoreError(f"{folder / CONFIG}: {error}") from None


def read_tables(folder: Path, table: str, plan: Plan, parts: Collection[str] | None = None) -> pd.DataFrame:
    """Return all finished parts of a table, or some of them, by point and seed; every byte is checked on the way.

    Raises
    ------
    StoreError
        Names the part that is damaged, or is none of this study, and what to do.
    """
    finished = {part_of(path) for path in (folder / RUNS).glob("*.parquet")} if parts is None else parts
    paths = [path for path in sorted((folder / table).glob("*.parquet")) if part_of(path) in finished]
    if not paths:
        raise StoreError(f"{folder}: there is no finished part in {table}/ yet")
    twice = next((late for early, late in pairwise(paths) if part_of(early) == part_of(late)), None)
    if twice is not None:
        raise StoreError(f"{twice}: is there twice, with different content; delete both and run the study again")
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
    if found.duplicated(keys).any():
        raise StoreError(f"{folder / table}: a run stands there twice; delete the part that is no part of this study")
    return found.assign(**{name: dated(name, found[name].to_numpy()) for name in TIMES})


def _wanted(plan: Plan, table: str) -> dict[str, str]:
    """Return the columns that a part must have, and whether each holds whole numbers, numbers or words."""
    keys = {"point": "whole", "seed": "whole"}
    measures = dict.fromkeys(plan.measure_names, "number")
    if table == MONTHS:
        return {**keys, "month": "whole", **measures}
    return {
        **keys, **dict.fromkeys(plan.choices, "words"), **dict.fromkeys(plan.paths, "number"), "failed": "words",
        **measures,
    }  # fmt: skip


_KINDS = {
    "whole": (pa.types.is_integer,),
    "number": (pa.types.is_floating, pa.types.is_integer),
    "words": (pa.types.is_string, pa.types.is_large_string, pa.types.is_null),
}


def _sound(path: Path, wanted: dict[str, str], mark: str, room: int) -> pa.Table:
    """Read a part, once it is what was written, of this study, with the columns of one, and not too large."""
    try:
        found = content(path, PART_BYTES)
        if not path.stem.endswith(short_checksum(found)):
            raise _damaged(path, "not what was written")
        file = opened(found)
        schema = file.schema_arrow
        check_mark(path, schema, mark)
        if schema.names != list(wanted):
            odd = sorted(set(schema.names) ^ set(wanted)) or ["the order"]
            raise StoreError(f"{path}: its columns are not those of this study ({shown(odd[0])}); take it out")
        for name, kind in wanted.items():
            if not any(fits(schema.field(name).type) for fits in _KINDS[kind]):
                raise StoreError(f"{path}: {name} holds {schema.field(name).type}, not what a part holds; take it out")
        if _bytes_of(file.metadata.num_rows, len(wanted)) > room:
            raise StoreError(f"{path}: {file.metadata.num_rows:,} rows are more than there is room for in memory")
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
        raise StoreError(f"{path}: belongs to another study; take it out of the folder and run again")


def footer(path: Path) -> pa.Schema:
    """Return the schema of a part."""
    try:
        if not path.is_file():
            raise _damaged(path, "no ordinary file")
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from None


def part_of(path: Path) -> str:
    """Return the name of the part that a file holds."""
    return path.stem.partition("-")[0]


def short_checksum(found: bytes) -> str:
    """Return the checksum that stands in the name of a part's file."""
    return checksum(found)[:16]


def _damaged(path: Path, error: object) -> StoreError:
    why = " ".join(str(error).split())
    return StoreError(f"{path}: is damaged ({why}); delete it and run the study again: only its runs are repeated")
