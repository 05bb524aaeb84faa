"""The Mesa model between two months: its setup, its reports on the society, and its snapshots."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, Self

import mesa
import networkx as nx
import numpy as np
import pandas as pd
from mesa.agentset import _HardKeyAgentSet
from mesa.datacollection import DataCollector
from mesa.experimental.scenarios import Scenario
from numpy.typing import NDArray

from engagesim.engines.mesa.agents import Actor, Citizen, District, Official, Politician, taking
from engagesim.engines.mesa.agents import Society as Whole
from engagesim.errors import EngagementError, ParameterError, shown
from engagesim.mechanisms.design import Design, design_of, extended
from engagesim.month.binding import Binding
from engagesim.month.steps import Step
from engagesim.parameters import FIXED, Parameters, settings_of
from engagesim.parameters.society import OBJECT_BYTES, too_large
from engagesim.policy import Policy, Watch
from engagesim.rules import RULES, Rules
from engagesim.rules.vocabulary import Role
from engagesim.society.events import SEEN, Log, event_table
from engagesim.society.files import read_people
from engagesim.society.network import wire
from engagesim.society.population import fixed_values, settle
from engagesim.society.state import Column, State
from engagesim.study.snapshot import Snapshot


class Society(mesa.Model):  # type: ignore[misc]
    """A society and its history so far; ``EngagementModel`` describes the arguments."""

    def __init__(
        self,
        parameters: Parameters | None = None,
        *,
        rules: Rules = RULES,
        mechanisms: Iterable[Any] = (),
        citizen: type[Citizen] = Citizen,
        official: type[Official] = Official,
        politician: type[Politician] = Politician,
        scenario: Scenario | None = None,
        **changes: Any,
    ) -> None:
        parameters = named(parameters, scenario, changes, mechanisms)
        check_kinds(
            rules, citizen=(citizen, Citizen), official=(official, Official), politician=(politician, Politician)
        )
        super().__init__(rng=parameters.seed)
        if scenario is not None:
            self.scenario = scenario
        self.rules = rules
        self.parameters, people = read_people(parameters)
        self.wiring = wire(self.parameters, people)
        self.month = 0
        self._begun: int | None = None
        self.observed: list[NDArray[np.float64]] = []
        self.sums: Any = None
        self._numbers = self.wiring.numbers
        self._policy = Policy.of([self.parameters])
        self._watch = Watch([self.parameters], self._policy) or None
        self._settings = self._policy.settings()
        self._shown_for = -1  # the month whose settings agents read
        self._graph: nx.Graph[int] | None = None
        self._bind()
        self._populate(citizen, official, politician)
        self._all_agents = Residents(self.agents, self.random)
        self._agents_by_type = {kind: Residents(them, self.random) for kind, them in self.agents_by_type.items()}
        fixed = fixed_values(self.parameters)[:, None]
        state = settle(self.wiring, people, self._settings, fixed, [self.parameters.seed], table=self.design.columns)
        self.design.begin(state)
        self.put(state)
        self._before, self._log = self._shown(SEEN), Log(self.wiring)
        self.datacollector = collector(self.design.measure_names)

    def _bind(self) -> None:
        """Set up the design of the society, which is not copied with it."""
        self.design = design_of(type(self.parameters), self.rules)
        self.acts = Acts(self.design)

    @staticmethod
    def check(parameters: Parameters) -> None:
        """Check the parameters of a society, including its files, without creating it.

        Parameters
        ----------
        parameters : Parameters
            Parameters of the society.

        Raises
        ------
        InputError
            If a file of people or ties is wrong.
        ParameterError
            If the agents need more memory than a society may take.
        """
        parameters, _ = read_people(parameters)
        if too_large(parameters, OBJECT_BYTES):
            raise ParameterError(f"{too_large(parameters, OBJECT_BYTES)} as agents; a sweep takes a quarter of that")

    @property
    def running(self) -> bool:
        """Whether the society has fewer months than ``parameters.months``.

        ``run_model`` and ``mesa.batch_run`` end with the last of these months. Later calls of ``step`` simulate further
        months. To end a run earlier, set this to False.
        """
        return self._running and self.month < self.parameters.months

    @running.setter
    def running(self, running: bool) -> None:
        self._running = running

    @property
    def graph(self) -> nx.Graph[int]:
        """The social graph, with nodes numbered like the agents' rows."""
        if self._graph is None:
            self._graph = self.wiring.graph()
        return self._graph

    @property
    def metrics(self) -> pd.DataFrame:
        """The measures of each month so far, indexed by month."""
        names = list(self.design.measure_names)
        return pd.DataFrame(np.array(self.observed).reshape(-1, len(names)), columns=names).rename_axis("month")

    @property
    def events(self) -> pd.DataFrame:
        """The log of events: what happened in each month, where, to whom and why (see :doc:`/docs/howto/events`).

        It starts in the first month that this society simulates; in a restored society, that is the next month.
        """
        return event_table(self._log.rows)

    def snapshot(self) -> Snapshot:
        """Return a snapshot of the society between two months.

        Returns
        -------
        Snapshot
            A snapshot to save, or to continue from with ``restore``. It holds the model's own state; a copy
            (``copy.deepcopy`` or pickle) also holds what a subclass adds.

        Raises
        ------
        EngagementError
            If the month has not ended.
        """
        if self._begun == self.month:
            raise EngagementError(_BROKE_OFF.format(self.month))
        watched = None if self._watch is None else self._watch.memory.copy()
        return Snapshot(self.parameters, self.month, self.state(), np.array(self.observed), watched)

    def state(self) -> State:
        """Return a copy of the state of all entities.

        Returns
        -------
        State
            Blocks of columns for each entity, with one lane.
        """
        return self._shown(self.design.columns)

    def _shown(self, table: tuple[Column, ...]) -> State:
        """Return a copy of some columns of all entities."""
        state = State.empty(self.wiring.sizes, 1, table)
        for column in table:
            members = self._members[column.entity]
            state.column(column.entity, column.name)[:, 0] = [getattr(member, column.name) for member in members]
        return state

    def put(self, state: State) -> None:
        """Set the state of all entities to an earlier copy.

        Parameters
        ----------
        state : State
            The return value of ``state``; the month must match (see ``snapshot``).
        """
        for column in self.design.columns:
            values = state.column(column.entity, column.name)[:, 0].tolist()
            for member, value in zip(self._members[column.entity], values, strict=True):
                setattr(member, column.name, value)

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # two societies cannot share people

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy or pickle all agents side by side; following their ties would make the recursion too deep."""
        kinds = [type(actor) for actor in self.actors]
        known = {name: value for name, value in vars(self).items() if name not in {"design", "acts"}}
        return peopled, (type(self), kinds), (known, [vars(actor) for actor in self.actors])

    def __setstate__(self, state: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
        of_society, of_actors = state
        self.__dict__.update(of_society)
        self._bind()
        for actor, known in zip(self.actors, of_actors, strict=True):
            actor.__dict__.update(known)

    def _remember(self, observed: NDArray[np.float64]) -> None:
        """Advance Mesa's clock and data collector through past months."""
        own, past = self.datacollector, collector(self.design.measure_names)
        live: Any = self._user_step
        self._user_step: Any = lambda: None
        for row in observed:
            self.step()
            self.observed.append(row.copy())
            past.collect(self)
        self._user_step = live
        for name in own.model_vars:  # past agents are gone, and so are reports on them
            own.model_vars[name] = past.model_vars.get(name, [None] * len(observed))
        own._collection_steps = past._collection_steps

    def _do_step(self) -> None:
        self._begun = self.month
        super()._do_step()
        self._begun = None

    def _advance_time(self, until: float) -> None:
        if self._begun is not None:
            raise EngagementError(_BROKE_OFF.format(self._begun))
        super()._advance_time(until)

    def _populate(self, citizen: type[Citizen], official: type[Official], politician: type[Politician]) -> None:
        """Create all agents, in the order of their rows, and connect them."""
        wiring = self.wiring
        paths = (setting.path for setting in settings_of(self.design.tree))
        numbers = dict.fromkeys(paths, 0.0) | dict(zip(FIXED, fixed_values(self.parameters).tolist(), strict=True))
        settings = [grouped(numbers) for _ in range(wiring.districts)]
        self.districts = [
            District(self, d, settings[d], wiring.providers, wiring.districts) for d in range(wiring.districts)
        ]
        self.society = Whole(self, settings[0], wiring.agents)
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
        for person, point, broker in zip(
            self.citizens, wiring.service_point.tolist(), wiring.broker.tolist(), strict=True
        ):
            person.post, person.broker = self.officials[point], broker
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
        self._show_settings(range(len(self._settings)))

    def _show_settings(self, rows: Iterable[int] | None = None) -> None:
        """Write the settings in force to where agents read them: settings in some rows, or all that schedules move."""
        for row in sorted(set(self._policy.plan[0, :, 0].astype(int).tolist())) if rows is None else rows:
            group, _, name = settings_of(self.design.tree)[row].path.partition(".")
            for district, value in zip(self.districts, self._settings[row, :, 0].tolist(), strict=True):
                setattr(getattr(district.settings, group), name, value)


def collector(measures: Sequence[str]) -> DataCollector:
    """Return a Mesa data collector that reports every measure and can be pickled."""
    return DataCollector(model_reporters={name: partial(_last, place) for place, name in enumerate(measures)})


class Acts(dict[Any, Any]):
    """The functions of a society's steps, bound to its rules on first use; other functions stay unchanged.

    The key is one of the usual steps; if a mechanism replaces that step, the value takes the replacement.
    """

    def __init__(self, design: Design) -> None:
        super().__init__()
        self._bind = Binding(design.replaced) if design.replaced else lambda function: function
        self._instead = {step.stands_for: step for step in design.steps if step.stands_for}

    def __missing__(self, key: Any) -> Any:
        if isinstance(key, Step):
            step = self._instead.get(key, key)
            self[key] = taking(step, self._bind(step.act))
        else:
            self[key] = self._bind(key)
        return self[key]


def grouped(values: Mapping[str, float]) -> SimpleNamespace:
    """Return parameters by path as steps see them: by group and name, as in ``s.incentives.patronage``."""
    settings = SimpleNamespace()
    for path, value in values.items():
        group, _, name = path.partition(".")
        setattr(vars(settings).setdefault(group, SimpleNamespace()), name, value)
    return settings


def _last(place: int, model: Society) -> float:
    return float(model.observed[-1][place])


_BROKE_OFF = (
    "month = {}: must end before the next one; this one was interrupted: use a snapshot or a copy, or start again"
)


def named(
    parameters: Parameters | None, scenario: Scenario | None, changes: Mapping[str, Any], mechanisms: Iterable[Any] = ()
) -> Parameters:
    """Return the parameters with changes passed by name, which override the values of a scenario.

    Raises
    ------
    ParameterError
        If a name is not a parameter, or a value is not allowed.
    """
    if not isinstance(parameters, Parameters | None):
        raise ParameterError(f"parameters = {shown(parameters)}: must be Parameters{_IN_A_LIST}")
    if not isinstance(scenario, Scenario | None):
        raise ParameterError(f"scenario = {shown(scenario)}: must be a Scenario of Mesa{_IN_A_LIST}")
    said = dict(changes)
    if scenario is not None:
        told = dict(scenario)
        rng = told.pop("rng")
        said = told | said
        if rng is not None and said.get("rng") is None:
            said["rng"] = rng
    given = [said.pop(name) for name in ("rng", "seed") if name in said]
    paths = {path.replace("__", "."): value for path, value in said.items()}
    if given:
        seeds = [seed for seed in given if seed is not None]
        if len(seeds) > 1:
            raise ParameterError("rng, seed: must be given one at a time")
        paths["seed"] = _seed(seeds[0] if seeds else None)
    return extended(parameters or Parameters(), mechanisms).changed(paths)


def check_kinds(rules: Any, **kinds: tuple[Any, type]) -> None:
    """Refuse rules that are not a set of rules, and agents that are not subclasses of the usual ones.

    Raises
    ------
    ParameterError
        If an argument is wrong; the message names it and says what is allowed.
    """
    if not isinstance(rules, Rules):
        raise ParameterError(f"rules = {shown(rules)}: must be RULES, or RULES._replace(...){_IN_A_LIST}")
    for name, rule in rules._asdict().items():
        if not callable(rule):
            raise ParameterError(f"rules.{name} = {shown(rule)}: must be a function")
    for name, (kind, base) in kinds.items():
        if not (isinstance(kind, type) and issubclass(kind, base)):
            raise ParameterError(f"{name} = {shown(kind)}: must be {base.__name__}, or a subclass of it")


def _seed(rng: Any) -> Any:
    """Convert any seed that Mesa and NumPy accept to one that this model accepts; None gives a new seed each time."""
    if isinstance(rng, str | float | int | np.integer):
        return rng  # checked as a parameter
    try:
        return int(np.random.default_rng(rng).integers(_SEEDS))
    except (TypeError, ValueError):
        raise ParameterError(
            f"rng = {shown(rng)}: must be a whole number from 0 to {_SEEDS - 1}, or a source of NumPy's generators"
        ) from None


_SEEDS = 2**32
_IN_A_LIST = " (for mesa.batch_run, put it in a list)"


class Residents(_HardKeyAgentSet):  # type: ignore[misc]
    """Mesa's set of agents, which citizens, officials and politicians cannot join or leave.

    Posts, ties and shares rely on everybody's place. Agents of a user's own kind, such as an observer, may come and go.
    """

    def add(self, agent: mesa.Agent) -> None:
        """Add an agent of the user's own kind."""
        if isinstance(agent, Actor):
            raise EngagementError(
                f"{type(agent).__name__}: must exist from the start, as posts and ties are fixed; "
                "change the parameters of population"
            )
        super().add(agent)

    def remove(self, agent: mesa.Agent) -> None:
        """Remove an agent of the user's own kind."""
        self._check_stays(agent)
        super().remove(agent)

    def discard(self, agent: mesa.Agent) -> None:
        """Remove an agent of the user's own kind, if it is in the set."""
        self._check_stays(agent)
        super().discard(agent)

    def _update(self, agents: Iterable[mesa.Agent]) -> Self:
        kept = dict.fromkeys(agents)
        for agent in self:
            if agent not in kept:
                self._check_stays(agent)
        self._agents = kept
        return self

    def _check_stays(self, agent: mesa.Agent) -> None:
        if isinstance(agent, Actor) and agent in self:
            raise EngagementError(
                f"{type(agent).__name__} {agent.unique_id}: must stay in the society, because posts and ties "
                "are fixed; set a smaller population, or use a subclass whose agents do nothing"
            )


def peopled(kind: type[mesa.Model], kinds: Sequence[type[Actor]]) -> Any:
    """Return a society with all agents in place and an empty state, to be filled from a copy."""
    model: Any = object.__new__(kind)
    model.actors = [object.__new__(actor) for actor in kinds]
    return model
