"""What a command may lack around it, and what others have set there that is not meant for it."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOWrapper
from typing import Any

from engagesim.machine import APART, Patient, environment_variables

_OF_A_NOTEBOOK = "module://"
"""How backends of Matplotlib begin that are modules, as those of notebooks are."""

_NARROWEST = 40
"""Columns of a terminal in which a table can be read."""


@contextmanager
def surroundings() -> Iterator[None]:
    """Have standard streams whatever the command was started with, and leave out of account what is set for others.

    Who starts a command may close its streams or none may be there (``2>&-``, a service, ``pythonw``), and who reads
    them may stop (``| head``). Neither costs a result.
    """
    _occupy()
    with ExitStack() as stack, environment_variables(_foreign()):
        out, err = (stream or stack.enter_context(open(os.devnull, "w")) for stream in (sys.stdout, sys.stderr))
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal may lack a letter; what was done must not fail for that
        read: Any = Patient(out, BrokenPipeError, "standard output")
        heard: Any = Patient(err)
        with redirect_stdout(read), redirect_stderr(heard):
            try:
                yield
            finally:
                with suppress(OSError):  # it has been said
                    read.flush()
                heard.flush()


def _occupy() -> None:
    """Open standard streams that are closed: the next file would take their number, and what is said go into it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free is this one


def _foreign() -> dict[str, str | None]:
    """Return what the environment should say instead, for us and for the processes that we start.

    A backend that Matplotlib does not know stops it, and we draw into files, in no window at all; a notebook's way to
    show figures stays. In a terminal that calls itself too narrow a table would be empty. Numba has no threads of its
    own here, but stumbles over a wrong number of them, as joblib does.
    """
    says = dict(APART) | {"NUMBA_NUM_THREADS": None}
    if not os.environ.get("MPLBACKEND", "").startswith(_OF_A_NOTEBOOK):
        says["MPLBACKEND"] = None
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) < _NARROWEST:
        says["COLUMNS"] = says["LINES"] = None
    if not os.environ.get("LOKY_MAX_CPU_COUNT", "").isdecimal():
        says["LOKY_MAX_CPU_COUNT"] = None
    return says
