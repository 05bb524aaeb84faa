"""Texts of the dashboard, put together from what the rest of the project says of itself: labels, help, glossary."""

from functools import cache
from typing import NamedTuple

from engagesim.dashboard.society_request import forms, note_of_form, offered, scenario_parameters, scenarios
from engagesim.measures import MEASURES
from engagesim.parameters import Row, parameter_table
from engagesim.report.phrases import capital, plain, unit
from engagesim.rules.vocabulary import MEANINGS, Response, Stance, Strategy

ROW: dict[str, Row] = {row.path: row for row in parameter_table()}
"""Each parameter by its path."""

_IDEAS = (
    (
        "Broad coalition",
        "Citizens, officials and politicians who act for reform and are tied to one another: members of all three "
        "sides in one connected group. It counts where it holds a minimum share of all agents for some months on end.",
    ),
    ("District", "A place with one service, one politician, one manager, and providers who each serve some citizens."),
    ("Month", "The step of the model: everybody chooses, meets, learns, and coalitions are found anew."),
    (
        "Seed",
        "The number that all chance follows from. The same seed gives the same history, another seed another one.",
    ),
    (
        "Worth of an option",
        "The sum of its terms, where 1 is the value of service quality rising from 0 to 1. The higher it is against "
        "the others, the likelier the option is chosen; chance decides the rest.",
    ),
)
"""What no table of the project explains."""

_CHOICES = {"citizens": tuple(Strategy), "officials": tuple(Response), "politicians": tuple(Stance)}

_WRITTEN = {
    "cocreate": "co-create",
    "client": "are clients",
    "token": "respond in token",
    "patronage": "stand for patronage",
    "arms_length": "keep at arm's length",
}
"""Strategies, responses and stances after "who", where their names do not read."""


class Entry(NamedTuple):
    """One entry of the glossary."""

    term: str
    kind: str
    text: str


def short(name: str) -> str:
    """Return what those do who follow a strategy, response or stance, in a word or two after "who"."""
    return _WRITTEN.get(name, name)


def label(path: str) -> str:
    """Return the name of a parameter or an intervention as a label: "Merit protection"."""
    return "None" if path == "none" else capital(plain(path.rpartition(".")[2]))


def help_for(path: str, low: float | None = None, high: float | None = None) -> str:
    """Return the sentence that explains a parameter, with its unit and its range (or a narrower one)."""
    row = ROW[path]
    low, high = row.low if low is None else low, row.high if high is None else high
    span = f" {low:.10g} to {high:.10g} ({row.unit})." if low is not None and high is not None else ""
    return f"{row.description.rstrip('.')}.{span}"


def about_intervention(name: str) -> str:
    """Return what an intervention does."""
    found = offered()[name]
    if name == "none":
        return "Whatever form of engagement is open is closed."
    moves = [f"{label(path).lower()} becomes {value:g}" for path, value in found.set.items()]
    moves += [f"{label(path).lower()} moves by {value:+g}" for path, value in found.add.items()]
    said = note_of_form(name) if name in forms() else found.note or capital(", ".join(moves))
    return f"{said.rstrip('.')}."


def about_scenario(name: str) -> str:
    """Return in one sentence what a scenario starts from."""
    base = scenario_parameters(name)
    form = plain(base.engagement.form) if base.engagement.opened else "no form of engagement"
    opens = f", which opens in month {base.engagement.start}" if base.engagement.opened else ""
    trends = f" Trends: {', '.join(plain(trend.name) for trend in base.trends)}." if base.trends else ""
    return (
        f"Patronage money {base.incentives.patronage:g}, merit protection {base.incentives.merit_protection:g}; "
        f"{form}{opens}.{trends}"
    )


@cache
def glossary() -> tuple[Entry, ...]:
    """List every term of the dashboard in alphabetical order."""
    entries = [Entry(term, "Idea", text) for term, text in _IDEAS]
    entries += [
        Entry(label(option.name.lower()), f"What {who} do", MEANINGS[option.name])
        for who, options in _CHOICES.items()
        for option in options
    ]
    entries += [
        Entry(label(measure.name), "Measure", f"{measure.description} ({unit(measure)}).") for measure in MEASURES
    ]
    entries += [Entry(label(name), "Scenario", about_scenario(name)) for name in scenarios()]
    entries += [
        Entry(label(name), "Form of engagement" if name in forms() else "Intervention", about_intervention(name))
        for name in offered()
    ]
    entries += [
        Entry(label(row.path), f"Parameter {row.path}", help_for(row.path))
        for row in parameter_table()
        if row.role in {"setting", "start"} and row.low is not None
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.term.lower(), entry.kind)))
