"""Levers that move one person or a few users: what they change, for how long, and what they cost."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from engagesim.errors import ParameterError, not_one_of, shown, span
from engagesim.parameters import Intervention
from engagesim.society.state import COLUMNS

ENTITY = {
    "manager": "official", "provider": "official", "politician": "politician", "users": "citizen", "brokers": "citizen",
}  # fmt: skip
"""Each kind of actor, with the entity whose state a lever changes."""

_GROUPS = {
    "manager": ("official", "manager"), "provider": ("official", "provider"), "politician": ("politician",),
    "users": ("users",), "brokers": ("users",),
}  # fmt: skip
"""The groups of changes in ``levers.yaml`` that concern each kind of actor."""

_MOST_COST = 1e12


class Change(NamedTuple):
    """How a lever changes one column of the state: ``add`` an amount, ``times`` a factor, or ``set`` a value."""

    column: str
    how: str
    value: float

    @property
    def rises(self) -> bool:
        """Whether the change makes the number larger."""
        return self.value > {"add": 0.0, "times": 1.0, "set": 0.5}[self.how]


class Lever(NamedTuple):
    """Something that can be done to win over an actor.

    Attributes
    ----------
    name : str
    words : str
        What to do, as an instruction.
    why : str
        The motive to which it appeals.
    cost : float
        Total cost in US dollars.
    cost_source : str
    months : int
        Months for which the change is renewed; 0 means that it is made once.
    changes : mapping of str to tuple of Change
        Changes by kind of actor; kinds that the lever does not concern are left out.
    interventions : tuple of Intervention
        Interventions from the catalogue that it opens in the whole district; its user sets place and time.
    """

    name: str
    words: str
    why: str
    cost: float
    cost_source: str
    months: int
    changes: Mapping[str, tuple[Change, ...]]
    interventions: tuple[Intervention, ...] = ()


@cache
def _told() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "levers.yaml").read_text("utf-8"))
    return found


def lever_words(name: str) -> str:
    """Return what a lever does, as an instruction."""
    words: str = _told()[name]["words"]
    return words


def read_levers(catalogue: Mapping[str, Intervention], costs: Mapping[str, float] | None = None) -> tuple[Lever, ...]:
    """Return every lever.

    Parameters
    ----------
    catalogue : mapping of str to Intervention
        The interventions that levers may open.
    costs : mapping of str to float, optional
        The user's own total costs, by name of the lever.

    Raises
    ------
    ParameterError
        If a cost names no lever, or is not an amount.
    """
    given = dict(costs or {})
    for name, cost in given.items():
        if name not in _told():
            raise ParameterError(not_one_of("costs", name, _told()))
        if isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 <= cost <= _MOST_COST:
            raise ParameterError(f"costs.{name} = {shown(cost)}: must be {span(0, _MOST_COST)}")
    return tuple(_lever(name, told, catalogue, given) for name, told in _told().items())


def _lever(
    name: str, told: Mapping[str, Any], catalogue: Mapping[str, Intervention], costs: Mapping[str, float]
) -> Lever:
    months = int(told.get("months", 0))
    opened = (catalogue[told["intervention"]],) if "intervention" in told else ()
    cost = float(told["cost"]) + sum(entry.cost * months for entry in opened)
    changes = {}
    for kind, groups in _GROUPS.items():
        made = [_change(column, how) for group in groups for column, how in told.get(group, {}).items()]
        if made:
            changes[kind] = tuple(made)
    return Lever(
        name, told["words"], told["why"], float(costs.get(name, cost)), told["cost_source"], months, changes, opened
    )


def _change(column: str, told: Mapping[str, float]) -> Change:
    ((how, value),) = told.items()
    return Change(column, how, float(value))


@cache
def limits(entity: str, column: str) -> tuple[float, float]:
    """Return the range within which a lever keeps a column."""
    found = next(each for each in COLUMNS if (each.entity, each.name) == (entity, column))
    if column.startswith("belief_"):
        return -2.0, 2.0
    return (0.0, 240.0) if found.unit == "months" else (0.0, 1.0)
