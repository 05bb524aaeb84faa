"""A dashboard that was opened with a map shows the districts of a society on it, and says that they are simulated."""

import json

import pytest

from engagesim.cli import main
from engagesim.dashboard.explore_view import on_map
from engagesim.dashboard.limits import MOST_DISTRICTS
from engagesim.dashboard.session import ATLAS, Session, opening, show_map
from engagesim.errors import InputError


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a map of so many wards; the dashboard has none afterwards."""
    monkeypatch.setattr(ATLAS, "districts", None)

    def written(count: int):
        ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
        areas = [
            {"properties": {"ward": f"Ward {number}"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for number in range(count)
        ]
        (tmp_path / "map.geojson").write_text(json.dumps({"features": areas}))
        return tmp_path / "map.geojson"

    return written


def test_the_society_that_opens_has_as_many_districts_as_the_map(write):
    assert opening().parameters().population.districts == 10
    show_map(write(3))
    assert opening().parameters().population.districts == 3
    assert Session("?").parameters.population.districts == 3
    assert Session("?population.districts=5").parameters.population.districts == 5


def test_the_map_shows_each_district_as_it_is_this_month(write):
    show_map(write(2))
    session = Session("?population.districts=2&population.citizens=60&month=3")
    quality, trust = on_map(session.society, ATLAS.districts)
    found = session.society.state.column("district", "quality")[:, 0]
    low, high = sorted(f"{number:.2f} in Ward {place}" for place, number in enumerate(found.tolist()))
    assert f"Simulated, not measured. Service quality (0 to 1): from {low} to {high}." in quality
    assert 'role="img"' in quality
    assert "Simulated, not measured: districts after 3 months" in trust
    citizens, home = session.society.state.column("citizen", "trust")[:, 0], session.society.wiring.district
    assert all(f"{citizens[home == place].mean():.2f} in Ward {place}" in trust for place in (0, 1))


def test_a_map_of_too_many_areas_is_refused(write):
    with pytest.raises(InputError, match=f"must have at most {MOST_DISTRICTS} areas, not {MOST_DISTRICTS + 1}"):
        show_map(write(MOST_DISTRICTS + 1))


@pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning")  # by Solara
def test_a_map_that_cannot_be_read_is_refused_before_the_dashboard_opens(capsys):
    assert main(["app", "boundaries=nowhere.geojson", "open=false"]) == 2
    assert "boundaries = nowhere.geojson: must be a readable file" in capsys.readouterr().err
