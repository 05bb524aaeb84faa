"""Districts are found on a map by their names, by their numbers, or as the areas of the file in their order."""

import json
import logging

import pytest

from engagesim.errors import InputError
from engagesim.society.boundaries import read_map


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a map with one square a row of properties."""

    def written(*rows: dict[str, object]) -> str:
        features = []
        for left, about in enumerate(rows):
            ring = [[left, 0], [left + 1, 0], [left + 1, 1], [left, 1], [left, 0]]
            polygon = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "properties": about, "geometry": polygon})
        path = tmp_path / "map.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return str(path)

    return written


def lefts(found) -> list[float]:
    return [min(ring[:, 0].min() for ring in rings) for rings in found.rings]


def test_names_are_found_whatever_the_order_of_the_areas(write):
    found = read_map(write({"w": "b", "n": 7}, {"w": "x", "n": 8}, {"w": "a", "n": 9}), 2, ["a", "b"])
    assert found.names == ("a", "b")
    assert lefts(found) == [2, 0]


def test_an_area_of_several_pieces_is_one_district(write):
    found = read_map(write({"w": "a"}, {"w": "b"}, {"w": "a"}), 2, ["a", "b"])
    assert [len(rings) for rings in found.rings] == [2, 1]


def test_numbers_of_districts_are_found_without_a_people_file(write):
    assert lefts(read_map(write({"code": 1.0}, {"code": 0}), 2)) == [1, 0]


def test_without_names_and_numbers_the_areas_are_the_districts_in_their_order(write, caplog):
    with caplog.at_level(logging.INFO):
        found = read_map(write({"code": 21, "ward": "North"}, {"code": 22, "ward": "South"}), 2)
    assert found.names == ("North", "South")
    assert lefts(found) == [0, 1]
    assert "the 2 districts are its areas, in their order: North, South" in caplog.text


@pytest.mark.parametrize(
    ("rows", "names", "words"),
    [
        ([{"w": "a"}, {"w": "c"}], ["a", "b"], "'w', has 'b'"),
        ([{"w": "a"}, {"w": "b"}, {"w": "c"}], [], "it must have 2 areas, one for each"),
        ([{"w": "a"}, {"w": None}], [], "it must have 2 areas, one for each"),
        ([{}, {}], [], "features whose properties name the districts, such as '0'"),
    ],
)
def test_a_map_that_lacks_a_district_is_refused_with_what_it_must_have(write, rows, names, words):
    with pytest.raises(InputError, match=r"population\.boundaries = ") as refused:
        read_map(write(*rows), 2, names)
    (line,) = str(refused.value).splitlines()
    assert words in line
