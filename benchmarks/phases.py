"""Time each line of the month apart: the month as plain Python, calling compiled loops with a stop-watch."""

import tempfile
import time
import types
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from numba import njit

from engagesim import Parameters
from engagesim.engines.compiled.batch import new_batch
from engagesim.engines.compiled.compile import OPTIONS, compiled_parts, vectorising, without_overlap
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.engines.compiled.loops import Line, Loops
from engagesim.mechanisms.design import design_of
from engagesim.month.binding import Binding
from engagesim.society.files import read_people
from engagesim.society.network import wire

CITIZENS = (
    "belong", "lead", "stand_by", "be_asked + choose", "meet", "date", "remember", "meet_contacts", "judge", "learn",
    "adapt", "see_neighbours",
)  # fmt: skip
"""Lines of the month that the C++ and NumPy rivals go through as well."""


def nanoseconds_by_line(parameters: Sequence[Parameters]) -> dict[str, float]:
    """Nanoseconds per citizen and society of each line that citizens take part in, in the median month.

    Lines of all others are added up under ``others``.
    """
    spent: dict[str, list[float]] = defaultdict(list)

    def timed(name: str, part: Any) -> Any:
        def call(*arguments: Any) -> None:
            start = time.thread_time()
            part(*arguments)
            spent[name].append(time.thread_time() - start)

        return call

    design = design_of(type(parameters[0]))
    bound = Binding(design.replaced, "timed")
    loops = Loops(design, bound)
    with tempfile.TemporaryDirectory() as folder:
        names = compiled_parts(loops, bound, Path(folder))
    labels = {line.name if isinstance(line, Line) else line: _label(line) for line in loops.page}
    alone = {line.name for line in loops.lines}  # kernels are parts of the month, as in the engine
    for name in labels:
        callable_here = njit(**OPTIONS)(names[name].py_func)  # the engine's own cannot be called from Python
        names[name] = timed(name, without_overlap(callable_here) if name in alone else callable_here)
    live = types.FunctionType(names["live"].__code__, names)
    engine = engine_for(design)._replace(live=live)
    _, people = read_people(parameters[0])
    batch = new_batch(engine, parameters, wire(parameters[0], people), people)
    with vectorising():
        batch.live(engine, 0, parameters[0].months)
    found: dict[str, float] = defaultdict(float)
    for name, label in labels.items():
        found[label] += median(spent[name]) * 1e9 / (parameters[0].population.citizens * len(parameters))
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _label(line: Line | str) -> str:
    if isinstance(line, str):
        return line
    return " + ".join(step.name for step in line.steps) if line.kind == "citizen" else "others"
