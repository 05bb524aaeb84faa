"""What happens to the service of a district in a month."""

from typing import Any

from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.official import engaged_share

rules: Any = RULES
"""The set of rules in use; an engine may bind another."""


@step("resources")
def be_supplied(s):
    """The service gets its means."""
    return s.conditions.resources


@step("manager_response")
def follow_the_manager(manager):
    """Providers will remember next month what the manager did."""
    return manager.response


@step("responsive", "engaged")
def be_seen(me, manager):
    """People see how many providers responded, and how many citizens engage."""
    return me.responding / me.providers, engaged_share(manager)


@step("diversion_wages", "diversion_materials")
def divert(me, s):
    """Some of the means are diverted, by those who are tempted and not checked."""
    attended = rules.attention(s, me.engaged, 1.0)
    diverted = rules.tempted(me, s, me.reform_minded / me.providers) * rules.checked(me, s)
    left = rules.after_appeals(me, s, diverted, rules.heard(s), attended)
    return (
        rules.diverted_unwatched(s, left, attended, 1.0),
        rules.diverted_unwatched(s, left, attended, rules.grounded(s)),
    )


@step("quality")
def serve(me, s):
    """Quality moves with the means that are left, and with what the providers are worth to it."""
    return rules.next_quality(me, s, rules.diverted_in_all(me, s), me.worth / me.providers)


@step("wellbeing")
def benefit(me, s):
    """People's lives follow."""
    return rules.next_wellbeing(me, s)


@step("scrutiny", "waived")
def learn(me, s):
    """Those who serve reckon with audits, and superiors come to waive the penalties of monitoring."""
    return rules.next_scrutiny(me, s), rules.next_waived(me, s)
