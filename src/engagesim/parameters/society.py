"""Parameters of the society at its start: its people and the ties between them."""

from typing import TYPE_CHECKING, Literal

from engagesim.parameters.declare import File, Group, fixed, word


class Population(Group):
    """People and posts: how many there are, and the distributions of their attributes at the start."""

    citizens: int = fixed(1000, 10, 10_000_000, "people", "Citizens in the society")
    districts: int = fixed(10, 1, 100_000, "districts", "Districts, each with one politician and one manager")
    providers: int = fixed(4, 1, 1000, "officials per district", "Service points in a district, one provider each")
    file: File | None = word(
        None, "Table (CSV, Excel, Stata, SPSS or Parquet) with one row per person; missing values are drawn at random"
    )
    boundaries: File | None = word(None, "GeoJSON with the boundary of each district, for maps of the results")
    key: str | None = word(None, "Column of the file that names people; if empty, common names such as id are tried")
    education_mean: float = fixed(0.45, 0, 1, "share of the scale", "Mean education")
    education_spread: float = fixed(0.18, 0, 0.5, "share of the scale", "Standard deviation of education")
    education_slope: float = fixed(
        0.488, 0, 2, "education per vulnerability", "How much education falls with vulnerability", "E22"
    )
    vulnerability_mean: float = fixed(0.5, 0, 1, "share of the scale", "Mean vulnerability (poverty)")
    vulnerability_spread: float = fixed(0.2, 0, 0.5, "share of the scale", "Standard deviation of vulnerability")
    threshold_mean: float = fixed(
        0.35, 0, 2, "worth", "Mean threshold, the worth of belonging or the support at which a person joins"
    )
    threshold_spread: float = fixed(0.3, 0, 0.5, "worth", "Standard deviation of the threshold")
    members: float = fixed(
        0.1, 0, 1, "share of citizens", "Citizens who belong to an organisation of users at the start"
    )
    leaders: float = fixed(0.02, 0, 1, "share of citizens", "Citizens who lead an organisation of users at the start")
    efficacy_floor: float = fixed(0.0557, 0, 1, "believed chance", "Lowest internal efficacy at the start")
    efficacy_spread: float = fixed(0.249, 0, 1, "believed chance", "Spread of internal efficacy, scaled by education")
    efficacy_slope: float = fixed(
        0.16, 0, 2, "share per education", "How much internal efficacy at the start rises with education", "E22"
    )
    trust_start: float = fixed(
        0.35,
        0,
        1,
        "believed chance",
        "Trust that the state responds, at the start",
        value="judgement within R9: 22 % say that elected councillors listen often, 38 % never",
    )
    reliability_start: float = fixed(
        0.4, 0, 1, "believed chance", "Initial belief that an official keeps promises, also for newcomers to a post"
    )
    threat_start: float = fixed(
        0.2,
        0,
        1,
        "share of the scale",
        "Confrontation that officials expect at the start, and that newcomers expect in their first month",
    )
    reliance_start: float = fixed(0.6, 0, 1, "believed chance", "Belief that the patron delivers, at the start")
    reform_minded_share: float = fixed(0.4, 0, 1, "share of officials", "Officials who are reform-minded at the start")
    tenure_longest: float = fixed(
        48.0, 0, 600, "months", "Longest tenure of officials at the start; all shorter ones are equally likely"
    )
    ability_mean: float = fixed(0.5, 0, 1, "share of the scale", "Mean ability of officials", "E28")
    ability_spread: float = fixed(
        0.2, 0, 0.5, "share of the scale", "Half the width of the range of officials' ability"
    )
    insight_mean: float = fixed(
        0.42, 0, 1, "1 - error", "How well officials understand citizens' needs, on average", "E29"
    )
    insight_spread: float = fixed(
        0.3, 0, 1, "1 - error", "Width of the range of officials' insight; all values are equally likely", "E29"
    )
    morale_start: float = fixed(0.45, 0, 1, "share of the scale", "Morale of officials at the start")
    orientation_low: float = fixed(0.0, 0, 1, "share of the scale", "Least programmatic orientation among politicians")
    orientation_high: float = fixed(0.6, 0, 1, "share of the scale", "Most programmatic orientation among politicians")
    approval_start: float = fixed(
        0.5, 0, 1, "approval", "Approval of politicians at the start, and of newcomers in their first month"
    )
    quality_mean: float = fixed(0.37, 0, 1, "share of the scale", "Mean service quality at the start")
    capacity_spread: float = fixed(
        0.45, 0, 0.5, "1 = usual", "Standard deviation over districts of what they achieve with their resources"
    )
    quality_spread: float = fixed(0.12, 0, 0.3, "share of the scale", "Standard deviation of quality over districts")


class Network(Group):
    """The ties among citizens, and the ties between citizens and the state."""

    kind: Literal["watts_strogatz", "barabasi_albert", "erdos_renyi", "stochastic_block", "file"] = word(
        "watts_strogatz", "Model of the peer ties among citizens"
    )
    file: File | None = word(
        None, "Ties among people, for kind=file: an edge list (source, target), a matrix, or a graph such as GraphML"
    )
    key: str | None = word(
        None, "Node attribute that names people, or id; if empty, the ids or an attribute that the people file also has"
    )
    threshold: float = fixed(
        0.0, -1e9, 1e9, "weight", "Weight up to which a tie in the file does not count, if ties have weights"
    )
    degree: int = fixed(
        8,
        2,
        200,
        "ties per citizen",
        "Mean number of peer ties; watts_strogatz and barabasi_albert need an even number",
    )
    rewiring: float = fixed(
        0.1, 0, 1, "share of ties", "Lattice ties that are rewired at random (watts_strogatz)", "E34"
    )
    homophily: float = fixed(
        0.8, 0, 1, "share of ties", "Ties within the district, beyond those expected by chance (stochastic_block)"
    )
    brokers: float = fixed(0.05, 0, 1, "share of citizens", "Citizens who are tied to the politician of their district")
    profession: int = fixed(
        1, 0, 20, "ties per official", "Ties that each official seeks with officials in other districts"
    )
    seed: int | None = fixed(
        None, 0, 4_294_967_295, "seed", "Seed of the network; if empty, the seed of the society is used"
    )


if TYPE_CHECKING:
    from engagesim.parameters.tree import Parameters

MOST_BYTES = 16_000_000_000
"""Largest size of a society, in bytes; a million citizens with eight ties each take 1.4 GB, ten million 14 GB."""

AGENT_BYTES = 700
"""Bytes per agent in the compiled engine, measured while it builds a society of a million people."""

OBJECT_BYTES = 3500
"""Bytes per agent in the Mesa engine, as a Python object."""

_TIE_BYTES = 140
"""Bytes per tie while all ties are sorted."""


def society_bytes(parameters: "Parameters", agent_bytes: int = AGENT_BYTES) -> int:
    """Return a rough upper bound on the memory that a society needs, in bytes, not counting ties from a file."""
    people, network = parameters.population, parameters.network
    officials = people.districts * (people.providers + 1)
    degree = 0 if network.kind == "file" else network.degree
    peers = people.citizens * degree // 2
    colleagues = people.districts * people.providers * (people.providers - 1) // 2
    others = 2 * people.citizens + officials * (network.profession + 2)
    agents = people.citizens + officials + people.districts
    return agents * agent_bytes + (peers + colleagues + others) * _TIE_BYTES


def too_large(parameters: "Parameters", agent_bytes: int = AGENT_BYTES) -> str:
    """Return one line that states why a society is too large, or an empty text if it fits."""
    needed = society_bytes(parameters, agent_bytes)
    if needed <= MOST_BYTES:
        return ""
    people = parameters.population
    return (
        f"population: {people.citizens:,} citizens, {people.districts:,} districts with {people.providers:,} providers "
        f"and {parameters.network.degree} ties per citizen must fit into {MOST_BYTES / 1e9:.0f} GB of memory; they "
        f"take about {needed / 1e9:.0f} GB"
    )
