"""What the shapes, colours and lines in the picture of a society mean."""

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from engagesim.report.palette import ACT_COLOURS, BLACK, FAINT
from engagesim.report.phrases import act
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy

SHAPES = {
    Role.CITIZEN: ("o", 0.68),
    Role.PROVIDER: ("s", 1.0),
    Role.MANAGER: ("D", 1.1),
    Role.POLITICIAN: ("^", 1.5),
}
"""Shape of each role, and its width in steps of the layout."""

RING, EDGE = 0.9, 0.3
"""Widths in points of the ring around members and of the edge of the others."""

_KEYS = (
    ("\u25cf Citizens who", Strategy, "o"),
    ("\u25a0 Providers, \u25c6 managers who", Response, "s"),
    ("\u25b2 Politicians who", Stance, "^"),
)


def explain(axes: Axes) -> None:
    """Put a legend under the axes: a column a role, and one for coalitions and ties."""
    columns = [
        [_heading(heading), *(_key(shape, member.name.lower()) for member in acts)] for heading, acts, shape in _KEYS
    ]
    ring = Line2D([], [], marker="o", linestyle="", color="white", markeredgecolor=BLACK, markeredgewidth=RING)
    ring.set_label("member of a broad one")
    columns.append(
        [
            _heading("Coalition"),
            ring,
            Line2D([], [], color=BLACK, linewidth=0.8, label="tie of two members"),
            Line2D([], [], color=FAINT, linewidth=0.6, label="other tie"),
        ]
    )
    rows = max(map(len, columns))
    handles = [handle for column in columns for handle in [*column, *[_heading("")] * (rows - len(column))]]
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=len(columns),
        handlelength=1.2,
        columnspacing=1.0,
        handletextpad=0.5,
    )


def _heading(text: str) -> Patch:
    return Patch(alpha=0.0, label=text)


def _key(shape: str, name: str) -> Line2D:
    colour = ACT_COLOURS[name]
    key = Line2D([], [], marker=shape, linestyle="", color=colour, markeredgecolor=FAINT, markeredgewidth=EDGE)
    key.set_label(act(name))
    return key
