"""Files as people have them: each case comes out right, or is refused with what to do.

The cases are of our own making, each after a public report; the village has 40 people and 78 ties.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from engagesim.errors import EngagementError, InputError
from engagesim.parameters import Parameters
from engagesim.society.files import ATTRIBUTES, read_people
from engagesim.study.description import Study
from engagesim.study.designs import design_points
from engagesim.validation.facts import read_fact
from things import refusal

CASES = Path(__file__).parents[3] / "shared" / "cases" / "files"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")
EDUCATION = list(ATTRIBUTES["citizen"]).index("education")


class Read(NamedTuple):
    people: int
    ties: int | None
    districts: int
    education: dict[str, float]
    tied: set[str]
    said: str
    names: tuple[str, ...]


@pytest.fixture
def read(caplog):
    """Return a function that reads a case and says what came of it."""

    def read_case(case: str, network: str | None = None, people: str | None = None, **changes) -> Read:
        settings = {"population.districts": 2} | {name.replace("__", "."): value for name, value in changes.items()}
        if network is not None:
            settings |= {"network.kind": "file", "network.file": str(CASES / case / network)}
        if people is not None:
            settings["population.file"] = str(CASES / case / people)
        caplog.clear()
        with caplog.at_level(logging.INFO, "engagesim"):
            parameters, found = read_people(Parameters().changed(settings))
        count = parameters.population.citizens
        labels = found.labels[:count]
        tied = set() if found.peers is None else {labels[end] for end in found.peers.ravel()}
        education = dict(zip(labels, found.given["citizen"][EDUCATION], strict=True))
        ties = None if found.peers is None else len(found.peers)
        return Read(count, ties, parameters.population.districts, education, tied, caplog.text, found.districts)

    return read_case


def counts(found: Read) -> tuple[int, int | None]:
    return found.people, found.ties


VILLAGES = [
    "03-netlogo/net.graphml", "04-mixed-directions/net.graphml", "06-graph-tool/net.graphml",
    "07-two-graphs/layers.graphml",
    "09-missing-values-in-attributes/empty.graphml", "09-missing-values-in-attributes/nan.graphml",
    "09-missing-values-in-attributes/undeclared.graphml", "10-neo4j/export.graphml", "11-gephi-tables/edges.csv",
    "11-gephi-tables/edges_semicolon.csv", "12-snap-konect-plain/no_header.csv", "12-snap-konect-plain/out.village",
    "12-snap-konect-plain/snap.txt", "12-snap-konect-plain/tabs_with_header.csv", "13-netzschleuder-csv/edges.csv",
    "14-float-ids/ties.csv", "15-leading-zeros/ties.csv", "15-leading-zeros/ties_half.csv",
    "23-adjacency-matrix/adj_village.csv",
    "23-adjacency-matrix/adj_with_names.csv", "24-dyads-with-zeros/dyads.csv", "24-dyads-with-zeros/weights.csv",
    "24-dyads-with-zeros/weights.graphml", "30-other-formats/net.GraphML", "30-other-formats/net.gexf",
    "30-other-formats/net.gml", "30-other-formats/net.json", "30-other-formats/net.net", "31-multigraph/ties.csv",
    "32-attributes-in-graphml/net.graphml", "37-graphml-other/edges_first.graphml", "37-graphml-other/gephi.graphml",
    "37-graphml-other/index.csv", "37-graphml-other/latin1.graphml", "37-graphml-other/no_attr_name.graphml",
    "37-graphml-other/old_mac.csv", "37-graphml-other/quoted.csv", "37-graphml-other/space_ids.graphml",
    "37-graphml-other/utf16.graphml", "38-no-attr-type/ports.graphml", "38-no-attr-type/session.graphml",
    "39-friends-and-enemies/edges.csv", "39-friends-and-enemies/edges_from_to.csv",
]  # fmt: skip


@pytest.mark.parametrize("file", VILLAGES)
@pytest.mark.filterwarnings("error")
def test_the_village_has_forty_people_and_seventy_eight_ties_however_it_was_saved(read, file):
    found = read(*file.split("/"))
    assert counts(found) == (40, 78)
    assert "40 people, 78 ties" in found.said


@pytest.mark.parametrize(
    ("file", "people", "ties"),
    [
        ("07-two-graphs/hamlets.graphml", 40, 60),
        ("17-capitals/isolate_by_loop.csv", 41, 78),
        ("31-multigraph/net.graphml", 41, 78),
    ],
)
def test_other_networks_have_their_people_and_ties(read, file, people, ties):
    assert counts(read(*file.split("/"))) == (people, ties)


ONE, FORTY = {"1": 0.24, "2": 0.38, "40": 0.1}, {"HH-101": 0.24, "HH-102": 0.38, "HH-140": 0.1}


@pytest.mark.parametrize(
    ("case", "network", "people", "education"),
    [
        ("01-igraph-names", "village.graphml", "people.csv", FORTY),
        ("01-igraph-names", "village_numbers.graphml", "people_numbers.csv", {"101": 0.24, "140": 0.1}),
        ("11-gephi-tables", "edges.csv", "nodes.csv", ONE),
        ("14-float-ids", "ties.csv", "people.csv", ONE),
        ("15-leading-zeros", "ties.csv", "people.csv", ONE),
        ("15-leading-zeros", "ties_half.csv", "people.csv", ONE),
        ("16-id-column", "ties.csv", "people.csv", ONE),
        ("16-id-column", "ties.csv", "people_person.csv", ONE),
        ("17-capitals", "ties.csv", "people.csv", ONE),
        ("20-excel-empty-columns", None, "people.csv", ONE),
        ("20-excel-empty-columns", None, "people_one.csv", ONE),
        ("20-excel-empty-columns", None, "people_rows_only.csv", ONE),
        ("21-excel-semicolons", None, "people.csv", ONE),
        ("21-excel-semicolons", None, "people_points.csv", ONE),
        ("21-excel-semicolons", None, "people_sep.csv", ONE),
        ("21-excel-semicolons", None, "people_utf16.csv", ONE),
        ("18-qualtrics", None, "export.csv", ONE),
    ],
)
def test_each_has_the_education_of_their_own_row(read, case, network, people, education):
    found = read(case, network, people)
    assert counts(found) == (40, 78 if network else None)
    assert {name: found.education[name] for name in education} == education
    assert np.mean(list(found.education.values())) == pytest.approx(0.49, abs=0.005)


def test_labels_of_a_graph_can_be_its_ids(read):
    assert read("06-graph-tool", "net.graphml", network__key="name").tied >= {"HH-101", "HH-140"}
    assert read("30-other-formats", "net.gexf", network__key="label").tied >= {"HH-101", "HH-140"}
    assert "must be id, name or _pos" in refusal(read, "06-graph-tool", "net.graphml", network__key="title")


def test_ids_that_cytoscape_made_are_not_taken_for_people(read):
    found = read("02-cytoscape-suid", "network.graphml", "people.csv")
    assert found.people == 160
    assert found.tied == {str(person) for person in range(1, 41)}
    assert "attribute 'name'; their ids also match" in found.said
    assert "54" in read("02-cytoscape-suid", "network.graphml", "people.csv", network__key="id").tied


def test_files_that_name_nobody_in_common_are_refused(read):
    line = refusal(read, "01-igraph-names", "village.graphml", "people_numbers.csv")
    assert "no id is in both: it has 'HH-101', and population.file has '101'" in line


@pytest.mark.parametrize("code", ["excel_na", "n_a", "na", "nan", "null", "stata", "stata_a"])
def test_codes_of_missing_values_are_missing_values(read, code):
    found = read("22-missing-codes", people=f"people_{code}.csv")
    assert np.isfinite(list(found.education.values())).sum() == 34
    assert "of 40 citizens, read education for 34" in found.said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("minus99", "row 7, education = '-99': must be a number from 0 to 1"),
        ("refused", "row 7, education = 'Refused': must be a number from 0 to 1"),
        ("likert", "engagesim survey"),
        ("percent", "50 % is 0.5"),
        ("logical", "TRUE is 1"),
    ],
)
def test_codes_that_could_be_answers_are_asked_about(read, code, words):
    assert words in refusal(read, "22-missing-codes", people=f"people_{code}.csv")


def test_a_file_of_some_of_the_people_is_welcome(read):
    found = read("28-partial-survey", "ties.csv", "people.csv")
    assert counts(found) == (40, 78)
    assert np.isfinite(list(found.education.values())).sum() == 10
    assert "no row for 30 of the 40 people in network.file" in found.said


@pytest.mark.parametrize(
    ("file", "districts", "setting"),
    [("two_villages", 2, 10), ("two_villages", 2, 2), ("gaps", 5, 2), ("from_1", 2, 2), ("names", 2, 10)],
)
def test_no_district_is_without_citizens(read, file, districts, setting):
    found = read("29-districts", "ties.csv", f"people_{file}.csv", population__districts=setting)
    assert found.districts == districts
    assert (f"population.districts is {districts}, not {setting}" in found.said) == (districts != setting)


def test_a_district_that_some_citizens_lack_is_asked_for(read):
    line = refusal(read, "29-districts", "ties.csv", "people_blank.csv")
    assert (
        "row 10, district: missing; must be a whole number from 0 to 1; give it for all citizens, or for none" in line
    )


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("30-other-formats/net.graphml.gz", "a compressed file (gzip and the like): unpack it first"),
        ("37-graphml-other/doctype.graphml", "must have no document types"),
        ("37-graphml-other/hyper.graphml", "each of its ties must join two people"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(read, case, words):
    assert words in refusal(read, *case.split("/"))


def test_text_of_windows_is_refused_with_what_to_do(read):
    assert "save the file as UTF-8" in refusal(read, "21-excel-semicolons", people="people_cp1252.csv")


@pytest.mark.parametrize(
    ("case", "files", "words"),
    [
        ("24-dyads-with-zeros", ("dyads.csv",), "702 rows with tie of at most 0 do not count"),
        ("27-rounded-long-ids", ("ties.csv",), "ids such as '1.29403E+17' look rounded"),
        ("31-multigraph", ("ties.csv",), "of 144 rows, 65 duplicates and 1 self-tie dropped"),
        ("32-attributes-in-graphml", ("net.graphml",), "attributes of people are not used: education, district"),
        ("36-drawn-unlike-given", ("ties.csv", "people.csv"), "set population.vulnerability_mean=0.75"),
        ("38-no-attr-type", ("ports.graphml",), "40 ports are read as their nodes"),
        ("39-friends-and-enemies", ("edges.csv",), "columns not used: status, weight"),
        ("15-leading-zeros", ("ties_half.csv",), "differ from others only in leading zeros"),
        ("12-snap-konect-plain", ("no_header.csv",), "no heading"),
        ("18-qualtrics", (None, "only_person.csv"), "rows 2 and 3 are further headings, not people"),
        ("07-two-graphs", ("layers.graphml",), "2 graphs are read as one"),
    ],
)
def test_what_would_surprise_is_said(read, case, files, words):
    assert words in read(case, *files).said


def test_a_threshold_says_what_is_a_tie(read):
    assert counts(read("24-dyads-with-zeros", "weights.csv", network__threshold=3)) == (40, 0)
    assert "must have a column weight" in refusal(read, "28-partial-survey", "ties.csv", network__threshold=1)


def test_people_who_stand_twice_because_ids_were_rounded_are_refused(read):
    line = refusal(read, "27-rounded-long-ids", "ties.csv", "people.csv")
    assert "'1.29403E+17' is in more than one" in line


def test_netzschleuders_nodes_are_known_by_their_index(read):
    found = read("13-netzschleuder-csv", "edges.csv", "nodes.csv")
    assert counts(found) == (40, 78)
    assert "identified by the column 'index'" in found.said


NAMES = sorted(path.name for path in (CASES / "33-file-names").iterdir()) if CASES.is_dir() else []


@pytest.mark.parametrize("name", NAMES)
def test_a_file_may_have_any_name(name, monkeypatch):
    from engagesim.configs.compose import checked
    from engagesim.configs.overrides import asked

    monkeypatch.chdir(CASES / "33-file-names")
    words = ["network=file", f"network.file={name}", "population.districts=2"]
    if name == "null":  # says how a file of this name is named
        with pytest.raises(EngagementError, match=r"network\.file = null: .*\./null"):
            checked(asked(words))
        words[1] = "network.file=./null"
    parameters, people = read_people(checked(asked(words))[0].parameters)
    assert (parameters.population.citizens, len(people.peers)) == (40, 78)


@pytest.mark.parametrize(
    ("name", "points"),
    [("good", 2), ("sci", 3), ("semicolons", 3), ("trailing_column", 3), ("empty_rows", 3), ("duplicates", 3)],
)
def test_points_are_read_however_they_were_saved(name, points):
    path = str(CASES / "34-points" / f"{name}.csv")
    found = design_points(Study.of({"design": {"kind": "list", "file": path}}))
    assert found.iloc[0].tolist() == [0.1, 4]
    assert len(found) == points


def test_points_with_an_index_of_rows_are_refused_with_what_to_do():
    path = str(CASES / "34-points" / "pandas_index.csv")
    with pytest.raises(InputError, match="leave out the row index"):
        design_points(Study.of({"design": {"kind": "list", "file": path}}))


FACTS = {
    "bom": "Meetings", "good": "Meetings", "norway_arm": "Meetings", "norway_id": "Meetings", "norway_on": "Meetings",
    "yes_title": "Yes", "date_title": "2013-05-04", "percent": "50 % fewer", "sci": "Meetings", "yml": "Meetings",
    "umlaut": "Bürgerräte – “good”",
}  # fmt: skip
REFUSED = {
    "colon_title": "a text with a colon in it must be in quotes", "comma": "checks[0].within", "latin1": "UTF-8 text",
    "number_source": "in quotes", "octal": "010 must have no leading zeros", "sexagesimal": "months = '1:30'",
    "tab": "line 3", "value_number": "in quotes",
}  # fmt: skip


def _fact(name: str) -> Path:
    return next((CASES / "35-yaml-facts" / name).iterdir())


@pytest.mark.parametrize(("name", "title"), FACTS.items())
def test_words_of_a_fact_are_the_text_that_stands_there(name, title):
    assert read_fact(_fact(name)).title == title


@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_what_yaml_would_misread_is_refused(name, words):
    with pytest.raises(EngagementError) as refused:
        read_fact(_fact(name))
    (line,) = str(refused.value).splitlines()
    assert words in line
