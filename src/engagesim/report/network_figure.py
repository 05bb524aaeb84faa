"""A picture of the society in one month: acts, ties, organisations, relations at service points, and coalitions."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, AffineDeltaTransform
from numpy.typing import NDArray

from engagesim.report.style import ACT_COLOURS, BLACK, BLUE, FAINT, GREEN, PALE, QUIET, TINT, VERMILION, Caption
from engagesim.report.text import act, actors, district_name, several
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy
from engagesim.society.network import Wiring

type Points = NDArray[np.float64]
type Rows = NDArray[np.int64]

WHOLE = 3000
"""Maximum number of agents for which the whole society is drawn; of a larger society, only some districts are drawn."""

_SAMPLE = 1500
_AREA = 0.40  # area of a citizen on a disc, divided by pi, so that neighbours are about one step apart
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_ALLEY = 2.5  # between districts, with room for a name
_LANDSCAPE = 1.25  # ratio of columns to rows of districts


@dataclass(frozen=True)
class Layout:
    """Positions of the agents drawn, and the discs of the districts drawn."""

    where: Points  # of every agent, shape (agents, 2); NaN where not drawn
    districts: Rows  # numbers of the districts drawn
    centres: Points  # shape (districts drawn, 2)
    radii: Points  # shape (districts drawn,)
    every: int  # one in ``every`` citizens of these districts is drawn

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Return which agents are drawn."""
        return ~np.isnan(self.where[:, 0])

    @property
    def corners(self) -> tuple[Points, Points]:
        """Return the lower left and the upper right corner of the picture, with room for names under the districts."""
        reach = float(self.radii.max())
        return self.centres.min(axis=0) - (reach + 0.5, reach + 2.2), self.centres.max(axis=0) + (reach + 0.5)

    @property
    def height_over_width(self) -> float:
        """Return the height of the picture divided by its width."""
        low, high = self.corners
        return float((high[1] - low[1]) / (high[0] - low[0]))

    @property
    def is_sample(self) -> bool:
        """Return whether some agents are left out."""
        return not self.shown.all()


def arrange(wiring: Wiring) -> Layout:
    """Give every agent a position; the same society always gets the same picture."""
    districts = _sample(wiring)
    residents = [np.flatnonzero(wiring.district == district) for district in districts]
    officials = len(districts) * (wiring.providers + 2)
    room = max(WHOLE - officials, len(districts))
    every = max(1, -(-sum(map(len, residents)) // room))
    residents = [rows[::every] for rows in residents]
    where = np.full((wiring.agents, 2), np.nan)
    radii = np.array(
        [_settle(wiring, where, district, rows) for district, rows in zip(districts.tolist(), residents, strict=True)]
    )
    centres = _grid(len(districts), 2 * float(radii.max()) + _ALLEY)
    place = {int(district): centre for district, centre in zip(districts, centres, strict=True)}
    for agent in np.flatnonzero(~np.isnan(where[:, 0])):
        where[agent] += place[wiring.district_of(int(agent))]
    return Layout(where, districts, centres, radii, every)


def _sample(wiring: Wiring) -> Rows:
    """Choose districts at regular intervals, few enough to keep the picture legible."""
    if wiring.agents <= WHOLE:
        return np.arange(wiring.districts)
    number = min(wiring.districts, max(1, _SAMPLE * wiring.districts // wiring.agents))
    return np.arange(number) * wiring.districts // number


def _settle(wiring: Wiring, where: Points, district: int, residents: Rows) -> float:
    """Place the agents of one district around its centre, and return its radius."""
    desk = wiring.citizens + district * (wiring.providers + 1)
    where[wiring.citizens + wiring.officials + district] = (0.0, 0.85)
    where[desk] = (0.0, -0.85)
    served = np.bincount(wiring.service_point[residents] - (desk - wiring.citizens), minlength=wiring.providers + 1)[1:]
    ring = max(2.5, 1.7 * wiring.providers / (2 * math.pi))
    where[desk + 1 : desk + 1 + wiring.providers] = _on_circle(ring, _sectors(served))
    inner = ring + 1.3
    # As in a sunflower, each citizen is one golden angle further round, and each has the same area.
    number = np.arange(len(residents), dtype=np.float64) + 0.5
    radii = np.sqrt(inner * inner + _AREA * number)
    angles = (number * _GOLDEN_ANGLE) % (2 * math.pi)
    turn = np.argsort(angles, kind="stable")
    # Citizens who share a service point are in one sector around it, in the order of their numbers.
    clients = residents[np.lexsort((residents, wiring.service_point[residents]))]
    where[clients] = _on_circle(radii[turn], angles[turn])
    return float(radii.max(initial=inner)) + 0.5


def _sectors(served: Rows) -> Points:
    """Return the angle of each provider: the middle of its citizens, as far as the space between providers allows."""
    weight = served + 2.0 * max(1.0, float(served.mean()))
    middle: Points = np.cumsum(weight) - weight / 2
    return 2 * math.pi * middle / weight.sum()


def _on_circle(radius: float | Points, angle: Points) -> Points:
    """Return points from radii and angles, clockwise from the top."""
    return np.column_stack((radius * np.sin(angle), radius * np.cos(angle)))


def _grid(count: int, cell: float) -> Points:
    """Return the centres of cells in rows, with the last row centred."""
    columns = min(count, math.ceil(math.sqrt(_LANDSCAPE * count)))
    number = np.arange(count)
    row, column = number // columns, number % columns
    in_row = np.where(row == row.max(), count - row.max() * columns, columns)
    return np.column_stack(((column - (in_row - 1) / 2) * cell, -row * cell))


SHAPES = {
    Role.CITIZEN: ("o", 0.68),
    Role.PROVIDER: ("s", 0.9),
    Role.MANAGER: ("D", 1.1),
    Role.POLITICIAN: ("^", 1.5),
}
"""Shape of each role, and its width in steps of the layout."""

RING, EDGE = 0.9, 0.3
"""Widths, in points, of the ring around agents who have committed, and of the edge of other agents."""

LEADER = 0.26
"""Width of the dot of a leader, in steps of the layout."""


class Relation(IntEnum):
    """The relation between the users and the official of a service point."""

    NONE = 0
    DISPUTE = 1
    PROMISE = 2
    AGREEMENT = 3


RELATIONS = {
    Relation.DISPUTE: ("in dispute", VERMILION),
    Relation.PROMISE: ("with a promise", BLUE),
    Relation.AGREEMENT: ("in agreement", GREEN),
}
"""The words and the colour of each relation, which is drawn around a provider."""

_INNER, _OUTER = 0.65, 0.81
"""Radii of the shapes drawn around a provider, in steps of the layout."""


def relation(dispute: Any, promise_due: Any, agreement: Any) -> Rows:
    """Return the relation at each service point, as a number; an open promise takes precedence over a dispute."""
    promised, disputed, agreed = (np.asarray(values) > 0 for values in (promise_due, dispute, agreement))
    return np.select([promised, disputed, agreed], [Relation.PROMISE, Relation.DISPUTE, Relation.AGREEMENT], 0)


def _ring(pieces: int = 1) -> Outline:
    """Return a ring of radius 1, either whole or dashed, with gaps nearly as long as the dashes."""
    if pieces == 1:
        return Outline.make_compound_path(Outline.unit_circle(), _hole(_INNER / _OUTER))
    arcs = []
    for piece in range(pieces):
        arc = np.asarray(Outline.arc(360 * piece / pieces, 360 * (piece + 0.55) / pieces).vertices)
        arcs.append(Outline(np.concatenate((arc, arc[::-1] * (_INNER / _OUTER), arc[:1])), closed=True))
    return Outline.make_compound_path(*arcs)


def _spikes(count: int = 10) -> Outline:
    """Return a ring with spikes that reach a little beyond radius 1."""
    turn = np.pi * np.arange(2 * count + 1) / count
    radius = np.where(np.arange(2 * count + 1) % 2, _INNER / _OUTER, 1.15)
    star = Outline(np.column_stack((radius * np.sin(turn), radius * np.cos(turn))), closed=True)
    return Outline.make_compound_path(star, _hole(0.9 * _INNER / _OUTER))


def _hole(radius: float) -> Outline:
    circle = Outline.unit_circle()
    return Outline(np.asarray(circle.vertices)[::-1] * radius, circle.codes)


AROUND = {Relation.NONE: _ring(), Relation.DISPUTE: _spikes(), Relation.PROMISE: _ring(6), Relation.AGREEMENT: _ring()}
"""The shape of each relation, which is drawn around a provider."""

_KEYS = (
    ("\u25cf Citizens who", Strategy, "o"),
    ("\u25a0 Providers, \u25c6 managers who", Response, "s"),
    ("\u25b2 Politicians who", Stance, "^"),
)


def explain(axes: Axes) -> None:
    """Put a legend under the axes: first what each role does, then who has committed to what."""
    edge: dict[str, Any] = {"color": "white", "markeredgecolor": BLACK, "markeredgewidth": RING, "linestyle": ""}
    commitment = (
        [
            _heading("Black edge or dot: an agent who"),
            _sign(Line2D([], [], marker="o", **edge), "belongs to an organisation"),
            _sign(Line2D([], [], marker=".", linestyle="", color=BLACK), "leads one"),
            _sign(Line2D([], [], marker="s", **edge), "has joined a coalition"),
        ],
        [_heading("\u25a0 Service points"), *(_around(kind) for kind in RELATIONS)],
        [
            _heading("Districts and ties"),
            _sign(Patch(facecolor=TINT, edgecolor=GREEN, linewidth=0.8), "a coalition stands"),
            _sign(Line2D([], [], color=BLACK, linewidth=0.8), "tie between its members"),
            _sign(Line2D([], [], color=FAINT, linewidth=0.6), "other tie"),
        ],
    )
    columns = [
        [_heading(heading), *(_key(shape, member.name.lower()) for member in acts)] for heading, acts, shape in _KEYS
    ]
    rows = max(map(len, columns))
    handles = [
        handle
        for column, more in zip(columns, commitment, strict=True)
        for handle in (*column, *(_heading("") for _ in range(rows - len(column))), *more)
    ]
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=len(columns),
        handlelength=1.2,
        columnspacing=1.5,
        handletextpad=0.5,
    )


def _around(kind: Relation) -> Line2D:
    words, colour = RELATIONS[kind]
    sign = Line2D([], [], marker=AROUND[kind], markersize=9, linestyle="", color=colour, markeredgewidth=0)
    sign.set_label(words)
    return sign


def _sign(artist: Artist, words: str) -> Artist:
    artist.set_label(words)
    return artist


def _heading(text: str) -> Patch:
    return Patch(alpha=0.0, label=text)


def _key(shape: str, name: str) -> Line2D:
    colour = ACT_COLOURS[name]
    key = Line2D([], [], marker=shape, linestyle="", color=colour, markeredgecolor=FAINT, markeredgewidth=EDGE)
    key.set_label(act(name))
    return key


if TYPE_CHECKING:
    from engagesim.engines.mesa import EngagementModel
    from engagesim.engines.mesa.agents import Actor

type Mask = NDArray[np.bool_]

_ACTS: dict[Role, tuple[str, type[Strategy | Response | Stance]]] = {
    Role.CITIZEN: ("strategy", Strategy),
    Role.PROVIDER: ("response", Response),
    Role.MANAGER: ("response", Response),
    Role.POLITICIAN: ("stance", Stance),
}
_CLEAR: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8}
_MOST_NAMES, _MOST_NAMED = 40, 24
_BOND_WIDTH, _TIE_WIDTH = 0.3, 0.25
_USUAL_STEP = 11.0
"""Scale of the layout, in points per step, at which lines have their normal width."""


class Scene(NamedTuple):
    """The contents of a picture of one month, in arrays by row of agent, by row of official, or by district."""

    month: int  # months simulated so far
    doing: tuple[str, ...]
    commits: Mask  # a citizen who belongs to an organisation, an official or politician who has joined a coalition
    leads: Mask
    is_allied: Mask  # belongs to a standing coalition
    relations: Rows  # of each official
    standing: Mask  # whether the coalition of each district stands
    quality: tuple[float, ...]


def scene_of(model: EngagementModel) -> Scene:
    """Return the contents of a picture of the current society."""
    bargains = [(each.dispute, each.promise_due, each.agreement) for each in model.officials]
    return Scene(
        model.month,
        tuple(_doing(actor) for actor in model.actors),
        np.array([actor.member for actor in model.actors], dtype=bool),
        np.array([actor.leader if actor.role == Role.CITIZEN else 0 for actor in model.actors], dtype=bool),
        np.array([actor.in_coalition for actor in model.actors], dtype=bool),
        relation(*np.array(bargains).T),
        np.array([district.coalition for district in model.districts], dtype=bool),
        tuple(district.quality for district in model.districts),
    )


def draw_society(model: EngagementModel, axes: Axes) -> Layout:
    """Draw the current society, with a full legend.

    Districts are separate. In each, the politician and the manager are in the middle, the providers around them,
    and each provider's citizens in a sector of their own. Shape shows the role, colour what an agent does. A black edge
    shows who has committed: citizens who belong to an organisation, officials and politicians who have joined the
    coalition of their district; leaders have a dot. A shape around a provider shows its relation with its users. A
    district with a coalition is tinted, and the ties within the coalition are dark.

    Parameters
    ----------
    model : EngagementModel
    axes : matplotlib.axes.Axes
        Axes that hold nothing else.

    Returns
    -------
    Layout
        The position of each agent.
    """
    picture = Picture(model.wiring, axes)
    picture.show(scene_of(model))
    axes.set_title(_title(model, picture.layout))
    return picture.layout


class Picture:
    """A society drawn on axes, with every agent in its position, and with the acts of the month that is shown.

    Parameters
    ----------
    wiring : Wiring
    axes : matplotlib.axes.Axes
        Axes that hold nothing else.
    """

    def __init__(self, wiring: Wiring, axes: Axes) -> None:
        self.layout = arrange(wiring)
        _frame(axes, self.layout)
        self._ends = wiring.edges[self.layout.shown[wiring.edges].all(axis=1)]
        self._weight = _weight(axes)
        self._ties = _add_ties(axes, self._bundle(self._ends), FAINT, _TIE_WIDTH * self._weight)
        self._discs = _add_discs(axes, self.layout)
        self._bonds = _add_ties(axes, self._bundle(self._ends[:0]), BLACK, _BOND_WIDTH * self._weight)
        rows = np.flatnonzero(self.layout.shown)
        roles = np.array([int(wiring.role(row)) for row in rows.tolist()])
        self._groups = [
            (rows[roles == role], _add_group(axes, role, self.layout.where[rows[roles == role]])) for role in SHAPES
        ]
        self._points = rows[roles == Role.PROVIDER] - wiring.citizens
        self._around = _add_shapes(
            axes, [AROUND[Relation.NONE]], _OUTER, self.layout.where[rows[roles == Role.PROVIDER]], 2.8
        )
        self._dots = _add_shapes(axes, [Outline.unit_circle()], LEADER / 2, self.layout.where[:0], 8)
        self._dots.set_facecolor(BLACK)
        self._names = _add_names(axes, self.layout)
        _name_posts(axes, wiring, self.layout.where, rows)
        explain(axes)

    def enlarge_names(self, size: float) -> None:
        """Write the names of districts in size ``size``, in points."""
        for name in self._names:
            name.set_fontsize(size)

    @property
    def moving(self) -> list[Artist]:
        """The parts that change each month, in order from back to front."""
        groups = [shapes for _, shapes in self._groups]
        return [self._discs, self._ties, self._bonds, self._around, *groups, self._dots, *self._names]

    def show(self, scene: Scene, ringed: Sequence[int] = ()) -> None:
        """Show another month, with rings around some districts; before the first month nobody has acted."""
        is_drawn, is_ringed = scene.standing[self.layout.districts], np.isin(self.layout.districts, ringed)
        self._discs.set_facecolor(np.where(is_drawn, TINT, "none").tolist())
        self._discs.set_edgecolor(np.where(is_ringed, BLACK, np.where(is_drawn, GREEN, "none")).tolist())
        bundle = self._bundle(self._ends[scene.is_allied[self._ends].all(axis=1)])
        self._bonds.set_path(bundle)
        self._bonds.set_alpha(_opacity(len(bundle) // 2))
        for rows, shapes in self._groups:
            commits = scene.commits[rows]
            doing = [ACT_COLOURS[scene.doing[row]] if scene.month else PALE for row in rows.tolist()]
            shapes.set_facecolor(doing)
            shapes.set_edgecolor(np.where(commits, BLACK, FAINT).tolist())
            shapes.set_linewidth((np.where(commits, RING, EDGE) * self._weight).tolist())
        kinds = [Relation(kind) for kind in scene.relations[self._points].tolist()]
        self._around.set_paths(_scaled([AROUND[kind] for kind in kinds], _OUTER))
        self._around.set_facecolor([RELATIONS[kind][1] if kind else "none" for kind in kinds])
        self._dots.set_offsets(self.layout.where[scene.leads & self.layout.shown])
        for district, name in zip(self.layout.districts.tolist(), self._names, strict=False):  # large ones have none
            name.set_text(f"{district_name(district)}, quality {scene.quality[district]:.2f}")

    def _bundle(self, ends: NDArray[np.int64]) -> Outline:
        """Return the lines between pairs of agents as one path."""
        points = self.layout.where[ends].reshape(-1, 2)
        return Outline(points, np.tile((Outline.MOVETO, Outline.LINETO), len(ends)).astype(Outline.code_type))


def picture_caption(model: EngagementModel) -> Caption:
    """Return the alternative text of the picture."""
    layout = arrange(model.wiring)
    sentences = [
        f"{len(model.citizens)} citizens, {len(model.officials)} officials and {len(model.politicians)} politicians in "
        f"{several(len(model.districts), 'district')}."
    ]
    groups: tuple[Sequence[Actor], ...] = (model.citizens, model.officials, model.politicians)
    for people in groups:
        doing = Counter(_doing(actor) for actor in people)
        counts = ", ".join(f"{count} {act(name)}" for name, count in sorted(doing.items()))
        members = sum(actor.member for actor in people)
        where = "belong to an organisation" if people is model.citizens else "have joined a coalition"
        sentences.append(f"{actors(next(iter(doing)))}: {counts}; {members} {where}.")
    scene = scene_of(model)
    kinds = Counter(scene.relations.tolist())
    bargains = ", ".join(f"{kinds[kind]} {words}" for kind, (words, _) in RELATIONS.items())
    sentences.append(f"Leaders: {int(scene.leads.sum())}. Service points: {bargains}.")
    sentences.append(f"Districts with a coalition: {int(scene.standing.sum())}.")
    return Caption(" ".join(_title(model, layout).split()), " ".join(sentences))


def _frame(axes: Axes, layout: Layout) -> None:
    (left, bottom), (right, top) = layout.corners
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()


def _weight(axes: Axes) -> float:
    """Return the relative width of lines, which grows more slowly than the size of agents."""
    figure = axes.get_figure(root=True)
    dots = figure.dpi if figure else 72.0
    box = axes.get_window_extent()
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    step = min(box.width / (right - left), box.height / (top - bottom)) * 72 / dots
    return float(np.clip(np.sqrt(step / _USUAL_STEP), 0.5, 2.0))


def _add_ties(axes: Axes, bundle: Outline, colour: str, width: float) -> PathPatch:
    look = {"edgecolor": colour, "linewidth": width, "alpha": _opacity(len(bundle) // 2)}
    ties = PathPatch(bundle, fill=False, zorder=1 if colour == FAINT else 2, **look)
    axes.add_artist(ties)  # not add_patch, which would compute limits tie by tie, although they are set already
    return ties


def _opacity(ties: int) -> float:
    """Return the opacity of ties: the fewer the ties, the more opaque."""
    return 0.25 + 0.55 / (1 + ties / 200)


def _add_discs(axes: Axes, layout: Layout) -> PathCollection:
    """Put a disc under each district, to be filled while its coalition stands."""
    circle = Outline.unit_circle()
    outlines = [circle.transformed(Affine2D().scale(radius + 0.25)) for radius in layout.radii.tolist()]
    discs = _add_shapes(axes, outlines, 1.0, layout.centres, 0.5)
    discs.set_linewidth(0.8)
    return discs


def _add_group(axes: Axes, role: Role, where: Points) -> PathCollection:
    shape, width = SHAPES[role]
    marker = MarkerStyle(shape)
    outline = marker.get_path().transformed(marker.get_transform())
    return _add_shapes(axes, [outline], width / outline.get_extents().width, where, 3 + int(role))


def _add_shapes(axes: Axes, outlines: Sequence[Outline], size: float, where: Points, order: float) -> PathCollection:
    steps: Any = axes.transLimits + axes.transAxes  # shapes grow with the layout, so they never overlap
    shapes = PathCollection(
        _scaled(outlines, size),
        offsets=where,
        offset_transform=axes.transData,
        transform=AffineDeltaTransform(steps),
        zorder=order,
        linewidth=0,
    )
    axes.add_collection(shapes, autolim=False)
    return shapes


def _scaled(outlines: Sequence[Outline], size: float) -> list[Outline]:
    return [outline.transformed(Affine2D().scale(size)) for outline in outlines]


def _doing(actor: Actor) -> str:
    """Return the name of the measure for what an agent does this month."""
    attribute, acts = _ACTS[actor.role]
    return acts(getattr(actor, attribute)).name.lower()


def _add_names(axes: Axes, layout: Layout) -> list[Text]:
    """Make room for a name under each district, unless there are too many to read."""
    if len(layout.districts) > _MOST_NAMES:
        return []
    below = layout.centres[:, 1] - float(layout.radii.max()) - 0.45
    look: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": "x-small", "color": QUIET, "bbox": _CLEAR}
    return [
        axes.text(x, y, "", zorder=2.5, **look)
        for x, y in zip(layout.centres[:, 0].tolist(), below.tolist(), strict=True)
    ]


def _name_posts(axes: Axes, wiring: Wiring, where: Points, rows: Rows) -> None:
    """Write the names of officials and politicians from a file, unless there are too many to read."""
    named = [row for row in rows.tolist() if row >= wiring.citizens and wiring.label(row)]
    if len(named) > _MOST_NAMED:
        return
    look: dict[str, Any] = {"ha": "center", "fontsize": "xx-small", "zorder": 6, "bbox": _CLEAR, "parse_math": False}
    for row in named:
        x, y = where[row].tolist()
        is_above = wiring.role(row) is Role.POLITICIAN  # the manager is below
        name = textwrap.fill(wiring.label(row), 14, max_lines=2, placeholder="...")
        axes.text(x, y + (0.75 if is_above else -0.5), name, va="bottom" if is_above else "top", **look)


def _title(model: EngagementModel, layout: Layout) -> str:
    month = f"month {model.month}" if model.month else "before the first month"
    title = f"Who does what, and who has committed ({month})"
    districts, shown = model.wiring.districts, len(layout.districts)
    sample = [f"{shown} of {districts} districts"] if shown < districts else []
    sample += [f"one in {layout.every} of their citizens"] if layout.every > 1 else []
    return f"{title}\nA sample: {', '.join(sample)}" if sample else title
