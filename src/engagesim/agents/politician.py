"""Politicians: one for each constituency."""

from typing import ClassVar

from engagesim.agents.actor import Actor, takes
from engagesim.month import coalition, politician
from engagesim.rules.politician import ARMS_LENGTH_TERMS, PATRONAGE_TERMS, SPONSOR_TERMS
from engagesim.rules.vocabulary import Role, Stance


class Politician(Actor):
    """Stands for a constituency, takes a stance, and faces elections."""

    role = Role.POLITICIAN
    terms: ClassVar = {
        Stance.PATRONAGE: PATRONAGE_TERMS,
        Stance.ARMS_LENGTH: ARMS_LENGTH_TERMS,
        Stance.SPONSOR: SPONSOR_TERMS,
    }
    orientation: float
    belief_patronage: float
    belief_arms_length: float
    belief_sponsor: float
    approval: float
    stance: int
    new_party: int

    govern = takes(politician.govern)
    settle_in = takes(politician.settle_in)
    learn = takes(politician.learn)
    act = takes(politician.act)
    join = takes(coalition.join)
    face_voters = takes(politician.face_voters)

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of patronage, arm's length and sponsoring."""
        return self.model.acts[politician.utilities](self, self.home, self.s)  # type: ignore[no-any-return]
