"""Boundaries of districts on a map, from GeoJSON."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import InputError, reason, shown
from engagesim.files import content, decoded, parsed_json
from engagesim.parameters import Parameters
from engagesim.society.files import read_people
from engagesim.society.graphs import normal
from engagesim.society.matching import listed, spelling

MAP_BYTES = 20_000_000
"""Largest size of a GeoJSON file, in bytes; simplified boundaries of a few hundred districts take about a megabyte."""

type Ring = NDArray[np.float64]

_log = logging.getLogger(__name__)


class DistrictMap(NamedTuple):
    """The districts of a society on a map.

    Attributes
    ----------
    names : tuple of str
        Names or codes of the districts, in their order.
    rings : list of list of array
        The rings of each district, each an array of longitudes and latitudes, shape (points, 2).
    """

    names: tuple[str, ...]
    rings: list[list[Ring]]

    @property
    def stretch(self) -> float:
        """Ratio of height to width for drawing a unit: for degrees, it rises towards the poles; otherwise, it is 1."""
        every = np.concatenate([ring for some in self.rings for ring in some])
        return float(1 / max(np.cos(np.radians(every[:, 1].mean())), 0.1)) if _is_geographic(every) else 1.0


def map_of(parameters: Parameters) -> DistrictMap | None:
    """Return the map of a society, or None if it has no boundaries.

    Raises
    ------
    InputError
        If a file cannot be read, or a district has no boundary.
    """
    file = parameters.population.boundaries
    if file is None:
        return None
    parameters, people = read_people(parameters)
    return read_map(file, parameters.population.districts, people.districts)


def read_map(file: str, count: int | None = None, names: Sequence[str] = ()) -> DistrictMap:
    """Read the boundaries of districts.

    Parameters
    ----------
    file : str
        GeoJSON with one feature per district.
    count : int, optional
        The number of districts; by default, as many as there are areas.
    names : sequence of str
        Names or codes of the districts, in their order; one property of the features must hold them. Without names,
        either a property holds the numbers 0, 1, 2 ..., or there are as many areas as districts, which are then read in
        the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, or a district has no boundary.
    """
    place = f"population.boundaries = {file}"
    features = _read(place, file)
    keys = list(dict.fromkeys(key for about, rings in features if rings for key in about))
    if not keys:
        such = shown(names[0] if names else "0")
        raise InputError(f"{place}: must have polygons whose properties name the districts, such as {such}")
    by_key = {key: _areas(features, key) for key in keys}
    count = count or max(map(len, by_key.values()))
    wanted = list(names) or [str(district) for district in range(count)]
    spelt = set(map(spelling, wanted))
    key = max(
        keys, key=lambda each: (len(by_key[each].keys() & set(wanted)), len(spelt & set(map(spelling, by_key[each]))))
    )
    if names:
        by_key[key] = _spelt_as(wanted, by_key[key])
    missing = [name for name in wanted if name not in by_key[key]]
    if missing and not names:
        naming = [each for each in keys if len(by_key[each]) == count and "" not in by_key[each]]
        if naming:
            key = max(naming, key=lambda each: not any(name.replace(".", "").isdecimal() for name in by_key[each]))
            wanted, missing = list(by_key[key]), []
            _log.info(
                "population.boundaries: the %d districts are its areas, in their order: %s", count, listed(wanted)
            )
    if missing:
        hint = "" if names else f"; unless a people file names the districts, it must have {count} areas, one for each"
        if any(normal(about.get(key)) == missing[0] for about, _ in features):
            hint = "; its feature has no polygon"
        raise InputError(
            f"{place}: must have a boundary for each district; no property, such as {shown(key)}, has "
            f"{shown(missing[0])}{hint}"
        )
    spare = len(by_key[key]) - len(wanted)
    more = f"; {spare} other area{'s are' if spare > 1 else ' is'} not used" if spare else ""
    _log.info("population.boundaries: %d districts, known by the property %s%s", len(wanted), shown(key), more)
    return DistrictMap(tuple(wanted), _drawable(place, {name: by_key[key][name] for name in wanted}))


def _read(place: str, file: str) -> list[tuple[dict[str, Any], list[Ring]]]:
    """Return the properties and rings of each feature; a feature without a polygon has no rings."""
    try:
        found = content(Path(file), MAP_BYTES)
        for begin, what in _OTHER_KINDS:
            if found.lstrip().startswith(begin):
                raise ValueError(f"this is {what}: convert it in QGIS, or with: ogr2ogr districts.geojson FILE")
        return list(_features(parsed_json(decoded(found))))
    except OSError as error:
        raise InputError(f"{place}: must be a readable file; {reason(error)}") from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        said = str(error) if isinstance(error, ValueError) else "its features must be polygons with properties"
        raise InputError(f"{place}: must be GeoJSON with one polygon per district; {said}") from None


_OTHER_KINDS = (
    (b"\x00\x00\x27\x0a", "a shapefile"), (b"PK", "a compressed file, perhaps of a shapefile"),
    (b"SQLite format 3", "a GeoPackage"), (b"<", "XML, perhaps KML or GML"),
)  # fmt: skip


def _spelt_as(wanted: Sequence[str], areas: dict[str, list[Ring]]) -> dict[str, list[Ring]]:
    """Return areas, renamed like districts from which they differ only in capitalisation, spaces or leading zeros."""
    by_spelling = {spelling(name): name for name in wanted}
    alike = {area: by_spelling.get(spelling(area), area) for area in areas if area not in wanted}
    alike = {area: name for area, name in alike.items() if name != area and name not in areas}
    if not alike or len(set(alike.values())) < len(alike) or len(by_spelling) < len(wanted):
        return areas
    area, name = next(iter(alike.items()))
    _log.warning(
        "population.boundaries: %d names differ only in capitalisation, spaces or leading zeros and are read as the "
        "same: %s is %s", len(alike), shown(area), shown(name),
    )  # fmt: skip
    return {alike.get(area, area): rings for area, rings in areas.items()}


def _drawable(place: str, areas: Mapping[str, list[Ring]]) -> list[list[Ring]]:
    """Return the rings of all areas on one map, and log anything that would look wrong there."""
    flat = next((name for name, rings in areas.items() if not any(map(_has_area, rings))), None)
    if flat is not None:
        raise InputError(f"{place}: must have an area for each district; the polygon of {shown(flat)} has none")
    kinds = {bool(_is_geographic(ring)) for rings in areas.values() for ring in rings}
    if kinds == {True, False}:
        _log.warning(
            "population.boundaries: some areas are in degrees and others are not, so the map is wrong; save all in one "
            "coordinate system"
        )
    elif kinds == {False} and all(_is_geographic(ring[:, ::-1]) for rings in areas.values() for ring in rings):
        _log.warning(
            "population.boundaries: has latitudes beyond 90 degrees, so the map is wrong: longitude and latitude look "
            "swapped; GeoJSON has the longitude first"
        )
    elif kinds == {False}:
        _log.info("population.boundaries: coordinates are not degrees (a projected map) and are drawn as they are")
    shapes: dict[bytes, str] = {}
    for name, rings in areas.items():
        twin = shapes.setdefault(b"".join(ring.tobytes() for ring in rings), name)
        if twin != name:
            _log.warning("population.boundaries: %s and %s have the same boundary", shown(twin), shown(name))
    _tell_crossings(areas)
    west = np.concatenate([ring[:, 0] for rings in areas.values() for ring in rings])
    shifted = np.where(west < 0, west + 360, west)
    if kinds == {True} and np.ptp(shifted) < np.ptp(west):  # some districts are on either side of the date line
        for ring in (ring for rings in areas.values() for ring in rings):
            ring[ring[:, 0] < 0, 0] += 360
    return list(areas.values())


def _tell_crossings(areas: Mapping[str, list[Ring]]) -> None:
    """Warn about boundaries that cross themselves; rings that only touch themselves are drawn as intended."""
    from shapely import is_valid_reason, polygons  # noqa: PLC0415 - few have maps

    owners = [name for name, rings in areas.items() for _ in rings]
    said = is_valid_reason([polygons(ring) for rings in areas.values() for ring in rings])
    crossed: dict[str, str] = {}
    for name, words in zip(owners, said, strict=True):
        place = _CROSSING.fullmatch(words)
        if place is not None:
            crossed.setdefault(name, f"{float(place[1]):.6g}, {float(place[2]):.6g}")
    if crossed:
        name, where = next(iter(crossed.items()))
        more = f" and of {len(crossed) - 1} more" * (len(crossed) > 1)
        _log.warning(
            "population.boundaries: the boundary of %s%s crosses itself, at %s, and is drawn as it is; QGIS repairs it "
            "with Fix geometries", shown(name), more, where,
        )  # fmt: skip


_CROSSING = re.compile(r"Self-intersection\[(\S+) (\S+)\]")


def _has_area(ring: Ring) -> bool:
    return bool(np.ptp(ring, axis=0).all())


def _is_geographic(points: Ring) -> bool:
    return bool((np.abs(points) <= (360.0, 90.0)).all())


def _areas(features: Sequence[tuple[Mapping[str, Any], list[Ring]]], key: str) -> dict[str, list[Ring]]:
    """Return the rings of each area by the property that names it; an area may have several features."""
    found: dict[str, list[Ring]] = {}
    for about, rings in features:
        if rings:
            value = about.get(key)
            found.setdefault("" if value is None else normal(value), []).extend(rings)
    return found


def _features(tree: Any) -> Iterator[tuple[dict[str, Any], list[Ring]]]:
    if isinstance(tree, dict) and tree.get("type") == "Topology":
        raise ValueError("this is TopoJSON: save it as GeoJSON")
    if not isinstance(tree, dict) or not isinstance(tree.get("features"), list):
        raise ValueError("it must be a FeatureCollection")
    for feature in tree["features"]:
        if feature is None:
            continue
        about = feature.get("properties") or {}
        if not isinstance(about, dict):
            continue
        if "id" in feature:
            about = {**about, "id": feature["id"]}
        yield about, [_ring(ring) for polygon in _polygons(feature.get("geometry")) for ring in polygon]


def _polygons(geometry: Any) -> Iterator[Any]:
    """Yield the coordinates of each polygon of a geometry; lines and points have none."""
    match geometry:
        case {"type": "Polygon"}:
            yield geometry["coordinates"]
        case {"type": "MultiPolygon"}:
            yield from geometry["coordinates"]
        case {"type": "GeometryCollection"}:
            for part in geometry["geometries"]:
                if part.get("type") != "GeometryCollection":  # a nested one would violate the standard
                    yield from _polygons(part)


def _ring(points: Any) -> Ring:
    ring = np.array([point[:2] for point in points], dtype=np.float64)
    if ring.ndim != 2 or ring.shape[0] < 3 or not np.isfinite(ring).all() or np.abs(ring).max() > 1e9:
        raise ValueError("each of its rings must be three points or more, each of two finite numbers")
    return ring
