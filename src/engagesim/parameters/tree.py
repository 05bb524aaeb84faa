"""The whole tree of parameters, and the flat list of settings that schedules may move."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, Field, model_validator

from engagesim.errors import ParameterError, no_such, shown, span
from engagesim.parameters.behaviour import (
    Accountability,
    Citizens,
    Coalitions,
    Conditions,
    Incentives,
    Officials,
    Organisations,
    Oversight,
    Politicians,
    Relations,
    Services,
)
from engagesim.parameters.declare import JUDGEMENT, Group, fixed, word
from engagesim.parameters.engagement import PLACES, Engagement, Intervention, Schedule, Worst
from engagesim.parameters.pydantic_errors import LISTED, validated
from engagesim.parameters.society import Network, Population, too_large


class Parameters(Group):
    """All parameters of a society; the defaults give a complete society."""

    mechanisms: ClassVar[tuple[Any, ...]] = ()
    """The user's mechanisms, whose settings are part of the tree (see ``engagesim.mechanisms``)."""

    name: str = word("society", "Name in tables and figures")
    seed: int = fixed(1, 0, 4_294_967_295, "seed", "Seed of every draw in the society")
    months: int = fixed(144, 1, 100_000, "months", "Months to simulate")
    population: Population = Field(default_factory=Population)
    network: Network = Field(default_factory=Network)
    conditions: Conditions = Field(default_factory=Conditions)
    incentives: Incentives = Field(default_factory=Incentives)
    accountability: Accountability = Field(default_factory=Accountability)
    citizens: Citizens = Field(default_factory=Citizens)
    organisations: Organisations = Field(default_factory=Organisations)
    officials: Officials = Field(default_factory=Officials)
    relations: Relations = Field(default_factory=Relations)
    politicians: Politicians = Field(default_factory=Politicians)
    services: Services = Field(default_factory=Services)
    oversight: Oversight = Field(default_factory=Oversight)
    coalitions: Coalitions = Field(default_factory=Coalitions)
    engagement: Engagement = Field(default_factory=Engagement)
    trends: tuple[Schedule, ...] = Field((), description="Schedules without a cost")
    interventions: tuple[Schedule, ...] = Field((), description="Schedules in addition to the form of engagement")

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> Self:
        """Build parameters from nested mappings, such as those of a configuration.

        Parameters
        ----------
        tree : mapping
            Groups and values by name; others keep their defaults.

        Returns
        -------
        engagesim.Parameters
            Parameters with every value checked to be within its range.

        Raises
        ------
        ParameterError
            If the tree is wrong; the message names the path, the value and what is allowed for the first mistake, and
            counts the others.
        """
        return validated(cls, tree, known=parameter_paths(cls))

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with some values changed by path and checked.

        Parameters
        ----------
        changes : mapping of str to value
            For example ``{"incentives.patronage": 0.1, "seed": 7}``.

        Returns
        -------
        engagesim.Parameters
            A copy; parameters themselves never change.

        Raises
        ------
        ParameterError
            If a path does not exist, a value is not allowed, or ``changes`` is not a mapping.

        Examples
        --------
        >>> Parameters().changed({"incentives.patronage": 0.1}).incentives.patronage
        0.1
        """
        if not hasattr(changes, "items"):  # a mapping, or a row of a table
            raise ParameterError(
                f"changes = {shown(changes)}: must be a mapping, as in {{'incentives.patronage': 0.1}}"
            )
        tree = self.model_dump()
        for path, value in changes.items():
            if not isinstance(path, str):
                raise ParameterError(f"{shown(path)}: must be a parameter's path, such as 'incentives.patronage'")
            *groups, leaf = path.split(".")
            branch: Any = tree
            for group in groups:
                branch = branch.get(group) if isinstance(branch, dict) else None
            if not isinstance(branch, dict) or leaf not in branch:
                raise ParameterError(no_such(path, "parameter", parameter_paths(type(self)), LISTED))
            branch[leaf] = value
        return self.of(tree)

    @model_validator(mode="after")
    def _ties_fit(self) -> Self:
        people, network = self.population, self.network
        if network.kind == "file" and network.file is None:
            raise ValueError(
                "network.file = null: must be a file if network.kind is file, as in network.file=ties.csv or ./null"
            )
        if network.kind in {"watts_strogatz", "barabasi_albert"} and network.degree % 2:
            raise ValueError(f"network.degree = {network.degree}: must be an even number for {network.kind}")
        if network.kind != "file" and network.degree >= people.citizens:
            raise ValueError(
                f"network.degree = {network.degree}: must be below population.citizens ({people.citizens})"
            )
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        people = self.population
        if people.districts > people.citizens:
            raise ValueError(
                f"population.districts = {people.districts}: must be at most population.citizens ({people.citizens})"
            )
        if people.orientation_low > people.orientation_high:
            raise ValueError(
                f"population.orientation_low = {people.orientation_low:g}: must be at most "
                f"population.orientation_high ({people.orientation_high:g})"
            )
        if self.engagement.stop is not None and self.engagement.stop <= self.engagement.start:
            raise ValueError(
                f"engagement.stop = {self.engagement.stop}: must be later than engagement.start "
                f"({self.engagement.start})"
            )
        if too_large(self):
            raise ValueError(too_large(self))
        self._check_where("engagement", self.engagement.where)
        for group in ("trends", "interventions"):
            for position, schedule in enumerate(getattr(self, group)):
                self._check_schedule(f"{group}[{position}]", schedule)
        return self

    def _check_where(self, place: str, where: Any) -> None:
        districts = self.population.districts
        if isinstance(where, list):
            outside = [number for number in where if not 0 <= number < districts]
            if outside:
                numbers = f"numbers of districts, from 0 to {districts - 1}, not {outside[0]}"
                raise ValueError(f"{place}.where = {shown(where)}: must be {numbers}")
        elif where != "all" and not isinstance(where, Worst) and not 0 <= where <= 1:
            raise ValueError(f"{place}.where = {shown(where)}: must be {PLACES}")

    def _check_schedule(self, place: str, schedule: Intervention) -> None:
        self._check_where(place, schedule.where)
        known = {setting.path: setting for setting in settings_of(type(self))}
        for kind, changes in (("set", schedule.set), ("add", schedule.add)):
            for path, value in changes.items():
                setting = known.get(path)
                if setting is None and path in parameter_paths(type(self)):
                    raise ValueError(f"{place}.{kind}.{path}: must be a setting that can change, not a fixed one")
                if setting is None:
                    raise ValueError(no_such(path, "setting", known, LISTED, f"{place}.{kind}."))
                reach = setting.high - setting.low
                low, high = (setting.low, setting.high) if kind == "set" else (-reach, reach)
                if not low <= value <= high:
                    raise ValueError(f"{place}.{kind}.{path} = {value:.10g}: must be {span(low, high)}")


class Setting(NamedTuple):
    """A number that a schedule may move."""

    path: str
    name: str
    low: float
    high: float


class Row(NamedTuple):
    """One row of the parameter table.

    Attributes
    ----------
    path : str
        Group and name, such as ``incentives.patronage``.
    default : object
        The default value.
    low, high : float or None
        The range, both ends allowed; None for choices and names.
    unit : str
        Unit or scale.
    description : str
        One sentence that says what the parameter is.
    source : str
        Evidence for the mechanism that uses the parameter: codes, or ``judgement``.
    value : str
        Where the default comes from: a code of the evidence with its finding, or ``judgement`` with its bounds.
    role : str
        ``setting`` if schedules can move it, ``start`` if it shapes the start, ``choice`` for choices and names.
    """

    path: str
    default: Any
    low: float | None
    high: float | None
    unit: str
    description: str
    source: str
    value: str
    role: str


@cache
def parameter_table(tree: type[Parameters] = Parameters) -> tuple[Row, ...]:
    """List every parameter.

    Parameters
    ----------
    tree : type, optional
        Parameters of societies with mechanisms (``type(parameters)``) also have the settings of those mechanisms.

    Returns
    -------
    tuple of Row
        Path, default, range, unit, description, source and role of each parameter, in the order of the tree.
    """
    return tuple(_rows(tree, ""))


@cache
def parameter_paths(tree: type[Parameters] = Parameters) -> tuple[str, ...]:
    """Return the path of every parameter."""
    return tuple(row.path for row in parameter_table(tree))


def _rows(model: type[BaseModel], prefix: str) -> Any:
    for name, field in model.model_fields.items():
        path = prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _rows(field.annotation, path + ".")
            continue
        extra: Any = field.json_schema_extra or {"unit": "", "source": JUDGEMENT, "value": JUDGEMENT, "role": "choice"}
        low = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
        high = next((limit.le for limit in field.metadata if hasattr(limit, "le")), None)
        default = field.get_default(call_default_factory=True)
        told = (extra[name] for name in ("source", "value", "role"))
        yield Row(path, default, low, high, extra["unit"], field.description or "", *told)


@cache
def settings_of(tree: type[Parameters]) -> tuple[Setting, ...]:
    """List every setting of a tree in order; a setting's position in this list is its row in an engine's table."""
    return tuple(
        Setting(row.path, row.path.replace(".", "_"), float(row.low), float(row.high))
        for row in parameter_table(tree)
        if row.role == "setting" and row.low is not None and row.high is not None
    )


SETTINGS = settings_of(Parameters)
"""All settings of societies without mechanisms."""

FIXED = tuple(
    row.path for row in parameter_table() if row.role == "start" and "." in row.path and row.default is not None
)
"""The paths of all numbers that rules may read but schedules cannot move, in the order of the tree."""
