"""A society as arrays, as rivals take it over: what the citizens' phases read of citizens, posts and districts."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim import EngagementModel, Parameters
from engagesim.society.state import COLUMNS, WIRED

PHASES = ("organise", "choose", "meet", "learn")
"""Phases of the month that the rivals go through, as far as citizens act in them."""

POST = (
    "called", "leading", "dispute", "promise_due", "agreement", "joint_success", "chance_collaborate",
    "chance_confront", "disposition", "response", "reliability", "kept", "broken",
)  # fmt: skip
HOME = ("quality", "responsive", "cover", "stance")
"""What citizens see of the official at their service point, and of their district."""

SETS = {
    "organise": ("member", "leader", "belonging"),
    "choose": ("asked", "strategy"),
    "meet": (
        "outcome", "last_engagement", "last_confrontation", "first_engagement", "first_success", "engaged_again",
        "funnel",
    ),
    "learn": (
        "efficacy_collaborate", "efficacy_confront", "habit", "trust", "reliance", "aspiration",
        "engaged_neighbours", "client_neighbours", "member_neighbours",
    ),
}  # fmt: skip
"""Columns of citizens that each phase sets."""

_KINDS = {c.name: np.float64 if c.kind == "number" else np.int32 for c in (*COLUMNS, *WIRED) if c.entity == "citizen"}


@dataclass
class Society:
    """The arrays: columns of citizens, of officials and of districts by name, the settings, and who is tied to whom."""

    columns: dict[str, NDArray[Any]]
    posts: dict[str, NDArray[np.float64]]
    homes: dict[str, NDArray[np.float64]]
    settings: Any
    first: NDArray[np.int32]
    kin: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    where: NDArray[np.int32]
    served: NDArray[np.int32]
    seed: int
    wiring: int

    @property
    def size(self) -> int:
        """Number of citizens."""
        return len(self.where)

    def setting(self, path: str) -> float:
        """Return a setting in force, which is the same in all districts here."""
        return float(attrgetter(path)(self.settings))


def taken_from(model: EngagementModel) -> Society:
    """Take over a society as it stands; the arrays are copies."""
    wiring = model.wiring

    def table(agents: Any, names: Any) -> dict[str, NDArray[np.float64]]:
        return {name: np.array([getattr(each, name) for each in agents], dtype=float) for name in names}

    citizens = model.citizens
    return Society(
        {name: np.array([getattr(c, name) for c in citizens], dtype=kind) for name, kind in _KINDS.items()},
        table(model.officials, POST),
        table(model.districts, HOME),
        model.districts[0].settings,
        *(np.ascontiguousarray(rows, dtype=np.int32) for rows in (wiring.first, wiring.kin, wiring.neighbours)),
        np.ascontiguousarray(wiring.district, dtype=np.int32),
        np.ascontiguousarray(wiring.service_point, dtype=np.int32),
        int(model.parameters.seed),
        int(wiring.seed),
    )  # fmt: skip


def opened(parameters: Parameters) -> Society:
    """Return a society at its start, with its form of engagement open."""
    model = EngagementModel(parameters.changed({"engagement.start": 0}))
    model.live("move_trends")
    return taken_from(model)
