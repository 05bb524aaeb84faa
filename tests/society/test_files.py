"""A user's network and people: what is well said is taken over, what is not is refused in one line."""

from __future__ import annotations

import logging
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import things
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.model import agent_table
from engagesim.errors import EngagementError, InputError
from engagesim.parameters import Parameters
from engagesim.rules.vocabulary import Tie
from engagesim.society.files import ATTRIBUTES, KINDS, People, read_people
from engagesim.society.network import wire

VILLAGE = Path(__file__).parents[3] / "shared" / "data" / "village"
COLUMNS = ATTRIBUTES["citizen"]
SHARES = [name for name, limits in COLUMNS.items() if not limits.whole]
POSTS = 8  # two districts, each with a manager, two providers and a politician
RING = [(f"p{k}", f"p{(k + 1) % 12}") for k in range(12)]


def read(people: str | None = None, network: str | None = None, districts: int = 2):
    changes = {"population.districts": districts, "population.providers": 2, "population.file": people}
    if network is not None:
        changes |= {"network.kind": "file", "network.file": network}
    return read_people(Parameters().changed(changes))


def tied(read_in) -> set[tuple[str, str]]:
    """Return the peer ties of the wiring, by the names of the two ends."""
    wiring = wire(*read_in)
    pairs = wiring.edges[wiring.ties == Tie.PEER].tolist()
    return {tuple(sorted((wiring.labels[one], wiring.labels[other]))) for one, other in pairs}


def citizens_of(people: People) -> tuple[str, ...]:
    return people.labels[:-POSTS]


def refusal(*arguments, **options) -> str:
    return things.refusal(read, *arguments, **options)


@pytest.fixture
def ring(write_table) -> str:
    return write_table("ring.csv", ("source", "target"), RING)


@pytest.fixture
def people_table(write_table):
    """Return a function that writes a people file of twelve from columns."""

    def write(**columns) -> str:
        return write_table("people.csv", columns, zip(*columns.values(), strict=True))

    return write


TIES = st.sets(st.sampled_from(list(combinations([f"p{k}" for k in range(14)], 2))), min_size=8)


class TestNetwork:
    @given(ties=TIES)
    def test_an_edge_list_comes_back_as_written(self, write_table, ties):
        names = {name for tie in ties for name in tie}
        if len(names) < 10:
            ties = ties | {tuple(sorted((f"p{k}", "p0"))) for k in range(1, 14)}
        path = write_table("ties.csv", ("source", "target"), ties)
        assert tied(read(network=path)) == {tuple(sorted(tie)) for tie in ties}

    @given(seed=st.integers(0, 1000))
    def test_graphml_comes_back_as_written(self, tmp_path, seed):
        graph = nx.relabel_nodes(nx.gnm_random_graph(20, 60, seed=seed), str)
        graph.remove_nodes_from(list(nx.isolates(graph)))
        path = tmp_path / "graph.graphml"
        nx.write_graphml(graph, path)
        assert tied(read(network=str(path))) == {tuple(sorted(tie)) for tie in graph.edges}

    def test_graphml_and_edge_list_are_the_same_society(self, tmp_path, ring):
        path = tmp_path / "ring.graphml"
        nx.write_graphml(nx.Graph(RING), path)
        from_table, from_graph = (EngagementModel(read(network=file)[0]).state() for file in (ring, str(path)))
        assert from_table.same_as(from_graph)

    def test_people_without_ties_stay_people(self, tmp_path):
        graph = nx.Graph(RING)
        graph.add_node("hermit")
        path = tmp_path / "hermit.graphml"
        nx.write_graphml(graph, path)
        _, people = read(network=str(path))
        assert "hermit" in people.labels

    def test_numbers_are_sorted_as_numbers(self, write_table):
        path = write_table("ties.csv", ("source", "target"), [(k, k + 1) for k in range(1, 12)])
        _, people = read(network=path)
        assert citizens_of(people) == tuple(str(k) for k in range(1, 13))

    def test_a_name_may_be_any_number(self, write_table):
        long = "9" * 5000  # longer than Python turns into a number
        _, people = read(network=write_table("ties.csv", ("source", "target"), [*RING, ("p1", long), ("p2", "7")]))
        assert {long, "7"} < set(people.labels)

    def test_doubles_and_ties_to_oneself_are_dropped(self, write_table):
        doubled = [*RING, *[(other, one) for one, other in RING], ("p3", "p3")]
        path = write_table("ties.csv", ("source", "target"), doubled)
        assert tied(read(network=path)) == {tuple(sorted(tie)) for tie in RING}

    def test_other_columns_of_an_edge_list_are_no_matter(self, write_table):
        path = write_table("ties.csv", ("kind", "source", "target"), [("kin", *tie) for tie in RING])
        assert tied(read(network=path)) == {tuple(sorted(tie)) for tie in RING}

    def test_the_people_file_says_who_there_is(self, people_table, ring):
        names = [f"p{k}" for k in range(15)]
        parameters, people = read(people_table(person=names), ring)
        assert parameters.population.citizens == 15
        assert citizens_of(people) == tuple(names)

    def test_who_has_no_row_is_drawn_and_named(self, people_table, ring, caplog):
        _, people = read(people_table(person=[f"p{k}" for k in range(11)]), ring)
        assert citizens_of(people) == tuple(f"p{k}" for k in range(12))
        assert "no row for 1 of the 12 people in network.file, such as 'p11'" in caplog.text

    def test_who_has_no_row_lives_where_most_contacts_do(self, people_table, write_table):
        homes = {f"p{k}": k % 2 for k in range(11)}
        ties = write_table("ties.csv", ("source", "target"), [*RING[:10], ("p11", "p1"), ("p3", "p11"), ("p11", "p2")])
        _, people = read(people_table(person=list(homes), district=list(homes.values())), ties)
        assert people.district.tolist() == [*homes.values(), 1]

    @pytest.mark.parametrize("heading", [("from", "to"), ("Source", "Target"), ("EGO", "alter"), (" i", "j ")])
    def test_ends_are_known_by_their_usual_names(self, write_table, heading):
        assert tied(read(network=write_table("ties.csv", heading, RING))) == {tuple(sorted(tie)) for tie in RING}

    @pytest.mark.parametrize("heading", [("giver", "taker"), ("source", "to"), ("source", "")])
    def test_missing_columns_are_named(self, write_table, heading):
        line = refusal(network=write_table("ties.csv", heading, RING))
        assert "network.file" in line
        assert "source and target" in line

    @pytest.mark.parametrize("tie", [("p1", ""), ("", "p1"), ("  ", "p1")])
    def test_a_tie_without_an_end_is_shown(self, write_table, tie):
        line = refusal(network=write_table("ties.csv", ("source", "target"), [*RING, tie]))
        assert f"row {len(RING) + 2}" in line

    def test_a_short_row_is_shown(self, write_table):
        line = refusal(network=write_table("ties.csv", ("source", "target"), [*RING, ("p1",)]))
        assert f"row {len(RING) + 2}" in line

    @pytest.mark.parametrize("row", [("p1", "p2", "p3"), ("p1", "p2", "p3", "p4")])
    @pytest.mark.parametrize("place", [0, len(RING)])
    def test_a_row_that_is_too_long_is_refused(self, write_table, row, place):
        rows = [*RING[:place], row, *RING[place:]]
        assert "network.file" in refusal(network=write_table("ties.csv", ("source", "target"), rows))

    def test_rows_that_are_all_too_long_are_refused(self, write_table):
        rows = [("kin", *tie) for tie in RING]
        assert "network.file" in refusal(network=write_table("ties.csv", ("source", "target"), rows))

    @pytest.mark.parametrize(
        "text",
        ["", "   ", "no markup", "<graphml>", "<graphml></graphml>", "<other/>",
         '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected"/></graphml>',
         '<graphml><graph><node/></graph></graphml>', '<graphml><graph><edge source="a"/></graph></graphml>'],
    )  # fmt: skip
    def test_broken_graphml_is_refused(self, tmp_path, text):
        path = tmp_path / "broken.graphml"
        path.write_text(text, encoding="utf-8")
        assert "network.file" in refusal(network=str(path))

    @given(text=st.text(max_size=300))
    def test_garbage_in_place_of_graphml_is_refused(self, tmp_path, text):
        path = tmp_path / "garbage.graphml"
        path.write_text(text, encoding="utf-8")
        assert "network.file" in refusal(network=str(path))

    @pytest.mark.parametrize("name", ["absent.csv", "absent.graphml", ""])
    def test_a_missing_file_is_named(self, tmp_path, name):
        # The empty name is the folder itself.
        path = str(tmp_path / name)
        line = refusal(network=path)
        assert "network.file" in line
        assert path in line


class TestPeople:
    @given(
        columns=st.dictionaries(
            st.sampled_from(SHARES),
            st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=12, max_size=12),
            min_size=1,
        )
    )
    def test_attributes_come_back_as_written_and_the_missing_are_missing(self, people_table, columns):
        path = people_table(person=range(12), **{n: ["" if v is None else v for v in c] for n, c in columns.items()})
        parameters, people = read(path)
        assert parameters.population.citizens == 12
        for row, name in enumerate(COLUMNS):
            written = [np.nan if value is None else value for value in columns.get(name, [None] * 12)]
            assert np.array_equal(people.given["citizen"][row], written, equal_nan=True)

    def test_given_attributes_enter_the_society_and_missing_ones_are_drawn(self, people_table):
        education = [0.25, ""] * 6
        parameters, _ = read(people_table(education=education))
        drawn = EngagementModel(parameters.changed({"population.file": None, "network.degree": 4}))
        model = EngagementModel(parameters.changed({"network.degree": 4}))
        for row, written in enumerate(education):
            expected = drawn.citizens[row].education if written == "" else written
            assert model.citizens[row].education == expected

    def test_the_connected_are_connected_and_the_others_not(self, people_table):
        parameters, _ = read(people_table(connected=[1, 0] * 6))
        for share in (0.05, 0.6):
            model = EngagementModel(parameters.changed({"network.degree": 4, "conditions.connected": share}))
            connected = [model.rules.is_connected(citizen, citizen.s) for citizen in model.citizens]
            assert connected == [1, 0] * 6

    def test_the_missing_are_counted_in_the_log(self, people_table, caplog):
        with caplog.at_level(logging.INFO):
            read(people_table(education=[0.5] * 9 + [""] * 3, household=range(12)))
        assert "of 12 citizens, read education for 9; the others are drawn at random" in caplog.text
        assert "columns not used: household" in caplog.text

    def test_districts_are_taken_over(self, people_table):
        homes = [0, 1, 1] * 4
        parameters, people = read(people_table(district=homes))
        assert wire(parameters.changed({"network.degree": 4}), people).district.tolist() == homes

    def test_the_order_of_people_is_that_of_the_file(self, people_table):
        names = [f"p{k}" for k in range(12)][::-1]
        _, people = read(people_table(person=names))
        assert citizens_of(people) == tuple(names)

    @pytest.mark.parametrize("name", COLUMNS)
    @pytest.mark.parametrize("text", ["high", "1.1", "-0.01", "inf", "0,5", "50 %", "--", "True", "0.5.5", "9" * 400])
    def test_a_value_off_the_scale_is_shown_with_its_place(self, people_table, name, text):
        line = refusal(people_table(**{name: ["1", text] + ["1"] * 10}))
        assert "population.file, row 3" in line
        assert name in line
        assert text[:40] in line
        assert "0 to 1" in line

    @pytest.mark.parametrize("text", ["-1", "0.5", "", "north"])
    def test_a_district_that_is_none_is_shown_with_its_place(self, people_table, text):
        line = refusal(people_table(district=["0", "1", text] + ["1"] * 9))
        assert "row 4" in line
        assert "district" in line

    def test_a_person_who_stands_twice_is_named(self, people_table):
        line = refusal(people_table(person=["ann", "bob", " ann ", *[f"p{k}" for k in range(9)]]))
        assert "'ann'" in line

    @pytest.mark.parametrize("rows", [[], [[]]])
    def test_an_empty_table_is_refused(self, write_table, rows):
        assert "population.file" in refusal(write_table("people.csv", ("person", "education"), rows))

    def test_a_row_that_is_too_long_is_refused(self, write_table):
        rows = [(k, k / 12, "0.1") for k in range(12)]
        assert "population.file" in refusal(write_table("people.csv", ("person", "education"), rows))

    def test_too_few_people_are_refused(self, write_table):
        path = write_table("people.csv", ("person",), [[k] for k in range(3)])
        with pytest.raises(EngagementError, match=r"population\.citizens = 3.*must be a whole number from 10"):
            read(path)

    def test_an_empty_file_is_refused(self, tmp_path):
        path = tmp_path / "empty.csv"
        path.touch()
        assert "population.file" in refusal(str(path))

    def test_bytes_that_are_no_text_are_refused(self, tmp_path):
        path = tmp_path / "image.csv"
        path.write_bytes(b"person,education\n\xff\xfe\x00\x01,\xd8\n" * 12)
        assert "population.file" in refusal(str(path))

    @given(text=st.text(min_size=1, max_size=200))
    def test_garbage_is_read_as_people_or_refused_in_one_line(self, tmp_path, text):
        path = tmp_path / "garbage.csv"
        path.write_text(text, encoding="utf-8")
        try:
            parameters, people = read(str(path))
        except EngagementError as refused:
            line = str(refused)
        else:
            line = ""
            assert people.given["citizen"].shape[1] == parameters.population.citizens
        assert len(line.splitlines()) <= 1

    @given(cells=st.lists(st.text(max_size=12), min_size=12, max_size=12), name=st.sampled_from([*COLUMNS, "district"]))
    def test_garbage_in_a_cell_is_refused_in_one_line(self, people_table, cells, name):
        path = people_table(**{"person": range(12), name: cells})
        try:
            _, people = read(path)
        except InputError as refused:
            line = str(refused)
        else:
            line = f"{name}: all blank or on the scale"
            assert np.isnan(people.given["citizen"]).any()
        assert name in line or "is a NUL" in line
        assert len(line.splitlines()) == 1


CITIZENS = [("citizen", f"p{k}", "") for k in range(12)]
STAFF = [
    ("manager", "manager of district 0", 0),
    ("provider", "nurse", 0),
    ("provider", "midwife", 0),
    ("politician", "member for district 0", 0),
    ("politician", "member for district 1", 1),
    ("provider", "teacher", 1),
]
HEADING = ("role", "person", "district")


@pytest.fixture
def roles_table(write_table):
    """Return a function that writes a people file of dicts; what a row does not say is empty."""

    def write(*rows, citizens=CITIZENS) -> str:
        whole = [*(dict(zip(HEADING, row, strict=True)) for row in citizens), *rows]
        columns = list(dict.fromkeys([*HEADING, *(name for row in whole for name in row)]))
        return write_table("people.csv", columns, [[row.get(name, "") for name in columns] for row in whole])

    return write


@pytest.fixture
def staffed(roles_table):
    """Return a function that writes a file of twelve citizens and ``STAFF``."""

    def write(*rows) -> str:
        return roles_table(*(dict(zip(HEADING, row, strict=True)) for row in STAFF), *rows)

    return write


FULL = {
    "citizen": {name: 0.25 for name in SHARES} | {"member": 1, "leader": 0},
    "manager": {"reform_minded": 1, "morale": 0.1, "ability": 0.2, "insight": 0.3, "threshold": 0.4, "tenure": 77},
    "provider": {"reform_minded": 0, "morale": 0.9, "ability": 0.8, "insight": 0.7, "threshold": 0.6, "tenure": 0},
    "politician": {"orientation": 0.15, "approval": 0.45, "threshold": 0.5, "in_office": 100, "election_in": 5},
}
STATES = {"reform_minded": "disposition"}


class TestRoles:
    def test_a_file_that_gives_everything_is_the_state_of_the_society_at_the_start(self, roles_table):
        posts = [(role, d) for d in range(2) for role in ("manager", "provider", "provider", "politician")]
        rows = [
            {"role": role, "person": f"{role} {n}", "district": d, **FULL[role]} for n, (role, d) in enumerate(posts)
        ]
        people = [{"role": "citizen", "person": f"p{n}", "district": n % 2, **FULL["citizen"]} for n in range(12)]
        parameters, _ = read(roles_table(*people, *rows, citizens=[]))
        model = EngagementModel(parameters.changed({"network.degree": 4}))
        assert len(model.actors) == 12 + POSTS
        for actor in model.actors:
            wanted = {STATES.get(name, name): value for name, value in FULL[actor.role.name.lower()].items()}
            connected = wanted.pop("connected", None)
            assert {name: getattr(actor, name) for name in wanted} == wanted
            assert connected is None or actor.access_rank == 2 * (1 - connected)

    def test_both_engines_start_with_the_same_people_and_live_the_same_year(self, staffed):
        parameters, _ = read(staffed({"role": "manager", "district": 1, "tenure": 3, "ability": 0.9}))
        parameters = parameters.changed({"network.degree": 4, "months": 12})
        model, compiled = EngagementModel(parameters), LiveSociety(parameters)
        assert compiled.state.same_as(model.state())
        model.run_model()
        compiled.step(12)
        assert compiled.state.same_as(model.state())

    def test_who_is_not_in_the_file_is_drawn_as_without_it(self, roles_table):
        given = {"role": "provider", "person": "nurse", "district": 1, "morale": 0.875}
        parameters, _ = read(roles_table(given))
        with_file = EngagementModel(parameters.changed({"network.degree": 4})).state()
        drawn = EngagementModel(parameters.changed({"network.degree": 4, "population.file": None})).state()
        assert with_file.column("official", "morale")[4] == 0.875
        drawn.column("official", "morale")[4] = 0.875
        assert with_file.same_as(drawn)

    def test_posts_go_by_district_and_providers_by_the_order_of_rows(self, staffed):
        wiring = wire(*read(staffed()))
        graph = wiring.graph()
        named = {
            data["label"]: (data["role"], data["district"]) for _, data in graph.nodes(data=True) if "label" in data
        }
        assert len(named) == 12 + len(STAFF)
        assert {name: named[name] for _, name, _ in STAFF} == {name: (role, d) for role, name, d in STAFF}
        assert wiring.labels[12 : 12 + 6] == ("manager of district 0", "nurse", "midwife", "", "teacher", "")

    def test_names_are_in_the_table_of_agents(self, staffed):
        parameters, _ = read(staffed())
        table = agent_table(EngagementModel(parameters.changed({"network.degree": 4})))
        assert table.set_index("label").loc["teacher", ["role", "district"]].tolist() == ["provider", 1]

    def test_an_empty_role_is_a_citizen(self, roles_table):
        parameters, _ = read(roles_table(citizens=[("", f"p{k}", "") for k in range(12)]))
        assert parameters.population.citizens == 12

    def test_a_file_of_officials_alone_leaves_the_citizens_to_be_drawn(self, roles_table):
        parameters, people = read(roles_table({"role": "manager", "district": 1, "morale": 0.25}, citizens=[]))
        assert parameters.population.citizens == Parameters().population.citizens
        assert np.isnan(people.given["citizen"]).all()

    def test_a_leader_is_a_member_and_who_is_no_member_does_not_lead(self, roles_table):
        people = [{"person": f"p{k}", "leader": ["1", ""][k % 2], "member": ["", "0"][k % 2]} for k in range(40)]
        parameters, _ = read(roles_table(*people, citizens=[]))
        model = EngagementModel(parameters.changed({"network.degree": 4, "population.leaders": 1.0}))
        assert [(citizen.member, citizen.leader) for citizen in model.citizens] == [(1, 1), (0, 0)] * 20

    def test_what_was_read_is_said_by_role_and_district(self, staffed, caplog):
        with caplog.at_level(logging.INFO):
            read(staffed({"role": "manager", "person": "head", "district": 1, "tenure": 9}))
        said = "2 of 2 managers, 3 of 4 providers, 2 of 2 politicians read; the others are drawn at random"
        assert f"{said} (district 1: 1 provider)" in caplog.text
        assert "of 6 officials, read tenure for 1; the others are drawn at random" in caplog.text

    def test_the_list_of_districts_is_short(self, roles_table, caplog):
        read(roles_table({"role": "manager", "district": 19}, citizens=[]), districts=20)
        assert "district 5: 1 manager, 2 providers, 1 politician; and in 14 more districts" in caplog.text

    @pytest.mark.parametrize("role", ["mayor", "chief", "politicians", "0"])
    def test_an_unknown_role_is_shown_with_those_there_are(self, roles_table, role):
        line = refusal(roles_table({"role": role, "district": 0}))
        assert f"row 14, role = '{role}': must be citizen, manager, provider or politician" in line

    @pytest.mark.parametrize(
        ("role", "most"),
        [("manager", "the only one"), ("politician", "the only one"), ("provider", "one of at most 2")],
    )
    def test_more_people_than_posts_are_refused(self, staffed, role, most):
        line = refusal(staffed({"role": role, "person": "another", "district": 0}))
        assert f"row 20, role = '{role}': must be {most}" in line
        assert "district 0" in line

    @pytest.mark.parametrize("role", ["manager", "provider", "politician"])
    def test_a_post_without_a_district_is_refused(self, roles_table, role):
        line = refusal(roles_table({"role": role, "person": "x"}))
        assert f"row 14, district: missing; must be a whole number from 0 to 1 for a {role}" in line

    @pytest.mark.parametrize(
        ("role", "name"),
        [
            (role, name)
            for role, kind in KINDS.items()
            for name in sorted({name for names in ATTRIBUTES.values() for name in names} - set(ATTRIBUTES[kind]))
        ],
    )
    def test_an_attribute_of_another_role_is_refused_with_those_it_may_have(self, roles_table, role, name):
        place = {} if role == "citizen" else {"district": 0}
        line = refusal(roles_table({"role": role, "person": "x", name: 1} | place))
        assert f"row 14, {name} = '1': must be empty for a {role}, who may have" in line
        assert all(allowed in line for allowed in ATTRIBUTES[KINDS[role]])

    @pytest.mark.parametrize(
        ("role", "name", "text", "what"),
        [
            ("manager", "reform_minded", "0.5", "a whole number from 0 to 1"),
            ("manager", "tenure", "-1", "a whole number from 0 to 600"),
            ("provider", "tenure", "1.5", "a whole number from 0 to 600"),
            ("provider", "morale", "1.1", "a number from 0 to 1"),
            ("politician", "election_in", "0", "a whole number from 1 to 48"),
            ("politician", "election_in", "49", "a whole number from 1 to 48"),
            ("politician", "in_office", "soon", "a whole number from 0 to 600"),
        ],
    )
    def test_a_value_out_of_its_range_is_shown_with_the_range(self, roles_table, role, name, text, what):
        line = refusal(roles_table({"role": role, "person": "x", "district": 0, name: text}))
        assert f"population.file, row 14, {name} = '{text}': must be {what}" in line

    def test_a_leader_who_is_no_member_is_refused(self, roles_table):
        line = refusal(roles_table({"role": "citizen", "person": "x", "member": 0, "leader": 1}))
        assert "row 14, member = '0': must be 1, or empty, for a leader" in line

    def test_an_official_and_a_citizen_of_one_name_are_refused(self, staffed):
        assert "'p3' is in more than one" in refusal(staffed({"role": "provider", "person": "p3", "district": 1}))


class TestTiesOfRoles:
    @pytest.fixture
    def wired(self, staffed, write_table):
        """Return a function that wires the twelve citizens and the officials, with ties beside those of the ring."""

        def wired(*ties):
            return wire(*read(staffed(), write_table("ties.csv", ("source", "target"), [*RING, *ties])))

        return wired

    def test_a_tie_to_a_provider_is_the_service_point(self, wired):
        wiring = wired(("p0", "midwife"), ("teacher", "p11"))
        point = {person: wiring.labels[12 + wiring.service_point[row]] for row, person in enumerate(wiring.labels[:12])}
        assert point["p0"] == "midwife"
        assert point["p11"] == "teacher"
        assert wiring.service_point[1:11].tolist() == wired().service_point[1:11].tolist()

    def test_ties_to_the_politician_are_all_the_brokers_of_the_district(self, wired):
        wiring = wired(("p2", "member for district 0"))
        assert wiring.broker[:6].tolist() == [0, 0, 1, 0, 0, 0]
        assert wiring.broker[6:].tolist() == wired().broker[6:].tolist()

    def test_ties_among_officials_are_all_those_of_the_profession(self, wired):
        wiring = wired(("nurse", "teacher"))
        ends = wiring.edges[wiring.ties == Tie.PROFESSION].tolist()
        assert [[wiring.labels[end] for end in pair] for pair in ends] == [["nurse", "teacher"]]

    def test_ties_that_every_district_has_change_nothing(self, wired):
        usual = [("nurse", "midwife"), ("nurse", "manager of district 0")]
        usual += [("member for district 0", "manager of district 0")]
        assert wired(*usual).edges.tolist() == wired().edges.tolist()

    def test_peers_are_those_among_citizens(self, wired):
        wiring = wired(("p0", "midwife"), ("p2", "member for district 0"), ("nurse", "teacher"))
        assert int((wiring.ties == Tie.PEER).sum()) == len(RING)

    @pytest.mark.parametrize(
        ("one", "other", "who"),
        [
            ("p0", "manager of district 0", "'p0' (citizen of district 0) to 'manager of district 0' (manager of"),
            ("p0", "teacher", "'p0' (citizen of district 0) to 'teacher' (provider of district 1)"),
            ("p0", "member for district 1", "politician of district 1"),
            ("member for district 0", "member for district 1", "politician of district 0"),
            ("nurse", "member for district 0", "'nurse' (provider of district 0)"),
            ("manager of district 0", "member for district 1", "politician of district 1"),
        ],
    )
    def test_other_ties_are_refused_with_who_they_are(self, wired, one, other, who):
        with pytest.raises(InputError) as refused:
            wired((one, other))
        (line,) = str(refused.value).splitlines()
        assert line.startswith("network.file: must tie citizens to citizens")
        assert who in line

    def test_two_providers_of_a_citizen_are_refused(self, wired):
        with pytest.raises(
            InputError, match="must tie a citizen to one provider; it ties 'p0' to 'nurse' or 'midwife'"
        ):
            wired(("p0", "midwife"), ("p0", "nurse"))

    def test_names_that_are_no_officials_are_the_citizens(self, roles_table, write_table):
        path = roles_table({"role": "provider", "person": "nurse", "district": 0}, citizens=[])
        ties = write_table("ties.csv", ("source", "target"), [*RING, ("p0", "nurse")])
        parameters, people = read(path, ties)
        assert parameters.population.citizens == 12
        assert people.service_point.tolist() == [1] + [-1] * 11

    def test_ties_are_counted_in_the_log(self, wired, caplog):
        with caplog.at_level(logging.INFO):
            wired(("p0", "midwife"), ("p2", "member for district 0"), ("nurse", "teacher"), ("nurse", "midwife"))
        assert (
            "ties read: 12 among citizens, 1 of citizens with their provider, 1 of citizens with their politician, "
            "1 among officials of different districts, 1 that every district has"
        ) in caplog.text


@pytest.mark.skipif(not VILLAGE.is_dir(), reason="the village data lie beside the project, not in it")
class TestVillage:
    def test_a_real_village_is_read_whole(self):
        parameters, people = read(str(VILLAGE / "people.csv"), str(VILLAGE / "ties.csv"), districts=4)
        wiring = wire(parameters, people)
        assert wiring.citizens == 843
        assert int((wiring.ties == Tie.PEER).sum()) == 3398

    def test_its_ties_are_those_of_the_file(self):
        ties = pd.read_csv(VILLAGE / "ties.csv", dtype=str)
        answer = {tuple(sorted(tie)) for tie in ties.itertuples(index=False)}
        assert tied(read(str(VILLAGE / "people.csv"), str(VILLAGE / "ties.csv"))) == answer

    def test_it_lives_a_month(self):
        parameters, _ = read(str(VILLAGE / "people.csv"), str(VILLAGE / "ties.csv"))
        model = EngagementModel(parameters)
        model.step()
        assert np.isfinite(model.metrics.to_numpy()).all()
