"""Read and check a user's files of people and ties; whatever the files leave out is drawn at random.

A people file has one row per person: a citizen, or an official or politician according to ``role``. A ties file says
who is tied to whom, by name.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.errors import InputError, ParameterError, either, nearest, no_such, not_one_of, reason, shown, span
from engagesim.files import TABLE_BYTES
from engagesim.parameters import Parameters, parameter_table
from engagesim.society.graphs import KINDS as NETWORKS
from engagesim.society.graphs import Network, normal_all, read_network
from engagesim.society.matching import MOST_LISTED, as_number, listed, spelling, who_is_who
from engagesim.society.tables import KINDS as TABLES
from engagesim.society.tables import Table, counted, hint, table

type Numbers = NDArray[np.float64]
type Rows = NDArray[np.int64]


class Limits(NamedTuple):
    """Range of an attribute in a people file; lengths of time are in whole months."""

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
"""Attribute columns that a people file may have for each kind of person, besides those of ``PLACE``."""

PLACE = ("person", "role", "district")
"""Columns of a people file that say who somebody is, and where."""

KNOWN = tuple(dict.fromkeys([*PLACE, *(name for names in ATTRIBUTES.values() for name in names)]))
"""Columns that a people file may have."""

KINDS = {"citizen": "citizen", "manager": "official", "provider": "official", "politician": "politician"}
"""Each ``role`` in a people file, with the kind of person it stands for."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class People:
    """The contents of the user's files, and where citizens live.

    Officials and politicians are numbered as in ``Wiring``. Missing values are NaN in attributes, -1 in
    ``service_point`` and ``broker``, None in ``peers`` and ``profession``, and empty in ``labels``.
    """

    given: Mapping[str, Numbers] = field(repr=False)  # by kind, shape (ATTRIBUTES of the kind, people)
    district: Rows  # of each citizen
    service_point: Rows  # official who serves each citizen
    broker: Rows  # whether each citizen is tied to the district's politician (1 or 0)
    peers: Rows | None = None  # pairs of citizens
    profession: Rows | None = None  # pairs of officials of different districts
    labels: tuple[str, ...] = ()  # of agents: citizens, officials, politicians
    districts: tuple[str, ...] = ()  # names or codes of the districts, unless they are 0, 1, 2 ...


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
        """Number of officials in a district."""
        return self.official // self.politician

    def first(self, kind: str) -> int:
        """Row of the first agent of a kind."""
        return {"citizen": 0, "official": self.citizen, "politician": self.citizen + self.official}[kind]


@dataclass(frozen=True)
class _Roster:
    """The people with a row in the people file (none without a file); all series are indexed by lines of the file."""

    role: "pd.Series[str]"
    district: "pd.Series[float]"  # NaN where not given
    number: "pd.Series[int]"  # among those of the kind

    def lines(self, kind: str) -> "pd.Index[int]":
        """Lines of all people of one kind."""
        return self.role.index[self.role.map(KINDS) == kind]


def read_people(parameters: Parameters) -> tuple[Parameters, People]:
    """Read the files that the parameters name; the numbers of citizens and, if given, of districts follow from them.

    Returns
    -------
    Parameters, People
        The parameters with ``population.citizens`` and ``population.districts`` as in the files.

    Raises
    ------
    InputError
        If a file is wrong; the message names the file and the place in it, and says what is allowed.
    """
    ties = _read_ties(parameters) if parameters.network.kind == "file" else None
    frame = _read_table(parameters)
    frame, ties = who_is_who(parameters, frame, ties, KNOWN)
    if frame is not None and frame.gaps and "person" not in frame.cells.columns:
        raise InputError(
            f"population.file, row {frame.gaps[0]}: must not be empty; a person without attributes must have a name"
        )
    parameters, places = _places(parameters, frame)
    roster = _roster(parameters, frame, places)
    names = _names(frame, roster)
    citizens = _citizens(frame, roster, names, ties)
    if citizens is not None:
        parameters = _of_size(parameters, len(citizens), frame)
    population = parameters.population
    size = _Size(population.citizens, population.districts * (population.providers + 1), population.districts)
    given = _attributes(parameters, frame, roster, size)
    _tell_posts(roster, size)
    labels = _labels(roster, names, citizens, size)
    district = _homes(roster, size, labels, ties)
    tied = _tied(ties, labels, district, size)
    return parameters, People(given, district, *tied, labels, places.names)


def reading_once() -> Callable[[Parameters], tuple[Parameters, People]]:
    """Return :func:`read_people`, but reading only once for the same files, sizes and terms of office."""
    known: dict[tuple[str, int], tuple[dict[str, int], People]] = {}

    def read(parameters: Parameters) -> tuple[Parameters, People]:
        key = wiring_key(parameters), parameters.incentives.term
        if key not in known:
            counted, people = read_people(parameters)
            known[key] = _counts(counted), people
        counts, people = known[key]
        return (parameters if counts == _counts(parameters) else parameters.changed(counts)), people

    return read


def wiring_key(parameters: Parameters) -> str:
    """Return a text that is the same for societies with the same files, sizes and kind of social graph."""
    population = parameters.population
    sizes = f"{population.citizens} {population.districts} {population.providers}"
    return f"{sizes} {population.file} {population.key} {parameters.network!r}"


def _counts(parameters: Parameters) -> dict[str, int]:
    """Return the sizes of a society that follow from its files if it has any."""
    population = parameters.population
    return {"population.citizens": population.citizens, "population.districts": population.districts}


def sized(parameters: Parameters) -> Parameters:
    """Return the parameters with the numbers of citizens and districts that follow from any files.

    Raises
    ------
    InputError
        As ``read_people`` does.
    """
    has_files = parameters.population.file is not None or parameters.network.kind == "file"
    return read_people(parameters)[0] if has_files else parameters


def _of_size(parameters: Parameters, citizens: int, frame: Table | None) -> Parameters:
    """Return the parameters with the number of citizens in the files; an error states how the people file was read."""
    try:
        return parameters.changed({"population.citizens": citizens})
    except ParameterError as error:
        place, how = ("network.file", "") if frame is None else ("population.file", frame.says)
        raise InputError(f"{place}: {error}{how and f' ({how})'}") from None


def _read_table(parameters: Parameters) -> Table | None:
    """Read the people file, and write its columns and roles as they are written here."""
    place, file = "population.file", parameters.population.file
    if file is None:
        return None
    try:
        found = table(Path(file), TABLE_BYTES)
    except OSError as error:
        raise InputError(f"{place} = {file}: must be a readable file; {reason(error)}") from None
    except ValueError as error:
        raise InputError(f"{place} = {file}: must be a table ({TABLES}); {error}") from None
    if found.cells.empty:
        raise InputError(f"{place} = {file}: must have rows below its heading")
    if found.says:
        _log.info("%s: %s", place, found.says)
    columns = found.cells.columns
    renamed = {
        name: name.lower()
        for name in columns
        if name.lower() in KNOWN and name not in KNOWN and name.lower() not in columns
    }
    twins = [old for old, new in renamed.items() if list(renamed.values()).count(new) > 1]
    if twins:
        raise InputError(
            f"{place}: each column must appear once; {' and '.join(twins[:2])} differ only in capitalisation"
        )
    if renamed:
        said = ", ".join(f"{new} from {old}" for old, new in renamed.items())
        _log.info("%s: columns read although their capitalisation differs: %s", place, said)
    labels = {renamed.get(name, name): of for name, of in found.labels.items()}
    found = replace(found, cells=found.cells.rename(columns=renamed), labels=labels)
    if "role" in found.cells.columns:
        role = found.labelled("role").str.lower().replace("", "citizen")
        found = replace(found, cells=found.cells.assign(role=role))
    return found


def _read_ties(parameters: Parameters) -> Network:
    place, file = "network.file", str(parameters.network.file)
    try:
        return read_network(Path(file), parameters.network.threshold)
    except OSError as error:
        raise InputError(f"{place} = {file}: must be a readable file; {reason(error)}") from None
    except ValueError as error:
        raise InputError(f"{place} = {file}: must be {NETWORKS}; {error}") from None


# Where people live


class _Places(NamedTuple):
    """Districts in the people file: the district's number for each line, NaN where not given, and the names."""

    number: "pd.Series[float]"
    names: tuple[str, ...] = ()


def _places(parameters: Parameters, frame: Table | None) -> tuple[Parameters, _Places]:
    """Return the districts of the people file: their codes or names as written, in order.

    If the file gives citizens' districts, these are the districts of the society. Otherwise the setting says how many
    there are.
    """
    if frame is None or "district" not in frame.cells.columns:
        return parameters, _Places(pd.Series(np.nan, index=pd.Index([]) if frame is None else frame.cells.index))
    cells = normal_all(frame.labelled("district"))
    of_citizens = cells[(_roles(frame) == "citizen") & (cells != "")]
    codes = pd.to_numeric(cells.where(cells != ""), errors="coerce")
    named = (cells != "") & codes.isna()
    if named.any() and codes.notna().any():
        line = _first(named)
        raise InputError(
            f"population.file, row {line}, district = {shown(cells[line])}: must be a number, as in other rows"
        )
    districts = parameters.population.districts
    usual = set(map(str, range(districts)))
    if (of_citizens.empty and not named.any()) or set(of_citizens) == usual:
        wrong = (cells != "") & ~cells.isin(usual)
        if wrong.any():
            line = _first(wrong)
            what = span(0, districts - 1, True)
            raise InputError(f"population.file, row {line}, district = {shown(cells[line])}: must be {what}")
        return parameters, _Places(codes)
    odd = (cells != "") & ~named & ~((codes >= 0) & (codes == np.floor(codes)))
    if odd.any():
        line = _first(odd)
        raise InputError(
            f"population.file, row {line}, district = {shown(cells[line])}: must be a name, or a whole number from 0 on"
        )
    found = sorted(set(cells) - {""}, key=as_number)
    empty = sorted(set(found) - set(of_citizens), key=as_number)
    if empty and not of_citizens.empty:
        raise InputError(f"population.file: must have citizens in each district; {shown(empty[0])} has only officials")
    spelt = {spelling(name): name for name in found}
    twin = next((name for name in found if spelt[spelling(name)] != name), None)
    if twin is not None:
        _log.warning(
            "population.file: the districts %s and %s differ only in %s; spell them alike if they are the same",
            shown(twin), shown(spelt[spelling(twin)]),
            "leading zeros" if twin.isdecimal() else "capitalisation or spaces",
        )  # fmt: skip
    number = {name: float(place) for place, name in enumerate(found)}
    places = _Places(cells.map(number).astype(float), tuple(found) if found != [*map(str, range(len(found)))] else ())
    if len(found) == districts:
        _log.info("population.file: districts 0 to %d are %s, in this order", districts - 1, listed(found))
        return parameters, places
    _log.warning(
        "population.file: has citizens in %s (%s), numbered from 0, so population.districts is %d, not %d; other "
        "districts would have no citizens", counted(len(found), "district"), listed(found), len(found), districts,
    )  # fmt: skip
    return parameters.changed({"population.districts": len(found)}), places


def _roles(frame: Table) -> "pd.Series[str]":
    """Return the role in each line of the people file."""
    return frame.cells["role"] if "role" in frame.cells.columns else pd.Series("citizen", index=frame.cells.index)


def _roster(parameters: Parameters, frame: Table | None, places: _Places) -> _Roster:
    """Number the people: citizens in the order of the file, others by the posts of their district."""
    if frame is None:
        return _Roster(pd.Series(dtype=str), pd.Series(dtype=float), pd.Series(dtype=np.int64))
    role = _roles(frame)
    unknown = role[~role.isin(list(KINDS))]
    if len(unknown):
        raise InputError(not_one_of(f"population.file, row {unknown.index[0]}, role", unknown.iloc[0], KINDS))
    district = _districts(parameters, role, places)
    before = role.groupby([role, district], dropna=False).cumcount()  # of the same role and district, in rows above
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
    return _Roster(role, district, pd.Series(np.asarray(number, dtype=np.int64), role.index, dtype=np.int64))


def _districts(parameters: Parameters, role: "pd.Series[str]", places: _Places) -> "pd.Series[float]":
    """Return people's districts; every official and politician must have one, and so must all citizens or none."""
    found = places.number
    citizens = role == "citizen"
    missing = found.isna() & (~citizens | bool(found[citizens].notna().any()))
    if missing.any():
        line = _first(missing)
        who = f" for a {role[line]}" if role[line] != "citizen" else "; give it for all citizens, or for none"
        allowed = either(places.names) if 0 < len(places.names) <= MOST_LISTED else "that of a district"
        if not places.names:
            allowed = span(0, parameters.population.districts - 1, True)
        raise InputError(f"population.file, row {line}, district: missing; must be {allowed}{who}")
    return found


def _first(mask: "pd.Series[bool]") -> int:
    """Return the first line for which a mask is true."""
    return int(mask.index[int(mask.to_numpy().argmax())])


def _names(frame: Table | None, roster: _Roster) -> "pd.Series[str] | None":
    """Return the name in each line of the people file, if it has names; officials and politicians may lack one."""
    if frame is None or "person" not in frame.cells.columns:
        return None
    names = frame.cells["person"]
    nameless = (names == "") & (roster.role == "citizen")
    if nameless.any():
        raise InputError(f"population.file, row {_first(nameless)}, person: missing; must be a name, as in other rows")
    doubles = [name for name, count in Counter(names.tolist()).items() if count > 1 and name]
    if doubles:
        raise InputError(
            f"population.file: must have each person in one row; {shown(min(doubles))} is in more than one"
        )
    return names


def _citizens(
    frame: Table | None, roster: _Roster, names: "pd.Series[str] | None", ties: Network | None
) -> list[str] | None:
    """List the citizens of the people file in its order, followed by citizens who appear only in the ties, sorted.

    Return None if neither file has citizens.
    """
    lines = roster.lines("citizen")
    if len(lines) and names is None:
        return [str(row + 1) for row in range(len(lines))]
    others = sorted(set(ties.people if ties else ()).difference(() if names is None else names), key=as_number)
    if len(lines) and names is not None:
        return [*names[lines], *others]
    if frame is not None:
        _log.info("population.file: no citizens read; all are drawn at random")
    return None if ties is None else others


def _labels(
    roster: _Roster, names: "pd.Series[str] | None", citizens: Sequence[str] | None, size: _Size
) -> tuple[str, ...]:
    """Return the name of each agent, empty where unknown; return an empty tuple if there are no names."""
    if citizens is None and names is None:
        return ()
    labels = [*(citizens or [""] * size.citizen), *[""] * (size.official + size.politician)]
    for kind in ("official", "politician"):
        lines = roster.lines(kind)
        if names is not None:
            for name, number in zip(names[lines], roster.number[lines], strict=True):
                labels[size.first(kind) + number] = name
    return tuple(labels)


def _homes(roster: _Roster, size: _Size, labels: Sequence[str], ties: Network | None) -> Rows:
    """Return the district of each citizen, from the file or in equal parts.

    People who appear only in the ties live where their provider or politician is, else where most of their contacts
    live, or in the largest district.
    """
    given = roster.district[roster.lines("citizen")]
    if len(given) == 0 or given.isna().any():
        return np.arange(size.citizen) * size.politician // size.citizen
    home = dict(zip(labels, given.astype(np.int64), strict=False))
    residents = np.bincount(given.astype(np.int64))
    _log.info("population.file: district read for %d citizens (%s)", len(given), listed(residents.tolist()))
    others = labels[len(given) : size.citizen]
    if others and ties is not None:
        contacts: dict[str, list[str]] = {name: [] for name in others}
        for one, other in (*ties.ties, *((other, one) for one, other in ties.ties)):
            if one in contacts:
                contacts[one].append(other)
        seats = [*(np.arange(size.official) // size.staff).tolist(), *range(size.politician)]
        posts, found = dict(zip(labels[size.citizen :], seats, strict=True)), {}
        for name in others:
            of_posts = [posts[each] for each in contacts[name] if each in posts]
            near = Counter(of_posts or [home[each] for each in contacts[name] if each in home])
            found[name] = max(sorted(near), key=near.__getitem__) if near else int(residents.argmax())
        home |= found
        _log.warning("population.file: %d citizens without a row live where most of their contacts live", len(others))
    return np.array([home[name] for name in labels[: size.citizen]], dtype=np.int64)


def _tell_posts(roster: _Roster, size: _Size) -> None:
    """Log which posts the people file fills, and in which districts others are drawn."""
    held = roster.role != "citizen"
    if not held.any():  # even an empty cross table takes longer than simulating a small society
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
        f"district {district}: " + ", ".join(counted(count, str(role)) for role, count in row.items() if count)
        for district, row in short.head(_MOST_DISTRICTS).iterrows()
    ]
    more = f"; and in {len(short) - _MOST_DISTRICTS} more districts" if len(short) > _MOST_DISTRICTS else ""
    _log.warning("%s; the others are drawn at random (%s%s)", said, "; ".join(places), more)


_MOST_DISTRICTS = 6
"""Largest number of districts that a message lists."""


def _attributes(parameters: Parameters, frame: Table | None, roster: _Roster, size: _Size) -> dict[str, Numbers]:
    """Return the attributes that the people file gives, by kind of person."""
    given = {kind: np.full((len(names), getattr(size, kind)), np.nan) for kind, names in ATTRIBUTES.items()}
    if frame is None:
        return given
    columns = frame.cells.columns
    ignored = [name for name in columns if name not in KNOWN and name]
    if len(ignored) == len(columns):
        raise InputError(
            f"population.file: must have at least one of the columns {', '.join(KNOWN)}, separated by commas; "
            f"{shown(ignored[0])} is not one of them"
        )
    if ignored:
        settings = {
            row.path.rpartition(".")[2] for row in parameter_table() if row.path.startswith(("population", "network"))
        }
        free = [name for name in KNOWN if name not in columns]
        meant = {name: _meant(name, free) for name in ignored}
        doubtful = [f"{name}{meant[name]}" for name in ignored if meant[name] or name.lower() in settings]
        if doubtful:
            _log.warning("population.file: columns not used that resemble some that are: %s", ", ".join(doubtful))
        _log.info("population.file: columns not used: %s", ", ".join(ignored)[:300])
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
            _log.log(level, "population.file: of %s, read %s%s", counted(count, kind), found, rest)
        if kind == "citizen":
            _tell_unlike(parameters, given[kind], count)
    _check_leaders(given["citizen"], roster)
    return given


def _meant(name: str, free: Sequence[str]) -> str:
    """Return the column that an unknown name may mean: the nearest column, or a word of the name, as in trust_level."""
    words = re.split(r"[\W_]+", name.lower())
    return nearest(name, free) or next((nearest(each, [each]) for each in free if each in words), "")


DRAWN_AROUND = {
    "education": "education_mean", "vulnerability": "vulnerability_mean", "threshold": "threshold_mean",
    "trust": "trust_start", "reliance": "reliance_start", "member": "members", "leader": "leaders",
}  # fmt: skip
"""Attributes of citizens, and the settings around which missing ones are drawn."""


def _tell_unlike(parameters: Parameters, given: Numbers, count: int) -> None:
    """Warn if drawn people differ from those in the file, because this distorts comparisons between groups."""
    for row, name in enumerate(ATTRIBUTES["citizen"]):
        values = given[row][np.isfinite(given[row])]
        if name not in DRAWN_AROUND or not 1 < len(values) < count:
            continue
        setting = DRAWN_AROUND[name]
        usual, mean = getattr(parameters.population, setting), float(values.mean())
        moved = abs(mean - usual) * (count - len(values)) / count
        if moved > _UNLIKE and abs(mean - usual) > 2 * float(values.std(ddof=1)) / np.sqrt(len(values)):
            _log.warning(
                "population.file: %s is %.2f on average where given, and drawn around %.2f for the other %d citizens, "
                "so comparisons by it partly show who is in the file; set population.%s=%.2f if the others are like "
                "those in the file",
                name, mean, usual, count - len(values), setting, mean,
            )  # fmt: skip


_UNLIKE = 0.025
"""Shift in the overall mean that triggers a warning that drawn people differ from those in the file."""


def _check_kinds(frame: Table, roster: _Roster) -> None:
    """Refuse an attribute that a role does not have."""
    kinds = roster.role.map(KINDS)
    for name in frame.cells.columns:
        having = [kind for kind, names in ATTRIBUTES.items() if name in names]
        wrong = ~frame.missing(name) & ~kinds.isin(having)
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
    cells, values = frame.cells[name][lines].where(~frame.missing(name)[lines], ""), frame.numbers(name)[lines]
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
    network: Network | None, labels: Sequence[str], district: Rows, size: _Size
) -> tuple[Rows, Rows, Rows | None, Rows | None]:
    """Sort the ties of the file into service points and brokers of citizens, pairs of peers and pairs of officials."""
    service_point, broker = np.full(size.citizen, -1), np.full(size.citizen, -1)
    if network is None:
        return service_point, broker, None, None
    pairs = _numbered(network.ties, labels)
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
    usual = ~citizen & near & ((high < seat) | ~provides[low])  # colleagues and hierarchy: these are tied in any case
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
    """Return pairs of agents as rows, the lower row first, in order and without duplicates."""
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
