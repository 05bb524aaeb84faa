"""Random numbers as a pure function of seed, month, agent and purpose.

The generator is Philox 2x32 with ten rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1,
2, 3", SC'11), which passes BigCrush. The seed is its key; agent, month and purpose are its counter. No two draws of a
society can therefore collide, two societies with the same seed share their noise draw by draw, and the order of
evaluation cannot matter. The same source serves Python integers, ``int64`` arrays and compiled code, because every
product is masked to 32 bits, where wrapped and unbounded arithmetic agree.
"""

from enum import IntEnum

from engagesim.compiling import rule

MASK = 0xFFFFFFFF
MULTIPLIER = 0xD256D193
WEYL = 0x9E3779B9
ROUNDS = 10
UNIT = 1.0 / 4294967296.0

PURPOSES = 64
"""Number of purposes per month; the month occupies the higher digits of the counter."""

BEFORE = (1 << 26) - 1
"""The "month" in which a society is set up, before month 0."""


OFFICE = 1 << 31
"""Index of the first official in random draws, so high that an extra citizen does not change anybody else's draws."""

SEAT = 3 << 30
"""Index of the first politician in random draws."""


class Purpose(IntEnum):
    """Purposes of pairs of random draws; each number is part of the stream and is never reused for another purpose."""

    CITIZEN_CHOICE = 0  # being asked, strategy
    CITIZEN_ENCOUNTER = 1  # success or favour, (spare)
    OFFICIAL_POST = 2  # vacated, disposition of the newcomer
    OFFICIAL_CHOICE = 3  # response, (spare)
    OFFICIAL_SANCTION = 4  # punished by the patron, (spare)
    POLITICIAN_CHOICE = 5  # stance, (spare)
    ELECTION = 6  # re-elected, orientation of the newcomer
    CONTACT = 7  # whom to learn from, (spare); keyed by the seed of the wiring, which determines who is near
    OFFICIAL_ABILITY = 8  # ability of the newcomer, (spare)
    BELONGING = 9  # joining or leaving an organisation, leading it or giving up
    PROMISE = 10  # kept or broken, demanded
    ANSWER = 11  # promised, confronted
    RECONSIDERING = 12  # whether a held position is reconsidered, given up
    # Before month 0. A bell-shaped draw takes two pairs.
    EDUCATION = 16
    EDUCATION_MORE = 17
    VULNERABILITY = 18
    VULNERABILITY_MORE = 19
    THRESHOLD = 20
    THRESHOLD_MORE = 21
    EFFICACY = 22  # collaborate, confront
    CONNECTION = 23  # rank in the queue for ICT access, (spare)
    DISPOSITION = 24  # disposition, tenure
    ORIENTATION = 25  # orientation, (spare)
    QUALITY = 26
    QUALITY_MORE = 27
    SERVICE_POINT = 28  # which provider, broker or not
    INSIGHT = 29  # insight, ability
    CAPACITY = 30
    CAPACITY_MORE = 31
    ORGANISING = 32  # belongs, leads
    CALENDAR = 33  # first election, (spare)
    # Wiring of the social graph.
    WIRING = 40
    WIRING_MORE = 41
    PROFESSION = 42
    TARGETING = 48  # which districts a policy reaches: 0 the form, 1 to 7 trends, 8 to 15 interventions, each in turn


@rule
def philox(first, second, key):
    """Scramble a counter of two 32-bit words under a 32-bit key.

    Parameters
    ----------
    first, second, key : int in [0, 2**32)
        Counter words and key; ``int64`` arrays work element by element.

    Returns
    -------
    tuple of int
        Two words in [0, 2**32).
    """
    for _ in range(ROUNDS):
        product = first * MULTIPLIER
        first = ((product >> 32) & MASK) ^ key ^ second
        second = product & MASK
        key = (key + WEYL) & MASK
    return first, second


@rule
def uniform_pair(seed, month, agent, purpose):
    """Draw two uniform numbers in the open interval (0, 1).

    Parameters
    ----------
    seed : int in [0, 2**32)
    month : int in [0, 2**26)
    agent : int in [0, 2**32)
        Number of the agent, district or tie.
    purpose : int in [0, 64)

    Returns
    -------
    tuple of float
    """
    first, second = philox(agent, month * PURPOSES + purpose, seed)
    return (first + 0.5) * UNIT, (second + 0.5) * UNIT


@rule
def bell(seed, agent, purpose, purpose_more):
    """Draw from a bell curve with mean 0 and standard deviation 1, within 3.47 of the mean.

    The draw is a scaled sum of four uniform numbers (Irwin-Hall). It is nearly normal in shape, bounded, and exact in
    its arithmetic, so it is the same to the last bit wherever it is computed.
    """
    one, two = uniform_pair(seed, BEFORE, agent, purpose)
    three, four = uniform_pair(seed, BEFORE, agent, purpose_more)
    return (one + two + three + four - 2.0) * 1.7320508075688772
