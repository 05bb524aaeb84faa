"""Declare the parts of mechanisms (settings, variables, steps, rules, measures), and read the modules that do so."""

import ast
import hashlib
import importlib.abc
import importlib.util
import inspect
import keyword
import re
import sys
import textwrap
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard, get_args

import pydantic

from engagesim.compiling import MARKED
from engagesim.errors import MechanismError, either, nearest, reason, shown
from engagesim.files import DOCUMENT_BYTES, content
from engagesim.month import MONTH
from engagesim.month.binding import place_of, place_of_error
from engagesim.month.steps import THINGS, Each, Step
from engagesim.parameters import Parameters
from engagesim.parameters.declare import JUDGEMENT, Group, number
from engagesim.society.state import Column, Entity

type Function = Callable[..., Any]

ENTITIES: tuple[str, ...] = get_args(Entity.__value__)
KINDS = ("citizen", "official", "provider", "politician", "district", "society")
"""Kinds of agents that take steps; a provider is an official who is not a manager."""

OBSERVED = ("citizen", "official", "politician", "district")
"""Kinds of entities over which a measure can be averaged."""

TAKEN = frozenset(
    (
        *THINGS, "row", "model", "role", "terms", "weigh", "kin", "neighbours", "settings", "engages", "utilities",
        "reasons", "in_coalition", "citizens", "staff", "manager", "politician", "providing", "unique_id", "pos",
        "random", "rng", "scenario", "advance", "remove", "step", "create_agents", "from_dataframe",
    )
)  # fmt: skip
"""Attributes that agents and districts have besides their variables and steps."""


NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,79}")
"""The names that a mechanism and its declarations may have."""

MOST_LETTERS = 2000
"""Largest number of characters in a unit, a description or a source."""

MOST_THINGS = 200
"""Largest number of declarations in a mechanism."""

_RANGE = re.compile(r"(-?\d+(?:\.\d+)?) (?:to|or) (-?\d+(?:\.\d+)?)")
"""A unit that is a range."""

_INFINITE = 1e300
_UNFINISHED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


@dataclass(frozen=True)
class Variable:
    """A state variable of one kind of entity, named as in the module."""

    entity: Entity
    unit: str
    description: str
    start: float
    whole: bool
    kept: bool

    def column(self, name: str) -> Column:
        """Return the variable's row in the table of state variables."""
        return Column(self.entity, name, "count" if self.whole else "number", self.unit, self.description)


@dataclass(frozen=True)
class Following:
    """A step that the same or another kind of agent takes after another step."""

    after: Step
    step: Step
    kind: str | None


@dataclass(frozen=True)
class Replacing:
    """A rule or a step that replaces another rule or step."""

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
    default: float, low: float, high: float, unit: str, description: str, *, source: str = JUDGEMENT
) -> Any:
    """Declare a setting: rules read it as ``s.MODULE.NAME``, and a schedule may move it.

    Parameters
    ----------
    default, low, high : float
        Default value and range, including both ends.
    unit, description, source : str
        Texts for the table of parameters. A source is an evidence code or a citation.
    """
    if not all(map(_is_number, (default, low, high))) or not low <= default <= high:
        said = f"setting({shown(default)}, {shown(low)}, {shown(high)}, …)"
        raise MechanismError(f"{_place()}: {said}: must be numbers, the default from the lowest to the highest")
    _check_words("setting", unit, description, source)
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
        Texts for the table of state variables. A unit that is a range, such as ``0 to 1``, limits the starting value.
    start : float
        Value before the first month.
    whole : bool, optional
        Whether the variable is a whole number.
    """
    _check_one_of(entity, ENTITIES, "variable")
    if not _is_number(start) or (whole and start != int(start)):
        what = f"a {'whole ' * whole}number, its value before the first month"
        raise MechanismError(f"{_place()}: variable({entity!r}, …): start = {shown(start)}: must be {what}")
    _check_words("variable", unit, description)
    ends = _RANGE.fullmatch(unit)
    if ends and not float(ends[1]) <= start <= float(ends[2]):
        raise MechanismError(f"{_place()}: variable({entity!r}, …): start = {shown(start)}: must be {unit}, its unit")
    return Variable(entity, unit, description, start, whole, True)


def total(entity: Entity, unit: str, description: str) -> Variable:
    """Declare a sum to which steps add (``@step(NAME=("home",))``); it starts at 0, and snapshots do not keep it.

    Parameters
    ----------
    entity : str
        ``district`` (steps add to it by ``home``) or ``society`` (by ``society``).
    unit, description : str
    """
    _check_one_of(entity, ("district", "society"), "total")
    _check_words("total", unit, description)
    return Variable(entity, unit, description, 0.0, False, False)


def follows(after: Step | Following, kind: str | None = None) -> Callable[[Step], Following]:
    """Declare a step that follows another one, once all agents have taken the other step.

    Parameters
    ----------
    after : Step or Following
        A step of ``engagesim.month``, or a mechanism's step that itself follows another.
    kind : str, optional
        Who takes it (``citizen``, ``official``, ``provider``, ``politician``, ``district`` or ``society``); by default,
        the same kind of agent as for ``after``.
    """
    first = after.step if isinstance(after, Following) else after
    if not isinstance(first, Step):
        raise MechanismError(
            f"{_place()}: follows({_name(after)}): must be a step, such as citizen.succeed of {_MONTH}"
        )
    if kind is not None:
        _check_one_of(kind, KINDS, "follows")

    def of(step: Step) -> Following:
        return Following(first, _step(step, "follows"), kind)

    return of


def replaces(usual: Any) -> Callable[[Any], Replacing]:
    """Replace a rule or a step; a new rule may still call the one that it replaces by name.

    Parameters
    ----------
    usual : callable or Step
        A rule of ``engagesim.rules`` or a step of ``engagesim.month``.
    """
    if isinstance(usual, Step):

        def of_step(new: Any) -> Replacing:
            return Replacing(usual, _step(new, "replaces"))

        return of_step
    if not any(usual is rule and rule.__module__.startswith("engagesim.rules") for rule in MARKED):
        what = f"a rule of engagesim.rules, or a step of {_MONTH}"
        raise MechanismError(f"{_place()}: replaces({_name(usual)}): must be {what}")

    def of(new: Any) -> Replacing:
        if not _is_plain(new):
            what = f"a plain function, without @step, because {usual.__name__} is a rule"
            raise MechanismError(f"{_where(new)}: {_name(new)}: must be {what}")
        return Replacing(usual, new)

    return of


def measure(kind: str, unit: str) -> Callable[[Function], Observing]:
    """Declare a measure: the mean of a number over all agents or districts of a kind, which the docstring describes.

    Parameters
    ----------
    kind : str
        ``citizen``, ``official``, ``politician`` or ``district``.
    unit : str
    """
    _check_one_of(kind, OBSERVED, "measure")
    _check_words("measure", unit)

    def of(function: Any) -> Observing:
        if not _is_plain(function) or not (function.__doc__ or "").strip() or len(function.__doc__) > MOST_LETTERS:
            what = "a plain function with a docstring, which says in the tables what is measured"
            raise MechanismError(f"{_where(function)}: {_name(function)}: must be {what}")
        return Observing(kind, unit, " ".join(function.__doc__.split()).rstrip("."), function)

    return of


@dataclass(frozen=True, eq=False)
class Mechanism:
    """A mechanism: everything that one module declares.

    Attributes
    ----------
    name : str
        Name of the module, and of the group of its settings.
    source : str
        Hash of its source, in hexadecimal digits.
    file : str
        File from which it was read.
    declared : dict of str to object
        Its declarations by name, in order.
    content : bytes
        Its source code; empty if the code is not available.
    told : str
        Its description from a folder of results, if its code is not available (see ``engagesim.mechanisms.stored``).
    """

    name: str
    source: str
    file: str
    declared: dict[str, Any] = field(repr=False)
    content: bytes = field(repr=False, default=b"")
    told: str = field(repr=False, default="")

    def __post_init__(self) -> None:
        if self.name in Parameters.model_fields or self.name in dir(Parameters):
            said = f"must have another name; engagesim uses {shown(self.name)} itself"
            raise MechanismError(f"{self.file or 'mechanisms'}: {said}")
        for each, thing in self.declared.items():
            place = self.place(each)
            is_told = isinstance(thing, Variable | Observing | pydantic.fields.FieldInfo)
            if is_told and not NAME.fullmatch(each):
                what = "a name of up to 80 characters: letters (a to z), digits and _, a letter first"
                raise MechanismError(f"{place}: {shown(each)}: must be {what}")
            if isinstance(thing, Variable) and each in TAKEN | _STEPS:
                raise MechanismError(f"{place}: variable {shown(each)}: must have another name; this one is taken")
            if isinstance(thing, pydantic.fields.FieldInfo) and (each in dir(Group) or each.startswith("model_")):
                raise MechanismError(f"{place}: setting {shown(each)}: must have another name; this one is taken")
            if isinstance(thing, Observing) and (each in Parameters.model_fields or each in COLUMNS_OF_TABLES):
                raise MechanismError(f"{place}: measure {shown(each)}: must have another name; this one is taken")

    @classmethod
    def of(cls, module: "Mechanism | types.ModuleType | str | Path") -> "Mechanism":
        """Read a mechanism from a module.

        Parameters
        ----------
        module : module, str, Path or Mechanism
            The file of a module, or a module, in which case its file is read.

        Returns
        -------
        Mechanism

        Raises
        ------
        MechanismError
            If the source is wrong; the message names file and line, and says what is allowed.
        """
        if isinstance(module, Mechanism):
            return module
        file = getattr(module, "__file__", None) if isinstance(module, types.ModuleType) else module
        if not isinstance(file, str | Path):
            raise MechanismError(f"mechanisms = [{shown(module)}]: must be files of modules, or modules with a file")
        return _read(Path(file))

    @classmethod
    def executed(cls, file: str, source: bytes) -> "Mechanism":
        """Return the mechanism in a module's source, which is executed once per process.

        Parameters
        ----------
        file : str
            File from which it was read; its name is that of the mechanism.
        source : bytes
            Content of the file.

        Returns
        -------
        Mechanism

        Raises
        ------
        MechanismError
            If the source is wrong; the message names file and line, and says what is allowed.
        """
        key = (Path(file).stem, hashlib.sha256(source).hexdigest()[:16])
        if key not in _EXECUTED:
            module = _module(f"mechanism_{'_'.join(key)}", file, source)
            _EXECUTED[key] = cls(*key, file, _declared(module, file, source), source)
        return _EXECUTED[key]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mechanism) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the source instead of the code, for other processes to execute."""
        if self.told:
            from engagesim.mechanisms.stored import told_again  # noqa: PLC0415 - it imports this module

            return told_again, (self.told,)
        return Mechanism.executed, (self.file, self.content)

    @property
    def _key(self) -> tuple[str, str, str]:
        return self.name, self.source, self.told

    def place(self, name: str) -> str:
        """Return the file and the line of a declaration, or only the file if the code is not available."""
        lines = _bound(self.content).get(name, [])
        return f"{self.file}, line {lines[-1]}" if lines else self.file or "mechanisms"

    def those(self, kind: type) -> dict[str, Any]:
        """Return the declarations of one kind, by name."""
        return {name: thing for name, thing in self.declared.items() if isinstance(thing, kind)}


_EXECUTED: dict[tuple[str, str], Mechanism] = {}
"""All mechanisms that this process has executed, by name and hash."""

COLUMNS_OF_TABLES = ("point", "month", "failed", "dummy", "scenario")
"""Columns of tables that are neither parameters nor measures."""


def listed(mechanisms: Iterable[Any] | Any) -> tuple[Mechanism, ...]:
    """Return mechanisms from one or more modules or their files.

    Raises
    ------
    MechanismError
        If a mechanism cannot be read, or two have the same name.
    """
    alone = isinstance(mechanisms, str | Path | types.ModuleType | Mechanism)
    found = tuple(map(Mechanism.of, [mechanisms] if alone else mechanisms))
    for place, mechanism in enumerate(found):
        if mechanism.name in {other.name for other in found[:place]}:
            raise MechanismError(f"mechanisms: must have each name once; {shown(mechanism.name)} appears twice")
    return found


class SourceRead(importlib.abc.SourceLoader):
    """A loader of modules from source that was already read; it keeps no compiled code beside the file."""

    def __init__(self, file: str, source: bytes) -> None:
        self._file, self._source = file, source

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002 - Python asks by name
        """Return the file from which the source was read."""
        return self._file

    def get_data(self, path: str | bytes) -> bytes:
        """Return the source as it was read, and refuse any other file."""
        if path != self._file:
            raise OSError(path)
        return self._source


def _read(file: Path) -> Mechanism:
    """Read a module's file."""
    place = f"mechanisms = [{shown(str(file))}]"
    if not file.is_file():
        raise MechanismError(f"{place}: must be a Python file; there is no such file")
    if file.suffix != ".py" or not NAME.fullmatch(file.stem) or keyword.iskeyword(file.stem):
        raise MechanismError(f"{place}: must be a Python file named with letters, digits and _, such as fatigue.py")
    try:
        source = content(file, DOCUMENT_BYTES)
    except (OSError, ValueError) as error:
        raise MechanismError(f"{place}: must be a Python file; {reason(error)}") from None
    return Mechanism.executed(str(file), source)


def _module(name: str, file: str, source: bytes) -> types.ModuleType:
    """Execute a module's source as a module with a name of its own, by which compiled code on disk can find it."""
    loader = SourceRead(file, source)
    spec = importlib.util.spec_from_loader(name, loader)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except MechanismError:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        said = error.msg if isinstance(error, SyntaxError) else textwrap.shorten(str(error), 200, placeholder=" …")
        line = f"{place_of_error(error, file)}: must be Python that can be imported ({type(error).__name__}: {said})"
        raise MechanismError(line) from None
    return module


def _declared(module: types.ModuleType, file: str, source: bytes) -> dict[str, Any]:
    """Return what a module declares, by name."""
    known = (Variable, Following, Replacing, Observing, pydantic.fields.FieldInfo)
    bound, names = _bound(source), dict[int, str]()
    for name, each in vars(module).items():
        place = f"{file}, line {bound[name][-1]}" if name in bound else file
        if isinstance(each, Step) and each.act.__module__ == module.__name__:
            raise MechanismError(f"{place_of(each.act)}: {each.name}: must have {_STEP_ABOVE}, or nobody takes it")
        if isinstance(each, types.FunctionType) and each.__module__ == __name__ and "<locals>" in each.__qualname__:
            raise MechanismError(f"{place}: {name}: must have {_WORDS_ABOVE}")
        if isinstance(each, known) and len(bound.get(name, ())) > 1:
            raise MechanismError(f"{place}: {name}: must be declared once; a second declaration replaces the first")
        if isinstance(each, known) and (first := names.setdefault(id(each), name)) != name:
            raise MechanismError(f"{place}: {name}: must have only one name; it is also called {first}")
    declared = {name: thing for name, thing in vars(module).items() if isinstance(thing, known)}
    if not declared:
        raise MechanismError(f"{file}: must declare something with the functions of engagesim.mechanisms")
    if len(declared) > MOST_THINGS:
        raise MechanismError(f"{file}: must declare up to {MOST_THINGS} things, not {len(declared)}")
    return declared


def _step(step: Any, word: str) -> Step:
    """Return a step, and refuse any other object."""
    if not isinstance(step, Step) or not _is_plain(step.act):
        what = f"@step(…) below @{word}, with the names of what the function's results set"
        raise MechanismError(f"{_where(step)}: must have {what}")
    return step


def _check_one_of(given: Any, names: tuple[str, ...], word: str) -> None:
    if given not in names:
        meant = nearest(given, names) if isinstance(given, str) else ""
        raise MechanismError(f"{_place()}: {word}(… {shown(given)} …): must be {either(names)}{meant}")


def _check_words(word: str, *words: Any) -> None:
    for each in words:
        if not isinstance(each, str) or not each.strip() or len(each) > MOST_LETTERS:
            what = f"words for the tables, up to {MOST_LETTERS} characters"
            raise MechanismError(f"{_place()}: {word}(… {shown(each)} …): must be {what}")


def _is_number(given: Any) -> TypeGuard[float]:
    return isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < _INFINITE


def _is_plain(thing: Any) -> bool:
    """Whether an object is a plain function, and not a generator or coroutine."""
    return isinstance(thing, types.FunctionType) and not thing.__code__.co_flags & _UNFINISHED


@cache
def _bound(source: bytes) -> dict[str, list[int]]:
    """Return the lines on which a module binds each name outside functions and branches."""
    lines: dict[str, list[int]] = {}
    for node in ast.parse(source).body:
        names = [node.name] if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        for name in names:
            lines.setdefault(name, []).append(node.lineno)
    return lines


def _name(thing: Any) -> str:
    return getattr(thing, "__name__", None) or getattr(thing, "name", None) or shown(thing)


def _where(thing: Any) -> str:
    """Return the file and the line of a function or step, or of its declaration."""
    function = thing.act if isinstance(thing, Step) else thing
    is_a_users = isinstance(function, types.FunctionType) and not function.__module__.startswith("engagesim.")
    return place_of(function) if is_a_users else _place()


def _place() -> str:
    """Return the file and the line of the declaration that is being executed."""
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__") == __name__ and frame.f_back is not None:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


_MONTH = "engagesim.month"
_STEPS = {step.name for phase in MONTH.values() for each in phase if isinstance(each, Each) for step in each.steps}
_WORDS_ABOVE = "@follows(…) or @replaces(…) above it, with a step or rule in parentheses"
_STEP_ABOVE = "@follows(…) or @replaces(…) above its @step"
