"""The folder of ``engagesim run -m``: made before the first run, and rid of what an interrupt left unfinished."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engagesim.cli.exit_codes import BUG, DONE, say
from engagesim.files import UNFINISHED, unwritable
from engagesim.study.run_folder import PROVENANCE

_JOBS, _HANDED_OVER = "multirun.yaml", ".submitit"
"""What Hydra writes into the folder: its list of the jobs, and the logs of jobs that go on without this process."""


def together(work: Callable[[], int], place: Path, runs: int) -> int:
    """Do the runs of a multirun in their folder, and return the exit code; runs that are finished stay in any case.

    Raises
    ------
    StoreError
        Where the folder cannot be written.
    KeyboardInterrupt
        With a word on what is left, where there is anything.
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
    if finished < runs and code == DONE:  # a launcher's processes keep their exit codes to themselves
        return say(f"{runs - finished} of {runs} runs failed; why is said above, or in the launcher's log", BUG)
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
    """Say what an interrupt leaves, where that is anything."""
    finished = _finished(place, runs)
    if (place / _HANDED_OVER).exists():
        return [f"jobs that were handed over may go on, and write into {place}"]
    if finished:
        return [
            f"nothing half-written is left; {finished} of {runs} runs finished and stay in {place}; "
            "to go on, ask for the others with another output"
        ]
    return []


def _tidy(place: Path, runs: int, made: list[Path]) -> None:
    """Take out what runs that did not finish have left, and the folder itself if none did."""
    if (place / _HANDED_OVER).exists():
        return
    for unfinished in place.glob(f".*{UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if not _finished(place, runs):
        with suppress(OSError):
            (place / _JOBS).unlink()
    for folder in (*(place / str(number) for number in range(runs)), *made):
        with suppress(OSError):  # not empty: a finished run is in it; or not there
            folder.rmdir()
