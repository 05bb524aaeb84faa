"""What happened in a run, in words for those who decide on policy."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.parameters.engagement import Worst
from engagesim.policy import districts_reached
from engagesim.report.text import act, capital, counted, is_opened, percent, plain
from engagesim.study.argument_checks import checked

_YEAR = 12
_SLIGHT = 0.01
"""On scales from 0 to 1, differences below this are not worth a word."""

_RESPONSES = ("resist", "token", "accommodate", "cocreate")
_THIRDS = ("high_education", "low_education", "most_vulnerable", "least_vulnerable")
_STANCES = ("patronage", "arms_length", "sponsor")


class _Run(NamedTuple):
    """A run, and how many months at its start and at its end are averaged."""

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
    """Say in plain words what happened in a run.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The measures of each month, as in ``EngagementModel.metrics``; at least one month.
    parameters : Parameters
        What the society was made of.

    Returns
    -------
    list of str
        A sentence or two on each matter; every number comes from ``metrics`` or ``parameters``.

    Raises
    ------
    ParameterError
        Where there is no month, or a measure is missing.
    """
    checked(parameters, Parameters, "parameters")
    missing = [name for name in MEASURE_NAMES if name not in checked(metrics, pd.DataFrame, "metrics")]
    if missing or metrics.empty:
        wanted = "a row or more with every measure, as EngagementModel.metrics has them"
        lacking = f"{missing[0]} is missing" if missing else "there is no month"
        raise ParameterError(f"metrics: must be {wanted}; {lacking}")
    # Where a run is shorter than two years its halves are compared, so that start and end share no month.
    run = _Run(metrics, parameters, max(1, min(_YEAR, len(metrics) // 2)))
    return [
        _initiative(run),
        _coalition(run),
        _quality(run),
        _participation(run),
        _participants(run),
        _beliefs(run),
        _shares(run, "Officials", _RESPONSES) + f" Their morale (0 to 1) {_moved(run, 'morale')}.",
        _shares(run, "Politicians", _STANCES),
        *_before_and_after(run),
        _reading(run),
    ]


def _initiative(run: _Run) -> str:
    engagement, months = run.parameters.engagement, len(run.metrics)
    form, others = capital(plain(engagement.form)), _others(run)
    if engagement.opened <= 0:
        return f"No form of engagement was opened.{others}"
    if not is_opened(run.parameters, months):
        return f"{form} was to open in month {engagement.start}, after the end of this run.{others}"
    is_closed = engagement.stop is not None and engagement.stop < months
    closed = f" and closed in month {engagement.stop}" if is_closed else ""
    return f"{form} opened in month {engagement.start} in {_where(run.parameters)}{closed}.{others}"


def _others(run: _Run) -> str:
    begun = [entry for entry in run.parameters.interventions if entry.start < len(run.metrics)]
    listed = ", ".join(f"{plain(entry.name)} (from month {entry.start})" for entry in begun)
    return f" Other measures: {listed}." if listed else ""


def _where(parameters: Parameters) -> str:
    where, districts = parameters.engagement.where, parameters.population.districts
    if where == "all":
        return "all districts"
    words = f"{districts_reached(where, districts)} of {districts} districts"
    return f"the worst {words}" if isinstance(where, Worst) else words


def _coalition(run: _Run) -> str:
    if run.last["coalition_formed"] < 1:
        return _no_coalition(run)
    formed = f"A broad coalition formed in month {int(run.last['coalition_month'])}"
    if run.last["coalition_age"] > 0:
        return f"{formed}; in the last month {_membership(run)}."
    held = np.flatnonzero(run.metrics["coalition_age"].to_numpy() > 0)
    needed = percent(run.parameters.coalitions.minimum_share)
    return (
        f"{formed} and did not last: month {held[-1]} was the last with {needed} of all agents "
        f"in it; in the last month of the run {_membership(run)}."
    )


def _membership(run: _Run) -> str:
    last, districts = run.last, run.parameters.population.districts
    if last["coalition_share"] <= 0:
        return "nobody belongs to one"
    return (
        f"it holds {percent(last['coalition_citizens'])} of citizens, {percent(last['coalition_officials'])} of "
        f"officials and {counted(last['coalition_politicians'], districts)} politicians, and joins citizens with "
        f"officials in {counted(last['coalition_breadth'], districts)} districts"
    )


def _no_coalition(run: _Run) -> str:
    shares, needed = run.metrics["coalition_share"], run.parameters.coalitions
    none = "No broad coalition formed"
    if shares.max() <= 0:
        return f"{none}: in no month did citizens, officials and politicians stand together in one."
    longest = int(run.metrics["coalition_age"].max())
    spell = f"; the longest such spell was {longest} months" if longest else ""
    month = int(shares.to_numpy().argmax())
    return (
        f"{none}: the largest, in month {month}, held {percent(float(shares.max()))} of all agents, where "
        f"it takes {percent(needed.minimum_share)} for {needed.persistence} months in a row{spell}."
    )


def _quality(run: _Run) -> str:
    return (
        f"Service quality (0 to 1) {_moved(run, 'quality')}. The lead of the least over the most vulnerable third in "
        f"the quality they receive {_moved(run, 'quality_gap')}."
    )


def _beliefs(run: _Run) -> str:
    return (
        f"Citizens' trust that officials will respond (0 to 1) {_moved(run, 'trust')}; their confidence in engaging "
        f"constructively {_moved(run, 'efficacy_collaborate')}, in confronting {_moved(run, 'efficacy_confront')}."
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
    return f"Of all citizens {percent(end['engaged'])} engage in a month ({ways}), and {clients}."


def _participants(run: _Run) -> str:
    end = run.end
    if end["engaged"].sum() <= 0:
        return "Nobody engages at the end, so there is nothing to say of who does."
    shares = {name: percent(end[f"engaged_{name}"].mean()) for name in _THIRDS}
    education = _against_all(end, "education_of_engaged", "educated")
    vulnerability = _against_all(end, "vulnerability_of_engaged", "vulnerable")
    return (
        f"Those who engage, against citizens at large, are {education} and {vulnerability}: "
        f"{shares['high_education']} of the most and {shares['low_education']} of the least educated third engage, "
        f"{shares['most_vulnerable']} of the most and {shares['least_vulnerable']} of the least vulnerable third."
    )


def _against_all(end: pd.DataFrame, name: str, trait: str) -> str:
    """Compare the engaged with everybody; a month counts by how many engage in it, an empty one not at all."""
    difference = float((end[name] * end["engaged"]).sum() / end["engaged"].sum())
    if abs(difference) < _SLIGHT:
        return f"about as {trait}"
    return f"{'more' if difference > 0 else 'less'} {trait} ({difference:+.2f})"


def _shares(run: _Run, whose: str, names: tuple[str, ...]) -> str:
    end = run.end.mean()
    return f"{whose}: {', '.join(f'{percent(end[name])} {act(name)}' for name in names)}."


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
        f"Before {plain(engagement.form)} opened ({_months(before)} before it) and since (the last {_months(after)}): "
        f"quality {first['quality']:.2f} and {last['quality']:.2f}; citizens who engage {engaged[0]} and {engaged[1]}, "
        f"who are clients {clients[0]} and {clients[1]}; officials who accommodate or co-create {responsive[0]} and "
        f"{responsive[1]}."
    ]


def _months(part: pd.DataFrame) -> str:
    return f"{len(part)} months" if len(part) > 1 else "1 month"


def _reading(run: _Run) -> str:
    averaged = (
        f"means of the first and the last {run.window} months"
        if run.window > 1
        else "those of the first and the last month"
    )
    return (
        f"Numbers at the start and at the end are {averaged}. One run is one draw: another seed gives another history, "
        "and only many runs with and without a measure tell what it does."
    )
