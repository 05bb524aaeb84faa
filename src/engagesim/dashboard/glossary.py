"""The words of the dashboard: labels, and explanations of all terms, measures, parameters and choices.

Explanations that exist elsewhere in the project are reused: the tables of parameters and measures, the vocabulary,
and the notes of forms and interventions.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from engagesim.dashboard.society_request import forms, offered, scenario_parameters, scenarios
from engagesim.measures import MEASURES, Measure
from engagesim.parameters import Parameters, Row, parameter_table
from engagesim.report.text import MEASURE, capital, plain
from engagesim.rules.vocabulary import MEANINGS, Response, Stance, Strategy

ROW: dict[str, Row] = {row.path: row for row in parameter_table()}
"""Each parameter by its path."""

IDEAS = {
    "Agent": "A citizen, an official or a politician.",
    "95 %, all together": (
        "In 95 % of repetitions, all intervals of the table contain their true values at once. This interval is wider "
        "than that of one difference alone, and it decides the verdict."
    ),
    "95 %, alone": "In 95 % of repetitions, this one interval contains its true value, whatever the others contain.",
    "Agreement": (
        "A kept promise creates an agreement between the users of a service point and its official. It holds while the "
        "official responds in earnest and users stay organised."
    ),
    "Coalition": (
        "A district has a coalition while it includes a politician who sponsors engagement, the manager, enough "
        "providers, and enough organised citizens at their service points. It ends at once if the politician "
        "leaves, and after some months if any of the others is missing. After twelve months it counts as lasting."
    ),
    "Dispute": "Users of a service point have made a demand that no kept promise has met. It lasts until they give up.",
    "Context": "The society in which packages are compared: a scenario, or a society drawn from uncertain settings.",
    "District": "A place with one service, one politician, one manager, and providers who each serve some citizens. "
    "Texts and figures number districts from 1; configs, people files and stored tables from 0.",
    "Form of engagement": "A way to take part: answer a survey, speak in a meeting, decide in a committee …",
    "Intervention": "A planned change: from a given month on, it sets or shifts settings of a society, at a cost.",
    "Mean": "The average over the completed runs of a point.",
    "Month": (
        "The time step of the model: people organise, bargain, choose, meet and learn, and coalitions form, stand or "
        "end. Texts and figures count months from 1; configs, links and stored tables count them from 0."
    ),
    "Organisation": (
        "Users of one service point who organise: they join, some lead, and together they make demands. "
        "Membership lasts, whereas taking part is a choice made each month."
    ),
    "Package": "Interventions carried out together. A comparison shows their effect relative to doing nothing.",
    "Point": "One combination of values in a study. Each point is simulated with several seeds.",
    "Run": "One society simulated from the first month to the last; in a study, one point with one seed.",
    "Scenario": "The society that a simulation starts from: its settings, its people, and its planned changes.",
    "Seed": "The number that fixes all random draws. The same seed gives the same history; another seed gives another.",
    "Spread": "The standard deviation over the completed runs of a point: how much the runs differ by chance.",
    "Trust": "Citizens' belief that the state responds; the literature calls it external efficacy.",
    "Efficacy": "Citizens' belief that one way to engage works for them; the literature calls it internal efficacy.",
    "Engage": 'To collaborate or to confront. "Take part" means to engage in the form that is open.',
    "Verdict": (
        "Better or worse (higher or lower if neither direction is good in itself): the whole joint interval lies "
        "beyond the negligible range. Negligible: it lies within that range. Unclear: neither is true."
    ),
    "Worth of an option": (
        "The sum of its terms, where 1 is the value of services improving from worst to best. The more an option is "
        "worth relative to the others, the likelier people are to choose it; chance decides the rest."
    ),
}
"""Terms that no table of the project explains."""

REASONS = {
    "gain": "What getting something done is worth, times the believed chance of success.",
    "solidarity": "The worth of standing by contacts who engage.",
    "cost": "The time needed to take part, or the barrier if no form of engagement is open.",
    "anger": "Anger about services below expectations, among people who do not trust the state to respond.",
    "risk": "Repression and other costs of confronting, which are smaller if many engage or a coalition gives cover.",
    "favour": "What a favour is worth, times the belief that the patron delivers.",
    "stigma": "The shame of selling one's vote: greater for educated people, smaller among clients.",
    "rents": "Private gain from the post for an official who does not respond in earnest.",
    "exposure": "The cost of being seen not to respond.",
    "experience": "What this option has brought the official or politician before.",
    "effort": "Work that the response takes, which grows with the caseload.",
    "drive": "Motivation to serve, which rises with morale and room to decide.",
    "voice": "Useful information from citizens who collaborate.",
    "pressure": (
        "How superiors influence a response: patrons, and managers who resist, press their subordinates not to "
        "respond; sponsors, and managers who respond, back those who do."
    ),
    "bond": "What binds an official to respond: an agreement with users, or membership in the coalition.",
    "joint_gain": "What citizens contribute to a decision that officials share with them.",
    "practice": "Know-how from earlier joint work.",
    "machine": "Votes that patronage brings.",
    "quiet": "The worth of not interfering in the service.",
    "credit": "Credit that sponsoring brings a politician who believes in reform.",
    "organised_support": "Support of the district's organised citizens, as far as it reaches the politician.",
}
"""The terms that make up the worth of an option."""

_CHOICES = {"citizens": tuple(Strategy), "officials": tuple(Response), "politicians": tuple(Stance)}

_WRITTEN = {
    "cocreate": "co-create",
    "client": "are clients",
    "token": "give a token response",
    "patronage": "run on patronage",
    "arms_length": "keep at arm's length",
}
"""Verbs to follow "who" for strategies, responses and stances whose names do not read well there."""


class Entry(NamedTuple):
    """One entry of the glossary."""

    term: str
    kind: str
    text: str


def short(name: str) -> str:
    """Return the verb for a strategy, response or stance, in one to four words that can follow "who"."""
    return _WRITTEN.get(name, name)


def label(path: str) -> str:
    """Return the name of a parameter, a measure or an intervention as a label: "Merit protection"."""
    return "None" if path == "none" else capital(plain(path.rpartition(".")[2]))


def about_option(name: str) -> str:
    """Return the meaning of a strategy, response or stance."""
    return MEANINGS[name.upper()]


def about_measure(measure: Measure) -> str:
    """Return the description of a measure, with its unit."""
    return f"{measure.description} ({measure.unit})."


def measure_options(measures: Iterable[Measure]) -> list[tuple[str, str, str]]:
    """Return the name, label and meaning of measures to choose from."""
    return [(each.name, label(each.name), about_measure(each)) for each in measures]


class Span(NamedTuple):
    """The values that a control of a parameter can have."""

    low: float
    high: float
    step: float
    is_whole: bool


def span_of(path: str, most: Mapping[str, float]) -> Span:
    """Return the values that a control of a parameter can have; ``most`` has stricter upper limits for some."""
    row = ROW[path]
    low, high = _LEAST.get(path, row.low or 0.0), most.get(path, row.high or 1.0)
    is_whole = isinstance(row.default, int)
    return Span(low, high, 1 if is_whole else 0.5 if high > 10 else 0.01, is_whole)


_LEAST = {"population.citizens": 50}


def about_parameter(path: str, low: float | None = None, high: float | None = None) -> str:
    """Return the sentence that explains a parameter, with its unit and its range (or a narrower range)."""
    row = ROW[path]
    low, high = row.low if low is None else low, row.high if high is None else high
    span = f"{low:.10g} to {high:.10g}" if low is not None and high is not None else ""
    ending = f" {span}." if span == row.unit else f" {span} ({row.unit})." if span else ""
    return f"{row.description.rstrip('.')}.{ending}"


def about_intervention(name: str) -> str:
    """Return a description of what an intervention does."""
    found = offered()[name]
    if name == "none":
        return "Closes the form of engagement that is open."
    moves = [f"{label(path).lower()} becomes {value:g}" for path, value in found.set.items()]
    moves += [f"{label(path).lower()} moves by {value:+g}" for path, value in found.add.items()]
    text = found.note or capital(", ".join(moves))
    return f"{text.rstrip('.')}."


def opening(parameters: Parameters) -> str:
    """Return which form of engagement a society opens, and in which month (from 1); empty if it opens none."""
    plan = parameters.engagement
    return f"{capital(plain(plan.form))} opens in month {plan.start + 1}" if plan.opened else ""


def about_scenario(name: str) -> str:
    """Return a short description of how a scenario starts."""
    base = scenario_parameters(name)
    trends = f" Trends: {', '.join(plain(trend.name) for trend in base.trends)}." if base.trends else ""
    return (
        f"Patronage {base.incentives.patronage:g}, merit protection {base.incentives.merit_protection:g}. "
        f"{opening(base) or 'No form of engagement opens'}.{trends}"
    )


def tooltip(term: str) -> str:
    """Return the meaning of a term in a column heading or a sentence; empty if it needs no explanation."""
    return IDEAS.get(term) or (about_measure(MEASURE[term]) if term in MEASURE else "")


@cache
def glossary() -> tuple[Entry, ...]:
    """List every term of the dashboard in alphabetical order."""
    entries = [Entry(term, "Idea", text) for term, text in IDEAS.items()]
    entries += [Entry(label(term), "Reason for a choice", text) for term, text in REASONS.items()]
    entries += [
        Entry(label(option.name.lower()), f"What {who} do", MEANINGS[option.name])
        for who, options in _CHOICES.items()
        for option in options
    ]
    entries += [Entry(label(measure.name), "Measure", about_measure(measure)) for measure in MEASURES]
    entries += [Entry(label(name), "Scenario", about_scenario(name)) for name in scenarios()]
    entries += [
        Entry(label(name), "Form of engagement" if name in forms() else "Intervention", about_intervention(name))
        for name in offered()
    ]
    entries += [
        Entry(label(row.path), f"Parameter {row.path}", about_parameter(row.path))
        for row in parameter_table()
        if row.role in {"setting", "start"} and row.low is not None
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.term.lower(), entry.kind)))
