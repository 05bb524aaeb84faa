"""The folder of a study: a manifest, the config in full, and parts that appear whole or not at all.

``runs/`` and ``months/`` hold Parquet files, one a part, named ``NUMBER-CHECKSUM.parquet``, so that damage is seen. A
part is finished when its file in ``runs/`` is there. Files are written beside their place under another name and
renamed, so that nothing half-written is ever taken for a result. ``inputs/`` holds copies of the user's files, so that
the folder can be moved and passed on.
"""

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml
from filelock import FileLock, Timeout

from engagesim.errors import StoreError
from engagesim.mechanisms.design import measures_of
from engagesim.mechanisms.told import told
from engagesim.parameters import Parameters, parameter_table
from engagesim.study.certificate import keep_inputs, workshop
from engagesim.study.kept import (
    CONFIG,
    FORMAT,
    MANIFEST,
    MARK,
    MONTHS,
    RUNS,
    check_mark,
    footer,
    part_of,
    read_config,
    read_manifest,
    read_tables,
    short_checksum,
)
from engagesim.study.living import LAST_MONTHS, Tables
from engagesim.study.observed import TIMES
from engagesim.study.parquet import content_of
from engagesim.study.plan import Part, Plan
from engagesim.study.writing import first_difference
from engagesim.timing import timed
from engagesim.writing import UNFINISHED, write_whole

LOCK = ".lock"


class Store:
    """A study's folder, open for one process at a time to write in.

    Raises
    ------
    StoreError
        Where the folder holds another study or something else, is in use, or cannot be written.
    """

    def __init__(self, folder: Path, plan: Plan, model_version: str, part_runs: int) -> None:
        self.folder, self.plan = folder, plan
        with _refusing(folder):
            self._check_place()
            for name in (RUNS, MONTHS) if plan.study.trajectories else (RUNS,):
                (folder / name).mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(folder / LOCK)
        with _refusing(folder):
            self.lock.acquire(timeout=0)
        try:
            self.part_runs = self._continue(model_version, part_runs)
            self.finished = self._finished()
        except BaseException:
            self.lock.release()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def write(self, part: Part, tables: Tables) -> None:
        """Write a part; its months first, since it counts as finished once its runs are there."""
        with timed("storing"), _refusing(self.folder, "; what is finished stays, and the same command goes on"):
            if tables.months is not None:
                self._keep(MONTHS, part.name, tables.months)
            self._keep(RUNS, part.name, tables.runs)
        self.finished.add(part.name)

    def runs(self, parts: Collection[str]) -> pd.DataFrame:
        """Return the table of the runs of some parts."""
        return read_tables(self.folder, RUNS, self.plan, parts)

    def _check_place(self) -> None:
        here = self.folder
        if here.exists() and not here.is_dir():
            raise StoreError(f"output = {here}: is a file; allowed is a folder that is not there yet, or this study's")
        if here.is_dir() and not (here / MANIFEST).exists() and not all(map(_is_of_a_beginning, os.listdir(here))):
            raise StoreError(f"output = {here}: holds something else; allowed is a new folder, or this study's")

    def _continue(self, model_version: str, part_runs: int) -> int:
        """Write the manifest of a new study, or make sure that the one there is of this study."""
        path = self.folder / MANIFEST
        if not path.exists():
            with _refusing(self.folder):
                write_whole(
                    path, json.dumps(manifest_of(self.plan, model_version, part_runs), indent=2).encode() + b"\n"
                )
        manifest = read_manifest(self.folder)
        if manifest["model_version"] != model_version:
            raise StoreError(
                f"{self.folder}: was begun with model version {manifest['model_version']}, this is {model_version}; "
                "finish it with the version that began it, or choose another output"
            )
        if manifest["fingerprint"] != self.plan.fingerprint:
            differing = first_difference(read_config(self.folder), config_of(self.plan))
            raise StoreError(f"{self.folder}: holds another study ({differing}); choose another output")
        if not (self.folder / CONFIG).exists():  # the study is new, or was killed before it came to that
            with _refusing(self.folder):
                write_whole(self.folder / CONFIG, config_bytes(self.plan))
        with _refusing(self.folder):
            for variant in self.plan.variants:
                keep_inputs(variant.parameters, self.folder)
        return manifest["part_runs"]

    def _finished(self) -> set[str]:
        """Sweep away what is half-written, and return the names of the parts that are there."""
        with _refusing(self.folder):
            for name in ("", RUNS, MONTHS):
                for path in (self.folder / name).glob(f"*{UNFINISHED}*"):
                    path.unlink()
        done = set()
        for path in (self.folder / RUNS).glob("*.parquet"):
            check_mark(path, footer(path), self.plan.fingerprint)
            done.add(part_of(path))
        return done

    def _keep(self, table: str, part: str, frame: pd.DataFrame) -> None:
        content = self._parquet(frame)
        write_whole(self.folder / table / f"{part}-{short_checksum(content)}.parquet", content)

    def _parquet(self, frame: pd.DataFrame) -> bytes:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        fields = [
            field.with_metadata(about) if (about := described(field.name, self.plan.society)) else field
            for field in table.schema
        ]
        schema = pa.schema(fields, metadata={MARK: self.plan.fingerprint})
        return content_of(table.cast(schema), "zstd")


def _is_of_a_beginning(name: str) -> bool:
    """Whether a name may stand in the folder of a study that was killed before its manifest was there."""
    return name in {LOCK, RUNS, MONTHS} or name.startswith(f"{MANIFEST}{UNFINISHED}")


@contextmanager
def _refusing(folder: Path, comfort: str = "") -> Iterator[None]:
    """Turn what an operating system says of a folder into one line."""
    try:
        yield
    except Timeout:
        raise StoreError(f"{folder}: another process is working on this study; wait for it or stop it") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreError(f"output = {folder}: cannot be written ({why}){comfort}") from None


def described(column: str, society: type[Parameters] = Parameters) -> dict[str, str]:
    """Return unit and description of a column of a study's tables; nothing where its name says all."""
    return _KEYS.get(column) or _about(society).get(column, {})


@cache
def _about(society: type[Parameters]) -> dict[str, dict[str, str]]:
    rows = [(row.path, row) for row in parameter_table(society)] + [(each.name, each) for each in measures_of(society)]
    return {name: {"unit": row.unit, "description": row.description} for name, row in rows}


_KEYS = {
    **{
        name: {"unit": "month", "description": "Month in which a broad coalition formed, missing before"}
        for name in TIMES
    },
    "failed": {"unit": "", "description": "Why the run failed; nothing where it went well"},
    "seed": {"unit": "seed", "description": "Seed of every draw in the society"},
    "point": {"unit": "number", "description": "Number of the combination of choices and factors"},
    "month": {"unit": "month", "description": "Month of the run, from 0"},
    "dummy": {"unit": "share", "description": "A factor that decides nothing but the seeds, as noise floor"},
}


def config_of(plan: Plan) -> dict[str, Any]:
    """Return the study and its parameters in full, as they are kept."""
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
    """Return what it takes to read the study, to go on with it, and to repeat it."""
    return {
        "format": FORMAT,
        "fingerprint": plan.fingerprint,
        "model_version": model_version,
        "months": plan.months,
        "months_averaged": min(LAST_MONTHS, plan.months),
        "choices": plan.choices,
        "factors": plan.paths,
        "part_runs": part_runs,
        "made_with": workshop(),
    }
