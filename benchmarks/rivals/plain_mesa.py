"""The same society as an ordinary Mesa model: agents, an AgentSet a kind, Mesa's own random numbers, networkx.

Written as a good modeller would who knows no other driver: neighbours are cached, nothing is looked up twice, only the
parameters' numbers are shared with engagesim. It follows the same rules in the same order, with other draws.
"""

import math
import time
from types import SimpleNamespace
from typing import Any

import mesa
import networkx as nx

from engagesim.parameters import FORM_DIMENSIONS, Parameters


def clip(number: float) -> float:
    return 0.0 if number < 0.0 else 1.0 if number > 1.0 else number


def pick(random: Any, utilities: list[float], sensitivity: float, weights: list[float]) -> int:
    best = max(utilities)
    odds = [w * math.exp(sensitivity * (u - best)) for u, w in zip(utilities, weights, strict=True)]
    return random.choices(range(len(odds)), odds)[0]


class Citizen(mesa.Agent):
    def __init__(self, model: "PlainModel", home: "District", people: Any) -> None:
        super().__init__(model)
        draw = model.random
        self.home = home
        self.vulnerability = clip(draw.gauss(people.vulnerability_mean, people.vulnerability_spread))
        slope = people.education_slope * (self.vulnerability - people.vulnerability_mean)
        self.education = clip(draw.gauss(people.education_mean - slope, people.education_spread))
        self.connected = draw.random() < model.s.conditions.connected * (0.5 + self.education)
        self.threshold = min(1.0, max(0.02, draw.gauss(people.threshold_mean, people.threshold_spread)))
        spread = people.efficacy_spread * max(0.0, 1 + people.efficacy_slope * (self.education - 0.5))
        self.efficacy = [0.0, clip(people.efficacy_floor + spread * draw.random())]
        self.efficacy.append(clip(people.efficacy_floor + spread * draw.random()))
        self.trust, self.reliance = people.trust_start, people.reliance_start
        c = model.s
        self.aspiration = clip(home.quality + c.citizens.ambition * self.education + c.conditions.expectations)
        self.strategy, self.outcome, self.member, self.active_share = 0, 0.0, False, 0.0
        self.engaged_neighbours = self.client_neighbours = 0
        self.habit, self.funnel = 0.0, 0
        self.peers: list[Citizen] = []
        self.neighbours: list[Any] = []

    def received(self) -> float:
        form, home = self.model.form, self.home
        reach = home.responsive * form.inclusiveness * (1 - form.capture)
        return home.quality * (1 - self.model.s.citizens.disadvantage * self.vulnerability * (1 - reach))

    def choose(self) -> None:
        c, s, form, home = self.model.s.citizens, self.model.s, self.model.form, self.home
        reached = form.outreach * (1 - (1 - form.inclusiveness) * self.vulnerability)
        recruited = c.recruitment * (c.recruitment_floor + (1 - c.recruitment_floor) * form.collectiveness)
        missed = (1 - s.conditions.organising) * (1 - reached) * (1 - recruited) ** min(31, self.engaged_neighbours)
        missed *= 1 - c.recall * self.habit
        self.asked = self.model.random.random() < 1 - missed
        received = self.received()
        grievance = max(0.0, self.aspiration - received)
        value = c.stake * max(0.0, 1 + c.dependence * (self.vulnerability - 0.5))
        value *= c.benefit_floor + c.benefit_slope * grievance
        doubt = 1 - c.trust_weight * (1 - self.trust)
        peers = max(1, len(self.peers))
        engaged, clients = self.engaged_neighbours / peers, self.client_neighbours / peers
        if form.opened:
            burden = 1 + (1 - form.inclusiveness) * self.vulnerability + c.demands * (0.5 - self.education)
            spent = c.time_price * form.time_cost * max(0.0, burden)
            cost = spent - c.ict_saving * self.connected
        else:
            cost = c.barrier
        reach = c.reach_floor + (1 - c.reach_floor) * form.influence
        collaborate = value * reach * self.efficacy[1] * doubt + c.solidarity * form.collectiveness * engaged - cost
        open_issues = 1 - c.conciliation * home.responsive
        leverage = (c.leverage_floor + (1 - c.leverage_floor) * form.teeth) * open_issues
        harsh = 1.0 if home.politician.stance == 0 else c.tolerated
        covered = 1 - s.coalitions.strength * home.cover
        risk = c.confront_cost + s.incentives.repression * harsh * (1 - engaged) * covered
        confront = value * leverage * self.efficacy[2] * doubt + c.solidarity * engaged * open_issues
        confront += c.anger * grievance * (1 - self.trust) - risk
        favour = c.favour_value * s.incentives.patronage * self.reliance * (c.need_floor + self.vulnerability)
        client = favour - c.stigma * (0.5 + self.education) * (1 - 0.5 * clients)
        gate = 1.0 if self.asked else c.spontaneity
        utilities = [0.0, collaborate, confront, client]
        self.strategy = pick(self.model.random, utilities, c.sensitivity, [1.0, gate, gate, 1.0])

    def meet(self) -> None:
        s, point = self.model.s, self.point
        self.outcome = 0.0
        if self.strategy in (1, 2):
            chance = point.chances[self.strategy]
            kept = 1 - s.services.capture_guard * point.reform_minded
            chance *= 1 - self.model.form.capture * self.vulnerability * kept
            if self.model.random.random() < chance:
                self.outcome = 1.0
                point.succeeded += 1
                self.home.manager.succeeded += 1
        elif self.strategy == 3 and self.home.politician.stance == 0:
            self.outcome = float(self.model.random.random() < s.services.delivery)
        if self.model.form.opened:
            stage = 1 if self.asked else 0
            if self.strategy in (1, 2):
                stage = 3 if point.response >= 2 else 2
                if self.outcome:
                    stage = 5 if self.funnel >= 4 else 4
            self.funnel = max(self.funnel, stage)

    def learn(self) -> None:
        c, s, form, home = self.model.s.citizens, self.model.s, self.model.form, self.home
        received = self.received()
        stance = home.politician.stance
        if self.strategy == 3:
            home.support += 1 - c.loyalty + c.loyalty * self.outcome
            self.reliance += c.learning * (self.outcome - self.reliance)
        else:
            judged = c.approval_floor + received - self.aspiration + 0.3 * (self.trust - 0.35)
            if self.strategy:
                joint = 1.0 if self.strategy == 2 else form.collectiveness
                judged += joint * ((stance == 2) * s.incentives.credit * self.outcome - (stance == 0) * c.backlash)
            home.support += clip(judged)
            self.reliance += c.hearsay * ((stance == 0) - self.reliance)
        if self.strategy in (1, 2):
            weight = 1.0 if self.outcome else c.self_blame
            self.efficacy[self.strategy] += c.learning * weight * (self.outcome - self.efficacy[self.strategy])
            self.trust += c.trust_rate * (self.outcome - self.trust)
        if self.peers:
            other = self.peers[int(self.model.random.random() * len(self.peers))]
            if other.strategy in (1, 2):
                weight = 1.0 if other.outcome else c.self_blame
                self.efficacy[other.strategy] += c.vicarious * weight * (other.outcome - self.efficacy[other.strategy])
        if self.strategy in (1, 2):
            self.habit += c.habit_rate * (self.outcome - self.habit)
        else:
            self.habit -= c.habit_fading * self.habit
        hoped = clip(received + c.ambition * self.education + s.conditions.expectations)
        self.aspiration += c.aspiration_rate * (hoped - self.aspiration)

    def unserved(self) -> float:
        return (1 - self.received()) * (1 - self.model.s.services.diligence * self.home.responsive)

    @property
    def activity(self) -> float:
        return (0.0, self.model.form.collectiveness, 1.0, 0.0)[self.strategy]


class Official(mesa.Agent):
    def __init__(self, model: "PlainModel", home: "District", people: Any) -> None:
        super().__init__(model)
        draw = model.random
        self.home, self.served = home, 0
        self.reform_minded = draw.random() < people.reform_minded_share
        self.threshold = min(1.0, max(0.02, draw.gauss(people.threshold_mean, people.threshold_spread)))
        self.insight = clip(people.insight_mean + people.insight_spread * (draw.random() - 0.5))
        self.morale, self.practice, self.beliefs, self.response = people.morale_start, 0.0, [0.0] * 4, 0
        self.counts, self.succeeded, self.chances = [0, 0, 0, 0], 0, [0.0] * 3
        self.member, self.active_share, self.load, self.refilled = False, 0.0, 0.0, False
        self.tenure, self.loyalty, self.party_work = int(people.tenure_longest * draw.random()), 1.0, 0.0
        self.ability = clip(people.ability_mean + people.ability_spread * draw.uniform(-1, 1))
        self.kin: list[Official] = []
        self.neighbours: list[Any] = []

    def keep_or_leave(self) -> None:
        s, i, stance = self.model.s, self.model.s.incentives, self.home.politician.stance
        political = i.purge * (stance == 0) * (self.response >= 2) + i.reshuffle * self.home.politician.new
        chance = min(1.0, i.turnover + political * (1 - i.merit_protection))
        self.refilled = self.model.random.random() < chance
        if self.refilled:
            chosen = (stance == 0) * (1 - i.merit_protection)
            reform = i.labour_market * (1 - chosen * (1 - i.patron_share))
            self.reform_minded = self.model.random.random() < reform
            self.morale, self.insight = self.model.people.morale_start, s.officials.insight_floor
            self.practice, self.beliefs, self.response, self.member = 0.0, [0.0] * 4, 0, False
            people, o = self.model.people, s.officials
            able = people.ability_mean + people.ability_spread * self.model.random.uniform(-1, 1)
            self.ability, self.tenure = clip(able - o.ability_loss * chosen), 0
            self.loyalty = 1 + o.premium * chosen
        else:
            self.tenure += 1
            if self.home.politician.new:
                self.loyalty = 1.0
                self.morale = max(0.0, self.morale - s.officials.unrest * (1 - i.merit_protection))

    def respond(self) -> None:
        o, i, s, form, home = self.model.s.officials, self.model.s.incentives, self.model.s, self.model.form, self.home
        served = max(1, self.served)
        collaborating, confronting = self.counts[1] / served, self.counts[2] / served
        self.engaged = collaborating + confronting
        stance = home.politician.stance
        work = self.engaged * (o.base_workload + form.workload * (1 - o.relief * form.contribution))
        self.load = min(1.0, work / max(0.05, s.conditions.resources))
        self.seen = o.visibility_floor + (1 - o.visibility_floor) * form.visibility
        adverse = (1.0, o.pressure_arms_length, 0.0)[stance]
        shielded = (1 - i.merit_protection) * (1 - s.coalitions.strength * home.cover)
        pressed = i.pressure * (adverse * shielded - o.backing * (stance == 2))
        penalty = s.oversight.penalty * max(i.monitoring, form.attribution) * (1 - home.waived)
        by_many = form.teeth * self.model.grounded * self.engaged * self.seen
        exposed = i.exposure * (by_many + confronting) + penalty
        rents = i.rents * (o.reform_rent_share if self.reform_minded else 1.0)
        room = 1 + o.autonomy_value * (i.autonomy - 0.5) - o.crowding * (i.supervision - 0.5)
        driven = o.intrinsic * self.morale * (1.0 if self.reform_minded else o.clientelist_drive) * max(0.0, room)
        voice = self.model.heard
        free = 1 - form.contribution
        joint = (o.voice_value * voice + 0.4 * form.contribution) * collaborating * form.influence
        effort = o.effort * (1 + o.overload * self.load * free) + 0.1 * (1 - form.influence)
        utilities = [
            rents - exposed + self.beliefs[0],
            o.token_rent * rents - o.token_exposure * exposed - o.token_effort + self.beliefs[1],
            driven + o.voice_value * voice * collaborating - o.effort * (0.6 + o.overload * self.load)
            - pressed + self.beliefs[2],
            o.cocreate_drive * driven + joint + o.practice_value * self.practice - effort
            - o.authority * (home.manager_response == 0) - 1.1 * pressed + self.beliefs[3],
        ]  # fmt: skip
        self.response = pick(self.model.random, utilities, o.sensitivity, [1.0] * 4)
        self.open_counter(confronting)

    def open_counter(self, confronting: float) -> None:
        v, o, form = self.model.s.services, self.model.s.officials, self.model.form
        response = self.response
        base = (v.success_resist, v.success_token, v.success_accommodate, v.success_accommodate)[response]
        if response == 3:
            base += (v.success_cocreate - v.success_accommodate) * form.influence
        if response >= 2:
            base += (0.15 if response == 3 else 0.10) * self.practice
            base *= 1 - o.overload * self.load * (1 - form.contribution)
        talk = clip(base)
        attention = min(1.0, o.attention_scale * confronting)
        protest = min(0.95, v.confront_factor * talk + v.teeth_value * form.teeth * self.seen * attention)
        self.chances = [0.0, talk, protest]

    def serve(self) -> float:
        v, form, o = self.model.s.services, self.model.form, self.model.s.officials
        attended = min(1.0, o.attention_scale * self.engaged * form.directness)
        work = (0.0, v.token_work, v.accommodate_work, v.accommodate_work)[self.response]
        if self.response >= 2:
            work += v.voice_gain * self.model.heard * attended
        if self.response == 3:
            work += v.contribution_gain * form.contribution * attended + v.practice_gain * self.practice
        patron = (self.home.politician.stance == 0) * (1 - self.model.s.incentives.merit_protection)
        self.party_work = 0.0 if self.reform_minded else o.political_time * patron
        known = min(1.0, self.tenure / max(1.0, o.apprenticeship))
        person = (1 + o.ability_weight * (self.ability - 0.5)) * (1 - o.inexperience * (1 - known))
        return min(1.0, work) * self.insight * person * (1 - self.party_work)

    def learn(self) -> None:
        o, i, s, form, home = self.model.s.officials, self.model.s.incentives, self.model.s, self.model.form, self.home
        stance, response = home.politician.stance, self.response
        attended = min(1.0, o.attention_scale * self.engaged * form.directness)
        success = self.succeeded / max(1, self.counts[1] + self.counts[2])
        if response >= 2:
            risk = o.sanction * (stance == 0) * (1 - i.merit_protection) * (1 - s.coalitions.strength * home.cover)
            punished = self.model.random.random() < risk
            outcome = i.recognition * success * attended * self.seen - punished * i.pressure
        else:
            outcome = -i.exposure * form.teeth * self.model.grounded * attended * self.seen * 0.5
        self.beliefs[response] += o.learning * (outcome - self.beliefs[response])
        gained = success * (1 - self.practice) if response == 3 else -o.forgetting * self.practice
        known = clip(self.practice + o.practice_rate * gained)
        if self.kin:
            other = self.kin[int(self.model.random.random() * len(self.kin))]
            known += o.spread * max(0.0, other.practice_before - known)
        self.practice = known
        heard = o.insight_rate * self.model.heard * attended * (1 - self.insight) if response >= 2 else 0.0
        self.insight = clip(self.insight + heard - o.insight_fading * max(0.0, self.insight - o.insight_floor))
        target = o.morale_base + o.morale_disposition * self.reform_minded + o.morale_backing * (stance == 2)
        target += o.morale_success * (response >= 2) * success * attended + o.morale_cover * home.cover
        target -= o.morale_politicisation * (1 - i.merit_protection) * (stance == 0)
        resources = s.conditions.resources
        missing = max(0.0, 1 - resources) + 0.5 * self.load * (1 - 0.5 * min(1.0, resources))
        self.morale += o.morale_rate * (clip(target - o.morale_strain * missing) - self.morale)

    @property
    def activity(self) -> float:
        return 1.0 if self.response >= 2 else 0.0


class Politician(mesa.Agent):
    def __init__(self, model: "PlainModel", home: "District", people: Any) -> None:
        super().__init__(model)
        draw = model.random
        self.home = home
        self.orientation = draw.uniform(people.orientation_low, people.orientation_high)
        self.threshold = min(1.0, max(0.02, draw.gauss(people.threshold_mean, people.threshold_spread)))
        self.beliefs, self.approval, self.stance, self.new = [0.0] * 3, 0.5, 0, False
        self.member, self.active_share = False, 0.0
        self.neighbours: list[Any] = []

    def govern(self) -> None:
        p, i = self.model.s.politicians, self.model.s.incentives
        utilities = [
            p.machine_value * i.patronage * (1 - self.orientation) + self.beliefs[0],
            p.quiet + self.beliefs[1],
            i.credit * (p.conviction * self.orientation + self.home.organised) + self.beliefs[2],
        ]
        self.stance = pick(self.model.random, utilities, p.sensitivity, [1.0] * 3)

    def learn(self) -> None:
        p, support = self.model.s.politicians, self.home.support / max(1, len(self.home.citizens))
        outcome = max(-1.0, min(1.0, p.learning_scale * (support - self.approval)))
        self.beliefs[self.stance] += p.learning * (outcome - self.beliefs[self.stance])
        self.approval += p.approval_rate * (support - self.approval)

    def face_voters(self) -> None:
        p, i, draw = self.model.s.politicians, self.model.s.incentives, self.model.random
        stays = 1.0
        if self.model.month % i.term == 0:
            judged = self.approval - p.disclosure * i.publicity * self.home.diversion - p.even_approval
            stays = i.reelection / (1 + math.exp(-i.competition * judged))
        self.new = draw.random() >= stays * (1 - i.ousting)
        if self.new:
            pull = p.newcomer_pull * self.home.manager.engaged
            self.orientation = clip(draw.random() * p.newcomer_spread + pull)
            self.beliefs, self.approval = [p.inheritance * belief for belief in self.beliefs], 0.5

    @property
    def activity(self) -> float:
        return 1.0 if self.stance == 2 else 0.0


class District:
    def __init__(self, quality: float, capacity: float, scrutiny: float) -> None:
        self.quality, self.responsive, self.cover, self.organised, self.support = quality, 0.0, 0.0, 0.0, 0.0
        self.wellbeing, self.capacity, self.scrutiny, self.waived, self.manager_response = (
            quality,
            capacity,
            scrutiny,
            0.0,
            0,
        )
        self.diversion = self.diversion_wages = self.diversion_materials = 0.0
        self.citizens: list[Citizen] = []

    def divert(self, s: Any, form: Any, grounded: float) -> None:
        """Divert some of the means: what tempts, what courts and voters deter, what citizens watch."""
        o, i = s.oversight, s.incentives
        honest = sum(provider.reform_minded for provider in self.providers) / len(self.providers)
        tempted = o.diversion * (1 - o.restraint * honest) * max(0.0, 1 + o.windfall * (s.conditions.resources - 1))
        known = o.unaudited + (1 - o.unaudited) * self.scrutiny
        left = (1 - o.legal_deterrence * self.scrutiny) * (1 - o.electoral_deterrence * i.reelection * known)
        attended = min(1.0, s.officials.attention_scale * self.manager.engaged)
        heard = form.voice * form.directness * grounded
        left *= min(1.0, tempted)
        left *= 1 - min(1.0, o.recourse * heard * attended * (1 - self.responsive) * left)
        watching = o.watch * attended * (1 - form.capture)
        self.diversion_wages = left * (1 - watching)
        self.diversion_materials = left * (1 - watching * grounded)
        self.diversion = o.wage_share * self.diversion_wages + (1 - o.wage_share) * self.diversion_materials

    def learn(self, s: Any, form: Any) -> None:
        """Reckon with audits, and come to waive penalties."""
        o, i = s.oversight, s.incentives
        rising = i.audit > self.scrutiny
        self.scrutiny += (o.scrutiny_rate if rising else o.scrutiny_fading) * (i.audit - self.scrutiny)
        pressed = 1 - i.senior if max(i.monitoring, form.attribution) > 0 else 0.0
        self.waived += o.waiving * (pressed - self.waived)


def tercile(agents: list[Citizen], trait: str, third: int) -> list[Citizen]:
    return sorted(agents, key=lambda agent: getattr(agent, trait))[
        third * len(agents) // 3 : (third + 1) * len(agents) // 3
    ]


def engages(citizen: Citizen) -> bool:
    return citizen.strategy in (1, 2)


def spread(model: "PlainModel") -> float:
    mean = sum(d.quality for d in model.districts) / len(model.districts)
    return math.sqrt(sum((d.quality - mean) ** 2 for d in model.districts) / len(model.districts))


def among(agents: str, of: Any) -> Any:
    """A reporter of a mean over agents."""
    return lambda model: model.share(getattr(model, agents), of)


def mean_among_engaged(trait: str) -> Any:
    """A reporter of the mean of a trait among those who engage, less that of all."""

    def report(model: "PlainModel") -> float:
        active = [getattr(c, trait) for c in model.citizens if engages(c)]
        return sum(active) / len(active) - model.share(model.citizens, lambda c: getattr(c, trait)) if active else 0.0

    return report


def mean_of(agents: str, which: Any, of: Any) -> Any:
    """A reporter of the mean among the agents of a kind; 0 where there is none."""

    def report(model: "PlainModel") -> float:
        found = [of(agent) for agent in getattr(model, agents) if which(agent)]
        return sum(found) / len(found) if found else 0.0

    return report


MEASURES = {
    "quality": lambda m: sum(d.quality for d in m.districts) / len(m.districts),
    "quality_spread": spread,
    "quality_gap": lambda m: m.share(m.secure, Citizen.received) - m.share(m.poor, Citizen.received),
    "cover": lambda m: sum(d.cover for d in m.districts) / len(m.districts),
    "wellbeing": lambda m: sum(d.wellbeing for d in m.districts) / len(m.districts),
    "diversion": lambda m: sum(d.diversion for d in m.districts) / len(m.districts),
    "diversion_wages": lambda m: sum(d.diversion_wages for d in m.districts) / len(m.districts),
    "diversion_materials": lambda m: sum(d.diversion_materials for d in m.districts) / len(m.districts),
    "unserved": among("citizens", Citizen.unserved),
    "unserved_least_vulnerable": among("secure", Citizen.unserved),
    "unserved_most_vulnerable": among("poor", Citizen.unserved),
    "funnel_asked": among("citizens", lambda c: c.funnel >= 1),
    "funnel_engaged": among("citizens", lambda c: c.funnel >= 2),
    "funnel_responded": among("citizens", lambda c: c.funnel >= 3),
    "funnel_gained": among("citizens", lambda c: c.funnel >= 4),
    "funnel_gained_again": among("citizens", lambda c: c.funnel >= 5),
    "asked": among("citizens", lambda c: c.asked),
    "engaged": among("citizens", engages),
    "abstain": among("citizens", lambda c: c.strategy == 0),
    "collaborate": among("citizens", lambda c: c.strategy == 1),
    "confront": among("citizens", lambda c: c.strategy == 2),
    "client": among("citizens", lambda c: c.strategy == 3),
    "success_rate": lambda m: sum(c.outcome for c in m.citizens if engages(c)) / max(1, sum(map(engages, m.citizens))),
    "engaged_low_education": among("unschooled", engages),
    "engaged_high_education": among("schooled", engages),
    "engaged_least_vulnerable": among("secure", engages),
    "engaged_most_vulnerable": among("poor", engages),
    "client_least_vulnerable": among("secure", lambda c: c.strategy == 3),
    "client_most_vulnerable": among("poor", lambda c: c.strategy == 3),
    "education_of_engaged": mean_among_engaged("education"),
    "vulnerability_of_engaged": mean_among_engaged("vulnerability"),
    "aspiration": among("citizens", lambda c: c.aspiration),
    "efficacy_collaborate": among("citizens", lambda c: c.efficacy[1]),
    "efficacy_confront": among("citizens", lambda c: c.efficacy[2]),
    "trust": among("citizens", lambda c: c.trust),
    "reliance": among("citizens", lambda c: c.reliance),
    "resist": among("officials", lambda o: o.response == 0),
    "token": among("officials", lambda o: o.response == 1),
    "accommodate": among("officials", lambda o: o.response == 2),
    "cocreate": among("officials", lambda o: o.response == 3),
    "reform_minded": among("officials", lambda o: o.reform_minded),
    "responsive": among("officials", lambda o: o.response >= 2),
    "ability": among("officials", lambda o: o.ability),
    "supporter_premium": among("officials", lambda o: o.loyalty),
    "political_work": among("officials", lambda o: o.party_work),
    "turnover": among("officials", lambda o: o.refilled),
    "morale": among("officials", lambda o: o.morale),
    "insight": among("officials", lambda o: o.insight),
    "practice": among("officials", lambda o: o.practice),
    "load": among("officials", lambda o: o.load),
    "patronage": among("politicians", lambda p: p.stance == 0),
    "sponsor": among("politicians", lambda p: p.stance == 2),
    "new_politicians": among("politicians", lambda p: p.new),
    "approval": among("politicians", lambda p: p.approval),
    "orientation": among("politicians", lambda p: p.orientation),
    "favour_rate": mean_of("citizens", lambda c: c.strategy == 3, lambda c: c.outcome),
    "vulnerability_of_clients": lambda m: (
        mean_of("citizens", lambda c: c.strategy == 3, lambda c: c.vulnerability)(m)
        - m.share(m.citizens, lambda c: c.vulnerability)
    ),
    "morale_reform_minded": mean_of("officials", lambda o: o.reform_minded, lambda o: o.morale),
    "morale_clientelist": mean_of("officials", lambda o: not o.reform_minded, lambda o: o.morale),
    "arms_length": among("politicians", lambda p: p.stance == 1),
    "coalition_share": lambda m: len(m.broad) / len(m.actors),
    "coalition_citizens": lambda m: m.share(m.citizens, m.broad.__contains__),
    "coalition_officials": lambda m: m.share(m.officials, m.broad.__contains__),
    "coalition_politicians": lambda m: m.share(m.politicians, m.broad.__contains__),
}
"""Most of what engagesim observes each month; the rest is left out in favour of plain Mesa."""


class PlainModel(mesa.Model):
    def __init__(
        self, citizens: int = 1000, patronage: float = 0.3, parameters: Any = None, rng: int | None = None
    ) -> None:
        super().__init__(rng=rng)
        parameters = parameters or Parameters()
        changes = {"population.citizens": citizens, "population.districts": max(1, citizens // 100)}
        self.s = parameters.changed({**changes, "incentives.patronage": patronage})
        self.people, self.month = self.s.population, 0
        self.closed = SimpleNamespace(**dict.fromkeys(FORM_DIMENSIONS, 0.0))
        self.form = self.closed
        draw, people = self.random, self.people
        self.districts = [
            District(
                clip(draw.gauss(people.quality_mean, people.quality_spread)),
                max(0.1, draw.gauss(1, people.capacity_spread)),
                self.s.incentives.audit,
            )
            for _ in range(people.districts)
        ]
        self.citizens = [
            Citizen(self, self.districts[i * people.districts // citizens], people) for i in range(citizens)
        ]
        self.officials, self.politicians = [], []
        for home in self.districts:
            home.staff = [Official(self, home, people) for _ in range(people.providers + 1)]
            home.manager, home.providers = home.staff[0], home.staff[1:]
            home.politician = Politician(self, home, people)
            self.officials += home.staff
            self.politicians.append(home.politician)
        self.actors = [*self.citizens, *self.officials, *self.politicians]
        self.unschooled, self.schooled = (tercile(self.citizens, "education", third) for third in (0, 2))
        self.secure, self.poor = (tercile(self.citizens, "vulnerability", third) for third in (0, 2))
        self.tie()
        self.citizen_set = mesa.agent.AgentSet(self.citizens, random=self.random)
        self.official_set = mesa.agent.AgentSet(self.officials, random=self.random)
        self.politician_set = mesa.agent.AgentSet(self.politicians, random=self.random)
        self.datacollector = mesa.DataCollector(model_reporters=MEASURES)

    def tie(self) -> None:
        network, draw, count = self.s.network, self.random, len(self.citizens)
        seed = draw.randrange(2**31)
        self.graph = nx.Graph()
        self.graph.add_nodes_from(range(len(self.actors)))
        self.graph.add_edges_from(nx.watts_strogatz_graph(count, network.degree, network.rewiring, seed=seed).edges)
        number = {actor: row for row, actor in enumerate(self.actors)}
        colleagues = []
        for row, citizen in enumerate(self.citizens):
            citizen.home.citizens.append(citizen)
            citizen.point = draw.choice(citizen.home.providers)
            citizen.point.served += 1
            citizen.home.manager.served += 1
            self.graph.add_edge(row, number[citizen.point])
            if draw.random() < network.brokers:
                self.graph.add_edge(row, number[citizen.home.politician])
        for home in self.districts:
            colleagues += [(a, b) for k, a in enumerate(home.providers) for b in home.providers[:k]]
            self.graph.add_edges_from((number[home.manager], number[p]) for p in home.providers)
            self.graph.add_edge(number[home.manager], number[home.politician])
        for official in self.officials * (len(self.districts) > 1):
            elsewhere = draw.choice(self.officials)
            while elsewhere.home is official.home:
                elsewhere = draw.choice(self.officials)
            colleagues.append((official, elsewhere))
        for a, b in colleagues:
            self.graph.add_edge(number[a], number[b])
            a.kin.append(b)
            b.kin.append(a)
        for row, actor in enumerate(self.actors):
            actor.neighbours = [self.actors[other] for other in self.graph[row]]
            if row < count:
                actor.peers = [other for other in actor.neighbours if isinstance(other, Citizen)]

    @staticmethod
    def share(agents: list[Any], of: Any) -> float:
        return sum(of(agent) for agent in agents) / len(agents)

    def step(self) -> None:
        self.form = self.s.engagement if self.month >= self.s.engagement.start else self.closed
        floor, needed = self.s.citizens.knowledge_floor, self.s.citizens.knowledge_needed
        known = max(0.0, self.form.information * self.form.skills - needed) / (1 - needed)
        self.grounded = floor + (1 - floor) * known
        self.heard = self.form.voice * self.form.directness * self.grounded
        self.politician_set.do("govern")
        self.official_set.do("keep_or_leave")
        for politician in self.politicians:
            politician.new = False
        self.citizen_set.do("choose")
        for official in self.officials:
            official.counts, official.succeeded = [0, 0, 0, 0], 0
        for citizen in self.citizens:
            citizen.point.counts[citizen.strategy] += 1
            citizen.home.manager.counts[citizen.strategy] += 1
        self.official_set.do("respond")
        for home in self.districts:
            home.manager_response = home.manager.response
        self.citizen_set.do("meet")
        self.serve()
        for official in self.officials:
            official.practice_before = official.practice
        for home in self.districts:
            home.support = 0.0
            home.learn(self.s, self.form)
        self.citizen_set.do("learn")
        self.official_set.do("learn")
        self.politician_set.do("learn")
        self.join()
        self.month += 1
        self.politician_set.do("face_voters")
        self.datacollector.collect(self)

    def serve(self) -> None:
        v, s = self.s.services, self.s
        for home in self.districts:
            worth = sum(provider.serve() for provider in home.providers) / len(home.providers)
            home.responsive = sum(provider.response >= 2 for provider in home.providers) / len(home.providers)
            lost = v.decay + v.leakage * s.incentives.patronage * (home.politician.stance == 0)
            home.divert(s, self.form, self.grounded)
            means = s.conditions.resources * home.capacity * (1 - home.diversion)
            home.quality = clip(home.quality + v.gain * means * worth * (1 - home.quality) - lost * home.quality)
            reached = min(home.quality, s.conditions.supplies)
            home.wellbeing += v.wellbeing_rate * (reached - home.wellbeing)

    def join(self) -> None:
        c = self.s.coalitions
        activity = {actor: actor.activity for actor in self.actors}
        for actor in self.actors:
            actor.active_share = sum(activity[other] for other in actor.neighbours) / max(1, len(actor.neighbours))
        for actor in self.actors:
            bar = actor.threshold * (1.0 - c.brokering) * (c.leaving_share if actor.member else 1.0)
            actor.member = activity[actor] > 0 and activity[actor] * actor.active_share >= bar
        rows = [row for row, actor in enumerate(self.actors) if actor.member]
        broad: set[Any] = set()
        for component in nx.connected_components(self.graph.subgraph(rows)):
            members = {self.actors[row] for row in component}
            if {Citizen, Official, Politician} <= {type(member) for member in members}:
                broad |= members
        self.broad = broad
        for home in self.districts:
            joined = min(1.0, c.citizen_scale * sum(x in broad for x in home.citizens) / max(1, len(home.citizens)))
            staff = sum(x in broad for x in home.staff) / len(home.staff)
            home.organised = 2 * joined * staff / max(1e-9, joined + staff)
            home.cover = home.organised * (1.0 if home.politician in broad else c.without_sponsor)
        for citizen in self.citizens:
            citizen.engaged_neighbours = sum(peer.strategy in (1, 2) for peer in citizen.peers)
            citizen.client_neighbours = sum(peer.strategy == 3 for peer in citizen.peers)


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
