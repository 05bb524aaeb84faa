"""The folder of studies, which can be listed and read; everything outside it is out of reach."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from engagesim.errors import EngagementError, StoreError
from engagesim.study.results import Results, load
from engagesim.study.store import CONFIG, MANIFEST, MONTHS, RUNS, read_config

COMPARISON = "comparison.csv"

MOST_LISTED, DEEPEST = 300, 4
"""Maximum number of folders that are listed, and of nested levels that are searched for them."""

MOST_BYTES = 300_000_000
"""Largest size, in bytes, of a table that can be read; it holds a few million runs."""

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, OSError)
"""Exceptions that libraries raise for a file with unexpected contents."""


class Stored(NamedTuple):
    """A stored study or comparison, identified by its path below the root."""

    name: str
    kind: Literal["study", "comparison"]


@dataclass
class Library:
    """The folder in which studies are searched for."""

    root: Path = Path("outputs")

    def listed(self) -> list[Stored]:
        """List stored studies and comparisons, with the newest first."""
        found = []
        root = self.root.resolve()
        for folder, below, files in os.walk(root):  # does not follow links to folders
            here = Path(folder)
            depth = len(here.relative_to(root).parts)
            kind = _kind(here, files)
            below[:] = [] if kind or depth >= DEEPEST else sorted(name for name in below if not name.startswith("."))
            if kind:
                found.append((here.stat().st_mtime, Stored(here.relative_to(root).as_posix(), kind)))
        return [kept for _, kept in sorted(found, key=lambda each: (-each[0], each[1]))][:MOST_LISTED]

    def folder(self, name: str) -> Path:
        """Return the folder of a study or a comparison.

        Raises
        ------
        StoreError
            If it does not exist, or is outside the root.
        """
        return self.inside(name, "")

    def inside(self, name: str, file: str) -> Path:
        """Return a file of a study or comparison, or its folder if the name is empty; raise errors like ``folder``."""
        place = PurePosixPath(name)
        refused = not name or not name.isprintable() or "\\" in name or place.is_absolute() or ".." in place.parts
        path = self.root / place / file
        try:
            if refused or not path.resolve(strict=True).is_relative_to(self.root.resolve(strict=True)):
                raise StoreError(f"{name[:80]!r}: must be a folder inside {self.root}")
        except (OSError, RuntimeError):
            raise StoreError(f"{str(place / file)[:120]}: must be in {self.root}") from None
        return path

    def study(self, name: str) -> Results:
        """Read the finished part of a study.

        Raises
        ------
        StoreError
            If it cannot be read; the message is one line.
        """
        folder = self.folder(name)
        for part in (MANIFEST, RUNS, CONFIG):
            self.inside(name, part)
        parts = [
            self.inside(name, f"{table}/{path.name}")
            for table in (RUNS, MONTHS)
            for path in sorted((folder / table).glob("*.parquet"))
        ]
        check_bytes(name, parts)
        self._check_points(name)
        return _loaded(folder, tuple((path.name, path.stat().st_mtime_ns) for path in parts))

    def _check_points(self, name: str) -> None:
        """Refuse a study whose points are in a file elsewhere, because reading the study would also read that file."""
        try:
            file = read_config(self.root / name)["study"].get("design", {}).get("file")
            outside = file is not None and not Path(file).resolve().is_relative_to(self.root.resolve())
        except UNREADABLE as error:
            if isinstance(error, EngagementError):
                raise
            raise StoreError(f"{name}/{CONFIG}: must be the config of a study") from None
        if outside:
            raise StoreError(f"{name}: must have its points, {file}, in {self.root}; the dashboard reads nothing else")

    def kind(self, name: str) -> Literal["study", "comparison"]:
        """Return whether a folder holds a study or a comparison; raise the same errors as ``folder``."""
        folder = self.folder(name)
        kind = _kind(folder, [path.name for path in folder.iterdir()] if folder.is_dir() else [])
        if kind is None:
            raise StoreError(f"{name}: must be a study (engagesim sweep) or a comparison (engagesim compare)")
        return kind


def check_bytes(name: str, files: list[Path]) -> None:
    """Refuse files that are too large for the browser."""
    size = sum(path.stat().st_size for path in files)
    if size > MOST_BYTES:
        raise StoreError(
            f"{name}: must have at most {MOST_BYTES / 1e6:,.0f} MB for the dashboard, not {size / 1e6:,.0f} MB"
        )


@lru_cache(maxsize=4)
def _loaded(folder: Path, changed: tuple[tuple[str, int], ...]) -> Results:  # noqa: ARG001 - new parts are read
    try:
        found = load(folder)
        missing = {"point", "seed", "failed", *found.plan.choices, *found.plan.paths, *found.plan.measure_names} - {
            *found.runs
        }
        if missing:
            raise KeyError(sorted(missing)[0])
        return found
    except EngagementError:
        raise
    except UNREADABLE as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise StoreError(f"{folder}: must be a study ({why})") from None


def _kind(folder: Path, files: list[str]) -> Literal["study", "comparison"] | None:
    if COMPARISON in files:
        return "comparison"
    return "study" if MANIFEST in files and (CONFIG in files or (folder / RUNS).is_dir()) else None


LIBRARY = Library()
"""The library of this server."""
