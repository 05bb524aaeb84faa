"""How the organised users of a service point bargain with its official in a month."""

from typing import Any

from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.organisation import repressed

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""


@step(claims=("home",))
def claim(me):
    """A dispute or an agreement is a claim on the district's resources."""
    return 1.0 * max(me.dispute > 0, me.agreement)


@step("means")
def be_allocated(me, home, s):
    """The manager allocates resources to the service point."""
    return rules.means(me, home, s)


@step("kept", "broken", "promise_due")
def fall_due(me, home, s, promise_noise):
    """The official keeps or breaks a promise that falls due."""
    is_due = (me.promise_due == 1) * 1
    kept = is_due * (promise_noise < rules.keeping_chance(me, home, s))
    return kept, is_due - kept, max(0, me.promise_due - 1)


@step("agreement", "reliability", "anger", "joint_success")
def remember(me, s):
    """Both sides remember whether promises were kept."""
    return rules.agrees(me, s), rules.next_reliability(me, s), rules.next_anger(me, s), rules.next_joint_success(me, s)


@step("demanded", "given_up", "dispute")
def demand(me, s, demand_noise, weariness_noise):
    """Users make a demand, press on with it, get what they wanted, or give up."""
    waits = (me.promise_due > 0) * 1
    open_before = (me.dispute > 0) * (1 - me.kept)
    gives_up = open_before * (1 - waits) * (1 - me.broken) * (weariness_noise < s.relations.weariness)
    demands = (1 - open_before) * (1 - waits) * (demand_noise < rules.demand_chance(me, s))
    goes_on = max(open_before - gives_up, max(demands, me.broken))
    return demands, gives_up, (me.dispute * open_before + 1) * goes_on


@step("promised", "promise_due")
def answer(me, home, s, answer_noise):
    """The official answers a demand with a promise, or leaves it unanswered."""
    promises = (me.dispute > 0) * (me.promise_due == 0) * (answer_noise < rules.answer_chance(me, home, s))
    return promises, int(s.relations.due) if promises else me.promise_due


@step("called")
def escalate(me, home, s, escalation_noise):
    """Users in dispute call for confrontation or wait."""
    afraid = min(1.0, repressed(home, s))
    return (me.dispute > 0) * (escalation_noise < rules.escalation_chance(me, s, afraid))


@step("threat")
def expect(me, s):
    """The official learns what to expect of these users."""
    return rules.next_threat(me, s)


@step("contributions")
def be_helped(me, s):
    """Users contribute labour, money and goods, some of which are used up."""
    return rules.next_contributions(me, s)
