"""Maps of districts: what a simulated society is like where, at the end of a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from engagesim.engines.mesa import EngagementModel
from engagesim.report.style import BLACK, Caption, drawing, new_figure, save
from engagesim.society.boundaries import Ring

_MOST_NAMED = 30
"""Districts up to which the map names them."""

SIMULATED = "Simulated, not measured"


def draw_districts(
    model: EngagementModel, boundaries: Sequence[Sequence[Ring]], names: Sequence[str], folder: Path
) -> list[Path]:
    """Draw service quality, and trust of the citizens, in each district on a map.

    Parameters
    ----------
    model : EngagementModel
        A society at the end of a run.
    boundaries : sequence
        The rings of each district.
    names : sequence of str
        The names of the districts.
    folder : Path
        Where ``districts.svg`` and ``districts.png`` go.

    Returns
    -------
    list of Path
        The files.
    """
    values = {
        "Service quality (0 to 1)": [float(each.quality) for each in model.districts],
        "Trust of citizens (0 to 1)": [
            float(np.mean([citizen.trust for citizen in each.citizens])) for each in model.districts
        ],
    }
    with drawing():
        figure = new_figure(3.6)
        figure.set_layout_engine("constrained")
        panels: Any = figure.subplots(1, len(values), squeeze=False)
        every = np.concatenate([ring for rings in boundaries for ring in rings])
        is_geographic = bool((np.abs(every) <= (180.0, 90.0)).all())
        stretch = 1 / max(np.cos(np.radians(every[:, 1].mean())), 0.1) if is_geographic else 1.0
        outlines = [Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings)) for rings in boundaries]
        for axes, (title, numbers) in zip(panels[0], values.items(), strict=True):
            areas = PatchCollection(
                [PathPatch(each) for each in outlines], cmap="YlGnBu", edgecolor=BLACK, linewidth=0.5
            )
            areas.set_array(np.array(numbers))
            areas.set_clim(min(numbers), max(max(numbers), min(numbers) + 1e-9))
            axes.add_collection(areas)
            if len(names) <= _MOST_NAMED:
                for rings, number, name in zip(boundaries, numbers, names, strict=True):
                    middle = max(rings, key=len).mean(axis=0)
                    words = axes.text(*middle, f"{name}\n{number:.2f}", ha="center", va="center", fontsize=5.5)
                    words.set_path_effects([withStroke(linewidth=1.5, foreground="white")])
            axes.set_aspect(float(stretch))
            axes.autoscale_view()
            axes.set_axis_off()
            axes.set_title(title, fontsize=8)
            figure.colorbar(areas, ax=axes, location="bottom", shrink=0.8, pad=0.02)
        caption = _caption(values, names, model.month)
        figure.suptitle(caption.title, x=0.01, ha="left")
        return save(figure, folder, "districts", caption)


def _caption(values: dict[str, list[float]], names: Sequence[str], months: int) -> Caption:
    said = []
    for title, numbers in values.items():
        low, high = int(np.argmin(numbers)), int(np.argmax(numbers))
        said.append(f"{title}: from {numbers[low]:.2f} in {names[low]} to {numbers[high]:.2f} in {names[high]}.")
    return Caption(f"{SIMULATED}: districts after {months} months of one run", f"{SIMULATED}. {' '.join(said)}")
