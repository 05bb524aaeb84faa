"""The design of a society: the steps of its month, its columns, settings, measures and rules."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

import pydantic

from engagesim import MODEL_VERSION
from engagesim.errors import MechanismError, shown
from engagesim.measures import MEASURES, Measure, measured
from engagesim.mechanisms.declarations import Following, Mechanism, Observing, Replacing, Variable, listed
from engagesim.month import MONTH
from engagesim.month.binding import place_of
from engagesim.month.steps import Each, Step, observed
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group
from engagesim.rules import RULES, Rules
from engagesim.society.state import COLUMNS, MONTHLY, Column, State

type Function = Callable[..., Any]

_LEVELS = {"citizen": "citizens", "official": "officials", "politician": "districts", "district": "districts"}


class Design:
    """The design of a society: the steps of its month, its columns, settings, measures and rules.

    Parameters
    ----------
    tree : type
        Type of the society's parameters, which includes its mechanisms.
    rules : Rules, optional
        Rules that replace the usual ones; mechanisms must not replace the same rules.
    """

    def __init__(self, tree: type[Parameters] = Parameters, rules: Rules = RULES) -> None:
        self.tree, self.rules = tree, rules
        self.mechanisms: tuple[Mechanism, ...] = tree.mechanisms
        declared = [(m, name, thing) for m in self.mechanisms for name, thing in m.declared.items()]
        variables = [(thing.column(name), thing) for _, name, thing in declared if isinstance(thing, Variable)]
        self.columns = columns_of(tree)
        self.monthly = (*MONTHLY, *(column for column, thing in variables if not thing.kept))
        self.starts = {column: thing.start for column, thing in variables if thing.kept and thing.start}
        observing = [(m, name, thing) for m, name, thing in declared if isinstance(thing, Observing)]
        self.measures = measures_of(tree)
        replacing = [thing for *_, thing in declared if isinstance(thing, Replacing)]
        self.replaced: dict[Function, Function] = {
            old: new for old, new in zip(RULES, rules, strict=True) if new is not old
        }
        self.replaced |= {thing.usual: thing.new for thing in replacing if not isinstance(thing.usual, Step)}
        steps = {thing.usual: _in_place_of(thing) for thing in replacing if isinstance(thing.usual, Step)}
        self.page = {phase: _with_steps(entries, steps) for phase, entries in MONTH.items()}
        last: dict[Step, Each] = {}
        for _, _, thing in declared:
            if isinstance(thing, Following):
                _insert(self.page, thing, last)
        more = [Each(thing.kind, (observed(f"{m.name}_{name}")(thing.of),)) for m, name, thing in observing]
        self.page["observe"] = (*self.page["observe"], *more)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps of a month, in order."""
        lines = [each for phase in self.page.values() for each in phase if isinstance(each, Each)]
        return tuple(step for each in lines for step in each.steps)

    @cached_property
    def tallies(self) -> tuple[str, ...]:
        """Names of the monthly sums, in the order of an engine's table."""
        lines = [each for each in self.page["observe"] if isinstance(each, Each)]
        return tuple(name for each in lines for step in each.steps for name in step.adds)

    @cached_property
    def measure_names(self) -> tuple[str, ...]:
        """Names of the measures, in the order of the columns of tables and arrays."""
        return tuple(measure.name for measure in self.measures)

    @cached_property
    def counts(self) -> frozenset[tuple[str, str]]:
        """Entity and name of each column that holds whole numbers."""
        return frozenset((column.entity, column.name) for column in self.columns if column.kind == "count")

    def begin(self, state: State) -> None:
        """Set the variables of mechanisms to their starting values."""
        for column, start in self.starts.items():
            state.column(column.entity, column.name)[:] = start

    def measured(self, tallies: Any, sizes: Any, names: Sequence[str] = ()) -> Any:
        """Compute measures, by default all, from sums of shape (sums, ...), for a society of given sizes."""
        known = {measure.name: measure for measure in self.measures}
        return measured(tallies, sizes, self.tallies, [known[name] for name in names or known])


@cache
def design_of(tree: type[Parameters], rules: Rules = RULES) -> Design:
    """Return the checked design of societies with parameters of a given type.

    Raises
    ------
    MechanismError
        If a rule or a step does not fit.
    """
    from engagesim.mechanisms.checks import check  # noqa: PLC0415 - it imports this module

    for mechanism in tree.mechanisms:
        if mechanism.told:
            raise MechanismError(
                f"mechanisms: missing; must be the code of {shown(mechanism.name)}, which runs only if you name it, "
                f"as in mechanisms={mechanism.name}.py"
            )
    design = Design(tree, rules)
    check(design)
    return design


def measures_of(tree: type[Parameters]) -> tuple[Measure, ...]:
    """Return the measures of societies with parameters of a given type, in the order of tables' columns."""
    observing = ((m, *each) for m in tree.mechanisms for each in m.those(Observing).items())
    return (*MEASURES, *(_measure(f"{m.name}_{name}", name, thing) for m, name, thing in observing))


def columns_of(tree: type[Parameters]) -> tuple[Column, ...]:
    """Return the state variables of societies with parameters of a given type, in order."""
    variables = (each for m in tree.mechanisms for each in m.those(Variable).items())
    return (*COLUMNS, *(thing.column(name) for name, thing in variables if thing.kept))


def version_of(tree: type[Parameters], rules: Rules = RULES) -> str:
    """Describe the model that produces results: ``3``, ``3 with fatigue (0a1b2c3d)``, ``3 with other rules``."""
    more = [f"{m.name} ({m.source[:8]})" for m in tree.mechanisms] + ["other rules"] * (rules != RULES)
    return f"{MODEL_VERSION} with {' and '.join(more)}" if more else MODEL_VERSION


def sources_of(tree: type[Parameters]) -> dict[str, str]:
    """Return the hash of the source of each mechanism, by name."""
    return {mechanism.name: mechanism.source for mechanism in tree.mechanisms}


def extended(parameters: Parameters, mechanisms: Iterable[Any] | Any) -> Parameters:
    """Return parameters extended by the settings of mechanisms.

    Parameters
    ----------
    parameters : engagesim.Parameters
    mechanisms : iterable of module, str, Path or Mechanism
        Modules or their files, or a single one; mechanisms that the parameters already have are kept.

    Returns
    -------
    engagesim.Parameters
        Parameters of a new type; ``changed({"MODULE.NAME": value})`` changes a mechanism's setting.

    Raises
    ------
    MechanismError
        If two mechanisms have the same name, for example because the code differs from that of stored results.
    """
    by_name = {mechanism.name: mechanism for mechanism in parameters.mechanisms}
    for mechanism in listed(mechanisms):
        before = by_name.get(mechanism.name, mechanism)
        if before.source != mechanism.source:
            raise MechanismError(
                f"{mechanism.file}: must be the same code as the mechanism {shown(mechanism.name)} in use "
                f"({before.source}), not {mechanism.source}"
            )
        by_name[mechanism.name] = mechanism
    wanted = tuple(by_name.values())
    if wanted == parameters.mechanisms:
        return parameters
    return tree_with(wanted).of(parameters.model_dump())


@cache
def tree_with(mechanisms: tuple[Mechanism, ...]) -> type[Parameters]:
    """Return the parameter type for societies with mechanisms."""
    if not mechanisms:
        return Parameters
    groups: dict[str, Any] = {}
    for mechanism in mechanisms:
        fields: dict[str, Any] = {
            name: (float, thing) for name, thing in mechanism.those(pydantic.fields.FieldInfo).items()
        }
        group: Any = pydantic.create_model(mechanism.name.title(), __base__=Group, **fields)
        groups[mechanism.name] = (group, pydantic.Field(default_factory=group))
    tree = pydantic.create_model("Parameters", __base__=Parameters, **groups)
    tree.mechanisms = mechanisms
    reduce: Any = lambda self: (_again, (mechanisms, self.model_dump()))  # noqa: E731 - a method of a class made here
    type.__setattr__(tree, "__reduce__", reduce)
    return tree


def _again(mechanisms: tuple[Mechanism, ...], values: dict[str, Any]) -> Parameters:
    """Rebuild parameters with mechanisms when they are copied or unpickled."""
    return tree_with(mechanisms).of(values)


def _measure(tally: str, name: str, observing: Observing) -> Measure:
    whole = _LEVELS[observing.kind]
    return Measure(
        name, observing.unit, observing.description, f"{observing.kind}s",
        lambda t: getattr(t, tally) / getattr(t, whole),
    )  # fmt: skip


def _in_place_of(replacing: Replacing) -> Step:
    """Return the new step under the name of the step that it replaces."""
    new: Step = replacing.new
    usual: Any = replacing.usual
    return replace(new, stands_for=usual)


def _with_steps(entries: Sequence[Any], steps: dict[Step, Step]) -> tuple[Any, ...]:
    return tuple(
        Each(each.kind, tuple(steps.get(step, step) for step in each.steps)) if isinstance(each, Each) else each
        for each in entries
    )


def _insert(page: dict[str, tuple[Any, ...]], following: Following, last: dict[Step, Each]) -> None:
    """Insert a step after the step that it follows, or after the last one that already follows that step."""
    after = following.after
    for phase, entries in page.items():
        for place, each in enumerate(entries, 1):
            if isinstance(each, Each) and any(after in {step, step.stands_for} for step in each.steps):
                behind = entries.index(last[after]) + 1 if after in last else place
                last[after] = Each(following.kind or each.kind, (following.step,))
                page[phase] = (*entries[:behind], last[after], *entries[behind:])
                return
    raise MechanismError(f"{place_of(following.step.act)}: follows({after.name}): must be a step of the month")
