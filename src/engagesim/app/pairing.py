"""Two societies on the same noise: one seed side by side, and over more and more seeds how they differ, and how surely.

Both sides get the same seeds, so every seed gives one difference, and a side compared with itself differs by exactly
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.analysis.cost_effectiveness import cost_effectiveness
from engagesim.analysis.differences import compare, profiles
from engagesim.analysis.outcomes import GROUPS, WATCHED, outcome_values
from engagesim.ensemble import Options, simulate
from engagesim.ensemble.simulating import Simulated
from engagesim.parameters import Parameters
from engagesim.report.comparison_words import lines

NAMES = ("A", "B")

LOOKS = (6, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400)
"""Seeds after which one looks: at first often, then each time with about half as many again."""

CALL_WORK = 1_500_000
"""Citizen-months that are simulated before one may stop: a fraction of a second."""

ONE_THREAD = Options(threads=1)
"""A visitor's share of the machine."""

type Metrics = dict[str, NDArray[np.float64]]


class Look(NamedTuple):
    """How one outcome stood after so many seeds: the difference and its interval by itself."""

    seeds: int
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Standing:
    """What is known after some seeds; tables as ``analysis.differences`` gives them, with A as the baseline."""

    seeds: int
    of: int
    differences: pd.DataFrame
    groups: pd.DataFrame
    profiles: pd.DataFrame
    chances: dict[str, float]
    looks: dict[str, tuple[Look, ...]]

    @property
    def is_same(self) -> bool:
        """Whether no outcome differs in any seed."""
        shares = self.differences[["better_share", "worse_share"]]
        return not bool(shares.to_numpy().any())


def side_by_side(societies: Sequence[Parameters]) -> Metrics:
    """Return every measure of both societies on their own seed, by name; shape (2, months)."""
    seed = societies[0].seed
    lived = simulate(list(societies), [seed], ONE_THREAD)
    return {name: lived.measure(name)[:, 0] for name in lived.measures}


def rounds(societies: Sequence[Parameters], seeds: int) -> Iterator[tuple[int, Standing | None]]:
    """Simulate both societies on more and more seeds, from that of the first one on.

    Yields
    ------
    tuple
        How many seeds are done, and where it is time for a look how things stand.
    """
    first, done = societies[0].seed, 0
    known: Metrics = {}
    looks: dict[str, tuple[Look, ...]] = {}
    each = sum(each.population.citizens * each.months for each in societies)
    for goal in [*(look for look in LOOKS if look < seeds), seeds]:
        while done < goal:
            count = min(goal - done, max(1, CALL_WORK // each))
            known = _joined(known, simulate(list(societies), range(first + done, first + done + count), ONE_THREAD))
            done += count
            if done < goal:
                yield done, None
        standing = _standing(known, done, seeds, looks)
        looks = standing.looks
        yield done, standing


def _joined(known: Metrics, lived: Simulated) -> Metrics:
    fresh = {name: lived.measure(name) for name in WATCHED}
    return {name: np.concatenate([known[name], fresh[name]], axis=1) if known else fresh[name] for name in fresh}


def _standing(known: Metrics, done: int, seeds: int, before: dict[str, tuple[Look, ...]]) -> Standing:
    values = outcome_values(known.__getitem__)
    differences = compare(values, NAMES)
    looks = {
        str(row.outcome): (*before.get(str(row.outcome), ()), Look(done, row.difference, row.low, row.high))
        for row in lines(differences)
    }
    return Standing(
        done,
        seeds,
        differences,
        compare(outcome_values(known.__getitem__, GROUPS), NAMES, GROUPS),
        profiles(known.__getitem__, NAMES),
        {name: _chance_of_more(found) for name, found in values.items()},
        looks,
    )


def _chance_of_more(values: NDArray[np.float64]) -> float:
    """Return the share of resamples in which B has more on average."""
    return float(cost_effectiveness(values, (0.0, 0.0), NAMES)["chance_effective"].iloc[1])
