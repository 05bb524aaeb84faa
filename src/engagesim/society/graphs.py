"""Read networks from tables, matrices, GraphML, GEXF, GML, Pajek and JSON.

Only people and the ties between them count. Directions are dropped, and weights only decide what counts as a tie. Other
attributes of people are kept, because they may be their names.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from engagesim.files import GRAPH_BYTES, TABLE_BYTES, check_xml, content, decoded, parsed_json
from engagesim.society.tables import Table, check_kind, counted, headed, hint, is_total, sheet

SLOW_BYTES = 20_000_000
"""Largest size of GML, Pajek and JSON files, in bytes; files of this size take a minute to read."""

MOST_IN_MATRIX = 3000
"""Largest number of people in an adjacency matrix, which then has nine million cells."""

KINDS = "an edge list, a matrix, GraphML, GEXF, GML, Pajek or node-link JSON"


@dataclass
class Network:
    """People and the ties between them, by id; nothing is left out yet.

    ``names`` holds further attributes that may name people, each by id.
    """

    people: dict[str, None] = field(default_factory=dict)  # in order
    ties: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    is_directed: bool = False
    odd_weights: list[str] = field(default_factory=list)  # that are not numbers
    low: int = 0  # ties left out because of their weight
    has_weights: bool = False

    def add(self, one: str, other: str, weight: str | float | None, threshold: float) -> None:
        """Add both people, and a tie unless its weight is too low."""
        one, other = normal(one), normal(other)
        self.people[one] = self.people[other] = None
        self.has_weights |= weight is not None
        if weight is not None and _number(weight) <= threshold:
            self.low += 1
            return
        if weight is not None and _number(weight) == np.inf and str(weight).strip():
            self.odd_weights.append(str(weight))
        self.ties.append((one, other))


def normal(name: Any) -> str:
    """Return an id in its normal form: 2.0 becomes 2, and ids that look alike become equal.

    Spaces around it, doubled spaces and invisible characters are removed; letters with accents become one character.
    """
    found = str(name)
    if _UNUSUAL.search(found):
        found = unicodedata.normalize("NFC", found.translate(_UNSEEN))
    return _WHOLE.sub(r"\1", " ".join(found.split()))


def normal_all(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Return cells as ids in their normal form (see ``normal``)."""
    unusual = cells.str.contains(_UNUSUAL)
    if unusual.any():
        cells = cells.where(~unusual, cells[unusual].map(normal))
    return cells.str.replace(_WHOLE, r"\1", regex=True)


def tidied(before: "pd.Series[str]", after: "pd.Series[str]") -> str:
    """Describe how ``normal_all`` changed ids, with an example, or return an empty text if it changed none."""
    place = int((before != after).to_numpy().argmax())
    one, other = before.iloc[place], after.iloc[place]
    if one == other:
        return ""
    has_marks = unicodedata.normalize("NFC", one) != one  # characters that a screen does not show
    return f"ids such as {ascii(one) if has_marks else repr(one)} are read as {other!r}"


def doubts_of(ids: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each way in which a program seems to have damaged ids."""
    found = list(ids)
    rounded = next(filter(_ROUNDED.fullmatch, found), None)
    if rounded is not None:
        yield (
            f"ids such as {rounded!r} look rounded, as Excel rounds long numbers, so one may stand for several people: "
            "save the ids as text"
        )
    dated = next(filter(_DATED.fullmatch, found), None)
    if dated is not None:
        yield f"ids such as {dated!r} look like dates, which Excel makes from 3-1 or MAR1: save the ids as text"


_WHOLE = re.compile(r"^(-?\d+)\.0+$")
_UNUSUAL = re.compile(r"[^ -~]|  ")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00ad"))
"""Characters without width; those that join letters stay, because some scripts need them."""

_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATED = re.compile(rf"\d\d?[-. ]{{1,2}}{_MONTH}|{_MONTH}[-. ]\d\d(?:\d\d)?|\d{{4}}-\d\d-\d\d", re.IGNORECASE)


def read_network(path: Path, threshold: float = 0.0) -> Network:
    """Read a network from a file.

    Parameters
    ----------
    path : Path
    threshold : float
        Weight up to which a tie does not count, if ties have weights.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If the file is not a network, or exceeds a limit; the message says what it must be.
    ExtraError
        If its format needs an extra that is not installed.
    """
    found = content(path, GRAPH_BYTES)
    check_kind(found, path.suffix)
    begin = found[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if begin.startswith((b"<stata_dta>", b"PK\x03\x04", b"PAR1", b"$FL")) or path.suffix.lower() == ".dta":
        network = _of_table(sheet(path, TABLE_BYTES, MOST_IN_MATRIX + 1), threshold)
    elif (
        begin.startswith((b"<", "<".encode("utf-16"), "<".encode("utf-16-be"), b"\xfe\xff\x00<"))
        or path.suffix.lower() in _XML
    ):
        network = _Xml(threshold).read(found)
    elif begin[:1] in {b"{", b"["}:
        network = _of_json(_slow(found), threshold)
    elif _GML.match(begin):
        network = _of_gml(_slow(found), threshold)
    elif _PAJEK.match(begin):
        network = _of_pajek(_slow(found), threshold)
    else:
        network = _of_table(sheet(path, TABLE_BYTES, MOST_IN_MATRIX + 1), threshold)
    if not network.people:
        raise ValueError("it must have ties")
    network.doubts += doubts_of(network.people)
    _check_weights(network, threshold)
    if not network.ties:
        network.doubts.append("no tie is left")
    return network


def _check_weights(network: Network, threshold: float) -> None:
    """Note what weights decide, and refuse ties without them if a threshold is set."""
    odd = network.odd_weights
    if threshold > 0 and network.ties and not network.has_weights:
        raise ValueError("its ties must have a weight, tie or value, because network.threshold is set")
    if odd and threshold > 0:
        raise ValueError(f"the weights of its ties must be numbers, not {odd[0][:40]!r}, as network.threshold is set")
    if network.low:
        network.notes.append(_do_not_count(network.low, "tie", "a weight", threshold))
    if odd:
        network.doubts.append(_stay_ties(len(odd), "tie", "weight", odd[0]))


def _stay_ties(count: int, what: str, name: str, weight: str) -> str:
    has, stays = ("has", "stays a tie") if count == 1 else ("have", "stay ties")
    return f"{counted(count, what)} {has} a {name} that is no number, such as {weight[:40]!r}, and {stays}"


def _do_not_count(count: int, what: str, name: str, threshold: float) -> str:
    do = "does" if count == 1 else "do"
    return f"{counted(count, what)} with {name} of at most {threshold:g} {do} not count (network.threshold)"


_XML = {".graphml", ".xml", ".gexf"}
_GML = re.compile(rb"(?:(?:Creator|Version|comment|#)[^\n]*\n\s*)*(?:directed\s+\d\s+)?graph\s*\[", re.IGNORECASE)
_PAJEK = re.compile(
    rb"(?:%[^\n]*\n\s*)*\*(?:network|vertices|partition|vector|permutation|cluster|hierarchy)", re.IGNORECASE
)


def _slow(found: bytes) -> str:
    if len(found) > SLOW_BYTES:
        raise ValueError(f"it must have at most {SLOW_BYTES:,} bytes, not {len(found):,}: save it as GraphML or CSV")
    return decoded(found)


def _number(weight: str | float) -> float:
    """Return a weight as a number, or infinity if it is not a number, so that the tie stays."""
    try:
        number = float(weight)
    except ValueError:
        return np.inf
    return np.inf if np.isnan(number) else number


def _is_weight(name: str) -> bool:
    return plain(name) in {"weight", "weights", "tie", "ties", "value", "strength", "edgeweight"}


def plain(name: str) -> str:
    """Return the name of a column in lower case, without spaces, points or dashes."""
    return re.sub(r"[\s_.\-]", "", name).lower()


# Tables

_ENDS = (
    ("source", "target"), ("from", "to"), ("ego", "alter"), ("sender", "receiver"), ("fromnodeid", "tonodeid"),
    ("fromid", "toid"), ("sourceid", "targetid"), ("node1", "node2"), ("person1", "person2"), ("id1", "id2"),
    ("tail", "head"), ("subject", "object"), ("i", "j"), ("v1", "v2"), (":startid", ":endid"),
)  # fmt: skip
"""Names that programs give to the two ends of a tie."""


def _of_table(found: Table, threshold: float) -> Network:
    matrix = _matrix(found.cells)
    if matrix is not None:
        names, numbers, has_totals = matrix
        network = _of_matrix(names, numbers, threshold)
        network.notes[:0] = (*found.notes, *["its totals are left out"] * has_totals)
        return network
    if found.cells.shape[1] > 1000:
        raise ValueError(f"a row must have at most 1,000 columns, not {found.cells.shape[1]:,}")
    return _of_rows(*_edge_list(found), threshold)


def _edge_list(found: Table) -> tuple[Table, str, str]:
    """Return a table with a heading, and its columns for the two ends of a tie."""
    cells = found.cells
    if cells.shape[1] < 2:
        raise ValueError("it must have the columns source and target, with a comma, semicolon or tab between them")
    if _is_headless(cells) and not found.said_heading:
        return _without_heading(found)
    table = headed(found)
    by_plain = {plain(name): name for name in reversed(table.cells.columns) if name}
    for source, target in _ENDS:
        if source in by_plain and target in by_plain:
            return table, by_plain[source], by_plain[target]
    if _is_headless(cells):
        return _without_heading(found)
    names = ", ".join(repr(name[:40]) for name in table.cells.columns[:12])
    more = f" ({table.says})" if table.notes else ""
    raise ValueError(f"it must have the columns source and target; it has {names}{more}: rename the two ends of a tie")


def _is_headless(cells: pd.DataFrame) -> bool:
    """Whether the first row is a tie: it holds numbers, or people who also appear in rows below."""
    ends = cells.iloc[0, :2]
    if cells.shape[1] > 3:
        return False
    if all(end.replace(".", "", 1).isdecimal() for end in ends):
        return True
    below = set(cells.iloc[1:, :2].to_numpy().ravel().tolist())
    return all(end in below for end in ends) and "" not in set(ends)


def _without_heading(found: Table) -> tuple[Table, str, str]:
    names = ["source", "target", "weight"][: found.cells.shape[1]]
    said = "two columns are" if len(names) == 2 else "columns are source, target and weight: the first two are"
    notes = (*found.notes, f"no heading: the {said} read as the two ends of a tie")
    return replace(found, cells=found.cells.set_axis(names, axis=1), notes=notes), "source", "target"


def _of_rows(table: Table, source: str, target: str, threshold: float) -> Network:
    network = Network(notes=list(table.notes), has_weights=True)
    ends = table.cells[[source, target]]
    half = table.missing(source) | table.missing(target)
    if half.any():
        raise ValueError(f"row {half.idxmax()} must have a source and a target")
    before, ends = ends, ends.apply(normal_all)
    network.notes += filter(None, [tidied(before.melt()["value"], ends.melt()["value"])])
    others = [name for name in table.cells.columns if name not in {source, target}]
    is_tie = pd.Series(True, index=ends.index)
    for name in filter(_is_weight, list(others)):
        weights = table.numbers(name).fillna(table.cells[name].str.lower().map(_YES_OR_NO))
        odd = weights.isna() & ~table.missing(name)
        if odd.any():
            first = int(odd.to_numpy().argmax())
            cell = table.cells[name].iloc[first]
            if threshold > 0 or _COMMA.fullmatch(cell):  # 0,0 may stand for no tie
                why = ", because network.threshold is set" if threshold > 0 else ""
                raise ValueError(f"row {odd.index[first]}, {name} = {cell!r} must be a number{why}{hint(cell)}")
            others.remove(name)
            network.doubts.append(_stay_ties(int(odd.sum()), "row", name, cell))
        low = weights <= threshold
        if low.any() or threshold > 0:
            others = [each for each in others if each != name]
            is_tie &= ~low
            network.notes.append(_do_not_count(int(low.sum()), "row", name, threshold))
    if threshold > 0 and not any(map(_is_weight, table.cells.columns)):
        has = ", ".join(repr(name[:40]) for name in [source, target, *others][:12])
        raise ValueError(
            f"it must have a column weight, tie or value, because network.threshold is set; it has {has}: rename one"
        )
    network.people = dict.fromkeys(ends.to_numpy().ravel().tolist())
    network.ties = list(ends[is_tie].itertuples(index=False, name=None))
    unused = [name for name in others if name]
    zeros = next((name for name in unused if _may_weigh(name, table)), None)
    if zeros is not None and not any(map(_is_weight, table.cells.columns)):
        network.doubts.append(
            f"the column {zeros[:40]!r} has zeros, but all rows are ties; if 0 means no tie there, call it weight"
        )
    if unused:
        network.notes.append(f"columns not used: {', '.join(unused)[:300]}")
    return network


def _may_weigh(name: str, table: Table) -> bool:
    """Whether a column has only numbers, at least one zero among them, and some number more than once."""
    cells, numbers = table.cells[name], table.numbers(name)
    return bool((numbers == 0).any() and numbers.notna().all() and not cells.is_unique)


_COMMA = re.compile(r"[+-]?\d*,\d+")
_YES_OR_NO = {"yes": 1.0, "true": 1.0, "y": 1.0, "no": 0.0, "false": 0.0, "n": 0.0}


def _matrix(cells: pd.DataFrame) -> tuple[list[str], pd.DataFrame, bool] | None:
    """Return the names and numbers of an adjacency matrix, and whether it had totals; names are optional.

    Return None if the table is not a matrix.
    """
    before = cells.shape
    if is_total(str(cells.iloc[0, -1])):
        cells = cells.iloc[:, :-1]
    if is_total(str(cells.iloc[-1, 0])):
        cells = cells.iloc[:-1]
    has_totals = cells.shape != before
    rows, columns = cells.shape
    if columns < _LEAST_IN_MATRIX or rows - columns not in {0, 1}:
        return None
    first = cells.iloc[0].tolist()
    if rows == columns:
        named = cells.iloc[1:, 0].tolist()
        if set(first[1:]) == set(named) and len(set(first)) == columns:
            numbers = cells.iloc[1:, 1:].set_axis(first[1:], axis=1)
            return named, numbers.loc[:, named], has_totals
        names, numbers = [str(row + 1) for row in range(rows)], cells
    else:
        names, numbers = first, cells.iloc[1:]
    is_whole = numbers.iloc[0].str.fullmatch(r"-?[\d.]*").all() and len(set(names)) == len(names)
    return (names, numbers, has_totals) if is_whole else None


_LEAST_IN_MATRIX = 5


def _of_matrix(names: list[str], cells: pd.DataFrame, threshold: float) -> Network:
    if len(names) > MOST_IN_MATRIX:
        raise ValueError(
            f"a matrix must have at most {MOST_IN_MATRIX:,} people, not {len(names):,}: save a list of ties"
        )
    numbers = cells.replace("", "0").apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    wrong = np.argwhere(np.isnan(numbers))
    if len(wrong):
        row, column = wrong[0]
        place = f"row {cells.index[row]}, column {column + 1}"
        raise ValueError(f"{place} = {cells.iloc[row, column]!r} must be a number, such as 1 for a tie and 0 for none")
    named = [normal(name) for name in names]
    is_directed = bool(np.triu(numbers, 1).any() and np.tril(numbers, -1).any()) and not (numbers == numbers.T).all()
    numbers = np.maximum(numbers, numbers.T) if not is_directed else numbers
    pairs = np.argwhere((numbers if is_directed else np.triu(numbers)) > threshold)
    network = Network(dict.fromkeys(named), [(named[row], named[column]) for row, column in pairs])
    network.notes.append(f"read as a matrix of {len(named)} people")
    network.is_directed, network.has_weights = is_directed, True
    return network


# Graphs


class _Xml:
    """GraphML and GEXF, read for ids and ends only, because networkx refuses attributes that many programs write."""

    def __init__(self, threshold: float) -> None:
        self.network, self.threshold = Network(), threshold
        self.nodes: list[str] = []  # open elements, the innermost last
        self.edge: dict[str, Any] | None = None
        self.kinds: tuple[str, ...] = ("node", "edge")  # whose attributes are declared; in GEXF, one after the other
        self.keys: dict[tuple[str, str], str] = {}  # names of attributes by kind and id
        self.key: str | None = None
        self.text: list[str] = []
        self.counts: Counter[str] = Counter()
        self.groups: set[str] = set()  # nodes that contain a graph

    def read(self, found: bytes) -> Network:
        check_xml(found, self.start, self.end, self.text.append)
        if not self.counts["graphml"] + self.counts["gexf"]:
            raise ValueError("it must be GraphML or GEXF")
        network, counts = self.network, self.counts
        self._leave_groups_out()
        if counts["graph"] > 1:
            inner = f", {counts['nested']} of them within nodes" if counts["nested"] else ""
            network.notes.append(f"{counts['graph']} graphs{inner} are read as one")
        if counts["twice"] and counts["graph"] == 1:
            network.doubts.append(f"{counts['twice']} nodes have the id of an earlier node and are read as the same")
        if counts["times"]:
            network.notes.append(_ALL_TIMES)
        if counts["port"]:
            network.notes.append(f"{counts['port']} ports are read as their nodes")
        return network

    def _leave_groups_out(self) -> None:
        network = self.network
        tied = {end for tie in network.ties for end in tie}
        holding = self.groups & network.people.keys()
        groups = holding - tied
        if groups:
            network.people = {each: None for each in network.people if each not in groups}
            for given in network.names.values():
                for group in groups & given.keys():
                    del given[group]
            network.notes.append(f"{len(groups)} of its nodes contain others and have no ties: groups, not people")
        if holding & tied:
            network.doubts.append(
                f"nodes that contain others and have ties, such as {min(holding & tied)!r}, are read as people; if "
                "they are groups, take their ties out"
            )

    def start(self, full_name: str, about: dict[str, str]) -> None:
        name = full_name.rpartition(":")[2]
        self.counts["times"] += "start" in about and name in {"node", "edge", "spell"}
        if name in {"graphml", "gexf", "graph", "port"}:
            self.counts[name] += 1
        match name:
            case "hyperedge":
                raise ValueError(
                    "each of its ties must join two people: write a hyperedge as ties between all its nodes"
                )
            case "edge":
                self._edge(about)
            case "graph":
                self.counts["nested"] += bool(self.nodes)
                self.groups.update(self.nodes[-1:])
                self.network.is_directed |= "directed" in {about.get("edgedefault"), about.get("defaultedgetype")}
            case "attributes" | "attribute" | "key":
                self._declare(name, about)
            case "nodes":  # of GEXF, within a node
                self.groups.update(self.nodes[-1:])
            case "node":
                self._node(about)
            case "data" | "NodeLabel":
                self.key = about.get("key", self.key)
                self.text.clear()
            case "attvalue":
                self._attribute(about.get("for") or about.get("id") or "", about.get("value", ""))

    def _declare(self, name: str, about: dict[str, str]) -> None:
        if name == "attributes":
            self.kinds = (about.get("class", "node"),)
            return
        key = about.get("id", "")
        for kind in self.kinds:
            self.keys[kind, key] = about.get("attr.name") or about.get("title") or key

    def _edge(self, about: dict[str, str]) -> None:
        self.counts["edge"] += 1
        ends = about.get("source", "").strip(), about.get("target", "").strip()
        if not all(ends):
            raise ValueError("it must name a source and a target for each tie")
        self.edge = {"ends": ends, "weight": about.get("weight")}
        self.network.is_directed |= about.get("directed") == "true" or about.get("type") == "directed"

    def _node(self, about: dict[str, str]) -> None:
        node = normal(about.get("id", ""))
        if not node:
            raise ValueError("each of its nodes must have an id")
        self.counts["twice"] += node in self.network.people and not self.counts["edge"]
        self.nodes.append(node)
        self.groups.update(filter(None, [normal(about.get("pid", ""))]))
        self.network.people[node] = None
        if about.get("label"):
            self.network.names.setdefault("label", {})[node] = normal(about["label"])

    def end(self, full_name: str) -> None:
        name = full_name.rpartition(":")[2]
        if name == "node" and self.nodes:
            self.nodes.pop()
        elif name == "edge" and self.edge is not None:
            one, other = self.edge["ends"]
            self.network.add(one, other, self.edge["weight"], self.threshold)
            self.edge = None
        elif name == "NodeLabel" and self.nodes:  # of yEd
            self.network.names.setdefault("label", {}).setdefault(self.nodes[-1], normal("".join(self.text)))
        elif name == "data" and self.key is not None:
            self._attribute(self.key, "".join(self.text))
            self.key = None

    def _attribute(self, key: str, value: str) -> None:
        name = self.keys.get(("node" if self.edge is None else "edge", key), key)
        if self.edge is not None:
            if _is_weight(name) and self.edge["weight"] is None:
                self.edge["weight"] = value.strip()
        elif self.nodes and value.strip():
            self.network.names.setdefault(name, {})[self.nodes[-1]] = normal(value)


def _of_gml(found: str, threshold: float) -> Network:
    if "multigraph" not in found:  # otherwise networkx refuses duplicate ties
        found = re.sub(r"\bgraph\s*\[", "graph [ multigraph 1 ", found, count=1)
    try:
        graph = nx.parse_gml(found, label="id")
    except Exception as error:
        raise ValueError(f"this is not valid GML: {' '.join(str(error).split())[:150]}") from None
    return _of_lists(graph.nodes(data=True), graph.edges(data=True), threshold, graph.is_directed())


def _of_lists(
    nodes: Iterable[tuple[Any, Mapping[str, Any]]],
    edges: Iterable[tuple[Any, Any, Mapping[str, Any]]],
    threshold: float,
    is_directed: bool,
) -> Network:
    """Return a network from lists of nodes and edges with attributes."""
    network = Network(is_directed=is_directed)
    for node, about in nodes:
        network.people[normal(node)] = None
        for name, value in about.items():
            if isinstance(value, str | int | float) and name != "id":
                network.names.setdefault(str(name), {})[normal(node)] = normal(value)
    for one, other, about in edges:
        weight = next((value for name, value in about.items() if _is_weight(str(name))), None)
        network.add(one, other, weight if isinstance(weight, str | int | float) else None, threshold)
    return network


def _of_json(found: str, threshold: float) -> Network:
    """Read node-link JSON from networkx and D3, and JSON from Cytoscape."""
    read = parsed_json(found)
    tree = read if isinstance(read, dict) else {}
    tree = next(
        (tree[name] for name in ("elements", "graph") if isinstance(tree.get(name), dict) and "nodes" in tree[name]),
        tree,
    )
    nodes, edges = tree.get("nodes"), tree.get("links", tree.get("edges"))
    if not isinstance(nodes, list) or not isinstance(edges, list):
        raise ValueError("its JSON must have lists of nodes and links, as networkx.node_link_data writes them")
    found_nodes = [_inside(node) for node in nodes]
    ids = [
        next((node[name] for name in ("id", "key", "name") if name in node), place)
        for place, node in enumerate(found_nodes)
    ]
    ends = [(_inside(edge).get("source"), _inside(edge).get("target"), _inside(edge)) for edge in edges]
    if not all(_is_id(end) for one, other, _ in ends for end in (one, other)) or not all(map(_is_id, ids)):
        raise ValueError("its links must have a source and a target, and its nodes an id")
    places = [end for one, other, _ in ends for end in (one, other)]
    are_ids = set(map(normal, ids)).issuperset(map(normal, places))
    if not are_ids and all(isinstance(end, int) and 0 <= end < len(ids) for end in places):
        ends = [(ids[int(str(one))], ids[int(str(other))], about) for one, other, about in ends]  # D3 counts from 0
    return _of_lists(zip(ids, found_nodes, strict=True), ends, threshold, read.get("directed") is True)


def _inside(part: Any) -> dict[str, Any]:
    if not isinstance(part, dict):
        return {"id": part} if _is_id(part) else {}
    inner = part.get("data")
    return inner if isinstance(inner, dict) else part


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip() != ""


def _of_pajek(found: str, threshold: float) -> Network:
    """Read Pajek files without networkx, which mistakes lists of arcs for weights and merges people with one label."""
    network, section, row = Network(), "", 0
    lines, left_out = _first_network(found)
    for line in lines:
        words = line.split()
        if line.startswith("*"):
            section, row = words[0].lower(), 0
            network.is_directed |= section.startswith("*arcs")
            if section == "*vertices":
                _vertices(network, words[1:])
        elif section == "*vertices":
            _label(network, line)
        elif section == "*matrix":
            row += 1
            network.has_weights = True
            for place, weight in enumerate(words[: len(network.people)], 1):
                if _number(weight) > threshold:
                    network.add(str(row), str(place), weight, threshold)
        elif len(words) < 2:
            raise ValueError(f"its ties must be two numbers, not {line[:40]!r}")
        else:
            _add_pajek_tie(network, section, words, threshold)
    if not any(line.lower().startswith(("*arcs", "*edges", "*matrix")) for line in lines):
        raise ValueError(
            "it must have ties (*Edges or *Arcs): a partition or vector (.clu, .vec) has none; give the .net file"
        )
    network.notes += [f"only its first network is read, not: {', '.join(left_out)[:200]}"] * bool(left_out)
    network.notes += [_ALL_TIMES] * any(map(_TIME.search, lines))
    return network


def _first_network(found: str) -> tuple[list[str], list[str]]:
    """Return the lines of a project's first network, and the names of its other parts."""
    lines: list[str] = []
    left_out: list[str] = []
    is_in = True
    for line in found.splitlines():
        words = line.split()
        if not words or line.startswith("%"):
            continue
        part = words[0].lower()
        if part in _PARTS:
            is_in = part == "*network" and not lines
            left_out += [line[1:].strip()] * (not is_in)
        elif is_in:
            lines.append(line)
    return lines, left_out


_PARTS = {"*network", "*partition", "*vector", "*permutation", "*cluster", "*hierarchy"}
"""The parts that a Pajek project may have."""

_TIME = re.compile(r"\s\[[\d,*-]+\]\s*$")
_ALL_TIMES = "times are not used: all people and ties count, whenever they were"


def _add_pajek_tie(network: Network, section: str, words: list[str], threshold: float) -> None:
    """Add a tie with its weight, or the ties of a list."""
    ends = words if section.endswith("list") else words[:2]
    foreign = next((end for end in ends if network.people and normal(end) not in network.people), None)
    if foreign is not None:
        raise ValueError(f"its ties must join vertices from 1 to {len(network.people)}, not {foreign[:40]!r}")
    weight = words[2] if len(words) > 2 and not section.endswith("list") else None
    for other in ends[1:]:
        network.add(words[0], other, weight, threshold)


def _label(network: Network, line: str) -> None:
    found = re.match(r'\s*(\d+)(?:\s+(?:"([^"]*)"|(\S+)))?', line)
    if found is None:
        raise ValueError(f"its vertices must be a number and a label, not {line[:40]!r}")
    label = found[2] or found[3]
    if label:
        network.names.setdefault("label", {})[found[1]] = normal(label)


def _vertices(network: Network, counts: list[str]) -> None:
    if len(counts) != 1 or not counts[0].isdecimal() or len(counts[0]) > 7:
        raise ValueError("it must have *Vertices with one number: two kinds of nodes do not make a society of people")
    network.people = dict.fromkeys(str(number + 1) for number in range(int(counts[0])))


def unique_names(network: Network) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield attributes that name each person, by id, starting with attributes that usually hold names."""
    usual = ("name", "label", "sharedname", "id", "key", "title")
    ranked = sorted(
        network.names.items(),
        key=lambda each: usual.index(plain(each[0])) if plain(each[0]) in usual else len(usual),
    )
    for name, given in ranked:
        if len(given) == len(network.people) == len(set(given.values())):
            yield name, given
