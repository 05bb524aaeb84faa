"""The vocabulary of the model: who the agents are, what each can do, and which ties connect them."""

from enum import IntEnum


class Strategy(IntEnum):
    """What a citizen does in a month."""

    ABSTAIN = 0
    COLLABORATE = 1
    CONFRONT = 2
    CLIENT = 3


class Response(IntEnum):
    """How an official deals with citizens' engagement, until the official reconsiders their way of working."""

    RESIST = 0
    TOKEN = 1
    ACCOMMODATE = 2
    COCREATE = 3


class Stance(IntEnum):
    """What a politician stands for, until the politician reconsiders their platform."""

    PATRONAGE = 0
    ARMS_LENGTH = 1
    SPONSOR = 2


MEANINGS = {
    "ABSTAIN": ("A citizen neither engages nor asks for a favour. This is worth 0, the baseline for other options."),
    "COLLABORATE": (
        "A citizen works with officials through the open form of engagement or, if none is open, without one. "
        "This takes time, and gets something done if the official responds."
    ),
    "CONFRONT": (
        "A citizen protests, complains or exposes abuse to force a response. A form with teeth helps. Patrons repress "
        "such acts, a coalition gives cover, and many follow when their organisation calls."
    ),
    "CLIENT": "A citizen votes in return for a favour. Only a politician who stands for patronage delivers favours.",
    "RESIST": (
        "An official does not act on what citizens say and keeps all the rents of the post, at the risk of exposure."
    ),
    "TOKEN": (
        "An official goes through the motions. This keeps part of the rents and lowers exposure, but gets little done."
    ),
    "ACCOMMODATE": (
        "An official acts on what citizens ask. This takes effort, most with a heavy caseload, and superiors may press "
        "against it. Agreements and coalitions commit officials to this response."
    ),
    "COCREATE": (
        "An official makes decisions and works together with citizens. This builds know-how. A manager who resists "
        "takes away the authority to share decisions. Agreements and coalitions commit officials to this response."
    ),
    "PATRONAGE": (
        "A politician trades favours for votes, presses managers not to respond to citizens, and fills posts with "
        "followers. The quality of the service suffers."
    ),
    "ARMS_LENGTH": (
        "A politician stays out of the service, gives no favours, and neither backs engagement nor presses hard "
        "against it."
    ),
    "SPONSOR": (
        "A politician backs engagement and the managers who respond to it, earns approval if it succeeds, and may "
        "join a coalition."
    ),
}
"""What each strategy, response or stance means."""


class Disposition(IntEnum):
    """What kind of person holds an official's post."""

    CLIENTELIST = 0
    REFORM_MINDED = 1


class Ending(IntEnum):
    """Why the coalition of a district ended."""

    NONE = 0
    ELECTION = 1
    POLITICIAN_LEFT = 2
    MANAGER_LEFT = 3
    TRANSFER = 4
    PROVIDERS_LEFT = 5
    BROKEN_PROMISE = 6
    EXHAUSTION = 7
    SUCCESS = 8


ENDINGS = {
    Ending.ELECTION: "the politician was voted out",
    Ending.POLITICIAN_LEFT: "the politician left the coalition",
    Ending.MANAGER_LEFT: "the manager left the coalition or the post",
    Ending.TRANSFER: "a provider was replaced",
    Ending.PROVIDERS_LEFT: "providers left the coalition",
    Ending.BROKEN_PROMISE: "a provider broke a promise",
    Ending.EXHAUSTION: "citizens grew tired",
    Ending.SUCCESS: "citizens got what they wanted",
}
"""Each cause in words, to follow "because"."""


class Role(IntEnum):
    """The role of an agent."""

    CITIZEN = 0
    MANAGER = 1
    PROVIDER = 2
    POLITICIAN = 3


class Tie(IntEnum):
    """What kind of tie connects two agents."""

    PEER = 0  # citizen and citizen
    SERVICE = 1  # citizen and provider
    COLLEAGUE = 2  # providers of one district
    PROFESSION = 3  # officials across districts
    HIERARCHY = 4  # manager and provider, politician and manager
    BROKER = 5  # politician and citizen


# Plain integers for the rules: they equal the members above, and are fast in pure Python.
ABSTAIN, COLLABORATE, CONFRONT, CLIENT = (int(strategy) for strategy in Strategy)
RESIST, TOKEN, ACCOMMODATE, COCREATE = (int(response) for response in Response)
PATRONAGE, ARMS_LENGTH, SPONSOR = (int(stance) for stance in Stance)
