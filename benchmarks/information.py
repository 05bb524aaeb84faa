"""How well the worth of knowing an unknown is estimated, on problems whose answer is known (docs/comparing.md).

python benchmarks/information.py [CONTEXTS] [REPETITIONS]
"""

import sys
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from engagesim.analysis.information import value_of_information

type Values = NDArray[np.float64]


class Problem(NamedTuple):
    """One unknown, the gains of doing nothing and of two packages, and the true worth of knowing the unknown."""

    unknown: Values
    gains: Values
    worth: float


def _loss(mean: float, deviation: float) -> float:
    """Return the expected loss of a choice by the mean of a normal value that is not known (unit normal loss)."""
    size = abs(mean) / deviation
    return float(deviation * norm.pdf(size) - abs(mean) * norm.cdf(-size))


def _straight(slope: float, mean: float, contexts: int, generator: np.random.Generator) -> Problem:
    unknown = generator.normal(size=contexts)
    return _problem(unknown, mean + slope * unknown, _loss(mean, slope) if slope else 0.0, generator)


def _wave(contexts: int, generator: np.random.Generator) -> Problem:
    unknown, fine = generator.random(contexts), np.linspace(0, 1, 100_001)
    curve = 0.1 + np.sin(2 * np.pi * fine)
    worth = float(np.maximum(curve, 0).mean() - max(0.0, curve.mean()))
    return _problem(unknown, 0.1 + np.sin(2 * np.pi * unknown), worth, generator)


def _step(contexts: int, generator: np.random.Generator) -> Problem:
    unknown = generator.random(contexts)
    return _problem(unknown, np.where(unknown > 0.7, 1.0, -1.0), 0.3, generator)


def _problem(unknown: Values, gain: Values, worth: float, generator: np.random.Generator) -> Problem:
    noisy = gain + generator.normal(size=len(gain))
    return Problem(unknown, np.column_stack([np.zeros(len(gain)), noisy, noisy - 2.0]), worth)


PROBLEMS = {
    "straight line": lambda contexts, generator: _straight(0.6, 0.3, contexts, generator),
    "flat line": lambda contexts, generator: _straight(0.25, 0.3, contexts, generator),
    "none": lambda contexts, generator: _straight(0.0, 0.1, contexts, generator),
    "wave": _wave,
    "step": _step,
}


def main(contexts: int = 200, repetitions: int = 60) -> None:
    """Print a row for each problem: the true worth, the mean estimate, how often it stands out, and intervals."""
    print("| gain along the unknown | true worth | mean estimate | stands out | 90 % intervals that hold it | others |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, make in PROBLEMS.items():
        generator = np.random.default_rng(3)
        values, held, out, others, worth = [], 0, 0, 0, 0.0
        for _ in range(repetitions):
            unknown, gains, worth = make(contexts, generator)
            unknowns = pd.DataFrame(generator.random((contexts, 4)), columns=list("abcd")).assign(x=unknown)
            found = value_of_information(unknowns, pd.DataFrame(gains, columns=["none", "one", "two"]))
            table = found.table.set_index("unknown")
            value, low, high = (float(table[name]["x"]) for name in ("value", "value_low", "value_high"))
            values.append(value)
            others += bool(table.drop("x")["stands_out"].any())
            if table["stands_out"]["x"]:
                out += 1
                held += low <= worth <= high
        intervals = f"{held} of {out}" if out else "–"
        print(f"| {name} | {worth:.3f} | {np.mean(values):.3f} | {out} of {repetitions} | {intervals} | {others} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
