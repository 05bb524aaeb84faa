"""A batch: the arrays of some societies that share a social graph, and room to work in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim.ensemble.building import Engine
from engagesim.measures import TALLIES
from engagesim.parameters import SETTINGS, Parameters
from engagesim.policy import NEVER, base_settings, schedules
from engagesim.society.files import People
from engagesim.society.network import Wiring
from engagesim.society.population import rank_terciles, start_values
from engagesim.society.state import State

LIMITS = np.array([[setting.low, setting.high] for setting in SETTINGS])


@dataclass(frozen=True)
class Batch:
    """Some societies in lockstep, a lane each; ``tallies`` has shape (months, tallies, lanes)."""

    seeds: NDArray[np.int64]
    terms: NDArray[np.int64]
    counted: NDArray[np.float64]
    wiring: tuple[Any, ...]
    plans: tuple[Any, ...]
    state: State
    room: tuple[Any, ...]
    tallies: NDArray[np.float64]

    def live(self, engine: Engine, begin: int, stop: int) -> None:
        """Live the months from ``begin`` up to, but without, ``stop``."""
        numbers, counts = self.state.numbers, self.state.counts
        state = (
            numbers["citizen"], counts["citizen"], numbers["official"], counts["official"], numbers["politician"],
            counts["politician"], numbers["district"], counts["district"], counts["society"],
        )  # fmt: skip
        engine.live(
            begin, stop, self.seeds, self.terms, self.counted, self.wiring, self.plans, state, self.room,
            self.tallies[begin:stop],
        )  # fmt: skip


def new_batch(engine: Engine, parameters: Sequence[Parameters], wiring: Wiring, people: People) -> Batch:
    """Settle the people of some societies and lay out their policies."""
    seeds = np.array([each.seed for each in parameters], dtype=np.int64)
    base = np.stack([base_settings(each) for each in parameters], axis=1)
    starts = np.stack([start_values(each) for each in parameters], axis=1)
    settings = np.repeat(base[:, None, :], wiring.districts, axis=1)
    state = State.empty(wiring.sizes, len(parameters))
    numbers, counts = state.numbers, state.counts
    engine.settle_districts(numbers["district"], counts["society"], starts, seeds)
    engine.settle_citizens(
        numbers["citizen"], counts["citizen"], numbers["district"], wiring.district, people.given, settings, starts,
        seeds,
    )  # fmt: skip
    engine.settle_posts(numbers["official"], counts["official"], numbers["politician"], starts, seeds)
    rank_terciles(state)
    return Batch(
        seeds,
        np.array([each.incentives.term for each in parameters], dtype=np.int64),
        np.array([[each.coalitions.minimum_share, each.coalitions.persistence] for each in parameters]).T.copy(),
        _wires(wiring),
        (base, LIMITS, *plan_of(parameters, wiring.districts), starts),
        state,
        _room(settings, wiring, len(parameters)),
        np.zeros((parameters[0].months, len(TALLIES), len(parameters))),
    )


def _wires(wiring: Wiring) -> tuple[Any, ...]:
    residents = np.bincount(wiring.district, minlength=wiring.districts)
    served = np.bincount(wiring.service_point, minlength=wiring.officials)
    served[:: wiring.providers + 1] = residents  # a manager answers for the whole district
    return (
        wiring.seed, wiring.homes, wiring.service_point, wiring.first, wiring.kin, wiring.neighbours, wiring.numbers,
        served, residents,
    )  # fmt: skip


def plan_of(parameters: Sequence[Parameters], districts: int) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Lay out the schedules of each society; those with fewer get rows that never start."""
    entries = [schedules(each) for each in parameters]
    rows = max(len(each) for each in entries)
    plan = np.zeros((6, rows, len(parameters)))
    plan[3:5] = NEVER
    reach = np.zeros((rows, districts, len(parameters)), dtype=np.int8)
    for lane, society in enumerate(entries):
        for row, entry in enumerate(society):
            plan[:, row, lane] = entry[:6]
            reach[row, :, lane] = entry.districts
    return plan, reach


def _room(settings: NDArray[np.float64], wiring: Wiring, lanes: int) -> tuple[Any, ...]:
    """Make the scratch space that ``live`` describes."""
    agents = wiring.agents
    return (
        settings,
        np.zeros((agents, lanes)),
        np.zeros((agents, lanes)),
        np.zeros((wiring.officials, lanes)),
        np.zeros((wiring.districts, lanes)),
        np.zeros((3, wiring.districts, lanes)),
        np.zeros(agents, dtype=np.int64),
        np.zeros(agents, dtype=np.int64),
        np.zeros(agents, dtype=np.int64),
        np.zeros(agents, dtype=np.int8),
        np.zeros(agents, dtype=np.int64),
        np.zeros((6, lanes)),
    )
