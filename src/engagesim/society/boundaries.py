"""Boundaries of districts on a map, from GeoJSON."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import InputError, reason, shown
from engagesim.files import content, decoded, parsed_json
from engagesim.society.graphs import normal

MAP_BYTES = 20_000_000
"""GeoJSON: boundaries of a few hundred districts, simplified, take one million bytes."""

type Ring = NDArray[np.float64]

_log = logging.getLogger(__name__)


def read_boundaries(file: str, names: Sequence[str]) -> list[list[Ring]]:
    """Read the boundaries of districts.

    Parameters
    ----------
    file : str
        GeoJSON with one feature per district.
    names : sequence of str
        Names or codes of the districts, in their order; one property of the features must hold them.

    Returns
    -------
    list of list of array
        For each district its rings, each an array of longitude and latitude, shape (points, 2).

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
    except (ValueError, TypeError, KeyError, IndexError) as error:
        said = str(error) if isinstance(error, ValueError) else "its features must be polygons with properties"
        raise InputError(f"{place}: must be GeoJSON with one polygon per district; {said}") from None
    keys = list(dict.fromkeys(key for about, _ in features for key in about))
    if not keys:
        raise InputError(f"{place}: must have features whose properties name the districts, such as {shown(names[0])}")
    matches = {key: len({normal(about.get(key)) for about, _ in features} & set(names)) for key in keys}
    key = max(keys, key=matches.__getitem__)
    found: dict[str, list[Ring]] = {}
    for about, rings in features:
        found.setdefault(normal(about.get(key)), []).extend(rings)
    missing = [name for name in names if name not in found]
    if missing:
        raise InputError(
            f"{place}: must have a boundary for each district; no property, such as {shown(key)}, has "
            f"{shown(missing[0])}"
        )
    spare = len(found) - len(names)
    more = f"; {spare} other areas are not used" if spare else ""
    _log.info("population.boundaries: %d districts, known by the property %s%s", len(names), shown(key), more)
    return [found[name] for name in names]


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
