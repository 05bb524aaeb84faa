"""The events and results of a run in words, for policymakers; months count from 1."""

from typing import NamedTuple

import pandas as pd

from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.parameters.engagement import Worst
from engagesim.policy import districts_reached
from engagesim.report.text import (
    CAUSES,
    act,
    capital,
    counted_in,
    is_opened,
    listed,
    month_name,
    percent,
    plain,
    several,
)
from engagesim.study.argument_checks import checked

_YEAR = 12
_SLIGHT = 0.01
"""Smallest difference, on scales from 0 to 1, that is mentioned."""
_NOTABLE = 0.05
"""Smallest gap in quality that is not called slight."""

_RESPONSES = ("resist", "token", "accommodate", "cocreate")
_THIRDS = ("high_education", "low_education", "most_vulnerable", "least_vulnerable")
_STANCES = ("patronage", "arms_length", "sponsor")


class _Run(NamedTuple):
    """A run, and the number of months averaged at its start and at its end."""

    metrics: pd.DataFrame
    parameters: Parameters
    window: int

    @property
    def start(self) -> pd.DataFrame:
        return self.metrics.iloc[: self.window]

    @property
    def end(self) -> pd.DataFrame:
        return self.metrics.iloc[-self.window :]

    @property
    def last(self) -> "pd.Series[float]":
        return self.metrics.iloc[-1]


def describe_run(metrics: pd.DataFrame, parameters: Parameters) -> list[str]:
    """Describe in plain words what happened in a run.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The measures of each month, as in ``EngagementModel.metrics``; at least one month.
    parameters : Parameters
        Parameters of the society.

    Returns
    -------
    list of str
        One or two sentences on each topic; every number comes from ``metrics`` or ``parameters``.

    Raises
    ------
    ParameterError
        If there is no month, or if a measure is missing.
    """
    checked(parameters, Parameters, "parameters")
    missing = [name for name in MEASURE_NAMES if name not in checked(metrics, pd.DataFrame, "metrics")]
    if missing or metrics.empty:
        wanted = "a row or more with every measure, as EngagementModel.metrics has them"
        lacking = f"{missing[0]} is missing" if missing else "there is no month"
        raise ParameterError(f"metrics: must be {wanted}; {lacking}")
    # If a run is shorter than two years, its halves are compared, so that start and end share no month.
    run = _Run(metrics, parameters, max(1, min(_YEAR, len(metrics) // 2)))
    return [
        _initiative(run),
        _coalition(run),
        _organisation(run),
        _bargains(run),
        _quality(run),
        _participation(run),
        _participants(run),
        _beliefs(run),
        _shares(run, "Officials", _RESPONSES) + f" Their morale (0 to 1) {_moved(run, 'morale')}.",
        f"{_shares(run, 'Politicians', _STANCES)} {_elections(run)}",
        *_before_and_after(run),
        _reading(run),
    ]


def _initiative(run: _Run) -> str:
    engagement, months = run.parameters.engagement, len(run.metrics)
    form, others = capital(plain(engagement.form)), _others(run)
    if engagement.opened <= 0:
        return f"No form of engagement opened.{others}"
    if not is_opened(run.parameters, months):
        return f"{form} was to open in {month_name(engagement.start)}, after the end of this run.{others}"
    is_closed = engagement.stop is not None and engagement.stop < months
    closed = f" and closed in {month_name(engagement.stop or 0)}" if is_closed else ""
    return f"{form} opened in {month_name(engagement.start)} in {_where(run.parameters)}{closed}.{others}"


def _others(run: _Run) -> str:
    begun = [entry for entry in run.parameters.interventions if entry.start < len(run.metrics)]
    names = [f"{plain(entry.name)} (from {month_name(entry.start)})" for entry in begun]
    return f" Other interventions: {', '.join(names)}." if names else ""


def _where(parameters: Parameters) -> str:
    where, districts = parameters.engagement.where, parameters.population.districts
    if where == "all":
        return "all districts"
    words = f"{districts_reached(where, districts)} of {districts} districts"
    return f"the worst {words}" if isinstance(where, Worst) else words


def _coalition(run: _Run) -> str:
    districts = run.parameters.population.districts
    formed = round(run.metrics["coalition_births"].sum() * districts)
    if not formed:
        return "No district formed a coalition of its politician, its manager, providers and organised citizens."
    lasting = (
        f"one that lasts {several(run.parameters.coalitions.persistence, 'month')} or more formed in "
        f"{counted_in(run.last['coalition_ever'], districts)} districts"
    )
    times = "once" if formed == 1 else f"{formed} times"
    return f"A coalition formed {times} over all districts; {lasting}. {_standing(run)}{_ended(run)}"


def _standing(run: _Run) -> str:
    last, districts = run.last, run.parameters.population.districts
    if last["coalition_districts"] <= 0:
        return "No coalition stands at the end."
    return (
        f"At the end, a coalition stands in {counted_in(last['coalition_districts'], districts)} districts, for "
        f"{several(round(last['coalition_age']), 'month')} on average, with {percent(last['coalition_citizens'])} of "
        f"all citizens and {percent(last['coalition_officials'])} of all officials."
    )


def _ended(run: _Run) -> str:
    districts = run.parameters.population.districts
    ends = {cause: round(run.metrics[name].sum() * districts) for name, cause in CAUSES.items()}
    causes = [f"{cause} ({count})" for cause, count in sorted(ends.items(), key=lambda end: -end[1]) if count]
    return f" Coalitions ended because {', '.join(causes)}." if causes else ""


def _organisation(run: _Run) -> str:
    end = run.end.mean()
    return (
        f"At the end, {percent(end['members'])} of citizens belong to an organisation of users, and "
        f"{percent(end['leaders'])} lead one. Users and their official are in dispute at {percent(end['disputes'])} of "
        f"service points, and have an agreement at {percent(end['agreements'])}."
    )


def _bargains(run: _Run) -> str:
    population = run.parameters.population
    points = population.districts * population.providers
    names = ("demands", "promises", "promises_kept", "promises_broken", "confrontations")
    made, promised, kept, broken, called = (round(run.metrics[name].sum() * points) for name in names)
    return (
        f"Over the run, organised users made {several(made, 'demand')} and called {several(called, 'time')} for "
        f"confrontation. Officials made {several(promised, 'promise')}; they kept {kept:,} and broke {broken:,}."
    )


def _elections(run: _Run) -> str:
    districts = run.parameters.population.districts
    held = round(run.metrics["elections"].sum() * districts)
    if not held:
        return "No election was held."
    won = round((run.metrics["reelected"] * run.metrics["elections"]).sum() * districts)
    settings = [entry.set | entry.add for entry in run.parameters.interventions]
    may_fall = run.parameters.incentives.ousting > 0 or any("incentives.ousting" in each for each in settings)
    upsets = " or upsets between elections" if may_fall else ""  # the measure counts both
    return f"Politicians were re-elected in {won} of {several(held, 'election')}{upsets}."


def _quality(run: _Run) -> str:
    return f"Service quality (0 to 1) {_moved(run, 'quality')}. {_gap(run)}"


def _gap(run: _Run) -> str:
    """State who gets better services, the least or the most vulnerable third."""
    before, after = (float(part["quality_gap"].mean()) for part in (run.start, run.end))
    same = abs(after - before) < _SLIGHT
    gap = f"gap {abs(after):.2f}, as at the start" if same else f"gap {after:+.2f}, {before:+.2f} at the start"
    if abs(after) < _SLIGHT:
        return f"The better-off and the poorest third get about the same services ({gap})."
    first, second = ("better-off", "poorest") if after > 0 else ("poorest", "better-off")
    return f"The {first} third gets {'slightly ' * (abs(after) < _NOTABLE)}better services than the {second} ({gap})."


def _beliefs(run: _Run) -> str:
    return (
        f"Citizens' trust that the state responds (0 to 1) {_moved(run, 'trust')}; their belief that collaborating "
        f"works {_moved(run, 'efficacy_collaborate')}, and their belief that confronting works "
        f"{_moved(run, 'efficacy_confront')}."
    )


def _moved(run: _Run, name: str) -> str:
    before, after = float(run.start[name].mean()), float(run.end[name].mean())
    if abs(after - before) < _SLIGHT:
        return f"stayed at {after:.2f}"
    return f"{'rose' if after > before else 'fell'} from {before:.2f} to {after:.2f}"


def _participation(run: _Run) -> str:
    end = run.end.mean()
    ways = " and ".join(f"{percent(end[name])} {act(name)}" for name in ("collaborate", "confront"))
    clients = f"{percent(end['client'])} {act('client')}"
    year = f"{percent(run.last['taken_part'])} have taken part and {percent(run.last['protested'])} have confronted"
    return (
        f"In an average month at the end, {percent(end['engaged'])} of citizens engage ({ways}), and {clients}; within "
        f"the last twelve months, {year}."
    )


def _participants(run: _Run) -> str:
    end = run.end
    if end["engaged"].sum() <= 0:
        return "Nobody engages at the end."
    shares = {name: percent(end[f"engaged_{name}"].mean()) for name in _THIRDS}
    education = _against_all(end, "education_of_engaged", "educated")
    vulnerability = _against_all(end, "vulnerability_of_engaged", "poor")
    return (
        f"Compared with all citizens, those who engage are {education} and {vulnerability}: "
        f"{shares['high_education']} of the most and {shares['low_education']} of the least educated third engage, "
        f"and {shares['most_vulnerable']} of the poorest and {shares['least_vulnerable']} of the better-off third."
    )


def _against_all(end: pd.DataFrame, name: str, trait: str) -> str:
    """Compare citizens who engage with all citizens, weighting each month by the number who engage."""
    difference = float((end[name] * end["engaged"]).sum() / end["engaged"].sum())
    if abs(difference) < _SLIGHT:
        return f"about as {trait}"
    more = "poorer" if trait == "poor" else f"more {trait}"
    return f"{more if difference > 0 else f'less {trait}'} ({difference:+.2f})"


def _shares(run: _Run, whose: str, names: tuple[str, ...]) -> str:
    end = run.end.mean()
    return f"{whose}: {listed([f'{percent(end[name])} {act(name)}' for name in names])}."


def _before_and_after(run: _Run) -> list[str]:
    engagement = run.parameters.engagement
    if not is_opened(run.parameters, len(run.metrics)) or engagement.start == 0:
        return []
    before = run.metrics.iloc[max(0, engagement.start - _YEAR) : engagement.start]
    after = run.metrics.iloc[engagement.start :].iloc[-_YEAR:]
    first, last = before.mean(), after.mean()
    responsive = [percent(half["accommodate"] + half["cocreate"]) for half in (first, last)]
    engaged, clients = ([percent(half[name]) for half in (first, last)] for name in ("engaged", "client"))
    return [
        f"From the {_months(before)} before {plain(engagement.form)} opened to the last {_months(after)} of the run, "
        f"quality went from {first['quality']:.2f} to {last['quality']:.2f}, the share of citizens who engage from "
        f"{engaged[0]} to {engaged[1]}, of clients from {clients[0]} to {clients[1]}, and of officials who accommodate "
        f"or co-create from {responsive[0]} to {responsive[1]}."
    ]


def _months(part: pd.DataFrame) -> str:
    return several(len(part), "month")


def _reading(run: _Run) -> str:
    averaged = (
        f"means of the first and the last {run.window} months"
        if run.window > 1
        else "those of the first and the last month"
    )
    return (
        f"Numbers at the start and at the end are {averaged}. One run is one draw of chance, and another seed gives "
        "another history. To learn what an intervention does, compare many runs with and without it."
    )
