"""What happens to the service of a district in a month."""

from typing import Any

from engagesim.compiling import rule
from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import toward
from engagesim.rules.official import engaged_share

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""


@step("resources")
def be_supplied(s):
    """The service gets its resources."""
    return s.conditions.resources


@step("manager_response", "manager_shift")
def follow_the_manager(me, manager, s, month):
    """Providers learn in the next month how the manager responds, and a change affects them for some months."""
    changed = max(manager.refilled, (manager.response != me.manager_response) * (month > 0))
    return manager.response, max(1.0 * changed, (1.0 - s.politicians.settling) * me.manager_shift)


@step("responsive", "engaged")
def be_seen(me, manager):
    """People see how many providers respond and how many citizens engage."""
    return me.responding / me.providers, engaged_share(manager)


@rule
def rate_of_surprise(s, month):
    """Return how fast people come to expect the present diversion of resources; at the start, they know its level."""
    return 1.0 if month <= 1 else s.politicians.surprise


@step("diversion_wages", "diversion_materials", "diversion_expected")
def divert(me, s, month):
    """Officials divert some of the resources, unless oversight or citizens prevent it."""
    attended = rules.attention(s, me.engaged, 1.0)
    diverted = rules.tempted(me, s, me.reform_minded / me.providers) * rules.checked(me, s)
    left = rules.after_appeals(me, s, diverted, rules.heard(s), attended)
    wages = rules.diverted_unwatched(s, left, attended, 1.0)
    materials = rules.diverted_unwatched(s, left, attended, rules.grounded(s) * (1.0 - s.oversight.hidden))
    materials = min(1.0, materials + rules.displaced(me, s, left - wages))
    return wages, materials, toward(me.diversion_expected, rules.diverted_in_all(me, s), rate_of_surprise(s, month))


@step("quality")
def serve(me, s):
    """Quality changes with the resources that are left and with what the providers' responses are worth."""
    return rules.next_quality(me, s, rules.diverted_in_all(me, s), me.worth / me.providers)


@step("wellbeing")
def benefit(me, s):
    """People's well-being follows the quality of the service."""
    return rules.next_wellbeing(me, s)


@step("scrutiny", "waived")
def learn(me, s):
    """Officials come to expect audits, and superiors come to waive the penalties of monitoring."""
    return rules.next_scrutiny(me, s), rules.next_waived(me, s)
