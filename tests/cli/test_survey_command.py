"""`engagesim survey` from end to end, maps, and what the screen says of files."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from engagesim.cli import main
from engagesim.places.profile import QUANTITY, read_profile

EXAMPLE = Path(__file__).parents[2] / "experiments" / "village" / "survey"


@pytest.fixture
def mapping(tmp_path) -> str:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    return "example/mapping.yaml"


def test_a_survey_becomes_people_a_page_and_a_place(mapping, capsys):
    assert main(["survey", mapping, "output=people"]) == 0
    assert {path.name for path in Path("people").iterdir()} == {
        "people.csv", "check.html", "place.yaml", "provenance.json", "mapping.yaml"
    }  # fmt: skip
    people = pd.read_csv("people/people.csv")
    assert len(people) == 500
    assert set(people["district"]) == {"Upper", "Middle", "Lower"}
    page = Path("people/check.html").read_text("utf-8")
    assert "Do the columns agree?" in page
    assert "a made-up census" in page
    place = yaml.safe_load(Path("people/place.yaml").read_text("utf-8"))
    assert place["districts"] == 3
    assert "±" in place["know"]["protest"]
    told = json.loads(Path("people/provenance.json").read_text("utf-8"))
    assert len(told["survey"]["sha256"]) == 64
    assert "120 respondents" in capsys.readouterr().out


def _known(mapping: str, know: dict[str, object]) -> None:
    path = Path(mapping)
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text("utf-8")), "know": know}))


def test_what_a_survey_knows_of_a_place_is_read_as_such(mapping, capsys):
    asked = {"from": "protested", "reason": "as an example"}
    names = [name for name, quantity in QUANTITY.items() if quantity.unit != "months"]
    _known(mapping, {name: dict(asked) for name in names})
    assert main(["survey", mapping, "output=people"]) == 0
    assert "place.yaml" in capsys.readouterr().out
    profile = read_profile(Path("people/place.yaml"), {})
    assert {each.quantity for each in profile.statements} == set(names)
    answers = pd.read_csv("example/survey.csv")
    assert profile.statements[0].value == pytest.approx(answers["protested"].mean(), abs=0.05)
    assert len({(each.value, each.within) for each in profile.statements}) <= 2  # shares and numbers, as rounded
    assert profile.exact["population.districts"] == 3


@pytest.mark.parametrize("name", ["tenure", "protests"])
def test_what_cannot_be_known_of_a_place_is_refused_before_anything_is_written(mapping, name, capsys, tmp_path):
    _known(mapping, {name: {"from": "protested", "reason": "none"}})
    assert main(["survey", mapping, "output=people"]) == 2
    assert f"know.{name}: no such quantity that a survey can give for a place" in capsys.readouterr().err
    assert not (tmp_path / "people").exists()


def test_a_survey_that_knows_nothing_of_a_place_describes_none(mapping, capsys):
    _known(mapping, {})
    assert main(["survey", mapping, "output=people"]) == 0
    assert not Path("people/place.yaml").exists()
    assert "place" not in capsys.readouterr().out.replace("replace", "")


@pytest.mark.parametrize("words", [[], ["a.yaml", "b.yaml"], ["absent.yaml"], ["mapping.yaml", "output=a", "output=b"]])
def test_what_is_no_mapping_file_is_refused_in_one_line(words, capsys, tmp_path):
    assert main(["survey", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "mapping file" in line
    assert list(tmp_path.iterdir()) == []


def _square(name: str, left: int) -> dict:
    corners = [[left, 0], [left + 1, 0], [left + 1, 1], [left, 1], [left, 0]]
    return {"type": "Feature", "properties": {"ward": name}, "geometry": {"type": "Polygon", "coordinates": [corners]}}


def _write_places(names) -> list[str]:
    rows = "".join(f"p{number},{'ab'[number % 2]},0.5\n" for number in range(40))
    Path("people.csv").write_text(f"person,district,education\n{rows}")
    features = [_square(name, left) for left, name in enumerate(names)]
    Path("map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return ["population.file=people.csv", "population.boundaries=map.geojson", "population.providers=2", "months=3"]


def test_a_map_shows_each_district_and_says_that_it_is_simulated(capsys):
    words = _write_places("abc")
    assert main(["run", *words, "progress=false", "output=out"]) == 0
    drawn = Path("out/districts.svg").read_text("utf-8")
    assert "Simulated, not measured" in drawn
    said = capsys.readouterr().out
    assert "2 districts, known by the property 'ward'; 1 other area is not used" in " ".join(said.split())
    assert "population.districts is 2, not 10" in " ".join(said.split())
    assert main(["rerun", "out"]) == 0


def test_a_district_without_a_boundary_is_named(capsys, tmp_path):
    words = _write_places("ac")
    assert main(["run", *words, "output=out"]) == 2
    assert "must have a boundary for each district" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_other_commands_say_on_the_screen_what_was_read(capsys):
    words = _write_places("ab")[:1]
    small = ["population.providers=2", "months=3", "replicates=2", "progress=false", "output=study"]
    factor = "factors.p={path: incentives.patronage, values: [0.1, 0.5]}"
    assert main(["sweep", *words, *small, factor]) == 0
    assert "info: population.file: of 40 citizens, read education for 40" in capsys.readouterr().err
