"""Mechanisms of a user's own: new state variables, settings, steps, rules and measures, in one Python module.

A module declares them with the words of this page; what a thing is called is the name that it is given there::

    from engagesim.mechanisms import follows, measure, replaces, setting, variable
    from engagesim.month import citizen
    from engagesim.month.steps import step

    speed = setting(0.1, 0, 1, "rate a month", "How fast those who engage in vain tire")
    tiredness = variable("citizen", "0 to 1", "How tired the citizen is of engaging in vain")

    @follows(citizen.succeed)
    @step("tiredness")
    def tire(me, s):
        return me.tiredness + s.fatigue.speed * (1 - me.tiredness) * (1 - me.outcome)

Both clocks follow it with the same bits (``EngagementModel(parameters, mechanisms=[fatigue])``,
``simulate(points, seeds, Options(mechanisms=[fatigue]))``). A module is code, and is trusted as such.
"""

import hashlib
import importlib.util
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydantic

from engagesim.errors import MechanismError, nearest, shown
from engagesim.measures import MEASURES, Measure, measured
from engagesim.month import MONTH
from engagesim.month.attributes import readings
from engagesim.month.binding import Binding
from engagesim.month.steps import DRAWS, THINGS, Each, Step, observed
from engagesim.parameters import FIXED, SETTINGS, Parameters, parameter_table, settings_of
from engagesim.parameters.declare import Group, number
from engagesim.rules import RULES, Rules
from engagesim.society.state import COLUMNS, MONTHLY, WIRED, Column, Entity, State

type Function = Callable[..., Any]

_GROUPS = {setting.path.partition(".")[0] for setting in SETTINGS}
_LEVELS = {"citizen": "citizens", "official": "officials", "politician": "districts", "district": "districts"}


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


def setting(
    default: float, low: float, high: float, unit: str, description: str, source: str = "assumption"
) -> Any:  # fmt: skip
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
    declared : dict of str to object
        What it declares, by name, in order.
    """

    name: str
    source: str
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


class Design:
    """What a society is made by: the page of its month, its columns, settings and measures, and its rules.

    Parameters
    ----------
    tree : type
        Of the society's parameters; it says which mechanisms there are.
    rules : Rules, optional
        Rules that stand in the place of the usual ones. Those of mechanisms go before.
    """

    def __init__(self, tree: type[Parameters] = Parameters, rules: Rules = RULES) -> None:
        self.tree = tree
        self.mechanisms: tuple[Mechanism, ...] = tree.mechanisms
        declared = [(m, name, thing) for m in self.mechanisms for name, thing in m.declared.items()]
        variables = [(thing.column(name), thing) for _, name, thing in declared if isinstance(thing, Variable)]
        self.columns = (*COLUMNS, *(column for column, thing in variables if thing.kept))
        self.monthly = (*MONTHLY, *(column for column, thing in variables if not thing.kept))
        self.starts = {column: thing.start for column, thing in variables if thing.kept and thing.start}
        observing = [(m, name, thing) for m, name, thing in declared if isinstance(thing, Observing)]
        self.measures = (*MEASURES, *(_measure(f"{m.name}_{name}", name, thing) for m, name, thing in observing))
        replacing = [thing for *_, thing in declared if isinstance(thing, Replacing)]
        self.replaced: dict[Function, Function] = {
            old: new for old, new in zip(RULES, rules, strict=True) if new is not old
        }
        self.replaced |= {thing.usual: thing.new for thing in replacing if not isinstance(thing.usual, Step)}
        steps = {thing.usual: _in_place_of(thing) for thing in replacing if isinstance(thing.usual, Step)}
        self.page = {phase: _with_steps(entries, steps) for phase, entries in MONTH.items()}
        inserted: dict[Step, int] = {}
        for _, _, thing in declared:
            if isinstance(thing, Following):
                _insert(self.page, thing, inserted)
        more = tuple(
            Each(thing.kind, (observed(f"{m.name}_{name}")(thing.of),)) for m, name, thing in observing
        )
        self.page["observe"] = (*self.page["observe"], *more)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step of the page, in order."""
        return tuple(step for phase in self.page.values() for each in phase if isinstance(each, Each) for step in each.steps)

    @cached_property
    def tallies(self) -> tuple[str, ...]:
        """Names of the sums of a month, in the order of a clock's table."""
        return tuple(name for each in self.page["observe"] if isinstance(each, Each) for step in each.steps for name in step.adds)

    @cached_property
    def measure_names(self) -> tuple[str, ...]:
        """Names of the measures, in the order of the columns of tables and arrays."""
        return tuple(measure.name for measure in self.measures)

    @cached_property
    def counts(self) -> frozenset[tuple[str, str]]:
        """Entity and name of each column that holds whole numbers."""
        return frozenset((column.entity, column.name) for column in self.columns if column.kind == "count")

    def started(self, state: State) -> State:
        """Return the state before the first month with the variables of mechanisms beside the usual ones."""
        if len(self.columns) == len(state.table):
            return state
        sizes = {entity: block.shape[1] for entity, block in state.numbers.items()}
        full = State.empty(sizes, state.numbers["citizen"].shape[2], self.columns)  # type: ignore[arg-type]
        for column in self.columns:
            is_ours = column in state.table
            value = state.column(column.entity, column.name) if is_ours else self.starts.get(column, 0.0)
            full.column(column.entity, column.name)[:] = value
        return full

    def measured(self, tallies: Any, sizes: Any) -> Any:
        """Compute every measure from sums, shape (sums, ...), of a society of some sizes."""
        return measured(tallies, sizes, self.tallies, self.measures)


@cache
def design_of(tree: type[Parameters], rules: Rules = RULES) -> Design:
    """Return what societies with parameters of a type are made by, checked.

    Raises
    ------
    MechanismError
        Where a rule or a step does not fit.
    """
    design = Design(tree, rules)
    check(design)
    return design


def extended(parameters: Parameters, mechanisms: Iterable[Any]) -> Parameters:
    """Return the same parameters with the settings of mechanisms beside them.

    Parameters
    ----------
    parameters : Parameters
    mechanisms : iterable of module, str, Path or Mechanism

    Returns
    -------
    Parameters
        Of a type of its own; ``changed({"MODULE.NAME": value})`` changes a mechanism's setting.
    """
    found = tuple(Mechanism.of(each) for each in mechanisms)
    if not found or found == parameters.mechanisms:
        return parameters
    tree = _tree(found)
    return tree.of({**parameters.model_dump(), **{m.name: {} for m in found if m not in parameters.mechanisms}})


@cache
def _tree(mechanisms: tuple[Mechanism, ...]) -> type[Parameters]:
    groups: dict[str, Any] = {}
    for mechanism in mechanisms:
        fields = {name: (float, thing) for name, thing in mechanism.those(pydantic.fields.FieldInfo).items()}
        group = pydantic.create_model(mechanism.name.title(), __base__=Group, **fields)
        groups[mechanism.name] = (group, pydantic.Field(default_factory=group))
    tree = pydantic.create_model("Parameters", __base__=Parameters, **groups)
    tree.mechanisms = mechanisms
    return tree


def _measure(tally: str, name: str, observing: Observing) -> Measure:
    text = " ".join((observing.of.__doc__ or "").split()).rstrip(".")
    whole = _LEVELS[observing.kind]
    level = f"{observing.kind}s"
    return Measure(name, observing.unit, text, level, lambda t: getattr(t, tally) / getattr(t, whole))


def _in_place_of(replacing: Replacing) -> Step:
    """Return the new step under the name of the usual one."""
    return replace(replacing.new, stands_for=replacing.usual)


def _with_steps(entries: Sequence[Any], steps: dict[Step, Step]) -> tuple[Any, ...]:
    return tuple(
        Each(each.kind, tuple(steps.get(step, step) for step in each.steps)) if isinstance(each, Each) else each
        for each in entries
    )


def _insert(page: dict[str, tuple[Any, ...]], following: Following, inserted: dict[Step, int]) -> None:
    """Put a step on a line of its own, behind the line of the step that it follows and those that follow that, too."""
    for phase, entries in page.items():
        for place, each in enumerate(entries):
            if isinstance(each, Each) and any(following.after in {step, step.stands_for} for step in each.steps):
                behind = place + 1 + inserted.get(following.after, 0)
                new = Each(following.kind or each.kind, (following.step,))
                page[phase] = (*entries[:behind], new, *entries[behind:])
                inserted[following.after] = inserted.get(following.after, 0) + 1
                return
    raise MechanismError(f"{_place(following.step.act)}: follows {following.after.name}: no step of the month")


def _read(module: types.ModuleType) -> Mechanism:
    """Return what a module declares, by name."""
    known = (Variable, Following, Replacing, Observing, pydantic.fields.FieldInfo)
    declared = {name: thing for name, thing in vars(module).items() if isinstance(thing, known)}
    name, file = module.__name__.rpartition(".")[2], str(getattr(module, "__file__", None) or module.__name__)
    if not declared:
        raise MechanismError(f"{file}: declares no mechanism; see engagesim.mechanisms for what one is made of")
    if name in Parameters.model_fields or name in _GROUPS:
        raise MechanismError(f"{file}: {shown(name)} is a name of our own; another name of the file is allowed")
    for each, thing in declared.items():
        if isinstance(thing, Variable) and thing.start is None:
            raise MechanismError(f"{file}, line {thing.line}: {each}: needs start=…, its value before the first month")
    try:
        source = Path(file).read_bytes()
    except OSError:
        source = repr(sorted(declared)).encode()
    return Mechanism(name, hashlib.sha256(source).hexdigest()[:16], declared)


def _line() -> int:
    """Return the line on which a module declares a thing."""
    return sys._getframe(2).f_lineno


def _module(file: Path) -> types.ModuleType:
    """Execute a module's file."""
    if not file.is_file() or not file.stem.isidentifier():
        raise MechanismError(f"mechanisms = {shown(str(file))}: allowed is a Python file whose name is an identifier")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise MechanismError(f"{_where(error, str(file))}: {type(error).__name__}: {error}") from error
    return module


def _where(error: BaseException, file: str) -> str:
    """Return the file and the line of a user's on which an error came up."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    return f"{file}, line {lines[-1]}" if lines else file


def _place(function: Function) -> str:
    """Return the file and the line of a function."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}, line {code.co_firstlineno}" if code else repr(function)


_SHOWN = {"home": "district", "post": "official", "manager": "official", "society": "society"}
"""What kind of entity a step is shown by a name."""


def check(design: Design) -> None:
    """Refuse a design whose rules and steps a clock could not follow.

    Raises
    ------
    MechanismError
        Names the file, the line, and what is allowed.
    """
    names = {measure.name for measure in MEASURES}
    for mechanism in design.mechanisms:
        for name in mechanism.those(Observing):
            if name in names:
                raise MechanismError(f"{mechanism.name}: measure {shown(name)} is there already; allowed is another name")
            names.add(name)
    for column in (*design.columns[len(COLUMNS) :], *design.monthly[len(MONTHLY) :]):
        others = [c for c in (*design.columns, *design.monthly, *WIRED) if c.entity == column.entity]
        if sum(other.name == column.name for other in others) > 1:
            raise MechanismError(f"{column.name}: a {column.entity} has a variable of that name already")
    for usual, new in design.replaced.items():
        _check_arguments(usual, new)
    for each in (each for phase in design.page.values() for each in phase if isinstance(each, Each)):
        for step in each.steps:
            if not step.act.__module__.startswith("engagesim."):
                _check_step(design, "official" if each.kind == "provider" else each.kind, step)
    ours = [step.act for step in design.steps if not step.act.__module__.startswith("engagesim.")]
    for function in (*design.replaced.values(), *ours):
        _check_readings(design, function)
    if design.mechanisms or design.replaced:
        _try(design)


def _check_arguments(usual: Function, new: Function) -> None:
    """Refuse a rule that cannot be called as the one that it replaces."""
    wanted = list(signature(usual).parameters)
    try:
        signature(new).bind(*wanted)
    except TypeError:
        raise MechanismError(
            f"{_place(new)}: {usual.__name__} takes ({', '.join(signature(new).parameters)}); "
            f"allowed is ({', '.join(wanted)})"
        ) from None


def _check_step(design: Design, entity: str, step: Step) -> None:
    """Refuse a step that asks for, sets, or adds to what there is not."""
    place = f"{_place(step.act)}: {step.name}"
    for name in step.asks:
        if name not in {*THINGS, *DRAWS}:
            raise MechanismError(f"{place}: no step can ask for {shown(name)}{nearest(name, (*THINGS, *DRAWS))}")
    if list(step.asks) != [name for name in step.asks if name in THINGS] + list(step.draws):
        raise MechanismError(f"{place}: draws stand behind all else that it asks for")
    own = [column.name for column in (*design.columns, *design.monthly) if column.entity == entity]
    for name in step.sets:
        if name not in own:
            raise MechanismError(f"{place}: a {entity} has no variable {shown(name)}{nearest(name, own)}")
    for name, targets in step.adds.items():
        for target in targets:
            whose = _SHOWN.get(target)
            sums = [c.name for c in design.monthly if c.entity == whose] if target != "t" else design.tallies
            if whose == "official":
                sums = ["collaborating", "confronting", "succeeded"]
            if name not in sums:
                raise MechanismError(f"{place}: {shown(name)} is no sum of {target}{nearest(name, sums)}")


def _check_readings(design: Design, function: Function) -> None:
    """Refuse a function of a user's that reads a parameter or a variable that there is not."""
    paths = {*(setting.path for setting in settings_of(design.tree)), *FIXED}
    columns = {c.name for c in (*design.columns, *design.monthly, *WIRED)}
    for reading in readings(function):
        if reading.function.__module__.startswith("engagesim.") or not reading.chain:
            continue
        place = f"{reading.function.__code__.co_filename}, line {reading.line}: {reading.function.__name__}"
        first, *rest = reading.chain
        if reading.variable == "s" and rest and f"{first}.{rest[0]}" not in paths:
            path = f"{first}.{rest[0]}"
            raise MechanismError(f"{place}: s.{path}: no such parameter{nearest(path, paths)}")
        if reading.variable in {"me", "home", "post", "manager", "other", "society"} and first not in columns:
            raise MechanismError(f"{place}: {reading.variable}.{first}: no such variable{nearest(first, columns)}")


def _try(design: Design) -> None:
    """Take each step once, with numbers of no meaning, and refuse rules and steps whose results do not fit."""
    binding = Binding(design.replaced)
    someone = SimpleNamespace(
        **{c.name: 1 if c.kind == "count" else 0.5 for c in (*design.columns, *design.monthly, *WIRED)},
        stance=1, new_party=0,
    )  # fmt: skip
    s = SimpleNamespace()
    for row in parameter_table(design.tree):
        group, _, name = row.path.partition(".")
        if row.path in FIXED or row.role == "setting":
            vars(s).setdefault(group, SimpleNamespace())
            setattr(getattr(s, group), name, row.default)
    given: dict[str, Any] = dict.fromkeys(THINGS, someone) | {"s": s, "month": 1, "met": 1.0}
    given["t"] = SimpleNamespace(**dict.fromkeys(design.tallies, 1.0))
    for usual, new in design.replaced.items():
        wanted = _tried(binding, usual, [given.get(name, 0.5) for name in signature(usual).parameters])
        found = _tried(binding, new, [given.get(name, 0.5) for name in signature(usual).parameters])
        if _shape(found) != _shape(wanted):
            raise MechanismError(f"{_place(new)}: {usual.__name__} returns {_said(found)}; allowed is {_said(wanted)}")
    for step in design.steps:
        if step.act.__module__.startswith("engagesim."):
            continue
        found = _tried(binding, step.act, [given.get(name, 0.5) for name in step.asks])
        results = found if isinstance(found, tuple) else (found,)
        if len(results) != len(step.sets) + len(step.adds) or _shape(results) is None:
            wanted_names = ", ".join((*step.sets, *step.adds))
            raise MechanismError(f"{_place(step.act)}: {step.name} returns {_said(found)}; allowed is {wanted_names}")


def _tried(binding: Binding, function: Function, arguments: Sequence[Any]) -> Any:
    """Call a function, and say in a line where it fails."""
    try:
        return binding(function)(*arguments)
    except Exception as error:
        file = function.__code__.co_filename
        place = _where(error, file) if file != __file__ else _place(function)
        raise MechanismError(f"{place}: {type(error).__name__}: {error}") from error


def _shape(result: Any) -> int | None:
    """Return how many numbers a result has, 0 for one alone, and None for what is no number."""
    if isinstance(result, tuple):
        return len(result) if all(_shape(each) == 0 for each in result) else None
    return 0 if isinstance(result, int | float) else None


def _said(result: Any) -> str:
    shape = _shape(result)
    if shape is None:
        return "what is no number"
    return "one number" if shape == 0 else f"{shape} numbers"
