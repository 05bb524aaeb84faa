"""Read and check a user's own network and people; what the files leave out is drawn at random.

A people file has one row a person: citizens, and officials and politicians by their ``role``. A ties file says who is
tied to whom, by their names.
"""

import io
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.errors import InputError, either, no_such, not_one_of, reason, shown, span
from engagesim.files import GRAPH_BYTES, TABLE_BYTES, Table, check_xml, content, hint, table
from engagesim.parameters import Parameters

type Numbers = NDArray[np.float64]
type Rows = NDArray[np.int64]


class Limits(NamedTuple):
    """Range of an attribute in a people file; a length of time is in whole months."""

    low: float = 0.0
    high: float = 1.0
    whole: bool = False


_SHARE, _YES_OR_NO, _MONTHS = Limits(), Limits(whole=True), Limits(high=600, whole=True)

ATTRIBUTES: Mapping[str, Mapping[str, Limits]] = {
    "citizen": {
        "education": _SHARE,
        "vulnerability": _SHARE,
        "connected": _SHARE,
        "threshold": _SHARE,
        "efficacy_collaborate": _SHARE,
        "efficacy_confront": _SHARE,
        "trust": _SHARE,
        "reliance": _SHARE,
        "aspiration": _SHARE,
        "member": _YES_OR_NO,
        "leader": _YES_OR_NO,
    },
    "official": {
        "reform_minded": _YES_OR_NO,
        "morale": _SHARE,
        "ability": _SHARE,
        "insight": _SHARE,
        "threshold": _SHARE,
        "tenure": _MONTHS,
    },
    "politician": {
        "orientation": _SHARE,
        "approval": _SHARE,
        "threshold": _SHARE,
        "in_office": _MONTHS,
        "election_in": Limits(1, 240, whole=True),  # and at most a term
    },
}
"""Attribute columns that a people file may have for each kind of person, beside those of ``PLACE``."""

PLACE = ("person", "role", "district")
"""Columns of a people file that say who somebody is, and where."""

KINDS = {"citizen": "citizen", "manager": "official", "provider": "official", "politician": "politician"}
"""Each ``role`` in a people file, with the kind of person that it is."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class People:
    """What the user's files say, and where citizens live.

    Officials and politicians are numbered as in ``Wiring``. What is not given is NaN in attributes, -1 in
    ``service_point`` and ``broker``, None in ``peers`` and ``profession``, and empty in ``labels``.
    """

    given: Mapping[str, Numbers] = field(repr=False)  # by kind, shape (ATTRIBUTES of the kind, people)
    district: Rows  # of each citizen
    service_point: Rows  # official who serves each citizen
    broker: Rows  # whether each citizen is tied to the politician of the own district (1 or 0)
    peers: Rows | None = None  # pairs of citizens
    profession: Rows | None = None  # pairs of officials of different districts
    labels: tuple[str, ...] = ()  # of agents: citizens, officials, politicians


class _Size(NamedTuple):
    """Number of people of each kind."""

    citizen: int
    official: int
    politician: int

    @property
    def agents(self) -> int:
        return sum(self)

    @property
    def staff(self) -> int:
        """Officials of a district."""
        return self.official // self.politician

    def first(self, kind: str) -> int:
        """Row of the first agent of a kind."""
        return {"citizen": 0, "official": self.citizen, "politician": self.citizen + self.official}[kind]


@dataclass(frozen=True)
class _Roster:
    """Who has a row in the people file; without a file, nobody. All are indexed by the lines of the file."""

    role: "pd.Series[str]"
    district: "pd.Series[float]"  # NaN where not given
    number: "pd.Series[int]"  # among those of the kind

    def lines(self, kind: str) -> "pd.Index[int]":
        """Lines of the people of a kind."""
        return self.role.index[self.role.map(KINDS) == kind]


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
    roster = _roster(parameters, frame)
    names = _names(frame)
    citizens = _citizens(frame, roster, names, ties)
    if citizens is not None:
        parameters = parameters.changed({"population.citizens": len(citizens)})
    population = parameters.population
    size = _Size(population.citizens, population.districts * (population.providers + 1), population.districts)
    given = _attributes(parameters, frame, roster, size)
    district = _homes(roster, size)
    _tell_posts(roster, size)
    labels = _labels(roster, names, citizens, size)
    tied = _tied(ties, labels, district, size)
    return parameters, People(given, district, *tied, labels)


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


def _roster(parameters: Parameters, frame: Table | None) -> _Roster:
    """Find everybody's place: citizens go by the order of the file, others by the posts of their district."""
    if frame is None:
        return _Roster(pd.Series(dtype=str), pd.Series(dtype=float), pd.Series(dtype=np.int64))
    cells, lines = frame.cells, frame.cells.index
    role = cells["role"].replace("", "citizen") if "role" in cells.columns else pd.Series("citizen", index=lines)
    unknown = role[~role.isin(list(KINDS))]
    if len(unknown):
        raise InputError(not_one_of(f"population.file, row {unknown.index[0]}, role", unknown.iloc[0], KINDS))
    district = _districts(parameters, frame, role)
    before = role.groupby([role, district], dropna=False).cumcount()  # people of the role in the district, above
    providers = parameters.population.providers
    crowded = before >= role.map({"citizen": np.inf, "manager": 1, "provider": providers, "politician": 1})
    if crowded.any():
        line = _first(crowded)
        most = f"one of at most {providers} in district" if role[line] == "provider" else "the only one of district"
        more = " (population.providers)" if role[line] == "provider" else ""
        raise InputError(
            f"population.file, row {line}, role = {shown(role[line])}: must be {most} {int(district[line])}{more}"
        )
    post = district * (providers + 1) + before + (role == "provider")
    kind = role.map(KINDS).to_numpy()
    number = np.where(
        kind == "official", post, np.where(kind == "politician", district, (role == "citizen").cumsum() - 1)
    )
    return _Roster(role, district, pd.Series(np.asarray(number, dtype=np.int64), lines, dtype=np.int64))


def _districts(parameters: Parameters, frame: Table, role: "pd.Series[str]") -> "pd.Series[float]":
    """Return where people are: officials and politicians must say so, and all citizens or none."""
    lines, last = frame.cells.index, parameters.population.districts - 1
    given = "district" in frame.cells.columns
    district = _column(frame, "district", Limits(0, last, whole=True), lines) if given else np.full(len(lines), np.nan)
    found = pd.Series(district, index=lines)
    citizens = role == "citizen"
    missing = found.isna() & (~citizens | bool(found[citizens].notna().any()))
    if missing.any():
        line = _first(missing)
        who = f" for a {role[line]}" if role[line] != "citizen" else ", or empty for all citizens"
        raise InputError(f"population.file, row {line}, district: missing; must be {span(0, last, True)}{who}")
    return found


def _first(mask: "pd.Series[bool]") -> int:
    """Return the first line for which a mask is true."""
    return int(mask.index[int(mask.to_numpy().argmax())])


def _names(frame: Table | None) -> "pd.Series[str] | None":
    """Return the name of each line of the people file, if it has names."""
    if frame is None or "person" not in frame.cells.columns:
        return None
    names = frame.cells["person"]
    doubles = [name for name, count in Counter(names.tolist()).items() if count > 1]
    if doubles:
        raise InputError(
            f"population.file: must have each person in one row; {shown(min(doubles))} is in more than one"
        )
    return names


def _citizens(
    frame: Table | None, roster: _Roster, names: "pd.Series[str] | None", ties: Iterable[tuple[str, str]] | None
) -> list[str] | None:
    """List the citizens in the order of the people file, or otherwise of their names in the ties (numbers as numbers).

    None if neither file has any.
    """
    lines = roster.lines("citizen")
    if len(lines):
        return names[lines].tolist() if names is not None else [str(row + 1) for row in range(len(lines))]
    if frame is not None:
        _log.info("population.file: no citizens read; all are drawn at random")
    if ties is None:
        return None
    posts = set() if names is None else set(names)
    return sorted({name for tie in ties for name in tie} - posts, key=_as_number)


def _as_number(name: str) -> tuple[int, int, str]:
    """Sort key that puts numbers first, by size, however long they are."""
    return (0, len(name.lstrip("0")), name.lstrip("0")) if name.isdecimal() else (1, 0, name)


def _labels(
    roster: _Roster, names: "pd.Series[str] | None", citizens: Sequence[str] | None, size: _Size
) -> tuple[str, ...]:
    """Return the name of each agent, empty where unknown; nothing if there are no names at all."""
    if citizens is None and names is None:
        return ()
    labels = [*(citizens or [""] * size.citizen), *[""] * (size.official + size.politician)]
    for kind in ("official", "politician"):
        lines = roster.lines(kind)
        if names is not None:
            for name, number in zip(names[lines], roster.number[lines], strict=True):
                labels[size.first(kind) + number] = name
    return tuple(labels)


def _homes(roster: _Roster, size: _Size) -> Rows:
    """Return the district of each citizen: as in the file, or in equal parts."""
    district = roster.district[roster.lines("citizen")]
    if len(district) == 0 or district.isna().any():
        return np.arange(size.citizen) * size.politician // size.citizen
    _log.info("population.file: district read for %d citizens", len(district))
    return district.to_numpy().astype(np.int64)


def _tell_posts(roster: _Roster, size: _Size) -> None:
    """Say which posts the people file fills, and in which districts others are drawn."""
    held = roster.role != "citizen"
    if not held.any():  # a cross table of nothing takes longer than the months of a small society
        return
    posts = pd.crosstab(roster.district[held], roster.role[held])
    wanted = {"manager": 1, "provider": size.staff - 1, "politician": 1}
    posts = posts.reindex(range(size.politician), columns=list(wanted), fill_value=0)
    counts = [f"{posts[role].sum()} of {most * size.politician} {role}s" for role, most in wanted.items()]
    said = f"population.file: {', '.join(counts)} read"
    rest = pd.Series(wanted) - posts
    short = rest[rest.any(axis=1)]
    if short.empty:
        _log.info(said)
        return
    places = [
        f"district {district}: " + ", ".join(_counted(count, str(role)) for role, count in row.items() if count)
        for district, row in short.head(_MOST_DISTRICTS).iterrows()
    ]
    more = f"; and in {len(short) - _MOST_DISTRICTS} more districts" if len(short) > _MOST_DISTRICTS else ""
    _log.warning("%s; the others are drawn at random (%s%s)", said, "; ".join(places), more)


_MOST_DISTRICTS = 6
"""The most districts that a sentence lists."""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _attributes(parameters: Parameters, frame: Table | None, roster: _Roster, size: _Size) -> dict[str, Numbers]:
    """Return the attributes that the people file gives, by kind of person."""
    given = {kind: np.full((len(names), getattr(size, kind)), np.nan) for kind, names in ATTRIBUTES.items()}
    if frame is None:
        return given
    known = list(dict.fromkeys([*PLACE, *(name for names in ATTRIBUTES.values() for name in names)]))
    columns = frame.cells.columns
    ignored = [name for name in columns if name not in known]
    if len(ignored) == len(columns):
        raise InputError(
            f"population.file: must have at least one of the columns {', '.join(known)}, separated by commas; "
            f"{shown(ignored[0])} is not one of them"
        )
    if ignored:
        _log.info("population.file: columns not used: %s", ", ".join(ignored))
    _check_kinds(frame, roster)
    for kind, names in ATTRIBUTES.items():
        lines, count = roster.lines(kind), given[kind].shape[1]
        read: dict[str, int] = {}
        for row, (name, limits) in enumerate(names.items()):
            if name not in columns or not len(lines):
                continue
            most = parameters.incentives.term if name == "election_in" else limits.high
            given[kind][row, roster.number[lines]] = _column(frame, name, limits._replace(high=most), lines)
            read[name] = int(np.isfinite(given[kind][row]).sum())
        if read:
            found = ", ".join(f"{name} for {number}" for name, number in read.items())
            is_whole = min(read.values()) == count
            rest = "" if is_whole else "; the others are drawn at random"
            level = logging.INFO if is_whole else logging.WARNING
            _log.log(level, "population.file: of %s, read %s%s", _counted(count, kind), found, rest)
    _check_leaders(given["citizen"], roster)
    return given


def _check_kinds(frame: Table, roster: _Roster) -> None:
    """Refuse an attribute that a role does not have."""
    kinds = roster.role.map(KINDS)
    for name in frame.cells.columns:
        having = [kind for kind, names in ATTRIBUTES.items() if name in names]
        wrong = (frame.cells[name] != "") & ~kinds.isin(having)
        if having and wrong.any():
            line = _first(wrong)
            allowed = either(ATTRIBUTES[kinds[line]])
            raise InputError(
                f"population.file, row {line}, {name} = {shown(frame.cells[name][line])}: must be empty for a "
                f"{roster.role[line]}, who may have {allowed}"
            )


def _check_leaders(citizens: Numbers, roster: _Roster) -> None:
    names = list(ATTRIBUTES["citizen"])
    wrong = np.flatnonzero((citizens[names.index("leader")] == 1) & (citizens[names.index("member")] == 0))
    if wrong.size:
        line = roster.lines("citizen")[wrong[0]]
        raise InputError(f"population.file, row {line}, member = '0': must be 1, or empty, for a leader")


def _column(frame: Table, name: str, limits: Limits, lines: "pd.Index[int]") -> Numbers:
    """Return some lines of a column as numbers, NaN where empty."""
    cells, values = frame.cells[name][lines], frame.numbers(name)[lines]
    fits = values.between(limits.low, limits.high)
    if limits.whole:
        fits &= values == np.floor(values)
    wrong = np.flatnonzero((cells != "") & ~fits)
    if wrong.size:
        cell, row = cells.iloc[wrong[0]], cells.index[wrong[0]]
        place = f"population.file, row {row}, {name}"
        raise InputError(f"{place} = {shown(cell)}: must be {span(*limits)}, or empty{hint(cell)}")
    return np.asarray(values, dtype=np.float64)


def _tied(
    ties: Sequence[tuple[str, str]] | None, labels: Sequence[str], district: Rows, size: _Size
) -> tuple[Rows, Rows, Rows | None, Rows | None]:
    """Sort the ties of the file: service points and brokers of citizens, pairs of peers, pairs of officials."""
    service_point, broker = np.full(size.citizen, -1), np.full(size.citizen, -1)
    if ties is None:
        return service_point, broker, None, None
    pairs = _numbered(ties, labels)
    low, high = pairs.T
    office, seat = size.first("official"), size.first("politician")
    offices, seats = np.arange(size.official), np.arange(size.politician)
    home = np.concatenate((district, offices // size.staff, seats))
    provides = np.concatenate((np.zeros(size.citizen, bool), offices % size.staff > 0, np.zeros(size.politician, bool)))
    near, citizen = home[low] == home[high], low < office
    peers = citizen & (high < office)
    served = citizen & provides[high] & near
    brokers = citizen & (high >= seat) & near
    profession = ~citizen & (high < seat) & ~near
    usual = ~citizen & near & ((high < seat) | ~provides[low])  # colleagues, hierarchy: tied anyway
    refused = np.flatnonzero(~(peers | served | brokers | profession | usual))
    if refused.size:
        one, other = (_described(int(agent), labels, home, provides, size) for agent in pairs[refused[0]])
        raise InputError(
            "network.file: must tie citizens to citizens and to a provider or the politician of their district, and "
            f"officials to officials; it ties {one} to {other}"
        )
    twice = np.flatnonzero(np.bincount(low[served], minlength=1) > 1)
    if twice.size:
        named = [shown(labels[agent]) for agent in (twice[0], *high[served & (low == twice[0])])]
        raise InputError(f"network.file: must tie a citizen to one provider; it ties {named[0]} to {either(named[1:])}")
    service_point[low[served]] = high[served] - office
    broker[np.isin(district, home[high[brokers]])] = 0  # the file says who the brokers of these districts are
    broker[low[brokers]] = 1
    counts = {
        "among citizens": peers, "of citizens with their provider": served,
        "of citizens with their politician": brokers, "among officials of different districts": profession,
        "that every district has": usual,
    }  # fmt: skip
    found = [f"{kind.sum()} {words}" for words, kind in counts.items() if kind.any()]
    if found:
        _log.info("network.file: ties read: %s", ", ".join(found))
    return service_point, broker, pairs[peers], pairs[profession] - office if profession.any() else None


def _numbered(ties: Sequence[tuple[str, str]], labels: Sequence[str]) -> Rows:
    """Return pairs of agents by row, the lower first, in order and without doubles."""
    number = {label: row for row, label in enumerate(labels) if label}
    unknown = next((name for tie in ties for name in tie if name not in number), None)
    if unknown is not None:
        raise InputError(no_such(unknown, "person in population.file", number, place="network.file: "))
    pairs = {(min(a, b), max(a, b)) for a, b in ((number[one], number[other]) for one, other in ties) if a != b}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _described(agent: int, labels: Sequence[str], home: Rows, provides: NDArray[np.bool_], size: _Size) -> str:
    """Return an agent's name and role, for an error message."""
    if agent < size.citizen:
        role = "citizen"
    elif agent >= size.first("politician"):
        role = "politician"
    else:
        role = "provider" if provides[agent] else "manager"
    return f"{shown(labels[agent])} ({role} of district {home[agent]})"
