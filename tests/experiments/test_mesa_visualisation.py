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
