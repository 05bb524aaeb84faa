"""The society as a Mesa model: the page of the month, agent by agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector
from numpy.typing import NDArray

from engagesim.agents import Actor, Citizen, District, Official, Politician, Society, method_of
from engagesim.agents.coalitions import broad_members
from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES, TALLIES, measured
from engagesim.model.restoring import check_snapshot
from engagesim.month import MONTH, Each
from engagesim.month.binding import Binding
from engagesim.month.steps import DRAWS, Step
from engagesim.month.trends import is_moving, put_in_force
from engagesim.parameters import FIXED, SETTINGS, Parameters
from engagesim.parameters.size import OBJECT_BYTES, too_large
from engagesim.policy import Policy
from engagesim.randomness import uniform_pair
from engagesim.rules import RULES, Rules
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT, Role
from engagesim.society.files import read_people
from engagesim.society.network import wire
from engagesim.society.population import fixed_values, settle
from engagesim.society.snapshot import Snapshot
from engagesim.society.state import COLUMNS, State, columns

_COUNTS = {(column.entity, column.name) for column in COLUMNS if column.kind == "count"}
"""Columns that hold whole numbers."""

_SUMMED = {"post": "official", "manager": "official", "home": "district", "society": "society"}
"""Whose columns a step adds to, by what it calls them."""


class EngagementModel(mesa.Model):  # type: ignore[misc]
    """A society of citizens, officials and politicians.

    Parameters
    ----------
    parameters : Parameters, optional
        What the society is made of; the defaults otherwise.
    rules : Rules, optional
        The rules that it follows, some perhaps replaced.
    citizen, official, politician : type, optional
        Subclasses of the agents, to change what one kind does.
    rng, seed : int, optional
        Seed of the society, in place of the one in ``parameters`` (Mesa's runners pass it by either name).
    **changes
        Parameters by path with ``__`` in place of the dot, as Mesa's runners pass them:
        ``incentives__patronage=0.1``.

    Raises
    ------
    ParameterError
        Where a change names no parameter, or a value is not allowed.
    InputError
        Where a file of people or ties cannot be read.

    Examples
    --------
    >>> society = EngagementModel(seed=3, population__citizens=60, population__districts=2)
    >>> for month in range(3):
    ...     society.step()
    >>> society.metrics["engaged"].shape
    (3,)
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        *,
        rules: Rules = RULES,
        citizen: type[Citizen] = Citizen,
        official: type[Official] = Official,
        politician: type[Politician] = Politician,
        rng: int | None = None,
        seed: int | None = None,
        **changes: Any,
    ) -> None:
        given = rng if rng is not None else seed
        named: dict[str, Any] = {path.replace("__", "."): value for path, value in changes.items()}
        if given is not None:
            named["seed"] = int(given)
        parameters = (parameters or Parameters()).changed(named)
        super().__init__(rng=parameters.seed)
        self.rules = rules
        self.acts = _Acts(rules)
        self.parameters, people = read_people(parameters)
        self.wiring = wire(self.parameters, people)
        self.month = 0
        self.observed: list[NDArray[np.float64]] = []
        self.sums: Any = None
        self._numbers = self.wiring.numbers
        self._policy = Policy.of([self.parameters])
        self._settings = self._policy.settings()
        self._graph: nx.Graph[int] | None = None
        self._populate(citizen, official, politician)
        fixed = fixed_values(self.parameters)[:, None]
        self.put(settle(self.wiring, people, self._settings, fixed, [self.parameters.seed]))
        self.datacollector = DataCollector(
            model_reporters={name: _reporter(place) for place, name in enumerate(MEASURE_NAMES)}
        )

    def step(self) -> None:
        """Live one month: go through the page of the month, phase by phase."""
        for phase in MONTH:
            self.live(phase)
        self.month += 1

    def live(self, phase: str) -> None:
        """Live one phase of the month.

        Parameters
        ----------
        phase : str
            As in ``engagesim.month.MONTH``.
        """
        if phase == "observe":
            self.sums = SimpleNamespace(**dict.fromkeys(TALLIES, 0.0))
        for entry in MONTH[phase]:
            if isinstance(entry, Each):
                self._let(entry)
            else:
                getattr(self, entry)()
        if phase == "observe":
            sums = np.array([getattr(self.sums, name) for name in TALLIES])
            self.observed.append(measured(sums, self.wiring.sizes))
            self.datacollector.collect(self)

    def put_in_force(self) -> None:
        """Put the month's settings in force, where schedules move any."""
        policy = self._policy
        if is_moving(self.month, policy.plan, 0):
            put_in_force(self.month, self._settings, policy.base, policy.limits, policy.plan, policy.reach)
            self._show_settings()

    def meet_contacts(self) -> None:
        """Let everybody meet whom they learn from this month."""
        for actor, row in zip(self.actors, self.wiring.contacts(self.month), strict=True):
            actor.other, actor.met = (self.actors[row], 1.0) if row >= 0 else (actor, 0.0)

    def see_neighbours(self) -> None:
        """Let everybody see how active the neighbours are, and citizens what their peers do."""
        for actor in self.actors:
            active = 0.0
            for neighbour in actor.neighbours:
                active += neighbour.active
            actor.active_share = share(active, len(actor.neighbours))
        for citizen in self.citizens:
            strategies = [peer.strategy for peer in citizen.kin]
            citizen.engaged_neighbours = strategies.count(COLLABORATE) + strategies.count(CONFRONT)
            citizen.client_neighbours = strategies.count(CLIENT)

    def find_broad(self) -> None:
        """Find those whom member neighbours connect to all three sides, and sum them up by district and side."""
        self._mark_broad()
        for district in self.districts:
            district.broad_citizens = float(sum(citizen.in_broad_coalition for citizen in district.citizens))
            district.broad_officials = float(sum(official.in_broad_coalition for official in district.staff))
            district.broad_politicians = float(district.politician.in_broad_coalition)
        activity = 0.0
        for actor in self.actors:
            activity += actor.in_broad_coalition * actor.active_share
        self.society.broad_activity = activity

    @property
    def graph(self) -> nx.Graph[int]:
        """The social graph, nodes numbered like the agents' rows."""
        if self._graph is None:
            self._graph = self.wiring.graph()
        return self._graph

    @property
    def metrics(self) -> pd.DataFrame:
        """The measures of each month so far; the index is the month."""
        table = np.array(self.observed).reshape(-1, len(MEASURE_NAMES))
        return pd.DataFrame(table, columns=list(MEASURE_NAMES)).rename_axis("month")

    @staticmethod
    def check(parameters: Parameters) -> None:
        """Read what a society would be made of, and raise what is wrong with it, without making it.

        Parameters
        ----------
        parameters : Parameters
            What the society would be made of.

        Raises
        ------
        InputError
            Where a file of people or ties does not say what it should.
        ParameterError
            Where so many agents take more memory than a society may.
        """
        parameters, _ = read_people(parameters)
        if too_large(parameters, OBJECT_BYTES):
            raise ParameterError(f"{too_large(parameters, OBJECT_BYTES)}, agent by agent; a sweep takes a quarter")

    def snapshot(self) -> Snapshot:
        """Return the society as it stands between two months.

        Returns
        -------
        Snapshot
            To be saved, or to go on from with ``restore``.
        """
        return Snapshot(self.parameters, self.month, self.state(), np.array(self.observed))

    @classmethod
    def restore(cls, snapshot: Snapshot, **options: Any) -> EngagementModel:
        """Return a society that goes on from a snapshot with the same bits.

        Parameters
        ----------
        snapshot : Snapshot
            What ``snapshot`` returned.
        **options
            ``rules``, ``citizen``, ``official`` and ``politician``, where the society does not follow the usual ones.

        Returns
        -------
        EngagementModel
            With the months that were lived.

        Raises
        ------
        StoreError
            Where the snapshot is damaged, or of a society that its parameters do not make.
        """
        model = cls(snapshot.parameters, **options)
        check_snapshot(snapshot, model.wiring.sizes)
        model.put(snapshot.state)
        model.month = model.steps = snapshot.month
        model._settings[:] = model._policy.settings(max(0, snapshot.month - 1))
        model._show_settings()
        model._mark_broad()
        for row in snapshot.observed:
            model.observed.append(row)
            model.datacollector.collect(model)
        return model

    def state(self) -> State:
        """Return a copy of the state of everyone and everything.

        Returns
        -------
        State
            Blocks of columns by entity, with one lane.
        """
        state = State.empty(self.wiring.sizes, 1)
        for entity, members in self._entities():
            for column in columns(entity):
                state.column(entity, column.name)[:, 0] = [getattr(member, column.name) for member in members]
        return state

    def put(self, state: State) -> None:
        """Give everyone and everything the state that was taken before.

        Parameters
        ----------
        state : State
            What ``state`` returned; the month must fit (see ``snapshot``).
        """
        for entity, members in self._entities():
            for column in columns(entity):
                for member, value in zip(members, state.column(entity, column.name)[:, 0].tolist(), strict=True):
                    setattr(member, column.name, value)

    def _let(self, entry: Each) -> None:
        """Let everybody of a kind take some steps, each on what was before the step."""
        members = self._members[entry.kind]
        for step in entry.steps:
            self._start_sums(step)
            take = method_of(type(members[0]), step)
            if step.draws:
                draws = zip(*(self._draw(name, members) for name in step.draws), strict=True)
                results = [take(member, *noise) for member, noise in zip(members, draws, strict=True)]
            else:
                results = [take(member) for member in members]
            self._note(entry.kind, step, results)

    def _start_sums(self, step: Step) -> None:
        """Set to 0 what a step adds to, but for the sums of the month."""
        for name, targets in step.adds.items():
            for kind in {_SUMMED[target] for target in targets if target != "t"}:
                for member in self._members[kind]:
                    setattr(member, name, 0)

    def _note(self, kind: str, step: Step, results: Sequence[Any]) -> None:
        """Write down what came of a step."""
        entity = "official" if kind == "provider" else kind
        members = self._members[kind]
        is_single = len(step.sets) + len(step.adds) == 1
        columns_of_results = [results] if is_single else list(zip(*results, strict=True))
        for name, values in zip(step.sets, columns_of_results, strict=False):
            cast = int if (entity, name) in _COUNTS else float
            for member, value in zip(members, values, strict=True):
                setattr(member, name, cast(value))
        for (name, targets), values in zip(step.adds.items(), columns_of_results[len(step.sets) :], strict=True):
            for target in targets:
                if target == "t":
                    total = getattr(self.sums, name)
                    for value in values:  # not Python's sum, which compensates
                        total += value
                    setattr(self.sums, name, total)
                else:
                    for member, value in zip(members, values, strict=True):
                        whose = getattr(member, target)
                        setattr(whose, name, getattr(whose, name) + value)

    def _draw(self, name: str, members: Sequence[Any]) -> list[float]:
        """Draw a number in (0, 1) for each member, that of this month and of a name in ``DRAWS``."""
        purpose, which = DRAWS[name]
        rows = [member.row for member in members]
        return uniform_pair(self.parameters.seed, self.month, self._numbers[rows], int(purpose))[which].tolist()  # type: ignore[no-any-return]

    def _populate(self, citizen: type[Citizen], official: type[Official], politician: type[Politician]) -> None:
        """Make everyone, in the order of their rows, and tie them."""
        wiring = self.wiring
        fixed = dict(zip(FIXED, fixed_values(self.parameters).tolist(), strict=True))
        settings = [_settings(fixed) for _ in range(wiring.districts)]
        self.districts = [District(self, d, settings[d], wiring.providers, wiring.districts) for d in range(wiring.districts)]
        self.society = Society(self, settings[0], wiring.agents)
        homes = [self.districts[d] for d in wiring.homes.tolist()]
        offices, seats = wiring.citizens, wiring.citizens + wiring.officials
        self.citizens = [citizen(self, row, homes[row]) for row in range(offices)]
        self.officials = [official(self, row, homes[row], wiring.role(row)) for row in range(offices, seats)]
        self.politicians = [politician(self, row, homes[row]) for row in range(seats, wiring.agents)]
        self.actors: list[Actor] = [*self.citizens, *self.officials, *self.politicians]
        for post, served in zip(self.officials, wiring.served.tolist(), strict=True):
            post.home.staff.append(post)
            post.served = served
        for district, seat in zip(self.districts, self.politicians, strict=True):
            district.politician, district.manager, district.providing = seat, district.staff[0], district.staff[1:]
        for person, point in zip(self.citizens, wiring.service_point.tolist(), strict=True):
            person.post = self.officials[point]
            person.home.citizens.append(person)
            person.home.residents += 1
        for actor in self.actors:
            near, kin, far = wiring.first[actor.row], wiring.kin[actor.row], wiring.first[actor.row + 1]
            actor.neighbours = [self.actors[row] for row in wiring.neighbours[near:far].tolist()]
            actor.kin = actor.neighbours[: kin - near]
        self._members: dict[str, Sequence[Any]] = {
            "citizen": self.citizens,
            "official": self.officials,
            "provider": [post for post in self.officials if post.role is Role.PROVIDER],
            "politician": self.politicians,
            "district": self.districts,
            "society": [self.society],
        }
        self._show_settings(range(len(SETTINGS)))

    def _entities(self) -> list[tuple[Any, Sequence[Any]]]:
        return [(kind, members) for kind, members in self._members.items() if kind != "provider"]

    def _show_settings(self, rows: Iterable[int] | None = None) -> None:
        """Write the settings in force where agents read them: those that schedules move, or those of some rows."""
        for row in sorted(set(self._policy.plan[0, :, 0].astype(int).tolist())) if rows is None else rows:
            group, _, name = SETTINGS[row].path.partition(".")
            for district, value in zip(self.districts, self._settings[row, :, 0].tolist(), strict=True):
                setattr(getattr(district.settings, group), name, value)

    def _mark_broad(self) -> None:
        broad = broad_members(self.wiring, np.array([actor.member for actor in self.actors], dtype=bool))
        for actor, is_broad in zip(self.actors, broad.tolist(), strict=True):
            actor.in_broad_coalition = is_broad


class _Acts(dict[Any, Any]):
    """The function of each step, with a set of rules bound, made when it is first asked for."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._bind = Binding(rules) if rules != RULES else lambda function: function

    def __missing__(self, key: Any) -> Any:
        self[key] = self._bind(key.act if isinstance(key, Step) else key)
        return self[key]


def _settings(fixed: Mapping[str, float]) -> SimpleNamespace:
    """Return room for the parameters in force, by group and name, with those that no schedule moves."""
    settings = SimpleNamespace()
    for path in (*(setting.path for setting in SETTINGS), *fixed):
        group, _, name = path.partition(".")
        if not hasattr(settings, group):
            setattr(settings, group, SimpleNamespace())
        setattr(getattr(settings, group), name, fixed.get(path, 0.0))
    return settings


def _reporter(place: int) -> Any:
    return lambda model: float(model.observed[-1][place])
