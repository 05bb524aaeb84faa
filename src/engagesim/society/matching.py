"""Match people in both files: find the columns and attributes that name them, and ids that are written differently."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from engagesim.errors import InputError, either, no_such, shown
from engagesim.parameters import Parameters
from engagesim.society.graphs import Network, doubts_of, normal_all, plain, tidied, unique_names
from engagesim.society.tables import Table, counted

_log = logging.getLogger(__name__)

_KEYS = (
    "person", "personid", "id", "pid", "respondentid", "respondent", "respid", "caseid", "uid", "userid", "ego", "node",
    "nodeid", "vertex", "index", "sharedname", "name", "label",
)  # fmt: skip
"""Headings that programs give to the column of people's names, the most reliable first."""


def who_is_who(
    parameters: Parameters, frame: Table | None, network: Network | None, known: Sequence[str]
) -> tuple[Table | None, Network | None]:
    """Find the column and the attribute that name people in both files, and match ids that mean the same person.

    Parameters
    ----------
    parameters : Parameters
        Parameters, which say which column or attribute it is if ``population.key`` or ``network.key`` is set.
    frame : Table or None
        The people file.
    network : Network or None
        The ties.
    known : sequence of str
        Columns that a people file may have.

    Returns
    -------
    Table or None, Network or None
        The people file, with the column ``person`` if it names people, and the network with the same ids.

    Raises
    ------
    InputError
        If people cannot be matched; the message says what to set.
    """
    keys = _key_columns(parameters, frame)
    names = _names_in_network(parameters, network)
    if network is None or not names:
        return _named_by(frame, next(iter(keys), None)), network
    ids = {name: set(given.values()) for name, given in names.items()}
    key, name = None, next(iter(names))
    if keys and frame is not None:
        named = {column: set(cells) for column, cells in keys.items()}
        key, name = max(
            ((column, each) for column in keys for each in names), key=lambda pair: len(named[pair[0]] & ids[pair[1]])
        )
        _tell_names(network, name, {each: len(named[key] & ids[each]) for each in names})
    elif frame is not None and _has_citizens(frame):
        _check_rows(frame, ids[name])
    given = names[name]
    if name != "id":
        ties = [(given[one], given[other]) for one, other in network.ties]
        network = replace(network, people=dict.fromkeys(given[each] for each in network.people), ties=ties)
    frame = _named_by(frame, key)
    network = _same_ids(network, None if key is None or frame is None else set(frame.cells["person"]))
    _tell_network(network, name, known)
    if frame is not None and key is not None:
        _tell_matches(frame, network)
    return frame, network


def _key_columns(parameters: Parameters, frame: Table | None) -> "dict[str, pd.Series[str]]":
    """Return the columns that may name people, converted to ids, the likeliest first."""
    if frame is None:
        return {}
    columns, asked = frame.cells.columns, parameters.population.key
    if asked is not None and asked not in columns:
        raise InputError(no_such(asked, "column in population.file", columns, place="population.key: "))
    by_plain = {plain(name): name for name in reversed(columns)}
    named = [asked] if asked is not None else [by_plain[key] for key in _KEYS if key in by_plain]
    found = {name: normal_all(frame.cells[name]) for name in named}
    first = next(iter(found), None)
    return {name: cells for name, cells in found.items() if name == first or cells.is_unique}


def _names_in_network(parameters: Parameters, network: Network | None) -> dict[str, dict[str, str]]:
    """Return the attributes that may name the people of a network, by id, the likeliest first."""
    if network is None:
        return {}
    own, asked = {each: each for each in network.people}, parameters.network.key
    others = dict(unique_names(network))
    if asked == "id":
        return {"id": own}
    if asked is not None:
        if asked not in others:
            raise InputError(
                f"network.key = {shown(asked)}: must be {either(['id', *others])}, which name each of the people in "
                f"network.file{_why_not(network, asked)}"
            )
        return {asked: others[asked]}
    usual = {name: given for name, given in others.items() if name.lower() in {"name", "label", "shared name"}}
    if parameters.population.file is None:
        return {"id": own}
    return usual | {"id": own} | {name: given for name, given in others.items() if name not in {*usual, "id"}}


def _why_not(network: Network, name: str) -> str:
    """Return the reason why an attribute cannot name the people of a network."""
    given = network.names.get(name)
    if given is None:
        return ""
    nameless = next((each for each in network.people if each not in given), None)
    if nameless is not None:
        return f"; {len(network.people) - len(given)} have no {name}, such as {shown(nameless)}"
    (twice, count), *_ = Counter(given.values()).most_common(1)
    return f"; {count} have the {name} {shown(twice)}"


def _named_by(frame: Table | None, key: str | None) -> Table | None:
    """Return the people file with a column ``person``, taken from its key column."""
    if frame is None or key is None:
        return frame
    cells = frame.cells.drop(columns=["person"]) if key != "person" and "person" in frame.cells.columns else frame.cells
    if key != "person":
        _log.info("population.file: people are identified by the column %s", shown(key))
    cells = cells.rename(columns={key: "person"})
    ids = normal_all(cells["person"])
    if said := tidied(cells["person"], ids):
        _log.info("population.file: %s", said)
    for doubt in doubts_of(ids):
        _log.warning("population.file: %s", doubt)
    return replace(frame, cells=cells.assign(person=ids.where(~frame.missing(key), "")))


def _tell_names(network: Network, name: str, matches: Mapping[str, int]) -> None:
    """Log which attribute of the network identifies its people, and whether its ids would match others."""
    if name == "id":
        return
    rivals = [each for each, count in matches.items() if each == "id" and count and count == matches[name]]
    more = "; their ids also match, but name other people: set network.key=id to use the ids" if rivals else ""
    level = (
        logging.WARNING
        if rivals and any(network.names[name][each] != each for each in network.people)
        else logging.INFO
    )
    _log.log(level, "network.file: people are identified by their attribute %s%s", shown(name), more)


def _has_citizens(frame: Table) -> bool:
    return "role" not in frame.cells.columns or bool((frame.cells["role"] == "citizen").any())


def _check_rows(frame: Table, ids: set[str]) -> None:
    """Refuse row numbers as names if a column looks like names."""
    fitting = [name for name in frame.cells.columns if name and len(ids & set(frame.cells[name])) > len(ids) / 2]
    if fitting or not ids <= {str(row + 1) for row in range(len(frame.cells))}:
        near = f", as in population.key={fitting[0]}" if fitting else ""
        columns = ", ".join(repr(name) for name in frame.cells.columns[:12])
        raise InputError(
            f"population.file: must name the people of network.file, such as {shown(min(ids))}, in a column person; it "
            f"has {columns}; set population.key to the column that names people{near}"
        )
    _log.warning("population.file: no column names the people, so the names in network.file are read as row numbers")


def _same_ids(network: Network, known: set[str] | None) -> Network:
    """Return the network with ids spelt as in the people file, if they differ only in leading zeros or capitals."""
    people = list(network.people)
    for words, form in (("leading zeros", _without_zeros), ("capitalisation", str.lower)):
        spelt: dict[str, str] = {}
        for name in [*people, *(known or ())]:  # the people file's own spelling counts
            spelt[form(name)] = name
        doubled = len({form(name) for name in people}) < len(people)
        if known is None:
            if words == "leading zeros" and doubled:
                spelt = {form(name): form(name) for name in people}
            else:
                continue
        elif set(people) <= known or len({form(name) for name in known}) < len(known):
            continue
        renamed = {name: spelt[form(name)] for name in people}
        changed = [name for name in people if renamed[name] != name]
        if changed:
            _log.warning(
                "network.file: %d ids differ from others only in %s and are read as the same: %s is %s",
                len(changed), words, shown(changed[0]), shown(renamed[changed[0]]),
            )  # fmt: skip
            people = list(dict.fromkeys(renamed.values()))
            ties = [(renamed[one], renamed[other]) for one, other in network.ties]
            network = replace(network, people=dict.fromkeys(people), ties=ties)
    return network


def _without_zeros(name: str) -> str:
    return (name.lstrip("0") or "0") if name.isdecimal() else name


def _tell_network(network: Network, name: str, columns: Sequence[str]) -> None:
    """Log what was read from a network."""
    row = {each: number for number, each in enumerate(network.people)}
    ends = np.fromiter((row[end] for tie in network.ties for end in tie), np.int64, 2 * len(network.ties)).reshape(
        -1, 2
    )
    apart = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
    pairs = len(np.unique(apart[:, 0] * len(row) + apart[:, 1]))
    loops, doubled = len(ends) - len(apart), len(apart) - pairs
    alone = len(row) - len(np.unique(apart))
    parts = [f"{counted(len(row), 'person')}, {counted(pairs, 'tie')}"]
    if doubled or loops:
        dropped = [counted(doubled, "duplicate")] * bool(doubled) + [counted(loops, "self-tie")] * bool(loops)
        parts.append(f"of {counted(len(network.ties), 'row')}, {' and '.join(dropped)} dropped")
    if alone:
        parts.append(f"{counted(alone, 'person')} without ties")
    if network.is_directed:
        parts.append("directions dropped")
    _log.info("network.file: %s", "; ".join([*parts, *network.notes]))
    for doubt in network.doubts:
        _log.warning("network.file: %s", doubt)
    settings = [each for each in network.names if each.lower() in columns and each.lower() != "person"]
    others = [each for each in network.names if each not in {*settings, name}]
    if settings:
        _log.warning(
            "network.file: attributes of people are not used: %s; to use them, save them as a people file "
            "(population.file)", ", ".join(settings),
        )  # fmt: skip
    if others:
        naming = [each for each, _ in unique_names(network) if each in others][:1] if name == "id" else []
        more = f"; to identify people by one, set network.key={naming[0]}" if naming else ""
        _log.info("network.file: attributes of people not used: %s%s", ", ".join(others)[:300], more)


def _tell_matches(frame: Table, network: Network) -> None:
    """Log who is in only one of the files, and refuse files that have nobody in common."""
    known, tied = set(frame.cells["person"]) - {""}, set(network.people)
    unknown, untied = sorted(tied - known, key=as_number), sorted(known - tied, key=as_number)
    if not known & tied and _has_citizens(frame):
        named = ", ".join(name for name, given in unique_names(network) if not set(given.values()).isdisjoint(known))
        partly = next((name for name, given in network.names.items() if set(given.values()) & known), None)
        more = f"; set network.key={named}" if named else ""
        if partly and not more:
            why = _why_not(network, partly)
            more = f"; its attribute {shown(partly)} has some of these names, but cannot be used{why}"
        raise InputError(
            f"network.file: must name people as population.file does; no id is in both: it has {shown(unknown[0])}, "
            f"and population.file has {shown(untied[0])}{more}"
        )
    if unknown and _has_citizens(frame):
        half = "" if not untied else f", and {counted(len(untied), 'person')} without ties, such as {shown(untied[0])}"
        doubt = "; do both files spell the ids the same way?" if untied else ""
        _log.warning(
            "population.file: has no row for %d of the %d people in network.file, such as %s, who are drawn at "
            "random%s%s",
            len(unknown), len(tied), shown(unknown[0]), half, doubt,
        )  # fmt: skip
    elif untied and _has_citizens(frame):
        _log.info("network.file: %d of the %d people in population.file have no ties", len(untied), len(known))


def spelling(name: str) -> str:
    """Return a form that is equal for names that differ only in capitalisation, spaces or leading zeros."""
    return _without_zeros("".join(name.casefold().split()))


def as_number(name: str) -> tuple[int, int, str, str]:
    """Return a sort key that puts numbers of any length first, by size, and always orders 1 and 01 the same way."""
    digits = name.lstrip("0")
    return (0, len(digits), digits, name) if name.isdecimal() else (1, 0, name, name)


MOST_LISTED = 12
"""Largest number of names that a sentence lists."""


def listed(names: Sequence[object]) -> str:
    """Return the first names as a list in a sentence."""
    return ", ".join([*map(str, names[:MOST_LISTED]), *["..."] * (len(names) > MOST_LISTED)])
