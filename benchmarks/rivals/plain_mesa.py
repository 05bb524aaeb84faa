"""The same society as an ordinary Mesa model: agents, an AgentSet a kind, Mesa's own random numbers, networkx.

Written from docs/odd.md alone, as a good modeller would who knows no other driver: neighbours are cached, nothing is
looked up twice, only the parameters' numbers are shared with engagesim. It follows the same rules in the same order,
with other draws, on the small-world network, with one form of engagement in all districts and no other schedule.
"""

import math
import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import mesa
import networkx as nx

from engagesim.parameters import FORM_DIMENSIONS, Parameters

ABSTAIN, COLLABORATE, CONFRONT, CLIENT = range(4)
RESIST, TOKEN, ACCOMMODATE, COCREATE = range(4)
PATRONAGE, ARMS_LENGTH, SPONSOR = range(3)
ELECTION, POLITICIAN_LEFT, MANAGER_LEFT, TRANSFER, PROVIDERS_LEFT, BROKEN_PROMISE, EXHAUSTION, SUCCESS = range(1, 9)


def clip(number: float) -> float:
    return 0.0 if number < 0.0 else 1.0 if number > 1.0 else number


def share(part: float, whole: float) -> float:
    return part / max(1, whole)


def pick(random: Any, utilities: list[float], sensitivity: float, weights: list[float] | None = None) -> int:
    best = max(utilities)
    odds = [math.exp(sensitivity * (utility - best)) for utility in utilities]
    if weights:
        odds = [weight * odd for weight, odd in zip(weights, odds, strict=True)]
    return random.choices(range(len(odds)), odds)[0]


class Actor(mesa.Agent):
    """What all agents share: a district, a threshold, dice, and the settings in force."""

    model: "PlainModel"

    def __init__(self, model: "PlainModel", home: "District") -> None:
        super().__init__(model)
        people = model.s.population
        self.home = home
        self.threshold = min(1.0, max(0.02, people.threshold_mean + people.threshold_spread * self.bell()))

    def bell(self) -> float:
        draw = self.random.random
        return (draw() + draw() + draw() + draw() - 2) * math.sqrt(3)

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def joins(self, may: bool, support: float, member: bool) -> bool:
        c = self.model.s.coalitions
        bar = self.threshold * (1 - c.brokering) * (c.leaving_share if member else 1.0)
        return may and support >= bar


class Citizen(Actor):
    def __init__(self, model: "PlainModel", home: "District") -> None:
        super().__init__(model, home)
        s, people, draw = model.s, model.s.population, self.random.random
        self.poverty = clip(people.vulnerability_mean + people.vulnerability_spread * self.bell())
        slope = people.education_slope * (self.poverty - people.vulnerability_mean)
        self.schooling = clip(people.education_mean - slope + people.education_spread * self.bell())
        # as people have them now; measures and thirds use the numbers at the start
        self.education = clip(self.schooling + s.conditions.education)
        self.vulnerability = clip(self.poverty + s.conditions.vulnerability)
        self.connected = draw() < s.conditions.connected * (s.citizens.access_floor + self.education)
        spread = people.efficacy_spread * max(0.0, 1 + people.efficacy_slope * (self.schooling - 0.5))
        self.efficacy = [
            0.0,
            clip(people.efficacy_floor + spread * draw()),
            clip(people.efficacy_floor + spread * draw()),
        ]
        self.trust, self.reliance, self.habit = people.trust_start, people.reliance_start, 0.0
        self.aspiration = clip(home.quality + s.citizens.ambition * self.schooling + s.conditions.expectations)
        self.leader = draw() < people.leaders
        self.member = self.leader or draw() < people.members
        self.broker, self.belonging, self.funnel = False, 0, 0
        self.asked, self.strategy, self.outcome = False, ABSTAIN, False
        self.engaged_neighbours = self.client_neighbours = self.member_neighbours = 0
        self.first_engagement = self.last_engagement = self.last_confrontation = -1
        self.first_success = self.engaged_again = False
        self.received = self.grievance = 0.0
        self.peers: list[Citizen] = []
        self.point: Provider

    @property
    def engages(self) -> bool:
        return self.strategy in (COLLABORATE, CONFRONT)

    def look_at_service(self) -> None:
        form, home = self.model.form, self.home
        reach = home.responsive * form.inclusiveness * (1 - form.capture)
        worse = self.model.s.citizens.disadvantage * self.vulnerability * (1 - reach)
        self.received = home.quality * (1 - worse)
        self.grievance = max(0.0, self.aspiration - self.received)

    # organisations

    def belong(self) -> None:
        s, point = self.model.s, self.point
        self.look_at_service()
        if self.happens(s.organisations.reconsider if self.member else self.thinking_chance()):
            bar = self.threshold * (s.organisations.leaving_share if self.member else 1.0)
            joins = self.worth_of_belonging() >= bar
            self.member = joins and (self.member or self.strategy != CLIENT)
        if self.leader:
            self.leader = self.member and not self.happens(self.ceasing_chance())
        elif self.member:
            self.leader = self.happens(s.organisations.rising * self.efficacy[COLLABORATE] / (1 + point.leading))
        self.belonging = self.belonging + 1 if self.member else 0

    def thinking_chance(self) -> float:
        s, o, form = self.model.s, self.model.s.organisations, self.model.form
        called = o.calling * min(1, self.point.leading)
        unasked = (1 - o.consider) * (1 - called) * (1 - o.forum * form.outreach * form.collectiveness)
        return 1 - unasked * (1 - o.recruiting * s.accountability.social) ** min(31, self.member_neighbours)

    def worth_of_belonging(self) -> float:
        s, o, form, point, home = self.model.s, self.model.s.organisations, self.model.form, self.point, self.home
        waits = point.promise_due > 0
        worn = 0.0 if waits else o.strain * min(1.0, point.dispute / 12)
        busy = point.dispute > 0 or waits or point.agreement
        idle = 0.0 if busy else o.idleness * (1 - min(1.0, point.joint_success))
        together = o.company * share(self.member_neighbours, len(self.peers)) + o.led * (point.leading > 0)
        together += o.invitation * form.opened * form.collectiveness
        fear = (
            (home.politician.stance == PATRONAGE) * s.incentives.repression * (1 - s.coalitions.strength * home.cover)
        )
        hope = o.hope * max(point.joint_success, point.agreement)
        return o.need * self.grievance + hope + together - (o.cost + worn + idle) - fear

    def ceasing_chance(self) -> float:
        s, o = self.model.s, self.model.s.organisations
        tired = o.tiring * (1 - min(1.0, self.point.joint_success))
        bought = (
            (self.home.politician.stance == PATRONAGE) * o.co_optation * s.incentives.patronage * self.vulnerability
        )
        return min(1.0, tired + bought + o.moving)

    def stand_by(self) -> None:
        point = self.point
        point.members += self.member
        point.leading += self.leader
        point.aggrieved += self.grievance
        point.trusting += self.trust
        self.home.manager.aggrieved += self.grievance

    # choice

    def choose(self) -> None:
        c, form = self.model.s.citizens, self.model.form
        dice = self.random.random()
        reached = form.outreach * (1 - (1 - form.inclusiveness) * self.vulnerability)
        joint = c.recruitment_floor + (1 - c.recruitment_floor) * form.collectiveness
        unasked = (1 - self.model.s.conditions.organising) * (1 - reached) * (1 - c.recall * self.habit)
        self.asked = dice < 1 - unasked * (1 - c.recruitment * joint) ** min(31, self.engaged_neighbours)
        willing = 1.0 if self.asked else c.spontaneity
        utilities = [0.0, *self.worth_of_engaging(), self.worth_of_favour()]
        self.strategy = pick(self.random, utilities, c.sensitivity, [1.0, willing, self.called_weight(willing), 1.0])
        if dice < c.summoned:
            self.strategy = COLLABORATE

    def called_weight(self, willing: float) -> float:
        c = self.model.s.citizens
        if self.point.called:
            return 1.0 if self.member else c.outsiders
        return c.uncalled * willing

    def worth_of_engaging(self) -> tuple[float, float]:
        s, c, form, home = self.model.s, self.model.s.citizens, self.model.form, self.home
        depends = max(0.0, 1 + c.dependence * (self.vulnerability - 0.5))
        value = c.stake * depends * (c.benefit_floor + c.benefit_slope * self.grievance)
        value *= 1 - c.trust_weight * (1 - self.trust)
        engaged = share(self.engaged_neighbours, len(self.peers))
        gain = value * (c.reach_floor + (1 - c.reach_floor) * form.influence) * self.efficacy[COLLABORATE]
        burden = 1 + (1 - form.inclusiveness) * self.vulnerability + c.demands * (0.5 - self.education)
        time = c.time_price * form.time_cost * max(0.0, burden) - c.ict_saving * self.connected
        cost = form.opened * time + (1 - form.opened) * c.barrier
        collaborate = gain + c.solidarity * form.collectiveness * engaged - cost
        unresolved = 1 - c.conciliation * home.responsive
        leverage = (c.leverage_floor + (1 - c.leverage_floor) * form.teeth) * unresolved
        harsh = 1.0 if home.politician.stance == PATRONAGE else c.tolerated
        exposed = (1 - engaged) * (1 - s.coalitions.strength * home.cover)
        risk = c.confront_cost + s.incentives.repression * harsh * exposed
        anger = c.anger * self.grievance * (1 - self.trust)
        confront = value * leverage * self.efficacy[CONFRONT] + c.solidarity * engaged * unresolved + anger - risk
        return collaborate, confront

    def worth_of_favour(self) -> float:
        s, c = self.model.s, self.model.s.citizens
        favour = c.favour_value * s.incentives.patronage * self.reliance * (c.need_floor + self.vulnerability)
        alone = 1 - c.stigma_relief * share(self.client_neighbours, len(self.peers))
        return favour - c.stigma * (c.stigma_floor + self.education) * alone

    def come(self) -> None:
        self.point.cases[self.strategy] += 1
        self.home.manager.cases[self.strategy] += 1

    # encounters

    def meet(self) -> None:
        s, form, point, month = self.model.s, self.model.form, self.point, self.model.month
        self.outcome = False
        if self.engages:
            guarded = 1 - s.services.capture_guard * point.reform_minded
            chance = point.chances[self.strategy] * (1 - form.capture * self.vulnerability * guarded)
            self.outcome = self.happens(chance)
            point.succeeded += self.outcome
            self.home.manager.succeeded += self.outcome
            self.last_engagement = month
            if self.strategy == CONFRONT:
                self.last_confrontation = month
            if self.first_engagement < 0:
                self.first_engagement, self.first_success = month, self.outcome
            elif month - self.first_engagement <= 12:
                self.engaged_again = True
        elif self.strategy == CLIENT:
            self.outcome = self.happens(s.services.delivery * (self.home.politician.stance == PATRONAGE))
        if form.opened > 0:
            stage = 1 if self.asked else 0
            if self.engages:
                stage = 3 if point.responds else 2
                if self.outcome:
                    stage = 5 if self.funnel >= 4 else 4
            self.funnel = max(self.funnel, stage)

    # learning

    def learn(self) -> None:
        c, stance = self.model.s.citizens, self.home.politician.stance
        self.look_at_service()
        weight = 1 + self.model.s.politicians.brokers_weight * self.broker
        self.home.support += weight * self.support()
        self.home.voices += weight
        if self.engages:
            self.learn_efficacy(self.strategy, self.outcome, c.learning)
            self.habit += c.habit_rate * (self.outcome - self.habit)
        else:
            self.habit -= c.habit_fading * self.habit
        if self.peers:
            contact = self.random.choice(self.peers)
            if contact.engages:
                self.learn_efficacy(contact.strategy, contact.outcome, c.vicarious)
        self.trust = self.learned_trust()
        if self.strategy == CLIENT:
            self.reliance += c.learning * (self.outcome - self.reliance)
        else:
            self.reliance += c.hearsay * ((stance == PATRONAGE) - self.reliance)
        more = c.appetite * self.received + c.ambition * self.education
        hoped = clip(self.received + more + self.model.s.conditions.expectations)
        self.aspiration += c.aspiration_rate * (hoped - self.aspiration)

    def support(self) -> float:
        s, c, stance = self.model.s, self.model.s.citizens, self.home.politician.stance
        if self.strategy == CLIENT:
            return 1 - c.loyalty + c.loyalty * self.outcome
        ahead = self.received - self.aspiration
        judged = c.approval_floor + ahead * (1 + c.disappointment * max(0, -ahead))
        judged += c.approval_trust * (self.trust - c.usual_trust)
        activity = (0.0, self.model.form.collectiveness, 1.0)[self.strategy]
        earned = (stance == SPONSOR) * s.incentives.credit * self.outcome - (stance == PATRONAGE) * c.backlash
        return clip(judged + activity * earned)

    def learn_efficacy(self, route: int, outcome: bool, rate: float) -> None:
        weight = 1.0 if outcome else self.model.s.citizens.self_blame
        self.efficacy[route] += rate * weight * (outcome - self.efficacy[route])

    def learned_trust(self) -> float:
        c, home, point = self.model.s.citizens, self.home, self.point
        service = self.received + c.compared * (home.quality - self.received)
        fair = point.responds + c.compared * (home.responsive - point.responds)
        view = clip(c.trust_quality * service + c.trust_fairness * fair + c.trust_word * point.reliability)
        trust = self.trust + c.trust_in_view * (view - self.trust)
        if self.engages:
            trust += c.trust_rate * (self.outcome - trust)
        return clip(trust + c.shaken * (point.kept - point.broken))

    def see_neighbours(self) -> None:
        self.engaged_neighbours = sum(peer.engages for peer in self.peers)
        self.client_neighbours = sum(peer.strategy == CLIENT for peer in self.peers)
        self.member_neighbours = sum(peer.member for peer in self.peers)

    def unserved(self) -> float:
        return (1 - self.received) * (1 - self.model.s.services.diligence * self.home.responsive)


class Official(Actor):
    manages = False

    def __init__(self, model: "PlainModel", home: "District") -> None:
        super().__init__(model, home)
        people, draw = model.s.population, self.random.random
        self.reform_minded = draw() < people.reform_minded_share
        self.tenure = int(people.tenure_longest * draw())
        self.ability = clip(people.ability_mean + people.ability_spread * (2 * draw() - 1))
        self.insight = clip(people.insight_mean + people.insight_spread * (draw() - 0.5))
        self.morale, self.practice, self.beliefs, self.loyalty = people.morale_start, 0.0, [0.0] * 4, 1.0
        self.response, self.member, self.refilled, self.reconsiders = RESIST, False, False, False
        self.served, self.cases, self.succeeded, self.chances = 0, [0] * 4, 0, [0.0] * 3
        self.load = self.engaged = self.political_work = self.practice_before = 0.0
        # relations with the users of a service point; a manager has none
        self.members = self.leading = self.dispute = self.promise_due = 0
        self.aggrieved = self.trusting = self.organisation = self.contributions = 0.0
        self.anger = self.joint_success = 0.0
        self.means, self.reliability, self.threat = 1.0, people.reliability_start, people.threat_start
        self.agreement = self.demanded = self.promised = self.kept = self.broken = False
        self.given_up = self.called = False
        self.kin: list[Official] = []

    @property
    def responds(self) -> bool:
        return self.response >= ACCOMMODATE

    # posts

    def keep_or_leave(self) -> None:
        s, i, boss = self.model.s, self.model.s.incentives, self.home.politician
        bare = 1 - i.merit_protection
        purged = i.purge * (boss.stance == PATRONAGE and self.responds)
        reshuffled = i.reshuffle * s.politicians.settling * boss.transition
        self.refilled = self.happens(min(1.0, i.turnover + (purged + reshuffled) * bare))
        if self.refilled:
            self.start_anew(bare * (boss.stance == PATRONAGE))
            return
        self.tenure += 1
        self.morale = max(0.0, self.morale - s.officials.unrest * s.politicians.settling * boss.transition * bare)
        if boss.new_party:
            self.loyalty = 1.0

    def start_anew(self, chosen: float) -> None:
        """Another person takes the post; `chosen` says how far a patron chose."""
        s, i, people = self.model.s, self.model.s.incentives, self.model.s.population
        self.tenure = 0
        self.reform_minded = self.happens(i.labour_market * (1 - chosen * (1 - i.patron_share)))
        able = people.ability_mean + people.ability_spread * (2 * self.random.random() - 1)
        self.ability = clip(able - s.officials.ability_loss * chosen)
        self.loyalty = 1 + s.officials.premium * chosen
        self.morale, self.insight, self.practice = people.morale_start, s.officials.insight_floor, 0.0
        self.beliefs, self.response, self.member = [0.0] * 4, TOKEN, False
        self.agreement, self.promise_due = False, 0
        self.reliability, self.threat = people.reliability_start, people.threat_start

    # responses

    def respond(self) -> None:
        s, o, form = self.model.s, self.model.s.officials, self.model.form
        self.engaged = share(self.cases[COLLABORATE] + self.cases[CONFRONT], self.served)
        work = o.base_workload + form.workload * (1 - o.relief * self.contributions)
        self.load = min(1.0, self.engaged * work / max(0.05, s.conditions.resources))
        occasion = self.happens(self.reconsider_chance())
        self.reconsiders = occasion or self.refilled or self.model.month == 0
        if self.reconsiders:
            utilities = [worth + belief for worth, belief in zip(self.worth(), self.beliefs, strict=True)]
            self.response = pick(self.random, utilities, o.sensitivity)
        collaborate = self.collaboration_chance()
        attended = self.attention(share(self.cases[CONFRONT], self.served), 1.0)
        forced = s.services.teeth_value * form.teeth * self.model.seen * attended
        confront = min(s.services.success_most, s.services.confront_factor * collaborate + forced)
        self.chances = [0.0, collaborate, confront]

    def attention(self, engaged: float, directness: float) -> float:
        return min(1.0, self.model.s.officials.attention_scale * engaged * directness)

    def shield(self) -> float:
        s = self.model.s
        hidden = not self.manages and self.home.manager_response == RESIST
        return s.officials.shield * s.accountability.bureaucratic * hidden

    def reconsider_chance(self) -> float:
        o, a, form = self.model.s.officials, self.model.s.accountability, self.model.form
        changed = self.home.politician.transition if self.manages else self.home.manager_shift
        superior = max(changed, self.looked_at())
        confronted = o.confronted * a.social * self.called * (1 - self.shield())
        instructed = o.instructed * a.bureaucratic * superior
        reminded = o.reminded * (self.broken or self.promise_due == 1)
        attended = self.attention(self.engaged, form.directness)
        persuaded = 0.0 if self.responds else o.persuaded * self.model.heard * attended
        return min(1.0, o.reconsider + confronted + instructed + reminded + persuaded)

    def looked_at(self) -> float:
        monitoring = self.model.s.incentives.monitoring
        return max(monitoring, self.model.form.attribution) * (1 - self.home.waived)

    def pressure(self) -> float:
        s, o, stance, boss = (
            self.model.s,
            self.model.s.officials,
            self.home.politician.stance,
            self.home.manager_response,
        )
        if self.manages:
            adverse = (1.0, o.pressure_arms_length, 0.0)[stance]
            backed = stance == SPONSOR
        else:
            adverse = (1.0, o.lukewarm, 0.0, 0.0)[boss]
            backed = boss >= ACCOMMODATE
        bare = (1 - s.incentives.merit_protection) * (1 - s.coalitions.strength * self.home.cover)
        return s.incentives.pressure * s.accountability.bureaucratic * (adverse * bare - o.backing * backed)

    def exposure(self) -> float:
        s, i, a, form = self.model.s, self.model.s.incentives, self.model.s.accountability, self.model.form
        by_many = form.teeth * self.model.grounded * self.engaged * self.model.seen
        threat = a.social * self.threat * (1 - self.shield())
        watched = s.oversight.penalty * self.looked_at()
        sanctioned = not self.manages and self.home.manager_response >= ACCOMMODATE
        sanction = s.officials.sanction_by_manager * a.bureaucratic * sanctioned
        return i.exposure * by_many + i.confrontation * threat + watched + sanction

    def worth(self) -> list[float]:
        """What each response is worth, without experience."""
        s, o, i, form = self.model.s, self.model.s.officials, self.model.s.incentives, self.model.form
        rents = i.rents * (o.reform_rent_share if self.reform_minded else 1.0)
        exposed, pressed = self.exposure(), self.pressure()
        room = o.autonomy_value * (i.autonomy - 0.5) - o.crowding * (i.supervision - 0.5)
        person = 1.0 if self.reform_minded else o.clientelist_drive
        driven = o.intrinsic * self.morale * person * max(0.0, 1 + room)
        bond = s.relations.bond * self.agreement + s.coalitions.bond * self.member
        collaborating = share(self.cases[COLLABORATE], self.served)
        voice = o.voice_value * self.model.heard
        effort = o.effort * (o.accommodate_effort + o.overload * self.load)
        joint = (voice + o.contribution_value * self.contributions) * collaborating * form.influence
        work = o.effort * (1 + o.overload * self.load * (1 - self.contributions))
        work += o.sharing_effort * (1 - form.influence) + o.authority * (self.home.manager_response == RESIST)
        known = o.practice_value * self.practice
        return [
            rents - exposed,
            o.token_rent * rents - o.token_exposure * exposed - o.token_effort,
            driven + voice * collaborating - effort - pressed + bond,
            o.cocreate_drive * driven + joint + known - work - o.cocreate_pressure * pressed + bond,
        ]

    def collaboration_chance(self) -> float:
        v, overload = self.model.s.services, self.model.s.officials.overload
        if self.response == RESIST:
            return v.success_resist
        if self.response == TOKEN:
            return v.success_token
        chance = v.success_accommodate + v.success_practice * self.practice
        if self.response == COCREATE:
            chance += (v.success_cocreate - v.success_accommodate) * self.model.form.influence
            chance += v.success_joint_practice * self.practice
        return clip(chance * (1 - overload * self.load * (1 - self.contributions)))

    # learning

    def learn(self) -> None:
        o, i, form, model = self.model.s.officials, self.model.s.incentives, self.model.form, self.model
        patron = self.home.politician.stance == PATRONAGE
        success = share(self.succeeded, self.cases[COLLABORATE] + self.cases[CONFRONT])
        attended = self.attention(self.engaged, form.directness)
        if self.responds:
            bare = (1 - i.merit_protection) * (1 - model.s.coalitions.strength * self.home.cover)
            punished = self.happens(o.sanction * patron * bare)
            outcome = i.recognition * success * attended * model.seen - punished * i.pressure
        else:
            outcome = -o.blame * i.exposure * form.teeth * model.grounded * attended * model.seen
        self.beliefs[self.response] += o.learning * (outcome - self.beliefs[self.response])
        grown = success * (1 - self.practice) if self.response == COCREATE else -o.forgetting * self.practice
        self.practice = clip(self.practice + o.practice_rate * grown)
        if self.kin:
            contact = self.random.choice(self.kin)
            self.practice += o.spread * max(0.0, contact.practice_before - self.practice)
        told = o.insight_rate * model.heard * attended * (1 - self.insight) * self.responds
        self.insight = clip(self.insight + told - o.insight_fading * max(0.0, self.insight - o.insight_floor))
        self.morale += o.morale_rate * (self.morale_target(success * attended) - self.morale)

    def morale_target(self, recognised: float) -> float:
        o, i, stance = self.model.s.officials, self.model.s.incentives, self.home.politician.stance
        target = o.morale_base + o.morale_disposition * self.reform_minded
        target += o.morale_success * self.responds * recognised
        target += o.morale_backing * (stance == SPONSOR) + o.morale_cover * self.home.cover
        target -= o.morale_politicisation * (1 - i.merit_protection) * (stance == PATRONAGE)
        resources = self.model.s.conditions.resources
        eased = 1 - o.morale_relief * min(1.0, resources)
        strain = max(0.0, 1 - resources) + o.morale_load * self.load * eased
        return clip(target - o.morale_strain * strain)

    # coalition

    def may_join(self) -> bool:
        return self.responds and (self.manages or self.agreement)

    def join(self) -> None:
        c, i = self.model.s.coalitions, self.model.s.incentives
        behind = self.home.organised if self.manages else self.organisation
        danger = c.exposed * (self.home.politician.stance == PATRONAGE) * (1 - i.merit_protection)
        self.member = self.joins(self.may_join(), behind + c.loyalty * self.home.cover - danger, self.member)


class Manager(Official):
    manages = True


class Provider(Official):
    def gather(self) -> None:
        o = self.model.s.organisations
        led = 1.0 if self.leading else o.leaderless
        full = min(1.0, o.scale * share(self.members, self.served))
        self.organisation += o.building * (full * led - self.organisation)

    @property
    def claims(self) -> bool:
        return self.dispute > 0 or self.agreement

    def bargain(self) -> None:
        s = self.model.s
        served = s.officials.allocation * s.accountability.bureaucratic * (self.home.manager_response >= ACCOMMODATE)
        self.means = max(0.0, 1 + served * (self.claims - self.home.claims / len(self.home.providers)))
        self.fall_due()
        self.demand()
        self.answer()
        self.escalate()

    def fall_due(self) -> None:
        r = self.model.s.relations
        falls_due = self.promise_due == 1
        self.kept = falls_due and self.happens(self.keeping_chance())
        self.broken = falls_due and not self.kept
        self.promise_due = max(0, self.promise_due - 1)
        stands = (self.agreement or self.kept) and not self.broken
        self.agreement = stands and self.responds and self.organisation >= r.dissolving
        if falls_due:
            self.reliability += r.lesson * (self.kept - self.reliability)
        self.anger = clip((1 - r.forgetting) * self.anger + r.sting * self.broken - r.relief * self.kept)
        self.joint_success = 1.0 if self.kept else (1 - r.forgetting) * self.joint_success

    def keeping_chance(self) -> float:
        r = self.model.s.relations
        if self.responds:
            helped = r.keeping_help * (self.contributions + self.home.cover) + r.keeping_means * (self.means - 1)
            return clip(r.keeping_earnest + helped + r.keeping)
        return clip((r.keeping_resist if self.response == RESIST else r.keeping_token) + r.keeping)

    def pressing(self) -> float:
        return clip(self.model.s.relations.urgency * share(self.aggrieved, self.served) + self.anger)

    def demand(self) -> None:
        is_open, waits = self.dispute > 0 and not self.kept, self.promise_due > 0
        self.demanded = not is_open and not waits and self.happens(self.demand_chance())
        idle = is_open and not waits and not self.broken
        self.given_up = idle and self.happens(self.model.s.relations.weariness)
        if self.demanded:
            self.dispute = 1
        elif is_open and not self.given_up:
            self.dispute += 1
        else:
            self.dispute = 0

    def demand_chance(self) -> float:
        s, r, form = self.model.s, self.model.s.relations, self.model.form
        channel = 1 + r.channel * form.opened * form.voice
        wanted = r.demanding * s.accountability.social * self.organisation * self.pressing() * channel
        return min(1.0, wanted * (1 - r.settled * self.agreement))

    def answer(self) -> None:
        s, r = self.model.s, self.model.s.relations
        willing = (0.0, r.token_promises, 1.0, 1.0)[self.response]
        forbidden = r.veto * s.accountability.bureaucratic * (self.home.manager_response == RESIST)
        asked = self.dispute > 0 and self.promise_due == 0
        self.promised = asked and self.happens(r.answering * willing * (1 - forbidden))
        if self.promised:
            self.promise_due = int(r.due)

    def escalate(self) -> None:
        r = self.model.s.relations
        self.called = self.dispute > 0 and self.happens(self.escalation_chance())
        self.threat += r.notice * (0.4 * self.organisation - self.threat)
        if self.called:
            self.threat += r.memory * (1 - self.threat)

    def escalation_chance(self) -> float:
        s, r, home = self.model.s, self.model.s.relations, self.home
        patience = r.patience * 0.5 * (share(self.trusting, self.served) + self.reliability)
        waits = r.waiting * (self.promise_due > 0) * 0.5 * (1 + self.reliability)
        fear = s.incentives.repression * (home.politician.stance == PATRONAGE)
        afraid = min(1.0, fear * (1 - s.coalitions.strength * home.cover))
        eager = r.escalation * s.accountability.social * self.organisation * self.pressing()
        eager *= 1 + self.model.form.teeth
        return min(1.0, max(0.0, eager * (1 - patience) * (1 - waits) * (1 - afraid)))

    def serve(self) -> None:
        """Users bring something of their own, a patron takes time, and the rest is worth something to the service."""
        s, v, o, model = self.model.s, self.model.s.services, self.model.s.officials, self.model
        trust = share(self.trusting, self.served)
        brought = 0.0
        if self.responds:
            asked = v.unprompted + (1 - v.unprompted) * model.form.contribution
            helping = share(self.cases[COLLABORATE] + self.members, self.served) * trust
            brought = v.contributing * asked * helping * (1 - self.contributions)
        self.contributions = clip(self.contributions + brought - v.run_down * self.contributions)
        patron = (self.home.politician.stance == PATRONAGE) * (1 - s.incentives.merit_protection)
        self.political_work = o.political_time * patron * (not self.reform_minded)
        work = (v.resist_work, v.token_work, v.accommodate_work, v.accommodate_work)[self.response]
        if self.responds:
            attended = self.attention(self.engaged, model.form.directness)
            work += v.voice_gain * model.heard * attended + v.contribution_gain * self.contributions
        if self.response == COCREATE:
            work += v.practice_gain * self.practice
        able = 1 + o.ability_weight * (self.ability - 0.5)
        skilled = 1 - o.inexperience * (1 - min(1.0, self.tenure / max(1.0, o.apprenticeship)))
        trusted = max(0.0, 1 + v.legitimacy * (trust - s.citizens.usual_trust))
        worth = min(1.0, work) * self.insight * able * skilled * trusted * self.means * (1 - self.political_work)
        self.home.worth += worth


class Politician(Actor):
    def __init__(self, model: "PlainModel", home: "District") -> None:
        super().__init__(model, home)
        people, i, draw = model.s.population, model.s.incentives, self.random.random
        self.orientation = people.orientation_low + (people.orientation_high - people.orientation_low) * draw()
        self.approval, self.beliefs, self.stance = people.approval_start, [0.0] * 3, PATRONAGE
        self.election_in = i.term - int(i.staggered * draw() * i.term)
        self.in_office = i.term - self.election_in
        self.mandate, self.new_party, self.member, self.transition = True, False, False, 0.0

    def govern(self) -> None:
        p, i = self.model.s.politicians, self.model.s.incentives
        broken = False
        mandated = max(p.reconsider, p.second_thoughts) if self.mandate else p.reconsider
        if self.new_party or self.model.month == 0 or self.happens(mandated):
            patronage, arms_length, sponsor = self.beliefs
            utilities = [
                p.machine_value * i.patronage * (1 - self.orientation) + patronage,
                p.quiet + arms_length,
                i.credit * (p.conviction * self.orientation + self.home.backing) + sponsor,
            ]
            stance = pick(self.random, utilities, p.sensitivity)
            broken = stance != self.stance and not self.mandate
            self.stance = stance
        if broken:
            self.approval = max(0.0, self.approval - p.breach)
        self.transition = 1.0 if broken or self.new_party else (1 - p.settling) * self.transition

    def learn(self) -> None:
        p, support = self.model.s.politicians, share(self.home.support, self.home.voices)
        outcome = min(1.0, max(-1.0, p.learning_scale * (support - self.approval)))
        self.beliefs[self.stance] += p.learning * (outcome - self.beliefs[self.stance])
        self.approval += p.approval_rate * (support - self.approval)

    def join(self) -> None:
        support = self.home.backing + self.model.s.coalitions.loyalty * self.home.cover
        self.member = self.joins(self.stance == SPONSOR, support, self.member)

    def face_voters(self) -> None:
        p, i, home = self.model.s.politicians, self.model.s.incentives, self.home
        challenger = clip(self.random.random() * p.newcomer_spread + p.newcomer_pull * home.engaged)
        is_election = self.election_in <= 1
        stays = 1 - i.ousting
        if is_election:
            stays *= self.reelection_chance(challenger)
        self.new_party = not self.happens(stays)
        if self.new_party:
            self.orientation, self.approval, self.member = challenger, self.model.s.population.approval_start, False
            self.beliefs = [p.inheritance * belief for belief in self.beliefs]
        self.mandate = is_election or self.new_party
        self.election_in = i.term if is_election else self.election_in - 1
        self.in_office = 0 if self.new_party else self.in_office + 1

    def reelection_chance(self, challenger: float) -> float:
        s, p, i, home = self.model.s, self.model.s.politicians, self.model.s.incentives, self.home
        news = p.disclosure * i.publicity * (home.diversion - home.diversion_expected)
        felt = s.accountability.political * (self.approval - news - p.even_approval)
        machine = p.machine * (self.stance == PATRONAGE) * share(home.clients, len(home.citizens))
        challenged = p.challenge * (challenger - self.orientation) * home.backing
        odds = p.incumbency + i.competition * felt + machine - challenged
        return i.reelection / (1 + math.exp(-odds))


class District:
    """A service and its people: a manager, providers, a politician and citizens."""

    manager: Manager
    providers: list[Provider]
    politician: Politician

    def __init__(self, model: "PlainModel", number: int, quality: float, capacity: float) -> None:
        self.model, self.number, self.capacity = model, number, capacity
        self.quality = self.wellbeing = quality
        self.citizens: list[Citizen] = []
        self.responsive = self.engaged = self.scrutiny = self.waived = self.worth = self.support = 0.0
        self.manager_response, self.manager_shift, self.voices, self.claims, self.clients = RESIST, 0.0, 0.0, 0, 0
        self.diversion = self.diversion_wages = self.diversion_materials = self.diversion_expected = 0.0
        self.organised = self.backing = self.cover = 0.0
        self.coalition, self.coalition_age, self.coalition_slack, self.coalition_month = False, 0, 0, -1
        self.coalition_born, self.coalition_ending = False, 0
        self.allied_citizens = self.allied_providers = self.allied_officials = self.allied_politicians = 0

    def follow_the_manager(self) -> None:
        turned = self.model.month > 0 and self.manager.response != self.manager_response
        shifted = self.manager.refilled or turned
        settled = (1 - self.model.s.politicians.settling) * self.manager_shift
        self.manager_response, self.manager_shift = self.manager.response, 1.0 if shifted else settled

    def serve(self) -> None:
        s, v = self.model.s, self.model.s.services
        self.responsive = sum(provider.responds for provider in self.providers) / len(self.providers)
        self.engaged = self.manager.engaged
        before = self.diversion
        self.divert()
        rate = 1.0 if self.model.month < 2 else s.politicians.surprise
        self.diversion_expected += rate * (before - self.diversion_expected)
        patron = self.politician.stance == PATRONAGE
        lost = v.decay + v.leakage * s.incentives.patronage * patron
        means = s.conditions.resources * self.capacity * (1 - self.diversion)
        gained = v.gain * means * self.worth / len(self.providers)
        self.quality = clip(self.quality + gained * (1 - self.quality) - lost * self.quality)
        reached = min(self.quality, s.conditions.supplies)
        self.wellbeing += v.wellbeing_rate * (reached - self.wellbeing)

    def divert(self) -> None:
        """Divert some means: what tempts, less what courts and voters deter, what is appealed, and what is watched."""
        o, form = self.model.s.oversight, self.model.form
        diverted = self.tempted() * self.checked()
        attended = self.manager.attention(self.engaged, 1.0)
        unanswered = self.model.heard * attended * (1 - self.responsive)
        diverted *= 1 - min(o.visible, o.recourse * unanswered * diverted)
        watching = o.watch * attended * (1 - form.capture)
        self.diversion_wages = diverted * (1 - min(o.visible, watching))
        per_share = o.wage_share / max(0.05, 1 - o.wage_share)
        displaced = o.displacement * (diverted - self.diversion_wages) * per_share * (1 - self.scrutiny)
        unwatched = diverted * (1 - min(o.visible, watching * self.model.grounded * (1 - o.hidden)))
        self.diversion_materials = min(1.0, unwatched + displaced)
        self.diversion = o.wage_share * self.diversion_wages + (1 - o.wage_share) * self.diversion_materials

    def tempted(self) -> float:
        o, resources = self.model.s.oversight, self.model.s.conditions.resources
        honest = sum(provider.reform_minded for provider in self.providers) / len(self.providers)
        beyond = max(0.0, resources - 1) / max(1.0, resources)
        return min(1.0, o.diversion * (1 - o.restraint * honest) * (1 + o.windfall * beyond))

    def checked(self) -> float:
        o, p, i = self.model.s.oversight, self.model.s.politicians, self.model.s.incentives
        known = o.unaudited + (1 - o.unaudited) * self.scrutiny
        near = max(0.0, 1 - self.politician.election_in / p.horizon)
        ahead = p.foresight * i.publicity * i.reelection * near
        by_voters = o.electoral_deterrence * i.reelection * known
        return (1 - o.legal_deterrence * self.scrutiny) * (1 - by_voters) * (1 - ahead)

    def learn(self) -> None:
        o, i = self.model.s.oversight, self.model.s.incentives
        rate = o.scrutiny_rate if i.audit > self.scrutiny else o.scrutiny_fading
        self.scrutiny += rate * (i.audit - self.scrutiny)
        pressed = max(i.monitoring, self.model.form.attribution) > 0
        self.waived += o.waiving * (pressed * (1 - i.senior) - self.waived)

    # coalition

    def be_organised(self) -> None:
        s, p = self.model.s, self.model.s.politicians
        members = [citizen for citizen in self.citizens if citizen.member]
        brokers = sum(citizen.broker for citizen in self.citizens)
        through = share(sum(citizen.broker for citizen in members), brokers)
        self.clients = sum(citizen.strategy == CLIENT for citizen in self.citizens)
        self.organised = min(1.0, s.organisations.scale * share(len(members), len(self.citizens)))
        near = p.at_a_distance + (1 - p.at_a_distance) * through
        self.backing = s.accountability.political * self.organised * near

    def stand(self) -> None:
        s, c = self.model.s, self.model.s.coalitions
        self.allied_providers = sum(provider.member for provider in self.providers)
        self.allied_officials = self.allied_providers + self.manager.member
        self.allied_politicians = int(self.politician.member)
        self.allied_citizens = sum(citizen.member and citizen.point.member for citizen in self.citizens)
        providers, citizens = (
            self.allied_providers / len(self.providers),
            share(self.allied_citizens, len(self.citizens)),
        )
        enough = self.manager.member and providers >= c.officials and citizens >= c.citizens
        lacking = not self.politician.member or not enough
        self.coalition_slack = self.coalition_slack + 1 if lacking else 0
        self.coalition_born, self.coalition_ending = False, 0
        if self.coalition and (not self.politician.member or self.coalition_slack > c.grace):
            self.coalition, self.coalition_ending = False, self.ending(providers < c.officials)
        elif not self.coalition and not lacking:
            self.coalition = self.coalition_born = True
        self.coalition_age = self.coalition_age + 1 if self.coalition else 0
        if self.coalition_month < 0 and self.coalition_age >= c.persistence:
            self.coalition_month = self.model.month - self.coalition_age + 1
        joined = min(1.0, s.organisations.scale * citizens)
        self.cover = self.coalition * 0.5 * (providers + joined)

    def ending(self, short: bool) -> int:
        outside = [provider for provider in self.providers if not provider.member]
        if not self.politician.member:
            return ELECTION if self.politician.in_office < self.coalition_age else POLITICIAN_LEFT
        if not self.manager.member:
            return MANAGER_LEFT
        if short and any(provider.tenure < self.coalition_age for provider in outside):
            return TRANSFER
        if short:
            return BROKEN_PROMISE if any(provider.anger > 0.2 for provider in outside) else PROVIDERS_LEFT
        grievance = share(self.manager.aggrieved, self.manager.served)
        return SUCCESS if grievance < self.model.s.coalitions.content else EXHAUSTION


Reporter = Callable[["PlainModel"], float]


def mean(numbers: Iterable[float]) -> float:
    """Mean; that of nobody is 0."""
    found = list(numbers)
    return sum(found) / len(found) if found else 0.0


def of(agents: str, what: Callable[[Any], float], among: Callable[[Any], bool] | None = None) -> Reporter:
    """Report a mean over agents of a kind, or over some of them."""
    if among is None:
        return lambda model: mean(what(agent) for agent in getattr(model, agents))
    return lambda model: mean(what(agent) for agent in getattr(model, agents) if among(agent))


def third(trait: str, number: int, what: Callable[[Citizen], float]) -> Reporter:
    """Report a mean over the first (0) or last (2) third of citizens by a trait."""
    return lambda model: mean(what(citizen) for citizen in model.thirds[trait, number])


def beside(trait: str, among: Callable[[Citizen], bool]) -> Reporter:
    """Report the mean of a trait among some citizens, minus that of all; 0 without any."""

    def report(model: "PlainModel") -> float:
        some = [getattr(citizen, trait) for citizen in model.citizens if among(citizen)]
        return mean(some) - mean(getattr(citizen, trait) for citizen in model.citizens) if some else 0.0

    return report


def again(success: bool) -> Reporter:
    """Report the share of first engagements, a year ago or longer, that were repeated within a year."""

    def report(model: "PlainModel") -> float:
        first = [
            c for c in model.citizens if 0 <= c.first_engagement <= model.month - 12 and c.first_success == success
        ]
        return mean(citizen.engaged_again for citizen in first)

    return report


def lately(trait: str) -> Reporter:
    """Report the share of citizens who did something within twelve months."""
    return lambda model: mean(getattr(c, trait) > max(-1, model.month - 12) for c in model.citizens)


def spread(model: "PlainModel") -> float:
    """Standard deviation of quality over districts."""
    middle = mean(home.quality for home in model.districts)
    return math.sqrt(mean((home.quality - middle) ** 2 for home in model.districts))


def attribute(name: str) -> Callable[[Any], float]:
    return lambda agent: getattr(agent, name)


def is_client(citizen: Citizen) -> bool:
    return citizen.strategy == CLIENT


def allied(agents: str) -> Reporter:
    """Report how many of a kind belong to a standing coalition, as a share."""
    name = f"allied_{agents}"
    return lambda model: sum(h.coalition * getattr(h, name) for h in model.districts) / len(getattr(model, agents))


def allied_in_all(model: "PlainModel") -> float:
    allies = sum(h.coalition * (h.allied_citizens + h.allied_officials + h.allied_politicians) for h in model.districts)
    return allies / (len(model.citizens) + len(model.officials) + len(model.politicians))


def ended_by(cause: int) -> Reporter:
    return lambda model: mean(home.coalition_ending == cause for home in model.districts)


def decides(official: Official) -> float:
    return (0.0, 0.0, 0.5, 1.0)[official.response] * official.model.form.influence


engages, received, unserved = attribute("engages"), attribute("received"), Citizen.unserved

MEASURES: dict[str, Reporter] = {
    "quality": of("districts", attribute("quality")),
    "quality_spread": spread,
    "quality_gap": lambda m: third("poverty", 0, received)(m) - third("poverty", 2, received)(m),
    "quality_least_vulnerable": third("poverty", 0, received),
    "quality_most_vulnerable": third("poverty", 2, received),
    "wellbeing": of("districts", attribute("wellbeing")),
    "unserved": of("citizens", unserved),
    "unserved_least_vulnerable": third("poverty", 0, unserved),
    "unserved_most_vulnerable": third("poverty", 2, unserved),
    "diversion": of("districts", attribute("diversion")),
    "diversion_wages": of("districts", attribute("diversion_wages")),
    "diversion_materials": of("districts", attribute("diversion_materials")),
    "waived": of("districts", attribute("waived")),
    "resources": lambda m: m.s.conditions.resources,
    "cover": of("districts", attribute("cover")),
    "asked": of("citizens", attribute("asked")),
    "engaged": of("citizens", engages),
    "abstain": of("citizens", lambda c: c.strategy == ABSTAIN),
    "collaborate": of("citizens", lambda c: c.strategy == COLLABORATE),
    "confront": of("citizens", lambda c: c.strategy == CONFRONT),
    "client": of("citizens", is_client),
    "taken_part": lately("last_engagement"),
    "protested": lately("last_confrontation"),
    "satisfied": of("citizens", lambda c: c.aspiration - c.received <= c.model.s.citizens.contentment),
    "members": of("citizens", attribute("member")),
    "leaders": of("citizens", attribute("leader")),
    "belonging": of("citizens", attribute("belonging"), attribute("member")),
    "success_rate": of("citizens", attribute("outcome"), engages),
    "favour_rate": of("citizens", attribute("outcome"), is_client),
    "engaged_low_education": third("schooling", 0, engages),
    "engaged_high_education": third("schooling", 2, engages),
    "engaged_least_vulnerable": third("poverty", 0, engages),
    "engaged_most_vulnerable": third("poverty", 2, engages),
    "client_least_vulnerable": third("poverty", 0, is_client),
    "client_most_vulnerable": third("poverty", 2, is_client),
    "education_of_engaged": beside("schooling", engages),
    "vulnerability_of_engaged": beside("poverty", engages),
    "vulnerability_of_clients": beside("poverty", is_client),
    "again_after_success": again(True),
    "again_after_failure": again(False),
    "funnel_asked": of("citizens", lambda c: c.funnel >= 1),
    "funnel_engaged": of("citizens", lambda c: c.funnel >= 2),
    "funnel_responded": of("citizens", lambda c: c.funnel >= 3),
    "funnel_gained": of("citizens", lambda c: c.funnel >= 4),
    "funnel_gained_again": of("citizens", lambda c: c.funnel >= 5),
    "aspiration": of("citizens", attribute("aspiration")),
    "efficacy_collaborate": of("citizens", lambda c: c.efficacy[COLLABORATE]),
    "efficacy_confront": of("citizens", lambda c: c.efficacy[CONFRONT]),
    "trust": of("citizens", attribute("trust")),
    "reliance": of("citizens", attribute("reliance")),
    "resist": of("officials", lambda o: o.response == RESIST),
    "token": of("officials", lambda o: o.response == TOKEN),
    "accommodate": of("officials", lambda o: o.response == ACCOMMODATE),
    "responsive": of("officials", attribute("responds")),
    "cocreate": of("officials", lambda o: o.response == COCREATE),
    "reform_minded": of("officials", attribute("reform_minded")),
    "turnover": of("officials", attribute("refilled")),
    "tenure": of("officials", attribute("tenure")),
    "reconsidered": of("officials", attribute("reconsiders")),
    "ability": of("officials", attribute("ability")),
    "supporter_premium": of("officials", attribute("loyalty")),
    "political_work": of("officials", attribute("political_work")),
    "morale": of("officials", attribute("morale")),
    "morale_reform_minded": of("officials", attribute("morale"), lambda o: o.reform_minded),
    "morale_clientelist": of("officials", attribute("morale"), lambda o: not o.reform_minded),
    "insight": of("officials", attribute("insight")),
    "practice": of("officials", attribute("practice")),
    "load": of("officials", attribute("load")),
    "decision_share": of("officials", decides),
    "organisation": of("providers", attribute("organisation")),
    "demands": of("providers", attribute("demanded")),
    "disputes": of("providers", lambda p: p.dispute > 0),
    "given_up": of("providers", attribute("given_up")),
    "confrontations": of("providers", attribute("called")),
    "promises": of("providers", attribute("promised")),
    "promises_open": of("providers", lambda p: p.promise_due > 0),
    "promises_kept": of("providers", attribute("kept")),
    "promises_broken": of("providers", attribute("broken")),
    "agreements": of("providers", attribute("agreement")),
    "reliability": of("providers", attribute("reliability")),
    "anger": of("providers", attribute("anger")),
    "threat": of("providers", attribute("threat")),
    "contributions": of("providers", attribute("contributions")),
    "patronage": of("politicians", lambda p: p.stance == PATRONAGE),
    "arms_length": of("politicians", lambda p: p.stance == ARMS_LENGTH),
    "sponsor": of("politicians", lambda p: p.stance == SPONSOR),
    "new_politicians": of("politicians", attribute("new_party")),
    "elections": of("politicians", attribute("mandate")),
    "reelected": of("politicians", lambda p: not p.new_party, attribute("mandate")),
    "reelected_patrons": of("politicians", lambda p: not p.new_party, lambda p: p.mandate and p.stance == PATRONAGE),
    "in_office": of("politicians", attribute("in_office")),
    "approval": of("politicians", attribute("approval")),
    "orientation": of("politicians", attribute("orientation")),
    "coalition_share": allied_in_all,
    "coalition_citizens": allied("citizens"),
    "coalition_officials": allied("officials"),
    "coalition_politicians": allied("politicians"),
    "coalition_districts": of("districts", attribute("coalition")),
    "coalition_births": of("districts", attribute("coalition_born")),
    "coalition_ends": of("districts", lambda h: h.coalition_ending > 0),
    "ended_by_election": ended_by(ELECTION),
    "ended_by_politician": ended_by(POLITICIAN_LEFT),
    "ended_by_manager": ended_by(MANAGER_LEFT),
    "ended_by_transfer": ended_by(TRANSFER),
    "ended_by_providers": ended_by(PROVIDERS_LEFT),
    "ended_by_broken_promise": ended_by(BROKEN_PROMISE),
    "ended_by_exhaustion": ended_by(EXHAUSTION),
    "ended_by_success": ended_by(SUCCESS),
    "coalition_age": of("districts", attribute("coalition_age"), attribute("coalition")),
    "coalition_ever": of("districts", lambda h: h.coalition_month >= 0),
    "coalition_wait": lambda m: mean(
        h.coalition_month if h.coalition_month >= 0 else m.month + 1 for h in m.districts
    ),
    "coalition_formed": lambda m: m.districts[0].coalition_month >= 0,
    "coalition_month": lambda m: m.districts[0].coalition_month,
}  # fmt: skip
"""All that engagesim observes each month."""


class PlainModel(mesa.Model):
    def __init__(
        self, citizens: int = 1000, patronage: float = 0.3, parameters: Any = None, rng: int | None = None
    ) -> None:
        super().__init__(rng=rng)
        size = {"population.citizens": citizens, "population.districts": max(1, citizens // 100)}
        self.s = parameters or Parameters().changed({**size, "incentives.patronage": patronage})
        self.month = 0
        self.put_in_force()
        self.settle()
        self.tie()
        self.citizen_set = mesa.agent.AgentSet(self.citizens, random=self.random)
        self.official_set = mesa.agent.AgentSet(self.officials, random=self.random)
        self.provider_set = mesa.agent.AgentSet(self.providers, random=self.random)
        self.politician_set = mesa.agent.AgentSet(self.politicians, random=self.random)
        self.datacollector = mesa.DataCollector(model_reporters=MEASURES)

    def settle(self) -> None:
        """Make districts and the people in them."""
        people, draw = self.s.population, self.random.random

        def bell() -> float:
            return (draw() + draw() + draw() + draw() - 2) * math.sqrt(3)

        self.districts = [
            District(
                self,
                number,
                clip(people.quality_mean + people.quality_spread * bell()),
                max(0.1, 1 + people.capacity_spread * bell()),
            )
            for number in range(people.districts)
        ]
        for row in range(people.citizens):
            home = self.districts[row * people.districts // people.citizens]
            home.citizens.append(Citizen(self, home))
        for home in self.districts:
            home.manager = Manager(self, home)
            home.providers = [Provider(self, home) for _ in range(people.providers)]
            home.politician = Politician(self, home)
        self.citizens = [citizen for home in self.districts for citizen in home.citizens]
        self.providers = [provider for home in self.districts for provider in home.providers]
        self.officials: list[Official] = [*(home.manager for home in self.districts), *self.providers]
        self.politicians = [home.politician for home in self.districts]
        self.thirds = {}
        for trait in ("schooling", "poverty"):
            ranked = sorted(self.citizens, key=attribute(trait))
            for number in (0, 2):
                first, last = (end * len(ranked) // 3 for end in (number, number + 1))
                self.thirds[trait, number] = ranked[first:last]

    def tie(self) -> None:
        """Tie peers, citizens to providers and politicians, and officials to each other."""
        network, draw, count = self.s.network, self.random, len(self.citizens)
        ring = nx.watts_strogatz_graph(count, network.degree, network.rewiring, seed=draw.randrange(2**31))
        for row, citizen in enumerate(self.citizens):
            citizen.peers = [self.citizens[other] for other in ring[row]]
            citizen.broker = draw.random() < network.brokers
            citizen.point = draw.choice(citizen.home.providers)
            citizen.point.served += 1
            citizen.home.manager.served += 1
        kin = nx.Graph()
        kin.add_nodes_from(self.officials)
        for home in self.districts:
            kin.add_edges_from((a, b) for place, a in enumerate(home.providers) for b in home.providers[:place])
        for official in self.officials * (len(self.districts) > 1):
            elsewhere = [other for other in self.officials if other.home is not official.home]
            kin.add_edges_from((official, draw.choice(elsewhere)) for _ in range(network.profession))
        for official in self.officials:
            official.kin = list(kin[official])

    def put_in_force(self) -> None:
        """Open or close the form, and see what this makes of visibility, facts and voice."""
        e, c, o = self.s.engagement, self.s.citizens, self.s.officials
        weight = 0.0
        if self.month >= e.start and (e.stop is None or self.month < e.stop):
            weight = min(1.0, (self.month - e.start + 1) / (e.ramp + 1))
        form = {name: weight * getattr(e, name) for name in FORM_DIMENSIONS}
        self.form = SimpleNamespace(**form)
        beyond = max(0.0, form["information"] * form["skills"] - c.knowledge_needed)
        known = beyond / max(0.1, 1 - c.knowledge_needed)
        self.grounded = c.knowledge_floor + (1 - c.knowledge_floor) * known
        self.heard = form["voice"] * form["directness"] * self.grounded
        self.seen = o.visibility_floor + (1 - o.visibility_floor) * form["visibility"]

    def step(self) -> None:
        self.put_in_force()
        self.politician_set.do("govern")
        self.official_set.do("keep_or_leave")
        for politician in self.politicians:
            politician.mandate = politician.new_party = False
        self.organise()
        for home in self.districts:
            home.claims = sum(provider.claims for provider in home.providers)
        self.provider_set.do("bargain")
        self.citizen_set.do("choose")
        for official in self.officials:
            official.cases, official.succeeded = [0] * 4, 0
        self.citizen_set.do("come")
        self.official_set.do("respond")
        for home in self.districts:
            home.follow_the_manager()
        self.citizen_set.do("meet")
        for home in self.districts:
            home.worth = home.support = home.voices = 0.0
        self.provider_set.do("serve")
        for home in self.districts:
            home.serve()
        self.learn()
        self.ally()
        self.politician_set.do("face_voters")
        self.datacollector.collect(self)
        self.month += 1

    def organise(self) -> None:
        self.citizen_set.do("belong")
        for official in self.officials:
            official.members = official.leading = 0
            official.aggrieved = official.trusting = 0.0
        self.citizen_set.do("stand_by")
        self.provider_set.do("gather")

    def learn(self) -> None:
        for official in self.officials:
            official.practice_before = official.practice
        self.citizen_set.do("learn")
        self.official_set.do("learn")
        for home in self.districts:
            home.learn()
        self.politician_set.do("learn")
        self.citizen_set.do("see_neighbours")

    def ally(self) -> None:
        for home in self.districts:
            home.be_organised()
        self.official_set.do("join")
        self.politician_set.do("join")
        for home in self.districts:
            home.stand()


def nanoseconds_per_citizen_month(citizens: int, months: int, parameters: Any = None) -> float:
    """Least time of three repetitions, set-up not counted."""

    def once() -> float:
        model = PlainModel(citizens, parameters=parameters, rng=1)
        start = time.perf_counter()
        for _ in range(months):
            model.step()
        taken = time.perf_counter() - start
        assert model.month == months
        assert model.datacollector.get_model_vars_dataframe()["engaged"].max() > 0
        return taken

    return min(once() for _ in range(3)) * 1e9 / (citizens * months)


def batch_run(points: int, citizens: int, months: int, processes: int) -> None:
    """Run a sweep of patronage with Mesa's own runner."""
    levels = [0.6 * k / (points - 1) for k in range(points)]
    rows = mesa.batch_run(
        PlainModel, {"citizens": citizens, "patronage": levels}, number_processes=processes, rng=[1],
        max_steps=months, data_collection_period=1, display_progress=False,
    )  # fmt: skip
    assert len(rows) >= points * months
