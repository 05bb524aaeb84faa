"""What a design must be for both clocks to follow it; each refusal names a file, a line, and what is allowed."""

from collections.abc import Callable, Sequence
from inspect import signature
from types import SimpleNamespace
from typing import Any

from engagesim.errors import MechanismError, nearest, shown
from engagesim.measures import MEASURES
from engagesim.mechanisms import Observing
from engagesim.mechanisms.design import Design
from engagesim.month.attributes import place_of, place_of_error, readings
from engagesim.month.binding import Binding
from engagesim.month.steps import DRAWS, THINGS, Each, Step
from engagesim.parameters import FIXED, parameter_table, settings_of
from engagesim.society.state import COLUMNS, MONTHLY, WIRED

type Function = Callable[..., Any]

_SHOWN = {"home": "district", "post": "official", "manager": "official", "society": "society"}
"""What kind of entity a step is shown by a name."""


def check(design: Design) -> None:
    """Refuse a design whose rules and steps a clock could not follow.

    Raises
    ------
    MechanismError
        Names the file, the line, and what is allowed.
    """
    if not (design.mechanisms or design.replaced):
        return
    _check_names(design)
    for usual, new in design.replaced.items():
        _check_arguments(usual, new)
    for each in (each for phase in design.page.values() for each in phase if isinstance(each, Each)):
        for step in filter(_is_a_users, each.steps):
            _check_step(design, "official" if each.kind == "provider" else each.kind, step)
    for function in (*design.replaced.values(), *(step.act for step in filter(_is_a_users, design.steps))):
        _check_readings(design, function)
    _try(design)


def _is_a_users(step: Step) -> bool:
    return not step.act.__module__.startswith("engagesim.")


def _check_names(design: Design) -> None:
    """Refuse measures and variables whose names are taken."""
    names = {measure.name for measure in MEASURES}
    for mechanism in design.mechanisms:
        for name in mechanism.those(Observing):
            if name in names:
                raise MechanismError(
                    f"{mechanism.file}: there is a measure {shown(name)} already; allowed is another name"
                )
            names.add(name)
    columns = (*design.columns, *design.monthly, *WIRED)
    for column in (*design.columns[len(COLUMNS) :], *design.monthly[len(MONTHLY) :]):
        if [(other.entity, other.name) for other in columns].count((column.entity, column.name)) > 1:
            raise MechanismError(
                f"a {column.entity} has a variable {shown(column.name)} already; allowed is another name"
            )


def _check_arguments(usual: Function, new: Function) -> None:
    """Refuse a rule that cannot be called as the one that it replaces."""
    wanted = list(signature(usual).parameters)
    try:
        signature(new).bind(*wanted)
    except TypeError:
        raise MechanismError(
            f"{place_of(new)}: {usual.__name__} takes ({', '.join(signature(new).parameters)}); "
            f"allowed is ({', '.join(wanted)})"
        ) from None


def _check_step(design: Design, entity: str, step: Step) -> None:
    """Refuse a step that asks for, sets, or adds to what there is not."""
    place = f"{place_of(step.act)}: {step.name}"
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
    columns = (*design.columns, *design.monthly, *WIRED)
    someone = SimpleNamespace(**{c.name: 1 if c.kind == "count" else 0.5 for c in columns})
    s = SimpleNamespace()
    for row in parameter_table(design.tree):
        group, _, name = row.path.partition(".")
        if row.path in FIXED or row.role == "setting":
            vars(s).setdefault(group, SimpleNamespace())
            setattr(getattr(s, group), name, row.default)
    given: dict[str, Any] = dict.fromkeys(THINGS, someone) | {"s": s, "month": 1, "met": 1.0}
    given["t"] = SimpleNamespace(**dict.fromkeys(design.tallies, 1.0))
    for usual, new in design.replaced.items():
        wanted = _tried(Binding({}), usual, [given.get(name, 0.5) for name in signature(usual).parameters])
        found = _tried(binding, new, [given.get(name, 0.5) for name in signature(usual).parameters])
        if _shape(found) != _shape(wanted):
            raise MechanismError(
                f"{place_of(new)}: {usual.__name__} returns {_said(found)}; allowed is {_said(wanted)}"
            )
    for step in filter(_is_a_users, design.steps):
        found = _tried(binding, step.act, [given.get(name, 0.5) for name in step.asks])
        results = found if isinstance(found, tuple) else (found,)
        if len(results) != len(step.sets) + len(step.adds) or _shape(results) is None:
            wanted_names = ", ".join((*step.sets, *step.adds))
            raise MechanismError(f"{place_of(step.act)}: {step.name} returns {_said(found)}; allowed is {wanted_names}")


def _tried(binding: Binding, function: Function, arguments: Sequence[Any]) -> Any:
    """Call a function, and say in a line where it fails."""
    try:
        return binding(function)(*arguments)
    except Exception as error:
        place = place_of_error(error, function.__code__.co_filename)
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
