"""Read and check what a user knows about a place: a short file of statements, each with its uncertainty."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engagesim.errors import ParameterError, no_such, shown, span
from engagesim.files import document
from engagesim.parameters.declare import Group
from engagesim.parameters.pydantic_errors import validated
from engagesim.study.intervention_packages import Catalogue, read_packages
from engagesim.study.observed import Observed

type Values = NDArray[np.float64]

HISTORY = 60
"""Months for which a society runs before it is compared with the place: longer than a term of 48 months."""

YEAR, TERM = 12, 48

SURE: Mapping[str, float] = {"sure": 0.1, "roughly": 1 / 3, "guess": 2 / 3}
"""Words for uncertainty: in 19 of 20 cases, the truth lies within a tenth, a third or two thirds of the number."""


class Quantity(NamedTuple):
    """Something that a user can know about a place.

    Attributes
    ----------
    name : str
        Key of the quantity in the file of a place.
    unit : str
        ``share``, ``0 to 1`` or ``months``.
    words : str
        A description in plain words.
    measures : tuple of str
        The measures of the model from which it is computed; empty if the quantity is the setting ``path``.
    of : callable
        Function that computes it for each society from these measures, shape (..., months), at the end of their months.
    path : str
        Path of the setting, if the quantity is one.
    """

    name: str
    unit: str
    words: str
    measures: tuple[str, ...] = ()
    of: Callable[..., Values] = lambda path: path[..., -1]
    path: str = ""

    @property
    def most(self) -> float:
        """The largest possible value."""
        return _LONGEST if self.unit == "months" else 1.0

    def observed(self, societies: Observed, months: int) -> Values:
        """Return the quantity in each society after some months, shape (points, seeds)."""
        return self.of(*(societies.measure(name)[..., :months] for name in self.measures))

    def said(self, value: float) -> str:
        """Return a value as people write it."""
        if self.unit == "months":
            return f"{value:.0f} months"
        return f"{100 * value:.0f} %" if self.unit == "share" else f"{value:.2f}"


_LONGEST = 600.0


def _last_year(path: Values) -> Values:
    return path[..., -YEAR:].mean(axis=-1)


def _last_term(reelected: Values, elections: Values) -> Values:
    held = elections[..., -TERM:].sum(axis=-1)
    return (reelected * elections)[..., -TERM:].sum(axis=-1) / np.maximum(held, 1e-9)


QUANTITIES = (
    Quantity("participation", "share", "adults who took part in public matters at least once within the last year, "
             "with officials or against them", ("taken_part",)),
    Quantity("protest", "share", "adults who protested at least once within the last year", ("protested",)),
    Quantity("satisfaction", "share", "adults who are satisfied with the service", ("satisfied",), _last_year),
    Quantity("clients", "share", "adults who vote for a favour, in a typical month of the last year", ("client",),
             _last_year),
    Quantity("reelection", "share", "politicians in office who won, of all who stood again in the last four years",
             ("reelected", "elections"), _last_term),
    Quantity("tenure", "months", "time that officials have been in their posts, on average", ("tenure",)),
    Quantity("merit", "share", "posts that are filled and protected by merit", path="incentives.merit_protection"),
    Quantity("reformers", "share", "officials who want reform", ("reform_minded",)),
    Quantity("organised", "share", "adults who belong to an organisation of users", ("members",), _last_year),
    Quantity("unserved", "share", "adults whose routine need is not met in a typical month of the last year",
             ("unserved",), _last_year),
    Quantity("quality", "0 to 1", "service quality, from 0 (worst) to 1 (best)", ("quality",), _last_year),
    Quantity("trust", "0 to 1", "trust that the state responds, from 0 to 1", ("trust",), _last_year),
    Quantity("morale", "0 to 1", "morale of officials, from 0 to 1", ("morale",), _last_year),
    Quantity("coalition", "share",
             "districts with a standing coalition for reform, in a typical month of the last year",
             ("coalition_districts",), _last_year),
)  # fmt: skip
"""All quantities that can be stated, in the order of all tables."""

QUANTITY = {quantity.name: quantity for quantity in QUANTITIES}

MEASURED = tuple(dict.fromkeys(name for quantity in QUANTITIES for name in quantity.measures))
"""The measures of the model that quantities use."""


class Statement(NamedTuple):
    """A number that somebody knows about a place.

    Attributes
    ----------
    quantity : str
    value : float
    within : float
        The distance from the value within which the truth lies in 19 of 20 cases; 0 if the number is exact.
    """

    quantity: str
    value: float
    within: float

    @property
    def error(self) -> float:
        """The standard deviation of the statement's error."""
        return self.within / 1.96

    @property
    def words(self) -> str:
        """The statement as people write it."""
        about = QUANTITY[self.quantity]
        if not self.within:
            return about.said(self.value)
        low, high = max(0.0, self.value - self.within), min(about.most, self.value + self.within)
        return f"{about.said(low)} to {about.said(high)}"


class _File(Group):
    """The file of a place, before its statements are read."""

    name: str = Field("", description="name of the place in tables and figures; by default the file's name")
    citizens: int | None = Field(None, ge=10, le=1_000_000_000, description="adults who live there")
    officials: int | None = Field(None, ge=2, le=100_000_000, description="officials who serve them, managers included")
    districts: int | None = Field(
        None, ge=1, le=10_000_000, description="districts or wards, each with a politician and a manager"
    )
    form: str = Field("none", description="form of engagement that is open now: a name of conf/engagement")
    form_months: int = Field(12, ge=1, le=HISTORY, description="months for which it has been open")
    lately: dict[str, int] = Field(
        default_factory=dict,
        description="what else happened: names of conf/intervention, and how many months ago",
    )
    know: dict[str, Any] = Field(min_length=1, description="what you know: numbers, each with its uncertainty")


class Profile(NamedTuple):
    """A place as a user describes it.

    Attributes
    ----------
    name : str
    statements : tuple of Statement
        Uncertain numbers, in the order of ``QUANTITIES``.
    exact : mapping of str to object
        Parameters that the file determines, by path: people, posts, and settings that are stated exactly.
    history : tuple of dict
        Schedules from before today, whose months count from the start of the history.
    told : mapping
        The file, as plain data.
    standing_for : str
        A sentence about the society that represents the place if this society is smaller; otherwise empty.
    """

    name: str
    statements: tuple[Statement, ...]
    exact: Mapping[str, Any]
    history: tuple[dict[str, Any], ...]
    told: Mapping[str, Any]
    standing_for: str

    def without(self, quantity: str) -> "Profile":
        """Return the place without one of its statements."""
        return self._replace(statements=tuple(each for each in self.statements if each.quantity != quantity))

    def saying(self, statements: Mapping[str, tuple[float, float]]) -> "Profile":
        """Return the place with other statements: value and uncertainty by quantity."""
        said = (Statement(each.name, *statements[each.name]) for each in QUANTITIES if each.name in statements)
        return self._replace(statements=tuple(said))


MOST_CITIZENS, MOST_DISTRICTS, MOST_PROVIDERS = 600, 6, 8
"""Largest size of a society that represents a place; it takes a minute to simulate four thousand of this size."""


def read_profile(path: Path, catalogue: Catalogue) -> Profile:
    """Read the file of a place.

    Raises
    ------
    InputError
        If the file cannot be read.
    ParameterError
        If a statement is wrong; the message names it and says what is allowed.
    """
    tree = document(path, "citizens: 5000")
    return profile_of({"name": path.stem, **tree}, catalogue, f"{path}:")


def profile_of(tree: Mapping[str, Any], catalogue: Catalogue, place: str = "place") -> Profile:
    """Check what is known about a place, given as plain data.

    Raises
    ------
    ParameterError
        If something is wrong; the message names the place and says what it must be.
    """
    inner = f"{place} " if place.endswith(":") else f"{place}."
    found = validated(_File, dict(tree), place)
    unknown = next((name for name in found.know if name not in QUANTITY), None)
    if unknown is not None:
        raise ParameterError(no_such(unknown, "quantity", QUANTITY, place=f"{inner}know."))
    statements = [statement(f"{inner}know.{name}", QUANTITY[name], given) for name, given in found.know.items()]
    ordered = sorted(statements, key=lambda each: list(QUANTITY).index(each.quantity))
    exact = {QUANTITY[each.quantity].path: each.value for each in ordered if not each.within}
    uncertain = tuple(each for each in ordered if each.within)
    if not uncertain:
        raise ParameterError(f"{inner}know: must have a number that is not exact, as in participation: 12 ± 3 %")
    sizes, left_out = _sizes(found, inner)
    told = {**found.model_dump(), "know": dict(found.know)}
    return Profile(
        found.name or "place", uncertain, {**sizes, **exact}, _history(found, catalogue, inner), told, left_out
    )


_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_UNIT = r"\s*(%|months?|years?)?"
_SHAPES = {
    "plus": re.compile(rf"{_NUMBER}{_UNIT}\s*(?:±|\+/?-)\s*{_NUMBER}{_UNIT}"),
    "range": re.compile(rf"{_NUMBER}{_UNIT}\s*(?:to|–|-)\s*{_NUMBER}{_UNIT}"),
    "word": re.compile(rf"({'|'.join(SURE)})\s+{_NUMBER}{_UNIT}"),
    "exact": re.compile(rf"{_NUMBER}{_UNIT}"),
}


def statement(place: str, about: Quantity, given: Any) -> Statement:
    """Read one statement: ``12 ± 3 %``, ``10 to 15 %``, ``roughly 12 %``, or a setting's exact number.

    Raises
    ------
    ParameterError
        If the statement has another form or is out of range.
    """
    words = str(given).strip() if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
    match = {name: shape.fullmatch(words) for name, shape in _SHAPES.items()}
    example = "36 ± 6 months" if about.unit == "months" else "12 ± 3 %" if about.unit == "share" else "0.4 ± 0.1"
    wrong = f"{place} = {shown(given)}: must be a number and how sure you are, as in {example}, a range, or roughly and a number"  # noqa: E501
    if found := match["plus"]:
        value, within = _scaled(about, (found[1], found[2] or found[4]), (found[3], found[4] or found[2]), wrong=wrong)
    elif found := match["range"]:
        low, high = _scaled(about, (found[1], found[2] or found[4]), (found[3], found[4] or found[2]), wrong=wrong)
        if low >= high:
            raise ParameterError(f"{place} = {shown(given)}: must have its lower end first")
        value, within = (low + high) / 2, (high - low) / 2
    elif found := match["word"]:
        (value,) = _scaled(about, (found[2], found[3]), wrong=wrong)
        within = SURE[found[1]] * value
    elif (found := match["exact"]) and about.path:
        (value,) = _scaled(about, (found[1], found[2]), wrong=wrong)
        within = 0.0
    else:
        raise ParameterError(wrong)
    most, greatest = about.most, value + within if match["range"] else value
    if not (isfinite(value) and 0 <= greatest <= most + 1e-9):
        hint = "; write a share as 12 % or 0.12" if about.unit == "share" and value > 1 else ""
        raise ParameterError(f"{place} = {shown(given)}: must be {span(0, most)}{hint}")
    if match["exact"] is None and within <= 0:
        raise ParameterError(f"{place} = {shown(given)}: must have an uncertainty above 0, as in {example}")
    return Statement(about.name, value, within)


def _scaled(about: Quantity, *numbers: tuple[str, str | None], wrong: str) -> list[float]:
    """Return numbers in the unit of a quantity."""
    units: dict[str, dict[str | None, float]] = {
        "months": {None: 1.0, "month": 1.0, "year": 12.0},
        "share": {None: 1.0, "%": 0.01},
        "0 to 1": {None: 1.0},
    }
    known = units[about.unit]
    scaled = []
    for number, unit in numbers:
        name = unit.rstrip("s") if unit else None
        if name not in known:
            raise ParameterError(wrong)
        scaled.append(float(number) * known[name])
    return scaled


def _sizes(found: _File, place: str) -> tuple[dict[str, Any], str]:
    """Return the people and posts of the society that represents a place, and a sentence on what this society omits."""
    districts = found.districts or max(1, round((found.officials or 5 * MOST_DISTRICTS) / 5))
    citizens = found.citizens or max(MOST_CITIZENS, MOST_CITIZENS // MOST_DISTRICTS * districts)
    officials = found.officials or 5 * districts
    if officials < 2 * districts:
        raise ParameterError(
            f"{place}officials = {officials}: must be at least {2 * districts}, a manager and a provider in "
            "each district"
        )
    if citizens < 10 * districts:
        raise ParameterError(f"{place}citizens = {citizens}: must be at least {10 * districts}, ten in each district")
    some = min(districts, MOST_DISTRICTS)
    providers = max(1, min(MOST_PROVIDERS, round(officials / districts) - 1))
    people = min(round(citizens / districts * some), MOST_CITIZENS)
    sizes = {"population.citizens": people, "population.districts": some, "population.providers": providers}
    stand_ins = (people, some, some * (providers + 1))
    names = ("citizens", "districts", "officials")
    smaller = [
        f"{mine:,} {name}" for mine, its, name in zip(stand_ins, (citizens, districts, officials), names, strict=True)
        if mine < its
    ]  # fmt: skip
    society = " and ".join(part for part in (", ".join(smaller[:-1]), *smaller[-1:]) if part)
    return sizes, f"A society of {society} represents the place." if smaller else ""


def _history(found: _File, catalogue: Catalogue, place: str) -> tuple[dict[str, Any], ...]:
    """Return schedules of what was done before today, with the form first, because later schedules act upon it."""
    since = dict(found.lately)
    if found.form != "none":
        if found.form not in catalogue or "engagement.opened" not in catalogue[found.form].set:
            forms = [name for name, entry in catalogue.items() if "engagement.opened" in entry.set]
            raise ParameterError(no_such(found.form, "form", forms, place=f"{place}form = "))
        since = {found.form: found.form_months, **since}
    for name, months in since.items():
        if not 1 <= months <= HISTORY:
            raise ParameterError(f"{place}lately.{name} = {months}: must be {span(1, HISTORY, True)}, in months ago")
        if name not in catalogue:
            raise ParameterError(no_such(name, "intervention", catalogue, place=f"{place}lately."))
    entries = [{"use": name, "start": HISTORY - months, "cost": 0.0} for name, months in since.items()]
    (package,) = read_packages({"history": entries}, catalogue)
    return tuple(entry.model_dump() for entry in package.interventions)
