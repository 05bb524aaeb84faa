"""Steps of a month: each is a plain function of named arguments and declares where its results go.

A step asks for what it needs by the names of its arguments:

``me``
    The agent who acts, with its state variables (and the sums of the month) as attributes.
``home``
    The district of the agent who acts; besides its own columns, it has some of its politician's
    (``engagesim.society.state.GOVERNING``).
``post``, ``manager``
    The official at a citizen's service point; the manager of the district.
``other``, ``met``
    The person from whom ``me`` learns this month, in the state before the step; ``met`` is 0 if there is none.
``s``
    The parameters in force in the district, by group and name: ``s.incentives.patronage``.
``month``
    The month, from 0.
``society``
    The society as a whole.
``t``
    The sums over the society so far (for steps that observe).

Any other name is a draw of ``DRAWS``. Both engines call the same function: the agent-by-agent engine passes agents to
it, and the compiled engine inlines it in a loop over societies. A step therefore contains only what a rule may contain
(see ``engagesim.compiling``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import Any

from engagesim.compiling import rule
from engagesim.randomness import Purpose

THINGS = ("me", "home", "post", "manager", "other", "met", "s", "month", "society", "t")
"""Arguments that a step can have by name, besides draws."""

DRAWS = {
    "asked_noise": (Purpose.CITIZEN_CHOICE, 0),
    "strategy_noise": (Purpose.CITIZEN_CHOICE, 1),
    "encounter_noise": (Purpose.CITIZEN_ENCOUNTER, 0),
    "vacated_noise": (Purpose.OFFICIAL_POST, 0),
    "hired_noise": (Purpose.OFFICIAL_POST, 1),
    "ability_noise": (Purpose.OFFICIAL_ABILITY, 0),
    "response_noise": (Purpose.OFFICIAL_CHOICE, 0),
    "sanction_noise": (Purpose.OFFICIAL_SANCTION, 0),
    "stance_noise": (Purpose.POLITICIAN_CHOICE, 0),
    "belonging_noise": (Purpose.BELONGING, 0),
    "leading_noise": (Purpose.BELONGING, 1),
    "promise_noise": (Purpose.PROMISE, 0),
    "demand_noise": (Purpose.PROMISE, 1),
    "answer_noise": (Purpose.ANSWER, 0),
    "escalation_noise": (Purpose.ANSWER, 1),
    "reconsider_noise": (Purpose.RECONSIDERING, 0),
    "weariness_noise": (Purpose.RECONSIDERING, 1),
    "election_noise": (Purpose.ELECTION, 0),
    "newcomer_noise": (Purpose.ELECTION, 1),
}
"""Each draw of a month, uniform in (0, 1), by name: its purpose, and which of that purpose's two numbers it is."""

type Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Step:
    """Something that one kind of agent does in a month.

    Attributes
    ----------
    act : callable
        The function; its results are the new values of ``sets``, followed by the amounts for ``adds``.
    sets : tuple of str
        Columns of the agent who acts that the results replace.
    adds : dict of str to tuple of str
        Columns of others to which the results are added, each with its owners: ``post``, ``manager``, ``home``,
        ``society`` or ``t`` (the society's sums of the month). They are 0 before the step.
    stands_for : Step or None
        The usual step that this one replaces.
    """

    act: Function
    sets: tuple[str, ...]
    adds: Mapping[str, tuple[str, ...]]
    stands_for: "Step | None" = None

    @property
    def name(self) -> str:
        """Name of the step."""
        return self.act.__name__

    @cached_property
    def asks(self) -> tuple[str, ...]:
        """Names of the step's arguments."""
        return tuple(signature(self.act).parameters)

    @cached_property
    def draws(self) -> tuple[str, ...]:
        """Arguments of the step that are draws."""
        return tuple(name for name in self.asks if name not in THINGS)


def step(*sets: str, **adds: tuple[str, ...]) -> Callable[[Function], Step]:
    """Declare a function as a step, with the columns that its results replace and the sums to which they are added."""
    return lambda act: Step(rule(act), sets, adds)


def observed(*names: str) -> Callable[[Function], Step]:
    """Declare a function as a step whose results are added, agent by agent, to the society's sums of the month."""
    return step(**{name: ("t",) for name in names})


@dataclass(frozen=True, eq=False)
class Each:
    """Steps that all agents of one kind take, one agent after the other."""

    kind: str  # citizen, official, provider (an official who is no manager), politician, district or society
    steps: tuple[Step, ...]


def each(kind: str, *steps: Step) -> Each:
    """Let all agents of a kind take some steps."""
    return Each(kind, steps)
