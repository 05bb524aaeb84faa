"""The style of all figures: colours that colour-blind readers can tell apart, one meaning per colour, shapes and type.

The colours are those of Okabe & Ito (2008), "Color Universal Design". The same run gives an identical file,
with a text for readers who cannot see the figure.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from warnings import catch_warnings, filterwarnings
from xml.sax.saxutils import escape

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLACK, ORANGE, SKY_BLUE, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALE, FAINT, QUIET, TINT = "#DDDDDD", "#9A9A9A", "#555555", "#E2F3ED"
COLOURS = ("#FFFFFF", BLACK, ORANGE, SKY_BLUE, GREEN, YELLOW, BLUE, VERMILION, PURPLE, PALE, FAINT, QUIET, TINT)
"""All colours, including the white of the page."""

ACT_COLOURS = {
    # work together
    "collaborate": GREEN,
    "cocreate": GREEN,
    "sponsor": GREEN,
    # go halfway
    "accommodate": SKY_BLUE,
    "token": YELLOW,
    "abstain": PALE,
    "arms_length": PALE,
    # work against each other
    "confront": VERMILION,
    # keep to patronage
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
"""Colour, dashes and width of the lines in a panel, in order; the lines also differ in black and white."""

PAGE_WIDTH = 16 / 2.54
"""Width of every figure in inches: 16 cm, the text width of a page."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so a figure looks the same on every machine
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
    "text.parse_math": False,  # users' names may contain dollar signs
    "svg.hashsalt": "engagesim",  # identifiers in an SVG follow from its content alone
}


@contextmanager
def drawing() -> Iterator[None]:
    """Apply the style of this project while drawing and saving, and then restore matplotlib's settings."""
    with rc_context():
        rcdefaults()
        rcParams.update(_STYLE)
        yield


@contextmanager
def drawing_for_a_page() -> Iterator[None]:
    """Apply the style as ``drawing`` does, but keep words as text, for which the reader's browser has fonts."""
    with drawing(), rc_context({"svg.fonttype": "none"}), catch_warnings():
        filterwarnings("ignore", message="Glyph")
        yield


_DOTS_PER_INCH = 200
_COMPRESSION = 3  # takes half as long as zlib's usual 6, and makes pictures of societies smaller


class Caption(NamedTuple):
    """The alternative text of a figure, for readers who cannot see it."""

    title: str
    description: str


class Page(Figure):
    """A figure without a window, which a notebook can still show."""

    def _repr_png_(self) -> bytes:
        drawn = BytesIO()
        self.savefig(drawn, format="png", metadata={"Software": "engagesim"})
        return drawn.getvalue()


def new_figure(height: float) -> Page:
    """Return an empty figure of the usual width; ``height`` is in inches."""
    figure = Page(figsize=(PAGE_WIDTH, height))
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, folder: Path, name: str, caption: Caption) -> list[Path]:
    """Write a figure as SVG and as PNG.

    Returns
    -------
    list of Path
        The two files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn, dots = folder / f"{name}.svg", folder / f"{name}.png"
    texts = {"Title": caption.title, "Description": caption.description, "Software": "engagesim"}
    figure.savefig(dots, dpi=_DOTS_PER_INCH, metadata=texts, pil_kwargs={"compress_level": _COMPRESSION})
    figure.set_layout_engine("none")  # everything stays where the PNG has it
    figure.savefig(drawn, metadata={"Title": caption.title, "Creator": "engagesim", "Date": None})
    _describe(drawn, caption)
    return [drawn, dots]


def _describe(path: Path, caption: Caption) -> None:
    """Mark an SVG as one image with a description, which matplotlib does not do."""
    text = path.read_text(encoding="utf-8")
    named = (
        f'<title id="title">{escape(caption.title)}</title>\n'
        f' <desc id="description">{escape(caption.description)}</desc>'
    )
    text = text.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
    before, _, rest = text.partition("<title>")
    path.write_text(before + named + rest.partition("</title>")[2], encoding="utf-8", newline="\n")
