"""A bar that says how much of some long work is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Done(Protocol):
    """Takes note of what was done, and of how many steps that was."""

    def __call__(self, name: str, steps: int = 1) -> None:
        """Take note."""


@contextmanager
def counting(total: int, what: str, asked: Any) -> Iterator[Done]:
    """Show in a terminal, unless told otherwise, how much is done."""
    console = Console(stderr=True)
    shown = console.is_terminal if asked == "auto" else bool(asked)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        task = progress.add_task(what, total=total)

        def done(name: str, steps: int = 1) -> None:
            progress.update(task, advance=steps, description=f"{what}: {name}" if name else what)

        yield done
