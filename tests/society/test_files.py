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

from engagesim.engines.mesa import EngagementModel
from engagesim.errors import EngagementError, InputError
from engagesim.parameters import Parameters
from engagesim.rules.vocabulary import Tie
from engagesim.society.files import ATTRIBUTES, read_people
from engagesim.society.network import wire

VILLAGE = Path(__file__).parents[3] / "shared" / "data" / "village"
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


def refusal(*arguments, **options) -> str:
    """Return the one line in which an input is refused."""
    with pytest.raises(InputError) as refused:
        read(*arguments, **options)
    (line,) = str(refused.value).splitlines()
    return line


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
        assert people.labels == tuple(str(k) for k in range(1, 13))

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
        assert people.labels == tuple(names)

    def test_an_unknown_person_is_named(self, people_table, ring):
        line = refusal(people_table(person=[f"p{k}" for k in range(11)]), ring)
        assert "network.file" in line
        assert "p11: no such person" in line

    @pytest.mark.parametrize("heading", [("from", "to"), ("source", "to"), ("Source", "Target")])
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
         '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected"><node id="a">'
         '<data key="no">1</data></node></graph></graphml>'],
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
            st.sampled_from(ATTRIBUTES),
            st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=12, max_size=12),
            min_size=1,
        )
    )
    def test_attributes_come_back_as_written_and_the_missing_are_missing(self, people_table, columns):
        path = people_table(person=range(12), **{n: ["" if v is None else v for v in c] for n, c in columns.items()})
        parameters, people = read(path)
        assert parameters.population.citizens == 12
        for row, name in enumerate(ATTRIBUTES):
            written = [np.nan if value is None else value for value in columns.get(name, [None] * 12)]
            assert np.array_equal(people.given[row], written, equal_nan=True)

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
        assert "education read for 9 people, drawn at random for the other 3" in caplog.text
        assert "columns not used: household" in caplog.text

    def test_districts_are_taken_over(self, people_table):
        homes = [0, 1, 1] * 4
        parameters, people = read(people_table(district=homes))
        assert wire(parameters.changed({"network.degree": 4}), people).district.tolist() == homes

    def test_the_order_of_people_is_that_of_the_file(self, people_table):
        names = [f"p{k}" for k in range(12)][::-1]
        _, people = read(people_table(person=names))
        assert people.labels == tuple(names)

    @pytest.mark.parametrize("name", ATTRIBUTES)
    @pytest.mark.parametrize(
        "text", ["high", "1.1", "-0.01", "nan", "inf", "0,5", "50 %", "--", "True", "0.5.5", "9" * 400]
    )
    def test_a_value_off_the_scale_is_shown_with_its_place(self, people_table, name, text):
        line = refusal(people_table(**{name: ["0.5", text] + ["0.5"] * 10}))
        assert "population.file, row 3" in line
        assert name in line
        assert text[:40] in line
        assert "0 to 1" in line

    @pytest.mark.parametrize("text", ["2", "-1", "0.5", "", "north"])
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
            assert people.given.shape[1] == parameters.population.citizens
        assert len(line.splitlines()) <= 1

    @given(
        cells=st.lists(st.text(max_size=12), min_size=12, max_size=12), name=st.sampled_from([*ATTRIBUTES, "district"])
    )
    def test_garbage_in_a_cell_is_refused_in_one_line(self, people_table, cells, name):
        path = people_table(**{"person": range(12), name: cells})
        try:
            _, people = read(path)
        except InputError as refused:
            line = str(refused)
        else:
            line = f"{name}: all blank or on the scale"
            assert np.isnan(people.given).any()
        assert name in line or "is a NUL" in line
        assert len(line.splitlines()) == 1


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
