"""Tables and graphs of other programs: the same people whatever saved them, and nothing that can run code is opened."""

from __future__ import annotations

import io
import json
import zipfile

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from engagesim.errors import InputError
from engagesim.files import TABLE_BYTES
from engagesim.parameters import Parameters
from engagesim.parquet import content_of
from engagesim.society.files import read_people
from engagesim.society.graphs import read_network
from engagesim.society.tables import MOST_LETTERS, table

PEOPLE = pd.DataFrame(
    {
        "person": range(1, 13),
        "education": [0.25, None, *np.linspace(0, 1, 10).round(2)],
        "village": ["North", "South"] * 6,
    }
)


def _save(kind, path) -> None:
    match kind:
        case "csv":
            PEOPLE.to_csv(path, index=False)
        case "xlsx":
            PEOPLE.to_excel(path, index=False)
        case "dta":
            PEOPLE.to_stata(path, write_index=False)
        case "sav":
            pytest.importorskip("pyreadstat").write_sav(PEOPLE, str(path))
        case "parquet":
            import pyarrow as pa

            path.write_bytes(content_of(pa.Table.from_pandas(PEOPLE)))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dta", "sav", "parquet"])
def test_a_table_has_the_same_cells_whatever_program_saved_it(tmp_path, kind):
    path = tmp_path / f"people.{kind}"
    _save(kind, path)
    found = table(path, TABLE_BYTES)
    assert found.cells.columns.tolist() == ["person", "education", "village"]
    assert found.cells["person"].tolist() == [str(number) for number in range(1, 13)]
    assert found.cells["village"].tolist() == PEOPLE["village"].tolist()
    assert found.numbers("education").equals(
        pd.Series(PEOPLE["education"].tolist(), found.cells.index, name="education")
    )
    parameters, people = read_people(Parameters().changed({"population.file": str(path), "population.districts": 2}))
    assert parameters.population.citizens == 12
    assert people.given["citizen"][0][0] == 0.25


def test_labels_of_stata_name_the_districts(tmp_path):
    path = tmp_path / "people.dta"
    coded = PEOPLE.assign(district=pd.Categorical(PEOPLE["village"])).drop(columns="village")
    coded.to_stata(path, write_index=False)
    _, people = read_people(Parameters().changed({"population.file": str(path)}))
    assert people.districts == ("North", "South")


def test_formulas_are_not_computed_and_those_without_a_value_are_said(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["person", "education"])
    for number in range(12):
        book.active.append([number, "=1/4"])
    book.save(tmp_path / "people.xlsx")
    found = table(tmp_path / "people.xlsx", TABLE_BYTES)
    assert "12 formulas without a stored value are read as empty" in found.says
    assert "education" not in found.cells.columns or (found.cells["education"] == "").all()


PICKLE = b"\x80\x04}."  # an empty mapping


def _with_part(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    PEOPLE.to_excel(written, index=False)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pkl", PICKLE, "a pickle, which can run code"),
        ("a.csv", PICKLE, "a pickle, which can run code"),
        ("a.xlsm", _with_part("xl/vbaProject.bin", b"macro"), "macros, which can run code"),
        ("a.xlsx", _with_part("xl/big.bin", b"\0" * (MOST_LETTERS + 1)), "bytes when unpacked"),
        (
            "a.xlsx",
            _with_part("xl/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "no document types and entities",
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0" * 100, "save it as .xlsx or CSV"),
        ("a.rds", b"\x1f\x8b" * 100, "write.csv(DATA, FILE, row.names = FALSE)"),
        ("a.sas7bdat", b"\x00" * 12 + b"\xc2\xea\x81\x60" * 9, "a SAS table"),
        ("a.csv", b"<html><table>", "XML, HTML or JSON"),
        ("a.dta", b"<stata_dta><header>", "this Stata file is damaged"),
        ("a.sav", b"$FL2 nothing", "this SPSS file is damaged"),
        ("a.parquet", b"PAR1 nothing", "this Parquet file is damaged"),
        ("a.xlsx", b"PK\x03\x04 nothing", "this workbook is damaged"),
    ],
    ids=lambda value: "content" if isinstance(value, bytes) else None,  # workbooks hold the time of their making
)
def test_what_is_no_table_or_could_run_code_is_refused_with_what_to_do(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_people(Parameters().changed({"population.file": str(tmp_path / name)}))
    (line,) = str(refused.value).splitlines()
    assert words in line


GRAPH = nx.relabel_nodes(nx.gnm_random_graph(14, 40, seed=2), lambda number: f"p{number}")


def _graph_files(folder) -> dict[str, object]:
    nx.write_graphml(GRAPH, folder / "a.graphml")
    nx.write_gexf(GRAPH, folder / "a.gexf")
    nx.write_gml(GRAPH, folder / "a.gml")
    nx.write_pajek(GRAPH, folder / "a.net")
    nx.write_edgelist(GRAPH, folder / "spaces.txt", data=False)
    (folder / "a.json").write_text(json.dumps(nx.node_link_data(GRAPH, edges="links")))
    (folder / "cy.json").write_text(json.dumps(nx.cytoscape_data(GRAPH)))
    d3 = nx.convert_node_labels_to_integers(GRAPH, label_attribute="name")
    nodes = [{"name": name} for _, name in d3.nodes(data="name")]
    links = [{"source": one, "target": other} for one, other in d3.edges]
    (folder / "d3.json").write_text(json.dumps({"nodes": nodes, "links": links}))
    nx.to_pandas_adjacency(GRAPH).to_csv(folder / "matrix.csv")
    nx.to_pandas_adjacency(GRAPH).to_csv(folder / "matrix.txt", sep=" ")
    pd.DataFrame(list(GRAPH.edges), columns=["ego", "alter"]).to_excel(folder / "ties.xlsx", index=False)
    lists = "\n".join(
        f"{u + 1} {' '.join(str(v + 1) for v in d3[u] if v > u)}" for u in d3 if any(v > u for v in d3[u])
    )
    names = "\n".join(f'{number + 1} "{name}"' for number, name in d3.nodes(data="name"))
    (folder / "lists.net").write_text(f"*Vertices 14\n{names}\n*Edgeslist\n{lists}\n")
    return {path.name: path for path in folder.iterdir()}


def test_a_graph_has_the_same_people_and_ties_whatever_program_saved_it(tmp_path):
    wanted = {frozenset(edge) for edge in GRAPH.edges}
    for name, path in _graph_files(tmp_path).items():
        network = read_network(path)
        known = next(iter(given for attribute, given in network.names.items() if attribute in {"label", "name"}), None)
        named = (
            known
            if known and name in {"a.gml", "a.net", "d3.json", "lists.net"}
            else {each: each for each in network.people}
        )
        assert {frozenset(named[end] for end in tie) for tie in network.ties} == wanted, name


def test_pajek_with_two_people_of_one_name_keeps_them_apart(tmp_path):
    (tmp_path / "a.net").write_text('*Vertices 3\n1 "ann"\n2 "ann"\n3 "bob"\n*Edges\n1 3\n2 3\n')
    network = read_network(tmp_path / "a.net")
    assert list(network.people) == ["1", "2", "3"]
    assert network.ties == [("1", "3"), ("2", "3")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.net", "*Vertices 4 2\n1 a\n", "two kinds of nodes"),
        ("a.json", '{"nodes": 1}', "lists of nodes and links"),
        ("a.gml", "graph [ node [ id 1 ", "not valid GML"),
        ("a.txt", "dl n=3 format=edgelist1\n", "a network of UCINET"),
        ("a.csv", "giver,taker\n1,2\n", "it has 'giver', 'taker': rename the two ends"),
        ("a.graphml", "<graphml><graph><edge source='a'/></graph></graphml>", "a source and a target"),
    ],
)
def test_a_graph_that_cannot_be_meant_is_refused_with_what_to_do(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as refused:
        read_people(Parameters().changed({"network.kind": "file", "network.file": str(tmp_path / name)}))
    (line,) = str(refused.value).splitlines()
    assert words in line


def test_titles_above_the_heading_and_names_of_rows_are_told(tmp_path):
    (tmp_path / "titled.csv").write_text("Survey of 2024,,\nperson,education,trust\na,0.5,0.2\nb,0.1,0.3\n")
    found = table(tmp_path / "titled.csv", 1000)
    assert found.cells.columns.tolist() == ["person", "education", "trust"]
    assert "line 1 ('Survey of 2024') is a title" in found.says
    (tmp_path / "rows.txt").write_text('"person" "education"\n"1" "a" 0.5\n"2" "b" 0.1\n')  # as R writes it
    found = table(tmp_path / "rows.txt", 1000)
    assert found.cells["person"].tolist() == ["a", "b"]
