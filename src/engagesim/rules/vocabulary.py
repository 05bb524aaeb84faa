"""The words of the model: who there is, what each can do, and how they are tied."""

from enum import IntEnum


class Strategy(IntEnum):
    """What a citizen does in a month."""

    ABSTAIN = 0
    COLLABORATE = 1  # constructive engagement
    CONFRONT = 2  # protest, complaint, exposure
    CLIENT = 3  # a vote for a favour


class Response(IntEnum):
    """What an official does with the engagement of citizens in a month."""

    RESIST = 0
    TOKEN = 1
    ACCOMMODATE = 2
    COCREATE = 3


class Stance(IntEnum):
    """What a politician stands for in a month."""

    PATRONAGE = 0
    ARMS_LENGTH = 1
    SPONSOR = 2


class Disposition(IntEnum):
    """What kind of person holds an official's post."""

    CLIENTELIST = 0
    REFORM_MINDED = 1


class Role(IntEnum):
    """Who an agent is."""

    CITIZEN = 0
    MANAGER = 1
    PROVIDER = 2
    POLITICIAN = 3


class Tie(IntEnum):
    """What connects two agents."""

    PEER = 0  # citizen and citizen
    SERVICE = 1  # citizen and provider
    COLLEAGUE = 2  # officials of one district
    PROFESSION = 3  # officials across districts
    HIERARCHY = 4  # manager and provider, politician and manager
    BROKER = 5  # politician and citizen


# Plain integers for the rules: equal to the members above, and quick in pure Python.
ABSTAIN, COLLABORATE, CONFRONT, CLIENT = (int(strategy) for strategy in Strategy)
RESIST, TOKEN, ACCOMMODATE, COCREATE = (int(response) for response in Response)
PATRONAGE, ARMS_LENGTH, SPONSOR = (int(stance) for stance in Stance)
