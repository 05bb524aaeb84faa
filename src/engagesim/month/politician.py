"""What a politician does in a month."""

from typing import Any

from engagesim.compiling import rule
from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import choose_of_three, share, toward
from engagesim.rules.vocabulary import ARMS_LENGTH, PATRONAGE, SPONSOR

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""


@rule
def utilities(me, home, s):
    """Return the terms of patronage, of keeping at arm's length and of sponsoring reform."""
    return rules.patronage(me, s), rules.arms_length(me, s), rules.sponsor(me, home, s)


@step("stance", "approval", "transition")
def govern(me, home, s, month, stance_noise, reconsider_noise):
    """Choose a platform when new in office; reconsider it sometimes after re-election, and seldom at other times.

    A platform stands for patronage, arm's length or sponsoring reform. A politician who leaves a platform between
    elections loses approval.
    """
    (machine, trained), (quiet, used), (credit, organised, tried) = utilities(me, home, s)
    sponsor = credit + organised + tried
    chosen = choose_of_three(machine + trained, quiet + used, sponsor, s.politicians.sensitivity, stance_noise)
    stance = chosen if max(rules.changes_platform(me, s, reconsider_noise), (month == 0) * 1) else me.stance
    changes = (stance != me.stance) * 1
    broke = changes * (1 - me.mandate)
    return (
        stance,
        max(0.0, me.approval - s.politicians.breach * broke),
        rules.next_transition(me, s, max(broke, me.new_party)),
    )


@step("mandate", "new_party")
def settle_in():
    """In the month after an election, the marks of the election are cleared."""
    return 0, 0


@step("belief_patronage", "belief_arms_length", "belief_sponsor", "approval")
def learn(me, home, s):
    """The politician's belief about the current stance moves towards the change in approval."""
    support = share(home.support, home.voices)
    outcome = rules.stance_outcome(me, s, support)
    return (
        rules.learned_stance_belief(me, s, me.belief_patronage, PATRONAGE, outcome),
        rules.learned_stance_belief(me, s, me.belief_arms_length, ARMS_LENGTH, outcome),
        rules.learned_stance_belief(me, s, me.belief_sponsor, SPONSOR, outcome),
        toward(me.approval, support, s.politicians.approval_rate),
    )


@step("new_party", "orientation", "belief_patronage", "belief_arms_length", "belief_sponsor", "approval", "member")
def face_voters(me, home, s, election_noise, newcomer_noise):
    """At the end of a term, or after an upset, the politician stays or hands over to a newcomer from another party."""
    is_election = (me.election_in <= 1) * 1
    challenger = rules.newcomer_orientation(home, s, newcomer_noise)
    reelected = rules.reelection_chance(me, home, s, rules.diverted_in_all(home, s), challenger)
    lost = (election_noise >= rules.staying_chance(s, is_election, reelected)) * 1
    return (
        lost,
        challenger if lost else me.orientation,
        rules.inherited_belief(s, me.belief_patronage) if lost else me.belief_patronage,
        rules.inherited_belief(s, me.belief_arms_length) if lost else me.belief_arms_length,
        rules.inherited_belief(s, me.belief_sponsor) if lost else me.belief_sponsor,
        s.population.approval_start if lost else me.approval,
        0 if lost else me.member,
    )


@step("mandate", "election_in", "in_office")
def count_months(me, s):
    """The calendar advances: one more month in office, and one less until the next election."""
    is_election = (me.election_in <= 1) * 1
    return (
        max(is_election, me.new_party),
        s.incentives.term if is_election else me.election_in - 1,
        (me.in_office + 1) * (1 - me.new_party),
    )
