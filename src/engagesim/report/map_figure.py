"""Maps of districts: how the districts of a simulated society compare."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from markupsafe import Markup
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from engagesim.report.comparison_figures import WIDTH, canvas, svg
from engagesim.report.style import BLACK, Caption, drawing, new_figure, save
from engagesim.report.text import several
from engagesim.society.boundaries import DistrictMap

if TYPE_CHECKING:
    from engagesim.engines.mesa import EngagementModel

MOST_NAMED = 30
"""Maximum number of districts that the map names."""

SIMULATED = "Simulated, not measured"

_HEIGHT = 3.6

_LEVELS = 24
"""Number of colours of a scale; with many more, an SVG would hold a bitmap instead of shapes."""


class Shades(NamedTuple):
    """A title, a number for each district, and the ``ends`` of the colour scale (None: the extremes of the numbers).

    A ``change`` may be below 0; its colours are symmetric around 0.
    """

    title: str
    numbers: Sequence[float]
    ends: tuple[float, float] | None = None
    is_change: bool = False


def scale(is_change: bool = False) -> Colormap:
    """Return the colours of a map of levels, or of changes around 0; colour-blind readers can tell them apart."""
    return colormaps["PuOr" if is_change else "YlGnBu"].resampled(_LEVELS)


def draw_districts(model: "EngagementModel", districts: DistrictMap, folder: Path) -> list[Path]:
    """Draw service quality and citizens' trust in each district on a map.

    Parameters
    ----------
    model : EngagementModel
        A society at the end of a run.
    districts : DistrictMap
        The map of its districts.
    folder : Path
        Where ``districts.svg`` and ``districts.png`` go.

    Returns
    -------
    list of Path
        The files.
    """
    trust = [float(np.mean([citizen.trust for citizen in each.citizens])) for each in model.districts]
    panels = (quality([each.quality for each in model.districts]), Shades("Trust of citizens (0 to 1)", trust))
    with drawing():
        figure = new_figure(_HEIGHT)
        for axes, shades in zip(_panels(figure, len(panels)), panels, strict=True):
            _shade(figure, axes, districts, shades)
            axes.set_title(shades.title, fontsize=8)
        title = f"{SIMULATED}: districts after {several(model.month, 'month')} of one run"
        figure.suptitle(title, x=0.01, ha="left")
        return save(figure, folder, "districts", Caption(title, described(districts, *panels)))


def quality(numbers: Sequence[float], ends: tuple[float, float] | None = None) -> Shades:
    """Return the shades for service quality."""
    return Shades("Service quality (0 to 1)", [float(number) for number in numbers], ends)


def district_picture(districts: DistrictMap, shades: Shades, title: str) -> Markup:
    """Draw one map as SVG for a page, with a description in words."""
    figure = canvas(WIDTH, _HEIGHT)
    (axes,) = _panels(figure, 1)
    _shade(figure, axes, districts, shades)
    return svg(figure, Caption(f"{SIMULATED}: {title}", described(districts, shades)))


def described(districts: DistrictMap, *panels: Shades) -> str:
    """Describe what a map shows, for readers who cannot see it."""
    said = []
    for title, numbers, _, is_change in panels:
        low, high = int(np.argmin(numbers)), int(np.argmax(numbers))
        form = _form(is_change)
        said.append(
            f"{title}: from {numbers[low]:{form}} in {districts.names[low]} to {numbers[high]:{form}} in "
            f"{districts.names[high]}."
        )
    return f"{SIMULATED}. {' '.join(said)}"


def _form(is_change: bool) -> str:
    return "+.3f" if is_change else ".2f"


def _panels(figure: Figure, count: int) -> list[Axes]:
    figure.set_layout_engine("constrained")
    grid: Any = figure.subplots(1, count, squeeze=False)
    return list(grid[0])


def _shade(figure: Figure, axes: Axes, districts: DistrictMap, shades: Shades) -> None:
    """Colour each district by its number, and name it."""
    rings, names, numbers = districts.rings, districts.names, np.array(shades.numbers)
    outlines = [Outline.make_compound_path(*(Outline(ring, closed=True) for ring in some)) for some in rings]
    areas = PatchCollection(
        [PathPatch(each) for each in outlines], cmap=scale(shades.is_change), edgecolor=BLACK, linewidth=0.5
    )
    areas.set_array(numbers)
    low, high = shades.ends or (float(numbers.min()), float(numbers.max()))
    if shades.is_change:
        high = max(abs(low), abs(high))
        low = -high
    areas.set_clim(low, max(high, low + 1e-9))
    axes.add_collection(areas)
    if len(names) <= MOST_NAMED:
        form = _form(shades.is_change)
        for some, number, name in zip(rings, numbers, names, strict=True):
            x, y = max(some, key=len).mean(axis=0).tolist()
            words = axes.text(x, y, f"{name}\n{number:{form}}", ha="center", va="center", fontsize=6.5)
            words.set_path_effects([withStroke(linewidth=1.5, foreground="white")])
    axes.set_aspect(districts.stretch)
    axes.autoscale_view()
    axes.set_axis_off()
    figure.colorbar(areas, ax=axes, location="bottom", shrink=0.8, pad=0.02)
