"""How a command ends: it suggests the next command, or says in one line what went wrong, with an exit code."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engagesim.cli.process import noticed
from engagesim.errors import EngagementError

LONGEST = 1000
"""The most characters of an error message, which may hold text that others wrote."""

DONE, BUG, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
BY_SIGNAL = 128
"""What a shell adds to the number of the signal that ended a program."""

_DEBUGGING = {"ENGAGESIM_DEBUG", "HYDRA_FULL_ERROR"}


def attempt(work: Callable[[], int]) -> int:
    """Return the exit code of some work; say in one line what went wrong, if anything did."""
    with noticed() as interrupts:
        try:
            return work()
        except Exception as error:
            if interrupts:  # whatever a library turned it into
                raise KeyboardInterrupt from None
            return _told(error)


def _told(error: Exception) -> int:
    match error:
        case EngagementError():
            return say(str(error), WRONG_INPUT)
        case MemoryError():
            text = "out of memory; use fewer citizens, seeds or threads; what is finished stays"
            return say(text, WRONG_INPUT)
    if any(os.environ.get(name, "0") != "0" for name in _DEBUGGING):
        raise error
    if isinstance(error, OSError):  # of the machine, wherever it occurs: a missing working folder, a full disk
        place = f"{error.filename}: " if error.filename else ""
        return say(f"{place}{error.strerror or error}", WRONG_INPUT)
    what = f"{type(error).__name__}: {error}"
    return say(f"a bug in engagesim, please report it (ENGAGESIM_DEBUG=1 shows where): {what}", BUG)


def try_next(command: str, *words: str | Path, once: str = "") -> None:
    """Suggest a command for the new results, if the output goes to a terminal."""
    if sys.stdout.isatty():
        print(f"Try next{once and f', once {once}'}: {_typed(command, *words)}")


@contextmanager
def goes_on(command: str, asked: Sequence[str], folder: Path) -> Iterator[None]:
    """State what an interrupted command keeps, and how to continue."""
    try:
        yield
    except KeyboardInterrupt:
        place = [] if any(word.startswith("output=") for word in asked) else [f"output={folder}"]
        again = _typed(command, *asked, *place)
        raise KeyboardInterrupt(f"what is finished stays in {folder}; to continue: {again}") from None


def _typed(*words: str | Path) -> str:
    return shlex.join(["engagesim", *map(str, words)])


def say(text: str, code: int) -> int:
    """Write a text as one line that is safe for a terminal to the standard error, and return the exit code."""
    with suppress(OSError):  # of a terminal that is closed
        print(f"engagesim: {one_line(text)}", file=sys.stderr)
    return code


def one_line(text: str) -> str:
    """Return a text as one line that is safe for a terminal: stored runs and studies may be somebody else's."""
    line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in " ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
