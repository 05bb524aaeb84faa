"""Outcomes on which packages are compared, each computed from the monthly measures of a run."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import MechanismError
from engagesim.measures import MEASURES
from engagesim.mechanisms.design import measures_of
from engagesim.parameters import Parameters

type Values = NDArray[np.float64]
type Measured = Callable[[str], Values]

YEAR = 12


NEGLIGIBLE = 0.01
"""The default for differences too small to matter: 0.01 on a scale from 0 to 1, or one person in a hundred.

A report converts it to standard deviations of districts.
"""

_A_MONTH = 1.0


def _as_it_is(path: Values) -> Values:
    return path


def _rest(path: Values) -> Values:
    return 1.0 - path


class Outcome(NamedTuple):
    """An outcome on which packages are compared.

    ``better`` is 1 if more is better, -1 if less is better, and 0 otherwise. ``of`` computes it month by month from the
    named measures; its value is the mean of the last year, or the last month if ``at_end``. ``has_course`` says whether
    it has a value in each year, unlike a waiting time. A difference of up to ``negligible`` in either direction is too
    small to matter. ``reach`` is the largest possible difference.
    """

    name: str
    unit: str
    description: str
    better: int
    measures: tuple[str, ...]
    of: Callable[..., Values] = _as_it_is
    at_end: bool = False
    has_course: bool = True
    negligible: float = 0.0
    reach: float = math.inf

    def path(self, measure: Measured) -> Values:
        """Return the outcome month by month, shape (packages, seeds, months)."""
        return self.of(*map(measure, self.measures))

    def value(self, measure: Measured) -> Values:
        """Return the outcome of each run, shape (packages, seeds)."""
        path = self.path(measure)
        return path[..., -1] if self.at_end else path[..., -YEAR:].mean(axis=-1)


def _usual(*outcomes: Outcome) -> tuple[Outcome, ...]:
    """Set the largest negligible and the largest possible difference of each outcome."""
    return tuple(
        each._replace(negligible=_A_MONTH)
        if each.unit == "months"
        else each._replace(negligible=NEGLIGIBLE, reach=2.0 if each.name.endswith("_gap") else 1.0)
        for each in outcomes
    )


OUTCOMES = _usual(
    Outcome("quality", "0 to 1", "Service quality", 1, ("quality",)),
    Outcome("served", "share", "Citizens whose routine need is met", 1, ("unserved",), _rest),
    Outcome("quality_gap", "0 to 1", "Gap in quality between the better-off and the poor", -1, ("quality_gap",)),
    Outcome("engaged", "share", "Citizens who engage", 1, ("engaged",)),
    Outcome(
        "wealth_gap",
        "share",
        "Gap in engagement between the better-off and the poor",
        0,
        ("engaged_least_vulnerable", "engaged_most_vulnerable"),
        np.subtract,
    ),
    Outcome(
        "education_gap",
        "share",
        "Gap in engagement between the most and the least educated",
        0,
        ("engaged_high_education", "engaged_low_education"),
        np.subtract,
    ),
    Outcome("trust", "believed chance", "Trust that the state responds", 1, ("trust",)),
    Outcome("confront", "share", "Citizens who confront", 0, ("confront",)),
    Outcome("morale", "0 to 1", "Morale of officials", 1, ("morale",)),
    Outcome(
        "coalition_ever",
        "share",
        "Districts that have had a lasting coalition",
        1,
        ("coalition_ever",),
        at_end=True,
    ),
    Outcome(
        "coalition_wait",
        "months",
        "Wait of districts for a lasting coalition",
        -1,
        ("coalition_wait",),
        at_end=True,
        has_course=False,
    ),
    Outcome("decision_share", "share", "Decisions that citizens make", 1, ("decision_share",)),
)
"""The outcomes of a comparison."""

DIRECTED = {outcome.name: outcome.better for outcome in OUTCOMES if outcome.better}
"""Outcomes for which more (1) or less (-1) is better; these are the possible objectives of a search."""

GROUPS = _usual(
    *(
        Outcome(name, "0 to 1", description, 1, (name,))
        for name, description in (
            ("quality_least_vulnerable", "Quality received by the better-off third"),
            ("quality_most_vulnerable", "Quality received by the poorest third"),
        )
    ),
    *(
        Outcome(f"served_{group}", "share", f"Routine needs met in the {words} third", 1, (f"unserved_{group}",), _rest)
        for group, words in (("least_vulnerable", "better-off"), ("most_vulnerable", "poorest"))
    ),
    *(
        Outcome(name, "share", description, better, (name,))
        for name, description, better in (
            ("engaged_least_vulnerable", "Engagement in the better-off third", 1),
            ("engaged_most_vulnerable", "Engagement in the poorest third", 1),
            ("engaged_high_education", "Engagement in the most educated third", 1),
            ("engaged_low_education", "Engagement in the least educated third", 1),
            ("client_least_vulnerable", "Clients in the better-off third", 0),
            ("client_most_vulnerable", "Clients in the poorest third", 0),
        )
    ),
)  # fmt: skip
"""Outcomes that show who gains and who loses."""

FORMED = "coalition_ever"
"""The outcome that depends most on the definition of a coalition."""

SPREAD = "quality_spread"
"""The standard deviation of quality over districts, in units of which field studies report effects."""


def outcomes_of(society: type[Parameters]) -> tuple[Outcome, ...]:
    """Return the outcomes on which societies are compared: the usual ones and the measures of their mechanisms.

    For a mechanism's measure, neither more nor less counts as better.

    Raises
    ------
    MechanismError
        If a mechanism's measure has the name of a usual outcome.
    """
    known = {outcome.name for outcome in OUTCOMES}
    own = measures_of(society)[len(MEASURES) :]
    for measure in own:
        if measure.name in known:
            raise MechanismError(f"{measure.name}: must have another name; an outcome has this one")
    return (*OUTCOMES, *(Outcome(each.name, each.unit, each.description, 0, (each.name,)) for each in own))


def watched_in(society: type[Parameters]) -> tuple[str, ...]:
    """Return the measures from which outcomes are computed; a comparison stores nothing else about its societies."""
    every = (*outcomes_of(society), *GROUPS)
    return tuple(dict.fromkeys([*(name for outcome in every for name in outcome.measures), SPREAD]))


def judged(outcomes: Sequence[Outcome], negligible: Mapping[str, float], months: int) -> tuple[Outcome, ...]:
    """Return outcomes with the negligible differences that a user sets, and with waits of at most ``months``."""
    return tuple(
        each._replace(
            negligible=negligible.get(each.name, each.negligible),
            reach=float(months) if each.unit == "months" else each.reach,
        )
        for each in outcomes
    )


WATCHED = watched_in(Parameters)
"""Measures from which outcomes are computed in societies without mechanisms."""


def outcome_values(measure: Measured, outcomes: Sequence[Outcome] = OUTCOMES) -> dict[str, Values]:
    """Return each outcome of each run, shape (packages, seeds).

    Parameters
    ----------
    measure : callable
        Returns a measure by name, shape (packages, seeds, months), like ``Observed.measure``; the baseline is first.
    outcomes : sequence of Outcome
    """
    return {outcome.name: outcome.value(measure) for outcome in outcomes}
