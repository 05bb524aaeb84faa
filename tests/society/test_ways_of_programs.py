"""What programs of the field write besides people and ties is read as it is meant, told, or refused with what to do."""

from __future__ import annotations

import io
import json
import logging

import pandas as pd
import pytest

from engagesim.errors import InputError
from engagesim.parameters import Parameters
from engagesim.society.files import ATTRIBUTES, read_people
from engagesim.society.graphs import read_network
from engagesim.society.survey import read_survey
from things import refusal

COUNT = 12
RING = [(one, one % COUNT + 1) for one in range(1, COUNT + 1)]
PEOPLE = "person,education\n" + "".join(f"p{person},{person / 20}\n" for person in range(1, COUNT + 1))


@pytest.fixture
def read(tmp_path, caplog):
    """Return a function that reads ties or people and returns their numbers, their education and what is said."""

    def reading(ties: str | None = None, people: str | bytes | None = None, name: str = "csv", **settings):
        changes: dict[str, object] = {
            "population.districts": 2,
            **{k.replace("__", "."): v for k, v in settings.items()},
        }
        for key, content, kind in (("network.file", ties, name), ("population.file", people, "csv" if ties else name)):
            if content is not None:
                file = tmp_path / f"{key}.{kind}"
                file.write_bytes(content.encode() if isinstance(content, str) else content)
                changes[key] = str(file)
        if ties is not None:
            changes["network.kind"] = "file"
        caplog.clear()
        with caplog.at_level(logging.INFO, "engagesim"):
            parameters, found = read_people(Parameters().changed(changes))
        values = found.given["citizen"][list(ATTRIBUTES["citizen"]).index("education")]
        tied = None if found.peers is None else len(found.peers)
        named = dict(zip(found.labels[: len(values)], values.tolist(), strict=False))
        return parameters.population.citizens, tied, named, caplog.text

    return reading


# Pajek and UCINET

EDGES = "*Edges\n" + "".join(f"{one} {other} 1\n" for one, other in RING)
VERTICES = f"*Vertices {COUNT}\n" + "".join(f'{person} "p{person}" 0.1 0.2\n' for person in range(1, COUNT + 1))
PARTITION = f"*Partition wealth\n*Vertices {COUNT}\n" + "2\n" * COUNT
VECTOR = f"*Vector income\n*Vertices {COUNT}\n" + "-0.5\n" * COUNT


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_project_of_pajek_is_its_first_network(read, order):
    network = f"*Network village\n{VERTICES}{EDGES}*Arcs\n2 1 1\n"
    further = "*Network other\n*Vertices 3\n*Edges\n1 2\n"
    others = PARTITION + VECTOR
    count, ties, _, said = read((others + network if order == "before" else network + others) + further, name="paj")
    assert (count, ties) == (COUNT, COUNT)
    assert "only its first network is read, not: Partition wealth, Vector income, Network other" in said


def test_a_partition_of_pajek_is_no_network(read):
    assert "it must have ties (*Edges or *Arcs)" in refusal(read, f"*Vertices {COUNT}\n" + "2\n" * COUNT, name="clu")


@pytest.mark.parametrize("tie", ["13 1", "0 1"])
def test_ties_of_pajek_join_its_vertices(read, tie):
    assert "must join vertices from 1 to 12, not " in refusal(read, f"{VERTICES}{EDGES}{tie}\n", name="net")


@pytest.mark.parametrize("text", ["dl n=3 format=edgelist1\ndata:\na b\n", "\n DL\nNR = 3, nc=3\n", "\ufeffDl N = 3\n"])
def test_a_network_of_ucinet_is_named(read, text):
    assert "this is a network of UCINET: export it as Pajek" in refusal(read, text, name="txt")


# Gephi and yEd


def test_times_of_ties_are_told(read):
    edges = "".join(f'<edge source="{a}" target="{b}" start="2001" end="2003"/>' for a, b in RING)
    nodes = "".join(f'<node id="{person}"/>' for person in range(1, COUNT + 1))
    graph = f'<gexf><graph mode="{{}}"><nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>'
    told = "times are not used"
    assert told in read(graph, name="gexf")[3]
    assert told not in read(graph.replace(' start="2001" end="2003"', ""), name="gexf")[3]
    pajek = f"*Vertices {COUNT}\n{EDGES}"
    assert told in read(pajek.replace(" 1\n", " 1 [1-5]\n"), name="net")[3]
    assert told not in read(pajek, name="net")[3]


@pytest.mark.parametrize("way", ["nodes", "pid"])
def test_nodes_of_gexf_that_hold_others_are_groups(read, way):
    inner = "".join(f'<node id="{person}" {{}}/>' for person in range(1, COUNT + 1))
    nodes = (
        f'<node id="g" label="North"><nodes>{inner.replace("{}", "")}</nodes></node>'
        if way == "nodes"
        else f'<node id="g" label="North"/>{inner.replace("{}", 'pid="g"')}'
    )
    edges = "".join(f'<edge source="{a}" target="{b}"/>' for a, b in RING)
    count, ties, _, said = read(
        f"<gexf><graph><nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>", name="gexf"
    )
    assert (count, ties) == (COUNT, COUNT)
    assert "1 of its nodes contain others and have no ties: groups, not people" in said


def yed(more: str = "") -> str:
    """Return a graph with a group, which has two labels, as yEd writes it."""
    people = "".join(
        f'<node id="n0::n{person}"><data key="d6"><y:NodeLabel>p{person}</y:NodeLabel></data></node>'
        for person in range(1, COUNT + 1)
    )
    edges = "".join(f'<edge source="n0::n{one}" target="n0::n{other}"/>' for one, other in RING)
    labels = "<y:NodeLabel>North</y:NodeLabel><y:NodeLabel>Folder 1</y:NodeLabel>"
    group = (
        f'<node id="n0" yfiles.foldertype="group"><data key="d6">{labels}</data><graph id="n0:">{people}</graph></node>'
    )
    return f'<graphml xmlns:y="http://www.yworks.com/xml/graphml"><graph>{group}{edges}{more}</graph></graphml>'


def test_attributes_of_gexf_may_have_the_ids_of_those_of_ties(read):
    declared = "".join(
        f'<attributes class="{kind}"><attribute id="att1" title="{title}"/></attributes>'
        for kind, title in (("node", "name"), ("edge", "weight"))
    )
    value = '<attvalues><attvalue for="att1" value="{}"/></attvalues>'
    nodes = "".join(f'<node id="{person}">{value.format(f"p{person}")}</node>' for person in range(1, COUNT + 1))
    edges = "".join(f'<edge source="{a}" target="{b}">{value.format(a - 1)}</edge>' for a, b in RING)
    graph = f"<gexf><graph>{declared}<nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>"
    count, ties, education, said = read(graph, PEOPLE, "gexf")
    assert (count, ties, education["p4"]) == (COUNT, COUNT - 1, 0.2)
    assert "people are identified by their attribute 'name'" in said


def test_ends_of_links_in_json_may_be_numbers_where_ids_are_texts(tmp_path):
    links = [{"source": one, "target": one + 1} for one in range(1, COUNT - 1)]
    file = tmp_path / "ties.json"
    file.write_text(json.dumps({"nodes": [{"id": str(person)} for person in range(1, COUNT + 1)], "links": links}))
    assert read_network(file).ties == [(str(one), str(one + 1)) for one in range(1, COUNT - 1)]


def test_labels_of_yed_name_the_people_and_not_their_groups(read):
    count, ties, education, _ = read(yed(), PEOPLE, "graphml")
    assert (count, ties) == (COUNT, COUNT)
    assert education["p4"] == 0.2


def test_a_group_with_ties_is_doubted(read):
    count, _, education, said = read(yed('<edge source="n0" target="n0::n2"/>'), PEOPLE, "graphml")
    assert count == COUNT + 1
    assert "North" in education
    assert "nodes that contain others and have ties, such as 'n0', are read as people" in said


# Lists of ties


def test_zeros_in_a_column_that_is_no_weight_are_doubted(read):
    rows = "".join(f"{one},{other},{one % 2}\n" for one, other in RING)
    said = read(f"source,target,friends\n{rows}")[3]
    assert "the column 'friends' has zeros, but all rows are ties; if 0 means no tie there, call it weight" in said
    assert "has zeros" not in read("source,target,id\n" + "".join(f"{a},{b},{a - 1}\n" for a, b in RING))[3]
    assert "has zeros" not in read(f"source,target,weight\n{rows}")[3]
    assert "it has 'source', 'target', 'friends'" in refusal(
        read, f"source,target,friends\n{rows}", network__threshold=1.0
    )


def test_ties_with_attributes_in_braces_are_refused_with_what_to_write(read):
    lines = "".join(f"{one} {other} {{'weight': 2, 'kin': True}}\n" for one, other in RING)
    assert "as networkx writes it: save it with nx.write_edgelist(G, FILE, data=['weight'])" in refusal(read, lines)


def test_a_third_column_without_a_heading_is_told_to_be_a_weight(read):
    text = "".join(f"{one} {other} {one}\n" for one, other in RING)
    assert "no heading: the columns are source, target and weight" in read(text)[3]


# Tables of people


def test_a_heading_may_take_two_rows(read):
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    for row in (["person", "Scores", None], [None, "education", "trust"]):
        page.append(row)
    page.merge_cells("A1:A2")
    page.merge_cells("B1:C1")
    for person in range(1, COUNT + 1):
        page.append([f"p{person}", person / 20, 0.5])
    written = io.BytesIO()
    book.save(written)
    count, _, education, said = read(people=written.getvalue(), name="xlsx")
    assert (count, education["p4"]) == (COUNT, 0.2)
    assert "lines 1 and 2 are one heading" in said


def test_a_citizen_among_others_must_have_a_name(read):
    assert "row 14, person: missing; must be a name" in refusal(read, people=f"{PEOPLE},0.5\n")


def test_officials_need_no_names_where_citizens_have_them(read):
    rows = PEOPLE.replace("\n", ",citizen,0\n").replace("education,citizen,0", "education,role,district")
    assert (
        read(people=f"{rows},,manager,0\n,,manager,1\n".replace("p1,0.05,citizen,0", "p1,0.05,citizen,1"))[0] == COUNT
    )


def with_roles(role: str) -> str:
    people = "".join(f"p{person},{person / 20},{role},{person % 3 + 1}\n" for person in range(1, COUNT + 1))
    return f"person,education,role,district\n{people}"


@pytest.mark.parametrize("role", ["Citizen", "CITIZEN", "", "NA"])
def test_districts_of_citizens_are_those_of_the_file_however_the_role_is_written(read, role):
    assert "citizens in 3 districts (1, 2, 3)" in read(people=with_roles(role), population__districts=10)[3]


@pytest.mark.parametrize("role", ["Citizen", "citizen"])
def test_ties_must_name_citizens_however_the_role_is_written(read, role):
    ties = "source,target\n" + "".join(f"q{one},q{other}\n" for one, other in RING)
    assert "no id is in both" in refusal(read, ties, with_roles(role))


def test_labels_of_roles_may_be_in_capitals(read):
    roles = pd.Categorical(["Citizen"] * COUNT + ["Manager"])
    saved = io.BytesIO()
    pd.DataFrame({"person": range(COUNT + 1), "role": roles, "district": [0, 1] * 6 + [0]}).to_stata(
        saved, write_index=False
    )
    count, _, _, said = read(people=saved.getvalue(), name="dta")
    assert count == COUNT
    assert "1 of 2 managers" in said


def test_attributes_that_a_role_lacks_may_be_missing_as_r_writes_it(read):
    rows = PEOPLE.replace("\n", ",citizen,0,NA\n").replace("education,citizen,0,NA", "education,role,district,morale")
    rows = rows.replace("p1,0.05,citizen,0", "p1,0.05,citizen,1")
    count, _, _, said = read(people=f"{rows}NA,NA,manager,0,0.5\nNA,NA,manager,1,0.5\n")
    assert count == COUNT
    assert "of 10 officials, read morale for 2" in said


def test_a_tie_with_a_missing_end_is_refused(read):
    ties = "".join(f"{one},{other}\n" for one, other in RING)
    assert "row 14 must have a source and a target" in refusal(read, f"ego,alter\n{ties}3,NA\n")


def test_weights_above_the_threshold_are_used(read):
    ties = "".join(f"{one},{other},{other}\n" for one, other in RING)
    assert "columns not used" not in read(f"source,target,weight\n{ties}", network__threshold=0.5)[3]


@pytest.mark.parametrize("friends", ["", "x,p3\nx,p6\nx,p9\n"], ids=["alone", "with friends elsewhere"])
def test_citizens_without_a_row_live_where_their_provider_is(read, friends):
    rows = "".join(f"p{person},citizen,{person % 3 % 2}\n" for person in range(1, COUNT + 1))
    ties = "".join(f"p{one},p{other}\n" for one, other in RING)
    people = f"person,role,district\n{rows}nurse,provider,1\n"
    count, _, _, said = read(f"source,target\n{ties}{friends}x,nurse\n", people)
    assert count == COUNT + 1
    assert "1 of citizens with their provider" in said


@pytest.mark.parametrize("kind", ["gml", "json", "net", "graphml"])
def test_a_threshold_needs_weights_in_every_kind_of_graph(read, kind):
    nodes = "".join(f"node [ id {person} ]\n" for person in range(1, COUNT + 1))
    edges = "".join(f"edge [ source {one} target {other} ]\n" for one, other in RING)
    links = [{"source": one, "target": other} for one, other in RING]
    graphs = {
        "gml": f"graph [\n{nodes}{edges}]",
        "json": json.dumps({"nodes": [{"id": person} for person in range(1, COUNT + 1)], "links": links}),
        "net": f"*Vertices {COUNT}\n*Edges\n" + "".join(f"{one} {other}\n" for one, other in RING),
        "graphml": yed(),
    }
    assert read(graphs[kind], name=kind)[1] == COUNT
    assert "its ties must have a weight" in refusal(read, graphs[kind], name=kind, network__threshold=2)


@pytest.mark.parametrize("gap", [3, 15])
def test_an_empty_row_of_parquet_is_not_passed_over(read, gap):
    saved = io.BytesIO()
    pd.DataFrame({"trust": [0.5 if row != gap else None for row in range(16)]}).to_parquet(saved)
    assert f"row {gap + 2}: must not be empty" in refusal(read, people=saved.getvalue(), name="parquet")


def test_a_misspelt_column_is_told_with_the_one_that_is_meant(read):
    rows = PEOPLE.replace("\n", ",1,1,1\n").replace("education,1,1,1", "education,vulnerable,trust_level,educ")
    said = read(people=rows)[3]
    assert "vulnerable; did you mean 'vulnerability'?, trust_level; did you mean 'trust'?" in said
    assert "mean 'education'" not in said  # it is there


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('"1,200"', "write thousands without a comma"),
        ('"1,200,300.5"', "write thousands without a comma"),
        ('"0,2"', "a number has a decimal point"),
        ("$ 2", "leave out currency signs and units"),
        ("40%", "50 % is 0.5"),
    ],
)
def test_a_number_in_other_spelling_is_refused_with_how_to_write_it(read, cell, words):
    assert words in refusal(read, people=f"{PEOPLE}q,{cell}\n")


@pytest.fixture
def income(tmp_path):
    """Return a function that reads a survey of incomes with decimal commas, and returns the last one."""

    def reading(cell: str) -> float:
        rows = "".join(f"{row};{900 + row},50\n" for row in range(10))
        (tmp_path / "answers.csv").write_text(f"id;income\n{rows}10;{cell}\n")
        mapping = "survey: answers.csv\nattributes:\n  education: {from: income, scale: [0, 5000], reason: as a test}\n"
        (tmp_path / "mapping.yaml").write_text(mapping)
        return 5000 * read_survey(tmp_path / "mapping.yaml").answers["education"].iloc[-1]

    return reading


@pytest.mark.parametrize("cell", ["1.200", "1.200,75", "1.200.300"])
def test_points_between_thousands_are_no_decimal_points(income, cell):
    with pytest.raises(InputError, match=r"row 12 = .*: must be a number .*; write thousands without a point"):
        income(cell)


@pytest.mark.parametrize("cell", ["0.5", "12.25", "0.125"])
def test_other_points_among_decimal_commas_are_decimal_points(income, cell):
    assert income(cell) == pytest.approx(float(cell))


def test_a_portable_file_of_spss_is_named(read):
    head = b"ASCII SPSS PORT FILE                    " * 5
    assert "this is an SPSS portable file: save it as .sav or CSV" in refusal(
        read, people=head + b"0" * 256, name="por"
    )
