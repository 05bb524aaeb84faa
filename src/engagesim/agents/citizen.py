"""Citizens: the users of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engagesim.agents.actor import Actor, Reasons, takes
from engagesim.month import citizen, coalition
from engagesim.rules.citizen import CLIENT_TERMS, COLLABORATE_TERMS, CONFRONT_TERMS, engages
from engagesim.rules.vocabulary import Role, Strategy

if TYPE_CHECKING:
    from engagesim.agents.official import Official


class Citizen(Actor):
    """Uses a service, is asked to take part or not, and abstains, collaborates, confronts or becomes a client."""

    role = Role.CITIZEN
    terms: ClassVar = {
        Strategy.COLLABORATE: COLLABORATE_TERMS,
        Strategy.CONFRONT: CONFRONT_TERMS,
        Strategy.CLIENT: CLIENT_TERMS,
    }
    education: float
    vulnerability: float
    access_rank: float
    education_tercile: int
    vulnerability_tercile: int
    aspiration: float
    habit: float
    efficacy_collaborate: float
    efficacy_confront: float
    trust: float
    reliance: float
    outcome: float
    asked: int
    strategy: int
    engaged_neighbours: int
    client_neighbours: int
    first_engagement: int
    first_success: int
    engaged_again: int
    funnel: int
    post: Official

    be_asked = takes(citizen.be_asked)
    choose = takes(citizen.choose)
    be_summoned = takes(citizen.be_summoned)
    come = takes(citizen.come)
    meet = takes(citizen.meet)
    remember = takes(citizen.remember)
    succeed = takes(citizen.succeed)
    judge = takes(citizen.judge)
    learn = takes(citizen.learn)
    adapt = takes(citizen.adapt)
    act = takes(citizen.act)
    join = takes(coalition.join)

    @property
    def peers(self) -> int:
        """Number of the citizen's peers."""
        return len(self.kin)

    @property
    def engages(self) -> bool:
        """Whether the citizen collaborates or confronts this month."""
        return bool(engages(self))

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of collaborating, confronting and being a client; abstaining is worth 0."""
        return self.model.acts[citizen.utilities](self, self.home, self.s)  # type: ignore[no-any-return]

    def reasons(self) -> Reasons:
        """Return the terms of each option's utility as they stand now; abstaining has none and is worth 0.

        Returns
        -------
        dict of str to dict of str to float
            As of any actor.
        """
        return {Strategy.ABSTAIN.name: {}, **super().reasons()}
