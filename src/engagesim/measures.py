"""The measures observed each month, each defined once with its unit, meaning and formula.

A tally is a sum over agents in the order of their numbers, so both engines get the same bits.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engagesim.month import MONTH
from engagesim.month.steps import Each
from engagesim.rules.vocabulary import ENDINGS, Ending
from engagesim.society.state import Entity

TALLIES = tuple(
    name for entry in MONTH["observe"] if isinstance(entry, Each) for step in entry.steps for name in step.adds
)
"""Names of the monthly sums over agents (see :mod:`engagesim.month.tallies`), in the order of an engine's table."""

type Values = NDArray[np.float64]
type Tallied = Callable[[Any], Values]


class Measure(NamedTuple):
    """An observed quantity.

    Attributes
    ----------
    name : str
        Name of its column in every table.
    unit : str
        Unit or scale.
    description : str
        A phrase that describes the quantity.
    level : str
        What it is a share of, or a mean over: ``citizens``, ``officials``, ``districts``, ``resources`` …; ``coalition``
        for measures of coalitions.
    of : callable
        Function that returns the measure from the tallies of a month, by name, and the sizes of the society.
    """

    name: str
    unit: str
    description: str
    level: str
    of: Tallied


def _share(part: Values, whole: Values) -> Values:
    """Divide a count by a total; the share of an empty group is 0."""
    return part / np.maximum(whole, 1.0)


def _engaged(t: Any) -> Values:
    return t.collaborate + t.confront  # type: ignore[no-any-return]


def _per_citizen(name: str) -> Tallied:
    return lambda t: getattr(t, name) / t.citizens


def _per_official(name: str) -> Tallied:
    return lambda t: getattr(t, name) / t.officials


def _per_provider(name: str) -> Tallied:
    return lambda t: getattr(t, name) / t.providers


def _per_district(name: str) -> Tallied:
    return lambda t: getattr(t, name) / t.districts


def _group(part: str, whole: str) -> Tallied:
    return lambda t: _share(getattr(t, part), getattr(t, whole))


def _gap(t: Any) -> Values:
    least = _share(t.received_least_vulnerable, t.least_vulnerable)
    return least - _share(t.received_most_vulnerable, t.most_vulnerable)


def _because(cause: Ending) -> str:
    return f"Coalitions ended this month because {ENDINGS[cause]}"


_SHARE, _SCALE, _MONTHLY = "share", "0 to 1", "per district and month"
_CITIZENS, _OFFICIALS, _POLITICIANS = "citizens", "officials", "politicians"
_RELATIONS, _DISTRICTS, _COALITION = "service points", "districts", "coalition"

MEASURES = (
    Measure("quality", _SCALE, "Service quality, mean over districts", _DISTRICTS, _per_district("quality")),
    Measure("quality_spread", _SCALE, "Standard deviation of service quality over districts", _DISTRICTS,
            lambda t: np.sqrt(t.quality_deviation / t.districts)),
    Measure("quality_gap", _SCALE, "Quality received by the least vulnerable third, minus that received by the most vulnerable third", _CITIZENS, _gap),
    Measure("quality_least_vulnerable", _SCALE, "Quality received by the least vulnerable third", _CITIZENS,
            _group("received_least_vulnerable", "least_vulnerable")),
    Measure("quality_most_vulnerable", _SCALE, "Quality received by the most vulnerable third", _CITIZENS,
            _group("received_most_vulnerable", "most_vulnerable")),
    Measure("wellbeing", _SCALE, "What the service does for people's lives, mean over districts", _DISTRICTS, _per_district("wellbeing")),
    Measure("unserved", _SHARE, "Citizens whose routine need is not met", _CITIZENS, _per_citizen("unserved")),
    Measure("unserved_least_vulnerable", _SHARE, "Citizens of the least vulnerable third whose routine need is not met", _CITIZENS,
            _group("unserved_least_vulnerable", "least_vulnerable")),
    Measure("unserved_most_vulnerable", _SHARE, "Citizens of the most vulnerable third whose routine need is not met", _CITIZENS,
            _group("unserved_most_vulnerable", "most_vulnerable")),
    Measure("diversion", _SHARE, "Share of the service's resources that is diverted, mean over districts", "resources", _per_district("diversion")),
    Measure("diversion_wages", _SHARE, "Share of wages that is diverted, mean over districts", "wages", _per_district("diversion_wages")),
    Measure("diversion_materials", _SHARE, "Share of materials that is diverted, mean over districts", "materials", _per_district("diversion_materials")),
    Measure("waived", _SHARE, "Monitoring penalties that superiors waive, mean over districts", "penalties", _per_district("waived")),
    Measure("resources", "1 = usual caseload", "Resources of the services", _DISTRICTS, _per_district("resources")),
    Measure("cover", _SCALE, "Protection by coalitions, mean over districts", _DISTRICTS, _per_district("cover")),
    Measure("asked", _SHARE, "Citizens asked to take part", _CITIZENS, _per_citizen("asked")),
    Measure("engaged", _SHARE, "Citizens who engage: collaborate or confront", _CITIZENS, lambda t: _engaged(t) / t.citizens),
    Measure("abstain", _SHARE, "Citizens who abstain", _CITIZENS, lambda t: (t.citizens - _engaged(t) - t.client) / t.citizens),
    Measure("collaborate", _SHARE, "Citizens who collaborate", _CITIZENS, _per_citizen("collaborate")),
    Measure("confront", _SHARE, "Citizens who confront", _CITIZENS, _per_citizen("confront")),
    Measure("client", _SHARE, "Citizens who are clients, voting in return for a favour", _CITIZENS, _per_citizen("client")),
    Measure("taken_part", _SHARE, "Citizens who have engaged within the last twelve months", _CITIZENS, _per_citizen("engaged_this_year")),
    Measure("protested", _SHARE, "Citizens who have confronted an official within the last twelve months", _CITIZENS, _per_citizen("confronted_this_year")),
    Measure("satisfied", _SHARE, "Citizens who get about what they expect", _CITIZENS, _per_citizen("satisfied")),
    Measure("members", _SHARE, "Citizens who belong to an organisation of users", _CITIZENS, _per_citizen("members")),
    Measure("leaders", _SHARE, "Citizens who lead an organisation of users", _CITIZENS, _per_citizen("leaders")),
    Measure("belonging", "months", "Time since members joined an organisation, mean over members", _CITIZENS, _group("belonging", "members")),
    Measure("success_rate", _SHARE, "Engagement that got something done", "engagement", lambda t: _share(t.succeeded, _engaged(t))),
    Measure("favour_rate", _SHARE, "Clients who got their favour", "clients", lambda t: _share(t.favoured, t.client)),
    Measure("engaged_low_education", _SHARE, "Engagement in the least educated third", _CITIZENS, _group("low_education_engaged", "low_education")),
    Measure("engaged_high_education", _SHARE, "Engagement in the most educated third", _CITIZENS, _group("high_education_engaged", "high_education")),
    Measure("engaged_least_vulnerable", _SHARE, "Engagement in the least vulnerable third", _CITIZENS, _group("least_vulnerable_engaged", "least_vulnerable")),
    Measure("engaged_most_vulnerable", _SHARE, "Engagement in the most vulnerable third", _CITIZENS, _group("most_vulnerable_engaged", "most_vulnerable")),
    Measure("client_least_vulnerable", _SHARE, "Clients in the least vulnerable third", _CITIZENS, _group("least_vulnerable_client", "least_vulnerable")),
    Measure("client_most_vulnerable", _SHARE, "Clients in the most vulnerable third", _CITIZENS, _group("most_vulnerable_client", "most_vulnerable")),
    Measure("education_of_engaged", _SCALE, "Mean education of citizens who engage, minus that of all citizens", _CITIZENS,
            lambda t: _share(t.education_engaged, _engaged(t)) - (t.education / t.citizens) * (_engaged(t) > 0)),
    Measure("vulnerability_of_engaged", _SCALE, "Mean vulnerability of citizens who engage, minus that of all citizens", _CITIZENS,
            lambda t: _share(t.vulnerability_engaged, _engaged(t)) - (t.vulnerability / t.citizens) * (_engaged(t) > 0)),
    Measure("vulnerability_of_clients", _SCALE, "Mean vulnerability of clients, minus that of all citizens", _CITIZENS,
            lambda t: _share(t.vulnerability_client, t.client) - (t.vulnerability / t.citizens) * (t.client > 0)),
    Measure("again_after_success", _SHARE, "Successful first engagements that were repeated within a year", "first engagements",
            lambda t: _share(t.again_after_success, t.first_success)),
    Measure("again_after_failure", _SHARE, "Failed first engagements that were repeated within a year", "first engagements",
            lambda t: _share(t.again_after_failure, t.first_failure)),
    Measure("funnel_asked", _SHARE, "Citizens who have been asked, by anybody, or have taken part while a form was open", _CITIZENS, _per_citizen("funnel_asked")),
    Measure("funnel_engaged", _SHARE, "Citizens who have taken part while a form was open", _CITIZENS, _per_citizen("funnel_engaged")),
    Measure("funnel_responded", _SHARE, "Citizens who have had a real response, or success without one, while a form was open", _CITIZENS, _per_citizen("funnel_responded")),
    Measure("funnel_gained", _SHARE, "Citizens who have got something done while a form was open", _CITIZENS, _per_citizen("funnel_gained")),
    Measure("funnel_gained_again", _SHARE, "Citizens who have got something done more than once while a form was open", _CITIZENS, _per_citizen("funnel_gained_again")),
    Measure("aspiration", "quality", "Quality that citizens expect", _CITIZENS, _per_citizen("aspiration")),
    Measure("efficacy_collaborate", "believed chance", "Believed chance of getting something done by collaborating", _CITIZENS, _per_citizen("efficacy_collaborate")),
    Measure("efficacy_confront", "believed chance", "Believed chance of getting something done by confronting", _CITIZENS, _per_citizen("efficacy_confront")),
    Measure("trust", "believed chance", "Trust that the state responds", _CITIZENS, _per_citizen("trust")),
    Measure("reliance", "believed chance", "Belief that the patron delivers", _CITIZENS, _per_citizen("reliance")),
    Measure("resist", _SHARE, "Officials who resist", _OFFICIALS, _per_official("resist")),
    Measure("token", _SHARE, "Officials who give a token response", _OFFICIALS, _per_official("token")),
    Measure("accommodate", _SHARE, "Officials who accommodate", _OFFICIALS, _per_official("accommodate")),
    Measure("responsive", _SHARE, "Officials who respond in earnest: accommodate or co-create", _OFFICIALS,
            lambda t: (t.accommodate + t.cocreate) / t.officials),
    Measure("cocreate", _SHARE, "Officials who co-create", _OFFICIALS, _per_official("cocreate")),
    Measure("reform_minded", _SHARE, "Officials who are reform-minded", _OFFICIALS, _per_official("reform_minded")),
    Measure("turnover", _SHARE, "Posts of officials refilled this month", _OFFICIALS, _per_official("refilled")),
    Measure("tenure", "months", "Time that officials have been in their posts", _OFFICIALS, _per_official("tenure")),
    Measure("reconsidered", _SHARE, "Officials who reconsidered their way of working this month", _OFFICIALS, _per_official("reconsiders")),
    Measure("ability", _SCALE, "Ability of officials", _OFFICIALS, _per_official("ability")),
    Measure("supporter_premium", "odds", "Odds that a supporter of the governing party holds a post, relative to those of citizens in general", _OFFICIALS, _per_official("loyalty")),
    Measure("political_work", "share of time", "Time that officials spend on work for the patron", _OFFICIALS, _per_official("political_work")),
    Measure("morale", _SCALE, "Morale of officials", _OFFICIALS, _per_official("morale")),
    Measure("morale_reform_minded", _SCALE, "Morale of reform-minded officials", _OFFICIALS,
            lambda t: _share(t.morale_reform_minded, t.reform_minded)),
    Measure("morale_clientelist", _SCALE, "Morale of clientelist officials", _OFFICIALS,
            lambda t: _share(t.morale - t.morale_reform_minded, t.officials - t.reform_minded)),
    Measure("insight", "1 - error", "How well officials understand citizens' needs", _OFFICIALS, _per_official("insight")),
    Measure("practice", _SCALE, "Officials' know-how from joint work", _OFFICIALS, _per_official("practice")),
    Measure("load", "share of capacity", "Officials' caseload", _OFFICIALS, _per_official("load")),
    Measure("decision_share", _SHARE, "Part of decisions that citizens make: the form's influence, where officials share decisions", "decisions",
            _per_official("decision_share")),
    Measure("organisation", _SCALE, "How organised the users of service points are", _RELATIONS, _per_provider("organisation")),
    Measure("demands", "per service point and month", "Demands that users made this month", _RELATIONS, _per_provider("demands")),
    Measure("disputes", _SHARE, "Service points in dispute", _RELATIONS, _per_provider("disputes")),
    Measure("given_up", "per service point and month", "Demands that users gave up this month", _RELATIONS, _per_provider("given_up")),
    Measure("confrontations", "per service point and month", "Confrontations that organisations called for this month", _RELATIONS, _per_provider("called")),
    Measure("promises", "per service point and month", "Promises that officials made this month", _RELATIONS, _per_provider("promises")),
    Measure("promises_open", _SHARE, "Service points with an open promise", _RELATIONS, _per_provider("promises_open")),
    Measure("promises_kept", "per service point and month", "Promises kept this month", _RELATIONS, _per_provider("kept")),
    Measure("promises_broken", "per service point and month", "Promises broken this month", _RELATIONS, _per_provider("broken")),
    Measure("agreements", _SHARE, "Service points with an agreement", _RELATIONS, _per_provider("agreements")),
    Measure("reliability", "believed chance", "How far users believe that officials keep promises", _RELATIONS, _per_provider("reliability")),
    Measure("anger", _SCALE, "Anger of users over broken promises", _RELATIONS, _per_provider("anger_of_users")),
    Measure("threat", _SCALE, "Confrontation that officials expect", _RELATIONS, _per_provider("threat")),
    Measure("contributions", _SCALE, "Users' contributions that are not yet used up", _RELATIONS, _per_provider("contributions")),
    Measure("patronage", _SHARE, "Politicians who stand for patronage", _POLITICIANS, _per_district("patronage")),
    Measure("arms_length", _SHARE, "Politicians who keep at arm's length", _POLITICIANS, _per_district("arms_length")),
    Measure("sponsor", _SHARE, "Politicians who sponsor engagement", _POLITICIANS, _per_district("sponsor")),
    Measure("new_politicians", _SHARE, "Politicians replaced at the end of this month", _POLITICIANS, _per_district("new_politicians")),
    Measure("elections", _SHARE, "Districts with an election at the end of this month", _POLITICIANS, _per_district("elections")),
    Measure("reelected", _SHARE, "Incumbents re-elected this month, of those who faced an election", "incumbents", _group("reelected", "elections")),
    Measure("reelected_patrons", _SHARE, "Patrons re-elected this month, of those who faced an election", "patrons",
            _group("reelected_patrons", "elections_of_patrons")),
    Measure("in_office", "months", "Time that politicians have been in office", _POLITICIANS, _per_district("in_office")),
    Measure("approval", _SCALE, "Approval of politicians", _POLITICIANS, _per_district("approval")),
    Measure("orientation", _SCALE, "Orientation of politicians, from clientelist (0) to programmatic (1)", _POLITICIANS, _per_district("orientation")),
    Measure("coalition_share", _SHARE, "Agents who belong to a standing coalition", _COALITION,
            lambda t: (t.allied_citizens + t.allied_officials + t.allied_politicians) / t.agents),
    Measure("coalition_citizens", _SHARE, "Citizens who belong to a standing coalition", _COALITION, _per_citizen("allied_citizens")),
    Measure("coalition_officials", _SHARE, "Officials who belong to a standing coalition", _COALITION, _per_official("allied_officials")),
    Measure("coalition_politicians", _SHARE, "Politicians who belong to a standing coalition", _COALITION, _per_district("allied_politicians")),
    Measure("coalition_districts", _SHARE, "Districts with a standing coalition", _COALITION, _per_district("standing")),
    Measure("coalition_births", _MONTHLY, "Coalitions formed this month", _COALITION, _per_district("born")),
    Measure("coalition_ends", _MONTHLY, "Coalitions ended this month", _COALITION, _per_district("ended")),
    Measure("ended_by_election", _MONTHLY, _because(Ending.ELECTION), _COALITION, _per_district("ended_by_election")),
    Measure("ended_by_politician", _MONTHLY, _because(Ending.POLITICIAN_LEFT), _COALITION, _per_district("ended_by_politician")),
    Measure("ended_by_manager", _MONTHLY, _because(Ending.MANAGER_LEFT), _COALITION, _per_district("ended_by_manager")),
    Measure("ended_by_transfer", _MONTHLY, _because(Ending.TRANSFER), _COALITION, _per_district("ended_by_transfer")),
    Measure("ended_by_providers", _MONTHLY, _because(Ending.PROVIDERS_LEFT), _COALITION, _per_district("ended_by_providers")),
    Measure("ended_by_broken_promise", _MONTHLY, _because(Ending.BROKEN_PROMISE), _COALITION, _per_district("ended_by_broken_promise")),
    Measure("ended_by_exhaustion", _MONTHLY, _because(Ending.EXHAUSTION), _COALITION, _per_district("ended_by_exhaustion")),
    Measure("ended_by_success", _MONTHLY, _because(Ending.SUCCESS), _COALITION, _per_district("ended_by_success")),
    Measure("coalition_age", "months", "Age of standing coalitions, mean over coalitions", _COALITION, _group("standing_age", "standing")),
    Measure("coalition_ever", _SHARE, "Districts that have had a lasting coalition by now", _COALITION, _per_district("ever")),
    Measure("coalition_wait", "months", "Time that districts have waited for a lasting coalition, so far or until it formed", _COALITION, _per_district("waited")),
    Measure("coalition_formed", "0 or 1", "Whether a lasting coalition has formed by now in the first district, which represents any district", _COALITION, lambda t: t.first_formed + 0.0),
    Measure("coalition_month", "month", "Month in which a lasting coalition first formed in the first district, counted from 0; -1 if none has", _COALITION, lambda t: t.first_month + 0.0),
)  # fmt: skip
"""Every measure, in the order in which tables and arrays list them."""

MEASURE_NAMES = tuple(measure.name for measure in MEASURES)


class _Month:
    """Tallies by name, together with the sizes of the society."""

    def __init__(self, tallies: Values, names: Sequence[str], sizes: Mapping[Entity, int]) -> None:
        self._tallies = dict(zip(names, tallies, strict=True))
        self.citizens = float(sizes["citizen"])
        self.officials = float(sizes["official"])
        self.districts = float(sizes["district"])
        self.providers = self.officials - self.districts
        self.agents = self.citizens + self.officials + self.districts

    def __getattr__(self, name: str) -> Values:
        values: Values = self._tallies[name]
        return values


def measured(
    tallies: Values, sizes: Mapping[Entity, int], names: Sequence[str] = TALLIES, measures: Sequence[Measure] = MEASURES
) -> Values:
    """Compute every measure from tallies.

    Parameters
    ----------
    tallies : array, shape (len(names), ...)
        Sums over agents.
    sizes : dict
        Number of entities of each kind, as in ``Wiring.sizes``.
    names : sequence of str, optional
        Names of the tallies.
    measures : sequence of Measure, optional
        The measures to compute.

    Returns
    -------
    array, shape (len(measures), ...)
        Measures, in the order of ``measures``.
    """
    month = _Month(tallies, names, sizes)
    return np.stack([measure.of(month) for measure in measures])
