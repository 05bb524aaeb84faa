"""The bar that says how much of some long work is done, at which rate, and how long the rest takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Bar:
    """A bar in the terminal, or none where none is wanted."""

    _progress: Progress
    _task: TaskID

    def advance(self, steps: int = 1, name: str = "") -> None:
        """Take note of steps that are done, and of what was done last."""
        self._progress.update(self._task, advance=steps, name=name)
        self._say_rate()

    def reach(self, done: int, total: int) -> None:
        """Take note of how many steps are done, and of how many there are to do as far as is known."""
        self._progress.update(self._task, completed=done, total=total)
        self._say_rate()

    def _say_rate(self) -> None:
        speed = self._progress.tasks[0].speed
        self._progress.update(self._task, rate=f"{speed:.0f} a second" if speed and speed >= 1 else "")


@contextmanager
def counting(total: int | None, what: str, wanted: Literal["auto", True, False]) -> Iterator[Bar]:
    """Show how much is done: in a terminal unless told otherwise."""
    console = Console(stderr=True)
    shown = console.is_terminal if wanted == "auto" else wanted
    columns = (
        TextColumn("{task.description} {task.fields[name]}", markup=False), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        yield Bar(progress, progress.add_task(what, total=total, rate="", name=""))
