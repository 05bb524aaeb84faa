"""Links that carry the state of a page; their query strings are parsed and checked, but never evaluated."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from engagesim.dashboard.limits import MOST_MONTHS
from engagesim.dashboard.society_request import Act, SocietyRequest
from engagesim.errors import ParameterError, nearest
from engagesim.parameters import Row, parameter_table

TABS = ("explore", "map", "compare", "allies", "place", "studies", "glossary")

_LONGEST, _MOST_KEYS, _LONGEST_EXTRA, _MOST_LISTED = 16_000, 400, 300, 12
_WORDS = ("network.kind", "engagement.form")
_CHANGEABLE: dict[str, Row] = {
    row.path: row for row in parameter_table() if (row.low is not None and row.path != "months") or row.path in _WORDS
}
"""Parameters that a link may change: numbers within a range and some words, but no file names."""


@dataclass(frozen=True)
class Link:
    """The content of a link: the tab, the society, its month, the selected agent, and the settings of tabs.

    Keys of ``extras`` begin with the name of their tab and a dot, such as ``map.x``; the tab checks them.
    """

    tab: str = "explore"
    request: SocietyRequest = field(default_factory=SocietyRequest)
    month: int = 0
    agent: int | None = None
    extras: dict[str, str] = field(default_factory=dict)


def read(query: str) -> Link:
    """Read the query string of a link, with or without its question mark.

    Raises
    ------
    ParameterError
        If a key or a value is wrong; the message names it and states what is allowed.
    """
    if len(query) > _LONGEST:
        raise ParameterError(f"link: must have at most {_LONGEST} characters, not {len(query)}")
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST_KEYS, errors="strict")
    except ValueError:
        raise ParameterError("link: must be key=value pairs with & between them; it is damaged") from None
    if not all(part.isprintable() for pair in pairs for part in pair):
        raise ParameterError("link: must have printable characters only; it is damaged")
    plain = dict(pair for pair in pairs if pair[0] != "act")
    acts = tuple(_act(value) for key, value in pairs if key == "act")
    if list(acts) != sorted(acts, key=lambda act: act.month):
        raise ParameterError("act: months must be in ascending order")
    extras = {key: _extra(key, plain.pop(key)) for key in list(plain) if key.partition(".")[0] in TABS}
    tab = one_of("tab", plain.pop("tab", "explore"), TABS)
    month = whole("month", plain.pop("month", "0"), 0, MOST_MONTHS)
    agent = plain.pop("agent", None)
    scenario = plain.pop("scenario", SocietyRequest.scenario)
    request = SocietyRequest(scenario, {path: _value(path, text) for path, text in plain.items()}, acts)
    request.parameters()
    if acts and acts[-1].month > month:
        raise ParameterError(
            f"act = {acts[-1].month}:{acts[-1].what}: must not be after month = {month}, at which the link opens"
        )
    return Link(tab, request, month, None if agent is None else whole("agent", agent, 0, 10**6), extras)


def write(link: Link) -> str:
    """Return the query string of a link, without a question mark."""
    return urlencode(list(_pairs(link)), safe=":")


def _pairs(link: Link) -> Iterator[tuple[str, str]]:
    if link.tab != "explore":
        yield "tab", link.tab
    yield "scenario", link.request.scenario
    for path, value in link.request.changes.items():
        yield path, text_of(value)
    if link.month:
        yield "month", str(link.month)
    for act in link.request.acts:
        yield "act", f"{act.month}:{act.what}:{text_of(act.value)}"
    if link.agent is not None:
        yield "agent", str(link.agent)
    yield from link.extras.items()


def text_of(value: Any) -> str:
    """Return a number as text that can be read back without any loss."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def one_of(place: str, word: str, allowed: Collection[str]) -> str:
    """Return a value from a link if it is one of the allowed values.

    Raises
    ------
    ParameterError
        If the word is wrong; the message names it and states what is allowed.
    """
    if word in allowed:
        return word
    names = [name for name in allowed if name]
    listed = f" {', '.join(names)}" if len(names) <= _MOST_LISTED else f" {len(names)} choices"
    raise ParameterError(f"{place[:60]} = {word[:60]}: must be one of{listed}{nearest(word, names)}")


def number(place: str, text: str, low: float = -math.inf, high: float = math.inf) -> float:
    """Return a value from a link as a number within limits; raise the same errors as ``one_of``."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and low <= value <= high):
        span = f" from {low:g} to {high:g}" if math.isfinite(high) else ""
        raise ParameterError(f"{place[:60]} = {text[:60]}: must be a number{span}")
    return value


def whole(place: str, text: str, low: int, high: int) -> int:
    """Return a value from a link as a whole number within limits; raise the same errors as ``one_of``."""
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and low <= int(text) <= high):
        raise ParameterError(f"{place[:60]} = {text[:60]}: must be a whole number from {low} to {high}")
    return int(text)


def _act(text: str) -> Act:
    month, _, rest = text.partition(":")
    what, _, value = rest.rpartition(":")
    if not what:
        raise ParameterError(f"act = {text[:60]}: must be MONTH:SETTING:VALUE, or MONTH:INTERVENTION:1 (0 to end it)")
    return Act(whole("act", month, 0, MOST_MONTHS), what, number(what, value))


def _value(path: str, text: str) -> Any:
    row = _CHANGEABLE.get(path)
    if row is None:
        hint = nearest(path, [*_CHANGEABLE, "scenario", "month", "tab", "act", "agent"])
        raise ParameterError(f"{path[:60]}: must be a parameter that a link can change{hint}")
    if row.path in _WORDS:
        return text
    value = number(path, text)
    is_whole = not isinstance(row.default, float)
    return int(value) if is_whole and value.is_integer() else value


def _extra(key: str, text: str) -> str:
    if len(text) > _LONGEST_EXTRA:
        raise ParameterError(f"{key[:60]}: must have at most {_LONGEST_EXTRA} characters")
    return text
