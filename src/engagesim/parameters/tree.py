"""The whole tree of parameters, and the flat list of settings that schedules may move."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from engagesim.errors import ParameterError, nearest, said_of, shown
from engagesim.parameters.behaviour import (
    Citizens,
    Coalitions,
    Conditions,
    Incentives,
    Officials,
    Oversight,
    Politicians,
    Services,
)
from engagesim.parameters.declare import Group, fixed, word
from engagesim.parameters.engagement import PLACES, Engagement, Intervention, Worst
from engagesim.parameters.society import Network, Population, too_large


class Parameters(Group):
    """Everything that a society is made of; with its defaults it runs as it stands."""

    mechanisms: ClassVar[tuple[Any, ...]] = ()
    """Mechanisms of a user's own whose settings the tree has beside its own (see ``engagesim.mechanisms``)."""

    name: str = word("society", "Name in tables and figures")
    seed: int = fixed(1, 0, 4_294_967_295, "seed", "Seed of every draw in the society")
    months: int = fixed(144, 1, 100_000, "months", "Months to simulate")
    population: Population = Field(default_factory=Population)
    network: Network = Field(default_factory=Network)
    conditions: Conditions = Field(default_factory=Conditions)
    incentives: Incentives = Field(default_factory=Incentives)
    citizens: Citizens = Field(default_factory=Citizens)
    officials: Officials = Field(default_factory=Officials)
    politicians: Politicians = Field(default_factory=Politicians)
    services: Services = Field(default_factory=Services)
    oversight: Oversight = Field(default_factory=Oversight)
    coalitions: Coalitions = Field(default_factory=Coalitions)
    engagement: Engagement = Field(default_factory=Engagement)
    trends: tuple[Intervention, ...] = Field((), description="Schedules that nobody pays for")
    interventions: tuple[Intervention, ...] = Field((), description="Schedules beside the form of engagement")

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> Self:
        """Build parameters from nested mappings, as a configuration gives them.

        Parameters
        ----------
        tree : mapping
            Groups and values by name; what is not named has its default.

        Returns
        -------
        engagesim.Parameters
            Checked: every value within its range.

        Raises
        ------
        ParameterError
            Names the path, the value and what is allowed, for the first mistake; counts the others.
        """
        try:
            return cls.model_validate(tree)
        except ValidationError as error:
            raise ParameterError(_in_one_line(error, cls)) from None

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with values changed by path, checked like any other.

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
            Where there is no such path, a value is not allowed, or ``changes`` is no mapping.

        Examples
        --------
        >>> Parameters().changed({"incentives.patronage": 0.1}).incentives.patronage
        0.1
        """
        if not hasattr(changes, "items"):  # a mapping, or a row of a table
            raise ParameterError(
                f"changes = {shown(changes)}: allowed is a mapping, as {{'incentives.patronage': 0.1}}"
            )
        tree = self.model_dump()
        for path, value in changes.items():
            if not isinstance(path, str):
                raise ParameterError(f"{shown(path)}: no such parameter; allowed are paths, as 'incentives.patronage'")
            *groups, leaf = path.split(".")
            branch: Any = tree
            for group in groups:
                branch = branch.get(group) if isinstance(branch, dict) else None
            if not isinstance(branch, dict) or leaf not in branch:
                raise ParameterError(
                    f"{path or shown(path)}: no such parameter{nearest(path, parameter_paths(type(self)))}"
                )
            branch[leaf] = value
        return self.of(tree)

    @model_validator(mode="after")
    def _ties_fit(self) -> Self:
        people, network = self.population, self.network
        if network.kind == "file" and network.file is None:
            raise ValueError("network.file = null: a file is needed for network.kind=file")
        if network.kind in {"watts_strogatz", "barabasi_albert"} and network.degree % 2:
            raise ValueError(f"network.degree = {network.degree}: allowed are even numbers for {network.kind}")
        if network.kind != "file" and network.degree >= people.citizens:
            raise ValueError(
                f"network.degree = {network.degree}: allowed below population.citizens ({people.citizens})"
            )
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        people = self.population
        if people.districts > people.citizens:
            raise ValueError(
                f"population.districts = {people.districts}: allowed up to population.citizens ({people.citizens})"
            )
        if people.orientation_low > people.orientation_high:
            raise ValueError("population.orientation_low: allowed up to population.orientation_high")
        if self.engagement.stop is not None and self.engagement.stop <= self.engagement.start:
            raise ValueError(
                f"engagement.stop = {self.engagement.stop}: allowed after engagement.start ({self.engagement.start})"
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
                raise ValueError(f"{place}.where = {outside[0]}: allowed districts are 0 to {districts - 1}")
        elif where != "all" and not isinstance(where, Worst) and not 0 <= where <= 1:
            raise ValueError(f"{place}.where = {where}: allowed are {PLACES}")

    def _check_schedule(self, place: str, schedule: Intervention) -> None:
        self._check_where(place, schedule.where)
        known = {setting.path: setting for setting in settings_of(type(self))}
        for kind, changes in (("set", schedule.set), ("add", schedule.add)):
            for path, value in changes.items():
                setting = known.get(path)
                if setting is None:
                    hint = nearest(path, known)
                    raise ValueError(f"{place}.{kind}: {shown(path)} is no setting that a schedule can move{hint}")
                reach = setting.high - setting.low
                low, high = (setting.low, setting.high) if kind == "set" else (-reach, reach)
                if not low <= value <= high:
                    raise ValueError(f"{place}.{kind}.{path} = {value:g}: allowed {low:g} to {high:g}")


class Setting(NamedTuple):
    """One number that a schedule may move."""

    path: str
    name: str
    low: float
    high: float


class Row(NamedTuple):
    """One row of the parameter table.

    Attributes
    ----------
    path : str
        Group and name, as ``incentives.patronage``.
    default : object
        Its value where nothing else is said.
    low, high : float or None
        The range, both ends allowed; None for choices and names.
    unit : str
        Unit or scale.
    description : str
        What it is, in one sentence.
    source : str
        Codes of the evidence, or ``assumption``.
    role : str
        ``setting`` where schedules can move it, ``start`` where it shapes the start, ``choice`` for choices and names.
    """

    path: str
    default: Any
    low: float | None
    high: float | None
    unit: str
    description: str
    source: str
    role: str


def parameter_table(tree: type[Parameters] = Parameters) -> tuple[Row, ...]:
    """List every parameter.

    Parameters
    ----------
    tree : type, optional
        Parameters of societies with mechanisms (``type(parameters)``) have those of the mechanisms as well.

    Returns
    -------
    tuple of Row
        Path, default, range, unit, sentence, source, and whether it can move, in the order of the tree.
    """
    return tuple(_rows(tree, ""))


def parameter_paths(tree: type[Parameters] = Parameters) -> tuple[str, ...]:
    """List the path of every parameter."""
    return tuple(row.path for row in parameter_table(tree))


def _rows(model: type[BaseModel], prefix: str) -> Any:
    for name, field in model.model_fields.items():
        path = prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _rows(field.annotation, path + ".")
            continue
        extra: Any = field.json_schema_extra or {"unit": "", "source": "assumption", "role": "choice"}
        low = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
        high = next((limit.le for limit in field.metadata if hasattr(limit, "le")), None)
        default = field.get_default(call_default_factory=True)
        yield Row(path, default, low, high, extra["unit"], field.description or "", extra["source"], extra["role"])


@cache
def settings_of(tree: type[Parameters]) -> tuple[Setting, ...]:
    """List every setting of a tree, in its order; a setting's place here is its row in an engine's table."""
    return tuple(
        Setting(row.path, row.path.replace(".", "_"), float(row.low), float(row.high))
        for row in parameter_table(tree)
        if row.role == "setting" and row.low is not None and row.high is not None
    )


SETTINGS = settings_of(Parameters)
"""Every setting of societies without mechanisms."""

FIXED = tuple(
    row.path for row in parameter_table() if row.role == "start" and "." in row.path and row.default is not None
)
"""Path of every number that rules may read and no schedule moves, in the order of the tree."""


def _in_one_line(error: ValidationError, tree: type[Parameters]) -> str:
    mistakes = error.errors(include_url=False)
    first = mistakes[0]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    if ".where." in path:
        place = path.partition(".where.")[0] + ".where"
        return f"{place} = {shown(first['input'])}: allowed are {PLACES}"
    if first["type"] == "extra_forbidden":
        text = f"{path}: no such parameter{nearest(path, parameter_paths(tree))}"
    elif first["type"] == "value_error" and not path:
        text = str(first["ctx"]["error"])
    else:
        said, allowed = said_of(first), _allowed(path, tree)
        is_out_of_range = first["type"].startswith(("less_than", "greater_than"))  # which says no more than the range
        why = "; ".join(filter(None, ("" if is_out_of_range and allowed else said, allowed)))
        text = f"{path or 'parameters'} = {shown(first['input'])}: {why}"
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    return " ".join(text.split()) + more


def _allowed(path: str, tree: type[Parameters]) -> str:
    row = next((row for row in parameter_table(tree) if row.path == path), None)
    return f"allowed {row.low:.10g} to {row.high:.10g}" if row and row.low is not None and row.high is not None else ""
