"""The society in one month: who does what, who is tied to whom, and who stands together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, AffineDeltaTransform
from numpy.typing import NDArray

from engagesim.report.layout import Layout, arrange
from engagesim.report.legend import EDGE, RING, SHAPES, explain
from engagesim.report.palette import ACT_COLOURS, BLACK, FAINT, QUIET
from engagesim.report.paper import Caption
from engagesim.report.phrases import act, actors
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy

if TYPE_CHECKING:
    from engagesim.agents import Actor
    from engagesim.model import EngagementModel

type Mask = NDArray[np.bool_]

_ACTS: dict[Role, tuple[str, type[Strategy | Response | Stance]]] = {
    Role.CITIZEN: ("strategy", Strategy),
    Role.PROVIDER: ("response", Response),
    Role.MANAGER: ("response", Response),
    Role.POLITICIAN: ("stance", Stance),
}
_CLEAR: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8}
_MOST_NAMES = 40
_BOND_WIDTH, _TIE_WIDTH = 0.3, 0.25
_USUAL_STEP = 11.0
"""Points to a step of the layout at which lines have their plain width."""


def draw_society(model: EngagementModel, axes: Axes) -> Layout:
    """Draw a society as it stands, with everything explained beside it.

    Districts stand apart. In each, the politician and the manager stand in the middle, the providers around them,
    and each provider's citizens in a sector of their own. Shape tells the role, colour what an agent does this month;
    members of broad coalitions are ringed and the ties among them drawn dark.

    Parameters
    ----------
    model : EngagementModel
    axes : matplotlib.axes.Axes
        Axes that hold nothing else.

    Returns
    -------
    Layout
        Who stands where.
    """
    layout = arrange(model.wiring)
    broad = np.array([actor.in_broad_coalition for actor in model.actors], dtype=bool)
    _frame(axes, layout)
    _draw_ties(axes, model, layout, broad)
    for role in SHAPES:
        _draw_role(axes, [actor for actor in model.actors if actor.role == role and layout.shown[actor.row]], layout)
    _name_districts(axes, model, layout)
    explain(axes)
    axes.set_title(_title(model, layout))
    return layout


def picture_caption(model: EngagementModel) -> Caption:
    """Return the text of the picture for those who cannot see it."""
    layout = arrange(model.wiring)
    sentences = [
        f"{len(model.citizens)} citizens, {len(model.officials)} officials and {len(model.politicians)} politicians in "
        f"{len(model.districts)} districts."
    ]
    groups: tuple[Sequence[Actor], ...] = (model.citizens, model.officials, model.politicians)
    for people in groups:
        doing = Counter(_doing(actor) for actor in people)
        counts = ", ".join(f"{count} {act(name)}" for name, count in sorted(doing.items()))
        members = sum(actor.in_broad_coalition for actor in people)
        sentences.append(f"{actors(next(iter(doing)))}: {counts}; {members} in a broad coalition.")
    return Caption(" ".join(_title(model, layout).split()), " ".join(sentences))


def _frame(axes: Axes, layout: Layout) -> None:
    (left, bottom), (right, top) = layout.corners
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()


def _weight(axes: Axes) -> float:
    """Return how heavy lines are: heavier where agents are drawn large, but less so than they."""
    figure = axes.get_figure(root=True)
    dots = figure.dpi if figure else 72.0
    box = axes.get_window_extent()
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    step = min(box.width / (right - left), box.height / (top - bottom)) * 72 / dots
    return float(np.clip(np.sqrt(step / _USUAL_STEP), 0.5, 2.0))


def _draw_ties(axes: Axes, model: EngagementModel, layout: Layout, broad: Mask) -> None:
    ends, weight = model.wiring.edges, _weight(axes)
    is_drawn = layout.shown[ends].all(axis=1)
    is_bond = broad[ends].all(axis=1)
    kinds = ((is_drawn & ~is_bond, _TIE_WIDTH, FAINT), (is_drawn & is_bond, _BOND_WIDTH, BLACK))
    for height, (chosen, width, colour) in enumerate(kinds, 1):
        points = layout.where[ends[chosen]].reshape(-1, 2)
        if len(points):
            codes = np.tile((Outline.MOVETO, Outline.LINETO), len(points) // 2)
            bundle = Outline(points, codes)
            look = {"edgecolor": colour, "linewidth": width * weight, "alpha": _opacity(len(points) // 2)}
            axes.add_patch(PathPatch(bundle, fill=False, zorder=height, **look))


def _opacity(ties: int) -> float:
    """Return how opaque ties are: the fewer, the more."""
    return 0.25 + 0.55 / (1 + ties / 200)


def _draw_role(axes: Axes, people: list[Actor], layout: Layout) -> None:
    if not people:
        return
    weight = _weight(axes)
    shape, width = SHAPES[people[0].role]
    marker = MarkerStyle(shape)
    outline = marker.get_path().transformed(marker.get_transform())
    outline = outline.transformed(Affine2D().scale(width / outline.get_extents().width))
    steps: Any = axes.transLimits + axes.transAxes  # shapes grow with the layout, never into one another
    rings = [actor.in_broad_coalition for actor in people]
    axes.add_collection(
        PathCollection(
            [outline],
            offsets=layout.where[[actor.row for actor in people]],
            offset_transform=axes.transData,
            transform=AffineDeltaTransform(steps),
            facecolors=[ACT_COLOURS[_doing(actor)] for actor in people],
            edgecolors=[BLACK if ring else FAINT for ring in rings],
            linewidths=[(RING if ring else EDGE) * weight for ring in rings],
            zorder=3 + int(people[0].role),
        )
    )


def _doing(actor: Actor) -> str:
    """Return what an agent does this month, as the name of its measure."""
    attribute, acts = _ACTS[actor.role]
    return acts(getattr(actor, attribute)).name.lower()


def _name_districts(axes: Axes, model: EngagementModel, layout: Layout) -> None:
    if len(layout.districts) > _MOST_NAMES:
        return
    for district, (x, y) in zip(layout.districts.tolist(), layout.centres.tolist(), strict=True):
        quality = model.districts[district].quality
        below = y - float(layout.radii.max()) - 0.2
        text = f"district {district}, quality {quality:.2f}"
        axes.text(x, below, text, ha="center", va="top", fontsize="x-small", color=QUIET, bbox=_CLEAR, zorder=2.5)


def _title(model: EngagementModel, layout: Layout) -> str:
    month = f"month {model.month - 1}" if model.month else "before the first month"
    title = f"Who does what, and who stands together ({month})"
    districts, shown = model.wiring.districts, len(layout.districts)
    sample = [f"{shown} of {districts} districts"] if shown < districts else []
    sample += [f"one in {layout.every} of their citizens"] if layout.every > 1 else []
    return f"{title}\nA sample: {', '.join(sample)}" if sample else title
