"""The simulated experiment of each fact: arms that share chance events, over many trials and parameter sets.

Each district of a field experiment is simulated as a separate society with one district, so nothing spills over. A
trial consists of several such districts, which share the wiring of their ties; every arm has the same draws.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from engagesim.parameters import Parameters
from engagesim.study.intervention_packages import Catalogue
from engagesim.study.observed import Observed
from engagesim.validation.fact_expressions import SMOOTHED, Evidence
from engagesim.validation.facts import Districts, Fact

type Values = NDArray[np.float64]
type ParameterSet = Mapping[str, Any]

RESAMPLES = 400
"""Number of bootstrap resamples of trials from which an interval is computed."""

_RESAMPLING_SEED = 20_111

_TOGETHER = 64
"""Number of societies that are simulated together: enough to fill all processors, in some hundred megabytes."""


class Size(NamedTuple):
    """The size of an experiment."""

    trials: int
    districts: int
    citizens: int = 80


SIZES: Mapping[str, Size] = {"quick": Size(4, 10), "full": Size(10, 20)}
"""Sizes by name: one large enough to show that everything runs, and one large enough to judge."""


class Simulating(Protocol):
    """A function that simulates every point with every seed, and returns the named measures, or all if none are."""

    def __call__(self, points: Sequence[Parameters], seeds: Sequence[int], measures: Sequence[str] = ()) -> Observed:
        """Return the measures of each point and seed."""


class Laboratory(NamedTuple):
    """Everything that experiments need."""

    base: Parameters
    catalogue: Catalogue
    size: Size
    simulate: Simulating
    done: Callable[[str], None] = lambda _: None


class Reading(NamedTuple):
    """The result of one check under one parameter set, for each of its expressions in order.

    ``trials`` has shape (expressions, trials), ``centre`` (expressions,), ``draws`` (expressions, resamples).
    """

    trials: Values
    centre: Values
    draws: Values


type Readings = Mapping[tuple[str, int], tuple[Reading, ...]]
"""Readings by fact and number of the check, with one reading per parameter set."""


def observe(
    facts: Sequence[Fact], sets: Sequence[ParameterSet], laboratory: Laboratory,
    last: ParameterSet | Sequence[ParameterSet] = MappingProxyType({}),
) -> Readings:  # fmt: skip
    """Simulate the experiments of some facts under some parameter sets, and evaluate every check.

    Parameters
    ----------
    facts : sequence of Fact
    sets : sequence of mapping
        Parameters by path, applied to the base; a fact's context overrides them.
    laboratory : Laboratory
        Its ``done`` is called with the id of each finished fact.
    last : mapping or sequence of mapping, optional
        Parameters that override all others, to make a trivial rival or switch a mechanism off: the same for all sets,
        or one mapping for each set.

    Returns
    -------
    mapping of (id, check) to tuple of Reading
        Readings in the order of the sets.
    """
    found: dict[tuple[str, int], tuple[Reading, ...]] = {}
    lasts = [last] * len(sets) if isinstance(last, Mapping) else last
    for fact, levels in _levels(facts, [*zip(sets, lasts, strict=True)], laboratory):
        seen = [_readings(fact, of_set) for of_set in levels]
        for number in range(len(fact.checks)):
            found[fact.id, number] = tuple(each[number] for each in seen)
        laboratory.done(fact.id)
    return found


@dataclass
class _Society:
    """A society that arms of several facts may share: its parameters, and the measures that the facts need.

    ``values`` is empty before it is simulated; then each measure has shape (trials, districts, months).
    """

    parameters: Parameters
    last_fact: str
    measures: set[str] = field(default_factory=set)
    values: dict[str, Values] = field(default_factory=dict)


def _levels(
    facts: Sequence[Fact], sets: Sequence[tuple[ParameterSet, ParameterSet]], laboratory: Laboratory
) -> Iterator[tuple[Fact, list[dict[tuple[str, str], Values]]]]:
    """Yield each fact with the measures in each requested arm for each parameter set.

    Arms that differ only in their number of months, such as the control of several facts, are simulated once, for the
    longest of them.
    """
    smallest = {"population.districts": 1, "population.citizens": laboratory.size.citizens}
    societies: dict[str, _Society] = {}
    names: dict[str, list[dict[str, str]]] = {fact.id: [] for fact in facts}
    needed = {fact.id: _needed(fact) for fact in facts}
    for fact in facts:
        for changes, last in sets:
            points = fact.points(laboratory.base, {**smallest, **changes}, laboratory.catalogue, last)
            names[fact.id].append({})
            for arm, point in zip(fact.arms, points, strict=True):
                name = names[fact.id][-1][arm] = point.model_dump_json(exclude={"months"})
                society = societies.setdefault(name, _Society(point, fact.id))
                society.parameters = max(society.parameters, point, key=lambda each: each.months)
                society.last_fact = fact.id
                society.measures |= {measure for measure, where in needed[fact.id] if where == arm}
    for fact in facts:
        mine = {name: societies[name] for of_set in names[fact.id] for name in of_set.values()}
        missing = [each for each in mine.values() if each.measures and not each.values]
        for begin in range(0, len(missing), _TOGETHER):
            _simulate(missing[begin : begin + _TOGETHER], laboratory)
        months = fact.history + fact.months
        yield fact, [
            {(measure, arm): mine[of_set[arm]].values[measure][:, :, :months] for measure, arm in needed[fact.id]}
            for of_set in names[fact.id]
        ]  # fmt: skip
        for name, society in mine.items():
            if society.last_fact == fact.id:
                del societies[name]


def _simulate(societies: Sequence[_Society], laboratory: Laboratory) -> None:
    """Simulate societies in all trials, those with the same number of months together."""
    for months in dict.fromkeys(each.parameters.months for each in societies):
        together = [each for each in societies if each.parameters.months == months]
        measures = sorted({name for each in together for name in each.measures})
        trials: list[list[dict[str, Values]]] = []
        for trial, seeds in _seeds(laboratory):
            observed = laboratory.simulate([_wired(each.parameters, trial) for each in together], seeds, measures)
            trials.append(
                [{name: observed.measure(name)[n].copy() for name in each.measures} for n, each in enumerate(together)]
            )  # copies, so that the other measures need not be kept
        for n, each in enumerate(together):
            each.values = {name: np.array([trial[n][name] for trial in trials]) for name in each.measures}


def _seeds(laboratory: Laboratory) -> Iterator[tuple[int, list[int]]]:
    """Return the number of each trial and a seed for each of its districts."""
    trials, districts, first = laboratory.size.trials, laboratory.size.districts, laboratory.base.seed
    for trial in range(trials):
        yield first + trial, [first + trial * districts + district for district in range(districts)]


def _wired(point: Parameters, trial: int) -> Parameters:
    """Return a point with the ties of a trial, because societies with the same ties run side by side."""
    if point.network.seed is not None or point.network.kind == "file":
        return point
    return point.model_copy(update={"network": point.network.model_copy(update={"seed": trial})})


def _needed(fact: Fact) -> set[tuple[str, str]]:
    asked = {need for check in fact.checks for each in check.expressions(fact.vocabulary) for need in each.needs}
    return asked | {(group.measure, fact.control) for group in fact.groups.values()}


def _readings(fact: Fact, levels: Mapping[tuple[str, str], Values]) -> list[Reading]:
    trials = len(next(iter(levels.values())))
    groups = {
        name: _members(group, levels[group.measure, fact.control][:, :, : fact.history])
        for name, group in fact.groups.items()
    }
    evidence = Evidence(levels, groups, _pooling(trials))
    readings = []
    with np.errstate(all="ignore"):
        for check in fact.checks:
            values = [
                np.broadcast_to(expression.evaluate(evidence), 1 + trials + RESAMPLES)
                for expression in check.expressions(fact.vocabulary)
            ]
            table = np.array(values, dtype=float)
            readings.append(Reading(table[:, 1 : 1 + trials], table[:, 0], table[:, 1 + trials :]))
    return readings


def _pooling(trials: int) -> Values:
    """Return the weights of trials: with all trials once, with each trial alone, and as in bootstrap resamples."""
    generator = np.random.default_rng(_RESAMPLING_SEED)
    resampled = generator.multinomial(trials, np.full(trials, 1 / trials), size=RESAMPLES)
    return np.vstack([np.ones(trials), np.eye(trials), resampled]).astype(float)


def _members(group: Districts, history: Values) -> NDArray[np.bool_]:
    """Return which districts belong to a group, from the control's last months before the treatment."""
    before = history[:, :, -SMOOTHED:].mean(axis=2)
    members: NDArray[np.bool_]
    if group.below is not None:
        members = before < group.below
    elif group.above is not None:
        members = before > group.above
    elif group.quantiles is not None:
        low, high = np.quantile(before, group.quantiles)
        members = (before > low) & (before <= high) if group.quantiles[0] else before <= high
    elif group.lowest is not None:
        members = before <= np.quantile(before, group.lowest)
    else:
        members = before >= np.quantile(before, 1 - float(group.highest or 0))
    return members
