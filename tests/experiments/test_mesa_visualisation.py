"""The model works in Mesa's own browser view."""

import importlib.util
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "experiments" / "mesa_visualisation" / "app.py"


def pictures(widget) -> list[bytes]:
    """The pictures of a page, in order, wherever they hang."""
    if type(widget).__name__ == "Image":
        return [bytes(widget.value)]
    inside = [*(getattr(widget, "children", None) or []), *(getattr(widget, "items", None) or [])]
    return [picture for child in inside for picture in pictures(child)]


@pytest.mark.filterwarnings("ignore")  # Solara and its widgets warn of their own future
def test_the_page_draws_the_society_and_draws_it_anew_after_a_month():
    import solara
    from mesa.visualization.utils import update_counter

    specification = importlib.util.spec_from_file_location("page_of_mesa", APP)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    box, rendered = solara.render(module.Page(), handle_error=False)
    try:
        before = pictures(box)
        module.society.value.step()
        update_counter.set(update_counter.peek() + 1)
        after = pictures(box)
    finally:
        rendered.close()
    assert len(before) == len(after) == 3
    assert before[0] != after[0]


@pytest.mark.filterwarnings("ignore")
def test_mesas_buttons_stop_at_the_last_month_and_make_the_society_anew():
    import ipyvuetify
    import solara
    from mesa.visualization.solara_viz import ModelController

    from engagesim import EngagementModel

    town = {"population__citizens": 40, "population__districts": 2, "network__degree": 4, "months": 2, "seed": 3}
    society = solara.reactive(EngagementModel(**town))
    interval = {name: solara.reactive(1) for name in ("play_interval", "render_interval")}
    controls = ModelController(
        society, model_parameters=solara.reactive(town), **interval, use_threads=solara.reactive(False)
    )
    _, rendered = solara.render(controls, handle_error=False)

    def button(label: str):
        return next(found.widget for found in rendered.find(ipyvuetify.Btn) if label in found.widget.children)

    try:
        for _ in range(2):
            assert not button("Step").disabled
            button("Step").click()
        assert button("Step").disabled
        assert button("▶").disabled
        lived = society.value.metrics
        button("Reset").click()
        assert society.value.month == 0
        society.value.run_model()
        assert society.value.metrics.equals(lived)
    finally:
        rendered.close()
