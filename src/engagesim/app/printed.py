"""The printed figures of a study, as ``engagesim plot`` draws them, for the page."""

import threading
from collections.abc import Callable
from typing import NamedTuple
from warnings import catch_warnings, filterwarnings

from markupsafe import Markup
from matplotlib import rc_context

from engagesim.errors import EngagementError
from engagesim.report.comparison_figures import svg, unique
from engagesim.report.palette import drawing
from engagesim.report.paper import Caption
from engagesim.report.study_figures import figures
from engagesim.study.results import Results

_DRAWING = threading.Lock()
"""Matplotlib keeps its style for all threads: whoever draws does so alone."""


class Printed(NamedTuple):
    """A figure: its title and description, and what it looks like."""

    caption: Caption
    drawn: Markup


def printed(results: Results, tell: Callable[[float], None]) -> list[Printed]:
    """Draw every figure that fits the design of a study; ``tell`` is told how far it is, and may break off.

    Raises
    ------
    EngagementError
        Where there is nothing to draw.
    """
    found = []
    with _DRAWING, drawing(), rc_context({"svg.fonttype": "none"}), catch_warnings():
        filterwarnings("ignore", message="Glyph")  # words stay words: the reader's browser has the letters
        for number, (name, figure, caption) in enumerate(figures(results)):
            tell(1 - 0.7 ** (number + 1))
            found.append(Printed(caption, unique(svg(figure, caption), f"{name}-{number}")))
    if not found:
        raise EngagementError(f"{results.folder.name}: there is nothing to draw")
    return found
