"""The arrays of several societies that share a social graph, with one lane per society on the last axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.parameters import Parameters
from engagesim.policy import Policy, Watch
from engagesim.society.events import Log, seen
from engagesim.society.files import People
from engagesim.society.network import Wiring
from engagesim.society.population import fixed_values, rank_terciles
from engagesim.society.state import State, columns


class World(NamedTuple):
    """Arrays that a month reads and writes; blocks of state have shape (columns, entities, lanes), as in ``State``."""

    seeds: NDArray[np.int64]  # (lanes,)
    graph: int  # seed of the wiring
    numbers: NDArray[np.int64]  # of each agent in draws, (agents,)
    wires: tuple[NDArray[np.int64], ...]  # first, kin, neighbours, as in ``Wiring``
    home: NDArray[np.int64]  # district of each agent, (agents,)
    post: NDArray[np.int64]  # official who serves each citizen, (citizens,)
    peers: NDArray[np.int64]  # number of each citizen's peers, (citizens,)
    served: NDArray[np.int64]  # number of citizens whom each official serves, (officials,)
    residents: NDArray[np.int64]  # number of citizens of each district, (districts,)
    number: NDArray[np.int64]  # of each district, (districts,)
    broker: NDArray[np.int64]  # 1 for citizens tied to their politician, (citizens,)
    manages: NDArray[np.int64]  # 1 for managers, (officials,)
    policy: Policy
    fixed: NDArray[np.float64]  # numbers that no schedule moves, (FIXED, lanes)
    citizen_numbers: NDArray[np.float64]
    citizen_counts: NDArray[np.int32]
    official_numbers: NDArray[np.float64]
    official_counts: NDArray[np.int32]
    politician_numbers: NDArray[np.float64]
    politician_counts: NDArray[np.int32]
    district_numbers: NDArray[np.float64]
    district_counts: NDArray[np.int32]
    society_numbers: NDArray[np.float64]
    society_counts: NDArray[np.int32]
    settings: NDArray[np.float64]  # in force, (settings, districts, lanes)
    district_sums: NDArray[np.float64]  # (sums of the month, districts, lanes)
    society_sums: NDArray[np.float64]  # (sums of the month, 1, lanes)
    block: NDArray[np.float64]  # room for the settings of one district, (settings, lanes)
    citizen_before: NDArray[np.float64]  # room for columns as they were before a line, (columns, citizens, lanes)
    official_before: NDArray[np.float64]
    politician_before: NDArray[np.float64]
    met: NDArray[np.int64]  # whom each agent learns from, -1 for nobody, (agents,)


@dataclass(frozen=True)
class Batch:
    """Societies that advance together, month by month; ``tallies`` has shape (months, sums, lanes)."""

    world: World
    state: State
    tallies: NDArray[np.float64]
    watch: Watch | None = None

    def repeated(self, lanes: int) -> "Batch":
        """Return a batch with copies of the single society of this batch, in its state between two months."""
        wide: dict[str, Any] = {
            name: np.repeat(getattr(self.world, name), lanes, axis=-1)
            for name in World._fields
            if name.endswith(_BY_LANE) or name in {"seeds", "fixed", "settings", "block"}
        }
        base, limits, plan, reach = self.world.policy
        by_lane: Any = partial(np.repeat, repeats=lanes, axis=-1)
        wide["policy"] = Policy(by_lane(base), limits, by_lane(plan), by_lane(reach))
        numbers, counts = (
            {kind: wide[f"{kind}_{each}"] for kind in self.state.numbers} for each in ("numbers", "counts")
        )
        wide["met"] = self.world.met.copy()  # a month writes it, and batches run side by side
        state = State(numbers, counts, self.state.table)
        return Batch(self.world._replace(**wide), state, np.repeat(self.tallies, lanes, axis=-1))

    def live(self, engine: Any, begin: int, stop: int, log: Log | None = None) -> None:
        """Simulate the months from ``begin`` to ``stop``, not including ``stop``.

        Months run one by one if events are logged or districts are watched.
        """
        if log is None and self.watch is None:
            engine.live(begin, stop, self.world, self.tallies[begin:stop])
            return
        before = None if log is None else seen(self.state)
        for month in range(begin, stop):
            engine.live(month, month + 1, self.world, self.tallies[month : month + 1])
            if log is not None and before is not None:
                after = seen(self.state)
                log.note(before, after, month)
                before = after
            if self.watch is not None:
                self.watch.look(self.state, month)


VECTOR = 8
"""Number of societies that a processor updates together; any that are left over are updated one by one."""

_WORTH = 3
"""Number of societies that take as long to update one by one as ``VECTOR`` societies take together."""


def padded[T](some: Sequence[T], most: int) -> tuple[T, ...]:
    """Return the items of a batch's societies, with the last one repeated if a fuller batch takes less time.

    The batch is filled up only if there is room for ``most`` societies.
    """
    rest = len(some) % VECTOR
    more = VECTOR - rest
    return (*some, *[some[-1]] * more) if rest >= _WORTH and len(some) + more <= most else tuple(some)


_BY_LANE = ("_numbers", "_counts", "_sums", "_before")
"""Endings of the names of arrays with one lane per society; a few arrays with other names have these lanes, too."""


def new_batch(
    engine: Any, parameters: Sequence[Parameters], wiring: Wiring, people: People, policy: Policy | None = None
) -> Batch:
    """Create the people of some societies, and set up their policies unless they are given."""
    lanes, agents, design = len(parameters), wiring.agents, engine.design
    seeds = np.array([each.seed for each in parameters], dtype=np.int64)
    fixed = np.stack([fixed_values(each) for each in parameters], axis=1)
    policy = policy or Policy.of(parameters)
    settings = policy.settings()
    state = State.empty(wiring.sizes, lanes, design.columns)
    numbers, counts = state.numbers, state.counts
    engine.settle_districts(numbers["district"], counts["district"], fixed, seeds)
    engine.settle_citizens(
        numbers["citizen"], counts["citizen"], numbers["district"], wiring.district, people.given["citizen"],
        settings, fixed, seeds,
    )  # fmt: skip
    engine.settle_posts(
        numbers["official"], counts["official"], numbers["politician"], counts["politician"], people.given["official"],
        people.given["politician"], fixed, seeds,
    )  # fmt: skip
    rank_terciles(state)
    design.begin(state)
    before = {f"{kind}_before": np.zeros((rows, wiring.sizes[kind], lanes)) for kind, rows in engine.copied.items()}
    world = World(
        seeds=seeds, graph=wiring.seed, numbers=wiring.numbers,
        wires=(wiring.first, wiring.kin, wiring.neighbours), home=wiring.homes, post=wiring.service_point,
        peers=wiring.kin[: wiring.citizens] - wiring.first[: wiring.citizens], served=wiring.served,
        residents=wiring.residents,
        number=np.arange(wiring.districts), broker=wiring.broker, manages=wiring.manages, policy=policy, fixed=fixed,
        citizen_numbers=numbers["citizen"], citizen_counts=counts["citizen"],
        official_numbers=numbers["official"], official_counts=counts["official"],
        politician_numbers=numbers["politician"], politician_counts=counts["politician"],
        district_numbers=numbers["district"], district_counts=counts["district"],
        society_numbers=numbers["society"], society_counts=counts["society"], settings=settings,
        district_sums=np.zeros((len(columns("district", None, design.monthly)), wiring.districts, lanes)),
        society_sums=np.zeros((len(columns("society", None, design.monthly)), 1, lanes)),
        block=np.zeros((len(settings), lanes)), **before,
        met=np.zeros(agents, dtype=np.int64),
    )  # fmt: skip
    tallies = np.zeros((parameters[0].months, len(design.tallies), lanes))
    return Batch(world, state, tallies, Watch(parameters, policy) or None)
