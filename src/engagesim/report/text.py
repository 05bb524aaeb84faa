"""Plain words for measures, forms and numbers, shared by summaries and figures."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engagesim.measures import MEASURES, Measure
from engagesim.parameters import Parameters

MEASURE = {measure.name: measure for measure in MEASURES}

CAUSES = {
    measure.name: measure.description.partition(" because ")[2]
    for measure in MEASURES
    if measure.name.startswith("ended_by_")
}
"""Measures of ended coalitions, each with the reason for the end in words."""

_HYPHENS = {
    "cocreate": "co-create",
    "cocreation": "co-creation",
    "codesign": "co-design",
    "arms": "arm's",
    "ict": "ICT",
}
_WRITTEN = {"none": "a channel without a name"}


class Mark(NamedTuple):
    """An event that happens in one month; months count from 0."""

    month: int
    text: str
    dash: str = "--"


def plain(name: str) -> str:
    """Return the name of a form or a scenario in ordinary writing: ``social_audit`` is "social audit"."""
    if name in _WRITTEN:
        return _WRITTEN[name]
    words = name.replace("reform_minded", "reform-minded").replace("_", " ").split(" ")
    return " ".join(_HYPHENS.get(word, word) for word in words)


def capital(text: str) -> str:
    """Return a phrase with its first letter capitalised."""
    return text[:1].upper() + text[1:]


def act(name: str) -> str:
    """Return the verb of a measure's description: "abstain" for "Citizens who abstain"."""
    return MEASURE[name].description.partition(" who ")[2]


def actors(name: str) -> str:
    """Return whom a measure counts: "Citizens" for "Citizens who abstain"."""
    return MEASURE[name].description.partition(" who ")[0]


def unit(measure: Measure) -> str:
    """Return the unit of a measure for the label of an axis."""
    if measure.unit != "share":
        return measure.unit
    whole = measure.description.split()[0].lower() if measure.level == "coalition" else measure.level
    return f"share of {whole}"


def percent(share: float) -> str:
    """Return a share in whole per cent; a share above 0 never reads 0 %, and one below 1 never reads 100 %."""
    if 0.0 < share <= 0.005:
        return "under 1 %"
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def counted(share: float, whole: int) -> str:
    """Return a share of a known whole as a count: "4 of 10"."""
    return f"{round(share * whole)} of {whole}"


def counted_in(share: float, whole: int) -> str:
    """Return a share of a known whole as a count after "in": "all 10", "both", "4 of 10", "none of the 10"."""
    count = round(share * whole)
    if not count:
        return f"none of the {whole}"
    if count < whole or whole == 1:
        return counted(share, whole)
    return "both" if whole == 2 else f"all {whole}"


def several(count: int, what: str) -> str:
    """Return a count with its noun: "1 election", "2 elections"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """List words in a sentence: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def month_name(month: int) -> str:
    """Return the number of a month for texts, in which months count from 1, unlike in tables."""
    return f"month {month + 1}"


def district_name(district: int) -> str:
    """Return the number of a district for texts and figures, in which districts count from 1, unlike in tables."""
    return f"district {district + 1}"


def districts_named(districts: Sequence[int]) -> str:
    """Return the numbers of some districts, in which districts count from 1: "district 1", "districts 1 and 3"."""
    return f"district{'' if len(districts) == 1 else 's'} {listed([str(district + 1) for district in districts])}"


def is_opened(parameters: Parameters, months: int) -> bool:
    """Return whether a form of engagement opens within the first ``months`` months."""
    return parameters.engagement.opened > 0 and parameters.engagement.start < months


def openings(parameters: Parameters, months: int) -> list[Mark]:
    """List when the form of engagement opens and closes, if this happens within the run."""
    engagement = parameters.engagement
    if not is_opened(parameters, months):
        return []
    form = plain(engagement.form)
    marks = [Mark(engagement.start, f"{form} opens ({month_name(engagement.start)})")]
    if engagement.stop is not None and engagement.stop < months:
        marks.append(Mark(engagement.stop, f"{form} closes ({month_name(engagement.stop)})"))
    return marks


def planned(parameters: Parameters, months: int) -> list[Mark]:
    """List when the form opens and closes and when interventions begin and end, if this happens within the run.

    The texts leave out the month; only openings have a ``dash``.
    """
    marks = [mark._replace(text=mark.text.partition(" (month")[0]) for mark in openings(parameters, months)]
    for entry in parameters.interventions:
        ends = ((entry.start, "begins"), (entry.stop, "ends"))
        marks += [
            Mark(month, f"{plain(entry.name)} {verb}", "")
            for month, verb in ends
            if month is not None and month < months
        ]
    return marks


def wrapped(text: str) -> str:
    """Break a label into lines that fit beside a panel."""
    return textwrap.fill(text, 32, break_on_hyphens=False)


def mechanisms_said(sources: Mapping[str, str]) -> str:
    """Return the user's mechanisms in a society, each with the first characters of its source hash."""
    return ", ".join(f"{name} ({source[:8]})" for name, source in sources.items())
