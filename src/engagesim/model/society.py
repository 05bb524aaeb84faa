"""The society as it stands between two months: how it is put together, what is known of it, and what is kept."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, Self

import mesa
import networkx as nx
import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector
from mesa.experimental.scenarios import Scenario
from numpy.typing import NDArray

from engagesim.agents import Actor, Citizen, District, Official, Politician
from engagesim.agents.assembly import populate, tie
from engagesim.errors import EngagementError, ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.model.naming import check_kinds, named
from engagesim.model.residents import Residents, peopled
from engagesim.parameters import SETTINGS, Parameters
from engagesim.parameters.size import OBJECT_BYTES, too_large
from engagesim.policy import base_settings, schedules
from engagesim.randomness import Purpose, uniform_pair
from engagesim.rules import RULES, Rules
from engagesim.society.files import read_people
from engagesim.society.network import wire
from engagesim.society.population import settle, start_values
from engagesim.society.snapshot import Snapshot
from engagesim.society.state import State, columns


class Society(mesa.Model):  # type: ignore[misc]
    """Everyone and everything, and the history so far; ``EngagementModel`` says what it is made from."""

    def __init__(
        self,
        parameters: Parameters | None = None,
        *,
        rules: Rules = RULES,
        citizen: type[Citizen] = Citizen,
        official: type[Official] = Official,
        politician: type[Politician] = Politician,
        scenario: Scenario | None = None,
        **changes: Any,
    ) -> None:
        parameters = named(parameters, scenario, changes)
        check_kinds(
            rules, citizen=(citizen, Citizen), official=(official, Official), politician=(politician, Politician)
        )
        super().__init__(rng=parameters.seed)
        if scenario is not None:
            self.scenario = scenario
        self.rules = rules
        self.parameters, people = read_people(parameters)
        self.wiring = wire(self.parameters, people)
        self._numbers = self.wiring.numbers
        self.month = 0
        self._begun: int | None = None
        self.coalition_run = 0
        self.coalition_month = -1
        self.observed: list[NDArray[np.float64]] = []
        self._schedules = schedules(self.parameters)
        self._base = base_settings(self.parameters)
        self._graph: nx.Graph[int] | None = None
        self.districts = [District(d, self._first_settings(), rules) for d in range(self.wiring.districts)]
        self.citizens, self.officials, self.politicians = populate(self, citizen, official, politician)
        self.actors: list[Actor] = [*self.citizens, *self.officials, *self.politicians]
        tie(self)
        self._all_agents = Residents(self.agents, self.random)
        self._agents_by_type = {kind: Residents(them, self.random) for kind, them in self.agents_by_type.items()}
        settings = np.repeat(self._base[:, None, None], self.wiring.districts, axis=1)
        seeds = [self.parameters.seed]
        self.put(settle(self.wiring, people, settings, start_values(self.parameters)[:, None], seeds))
        self.datacollector = collector()

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

    @property
    def running(self) -> bool:
        """Whether months are left of those that ``parameters.months`` asks for.

        ``run_model`` and ``mesa.batch_run`` end with the last of them. Whoever calls ``step`` after it has the society
        live on. What ends it earlier sets this to False.
        """
        return self._running and self.month < self.parameters.months

    @running.setter
    def running(self, running: bool) -> None:
        self._running = running

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

    def draws(self, purpose: Purpose, agents: Sequence[Actor]) -> tuple[Mapping[int, float], Mapping[int, float]]:
        """Draw two numbers for each agent, those of this month and purpose.

        Parameters
        ----------
        purpose : Purpose
            What they are drawn for.
        agents : sequence of Actor
            Whom they are drawn for.

        Returns
        -------
        tuple of two mappings of int to float
            Draws in [0, 1) by row of agent.
        """
        rows = [agent.row for agent in agents]
        one, other = uniform_pair(self.parameters.seed, self.month, self._numbers[rows], int(purpose))
        return dict(zip(rows, one.tolist(), strict=True)), dict(zip(rows, other.tolist(), strict=True))

    def snapshot(self) -> Snapshot:
        """Return the society as it stands between two months.

        Returns
        -------
        Snapshot
            To be saved, or to go on from with ``restore``. It holds what the model knows of; what a subclass adds to a
            society or its agents is in a copy (``copy.deepcopy``, or pickled).

        Raises
        ------
        EngagementError
            Where the month has not come to its end.
        """
        if self._begun == self.month:
            raise EngagementError(_BROKE_OFF.format(self.month))
        return Snapshot(self.parameters, self.month, self.state(), np.array(self.observed))

    def state(self) -> State:
        """Return a copy of the state of everyone and everything.

        Returns
        -------
        State
            Blocks of columns by entity, with one lane.
        """
        state = State.empty(self.wiring.sizes, 1)
        for entity, members in self._members().items():
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
        for entity, members in self._members().items():
            for column in columns(entity):
                for member, value in zip(members, state.column(entity, column.name)[:, 0].tolist(), strict=True):
                    setattr(member, column.name, value)

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # two societies cannot share their people

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle everybody side by side: from neighbour to neighbour, Python would lose its way."""
        kinds = [type(actor) for actor in self.actors]
        return peopled, (type(self), kinds), (vars(self), [vars(actor) for actor in self.actors])

    def __setstate__(self, state: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
        of_society, of_actors = state
        self.__dict__.update(of_society)
        for actor, known in zip(self.actors, of_actors, strict=True):
            actor.__dict__.update(known)

    def _remember(self, observed: NDArray[np.float64]) -> None:
        """Let Mesa's clock and data collector go through months that were lived before."""
        own, past = self.datacollector, collector()
        live: Any = self._user_step
        self._user_step: Any = lambda: None
        for row in observed:
            self.step()
            self.observed.append(row.copy())
            past.collect(self)
        self._user_step = live
        for name in own.model_vars:  # what only the living agents could have told is missing
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

    def _members(self) -> dict[Any, Sequence[Any]]:
        return {
            "citizen": self.citizens,
            "official": self.officials,
            "politician": self.politicians,
            "district": self.districts,
            "society": [self],
        }

    def _first_settings(self) -> SimpleNamespace:
        return SimpleNamespace(
            **{setting.name: float(value) for setting, value in zip(SETTINGS, self._base, strict=True)}
        )


def collector() -> DataCollector:
    """Return a data collector of Mesa that reports every measure; it can be pickled."""
    return DataCollector(model_reporters={name: partial(_last, place) for place, name in enumerate(MEASURE_NAMES)})


def _last(place: int, model: Society) -> float:
    return float(model.observed[-1][place])


_BROKE_OFF = (
    "month {} has not come to its end; allowed is to go on from a snapshot or a copy made before, or to begin anew"
)
