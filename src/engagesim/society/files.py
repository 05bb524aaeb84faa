"""Read and check a user's own network and people; what the files leave out is drawn at random."""

import io
import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from engagesim.errors import InputError, no_such, reason, shown, span
from engagesim.files import GRAPH_BYTES, TABLE_BYTES, Table, check_xml, content, hint, table
from engagesim.parameters import Parameters

ATTRIBUTES = (
    "education",
    "vulnerability",
    "connected",
    "threshold",
    "efficacy_collaborate",
    "efficacy_confront",
    "trust",
    "reliance",
    "aspiration",
)
"""Attribute columns that a people file may have, each 0 to 1; there may also be ``person`` and ``district``."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class People:
    """What the user's files say; empty without files."""

    given: NDArray[np.float64] = field(repr=False)  # shape (ATTRIBUTES, citizens), NaN where not given
    district: NDArray[np.int64] | None = None
    peers: NDArray[np.int64] | None = None
    labels: tuple[str, ...] = ()


def read_people(parameters: Parameters) -> tuple[Parameters, People]:
    """Read the files that the parameters name; the number of citizens follows from them.

    Returns
    -------
    Parameters, People
        The parameters with ``population.citizens`` as in the files.

    Raises
    ------
    InputError
        If a file is wrong; the message names the file and the place in it, and says what is allowed.
    """
    frame = _read_table("population.file", parameters.population.file)
    if frame is not None and frame.gaps and "person" not in frame.cells.columns:
        raise InputError(
            f"population.file, row {frame.gaps[0]}: must not be empty; a person without attributes must have a name"
        )
    ties = _read_ties(parameters.network.file) if parameters.network.kind == "file" else None
    if frame is None and ties is None:
        return parameters, People(np.full((len(ATTRIBUTES), parameters.population.citizens), np.nan))
    labels = _labels(frame, ties)
    parameters = parameters.changed({"population.citizens": len(labels)})
    given, district = _attributes(parameters, frame, len(labels))
    return parameters, People(given, district, _numbered(ties, labels), tuple(labels))


def _read_table(place: str, file: str | None) -> Table | None:
    if file is None:
        return None
    try:
        found = table(Path(file), TABLE_BYTES)
    except OSError as error:
        raise InputError(f"{place} = {file}: must be a readable CSV file; {reason(error)}") from None
    except ValueError as error:
        raise InputError(f"{place} = {file}: must be a CSV table; {error}") from None
    if found.cells.empty:
        raise InputError(f"{place} = {file}: must have rows below its heading")
    if found.says:
        _log.info("%s: %s", place, found.says)
    return found


def _read_ties(file: str | None) -> list[tuple[str, str]]:
    place, path = "network.file", Path(str(file))
    if path.suffix.lower() in {".graphml", ".xml"}:
        return _read_graphml(place, path)
    found = _read_table(place, str(file))
    if found is None or not {"source", "target"} <= set(found.cells.columns):
        raise InputError(f"{place} = {file}: must have the columns source and target")
    ends = found.cells[["source", "target"]]
    half = (ends == "").any(axis=1)
    if half.any():
        raise InputError(f"{place} = {file}, row {half.idxmax()}: must have a source and a target")
    return list(ends.itertuples(index=False, name=None))


def _read_graphml(place: str, path: Path) -> list[tuple[str, str]]:
    try:
        found = content(path, GRAPH_BYTES)
        check_xml(found)
        graph = nx.read_graphml(io.BytesIO(found))
    except OSError as error:
        raise InputError(f"{place} = {path}: must be a readable file; {reason(error)}") from None
    except (ParseError, nx.NetworkXError, ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
        raise InputError(f"{place} = {path}: must be a GraphML graph; {' '.join(str(error).split())}") from None
    if None in graph:
        raise InputError(f"{place} = {path}: must name a source and a target for each tie")
    loners = [(str(node), str(node)) for node in nx.isolates(graph)]  # tied to nobody, but people of the village
    ties = [(str(edge[0]), str(edge[1])) for edge in graph.edges] + loners
    if not ties:
        raise InputError(f"{place} = {path}: must have ties")
    return ties


def _labels(frame: Table | None, ties: list[tuple[str, str]] | None) -> list[str]:
    """List the citizens in the order of the people file, or otherwise of their names (numbers as numbers)."""
    if frame is not None and "person" in frame.cells.columns:
        labels = frame.cells["person"].tolist()
        doubles = [label for label, count in Counter(labels).items() if count > 1]
        if doubles:
            raise InputError(
                f"population.file: must have each person in one row; {shown(min(doubles))} is in more than one"
            )
        return labels
    if frame is not None:
        return [str(row + 1) for row in range(len(frame.cells))]
    names = {name for tie in ties or () for name in tie}
    return sorted(names, key=_as_number)


def _as_number(name: str) -> tuple[int, int, str]:
    """Sort key that puts numbers first, by size, however long they are."""
    return (0, len(name.lstrip("0")), name.lstrip("0")) if name.isdecimal() else (1, 0, name)


def _numbered(ties: list[tuple[str, str]] | None, labels: list[str]) -> NDArray[np.int64] | None:
    if ties is None:
        return None
    number = {label: row for row, label in enumerate(labels)}
    unknown = next((name for tie in ties for name in tie if name not in number), None)
    if unknown is not None:
        raise InputError(no_such(unknown, "person in population.file", labels, place="network.file: "))
    pairs = {(min(a, b), max(a, b)) for a, b in ((number[one], number[other]) for one, other in ties) if a != b}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _attributes(
    parameters: Parameters, frame: Table | None, count: int
) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    given = np.full((len(ATTRIBUTES), count), np.nan)
    if frame is None:
        return given, None
    known = {*ATTRIBUTES, "person", "district"}
    columns = frame.cells.columns
    ignored = [name for name in columns if name not in known]
    if len(ignored) == len(columns):
        raise InputError(
            f"population.file: must have at least one of the columns {', '.join(sorted(known))}, separated by commas; "
            f"{shown(ignored[0])} is not one of them"
        )
    if ignored:
        _log.info("population.file: columns not used: %s", ", ".join(ignored))
    for row, name in enumerate(ATTRIBUTES):
        if name in columns:
            given[row] = _column(frame, name, 0.0, 1.0)
            missing = int(np.isnan(given[row]).sum())
            level = logging.WARNING if missing else logging.INFO
            words = "population.file: %s read for %d people, drawn at random for the other %d"
            _log.log(level, words, name, count - missing, missing)
    if "district" not in columns:
        return given, None
    district = _column(frame, "district", 0, parameters.population.districts - 1)
    wrong = np.flatnonzero(np.isnan(district) | (district != np.floor(district)))
    if wrong.size:
        raise InputError(f"population.file, row {frame.cells.index[wrong[0]]}, district: must be a whole number")
    return given, district.astype(np.int64)


def _column(frame: Table, name: str, low: float, high: float) -> NDArray[np.float64]:
    cells, values = frame.cells[name], frame.numbers(name)
    wrong = np.flatnonzero((cells != "") & ~values.between(low, high))
    if wrong.size:
        cell, row = cells.iloc[wrong[0]], cells.index[wrong[0]]
        place = f"population.file, row {row}, {name}"
        raise InputError(f"{place} = {shown(cell)}: must be {span(low, high)}, or empty{hint(cell)}")
    return np.asarray(values, dtype=np.float64)
