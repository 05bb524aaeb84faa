"""Politicians: one for each constituency."""

from typing import ClassVar

from engagesim.agents.actor import Actor
from engagesim.month import politician
from engagesim.rules.politician import ARMS_LENGTH_TERMS, PATRONAGE_TERMS, SPONSOR_TERMS
from engagesim.rules.vocabulary import Role, Stance


class Politician(Actor, kinds=("politician",)):
    """Stands for a constituency, takes a stance, and faces elections."""

    role = Role.POLITICIAN
    terms: ClassVar = {
        Stance.PATRONAGE: PATRONAGE_TERMS,
        Stance.ARMS_LENGTH: ARMS_LENGTH_TERMS,
        Stance.SPONSOR: SPONSOR_TERMS,
    }
    weigh = staticmethod(politician.utilities)
