"""What a researcher meets who puts the model to facts: a scorecard, a report, and clear refusals."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from engagesim.cli import main
from things import overriding

QUICK = ["calibration=none", "size=quick", "rivals=false"]

FACT = {
    "title": "Bars | and <b>tags</b> in *titles*",
    "source": "Author (2020)",
    "history": 6,
    "months": 6,
    "arms": {"survey": ["survey"]},
    "checks": [
        {"claim": "People take part", "tolerance": "S", "value": "effect(engaged, survey, 6)", "sign": "+"},
        {"claim": "Quality jumps", "tolerance": "M", "value": "effect(quality, survey, 6)", "within": [0.5, 1]},
    ],
}


def facts_in(name, **trees):
    folder = Path(name)
    folder.mkdir()
    for stem, tree in trees.items():
        (folder / f"{stem}.yaml").write_text(yaml.safe_dump(tree), "utf-8")
    return f"facts={name}"


def test_facts_of_ones_own_get_a_scorecard_and_a_report(capsys):
    assert main(["validate", facts_in("mine", F01=FACT), *QUICK, "output=scored"]) == 0
    said = capsys.readouterr().out
    assert "held_out: 0 of 1 facts met" in said
    card = json.loads(Path("scored/scorecard.json").read_text("utf-8"))
    assert [check["passed"] for check in card["checks"]] == [True, False]
    assert card["by_role"] == {"held_out": {"facts": 1, "met": 0}}
    table = pd.read_csv("scored/scorecard.csv")
    assert list(table["claim"]) == ["People take part", "Quality jumps"]


def test_the_report_is_one_page_without_scripts_that_escapes_what_users_write():
    assert main(["validate", facts_in("mine", F01=FACT), *QUICK, "output=scored"]) == 0
    page = Path("scored/report.html").read_text("utf-8")
    assert "<b>tags" not in page
    assert "&lt;b&gt;tags" in page
    assert "<script" not in page
    assert 'src="' not in page


def test_rivals_stand_beside_the_model():
    assert main(["validate", "only=[E20]", "calibration=none", "size=quick", "output=scored"]) == 0
    table = pd.read_csv("scored/scorecard.csv")
    assert {"no_learning", "no_network", "no_heterogeneity"} <= set(table.columns)


def test_a_null_model_is_tested_with_no_more_sets_than_the_model(monkeypatch):
    few, many = ([{"incentives.patronage": share} for share in shares] for shares in ((0.2, 0.3), (0.2, 0.3, 0.4)))
    ensemble = {"sets": few, "rivals": {"no_learning": many}}
    Path("conf/calibration").mkdir(parents=True)
    monkeypatch.setenv("ENGAGESIM_CONF", "conf")
    Path("conf/calibration/mine.yaml").write_text(yaml.safe_dump(ensemble), "utf-8")
    assert main(["validate", "only=[E20]", "calibration=mine", "size=quick", "output=scored"]) == 0
    assert "nobody learns from what happened: 0 of 2;" in Path("scored/report.md").read_text("utf-8")


def test_a_parameter_of_the_command_line_goes_before_everything():
    silent = ["citizens.recruitment=0", "conditions.organising=0", "citizens.spontaneity=0", "citizens.recall=0"]
    silent.append("relations.escalation=0")  # nobody is asked, and no organisation calls
    tree = {**FACT, "arms": {"nothing": []}, "context": {"citizens.recruitment": 0.9}}
    tree["checks"] = [{"claim": "x", "tolerance": "M", "value": "mean(engaged, control, 6)", "within": [0, 1]}]
    assert main(["validate", facts_in("mine", F01=tree), *QUICK, *silent, "output=scored"]) == 0
    assert pd.read_csv("scored/scorecard.csv")["value"][0] == 0


def test_the_same_validation_gives_the_same_bytes():
    asked = ["validate", facts_in("mine", F01=FACT), *QUICK]
    for name in ("one", "two"):
        assert main([*asked, f"output={name}"]) == 0
    for name in ("scorecard.csv", "scorecard.json", "sets.csv"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("facts=nowhere", "must be a folder of facts"),
        ("only=[E99]", "only = 'E99': must be E02"),
        ("calibration=other", "calibration = 'other'"),
        ("size=huge", "quick"),
        ("months=12", "months"),
        ("interventions=[]", "interventions"),
        ("citizens.learnng=1", "did you mean 'citizens.learning'?"),
        ("citizens.learning=7", "must be a number from 0 to 1"),
        ("--fast", "no such flag"),
        ("rivals=perhaps", "true or false"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_left(asked, said, capsys):
    assert main(["validate", *overriding([*QUICK, "output=scored"], asked)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not Path("scored").exists()


def test_a_fact_that_is_wrong_is_refused_before_anything_is_simulated(capsys):
    wrong = {**FACT, "checks": [{**FACT["checks"][0], "value": "effect(qualty, survey, 6)"}]}
    assert main(["validate", facts_in("mine", F01=FACT, F02=wrong), *QUICK, "output=scored"]) == 2
    assert "F02.yaml" in capsys.readouterr().err
    assert not Path("scored").exists()


def test_an_arm_that_no_society_allows_is_refused_before_anything_is_simulated(capsys):
    wrong = {**FACT, "arms": {"survey": ["survey"], "broke": {"set": {"conditions.resources": 7}}}}
    asked = ["calibration=none", "size=full", "rivals=false", "output=scored"]
    assert main(["validate", facts_in("mine", F01=FACT, F02=wrong), *asked]) == 2
    assert "F02: arms.broke" in capsys.readouterr().err
    assert not Path("scored").exists()


def test_in_full_size_known_answers_and_both_engines_are_measured():
    asked = ["calibration=none", "rivals=false", "output=scored"]
    assert main(["validate", facts_in("mine", F01=FACT), *asked]) == 0
    report = Path("scored/report.md").read_text("utf-8")
    known = [line for line in report.splitlines() if "Brock & Durlauf" in line or "Granovetter" in line]
    assert [line.endswith("| yes |") for line in known] == [True] * 6
    assert "none differ" in report


def test_a_folder_that_is_taken_is_refused(capsys):
    Path("scored").mkdir()
    Path("scored/mine.txt").write_text("mine", "utf-8")
    assert main(["validate", *QUICK, "only=[E20]", "output=scored"]) == 2
    assert "must be a new folder, or an empty one" in capsys.readouterr().err
    assert Path("scored/mine.txt").read_text("utf-8") == "mine"
