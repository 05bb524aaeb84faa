"""What all agents have in common, and the district they live and work in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    resources: float
    responsive: float
    engaged: float
    manager_response: int
    organised: float
    cover: float

    def __init__(self, row: int, settings: Any) -> None:
        self.row = row
        self.settings = settings
        self.residents = 0
        self.citizens: list[Citizen] = []
        self.providers: list[Official] = []
        self.manager: Official
        self.politician: Politician


class Actor(mesa.Agent):  # type: ignore[misc]
    """What all three kinds of agent have: a row, a district, neighbours, and membership."""

    model: EngagementModel
    role: Role
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

    @property
    def rules(self) -> Rules:
        """The rules that the society follows."""
        return self.model.rules

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
                self.home.settings.coalitions_leaving_share,
            )
        )  # fmt: skip


def total(terms: tuple[float, ...]) -> float:
    """Add the terms of a utility from left to right, as compiled code does (Python's ``sum`` compensates)."""
    utility = terms[0]
    for term in terms[1:]:
        utility = utility + term
    return utility
