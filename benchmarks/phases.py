"""Time each phase of the month apart: the month as plain Python, calling compiled kernels with a stop-watch."""

import time
import types
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from engagesim import Parameters
from engagesim.ensemble import months
from engagesim.ensemble.batch import new_batch
from engagesim.ensemble.building import Engine, bind
from engagesim.ensemble.keeping import vectorising
from engagesim.ensemble.simulating import engine_for
from engagesim.rules import RULES
from engagesim.society.files import read_people
from engagesim.society.network import wire

CITIZENS = ("choose", "meet", "meet_contacts", "learn", "see_neighbours")
"""What the C++ rival does as well."""


def nanoseconds_by_phase(parameters: Sequence[Parameters]) -> dict[str, float]:
    """Nanoseconds per citizen, society and month of each kernel, after a month of warming up."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, kernel: Any) -> Any:
        def call(*arguments: Any) -> None:
            start = time.perf_counter()
            kernel(*arguments)
            spent[name] += time.perf_counter() - start

        return call

    kernels = bind(RULES, "timed")
    clocked = {
        letter: types.SimpleNamespace(**{name: timed(name, kernel) for name, kernel in vars(room).items()})
        for letter, room in kernels.items()
    }
    live = types.FunctionType(months.live.__code__, {**vars(months), **clocked})
    _, people = read_people(parameters[0])
    engine = Engine(*engine_for(RULES)[:3], live)
    batch = new_batch(engine, parameters, wire(parameters[0], people), people)
    with vectorising():
        batch.live(engine, 0, 1)
    spent.clear()
    batch.live(engine, 1, parameters[0].months)
    lived = parameters[0].population.citizens * len(parameters) * (parameters[0].months - 1)
    return {name: seconds * 1e9 / lived for name, seconds in sorted(spent.items(), key=lambda item: -item[1])}
