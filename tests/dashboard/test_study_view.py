"""A stored study as points: axes that fit, means that are those of its runs, and a place for every value."""

from xml.etree.ElementTree import fromstring

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim.cli import main
from engagesim.dashboard.library import Library
from engagesim.dashboard.study_view import (
    MEASURED,
    View,
    axes,
    cells,
    has_cells,
    marks,
    points,
    rows_of,
    usual_view,
    values,
)
from engagesim.dashboard.tables import axes_table, measures_table, points_table
from engagesim.errors import ParameterError, StoreError

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

parsed = fromstring  # of what our own charts draw
PATHS = ["incentives.patronage", "incentives.merit_protection"]


@pytest.fixture(scope="module")
def grid(studies):
    return Library(studies).study("deep/phase")


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A spread sample over two factors, once for each of two forms."""
    root = tmp_path_factory.mktemp("sampled")
    request = ["population=hamlet", "months=12", "design=latin_hypercube", "design.samples=6", "replicates=2",
             "factors.p={path: incentives.patronage, low: 0.0, high: 1.0}",
             "factors.s={path: citizens.stake, low: 0.1, high: 10.0, log: true}",
             "choices={engagement: [survey, committee]}", "measure=trust"]  # fmt: skip
    assert main(["sweep", *request, f"output={root / 'one'}", "progress=false"]) == 0
    return Library(root).study("one")


def test_a_grid_of_two_factors_is_a_map_of_all_its_points(grid):
    view = View.of({}, grid)
    assert view[:4] == (*PATHS, "", "quality")
    assert len(points(grid, view)) == 6
    drawn = cells(grid, view)
    assert sorted(point for row in drawn.points for point in row) == list(range(6))
    for row in points(grid, view).to_dict("records"):
        up, across = drawn.place_of(row["point"])
        assert (drawn.drawn["up"][up], drawn.drawn["across"][across]) == tuple(f"{row[path]:g}" for path in PATHS[::-1])
        assert drawn.drawn["values"][up][across] == pytest.approx(row["share"], abs=1e-4)


def test_means_are_those_of_the_runs(grid):
    table = points(grid, View.of({}, grid)).set_index("point")
    for point in range(6):
        mine = rows_of(grid, point)["quality"]
        assert table.loc[point, "share"] == pytest.approx(mine.mean())
        assert table.loc[point, "low"] <= table.loc[point, "share"] <= table.loc[point, "high"]
        assert table.loc[point, "runs"] == len(mine) == 3


def test_choices_of_a_sample_are_held_and_its_factors_are_not(sampled):
    view = View.of({}, sampled)
    assert axes(sampled) == ["engagement", "incentives.patronage", "citizens.stake"]
    assert view.held == (("engagement", "survey"),)
    other = View.of({"at.engagement": "committee"}, sampled)
    assert not set(points(sampled, view)["point"]) & set(points(sampled, other)["point"])
    assert len(_keys(marks(sampled, other))) == 6


def test_lines_take_the_place_of_what_is_held(sampled):
    view = View.of({"x": "citizens.stake", "y": MEASURED, "lines": "engagement"}, sampled)
    assert view.held == ()
    drawn = marks(sampled, view)
    assert len(_keys(drawn)) == 12
    assert {"survey", "committee"} <= {each.text for each in parsed(drawn).iter() if each.tag.endswith("text")}


@settings(max_examples=15)
@given(st.data())
def test_a_link_brings_back_the_same_view_and_every_view_can_be_drawn(sampled, data):
    known = axes(sampled)
    across = data.draw(st.sampled_from(known))
    up = data.draw(st.sampled_from([MEASURED, *(name for name in known if name != across)]))
    lines = data.draw(st.sampled_from(["", *known]))
    words = {"x": across, "y": up, "lines": lines, "measure": data.draw(st.sampled_from(["trust", "coalition_formed"]))}
    view = View.of(words, sampled)
    assert View.of(view.words(), sampled) == view
    assert not has_cells(sampled, view)
    assert len(_keys(marks(sampled, view))) == len(points(sampled, view))


@pytest.mark.parametrize("column", PATHS)
def test_values_are_listed_once_in_their_order(grid, column):
    found = [float(value) for value in values(grid, column)]
    assert found == sorted({*grid.runs[column]})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"x": "os.system"}, "x = os.system"),
        ({"x": PATHS[0], "y": PATHS[0]}, "y = "),
        ({"measure": "happiness"}, "measure = happiness"),
        ({"y": MEASURED, f"at.{PATHS[1]}": "7"}, "at.incentives.merit_protection = 7"),
    ],
)
def test_a_wrong_word_is_refused_in_one_line(grid, words, said):
    with pytest.raises(ParameterError) as refused:
        View.of(words, grid)
    assert said in str(refused.value)


def test_a_point_that_is_not_there_is_no_point(grid):
    view = View.of({"point": "999999", "seed": "²"}, grid)
    assert (view.point, view.seed) == (999999, None)
    assert rows_of(grid, 999999).empty


def test_failed_runs_are_left_out_of_means_and_named(grid):
    runs = grid.runs.copy()
    runs.loc[runs["point"] == 0, ["failed", "quality"]] = ["too small", np.nan]
    harmed = type(grid)(grid.folder, grid.plan, runs, grid.made)
    table = points(harmed, View.of({}, harmed)).set_index("point")
    assert table.loc[0, "runs"] == 0
    assert np.isnan(table.loc[0, "share"])
    drawn = cells(harmed, View.of({}, harmed))
    up, across = drawn.place_of(0)
    assert drawn.drawn["values"][up][across] is None
    assert "too small" in measures_table(rows_of(harmed, 0), 0, "quality")
    runs["failed"] = "all"
    with pytest.raises(StoreError, match="no run completed"):
        usual_view(type(grid)(grid.folder, grid.plan, runs, grid.made))


def test_tables_show_what_a_point_is_and_what_came_of_it(grid):
    found = rows_of(grid, 4)
    made = axes_table(grid, found)
    assert "Patronage" in made
    assert f"{found['quality'].mean():.3g}" in measures_table(found, int(found.index[0]), "quality")
    assert points_table(grid, View.of({}, grid)).count('<th scope="row">') == 6


def _keys(drawn):
    return {each.get("data-key") for each in parsed(drawn).iter() if each.get("data-key")}
