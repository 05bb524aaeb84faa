"""What a politician does in a month."""

from typing import Any

from engagesim.compiling import rule
from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import choose_of_three, share, toward
from engagesim.rules.politician import is_sponsor
from engagesim.rules.vocabulary import ARMS_LENGTH, PATRONAGE, SPONSOR

rules: Any = RULES
"""The set of rules in use; an engine may bind another."""


@rule
def utilities(me, home, s):
    """Return the terms of patronage, arm's length and sponsoring."""
    return rules.patronage(me, s), rules.arms_length(me, s), rules.sponsor(me, home, s)


@step("stance")
def govern(me, home, s, stance_noise):
    """The politician stands for patronage, keeps at arm's length or sponsors engagement."""
    (machine, trained), (quiet, used), (credit, organised, tried) = utilities(me, home, s)
    sponsor = credit + organised + tried
    return choose_of_three(machine + trained, quiet + used, sponsor, s.politicians.sensitivity, stance_noise)


@step("new_party")
def settle_in():
    """Posts have been filled: a new party is new for one month."""
    return 0


@step("belief_patronage", "belief_arms_length", "belief_sponsor", "approval")
def learn(me, home, s):
    """The belief about the stance moves towards the change in approval that came with it."""
    support = share(home.support, home.residents)
    outcome = rules.stance_outcome(me, s, support)
    return (
        rules.learned_stance_belief(me, s, me.belief_patronage, PATRONAGE, outcome),
        rules.learned_stance_belief(me, s, me.belief_arms_length, ARMS_LENGTH, outcome),
        rules.learned_stance_belief(me, s, me.belief_sponsor, SPONSOR, outcome),
        toward(me.approval, support, s.politicians.approval_rate),
    )


@step("active")
def act(me):
    """The politician is seen to sponsor engagement, or not."""
    return is_sponsor(me)


@step("new_party", "orientation", "belief_patronage", "belief_arms_length", "belief_sponsor", "approval")
def face_voters(me, home, s, month, election_noise, newcomer_noise):
    """Where a term ends, or an upset comes, the politician stays or hands over to a newcomer of a new party."""
    is_election = ((month + 1) % s.incentives.term == 0) * 1
    reelected = rules.reelection_chance(me, s, rules.diverted_in_all(home, s))
    lost = (election_noise >= rules.staying_chance(s, is_election, reelected)) * 1
    return (
        lost,
        rules.newcomer_orientation(home, s, newcomer_noise) if lost else me.orientation,
        rules.inherited_belief(s, me.belief_patronage) if lost else me.belief_patronage,
        rules.inherited_belief(s, me.belief_arms_length) if lost else me.belief_arms_length,
        rules.inherited_belief(s, me.belief_sponsor) if lost else me.belief_sponsor,
        s.population.approval_start if lost else me.approval,
    )
