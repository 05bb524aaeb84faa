"""The event log of a society: what happened in a month, to whom and why, judging by the states before and after.

Both engines keep the few columns in ``SEEN`` and pass them to the same function, so their logs are identical.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.rules.vocabulary import ACCOMMODATE, ENDINGS, PATRONAGE, RESIST, SPONSOR, TOKEN, Ending, Response, Stance
from engagesim.society.network import Wiring
from engagesim.society.state import COLUMNS, State

type Mask = NDArray[np.bool_]
type Codes = NDArray[np.int8]


class Kind(NamedTuple):
    """A kind of event: its name, who acts, and what happens."""

    name: str
    actor: str
    description: str


KINDS = (
    Kind("voted_out", "politician", "An election, or an upset between elections, replaced the politician"),
    Kind("reelected", "politician", "The politician was re-elected"),
    Kind("politician_changed_platform", "politician", "The politician changed platform"),
    Kind("official_transferred", "official", "The official left, and the post was refilled"),
    Kind("promise_lapsed", "official", "A promise lapsed because the official left the post"),
    Kind("joined_organisation", "users", "Citizens joined the organisation of users; the count says how many"),
    Kind("left_organisation", "users", "Citizens left the organisation of users; the count says how many"),
    Kind("leader_rose", "citizen", "A member became a leader of the organisation of users"),
    Kind("leader_stopped", "citizen", "A leader stopped leading"),
    Kind("promise_kept", "official", "The official kept a promise that fell due"),
    Kind("promise_broken", "official", "The official broke a promise that fell due"),
    Kind("agreement_made", "official", "Users and the official reached an agreement"),
    Kind("agreement_ended", "official", "The agreement between users and the official ended"),
    Kind("demand", "users", "Users made a demand"),
    Kind("demand_given_up", "users", "Users gave up a demand"),
    Kind("promise", "official", "The official made a promise"),
    Kind("dispute_escalated", "users", "The organisation of users called for confrontation"),
    Kind("manager_changed_position", "official", "The manager, or a newcomer, changed their way of working"),
    Kind("provider_changed_position", "official", "The provider, or a newcomer, changed their way of working"),
    Kind("left_coalition", "official or politician", "Somebody left the coalition of the district"),
    Kind("joined_coalition", "official or politician", "Somebody joined the coalition of the district"),
    Kind("coalition_ended", "coalition", "The coalition of the district ended"),
    Kind("coalition_born", "coalition", "A coalition formed in the district"),
)  # fmt: skip
"""Kinds of events, in the order in which the log lists them for a district and month."""

KIND_NAMES = tuple(kind.name for kind in KINDS)

CAUSES: dict[str, str] = {
    "": "",
    **{each.name.lower(): words for each, words in ENDINGS.items()},
    "term_ended": "the term had ended",
    "upset": "there was an upset between elections",
    "newcomer": "a newcomer had taken over",
    "new_mandate": "the politician had been re-elected",
    "between_elections": "the politician reconsidered between elections",
    "patron": "a patron moves officials who respond",
    "change_at_the_top": "the district's politician or platform had changed",
    "turnover": "posts change hands now and then",
    "transfer": "the official was transferred",
    "left_organisation": "the leader left the organisation",
    "grievance": "they were organised and had a grievance",
    "weariness": "they were tired of waiting",
    "fresh_demand": "users had just demanded it",
    "standing_dispute": "users had demanded it for some time",
    "resistance": "the official resisted",
    "token_response": "the official only went through the motions",
    "failure": "the official meant to keep it but failed",
    "kept_promise": "a promise was kept",
    "broken_promise": "a promise was broken",
    "promise_due": "a promise was about to fall due",
    "no_answer": "a demand had no answer",
    "promise_pending": "they did not wait for the promise to fall due",
    "confrontation": "users had called for confrontation",
    "superior": "the superior was new or had changed course",
    "own_accord": "the official reconsidered",
    "position": "the official no longer responded in earnest",
    "weak_organisation": "too few users were organised",
    "platform": "the politician no longer sponsored reform",
    "agreement_ended": "the agreement with users had ended",
    "support": "there was too little support",
}
"""Causes or occasions, worded to follow "because"; if several apply, the log gives the first."""

POSITIONS = ("", *(each.name.lower() for each in Response), *(each.name.lower() for each in Stance))
"""Positions before and after an event; empty if the event changes no position."""

ACTORS = ("users", "citizen", "provider", "manager", "politician", "coalition")

_READ = {
    "citizen": ("member", "leader"),
    "official": (
        "response", "refilled", "member", "agreement", "promise_due", "demanded", "promised", "kept", "broken",
        "given_up", "called",
    ),
    "politician": ("stance", "transition", "mandate", "new_party", "election_in", "member"),
    "district": ("manager_shift", "coalition_born", "coalition_ending"),
}  # fmt: skip

SEEN = tuple(column for column in COLUMNS if column.name in _READ.get(column.entity, ()))
"""The columns of a society that the log needs, before and after each month."""

RECENT = 0.25
"""A change of leader or superior counts as recent while at least this share of its effect is still to come."""

WORDS = {"kind": KIND_NAMES, "actor": ACTORS, "before": POSITIONS, "after": POSITIONS, "cause": tuple(CAUSES)}
"""Possible words in each text column; rows hold positions in these lists."""

ROW = np.dtype(
    [
        ("lane", np.int32), ("month", np.int32), ("kind", np.int8), ("district", np.int32), ("actor", np.int8),
        ("service_point", np.int32), ("row", np.int32), ("before", np.int8), ("after", np.int8), ("cause", np.int8),
        ("count", np.int32),
    ]
)  # fmt: skip
"""An event as numbers; words are positions in the lists above."""

EVENT_COLUMNS: dict[str, tuple[str, str]] = {
    "month": ("month", "Month of the event, counted from 0"),
    "kind": ("kind of event", "What happened"),
    "district": ("district", "District, counted from 0"),
    "actor": ("role", "Who acted: users, citizen, provider, manager, politician or coalition"),
    "service_point": ("service point", "Number of the point; 0 for the manager, -1 for a politician or coalition"),
    "row": ("row", "Row of the agent in the social graph; for users, the row of their official; -1 for a coalition"),
    "before": ("position", "Position of the actor before the event; empty if the event changes no position"),
    "after": ("position", "Position of the actor after the event; empty if the event changes no position"),
    "cause": ("cause", "Why, or on which occasion; empty if unknown"),
    "count": ("events or people", "Citizens who joined or left an organisation; 1 for other events"),
}  # fmt: skip
"""Unit and meaning of each column in the table of events."""

_KIND = {name: place for place, name in enumerate(KIND_NAMES)}
_CAUSE = {name: place for place, name in enumerate(CAUSES)}
_ACTOR = {name: place for place, name in enumerate(ACTORS)}
_ENDINGS = np.array([_CAUSE.get(each.name.lower(), 0) for each in Ending], dtype=np.int8)


def seen(state: State) -> State:
    """Return a copy of the columns that the log needs, for some societies."""
    sizes: dict[Any, int] = {entity: block.shape[1] for entity, block in state.numbers.items()}
    some = State.empty(sizes, state.counts["citizen"].shape[2], SEEN)
    for column in SEEN:
        some.column(column.entity, column.name)[:] = state.column(column.entity, column.name)
    return some


class _Found(NamedTuple):
    """Events of one kind: where they happen, by entity and lane, and what is known about each."""

    kind: str
    entity: str
    where: Mask
    before: Any = 0
    after: Any = 0
    cause: Any = 0
    count: Any = 1


def events(before: State, after: State, wiring: Wiring, month: int) -> NDArray[Any]:
    """Return what happened in a month.

    Parameters
    ----------
    before, after : State
        States at the start and at the end of the month; the columns in ``SEEN`` are enough.
    wiring : Wiring
        The social graph of the societies.
    month : int
        Counted from 0.

    Returns
    -------
    array of ``ROW``
        Events by lane, then by district, kind and row.
    """
    kinds = chain(
        _politics(before, after, month),
        _organisations(before, after, wiring),
        _relations(before, after, wiring),
        _positions(before, after, wiring, month),
        _coalitions(before, after),
    )
    found = _joined([_rows(each, wiring, month) for each in kinds if each.where.any()])
    return found[np.lexsort((found["row"], found["kind"], found["district"], found["lane"]))]


def _politics(before: State, after: State, month: int) -> Iterator[_Found]:
    """Yield elections and changes of platform; the first choice of a platform, in the first month, is not an event."""
    stood, stands = before.column("politician", "stance"), after.column("politician", "stance")
    voted, new = after.column("politician", "mandate") > 0, after.column("politician", "new_party") > 0
    in_term = before.column("politician", "election_in") > 1
    held = _stance(stands)
    cause = _first((in_term, "upset"), otherwise="term_ended")
    yield _Found("voted_out", "politician", voted & new, held, held, cause)
    yield _Found("reelected", "politician", voted & ~new, held, held, cause)
    newcomer, mandate = before.column("politician", "new_party") > 0, before.column("politician", "mandate") > 0
    cause = _first((newcomer, "newcomer"), (mandate, "new_mandate"), otherwise="between_elections")
    yield _Found(
        "politician_changed_platform", "politician", (stood != stands) & (month > 0), _stance(stood), held, cause
    )


def _organisations(before: State, after: State, wiring: Wiring) -> Iterator[_Found]:
    """Yield citizens who join, leave or lead; those who join or leave are only counted, by service point."""
    was, is_now = before.column("citizen", "member") > 0, after.column("citizen", "member") > 0
    for kind, who in (("joined_organisation", is_now & ~was), ("left_organisation", was & ~is_now)):
        count = _at_points(who, wiring)
        yield _Found(kind, "official", count > 0, count=count)
    led, leads = before.column("citizen", "leader") > 0, after.column("citizen", "leader") > 0
    yield _Found("leader_rose", "citizen", leads & ~led)
    yield _Found("leader_stopped", "citizen", led & ~leads, cause=_first((~is_now, "left_organisation"), otherwise=""))


def _relations(before: State, after: State, wiring: Wiring) -> Iterator[_Found]:
    """Yield bargains between users and officials; a newcomer's earlier position counts as a token response."""
    flag = lambda name: after.column("official", name) > 0  # noqa: E731 - a name for use in this function
    refilled, broken = flag("refilled"), flag("broken")
    response = np.where(refilled, TOKEN, before.column("official", "response"))
    held = _response(response)
    patron = (after.column("politician", "stance") == PATRONAGE)[_district_of_posts(wiring)]
    new_top = (after.column("politician", "transition") > RECENT)[_district_of_posts(wiring)]
    responded = before.column("official", "response") >= ACCOMMODATE
    moved = _first((patron & responded, "patron"), (new_top, "change_at_the_top"), otherwise="turnover")
    yield _Found("official_transferred", "official", refilled, cause=moved)
    lapsed = refilled & (before.column("official", "promise_due") > 0)
    yield _Found("promise_lapsed", "official", lapsed, cause=_CAUSE["transfer"])
    yield _Found("promise_kept", "official", flag("kept"), held, held)
    why = _first((response == RESIST, "resistance"), (response == TOKEN, "token_response"), otherwise="failure")
    yield _Found("promise_broken", "official", broken, held, held, why)
    agreed, agrees = before.column("official", "agreement") > 0, flag("agreement")
    yield _Found("agreement_made", "official", agrees & ~agreed, held, held, _CAUSE["kept_promise"])
    why = _first(
        (refilled, "transfer"), (broken, "broken_promise"), (response < ACCOMMODATE, "position"),
        otherwise="weak_organisation",
    )  # fmt: skip
    yield _Found("agreement_ended", "official", agreed & ~agrees, held, held, why)
    yield _Found("demand", "official", flag("demanded"), cause=_CAUSE["grievance"])
    yield _Found("demand_given_up", "official", flag("given_up"), cause=_CAUSE["weariness"])
    why = _first((flag("demanded"), "fresh_demand"), otherwise="standing_dispute")
    yield _Found("promise", "official", flag("promised"), held, held, why)
    why = _first((broken, "broken_promise"), (flag("promise_due"), "promise_pending"), otherwise="no_answer")
    yield _Found("dispute_escalated", "official", flag("called"), cause=why)


def _positions(before: State, after: State, wiring: Wiring, month: int) -> Iterator[_Found]:
    """Yield changes in ways of working; the choices of the first month are not events."""
    homes = _district_of_posts(wiring)
    worked, works = before.column("official", "response"), after.column("official", "response")
    changed = (worked != works) & (month > 0)
    refilled, manages = after.column("official", "refilled") > 0, (wiring.manages > 0)[:, None]
    new_superior = np.where(
        manages,
        (after.column("politician", "transition") > RECENT)[homes],
        (before.column("district", "manager_shift") > RECENT)[homes],
    )
    why = _first(
        (refilled, "newcomer"), (after.column("official", "called") > 0, "confrontation"),
        (after.column("official", "broken") > 0, "broken_promise"),
        (after.column("official", "promise_due") == 1, "promise_due"), (new_superior, "superior"),
        otherwise="own_accord",
    )  # fmt: skip
    for kind, who in (("manager_changed_position", manages), ("provider_changed_position", ~manages)):
        yield _Found(kind, "official", changed & who, _response(worked), _response(works), why)


def _coalitions(before: State, after: State) -> Iterator[_Found]:
    """Yield events of coalitions and their members; an official who leaves the post leaves the coalition."""
    was, is_now = before.column("official", "member") > 0, after.column("official", "member") > 0
    refilled, response = after.column("official", "refilled") > 0, _response(after.column("official", "response"))
    lost = (before.column("official", "agreement") > 0) & (after.column("official", "agreement") == 0)
    held_back = after.column("official", "response") < ACCOMMODATE
    why = _first((refilled, "transfer"), (held_back, "position"), (lost, "agreement_ended"), otherwise="support")
    yield _Found("left_coalition", "official", was & (refilled | ~is_now), response, response, why)
    yield _Found("joined_coalition", "official", is_now & (refilled | ~was), response, response)
    was, is_now = before.column("politician", "member") > 0, after.column("politician", "member") > 0
    stance = after.column("politician", "stance")
    why = _first(
        (before.column("politician", "new_party") > 0, "newcomer"), (stance != SPONSOR, "platform"),
        otherwise="support",
    )  # fmt: skip
    yield _Found("left_coalition", "politician", was & ~is_now, _stance(stance), _stance(stance), why)
    yield _Found("joined_coalition", "politician", is_now & ~was, _stance(stance), _stance(stance))
    ending = after.column("district", "coalition_ending")
    yield _Found("coalition_ended", "district", ending > 0, cause=_ENDINGS[ending])
    yield _Found("coalition_born", "district", after.column("district", "coalition_born") > 0)


def _rows(found: _Found, wiring: Wiring, month: int) -> NDArray[Any]:
    """Return events of one kind as rows."""
    entity, lane = np.nonzero(found.where)
    rows = np.zeros(entity.size, dtype=ROW)
    rows["lane"], rows["month"], rows["kind"] = lane, month, _KIND[found.kind]
    for name in ("before", "after", "cause", "count"):
        value = getattr(found, name)
        rows[name] = np.broadcast_to(value, found.where.shape)[entity, lane] if isinstance(value, np.ndarray) else value
    posts = wiring.providers + 1
    if found.entity == "citizen":
        post = wiring.service_point[entity]
        rows["district"], rows["service_point"], rows["row"] = wiring.district[entity], post % posts, entity
        rows["actor"] = _ACTOR["citizen"]
    elif found.entity == "official":
        rows["district"], rows["service_point"], rows["row"] = entity // posts, entity % posts, wiring.citizens + entity
        official = np.where(entity % posts > 0, _ACTOR["provider"], _ACTOR["manager"])
        rows["actor"] = _ACTOR["users"] if KINDS[_KIND[found.kind]].actor == "users" else official
    else:
        is_politician = found.entity == "politician"
        rows["district"], rows["service_point"] = entity, -1
        rows["row"] = wiring.citizens + wiring.officials + entity if is_politician else -1
        rows["actor"] = _ACTOR["politician" if is_politician else "coalition"]
    return rows


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Join the rows of several parts; NumPy's own function takes ten times as long if rows have fields."""
    rows = np.empty(sum(map(len, parts)), dtype=ROW)
    stop = 0
    for part in parts:
        rows[stop : (stop := stop + len(part))] = part
    return rows


def _at_points(who: Mask, wiring: Wiring) -> NDArray[np.int64]:
    """Return how many citizens of a given group each official serves, by lane."""
    lanes = who.shape[1]
    citizen, lane = np.nonzero(who)
    places = wiring.service_point[citizen] * lanes + lane
    return np.bincount(places, minlength=wiring.officials * lanes).reshape(wiring.officials, lanes)


def _district_of_posts(wiring: Wiring) -> NDArray[np.int64]:
    return np.repeat(np.arange(wiring.districts), wiring.providers + 1)


def _first(*cases: tuple[Mask, str], otherwise: str) -> Codes:
    """Return the cause of the first case that applies."""
    return np.select([case for case, _ in cases], [_CAUSE[name] for _, name in cases], _CAUSE[otherwise]).astype(
        np.int8
    )


def _response(response: NDArray[Any]) -> Codes:
    return (1 + response).astype(np.int8)


def _stance(stance: NDArray[Any]) -> Codes:
    return (1 + len(Response) + stance).astype(np.int8)


def event_table(rows: NDArray[Any]) -> pd.DataFrame:
    """Return events as a table with words instead of numbers, without the lane."""
    return pd.DataFrame(
        {
            name: pd.Series(np.array(WORDS[name], dtype=object)[rows[name]], dtype="str")
            if name in WORDS
            else rows[name]
            for name in EVENT_COLUMNS
        }
    )


def in_words(rows: NDArray[Any]) -> list[SimpleNamespace]:
    """Return events with the table's columns as attributes; for a few events, this is much faster than the table."""
    places = [(WORDS.get(name), rows[name].tolist()) for name in EVENT_COLUMNS]
    columns = [[words[place] for place in found] if words else found for words, found in places]
    return [SimpleNamespace(**dict(zip(EVENT_COLUMNS, values, strict=True))) for values in zip(*columns, strict=True)]


def event_counts(rows: NDArray[Any], lanes: int) -> NDArray[np.int64]:
    """Return how many events of each kind there were, shape (lanes, kinds); every citizen who joined or left counts."""
    counts = np.zeros((lanes, len(KINDS)), dtype=np.int64)
    np.add.at(counts, (rows["lane"], rows["kind"]), rows["count"])
    return counts


def on_lanes(rows: NDArray[Any], lanes: Sequence[int]) -> NDArray[Any]:
    """Return the same events on other lanes; ``lanes`` holds the new lane of each event."""
    moved = rows.copy()
    moved["lane"] = np.asarray(lanes, dtype=np.int32)[rows["lane"]]
    return moved


def merged(logs: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the events of several logs, lane by lane, each in its own order."""
    rows = _joined(logs)
    return rows[np.argsort(rows["lane"], kind="stable")]


class Log:
    """The events of some societies, month by month.

    Parameters
    ----------
    wiring : Wiring
        The social graph that the societies share.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._months: list[NDArray[Any]] = []

    def note(self, before: State, after: State, month: int) -> None:
        """Add the events of a month."""
        self._months.append(events(before, after, self._wiring, month))

    @property
    def rows(self) -> NDArray[Any]:
        """All events so far, in order of month."""
        return self.since(0)

    def since(self, begin: int) -> NDArray[Any]:
        """Return the events after the first ``begin`` months of the log, by month."""
        return _joined(self._months[begin:])
