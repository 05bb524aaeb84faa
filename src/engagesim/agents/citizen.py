"""Citizens: the users of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engagesim.agents.actor import Actor, Reasons, total
from engagesim.rules.choice import choose_gated, clip, share
from engagesim.rules.citizen import CLIENT_TERMS, COLLABORATE_TERMS, CONFRONT_TERMS
from engagesim.rules.vocabulary import ABSTAIN, CLIENT, COLLABORATE, CONFRONT, Role, Strategy

if TYPE_CHECKING:
    from engagesim.agents.official import Official


class Citizen(Actor):
    """Uses a service, is asked to take part or not, and abstains, collaborates, confronts or becomes a client."""

    role = Role.CITIZEN
    terms: ClassVar = {
        Strategy.COLLABORATE: COLLABORATE_TERMS,
        Strategy.CONFRONT: CONFRONT_TERMS,
        Strategy.CLIENT: CLIENT_TERMS,
    }
    education: float
    vulnerability: float
    access_rank: float
    education_tercile: int
    vulnerability_tercile: int
    aspiration: float
    habit: float
    efficacy_collaborate: float
    efficacy_confront: float
    trust: float
    reliance: float
    outcome: float
    asked: int
    strategy: int
    engaged_neighbours: int
    client_neighbours: int
    first_engagement: int
    first_success: int
    engaged_again: int
    funnel: int
    service_point: Official

    @property
    def engages(self) -> bool:
        """Whether the citizen collaborates or confronts this month."""
        return self.strategy in {COLLABORATE, CONFRONT}

    def received(self) -> float:
        """Quality of the service as this citizen gets it."""
        home, s = self.home, self.home.settings
        return float(
            self.rules.received_quality(
                home.quality, clip(self.vulnerability + s.conditions_vulnerability), s.citizens_disadvantage,
                home.responsive, s.engagement_inclusiveness, s.engagement_capture,
            )
        )  # fmt: skip

    def unserved(self) -> float:
        """Chance that a routine need is not met this month."""
        s = self.home.settings
        return float(self.rules.unserved(self.received(), self.home.responsive, s.services_diligence))

    def asked_chance(self) -> float:
        """Return the chance that somebody asks the citizen to take part this month."""
        s = self.home.settings
        return float(self.rules.asked_chance(
            s.conditions_organising, s.engagement_outreach, s.engagement_inclusiveness,
            clip(self.vulnerability + s.conditions_vulnerability), s.citizens_recruitment,
            s.citizens_recruitment_floor, s.engagement_collectiveness, self.engaged_neighbours, s.citizens_recall,
            self.habit,
        ))  # fmt: skip

    def be_asked(self, noise: float) -> int:
        """Return whether somebody asks the citizen to take part this month."""
        return int(noise < self.asked_chance())

    def utilities(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """Return the terms of collaborating, confronting and being a client; abstaining is worth 0."""
        rules, home, s = self.rules, self.home, self.home.settings
        education = clip(self.education + s.conditions_education)
        vulnerability = clip(self.vulnerability + s.conditions_vulnerability)
        connected = rules.is_connected(self.access_rank, s.conditions_connected, education)
        received = self.received()
        each = share(1, len(self.kin))
        engaged, clients = self.engaged_neighbours * each, self.client_neighbours * each
        value = rules.benefit(
            s.citizens_stake, s.citizens_dependence, vulnerability, s.citizens_benefit_floor, s.citizens_benefit_slope,
            self.aspiration, received,
        )  # fmt: skip
        collaborate = rules.collaborate(
            value, rules.success_belief(self.efficacy_collaborate, self.trust, s.citizens_trust_weight),
            s.citizens_reach_floor, s.engagement_influence, s.citizens_solidarity, s.engagement_collectiveness,
            engaged, s.engagement_opened, s.citizens_time_price, s.engagement_time_cost, s.engagement_inclusiveness,
            vulnerability, s.citizens_demands, education, s.citizens_ict_saving, connected, s.citizens_barrier,
        )  # fmt: skip
        confront = rules.confront(
            value, rules.success_belief(self.efficacy_confront, self.trust, s.citizens_trust_weight),
            s.citizens_leverage_floor, s.engagement_teeth, s.citizens_conciliation, home.responsive,
            s.citizens_solidarity, engaged, s.citizens_anger,
            self.aspiration, received, self.trust, s.citizens_confront_cost, s.incentives_repression,
            home.politician.stance, s.citizens_tolerated, s.coalitions_strength, home.cover,
        )  # fmt: skip
        client = rules.client(
            s.incentives_patronage, s.citizens_favour_value, self.reliance, s.citizens_need_floor, vulnerability,
            s.citizens_stigma, education, clients,
        )  # fmt: skip
        return collaborate, confront, client

    def decide(self, asked_noise: float, noise: float) -> int:
        """Return the strategy of the month: who is summoned takes part, all others choose."""
        if asked_noise < self.home.settings.citizens_summoned:
            return int(COLLABORATE)
        return self.choose(noise)

    def choose(self, noise: float) -> int:
        """Return the strategy of one's own choice.

        Parameters
        ----------
        noise : float
            The month's draw for this agent, in [0, 1).

        Returns
        -------
        int
            A member of ``Strategy``.
        """
        collaborate, confront, client = self.utilities()
        s = self.home.settings
        gate = self.asked + (1 - self.asked) * s.citizens_spontaneity
        return int(
            choose_gated(total(collaborate), total(confront), total(client), s.citizens_sensitivity, gate, noise)
        )

    def reasons(self) -> Reasons:
        """Return the terms of each option's utility as they stand now; abstaining has none and is worth 0.

        Returns
        -------
        dict of str to dict of str to float
            As of any actor.
        """
        return {Strategy.ABSTAIN.name: {}, **super().reasons()}

    def meet(self, noise: float) -> float:
        """Return what the month brings: 1 for success or a favour received, else 0."""
        s, point = self.home.settings, self.service_point
        if self.strategy == ABSTAIN:
            return 0.0
        if self.strategy == CLIENT:
            chance = self.rules.favour_chance(s.services_delivery, self.home.politician.stance)
        else:
            route = point.chance_collaborate if self.strategy == COLLABORATE else point.chance_confront
            chance = self.rules.after_capture(
                route, s.engagement_capture, clip(self.vulnerability + s.conditions_vulnerability), point.disposition,
                s.services_capture_guard,
            )  # fmt: skip
        return float(noise < chance)

    def remember(self, month: int) -> None:
        """Keep in mind how far an initiative brought one, the first engagement, and whether it was repeated."""
        self.funnel = self.rules.funnel_stage(
            self.funnel, self.home.settings.engagement_opened, self.asked, self.engages * 1,
            self.service_point.response, int(self.engages * self.outcome),
        )  # fmt: skip
        if not self.engages:
            return
        if self.first_engagement < 0:
            self.first_engagement, self.first_success = month, int(self.outcome)
        elif month - self.first_engagement <= 12:
            self.engaged_again = 1

    def support(self) -> float:
        """Return the approval of the politician by this citizen."""
        s = self.home.settings
        return float(
            self.rules.support(
                self.strategy, self.outcome, self.home.politician.stance, self.received(), self.aspiration, self.trust,
                s.citizens_approval_floor, s.citizens_loyalty, s.incentives_credit, s.citizens_backlash,
                s.engagement_collectiveness,
            )
        )  # fmt: skip

    def learn(self, other: Citizen | None) -> None:
        """Move beliefs towards what came of the citizen's own act, and of that of one neighbour, if any."""
        rules, s = self.rules, self.home.settings
        routes = {"efficacy_collaborate": COLLABORATE, "efficacy_confront": CONFRONT}
        for belief, route in routes.items():
            own = rules.learned_efficacy(
                getattr(self, belief), route, self.strategy, self.outcome, s.citizens_learning, s.citizens_self_blame
            )
            if other is not None:
                own = rules.vicarious_efficacy(
                    own, route, other.strategy, other.outcome, s.citizens_vicarious, s.citizens_self_blame
                )
            setattr(self, belief, own)
        self.habit = rules.next_habit(
            self.habit, self.strategy, self.outcome, s.citizens_habit_rate, s.citizens_habit_fading
        )
        self.trust = rules.learned_trust(self.trust, self.strategy, self.outcome, s.citizens_trust_rate)
        self.reliance = rules.learned_reliance(
            self.reliance, self.strategy, self.outcome, self.home.politician.stance, s.citizens_learning,
            s.citizens_hearsay,
        )  # fmt: skip
        self.aspiration = rules.learned_aspiration(
            self.aspiration, self.received(), s.citizens_ambition, clip(self.education + s.conditions_education),
            s.conditions_expectations, s.citizens_aspiration_rate,
        )  # fmt: skip

    def activity(self) -> float:
        """How far the citizen acts collectively for reform."""
        return float(self.rules.activity(self.strategy, self.home.settings.engagement_collectiveness))
