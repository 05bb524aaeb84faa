"""Politicians: one for each constituency."""

from typing import ClassVar

from engagesim.agents.actor import Actor, total
from engagesim.rules.choice import choose_of_three, toward
from engagesim.rules.politician import ARMS_LENGTH_TERMS, PATRONAGE_TERMS, SPONSOR_TERMS
from engagesim.rules.vocabulary import ARMS_LENGTH, PATRONAGE, SPONSOR, Role, Stance

_STANCE_BELIEFS = {
    "belief_patronage": PATRONAGE,
    "belief_arms_length": ARMS_LENGTH,
    "belief_sponsor": SPONSOR,
}


class Politician(Actor):
    """Stands for a constituency, takes a stance, and faces elections."""

    role = Role.POLITICIAN
    terms: ClassVar = {
        Stance.PATRONAGE: PATRONAGE_TERMS,
        Stance.ARMS_LENGTH: ARMS_LENGTH_TERMS,
        Stance.SPONSOR: SPONSOR_TERMS,
    }
    orientation: float
    belief_patronage: float
    belief_arms_length: float
    belief_sponsor: float
    approval: float
    stance: int
    new_party: int

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of patronage, arm's length and sponsoring."""
        rules, s = self.rules, self.home.settings
        return (
            rules.patronage(
                s.incentives_patronage, s.politicians_machine_value, self.orientation, self.belief_patronage
            ),
            rules.arms_length(s.politicians_quiet, self.belief_arms_length),
            rules.sponsor(
                s.incentives_credit, s.politicians_conviction, self.orientation, self.home.organised,
                self.belief_sponsor,
            ),
        )  # fmt: skip

    def govern(self, noise: float) -> int:
        """Return the stance of the month.

        Parameters
        ----------
        noise : float
            The month's draw for this agent, in [0, 1).

        Returns
        -------
        int
            A member of ``Stance``.
        """
        patronage, arms_length, sponsor = (total(terms) for terms in self.utilities())
        sensitivity = self.home.settings.politicians_sensitivity
        return int(choose_of_three(patronage, arms_length, sponsor, sensitivity, noise))

    def learn(self, support: float) -> None:
        """Move the belief about the stance towards the change in approval that came with it."""
        rules, s = self.rules, self.home.settings
        outcome = rules.stance_outcome(support, self.approval, s.politicians_learning_scale)
        for belief, option in _STANCE_BELIEFS.items():
            before = getattr(self, belief)
            setattr(
                self,
                belief,
                rules.learned_stance_belief(before, option, self.stance, outcome, s.politicians_learning),
            )
        self.approval = toward(self.approval, support, s.politicians_approval_rate)

    def face_voters(self, is_election: int, noise: float, newcomer_noise: float) -> None:
        """Stay in office, or hand over to a newcomer of a new party."""
        rules, s = self.rules, self.home.settings
        reelected = rules.reelection_chance(
            self.approval, s.incentives_competition, s.politicians_even_approval, s.incentives_reelection,
            s.politicians_disclosure * s.incentives_publicity * self.home.diversion,
        )  # fmt: skip
        chance = rules.staying_chance(is_election, reelected, s.incentives_ousting)
        self.new_party = (noise >= chance) * 1
        if self.new_party:
            self.orientation = rules.newcomer_orientation(
                newcomer_noise, s.politicians_newcomer_spread, self.home.engaged, s.politicians_newcomer_pull
            )
            for belief in _STANCE_BELIEFS:
                setattr(self, belief, rules.inherited_belief(getattr(self, belief), s.politicians_inheritance))
            self.approval = 0.5

    def activity(self) -> float:
        """Whether the politician sponsors engagement."""
        return 1.0 * (self.stance == SPONSOR)
