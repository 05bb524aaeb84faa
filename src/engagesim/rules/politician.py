"""What politicians stand for, how approval teaches them, and how elections replace them."""

from engagesim.compiling import rule
from engagesim.rules.choice import clip, logistic, toward

PATRONAGE_TERMS = ("machine", "experience")
ARMS_LENGTH_TERMS = ("quiet", "experience")
SPONSOR_TERMS = ("credit", "organised_support", "experience")


@rule
def patronage(patronage_money, machine_value, orientation, belief):
    """Terms of patronage: what the machine brings to a clientelist, experience. Source: E28, E31."""
    return machine_value * patronage_money * (1.0 - orientation), belief


@rule
def arms_length(quiet, belief):
    """Terms of keeping at arm's length: a constant, experience."""
    return quiet, belief


@rule
def sponsor(credit, conviction, orientation, organised_support, belief):
    """Terms of sponsoring reform: credit for conviction and for organised support, experience."""
    return credit * conviction * orientation, credit * organised_support, belief


@rule
def stance_outcome(support, approval, scale):
    """Consequence of a stance: the change in approval, scaled to utility, within [-1, 1]."""
    return min(1.0, max(-1.0, scale * (support - approval)))


@rule
def learned_stance_belief(belief, option, stance, outcome, rate):
    """Belief about one stance: moves towards the change in approval where it was taken."""
    return toward(belief, outcome, rate * (stance == option))


@rule
def reelection_chance(approval, competition, even_approval, reelection, disclosed):
    """Chance of re-election: logistic in approval, with the competition as its slope, for those who may stand again.

    What is published of diverted means counts against the incumbent. Source: E30; form assumed.
    """
    return reelection * logistic(competition * (approval - disclosed - even_approval))


@rule
def staying_chance(is_election, reelected, ousting):
    """Chance to hold the office beyond this month: elections end terms, and an upset ends any."""
    return (1.0 - ousting) * (1.0 - is_election * (1.0 - reelected))


@rule
def inherited_belief(belief, inheritance):
    """What a newcomer takes over of the predecessor's experience with a stance: machines outlast those who run them."""
    return inheritance * belief


@rule
def newcomer_orientation(noise, spread, engaged_share, pull):
    """Orientation of a newly elected politician: by chance, and by how engaged the district is."""
    return clip(noise * spread + pull * engaged_share)
