"""Events of a run in words: one by one, and as a story of the main ones; months and districts count from 1."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from engagesim.errors import ParameterError
from engagesim.report.text import capital, district_name, month_name, several
from engagesim.rules.vocabulary import ENDINGS, Ending
from engagesim.society.events import CAUSES, EVENT_COLUMNS
from engagesim.study.argument_checks import checked

POSITIONS = {
    "resist": "resisting",
    "token": "token responses",
    "accommodate": "accommodating",
    "cocreate": "co-creating",
    "patronage": "patronage",
    "arms_length": "keeping at arm's length",
    "sponsor": "sponsoring engagement",
}
"""Positions, worded to follow "from" and "to"."""

WORDS = {
    "voted_out": "{who} was voted out on a platform of {before}",
    "reelected": "{who} was re-elected on a platform of {before}",
    "politician_changed_platform": "{who} went from {before} to {after}",
    "official_transferred": "{who} was replaced",
    "promise_lapsed": "a promise of {who} lapsed",
    "joined_organisation": "{count} joined the organisation of {users}",
    "left_organisation": "{count} left the organisation of {users}",
    "leader_rose": "{who} came to lead the organisation of {users}",
    "leader_stopped": "{who} stopped leading the organisation of {users}",
    "promise_kept": "{who} kept a promise",
    "promise_broken": "{who} broke a promise",
    "agreement_made": "{users} and their provider came to an agreement",
    "agreement_ended": "the agreement of {users} and their provider ended",
    "demand": "{users} made a demand",
    "demand_given_up": "{users} gave up their demand",
    "promise": "{who} made a promise",
    "dispute_escalated": "{users} confronted their provider",
    "manager_changed_position": "{who} went from {before} to {after}",
    "provider_changed_position": "{who} went from {before} to {after}",
    "left_coalition": "{who} left the coalition",
    "joined_coalition": "{who} joined the coalition",
    "coalition_ended": "the coalition of {district} ended",
    "coalition_born": "a coalition formed in {district}",
}
"""The sentence for each kind of event."""

SILENT = {"turnover", "own_accord", "between_elections", "term_ended", "new_mandate", "grievance"}
"""Causes that add nothing to the event itself."""

QUIET = {"joined_organisation", "left_organisation", "leader_rose", "leader_stopped"}
"""Kinds of events that happen too often to list one by one."""

_HANDED_OVER = ("official_transferred", "voted_out")

_LIVES = 4
"""Maximum number of coalitions that the story names."""

_FIRSTS = (("demand", "demand"), ("dispute_escalated", "confrontation"), ("agreement_made", "agreement"))


class _Log(NamedTuple):
    """The events of a run, and the names that the user's files give to people, by row."""

    events: pd.DataFrame
    names: Sequence[str]

    def of(self, *kinds: str) -> pd.DataFrame:
        return self.events[self.events["kind"].isin(kinds)]

    def first(self, kind: str) -> Any:
        """Return the first event of a kind, or None."""
        return next(iter(_listed(self.of(kind))), None)


def _listed(events: pd.DataFrame) -> list[Any]:
    """Return events as named tuples."""
    return [*events.itertuples()]


def told(event: Any, names: Sequence[str] = (), newcomer: bool = True) -> str:
    """Describe an event without its month.

    Parameters
    ----------
    event : named tuple
        A row of the table of events.
    names : sequence of str
        Names of agents, by row.
    newcomer : bool
        Whether the post may have changed hands since the start, so that a name no longer fits.
    """
    district = district_name(event.district)
    at = f"service point {event.service_point} of {district}"
    posts = {
        "manager": f"the manager of {district}",
        "politician": f"the politician of {district}",
        "citizen": f"a user of {at}",
    }
    post = posts.get(event.actor, f"the provider at {at}")
    is_named = 0 <= event.row < len(names) and names[event.row] and (event.actor == "citizen" or not newcomer)
    said = WORDS[event.kind].format(
        who=f"{names[event.row]}, {post}," if is_named else post,
        users=f"the users of {at}",
        district=district,
        before=POSITIONS.get(event.before, ""),
        after=POSITIONS.get(event.after, ""),
        count="1 citizen" if event.count == 1 else f"{event.count} citizens",
    )
    return said + _because(event)


def _because(event: Any) -> str:
    if not event.cause or event.cause in SILENT:
        return ""
    is_end = event.kind == "coalition_ended"
    return f", because {ENDINGS[Ending[event.cause.upper()]] if is_end else CAUSES[event.cause]}"


def dated(event: Any, said: str) -> str:
    """Return an event as a sentence that begins with the month."""
    return f"{capital(month_name(event.month))}: {said}."


def story(events: pd.DataFrame, names: Sequence[str] = ()) -> list[str]:
    """Tell the story of a run: the first events, the fate of the first promise, elections and coalitions.

    Parameters
    ----------
    events : pandas.DataFrame
        As in ``EngagementModel.events``.
    names : sequence of str
        Names of agents, by row, as in ``model.wiring.labels``.

    Returns
    -------
    list of str
        At most a dozen sentences by month, or one sentence if nothing of the kind happened.

    Raises
    ------
    ParameterError
        If ``events`` is not a table of events.
    """
    missing = [name for name in EVENT_COLUMNS if name not in checked(events, pd.DataFrame, "events")]
    if missing:
        raise ParameterError(f"events: must have the columns of EngagementModel.events; {missing[0]} is missing")
    log = _Log(events, names)
    found = [*_firsts(log), *_promise(log), *_elections(log), *_coalitions(log)]
    if not found:
        return ["Users made no demand, no election was lost, and no coalition formed."]
    return [sentence for _, sentence in sorted(found, key=lambda each: each[0])]


def _one(log: _Log, event: Any) -> str:
    """Describe an event; a name in the user's files belongs to the first holder of the post."""
    if not log.names:
        return told(event)
    handed = log.of(*_HANDED_OVER)
    at_once = (handed["kind"] == "official_transferred") & (event.kind != "official_transferred")
    before = (handed["month"] < event.month) | ((handed["month"] == event.month) & at_once)
    return told(event, log.names, bool(((handed["row"] == event.row) & before).any()))


def _firsts(log: _Log) -> Iterator[tuple[int, str]]:
    for kind, noun in _FIRSTS:
        event, count = log.first(kind), len(log.of(kind))
        if event is not None:
            of_all = f"the first of {count} {noun}s" if count > 1 else f"the only {noun}"
            yield event.month, f"In {month_name(event.month)} {_one(log, event)}: {of_all}."


def _promise(log: _Log) -> Iterator[tuple[int, str]]:
    """Report the first promise and its fate, and the number of all others."""
    made = log.first("promise")
    if made is None:
        return
    ends = ("promise_kept", "promise_broken", "promise_lapsed")
    later = log.of(*ends)
    end = next(iter(_listed(later[(later["row"] == made.row) & (later["month"] > made.month)])), None)
    outcomes = dict(zip(ends, ("was kept", "was broken", "lapsed"), strict=True))
    came = "is still open" if end is None else f"{outcomes[end.kind]} in {month_name(end.month)}{_because(end)}"
    said = _one(log, made).replace("a promise", "the first promise", 1)
    total, kept, broken = (len(log.of(kind)) for kind in ("promise", "promise_kept", "promise_broken"))
    others = f" Of {total} promises in all, officials kept {kept} and broke {broken}." if total > 1 else ""
    yield made.month, f"In {month_name(made.month)} {said}; it {came}.{others}"


def _elections(log: _Log) -> Iterator[tuple[int, str]]:
    ended = log.of("voted_out", "reelected")
    held = ended[ended["cause"] != "upset"]
    event, upsets = log.first("voted_out"), len(ended) - len(held)
    if event is not None:
        lost = int((held["kind"] == "voted_out").sum())
        of_all = f" Incumbents lost {lost} of {several(len(held), 'election')}" if len(ended) > 1 else ""
        fell = f", and {upsets} fell to upsets between elections" if of_all and upsets else ""
        yield event.month, f"In {month_name(event.month)} {_one(log, event)}.{of_all}{fell}{'.' if of_all else ''}"
    elif len(held):
        first = int(held["month"].iloc[0])
        won = f"all {len(held)} elections, the first" if len(held) > 1 else "the only election,"
        yield first, f"Incumbents won {won} in {month_name(first)}."


def _coalitions(log: _Log) -> Iterator[tuple[int, str]]:
    """Report the coalitions that stood longest."""
    lives, standing = [], {}
    for event in _listed(log.of("coalition_born", "coalition_ended")):
        if event.kind == "coalition_born":
            standing[event.district] = event.month
        elif event.district in standing:
            lives.append((standing.pop(event.district), event.district, event))
    lives += [(born, district, None) for district, born in standing.items()]
    last = int(log.events["month"].max()) + 1 if lives else 0
    longest = sorted(lives, key=lambda life: life[0] - (life[2].month if life[2] else last))[:_LIVES]
    for born, district, end in longest:
        fate = "it still stood at the end" if end is None else f"it ended in {month_name(end.month)}{_because(end)}"
        yield born, f"In {month_name(born)} a coalition formed in {district_name(district)}; {fate}."
    if len(lives) > len(longest):
        yield last, f"{len(lives)} coalitions formed in all; only the longest-lived are listed."
