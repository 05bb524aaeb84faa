"""Where a run goes, what happens to its folder when it does not end well, and what a rerun says."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from engagesim.cli import main
from engagesim.measures import MEASURES
from engagesim.study.run_folder import read_run

SMALL = ["population.citizens=60", "population.districts=3", "months=3", "figures=false"]
COMMAND = [sys.executable, "-c", "import sys; from engagesim.cli import main; sys.exit(main())"]


@pytest.fixture
def kept():
    """A small stored run, without its figures."""
    assert main(["run", *SMALL, "output=kept", "agents_every=2"]) == 0
    return Path("kept")


def test_without_a_name_each_run_gets_a_folder_of_its_own():
    assert main(["run", *SMALL]) == 0
    assert main(["run", *SMALL]) == 0
    assert len(list(Path("outputs/run").iterdir())) == 2


def test_a_folder_may_be_called_by_a_number_and_may_be_there_if_it_is_empty():
    Path("2024").mkdir()
    assert main(["run", *SMALL, "output=2024"]) == 0
    assert (Path("2024") / "provenance.json").exists()


def test_a_multirun_numbers_its_runs_in_the_folder_that_is_named():
    assert main(["run", *SMALL, "-m", "seed=4,5", "output=many"]) == 0
    assert [read_run(Path("many", number))[0].seed for number in ("0", "1")] == [4, 5]
    assert {path.name for path in Path("many").iterdir()} == {"0", "1", "multirun.yaml"}


def test_a_multirun_leaves_a_folder_alone_that_is_not_empty(kept, capsys):
    before = sorted(path.name for path in kept.iterdir())
    assert main(["run", *SMALL, "-m", "seed=4,5", "output=kept"]) == 2
    assert sorted(path.name for path in kept.iterdir()) == before


def test_when_one_run_of_a_multirun_breaks_the_others_go_on(monkeypatch, capsys):
    def break_down_once(metrics, model, folder):
        if model.parameters.seed == 1:
            raise RuntimeError("broken\nin two")

    monkeypatch.setattr("engagesim.cli.run.draw_run", break_down_once)
    assert main(["run", *SMALL[:-1], "-m", "seed=1,2", "output=many"]) == 1
    error = capsys.readouterr().err
    assert "a bug in engagesim" in error
    assert error.count("\n") == 1
    assert read_run(Path("many/1"))[0].seed == 2
    assert list(Path("many/0").iterdir()) == []


def test_the_config_can_be_shown_without_a_run(capsys):
    assert main(["run", "seed=7", "--cfg", "job"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["seed"] == 7
    assert list(Path().iterdir()) == []


def test_every_measure_is_stored_with_its_unit_and_meaning(kept):
    schema = pq.read_schema(kept / "metrics.parquet")
    for measure in MEASURES:
        about = schema.field(measure.name).metadata
        assert (about[b"unit"].decode(), about[b"description"].decode()) == (measure.unit, measure.description)


def test_a_rerun_compares_everybodys_states_too(kept, capsys):
    assert main(["rerun", "kept"]) == 0
    assert "agents.parquet" in capsys.readouterr().out


def test_a_rerun_from_another_folder_finds_the_files_of_the_run(monkeypatch):
    Path("people.csv").write_text("education\n" + "0.5\n" * 30)
    assert main(["run", *SMALL, "output=kept", "population.file=people.csv"]) == 0
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert main(["rerun", "../kept"]) == 0
    Path("../people.csv").unlink()
    assert main(["rerun", "../kept"]) == 0


def test_for_how_many_people_something_was_drawn_is_told_and_stored(capsys):
    Path("people.csv").write_text("education,trust\n" + "0.5,0.2\n" * 25 + ",0.2\n" * 5)
    assert main(["run", *SMALL, "output=kept", "population.file=people.csv"]) == 0
    words = json.loads(Path("kept/summary.json").read_text())["words"]
    assert any("of 30 citizens, read education for 25" in sentence for sentence in words)


def test_a_rerun_names_the_versions_that_differ(kept, monkeypatch, capsys):
    path = kept / "provenance.json"
    certificate = json.loads(path.read_text())
    certificate["libraries"]["numpy"] = "1.0"
    path.write_text(json.dumps(certificate))
    monkeypatch.setattr("engagesim.cli.run.metrics_bytes", lambda *_: b"other")
    assert main(["rerun", "kept"]) == 1
    assert "numpy 1.0 then" in capsys.readouterr().out


def test_a_certificate_does_not_speak_to_the_terminal(kept, monkeypatch, capsys):
    path = kept / "provenance.json"
    certificate = json.loads(path.read_text())
    certificate["platform"] = "\x1b[2Jsame bytes\nof everything"
    path.write_text(json.dumps(certificate))
    monkeypatch.setattr("engagesim.cli.run.metrics_bytes", lambda *_: b"other")
    assert main(["rerun", "kept"]) == 1
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.isprintable()
    assert said.startswith("different files: ")
    assert "platform \\x1b[2Jsame bytes of everything then" in said


@pytest.mark.parametrize("name", ["metrics.parquet", "config.yaml"])
def test_a_rerun_tells_when_a_stored_file_was_changed(kept, name, capsys):
    (kept / name).write_bytes((kept / name).read_bytes() + b"\n")
    assert main(["rerun", "kept"]) == 1
    assert f"{name} in kept changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("provenance.json", "{"),
        ("provenance.json", "[]"),
        ("provenance.json", '{"results": 5}'),
        ("config.yaml", "seed: -1"),
        ("config.yaml", "just words"),
        ("config.yaml", "{"),
    ],
)
def test_a_folder_that_no_run_wrote_is_refused_in_one_line(kept, name, content, capsys):
    (kept / name).write_text(content)
    capsys.readouterr()
    assert main(["rerun", "kept"]) == 2
    error = capsys.readouterr().err
    assert name in error
    assert error.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no interrupt signal for another process")
def test_a_study_without_a_row_is_asked_for_one(capsys):
    factor = "factors.p={path: incentives.patronage, values: [0.1]}"
    small = ["population.citizens=20", "population.districts=1", "months=2", "replicates=2", "output=my_study"]
    assert main(["sweep", factor, *small]) == 0
    assert main(["rerun", "my_study"]) == 2
    assert (
        "row: missing; my_study holds a study; name a row, as in engagesim rerun my_study 0" in capsys.readouterr().err
    )


def test_an_interrupted_process_says_so_and_leaves_nothing():
    arguments = ["run", *SMALL[:2], "months=100000", "output=deep/down", "progress=false"]
    with subprocess.Popen([*COMMAND, *arguments], stderr=subprocess.PIPE, text=True) as process:
        while not list(Path().glob("deep/.down.unfinished-*")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=60)[1]
    assert (process.returncode, error.count("\n")) == (130, 1)
    assert "interrupted" in error
    assert list(Path().iterdir()) == []
