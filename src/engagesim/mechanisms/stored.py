"""Mechanisms stored with results: their settings, variables and measures as data, without code.

Reading, drawing and exporting need nothing else. The data may come from anybody, so they are checked like any input.
Only the code can simulate a society, and only code that the user names is run.
"""

import json
from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic.fields import FieldInfo as Declared

from engagesim.errors import MechanismError, ParameterError, shown, span
from engagesim.measures import MEASURE_NAMES
from engagesim.mechanisms.declarations import MOST_LETTERS, MOST_THINGS, NAME, Mechanism, Observing, Variable
from engagesim.mechanisms.design import tree_with
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group, number
from engagesim.parameters.pydantic_errors import Words, validated
from engagesim.society.state import COLUMNS, Entity

_MOST = 200
"""Largest number of mechanisms in a description."""

type _Name = Annotated[str, Words("a name of letters, digits and _"), Field(pattern=f"^{NAME.pattern}$")]
type _Words = Annotated[str, Field(max_length=MOST_LETTERS)]


class _Setting(Group):
    default: float
    low: float
    high: float
    unit: _Words
    description: _Words
    source: _Words

    @model_validator(mode="after")
    def _is_in_its_range(self) -> Self:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"default = {self.default:.10g}: must be {span(self.low, self.high)}")
        return self


class _Variable(Group):
    entity: Entity
    unit: _Words
    description: _Words
    start: float
    whole: bool


class _Measure(Group):
    kind: Literal["citizen", "official", "politician", "district"]
    unit: _Words
    description: _Words


class _Told(Group):
    name: _Name
    source: Annotated[str, Words("16 digits and letters from a to f"), Field(pattern="^[0-9a-f]{16}$")]
    settings: Annotated[dict[_Name, _Setting], Field(max_length=MOST_THINGS)]
    variables: Annotated[dict[_Name, _Variable], Field(max_length=MOST_THINGS)]
    measures: Annotated[dict[_Name, _Measure], Field(max_length=MOST_THINGS)]


_Every: Any = Annotated[tuple[_Told, ...], Field(max_length=_MOST)]


def told(tree: type[Parameters]) -> list[dict[str, Any]]:
    """Return the description of a parameter type's mechanisms, as data for JSON and YAML."""
    return [_told(mechanism) for mechanism in tree.mechanisms]


def tree_told(found: Any) -> type[Parameters]:
    """Return the parameter type for societies whose mechanisms are known only from a description.

    Parameters
    ----------
    found : object
        The stored description, which this function checks.

    Raises
    ------
    MechanismError
        If the description is wrong; the message names the place and says what is wrong.
    """
    try:
        every = validated(_Every, found, "mechanisms")
    except ParameterError as error:
        raise MechanismError(str(error)) from None
    names: list[tuple[str | None, str]] = [(None, name) for name in MEASURE_NAMES]
    names += [(column.entity, column.name) for column in COLUMNS]
    names += [(None, name) for each in every for name in each.measures]
    names += [(variable.entity, name) for each in every for name, variable in each.variables.items()]
    names += [("mechanism", each.name) for each in every]
    names += [(f"of {each.name}", name) for each in every for name in (*each.settings, *each.variables, *each.measures)]
    twice = next((name for (_, name), count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise MechanismError(f"mechanisms: must have each name once, and none of the model's, such as {shown(twice)}")
    try:
        return tree_with(tuple(_mechanism(each) for each in every))
    except (NameError, ValidationError, ParameterError) as error:
        raise MechanismError(
            f"mechanisms: must be unchanged since engagesim wrote them ({' '.join(str(error).split())})"
        ) from None


def told_again(text: str) -> Mechanism:
    """Return a mechanism that is known only from this text, which another process wrote."""
    return _mechanism(_Told.model_validate_json(text))


def _mechanism(each: _Told) -> Mechanism:
    declared: dict[str, Any] = {}
    for name, found in each.settings.items():
        declared[name] = number(found.default, found.low, found.high, found.unit, found.description, found.source)
    for name, it in each.variables.items():
        declared[name] = Variable(it.entity, it.unit, it.description, it.start, it.whole, True)
    for name, seen in each.measures.items():
        declared[name] = Observing(seen.kind, seen.unit, seen.description, _nobody)
    return Mechanism(each.name, each.source, "", declared, told=each.model_dump_json())


def _nobody(_: Any) -> Any:
    """Stand in for the function of a measure whose code is not available."""
    raise MechanismError("mechanisms: missing; must be the files of their code, as in mechanisms=fatigue.py")


def _told(mechanism: Mechanism) -> dict[str, Any]:
    if mechanism.told:
        again: dict[str, Any] = json.loads(mechanism.told)
        return again
    settings = mechanism.those(Declared)
    variables = {name: thing for name, thing in mechanism.those(Variable).items() if thing.kept}
    return {
        "name": mechanism.name,
        "source": mechanism.source,
        "settings": {name: _setting(field) for name, field in settings.items()},
        "variables": {
            name: {
                "entity": thing.entity, "unit": thing.unit, "description": thing.description,
                "start": float(thing.start or 0.0), "whole": thing.whole,
            }
            for name, thing in variables.items()
        },
        "measures": {
            name: {"kind": thing.kind, "unit": thing.unit, "description": thing.description}
            for name, thing in mechanism.those(Observing).items()
        },
    }  # fmt: skip


def _setting(field: Any) -> dict[str, Any]:
    ends = {name: float(getattr(limit, end)) for limit in field.metadata
            for name, end in (("low", "ge"), ("high", "le")) if hasattr(limit, end)}  # fmt: skip
    extra = field.json_schema_extra
    return {
        "default": float(field.default), **ends, "unit": extra["unit"], "description": field.description,
        "source": extra["source"],
    }  # fmt: skip
