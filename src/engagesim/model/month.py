"""How a month goes, phase by phase, agent by agent."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim.agents import Actor
from engagesim.agents.coalitions import broad_members
from engagesim.agents.tallies import month_tallies
from engagesim.errors import EngagementError, ParameterError, StoreError, shown
from engagesim.measures import measured
from engagesim.model.restoring import check_snapshot
from engagesim.model.society import Society
from engagesim.parameters import SETTINGS
from engagesim.randomness import Purpose
from engagesim.rules.choice import share
from engagesim.rules.schedule import held, moved, weight
from engagesim.rules.vocabulary import COLLABORATE, CONFRONT, Response, Stance, Strategy
from engagesim.society.snapshot import Snapshot


class EngagementModel(Society):
    """A society of citizens, officials and politicians.

    Parameters
    ----------
    parameters : Parameters, optional
        What the society is made of; the defaults otherwise.
    rules : Rules, optional
        The rules that it follows, some perhaps replaced.
    citizen, official, politician : type, optional
        Subclasses of the agents, to change what one kind does.
    scenario : mesa.experimental.scenarios.Scenario, optional
        A scenario of Mesa, whose attributes are parameters by path as in ``changes``, which go before them.
    **changes
        Parameters by path with ``__`` in place of the dot, as Mesa's runners pass them:
        ``incentives__patronage=0.1``. The seed may be passed as ``rng``, too, in every form that NumPy takes;
        ``rng=None`` is another seed each time, as in Mesa.

    Raises
    ------
    ParameterError
        Where a change names no parameter, a value is not allowed, or ``rules`` and agents are of another kind.
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

    def step(self) -> None:
        """Live one month."""
        self.move_trends()
        self.govern()
        self.choose()
        self.respond()
        self.meet()
        self.serve()
        self.learn()
        self.join_coalitions()
        self.vote()
        self.observe()
        self.month += 1

    def move_trends(self) -> None:
        """Put the month's settings in force and supply the services."""
        touched = {schedule.setting for schedule in self._schedules}
        for district in self.districts:
            for setting in touched:
                _, name, low, high = SETTINGS[setting]
                value = self._base[setting]
                for entry in self._schedules:
                    if entry.setting == setting and entry.districts[district.row]:
                        strength = weight(self.month, entry.start, entry.stop, entry.ramp)
                        value = moved(value, entry.target, entry.is_added, strength)
                setattr(district.settings, name, held(float(value), low, high))
            district.resources = district.settings.conditions_resources

    def govern(self) -> None:
        """Let politicians take a stance, and officials stay in their posts or be replaced."""
        noise, _ = self.draws(Purpose.POLITICIAN_CHOICE, self.politicians)
        for politician in self.politicians:
            politician.stance = politician.govern(noise[politician.row])
        _check_chosen(self.politicians, "stance", Stance)
        vacated, hired = self.draws(Purpose.OFFICIAL_POST, self.officials)
        able, _ = self.draws(Purpose.OFFICIAL_ABILITY, self.officials)
        for official in self.officials:
            official.keep_or_leave(vacated[official.row], hired[official.row], able[official.row])
        for politician in self.politicians:
            politician.new_party = 0

    def choose(self) -> None:
        """Ask citizens to take part, or not, and let them choose a strategy."""
        asked, noise = self.draws(Purpose.CITIZEN_CHOICE, self.citizens)
        for citizen in self.citizens:
            citizen.asked = citizen.be_asked(asked[citizen.row])
            citizen.strategy = citizen.decide(asked[citizen.row], noise[citizen.row])
        _check_chosen(self.citizens, "strategy", Strategy)

    def respond(self) -> None:
        """Let officials see their caseload and choose a response."""
        self._count_cases()
        noise, _ = self.draws(Purpose.OFFICIAL_CHOICE, self.officials)
        for official in self.officials:
            official.load = official.weigh_load()
            official.response = official.respond(noise[official.row])
        _check_chosen(self.officials, "response", Response)
        for district in self.districts:
            district.manager_response = district.manager.response

    def meet(self) -> None:
        """Each citizen who engages meets an official and succeeds or not; each client gets the favour or not."""
        for official in self.officials:
            official.open_counter()
        noise, _ = self.draws(Purpose.CITIZEN_ENCOUNTER, self.citizens)
        for citizen in self.citizens:
            citizen.outcome = citizen.meet(noise[citizen.row])
            citizen.remember(self.month)
            if citizen.engages and citizen.outcome:
                citizen.service_point.succeeded += 1
                citizen.home.manager.succeeded += 1

    def serve(self) -> None:
        """Each district diverts some of its means, and the quality of its service moves."""
        for district in self.districts:
            worth = responsive = 0.0
            for provider in district.providers:
                worth = worth + provider.serve()
                responsive = responsive + provider.activity()
            staff = len(district.providers)
            district.responsive = responsive / staff
            district.engaged = district.manager.engaged_share
            district.serve(worth / staff)

    def learn(self) -> None:
        """Everybody learns from what they did, and from one neighbour."""
        for district in self.districts:
            support = 0.0
            for citizen in district.citizens:
                support = support + citizen.support()
            district.politician.learn(share(support, district.residents))
            district.learn()
        contacts = self.wiring.contacts(self.month)
        for citizen in self.citizens:
            other = contacts[citizen.row]
            citizen.learn(self.citizens[other] if other >= 0 else None)
        sanction, _ = self.draws(Purpose.OFFICIAL_SANCTION, self.officials)
        practice = {official.row: official.practice for official in self.officials} | {-1: 0.0}
        for official in self.officials:
            official.learn(sanction[official.row], practice[contacts[official.row]])

    def join_coalitions(self) -> None:
        """Settle membership and find the broad coalitions; citizens see what their neighbours do."""
        actors = self.actors
        activity = [actor.activity() for actor in actors]
        for actor, member in zip(actors, [actor.join(activity) for actor in actors], strict=True):
            actor.member = member
        broad = self._mark_broad()
        self._cover_districts()
        counted = self.parameters.coalitions
        large = share(int(broad.sum()), self.wiring.agents) >= counted.minimum_share
        self.coalition_run = (self.coalition_run + 1) * large
        if self.coalition_month < 0 and self.coalition_run >= counted.persistence:
            self.coalition_month = self.month - counted.persistence + 1
        for citizen in self.citizens:
            strategies = [peer.strategy for peer in citizen.kin]
            citizen.engaged_neighbours = sum(strategy in {COLLABORATE, CONFRONT} for strategy in strategies)
            citizen.client_neighbours = sum(strategy > CONFRONT for strategy in strategies)

    def vote(self) -> None:
        """Hold elections, every term; an upset may come in any month."""
        is_election = ((self.month + 1) % self.parameters.incentives.term == 0) * 1
        stays, newcomer = self.draws(Purpose.ELECTION, self.politicians)
        for politician in self.politicians:
            politician.face_voters(is_election, stays[politician.row], newcomer[politician.row])

    def observe(self) -> None:
        """Record the month."""
        self.observed.append(measured(month_tallies(self), self.wiring.sizes))
        self.datacollector.collect(self)

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
        ParameterError
            Where the options change a parameter: people and ties would no longer be those of the snapshot.
        """
        if not isinstance(snapshot, Snapshot):
            raise StoreError(f"snapshot = {shown(snapshot)}: allowed is a Snapshot, as Snapshot.load reads it")
        model = cls(snapshot.parameters, **options)
        check_snapshot(snapshot, model.wiring.sizes)
        if model.parameters != snapshot.parameters:
            raise ParameterError("a society goes on with the parameters of its snapshot; allowed are rules and agents")
        model.put(snapshot.state)
        model.month = max(0, snapshot.month - 1)
        model.move_trends()
        model.month = snapshot.month
        model._mark_broad()
        model._remember(snapshot.observed)
        return model

    def _count_cases(self) -> None:
        for official in self.officials:
            official.collaborating = official.confronting = official.succeeded = 0
        for citizen in self.citizens:
            for official in (citizen.service_point, citizen.home.manager):
                official.collaborating += citizen.strategy == COLLABORATE
                official.confronting += citizen.strategy == CONFRONT

    def _mark_broad(self) -> NDArray[np.bool_]:
        members = np.array([actor.member for actor in self.actors], dtype=bool)
        broad = broad_members(self.wiring, members)
        for actor in self.actors:
            actor.in_broad_coalition = bool(broad[actor.row])
        return broad

    def _cover_districts(self) -> None:
        for district in self.districts:
            s = district.settings
            citizens = sum(citizen.in_broad_coalition for citizen in district.citizens)
            staff = [district.manager, *district.providers]
            officials = sum(official.in_broad_coalition for official in staff)
            district.organised = self.rules.organised(
                share(citizens, district.residents), officials / len(staff), s.coalitions_citizen_scale
            )
            sponsored = district.politician.in_broad_coalition * 1.0
            district.cover = self.rules.cover(district.organised, sponsored, s.coalitions_without_sponsor)


def _check_chosen(agents: Sequence[Actor], name: str, options: type[IntEnum]) -> None:
    """Refuse what a subclass has chosen that there is not to choose."""
    for agent in agents:
        chosen = getattr(agent, name)
        if chosen not in options:
            allowed = ", ".join(f"{option.value} ({option.name})" for option in options)
            raise EngagementError(
                f"{type(agent).__name__} {agent.row}: {name} = {shown(chosen)}: allowed are {allowed}"
            )
