"""A society at the end of a month, kept so that it can go on later with the same bits."""

import io
import json
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import StoreError
from engagesim.parameters import Parameters
from engagesim.society.state import State
from engagesim.writing import write_whole

_BROKEN = (ValueError, KeyError, TypeError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile, tokenize.TokenError)
"""What reading a damaged archive can raise (``NotImplementedError`` is a ``RuntimeError``)."""


@dataclass(frozen=True)
class Snapshot:
    """A society between two months. Files are NumPy archives without pickled objects: data alone.

    Attributes
    ----------
    parameters : Parameters
        What the society is made of.
    month : int
        Months lived.
    state : State
        State of everyone, with one lane.
    observed : array, shape (months, measures)
        What was observed so far.
    """

    parameters: Parameters
    month: int
    state: State
    observed: NDArray[np.float64]

    def save(self, path: Path) -> None:
        """Write the snapshot to a file, whole or not at all.

        Parameters
        ----------
        path : Path
            A file of the same name is replaced.
        """
        arrays: dict[str, Any] = {f"numbers.{entity}": block for entity, block in self.state.numbers.items()}
        arrays |= {f"counts.{entity}": block for entity, block in self.state.counts.items()}
        about = json.dumps({"parameters": self.parameters.model_dump(), "month": self.month})
        archive = io.BytesIO()
        np.savez_compressed(archive, about=np.array(about), observed=self.observed, **arrays)
        write_whole(path, archive.getvalue())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a snapshot.

        Parameters
        ----------
        path : Path
            What ``save`` wrote.

        Returns
        -------
        Snapshot
            For ``EngagementModel.restore``.

        Raises
        ------
        StoreError
            Where the file is missing or no snapshot of this version.
        """
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
                about = json.loads(str(archive["about"]))
                numbers = {name.partition(".")[2]: archive[name] for name in archive if name.startswith("numbers.")}
                counts = {name.partition(".")[2]: archive[name] for name in archive if name.startswith("counts.")}
                observed = archive["observed"]
            return cls(Parameters.of(about["parameters"]), int(about["month"]), State(numbers, counts), observed)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror or error}; a snapshot file is needed") from None
        except _BROKEN as error:
            raise StoreError(f"{path}: not a snapshot ({' '.join(str(error).split())})") from None
