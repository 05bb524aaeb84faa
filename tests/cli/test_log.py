"""What is logged: levels on the terminal, a log beside the results, and cautions that mean something."""

import json
import logging
import re
from pathlib import Path

import pytest

from engagesim.cli import main
from engagesim.cli.log import LOG, READ, Logbook, logbook
from engagesim.machine import timed
from engagesim.study.store import Store

SOCIETY = ["population.citizens=40", "population.districts=2", "months=3", "figures=false"]
STUDY = [*SOCIETY[:-1], "factors.patronage.path=incentives.patronage", "factors.patronage.values=[0,0.4]"]
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 (info|warning): .+")


def log_of(folder: str) -> str:
    text = Path(folder, LOG).read_text("utf-8")
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    return text


@pytest.mark.parametrize("level", ["warning", "info", "debug"])
def test_the_level_decides_what_the_terminal_shows(level, capsys):
    assert main(["run", *SOCIETY, "output=out", f"log={level}"]) == 0
    said = capsys.readouterr().err
    assert ("command: engagesim run" in said) == (level != "warning")
    assert ("engagesim: debug: graphs" in said) == (level == "debug")


@pytest.mark.parametrize(
    "command", ["run", "sweep", "compare", "validate", "calibrate", "robustness", "plot", "parameters"]
)
def test_every_command_refuses_a_level_that_is_none(command, capsys):
    assert main([command, "log=loud"]) == 2
    assert "log = 'loud': must be warning, info or debug" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_the_log_of_a_run_says_what_was_asked_with_what_and_where_the_time_went():
    assert main(["run", *SOCIETY, "seed=7", "output=out"]) == 0
    asked, versions, took = log_of("out").splitlines()
    assert asked.endswith(f"command: engagesim run {' '.join(SOCIETY)} seed=7 output=out")
    assert "model version" in versions
    assert "numba" in versions
    assert {"graphs", "simulation", "storing"} <= set(re.findall(r"(\w+) \d+\.\d s", took))


def test_logging_changes_no_result_and_no_verdict_of_a_rerun(capsys):
    for folder, level in (("quiet", "warning"), ("loud", "debug")):
        assert main(["run", *SOCIETY, f"output={folder}", f"log={level}"]) == 0
    quiet, loud = (json.loads(Path(name, "provenance.json").read_text("utf-8")) for name in ("quiet", "loud"))
    assert quiet == loud
    assert Path("quiet/summary.json").read_bytes() == Path("loud/summary.json").read_bytes()
    Path("loud", LOG).write_text("torn", "utf-8")
    assert main(["rerun", "loud"]) == 0


def test_the_log_of_a_study_is_added_to_when_the_study_goes_on(monkeypatch):
    write = Store.write

    def full(store, part, tables):
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "write", full)
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 130
    first = log_of("study")
    assert "stopped: KeyboardInterrupt" in first
    monkeypatch.setattr(Store, "write", write)
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 0
    both = log_of("study")
    assert both.startswith(first)
    assert re.search(r"part 000000: 24 runs in \d", both.removeprefix(first))
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 0
    assert "0 parts to simulate, 1 already stored" in log_of("study").removeprefix(both)


def test_a_refused_study_writes_nothing_into_what_is_somebody_elses():
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("dear", "utf-8")
    assert main(["sweep", *STUDY, "output=mine"]) == 2
    assert [path.name for path in Path("mine").iterdir()] == ["letter.txt"]


def test_runs_that_fail_are_a_warning_with_the_reason(monkeypatch, capsys):
    def broken(points, seeds, options):
        raise ArithmeticError("no way")

    monkeypatch.setattr("engagesim.engines.compiled.ensemble.simulate", broken)
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 2
    said = "part 000000: 24 of 24 runs failed, the first with: ArithmeticError: no way"
    assert said in capsys.readouterr().err
    assert said in log_of("study")


def test_the_reason_of_a_failure_does_not_speak_to_the_terminal(monkeypatch, capsys):
    def broken(points, seeds, options):
        raise ArithmeticError("\x1b[2J\nall went well")

    monkeypatch.setattr("engagesim.engines.compiled.ensemble.simulate", broken)
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 2
    said = capsys.readouterr()
    assert all(line.isprintable() for line in (said.out + said.err).splitlines())
    assert "• 24 failed: ArithmeticError: \\x1b[2J all went well" in said.out.splitlines()


def test_few_seeds_at_points_that_are_read_one_by_one_are_warned_of(capsys):
    assert main(["sweep", *STUDY, "replicates=2", "output=few"]) == 0
    assert "warning: replicates = 2" in capsys.readouterr().err
    assert main(["sweep", *STUDY, "replicates=12", "output=enough"]) == 0
    assert "warning" not in capsys.readouterr().err


def test_a_comparison_warns_of_few_seeds_and_of_intervals_that_hide_what_matters(monkeypatch, capsys):
    monkeypatch.setattr("engagesim.cli.compare.write_page", lambda *_: None)
    asked = ["population.citizens=40", "population.districts=2", "months=30", "packages={audit: [social_audit]}"]
    assert main(["compare", *asked, "seeds=6", "output=few"]) == 0
    said = capsys.readouterr().err
    assert "seeds = 6: intervals from fewer than 20 seeds are too narrow" in said
    assert main(["compare", *asked, "seeds=20", "uncertain.least_gain=1", "output=enough"]) == 0
    assert "warning" not in capsys.readouterr().err
    assert "simulation" in log_of("enough").splitlines()[-1]


def test_people_that_a_file_leaves_open_are_a_warning_once(write_table, capsys):
    file = write_table("people.csv", ["person", "education"], [[f"{n}", 0.5 if n else ""] for n in range(40)])
    asked = [*SOCIETY, f"population.file={file}"]
    assert main(["run", *asked, "output=out"]) == 0
    said = "population.file: of 40 citizens, read education for 39; the others are drawn at random"
    assert capsys.readouterr().err.count(said) == 1
    assert log_of("out").count(said) == 1


def test_phases_are_added_up(tmp_path):
    with logbook("run", [], tmp_path) as book:
        for _ in range(3):
            with timed("graphs"):
                pass
    assert set(book.seconds) == {"graphs"}
    assert (tmp_path / LOG).read_text("utf-8").count("took") == 1


def test_a_log_that_leads_elsewhere_is_refused_and_nothing_there_changes(capsys):
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 0
    Path("precious").write_text("mine", "utf-8")
    Path("study", LOG).unlink()
    Path("study", LOG).symlink_to(Path("precious").resolve())
    capsys.readouterr()
    assert main(["sweep", *STUDY, "replicates=12", "output=study"]) == 2
    said = capsys.readouterr().err
    assert f"study/{LOG}: must not be a link" in said.replace("\\", "/")
    assert said.count("\n") == 1
    assert Path("precious").read_text("utf-8") == "mine"


def test_a_log_that_becomes_a_link_costs_nothing_and_writes_nothing(tmp_path):
    (tmp_path / "precious").write_text("mine")
    with logbook("run", [], tmp_path):
        (tmp_path / LOG).unlink()
        (tmp_path / LOG).symlink_to(tmp_path / "precious")
        logging.getLogger("engagesim").info("lost")
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_log_that_cannot_be_written_costs_nothing(tmp_path):
    book = Logbook()
    (tmp_path / LOG).mkdir()
    book.keep_in(tmp_path)
    book.handle(logging.LogRecord("engagesim", logging.INFO, "", 0, "lost", None, None))
    assert book.lines[0].endswith("info: lost\n")


def test_the_package_logs_under_its_own_name_only():
    sources = Path(__file__).parents[2] / "src"
    names = {
        name for path in sources.rglob("*.py") for name in re.findall(r"getLogger\((.*?)\)", path.read_text("utf-8"))
    }
    assert all(name in {"__name__", "READ"} or name.startswith('"engagesim') for name in names)
    assert READ.startswith("engagesim")
