"""Check that both engines can run a design; errors name the file and the line, and state what is allowed."""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from engagesim.errors import MechanismError, either, nearest, no_such, not_one_of, shown, span
from engagesim.measures import MEASURES
from engagesim.mechanisms.declarations import Observing, Replacing
from engagesim.mechanisms.design import Design
from engagesim.mechanisms.grammar import ALLOWED, check_grammar
from engagesim.month import MONTH
from engagesim.month.binding import Binding, place_of, readings
from engagesim.month.steps import DRAWS, THINGS, Each, Step
from engagesim.parameters import FIXED, parameter_table, settings_of
from engagesim.parameters.pydantic_errors import LISTED
from engagesim.rules import RULES, vocabulary
from engagesim.society.state import COLUMNS, GOVERNING, MONTHLY, WIRED

type Function = Callable[..., Any]

_SHOWN = {"home": "district", "post": "official", "manager": "official", "society": "society"}
"""The kind of entity for which each name stands in a step."""

_SUMS_OF_OFFICIALS = tuple(
    name for phase in MONTH.values() for each in phase if isinstance(each, Each)
    for step in each.steps for name, targets in step.adds.items() if "post" in targets
)  # fmt: skip


def check(design: Design) -> None:
    """Refuse a design whose rules and steps an engine could not run.

    Raises
    ------
    MechanismError
        If a rule or a step cannot be followed; the message names file and line, and says what is allowed.
    """
    if not (design.mechanisms or design.replaced):
        return
    _check_names(design)
    for usual, new in design.replaced.items():
        _check_arguments(usual, new)
    for kind, step in _steps(design):
        if _is_a_users(step):
            _check_step(design, kind, step)
    handed = [new for new in design.rules if new in design.replaced.values()]  # agent by agent, everything works
    check_grammar(*(function for function in _functions(design) if function not in handed))
    for function in _functions(design):
        _check_readings(design, function)
    _try(design)


@contextmanager
def compiling(design: Design) -> Iterator[None]:
    """Refuse rules and steps of a design that cannot be compiled, with a one-line message.

    Raises
    ------
    MechanismError
        If a rule or a step cannot be followed; the message names file and line, and says what is allowed.
    """
    from numba.core.errors import NumbaError  # noqa: PLC0415 - already imported by anything that compiles

    functions = _functions(design)
    check_grammar(*functions)
    try:
        yield
    except NumbaError as error:
        place = _place_in(str(error), functions)
        if place is None:
            raise
        raise MechanismError(f"{place}: {_reason(str(error))}{ALLOWED}") from None


def _place_in(said: str, functions: Sequence[Function]) -> str | None:
    """Return the last line in a user's functions that the compiler mentions."""
    for file, line in reversed(re.findall(r'File "(.+?)", line (\d+)', said)):
        for code in (function.__code__ for function in functions):
            lines = {number for *_, number in code.co_lines()} | {code.co_firstlineno}
            if int(line) in lines and Path(file).resolve() == Path(code.co_filename).resolve():
                return f"{code.co_filename}, line {line}: {code.co_name}"
    return None


def _reason(said: str) -> str:
    """Return the compiler's last remark on types and keywords, if there is one."""
    found = re.findall(r"(?:Can(?:no|')t unify|Unknown attribute|Untyped|[Uu]nsupported).{,120}", said)
    return f"{found[-1].strip()}: " if found else ""


def _functions(design: Design) -> list[Function]:
    """Return a user's functions: rules and steps."""
    return [*design.replaced.values(), *(step.act for step in filter(_is_a_users, design.steps))]


def _steps(design: Design) -> Iterator[tuple[str, Step]]:
    """Yield each step of a month with the kind of entity that takes it."""
    for each in (each for phase in design.page.values() for each in phase if isinstance(each, Each)):
        for step in each.steps:
            yield "official" if each.kind == "provider" else each.kind, step


def _is_a_users(step: Step) -> bool:
    return not step.act.__module__.startswith("engagesim.")


def _check_names(design: Design) -> None:
    """Refuse measures and variables whose names are taken, and anything that is replaced twice."""
    names = {measure.name: "" for measure in MEASURES}
    given = {old: new for old, new in zip(RULES, design.rules, strict=True) if new is not old}
    replaced: dict[Any, str] = {old: f"{_name_of(new)} of rules=" for old, new in given.items()}
    for mechanism in design.mechanisms:
        for name, observing in mechanism.those(Observing).items():
            if name in names:
                place = place_of(observing.of)
                said = f"must have another name; a measure{names[name]} has this one"
                raise MechanismError(f"{place}: {name}: {said}")
            names[name] = f" of {mechanism.name}"
        for thing in mechanism.those(Replacing).values():
            new, usual = getattr(thing.new, "act", thing.new), getattr(thing.usual, "act", thing.usual)
            if usual in replaced:
                said = f"must be replaced once, but {replaced[usual]} and {mechanism.name} both replace it"
                raise MechanismError(f"{place_of(new)}: {usual.__name__}: {said}")
            replaced[usual] = mechanism.name
    columns = (*design.columns, *design.monthly, *WIRED)
    governing = [("district", name) for name in GOVERNING]
    known = [*((other.entity, other.name) for other in columns), *governing]
    for column in (*design.columns[len(COLUMNS) :], *design.monthly[len(MONTHLY) :]):
        if known.count((column.entity, column.name)) > 1:
            *others, last = (
                m for m in design.mechanisms
                if getattr(m.declared.get(column.name), "entity", None) == column.entity
            )  # fmt: skip
            whose = f" of {others[0].name}" if others else ""
            said = f"must have another name; a variable of {_one(column.entity)}{whose} has this one"
            raise MechanismError(f"{last.place(column.name)}: {column.name}: {said}")


def _one(entity: str) -> str:
    return f"an {entity}" if entity == "official" else f"a {entity}"


def _name_of(function: Any) -> str:
    return getattr(function, "__name__", None) or type(function).__name__


def _check_arguments(usual: Function, new: Function) -> None:
    """Refuse a rule that cannot be called in the same way as the rule that it replaces."""
    wanted, given = list(signature(usual).parameters), signature(new).parameters.values()
    fits = not any(each.kind is each.VAR_KEYWORD for each in given)
    try:
        signature(new).bind(*wanted)
    except TypeError:
        fits = False
    if not fits:
        raise MechanismError(
            f"{place_of(new)}: {usual.__name__}({', '.join(map(str, given))}): must be "
            f"{usual.__name__}({', '.join(wanted)})"
        )


def _check_step(design: Design, entity: str, step: Step) -> None:
    """Refuse a step that reads, sets, or adds to something that does not exist."""
    place = f"{place_of(step.act)}: {step.name}"
    _check_words_of_step(step, place)
    for name in step.asks:
        if name not in {*THINGS, *DRAWS}:
            meant = nearest(name, (*THINGS, *DRAWS)) or f"; must be {either([*THINGS, 'a draw'])}"
            raise MechanismError(f"{place}: {name}: no such argument of a step{meant}")
    if list(step.asks) != [name for name in step.asks if name in THINGS] + list(step.draws):
        raise MechanismError(f"{place}: must have draws as its last arguments")
    _check_asked(entity, step, place)
    own = [column.name for column in (*design.columns, *design.monthly) if column.entity == entity]
    for name in step.sets:
        if name not in own:
            raise MechanismError(no_such(name, f"variable of {_one(entity)}", own, place=f"{place}: "))
    _check_sums(design, step, place)


def _check_words_of_step(step: Step, place: str) -> None:
    """Refuse a step that does not say where its results go, or that sets less than the step that it replaces."""
    for name in step.sets:
        if not isinstance(name, str):
            raise MechanismError(f"{place}: @step({shown(name)}): must be a name in quotes, such as @step('trust')")
    for name, targets in step.adds.items():
        if not isinstance(targets, tuple):
            what = f"whose it is, in parentheses with a comma, as {name}=('home',)"
            raise MechanismError(f"{place}: @step({name}={shown(targets)}): must be {what}")
    if not (step.sets or step.adds):
        raise MechanismError(f"{place}: must have @step with the names of what its results set")
    usual = step.stands_for
    if usual is not None:
        lacking = [name for name in usual.sets if name not in step.sets]
        lacking += [name for name, targets in usual.adds.items() if step.adds.get(name) != targets]
        if lacking:
            names = ", ".join([*map(repr, usual.sets), *(f"{name}={targets}" for name, targets in usual.adds.items())])
            raise MechanismError(
                f"{place}: must set {lacking[0]}, as {usual.name} does; use @step({names}), with its other names"
            )


def _check_sums(design: Design, step: Step, place: str) -> None:
    """Refuse a step that adds to anything other than a sum."""
    for name, targets in step.adds.items():
        for target in targets:
            if target not in {*_SHOWN, "t"}:
                raise MechanismError(not_one_of(f"{place}: {name}", target, (*_SHOWN, "t")))
            whose = _SHOWN.get(target)
            sums = [c.name for c in design.monthly if c.entity == whose] if target != "t" else design.tallies
            if whose == "official":
                sums = list(_SUMS_OF_OFFICIALS)
            if name not in sums:
                raise MechanismError(no_such(name, f"sum of {target}", sums, place=f"{place}: "))


def _check_asked(entity: str, step: Step, place: str) -> None:
    """Refuse a step that has an argument for a person to whom its agent has no tie."""
    tied = {name for targets in step.adds.values() for name in targets} | set(step.asks)
    for names, those in _TIED.items():
        for name in names:
            if name in tied and entity not in those:
                raise MechanismError(
                    f"{place}: {name}: no such tie of {_one(entity)}; must be taken by {either(those)}"
                )


def _check_readings(design: Design, function: Function) -> None:
    """Refuse a user's function that reads a parameter or a variable that does not exist."""
    paths = {*(setting.path for setting in settings_of(design.tree)), *FIXED}
    groups = {path.partition(".")[0] for path in paths}
    columns = {c.name for c in (*design.columns, *design.monthly, *WIRED)}
    for reading in readings(function):
        if reading.function.__module__.startswith("engagesim.") or not reading.chain:
            continue
        place = f"{reading.function.__code__.co_filename}, line {reading.line}: {reading.function.__name__}"
        first, *rest = reading.chain
        if reading.variable == "s" and first not in groups:
            raise MechanismError(f"{place}: s.{first}: no such group of parameters{nearest(first, groups)}")
        if reading.variable == "s" and rest and f"{first}.{rest[0]}" not in paths:
            path = f"{first}.{rest[0]}"
            raise MechanismError(no_such(path, "parameter", paths, LISTED, f"{place}: s."))
        if reading.variable in {"me", "other", *_SHOWN} and first not in columns:
            raise MechanismError(f"{place}: {reading.variable}.{first}: no such variable{nearest(first, columns)}")


class _Someone(SimpleNamespace):
    """A stand-in that gives dummy numbers for variables, and lists their names in errors."""

    def __init__(self, what: str, numbers: Mapping[str, Any]) -> None:
        super().__init__(**numbers)
        self._what = what

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(no_such(name, f"variable of {self._what}", vars(self)))


def _try(design: Design) -> None:
    """Try each step once with dummy numbers, and refuse rules and steps whose results do not fit."""
    binding = Binding(design.replaced)
    given = _things(design)
    every = (*design.columns, *design.monthly)
    whole: dict[tuple[str, str], set[int]] = {
        (each.entity, each.name): _options(each.unit) for each in every if each.kind == "count"
    }
    for usual, new in design.replaced.items():
        arguments = [given.get(name, 0.5) for name in signature(usual).parameters]
        wanted, found = _tried(Binding({}), usual, arguments), _tried(binding, new, arguments)
        if _shape(found) != _shape(wanted):
            raise MechanismError(f"{place_of(new)}: {usual.__name__}: must return {_said(wanted)}, not {_said(found)}")
    for kind, step in _steps(design):
        if not (design.replaced or _is_a_users(step)):
            continue
        those = given | dict.fromkeys(("me", "other"), given[kind])
        found = _tried(binding, step.act, [those.get(name, 0.5) for name in step.asks])
        results = found if isinstance(found, tuple) else (found,)
        if len(results) != len(step.sets) + len(step.adds) or _shape(results) is None:
            is_measure = list(step.adds.values()) == [("t",)]
            wanted_names = "one number" if is_measure else ", ".join((*step.sets, *step.adds))
            said = f"must return {wanted_names}, not {_said(found)}"
            raise MechanismError(f"{place_of(step.act)}: {step.name}: {said}")
        for name, result in zip(step.sets, results, strict=False):
            options = whole.get((kind, name))
            if options is not None and not (isinstance(result, int) and (not options or result in options)):
                what = span(min(options), max(options), True) if options else "a whole number"
                raise MechanismError(f"{place_of(step.act)}: {step.name}: {name} = {result:.10g}: must be {what}")


def _things(design: Design) -> dict[str, Any]:
    """Return one agent of each kind, and all other arguments of steps, with dummy numbers."""
    numbers: dict[str, dict[str, Any]] = {}
    for column in (*design.columns, *design.monthly, *WIRED):
        numbers.setdefault(column.entity, {})[column.name] = 1 if column.kind == "count" else 0.5
    everything = {name: value for entity in numbers.values() for name, value in entity.items()}
    numbers["district"] |= dict.fromkeys(GOVERNING, 1)
    given: dict[str, Any] = {entity: _Someone(_one(entity), known) for entity, known in numbers.items()}
    given |= {name: given[entity] for name, entity in _SHOWN.items()}
    given |= dict.fromkeys(("me", "other"), _Someone("nobody", everything))  # of a kind that a rule does not specify
    groups: dict[str, dict[str, Any]] = {}
    for row in parameter_table(design.tree):
        group, _, name = row.path.partition(".")
        if row.path in FIXED or row.role == "setting":
            groups.setdefault(group, {})[name] = row.default
    given["s"] = _Someone("s", {group: _Someone(f"s.{group}", known) for group, known in groups.items()})
    sums = _Someone("t", dict.fromkeys(design.tallies, 1.0))
    return given | {"t": sums, "month": 1, "met": 1.0}


def _options(unit: str) -> set[int]:
    """Return the numbers that a unit stands for if it names choices, such as Strategy."""
    words = getattr(vocabulary, unit, None)
    return {int(each) for each in words} if isinstance(words, type) and issubclass(words, IntEnum) else set()


def _tried(binding: Binding, function: Function, arguments: Sequence[Any]) -> Any:
    """Call a function; if it fails, report in one line where it failed."""
    try:
        return binding(function)(*arguments)
    except RecursionError:
        said = "must not call itself; call the rule that it replaces by name, as imported from engagesim.rules"
        raise MechanismError(f"{place_of(function)}: {function.__name__}: {said}") from None
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place, said = place_of(function), " ".join(str(error).split())
        for frame in frames:
            if not Path(frame.filename).is_relative_to(_PACKAGE):
                place = f"{frame.filename}, line {frame.lineno}: {frame.name}"
        kind = "" if isinstance(error, AttributeError) else f"{type(error).__name__}: "
        raise MechanismError(f"{place}: {kind}{said}") from None


def _shape(result: Any) -> int | None:
    """Return the length of a tuple of numbers, 0 for a single number, or None for anything else."""
    if isinstance(result, tuple):
        return len(result) if all(_shape(each) == 0 for each in result) else None
    return 0 if isinstance(result, int | float) else None


def _said(result: Any) -> str:
    shape = _shape(result)
    if shape is None:
        return "nothing" if result is None else "something that is not a number"
    return "one number" if shape == 0 else f"{shape} numbers"


_PACKAGE = Path(__file__).parents[1]
_TIED = {
    ("post",): ("citizen",),
    ("other", "met"): ("citizen", "official", "politician"),
    ("home", "manager"): ("citizen", "official", "politician", "district"),
}
"""The ties between kinds of entities."""
