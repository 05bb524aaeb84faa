"""How users of a service point organise themselves in a month."""

from typing import Any

from engagesim.compiling import rule
from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.citizen import grievance, of_peers

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""


@rule
def worth(me, post, home, s):
    """Return what belonging to an organisation is worth to the citizen: the sum of its terms."""
    lacking = grievance(me, rules.received_quality(me, home, s))
    need, hope, company, cost, fear = rules.belonging(post, home, s, lacking, of_peers(me, me.member_neighbours))
    return need + hope + company + cost + fear


@step("member")
def belong(me, post, home, s, belonging_noise):
    """The citizen joins the organisation of users, stays in it or leaves it, if there is an occasion to decide."""
    chance = s.organisations.reconsider if me.member else rules.thinking_chance(me, post, s)
    return rules.belongs(me, s, worth(me, post, home, s), (belonging_noise < chance) * 1)


@step("leader", "belonging")
def lead(me, post, home, s, leading_noise):
    """Some members become leaders, and some leaders stop."""
    rises = (leading_noise < rules.rising_chance(me, post, s)) * 1
    goes_on = (leading_noise >= rules.ceasing_chance(me, post, home, s)) * 1
    return me.member * (goes_on if me.leader else rises), (me.belonging + 1) * me.member


@step(members=("post",), leading=("post",), aggrieved=("post", "manager"), trusting=("post",))
def stand_by(me, home, s):
    """The service point counts the citizen as a member or leader, and adds up trust and grievances.

    The manager also knows the grievances of the whole district.
    """
    return me.member, me.leader, grievance(me, rules.received_quality(me, home, s)), me.trust


@step("organisation")
def gather(me, s):
    """The users of the service point become more or less organised, depending on their members and leaders."""
    return rules.next_organisation(me, s)
