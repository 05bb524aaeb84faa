"""What a command may lack around it, and what others have set there that is not meant for it."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from io import TextIOWrapper
from typing import Any

from engagesim.machine import Patient

_BACKEND, _OF_A_NOTEBOOK = "MPLBACKEND", "module://"


@contextmanager
def surroundings() -> Iterator[None]:
    """Have standard streams, whatever the command was started with, and figures in our own way.

    Who starts a command may close its streams or none may be there (``2>&-``, a service, ``pythonw``), and who reads
    them may stop (``| head``). Neither costs a result.
    """
    _occupy()
    with ExitStack() as stack, _own_figures():
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


@contextmanager
def _own_figures() -> Iterator[None]:
    """Leave out of account which windows others want figures in: one that Matplotlib does not know stops it.

    A notebook's way to show figures is left as it is; ours are drawn into files, in no window at all.
    """
    wanted = os.environ.get(_BACKEND, _OF_A_NOTEBOOK)
    if wanted.startswith(_OF_A_NOTEBOOK):
        yield
        return
    del os.environ[_BACKEND]
    try:
        yield
    finally:
        os.environ[_BACKEND] = wanted
