"""Mechanisms of a user's own: new state variables, settings, steps, rules and measures, in one Python module.

A module declares them with the words of this page; what a thing is called is the name that it is given there::

    from engagesim.mechanisms import follows, measure, replaces, setting, variable
    from engagesim.month import citizen
    from engagesim.month.steps import step

    speed = setting(0.1, 0, 1, "rate a month", "How fast those who engage in vain tire")
    tiredness = variable("citizen", "0 to 1", "How tired the citizen is of engaging in vain", start=0.0)

    @follows(citizen.succeed)
    @step("tiredness")
    def tire(me, s):
        return me.tiredness + s.fatigue.speed * (1 - me.tiredness) * (1 - me.outcome)

Both clocks follow it with the same bits (``EngagementModel(parameters, mechanisms=[fatigue])``,
``simulate(points, seeds, mechanisms=[fatigue])``). A module is code, and is trusted as such.
"""

import hashlib
import importlib.util
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydantic

from engagesim.errors import MechanismError, shown
from engagesim.month.attributes import place_of_error
from engagesim.month.steps import Step
from engagesim.parameters import Parameters
from engagesim.parameters.declare import number
from engagesim.society.state import Column, Entity

type Function = Callable[..., Any]


@dataclass(frozen=True)
class Variable:
    """A state variable of one kind of entity: its name is the one that it has in the module."""

    entity: Entity
    unit: str
    description: str
    start: float | None
    whole: bool
    kept: bool
    line: int

    def column(self, name: str) -> Column:
        """Return its row in the table of state variables."""
        return Column(self.entity, name, "count" if self.whole else "number", self.unit, self.description)


@dataclass(frozen=True)
class Following:
    """A step that is taken after another one, by the same kind of agent or another."""

    after: Step
    step: Step
    kind: str | None


@dataclass(frozen=True)
class Replacing:
    """A rule or a step that stands in the place of another one."""

    usual: Function | Step
    new: Any


@dataclass(frozen=True)
class Observing:
    """A measure: the mean of a number over all entities of a kind."""

    kind: str
    unit: str
    of: Function


def setting(  # noqa: PLR0913 - a declaration is a table row
    default: float, low: float, high: float, unit: str, description: str, *, source: str = "assumption"
) -> Any:
    """Declare a setting: rules read it as ``s.MODULE.NAME``, and a schedule may move it.

    Parameters
    ----------
    default, low, high : float
        Value where nothing else is said, and the range; both ends are allowed.
    unit, description, source : str
        For the table of parameters. A source is a code of the evidence or a citation.
    """
    return number(default, low, high, unit, description, source)


def variable(
    entity: Entity, unit: str, description: str, start: float | None = None, *, whole: bool = False
) -> Variable:
    """Declare a state variable.

    Parameters
    ----------
    entity : str
        ``citizen``, ``official``, ``politician``, ``district`` or ``society``.
    unit, description : str
        For the table of state variables.
    start : float
        Its value before the first month.
    whole : bool, optional
        Whether it is a whole number.
    """
    return Variable(entity, unit, description, start, whole, True, _line())


def total(entity: Entity, unit: str, description: str) -> Variable:
    """Declare a sum that steps add to (``@step(NAME=("home",))``): it is 0 before, and no snapshot keeps it.

    Parameters
    ----------
    entity : str
        ``district`` or ``society``.
    unit, description : str
    """
    return Variable(entity, unit, description, 0.0, False, False, _line())


def follows(after: Step, kind: str | None = None) -> Callable[[Step], Following]:
    """Take a step after another one: once all have taken that one.

    Parameters
    ----------
    after : Step
        As in ``engagesim.month``.
    kind : str, optional
        Who takes it; the same kind of agent as ``after``, unless told otherwise.
    """
    return lambda step: Following(after, step, kind)


def replaces(usual: Any) -> Callable[[Any], Replacing]:
    """Put a rule or a step in the place of another one; it may still call the one that it replaces.

    Parameters
    ----------
    usual : callable or Step
        A rule of ``engagesim.rules`` or a step of ``engagesim.month``.
    """
    return lambda new: Replacing(usual, new)


def measure(kind: str, unit: str) -> Callable[[Function], Observing]:
    """Observe a number each month, as its mean over all of a kind; the docstring says what it is.

    Parameters
    ----------
    kind : str
        ``citizen``, ``official``, ``politician`` or ``district``.
    unit : str
    """
    return lambda of: Observing(kind, unit, of)


@dataclass(frozen=True, eq=False)
class Mechanism:
    """What one module declares.

    Attributes
    ----------
    name : str
        Name of the module, and of the group of its settings.
    source : str
        Hash of its source, in hexadecimal digits.
    file : str
        Where it was read.
    declared : dict of str to object
        What it declares, by name, in order.
    """

    name: str
    source: str
    file: str
    declared: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, module: "Mechanism | types.ModuleType | str | Path") -> "Mechanism":
        """Read what a module declares.

        Parameters
        ----------
        module : module, str, Path or Mechanism
            A module, or the file of one: it is executed.

        Returns
        -------
        Mechanism

        Raises
        ------
        MechanismError
            Names the file, the line and what is allowed.
        """
        if isinstance(module, Mechanism):
            return module
        if isinstance(module, str | Path):
            module = _module(Path(module))
        return _read(module)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mechanism) and (self.name, self.source) == (other.name, other.source)

    def __hash__(self) -> int:
        return hash((self.name, self.source))

    def those(self, kind: type) -> dict[str, Any]:
        """Return what it declares of one kind, by name."""
        return {name: thing for name, thing in self.declared.items() if isinstance(thing, kind)}


def _read(module: types.ModuleType) -> Mechanism:
    """Return what a module declares, by name."""
    known = (Variable, Following, Replacing, Observing, pydantic.fields.FieldInfo)
    declared = {name: thing for name, thing in vars(module).items() if isinstance(thing, known)}
    name, file = module.__name__.rpartition(".")[2], str(getattr(module, "__file__", None) or module.__name__)
    if not declared:
        raise MechanismError(f"{file}: declares no mechanism; see engagesim.mechanisms for what one is made of")
    if name in Parameters.model_fields:
        raise MechanismError(f"{file}: {shown(name)} is a name of our own; another name of the file is allowed")
    for each, thing in declared.items():
        if isinstance(thing, Variable) and thing.start is None:
            raise MechanismError(f"{file}, line {thing.line}: {each}: needs start=…, its value before the first month")
    try:
        source = Path(file).read_bytes()
    except OSError:
        source = repr(sorted(declared)).encode()
    return Mechanism(name, hashlib.sha256(source).hexdigest()[:16], file, declared)


def _line() -> int:
    """Return the line on which a module declares a thing."""
    return sys._getframe(2).f_lineno


def _module(file: Path) -> types.ModuleType:
    """Execute a module's file."""
    if not file.is_file() or not file.stem.isidentifier():
        raise MechanismError(f"mechanisms = {shown(str(file))}: allowed is a Python file whose name is an identifier")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    try:
        spec.loader.exec_module(module)  # type: ignore[union-attr]
    except Exception as error:
        raise MechanismError(f"{place_of_error(error, str(file))}: {type(error).__name__}: {error}") from error
    return module
