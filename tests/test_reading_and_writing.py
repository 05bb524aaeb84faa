"""What a user's file may be: ordinary, of a size, in UTF-8, and without a trick inside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engagesim.cli import main
from engagesim.cli.exit_codes import LONGEST, one_line, say
from engagesim.configs import compose
from engagesim.errors import InputError, ParameterError, nearest, shown
from engagesim.files import MOST_COLUMNS, check_xml, content, csv_table, parsed_json, parsed_yaml, text
from engagesim.parameters import Parameters
from engagesim.parameters.society import MOST_BYTES, society_bytes
from engagesim.society.files import read_people
from engagesim.society.tables import table
from engagesim.study.description import Study
from engagesim.study.designs import design_points
from engagesim.study.plan import Plan, Variant

YAML_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
XML_BOMB = (
    '<!DOCTYPE graphml [<!ENTITY a "xxxxxxxxxx">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><graphml>&i;</graphml>"
)


def graph(path: Path) -> str:
    """Return the line in which a network file is refused."""
    with pytest.raises(InputError) as refused:
        read_people(Parameters().changed({"network.kind": "file", "network.file": str(path)}))
    return str(refused.value)


def test_a_text_is_read_with_and_without_a_byte_order_mark(tmp_path):
    for mark in ("", "\ufeff"):
        (tmp_path / "x").write_text(f"{mark}trust é", "utf-8")
        assert text(tmp_path / "x", 100) == "trust é"


def test_what_is_larger_than_allowed_is_refused_with_the_limit(tmp_path):
    (tmp_path / "x").write_bytes(b"a" * 1001)
    assert len(content(tmp_path / "x", 1001)) == 1001
    with pytest.raises(ValueError, match="must have at most 1,000 bytes, not 1,001"):
        content(tmp_path / "x", 1000)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_a_pipe_and_a_device_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match="must be an ordinary file"):
            content(path, 1000)
    with pytest.raises(IsADirectoryError):
        content(tmp_path, 1000)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"\xff\xfea\x00b", "byte 5 is not UTF-16; save the file as UTF-8"),
        (b"ab\xe9", "byte 3 is not UTF-8"),
        (b"ab\0", "character 3 is a NUL"),
    ],
)
def test_what_is_no_text_in_utf_8_is_told_with_its_place(tmp_path, written, why):
    (tmp_path / "x").write_bytes(written)
    with pytest.raises(ValueError, match=why):
        text(tmp_path / "x", 100)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (YAML_BOMB, "line 1: must have no anchors and aliases"),
        ("a: 1\nb: 2\na: 3", "line 3: each key must appear once; 'a' appears twice"),
        ("[" * 1000, "nested at most 40 levels deep"),
        ("\n".join(" " * n + "a:" for n in range(100)), "nested at most 40 levels deep"),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("a: !!timestamp yesterday", "not a value of its type"),
        ("a: !!bool perhaps", "not a value of its type"),
        ("a: 007", "line 1: 007 must have no leading zeros, or be in quotes if it is a text"),
        ("a: {b: 1, 'b': 2}", "line 1: each key must appear once; 'b' appears twice"),
        ("? [a]\n: 1", "line 1: must have a name"),
        ("a: [", "line 2 must have its brackets"),
        ("--- a\n--- b", "must be a single document"),
        ("a: " + "9" * 5000, "4300"),
    ],
)
def test_yaml_with_a_trick_is_refused_in_a_few_words(written, why):
    with pytest.raises(ValueError, match=why.replace("(", r"\(")) as refused:
        parsed_yaml(written)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "written",
    ["[" * 100_000, '{"a": NaN}', '{"a": Infinity}', '{"a": {"b": 1, "b": 2}}', "", "{", '{"a": ' + "9" * 5000 + "}"],
)
def test_json_with_a_trick_is_refused_in_a_few_words(written):
    with pytest.raises(ValueError, match=r"\w") as refused:
        parsed_json(written)
    assert "\n" not in str(refused.value)


def test_xml_may_not_declare_entities_nor_be_nested_deeply():
    check_xml(b"<graphml><graph><node/></graph></graphml>")
    for written in (XML_BOMB, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'):
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(ValueError, match="document types and entities"):
                check_xml(written.encode(encoding))
    with pytest.raises(ValueError, match="nested at most 40 levels deep"):
        check_xml(b"<a>" * 100_000)


@pytest.mark.parametrize("piece", [b"\x8f\x00garbage", b"<node>", b"<!-- ", b'<node id="a"/>'])
def test_ten_megabytes_of_garbage_in_place_of_a_graph_are_refused(tmp_path, piece):
    path = tmp_path / "garbage.graphml"
    path.write_bytes(b"<graphml>" + piece * (10_000_000 // len(piece)))
    assert "network.file" in graph(path)


def test_a_table_from_a_spreadsheet_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("trust,education\n" + "0.25,0.5\n" * 12, "utf-8-sig")
    _, people = read_people(Parameters().changed({"population.file": str(path)}))
    assert (people.given["citizen"][6] == 0.25).all()


@pytest.mark.parametrize(
    ("heading", "row", "why"),
    [
        ("trust,trust", "0.1,0.2", "each column must appear once; 'trust' appears twice"),
        ("vertrauen;bildung", "0,1;0,2", "must have at least one of the columns"),
        (
            "trust,education",
            "0,1,0,2",
            "line 2 must have as many columns as the lines before \\(2\\), not 4; a number has a decimal point",
        ),
        ("trust,education", '"0,1",0.2', "'0,1': must be a number from 0 to 1, or empty; a number has a decimal point"),
        ("vertrauen", "0.1", "must have at least one of the columns"),
    ],
)
def test_a_table_whose_columns_cannot_be_meant_is_refused(tmp_path, heading, row, why):
    path = tmp_path / "people.csv"
    path.write_text(heading + f"\n{row}" * 12)
    with pytest.raises(InputError, match=why):
        read_people(Parameters().changed({"population.file": str(path)}))


SPREADSHEETS = {
    "commas": b"trust,education\n0.25,0.5\n0.75,\n",
    "semicolons": b"trust;education\n0,25;0,5\n0,75;\n",
    "semicolons and points": b"trust;education\n0.25;0.5\n0.75;\n",
    "tabs": b"trust\teducation\n2,5e-1\t,5\n0,75\t\n",
    "UTF-16 with tabs": "trust\teducation\r\n0,25\t0,5\r\n0,75\t\r\n".encode("utf-16"),
    "a byte order mark and carriage returns": "trust,education\r\n0.25,0.5\r\n0.75,\r\n".encode("utf-8-sig"),
    "old line ends": b"trust,education\r0.25,0.5\r0.75,\r",
    "quotes": b'"trust","education"\n"0.25","0.5"\n"0.75",""\n',
    "spaces": b" trust , education \n 0.25 , 0.5 \n 0.75 ,  \n",
    "science": b"trust,education\n2.5e-1,.5\n+7.5E-01,\n",
    "empty ends": b",trust,education,,\n,0.25,0.5,,\n,0.75,,,\n,,,,\n,,,,\n",
    "blank lines": b"\n \ntrust,education\n0.25,0.5\n0.75,\n\n \n",
}


@pytest.mark.parametrize("written", SPREADSHEETS.values(), ids=SPREADSHEETS.keys())
def test_a_table_reads_the_same_however_a_program_wrote_it(tmp_path, written):
    path = tmp_path / "table.csv"
    path.write_bytes(written)
    found = table(path, 10_000)
    assert found.cells.columns.tolist() == ["trust", "education"]
    assert found.numbers("trust").tolist() == [0.25, 0.75]
    assert found.numbers("education").fillna(-1).tolist() == [0.5, -1]
    assert (found.says == "") == (b";" not in written and "\t" not in text(path, 10_000))


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("\n\na,b\n1,2\n\n3,4\n")
    found = table(path, 1000)
    assert (found.heading_line, found.cells.index.tolist(), found.gaps) == (3, [4, 6], (5,))
    path.write_text('a\n1\n\n""\n')
    found = table(path, 1000)
    assert (found.cells["a"].tolist(), found.cells.index.tolist(), found.gaps) == (["1", ""], [2, 4], (3,))


def test_an_empty_row_between_people_without_names_is_asked_about(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("trust,education\n" + "0.5,0.5\n" * 6 + ",\n" + "0.5,0.5\n" * 6)
    with pytest.raises(InputError, match="row 8: must not be empty; a person without attributes must have a name"):
        read_people(Parameters().changed({"population.file": str(path)}))


names_and_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
numberlike = st.sampled_from(
    ["1.10", "007", "089", "1e3", "2026_01", "no", "True", "null", "~", "1:30", "2026-01-05", ".5", "0x1f"]
)


@given(st.dictionaries(names_and_texts | numberlike, names_and_texts | numberlike, max_size=4))
def test_texts_that_were_written_as_yaml_are_read_as_they_were(texts):
    assert parsed_yaml(yaml.safe_dump(texts)) == texts


@given(st.floats(allow_nan=False) | st.integers(-(10**12), 10**12) | st.booleans() | st.none())
def test_values_that_were_written_as_yaml_are_read_as_they_were(value):
    assert parsed_yaml(yaml.safe_dump({"a": value})) == {"a": value}


def test_a_name_in_yaml_is_the_text_that_stands_there():
    written = "{1.10: a, no: b, 2026_01: c, null: d, 1.1: e, 2026-01-05: f}"
    assert parsed_yaml(written) == dict(
        zip(["1.10", "no", "2026_01", "null", "1.1", "2026-01-05"], "abcdef", strict=True)
    )
    assert parsed_yaml("[no, yes, 2026_01, 2026-01-05, 1:30]") == ["no", "yes", "2026_01", "2026-01-05", "1:30"]
    assert parsed_yaml("[true, null, 10, -1.5, 1.0e+3, .inf]") == [True, None, 10, -1.5, 1000.0, float("inf")]


@pytest.mark.parametrize("before", ["", "\n \n", "trust\n", "trust\n \n\n"])
def test_a_table_may_have_a_thousand_columns_and_no_more(tmp_path, before):
    path = tmp_path / "wide.csv"
    path.write_text(before + "," * (MOST_COLUMNS - 1))
    assert csv_table(path, 10_000_000).read() == before + "," * (MOST_COLUMNS - 1)
    for commas, why in (
        (MOST_COLUMNS, "must have at most 1,000 columns, not 1,001"),
        (5_000_000, "must have at most 1,000 columns"),
    ):
        path.write_text(before + "," * commas)
        with pytest.raises(ValueError, match=why):
            csv_table(path, 10_000_000)


@pytest.mark.parametrize("start", ['"a\n"' + "," * 2000, "a" + "\n" * 1_000_000 + "," * 2000, '"' + "x" * 1_000_000])
def test_a_table_does_not_hide_its_columns_behind_a_long_beginning(tmp_path, start):
    (tmp_path / "wide.csv").write_text(start)
    with pytest.raises(ValueError, match=r"columns|characters|field"):
        csv_table(tmp_path / "wide.csv", 10_000_000)


def test_people_ties_and_points_of_a_million_columns_are_refused_at_once(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("," * 1_000_000)
    with pytest.raises(InputError, match=r"population\.file = .*must have at most 1,000 columns"):
        read_people(Parameters().changed({"population.file": str(path)}))
    assert "must have at most 3,001 columns" in graph(path)
    with pytest.raises(InputError, match=r"design\.file = .*must have at most 1,000 columns"):
        design_points(Study.of({"design": {"kind": "list", "file": str(path)}}))


def test_a_compressed_table_is_not_unpacked(tmp_path):
    import gzip

    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(b"trust\n" + b"0.5\n" * 1_000_000))
    with pytest.raises(InputError, match=r"a compressed file .* unpack it first"):
        read_people(Parameters().changed({"population.file": str(path)}))


def test_doubles_among_many_people_are_found_at_once(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("person\n" + "\n".join(f"p{n}" for n in range(200_000)) + "\np7\n")
    with pytest.raises(InputError, match="must have each person in one row; 'p7' is in more than one"):
        read_people(Parameters().changed({"population.file": str(path)}))


def test_no_name_is_looked_for_among_millions_nor_in_a_novel():
    assert nearest("quallity", ["quality", *map(str, range(10))]) == "; did you mean 'quality'?"
    assert nearest("x" * 1_000_000, ["x" * 999_999]) == ""
    assert nearest("quallity", (str(n) for n in range(10**9))) == ""


def test_a_value_is_shown_in_a_few_characters():
    assert shown("x" * 10**6) == repr("x" * 57 + "...")
    assert len(shown({str(n): [list(range(1000))] * 1000 for n in range(1000)})) < 1000


def test_a_line_is_one_line_that_a_terminal_can_show(capsys):
    assert say("a\nb \x1b[31m red \u202e " + "x" * 5000, 2) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert line[:-1].isprintable()
    assert len(line) < LONGEST + 20


@given(st.text())
def test_whatever_a_stored_file_says_is_one_line_that_a_terminal_can_show(words):
    line = one_line(words)
    assert line.isprintable()
    assert len(line) <= LONGEST
    assert line == " ".join(words.split()) or not words.isprintable() or line.endswith("…")


# Sizes


@pytest.mark.parametrize(
    "changes",
    [
        {"population.citizens": 10_000_000, "network.degree": 200},
        {"population.citizens": 1000, "population.districts": 900, "population.providers": 1000},
    ],
)
def test_a_society_that_fits_in_no_memory_is_refused_before_any_is_taken(changes):
    with pytest.raises(ParameterError, match=r"must fit into 16 GB of memory; they take about \d+ GB"):
        Parameters().changed(changes)


def test_a_billion_citizens_are_refused_with_what_is_allowed():
    with pytest.raises(
        ParameterError, match=r"population.citizens = 1000000000: must be a whole number from 10 to 10000000"
    ):
        Parameters().changed({"population.citizens": 1_000_000_000})


def test_a_million_and_ten_million_citizens_are_allowed():
    assert society_bytes(Parameters().changed({"population.citizens": 1_000_000})) < 2_000_000_000
    assert society_bytes(Parameters().changed({"population.citizens": 10_000_000})) < MOST_BYTES


def study(**asked) -> Plan:
    factor = {"path": "incentives.patronage", "low": 0, "high": 1}
    return Plan(Study.of({"factors": {"p": factor}, **asked}), (Variant({}, Parameters()),))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"design": {"kind": "latin_hypercube", "samples": 1_000_000}, "replicates": 20}, "must make up to 10,000,000 runs, not 20,000,000"),
        ({"replicates": "auto", "most_replicates": 100_000, "size": 1, "design": {"kind": "latin_hypercube", "samples": 101}},
         "must make up to 10,000,000 runs, not 10,100,000"),
        ({"design": {"kind": "boundary", "samples": 5000}}, "must be at most 2000 for a boundary"),
    ],
)  # fmt: skip
def test_a_study_that_nobody_lives_to_see_is_refused(asked, why):
    with pytest.raises(ParameterError, match=why):
        study(**asked)


def test_a_part_fits_in_memory_however_long_its_runs_are():
    long = Parameters().changed(
        {"months": 100_000, "population.citizens": 10, "network.degree": 2, "population.districts": 1}
    )
    plan = Plan(Study.of({"replicates": 100_000}), (Variant({}, long),))
    assert plan.part_runs * long.months * 57 * 8 < 600_000_000


def test_seeds_are_not_counted_up_beyond_the_last(tmp_path):
    last = Parameters().changed({"seed": 4_294_967_295})
    Plan(Study.of({"replicates": 1}), (Variant({}, last),))
    with pytest.raises(
        ParameterError, match="seed = 4294967295: must be at most 4294967294; the study counts 2 seeds up"
    ):
        Plan(Study.of({"replicates": 2}), (Variant({}, last),))


# The command line


HOSTILE = [
    (["run", "scenario=../../../../tmp/evil"], "must be the name of a choice, not a path or a reference"),
    (["run", "scenario=../incentives/merit"], "must be the name of a choice, not a path or a reference"),
    (["run", "-m", "scenario=none,../x"], "must be the name of a choice, not a path or a reference"),
    (["run", "scenario=${oc.env:HOME}"], "must be the name of a choice, not a path or a reference"),
    (["run", "+scenario@hydra.callbacks.x=none"], "without @"),
    (["sweep", "choices.scenario=[../../x]"], "must be the name of a choice, not a path or a reference"),
    (["sweep", "choices={hydra/callbacks: [x]}"], "no such group of a society"),
    (["compare", "contexts=[../../x]"], "must be the name of a choice, not a path or a reference"),
    (["run", "name=" + "[" * 2000], "nested at most 40 brackets deep"),
    (["run", "name=" + "x" * 30_000], "must have at most 20000 characters"),
    (["run", "name=" + "${seed}" * 30], "must have ${...} at most 20 times, not 30"),
    (["run", "population.citizens=1000000000"], "must be a whole number from 10 to 10000000"),
    (["rerun", "\udcff"], "printable"),
    (["plot", "a\x1b[2J"], "printable"),
    (["rerun", "nowhere", "9" * 5000], "must be a whole number, 0 or more"),
    (["validate", "facts=/dev"], "must have facts in it"),
]


@pytest.mark.parametrize(
    ("arguments", "why"), HOSTILE, ids=lambda value: "" if isinstance(value, str) else ascii(value)[:60]
)
def test_a_hostile_command_line_gets_one_line_and_leaves_nothing(arguments, why, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    line = capsys.readouterr().err
    assert why in line
    assert line.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_config_from_elsewhere_never_chooses_what_code_runs(tmp_path, monkeypatch, capsys):
    evil = tmp_path / "evil.yaml"
    evil.write_text("# @package _global_\nhydra: {callbacks: {x: {_target_: pathlib.Path.touch, self: ran}}}\n")
    monkeypatch.chdir(tmp_path)

    way = os.path.relpath(evil.with_suffix(""), compose.config_folder() / "scenario")
    assert main(["run", f"scenario={way}", "output=out"]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["evil.yaml"]
