"""The citizens' phases in plain NumPy, one society at a time, all citizens at once."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim import Parameters
from engagesim.randomness import Purpose, uniform_pair
from rivals.citizens import Society, opened

type Values = NDArray[Any]
type Draw = Callable[[int, Purpose], tuple[Values, Values]]

COLLABORATE, CONFRONT, CLIENT = 1, 2, 3
PATRONAGE, SPONSOR, ACCOMMODATE = 0, 2, 2


def _clip(values: Values) -> Values:
    return np.clip(values, 0.0, 1.0)


def _toward(belief: Values, outcome: Any, rate: Any) -> Values:
    return belief + rate * (outcome - belief)


class Citizens:
    """A society that goes on in arrays; settings are the same in all districts, and so plain numbers.

    ``draw`` returns the two noises of a month for a purpose; by default those of engagesim.
    """

    def __init__(self, society: Society, draw: Draw | None = None) -> None:
        self.columns = {name: column.copy() for name, column in society.columns.items()}
        self.sums: dict[str, Values] = {}
        self.s, self.posts, self.homes = society.settings, society.posts, society.homes
        self._society, self._draw = society, draw or self._keyed
        count = np.diff(society.first)
        is_peer = np.arange(len(society.neighbours)) < np.repeat(society.kin, count)
        self._from = np.repeat(np.arange(len(count)), count)[is_peer]
        self._from, self._to = (ends[self._from < society.size] for ends in (self._from, society.neighbours[is_peer]))
        self.peers = np.bincount(self._from, minlength=society.size)

    def _keyed(self, month: int, purpose: Purpose) -> tuple[Values, Values]:
        seed = self._society.wiring if purpose is Purpose.CONTACT else self._society.seed
        return uniform_pair(seed, month, np.arange(self._society.size), int(purpose))

    def live(self, phase: str, month: int) -> None:
        """Let citizens do what they do in one phase of a month."""
        self.at_home = {name: column[self._society.where] for name, column in self.homes.items()}
        self.at_post = {name: column[self._society.served] for name, column in self.posts.items()}
        c, s = self.columns, self.s
        self.vulnerable = _clip(c["vulnerability"] + s.conditions.vulnerability)
        self.educated = _clip(c["education"] + s.conditions.education)
        reach = self.at_home["responsive"] * s.engagement.inclusiveness * (1 - s.engagement.capture)
        self.received = self.at_home["quality"] * (1 - s.citizens.disadvantage * self.vulnerable * (1 - reach))
        self.grievance = np.maximum(0.0, c["aspiration"] - self.received)
        self.patron = self.at_home["stance"] == PATRONAGE
        getattr(self, f"_{phase}")(month)

    def _engages(self) -> Values:
        return (self.columns["strategy"] == COLLABORATE) | (self.columns["strategy"] == CONFRONT)

    def _organise(self, month: int) -> None:
        c, s, o, post = self.columns, self.s, self.s.organisations, self.at_post
        thinking, leading = self._draw(month, Purpose.BELONGING)
        forum = o.forum * s.engagement.outreach * s.engagement.collectiveness
        unasked = (1 - o.consider) * (1 - o.calling * np.minimum(1, post["leading"])) * (1 - forum)
        unasked = unasked * (1 - o.recruiting * s.accountability.social) ** c["member_neighbours"]
        thinks = thinking < np.where(c["member"], o.reconsider, 1 - unasked)
        waits, agreed = post["promise_due"] > 0, post["agreement"]
        idle = ~((post["dispute"] > 0) | waits | (agreed > 0)) * (1 - np.minimum(1, post["joint_success"]))
        joint = o.invitation * s.engagement.opened * s.engagement.collectiveness
        covered = 1 - s.coalitions.strength * self.at_home["cover"]
        worth = o.need * self.grievance + o.hope * np.maximum(post["joint_success"], agreed)
        worth += o.company * c["member_neighbours"] / np.maximum(1, self.peers) + o.led * (post["leading"] > 0) + joint
        worth -= o.cost + o.strain * np.minimum(1, post["dispute"] / 12) * ~waits + o.idleness * idle
        worth -= s.incentives.repression * self.patron * covered
        bar = c["threshold"] * (1 - (1 - o.leaving_share) * c["member"])
        wants = (worth >= bar) & ((c["member"] == 1) | (c["strategy"] != CLIENT))
        c["member"] = np.where(thinks, wants, c["member"]) * 1
        tired = o.tiring * (1 - np.minimum(1, post["joint_success"]))
        won_over = o.co_optation * s.incentives.patronage * self.patron * self.vulnerable
        stays = leading >= np.minimum(1, tired + won_over + o.moving)
        rises = leading < o.rising * c["efficacy_collaborate"] / (1 + post["leading"])
        c["leader"] = c["member"] * np.where(c["leader"], stays, rises)
        c["belonging"] = (c["belonging"] + 1) * c["member"]
        parts = {
            "members": c["member"], "leading": c["leader"], "aggrieved": self.grievance, "trusting": c["trust"],
        }  # fmt: skip
        for name, part in parts.items():
            self.sums[name] = np.bincount(self._society.served, part, minlength=len(self.posts["called"]))

    def _choose(self, month: int) -> None:
        c, s, z, e = self.columns, self.s, self.s.citizens, self.s.engagement
        asked_noise, strategy_noise = self._draw(month, Purpose.CITIZEN_CHOICE)
        reached = e.outreach * (1 - (1 - e.inclusiveness) * self.vulnerable)
        recruited = z.recruitment * (z.recruitment_floor + (1 - z.recruitment_floor) * e.collectiveness)
        unasked = (1 - s.conditions.organising) * (1 - reached) * (1 - z.recall * c["habit"])
        c["asked"] = (asked_noise < 1 - unasked * (1 - recruited) ** c["engaged_neighbours"]) * 1
        engaged, clients = (c[f"{name}_neighbours"] / np.maximum(1, self.peers) for name in ("engaged", "client"))
        depends = np.maximum(0, 1 + z.dependence * (self.vulnerable - 0.5))
        value = z.stake * depends * (z.benefit_floor + z.benefit_slope * self.grievance)
        value = value * (1 - z.trust_weight * (1 - c["trust"]))
        burden = np.maximum(0, 1 + (1 - e.inclusiveness) * self.vulnerable + z.demands * (0.5 - self.educated))
        connected = c["access_rank"] < s.conditions.connected * (z.access_floor + self.educated)
        cost = e.opened * (z.time_price * e.time_cost * burden - z.ict_saving * connected) + (1 - e.opened) * z.barrier
        reach = z.reach_floor + (1 - z.reach_floor) * e.influence
        talk = value * reach * c["efficacy_collaborate"] + z.solidarity * e.collectiveness * engaged - cost
        unresolved = 1 - z.conciliation * self.at_home["responsive"]
        leverage = (z.leverage_floor + (1 - z.leverage_floor) * e.teeth) * unresolved
        alone = (1 - engaged) * (1 - s.coalitions.strength * self.at_home["cover"])
        risk = z.confront_cost + s.incentives.repression * np.where(self.patron, 1, z.tolerated) * alone
        anger = z.anger * self.grievance * (1 - c["trust"])
        force = value * leverage * c["efficacy_confront"] + z.solidarity * engaged * unresolved + anger - risk
        favour = z.favour_value * s.incentives.patronage * c["reliance"] * (z.need_floor + self.vulnerable)
        favour -= z.stigma * (z.stigma_floor + self.educated) * (1 - z.stigma_relief * clients)
        gate = np.where(c["asked"], 1, z.spontaneity)
        call = np.where(self.at_post["called"], np.where(c["member"], 1, z.outsiders), z.uncalled * gate)
        one = 1 + gate * np.exp(z.sensitivity * talk)
        two = one + call * np.exp(z.sensitivity * force)
        mark = strategy_noise * (two + np.exp(z.sensitivity * favour))
        c["strategy"] = (mark >= 1) * 1 + (mark >= one) + (mark >= two)

    def _meet(self, month: int) -> None:
        c, s, post = self.columns, self.s, self.at_post
        noise, _ = self._draw(month, Purpose.CITIZEN_ENCOUNTER)
        route = np.where(c["strategy"] == COLLABORATE, post["chance_collaborate"], post["chance_confront"])
        guarded = 1 - s.services.capture_guard * post["disposition"]
        chance = route * (1 - s.engagement.capture * self.vulnerable * guarded)
        engaged, is_client = self._engages(), c["strategy"] == CLIENT
        favoured = is_client & (noise < s.services.delivery * self.patron)
        succeeded = engaged & (noise < chance)
        c["outcome"] = (succeeded | favoured) * 1.0
        if s.engagement.opened > 0:
            came = np.maximum(c["asked"], engaged * (2 + (post["response"] >= ACCOMMODATE)))
            c["funnel"] = np.maximum(c["funnel"], np.maximum(came, succeeded * (4 + (c["funnel"] >= 4))))
        c["last_engagement"] = np.where(engaged, month, c["last_engagement"])
        c["last_confrontation"] = np.where(c["strategy"] == CONFRONT, month, c["last_confrontation"])
        is_first = engaged & (c["first_engagement"] < 0)
        is_again = engaged & ~is_first & (month - c["first_engagement"] <= 12)
        c["first_engagement"] = np.where(is_first, month, c["first_engagement"])
        c["first_success"] = np.where(is_first, succeeded, c["first_success"]) * 1
        c["engaged_again"] = c["engaged_again"] | is_again

    def _learn(self, month: int) -> None:
        c, s, z, home, post = self.columns, self.s, self.s.citizens, self.at_home, self.at_post
        society, strategy, outcome = self._society, c["strategy"], c["outcome"]
        begins = society.first[: society.size]
        lots, _ = self._draw(month, Purpose.CONTACT)
        met = self.peers > 0
        other = np.where(met, society.neighbours[begins + (lots * self.peers).astype(int)], np.arange(society.size))
        engaged, is_client = self._engages(), strategy == CLIENT
        joint = (strategy == CONFRONT) + s.engagement.collectiveness * (strategy == COLLABORATE)
        ahead = self.received - c["aspiration"]
        judged = z.approval_floor + ahead * (1 + z.disappointment * np.maximum(0.0, -ahead))
        judged += z.approval_trust * (c["trust"] - z.usual_trust)
        judged += joint * ((home["stance"] == SPONSOR) * s.incentives.credit * outcome - self.patron * z.backlash)
        support = np.where(is_client, 1 - z.loyalty + z.loyalty * outcome, _clip(judged))
        heard = 1 + s.politicians.brokers_weight * c["broker"]
        for name, part in {"support": heard * support, "voices": heard}.items():
            self.sums[name] = np.bincount(society.where, part, minlength=len(self.homes["quality"]))
        for route, name in ((COLLABORATE, "efficacy_collaborate"), (CONFRONT, "efficacy_confront")):
            for whose, rate in ((np.arange(society.size), z.learning), (other, z.vicarious * met)):
                counts = z.self_blame + (1 - z.self_blame) * outcome[whose]
                c[name] = _toward(c[name], outcome[whose], rate * (strategy[whose] == route) * counts)
        rate = np.where(engaged, z.habit_rate, z.habit_fading)
        c["habit"] = _toward(c["habit"], engaged * outcome, rate)
        is_heard = (post["response"] >= ACCOMMODATE) * 1.0
        seen = z.trust_quality * _toward(self.received, home["quality"], z.compared)
        seen = _clip(
            seen
            + z.trust_fairness * _toward(is_heard, home["responsive"], z.compared)
            + z.trust_word * post["reliability"]
        )
        trust = _toward(_toward(c["trust"], seen, z.trust_in_view), outcome, z.trust_rate * engaged)
        c["trust"] = _clip(trust + z.shaken * (post["kept"] - post["broken"]))
        delivered = np.where(is_client, outcome, self.patron)
        c["reliance"] = _toward(c["reliance"], delivered, np.where(is_client, z.learning, z.hearsay))
        more = z.appetite * self.received + z.ambition * self.educated
        hoped = _clip(self.received + more + s.conditions.expectations)
        c["aspiration"] = _toward(c["aspiration"], hoped, z.aspiration_rate)
        seen_acts = {"engaged": engaged, "client": is_client, "member": c["member"]}
        for name, act in seen_acts.items():
            c[f"{name}_neighbours"] = np.bincount(self._from, act[self._to], minlength=society.size).astype(int)


def nanoseconds_per_citizen_month(parameters: Parameters) -> float:
    """Least time of three repetitions, with the draws of NumPy's own generator."""
    society = opened(parameters)
    return min(_once(society, parameters.months) for _ in range(3)) * 1e9 / (society.size * parameters.months)


def _once(society: Society, months: int) -> float:
    generator = np.random.Generator(np.random.SFC64(1))
    citizens = Citizens(society, lambda *_: (generator.random(society.size), generator.random(society.size)))
    start = time.thread_time()
    for month in range(months):
        citizens.homes["stance"] = np.full_like(society.homes["stance"], (month // 7) % 3)
        citizens.posts["called"] = 1.0 * ((month + np.arange(len(society.posts["called"]))) % 9 == 0)
        for phase in ("organise", "choose", "meet", "learn"):
            citizens.live(phase, month)
    taken = time.thread_time() - start
    assert citizens.columns["first_engagement"].max() >= 0
    return taken
