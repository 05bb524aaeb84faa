"""What all agents have in common, and the district they live and work in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa

from engagesim.rules import Rules
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import Role

if TYPE_CHECKING:
    from engagesim.agents.citizen import Citizen
    from engagesim.agents.official import Official
    from engagesim.agents.politician import Politician
    from engagesim.model import EngagementModel

type Reasons = dict[str, dict[str, float]]


class District:
    """A district: its service, the settings in force there, and who governs and staffs it."""

    quality: float
    capacity: float
    wellbeing: float
    diversion_wages: float
    diversion_materials: float
    scrutiny: float
    waived: float
    resources: float
    responsive: float
    engaged: float
    manager_response: int
    organised: float
    cover: float

    def __init__(self, row: int, settings: Any, rules: Rules) -> None:
        self.row = row
        self.settings = settings
        self.rules = rules
        self.residents = 0
        self.citizens: list[Citizen] = []
        self.providers: list[Official] = []
        self.manager: Official
        self.politician: Politician

    @property
    def diversion(self) -> float:
        """Share of all means diverted."""
        return float(
            self.rules.diverted_in_all(
                self.diversion_wages, self.diversion_materials, self.settings.oversight_wage_share
            )
        )

    def serve(self, responsive: float) -> None:
        """Divert some of the means; quality moves with the rest and with what the providers are worth to it."""
        rules, s = self.rules, self.settings
        reform_minded = 0.0
        for provider in self.providers:
            reform_minded = reform_minded + provider.disposition
        attended = rules.attention(self.engaged, s.officials_attention_scale, 1.0)
        checked = rules.tempted(
            s.oversight_diversion, s.oversight_restraint, reform_minded / len(self.providers), s.oversight_windfall,
            self.resources,
        ) * rules.checked(
            self.scrutiny, s.oversight_legal_deterrence, s.oversight_electoral_deterrence, s.incentives_reelection,
            s.oversight_unaudited,
        )  # fmt: skip
        left = rules.after_appeals(checked, s.oversight_recourse, self.manager.heard(), attended, self.responsive)
        grounded = self.manager.grounded()
        self.diversion_wages = rules.diverted_unwatched(left, s.oversight_watch, attended, 1.0, s.engagement_capture)
        self.diversion_materials = rules.diverted_unwatched(
            left, s.oversight_watch, attended, grounded, s.engagement_capture
        )
        self.quality = rules.next_quality(
            self.quality, s.services_gain, self.resources * self.capacity, self.diversion, responsive, s.services_decay,
            s.services_leakage, s.incentives_patronage, self.politician.stance,
        )  # fmt: skip
        self.wellbeing = rules.next_wellbeing(
            self.wellbeing, self.quality, s.conditions_supplies, s.services_wellbeing_rate
        )

    def learn(self) -> None:
        """Those who serve reckon with audits, and superiors come to waive the penalties of monitoring."""
        rules, s = self.rules, self.settings
        self.scrutiny = rules.next_scrutiny(
            self.scrutiny, s.incentives_audit, s.oversight_scrutiny_rate, s.oversight_scrutiny_fading
        )
        self.waived = rules.next_waived(
            self.waived, s.incentives_monitoring, s.engagement_attribution, s.incentives_senior, s.oversight_waiving
        )


class Actor(mesa.Agent):  # type: ignore[misc]
    """What all three kinds of agent have: a row, a district, neighbours, and membership."""

    model: EngagementModel
    role: Role
    terms: ClassVar[Mapping[IntEnum, tuple[str, ...]]]
    """Options in the order of ``utilities``, each with the names of the terms of its utility."""
    threshold: float
    member: int

    def __init__(self, model: EngagementModel, row: int, home: District) -> None:
        super().__init__(model)
        self.row = row
        self.home = home
        self.neighbours: list[Actor] = []
        self.kin: list[Any] = []
        self.in_broad_coalition = False
        self.active_share = 0.0

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle an agent as a row of its society, which is copied with it."""
        return _in_row, (self.model, self.row)

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))  # belongs to no society: what an agent was like, to compare with later
        twin.__dict__.update(self.__dict__)
        return twin

    @property
    def rules(self) -> Rules:
        """The rules that the society follows."""
        return self.model.rules

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of each option's utility, in the order of ``terms``."""
        raise NotImplementedError

    def reasons(self) -> Reasons:
        """Return the terms of each option's utility as they stand now.

        Returns
        -------
        dict of str to dict of str to float
            Terms by name for each option; their sum is its utility, in values of service quality from 0 to 1.
        """
        return {
            option.name: dict(zip(names, values, strict=True))
            for (option, names), values in zip(self.terms.items(), self.utilities(), strict=True)
        }

    def activity(self) -> float:
        """How far the agent is pro-reform active this month, in [0, 1]."""
        raise NotImplementedError

    def join(self, activity: list[float]) -> int:
        """Return whether the agent is a member of a coalition, given everyone's activity by row."""
        active = 0.0
        for neighbour in self.neighbours:
            active += activity[neighbour.row]
        self.active_share = share(active, len(self.neighbours))
        return int(
            self.rules.joins(
                activity[self.row], self.active_share, self.threshold, self.member,
                self.home.settings.coalitions_leaving_share, self.home.settings.coalitions_brokering,
            )
        )  # fmt: skip


def _in_row(model: EngagementModel, row: int) -> Actor:
    return model.actors[row]


def total(terms: tuple[float, ...]) -> float:
    """Add the terms of a utility from left to right, as compiled code does (Python's ``sum`` compensates)."""
    utility = terms[0]
    for term in terms[1:]:
        utility = utility + term
    return utility
