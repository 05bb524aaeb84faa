"""Totals, notes, comments, groups, marks and spellings that people's files have besides people and ties."""

from __future__ import annotations

import datetime
import io
import logging
import unicodedata

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
    with pytest.raises(InputError, match=r"row 2, weight = '1 200 m' must be a number, because network\.threshold"):
        read(text, network__threshold=1)
    assert "2 rows have a weight that is no number, such as '1 200 m', and stay ties" in read(text)[3]


def test_nodes_that_hold_others_are_groups(read):
    nodes = "".join(f'<node id="{person}"/>' for person in EDUCATION)
    edges = "".join(f'<edge source="{one}" target="{other}"/>' for one, other in RING)
    text = f'<graphml><graph><node id="g"><graph id="g:">{nodes}</graph></node>{edges}</graph></graphml>'
    count, pairs, _, said = read(text, name="graphml")
    assert (count, pairs) == (COUNT, WANTED)
    assert "1 of its nodes contain others and have no ties: groups, not people" in said
    assert read(text.replace("</graph></graphml>", '<edge source="g" target="1"/></graph></graphml>'))[0] == COUNT + 1


def test_a_second_mark_of_bytes_is_no_part_of_the_heading(read):
    assert read(b"\xef\xbb\xbf" * 2 + f"source,target\n{TIES}".encode())[1] == WANTED


def test_text_without_a_mark_of_its_encoding_is_refused_with_what_to_do(read):
    with pytest.raises(InputError, match="NUL, which no text file has; save the file as UTF-8 text"):
        read(f"source,target\n{TIES}".encode("utf-16-le"))


def test_districts_that_differ_by_capitals_alone_are_doubted(read):
    rows = "".join(f"{person},{('North', 'north ', 'South')[int(person) % 3]}\n" for person in EDUCATION)
    assert (
        "the districts 'North' and 'north' differ only in capitalisation or spaces"
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


@pytest.mark.parametrize(
    ("spell", "said"),
    [
        (lambda name: f"{name}\u00a0", ""),
        (lambda name: f"\u200b{name}", r"ids such as '\u200bé  1' are read as 'é 1'"),
        (lambda name: unicodedata.normalize("NFD", name), r"ids such as 'e\u0301  1' are read as 'é 1'"),
    ],
    ids=["a space that does not break", "a mark without width", "letters and accents apart"],
)
def test_ids_that_look_alike_are_alike(read, spell, said):
    rows = "".join(f"{spell(f'é  {person}')},{number}\n" for person, number in EDUCATION.items())
    ties = "".join(f"é {one},é {other}\n" for one, other in RING)
    _, pairs, education, text = read(f"source,target\n{ties}", f"person,education\n{rows}")
    assert pairs == {tuple(sorted((f"é {one}", f"é {other}"))) for one, other in RING}
    assert education == {f"é {person}": number for person, number in EDUCATION.items()}
    assert said in text


@pytest.mark.parametrize("spell", [lambda n: f"Jan-{n:02}", lambda n: f"{n}. Mar", lambda n: f"2024-01-{n:02}"])
def test_ids_that_excel_took_for_dates_are_doubted(read, spell):
    rows = "".join(f"{spell(person)},0.5\n" for person in range(1, COUNT + 1))
    ties = "".join(f"{spell(one)},{spell(other)}\n" for one, other in RING)
    assert "look like dates, which Excel makes from 3-1 or MAR1" in read(people=f"person,education\n{rows}")[3]
    assert "look like dates" in read(f"source,target\n{ties}")[3]


def test_ids_with_months_in_them_are_no_dates(read):
    assert "dates" not in read(people=f"person,education\n{PEOPLE.replace('1,', 'march,')}")[3]


def test_weights_in_words_are_told(read):
    rows = "".join(f"{one},{other},strong\n" for one, other in RING)
    _, pairs, _, said = read(f"source,target,weight\n{rows}")
    assert pairs == WANTED
    assert "12 rows have a weight that is no number, such as 'strong', and stay ties" in said


def test_a_decimal_comma_among_commas_is_no_weight(read):
    rows = "".join(f'{one},{other},"0,5"\n' for one, other in RING)
    with pytest.raises(InputError, match="row 2, weight = '0,5' must be a number; a number has a decimal point"):
        read(f"source,target,weight\n{rows}")


def _graphml(weight: str = "1", nodes: str = "", name: str = "") -> str:
    people = "".join(f'<node id="{n}">{name.format(n)}</node>' for n in EDUCATION)
    edges = "".join(
        f'<edge source="{one}" target="{other}"><data key="weight">{weight}</data></edge>' for one, other in RING
    )
    return f"<graphml><graph>{people}{nodes}{edges}</graph></graphml>"


def test_weights_of_a_graph_that_are_no_numbers_are_told(read):
    _, pairs, _, said = read(_graphml("0,5"), name="graphml")
    assert pairs == WANTED
    assert "12 ties have a weight that is no number, such as '0,5', and stay ties" in said
    with pytest.raises(InputError, match=r"must be numbers, not '0,5', as network\.threshold is set"):
        read(_graphml("0,5"), name="graphml", network__threshold=1)


def test_a_network_whose_weights_leave_no_tie_is_doubted(read):
    assert "no tie is left" in read(_graphml("0"), name="graphml")[3]


def test_nodes_with_one_id_are_told(read):
    assert "1 nodes have the id of an earlier node" in read(_graphml(nodes='<node id="3"/>'), name="graphml")[3]


@pytest.mark.parametrize(
    ("name", "nodes", "words"),
    [
        ('<data key="name">P{}</data>', '<node id="x"/>', "; 1 have no name, such as 'x'"),
        ('<data key="name">P</data>', "", "; 12 have the name 'P'"),
    ],
)
def test_an_attribute_that_cannot_name_people_says_why(read, name, nodes, words):
    with pytest.raises(InputError) as refused:
        read(_graphml(nodes=nodes, name=name), name="graphml", network__key="name")
    assert words in str(refused.value)


def test_names_that_some_nodes_lack_are_pointed_out(read):
    rows = "".join(f"P{person},0.5\n" for person in EDUCATION)
    graph = _graphml(nodes='<node id="x"/>', name='<data key="name">P{}</data>')
    with pytest.raises(InputError, match=r"its attribute 'name' has some of these names, .*; 1 have no name"):
        read(graph, f"person,education\n{rows}", name="graphml")


def test_districts_that_differ_by_zeros_in_front_alone_are_doubted(read):
    rows = "".join(f"{person},{('01', '1', '2')[int(person) % 3]}\n" for person in EDUCATION)
    said = read(people=f"person,district\n{rows}")[3]
    assert "the districts '01' and '1' differ only in leading zeros" in said


def _book(fill) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    fill(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(page) -> None:
    page.append(["person", "education", "district"])
    for person, number in EDUCATION.items():
        page.append([person, number, "North"])


def test_hidden_sheets_are_not_read(read):
    def fill(book):
        book.active.append(["old", "notes"])
        book.active.sheet_state = "hidden"
        _rows(book.create_sheet("people"))
        book.active = 1

    _, _, education, said = read(people=_book(fill), name="xlsx")
    assert education == EDUCATION
    assert "read the sheet 'people'; not the others: Sheet" in said


def test_hidden_rows_are_read_and_told(read):
    def fill(book):
        _rows(book.active)
        for row in (4, 5):
            book.active.row_dimensions[row].hidden = True

    count, *_, said = read(people=_book(fill), name="xlsx")
    assert count == COUNT
    assert "2 hidden rows, such as filters leave, are also read" in said


def test_merged_rows_are_told_and_missing_districts_refused(read, caplog):
    def fill(book):
        _rows(book.active)
        book.active.merge_cells("C2:C7")

    with pytest.raises(InputError, match="row 3, district: missing"):
        read(people=_book(fill), name="xlsx")
    assert "merged rows (1) have a value only in the first row: unmerge and fill them" in caplog.text


def test_a_sheet_with_too_few_people_is_named(read):
    def fill(book):
        book.active.title = "Notes"
        book.active.append(["The survey", "of 2020"])
        book.active.append(["by", "us"])
        _rows(book.create_sheet("people"))

    with pytest.raises(
        InputError, match=r"population\.citizens = 1: .* \(read the sheet 'Notes'; not the others: people"
    ):
        read(people=_book(fill), name="xlsx")


def test_a_formula_that_failed_is_pointed_out(read):
    with pytest.raises(InputError, match=r"row 13, education = '#DIV/0!': .*; a formula failed there"):
        read(people=f"person,education\n{PEOPLE.replace('0.6', '#DIV/0!')}")


def test_columns_without_a_name_are_no_attributes(read):
    rows = "".join(f"{person},{number},x,y\n" for person, number in EDUCATION.items())
    _, _, education, said = read(people=f"person,education,,\n{rows}")
    assert education == EDUCATION
    assert "columns not used: " in said
    assert "(column 4)" in said


def test_columns_that_differ_by_capitals_alone_are_refused(read):
    with pytest.raises(InputError, match="Education and EDUCATION differ only in capitalisation"):
        read(people=f"person,Education,EDUCATION\n{PEOPLE.replace(chr(10), ',0.1' + chr(10))}")
