"""What has been simulated is kept in batches, so that work that is stopped goes on where it was.

A batch is a file named after all that decides what it holds, and after the checksum of its content: one that is damaged
is simulated again. Whoever asks for the same societies again, in whatever order, is served from the folder. So it takes
nothing more to go on than to ask the same questions anew.
"""

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import batched
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import StoreError
from engagesim.mechanisms.design import sources_of
from engagesim.parameters import Parameters
from engagesim.reading import PART_BYTES, content
from engagesim.study.certificate import named_by_content
from engagesim.study.kept import short_checksum
from engagesim.study.living import Simulate
from engagesim.study.observed import Observed
from engagesim.writing import UNFINISHED, write_whole

WORK_A_BATCH = 150_000_000
"""Citizens times months of a batch: some seconds of work, which is all that is lost when a process is killed."""


def kept(
    simulate: Simulate, measures: Sequence[str], folder: Path, made_with: str,
    done: Callable[[int], None] = lambda _: None,
) -> Simulate:  # fmt: skip
    """Return a simulation of some measures that keeps what it has simulated in a folder, and simulates nothing twice.

    Parameters
    ----------
    simulate : callable
    measures : sequence of str
        Those to keep.
    folder : Path
        Made if it is not there.
    made_with : str
        Whatever else decides what comes out, such as the version of the model.
    done : callable
        Is told of how many societies more are there.

    Raises
    ------
    StoreError
        Where the folder is a link.
    """
    if folder.is_symlink():
        raise StoreError(f"{folder}: is a link; take it out, since what is kept there may be somebody else's")
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob(f"*{UNFINISHED}*"):
        path.unlink()

    def one(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        name = _name(points, seeds, [made_with, *measures])
        values = _read(folder, name)
        if values is None:
            values = simulate(points, seeds).only(measures).metrics
            _write(folder, name, values)
        done(len(points) * len(seeds))
        return Observed(values, tuple(measures), tuple(seeds))

    def all_of(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        across, down = _cut(points, len(seeds))
        return Observed.by_point(
            [Observed.by_seed([one(some, few) for few in batched(seeds, down)]) for some in batched(points, across)]
        )

    return all_of


def _cut(points: Sequence[Parameters], seeds: int) -> tuple[int, int]:
    """Return how many points and how many seeds a batch has; points first, since those of a seed share their graph."""
    work = max(point.population.citizens * point.months for point in points)
    most = max(1, WORK_A_BATCH // work)
    across = min(len(points), most)
    return across, min(seeds, max(1, most // across))


def _name(points: Sequence[Parameters], seeds: Sequence[int], made_with: Sequence[str]) -> str:
    parts = [*made_with, json.dumps(list(map(int, seeds)))]
    parts += [f"{name} {source}" for name, source in sources_of(type(points[0])).items()]
    parts += [point.model_dump_json() for point in named_by_content(points)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _write(folder: Path, name: str, values: NDArray[np.float64]) -> None:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    written = buffer.getvalue()
    write_whole(folder / _file(name, written), written)


def _read(folder: Path, name: str) -> NDArray[np.float64] | None:
    """Return what a batch holds; nothing where it is not there, or damaged and so to be simulated again."""
    for path in folder.glob(f"{name}-*.npy"):
        with suppress(OSError, ValueError):
            written = content(path, PART_BYTES)
            if path.name == _file(name, written):
                found: NDArray[np.float64] = np.load(io.BytesIO(written), allow_pickle=False)
                return found
    return None


def _file(name: str, written: bytes) -> str:
    return f"{name}-{short_checksum(written)}.npy"
