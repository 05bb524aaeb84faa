"""The folder of ``engagesim run -m``: made before the first run, and cleared of unfinished runs after an interrupt."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engagesim.cli.exit_codes import BUG, DONE, say
from engagesim.files import UNFINISHED, unwritable
from engagesim.study.run_folder import PROVENANCE

_JOBS, _HANDED_OVER = "multirun.yaml", ".submitit"
"""Hydra's files in the folder: its list of jobs, and the logs of jobs that continue without this process."""


def together(work: Callable[[], int], place: Path, runs: int) -> int:
    """Run a multirun in its folder, and return the exit code; finished runs are always kept.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    KeyboardInterrupt
        If interrupted; the message states which runs are kept.
    """
    made = [each for each in (place, *place.parents) if not each.exists()]
    try:
        _make(place)
        code = work()
        finished = _finished(place, runs)
    except KeyboardInterrupt:
        _tidy(place, runs, made)
        raise KeyboardInterrupt(*_left(place, runs)) from None
    finally:
        if not _finished(place, runs):
            _tidy(place, runs, made)
    if finished < runs and code == DONE:  # a launcher does not report the exit codes of its processes
        return say(f"{runs - finished} of {runs} runs failed; see the errors above, or the launcher's log", BUG)
    return code


def _make(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / _JOBS).touch()
    except OSError as error:
        raise unwritable(place, error) from None


def _finished(place: Path, runs: int) -> int:
    return sum((place / str(number) / PROVENANCE).exists() for number in range(runs))


def _left(place: Path, runs: int) -> list[str]:
    """State which runs are kept after an interrupt, if any."""
    finished = _finished(place, runs)
    if (place / _HANDED_OVER).exists():
        return [f"submitted jobs may continue, and write into {place}"]
    if finished:
        return [
            f"nothing half-written is left; {finished} of {runs} runs finished and are kept in {place}; "
            "to continue, start the others with another output"
        ]
    return []


def _tidy(place: Path, runs: int, made: list[Path]) -> None:
    """Delete the files of unfinished runs, and the folder itself if no run finished."""
    if (place / _HANDED_OVER).exists():
        return
    for unfinished in place.glob(f".*{UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if not _finished(place, runs):
        with suppress(OSError):
            (place / _JOBS).unlink()
    for folder in (*(place / str(number) for number in range(runs)), *made):
        with suppress(OSError):  # not empty, because a finished run is in it, or missing
            folder.rmdir()
