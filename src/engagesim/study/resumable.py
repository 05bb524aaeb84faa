"""Long computations that can be interrupted and resumed, each in its own folder and one process at a time.

A study, a comparison and a calibration claim their folders in the same way, but each stores finished work in its own
form. A study stores parts, which are its result (``study.store``). A comparison stores batches of simulated measures. A
calibration stores one line per parameter set, because its simulations would take gigabytes.

The name of a batch holds a checksum of everything that determines its content, and one of the content itself, so that a
damaged batch is simulated again. Requests for the same societies, in any order, are served from the folder. An
interrupted comparison therefore continues when the same requests are repeated.
"""

import hashlib
import io
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from engagesim.errors import StoreError, shown
from engagesim.files import PART_BYTES, RECORD_BYTES, UNFINISHED, content, parsed_yaml, text, unwritable, write_whole
from engagesim.mechanisms.design import sources_of
from engagesim.parameters import Parameters
from engagesim.study.observed import Observed
from engagesim.study.provenance import is_kept_name, named_by_content, short_checksum
from engagesim.study.run_part import Simulate

BEGUN, _LOCK = "config.yaml", ".lock"


@contextmanager
def claimed(folder: Path, what: str, sign: str, beginnings: Collection[str] = ()) -> Iterator[None]:
    """Claim a folder for one long computation.

    Parameters
    ----------
    folder : Path
        Folder of the work; it is created if it does not exist.
    what : str
        Name of the work in messages, such as "study".
    sign : str
        The file that identifies the work and is written first.
    beginnings : collection of str
        Other files that may be in the folder if work was killed before it wrote ``sign``.

    Raises
    ------
    StoreError
        If the folder holds anything else, is in use, or cannot be written.
    """
    place = f"output = {folder}"
    try:
        if folder.exists() and not folder.is_dir():
            raise StoreError(f"{place}: must be a new folder, or the folder of this {what}; it is a file")
        usual = {_LOCK, *beginnings}
        if folder.exists() and not (folder / sign).exists():
            for name in os.listdir(folder):
                if name not in usual and not name.startswith(f"{sign}{UNFINISHED}"):
                    raise StoreError(
                        f"{place}: must be a new folder, or the folder of this {what}; it holds other files"
                    )
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout:
        raise StoreError(
            f"{place}: must be free; another {what} is running in it: wait for it, or name another folder"
        ) from None
    except OSError as error:
        raise unwritable(folder, error) from None


@contextmanager
def begun(folder: Path, asked: Mapping[str, Any], what: str) -> Iterator[None]:
    """Claim a folder for a computation that is identified by its settings, stored in ``config.yaml``.

    Parameters
    ----------
    folder : Path
        Folder of the work; it is created if it does not exist.
    asked : mapping
        Everything that determines the results, as plain data for YAML.
    what : str
        Name of the work in messages, such as "comparison".

    Raises
    ------
    StoreError
        If the folder holds anything else, or work with other settings, is in use, or cannot be written.
    """
    with claimed(folder, what, BEGUN):
        if (folder / BEGUN).exists():
            _check_same(folder, asked, what)
        else:
            write_whole(folder / BEGUN, yaml.safe_dump(dict(asked), sort_keys=False).encode())
        yield


def _check_same(folder: Path, asked: Mapping[str, Any], what: str) -> None:
    try:
        there = parsed_yaml(text(folder / BEGUN, RECORD_BYTES))
    except ValueError:
        there = None
    if not isinstance(there, Mapping) or set(there) != set(asked):
        raise StoreError(f"output = {folder}: must be a new folder; another {what} is in it")
    if there != asked:
        raise StoreError(
            f"output = {folder}: must be a new folder, or the folder of the same {what} "
            f"({first_difference(there, asked)})"
        )


def first_difference(before: Any, now: Any, place: str = "") -> str:
    """Describe the first difference between two configs."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in [*before, *(key for key in now if key not in before)]:
            if before.get(key) != now.get(key):
                return first_difference(before.get(key), now.get(key), f"{place}.{key}".lstrip("."))
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            if one != other:
                return first_difference(one, other, f"{place}[{number}]")
    if is_kept_name(before) and is_kept_name(now):
        return f"the content of the file of {place} has changed"
    return f"{place} is {shown(before)} there and {shown(now)} here" if place else "its input files have changed"


WORK_A_BATCH = 150_000_000
"""Size of a batch in citizen-months: a few seconds of work, which is all that a killed process can lose."""


def cached(
    simulate: Simulate, measures: Sequence[str], folder: Path, made_with: str,
    done: Callable[[int], None] = lambda _: None,
) -> Simulate:  # fmt: skip
    """Return a function that simulates some measures, stores them in a folder, and never simulates anything twice.

    Parameters
    ----------
    simulate : callable
    measures : sequence of str
        The measures to store.
    folder : Path
        Folder of the work; it is created if it does not exist.
    made_with : str
        Anything else that determines the results, such as the version of the model.
    done : callable
        Function that is called with the number of finished societies.

    Raises
    ------
    StoreError
        If the folder is a link.
    """
    ready(folder)

    def one(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        name = _name(points, seeds, [made_with, *measures])
        values = kept(folder, name, lambda: simulate(points, seeds).only(measures).metrics)
        done(len(points) * len(seeds))
        return Observed(values, tuple(measures), tuple(seeds))

    def all_of(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        across, down = _cut(points, len(seeds))
        return Observed.by_point(
            [Observed.by_seed([one(some, few) for few in batched(seeds, down)]) for some in batched(points, across)]
        )

    return all_of


def ready(folder: Path) -> None:
    """Make a folder for batches, and remove those that were only half written.

    Raises
    ------
    StoreError
        If the folder is a link.
    """
    if folder.is_symlink():
        raise StoreError(f"{folder}: must not be a link, which may lead to somebody else's files; remove it")
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob(f"*{UNFINISHED}*"):
        path.unlink()


def kept(folder: Path, name: str, simulate: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return a stored batch; if it is missing or damaged, simulate and store it."""
    for path in folder.glob(f"{name}-*.npy"):
        with suppress(OSError, ValueError):
            written = content(path, PART_BYTES)
            if path.name == _file(name, written):
                found: NDArray[np.float64] = np.load(io.BytesIO(written), allow_pickle=False)
                return found
    values, buffer = simulate(), io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    write_whole(folder / _file(name, buffer.getvalue()), buffer.getvalue())
    return values


def _cut(points: Sequence[Parameters], seeds: int) -> tuple[int, int]:
    """Return the numbers of points and seeds in a batch; points come first, because those of a seed share a graph."""
    work = max(point.population.citizens * point.months for point in points)
    most = max(1, WORK_A_BATCH // work)
    across = min(len(points), most)
    return across, min(seeds, max(1, most // across))


def _name(points: Sequence[Parameters], seeds: Sequence[int], made_with: Sequence[str]) -> str:
    parts = [*made_with, json.dumps(list(map(int, seeds)))]
    parts += [f"{name} {source}" for name, source in sources_of(type(points[0])).items()]
    parts += [point.model_dump_json() for point in named_by_content(points)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _file(name: str, written: bytes) -> str:
    return f"{name}-{short_checksum(written)}.npy"
