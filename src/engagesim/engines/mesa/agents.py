"""Citizens, officials and politicians: Mesa agents that take the steps of a month.

Each agent keeps its own state under the names of the columns in ``engagesim.society.state``, and has a method for each
step of the month that concerns it (see :mod:`engagesim.month`). To replace a decision, subclass an agent and override
one method, or pass another set of rules to the model; the compiled engine accepts such rules, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa

from engagesim.month import MONTH, citizen, official, politician
from engagesim.month.steps import Each, Step
from engagesim.rules.citizen import CLIENT_TERMS, COLLABORATE_TERMS, CONFRONT_TERMS, engages
from engagesim.rules.official import ACCOMMODATE_TERMS, COCREATE_TERMS, RESIST_TERMS, TOKEN_TERMS
from engagesim.rules.politician import ARMS_LENGTH_TERMS, PATRONAGE_TERMS, SPONSOR_TERMS
from engagesim.rules.vocabulary import Response, Role, Stance, Strategy
from engagesim.society.state import GOVERNING

type Reasons = dict[str, dict[str, float]]


def taking(step: Step, act: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Return a method by which agents take a step; it receives the step's draws and finds the other arguments."""
    if not step.asks:
        return lambda agents: [act() for _ in agents]
    finds = [attrgetter(name) for name in step.asks if name not in step.draws]
    return lambda agents, *draws: list(map(act, *(map(find, agents) for find in finds), *draws))


def takes(step: Step) -> Callable[..., Any]:
    """Return the method by which an agent takes a step, according to its society's rules."""

    def take(self: Any, *draws: float) -> Any:
        return self.model.acts[step]([self], *([draw] for draw in draws))[0]

    take.__name__, take.__doc__ = step.name, _described(step)
    vars(take)["step"] = step
    return take


def _described(step: Step) -> str:
    """Return a docstring that says what a step does, what it receives, and where its results go."""
    given = f"Parameters\n----------\n*draws : float\n    In (0, 1): {', '.join(step.draws)}.\n\n" if step.draws else ""
    returned = f"Returns\n-------\nint, float or tuple\n    New {', '.join((*step.sets, *step.adds))}.\n"
    return f"{(step.act.__doc__ or '').strip()}\n\n{given}{returned}"


@cache
def own_method(kind: Any, step: Step) -> Callable[..., Any] | None:
    """Return the method with which a subclass overrides a step, or None if it does not override it."""
    has_one = any(getattr(vars(base).get(step.name), "step", None) is step for base in kind.__mro__)
    method = getattr(kind, step.name) if has_one else None
    return None if getattr(method, "step", None) is step else method


class Entity:
    """An entity that takes steps, with the arguments of steps and the columns of the state as attributes."""

    model: Any
    row: int
    home: Any

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def me(self) -> Any:
        """The entity that acts."""
        return self

    @property
    def s(self) -> Any:
        """The parameters in force where the agent is, by group and name."""
        return self.home.settings

    @property
    def society(self) -> Any:
        """The society as a whole."""
        return self.model.society

    @property
    def month(self) -> int:
        """The month, counted from 0."""
        return int(self.model.month)

    @property
    def t(self) -> Any:
        """The sums of the month so far."""
        return self.model.sums


class Society(Entity):
    """The society as a whole."""

    def __init__(self, model: Any, settings: Any, agents: int) -> None:
        self.model, self.settings, self.agents = model, settings, agents
        self.home = self


class District(Entity):
    """A district: its service, the settings in force there, and its politician and officials."""

    def __init__(self, model: Any, row: int, settings: Any, providers: int, districts: int) -> None:
        self.model, self.row, self.settings = model, row, settings
        self.home = self
        self.residents = 0
        self.number = row
        self.providers, self.posts, self.districts = providers, providers + 1, districts
        self.citizens: list[Any] = []
        self.staff: list[Any] = []
        self.politician: Any
        self.manager: Any
        self.providing: list[Any] = []  # the providers

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in GOVERNING:
                return getattr(self.politician, name)
            raise AttributeError(name)


class Actor(Entity, mesa.Agent):  # type: ignore[misc]
    """The base of all three kinds of agent: a row, a district, neighbours, and a method for each step of the month."""

    role: Role
    terms: ClassVar[Mapping[IntEnum, tuple[str, ...]]]
    """Options in the order of their utilities, each with the names of its utility's terms."""
    weigh: Callable[..., Any]
    """The function that returns the terms of each option's utility."""

    def __init_subclass__(cls, kinds: tuple[str, ...] = (), **more: Any) -> None:
        """Add methods for the steps that some kinds of agent take in a month."""
        super().__init_subclass__(**more)
        for entry in (entry for phase, entries in MONTH.items() for entry in entries if phase != "observe"):
            if isinstance(entry, Each) and entry.kind in kinds:
                for step in entry.steps:
                    setattr(cls, step.name, takes(step))

    def __init__(self, model: Any, row: int, home: District) -> None:
        mesa.Agent.__init__(self, model)
        self.row = row
        self.home = home
        self.neighbours: list[Actor] = []
        self.kin: list[Any] = []
        self.other: Actor = self
        self.met = 0.0

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy or pickle an agent as a row of its society, which is copied with it."""
        return _in_row, (self.model, self.row)

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))  # belongs to no society: a record of the agent, for later comparison
        twin.__dict__.update(self.__dict__)
        return twin

    @property
    def in_coalition(self) -> bool:
        """Whether the agent belongs to a standing coalition."""
        return bool(self.home.coalition * self.member)

    @property
    def manager(self) -> Any:
        """The manager of the district."""
        return self.home.manager

    def utilities(self) -> tuple[tuple[float, ...], ...]:
        """Return the terms of each option's utility, in the order of ``terms``."""
        return self.model.acts[self.weigh](self, self.home, self.s)  # type: ignore[no-any-return]

    def reasons(self) -> Reasons:
        """Return the current terms of each option's utility.

        Returns
        -------
        dict of str to dict of str to float
            Terms by name for each option; their sum is its utility, in units of the value of service quality rising
            from 0 to 1.
        """
        return {
            option.name: dict(zip(names, values, strict=True))
            for (option, names), values in zip(self.terms.items(), self.utilities(), strict=True)
        }


def _in_row(model: Any, row: int) -> Actor:
    return model.actors[row]  # type: ignore[no-any-return]


class Citizen(Actor, kinds=("citizen",)):
    """A user of a service, who abstains, collaborates, confronts or becomes a client."""

    role = Role.CITIZEN
    terms: ClassVar = {
        Strategy.COLLABORATE: COLLABORATE_TERMS,
        Strategy.CONFRONT: CONFRONT_TERMS,
        Strategy.CLIENT: CLIENT_TERMS,
    }
    weigh = staticmethod(citizen.utilities)

    broker: int

    @property
    def peers(self) -> int:
        """Number of peers of the citizen."""
        return len(self.kin)

    @property
    def in_coalition(self) -> bool:
        """Whether the citizen belongs to a standing coalition, as an organised user of a member's service point."""
        return bool(self.home.coalition * self.member * self.post.member)

    @property
    def engages(self) -> bool:
        """Whether the citizen collaborates or confronts this month."""
        return bool(engages(self))

    def reasons(self) -> Reasons:
        """Return the current terms of each option's utility; abstaining has none and is worth 0.

        Returns
        -------
        dict of str to dict of str to float
            Terms by name for each option; their sum is its utility.
        """
        return {Strategy.ABSTAIN.name: {}, **super().reasons()}


class Official(Actor, kinds=("official", "provider")):
    """The holder of a post, who resists, gives a token response, accommodates or co-creates."""

    terms: ClassVar = {
        Response.RESIST: RESIST_TERMS,
        Response.TOKEN: TOKEN_TERMS,
        Response.ACCOMMODATE: ACCOMMODATE_TERMS,
        Response.COCREATE: COCREATE_TERMS,
    }
    weigh = staticmethod(official.utilities)

    def __init__(self, model: Any, row: int, home: District, role: Role) -> None:
        super().__init__(model, row, home)
        self.role = role
        self.served = 0
        self.manages = int(role is Role.MANAGER)


class Politician(Actor, kinds=("politician",)):
    """The representative of a constituency, who takes a stance and faces elections."""

    role = Role.POLITICIAN
    terms: ClassVar = {
        Stance.PATRONAGE: PATRONAGE_TERMS,
        Stance.ARMS_LENGTH: ARMS_LENGTH_TERMS,
        Stance.SPONSOR: SPONSOR_TERMS,
    }
    weigh = staticmethod(politician.utilities)
