"""The folder of studies: what lies in it is found, and the dashboard reads nothing else it is ever opened."""

import json
import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.dashboard.library import Library, Stored
from engagesim.dashboard.security import REPORTS, Reports
from engagesim.dashboard.stored_comparison import ComparisonQuery, courses, forest, read, rows
from engagesim.errors import EngagementError, StoreError


@pytest.fixture
def library(studies, tmp_path) -> Library:
    """A copy of the studies, with a secret beside it."""
    shutil.copytree(studies, tmp_path / "outputs")
    (tmp_path / "secret").mkdir()
    for name in ("comparison.csv", "report.html", "config.yaml", "manifest.json"):
        (tmp_path / "secret" / name).write_text("secret")
    return Library(tmp_path / "outputs")


def test_studies_and_comparisons_are_listed_wherever_they_lie(library):
    assert set(library.listed()) == {Stored("deep/phase", "study"), Stored("pair", "comparison")}


def test_an_empty_or_missing_folder_lists_nothing(tmp_path):
    assert Library(tmp_path).listed() == Library(tmp_path / "nothing").listed() == []


@given(st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "pair", "/", "secret", "\\", "~"])).map("/".join))
def test_no_name_leads_out_of_the_folder(studies, name):
    try:
        found = Library(studies).folder(name)
    except EngagementError as error:
        found, said = studies, str(error)
        assert "\n" not in said
    assert found.resolve().is_relative_to(studies.resolve())


def test_a_link_that_leads_out_is_not_followed(library):
    (library.root / "way_out").symlink_to(library.root.parent / "secret")
    (library.root / "pair" / "report.html").unlink()
    (library.root / "pair" / "report.html").symlink_to(library.root.parent / "secret" / "report.html")
    assert all(kept.name != "way_out" for kept in library.listed())
    for opening in (lambda: library.kind("way_out"), lambda: library.inside("pair", "report.html")):
        with pytest.raises(StoreError, match="inside"):
            opening()


@pytest.mark.parametrize("file", ["manifest.json", "config.yaml", "runs/*.parquet"])
def test_a_file_that_leads_out_is_not_read(library, file):
    part = next((library.root / "deep" / "phase").glob(file))
    moved = library.root.parent / "secret" / part.name
    shutil.move(part, moved)
    part.symlink_to(moved)
    with pytest.raises(StoreError, match="inside"):
        library.study("deep/phase")


def test_points_that_stand_in_a_file_elsewhere_are_not_read(library):
    config = library.root / "deep" / "phase" / "config.yaml"
    config.write_text(config.read_text().replace("file: null", f"file: {library.root.parent}/secret/points.csv", 1))
    with pytest.raises(StoreError, match="the dashboard reads nothing else"):
        library.study("deep/phase")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: shutil.rmtree(folder / "runs"), "must be in"),
        (lambda folder: [path.unlink() for path in (folder / "runs").iterdir()], "must have a finished part"),
        (
            lambda folder: next((folder / "runs").iterdir()).write_bytes(b"PAR1"),
            "must be unchanged since the study wrote it",
        ),
        (lambda folder: (folder / "config.yaml").unlink(), "config.yaml"),
        (
            lambda folder: (folder / "config.yaml").write_text("study: {}\nvariants: [{}]"),
            "config.yaml: variants[0].choices",
        ),
        (lambda folder: (folder / "config.yaml").write_text("study: {}\nvariants: []"), "config.yaml: variants"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "must be unchanged since a study wrote it"),
        (lambda folder: (folder / "manifest.json").write_text(json.dumps({"format": 99})), "format = 99: must be 1"),
    ],
)
def test_a_half_written_or_damaged_study_gives_one_clear_line(library, harm, said):
    harm(library.root / "deep" / "phase")
    with pytest.raises(EngagementError) as refused:
        library.study("deep/phase")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("comparison.csv", "", "comparison.csv"),
        ("comparison.csv", "context,package\na,b\n", "must have a column outcome"),
        ("profiles.csv", None, "profiles.csv"),
        ("config.yaml", "options: {}", "config.yaml"),
        ("config.yaml", "packages: [", "config.yaml"),
        ("config.yaml", "[" * 5000, "must be nested at most"),
        ("config.yaml", "a: &a [x]\npackages: [*a, *a]", "anchors and aliases"),
        ("config.yaml", "{packages: [], options: {outcome: quality, seeds: .inf}}", "config.yaml"),
        ("comparison.csv", "," * 1_000_000, "must have at most 1,000 columns"),
        ("profiles.csv", "context\n" + "," * 1_000_000, "must have at most 1,000 columns"),
        ("config.yaml", "{packages: [], options: {outcome: wealth, seeds: 3}}", "must have rows of wealth"),
    ],
)
def test_a_half_written_comparison_gives_one_clear_line(library, file, text, said):
    path = library.root / "pair" / file
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(StoreError) as refused:
        read(library, "pair")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
@pytest.mark.parametrize("file", ["comparison.csv", "profiles.csv", "config.yaml"])
def test_a_pipe_in_place_of_a_file_of_a_comparison_is_refused_at_once(library, file):
    (library.root / "pair" / file).unlink()
    os.mkfifo(library.root / "pair" / file)
    with pytest.raises(StoreError, match=f"{file}: must be .*must be an ordinary file"):
        read(library, "pair")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_a_pipe_in_place_of_a_report_is_none(library):
    (library.root / "pair" / "report.html").unlink()
    os.mkfifo(library.root / "pair" / "report.html")
    start, body = _asked(Reports(_inner, library), f"{REPORTS}pair")
    assert start["status"] == 404
    assert b"must be an ordinary file" in body["body"]


def test_numbers_that_are_none_are_refused(library):
    path = library.root / "pair" / "comparison.csv"
    path.write_text(path.read_text().replace("audit,quality,0", "audit,quality,x0", 1))
    with pytest.raises(StoreError, match="baseline"):
        read(library, "pair")


def test_a_comparison_on_a_measure_of_a_mechanism_is_shown_by_its_name(library):
    for name in ("comparison.csv", "profiles.csv", "config.yaml"):
        path = library.root / "pair" / name
        path.write_text(
            path.read_text()
            .replace("quality,", "mean_tiredness,")
            .replace("outcome: quality", "outcome: mean_tiredness")
        )
    compared = read(library, "pair")
    seen = ComparisonQuery.of({}, compared)
    assert seen.outcome == "mean_tiredness"
    assert compared.about(seen.outcome).description == "mean tiredness"
    assert len(rows(compared, seen)) == 2
    assert "mean tiredness" in courses(compared, seen)
    assert ">difference<" in courses(compared, seen)  # without a comma before the unit, which is not known
    assert ">difference<" in forest(compared, seen)


def test_a_comparison_is_read_as_it_was_written(library):
    compared = read(library, "pair")
    seen = ComparisonQuery.of({}, compared)
    assert (seen.context, seen.outcome, compared.seeds) == ("contested_reform", "quality", 8)
    assert ComparisonQuery.of(seen.words(), compared) == seen
    found = rows(compared, seen)
    assert set(found["package"]) == set(compared.packages) == {"audit", "asking"}
    assert found["difference"].is_monotonic_decreasing
    assert rows(compared, seen._replace(outcome="quality_gap"))["difference"].is_monotonic_increasing


def _asked(application, path):
    sent = []

    async def send(message):
        sent.append(message)

    with pytest.raises(StopIteration):  # nothing in it waits, so that it needs no loop
        application({"type": "http", "path": path}, None, send).send(None)
    return sent


async def _inner(scope, receive, send):
    await send({"inner": scope["path"]})


def test_a_report_is_served_shut_in_and_all_else_is_handed_on(library):
    reports = Reports(_inner, library)
    start, body = _asked(reports, f"{REPORTS}pair")
    headers = dict(start["headers"])
    assert start["status"] == 200
    assert body["body"] == (library.root / "pair" / "report.html").read_bytes()
    assert headers[b"content-security-policy"].startswith(b"sandbox; default-src 'none'")
    assert _asked(reports, "/") == [{"inner": "/"}]


@pytest.mark.parametrize("name", ["", "../secret", "/etc", "deep/phase", "pair/report.html", "pair/.."])
def test_no_report_is_served_that_is_none(library, name):
    start, body = _asked(Reports(_inner, library), REPORTS + name)
    assert start["status"] == 404
    assert b"secret" not in body["body"].replace(b"../secret", b"")
