"""How a command ends: it names one that works on what was made, and says how to go on where it was interrupted."""

import shlex
import sys
from pathlib import Path

import pytest

from engagesim.cli import main

SMALL = ["population.citizens=40", "population.districts=2", "months=3", "progress=false"]
VARIED = ["factors.patronage.path=incentives.patronage", "factors.patronage.values=[0.1,0.4]", "replicates=2"]


@pytest.fixture
def terminal(monkeypatch, capsys):
    """A person reads what is printed."""
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)


def suggested(capsys) -> list[str]:
    """Return the one command that was named last."""
    lines = [line for line in capsys.readouterr().out.splitlines() if "Try next" in line]
    assert len(lines) == 1
    program, *words = shlex.split(lines[0].partition("Try next: ")[2])
    assert program == "engagesim"
    return words


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("command", "names"),
    [
        (["run", *SMALL, "figures=false", "output=my run"], ["rerun"]),
        (["run", "-m", "seed=1,2", *SMALL, "figures=false", "output=runs"], ["rerun"]),
        (["sweep", *SMALL, *VARIED, "output=my study"], ["plot", "export", "rerun", "run", "rerun"]),
    ],
)
def test_each_command_is_followed_by_one_that_works_on_what_it_made(command, names, capsys):
    assert main(command) == 0
    for name in names:
        following = suggested(capsys)
        assert following[0] == name
        assert main(following) == 0


def test_nobody_is_told_what_to_do_next_in_a_file(capsys):
    assert main(["run", *SMALL, "figures=false", "output=mine"]) == 0
    assert "Try next" not in capsys.readouterr().out
    assert "Try next" not in Path("mine/log.txt").read_text("utf-8")


@pytest.mark.parametrize("place", [[], ["output=my study"]])
def test_an_interrupted_study_says_how_to_go_on_and_that_works(place, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr("engagesim.cli.sweep.do_study", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert main(["sweep", *SMALL, *VARIED, *place]) == 130
    program, *again = shlex.split(capsys.readouterr().err.strip().rpartition("to continue: ")[2])
    assert program == "engagesim"
    assert main(again) == 0
    folder = next(word for word in again if word.startswith("output=")).removeprefix("output=")
    assert Path(folder, "manifest.json").exists()


@pytest.mark.parametrize("command", ["run", "sweep", "compare", "validate", "calibrate", "robustness"])
@pytest.mark.parametrize(
    ("setting", "other"), [("months=2", "months=3"), ("seed=1", "+seed=1"), ("log=info", "log=debug")]
)
def test_a_setting_that_is_given_twice_is_refused(command, setting, other, capsys):
    assert main([command, setting, other]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"engagesim: {setting.partition('=')[0]}: is given twice")
    assert said.count("\n") == 1


def test_a_setting_of_the_dashboard_that_is_given_twice_is_refused(capsys):
    assert main(["app", "port=1", "port=2"]) == 2
    assert "port: is given twice" in capsys.readouterr().err
