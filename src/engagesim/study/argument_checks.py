"""Check the arguments of public Python functions."""

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

import numpy as np

from engagesim.errors import EngagementError, ParameterError, no_such, not_one_of, shown
from engagesim.parameters import Parameters

MOST_SEED = 4_294_967_295
"""The largest seed."""


def seeds_of(given: Any, least: int = 1) -> tuple[int, ...]:
    """Return seeds as whole numbers, and refuse repeated seeds, which would not be independent draws.

    Raises
    ------
    ParameterError
        If a seed is not valid or is given twice; the message names it.
    """
    allowed = f"whole numbers from 0 to {MOST_SEED}, each once"
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise ParameterError(f"seeds = {shown(given)}: must be a list of {allowed}")
    seeds: dict[int, None] = {}
    for each in given:
        if not isinstance(each, int | np.integer) or isinstance(each, bool) or not 0 <= each <= MOST_SEED:
            raise ParameterError(f"seeds = {shown(each)}: must be {allowed}")
        if index(each) in seeds:
            raise ParameterError(f"seeds = {each}: must be {allowed}; this one is given twice")
        seeds[index(each)] = None
    if len(seeds) < least:
        raise ParameterError(f"seeds = {shown(list(seeds))}: must be {least} or more")
    return tuple(seeds)


def societies_of(given: Any, place: str = "points") -> tuple[Parameters, ...]:
    """Return the parameters of societies, and refuse those that differ in their number of months.

    Raises
    ------
    ParameterError
        If the list is empty or holds anything but Parameters, or if the numbers of months differ.
    """
    if isinstance(given, Parameters | str | Mapping) or not isinstance(given, Iterable):
        raise ParameterError(f"{place} = {shown(given)}: must be a list of Parameters, as in [Parameters()]")
    societies = tuple(given)
    for number, each in enumerate(societies):
        checked(each, Parameters, f"{place}[{number}]")
    if not societies:
        raise ParameterError(f"{place} = []: must be a list of Parameters, as in [Parameters()]")
    months = {society.months for society in societies}
    if len(months) != 1:
        raise ParameterError(f"months = {sorted(months)}: must be the same for all {place}")
    return societies


def checked[Kind](given: Any, kind: type[Kind], place: str) -> Kind:
    """Return a value if it has the required type, and refuse it otherwise."""
    if not isinstance(given, kind):
        raise ParameterError(f"{place} = {shown(given)}: must be {_article(kind.__name__)}")
    return given


def one_of(given: Any, allowed: Iterable[str], place: str) -> str:
    """Return a name if it is among those allowed, and refuse it otherwise."""
    names = list(allowed)
    if not isinstance(given, str) or given not in names:
        raise ParameterError(not_one_of(place, given, names))
    return given


def check_among(name: Any, names: Iterable[Any], what: str) -> None:
    """Refuse an unknown name; the message suggests the nearest name, or lists all names if there are few."""
    known = [str(one) for one in names]
    if str(name) not in known:
        raise EngagementError(no_such(str(name), what, known))


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIO" else name if name.endswith("s") else f"a {name}"
