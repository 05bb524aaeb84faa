"""Monthly sums over a society, added up agent by agent, in the order in which agents are numbered.

Measures are computed from these sums (see :mod:`engagesim.measures`). Each sum is defined here once, by its name and
its expression; the page of the month says over whom it runs.
"""

from typing import Any

from engagesim.month.steps import observed
from engagesim.rules import RULES
from engagesim.rules.citizen import engages
from engagesim.rules.coalition import (
    BROKEN_PROMISE,
    ELECTION,
    EXHAUSTION,
    MANAGER_LEFT,
    POLITICIAN_LEFT,
    PROVIDERS_LEFT,
    SUCCESS,
    TRANSFER,
)
from engagesim.rules.vocabulary import (
    ACCOMMODATE,
    ARMS_LENGTH,
    CLIENT,
    COCREATE,
    COLLABORATE,
    CONFRONT,
    PATRONAGE,
    RESIST,
    SPONSOR,
    TOKEN,
)

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""


@observed("asked", "collaborate", "confront", "client", "succeeded", "favoured")
def acts(me):
    """Count what citizens do, and what they get."""
    is_client = 1.0 * (me.strategy == CLIENT)
    return (
        me.asked,
        1.0 * (me.strategy == COLLABORATE),
        1.0 * (me.strategy == CONFRONT),
        is_client,
        engages(me) * me.outcome,
        is_client * me.outcome,
    )


@observed("low_education", "high_education", "low_education_engaged", "high_education_engaged")
def acts_by_education(me):
    """Count who engages, by education."""
    low, high = 1.0 * (me.education_tercile == 0), 1.0 * (me.education_tercile == 2)
    return low, high, low * engages(me), high * engages(me)


@observed(
    "least_vulnerable", "most_vulnerable", "least_vulnerable_engaged", "most_vulnerable_engaged",
    "least_vulnerable_client", "most_vulnerable_client",
)  # fmt: skip
def acts_by_vulnerability(me):
    """Count the citizens who engage, and the clients, by vulnerability."""
    least, most = 1.0 * (me.vulnerability_tercile == 0), 1.0 * (me.vulnerability_tercile == 2)
    is_client = 1.0 * (me.strategy == CLIENT)
    return least, most, least * engages(me), most * engages(me), least * is_client, most * is_client


@observed("first_success", "first_failure", "again_after_success", "again_after_failure")
def first_times(me, month):
    """Count first engagements from a year ago or earlier, and how many of them were repeated."""
    long_ago = (me.first_engagement >= 0) * (month - me.first_engagement >= 12) * 1.0
    worked = long_ago * me.first_success
    failed = long_ago * (1 - me.first_success)
    return worked, failed, worked * me.engaged_again, failed * me.engaged_again


@observed("engaged_this_year", "confronted_this_year")
def lately(me, month):
    """Count the citizens who took part, and those who confronted, in the last twelve months."""
    since = month - 12
    return (
        1.0 * (me.last_engagement >= 0) * (me.last_engagement > since),
        1.0 * (me.last_confrontation >= 0) * (me.last_confrontation > since),
    )


@observed("funnel_asked", "funnel_engaged", "funnel_responded", "funnel_gained", "funnel_gained_again")
def funnel(me):
    """Count the stages that citizens have reached in an initiative."""
    return (
        1.0 * (me.funnel >= 1),
        1.0 * (me.funnel >= 2),
        1.0 * (me.funnel >= 3),
        1.0 * (me.funnel >= 4),
        1.0 * (me.funnel >= 5),
    )


@observed("education", "education_engaged", "vulnerability", "vulnerability_engaged", "vulnerability_client")
def people(me):
    """Add up the attributes of all citizens, and of those who act."""
    return (
        me.education,
        engages(me) * me.education,
        me.vulnerability,
        engages(me) * me.vulnerability,
        1.0 * (me.strategy == CLIENT) * me.vulnerability,
    )


@observed("aspiration", "efficacy_collaborate", "efficacy_confront", "trust", "reliance")
def beliefs(me):
    """Add up what citizens believe and expect."""
    return me.aspiration, me.efficacy_collaborate, me.efficacy_confront, me.trust, me.reliance


@observed("members", "leaders", "belonging", "satisfied")
def organised(me, home, s):
    """Count who belongs to an organisation, who leads one, for how long, and who is satisfied."""
    lacking = me.aspiration - rules.received_quality(me, home, s)
    return me.member, me.leader, me.belonging, 1.0 * (lacking <= s.citizens.contentment)


@observed(
    "received_least_vulnerable", "received_most_vulnerable", "unserved", "unserved_least_vulnerable",
    "unserved_most_vulnerable",
)  # fmt: skip
def services_received(me, home, s):
    """Add up what the least and the most vulnerable get from the service, and count unmet needs."""
    received = rules.received_quality(me, home, s)
    lacking = rules.unserved(home, s, received)
    least, most = 1.0 * (me.vulnerability_tercile == 0), 1.0 * (me.vulnerability_tercile == 2)
    return least * received, most * received, lacking, least * lacking, most * lacking


@observed("resist", "token", "accommodate", "cocreate", "decision_share")
def responses(me, s):
    """Count how officials respond, and add up the share of decisions that they hand over."""
    shared = 0.5 * (me.response == ACCOMMODATE) + 1.0 * (me.response == COCREATE)
    return (
        1.0 * (me.response == RESIST),
        1.0 * (me.response == TOKEN),
        1.0 * (me.response == ACCOMMODATE),
        1.0 * (me.response == COCREATE),
        shared * s.engagement.influence,
    )


@observed("reform_minded", "refilled", "tenure", "reconsiders", "ability", "loyalty", "political_work")
def posts(me):
    """Count the kinds of people who hold the posts."""
    return me.disposition, me.refilled, me.tenure, me.reconsiders, me.ability, me.loyalty, me.political_work


@observed("morale", "morale_reform_minded", "insight", "practice", "load")
def condition_of_officials(me):
    """Add up the officials' morale, caseload and knowledge."""
    return me.morale, me.disposition * me.morale, me.insight, me.practice, me.load


@observed("demands", "promises", "kept", "broken", "given_up", "called")
def bargains(me):
    """Count what users and officials do to each other at the service points."""
    return me.demanded, me.promised, me.kept, me.broken, me.given_up, me.called


@observed(
    "organisation",
    "disputes",
    "promises_open",
    "agreements",
    "reliability",
    "anger_of_users",
    "threat",
    "contributions",
)
def relations(me):
    """Add up the state of the relations between users and officials."""
    return (
        me.organisation,
        1.0 * (me.dispute > 0),
        1.0 * (me.promise_due > 0),
        me.agreement,
        me.reliability,
        me.anger,
        me.threat,
        me.contributions,
    )


@observed("elections", "reelected", "reelected_patrons", "elections_of_patrons")
def elections(me):
    """Count the politicians who were re-elected this month."""
    stayed, patron = me.mandate * (1 - me.new_party), 1.0 * (me.stance == PATRONAGE)
    return me.mandate, stayed, stayed * patron, me.mandate * patron


@observed("patronage", "arms_length", "sponsor", "new_politicians", "in_office", "approval", "orientation")
def politicians(me):
    """Count what politicians stand for, and add up how voters see them."""
    return (
        1.0 * (me.stance == PATRONAGE),
        1.0 * (me.stance == ARMS_LENGTH),
        1.0 * (me.stance == SPONSOR),
        me.new_party,
        me.in_office,
        me.approval,
        me.orientation,
    )


@observed("quality", "wellbeing", "resources", "cover")
def services(me):
    """Add up how well the services work."""
    return me.quality, me.wellbeing, me.resources, me.cover


@observed("diversion", "diversion_wages", "diversion_materials", "waived")
def diversion(me, s):
    """Add up the resources that are diverted, and the penalties that are waived."""
    return rules.diverted_in_all(me, s), me.diversion_wages, me.diversion_materials, me.waived


@observed("allied_citizens", "allied_officials", "allied_politicians", "standing", "standing_age")
def coalitions(me):
    """Count the members of standing coalitions, and add up how old coalitions are."""
    return (
        me.coalition * me.allied_citizens,
        me.coalition * (me.allied_providers + me.allied_managers),
        me.coalition * me.allied_politicians,
        me.coalition,
        me.coalition_age,
    )


@observed("born", "ended", "ever", "waited")
def births_and_ends(me, month):
    """Count coalitions that form and end, and how long districts have waited for one that lasts."""
    has = 1.0 * (me.coalition_month >= 0)
    return me.coalition_born, 1.0 * (me.coalition_ending > 0), has, has * me.coalition_month + (1.0 - has) * (month + 1)


@observed(
    "ended_by_election",
    "ended_by_politician",
    "ended_by_manager",
    "ended_by_transfer",
    "ended_by_providers",
    "ended_by_broken_promise",
    "ended_by_exhaustion",
    "ended_by_success",
)
def causes_of_ends(me):
    """Count why coalitions end, in the order of :class:`engagesim.rules.vocabulary.Ending`."""
    cause = me.coalition_ending
    return (
        1.0 * (cause == ELECTION),
        1.0 * (cause == POLITICIAN_LEFT),
        1.0 * (cause == MANAGER_LEFT),
        1.0 * (cause == TRANSFER),
        1.0 * (cause == PROVIDERS_LEFT),
        1.0 * (cause == BROKEN_PROMISE),
        1.0 * (cause == EXHAUSTION),
        1.0 * (cause == SUCCESS),
    )


@observed("first_formed", "first_month", "first_age")
def first_district(me):
    """Record the outcomes of the first district, which represents any district."""
    is_first = 1.0 * (me.number == 0)
    return is_first * (me.coalition_month >= 0), is_first * me.coalition_month, is_first * me.coalition_age


@observed("quality_deviation")
def spread_of_quality(me, t):
    """Add the squared distance of the district's quality from the mean; ``t`` holds the sum over districts."""
    deviation = me.quality - t.quality / me.districts
    return deviation * deviation
