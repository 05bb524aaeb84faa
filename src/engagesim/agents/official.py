"""Officials: managers and the providers at the service points."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engagesim.agents.actor import Actor, District, total
from engagesim.rules.choice import choose_of_four, share, toward
from engagesim.rules.official import ACCOMMODATE_TERMS, COCREATE_TERMS, RESIST_TERMS, TOKEN_TERMS
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, RESIST, TOKEN, Response, Role

if TYPE_CHECKING:
    from engagesim.model import EngagementModel

_RESPONSE_BELIEFS = {
    "belief_resist": RESIST,
    "belief_token": TOKEN,
    "belief_accommodate": ACCOMMODATE,
    "belief_cocreate": COCREATE,
}


class Official(Actor):
    """Holds a post, sees a caseload, and resists, responds in token, accommodates or co-creates."""

    terms: ClassVar = {
        Response.RESIST: RESIST_TERMS,
        Response.TOKEN: TOKEN_TERMS,
        Response.ACCOMMODATE: ACCOMMODATE_TERMS,
        Response.COCREATE: COCREATE_TERMS,
    }
    disposition: int
    morale: float
    belief_resist: float
    belief_token: float
    belief_accommodate: float
    belief_cocreate: float
    ability: float
    loyalty: float
    political_work: float
    insight: float
    practice: float
    tenure: int
    response: int
    collaborating: int
    confronting: int
    succeeded: int
    load: float
    chance_collaborate: float
    chance_confront: float
    refilled: int

    def __init__(self, model: EngagementModel, row: int, home: District, role: Role) -> None:
        super().__init__(model, row, home)
        self.role = role
        self.served = 0

    @property
    def engaged_share(self) -> float:
        """Share of those served who engage this month; a manager serves the whole district."""
        return float(share(self.collaborating + self.confronting, self.served))

    @property
    def success_share(self) -> float:
        """Share of the engagement this month that got something done."""
        return float(share(self.succeeded, self.collaborating + self.confronting))

    def keep_or_leave(self, vacated_noise: float, hired_noise: float, ability_noise: float) -> None:
        """Stay in the post, or hand it over to a newcomer without practice, insight or experience."""
        rules, s, politician = self.rules, self.home.settings, self.home.politician
        chance = rules.vacancy_chance(
            s.incentives_turnover, s.incentives_purge, s.incentives_reshuffle, politician.stance,
            rules.is_responsive(self.response), politician.new_party, s.incentives_merit_protection,
        )  # fmt: skip
        self.refilled = (vacated_noise < chance) * 1
        self.tenure += 1
        if self.refilled:
            hired = rules.hired_reform_minded(
                s.incentives_labour_market, s.incentives_merit_protection, politician.stance, s.incentives_patron_share
            )
            self.disposition = (hired_noise < hired) * 1
            self.morale = self.model.parameters.population.morale_start
            self.insight = s.officials_insight_floor
            self.belief_resist = self.belief_token = self.belief_accommodate = self.belief_cocreate = 0.0
            self.practice = 0.0
            self.tenure = self.response = self.member = 0
            people = self.model.parameters.population
            self.ability = rules.hired_ability(
                ability_noise, people.ability_mean, people.ability_spread, s.officials_ability_loss,
                s.incentives_merit_protection, politician.stance,
            )  # fmt: skip
            self.loyalty = rules.hired_loyalty(s.officials_premium, s.incentives_merit_protection, politician.stance)
        elif politician.new_party:
            self.loyalty = 1.0
            self.morale = rules.unsettled(self.morale, s.officials_unrest, s.incentives_merit_protection)

    def grounded(self) -> float:
        """Return how far the claims of those who engage are grounded."""
        s = self.home.settings
        return float(
            self.rules.grounded(
                s.engagement_information, s.engagement_skills, s.citizens_knowledge_needed, s.citizens_knowledge_floor
            )
        )

    def heard(self) -> float:
        """Return the voice that reaches the counter."""
        s = self.home.settings
        return float(self.rules.heard(s.engagement_voice, s.engagement_directness, self.grounded()))

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of resisting, responding in token, accommodating and co-creating."""
        rules, home, s = self.rules, self.home, self.home.settings
        collaborating = share(self.collaborating, self.served)
        confronting = share(self.confronting, self.served)
        visible = rules.seen(s.engagement_visibility, s.officials_visibility_floor)
        pressed = rules.pressure(
            s.incentives_pressure, home.politician.stance, s.officials_pressure_arms_length, s.officials_backing,
            s.incentives_merit_protection, s.coalitions_strength, home.cover,
        )  # fmt: skip
        eyes = rules.watched(s.oversight_penalty, s.incentives_monitoring, s.engagement_attribution, home.waived)
        voice = self.heard()
        exposed = rules.exposure(
            s.incentives_exposure, s.engagement_teeth, self.grounded(), self.engaged_share, visible, confronting, eyes
        )
        driven = rules.drive(
            s.officials_intrinsic, s.officials_clientelist_drive, self.disposition, self.morale,
            s.officials_autonomy_value, s.incentives_autonomy, s.officials_crowding, s.incentives_supervision,
        )  # fmt: skip
        return (
            rules.resist(
                s.incentives_rents, s.officials_reform_rent_share, self.disposition, exposed, self.belief_resist
            ),
            rules.token(
                s.incentives_rents, s.officials_reform_rent_share, self.disposition, s.officials_token_rent, exposed,
                s.officials_token_exposure, s.officials_token_effort, self.belief_token,
            ),
            rules.accommodate(
                driven, s.officials_voice_value, voice, collaborating, s.officials_effort,
                s.officials_overload, self.load, pressed, self.belief_accommodate,
            ),
            rules.cocreate(
                driven, s.officials_cocreate_drive, s.officials_voice_value, voice,
                s.engagement_contribution, s.engagement_influence, collaborating, s.officials_practice_value,
                self.practice, s.officials_effort, s.officials_overload, self.load, pressed, home.manager_response,
                s.officials_authority, self.belief_cocreate,
            ),
        )  # fmt: skip

    def respond(self, noise: float) -> int:
        """Return the response of the month.

        Parameters
        ----------
        noise : float
            The month's draw for this agent, in [0, 1).

        Returns
        -------
        int
            A member of ``Response``.
        """
        resist, token, accommodate, cocreate = (total(terms) for terms in self.utilities())
        sensitivity = self.home.settings.officials_sensitivity
        return int(choose_of_four(resist, token, accommodate, cocreate, sensitivity, noise))

    def weigh_load(self) -> float:
        """Return the caseload as a share of capacity."""
        s = self.home.settings
        return float(
            self.rules.load(
                self.engaged_share, s.officials_base_workload, s.engagement_workload, self.home.resources,
                s.engagement_contribution, s.officials_relief,
            )
        )  # fmt: skip

    def open_counter(self) -> None:
        """Set the chances of success of those who come this month."""
        rules, s = self.rules, self.home.settings
        self.chance_collaborate = rules.collaboration_chance(
            self.response, s.services_success_resist, s.services_success_token, s.services_success_accommodate,
            s.services_success_cocreate, self.practice, s.engagement_influence, self.load, s.officials_overload,
            s.engagement_contribution,
        )  # fmt: skip
        confronting = rules.attention(share(self.confronting, self.served), s.officials_attention_scale, 1.0)
        visible = rules.seen(s.engagement_visibility, s.officials_visibility_floor)
        self.chance_confront = rules.confrontation_chance(
            self.chance_collaborate, s.services_confront_factor, s.engagement_teeth, s.services_teeth_value, visible,
            confronting,
        )  # fmt: skip

    def serve(self) -> float:
        """Return what this provider's response is worth to the service, in [0, 1]."""
        s = self.home.settings
        attended = self.rules.attention(self.engaged_share, s.officials_attention_scale, s.engagement_directness)
        self.political_work = self.rules.political_work(
            s.officials_political_time, self.home.politician.stance, s.incentives_merit_protection, self.disposition
        )
        return float(
            self.rules.responsiveness(
                self.response, s.services_token_work, s.services_accommodate_work, s.services_voice_gain,
                self.heard(), attended, s.services_contribution_gain, s.engagement_contribution,
                s.services_practice_gain, self.practice, self.insight, s.officials_ability_weight, self.ability,
                s.officials_inexperience, self.rules.experience(self.tenure, s.officials_apprenticeship),
                self.political_work,
            )
        )  # fmt: skip

    def learn(self, sanction_noise: float, neighbour_practice: float) -> None:
        """Move beliefs, practice, insight and morale, seeing one neighbour's practice before the phase."""
        rules, home, s, stance = self.rules, self.home, self.home.settings, self.home.politician.stance
        attended = rules.attention(self.engaged_share, s.officials_attention_scale, s.engagement_directness)
        success = self.success_share
        punishment = rules.punishment_chance(
            s.officials_sanction, stance, s.incentives_merit_protection, s.coalitions_strength, home.cover
        )
        outcome = rules.consequence(
            self.response, success, attended, s.incentives_recognition,
            rules.seen(s.engagement_visibility, s.officials_visibility_floor), s.incentives_exposure,
            s.engagement_teeth, self.grounded(), (sanction_noise < punishment) * 1.0, s.incentives_pressure,
        )  # fmt: skip
        for belief, option in _RESPONSE_BELIEFS.items():
            before = getattr(self, belief)
            after = rules.learned_response_belief(before, option, self.response, outcome, s.officials_learning)
            setattr(self, belief, after)
        own = rules.learned_practice(
            self.practice, self.response, success, s.officials_practice_rate, s.officials_forgetting
        )
        self.practice = rules.spread_practice(own, neighbour_practice, s.officials_spread)
        self.insight = rules.learned_insight(
            self.insight, self.heard(), attended, self.response, s.officials_insight_rate,
            s.officials_insight_fading, s.officials_insight_floor,
        )  # fmt: skip
        target = rules.morale_target(
            s.officials_morale_base, self.disposition, s.officials_morale_disposition, self.response, success, attended,
            s.officials_morale_success, s.officials_morale_politicisation, s.incentives_merit_protection, stance,
            s.officials_morale_backing, home.cover, s.officials_morale_cover, s.officials_morale_strain, self.load,
            home.resources,
        )  # fmt: skip
        self.morale = toward(self.morale, target, s.officials_morale_rate)

    def activity(self) -> float:
        """Whether the official responds in earnest."""
        return float(self.rules.is_responsive(self.response))
