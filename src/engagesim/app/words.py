"""Texts of the dashboard, put together from what the rest of the project says of itself: labels, help, glossary."""

from functools import cache
from typing import NamedTuple

from engagesim.app.asked import base_of, forms, offered, scenarios
from engagesim.measures import MEASURES
from engagesim.parameters import Row, parameter_table
from engagesim.report.phrases import act, capital, plain, unit
from engagesim.rules.vocabulary import Response, Stance, Strategy

ROW: dict[str, Row] = {row.path: row for row in parameter_table()}
"""Each parameter by its path."""

_KINDS = (("Citizens", Strategy), ("Officials", Response), ("Politicians", Stance))

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


_WRITTEN = {
    "cocreate": "co-create",
    "arms_length": "arm's length",
    "client": "are clients",
    "token": "respond in token",
}


class Entry(NamedTuple):
    """One entry of the glossary."""

    term: str
    kind: str
    text: str


def short(name: str) -> str:
    """Return the name of a strategy, response or stance as people write it: "arm's length"."""
    return _WRITTEN.get(name, name.replace("_", " "))


def label(path: str) -> str:
    """Return the name of a parameter or an intervention as a label: "Merit protection"."""
    return capital(plain(path.rpartition(".")[2]))


def help_for(path: str, low: float | None = None, high: float | None = None) -> str:
    """Return the sentence that explains a parameter, with its unit and its range (or a narrower one)."""
    row = ROW[path]
    low, high = row.low if low is None else low, row.high if high is None else high
    span = f" {low:.10g} to {high:.10g} ({row.unit})." if low is not None and high is not None else ""
    return f"{row.description.rstrip('.')}.{span}"


def about_intervention(name: str) -> str:
    """Return what an intervention does."""
    found = offered()[name]
    moves = ", ".join(f"{label(path).lower()} to {value:g}" for path, value in found.set.items())
    adds = ", ".join(f"{label(path).lower()} by {value:+g}" for path, value in found.add.items())
    said = found.note or (f"Moves {moves or adds}." if moves or adds else "Nothing is done.")
    return f"{said.rstrip('.')}."


def about_scenario(name: str) -> str:
    """Return in one sentence what a scenario starts from."""
    base = base_of(name)
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
    for who, acts in _KINDS:
        entries += [
            Entry(
                capital(short(member.name.lower())), f"What {who.lower()} do", f"{who} who {act(member.name.lower())}."
            )
            for member in acts
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
