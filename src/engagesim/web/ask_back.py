"""The model inside a report: a reader changes a number of a comparison, and the page computes a new answer."""

import base64
import gzip
import hashlib
import shlex
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from markupsafe import Markup

from engagesim.analysis.comparison import Comparison
from engagesim.analysis.differences import (
    BETTER,
    HIGHER,
    IDLE,
    LEAST_FOR_NOTHING,
    LOWER,
    NEGLIGIBLE,
    POWERLESS,
    UNCLEAR,
    WORSE,
)
from engagesim.analysis.intervals import LEAST_DIFFERING
from engagesim.analysis.outcomes import watched_in
from engagesim.analysis.recommendation import leading
from engagesim.configs.compose import Compared
from engagesim.errors import EngagementError
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Parameters
from engagesim.places.stored import APART
from engagesim.report.comparison_page import Asking
from engagesim.report.comparison_tables import stated_in
from engagesim.report.comparison_words import difference_unit, digits_of, lines, scale_of
from engagesim.report.pages import template
from engagesim.report.text import capital, plain
from engagesim.study.argument_checks import MOST_SEED
from engagesim.study.intervention_packages import apply, is_ever_in_force
from engagesim.validation.parameter_sets import under
from engagesim.web.assembly import bundled
from engagesim.web.compiling import web_engine
from engagesim.web.content import MOST_CITIZENS, MOST_DISTRICTS, MOST_MONTHS, control, controls
from engagesim.web.description import described, schedule
from engagesim.web.page import as_data, inside
from engagesim.web.tables import model_tables

_SIZES = {"months", "population.citizens", "population.districts", "population.providers"}
"""Numbers that readers cannot change, because this would move people to other places and change packages' costs."""

VERDICTS: dict[str, Any] = {
    "words": {
        "better": BETTER, "worse": WORSE, "higher": HIGHER, "lower": LOWER, "negligible": NEGLIGIBLE,
        "unclear": UNCLEAR, "idle": IDLE, "powerless": POWERLESS,
    },
    "least_for_nothing": LEAST_FOR_NOTHING,
    "least_differing": LEAST_DIFFERING,
}  # fmt: skip
"""Data that the script needs to reach the same verdicts as ``analysis.differences``."""

_OWN = ("output", "progress", "seeds", "contexts", "unknowns")
"""Keys omitted from the command that repeats a reader's view."""


def ask_back(asked: Compared, comparison: Comparison, arguments: Sequence[str]) -> Asking:
    """Return the part of a report in which readers change numbers and the model computes a new answer.

    If the engine of a page cannot simulate the societies, the part states why in one line.

    Parameters
    ----------
    asked : Compared
        The settings of the comparison.
    comparison : Comparison
        The results of the comparison.
    arguments : sequence of str
        The arguments of the command.
    """
    outcome = comparison.asked
    told: dict[str, Any] = {"outcome": outcome.description.lower(), "contexts": list(comparison.contexts)}
    part, why = template("ask_back.html"), _too_large(comparison)
    if not why:
        try:
            engine = web_engine(design_of(_society(comparison)))
        except EngagementError as error:
            why = f"{capital(str(error).removeprefix('page: '))}."
    if why:
        return Asking(False, Markup(part.render(**told, why=why, worker="", data="", module="", script="")))  # noqa: S704 - our template escapes
    design = design_of(_society(comparison))
    script = bundled(design, "ask")
    data = {"model": model_tables(design, engine), **_data(asked, comparison, arguments)}
    rendered = part.render(
        **told,
        why="",
        worker=inside(bundled(design, "worker")),
        data=as_data(data),
        module=base64.b64encode(gzip.compress(engine.module, 9, mtime=0)).decode(),
        script=Markup(script),  # noqa: S704 - ours
    )
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Asking(True, Markup(rendered), hashed)  # noqa: S704 - our template escapes


def _society(comparison: Comparison) -> type[Parameters]:
    return type(next(iter(comparison.contexts.values())))


def _too_large(comparison: Comparison) -> str:
    """Return a sentence that names a context too large for a page, or an empty text if there is none."""
    most = (("population.citizens", MOST_CITIZENS), ("population.districts", MOST_DISTRICTS), ("months", MOST_MONTHS))
    for name, parameters in comparison.contexts.items():
        for path, limit in most:
            if attrgetter(path)(parameters) > limit:
                size = attrgetter(path)(parameters)
                what = plain(path.rpartition(".")[2])
                return f"{capital(plain(name))} has {size:,} {what}, and a page can simulate at most {limit:,}."
    return ""


def _data(asked: Compared, comparison: Comparison, arguments: Sequence[str]) -> dict[str, Any]:
    """Return the societies, packages and texts for the script."""
    outcome, people = comparison.asked, _Once()
    contexts = [_context(asked, comparison, name, people) for name in comparison.contexts]
    names = [package.name for package in next(iter(comparison.packages.values()))]
    words = [(each.partition("=")[0].lstrip("+"), shlex.quote(each)) for each in arguments]
    said = [(key, word) for key, word in words if key not in _OWN]
    return {
        "contexts": contexts,
        "people": people.found,
        "turns": {"first": 0 if asked.place is None else 1, "apart": APART, "modulus": MOST_SEED + 1},
        "packages": [capital(plain(name)) for name in names],
        "first": names.index(leading(comparison, 1)[0]),
        "levers": list(_levers(asked, comparison)),
        "outcome": {
            "name": outcome.name, "description": outcome.description, "unit": difference_unit(outcome),
            "scale": scale_of(outcome), "digits": digits_of(outcome), "better": outcome.better,
            "negligible": outcome.negligible, "reach": min(outcome.reach, 1e9), "at_end": outcome.at_end,
            "measures": outcome.measures,
        },
        "watched": watched_in(_society(comparison)),
        "seeds": {"first": comparison.seeds[0], "count": len(comparison.seeds)},
        "rule": VERDICTS,
        "command": None if asked.options.search.tries else said,
    }  # fmt: skip


class _Once:
    """Data on the people in users' files, without duplicates, because most contexts share the same data."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def place(self, people: Any) -> int | None:
        """Return the position of the data in the list; names are left out, because no rule reads them."""
        if people is None:
            return None
        mine = {**people, "labels": [], "districts": []}
        if mine not in self.found:
            self.found.append(mine)
        return self.found.index(mine)


def _context(asked: Compared, comparison: Comparison, name: str, people: _Once) -> dict[str, Any]:
    """Return a context with its packages, their results in the report, and the parameter sets that seeds use."""
    context, packages = comparison.contexts[name], comparison.packages[name]
    if asked.place is None:
        members, seeds = [under(context, some) for some in asked.calibration.sets], None
    else:
        place, base = asked.place
        member = place.members(base)
        found = [member(context, number) for number in range(1, len(place.societies) + 1)]
        members, seeds = [parameters for parameters, _ in found], [seed for _, seed in found]
    begun: Callable[[Parameters], Parameters] = (
        (lambda point: point) if asked.place is None else (lambda point: member(point, 1)[0])
    )
    told = described(members[0])
    values = {path: [attrgetter(path)(each) for each in members] for path in told["values"]}
    paths = [path for path, found in values.items() if any(value != told["values"][path] for value in found)]
    rows = {str(row.package): row for row in lines(comparison.main[comparison.main["context"] == name])}
    doing = told.pop("interventions")
    return {
        "name": name,
        "title": capital(plain(name)),
        "named": name in asked.options.contexts,
        "base": {**told, "people": people.place(told["people"]), "map": None},
        "doing": doing,
        "paths": paths,
        "members": [[values[path][turn] for path in paths] for turn in range(len(members))],
        "seeds": seeds,
        "packages": [
            {
                "interventions": [schedule(entry) for entry in begun(apply(package, context)).interventions],
                "in_force": is_ever_in_force(package, context),
                "said": {
                    "mean": rows[package.name].difference, "low": rows[package.name].low,
                    "high": rows[package.name].high, "ends": [rows[package.name].low_all, rows[package.name].high_all],
                    "verdict": rows[package.name].verdict,
                },
            }
            for package in packages
        ],
    }  # fmt: skip


def _levers(asked: Compared, comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yield the numbers that readers can change: first the disputed ones, then all others in the report."""
    tree = _society(comparison)
    own = {row["path"]: row for group in controls(tree) for row in group["rows"]}
    first = next(iter(comparison.contexts.values()))
    known = described(first)["values"]
    disputed = [factor.path for factor in asked.options.uncertain.factors.values()]
    stated = [row.path for row, _ in stated_in(comparison.contexts)]
    for path in dict.fromkeys([*disputed, *stated]):
        if path in known and path not in _SIZES:
            yield {**(own.get(path) or control(path)), "disputed": path in disputed}
