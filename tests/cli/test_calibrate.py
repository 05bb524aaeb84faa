"""Calibration from the command line: it writes what it tried, goes on where it was stopped, keeps others' folders."""

import json
from pathlib import Path

import pytest
import yaml

from engagesim.cli import main
from engagesim.validation import calibrate
from engagesim.validation.null_models import NULL_MODELS
from engagesim.validation.parameter_sets import PRIOR
from things import overriding

FACT = {
    "title": "People answer surveys",
    "source": "Author (2020)",
    "role": "calibration",
    "history": 2,
    "months": 4,
    "arms": {"survey": ["survey"]},
    "checks": [{"claim": "They do", "tolerance": "S", "value": "effect(engaged, survey, 4)", "sign": "+"}],
}
SMALL = ["facts=mine", "waves=2", "sets=10", "judged=6", "keep=2"]


@pytest.fixture(autouse=True)
def few_places(monkeypatch):
    """Sample few places of what is not ruled out: here it does not matter how well they cover it."""
    monkeypatch.setattr(calibrate, "_PLACES", 100)


@pytest.fixture(autouse=True)
def facts(empty_folder):
    Path("mine").mkdir()
    Path("mine/F01.yaml").write_text(yaml.safe_dump(FACT), "utf-8")


def test_an_ensemble_is_written_with_where_it_comes_from():
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    found = yaml.safe_load(Path("made/calibration.yaml").read_text("utf-8"))
    assert len(found["sets"]) == 2
    told = found["provenance"]
    assert told["prior"]["sets"] == told["prior"]["belonging"] == 10
    assert told["judged"] == {"sets": 6, "accepted": 6, "facts short at most": 0}
    assert [row["fact"] for row in told["left_out"]] == ["F01"]
    assert {row["parameter"] for row in told["pinned"]} == set(PRIOR)
    assert told["effective_dimension"]["of"] == len(PRIOR)
    assert "meet four fifths" in found["description"]


def test_what_moves_the_facts_goes_with_the_ensemble_beside_what_moves_nothing():
    few = {"claim": "Not many do", "tolerance": "M", "value": "mean(engaged, survey, 4)", "within": [0.01, 0.02]}
    Path("mine/F01.yaml").write_text(yaml.safe_dump({**FACT, "checks": [few]}), "utf-8")
    assert main(["calibrate", *SMALL, "morris=2", "sobol=2", "output=made"]) == 0
    told = yaml.safe_load(Path("made/calibration.yaml").read_text("utf-8"))["provenance"]
    for name, column in (("screening", "mu_star"), ("indices", "total")):
        assert "dummy" in [row["parameter"] for row in told[name]]
        assert all(isinstance(row[column], float) for row in told[name])


def test_a_calibration_that_was_cut_off_goes_on_and_ends_the_same():
    assert main(["calibrate", *SMALL, "output=whole"]) == 0
    lines = Path("whole/tried.jsonl").read_text("utf-8").splitlines(keepends=True)
    Path("cut").mkdir()
    Path("cut/config.yaml").write_bytes(Path("whole/config.yaml").read_bytes())
    Path("cut/tried.jsonl").write_text("".join(lines[:3]) + lines[3][:50] + "\n", "utf-8")
    assert main(["calibrate", *SMALL, "output=cut"]) == 0
    assert Path("cut/calibration.yaml").read_bytes() == Path("whole/calibration.yaml").read_bytes()


def test_nothing_is_tried_twice():
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    before = Path("made/tried.jsonl").read_bytes()
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    assert Path("made/tried.jsonl").read_bytes() == before
    names = [json.loads(line)["name"] for line in before.splitlines()]
    assert len(names) == len(set(names))


def test_a_fact_that_is_only_worded_anew_belongs_to_the_same_calibration(capsys):
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    before = Path("made/tried.jsonl").read_bytes()
    check = {**FACT["checks"][0], "claim": "Many do"}
    Path("mine/F01.yaml").write_text(yaml.safe_dump({**FACT, "title": "Answers", "checks": [check]}), "utf-8")
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    assert Path("made/tried.jsonl").read_bytes() == before
    Path("mine/F01.yaml").write_text(yaml.safe_dump({**FACT, "months": 5}), "utf-8")
    assert main(["calibrate", *SMALL, "output=made"]) == 2
    assert "content_of_facts" in capsys.readouterr().err


def test_where_no_set_meets_the_facts_the_nearest_are_taken_and_that_is_said(capsys):
    never = {**FACT, "checks": [{**FACT["checks"][0], "sign": "-"}]}
    Path("mine/F01.yaml").write_text(yaml.safe_dump(never), "utf-8")
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    assert "Fewer than 6 sets meet the facts; those accepted are at most 1 fact short" in capsys.readouterr().out
    found = yaml.safe_load(Path("made/calibration.yaml").read_text("utf-8"))
    assert "at most 1 fact short" in found["description"]


def test_rivals_are_calibrated_with_the_same_effort_and_may_be_added_later(capsys):
    asked = ["facts=mine", "waves=1", "sets=10", "judged=5", "output=made"]
    assert main(["calibrate", *asked]) == 0
    before = Path("made/tried.jsonl").read_bytes()
    capsys.readouterr()
    assert main(["calibrate", *asked, "rivals=true"]) == 0
    assert Path("made/tried.jsonl").read_bytes() == before
    found = yaml.safe_load(Path("made/calibration.yaml").read_text("utf-8"))
    assert list(found["rivals"]) == list(found["provenance"]["rivals"]) == list(NULL_MODELS)
    said = capsys.readouterr().out
    for name in NULL_MODELS:
        assert len(Path("made", name, "tried.jsonl").read_text("utf-8").splitlines()) == 15
        assert f"  {name}: " in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sets=9", "sets = 9"),
        ("calibration=none", "calibration"),
        ("rivals=some", "rivals = 'some'"),
        ("sobol=4", "morris"),
        ("morris=1", "morris = 1: must be 0, or from 2 to 10000"),
        ("judged=11", "judged = 11: must be up to sets = 10, the size of the last wave"),
        ("waves=many", "waves = 'many'"),
        ("output=mine", "it holds other files"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(asked, said, capsys):
    assert main(["calibrate", *overriding([*SMALL, "output=made"], asked)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_facts_that_no_calibration_uses_are_refused(capsys):
    Path("mine/F01.yaml").write_text(yaml.safe_dump({**FACT, "role": "held_out"}), "utf-8")
    assert main(["calibrate", *SMALL, "output=made"]) == 2
    assert "facts = mine: must have facts with role: calibration or role: pattern" in capsys.readouterr().err


def test_what_is_refused_begins_no_folder_so_that_the_command_put_right_finds_it_free():
    assert main(["calibrate", *SMALL, "sobol=4", "output=made"]) == 2
    assert not Path("made").exists()


def test_a_folder_of_another_calibration_is_refused(capsys):
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    assert main(["calibrate", *SMALL, "seed=5", "output=made"]) == 2
    assert "seed is 1 there and 5 here" in capsys.readouterr().err


def test_what_was_tried_is_not_written_through_a_link(capsys):
    assert main(["calibrate", *SMALL, "output=made"]) == 0
    Path("precious").write_text("mine", "utf-8")
    Path("made/tried.jsonl").unlink()
    Path("made/tried.jsonl").symlink_to(Path("precious").resolve())
    assert main(["calibrate", *SMALL, "output=made"]) == 2
    assert "tried.jsonl: must not be a link" in capsys.readouterr().err
    assert Path("precious").read_text("utf-8") == "mine"
