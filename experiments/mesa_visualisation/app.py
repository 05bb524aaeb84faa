"""A society in Mesa's own browser view: ``solara run experiments/mesa_visualisation/app.py``.

Needs the extra ``app``, and Altair for Mesa's plots (``uv sync`` has both). The model goes in as it is: Mesa's controls
step it and make it anew, Mesa's plots show what its data collector holds, and this page adds the picture of the
society. What is shown stands beside its controls by a layout of its own: with Vue 3, as Solara draws now, the movable
grid that Mesa would put it in stays empty, and the controls would cover it.
"""

from typing import Any

import solara
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from engagesim import EngagementModel, society_figure

BESIDE_CONTROLS = "@media (min-width: 1280px) { .society { margin-left: 400px } }"
PLOTS = (["engaged", "client"], ["quality", "trust", "coalition_share"])


def in_rows(items: list[solara.Element], **_: Any) -> solara.Element:
    """Lay components out one below the other, beside the bar with the controls."""
    return solara.Column(items, style={"padding-left": "400px"})


# Mesa lays its components out with a grid that is made for Vue 2, and draws nothing with ipyvue 3, which brings Vue 3;
# there the bar with the controls lies over the page, too.
solara.GridDraggable = in_rows


def slider(label: str, value: float, low: float, high: float) -> dict[str, Any]:
    """Describe a slider as Mesa wants it."""
    return {"type": "SliderFloat", "label": label, "value": value, "min": low, "max": high, "step": (high - low) / 20}


society = solara.reactive(EngagementModel(population__citizens=200, population__districts=4))
plots = [plot for plot, _ in map(make_plot_component, PLOTS)]


@solara.component
def Society(model: EngagementModel) -> None:
    """Draw who does what and who stands together, anew each month."""
    update_counter.get()
    solara.FigureMatplotlib(society_figure(model))


@solara.component
def Page() -> None:
    """Mesa's controls at the left, the society and two plots at the right."""
    SolaraViz(
        society,
        model_params={
            "population__citizens": 200,
            "population__districts": 4,
            "incentives__patronage": slider("Patronage money", 0.3, 0.0, 1.0),
            "incentives__merit_protection": slider("Merit protection", 0.4, 0.0, 1.0),
        },
        name="How states and societies engage",
    )
    solara.Style(BESIDE_CONTROLS)
    with solara.Columns([3, 2], classes=["society"]):
        Society(society.value)
        with solara.Column():
            for plot in plots:
                plot(society.value)
