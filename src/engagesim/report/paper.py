"""Saving a figure: the same bytes for the same run, with a text for those who cannot see it."""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from engagesim.report.palette import PAGE_WIDTH

_DOTS_PER_INCH = 200
_COMPRESSION = 3  # takes half as long as zlib's usual 6, and pictures of societies come out smaller


class Caption(NamedTuple):
    """What a figure says to those who cannot see it."""

    title: str
    description: str


class Page(Figure):
    """A figure that belongs to no window; a notebook shows it all the same."""

    def _repr_png_(self) -> bytes:
        drawn = BytesIO()
        self.savefig(drawn, format="png", metadata={"Software": "engagesim"})
        return drawn.getvalue()


def new_figure(height: float) -> Page:
    """Return an empty figure of the usual width; ``height`` in inches."""
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
    figure.set_layout_engine("none")  # everything stays where it was put for the PNG
    figure.savefig(drawn, metadata={"Title": caption.title, "Creator": "engagesim", "Date": None})
    _describe(drawn, caption)
    return [drawn, dots]


def _describe(path: Path, caption: Caption) -> None:
    """Give an SVG the role of one image with a description, which matplotlib does not write itself."""
    text = path.read_text(encoding="utf-8")
    named = (
        f'<title id="title">{escape(caption.title)}</title>\n'
        f' <desc id="description">{escape(caption.description)}</desc>'
    )
    text = text.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
    before, _, rest = text.partition("<title>")
    path.write_text(before + named + rest.partition("</title>")[2], encoding="utf-8", newline="\n")
