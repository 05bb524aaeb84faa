"""The end of a command: a suggestion of the next command, or an error in one line, with an exit code."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from engagesim.cli.process import noticed
from engagesim.errors import EngagementError

LONGEST = 1000
"""Maximum length of an error message in characters; the message may contain text that others wrote."""

DONE, BUG, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
BY_SIGNAL = 128
"""Base of a shell's exit codes for signals, to which it adds the number of the signal that ended a program."""

_DEBUGGING = {"ENGAGESIM_DEBUG", "HYDRA_FULL_ERROR"}


def attempt(work: Callable[[], int]) -> int:
    """Call a function, and return the exit code; print an error, if any, in one line."""
    with noticed() as interrupts:
        try:
            return work()
        except Exception as error:
            if interrupts:  # even if a library turned the interrupt into another error
                raise KeyboardInterrupt from None
            return _told(error)


def _told(error: Exception) -> int:
    match error:
        case EngagementError():
            return say(str(error), WRONG_INPUT)
        case MemoryError():
            text = "out of memory; use fewer citizens, seeds or threads; finished work is kept"
            return say(text, WRONG_INPUT)
    if any(os.environ.get(name, "0") != "0" for name in _DEBUGGING):
        raise error
    if isinstance(error, OSError):  # errors of the machine anywhere: a missing working folder, a full disk
        place = f"{error.filename}: " if error.filename else ""
        return say(f"{place}{error.strerror or error}", WRONG_INPUT)
    what = f"{type(error).__name__}: {error}"
    return say(f"a bug in engagesim, please report it (ENGAGESIM_DEBUG=1 shows where): {what}", BUG)


def try_next(command: str, *words: str | Path, once: str = "") -> None:
    """Suggest a command for the new results, if the output goes to a terminal."""
    if sys.stdout.isatty():
        print(f"Try next{once and f', once {once}'}: {typed(command, *words)}")


@contextmanager
def goes_on(command: str, asked: Sequence[str], folder: Path) -> Iterator[None]:
    """Make an interrupt's message state what is kept and how to continue."""
    try:
        yield
    except KeyboardInterrupt:
        place = [] if any(word.startswith("output=") for word in asked) else [f"output={folder}"]
        again = typed(command, *asked, *place)
        raise KeyboardInterrupt(f"finished work is kept in {folder}; to continue: {again}") from None


def typed(*words: str | Path) -> str:
    """Return a command as typed in a shell, with quotes where a shell needs them."""
    return shlex.join(["engagesim", *map(str, words)])


def say(text: str, code: int) -> int:
    """Write a text to standard error as one line that is safe for a terminal, and return the exit code."""
    with suppress(OSError):  # the terminal may be closed
        print(f"engagesim: {one_line(text)}", file=sys.stderr)
    return code


def one_line(text: str) -> str:
    """Return a text as one line that is safe for a terminal, because stored runs and studies may come from others."""
    line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in " ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
