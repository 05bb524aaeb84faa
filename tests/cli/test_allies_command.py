"""What a policy officer meets who looks for allies: one command, a page, tables, and names that stay there."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest

from engagesim import Parameters, Snapshot, allies
from engagesim.cli import main
from engagesim.configs import seeking
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import ParameterError

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

FAST = ["futures=20", "fresh=30", "most=2", "horizon=30", "holds=6", "progress=false"]
SMALL = ["population.citizens=60", "population.districts=1", "population.providers=2", "coalitions.citizens=0.02",
         "engagement=social_audit", "engagement.start=0"]  # fmt: skip
PEOPLE = """person,role,district,reform_minded,morale,tenure,orientation
Zebulon the manager,manager,north,1,0.7,30,
Quill at the clinic,provider,north,0,0.4,50,
Wrenna of the council,politician,north,,,,0.5
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Path:
    """A small society with named officials, in which allies were found once for all tests."""
    folder = tmp_path_factory.mktemp("allies")
    rows = [f"citizen {number},,{('north', 'south')[number % 2]},,,," for number in range(60)]
    (folder / "people.csv").write_text(PEOPLE + "\n".join(rows) + "\n", "utf-8")
    files = [f"population.file={folder / 'people.csv'}", "district=north", "population.providers=2"]
    assert main(["allies", *files, *SMALL[3:], *FAST, f"output={folder / 'result'}"]) == 0
    return folder / "result"


def test_a_search_leaves_a_page_and_tables(found):
    names = {path.name for path in found.iterdir()}
    assert {"report.html", "allies.csv", "path.csv", "levers.csv", "coalitions.csv", "fragility.csv", "config.yaml",
            "provenance.json", "log.txt", "inputs"} <= names  # fmt: skip
    assert "unfinished" not in names
    page = (found / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "not a forecast" in page
    table = pd.read_csv(found / "allies.csv")
    named = table.set_index("actor")["name"]
    assert named["manager"] == "Zebulon the manager"
    assert named["provider 1"] == "Quill at the clinic"
    assert set(table["order"]) >= set(range(len(pd.read_csv(found / "path.csv")) + 1))


def test_names_are_in_tables_and_page_alone(found):
    for path in found.rglob("*"):
        if path.is_file() and path.parent.name != "inputs":
            holds = "Zebulon" in path.read_text("utf-8", errors="replace")
            assert holds == (path.name in {"report.html", "allies.csv", "path.csv"}) or path.name == "path.csv"
    assert "Zebulon" not in (found / "log.txt").read_text("utf-8")
    assert "Zebulon" not in (found / "provenance.json").read_text("utf-8")


def test_a_finished_search_is_not_repeated(found, capsys, monkeypatch):
    monkeypatch.setattr("engagesim.cli.allies.seek", None)
    folder = found.parent
    files = [f"population.file={folder / 'people.csv'}", "district=north", "population.providers=2"]
    assert main(["allies", *files, *SMALL[3:], *FAST, f"output={found}"]) == 0
    assert "is finished" in capsys.readouterr().out
    assert main(["allies", *files, *SMALL[3:], *FAST, "every=1", f"output={found}"]) == 2
    assert "folder of the same search for allies" in capsys.readouterr().err


def test_an_interrupted_search_goes_on_with_the_same_bytes(monkeypatch, capsys):
    assert main(["allies", *SMALL, *FAST, "output=whole"]) == 0
    own, calls = seeking.Future.of, itertools.count()

    def stopped(self, numbers, paths):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return own(self, numbers, paths)

    monkeypatch.setattr(seeking.Future, "of", stopped)
    assert main(["allies", *SMALL, *FAST, "output=parts"]) == 130
    assert "to continue: engagesim allies" in capsys.readouterr().err
    assert len(list(Path("parts/unfinished").iterdir())) == 3
    assert main(["allies", *SMALL, *FAST, "output=parts"]) == 0
    for path in Path("whole").iterdir():
        if path.name not in {"log.txt", "provenance.json"}:
            assert path.read_bytes() == Path("parts", path.name).read_bytes(), path.name
    assert "the provider with the highest morale" in Path("whole/report.html").read_text("utf-8")


def test_futures_start_at_the_end_of_a_stored_run_or_a_snapshot():
    assert main(["run", *SMALL, "months=12", "figures=false", "output=lived"]) == 0
    assert main(["allies", "after=lived", *FAST, "output=run"]) == 0
    parameters, _ = seeking.read_run(Path("lived"))
    society = LiveSociety(parameters)
    society.step(12)
    society.snapshot().save("lived.npz")
    assert main(["allies", "after=lived.npz", *FAST, "output=snapshot"]) == 0
    for name in ("allies.csv", "path.csv", "fragility.csv"):
        assert Path("run", name).read_bytes() == Path("snapshot", name).read_bytes()
    assert Snapshot.load("lived.npz").month == 12


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["district=3"], "district = '3': must be a whole number from 0 to 0"),
        (["most=0"], "most = 0: must be a whole number from 1 to 12"),
        (["holds=40"], "holds = 40: must be at most horizon (30)"),
        (["costs={brif: 3}"], "costs = 'brif': must be"),
        (["after=nowhere"], "nowhere: must be a snapshot"),
        (["after=nowhere", "months=3"], "must be left out with after"),
        (["place=nowhere"], "place = nowhere: must be the file of a place, or a folder"),
        (["budget=-1"], "budget = -1"),
        (["--now"], "--now: no such flag of allies"),
    ],
)
def test_a_wrong_question_is_refused_in_one_line_before_anything_is_written(words, says, capsys):
    society = [] if words[0].startswith("after") else SMALL
    others = [each for each in FAST if each.partition("=")[0] != words[0].partition("=")[0]]
    assert main(["allies", *society, *others, *words, "output=out"]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not Path("out").exists()


def test_python_asks_the_same_question():
    society = Parameters().changed(
        {"population.citizens": 60, "population.districts": 1, "population.providers": 2, "coalitions.citizens": 0.02}
    )
    options = {"futures": 20, "fresh": 20, "most": 1, "horizon": 30, "holds": 6}
    found = allies(society, **options)
    assert list(found.table.columns[:4]) == ["actor", "name", "kind", "order"]
    assert allies(society, **options).table.equals(found.table)
    with pytest.raises(ParameterError, match="district = '7'"):
        allies(society, 7)
    with pytest.raises(ParameterError, match="most = 0: must be"):
        allies(society, most=0)
    with pytest.raises(ParameterError, match=r"mots: .*did you mean 'most'"):
        allies(society, mots=2)
