"""The folder of one run: what was asked for, what came of it, and its birth certificate.

A folder appears whole or not at all: it is written beside its place under another name, and renamed at the end.
"""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from engagesim import MODEL_VERSION, __version__
from engagesim.errors import ParameterError, StoreError
from engagesim.measures import MEASURES
from engagesim.parameters import Parameters

CONFIG, PROVENANCE, METRICS, SUMMARY, AGENTS = (
    "config.yaml", "provenance.json", "metrics.parquet", "summary.json", "agents.parquet",
)  # fmt: skip

_LIBRARIES = ("mesa", "numpy", "networkx", "pandas", "pyarrow", "pydantic", "numba")


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """Give out an unfinished folder that takes its place when all went well, and vanishes when not.

    Raises
    ------
    StoreError
        Where the place is taken, or cannot be written.
    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise StoreError(f"output = {place}: is there already and not empty; name another folder")
    unfinished = place.with_name(f".{place.name}.unfinished-{os.getpid()}")
    try:
        unfinished.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"output = {place}: cannot be written ({error.strerror})") from None
    try:
        yield unfinished
        if place.exists():
            place.rmdir()
        unfinished.rename(place)
    except OSError as error:
        raise StoreError(f"output = {place}: cannot be written ({error.strerror})") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def metrics_bytes(metrics: pd.DataFrame) -> bytes:
    """Return the measures of each month as Parquet, with their units; the same bytes for the same run."""
    about = {measure.name: {"unit": measure.unit, "description": measure.description} for measure in MEASURES}
    return table_bytes(metrics.reset_index(), about)


def table_bytes(frame: pd.DataFrame, about: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return a table as Parquet; ``about`` describes its columns."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    fields = [field.with_metadata(dict(about.get(field.name, {}))) for field in table.schema]
    sink = io.BytesIO()
    pq.write_table(table.cast(pa.schema(fields)), sink)
    return sink.getvalue()


def read_metrics(folder: Path) -> pd.DataFrame:
    """Return the measures of each month of a stored run; the index is the month."""
    try:
        frame: pd.DataFrame = pq.read_table(folder / METRICS).to_pandas().set_index("month")
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise StoreError(f"{folder / METRICS}: not the measures of a run ({' '.join(str(error).split())})") from None
    return frame


def birth_certificate(parameters: Parameters, results: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what it takes to repeat a run, and to see whether it came out the same."""
    return {
        "engagesim": __version__,
        "model_version": MODEL_VERSION,
        "commit": _commit(),
        "seed": parameters.seed,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "inputs": {path: checksum(_read(Path(path))) for path in _inputs(parameters)},
        "results": {name: checksum(content) for name, content in results.items()},
    }


def write_run(folder: Path, parameters: Parameters, results: Mapping[str, bytes], summary: Mapping[str, Any]) -> None:
    """Write the resolved config, the results, the summary and the birth certificate of a run."""
    (folder / CONFIG).write_text(yaml.safe_dump(parameters.model_dump(mode="json"), sort_keys=False), "utf-8")
    for name, content in results.items():
        (folder / name).write_bytes(content)
    (folder / SUMMARY).write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    certificate = birth_certificate(parameters, results)
    (folder / PROVENANCE).write_text(json.dumps(certificate, indent=2) + "\n", "utf-8")


def read_run(folder: Path) -> tuple[Parameters, dict[str, Any]]:
    """Return the parameters and the birth certificate of a stored run."""
    config = _parsed(folder / CONFIG, yaml.safe_load)
    certificate = _parsed(folder / PROVENANCE, json.loads)
    if not isinstance(config, dict) or not isinstance(certificate, dict) or "results" not in certificate:
        raise StoreError(f"{folder}: not the folder of a run")
    try:
        return Parameters.of(config), certificate
    except ParameterError as error:
        raise StoreError(f"{folder / CONFIG}: {error}") from None


def checksum(content: bytes) -> str:
    """Return the SHA-256 checksum of a content."""
    return hashlib.sha256(content).hexdigest()


def _parsed(path: Path, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(path.read_text("utf-8"))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; the folder of a run is needed") from None
    except (ValueError, yaml.YAMLError) as error:
        raise StoreError(f"{path}: cannot be read ({' '.join(str(error).split())})") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None


def _inputs(parameters: Parameters) -> list[str]:
    named = (parameters.population.file, parameters.network.file if parameters.network.kind == "file" else None)
    return [path for path in named if path is not None]


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit of a source checkout, with a plus where files differ; nothing for an installed package."""
    root = Path(__file__).parents[3]
    if not (root / ".git").exists() or shutil.which("git") is None:
        return None
    described = subprocess.run(  # noqa: S603 - a fixed command in our own folder
        ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+"],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return described.stdout.strip() or None
