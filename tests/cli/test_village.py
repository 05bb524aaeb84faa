"""A survey becomes a society: the example of experiments/village, on a survey of its shape."""

import csv
import importlib.util
from pathlib import Path

import pytest

from engagesim.cli import main
from engagesim.parameters import Parameters
from engagesim.society.files import ATTRIBUTES, read_people
from engagesim.society.network import wire
from engagesim.study.run_folder import read_run

VILLAGE = Path(__file__).parents[2] / "experiments" / "village"
SCRIPT = VILLAGE / "prepare.py"
REAL = Path(__file__).parents[3] / "shared" / "data" / "village"
PEOPLE = 40


@pytest.fixture
def prepare():
    spec = importlib.util.spec_from_file_location("prepare", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.prepare


@pytest.fixture
def survey() -> Path:
    folder = Path("survey")
    folder.mkdir()
    asked = ["1,1,15,green", "2,1,0,Blue", "3,2,20,saffron", "4,2,6,"]
    rows = asked + [f"{person},{person},," for person in range(5, PEOPLE + 1)]
    (folder / "people.csv").write_text("person,household,years_of_schooling,ration_card\n" + "\n".join(rows) + "\n")
    ring = [f"{person},{person % PEOPLE + 1}" for person in range(1, PEOPLE + 1)]
    (folder / "ties.csv").write_text("source,target\n" + "\n".join(ring) + "\n")
    return folder


def test_schooling_becomes_education_cards_become_vulnerability_and_the_rest_stays_empty(prepare, survey):
    prepare(survey, Path("village"))
    with Path("village/people.csv").open() as file:
        people = list(csv.DictReader(file))
    assert [person["education"] for person in people[:5]] == ["1.0", "0.0", "1.0", "0.4", ""]
    poor, better_off, also_poor, *unknown = [person["vulnerability"] for person in people]
    assert float(better_off) < 0.5 < min(float(poor), float(also_poor))
    assert set(unknown) == {""}


def test_a_village_runs_on_its_own_files(prepare, survey):
    prepare(survey, Path("village"))
    files = ["network.file=village/ties.csv", "population.file=village/people.csv"]
    assert main(["run", "scenario=village", *files, "months=2", "figures=false", "output=kept"]) == 0
    parameters, certificate = read_run(Path("kept"))
    assert parameters.population.citizens == PEOPLE
    assert len(certificate["inputs"]) == 2


def test_the_officials_of_the_example_take_their_posts_and_the_others_are_drawn():
    changes = {"population.file": str(VILLAGE / "officials.csv"), "population.districts": 2, "population.providers": 4}
    parameters, people = read_people(Parameters().changed(changes))
    wiring = wire(parameters, people)
    named = [wiring.labels[row] for row in range(wiring.citizens, wiring.agents)]
    assert named[:2] == ["manager of district 0", "provider 1 of district 0"]
    assert [row for row, name in enumerate(named) if not name] == [9, 11]
    assert people.given["politician"][list(ATTRIBUTES["politician"]).index("election_in"), 0] == 36


@pytest.mark.skipif(not REAL.is_dir(), reason="the survey of a real village is not part of the project")
def test_officials_join_the_citizens_of_a_real_village_and_their_allies_can_be_sought(prepare, capsys):
    prepare(REAL, Path("village"), VILLAGE / "officials.csv")
    files = ["network.file=village/ties.csv", "population.file=village/people.csv", "population.districts=2"]
    few = ["futures=20", "fresh=20", "most=1", "horizon=3", "holds=2", "progress=false"]
    assert main(["allies", "scenario=village", *files, *few, "output=kept"]) == 0
    assert "of 843 citizens, read education for 203" in capsys.readouterr().err
    assert "manager of district 0" in Path("kept/report.html").read_text()


def test_a_village_without_files_is_told_what_it_lacks(capsys):
    assert main(["run", "scenario=village"]) == 2
    assert "network.file" in capsys.readouterr().err
