"""What politicians stand for, how approval teaches them, and how elections replace them.

In every rule ``me`` is the politician, ``home`` the constituency, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import clip, logistic, share, toward
from engagesim.rules.vocabulary import PATRONAGE, SPONSOR

PATRONAGE_TERMS = ("machine", "experience")
ARMS_LENGTH_TERMS = ("quiet", "experience")
SPONSOR_TERMS = ("credit", "organised_support", "experience")


@rule
def patronage(me, s):
    """Terms of patronage: the machine's benefit to a clientelist politician, and experience. Source: E28, E31."""
    return s.politicians.machine_value * s.incentives.patronage * (1.0 - me.orientation), me.belief_patronage


@rule
def arms_length(me, s):
    """Terms of keeping at arm's length: a constant, and experience."""
    return s.politicians.quiet, me.belief_arms_length


@rule
def sponsor(me, home, s):
    """Terms of sponsoring reform: credit for conviction, credit for organised support, and experience."""
    convinced = s.incentives.credit * s.politicians.conviction * me.orientation
    return convinced, s.incentives.credit * home.backing, me.belief_sponsor


@rule
def is_sponsor(me):
    """Whether the politician sponsors engagement (1 or 0)."""
    return 1.0 * (me.stance == SPONSOR)


@rule
def stance_outcome(me, s, support):
    """Consequence of a stance: the change in approval, scaled to utility, within [-1, 1]."""
    return min(1.0, max(-1.0, s.politicians.learning_scale * (support - me.approval)))


@rule
def learned_stance_belief(me, s, belief, option, outcome):
    """Belief about one stance: it moves towards the change in approval if the politician took this stance."""
    return toward(belief, outcome, s.politicians.learning * (me.stance == option))


@rule
def changes_platform(me, s, reconsider_noise):
    """Whether a politician reconsiders their platform (1 or 0): newcomers do, the re-elected more often than others."""
    mandated = max(s.politicians.reconsider, s.politicians.second_thoughts * me.mandate)
    return max(me.new_party, (reconsider_noise < mandated) * 1)


@rule
def next_transition(me, s, is_change):
    """How much of a change at the top (a newcomer, or another platform) has yet to take effect, in [0, 1]."""
    return max(1.0 * is_change, (1.0 - s.politicians.settling) * me.transition)


@rule
def backing(home, s):
    """Organised support that reaches the politician, in [0, 1], seen from afar or through brokers who are members.

    Source: Stokes et al. (2013) for brokers; form assumed.
    """
    through = share(home.organised_brokers, home.brokers)
    near = s.politicians.at_a_distance + (1.0 - s.politicians.at_a_distance) * through
    return s.accountability.political * home.organised * near


@rule
def reelection_chance(me, home, s, diverted, challenger):
    """Chance of re-election for politicians who may stand again: logistic in approval, with competition as the slope.

    Published diversion counts only if it is news: more than people expect counts against the incumbent, less counts in
    the incumbent's favour. A patron's machine brings out clients. A programmatic challenger wins over organised
    citizens (``challenger`` is the challenger's orientation). Source: E30, E31; form assumed.
    """
    news = s.politicians.disclosure * s.incentives.publicity * (diverted - home.diversion_expected)
    felt = s.accountability.political * (me.approval - news - s.politicians.even_approval)
    machine = s.politicians.machine * (me.stance == PATRONAGE) * share(home.clients, home.residents)
    challenged = s.politicians.challenge * (challenger - me.orientation) * home.backing
    odds = s.politicians.incumbency + s.incentives.competition * felt + machine - challenged
    return s.incentives.reelection * logistic(odds)


@rule
def staying_chance(s, is_election, reelected):
    """Chance of staying in office beyond this month: elections end terms, and an upset may end a term at any time."""
    return (1.0 - s.incentives.ousting) * (1.0 - is_election * (1.0 - reelected))


@rule
def inherited_belief(s, belief):
    """Belief about a stance that a newcomer inherits from the predecessor: machines outlast their bosses."""
    return s.politicians.inheritance * belief


@rule
def newcomer_orientation(home, s, noise):
    """Orientation of a newly elected politician: it depends on chance and on how many citizens engage."""
    return clip(noise * s.politicians.newcomer_spread + s.politicians.newcomer_pull * home.engaged)
