"""How a command ends: with what to do next, or with one line on what went wrong and whose fault it was (exit code)."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engagesim.cli.process import noticed
from engagesim.errors import EngagementError

LONGEST = 1000
"""Characters of a line that may hold what others wrote, at most."""

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
            if interrupts:  # whatever a library made of it
                raise KeyboardInterrupt from None
            return _told(error)


def _told(error: Exception) -> int:
    match error:
        case EngagementError():
            return say(str(error), WRONG_INPUT)
        case MemoryError():
            text = "out of memory; fewer citizens, seeds or threads need less, and what is finished stays"
            return say(text, WRONG_INPUT)
    if any(os.environ.get(name, "0") != "0" for name in _DEBUGGING):
        raise error
    if isinstance(error, OSError):  # the machine's, wherever it came up: no folder to work in, an output that is full
        place = f"{error.filename}: " if error.filename else ""
        return say(f"{place}{error.strerror or error}", WRONG_INPUT)
    what = f"{type(error).__name__}: {error}"
    return say(f"a bug of ours, please report it (ENGAGESIM_DEBUG=1 shows where): {what}", BUG)


def try_next(command: str, *words: str | Path, once: str = "") -> None:
    """Name a command that works on what was just made; only a person is told, not a file or another program."""
    if sys.stdout.isatty():
        print(f"Try next{once and f', once {once}'}: {_typed(command, *words)}")


@contextmanager
def goes_on(command: str, asked: Sequence[str], folder: Path) -> Iterator[None]:
    """Say of an interrupted command what stays, and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        place = [] if any(word.startswith("output=") for word in asked) else [f"output={folder}"]
        again = _typed(command, *asked, *place)
        raise KeyboardInterrupt(f"what is finished stays in {folder}; to go on: {again}") from None


def _typed(*words: str | Path) -> str:
    return shlex.join(["engagesim", *map(str, words)])


def say(text: str, code: int) -> int:
    """Write one line that a terminal can show to the standard error, whatever the text, and return the exit code."""
    with suppress(OSError):  # of a terminal that is closed
        print(f"engagesim: {one_line(text)}", file=sys.stderr)
    return code


def one_line(text: str) -> str:
    """Return one line that a terminal can show, whatever the text: stored runs and studies may be somebody else's."""
    line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in " ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
