"""What people reported of neighbouring tools, in public, is right here; each test names the report that it is after.

The files are of our own making.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engagesim.parameters import Parameters
from engagesim.society.files import read_people
from engagesim.society.graphs import read_network
from engagesim.society.tables import table
from engagesim.study.exports import short_names

RING = [(number, number % 12 + 1) for number in range(1, 13)]
EDGES = "\n".join(f"{one} {other}" for one, other in RING)
NAMED = "\n".join(f'{number} "p {number}" 0.1 0.2 ellipse' for number in range(1, 13))


@pytest.mark.parametrize(
    "text",
    [
        f"*Vertices 12\n*Edges\n{EDGES}\n",  # https://github.com/networkx/networkx/issues/3122
        f'*Vertices 12\n{NAMED}\n*Arcs :1 "kin"\n{EDGES}\n*Arcs :2 "advice"\n{EDGES}\n',  # networkx#5013
        f"*vertices 12\n{NAMED.replace(chr(34), '').replace('p ', 'p')}\n*arcs\n{EDGES}\n",  # socnetv/app/issues/73
        f"*Vertices 12\n{NAMED}\n\n*Edges\n{EDGES}\n",  # https://github.com/biolab/orange3-network/issues/258
        f"*Network Davis.net [2-mode]\n*Vertices 12\n{NAMED}\n*Edges\n{EDGES}\n",  # igraph/igraph/issues/1926
    ],
    ids=["no labels", "two sections of arcs", "labels without quotes", "a blank line", "a file name behind *Network"],
)
def test_pajek_as_people_have_it(tmp_path, text):
    (tmp_path / "a.net").write_text(text)
    network = read_network(tmp_path / "a.net")
    assert len(network.people) == 12
    assert {frozenset(tie) for tie in network.ties} == {frozenset(map(str, tie)) for tie in RING}


def test_labels_of_yed_name_people(tmp_path):
    """https://github.com/dondi/GRNsight/issues/321."""
    nodes = "".join(
        f'<node id="n{n}"><data key="d6"><y:ShapeNode><y:NodeLabel visible="true">P{n}<y:LabelModel/></y:NodeLabel>'
        "</y:ShapeNode></data></node>"
        for n in range(1, 13)
    )
    edges = "".join(f'<edge source="n{one}" target="n{other}"/>' for one, other in RING)
    (tmp_path / "a.graphml").write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">'
        f'<key for="node" id="d6" yfiles.type="nodegraphics"/><graph edgedefault="directed">{nodes}{edges}</graph>'
        "</graphml>"
    )
    (tmp_path / "people.csv").write_text("person,education\n" + "".join(f"P{n},0.{n:02}\n" for n in range(1, 13)))
    settings = {"network.kind": "file", "network.file": str(tmp_path / "a.graphml"), "population.districts": 2}
    _, people = read_people(Parameters().changed({**settings, "population.file": str(tmp_path / "people.csv")}))
    assert people.labels[:2] == ("P1", "P2")
    assert len(people.peers) == 12


def test_labels_without_a_declaration_name_people(tmp_path):
    """https://github.com/gephi/gephi/issues/101."""
    nodes = "".join(f'<node id="{n}"><data key="label">ABC{n}</data></node>' for n in range(12))
    (tmp_path / "a.graphml").write_text(f"<graphml><graph>{nodes}<edge source='0' target='1'/></graph></graphml>")
    network = read_network(tmp_path / "a.graphml")
    assert network.names["label"]["3"] == "ABC3"


def test_gml_of_networkx_keeps_its_labels(tmp_path):
    """https://github.com/jgrapht/jgrapht/issues/397."""
    (tmp_path / "a.gml").write_text(
        'graph [\n directed 1\n node [\n id 0\n label "v2"\n ]\n node [\n id 1\n label "v1"\n ]\n'
        " edge [\n source 0\n target 1\n ]\n edge [\n source 1\n target 0\n ]\n]\n"
    )
    network = read_network(tmp_path / "a.gml")
    assert network.names["label"] == {"0": "v2", "1": "v1"}
    assert len(network.ties) == 2


def test_ties_may_name_people_who_have_no_row(tmp_path):
    """https://github.com/AnacletoLAB/ensmallen/issues/191."""
    ties = "".join(f"p{one}\tknows\tp{other}\n" for one, other in RING)
    (tmp_path / "edges.tsv").write_text(f"subject\tpredicate\tobject\n{ties}")
    (tmp_path / "nodes.tsv").write_text("id\teducation\n" + "".join(f"p{n}\t0,5\n" for n in range(1, 9)))
    settings = {"network.kind": "file", "network.file": str(tmp_path / "edges.tsv"), "population.districts": 2}
    parameters, people = read_people(Parameters().changed({**settings, "population.file": str(tmp_path / "nodes.tsv")}))
    assert parameters.population.citizens == 12
    assert (people.given["citizen"][0][:8] == 0.5).all()


def test_a_hash_within_a_name_is_no_comment(tmp_path):
    """https://github.com/networkx/networkx/issues/3964."""
    ties = "".join(f"house#{one}\thouse#{other}\n" for one, other in RING)
    (tmp_path / "a.tsv").write_text(f"source\ttarget\n{ties}")
    assert len(read_network(tmp_path / "a.tsv").people) == 12


def test_people_without_ties_may_stand_in_the_list(tmp_path):
    """https://github.com/networkx/networkx/issues/78."""
    ties = "".join(f"{one},{other}\n" for one, other in RING)
    (tmp_path / "a.csv").write_text(f"source,target\n{ties}hermit,hermit\n")
    assert "hermit" in read_network(tmp_path / "a.csv").people


def test_values_that_spss_declares_missing_are_missing(tmp_path):
    """https://github.com/Roche/pyreadstat/issues/161."""
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"person": range(12), "education": [-9.0, *[0.5] * 11]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"), missing_ranges={"education": [-9]})
    found = table(tmp_path / "a.sav", 10_000_000)
    assert found.missing("education").sum() == 1


def test_files_beside_one_of_spss_are_not_run(tmp_path, monkeypatch):
    pyreadstat = pytest.importorskip("pyreadstat")
    pyreadstat.write_sav(pd.DataFrame({"person": ["ana", "ben"], "trust": [0.1, 0.2]}), str(tmp_path / "a.sav"))
    (tmp_path / "json.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    assert table(Path("a.sav"), 10_000_000).cells["person"].tolist() == ["ana", "ben"]


def test_names_fit_into_stata(tmp_path):
    """https://github.com/tidyverse/haven/issues/485 and /531."""
    columns = ["incentives.patronage", "a" * 40, "a" * 41, "if", "2nd", "str8", "_n", "Ä"]
    names = list(short_names(columns, 32).values())
    assert len({name.lower() for name in names}) == len(columns)
    pd.DataFrame([range(8)], columns=names).to_stata(tmp_path / "a.dta", write_index=False)
    assert list(pd.read_stata(tmp_path / "a.dta").columns) == names  # pandas renames what Stata refuses
