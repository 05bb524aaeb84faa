"""How much memory a society takes, estimated before any is taken."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engagesim.parameters.tree import Parameters

MOST_BYTES = 16_000_000_000
"""Memory of a society at most: ten million citizens with eight ties each take 14 GB, a million 1.4."""

AGENT_BYTES = 700
"""Of an agent in the compiled clock, measured while a society of a million is built."""

OBJECT_BYTES = 3500
"""Of an agent as a Python object, in the Mesa clock."""

_TIE_BYTES = 140
"""Of a tie at the moment when all are sorted."""


def society_bytes(parameters: "Parameters", agent_bytes: int = AGENT_BYTES) -> int:
    """Return about how many bytes a society takes at most; ties from a file are not counted."""
    people, network = parameters.population, parameters.network
    officials = people.districts * (people.providers + 1)
    degree = 0 if network.kind == "file" else network.degree
    peers = people.citizens * degree // 2
    colleagues = people.districts * people.providers * (people.providers - 1) // 2
    others = 2 * people.citizens + officials * (network.profession + 2)
    agents = people.citizens + officials + people.districts
    return agents * agent_bytes + (peers + colleagues + others) * _TIE_BYTES


def too_large(parameters: "Parameters", agent_bytes: int = AGENT_BYTES) -> str:
    """Return what is wrong with the size of a society, in a line; nothing where it fits."""
    needed = society_bytes(parameters, agent_bytes)
    if needed <= MOST_BYTES:
        return ""
    people = parameters.population
    return (
        f"population: {people.citizens:,} citizens, {people.districts:,} districts with {people.providers:,} providers "
        f"and {parameters.network.degree} ties a citizen take about {needed / 1e9:.0f} GB of memory; allowed are up to "
        f"{MOST_BYTES / 1e9:.0f} GB"
    )
