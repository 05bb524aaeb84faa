"""Societies in their present state, from which futures are simulated, and the actors of one district."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.alliances.levers import ENTITY
from engagesim.engines.compiled.batch import Batch, new_batch
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.engines.mesa.model import check_snapshot, remembered
from engagesim.errors import ParameterError, either, shown, span
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Parameters
from engagesim.places.profile import HISTORY
from engagesim.places.stored import Place
from engagesim.policy import setting_rows
from engagesim.society.files import People, read_people, reading_once
from engagesim.society.network import Wiring, wire
from engagesim.society.state import State
from engagesim.study.argument_checks import MOST_SEED
from engagesim.study.snapshot import Snapshot
from engagesim.validation.parameter_sets import under

type Rows = NDArray[np.int64]

FEW = 5
"""Largest number of users who are approached together."""


class Society(NamedTuple):
    """A society between two months, and the seed of its future noise.

    Attributes
    ----------
    parameters : Parameters
    wiring : Wiring
    people : People
    batch : Batch
        With one lane.
    month : int
        Months simulated so far.
    noise : int
    """

    parameters: Parameters
    wiring: Wiring
    people: People
    batch: Batch
    month: int
    noise: int

    @property
    def state(self) -> State:
        """Present state of all entities, with one lane."""
        return self.batch.state


class Actor(NamedTuple):
    """An actor who can be approached: an official, the politician, or a few users of a service point.

    Attributes
    ----------
    key : str
        Name of the actor in tables and settings, such as ``manager``, ``provider 2`` or ``users 2``.
    kind : str
        ``manager``, ``provider``, ``politician``, ``users`` or ``brokers``.
    number : int
        Number of the provider, or of the users' provider, from 0.
    name : str
        The name in the user's file, or several names for a few users; empty if nobody has a name.
    provider : str
        For users, the name of their provider; empty if the provider has none.
    """

    key: str
    kind: str
    number: int
    name: str = ""
    provider: str = ""

    @property
    def entity(self) -> str:
        """The entity whose state a lever changes."""
        return ENTITY[self.kind]


class Ground:
    """The societies from which futures start, and the actors of a district in them.

    If files name the officials of the district, an actor is a person (or the holder of a post). Otherwise, providers
    are distinguished by their rank in morale, so that they are comparable between societies.

    Parameters
    ----------
    source : callable
        Function that returns a society by number, from 1; the same number always gives the same society.
    district : int or str
        The number, from 0, or the name of the district.
    """

    def __init__(self, source: Callable[[int], Society], district: int | str = 0) -> None:
        self._source = source
        self._known: dict[int, Society] = {}
        self._ranks: dict[int, Rows] = {}
        self.district = self._found(district)

    def society(self, number: int) -> Society:
        """Return a society, which is built only once."""
        if number not in self._known:
            self._known[number] = self._source(number)
        return self._known[number]

    @property
    def is_open(self) -> bool:
        """Whether a form of engagement is open in the district in the coming month."""
        society = self.first
        row = setting_rows(type(society.parameters))["engagement.opened"]
        return bool(society.batch.world.policy.settings(society.month)[row, self.district, 0] > 0)

    @property
    def first(self) -> Society:
        """The first society; all societies have the same posts and districts."""
        return self.society(1)

    @cached_property
    def district_name(self) -> str:
        """The name of the district in the files, or its number in the form used in texts."""
        names = self.first.people.districts
        return names[self.district] if names else f"district {self.district + 1} (district={self.district})"

    @cached_property
    def is_named(self) -> bool:
        """Whether files name at least one official or the politician of the district."""
        wiring = self.first.wiring
        posts = [*self._posts(wiring), wiring.citizens + wiring.officials + self.district]
        return any(wiring.label(int(row)) for row in posts)

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        """Everybody who can be approached: the manager, providers, the politician, users and brokers."""
        society, wiring = self.first, self.first.wiring
        found = [Actor("manager", "manager", 0), *self._numbered("provider"), Actor("politician", "politician", 0)]
        found += [*self._numbered("users"), Actor("brokers", "brokers", 0)]
        start = {"official": wiring.citizens, "politician": wiring.citizens + wiring.officials, "citizen": 0}
        named: list[Actor] = []
        providers: dict[int, str] = {}
        for actor in found:
            rows = self.rows(society, actor)
            labels = [wiring.label(start[actor.entity] + row) for row in rows.tolist()]
            fixed = self.is_named and all(labels) and self._same(actor, rows)
            name = ", ".join(labels) if fixed else ""
            if actor.kind == "provider":
                providers[actor.number] = name
            if rows.size:
                whose = providers.get(actor.number, "") if actor.kind == "users" else ""
                named.append(actor._replace(name=name, provider=whose))
        return tuple(named)

    def _same(self, actor: Actor, rows: Rows) -> bool:
        """Whether an actor represents the same people in all societies; users may be drawn anew in each."""
        return actor.entity != "citizen" or all(
            np.array_equal(self.rows(self.society(number), actor), rows) for number in range(2, 2 + FEW)
        )

    def rows(self, society: Society, actor: Actor) -> Rows:
        """Return the rows of an actor among all entities of its kind."""
        wiring = society.wiring
        if actor.kind == "politician":
            return np.array([self.district])
        if actor.kind == "manager":
            return self._posts(wiring)[:1] - wiring.citizens
        if actor.kind == "brokers":
            return self._few(society, wiring.broker.astype(bool) & (wiring.district == self.district))
        official = self._ranked(society)[actor.number]
        if actor.kind == "provider":
            return np.array([official])
        return self._few(society, wiring.service_point == official)

    def _numbered(self, kind: str) -> list[Actor]:
        return [Actor(f"{kind} {rank + 1}", kind, rank) for rank in range(self.first.wiring.providers)]

    def _posts(self, wiring: Wiring) -> Rows:
        """Return the rows of the manager and the providers of the district among all agents."""
        posts = wiring.providers + 1
        return wiring.citizens + self.district * posts + np.arange(posts)

    def _ranked(self, society: Society) -> Rows:
        """Return the rows of providers among the officials, by post if files name them, otherwise by morale."""
        key = id(society)
        if key not in self._ranks:
            providers = self._posts(society.wiring)[1:] - society.wiring.citizens
            if not self.is_named:
                morale = society.state.column("official", "morale")[providers, 0]
                providers = providers[np.argsort(-morale, kind="stable")]
            self._ranks[key] = providers
        return self._ranks[key]

    def _few(self, society: Society, among: NDArray[np.bool_]) -> Rows:
        """Return which citizens are approached: those who do not belong yet, starting with the best connected."""
        outside = among & (society.state.column("citizen", "member")[:, 0] == 0)
        rows = np.flatnonzero(outside)
        ties = (society.wiring.kin - society.wiring.first[:-1])[: society.wiring.citizens][rows]
        return rows[np.argsort(-ties, kind="stable")][:FEW]

    def _found(self, district: int | str) -> int:
        count, names, word = self.first.wiring.districts, self.first.people.districts, str(district)
        if names and word in names:
            return names.index(word)
        if not names and word.isdecimal() and int(word) < count:
            return int(word)
        allowed = either(names) if names else span(0, count - 1, True)
        raise ParameterError(f"district = {shown(district)}: must be {allowed}")


def drawn(parameters: Parameters, sets: Sequence[Mapping[str, float]], today: int) -> Callable[[int], Society]:
    """Return a function that simulates a numbered society up to today.

    Anything that files leave open is drawn anew for each society. The societies use the parameter sets of a
    calibration in turn.
    """
    read = reading_once()

    def society(number: int) -> Society:
        own = under(parameters, sets[(number - 1) % len(sets)])
        return _lived(own.changed({"seed": (parameters.seed + number - 1) % (MOST_SEED + 1)}), today, read)

    return society


def of_place(place: Place, base: Parameters) -> Callable[[int], Society]:
    """Return the societies that represent a place, each with its history up to today."""
    return lambda number: _lived(place.lived(base, number), HISTORY)


def of_snapshot(snapshot: Snapshot) -> Callable[[int], Society]:
    """Return a single society in its present state, with different noise for each number.

    Raises
    ------
    StoreError
        If the snapshot is damaged, or does not fit its parameters.
    """
    one = _begun(snapshot.parameters)
    check_snapshot(snapshot, one.wiring.sizes, design_of(type(one.parameters)))
    for mine, its in ((one.state.numbers, snapshot.state.numbers), (one.state.counts, snapshot.state.counts)):
        for entity, block in its.items():
            mine[entity][...] = block
    if one.batch.watch is not None:
        one.batch.watch.recall(remembered(snapshot, one.batch.watch))
    one.batch.world.settings[...] = one.batch.world.policy.settings(snapshot.month - 1 if snapshot.month else None)
    seed = snapshot.parameters.seed
    return lambda number: one._replace(month=snapshot.month, noise=(seed + number) % (MOST_SEED + 1))


type _Read = Callable[[Parameters], tuple[Parameters, People]]


def _begun(parameters: Parameters, months: int = 1, read: _Read = read_people) -> Society:
    counted, people = read(parameters)
    counted = counted.changed({"months": months})
    wiring = wire(counted, people)
    batch = new_batch(engine_for(design_of(type(counted))), [counted], wiring, people)
    return Society(counted, wiring, people, batch, 0, counted.seed)


def _lived(parameters: Parameters, months: int, read: _Read = read_people) -> Society:
    begun = _begun(parameters, max(1, months), read)
    begun.batch.live(engine_for(design_of(type(parameters))), 0, months)
    return begun._replace(month=months)
