"""The social graph: networkx's own generators as oracle for peers, and the ties across the counter one by one."""

from __future__ import annotations

from collections import Counter
from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engagesim.parameters import Parameters
from engagesim.rules.vocabulary import Role, Tie
from engagesim.society.files import read_people
from engagesim.society.network import Wiring, wire

CITIZENS, DEGREE = 3000, 8
KINDS = ("watts_strogatz", "barabasi_albert", "erdos_renyi", "stochastic_block")
CRITICAL = 1.95 * (2 / CITIZENS) ** 0.5
"""Kolmogorov-Smirnov distance of two samples of this size that chance exceeds once in a thousand times."""


def wired(**changes) -> Wiring:
    parameters = Parameters().changed({path.replace("__", "."): value for path, value in changes.items()})
    return wire(*read_people(parameters))


def peers(**changes) -> nx.Graph:
    """Return the peer ties alone, of 3,000 citizens where nothing else is said."""
    usual = {"population__citizens": CITIZENS, "network__degree": DEGREE}
    wiring = wired(**(usual | changes))
    graph = nx.Graph()
    graph.add_nodes_from(range(wiring.citizens))
    graph.add_edges_from(wiring.edges[wiring.ties == Tie.PEER].tolist())
    return graph


def degrees(graph: nx.Graph) -> list[int]:
    return [degree for _, degree in graph.degree]


@st.composite
def societies(draw) -> Wiring:
    """Draw a small society of any wiring."""
    citizens = draw(st.integers(10, 60))
    return wired(
        seed=draw(st.integers(0, 2**32 - 1)),
        population__citizens=citizens,
        population__districts=draw(st.integers(1, 5)),
        population__providers=draw(st.integers(1, 4)),
        network__kind=draw(st.sampled_from(KINDS)),
        network__degree=2 * draw(st.integers(1, (citizens - 1) // 2)),
        network__rewiring=draw(st.floats(0, 1)),
        network__homophily=draw(st.floats(0, 1)),
        network__brokers=draw(st.floats(0, 1)),
        network__profession=draw(st.integers(0, 4)),
    )


class TestPeers:
    @pytest.mark.parametrize("rewiring", [0.05, 0.3])
    def test_small_worlds_are_those_of_networkx(self, rewiring):
        ours = peers(network__rewiring=rewiring)
        theirs = nx.watts_strogatz_graph(CITIZENS, DEGREE, rewiring, seed=1)
        # Doubles, which a rewired tie meets with a chance of about degree / citizens, are dropped, not drawn again.
        assert np.mean(degrees(ours)) == pytest.approx(DEGREE, abs=DEGREE * 3 * DEGREE / CITIZENS)
        assert np.std(degrees(ours)) == pytest.approx(np.std(degrees(theirs)), rel=0.1)
        # Over seeds the clustering of 3,000 spreads by 0.006.
        assert nx.average_clustering(ours) == pytest.approx(nx.average_clustering(theirs), abs=0.03)

    def test_without_rewiring_it_is_the_ring_lattice(self):
        ours = peers(network__rewiring=0.0, population__citizens=60)
        assert nx.utils.edges_equal(ours.edges, nx.watts_strogatz_graph(60, DEGREE, 0).edges)

    def test_with_full_rewiring_clustering_is_that_of_chance(self):
        assert nx.average_clustering(peers(network__rewiring=1.0)) < 5 * DEGREE / CITIZENS

    def test_random_graphs_are_those_of_networkx(self):
        ours = peers(network__kind="erdos_renyi")
        theirs = nx.gnm_random_graph(CITIZENS, CITIZENS * DEGREE // 2, seed=1)
        assert ours.number_of_edges() == theirs.number_of_edges()
        assert stats.ks_2samp(degrees(ours), degrees(theirs), method="asymp").statistic < CRITICAL
        # Chance of a triangle: mean degree over citizens, as in networkx's.
        assert nx.average_clustering(ours) == pytest.approx(nx.average_clustering(theirs), abs=2e-3)

    def test_preferential_attachment_has_the_degrees_of_networkx_and_of_theory(self):
        ours = degrees(peers(network__kind="barabasi_albert"))
        half = DEGREE // 2
        theirs = degrees(nx.barabasi_albert_graph(CITIZENS, half, seed=1))
        assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.02)
        assert stats.ks_2samp(ours, theirs, method="asymp").statistic < CRITICAL
        # Bollobas et al. (2001): a share m (m + 1) / (k (k + 1)) has k ties or more.
        for ties in (2 * half, 4 * half, 10 * half):
            tail = half * (half + 1) / (ties * (ties + 1))
            assert np.mean(np.array(ours) >= ties) == pytest.approx(tail, abs=4 * (tail / CITIZENS) ** 0.5)

    def test_preferential_attachment_has_a_heavy_tail(self):
        heavy = max(degrees(peers(network__kind="barabasi_albert")))
        assert heavy > 10 * DEGREE > max(degrees(peers(network__kind="erdos_renyi")))

    @pytest.mark.parametrize("homophily", [0.0, 0.4, 1.0])
    def test_homophily_is_the_share_of_ties_that_stay_beyond_chance(self, homophily):
        districts = 5
        graph = peers(network__kind="stochastic_block", network__homophily=homophily, population__districts=districts)
        home = np.arange(CITIZENS) * districts // CITIZENS
        stays = np.mean([home[one] == home[other] for one, other in graph.edges])
        answer = homophily + (1 - homophily) / districts
        # Binomial standard error; doubles within a district are drawn again, which moves it by their share at most.
        error = (answer * (1 - answer) / graph.number_of_edges()) ** 0.5
        assert abs(stays - answer) <= 4 * error + DEGREE / (CITIZENS / districts) * (1 - answer)
        assert graph.number_of_edges() == CITIZENS * DEGREE // 2

    def test_blocks_are_those_of_networkx(self):
        districts, homophily = 5, 0.4
        ours = peers(network__kind="stochastic_block", network__homophily=homophily, population__districts=districts)
        size = CITIZENS // districts
        far = (1 - homophily) * DEGREE / CITIZENS
        near = far + homophily * DEGREE / size
        chances = np.full((districts, districts), far) + np.eye(districts) * (near - far)
        theirs = nx.stochastic_block_model([size] * districts, chances.tolist(), seed=1)
        assert stats.ks_2samp(degrees(ours), degrees(theirs), method="asymp").statistic < CRITICAL

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_well_connected_live_in_any_district(self, kind):
        districts = 10
        degree = np.array(degrees(peers(network__kind=kind, population__districts=districts)))
        home = np.arange(CITIZENS) * districts // CITIZENS
        assert stats.kruskal(*(degree[home == district] for district in range(districts))).pvalue > 1e-4

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_wiring_seed_alone_shapes_the_graph(self, kind):
        first = peers(network__kind=kind, population__citizens=100, seed=1, network__seed=9)
        second = peers(network__kind=kind, population__citizens=100, seed=2, network__seed=9)
        other = peers(network__kind=kind, population__citizens=100, seed=1, network__seed=10)
        assert set(first.edges) == set(second.edges)
        assert set(first.edges) != set(other.edges)

    def test_a_wiring_seed_of_0_is_a_seed(self):
        own = peers(population__citizens=100, seed=5)
        zero = peers(population__citizens=100, seed=5, network__seed=0)
        assert set(own.edges) != set(zero.edges)


class TestTies:
    @given(societies())
    def test_no_tie_stands_twice_and_nobody_is_tied_to_themselves(self, wiring):
        pairs = [tuple(sorted(pair)) for pair in wiring.edges.tolist()]
        assert len(set(pairs)) == len(pairs)
        assert all(one != other for one, other in pairs)

    @given(societies())
    def test_each_tie_connects_whom_its_kind_says(self, wiring):
        ends = {
            Tie.PEER: {(Role.CITIZEN, Role.CITIZEN)},
            Tie.SERVICE: {(Role.CITIZEN, Role.PROVIDER)},
            Tie.COLLEAGUE: {(Role.PROVIDER, Role.PROVIDER)},
            Tie.PROFESSION: set(product((Role.MANAGER, Role.PROVIDER), repeat=2)),
            Tie.HIERARCHY: {(Role.MANAGER, Role.PROVIDER), (Role.MANAGER, Role.POLITICIAN)},
            Tie.BROKER: {(Role.CITIZEN, Role.POLITICIAN)},
        }  # fmt: skip
        for (one, other), tie in zip(wiring.edges.tolist(), wiring.ties.tolist(), strict=True):
            assert (wiring.role(one), wiring.role(other)) in ends[Tie(tie)]
            same = wiring.district_of(one) == wiring.district_of(other)
            assert tie == Tie.PEER or same == (tie != Tie.PROFESSION)

    @given(societies())
    def test_each_citizen_is_served_by_one_provider_of_the_own_district(self, wiring):
        served = wiring.edges[wiring.ties == Tie.SERVICE]
        assert served[:, 0].tolist() == list(range(wiring.citizens))
        assert (served[:, 1] - wiring.citizens).tolist() == wiring.service_point.tolist()

    @given(societies())
    def test_there_are_as_many_ties_of_a_kind_as_the_offices_ask_for(self, wiring):
        count = Counter(Tie(tie) for tie in wiring.ties.tolist())
        providers, districts = wiring.providers, wiring.districts
        assert count[Tie.HIERARCHY] == districts * (providers + 1)
        assert count[Tie.COLLEAGUE] == districts * providers * (providers - 1) // 2
        assert count[Tie.BROKER] <= wiring.citizens

    @given(societies())
    def test_posts_are_a_manager_and_providers_in_each_district_and_a_politician(self, wiring):
        roles = Counter((wiring.district_of(agent), wiring.role(agent)) for agent in range(wiring.agents))
        for district in range(wiring.districts):
            assert roles[district, Role.MANAGER] == roles[district, Role.POLITICIAN] == 1
            assert roles[district, Role.PROVIDER] == wiring.providers
        assert sum(wiring.sizes[entity] for entity in ("citizen", "official", "politician")) == wiring.agents

    @pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
    def test_brokers_are_the_share_of_citizens(self, share):
        wiring = wired(population__citizens=CITIZENS, network__brokers=share)
        found = np.mean(np.bincount(wiring.edges[wiring.ties == Tie.BROKER][:, 0], minlength=CITIZENS))
        assert abs(found - share) <= 4 * (share * (1 - share) / CITIZENS) ** 0.5

    def test_service_points_are_equally_busy(self):
        wiring = wired(population__citizens=CITIZENS, population__districts=3, population__providers=4)
        served = np.bincount(wiring.service_point)
        assert stats.chisquare(served[served > 0]).pvalue > 1e-3
        assert np.count_nonzero(served) == 12

    def test_each_official_seeks_ties_in_other_districts(self):
        wiring = wired(population__districts=50, network__profession=3)
        found = int((wiring.ties == Tie.PROFESSION).sum())
        # Some seek each other, or the same one twice: about half of 3 * 3 / 250 and 3 / 250 of the ties.
        assert 0.95 * 3 * wiring.officials <= found <= 3 * wiring.officials

    def test_a_single_district_has_nobody_to_seek(self):
        assert not (wired(population__districts=1).ties == Tie.PROFESSION).any()


class TestAdjacency:
    @given(societies())
    def test_neighbours_are_those_of_networkx(self, wiring):
        graph = wiring.graph()
        for agent in range(wiring.agents):
            around = wiring.neighbours[wiring.first[agent] : wiring.first[agent + 1]].tolist()
            assert sorted(around) == sorted(graph.neighbors(agent))

    @given(societies())
    def test_kin_come_first(self, wiring):
        graph = wiring.graph()
        alike = {"peer", "colleague", "profession"}
        for agent in range(wiring.agents):
            kin = wiring.neighbours[wiring.first[agent] : wiring.kin[agent]].tolist()
            assert sorted(kin) == sorted(near for near, tie in graph[agent].items() if tie["tie"] in alike)

    @given(societies())
    def test_the_graph_names_roles_districts_and_ties(self, wiring):
        graph = wiring.graph()
        assert dict(graph.nodes(data="role")) == {a: wiring.role(a).name.lower() for a in range(wiring.agents)}
        assert dict(graph.nodes(data="district")) == {a: wiring.district_of(a) for a in range(wiring.agents)}
        ties = Counter(tie for _, _, tie in graph.edges(data="tie"))
        assert ties == Counter(Tie(tie).name.lower() for tie in wiring.ties.tolist())
