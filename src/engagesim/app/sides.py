"""The two sides of a comparison: what may be chosen for each, as words in a link, and the society that comes of it."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple, Self

from engagesim.analysis.outcomes import OUTCOMES
from engagesim.app.asked import Act, Asked, base_of, forms, offered, scenarios
from engagesim.app.carrying import with_form
from engagesim.app.limits import MOST_CITIZENS
from engagesim.app.links import text_of
from engagesim.app.words import ROW
from engagesim.errors import ParameterError, nearest
from engagesim.parameters import Parameters
from engagesim.report.phrases import plain

AS_IT_STANDS = "scenario"
"""What is chosen where a form or an incentive is left as the scenario has it."""

INCENTIVES = ("incentives.patronage", "incentives.merit_protection", "incentives.pressure", "incentives.competition")
"""Incentives that each side may set: those that a class argues about first."""

MOST_INTERVENTIONS = 6
"""Interventions on a side at most; more than that nobody can tell apart."""


class Common(NamedTuple):
    """What both sides share: the seed of all noise, how many people, and how long."""

    seed: int = 1
    citizens: int = 1000
    months: int = 144


class Side(NamedTuple):
    """One side: a scenario, a form of engagement, interventions besides, and incentives that differ."""

    scenario: str = "contested_reform"
    form: str = AS_IT_STANDS
    interventions: tuple[str, ...] = ()
    incentives: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Self:
        """Read a side from the words of a link; what is not said is as it stands.

        Raises
        ------
        ParameterError
            Names the word, and what is allowed.
        """
        allowed = {"scenario": scenarios(), "form": (AS_IT_STANDS, *forms())}
        found = {name: _one_of(name, words[name], allowed[name]) for name in allowed if name in words}
        some = tuple(filter(None, words.get("with", "").split(",")))
        for name in some:
            _one_of("with", name, levers())
        if len(some) > MOST_INTERVENTIONS:
            raise ParameterError(f"with: {len(some)} interventions; allowed are up to {MOST_INTERVENTIONS}")
        incentives = tuple((path, _number(path, words[path])) for path in INCENTIVES if path in words)
        return cls(**found, interventions=tuple(dict.fromkeys(some)), incentives=incentives)

    def words(self) -> dict[str, str]:
        """Return the side as words of a link; what is as it stands is left out."""
        said = {"scenario": self.scenario}
        if self.form != AS_IT_STANDS:
            said["form"] = self.form
        if self.interventions:
            said["with"] = ",".join(self.interventions)
        return said | {path: text_of(value) for path, value in self.incentives}

    def changed(self, path: str, value: float | None) -> Self:
        """Return the side with an incentive set, or with None left as the scenario has it."""
        others = tuple(entry for entry in self.incentives if entry[0] != path)
        return self._replace(incentives=others if value is None else (*others, (path, value)))


class Pair(NamedTuple):
    """Two sides, what they share, how many seeds are to be compared, and which outcome is looked at."""

    a: Side = Side()
    b: Side = Side(form="survey")
    common: Common = Common()
    seeds: int = 100
    outcome: str = "quality"

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Self:
        """Read a pair from the words of a link, where those of a side begin with ``a.`` or ``b.``.

        Raises
        ------
        ParameterError
            Names the word, and what is allowed.
        """
        sides = {
            name: Side.of({key[2:]: value for key, value in words.items() if key.startswith(f"{name}.")})
            for name in ("a", "b")
            if any(key.startswith(f"{name}.") for key in words)
        }
        numbers = {name: _whole(name, words[name]) for name in LIMITS if name in words}
        seeds = numbers.pop("seeds", cls().seeds)
        outcome = _one_of("outcome", words.get("outcome", cls().outcome), tuple(found.name for found in OUTCOMES))
        return cls(**sides, common=Common(**numbers), seeds=seeds, outcome=outcome)

    def words(self) -> dict[str, str]:
        """Return the pair as words of a link; numbers that are as usual are left out."""
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
"""What visitors may ask for: so much that a class sees what it needs, so little that none takes the whole machine."""

EXAMPLES = {
    "Does it matter whether people are asked, or take part?": (Side(), Side(form="survey")),
    "Does co-creation bring down a clientelist order?": (
        Side("clientelist_trap", "none"),
        Side("clientelist_trap", "cocreation"),
    ),
    "What if posts are protected first?": (
        Side("clientelist_trap", "cocreation"),
        Side("clientelist_trap", "cocreation", ("merit_protection", "security_of_tenure")),
    ),
    "Is it the training, or what people get to know?": (
        Side(form="committee", interventions=("training_only",)),
        Side(form="committee", interventions=("performance_information",)),
    ),
    "Do courts help those who protest?": (
        Side("politicised_service", "social_audit"),
        Side("politicised_service", "social_audit", ("protest_protection",)),
    ),
    "The same twice: is the difference nothing?": (Side(), Side()),
}
"""Questions to begin with; the last is a placebo."""


def asked_for(side: Side, common: Common) -> Asked:
    """Return a side as what a visitor of Explore asks for: its interventions begin when the form opens.

    Raises
    ------
    ParameterError
        Where what was chosen does not go together.
    """
    opens = base_of(side.scenario).engagement.start
    form = {} if side.form == AS_IT_STANDS else with_form(side.scenario, side.form)
    changes = {"seed": common.seed, "population.citizens": common.citizens, **form, **dict(side.incentives)}
    return Asked(side.scenario, changes, tuple(Act(opens, name, 1) for name in side.interventions))


def opened(side: Side, common: Common) -> tuple[Asked, int]:
    """Return what opens a side in Explore, and the month: that in which its interventions begin, or the start."""
    asked = asked_for(side, common)
    return asked, asked.acts[-1].month if asked.acts else 0


@lru_cache(maxsize=256)
def society(side: Side, common: Common) -> Parameters:
    """Return the parameters of a side, as ``asked_for`` allows them."""
    return asked_for(side, common).parameters().changed({"months": common.months})


def differing(a: Side, b: Side) -> str:
    """Say in what two sides differ, and warn where that is more than one thing."""
    found = []
    for what, one, other in (("the scenario", a.scenario, b.scenario), ("the form", _form_of(a), _form_of(b))):
        if one != other:
            found.append(f"{what}, {_said(one)} in A and {_said(other)} in B")
    for name in dict.fromkeys((*a.interventions, *b.interventions)):
        if (name in a.interventions) != (name in b.interventions):
            found.append(f"{plain(name)}, in {'A' if name in a.interventions else 'B'} only")
    for path in INCENTIVES:
        low, high = (dict(side.incentives).get(path) for side in (a, b))
        if low != high:
            values = [AS_IT_STANDS if value is None else f"{value:g}" for value in (low, high)]
            found.append(f"{plain(path.rpartition('.')[2])}, {_said(values[0])} in A and {_said(values[1])} in B")
    if not found:
        return "nothing; the difference must be nothing too."
    warned = "" if len(found) == 1 else " More than one thing: what each of them does cannot be told apart."
    return "; ".join(found) + "." + warned


@cache
def levers() -> tuple[str, ...]:
    """List the interventions that are no forms of engagement; a form is chosen by itself."""
    return tuple(name for name in offered() if name not in forms())


def _one_of(place: str, name: str, allowed: tuple[str, ...]) -> str:
    if name not in allowed:
        raise ParameterError(f"{place} = {name!r}: no such choice{nearest(name, allowed)}")
    return name


def _form_of(side: Side) -> str:
    return base_of(side.scenario).engagement.form if side.form == AS_IT_STANDS else side.form


def _said(choice: str) -> str:
    return "as in the scenario" if choice == AS_IT_STANDS else "no form" if choice == "none" else plain(choice)


def _whole(name: str, text: str) -> int:
    low, high = LIMITS[name]
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ParameterError(f"{name} = {text!r}: allowed {low} to {high}")
    return int(text)


def _number(path: str, text: str) -> float:
    row = ROW[path]
    low, high = float(row.low or 0), float(row.high or 0)
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ParameterError(f"{path} = {text!r}: allowed {low:g} to {high:g}")
    return value
