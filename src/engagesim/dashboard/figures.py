"""Pictures of results: the report's own figures, with marks to select, and heat maps that the browser draws.

Matplotlib draws static pictures, in the style of the report; one thread draws at a time, as its style is global.
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
    """What can be chosen in a picture: the key that is sent back, and what it says to somebody who comes to it."""

    key: str
    says: str


class Printed(NamedTuple):
    """A figure of the printed report: its title and description, and what it looks like."""

    caption: Caption
    drawn: Markup


@contextmanager
def _style() -> Iterator[None]:
    with _DRAWING, drawing_for_a_page():
        yield


def picture(name: str, draw: Callable[[], Markup], picks: Sequence[Pick] = ()) -> Markup:
    """Draw a picture for a page on which it has a name of its own.

    Parameters
    ----------
    name : str
    draw : callable
        Returns the picture as ``report.comparison_figures.svg`` does.
    picks : sequence of Pick
        What the marks with the identifiers ``pick-0``, ``pick-1`` ... stand for; with them the picture is a list to
        choose from, and else one image with a description.
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
    """Draw every figure that fits the design of a study; ``tell`` gets the progress, and may stop it.

    Raises
    ------
    EngagementError
        If there is nothing to draw.
    """
    found: list[Printed] = []
    drawn = figures(results)
    while True:
        with _style():  # one at a time, so that other visitors need not wait for all
            name, figure, caption = next(drawn, ("", None, None))
            if figure is None or caption is None:
                break
            found.append(Printed(caption, unique(svg(figure, caption), f"{name}-{len(found)}")))
        tell(1 - 0.7 ** len(found))
    if not found:
        raise EngagementError(f"{results.folder.name}: must have something to draw")
    return found


def colour_limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of a scale of colours that covers the values that are there."""
    found = values[np.isfinite(values)]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def shades(values: Sequence[float], low: float, high: float) -> list[str]:
    """Return the colour of each value on a scale; white for a missing one."""
    return ["#ffffff" if np.isnan(value) else to_hex(COLOURS((value - low) / (high - low))) for value in values]


def heat_map(values: NDArray[np.float64], limits: tuple[float, float], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return cells as the page draws them.

    ``words`` are names of the axes (``x``, ``y``) and of their values (``across``, ``up``), a ``title``, what the
    measure means (``meaning``), and what else there is to say (``about``).
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
