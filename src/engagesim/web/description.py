"""A society as data for the page: its values by path, its schedules, and the data in the user's files."""

import base64
from operator import attrgetter
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from engagesim.parameters import FIXED, Intervention, Parameters, settings_of
from engagesim.report.map_figure import MOST_NAMED, SIMULATED, scale
from engagesim.society.boundaries import DistrictMap, map_of
from engagesim.society.files import People, read_people

_SCHEDULE = ("name", "start", "stop", "ramp", "where", "lot", "intensity", "set", "add", "when", "lasts")
_USUAL = Intervention(name="usual").model_dump(mode="json", exclude={"name", "start"})


def described(parameters: Parameters) -> dict[str, Any]:
    """Return everything that the page needs to simulate a society with results identical to the engine's.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the society; files that they name are read, and the data in them go into the page.

    Returns
    -------
    dict
        ``values`` (numbers by path), ``network``, ``trends``, ``form`` and ``interventions`` (schedules), ``people``
        (the data in files; None if there are none), ``map`` (None without boundaries), ``name``, ``seed``
        and ``months``.

    Raises
    ------
    InputError
        If a file is wrong; the message names the file and the place in it.
    """
    known, people = read_people(parameters)
    paths = dict.fromkeys((*(setting.path for setting in settings_of(type(known))), *FIXED))
    form = known.engagement
    plan = Intervention(name=form.form, start=form.start, stop=form.stop, ramp=form.ramp, where=form.where)
    return {
        "name": known.name,
        "seed": known.seed,
        "months": known.months,
        "network": {"kind": known.network.kind, "seed": known.network.seed},
        "values": {path: attrgetter(path)(known) for path in paths},
        "trends": [schedule(entry) for entry in known.trends],
        "form": {**schedule(plan), "form": form.form},
        "interventions": [schedule(entry) for entry in known.interventions],
        "people": _told(people) if has_files(known) else None,
        "map": _drawn(districts) if (districts := map_of(parameters)) is not None else None,
    }


def _drawn(districts: DistrictMap) -> dict[str, Any]:
    """Return a map as data for the page: each district as one SVG path, on a sheet of ``_PAPER`` units."""
    points = np.concatenate([ring for rings in districts.rings for ring in rings])
    unit = np.array([1.0, districts.stretch])
    corner, size = (points * unit).min(axis=0), np.ptp(points * unit, axis=0)
    shrink = _PAPER / size.max()
    paths, middles = [], []
    for rings in districts.rings:
        placed = [((ring * unit - corner) * shrink).round() for ring in rings]
        placed = [np.column_stack([ring[:, 0], np.round(size[1] * shrink) - ring[:, 1]]) for ring in placed]
        paths.append("".join(map(_path, placed)))
        middles.append(max(placed, key=len).mean(axis=0).round().tolist())
    return {
        "names": list(districts.names),
        "paths": paths,
        "middles": middles,
        "size": (size * shrink).round().tolist(),
        "colours": [to_hex(colour) for colour in scale()(np.linspace(0, 1, scale().N))],
        "label": SIMULATED,
        "named": len(districts.names) <= MOST_NAMED,
    }


_PAPER = 1000


def _path(ring: NDArray[np.float64]) -> str:
    """Return a ring as a path in whole units, without points that repeat the previous point."""
    kept = np.concatenate([[True], (np.diff(ring, axis=0) != 0).any(axis=1)])
    return f"M{' '.join(f'{x:.0f},{y:.0f}' for x, y in ring[kept])}Z"


def has_files(parameters: Parameters) -> bool:
    """Return whether a society has people or ties from a user's files."""
    return parameters.population.file is not None or parameters.network.kind == "file"


def schedule(entry: Intervention) -> dict[str, Any]:
    """Return a schedule as data for the page, without default values."""
    known = entry.model_dump(mode="json", include={*_SCHEDULE})
    return {name: value for name, value in known.items() if name not in _USUAL or value != _USUAL[name]}


def _told(people: People) -> dict[str, Any]:
    """Return the data in a user's files, with arrays as base64; arrays without data are left out."""
    rows = {name: getattr(people, name) for name in ("district", "service_point", "broker", "peers", "profession")}
    return {
        "given": {kind: _packed(given) for kind, given in people.given.items() if not np.isnan(given).all()},
        **{name: None if found is None else _packed(found.astype(np.int32)) for name, found in rows.items()},
        "labels": list(people.labels),
        "districts": list(people.districts),
    }


def _packed(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()).decode()
