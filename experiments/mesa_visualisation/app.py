"""A society in Mesa's own browser view: ``solara run experiments/mesa_visualisation/app.py``.

Needs the extra ``app`` (``uv sync --extra app``). The model goes in as it is: Mesa steps it, plots
what its data collector holds, and this page adds the picture of the society.
"""

from typing import Any

import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from engagesim import EngagementModel
from engagesim.report.figures import draw_society


@solara.component
def Society(model: EngagementModel) -> None:
    """Draw who does what and who stands together, anew each month."""
    update_counter.get()
    figure = Figure(figsize=(9, 8))
    draw_society(model, figure.subplots())
    solara.FigureMatplotlib(figure)


def in_rows(items: list[solara.Element], **_: Any) -> solara.Element:
    """Lay components out one below the other, beside the bar with the controls."""
    return solara.Column(items, style={"padding-left": "400px"})


# Mesa lays its components out with a grid that is made for Vue 2, and draws nothing with ipyvue 3, which brings Vue 3;
# there the bar with the controls lies over the page, too.
solara.GridDraggable = in_rows


def slider(label: str, value: float, low: float, high: float) -> dict[str, Any]:
    """Describe a slider as Mesa wants it."""
    return {"type": "SliderFloat", "label": label, "value": value, "min": low, "max": high, "step": (high - low) / 20}


society = EngagementModel(population__citizens=200, population__districts=4)
page = SolaraViz(
    society,
    components=[
        Society,
        make_plot_component(["engaged", "client"]),
        make_plot_component(["quality", "trust", "coalition_share"]),
    ],
    model_params={
        "population__citizens": 200,
        "population__districts": 4,
        "incentives__patronage": slider("Patronage money", 0.3, 0.0, 1.0),
        "incentives__merit_protection": slider("Merit protection", 0.4, 0.0, 1.0),
    },
    name="How states and societies engage",
)
page  # noqa: B018 - Solara shows what the module ends with
