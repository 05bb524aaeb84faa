"""Colours, shapes and type for every picture; one meaning a colour, told apart by the colour-blind.

The colours are those of Okabe & Ito (2008), "Color Universal Design".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib import rc_context, rcdefaults, rcParams

BLACK, ORANGE, SKY_BLUE, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALE, FAINT, QUIET = "#DDDDDD", "#9A9A9A", "#555555"
COLOURS = ("#FFFFFF", BLACK, ORANGE, SKY_BLUE, GREEN, YELLOW, BLUE, VERMILION, PURPLE, PALE, FAINT, QUIET)
"""All of them, and the white of the page."""

ACT_COLOURS = {
    # working together
    "collaborate": GREEN,
    "cocreate": GREEN,
    "sponsor": GREEN,
    # half way
    "accommodate": SKY_BLUE,
    "token": YELLOW,
    "abstain": PALE,
    "arms_length": PALE,
    # against one another
    "confront": VERMILION,
    # the old way
    "client": PURPLE,
    "resist": PURPLE,
    "patronage": PURPLE,
}
"""Colour of each strategy, response and stance, by the name of its measure."""

LINES: tuple[tuple[str, Any, float], ...] = (
    (BLUE, "-", 1.8),
    (VERMILION, (0, (5, 1.2)), 1.3),
    (GREEN, "-", 0.8),
    (BLACK, (0, (1, 1.2)), 1.3),
)
"""Colour, dashes and width of the first, second ... line in a panel: told apart in black and white too."""

PAGE_WIDTH = 16 / 2.54
"""Width of every figure in inches: 16 cm, the text width of a page."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # travels with matplotlib, so a figure looks the same on every machine
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.titlesize": 10,
    "figure.titleweight": "bold",
    "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "svg.fonttype": "path",
    "text.parse_math": False,  # names are the user's own, dollars and all
    "svg.hashsalt": "engagesim",  # identifiers in an SVG follow from its content alone
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw and save in the style of this project, and leave matplotlib as it was."""
    with rc_context():
        rcdefaults()
        rcParams.update(_STYLE)
        yield
