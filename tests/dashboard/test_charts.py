"""Charts for the screen: places on axes, colours, and nothing of a name that runs."""

import math
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.dashboard.charts import Chart, Pick, Scale, ceiling, heat, heat_bar, legend
from engagesim.report.paper import Caption

parsed = fromstring  # of what our own charts draw
numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=1), st.booleans())
def test_every_value_has_its_place_on_an_axis_in_their_order(values, is_log):
    values = [abs(value) + 0.01 for value in values] if is_log else values
    scale = Scale.over(values, is_log=is_log)
    shares = [scale.share(value) for value in sorted(values)]
    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares)


@given(numbers, st.floats(0.001, 1e6))
def test_ticks_stand_within_the_axis(low, width):
    scale = Scale(low, low + width)
    ticks = scale.ticks(5)
    assert 1 <= len(ticks) <= 12
    assert all(0 <= scale.share(place) <= 1 for place, _ in ticks)


@given(st.integers(12, 2000))
def test_months_are_ticked_in_years(months):
    places = [place for place, _ in Scale(0, months, is_months=True).ticks(6)]
    assert 2 <= len(places) <= 7
    assert all(place % 12 == 0 for place in places)


def test_colours_run_from_orange_over_white_to_blue_and_grey_is_none():
    assert [heat(share) for share in (0, 0.5, 1, math.nan)] == ["#e69f00", "#ffffff", "#0072b2", "#9A9A9A"]
    assert heat(-1) == heat(0)


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '" onload="alert(1)', "a & b"])
def test_names_stay_names(evil):
    chart = Chart(Scale(0, 1, evil), Scale.of_names([evil, "b"], evil))
    chart.dot((0.5, 0), "a", pick=Pick(evil, evil))
    chart.line([(0, 0), (1, math.nan), (1, 1)], "a")
    found = parsed(chart.svg(Caption(evil, evil)))
    assert [each.get("data-key") for each in found.iter("circle")] == [evil]
    assert not list(found.iter("script"))
    assert parsed(legend([("a", evil)])).find("li").text is None
    assert evil in parsed(heat_bar("0", "1", evil)).get("aria-label")


def test_a_chart_to_choose_from_is_no_image_and_any_other_is_one_with_a_description():
    chart = Chart(Scale(0, 1), Scale(0, 1))
    chart.dot((0.5, 0.5), "a")
    assert parsed(chart.svg(Caption("title", "what it shows"))).get("role") == "img"
    chart.dot((0.5, 0.5), "a", pick=Pick("one", "says"))
    assert parsed(chart.svg(Caption("", ""))).get("role") is None


@given(st.lists(st.floats(0, 1), min_size=1))
def test_the_top_of_an_axis_for_shares_is_a_round_quarter_above_all(values):
    assert max(values) <= ceiling(values) <= 1
    assert ceiling(values) in (0.25, 0.5, 0.75, 1.0)
