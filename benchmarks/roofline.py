"""What a step of a citizen does at least, in operations and bytes, and what one core of this machine can do.

Operations are counted by taking the step, as plain Python, with numbers that count. Bytes are those of the columns that
it reads and writes of the citizen and of a peer; what a whole district shares stays in the caches and counts nothing.
"""

import operator
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from engagesim import EngagementModel, Parameters
from engagesim.engines.compiled.compile import OPTIONS, vectorising
from engagesim.month import MONTH
from engagesim.month.steps import DRAWS, Each, Step
from engagesim.randomness import uniform_pair
from engagesim.society.state import COLUMNS, MONTHLY

BYTES = {
    column.name: 8 if column.kind == "number" else 4 for column in (*COLUMNS, *MONTHLY) if column.entity == "citizen"
}


class Counted:
    """A number that counts what is done with it."""

    operations = 0

    def __init__(self, value: Any) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)


def _counting(name: str, *, swapped: bool = False) -> Callable[..., Counted]:
    operation = getattr(operator, f"__{name}__")

    def operate(*handed: Any) -> Counted:
        Counted.operations += 1
        values = [getattr(each, "value", each) for each in handed]
        return Counted(operation(*(reversed(values) if swapped else values)))

    return operate


for _name in ("add", "sub", "mul", "truediv", "and", "or", "xor", "rshift", "lt", "le", "gt", "ge", "eq", "ne", "neg"):
    setattr(Counted, f"__{_name}__", _counting(_name))
for _name in ("add", "sub", "mul", "truediv", "and", "or", "xor", "rshift"):
    setattr(Counted, f"__r{_name}__", _counting(_name, swapped=True))


class Watched:
    """Somebody whose attributes are counted numbers, and who remembers which were read."""

    def __init__(self, thing: Any) -> None:
        self._thing, self._read = thing, set[str]()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._thing, name)
        self._read.add(name)
        return Counted(value) if isinstance(value, int | float) else Watched(value)


def work(model: EngagementModel) -> dict[str, tuple[int, int]]:
    """Operations and bytes of each line of the month that citizens take, in the society as it stands."""
    citizen = next(each for each in model.citizens if each.engages)
    model.sums = None
    found = {}
    for entry in (entry for phase in MONTH.values() for entry in phase):
        if isinstance(entry, Each) and entry.kind == "citizen":
            label = " + ".join(step.name for step in entry.steps)
            done = [_of_step(step, citizen) for step in entry.steps]
            reads = set[str]().union(*(reads for _, reads, _ in done))
            peers = set[str]().union(*(peers for _, _, peers in done))
            moved = [*reads, *peers, *(name for step in entry.steps for name in step.sets)]
            draws = {DRAWS[name][0] for step in entry.steps for name in step.draws}
            operations = sum(count for count, _, _ in done) + len(draws) * _of_draw()
            found[label] = operations, sum(BYTES.get(name, 0) for name in moved)
    return found


def _of_step(step: Step, citizen: Any) -> tuple[int, set[str], set[str]]:
    """Return the operations of a step, and which columns it reads of the citizen and of a peer."""
    things = {name: getattr(citizen, name, 0.5) for name in step.asks}
    handed = {
        name: Counted(thing) if isinstance(thing, int | float) else Watched(thing) for name, thing in things.items()
    }
    Counted.operations = 0
    step.act(**handed)
    read = [handed[name]._read if name in handed else set() for name in ("me", "other")]
    return Counted.operations, *read


def _of_draw() -> int:
    Counted.operations = 0
    uniform_pair(Counted(1), Counted(2), Counted(3), Counted(4))
    return Counted.operations


def lived(months: int = 24) -> EngagementModel:
    """Return a small society that has some months behind it."""
    model = EngagementModel(
        Parameters().changed({"population.citizens": 100, "population.districts": 1, "engagement.opened": 1.0})
    )
    for _ in range(months):
        model.step()
    return model


@numba.njit(**OPTIONS)
def _move(columns: Any) -> None:  # pragma: no cover
    for k in range(columns.shape[0] - 1):
        for i in range(columns.shape[1]):
            for lane in range(columns.shape[2]):
                columns[k, i, lane] = columns[k + 1, i, lane]


@numba.njit(**OPTIONS)
def _multiply(row: Any, times: int) -> None:  # pragma: no cover
    for _ in range(times):
        for lane in range(row.shape[0]):
            x = row[lane]
            x = ((((x * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1
            x = ((((x * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1) * 0.9 + 0.1
            row[lane] = x


def machine(citizens: int = 1000, lanes: int = 64) -> dict[str, float]:
    """Bytes moved and operations done in a nanosecond, where data lie as in a batch of a sweep."""
    columns, row, times = np.zeros((20, citizens, lanes)), np.zeros(lanes), 100_000
    with vectorising():
        _move(columns)
        _multiply(row, 1)
    moving = min(_seconds(_move, columns) for _ in range(20)) * 1e9
    multiplying = min(_seconds(_multiply, row, times) for _ in range(20)) * 1e9
    return {
        "bytes_per_nanosecond": 2 * 8 * 19 * citizens * lanes / moving,
        "operations_per_nanosecond": 20 * lanes * times / multiplying,
    }


def _seconds(function: Callable[..., Any], *arguments: Any) -> float:
    start = time.thread_time()
    function(*arguments)
    return time.thread_time() - start


if __name__ == "__main__":
    print(machine())
    for name, (operations, moved) in work(lived()).items():
        print(f"{name:30} {operations:5} operations {moved:4} bytes")
