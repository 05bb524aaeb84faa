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
``simulate(points, seeds, mechanisms=[fatigue])``). A module is code, and is trusted as such. It is one file, which is
read once and executed as it was read: a copy of the file is all that it takes to repeat a run.
"""

import hashlib
import importlib.abc
import importlib.util
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pydantic

from engagesim.errors import MechanismError, shown
from engagesim.month.attributes import place_of_error
from engagesim.month.steps import Step
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group, number
from engagesim.reading import DOCUMENT_BYTES, content
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
    description: str
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
    return lambda of: Observing(kind, unit, " ".join((of.__doc__ or "").split()).rstrip("."), of)


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
    content : bytes
        Its source; nothing where its code is not here.
    told : str
        What a folder of results tells of it, where its code is not here (see :mod:`engagesim.mechanisms.told`).
    """

    name: str
    source: str
    file: str
    declared: dict[str, Any] = field(repr=False)
    content: bytes = field(repr=False, default=b"")
    told: str = field(repr=False, default="")

    def __post_init__(self) -> None:
        where = self.file or "mechanisms"
        if hasattr(Parameters, self.name) or self.name in Parameters.model_fields:
            raise MechanismError(
                f"{where}: {shown(self.name)} is a name of our own; another name of the file is allowed"
            )
        for name, thing in self.declared.items():
            if isinstance(thing, Variable) and thing.start is None:
                raise MechanismError(
                    f"{where}, line {thing.line}: {name}: needs start=…, its value before the first month"
                )
            if isinstance(thing, pydantic.fields.FieldInfo) and (
                name.startswith(("_", "model_")) or hasattr(Group, name)
            ):
                raise MechanismError(
                    f"{where}: {shown(name)} is a name of our own; another name of the setting is allowed"
                )
            if isinstance(thing, Observing) and name in {*Parameters.model_fields, *_KEYS}:
                raise MechanismError(
                    f"{where}: {shown(name)} is a name of our own; another name of the measure is allowed"
                )

    @classmethod
    def of(cls, module: "Mechanism | types.ModuleType | str | Path") -> "Mechanism":
        """Read what a module declares.

        Parameters
        ----------
        module : module, str, Path or Mechanism
            The file of a module, or the module: its file is executed as it is now.

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
        if isinstance(module, types.ModuleType):
            name, file = module.__name__, getattr(module, "__file__", None)
            if file is None:
                raise MechanismError(f"mechanisms: the module {shown(name)} has no file; allowed are modules that have")
            return _read(Path(file))
        if isinstance(module, str | Path):
            return _read(Path(module))
        raise MechanismError(f"mechanisms: {shown(module)}: allowed are modules and their files")

    @classmethod
    def executed(cls, file: str, source: bytes) -> Self:
        """Return what the source of a module declares, which is executed once in a process.

        Parameters
        ----------
        file : str
            Where it was read; its name is that of the mechanism.
        source : bytes
            What stands there.

        Raises
        ------
        MechanismError
            Names the file, the line and what is allowed.
        """
        key = (Path(file).stem, hashlib.sha256(source).hexdigest()[:16])
        if key not in _EXECUTED:
            module = types.ModuleType(key[0])
            try:
                loader = _Loader(file, source)
                spec = importlib.util.spec_from_loader(key[0], loader)
                module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
                loader.exec_module(module)
            except Exception as error:
                raise MechanismError(f"{place_of_error(error, file)}: {type(error).__name__}: {error}") from error
            declared = {name: thing for name, thing in vars(module).items() if isinstance(thing, _DECLARED)}
            if not declared:
                raise MechanismError(f"{file}: declares no mechanism; see engagesim.mechanisms for what one is made of")
            _EXECUTED[key] = cls(*key, file, declared, source)
        return _EXECUTED[key]  # type: ignore[return-value]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mechanism) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let its source go where its code is needed, as to another process."""
        if self.told:
            from engagesim.mechanisms.told import told_again  # noqa: PLC0415 - which knows mechanisms

            return told_again, (self.told,)
        return Mechanism.executed, (self.file, self.content)

    @property
    def _key(self) -> tuple[str, str, str]:
        return self.name, self.source, self.told

    def those(self, kind: type) -> dict[str, Any]:
        """Return what it declares of one kind, by name."""
        return {name: thing for name, thing in self.declared.items() if isinstance(thing, kind)}


_DECLARED = (Variable, Following, Replacing, Observing, pydantic.fields.FieldInfo)
_KEYS = ("point", "month", "failed", "dummy", "scenario")
"""Columns of tables that are no measures."""
_EXECUTED: dict[tuple[str, str], Mechanism] = {}
"""Every mechanism that this process has executed, by name and hash."""


class _Loader(importlib.abc.SourceLoader):
    """Loads a module from source that was read before, and keeps no compiled code beside the file."""

    def __init__(self, file: str, source: bytes) -> None:
        self._file, self._source = file, source

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - Python asks by name
        return self._file

    def get_data(self, path: str | bytes) -> bytes:
        if path != self._file:
            raise OSError(path)
        return self._source


def _line() -> int:
    """Return the line on which a module declares a thing."""
    return sys._getframe(2).f_lineno


def _read(file: Path) -> Mechanism:
    """Read a module's file."""
    place = f"mechanisms = {shown(str(file))}"
    if not file.is_file() or not file.stem.isidentifier() or file.suffix != ".py":
        raise MechanismError(
            f"{place}: allowed is a Python file that is there, with an identifier for a name, as fatigue.py"
        )
    try:
        return Mechanism.executed(str(file), content(file, DOCUMENT_BYTES))
    except (OSError, ValueError) as error:
        if isinstance(error, MechanismError):
            raise
        raise MechanismError(f"{place}: {error}") from None
