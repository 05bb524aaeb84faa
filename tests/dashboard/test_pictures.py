"""Pictures: marks that can be chosen, colours of a scale, and nothing of a name that runs."""

import math
from xml.etree.ElementTree import fromstring

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.analysis.differences import BETTER
from engagesim.analysis.outcomes import OUTCOMES
from engagesim.dashboard.figures import Pick, colour_limits, heat_map, picture, shades
from engagesim.report.comparison_figures import forest
from engagesim.report.style import Caption

parsed = fromstring  # of what is drawn here
EVIL = ["<script>alert(1)</script>", '" onload="alert(1)', "a & b", "$x$ \\"]


def drawn(names, picks=(), name="p"):
    """Draw a forest of packages by these names."""
    row = {"low": 0.1, "high": 0.3, "low_all": 0.0, "high_all": 0.4, "difference": 0.2, "verdict": BETTER}
    rows = pd.DataFrame([{"package": name, **row} for name in names])
    return picture(name, lambda: forest(rows, OUTCOMES[0], (0.0, 0.5), Caption(names[0], names[0])), picks)


@pytest.mark.parametrize("evil", EVIL)
def test_names_stay_names(evil):
    found = parsed(drawn([evil, "b"], [Pick(evil, evil), Pick("b", "says")]))
    assert [each.get("data-key") for each in found.iter() if each.get("data-key")] == [evil, "b"]
    assert [each.get("aria-label") for each in found.iter() if each.get("data-key")] == [evil, "says"]
    for root in (found, parsed(drawn([evil, "b"]))):
        assert not [each for each in root.iter() if each.tag.endswith("script") or each.get("onload")]


def test_a_picture_to_choose_from_is_no_image_and_any_other_is_one_with_a_description():
    image = parsed(drawn(["a"]))
    assert image.get("role") == "img"
    described = {each.get("id"): each.text for each in image if each.get("id")}
    assert [described[name] for name in image.get("aria-labelledby").split()] == ["a", "a"]
    chosen_from = parsed(drawn(["a"], [Pick("a", "A")]))
    assert chosen_from.get("role") is None
    assert [each.get("role") for each in chosen_from.iter() if each.get("data-key")] == ["option"]


def test_pictures_of_one_page_share_no_identifiers():
    both = [drawn(["a"], name=name) for name in ("one", "two")]
    one, two = ({each.get("id") for each in parsed(each).iter() if each.get("id")} for each in both)
    assert one
    assert not one & two


def test_colours_run_from_orange_over_grey_to_blue_and_white_is_none():
    low, middle, high, none = shades([0.0, 0.5, 1.0, math.nan], 0.0, 1.0)
    assert none == "#ffffff"
    red, green, blue = (int(middle[place : place + 2], 16) for place in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 8
    assert max(red, green, blue) < 235
    assert int(low[1:3], 16) > int(low[5:7], 16)  # more red than blue
    assert int(high[1:3], 16) < int(high[5:7], 16)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1))
def test_every_value_has_its_colour_and_what_is_missing_is_left_open(values):
    cells = np.array([values])
    low, high = colour_limits(cells)
    assert low < high
    found = heat_map(cells, (low, high), {"title": "t"})
    assert [value is None for value in found["values"][0]] == [math.isnan(value) for value in values]
    assert all(len(colour) == 7 for colour in found["colours"][0])
