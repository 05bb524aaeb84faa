"""What an official does in a month."""

from typing import Any

from engagesim.compiling import rule
from engagesim.month.steps import step
from engagesim.rules import RULES
from engagesim.rules.choice import choose_of_four, share, toward
from engagesim.rules.official import engaged_share
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, RESIST, TOKEN

rules: Any = RULES
"""The set of rules in use, which an engine may replace with another set."""


@step("refilled", "tenure")
def keep_or_leave(me, home, s, vacated_noise):
    """The official stays in the post for another month or leaves it."""
    refilled = (vacated_noise < rules.vacancy_chance(me, home, s)) * 1
    return refilled, (me.tenure + 1) * (1 - refilled)


@step("disposition", "ability", "loyalty", "morale", "insight", "practice")
def hand_over(me, home, s, hired_noise, ability_noise):
    """A newcomer brings a disposition and abilities; after a change at the top, those who stay are unsettled."""
    hired = (hired_noise < rules.hired_reform_minded(home, s)) * 1
    stays = rules.unsettled(me, home, s)
    loyal = 1.0 if home.new_party else me.loyalty
    return (
        hired if me.refilled else me.disposition,
        rules.hired_ability(home, s, ability_noise) if me.refilled else me.ability,
        rules.hired_loyalty(home, s) if me.refilled else loyal,
        s.population.morale_start if me.refilled else stays,
        s.officials.insight_floor if me.refilled else me.insight,
        0.0 if me.refilled else me.practice,
    )


@step("belief_resist", "belief_token", "belief_accommodate", "belief_cocreate", "response", "member")
def forget(me):
    """A newcomer has no experience with any response, starts with a token response, and belongs to no coalition."""
    return (
        0.0 if me.refilled else me.belief_resist,
        0.0 if me.refilled else me.belief_token,
        0.0 if me.refilled else me.belief_accommodate,
        0.0 if me.refilled else me.belief_cocreate,
        TOKEN if me.refilled else me.response,
        0 if me.refilled else me.member,
    )


@step("agreement", "promise_due", "reliability", "threat")
def start_anew(me, s):
    """A predecessor's agreements and promises do not bind a newcomer, whom users do not know yet."""
    return (
        0 if me.refilled else me.agreement,
        0 if me.refilled else me.promise_due,
        s.population.reliability_start if me.refilled else me.reliability,
        s.population.threat_start if me.refilled else me.threat,
    )


@rule
def attended(me, s):
    """Return the share of the official's attention that goes to engaged citizens who reach the official."""
    return rules.attention(s, engaged_share(me), s.engagement.directness)


@step("load")
def weigh_load(me, home, s):
    """The official sees how heavy the caseload is."""
    return rules.load(me, home, s)


@rule
def utilities(me, home, s):
    """Return the terms of resisting, a token response, accommodating and co-creating."""
    exposed = rules.exposure(me, home, s, rules.seen(s), rules.watched(home, s))
    driven, voice, pressed = rules.drive(me, s), rules.heard(s), rules.pressure(me, home, s)
    return (
        rules.resist(me, s, exposed),
        rules.token(me, s, exposed),
        rules.accommodate(me, s, driven, voice, pressed),
        rules.cocreate(me, home, s, driven, voice, pressed),
    )


@rule
def worth(me, home, s):
    """Return what each response is worth to the official: the sum of its terms."""
    resisting, tokening, accommodating, cocreating = utilities(me, home, s)
    rents, exposed, believed = resisting
    resist = rents + exposed + believed
    rents, exposed, effort, believed = tokening
    token = rents + exposed + effort + believed
    driven, given, effort, pressed, bound, believed = accommodating
    accommodate = driven + given + effort + pressed + bound + believed
    driven, joint, known, effort, pressed, bound, believed = cocreating
    cocreate = driven + joint + known + effort + pressed + bound + believed
    return resist, token, accommodate, cocreate


@step("reconsiders")
def pause(me, home, s, month, reconsider_noise):
    """The official reconsiders their way of working, with or without an occasion; a newcomer always does."""
    chance = rules.reconsider_chance(me, home, s, rules.heard(s), attended(me, s))
    return max((reconsider_noise < chance) * 1, max(me.refilled, (month == 0) * 1))


@step("response")
def respond(me, home, s, response_noise):
    """An official who reconsiders chooses to resist, give a token response, accommodate or co-create from now on."""
    resist, token, accommodate, cocreate = worth(me, home, s)
    chosen = choose_of_four(resist, token, accommodate, cocreate, s.officials.sensitivity, response_noise)
    return chosen if me.reconsiders else me.response


@step("chance_collaborate", "chance_confront")
def open_counter(me, s):
    """The official's response sets the chance of success of citizens who engage."""
    chance = rules.collaboration_chance(me, s)
    confronting = rules.attention(s, share(me.confronting, me.served), 1.0)
    return chance, rules.confrontation_chance(s, chance, rules.seen(s), confronting)


@step("political_work")
def work_for_the_patron(me, home, s):
    """The provider spends some time on work for the patron."""
    return rules.political_work(me, home, s)


@rule
def success_share(me):
    """Return the share of this month's engagement that got something done."""
    return share(me.succeeded, me.collaborating + me.confronting)


@step(worth=("home",), responding=("home",), reform_minded=("home",))
def serve(me, s):
    """The provider's response adds to the service."""
    worth = rules.responsiveness(me, s, rules.heard(s), attended(me, s), rules.experience(me, s))
    return worth, rules.is_responsive(me), me.disposition


@step("belief_resist", "belief_token", "belief_accommodate", "belief_cocreate")
def learn(me, home, s, sanction_noise):
    """The official's belief about the response moves with its consequence."""
    punished = (sanction_noise < rules.punishment_chance(home, s)) * 1.0
    outcome = rules.consequence(me, s, success_share(me), attended(me, s), rules.seen(s), punished)
    return (
        rules.learned_response_belief(me, s, me.belief_resist, RESIST, outcome),
        rules.learned_response_belief(me, s, me.belief_token, TOKEN, outcome),
        rules.learned_response_belief(me, s, me.belief_accommodate, ACCOMMODATE, outcome),
        rules.learned_response_belief(me, s, me.belief_cocreate, COCREATE, outcome),
    )


@step("practice")
def practise(me, other, met, s):
    """The official's know-how grows with joint success and with contact with one colleague."""
    return rules.spread_practice(s, rules.learned_practice(me, s, success_share(me)), met * other.practice)


@step("insight", "morale")
def fare(me, home, s):
    """The official's insight and morale move with citizens' voice and with success."""
    target = rules.morale_target(me, home, s, success_share(me), attended(me, s))
    return (
        rules.learned_insight(me, s, rules.heard(s), attended(me, s)),
        toward(me.morale, target, s.officials.morale_rate),
    )
