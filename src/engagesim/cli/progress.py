"""The progress bar of a long task: how much is done, at what speed, and how long the rest will take."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Bar:
    """A progress bar in the terminal, or nothing if no bar is wanted."""

    _progress: Progress
    _task: TaskID

    def advance(self, steps: int = 1, name: str = "") -> None:
        """Record finished steps, and the name of the last step."""
        self._progress.update(self._task, advance=steps, name=name)
        self._say_rate()

    def reach(self, done: int, total: int) -> None:
        """Record how many steps are done, and how many are planned so far."""
        self._progress.update(self._task, completed=done, total=total)
        self._say_rate()

    def _say_rate(self) -> None:
        speed = self._progress.tasks[0].speed
        self._progress.update(self._task, rate=f"{speed:.0f} per second" if speed and speed >= 1 else "")


@contextmanager
def counting(total: int | None, what: str, wanted: Literal["auto", True, False]) -> Iterator[Bar]:
    """Show a progress bar; by default, only in a terminal."""
    console = Console(stderr=True)
    shown = console.is_terminal if wanted == "auto" else wanted
    columns = (
        TextColumn("{task.description} {task.fields[name]}", markup=False), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not shown, transient=True) as progress:
        yield Bar(progress, progress.add_task(what, total=total, rate="", name=""))
