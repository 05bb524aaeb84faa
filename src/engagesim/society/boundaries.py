"""Boundaries of districts on a map, from GeoJSON."""

import logging
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

MAP_BYTES = 20_000_000
"""GeoJSON: boundaries of a few hundred districts, simplified, take one million bytes."""

type Ring = NDArray[np.float64]

_log = logging.getLogger(__name__)


class DistrictMap(NamedTuple):
    """The districts of a society on a map.

    Attributes
    ----------
    names : tuple of str
        Names or codes of the districts, in their order.
    rings : list of list of array
        For each district its rings, each an array of longitude and latitude, shape (points, 2).
    """

    names: tuple[str, ...]
    rings: list[list[Ring]]


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
        Names or codes of the districts, in their order; one property of the features must hold them. Without names, a
        property must hold the numbers 0, 1, 2 ..., or there must be as many areas as districts: then these are the
        districts, in the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, or a district has no boundary.
    """
    place = f"population.boundaries = {file}"
    try:
        tree = parsed_json(decoded(content(Path(file), MAP_BYTES)))
        features = list(_features(tree))
    except OSError as error:
        raise InputError(f"{place}: must be a readable file; {reason(error)}") from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        said = str(error) if isinstance(error, ValueError) else "its features must be polygons with properties"
        raise InputError(f"{place}: must be GeoJSON with one polygon per district; {said}") from None
    keys = list(dict.fromkeys(key for about, _ in features for key in about))
    if not keys:
        such = shown(names[0] if names else "0")
        raise InputError(f"{place}: must have features whose properties name the districts, such as {such}")
    by_key = {key: _areas(features, key) for key in keys}
    count = count or max(map(len, by_key.values()))
    wanted = list(names) or [str(district) for district in range(count)]
    key = max(keys, key=lambda each: len(by_key[each].keys() & set(wanted)))
    missing = [name for name in wanted if name not in by_key[key]]
    if missing and not names:
        naming = [each for each in keys if len(by_key[each]) == count and "" not in by_key[each]]
        if naming:
            key = max(naming, key=lambda each: not any(name.replace(".", "").isdecimal() for name in by_key[each]))
            wanted, missing = list(by_key[key]), []
            listed = ", ".join(wanted[:_MOST_LISTED]) + ", ..." * (count > _MOST_LISTED)
            _log.info("population.boundaries: the %d districts are its areas, in their order: %s", count, listed)
    if missing:
        hint = "" if names else f"; unless a people file names districts, it must have {count} areas, one for each"
        raise InputError(
            f"{place}: must have a boundary for each district; no property, such as {shown(key)}, has "
            f"{shown(missing[0])}{hint}"
        )
    spare = len(by_key[key]) - len(wanted)
    more = f"; {spare} other areas are not used" if spare else ""
    _log.info("population.boundaries: %d districts, known by the property %s%s", len(wanted), shown(key), more)
    return DistrictMap(tuple(wanted), [by_key[key][name] for name in wanted])


_MOST_LISTED = 12
"""The most names of districts that a sentence lists."""


def _areas(features: Sequence[tuple[Mapping[str, Any], list[Ring]]], key: str) -> dict[str, list[Ring]]:
    """Return the rings of each area by the property that names it; an area may have several features."""
    found: dict[str, list[Ring]] = {}
    for about, rings in features:
        value = about.get(key)
        found.setdefault("" if value is None else normal(value), []).extend(rings)
    return found


def _features(tree: Any) -> Iterator[tuple[dict[str, Any], list[Ring]]]:
    if not isinstance(tree, dict) or not isinstance(tree.get("features"), list):
        raise ValueError("it must be a FeatureCollection")
    for feature in tree["features"]:
        geometry, about = feature.get("geometry"), feature.get("properties") or {}
        if not isinstance(geometry, dict) or not isinstance(about, dict):
            continue
        match geometry.get("type"):
            case "Polygon":
                polygons = [geometry["coordinates"]]
            case "MultiPolygon":
                polygons = geometry["coordinates"]
            case _:
                continue
        if "id" in feature:
            about = {**about, "id": feature["id"]}
        yield about, [_ring(ring) for polygon in polygons for ring in polygon]


def _ring(points: Any) -> Ring:
    ring = np.array([point[:2] for point in points], dtype=np.float64)
    if ring.ndim != 2 or ring.shape[0] < 3 or not np.isfinite(ring).all() or np.abs(ring).max() > 1e9:
        raise ValueError("each of its rings must be three points or more, each of two finite numbers")
    return ring
