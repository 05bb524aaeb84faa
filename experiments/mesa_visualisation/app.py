"""Show a society in Mesa's own browser view: ``solara run experiments/mesa_visualisation/app.py``.

The page needs the extra ``app``, and Altair for Mesa's plots (``uv sync`` installs both). The model needs no changes:
Mesa's controls step and restart it, Mesa's plots show what its data collector holds, and this page adds the picture of
the society. The page has its own layout, because Mesa's movable grid stays empty with Vue 3, which Solara now uses, and
the controls would cover the picture.
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


# Mesa's grid is made for Vue 2 and draws nothing with ipyvue 3, which brings Vue 3. There the bar with the controls
# also covers the page.
solara.GridDraggable = in_rows


def slider(label: str, value: float, low: float, high: float) -> dict[str, Any]:
    """Describe a slider in Mesa's format."""
    return {"type": "SliderFloat", "label": label, "value": value, "min": low, "max": high, "step": (high - low) / 20}


society = solara.reactive(EngagementModel(population__citizens=200, population__districts=4))
plots = [plot for plot, _ in map(make_plot_component, PLOTS)]


@solara.component
def Society(model: EngagementModel) -> None:
    """Draw what people do and which coalitions stand, again each month."""
    update_counter.get()
    solara.FigureMatplotlib(society_figure(model))


@solara.component
def Page() -> None:
    """Show Mesa's controls on the left, and the society and two plots on the right."""
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
