"""Logging: to the terminal at or above the level in ``log=``, and to ``log.txt`` in the folder of results.

Lines are only added to the file, so earlier lines stay when a study continues. No code reads the file, and no result
depends on it.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from engagesim import MODEL_VERSION
from engagesim.cli.exit_codes import one_line
from engagesim.cli.help import LEVELS
from engagesim.errors import ParameterError, StoreError, not_one_of
from engagesim.files import added_to

LOG = "log.txt"

_KEY = "log="
_package = logging.getLogger("engagesim")
_log = logging.getLogger(__name__)


def level_of(arguments: Sequence[str]) -> tuple[int, list[str]]:
    """Separate ``log=LEVEL`` from the arguments of a command.

    Raises
    ------
    ParameterError
        If the level does not exist, or is given twice.
    """
    named = [argument.removeprefix(_KEY) for argument in arguments if argument.startswith(_KEY)]
    if len(named) > 1:
        raise ParameterError("log: is given twice; must be given once")
    for name in named:
        if name not in LEVELS:
            raise ParameterError(not_one_of("log", name, LEVELS))
    rest = [argument for argument in arguments if not argument.startswith(_KEY)]
    return logging.getLevelNamesMapping()[(named or LEVELS)[0].upper()], rest


class _Once(logging.Filter):
    """A filter that drops repeated messages, because each part of the work reads and logs the people file again."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        is_new = record.levelno < logging.INFO or text not in self.said
        self.said.add(text)
        return is_new


class _Terminal(logging.Handler):
    """A handler that writes one line per message to the current standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"engagesim: {record.levelname.lower()}: {one_line(record.getMessage())}", file=sys.stderr)


READ = "engagesim.society"
"""Parent of the loggers that report what was read from a user's files; their messages are always shown."""


@contextmanager
def shown(level: int, is_told: bool = False) -> Iterator[None]:
    """Within this context, show on the terminal everything that engagesim logs at or above a level.

    What was read from a user's files is shown at every level, unless the command itself prints it (``is_told``).
    """
    terminal = _Terminal()
    terminal.addFilter(lambda record: record.levelno >= level or (not is_told and _says_what_was_read(record)))
    terminal.addFilter(_Once())
    with _listening(terminal):
        yield


class Logbook(logging.Handler):
    """A handler that collects what is logged, and adds up how long each phase took."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.addFilter(_Once())
        self.begun = perf_counter()
        self.seconds: dict[str, float] = {}
        self.lines: list[str] = []
        self.path: Path | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Add up the time of a phase, or record a message of level INFO or above."""
        if hasattr(record, "phase"):
            phase: str = record.phase
            self.seconds[phase] = self.seconds.get(phase, 0.0) + float(getattr(record, "seconds", 0.0))
        elif record.levelno >= logging.INFO:
            moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
            self.lines.append(f"{moment} {record.levelname.lower()}: {_line(record)}\n")
            with suppress(StoreError):  # a log that has become a link must not cause the loss of a result
                self._write()

    def keep_in(self, folder: Path) -> None:
        """Write the collected lines to the log in a folder, and from then on each new line immediately.

        Raises
        ------
        StoreError
            If the log is a link, a pipe or a device.
        """
        self.path = folder / LOG
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        with suppress(OSError):  # a log that cannot be written must not cause the loss of a result
            with added_to(self.path) as file:
                file.writelines(self.lines)
            self.lines.clear()

    def time_said(self) -> str:
        """Return how long each phase took, in words, summed over threads."""
        phases = sorted(self.seconds.items(), key=lambda each: -each[1])
        said = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in phases) or "no timed phase"
        return f"took {perf_counter() - self.begun:.1f} s; added up over threads: {said}"


def _says_what_was_read(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.INFO and record.name.startswith(READ)


@contextmanager
def logbook(
    command: str, asked: Sequence[str], folder: Path | None = None, *, version: str = MODEL_VERSION
) -> Iterator[Logbook]:
    """Keep a logbook of a command: its arguments, versions, events, and the time of each phase.

    Parameters
    ----------
    command : str
    asked : sequence of str
        The arguments of the command.
    folder : Path, optional
        Folder of the log, if known already; otherwise set by ``keep_in``.
    version : str
        Version of the model, including mechanisms (see ``version_of``).
    """
    from engagesim.study.provenance import environment  # noqa: PLC0415 - slow to import, and help must be fast

    book = Logbook()
    if folder is not None:
        book.keep_in(folder)
    with _listening(book):
        made = environment()
        libraries = ", ".join(f"{name} {number}" for name, number in made["libraries"].items())
        _log.info("command: %s", " ".join(["engagesim", command, *asked]))
        _log.info(
            "engagesim %s, model version %s, commit %s, Python %s, %s; %s",
            made["engagesim"], version, made["commit"], made["python"], made["platform"], libraries,
        )  # fmt: skip
        try:
            yield book
        except BaseException as error:
            _log.info("stopped: %s", " ".join(str(error).split()) or type(error).__name__)
            raise
        finally:
            _log.info("%s", book.time_said())


@contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    """Send everything that engagesim logs within this context to a handler."""
    before = _package.level
    _package.addHandler(handler)
    _package.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        _package.setLevel(before)
        _package.removeHandler(handler)


def _line(record: logging.LogRecord) -> str:
    return " ".join(record.getMessage().split())
