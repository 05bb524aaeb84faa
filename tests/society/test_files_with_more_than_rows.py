"""Totals, notes, comments, groups, marks and spellings that people's files have besides people and ties."""

from __future__ import annotations

import datetime
import io
import logging

import pytest

from engagesim.errors import InputError
from engagesim.parameters import Parameters
from engagesim.society.files import ATTRIBUTES, read_people

COUNT = 12
RING = [(one, one % COUNT + 1) for one in range(1, COUNT + 1)]
EDUCATION = {str(person): person / 20 for person in range(1, COUNT + 1)}
TIES = "".join(f"{one},{other}\n" for one, other in RING)
PEOPLE = "".join(f"{person},{number}\n" for person, number in EDUCATION.items())
NAMES = [f"p{person}" for person in EDUCATION]


@pytest.fixture
def read(tmp_path, caplog):
    """Return a function that reads a network or people of twelve from a text or bytes, and says what it says."""

    def reading(ties: str | bytes | None = None, people: str | bytes | None = None, name: str = "csv", **settings):
        changes = {"population.districts": 2, **{key.replace("__", "."): value for key, value in settings.items()}}
        for key, content in (("network.file", ties), ("population.file", people)):
            if content is not None:
                file = tmp_path / f"{key}.{name}"
                file.write_bytes(content.encode() if isinstance(content, str) else content)
                changes |= {key: str(file)} | ({"network.kind": "file"} if ties is content else {})
        caplog.clear()
        with caplog.at_level(logging.INFO, "engagesim"):
            parameters, found = read_people(Parameters().changed(changes))
        count = parameters.population.citizens
        row = list(ATTRIBUTES["citizen"]).index("education")
        ends = [] if found.peers is None else found.peers.tolist()
        pairs = {tuple(sorted((found.labels[one], found.labels[other]))) for one, other in ends}
        values = found.given["citizen"][row]
        return count, pairs, dict(zip(found.labels[:count], values.tolist(), strict=False)), caplog.text

    return reading


WANTED = {tuple(sorted((str(one), str(other)))) for one, other in RING}
NAMED = {tuple(sorted((f"p{one}", f"p{other}"))) for one, other in RING}


@pytest.mark.parametrize(
    ("foot", "said"),
    [
        ("Total,6.5\n", "line 14 ('Total') is a total and left out"),
        ("Mean,0.33\n", "line 14 ('Mean') is a total and left out"),
        ("Source: a survey of 2020,\n", "line 14 ('Source: a survey of 2020') is a note and left out"),
        ("Average:,0.3\nAll figures are shares,\n", "line 15 ('All figures are shares') is a note and left out"),
        ("# checked twice,\n", "1 line of comments among the rows left out"),
    ],
)
def test_what_stands_below_the_rows_is_no_person(read, foot, said):
    count, _, education, text = read(people=f"person,education\n{PEOPLE}{foot}")
    assert count == COUNT
    assert education == EDUCATION
    assert said in text


def test_the_last_person_may_lack_answers(read):
    assert read(people=f"person,education\n{PEOPLE}thirteen,\n")[0] == COUNT + 1


def test_comments_may_stand_among_the_rows(read):
    rows = TIES.splitlines()
    text = "\n".join(["source,target", *rows[:5], "# second wave", *rows[5:], "#end"])
    _, pairs, _, said = read(text)
    assert pairs == WANTED
    assert "2 lines of comments among the rows left out" in said


def test_names_may_begin_with_the_mark_of_comments(read):
    count, *_ = read(people="person,education\n" + "".join(f"#{person},\n" for person in EDUCATION))
    assert count == COUNT


def _cells(order: list[int] | range, totals: bool = False, mark: str = "1") -> list[list[str]]:
    tied = {frozenset(tie) for tie in RING}
    rows = [["", *(NAMES[place] for place in order), *["Total"] * totals]]
    for one, name in enumerate(NAMES, 1):
        marks = [mark if {one, other + 1} in tied else "0" for other in order]
        rows.append([name, *marks, *["2"] * totals])
    return rows + [["Total", *["2"] * COUNT, "24"]] * totals


def _text(cells: list[list[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in cells)


@pytest.mark.parametrize("totals", [False, True])
@pytest.mark.parametrize("order", [range(COUNT), [5, 3, 8, 0, 11, 1, 2, 10, 4, 9, 6, 7]])
def test_a_matrix_may_name_its_columns_in_another_order_and_have_totals(read, order, totals):
    count, pairs, _, said = read(_text(_cells(order, totals)))
    assert (count, pairs) == (COUNT, NAMED)
    assert ("its totals are left out" in said) == totals


def test_half_a_matrix_has_no_directions(read):
    cells = _cells(range(COUNT))
    half = [row if not number else [*row[: number + 1], *[""] * (COUNT - number)] for number, row in enumerate(cells)]
    _, pairs, _, said = read(_text(half))
    assert pairs == NAMED
    assert "directions" not in said


def test_marks_in_a_matrix_are_refused_with_what_to_write(read):
    with pytest.raises(InputError, match="column 2 = 'x' must be a number, such as 1 for a tie and 0 for none"):
        read(_text(_cells(range(COUNT), mark="x")))


def test_yes_and_no_say_what_is_a_tie(read):
    rows = "".join(f"{one},{other},{'yes' if other == one % COUNT + 1 else 'No'}\n" for one in range(1, COUNT + 1)
                   for other in range(1, COUNT + 1))  # fmt: skip
    _, pairs, _, said = read(f"ego,alter,tie\n{rows}")
    assert pairs == WANTED
    assert "132 rows with tie of at most 0 do not count" in said


def test_weights_that_are_no_numbers_are_refused_if_a_threshold_needs_them_and_told_otherwise(read):
    rows = "".join(f"{one};{other};{'1,200' if one > 2 else '1 200 m'}\n" for one, other in RING)
    text = f"source;target;weight\n{rows}"
    with pytest.raises(InputError, match=r"row 2, weight = '1 200 m' must be a number, as network\.threshold"):
        read(text, network__threshold=1)
    assert "2 rows have a weight that is no number, such as '1 200 m', and stay ties" in read(text)[3]


def test_nodes_that_hold_others_are_groups(read):
    nodes = "".join(f'<node id="{person}"/>' for person in EDUCATION)
    edges = "".join(f'<edge source="{one}" target="{other}"/>' for one, other in RING)
    text = f'<graphml><graph><node id="g"><graph id="g:">{nodes}</graph></node>{edges}</graph></graphml>'
    count, pairs, _, said = read(text, name="graphml")
    assert (count, pairs) == (COUNT, WANTED)
    assert "1 of its nodes hold others and have no ties: groups, not people" in said
    assert read(text.replace("</graph></graphml>", '<edge source="g" target="1"/></graph></graphml>'))[0] == COUNT + 1


def test_a_second_mark_of_bytes_is_no_part_of_the_heading(read):
    assert read(b"\xef\xbb\xbf" * 2 + f"source,target\n{TIES}".encode())[1] == WANTED


def test_text_without_a_mark_of_its_encoding_is_refused_with_what_to_do(read):
    with pytest.raises(InputError, match="NUL, which no text file has; save the file as UTF-8 text"):
        read(f"source,target\n{TIES}".encode("utf-16-le"))


def test_districts_that_differ_by_capitals_alone_are_doubted(read):
    rows = "".join(f"{person},{('North', 'north ', 'South')[int(person) % 3]}\n" for person in EDUCATION)
    assert (
        "the districts 'North' and 'north' differ by capitals or spaces alone"
        in read(people=f"person,district\n{rows}")[3]
    )


def test_a_workbook_may_have_headings_of_groups_and_dates_as_ids(read):
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    for row in (["Survey of households"], ["Who", None, "Answers"], ["id", "district", "education"]):
        page.append(row)
    page.merge_cells("A2:B2")
    days = {person: datetime.date(2024, 1, int(person)) for person in EDUCATION}
    for person, number in EDUCATION.items():
        page.append([days[person], "AB"[int(person) % 2], number])
    written = io.BytesIO()
    book.save(written)
    _, _, education, said = read(people=written.getvalue(), name="xlsx")
    assert education == {days[person].isoformat(): number for person, number in EDUCATION.items()}
    assert "line 2 ('Who') is a heading of groups, not the heading" in said


def test_an_unnamed_first_column_is_no_heading_of_groups(read):
    rows = "".join(f"{name},North,{number}\n" for name, number in zip(NAMES, EDUCATION.values(), strict=True))
    count, _, education, _ = read(people=f",district,education\n{rows}")
    assert count == COUNT
    assert sorted(education.values()) == sorted(EDUCATION.values())


def test_a_workbook_whose_first_sheet_has_no_ties_names_the_others(read):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "nodes"
    book.active.append(["person", "education"])
    book.active.append(["1", 0.5])
    book.create_sheet("edges").append(["source", "target"])
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(InputError, match=r"read the sheet 'nodes'; not the others: edges\): rename the two ends"):
        read(written.getvalue(), name="xlsx")


def test_a_further_heading_is_refused_with_what_to_do(read):
    with pytest.raises(InputError, match=r"'How much schooling\?': .*; leave out rows that are further headings"):
        read(people=f"person,education\nWho are you?,How much schooling?\n{PEOPLE}")
