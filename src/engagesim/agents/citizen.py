"""Citizens: the users of a service."""

from __future__ import annotations

from typing import ClassVar

from engagesim.agents.actor import Actor, Reasons
from engagesim.month import citizen
from engagesim.rules.citizen import CLIENT_TERMS, COLLABORATE_TERMS, CONFRONT_TERMS, engages
from engagesim.rules.vocabulary import Role, Strategy


class Citizen(Actor, kinds=("citizen",)):
    """Uses a service, is asked to take part or not, and abstains, collaborates, confronts or becomes a client."""

    role = Role.CITIZEN
    terms: ClassVar = {
        Strategy.COLLABORATE: COLLABORATE_TERMS,
        Strategy.CONFRONT: CONFRONT_TERMS,
        Strategy.CLIENT: CLIENT_TERMS,
    }
    weigh = staticmethod(citizen.utilities)

    @property
    def peers(self) -> int:
        """Number of the citizen's peers."""
        return len(self.kin)

    @property
    def engages(self) -> bool:
        """Whether the citizen collaborates or confronts this month."""
        return bool(engages(self))

    def reasons(self) -> Reasons:
        """Return the terms of each option's utility as they stand now; abstaining has none and is worth 0.

        Returns
        -------
        dict of str to dict of str to float
            As of any actor.
        """
        return {Strategy.ABSTAIN.name: {}, **super().reasons()}
