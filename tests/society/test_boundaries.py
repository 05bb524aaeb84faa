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
        ([{}, {}], [], "polygons whose properties name the districts, such as '0'"),
    ],
)
def test_a_map_that_lacks_a_district_is_refused_with_what_it_must_have(write, rows, names, words):
    with pytest.raises(InputError, match=r"population\.boundaries = ") as refused:
        read_map(write(*rows), 2, names)
    (line,) = str(refused.value).splitlines()
    assert words in line


SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def feature(name: str, geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def polygon(left: float, size: float = 1.0, bottom: float = 0.0) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[[left + size * x, bottom + size * y] for x, y in SQUARE]]}


@pytest.fixture
def read(tmp_path, caplog):
    """Return a function that reads a map of the districts a and b, and what it says."""

    def reading(*features: object, names=("a", "b")):
        path = tmp_path / "map.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
        caplog.clear()
        with caplog.at_level(logging.INFO):
            return read_map(str(path), len(names), list(names)), caplog.text

    return reading


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (None, "has 'b'; its feature has no polygon"),
        ({"type": "Point", "coordinates": [1, 2]}, "has 'b'; its feature has no polygon"),
        ({"type": "Polygon", "coordinates": []}, "has 'b'; its feature has no polygon"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [2, 0], [0, 0]]]}, "the polygon of 'b' has none"),
        ({"type": "Polygon", "coordinates": [[[0, None], [1, 0], [2, 0]]]}, "each of two finite numbers"),
    ],
)
def test_a_district_without_an_area_is_refused(read, geometry, words):
    with pytest.raises(InputError) as refused:
        read(feature("a", polygon(0)), feature("b", geometry))
    assert words in str(refused.value)


def test_features_that_are_no_areas_are_passed_over(read):
    found, _ = read(None, feature("x", None), feature("b", polygon(1)), feature("a", polygon(0)))
    assert lefts(found) == [0, 1]


def test_polygons_within_a_collection_of_geometries_are_found(read):
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    parts = {"type": "GeometryCollection", "geometries": [line, polygon(5)]}
    assert lefts(read(feature("a", parts), feature("b", polygon(1)))[0]) == [5, 1]


@pytest.mark.parametrize(
    ("names", "areas"), [(("North", "Old Town"), ("NORTH", "old  town")), (("001", "010"), ("1", "10"))]
)
def test_names_that_differ_by_capitals_spaces_or_zeros_alone_are_the_same_and_told(read, names, areas):
    found, said = read(feature(areas[1], polygon(1)), feature(areas[0], polygon(0)), names=names)
    assert (found.names, lefts(found)) == (names, [0, 1])
    assert "2 names differ only in capitalisation, spaces or leading zeros" in said


def test_names_that_could_be_two_areas_are_not_guessed(read):
    with pytest.raises(InputError, match="has '001'"):
        read(feature("1", polygon(0)), feature("01", polygon(1)), feature("2", polygon(2)), names=("001", "2"))


def test_districts_on_both_sides_of_the_date_line_stand_side_by_side(read):
    found, _ = read(feature("a", polygon(179, 0.5)), feature("b", polygon(-180, 0.5)))
    assert lefts(found) == [179, 180]
    assert found.stretch == pytest.approx(1, abs=0.01)


def test_degrees_are_drawn_taller_towards_the_poles_and_metres_are_not(read):
    assert read(feature("a", polygon(0, 1, 59.5)), feature("b", polygon(1, 1, 59.5)))[0].stretch == pytest.approx(
        2, 0.03
    )
    found, said = read(feature("a", polygon(500000, 1000, 4.6e6)), feature("b", polygon(501000, 1000, 4.6e6)))
    assert found.stretch == 1
    assert "coordinates are not degrees (a projected map)" in said


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (polygon(500000, 1000), "some areas are in degrees and others are not"),
        (polygon(0), "'a' and 'b' have the same boundary"),
    ],
)
def test_a_map_that_looks_wrong_is_doubted(read, other, words):
    assert words in read(feature("a", polygon(0)), feature("b", other))[1]


def ring(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[*points, points[0]]]}


def test_a_boundary_that_crosses_itself_is_told_with_the_place(read):
    bow = ring((2, 0), (3, 1), (3, 0), (2, 1))
    touching = ring((4, 0), (6, 0), (6, 2), (5, 0), (4, 2))
    found, said = read(feature("a", bow), feature("b", polygon(0)))
    assert "the boundary of 'a' crosses itself, at 2.5, 0.5, and is drawn as it is" in said
    assert lefts(found) == [2, 0]
    assert "the boundary of 'a' and of 1 more crosses itself" in read(feature("a", bow), feature("b", bow))[1]
    assert "crosses itself" not in read(feature("a", touching), feature("b", polygon(0)))[1]


def test_latitudes_in_front_of_longitudes_are_doubted_where_they_can_be_told(read):
    words = "longitude and latitude look swapped"
    assert words in read(feature("a", polygon(14, 1, 121)), feature("b", polygon(15, 1, 121)))[1]
    assert words not in read(feature("a", polygon(121, 1, 14)), feature("b", polygon(122, 1, 14)))[1]
    assert words not in read(feature("a", polygon(500, 1, 121)), feature("b", polygon(501, 1, 121)))[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x00\x27\x0a" + bytes(96), "this is a shapefile: convert it in QGIS, or with: ogr2ogr"),
        (b"PK\x03\x04" + bytes(30), "perhaps of a shapefile"),
        (b"SQLite format 3\x00", "a GeoPackage"),
        (b'<?xml version="1.0"?><kml/>', "perhaps KML"),
        (b'{"type": "Topology", "objects": {}, "arcs": []}', "this is TopoJSON: save it as GeoJSON"),
    ],
)
def test_maps_of_other_kinds_are_named(tmp_path, content, words):
    (tmp_path / "map").write_bytes(content)
    with pytest.raises(InputError, match=r"population\.boundaries = ") as refused:
        read_map(str(tmp_path / "map"), 2, ["a", "b"])
    assert words in str(refused.value)
