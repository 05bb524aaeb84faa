"""A multirun is refused in one line before it begins, and what is left of one that is interrupted is said."""

import shutil
from pathlib import Path

import pytest

from engagesim.cli import main, run

SMALL = ["population.citizens=40", "population.districts=2", "months=2", "progress=false"]
JOBLIB = "hydra/launcher=joblib"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["output=/proc/x/y"], "output = /proc/x/y: must be a folder that can be written; "),
        (["output=mine/x"], "mine/x: must be a folder that can be written; not a directory"),
        ([JOBLIB, "hydra.launcher.n_jobs=0"], "hydra.launcher.n_jobs = 0: must be a number of processes"),
        ([JOBLIB, "hydra.launcher.n_jobs=1,2"], "must be one value"),
        ([JOBLIB, "hydra.launcher.batch_size=-3"], "hydra.launcher.batch_size = -3: must be a whole number, 1 or more"),
        ([JOBLIB, "hydra.launcher.pre_dispatch=often"], "hydra.launcher.pre_dispatch = 'often': must be"),
        ([JOBLIB, "hydra.launcher.timeout=-1"], "hydra.launcher.timeout = -1: must be 1 second or more"),
    ],
)
def test_what_a_multirun_would_stumble_over_is_refused_in_one_line(asked, said, capsys):
    Path("mine").write_text("mine")
    assert main(["run", "-m", *SMALL, "seed=1,2", *asked]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert [str(path) for path in Path().rglob("*")] == ["mine"]


@pytest.mark.parametrize("setting", ["n_jobs=-1", "batch_size=auto", "pre_dispatch='3*n_jobs'", "timeout=null"])
def test_settings_of_a_launcher_that_it_takes_are_taken(setting, capsys):
    assert main(["run", "--cfg", "hydra", JOBLIB, f"hydra.launcher.{setting}"]) == 0


@pytest.mark.parametrize("name", ["it's here", "back\\"])
def test_a_multirun_writes_into_a_folder_of_any_name(name, monkeypatch, tmp_path):
    (tmp_path / name / "scenario").mkdir(parents=True)
    (tmp_path / name / "scenario" / "short.yaml").write_text("# @package _global_\nmonths: 2\n", "utf-8")
    monkeypatch.setenv("ENGAGESIM_CONF", str(tmp_path / name))
    assert main(["run", "-m", "scenario=short", *SMALL, "figures=false", "seed=1,2", f"output=runs of {name}"]) == 0
    assert Path(f"runs of {name}", "1", "provenance.json").exists()


def test_slurm_is_refused_where_there_is_none(monkeypatch, capsys):
    pytest.importorskip("submitit")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["run", "-m", *SMALL, "seed=1,2", "hydra/launcher=submitit_slurm", "output=many"]) == 2
    captured = capsys.readouterr()
    assert "must be basic, joblib or submitit_local; this machine has no srun" in captured.err
    assert captured.err.count("\n") == 1
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("finished", [0, 1])
def test_an_interrupted_multirun_leaves_finished_runs_and_nothing_else(finished, monkeypatch, capsys):
    draw, drawn = run.draw_run, []

    def interrupt(*arguments):
        if len(drawn) == finished:
            raise KeyboardInterrupt
        drawn.append(arguments)
        draw(*arguments)

    monkeypatch.setattr(run, "draw_run", interrupt)
    command = ["run", "-m", *SMALL, "seed=1,2,3", "output=deep/many"]
    assert main(command) == 130
    line = capsys.readouterr().err
    assert line.startswith("engagesim: interrupted; nothing half-written is left")
    assert line.count("\n") == 1
    if finished:
        assert {path.name for path in Path("deep/many").iterdir()} == {"multirun.yaml", "0"}
        assert f"1 of 3 runs finished and are kept in {Path('deep/many').resolve()}" in line
    else:
        assert list(Path().iterdir()) == []


def test_a_multirun_of_which_no_run_finished_is_a_failure_and_leaves_nothing(monkeypatch, capsys):
    monkeypatch.setattr(run, "attempt", lambda work: 0)  # as a launcher does whose processes fail unheard
    assert main(["run", "-m", *SMALL, "seed=1,2", "output=many"]) == 1
    assert "2 of 2 runs failed" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_jobs_that_were_handed_over_are_left_alone(monkeypatch, capsys):
    def hand_over(request):
        Path("many/.submitit").mkdir()
        Path("many/.0.unfinished-far-away").mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_with_hydra", hand_over)
    assert main(["run", "-m", *SMALL, "seed=1,2", "output=many"]) == 130
    assert "submitted jobs may continue" in capsys.readouterr().err
    assert Path("many/.0.unfinished-far-away").is_dir()
