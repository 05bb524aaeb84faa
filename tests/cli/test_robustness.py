"""What a researcher meets who asks how far claims carry: a panel, a report, and clear refusals."""

import shlex
from pathlib import Path

import pandas as pd
import pytest
import yaml

from engagesim.cli import main
from engagesim.cli import robustness as command

ASKED = "effect(asked, survey, 4)"
CLAIM = {
    "title": "Bars | and <b>tags</b> in *titles*",
    "source": "Author (2020)",
    "role": "claim",
    "history": 2,
    "months": 4,
    "arms": {"survey": ["survey"]},
    "checks": [
        {"name": "asked", "claim": "A survey asks people", "tolerance": "S", "value": ASKED, "sign": "+"},
        {"name": "none", "claim": "It asks nobody", "tolerance": "M", "value": ASKED, "within": [-1, -0.9]},
    ],
}  # fmt: skip
FEW = ["calibration=none", "size=quick", "progress=false"]


@pytest.fixture
def asked(monkeypatch):
    """A request for two claims, in the model as it is and in two variations."""
    folder = Path("mine")
    folder.mkdir()
    (folder / "C01.yaml").write_text(yaml.safe_dump(CLAIM), "utf-8")
    shipped = command.composed_robustness

    def few(arguments):
        asked, options = shipped(arguments)
        axes = {name: some for name, some in options.axes.items() if name in {"networks", "mine"}}
        axes["networks"] = dict(list(axes["networks"].items())[:1])
        return asked, options.model_copy(update={"axes": axes})

    monkeypatch.setattr(command, "composed_robustness", few)
    return ["robustness", "claims=mine", *FEW, "axes.mine={no learning: {set: {citizens.learning: 0}}}"]


def test_claims_of_ones_own_get_a_table_a_figure_and_a_line_each(asked, capsys):
    assert main([*asked, "output=panel"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "C01.asked: A survey asks people: holds everywhere" in said
    assert "C01.none: It asks nobody: withdrawn: it flips in the model as it is" in said
    table = pd.read_csv("panel/robustness.csv")
    assert list(table["variation"]) == ["as it is", "ties at random", "no learning"] * 2
    assert list(table["result"]) == ["holds"] * 3 + ["flips"] * 3
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    page = Path("panel/report.html").read_text("utf-8")
    assert "<b>tags" not in page
    assert "<script" not in page
    assert "<svg" in page
    assert Path("panel/figures/robustness.png").exists()


def test_an_effect_that_is_not_defined_is_said_in_words_beside_the_command_to_repeat(asked):
    never = "mean(coalition_ever, survey, 1)"
    check = {**CLAIM["checks"][0], "value": f"{never} / {never}"}
    Path("mine/C01.yaml").write_text(yaml.safe_dump({**CLAIM, "checks": [check]}), "utf-8")
    assert main([*asked, "output=panel"]) == 0
    report = Path("panel/report.md").read_text("utf-8")
    assert "| not defined | 0% |" in report
    assert f"`engagesim {shlex.join([*asked, 'output=panel'])}`" in report  # the command can be pasted into a shell


def test_a_panel_that_was_stopped_continues_and_is_the_same_to_the_byte(asked, monkeypatch):
    assert main([*asked, "output=whole"]) == 0
    real, lived = command.judge_cell, []

    def stopped(cell, *rest):
        if len(lived) == 2:
            raise KeyboardInterrupt
        lived.append(cell.name)
        return real(cell, *rest)

    monkeypatch.setattr(command, "judge_cell", stopped)
    assert main([*asked, "output=parts"]) == 130
    assert not Path("parts/robustness.csv").exists()
    again = []
    monkeypatch.setattr(command, "judge_cell", lambda cell, *rest: again.append(cell.name) or real(cell, *rest))
    assert main([*asked, "output=parts"]) == 0
    assert (lived, again) == (["as it is", "ties at random"], ["no learning"])
    for name in ("robustness.csv", "figures/robustness.svg"):
        assert Path("whole", name).read_bytes() == Path("parts", name).read_bytes()


def test_what_was_judged_and_is_damaged_is_judged_again(asked):
    assert main([*asked, "output=panel"]) == 0
    before = Path("panel/robustness.csv").read_bytes()
    for damaged in Path("panel/judged").iterdir():
        damaged.write_bytes(damaged.read_bytes()[:40])
    assert main([*asked, "output=panel"]) == 0
    assert Path("panel/robustness.csv").read_bytes() == before


def test_another_panel_does_not_continue_this_one(asked, capsys):
    assert main([*asked, "output=panel"]) == 0
    capsys.readouterr()
    assert main([*asked, "citizens.learning=0.2", "output=panel"]) == 2
    assert "another robustness panel is in it" in capsys.readouterr().err
    assert main([*asked, "seed=5", "output=panel"]) == 2
    assert "seed is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["claims=nowhere"], "claims = nowhere: must be a folder of claims; it does not exist"),
        (["claims=2024,25"], "claims = 2024,25: must be a folder of claims; it does not exist"),
        (["claims=~/claims"], "the shell did not replace ~"),
        (["only=[form]"], "only = 'form': must be coalitions, first_time, forms"),
        (["axes.sizes={mine: {sets: {citizens.learning: 0}}}"], "axes.sizes.mine.sets"),
        (["axes.sizes={mine: {set: {citizens.learnings: 0}}}"], "axes.sizes.mine: citizens.learnings"),
        (["months=12"], "months: must be left out of robustness"),
    ],
)
def test_a_wrong_request_is_one_line_and_nothing_is_written(wrong, said, capsys):
    assert main(["robustness", *FEW, *wrong, "output=panel"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not Path("panel").exists()
