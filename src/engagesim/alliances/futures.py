"""Many futures of a district: what happens to its coalition if some actors are approached, with the same noise."""

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import batched
from pathlib import Path as Folder
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.alliances.levers import Lever, limits
from engagesim.alliances.today import Actor, Ground, Society
from engagesim.engines.compiled.batch import Batch, padded
from engagesim.engines.compiled.ensemble import MOST_LANES, engine_for
from engagesim.engines.mesa.setup import Acts, grouped
from engagesim.machine import cores
from engagesim.mechanisms.design import design_of
from engagesim.month import official
from engagesim.month.steps import DRAWS
from engagesim.parameters import FIXED
from engagesim.policy import Policy, Watch, setting_rows
from engagesim.randomness import uniform_pair
from engagesim.rules import RULES
from engagesim.rules.vocabulary import ARMS_LENGTH
from engagesim.society.population import fixed_values
from engagesim.society.state import GOVERNING
from engagesim.study.resumable import kept, ready

type Shares = NDArray[np.float64]

TRANSFER, DEFECT = "transfer", "defect"
"""What may happen to an ally: the post changes hands, or the ally leaves permanently."""

_NEVER = 9.0
"""A threshold that no support can reach."""


class Step(NamedTuple):
    """A step in a future: an actor, a lever (or ``transfer``, ``defect``), and the number of months from today."""

    actor: str
    lever: str
    month: int


type Path = tuple[Step, ...]
"""The steps of a future; an empty path is a future in which nobody intervenes."""


class Horizon(NamedTuple):
    """How long futures are followed, and how long a coalition must hold, in months."""

    months: int = 60
    holds: int = 24


class Futures(NamedTuple):
    """What happened to a district in each society and on each path.

    Attributes
    ----------
    holds : array of bool, shape (societies, paths)
        Whether a coalition stood for enough consecutive months, counted from today.
    stands : array, shape (societies, paths)
        Share of the months in which a coalition stood.
    belongs : array, shape (societies, paths, actors)
        Share of the months in which an actor belonged; for users, their mean, which is 1 if nobody is left to win.
    """

    holds: NDArray[np.bool_]
    stands: Shares
    belongs: Shares


class Future:
    """A simulator of the futures of a district.

    Parameters
    ----------
    ground : Ground
    levers : sequence of Lever
    horizon : Horizon
    advance : callable, optional
        Function that is called with the number of finished futures.
    threads : int
        Number of threads; 0 means one per core that this process may use.
    """

    def __init__(
        self, ground: Ground, levers: Sequence[Lever], horizon: Horizon,
        advance: Callable[[int], None] = lambda _: None, threads: int = 0,
    ) -> None:  # fmt: skip
        self.ground, self.horizon = ground, horizon
        self.levers = {lever.name: lever for lever in levers}
        self.actors = {actor.key: actor for actor in ground.actors}
        self._advance, self._threads = advance, threads or cores()

    def of(self, numbers: Sequence[int], paths: Sequence[Path]) -> Futures:
        """Return what happens on each path to the societies with the given numbers, with the same noise."""
        for number in numbers:  # one by one, because the first may have to compile the engine
            self.ground.society(number)
        blocks = list(batched(paths, MOST_LANES))
        jobs = [(number, block) for number in numbers for block in blocks]

        def one(job: tuple[int, Sequence[Path]]) -> Futures:
            lived = self._lived(self.ground.society(job[0]), padded(job[1], MOST_LANES))
            found = Futures._make(values[: len(job[1])] for values in lived)
            self._advance(len(job[1]))
            return found

        pool = ThreadPoolExecutor(self._threads)
        try:
            found = list(pool.map(one, jobs))
        finally:
            pool.shutdown(cancel_futures=True)
        rows = [found[start : start + len(blocks)] for start in range(0, len(found), len(blocks))]
        merged = [[np.concatenate([getattr(part, name) for part in row]) for row in rows] for name in Futures._fields]
        return Futures(*map(np.stack, merged))

    def _lived(self, society: Society, paths: Sequence[Path]) -> Futures:
        engine = engine_for(design_of(type(society.parameters)))
        batch = self._begun(society, paths)
        view = cache(batch.state.column)
        watch = _Watch(self.ground, society, tuple(self.actors.values()), view)
        acts = _Acts(self, society, batch, view, paths)
        for month in range(self.horizon.months):
            acts.begin(month)
            now = society.month + month
            engine.live(now, now + 1, batch.world, batch.tallies[:1])
            if batch.watch is not None:
                batch.watch.look(batch.state, now)
            watch.look()
        return watch.found(self.horizon)

    def _begun(self, society: Society, paths: Sequence[Path]) -> Batch:
        """Return societies in their present state, one lane per path, with the schedules that its levers start."""
        batch = society.batch.repeated(len(paths))
        batch.world.seeds[:] = society.noise
        opening = [tuple(step for step in path if self._opens(step)) for path in paths]
        kinds = list(dict.fromkeys(opening))
        lanes = [kinds.index(each) for each in opening]
        own = [each.model_dump() for each in society.parameters.interventions]
        made = [
            society.parameters.changed({"interventions": [*own, *self._opened(society.month, kind)]})
            if kind
            else society.parameters
            for kind in kinds
        ]
        of_lane: Any = partial(np.take, indices=lanes, axis=-1)
        base, limits, plan, reach = Policy.of(made)
        policy = Policy(of_lane(base), limits, of_lane(plan), of_lane(reach))
        watch = None
        if society.batch.watch is not None:
            watch = Watch([made[lane] for lane in lanes], policy)
            watch.recall(np.tile(society.batch.watch.memory, len(lanes)))
        return Batch(batch.world._replace(policy=policy), batch.state, batch.tallies, watch)

    def _opens(self, step: Step) -> bool:
        return step.lever in self.levers and bool(self.levers[step.lever].interventions)

    def _opened(self, today: int, path: Path) -> list[dict[str, Any]]:
        """Return the interventions that the levers of a path start in the whole district."""
        where = [self.ground.district]
        return [
            {**entry.model_dump(), "start": start, "stop": start + self.levers[step.lever].months, "where": where}
            for step in path
            for start in [today + step.month]
            for entry in self.levers[step.lever].interventions
        ]


type View = Callable[[Any, str], NDArray[Any]]
"""A function that returns a view of a state's column, by entity and name."""

type Lives = Callable[[Sequence[int], Sequence[Path]], Futures]
"""A function that simulates futures, like ``Future.of``."""


def stored(of: Lives, folder: Folder) -> Lives:
    """Return a function that simulates futures, stores their results in a folder, and simulates none of them twice.

    Parameters
    ----------
    of : callable
    folder : pathlib.Path
        Folder for the futures of a single question; created if it does not exist.
    """
    ready(folder)

    def lives(numbers: Sequence[int], paths: Sequence[Path]) -> Futures:
        def simulated() -> Shares:
            found = of(numbers, paths)
            return np.concatenate([found.holds[..., None], found.stands[..., None], found.belongs], axis=2)

        asked = json.dumps([list(numbers), [list(map(list, path)) for path in paths]])
        values = kept(folder, hashlib.sha256(asked.encode()).hexdigest()[:32], simulated)
        return Futures(values[..., 0] > 0, values[..., 1], values[..., 2:])

    return lives


class _Hold(NamedTuple):
    """A change that is renewed each month until it ends or the person leaves."""

    lane: int
    row: int
    entity: str
    column: str
    level: float
    rises: bool
    until: int
    before: float


class _Acts:
    """The steps of a batch's paths, carried out month by month."""

    def __init__(self, future: Future, society: Society, batch: Batch, view: View, paths: Sequence[Path]) -> None:
        self._future, self._society, self._batch, self._column = future, society, batch, view
        self._due: dict[int, list[tuple[int, Step]]] = {}
        for lane, path in enumerate(paths):
            for step in path:
                self._due.setdefault(step.month, []).append((lane, step))
        self._holds: list[_Hold] = []
        self._rows = {key: future.ground.rows(society, actor) for key, actor in future.actors.items()}
        self._steps = Acts(design_of(type(society.parameters)))

    def begin(self, month: int) -> None:
        """Carry out the steps that are due before a month is simulated, and renew lasting changes."""
        self._holds = [hold for hold in self._holds if self._goes_on(hold, month)]
        for lane, step in self._due.get(month, ()):
            self.do(lane, step)
        for hold in self._holds:
            column = self._column(hold.entity, hold.column)
            now = column[hold.row, hold.lane]
            column[hold.row, hold.lane] = max(now, hold.level) if hold.rises else min(now, hold.level)

    def do(self, lane: int, step: Step) -> None:
        """Carry out a step in one lane."""
        actor = self._future.actors[step.actor]
        for row in self._rows[step.actor].tolist():
            if step.lever == DEFECT:
                self._defect(lane, row, actor)
            elif step.lever == TRANSFER:
                self._transfer(lane, row, actor, step.month)
            else:
                self._pull(lane, row, actor, self._future.levers[step.lever], step.month)

    def _pull(self, lane: int, row: int, actor: Actor, lever: Lever, month: int) -> None:
        for change in lever.changes.get(actor.kind, ()):
            column = self._column(actor.entity, change.column)
            low, high = limits(actor.entity, change.column)
            before = float(column[row, lane])
            wanted = {"add": before + change.value, "times": before * change.value, "set": change.value}[change.how]
            level = min(high, max(low, wanted))
            column[row, lane] = max(before, level) if change.rises else min(before, level)
            lasts = lever.months if change.column != "threshold" else _ALWAYS
            if lasts:
                until = month + lasts
                hold = _Hold(lane, row, actor.entity, change.column, level, change.rises, until, before)
                self._holds.append(hold)

    def _goes_on(self, hold: _Hold, month: int) -> bool:
        """Return whether a change still lasts; if a newcomer holds the post, restore the threshold."""
        gone = {"official": "refilled", "politician": "new_party"}.get(hold.entity)
        if gone is not None and self._column(hold.entity, gone)[hold.row, hold.lane] > 0:
            if hold.column == "threshold":
                self._column(hold.entity, "threshold")[hold.row, hold.lane] = hold.before
            return False
        return month < hold.until

    def _defect(self, lane: int, row: int, actor: Actor) -> None:
        """Let an ally leave permanently; a politician who was a sponsor stays at arm's length from then on."""
        self._set(actor.entity, lane, row, member=0, threshold=_NEVER)
        if actor.entity == "citizen":
            self._set("citizen", lane, row, leader=0)
        if actor.entity == "politician":
            stance = self._column("politician", "stance")
            stance[row, lane] = min(stance[row, lane], ARMS_LENGTH)
        self._drop(lane, row, actor.entity)

    def _transfer(self, lane: int, row: int, actor: Actor, month: int) -> None:
        """Give a post to a newcomer, by the steps and rules of the month (``month.official``, ``month.politician``)."""
        if actor.entity == "citizen":
            self._set("citizen", lane, row, member=0, leader=0)
        elif actor.entity == "official":
            agent = self._agent(lane, row, "official")
            agent.me.refilled = 1
            for step in (official.hand_over, official.forget, official.start_anew):
                draws = ([self._draw(name, actor, row, month)] for name in step.draws)
                ((*values,),) = self._steps[step]([agent], *draws)
                self._set("official", lane, row, **dict(zip(step.sets, values, strict=True)))
            self._set("official", lane, row, tenure=0)
        else:
            agent = self._agent(lane, row, "politician")
            noise = self._draw("newcomer_noise", actor, row, month)
            inherited = self._steps[RULES.inherited_belief]
            self._set(
                "politician", lane, row, member=0, new_party=1, mandate=1, in_office=0,
                orientation=self._steps[RULES.newcomer_orientation](agent.home, agent.s, noise),
                approval=agent.s.population.approval_start,
                **{name: inherited(agent.s, getattr(agent.me, name)) for name in _STANCES},
            )  # fmt: skip
        for hold in self._holds:
            if (hold.lane, hold.row, hold.entity, hold.column) == (lane, row, actor.entity, "threshold"):
                self._set(actor.entity, lane, row, threshold=hold.before)
        self._drop(lane, row, actor.entity)

    def _agent(self, lane: int, row: int, entity: str) -> SimpleNamespace:
        """Return an agent with its district and the parameters in force there, as a step of the month sees them."""
        district, tree = self._future.ground.district, self._society.parameters
        seen: dict[str, dict[str, Any]] = {}
        for each in design_of(type(tree)).columns:
            place = row if each.entity == entity else district
            if each.entity in {entity, "politician", "district"}:
                value = self._column(each.entity, each.name)[place, lane].item()
                seen.setdefault(each.entity, {})[each.name] = value
        home = {**{name: seen["politician"][name] for name in GOVERNING}, **seen["district"]}
        settings = self._batch.world.settings[:, district, lane]
        values = dict(zip(FIXED, fixed_values(tree).tolist(), strict=True))
        values |= {path: float(settings[place]) for path, place in setting_rows(type(tree)).items()}
        return SimpleNamespace(me=SimpleNamespace(**seen[entity]), home=SimpleNamespace(**home), s=grouped(values))

    def _draw(self, name: str, actor: Actor, row: int, month: int) -> float:
        """Return a draw as the engine makes it for the agent in that month."""
        wiring = self._society.wiring
        first = wiring.citizens + (wiring.officials if actor.entity == "politician" else 0)
        purpose, place = DRAWS[name]
        agent = int(wiring.numbers[first + row])
        return float(uniform_pair(self._society.noise, self._society.month + month, agent, int(purpose))[place])

    def _drop(self, lane: int, row: int, entity: str) -> None:
        self._holds = [each for each in self._holds if (each.lane, each.row, each.entity) != (lane, row, entity)]

    def _set(self, entity: Any, lane: int, row: int, **values: float) -> None:
        for name, value in values.items():
            self._column(entity, name)[row, lane] = value


_ALWAYS = 10_000
_STANCES = ("belief_patronage", "belief_arms_length", "belief_sponsor")


class _Watch:
    """An observer of the coalition and its members, month by month."""

    def __init__(self, ground: Ground, society: Society, actors: Sequence[Actor], view: View) -> None:
        self._coalition = view("district", "coalition")[ground.district]
        self._members = [(view(actor.entity, "member"), ground.rows(society, actor)) for actor in actors]
        lanes = self._coalition.size
        self._in_a_row = np.zeros(lanes, dtype=np.int64)
        self._longest = np.zeros(lanes, dtype=np.int64)
        self._stood = np.zeros(lanes)
        self._belonged = np.zeros((lanes, len(actors)))
        self._months = 0

    def look(self) -> None:
        """Record the month that has ended."""
        self._months += 1
        self._in_a_row = (self._in_a_row + 1) * (self._coalition > 0)
        self._longest = np.maximum(self._longest, self._in_a_row)
        self._stood += self._coalition
        for place, (column, rows) in enumerate(self._members):
            self._belonged[:, place] += column[rows].mean(axis=0) if rows.size else 1.0

    def found(self, horizon: Horizon) -> Futures:
        """Return the recorded futures."""
        return Futures(self._longest >= horizon.holds, self._stood / self._months, self._belonged / self._months)
