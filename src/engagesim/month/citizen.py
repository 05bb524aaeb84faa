"""What a citizen does in a month."""

from typing import Any

from engagesim.compiling import rule
from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import choose_gated
from engagesim.rules.citizen import engages, of_peers, vulnerability
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""

YEAR = 12
"""Months within which a second engagement counts as a repeat of the first."""


@step("asked")
def be_asked(me, s, asked_noise):
    """The citizen may be asked to take part this month."""
    return (asked_noise < rules.asked_chance(me, s)) * 1


@rule
def utilities(me, home, s):
    """Return the terms of collaborating, confronting and being a client; abstaining is worth 0."""
    value = rules.benefit(me, s, rules.received_quality(me, home, s))
    engaged = of_peers(me, me.engaged_neighbours)
    talk = rules.success_belief(me, s, me.efficacy_collaborate)
    force = rules.success_belief(me, s, me.efficacy_confront)
    return (
        rules.collaborate(me, s, value, talk, engaged, rules.is_connected(me, s)),
        rules.confront(me, home, s, value, force, engaged),
        rules.client(me, s, of_peers(me, me.client_neighbours)),
    )


@step("strategy")
def choose(me, post, home, s, strategy_noise):
    """The citizen abstains, collaborates, confronts or becomes a client."""
    (gain, solidarity, cost), (won, together, anger, risk), (favour, stigma) = utilities(me, home, s)
    collaborating, confronting = gain + solidarity + cost, won + together + anger + risk
    gates = me.asked + (1 - me.asked) * s.citizens.spontaneity, rules.called_weight(me, post, s)
    return choose_gated((collaborating, confronting, favour + stigma), gates, s.citizens.sensitivity, strategy_noise)


@step("strategy")
def be_summoned(me, s, asked_noise):
    """A summoned citizen takes part, whatever the citizen's choice."""
    return COLLABORATE if asked_noise < s.citizens.summoned else me.strategy


@step(collaborating=("post", "manager"), confronting=("post", "manager"))
def come(me):
    """A citizen who engages becomes a case at the service point; the manager counts the cases of the whole district."""
    return (me.strategy == COLLABORATE) * 1, (me.strategy == CONFRONT) * 1


@step("outcome")
def meet(me, home, post, s, encounter_noise):
    """A citizen who engages succeeds or fails, and a client gets the favour or not."""
    collaborates, confronts = (me.strategy == COLLABORATE) * 1, (me.strategy == CONFRONT) * 1
    route = collaborates * post.chance_collaborate + confronts * post.chance_confront
    chance = rules.after_capture(post, s, route, vulnerability(me, s))
    succeeds = (encounter_noise < chance) * (collaborates + confronts)
    favoured = (encounter_noise < rules.favour_chance(home, s)) * (me.strategy == CLIENT)
    return 1.0 * (succeeds + favoured)


@step(succeeded=("post", "manager"))
def succeed(me):
    """The service point and the manager learn of a success."""
    return engages(me) * (me.outcome > 0.0)


@step("last_engagement", "last_confrontation")
def date(me, month):
    """The citizen remembers the months of the last engagement and the last confrontation."""
    return (
        month if engages(me) else me.last_engagement,
        month if me.strategy == CONFRONT else me.last_confrontation,
    )


@step("first_engagement", "first_success", "engaged_again", "funnel")
def remember(me, post, s, month):
    """The citizen remembers the first engagement, whether another followed, and the stage reached in an initiative."""
    engaged = engages(me)
    succeeded = engaged * (me.outcome > 0.0)
    is_first = engaged * (me.first_engagement < 0)
    is_again = engaged * (me.first_engagement >= 0) * (month - me.first_engagement <= YEAR)
    return (
        me.first_engagement + is_first * (month - me.first_engagement),
        me.first_success + is_first * succeeded,
        max(me.engaged_again, is_again),
        rules.funnel_stage(me, post, s, engaged, succeeded),
    )


@step(support=("home",), voices=("home",))
def judge(me, home, s):
    """The citizen approves or disapproves of the politician; a broker counts for more than one citizen."""
    heard = rules.heard_for(me, s)
    return heard * rules.support(me, home, s, rules.received_quality(me, home, s)), heard


@step("efficacy_collaborate", "efficacy_confront")
def learn(me, other, met, s):
    """The belief in each route moves towards the outcomes of the citizen's own act and of one peer's act."""
    talk = rules.learned_efficacy(me, s, me.efficacy_collaborate, COLLABORATE)
    force = rules.learned_efficacy(me, s, me.efficacy_confront, CONFRONT)
    return (
        rules.vicarious_efficacy(other, s, talk, COLLABORATE, met),
        rules.vicarious_efficacy(other, s, force, CONFRONT, met),
    )


@step("habit", "trust", "reliance", "aspiration")
def adapt(me, post, home, s):
    """Habit, trust, reliance and aspiration adapt to what the citizen did and got."""
    return (
        rules.next_habit(me, s),
        rules.learned_trust(me, post, home, s),
        rules.learned_reliance(me, home, s),
        rules.learned_aspiration(me, s, rules.received_quality(me, home, s)),
    )
