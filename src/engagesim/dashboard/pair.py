"""A comparison of two societies: the settings of each, runs on the same seeds, and the results in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.analysis.differences import BETTER, HIGHER, LOWER, UNTOLD, WORSE, compare, profiles
from engagesim.analysis.outcomes import GROUPS, OUTCOMES, WATCHED, judged, outcome_values
from engagesim.dashboard.glossary import ROW
from engagesim.dashboard.limits import MOST_CITIZENS
from engagesim.dashboard.links import number, one_of, text_of, whole
from engagesim.dashboard.society_request import (
    Act,
    SocietyRequest,
    form_changes,
    forms,
    levers,
    scenario_parameters,
    scenarios,
)
from engagesim.engines.compiled import Options, simulate
from engagesim.engines.compiled.ensemble import Simulated
from engagesim.errors import ParameterError
from engagesim.parameters import Parameters
from engagesim.report.comparison_words import OUTCOME, amount, change, judgement, lines, lower
from engagesim.report.text import capital, plain

AS_IT_STANDS = "scenario"
"""The choice that leaves a form or an incentive as it is in the scenario."""

INCENTIVES = ("incentives.patronage", "incentives.merit_protection", "incentives.pressure", "incentives.competition")
"""Incentives that each side may set, because a class is likely to debate them first."""

MOST_INTERVENTIONS = 6
"""Maximum number of interventions on one side; with more, their effects could not be told apart."""


class Common(NamedTuple):
    """Settings that both sides share: the seed of all noise, the number of people, and the number of months."""

    seed: int = 1
    citizens: int = 1000
    months: int = 144


class Side(NamedTuple):
    """One side: a scenario, a form of engagement, other interventions, and changed incentives."""

    scenario: str = "contested_reform"
    form: str = AS_IT_STANDS
    interventions: tuple[str, ...] = ()
    incentives: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Self:
        """Read a side from the query parameters of a link; settings that are missing keep their values.

        Raises
        ------
        ParameterError
            If a word is wrong; the message names it and states what is allowed.
        """
        allowed = {"scenario": scenarios(), "form": (AS_IT_STANDS, *forms())}
        found = {name: one_of(name, words[name], allowed[name]) for name in allowed if name in words}
        some = tuple(filter(None, words.get("with", "").split(",")))
        for name in some:
            one_of("with", name, levers())
        if len(some) > MOST_INTERVENTIONS:
            raise ParameterError(f"with: {len(some)} interventions; must be at most {MOST_INTERVENTIONS}")
        incentives = tuple((path, number(path, words[path], *ends_of(path))) for path in INCENTIVES if path in words)
        return cls(**found, interventions=tuple(dict.fromkeys(some)), incentives=incentives)

    def words(self) -> dict[str, str]:
        """Return the side as query parameters of a link, without unchanged values."""
        said = {"scenario": self.scenario}
        if self.form != AS_IT_STANDS:
            said["form"] = self.form
        if self.interventions:
            said["with"] = ",".join(self.interventions)
        return said | {path: text_of(value) for path, value in self.incentives}

    def changed(self, path: str, value: float | None) -> Self:
        """Return the side with an incentive set; None restores the scenario's value."""
        others = tuple(entry for entry in self.incentives if entry[0] != path)
        return self._replace(incentives=others if value is None else (*others, (path, value)))


class Pair(NamedTuple):
    """Two sides, their common settings, the number of seeds to compare, and the chosen outcome."""

    a: Side = Side()
    b: Side = Side(form="survey")
    common: Common = Common()
    seeds: int = 100
    outcome: str = "quality"

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Self:
        """Read a pair from the query parameters of a link; those of a side begin with ``a.`` or ``b.``.

        Raises
        ------
        ParameterError
            If a word is wrong; the message names it and states what is allowed.
        """
        sides = {
            name: Side.of({key[2:]: value for key, value in words.items() if key.startswith(f"{name}.")})
            for name in ("a", "b")
            if any(key.startswith(f"{name}.") for key in words)
        }
        numbers = {name: whole(name, words[name], *LIMITS[name]) for name in LIMITS if name in words}
        seeds = numbers.pop("seeds", cls().seeds)
        outcome = one_of("outcome", words.get("outcome", cls().outcome), tuple(found.name for found in OUTCOMES))
        return cls(**sides, common=Common(**numbers), seeds=seeds, outcome=outcome)

    def words(self) -> dict[str, str]:
        """Return the pair as query parameters of a link, without numbers at their defaults."""
        sides = {f"{name}.{key}": value for name in ("a", "b") for key, value in getattr(self, name).words().items()}
        usual = {**Common()._asdict(), "seeds": type(self)().seeds, "outcome": type(self)().outcome}
        now = {**self.common._asdict(), "seeds": self.seeds, "outcome": self.outcome}
        return sides | {name: str(value) for name, value in now.items() if value != usual[name]}

    def having(self, name: str, side: Side) -> Self:
        """Return the pair with side ``a`` or ``b`` replaced."""
        return self._replace(a=side) if name == "a" else self._replace(b=side)

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides."""
        return self.a, self.b


LIMITS = {"seed": (0, 4_294_967_295), "citizens": (100, MOST_CITIZENS), "months": (24, 240), "seeds": (10, 400)}
"""Limits for visitors: high enough for a class, but too low for one visitor to take up the whole machine."""

EXAMPLES = {
    "Does it matter whether people are asked, or take part?": (Side(), Side(form="survey")),
    "Can co-creation end a clientelist order?": (
        Side("clientelist_trap", "none"),
        Side("clientelist_trap", "cocreation"),
    ),
    "What if officials' posts are protected as well?": (
        Side("clientelist_trap", "cocreation"),
        Side("clientelist_trap", "cocreation", ("merit_protection", "security_of_tenure")),
    ),
    "Which helps more: training, or information for citizens?": (
        Side(form="committee", interventions=("training_only",)),
        Side(form="committee", interventions=("performance_information",)),
    ),
    "Do courts help those who protest?": (
        Side("politicised_service", "social_audit"),
        Side("politicised_service", "social_audit", ("protest_protection",)),
    ),
    "The same society twice: is there really no difference?": (Side(), Side()),
}
"""Sample questions, each with two sides; the last compares a society with itself."""


def request_of(side: Side, common: Common) -> SocietyRequest:
    """Return a side as a request for Explore: its interventions start when the form opens.

    Raises
    ------
    ParameterError
        If the choices are incompatible.
    """
    opens = scenario_parameters(side.scenario).engagement.start
    form = {} if side.form == AS_IT_STANDS else form_changes(side.scenario, side.form)
    changes = {"seed": common.seed, "population.citizens": common.citizens, **form, **dict(side.incentives)}
    return SocietyRequest(side.scenario, changes, tuple(Act(opens, name, 1) for name in side.interventions))


def opened(side: Side, common: Common) -> tuple[SocietyRequest, int]:
    """Return the request that opens a side in Explore, and the month in which its interventions begin, or 0."""
    request = request_of(side, common)
    return request, request.acts[-1].month if request.acts else 0


@lru_cache(maxsize=256)
def society(side: Side, common: Common) -> Parameters:
    """Return the parameters of a side; ``request_of`` refuses wrong choices."""
    return request_of(side, common).parameters().changed({"months": common.months})


def differing(a: Side, b: Side) -> str:
    """Return how two sides differ, with a warning if they differ in more than one way."""
    found = []
    for what, one, other in (
        ("the scenario", a.scenario, b.scenario),
        ("the form of engagement", _form_of(a), _form_of(b)),
    ):
        if one != other:
            found.append(f"{what} ({_choice_said(one)} in A, {_choice_said(other)} in B)")
    for name in dict.fromkeys((*a.interventions, *b.interventions)):
        if (name in a.interventions) != (name in b.interventions):
            found.append(f"{plain(name)} (only in {'A' if name in a.interventions else 'B'})")
    for path in INCENTIVES:
        low, high = (dict(side.incentives).get(path) for side in (a, b))
        if low != high:
            values = [AS_IT_STANDS if value is None else f"{value:g}" for value in (low, high)]
            found.append(
                f"{plain(path.rpartition('.')[2])} ({_choice_said(values[0])} in A, {_choice_said(values[1])} in B)"
            )
    if not found:
        return "nothing, so the results must be the same."
    warned = (
        "" if len(found) == 1 else " With several differences at once, the results cannot show what each of them does."
    )
    return "; ".join(found) + "." + warned


def ends_of(path: str) -> tuple[float, float]:
    """Return the ends of an incentive's range."""
    return float(ROW[path].low or 0), float(ROW[path].high or 0)


def _form_of(side: Side) -> str:
    return scenario_parameters(side.scenario).engagement.form if side.form == AS_IT_STANDS else side.form


def _choice_said(choice: str) -> str:
    return "as in the scenario" if choice == AS_IT_STANDS else "no form" if choice == "none" else plain(choice)


NAMES = ("A", "B")

LOOKS = (6, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400)
"""Numbers of seeds after which an interim result is shown; the later ones grow by about half each time."""

CALL_WORK = 1_500_000
"""Citizen-months simulated between two checks for a stop, which takes a fraction of a second."""

ONE_THREAD = Options(threads=1)
"""Options that keep the simulations of one visitor on a single thread."""

type Metrics = dict[str, NDArray[np.float64]]


class Look(NamedTuple):
    """One outcome after a number of seeds: the difference and its own interval."""

    seeds: int
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class PairResult:
    """The results after some seeds; tables come from ``analysis.differences``, with A as the baseline."""

    seeds: int
    of: int
    differences: pd.DataFrame
    groups: pd.DataFrame
    profiles: pd.DataFrame
    months: int
    looks: dict[str, tuple[Look, ...]]

    @property
    def is_same(self) -> bool:
        """Return whether all outcomes are equal for every seed."""
        shares = self.differences[["better_share", "worse_share"]]
        return not bool(shares.to_numpy().any())


def side_by_side(societies: Sequence[Parameters]) -> Metrics:
    """Return every measure of both societies for the first society's seed, by name; shape (2, months)."""
    seed = societies[0].seed
    lived = simulate(list(societies), [seed], ONE_THREAD)
    return {name: lived.measure(name)[:, 0] for name in lived.measures}


def rounds(societies: Sequence[Parameters], seeds: int) -> Iterator[tuple[int, PairResult | None]]:
    """Simulate both societies with more and more seeds, starting from the seed of the first society.

    Yields
    ------
    tuple
        The number of seeds done, and the interim result if one is due.
    """
    first, done = societies[0].seed, 0
    known: Metrics = {}
    looks: dict[str, tuple[Look, ...]] = {}
    each = sum(each.population.citizens * each.months for each in societies)
    for goal in [*(look for look in LOOKS if look < seeds), seeds]:
        while done < goal:
            count = min(goal - done, max(1, CALL_WORK // each))
            known = _joined(known, simulate(list(societies), range(first + done, first + done + count), ONE_THREAD))
            done += count
            if done < goal:
                yield done, None
        standing = _standing(known, done, seeds, looks)
        looks = standing.looks
        yield done, standing


def _joined(known: Metrics, lived: Simulated) -> Metrics:
    fresh = {name: lived.measure(name) for name in WATCHED}
    return {name: np.concatenate([known[name], fresh[name]], axis=1) if known else fresh[name] for name in fresh}


def _standing(known: Metrics, done: int, seeds: int, before: dict[str, tuple[Look, ...]]) -> PairResult:
    months = known[WATCHED[0]].shape[-1]
    outcomes, groups = (judged(some, {}, months) for some in (OUTCOMES, GROUPS))
    differences = compare(outcome_values(known.__getitem__, outcomes), NAMES, outcomes)
    looks = {
        str(row.outcome): (*before.get(str(row.outcome), ()), Look(done, row.difference, row.low, row.high))
        for row in lines(differences)
    }
    return PairResult(
        done,
        seeds,
        differences,
        compare(outcome_values(known.__getitem__, groups), NAMES, groups),
        profiles(known.__getitem__, NAMES),
        months,
        looks,
    )


STOPPING = (
    "Stopping when the result looks right makes you overconfident: each interval is computed as if its number of seeds "
    "had been planned. Decide on a number of seeds before you start."
)


def finding(standing: PairResult, outcome: str) -> list[str]:
    """Describe the difference in the chosen outcome in sentences."""
    if standing.is_same:
        return [
            f"A and B gave the same results with each of {standing.seeds} seeds: every difference is exactly 0. This "
            "is what a comparison of a society with itself should show."
        ]
    (about,) = judged([OUTCOME[outcome]], {}, standing.months)
    row: Any = standing.differences.set_index("outcome").loc[outcome]
    said = (
        f"{about.description}: {amount(row['mean'], about)} in B at the end, {amount(row.baseline, about)} in A. The "
        f"difference is {change(row.difference, about)} (95 % interval "
        f"{change(row.low_all, about, named=False)} to {change(row.high_all, about, named=False)}, for all outcomes "
        "together)."
    )
    rows = standing.differences[standing.differences["outcome"] == outcome]
    return [said, f"{capital(judgement(rows, about, standing.seeds, ('B', 'A')))}."]


def besides(standing: PairResult, outcome: str) -> list[str]:
    """State which other outcomes clearly differ, and which do not."""
    if standing.is_same:
        return []
    rows = standing.differences[standing.differences["outcome"] != outcome]
    said = []
    for verdicts, words in (
        ((BETTER,), "Better in B"),
        ((WORSE,), "Worse in B"),
        ((HIGHER, LOWER), "Different in B"),
    ):
        found = [
            f"{lower(OUTCOME[row.outcome])} ({change(row.difference, OUTCOME[row.outcome])})"
            for row in lines(rows)
            if row.verdict in verdicts
        ]
        if found:
            said.append(f"{words}: {'; '.join(found)}.")
    for verdict in UNTOLD:
        found = [lower(OUTCOME[row.outcome]) for row in lines(rows) if row.verdict == verdict]
        if found:
            said.append(f"{capital(verdict)}: {'; '.join(found)}.")
    return said
