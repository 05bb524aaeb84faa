"""How people and posts start: attributes and first beliefs, drawn from configured distributions."""

from engagesim.compiling import rule
from engagesim.rules.choice import clip


@rule
def known_or(given, drawn):
    """Take the number that a file gave; a missing one (NaN) is drawn."""
    return given if given == given else drawn  # noqa: PLR0124 - NaN alone differs from itself


@rule
def attribute(mean, spread, bell):
    """Attribute around its mean, kept within [0, 1]."""
    return clip(mean + spread * bell)


@rule
def capacity(spread, bell):
    """How much a district can make of its means in its lasting circumstances, around 1 and never below 0.1."""
    return max(0.1, 1.0 + spread * bell)


@rule
def education(mean, spread, bell, slope, vulnerability, vulnerability_mean):
    """Education, which falls with a citizen's vulnerability."""
    return attribute(mean - slope * (vulnerability - vulnerability_mean), spread, bell)


@rule
def efficacy(floor, spread, slope, education, noise):
    """First internal efficacy: grows with education, and differs from person to person. Source: E22 for education."""
    return clip(floor + spread * max(0.0, 1.0 + slope * (education - 0.5)) * noise)


@rule
def threshold(mean, spread, bell):
    """Threshold at which a person joins, in worth of belonging or in support, within [0.02, 1]."""
    return min(1.0, max(0.02, mean + spread * bell))


@rule
def happens(chance, noise):
    """Whether an event with a given chance happens (1 or 0)."""
    return (noise < chance) * 1


@rule
def first_election(term, staggered, noise):
    """Months until the first election, from 1 to the term: all on one day, or spread over a part of the term."""
    return int(term) - int(staggered * noise * term)
