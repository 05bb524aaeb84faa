"""The Mesa model, which takes the steps of each month agent by agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.engines.mesa.agents import own_method
from engagesim.engines.mesa.setup import Society
from engagesim.errors import EngagementError, ParameterError, StoreError, either, shown
from engagesim.mechanisms.design import Design
from engagesim.month import MONTH
from engagesim.month.steps import DRAWS, Each, Step
from engagesim.month.trends import is_moving
from engagesim.policy import WATCHED, Watch
from engagesim.randomness import uniform_pair
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT, Response, Stance, Strategy
from engagesim.society.events import SEEN
from engagesim.society.state import Entity, State, columns
from engagesim.study.snapshot import Snapshot, check_month

_SUMMED = {"post": "official", "manager": "official", "home": "district", "society": "society"}
"""Names that steps use for the entities to whose columns they add."""

_FIRST = next(iter(MONTH))
"""The phase with which a month begins."""

_CHOICES: dict[str, type[IntEnum]] = {"strategy": Strategy, "response": Response, "stance": Stance}


class EngagementModel(Society):
    """A society of citizens, officials and politicians.

    Parameters
    ----------
    parameters : Parameters, optional
        Parameters of the society; by default, the default parameters.
    rules : Rules, optional
        The rules that the society follows; by default, the usual ones.
    mechanisms : iterable of module, str or Path, optional
        Mechanisms of your own, as modules or their files (see ``engagesim.mechanisms``).
    citizen, official, politician : type, optional
        Subclasses of the agents that change what one kind does.
    scenario : mesa.experimental.scenarios.Scenario, optional
        A Mesa scenario whose attributes are parameters, named as in ``changes``; ``changes`` override them.
    **changes
        Parameters by path with ``__`` in place of the dot, as Mesa's runners pass them: ``incentives__patronage=0.1``.
        The seed may also be passed as ``rng``, in any form that NumPy accepts; ``rng=None`` uses a new seed each time,
        as in Mesa.

    Raises
    ------
    ParameterError
        If a change names no parameter, a value is not allowed, or ``rules`` or agents have the wrong type.
    InputError
        If a file of people or ties cannot be read.

    Examples
    --------
    >>> society = EngagementModel(seed=3, population__citizens=60, population__districts=2)
    >>> for month in range(3):
    ...     society.step()
    >>> society.metrics["engaged"].shape
    (3,)
    """

    def step(self) -> None:
        """Simulate one month, phase by phase."""
        for phase in MONTH:
            self.live(phase)
        self.month += 1

    def live(self, phase: str) -> None:
        """Simulate one phase of the month.

        Parameters
        ----------
        phase : str
            Name of the phase, as in ``engagesim.month.MONTH``.
        """
        if phase == _FIRST:
            self._before = self._shown(SEEN)
        if phase == "observe":
            self.sums = SimpleNamespace(**dict.fromkeys(self.design.tallies, 0.0))
        for entry in self.design.page[phase]:
            if isinstance(entry, Each):
                self._let(entry)
            else:
                getattr(self, entry)()
        if phase == "observe":
            sums = np.array([getattr(self.sums, name) for name in self.design.tallies])
            self.observed.append(self.design.measured(sums, self.wiring.sizes))
            self._log.note(self._before, self._shown(SEEN), self.month)
            if self._watch is not None:
                self._watch.look(self._shown(WATCHED), self.month)
            self.datacollector.collect(self)

    def put_in_force(self) -> None:
        """Put the month's settings in force, if they may differ from those that agents see."""
        if self._shown_for != self.month - 1 or is_moving(self.month, self._policy.plan, 0):
            self._settings = self._policy.settings(self.month)
            self._show_settings()
        self._shown_for = self.month

    def meet_contacts(self) -> None:
        """Let each agent meet the person from whom it learns this month."""
        for actor, row in zip(self.actors, self.wiring.contacts(self.month), strict=True):
            actor.other, actor.met = (self.actors[row], 1.0) if row >= 0 else (actor, 0.0)

    def see_neighbours(self) -> None:
        """Let citizens see what their peers do, and which peers belong to an organisation."""
        for citizen in self.citizens:
            strategies = [peer.strategy for peer in citizen.kin]
            citizen.engaged_neighbours = strategies.count(COLLABORATE) + strategies.count(CONFRONT)
            citizen.client_neighbours = strategies.count(CLIENT)
            citizen.member_neighbours = sum(peer.member for peer in citizen.kin)

    @classmethod
    def restore(cls, snapshot: Snapshot, **options: Any) -> EngagementModel:
        """Return a society that continues from a snapshot with identical results.

        Parameters
        ----------
        snapshot : Snapshot
            The return value of ``snapshot``.
        **options
            ``rules``, ``mechanisms``, ``citizen``, ``official`` and ``politician``, if the society does not use
            the usual ones.

        Returns
        -------
        EngagementModel
            The society with the measures of its past months; its log of events starts in the next month.

        Raises
        ------
        StoreError
            If the snapshot is damaged, or does not fit its parameters.
        ParameterError
            If the options change a parameter, because people and ties would no longer be those of the snapshot.
        """
        if not isinstance(snapshot, Snapshot):
            raise StoreError(f"snapshot = {shown(snapshot)}: must be a Snapshot, as Snapshot.load reads it")
        model = cls(snapshot.parameters, **options)
        check_snapshot(snapshot, model.wiring.sizes, model.design)
        if model.parameters.model_dump() != snapshot.parameters.model_dump():
            raise ParameterError(
                "options: must be rules, mechanisms and kinds of agents; the snapshot has its own parameters"
            )
        model.put(snapshot.state)
        model.month = snapshot.month
        if model._watch is not None:
            model._watch.recall(remembered(snapshot, model._watch))
        if snapshot.month:
            model._settings = model._policy.settings(snapshot.month - 1)
            model._show_settings()
            model._shown_for = snapshot.month - 1
        model._remember(snapshot.observed)
        return model

    def _let(self, entry: Each) -> None:
        """Let all agents of a kind take some steps, each based on the state before the step."""
        members = self._members[entry.kind]
        kind: Any = type(members[0])
        for step in entry.steps:
            self._start_sums(step)
            usual = step.stands_for or step
            own = own_method(kind, usual)
            draws = [self._draw(name, members) for name in step.draws]
            results = list(map(own, members, *draws)) if own else self.acts[usual](members, *draws)
            self._note(entry.kind, step, results)

    def _start_sums(self, step: Step) -> None:
        """Set to 0 the columns to which a step adds, except the sums of the month."""
        for name, targets in step.adds.items():
            for kind in {_SUMMED[target] for target in targets if target != "t"}:
                for member in self._members[kind]:
                    setattr(member, name, 0)

    def _note(self, kind: str, step: Step, results: Sequence[Any]) -> None:
        """Store the results of a step."""
        entity = "official" if kind == "provider" else kind
        members = self._members[kind]
        is_single = len(step.sets) + len(step.adds) == 1
        columns_of_results = [results] if is_single else list(zip(*results, strict=True))
        for name, values in zip(step.sets, columns_of_results, strict=False):
            if name in _CHOICES:
                _check_chosen(members, name, values)
            cast: Any = int if (entity, name) in self.design.counts else float
            for member, value in zip(members, map(cast, values), strict=True):
                setattr(member, name, value)
        for (name, targets), values in zip(step.adds.items(), columns_of_results[len(step.sets) :], strict=True):
            for target in targets:
                if target == "t":
                    total = getattr(self.sums, name)
                    for value in values:  # not Python's sum, which compensates for rounding
                        total += value
                    setattr(self.sums, name, total)
                else:
                    for member, value in zip(members, values, strict=True):
                        whose = getattr(member, target)
                        setattr(whose, name, getattr(whose, name) + value)

    def _draw(self, name: str, members: Sequence[Any]) -> list[float]:
        """Draw a random number in (0, 1) for each member this month, under a name in ``DRAWS``."""
        purpose, which = DRAWS[name]
        rows = [member.row for member in members]
        return uniform_pair(self.parameters.seed, self.month, self._numbers[rows], int(purpose))[which].tolist()  # type: ignore[no-any-return]


def _check_chosen(agents: Sequence[Any], name: str, values: Sequence[Any]) -> None:
    """Refuse a subclass's choice that is not one of the options."""
    options = _CHOICES[name]
    for agent, chosen in zip(agents, values, strict=True):
        if chosen not in options:
            what = either(f"{option.value} ({option.name})" for option in options)
            raise EngagementError(f"{type(agent).__name__} {agent.row}: {name} = {shown(chosen)}: must be {what}")


def remembered(snapshot: Snapshot, watch: Watch) -> NDArray[np.int64]:
    """Return what a snapshot remembers of the districts that its interventions watch, or refuse what does not fit."""
    found, wanted = snapshot.watched, watch.memory
    if found is None or (found.shape, found.dtype) != (wanted.shape, wanted.dtype):
        raise StoreError(
            f"snapshot: watched: must be a table of {wanted.shape[0]} x {wanted.shape[1]} whole numbers, the memory "
            "of the districts that its interventions watch"
        )
    return found


def check_snapshot(snapshot: Snapshot, sizes: Mapping[Entity, int], design: Design) -> None:
    """Refuse a snapshot unless it is of a society with these sizes and this design.

    Raises
    ------
    StoreError
        If the snapshot does not fit; the message names the part and says what is allowed.
    """
    check_month(snapshot.month)
    wanted = State.empty(sizes, 1, design.columns)
    _check_blocks("numbers", snapshot.state.numbers, wanted.numbers)
    _check_blocks("counts", snapshot.state.counts, wanted.counts)
    if snapshot.month > 0 or np.size(snapshot.observed) > 0:
        _check_block("observed", snapshot.observed, (snapshot.month, len(design.measure_names)), np.dtype(float))


def _check_blocks(kind: str, found: Mapping[Any, Any], wanted: Mapping[Any, NDArray[Any]]) -> None:
    odd = sorted(map(str, set(found) ^ set(wanted)))
    if odd:
        kinds = ", ".join(map(str, wanted))
        raise StoreError(
            f"snapshot: {kind}: must have a table for each of {kinds}, and no other; {shown(odd[0])} differs"
        )
    for entity, block in wanted.items():
        _check_block(f"{kind} of {entity}", found[entity], block.shape, block.dtype)


def _check_block(place: str, found: Any, shape: tuple[int, ...], kind: np.dtype[Any]) -> None:
    if not isinstance(found, np.ndarray) or (found.shape, found.dtype) != (shape, kind):
        size = " x ".join(map(str, np.shape(found))) if isinstance(found, np.ndarray) else "no table"
        there = f"{size} of another kind" if isinstance(found, np.ndarray) and found.shape == shape else size
        raise StoreError(
            f"snapshot: {place}: must be a table of {' x '.join(map(str, shape))} {_NUMBERS[kind.kind]}, to match "
            f"the parameters and the month of the snapshot; it is {there}"
        )
    if not np.isfinite(found).all():
        raise StoreError(f"snapshot: {place}: must have finite numbers only")


_NUMBERS = {"f": "numbers", "i": "whole numbers"}


def agent_table(model: EngagementModel) -> pd.DataFrame:
    """Return one row per agent with month, row, role, district, state, and the terms of each option's utility.

    Terms are in columns ``OPTION.term``, in units of the value of service quality rising from 0 to 1. Cells that do not
    apply to a kind of agent are empty. If files name people, ``label`` is the name. The terms are those for a choice
    made now, at the end of the month.
    """
    rows: list[dict[str, Any]] = []
    for entity, members in (
        ("citizen", model.citizens),
        ("official", model.officials),
        ("politician", model.politicians),
    ):
        names = [column.name for column in columns(entity, None, model.design.columns)]  # type: ignore[arg-type]
        for member in members:
            row = {"month": model.month - 1, "row": member.row, "role": member.role.name.lower()}
            row |= {"label": model.wiring.label(member.row)} if model.wiring.labels else {}
            row |= {"district": member.home.row, **{name: getattr(member, name) for name in names}}
            for option, terms in member.reasons().items():
                row |= {f"{option.lower()}.{term}": value for term, value in terms.items()}
            rows.append(row)
    return pd.DataFrame(rows)
