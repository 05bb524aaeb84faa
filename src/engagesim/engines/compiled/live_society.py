"""A society in the compiled engine that can be stepped, read and given other interventions while it runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.engines.compiled.batch import new_batch
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.errors import ParameterError
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Intervention, Parameters
from engagesim.policy import Policy, Watch
from engagesim.rules import RULES, Rules
from engagesim.society.events import Log, event_table
from engagesim.society.files import read_people
from engagesim.society.network import in_coalition, wire
from engagesim.society.state import State
from engagesim.study.snapshot import Snapshot


class LiveSociety:
    """A society that can be simulated for any number of months.

    Changes during the run are recorded as interventions that start or stop in the month of the change. ``parameters``
    therefore always describe the whole history: simulated from the start, they give identical results.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the society; their number of months is not a limit.
    rules : Rules, optional
    logs : bool
        Whether events are logged, which takes longer than the month itself; without them, ``events`` is empty.
    """

    def __init__(self, parameters: Parameters, rules: Rules = RULES, *, logs: bool = True) -> None:
        self.parameters, people = read_people(parameters)
        self.wiring = wire(self.parameters, people)
        self.month = 0
        self._engine = engine_for(design_of(type(parameters), rules))
        self._batch = new_batch(self._engine, [self.parameters], self.wiring, people)
        self._log = Log(self.wiring)
        self._logs = logs

    @property
    def state(self) -> State:
        """State of the society at the end of the last month, with one lane; it changes with the society."""
        return self._batch.state

    @property
    def in_coalition(self) -> NDArray[np.bool_]:
        """Whether each agent belongs to a standing coalition, shape (agents,)."""
        return in_coalition(self.state, self.wiring)

    @property
    def metrics(self) -> NDArray[np.float64]:
        """Every measure of every month so far, shape (months, measures)."""
        return self.observed(0)

    @property
    def events(self) -> pd.DataFrame:
        """The log of events so far, in the form of ``EngagementModel.events``."""
        return event_table(self._log.rows)

    def happened(self, begin: int) -> NDArray[Any]:
        """Return the events of the months from ``begin`` on, by month, as rows of ``society.events.ROW``."""
        return self._log.since(begin)

    def observed(self, begin: int) -> NDArray[np.float64]:
        """Return every measure of the months from ``begin`` on, shape (months, measures)."""
        tallies = self._batch.tallies[begin : self.month, :, 0]
        return self._engine.design.measured(tallies.T, self.wiring.sizes).T

    def step(self, months: int = 1) -> None:
        """Simulate a number of months."""
        stop = self.month + months
        self._make_room(stop)
        self._batch.live(self._engine, self.month, stop, self._log if self._logs else None)
        self.month = stop

    def change(self, interventions: Sequence[Intervention]) -> None:
        """Continue with other interventions.

        Parameters
        ----------
        interventions : sequence of Intervention
            Interventions that have already started, in the same order, which may stop from this month on, followed by
            any that start from this month on.

        Raises
        ------
        ParameterError
            If the change would alter past months, or a schedule does not fit the society.
        """
        ours = self.parameters.interventions
        begun = [entry for entry in ours if entry.start < self.month]
        kept = tuple(interventions[: len(begun)])
        if [self._until_now(entry) for entry in kept] != [self._until_now(entry) for entry in begun] or any(
            entry.start < self.month for entry in interventions[len(begun) :]
        ):
            raise ParameterError(f"interventions: must stay the same before month {self.month}, which is over")
        self.parameters = self.parameters.changed({"interventions": [entry.model_dump() for entry in interventions]})
        policy = Policy.of([self.parameters])
        watch, before = Watch([self.parameters], policy), self._batch.watch
        if before is not None:
            first = len(self.parameters.trends) + 1  # the place of the first intervention, behind the form
            lived = [
                entry for entry, (_, place, _) in enumerate(before.keys)
                if place < first or ours[place - first].start < self.month
            ]  # fmt: skip
            memory = np.zeros_like(watch.memory)
            memory[:, : len(lived)] = before.memory[:, lived]
            watch.recall(memory)
        self._batch = replace(self._batch, world=self._batch.world._replace(policy=policy), watch=watch or None)

    def snapshot(self) -> Snapshot:
        """Return a copy of the society between two months."""
        watch = self._batch.watch
        watched = None if watch is None else watch.memory.copy()
        return Snapshot(self.parameters, self.month, self.state.copy(), self.metrics, watched)

    def _until_now(self, entry: Intervention) -> Intervention:
        """Return the part of a schedule that has taken effect so far, with its end left open."""
        is_open = entry.stop is None or entry.stop >= self.month
        return entry.model_copy(update={"stop": None}) if is_open else entry

    def _make_room(self, months: int) -> None:
        tallies = self._batch.tallies
        if months > len(tallies):
            more = np.zeros((max(months, 2 * len(tallies)) - len(tallies), *tallies.shape[1:]))
            self._batch = replace(self._batch, tallies=np.concatenate((tallies, more)))
