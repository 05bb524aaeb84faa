"""How people and posts start: attributes and first beliefs are drawn from the distributions in the parameters."""

from engagesim.compiling import rule
from engagesim.rules.choice import clip


@rule
def known_or(given, drawn):
    """Return the number that a file gives; if it is missing (NaN), return the drawn number."""
    return given if given == given else drawn  # noqa: PLR0124 - only NaN differs from itself


@rule
def attribute(mean, spread, bell):
    """Attribute drawn around its mean, limited to [0, 1]."""
    return clip(mean + spread * bell)


@rule
def capacity(spread, bell):
    """How much a district's lasting circumstances let it achieve with its resources: around 1, and never below 0.1."""
    return max(0.1, 1.0 + spread * bell)


@rule
def education(mean, spread, bell, slope, vulnerability, vulnerability_mean):
    """Education, which falls with a citizen's vulnerability."""
    return attribute(mean - slope * (vulnerability - vulnerability_mean), spread, bell)


@rule
def efficacy(floor, spread, slope, education, noise):
    """Internal efficacy at the start: it grows with education (source: E22), and differs from person to person."""
    return clip(floor + spread * max(0.0, 1.0 + slope * (education - 0.5)) * noise)


@rule
def threshold(mean, spread, bell):
    """Threshold of worth or support at which a person joins, within [0.02, 1]."""
    return min(1.0, max(0.02, mean + spread * bell))


@rule
def happens(chance, noise):
    """Whether an event with a given chance happens (1 or 0)."""
    return (noise < chance) * 1


@rule
def first_election(term, staggered, noise):
    """Months until the first election, from 1 to the term: the same everywhere, or spread over part of the term."""
    return int(term) - int(staggered * noise * term)
