"""The social graph: peer ties from a generator or a file, and the ties between citizens and the state.

Graphs are built directly as arrays, so a million citizens take seconds; ``Wiring.graph`` returns a ``networkx`` graph.
"""

from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from engagesim.parameters import Parameters
from engagesim.randomness import BEFORE, OFFICE, SEAT, Purpose, uniform_pair
from engagesim.rules.vocabulary import Role, Tie
from engagesim.society.files import People
from engagesim.society.state import Entity, State

type Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Wiring:
    """Where each person lives, who serves whom, and who is tied to whom; fixed for the life of a society.

    Agents are numbered citizens first, then officials (district by district, the manager first), then politicians. The
    neighbours of agent ``i`` are ``neighbours[first[i]:first[i + 1]]``. Those up to ``kin[i]`` are of the same kind
    (peers of a citizen, or colleagues and fellow professionals of an official); the agent learns from them.
    """

    seed: int
    citizens: int
    districts: int
    providers: int
    district: Rows  # of each citizen, shape (citizens,)
    service_point: Rows  # official who serves each citizen, counted among officials, shape (citizens,)
    edges: Rows  # shape (ties, 2)
    ties: NDArray[np.int8]  # Tie of each edge, shape (ties,)
    first: Rows = field(repr=False)  # shape (agents + 1,)
    kin: Rows = field(repr=False)  # shape (agents,)
    neighbours: Rows = field(repr=False)  # shape (2 * ties,)
    labels: tuple[str, ...] = ()  # of all agents, empty where unknown; an empty tuple if no file names anybody

    @property
    def officials(self) -> int:
        """Number of officials: the manager and the providers of each district."""
        return self.districts * (self.providers + 1)

    @property
    def agents(self) -> int:
        """Number of agents of all kinds."""
        return self.citizens + self.officials + self.districts

    @property
    def sizes(self) -> dict[Entity, int]:
        """Number of entities of each kind."""
        return {
            "citizen": self.citizens,
            "official": self.officials,
            "politician": self.districts,
            "district": self.districts,
            "society": 1,
        }

    @property
    def numbers(self) -> Rows:
        """Number that identifies each agent in random draws, by row, shape (agents,)."""
        kinds = (np.arange(self.citizens), OFFICE + np.arange(self.officials), SEAT + np.arange(self.districts))
        return np.concatenate(kinds)

    @property
    def homes(self) -> Rows:
        """District of each agent, by row, shape (agents,)."""
        districts = np.arange(self.districts)
        return np.concatenate((self.district, np.repeat(districts, self.providers + 1), districts))

    @property
    def residents(self) -> Rows:
        """Number of citizens of each district, shape (districts,)."""
        return np.bincount(self.district, minlength=self.districts)

    @property
    def served(self) -> Rows:
        """Number of citizens that each official serves, shape (officials,); a manager serves the whole district."""
        served = np.bincount(self.service_point, minlength=self.officials)
        served[:: self.providers + 1] = self.residents
        return served

    @property
    def manages(self) -> Rows:
        """Whether each official manages a district (1 or 0), shape (officials,)."""
        found: Rows = np.zeros(self.officials, dtype=np.int64)
        found[:: self.providers + 1] = 1
        return found

    @property
    def broker(self) -> Rows:
        """Whether each citizen is tied to the district's politician (1 or 0), shape (citizens,)."""
        ends = self.edges[self.ties == int(Tie.BROKER)]
        people, seats = ends.min(axis=1), ends.max(axis=1) - self.citizens - self.officials
        found: Rows = np.zeros(self.citizens, dtype=np.int64)
        found[people[self.district[people] == seats]] = 1
        return found

    def contacts(self, month: int) -> list[int]:
        """Return the row of the person from whom each agent learns this month; -1 without kin (see ``contact``)."""
        lots, _ = uniform_pair(self.seed, month, self.numbers, int(Purpose.CONTACT))
        count = self.kin - self.first[:-1]
        places = self.first[:-1] + (lots * count).astype(np.int64)
        met = self.neighbours[np.minimum(places, self.neighbours.size - 1)]
        return np.where(count > 0, met, -1).tolist()  # type: ignore[no-any-return]

    def role(self, agent: int) -> Role:
        """Return the role of an agent."""
        if agent < self.citizens:
            return Role.CITIZEN
        if agent >= self.citizens + self.officials:
            return Role.POLITICIAN
        return Role.PROVIDER if (agent - self.citizens) % (self.providers + 1) else Role.MANAGER

    def district_of(self, agent: int) -> int:
        """Return the district of any agent."""
        if agent < self.citizens:
            return int(self.district[agent])
        if agent < self.citizens + self.officials:
            return (agent - self.citizens) // (self.providers + 1)
        return agent - self.citizens - self.officials

    def label(self, agent: int) -> str:
        """Return the name that a file gives to an agent; empty if it gives none."""
        return self.labels[agent] if self.labels else ""

    def graph(self) -> "nx.Graph[int]":
        """Return the social graph: nodes with ``role``, ``district`` (and ``label``), and edges with ``tie``."""
        graph: nx.Graph[int] = nx.Graph()
        for agent in range(self.agents):
            extra = {"label": label} if (label := self.label(agent)) else {}
            graph.add_node(agent, role=self.role(agent).name.lower(), district=self.district_of(agent), **extra)
        names = [tie.name.lower() for tie in Tie]
        graph.add_edges_from(
            (int(a), int(b), {"tie": names[tie]}) for (a, b), tie in zip(self.edges, self.ties, strict=True)
        )
        return graph


def in_coalition(state: State, wiring: Wiring) -> NDArray[np.bool_]:
    """Return which agents belong to a standing coalition, from a state with one lane; shape (agents,).

    Officials and politicians belong if they have joined; citizens belong if they are organised at a service point whose
    official has joined.
    """
    column = lambda entity, name: state.column(entity, name)[:, 0]  # noqa: E731 - a name for use in this function
    officials = column("official", "member")
    citizens = column("citizen", "member") * officials[wiring.service_point]
    members = np.concatenate((citizens, officials, column("politician", "member")))
    return np.asarray(members * column("district", "coalition")[wiring.homes], dtype=bool)


def wire(parameters: Parameters, people: People) -> Wiring:
    """Build the social graph of a society from its parameters, its seed and the user's files, if any."""
    population, network = parameters.population, parameters.network
    seed = parameters.seed if network.seed is None else network.seed
    count, districts, providers = population.citizens, population.districts, population.providers
    rows, district = np.arange(count), people.district
    point, lot = uniform_pair(seed, BEFORE, rows, int(Purpose.SERVICE_POINT))
    drawn = district * (providers + 1) + 1 + np.minimum(providers - 1, (point * providers).astype(np.int64))
    service_point = np.where(people.service_point >= 0, people.service_point, drawn)
    broker = np.where(people.broker >= 0, people.broker == 1, lot < network.brokers)
    peers = people.peers if people.peers is not None else _PEERS[network.kind](parameters, seed, district)
    officials = np.arange(districts * (providers + 1))
    desk, politician = count, count + officials.size
    sought = people.profession
    if sought is None:
        sought = _profession(officials, providers + 1, network.profession, seed)
    parts = [
        (Tie.PEER, peers),
        (Tie.SERVICE, np.column_stack((rows, desk + service_point))),
        (Tie.COLLEAGUE, desk + _colleagues(districts, providers)),
        (Tie.PROFESSION, desk + sought),
        (Tie.HIERARCHY, _hierarchy(districts, providers, desk, politician)),
        (Tie.BROKER, np.column_stack((rows, politician + district))[broker]),
    ]
    edges = np.concatenate([part for _, part in parts])
    ties = np.concatenate([np.full(len(part), int(tie), dtype=np.int8) for tie, part in parts])
    first, kin, neighbours = _adjacency(edges, ties, count + officials.size + districts)
    return Wiring(
        seed, count, districts, providers, district, service_point, edges, ties, first, kin, neighbours, people.labels
    )


def _adjacency(edges: Rows, ties: NDArray[np.int8], agents: int) -> tuple[Rows, Rows, Rows]:
    """Sort the neighbours of each agent, with those of its own kind first."""
    apart = ~np.isin(ties, (Tie.PEER, Tie.COLLEAGUE, Tie.PROFESSION))
    source = np.concatenate((edges[:, 0], edges[:, 1]))
    target = np.concatenate((edges[:, 1], edges[:, 0]))
    far = np.concatenate((apart, apart))
    key = np.sort((source * 2 + far) * agents + target)
    first = np.searchsorted(key, np.arange(agents + 1) * 2 * agents)
    kin = np.searchsorted(key, (np.arange(agents) * 2 + 1) * agents)
    return first, kin, key % agents


def _colleagues(districts: int, providers: int) -> Rows:
    """Tie all providers of a district to each other; hierarchy ties them to the manager."""
    one, other = np.triu_indices(providers, 1)
    base = (np.arange(districts) * (providers + 1))[:, None]
    return np.column_stack(((base + 1 + one).ravel(), (base + 1 + other).ravel()))


def _profession(officials: Rows, staff: int, wanted: int, seed: int) -> Rows:
    """Draw the ties that each official seeks among officials of other districts, without duplicates."""
    sought = np.arange(officials.size * wanted)
    seeker = sought // max(1, wanted)
    lot, _ = uniform_pair(seed, BEFORE, sought, int(Purpose.PROFESSION))
    elsewhere = officials.size - staff
    step = staff - seeker % staff + (lot * elsewhere).astype(np.int64)
    found = (seeker + step) % max(1, officials.size)
    return _distinct(np.column_stack((seeker, found))) if elsewhere > 0 else np.empty((0, 2), dtype=np.int64)


def _hierarchy(districts: int, providers: int, desk: int, politician: int) -> Rows:
    managers = desk + np.arange(districts) * (providers + 1)
    down = np.column_stack((np.repeat(managers, providers), np.repeat(managers, providers)))
    down[:, 1] += np.tile(np.arange(1, providers + 1), districts)
    return np.concatenate((down, np.column_stack((managers, politician + np.arange(districts)))))


def _distinct(pairs: Rows) -> Rows:
    """Drop loops and duplicates, and sort the pairs, each with the smaller number first."""
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    base = int(high.max(initial=0)) + 1
    key = np.unique((low * base + high)[low != high])
    return np.column_stack((key // base, key % base))


def _watts_strogatz(parameters: Parameters, seed: int, district: Rows) -> Rows:
    """Build a ring lattice within districts, and rewire a share of its ties at random (Watts & Strogatz 1998)."""
    count, half = district.size, parameters.network.degree // 2
    order = np.argsort(district, kind="stable")
    tie = np.arange(count * half)
    source, target = tie // half, (tie // half + 1 + tie % half) % count
    lot, place = uniform_pair(seed, BEFORE, tie, int(Purpose.WIRING))
    target = np.where(lot < parameters.network.rewiring, (place * count).astype(np.int64), target)
    return _distinct(np.column_stack((order[source], order[target])))


def _barabasi_albert(parameters: Parameters, seed: int, district: Rows) -> Rows:
    """Tie each newcomer to the ends of ties drawn at random: preferential attachment (Batagelj & Brandes 2005)."""
    half = parameters.network.degree // 2
    tie = np.arange(district.size * half)
    lot, _ = uniform_pair(seed, BEFORE, tie, int(Purpose.WIRING))
    # End 2t is the newcomer of tie t, end 2t + 1 its target. The first person's ties go to the next ones.
    end = np.where(tie < half, 2 * half * (tie + 1), (lot * 2 * tie).astype(np.int64))
    while (end % 2).any():  # the target of an earlier tie: look that one up, until a source is found
        end = np.where(end % 2, end[end // 2], end)
    place, _ = uniform_pair(seed, BEFORE, np.arange(district.size), int(Purpose.WIRING_MORE))
    newcomer = np.argsort(place, kind="stable")  # so that well-connected early members live in any district
    return _distinct(newcomer[np.column_stack((tie // half, end // 2 // half))])


def _erdos_renyi(parameters: Parameters, seed: int, district: Rows) -> Rows:
    """Tie pairs drawn at random, as many as the mean degree requires (Erdos & Renyi 1959)."""
    return _random_pairs(parameters, seed, district, homophily=0.0)


def _stochastic_block(parameters: Parameters, seed: int, district: Rows) -> Rows:
    """Draw ties within the district with the chance ``homophily``, otherwise anywhere (Holland et al. 1983)."""
    return _random_pairs(parameters, seed, district, parameters.network.homophily)


def _random_pairs(parameters: Parameters, seed: int, district: Rows, homophily: float) -> Rows:
    """Draw distinct pairs until there are as many as requested; a tiny society may have fewer."""
    count = district.size
    order = np.argsort(district, kind="stable")
    start = np.searchsorted(district[order], np.arange(parameters.population.districts + 1))
    wanted = round(count * parameters.network.degree / 2)
    keys = np.empty(0, dtype=np.int64)
    drawn = 0
    while keys.size < wanted and drawn < 20 * wanted:
        tie = np.arange(drawn, drawn + wanted - keys.size + 16)
        drawn += tie.size
        one, other = uniform_pair(seed, BEFORE, tie, int(Purpose.WIRING))
        lot, _ = uniform_pair(seed, BEFORE, tie, int(Purpose.WIRING_MORE))
        source = order[(one * count).astype(np.int64)]
        home = district[source]
        near = order[start[home] + (other * (start[home + 1] - start[home])).astype(np.int64)]
        target = np.where(lot < homophily, near, (other * count).astype(np.int64))
        pairs = np.minimum(source, target) * count + np.maximum(source, target)
        _, earliest = np.unique(pairs, return_index=True)
        fresh = pairs[np.sort(earliest)]
        fresh = fresh[(fresh // count != fresh % count) & ~np.isin(fresh, keys)]
        keys = np.concatenate((keys, fresh[: wanted - keys.size]))
    keys = np.sort(keys)
    return np.column_stack((keys // count, keys % count))


_PEERS: dict[str, Any] = {
    "watts_strogatz": _watts_strogatz,
    "barabasi_albert": _barabasi_albert,
    "erdos_renyi": _erdos_renyi,
    "stochastic_block": _stochastic_block,
}
