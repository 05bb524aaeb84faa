"""How agents join the coalition of a district, and how coalitions form, stand and end."""

from typing import Any

from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import CLIENT

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""

ANGRY = 0.2
"""Anger of users above which a provider counts as having broken a promise recently."""


@step(belonging=("home",), organised_brokers=("home",), brokers=("home",), clients=("home",))
def be_counted(me):
    """The district counts the citizen as a member, a broker or a client."""
    return 1.0 * me.member, 1.0 * me.member * me.broker, 1.0 * me.broker, 1.0 * (me.strategy == CLIENT)


@step("organised")
def be_organised(me, s):
    """The district updates how organised its citizens are."""
    return rules.organised(me, s)


@step("backing")
def be_backed(me, s):
    """The politician sees how organised the citizens are."""
    return rules.backing(me, s)


@step("member")
def join_as_official(me, home, s):
    """The official joins the coalition, stays or leaves."""
    return rules.joins(me, s, rules.official_may_join(me), rules.official_support(me, home, s))


@step("member")
def join_as_politician(me, home, s):
    """The politician joins the coalition, stays or leaves."""
    return rules.joins(me, s, rules.politician_may_join(me), rules.politician_support(home, s))


@step(allied_politicians=("home",))
def ally_as_politician(me):
    """The coalition counts a politician who is a member."""
    return 1.0 * me.member


@step(allied_providers=("home",), allied_managers=("home",), replaced=("home",), disappointed=("home",))
def ally_as_official(me, home):
    """The coalition counts an official who is a member; the district notes whether others are new or broke promises."""
    outside = (1.0 - me.member) * (1.0 - me.manages)
    return (
        1.0 * me.member * (1.0 - me.manages),
        1.0 * me.member * me.manages,
        outside * (me.tenure < home.coalition_age),
        outside * (me.anger > ANGRY),
    )


@step(allied_citizens=("home",))
def ally_as_citizen(me, post):
    """The coalition counts a citizen who is organised at a service point whose official is a member."""
    return 1.0 * me.member * post.member


@step("coalition_born", "coalition_ending", "coalition", "coalition_slack")
def stand(me, manager, s):
    """The coalition of the district forms, stands or ends."""
    alone, short = rules.lacks_sponsor(me), rules.lacks_members(me, s)
    lacks = max(alone, short)
    slack = (me.coalition_slack + 1) * lacks
    ends = me.coalition * max(alone, (slack > s.coalitions.grace) * 1)
    born = (1 - me.coalition) * (1 - lacks)
    cause = rules.ending(me, s, share(manager.aggrieved, manager.served))
    return born, ends * cause, me.coalition + born - ends, slack


@step("coalition_age", "coalition_month", "cover")
def last(me, s, month):
    """The coalition grows older, counts as lasting after some time, and protects its members."""
    age = (me.coalition_age + 1) * me.coalition
    lasts = (me.coalition_month < 0) * (age >= s.coalitions.persistence) * 1
    return age, month - s.coalitions.persistence + 1 if lasts else me.coalition_month, rules.cover(me, s)
