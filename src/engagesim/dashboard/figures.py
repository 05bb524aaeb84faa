"""Pictures of results: the report's own figures with selectable marks, and heat maps that the browser draws.

Matplotlib draws static pictures in the style of the report. Only one thread draws at a time, because the style is
global.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from engagesim.errors import EngagementError
from engagesim.report.comparison_figures import svg, unique
from engagesim.report.study_figures import figures
from engagesim.report.study_maps import COLOURS
from engagesim.report.style import Caption, drawing_for_a_page
from engagesim.study.results import Results

_DRAWING = threading.Lock()


class Pick(NamedTuple):
    """A mark that can be chosen in a picture: the key that is sent back, and its label."""

    key: str
    says: str


class Printed(NamedTuple):
    """A figure of the printed report: its title, its description and its drawing."""

    caption: Caption
    drawn: Markup


@contextmanager
def _style() -> Iterator[None]:
    with _DRAWING, drawing_for_a_page():
        yield


def picture(name: str, draw: Callable[[], Markup], picks: Sequence[Pick] = ()) -> Markup:
    """Draw a picture with a unique name on its page.

    Parameters
    ----------
    name : str
    draw : callable
        Function that returns a picture like ``report.comparison_figures.svg``.
    picks : sequence of Pick
        The meaning of the marks with the identifiers ``pick-0``, ``pick-1`` ...; if there are any, the picture is a
        list to choose from, and otherwise one image with a description.
    """
    with _style():
        drawn = unique(draw(), name)
    return _choosable(drawn, picks) if picks else drawn


def _choosable(drawn: Markup, picks: Sequence[Pick]) -> Markup:
    def named(found: re.Match[str]) -> str:
        pick = picks[int(found[2])]
        form = Markup('<g id="{}" data-key="{}" role="option" aria-selected="false" aria-label="{}"><title>{}</title>')
        return form.format(found[1], pick.key, pick.says, pick.says)

    text = re.sub(r'<g id="([^"]*pick-(\d+))">', named, drawn)
    text = re.sub(r' role="img" aria-labelledby="[^"]*"', "", text, count=1)
    text = re.sub(r'<title id="[^"]*">.*?</desc>', "", text, count=1, flags=re.DOTALL)
    return Markup(text)  # noqa: S704 - drawn here; keys and words are escaped


def printed(results: Results, tell: Callable[[float], None]) -> list[Printed]:
    """Draw every figure that fits the design of a study; ``tell`` receives the progress and may stop the work.

    Raises
    ------
    EngagementError
        If there is nothing to draw.
    """
    found: list[Printed] = []
    drawn = figures(results)
    while True:
        with _style():  # one figure at a time, so that other visitors do not wait for all of them
            name, figure, caption = next(drawn, ("", None, None))
            if figure is None or caption is None:
                break
            found.append(Printed(caption, unique(svg(figure, caption), f"{name}-{len(found)}")))
        tell(1 - 0.7 ** len(found))
    if not found:
        raise EngagementError(f"{results.folder.name}: must have something to draw")
    return found


def colour_limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of a colour scale that covers all values except missing ones."""
    found = values[np.isfinite(values)]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def shades(values: Sequence[float], low: float, high: float) -> list[str]:
    """Return the colour of each value on a scale; a missing value is white."""
    return ["#ffffff" if np.isnan(value) else to_hex(COLOURS((value - low) / (high - low))) for value in values]


def heat_map(values: NDArray[np.float64], limits: tuple[float, float], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return cells as data that the page can draw.

    ``words`` has names of the axes (``x``, ``y``) and of their values (``across``, ``up``), a ``title``, the meaning of
    the measure (``meaning``), and further notes (``about``).
    """
    scale = np.linspace(*limits, 9).tolist()
    return {
        **words,
        "values": [[None if np.isnan(value) else round(value, 4) for value in row] for row in values.tolist()],
        "colours": [shades(row, *limits) for row in values.tolist()],
        "scale": [
            {"text": f"{value:.2g}", "colour": colour}
            for value, colour in zip(scale, shades(scale, *limits), strict=True)
        ],
    }
