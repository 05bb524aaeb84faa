"""A society as the page draws it: where everybody stands, once, and what everybody does, each month."""

from typing import Any

import numpy as np

from engagesim.app.words import short
from engagesim.ensemble.living import LiveSociety
from engagesim.report.layout import arrange
from engagesim.report.palette import ACT_COLOURS, PALE
from engagesim.report.phrases import act
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy

_KINDS = (
    ("Citizens who", Strategy, "citizen", "strategy"),
    ("Officials who", Response, "official", "response"),
    ("Politicians who", Stance, "politician", "stance"),
)
_DIM = "#5f6368"
"""What is pale on white is dim on black."""

_MEMBER = 16
"""Bit of a member of a broad coalition, beside what an agent does."""


def colours(name: str) -> dict[str, str]:
    """Return the colour of a strategy, response or stance in the light and in the dark."""
    light = ACT_COLOURS[name]
    return {"light": "#c9c9c9" if light == PALE else light, "dark": _DIM if light == PALE else light}


def scene(society: LiveSociety) -> dict[str, Any]:
    """Return what stays: places of the agents in widths of the picture, ties, districts, and the legend."""
    wiring, layout = society.wiring, arrange(society.wiring)
    (left, low), (right, high) = layout.corners
    width = right - left
    where = np.column_stack((layout.where[:, 0] - left, high - layout.where[:, 1])) / width
    names = layout.centres - (0.0, float(layout.radii.max()) + 1.0)
    roles = np.full(wiring.agents, Role.CITIZEN, dtype=np.uint8)
    roles[wiring.citizens :] = [wiring.role(agent) for agent in range(wiring.citizens, wiring.agents)]
    return {
        "where": where.astype("<f4").tobytes(),
        "roles": roles.tobytes(),
        "homes": wiring.homes.astype("<u2").tobytes(),
        "ties": wiring.edges.astype("<u4").tobytes(),
        "districts": (np.column_stack((names[:, 0] - left, high - names[:, 1])) / width).tolist(),
        "ratio": (high - low) / width,
        "step": 1 / width,
        "names": [role.name.capitalize() for role in Role],
        "groups": [
            {"title": title, "acts": [_act(member.name.lower()) for member in acts]} for title, acts, *_ in _KINDS
        ],
        "title": (
            f"The social graph of {wiring.citizens} citizens, {wiring.officials} officials and {wiring.districts} "
            f"politicians in {wiring.districts} districts"
        ),
    }


def frame(society: LiveSociety, life: int) -> dict[str, Any]:
    """Return what changes: what each agent does and whether it stands in a broad coalition, and each quality."""
    doing = np.concatenate([society.state.column(entity, name)[:, 0] for *_, entity, name in _KINDS])  # type: ignore[arg-type]
    acts = doing.astype(np.uint8) | (society.broad * np.uint8(_MEMBER))
    quality = society.state.column("district", "quality")[:, 0]
    return {"acts": acts.tobytes(), "quality": quality.round(4).tolist(), "month": society.month, "life": life}


def _act(name: str) -> dict[str, str]:
    return {"label": short(name), "does": act(name), **colours(name)}
