"""Packages of interventions: read from a catalogue, applied to a society, costed and scaled."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from engagesim.errors import ParameterError, not_one_of, shown, span
from engagesim.files import document
from engagesim.parameters import FORM_DIMENSIONS, Engagement, Intervention, Parameters
from engagesim.parameters.declare import Group
from engagesim.parameters.engagement import Worst
from engagesim.parameters.pydantic_errors import validated
from engagesim.policy import districts_reached

type Catalogue = Mapping[str, Intervention]

BASELINE = "baseline"
"""Name of the society without any package, against which packages are compared."""

DOLLARS = "USD"
"""The currency of costs in the catalogue."""

SHARED_LOT = 0
"""Number that identifies the draw of districts, which all schedules of a package share with the open form."""

_COMMON = ("start", "stop", "ramp", "where", "lot", "intensity", "when", "lasts")
"""Fields that a package may set once for all its interventions."""


class Package(Group):
    """Interventions that are applied together, in order; an empty package changes nothing."""

    name: str = Field(min_length=1, description="Name in tables and figures")
    interventions: tuple[Intervention, ...] = Field((), description="Schedules")
    note: str = Field("", description="Purpose of the package")


def read_catalogue(*folders: Path) -> dict[str, Intervention]:
    """Read every intervention that folders of configs offer, by name.

    Parameters
    ----------
    *folders : Path
        Folders that contain ``intervention`` and ``engagement``. In an intervention, ``form: NAME`` sets the whole
        profile of that form of engagement.

    Raises
    ------
    InputError
        If a file cannot be read.
    ParameterError
        If its content is not allowed.
    """
    forms, interventions = (
        {path.stem: path for folder in folders for path in sorted((folder / group).glob("*.yaml"))}
        for group in ("engagement", "intervention")
    )
    return {name: _catalogued(path, forms) for name, path in interventions.items()}


def read_packages(tree: Mapping[str, Any], catalogue: Catalogue) -> tuple[Package, ...]:
    """Convert packages from a configuration into typed packages.

    Each is a list of interventions, or a mapping with that list under ``interventions``, a ``note``, and any of
    ``start, stop, ramp, where, lot, intensity, when, lasts``, which then apply to all of them. An intervention is a
    name from the catalogue, a mapping that names it under ``use`` and changes some fields, or a new schedule::

        audit: [social_audit]
        protected_audit:
          where: {worst: 0.25}
          interventions: [social_audit, {use: merit_protection, start: 12, intensity: 0.5}]
        two_forms: [{use: committee, where: [0, 1]}, {use: survey, where: [2, 3]}]
        pay: [{name: pay, add: {officials.intrinsic: 0.1}, cost: 900}]

    Raises
    ------
    ParameterError
        If a package is wrong; the message names the place, the value, and what is allowed.
    """
    if BASELINE in tree:
        raise ParameterError(f"packages.{BASELINE}: must have another name, as packages are compared with {BASELINE}")
    return tuple(_package(f"packages.{name}", str(name), given, catalogue) for name, given in tree.items())


def with_reactions(catalogue: Catalogue, packages: Sequence[Package]) -> dict[str, Intervention]:
    """Add packages with a single, reacting intervention to a catalogue, so that a search can combine them."""
    reacting = {package.name: package.interventions[0] for package in packages if len(package.interventions) == 1}
    return {**catalogue, **{name: entry for name, entry in reacting.items() if entry.when is not None}}


def apply(package: Package, parameters: Parameters) -> Parameters:
    """Return a society's parameters with a package added to their interventions.

    If a share of the districts is drawn at random, all schedules of a package apply in the same districts as the open
    form of engagement, unless a schedule names another ``lot``.

    Raises
    ------
    ParameterError
        If a schedule does not fit the society: a district or a setting does not exist, or a value is out of range.
    """
    added = [entry if entry.lot is not None else entry.model_copy(update={"lot": SHARED_LOT}) for entry in
             package.interventions]  # fmt: skip
    entries = [entry.model_dump() for entry in (*parameters.interventions, *added)]
    try:
        return parameters.changed({"interventions": entries})
    except ParameterError as error:
        raise ParameterError(f"packages.{package.name}: {error}") from None


def is_ever_in_force(package: Package, parameters: Parameters) -> bool:
    """Whether any part of a package is in force in any district within the months of a society."""
    return any(
        entry.start < parameters.months and entry.intensity > 0 and (entry.set or entry.add)
        and districts_reached(entry.where, parameters.population.districts)
        for entry in package.interventions
    )  # fmt: skip


def cost(package: Package, parameters: Parameters) -> float:
    """Return the cost of a package within the months of a society, in the currency of its interventions.

    The cost is the sum over interventions of the cost per month and district times intensity, months in force and
    districts reached. Months of a ramp cost the full amount, and later costs are not discounted. An intervention that
    waits for a condition (``when``) counts as if it began at once, which is the most that it can cost.
    """
    return math.fsum(_cost(entry, parameters) for entry in package.interventions)


def scaled(package: Package, intensity: float) -> Package:
    """Return a package whose changes and costs are multiplied by ``intensity`` wherever it applies.

    Raises
    ------
    ParameterError
        If the intensity of an intervention would leave the range 0 to 3.
    """
    return _with(package, [{"intensity": entry.intensity * intensity} for entry in package.interventions])


def covering(package: Package, share: float, districts: int) -> Package:
    """Return a package that spends a share of its cost by reaching fewer districts.

    The share is rounded up to whole districts, and the intensity is lowered to match, so that the cost is exactly that
    share. The first districts of a list are kept, or the first drawn of a random share.

    Parameters
    ----------
    package : Package
    share : float
        Share of the districts that the package reaches now, 0 to 1.
    districts : int
        Number of districts in the society.

    Raises
    ------
    ParameterError
        If ``share`` is not within 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ParameterError(f"packages.{package.name}: share = {share:g}: must be {span(0, 1)}")
    return _with(package, [_narrowed(entry, share, districts) for entry in package.interventions])


def equal_budget(
    packages: Sequence[Package],
    parameters: Parameters,
    budget: float | None = None,
    by: Literal["coverage", "intensity"] = "coverage",
) -> tuple[Package, ...]:
    """Return packages that all cost the same in a society.

    Parameters
    ----------
    packages : sequence of Package
    parameters : Parameters
        Parameters of the society, with its months and districts.
    budget : float, optional
        Cost of each package afterwards; by default, that of the cheapest package now.
    by : {"coverage", "intensity"}
        Whether to scale the number of districts or the effort in each.

    Raises
    ------
    ParameterError
        If a package costs nothing, or cannot spend that much.
    """
    costs = [cost(package, parameters) for package in packages]
    wanted = min(costs, default=0.0) if budget is None else budget
    made = []
    for package, now in zip(packages, costs, strict=True):
        if now <= 0:
            raise ParameterError(f"packages.{package.name}: must cost something in the {parameters.months} months")
        if by == "intensity":
            made.append(scaled(package, wanted / now))
            continue
        if not 0 <= wanted <= now:
            raise ParameterError(
                f"packages.{package.name}: budget = {wanted:.10g}: must be {span(0, now)} by coverage; by "
                "intensity it may be more"
            )
        made.append(covering(package, wanted / now, parameters.population.districts))
    return tuple(made)


def _cost(entry: Intervention, parameters: Parameters) -> float:
    stop = parameters.months if entry.stop is None else min(entry.stop, parameters.months)
    reached = districts_reached(entry.where, parameters.population.districts)
    return entry.cost * entry.intensity * max(0, stop - entry.start) * reached


def _narrowed(entry: Intervention, share: float, districts: int) -> dict[str, Any]:
    reached = districts_reached(entry.where, districts)
    wanted = share * reached
    kept = math.ceil(wanted - 1e-9)  # do not add a district because of a rounding error
    if kept == reached:
        where: Any = entry.where
    elif isinstance(entry.where, list):
        where = list(dict.fromkeys(entry.where))[:kept]
    elif isinstance(entry.where, Worst):
        where = Worst(worst=kept / districts)
    else:
        where = kept / districts
    return {"where": where, "intensity": entry.intensity * min(1.0, wanted / kept) if kept else entry.intensity}


def _with(package: Package, changes: Sequence[Mapping[str, Any]]) -> Package:
    entries = zip(package.interventions, changes, strict=True)
    place = f"packages.{package.name}"
    changed = tuple(
        validated(Intervention, {**entry.model_dump(), **change}, f"{place}.{entry.name}") for entry, change in entries
    )
    return package.model_copy(update={"interventions": changed})


def _catalogued(path: Path, forms: Mapping[str, Path]) -> Intervention:
    tree = {"name": path.stem, **document(path, "cost: 5")}
    form = tree.pop("form", None)
    if form is not None:
        if not isinstance(form, str) or form not in forms:
            raise ParameterError(not_one_of(f"{path}: form", form, forms))
        profile = validated(Engagement, document(forms[form], "cost: 5"), f"{forms[form]}:")
        tree["set"] = {f"engagement.{name}": getattr(profile, name) for name in FORM_DIMENSIONS} | tree.get("set", {})
        tree.setdefault("note", profile.note)
    return validated(Intervention, tree, f"{path}:")


def _package(place: str, name: str, given: Any, catalogue: Catalogue) -> Package:
    tree = dict(given) if isinstance(given, Mapping) else {"interventions": given}
    entries = tree.pop("interventions", None)
    if not isinstance(entries, list | tuple):
        raise ParameterError(f"{place} = {shown(given)}: must be a list of interventions, as in [social_audit]")
    common = {key: tree.pop(key) for key in _COMMON if key in tree}
    made = tuple(
        _entry(f"{place}[{position}]", entry, common, catalogue) for position, entry in enumerate(entries)
    )  # fmt: skip
    return validated(Package, {**tree, "name": name, "interventions": made}, place)


def _entry(place: str, given: Any, common: Mapping[str, Any], catalogue: Catalogue) -> Intervention:
    if not isinstance(given, str | Mapping):
        raise ParameterError(f"{place} = {shown(given)}: must be the name of an intervention, or a schedule")
    own: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {"use": given}
    name = own.pop("use", None)
    if name is None:
        return validated(Intervention, {**common, **own}, place)
    if not isinstance(name, str) or name not in catalogue:
        raise ParameterError(not_one_of(place, name, catalogue))
    known = catalogue[name].model_dump()
    for kind in ("set", "add"):
        if isinstance(own.get(kind), Mapping):
            own[kind] = {**known[kind], **own[kind]}
    return validated(Intervention, {**known, **common, **own}, place)
