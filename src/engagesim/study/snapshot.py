"""Snapshots: a society at the end of a month, stored so that it can continue later with identical results."""

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

from engagesim.errors import StoreError, reason, shown, span
from engagesim.files import PART_BYTES, content, parsed_json, write_whole
from engagesim.mechanisms.design import columns_of
from engagesim.mechanisms.stored import told, tree_told
from engagesim.parameters import Parameters
from engagesim.society.state import State

_BROKEN = (
    ValueError, LookupError, TypeError, EOFError, RuntimeError, MemoryError, zlib.error, zipfile.BadZipFile,
    tokenize.TokenError,
)  # fmt: skip
"""The errors that reading a damaged archive can raise (``NotImplementedError`` is a ``RuntimeError``)."""

_LAST_MONTH = np.iinfo(np.int32).max
"""Largest month that fits into the integers of the state."""


@dataclass(frozen=True)
class Snapshot:
    """A society between two months, stored in NumPy archives without pickled objects.

    Attributes
    ----------
    parameters : Parameters
        Parameters of the society.
    month : int
        Months simulated so far.
    state : State
        State of all entities, with one lane.
    observed : array, shape (months, measures)
        Measures observed so far.
    watched : array or None
        The memory of districts that interventions watch (``policy.Watch.memory``).
    """

    parameters: Parameters
    month: int
    state: State
    observed: NDArray[np.float64]
    watched: NDArray[np.int64] | None = None

    def save(self, path: Path | str) -> None:
        """Write the snapshot to a file, completely or not at all.

        Parameters
        ----------
        path : Path or str
            Path of the file; an existing file is replaced.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        arrays: dict[str, Any] = {f"numbers.{entity}": block for entity, block in self.state.numbers.items()}
        arrays |= {f"counts.{entity}": block for entity, block in self.state.counts.items()}
        if self.watched is not None:
            arrays["watched"] = self.watched
        known = told(type(self.parameters))
        made = {"mechanisms": known} if known else {}
        about = json.dumps({"parameters": self.parameters.model_dump(), "month": self.month, **made})
        archive = io.BytesIO()
        np.savez_compressed(archive, about=np.array(about), observed=self.observed, **arrays)
        try:
            write_whole(Path(path), archive.getvalue())
        except OSError as error:
            raise StoreError(f"{path}: must be a file that can be written; {reason(error)}") from None

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a snapshot.

        Parameters
        ----------
        path : Path or str
            A file that ``save`` wrote.

        Returns
        -------
        Snapshot
            A snapshot for ``EngagementModel.restore``; pass ``mechanisms=`` if the society had any, because the file
            holds no code.

        Raises
        ------
        StoreError
            If the file is missing, too large, or not a snapshot of this version.
        """
        try:
            found = io.BytesIO(content(Path(path), PART_BYTES))
            _check_members(found)
            with np.load(found, allow_pickle=False) as archive:
                about = parsed_json(str(archive["about"]))
                numbers = {name.partition(".")[2]: archive[name] for name in archive if name.startswith("numbers.")}
                counts = {name.partition(".")[2]: archive[name] for name in archive if name.startswith("counts.")}
                observed = archive["observed"]
                watched = archive.get("watched")
            check_month(about["month"])
            society = tree_told(about.get("mechanisms", []))
            state = State(numbers, counts, columns_of(society))
            return cls(society.of(about["parameters"]), about["month"], state, observed, watched)
        except OSError as error:
            raise StoreError(f"{path}: must be a snapshot; {reason(error)}") from None
        except _BROKEN as error:
            raise StoreError(f"{path}: must be a snapshot; {' '.join(str(error).split())}") from None


def check_month(month: Any) -> None:
    """Raise ``StoreError`` unless a month is a valid number."""
    if not isinstance(month, int | np.integer) or isinstance(month, bool) or not 0 <= month <= _LAST_MONTH:
        raise StoreError(f"month = {shown(month)}: must be {span(0, _LAST_MONTH, True)}")


def _check_members(archive: io.BytesIO) -> None:
    """Refuse an archive that exceeds the limit when unpacked, or that ``save`` cannot have written."""
    with zipfile.ZipFile(archive) as members:
        infos = members.infolist()
    unpacked = sum(info.file_size for info in infos)
    if unpacked > PART_BYTES:
        raise StoreError(f"it must unpack to at most {PART_BYTES:,} bytes, not {unpacked:,}")
    if any(info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for info in infos):
        raise StoreError("it must be packed as Snapshot.save packs it")
    archive.seek(0)
