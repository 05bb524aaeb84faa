"""What a researcher meets: studies from a config, that go on, can be drawn, taken elsewhere and repeated run by run."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import xarray as xr

from engagesim import MODEL_VERSION, EngagementModel, load
from engagesim.cli import main
from engagesim.configs.compose import composed_study, config_folder
from engagesim.parquet import content_of, opened, table_in
from engagesim.study.provenance import checksum
from engagesim.study.run_folder import read_metrics

SMALL = ["population.citizens=60", "population.districts=3", "months=14", "progress=false"]
FACTOR = ["factors.patronage.path=incentives.patronage", "factors.patronage.values=[0.1,0.5]"]
STUDIES = sorted(path.stem for path in (config_folder() / "study").glob("*.yaml"))


@pytest.fixture
def study() -> Path:
    assert main(["sweep", *SMALL, *FACTOR, "replicates=3", "output=study"]) == 0
    return Path("study")


def said(capsys) -> str:
    return capsys.readouterr().err


def test_a_study_says_what_came_out_and_goes_on_with_the_same_command(study, capsys):
    assert main(["sweep", *SMALL, *FACTOR, "replicates=3", "output=study"]) == 0
    assert "6 runs of 2 points in study" in capsys.readouterr().out
    manifest = json.loads((study / "manifest.json").read_text())
    assert manifest["model_version"] == MODEL_VERSION
    assert manifest["factors"] == ["incentives.patronage"]
    assert manifest["made_with"]["libraries"]["numba"]


def test_a_study_says_at_how_many_points_its_most_seeds_were_too_few_for_the_width(capsys):
    asked = ["sweep", *SMALL, *FACTOR, "replicates=auto", "most_replicates=3", "measure=quality"]
    assert main([*asked, "width=0.0001", "output=narrow"]) == 0
    assert "• at 2 of 2 points, the interval of quality is still wider than width=0.0001" in capsys.readouterr().out
    assert main([*asked, "width=1000", "output=wide"]) == 0
    assert "still wider" not in capsys.readouterr().out


def test_a_study_of_which_every_run_failed_is_told_from_one_that_went_well(capsys):
    factor = ["factors.p.path=population.districts", "factors.p.values=[70,80]"]  # more than citizens
    assert main(["sweep", *SMALL, *factor, "replicates=2", "output=study"]) == 2
    told = capsys.readouterr()
    assert "• 2 failed: " in told.out
    assert "engagesim plot" not in told.out
    assert "study: every run failed" in told.err


def test_a_wrong_file_of_people_is_refused_before_any_run(capsys, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("role,district,education\ncitizen,a,0.5\ncitizen,b,x\n", "utf-8")
    assert main(["sweep", *SMALL, *FACTOR, "replicates=3", f"population.file={people}", "output=study"]) == 2
    told = capsys.readouterr()
    assert "population.citizens = 2: must be" in told.err
    assert "every run failed" not in told.err
    assert not Path("study").exists()


def test_choices_are_crossed_and_composed_like_on_the_command_line(capsys):
    crossed = ["choices.engagement=[survey,cocreation]", "choices.scenario=[merit_state,clientelist_trap]"]
    plan = composed_study([*SMALL, *FACTOR, *crossed, "replicates=2"]).plan
    assert [dict(variant.labels) for variant in plan.variants] == [
        {"engagement": form, "scenario": scenario}
        for form in ("survey", "cocreation")
        for scenario in ("merit_state", "clientelist_trap")
    ]
    for variant in plan.variants:
        assert variant.parameters.engagement.form == variant.labels["engagement"]
        assert variant.parameters.name == variant.labels["scenario"]
    assert main(["sweep", *SMALL, *FACTOR, *crossed, "replicates=2", "output=study"]) == 0
    runs = load("study").runs
    assert runs.groupby(["engagement", "scenario", "incentives.patronage"]).size().tolist() == [2] * 8
    assert "16 runs of 8 points" in capsys.readouterr().out


def test_one_run_of_a_study_is_repeated_and_opened(study, capsys):
    assert main(["rerun", "study", "4"]) == 0
    assert "identical numbers: row 4 of study, point 1, seed 2" in capsys.readouterr().out
    assert main(["run", "study", "4", "output=opened", "progress=false", "figures=false"]) == 0
    opened = read_metrics(Path("opened"))
    assert opened["quality"].tail(12).mean() == pytest.approx(load(study).runs["quality"].iloc[4], abs=1e-15)


def test_a_row_that_was_changed_is_told(study, capsys):
    part = next((study / "runs").iterdir())
    table = table_in(opened(part.read_bytes()))
    trust = table["trust"].to_pylist()
    trust[4] += 1e-15
    part.write_bytes(content_of(table.set_column(table.column_names.index("trust"), "trust", [trust])))
    part.rename(part.with_name(f"000000-{checksum(part.read_bytes())[:16]}.parquet"))
    assert main(["rerun", "study", "4"]) == 1
    assert capsys.readouterr().out == "different numbers: row 4 of study: trust\n"


def test_a_study_is_exported_whole(study, capsys):
    assert main(["export", "study"]) == 0
    assert "runs.csv, study.nc" in capsys.readouterr().out
    runs = load(study).runs
    pd.testing.assert_frame_equal(
        pd.read_csv("study/export/runs.csv").drop(columns="failed"), runs.drop(columns="failed"), check_dtype=False
    )
    with xr.open_dataset("study/export/study.nc", engine="h5netcdf") as data:
        assert data["trust"].sel(point=1, seed=2).item() == runs.query("point == 1 and seed == 2")["trust"].item()
        assert (data["quality"].attrs["units"], data["quality"].attrs["long_name"]) == (
            "0 to 1", "Service quality, mean over districts",
        )  # fmt: skip
        assert all(data[name].attrs["long_name"] for name in data.variables)
        assert data.attrs["Conventions"].startswith("CF-")
        assert {"title", "source", "history"} <= set(data.attrs)
        xr.testing.assert_identical(data.load(), load(study).dataset)
    assert main(["export", "study"]) == 2
    assert "must be a new folder, or an empty one" in said(capsys)


def test_agents_and_events_of_chosen_runs_leave_with_the_study(study):
    assert main(["export", "study", "agents=1,4,1", "format=csv,dta", "output=out"]) == 0
    agents, events = (pd.read_csv(f"out/{name}.csv") for name in ("agents", "events_of_runs"))
    assert agents["run"].unique().tolist() == [1, 4]
    model = EngagementModel(load(study).parameters(4))
    model.run_model()
    citizens = agents.query("run == 4 and role == 'citizen'")
    assert citizens["trust"].tolist() == [citizen.trust for citizen in model.citizens]
    assert len(agents.query("run == 4")) == len(model.agents)
    assert events.query("run == 4")["month"].tolist() == model.events["month"].tolist()
    about = pd.read_csv("out/variables.csv").set_index(["table", "variable"])["description"]
    assert about["agents"].index.tolist() == [*agents.columns]
    assert about[["agents", "events_of_runs"]].notna().all()
    assert about["agents", "threshold"].startswith("citizen: Worth of belonging")
    assert "official: Support at which" in about["agents", "threshold"]
    assert len(pd.read_stata("out/agents.dta")) == len(agents)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["export", "study", "format="], "format: missing; must have a value"),
        (["plot", "study", "measure="], "measure: missing; must have a value"),
        (["run", "study", "0", "place=mine"], "place=mine: must be mechanisms, output, progress,"),
    ],
)
def test_what_a_study_does_not_take_is_refused(study, asked, told, capsys):
    assert main([*asked, "output=out"]) == 2
    assert told in said(capsys)
    assert not Path("out").exists()


def test_agents_of_a_run_that_failed_are_refused(capsys):
    odd = ["factors.degree.path=network.degree", "factors.degree.values=[4,7]", "network.kind=watts_strogatz"]
    assert main(["sweep", *SMALL, *odd, "replicates=2", "output=study"]) == 0
    assert main(["export", "study", "agents=0,3", "output=out"]) == 2
    assert "agents = 3: must be a run that did not fail; network.degree = 7" in said(capsys)
    assert not Path("out").exists()


def test_an_export_with_choices_and_months_says_the_same_to_every_reader(capsys):
    asked = [*SMALL, *FACTOR, "choices.engagement=[none,survey]", "replicates=2", "trajectories=true", "output=study"]
    assert main(["sweep", *asked]) == 0
    assert main(["export", "study"]) == 0
    results = load("study")
    with xr.open_dataset("study/export/study.nc", engine="h5netcdf") as data:
        assert set(data.sizes) == {"point", "seed", "month"}
        assert set(data.coords) == {"point", "seed", "month", "engagement", "incentives.patronage"}
        assert data["engagement"].values.tolist() == ["none", "none", "survey", "survey"]
        assert all("long_name" in data[name].attrs for name in data.variables)
        assert data["month"].attrs["units"] == "month"
        xr.testing.assert_identical(data.load(), results.dataset)
    for name, table in {"runs": results.runs, "months": results.months}.items():
        kept = table.drop(columns="failed", errors="ignore")
        for read in (pd.read_csv(f"study/export/{name}.csv"), duckdb.read_csv(f"study/export/{name}.csv").df()):
            found = read.drop(columns="failed", errors="ignore")
            found["coalition_month"] = found["coalition_month"].astype(float)  # DuckDB knows no type of an empty column
            pd.testing.assert_frame_equal(
                found, kept, check_dtype=False, rtol=1e-6
            )  # months are kept in single precision
            assert found["point"].dtype.kind == "i"


def test_a_study_is_drawn(study):
    assert main(["plot", "study"]) == 0
    drawn = list((study / "figures").iterdir())
    assert drawn
    assert all(path.stat().st_size > 1000 for path in drawn)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sweep", "study=coalition_phas"], "did you mean 'coalition_phase'?"),
        (["sweep", "study=coalition_phase", "factors.patronage.low=5"], "= 5: must be a number from 0 to 1"),
        (["sweep", "study=coalition_phase", "factors.patronage.colour=5"], "factors.patronage.colour"),
        (
            ["sweep", "factors.p.path=incentives.patronag"],
            "factors.p.path = incentives.patronag: no such numeric parameter",
        ),
        (["sweep", "replicates=0"], "must be a whole number from 1 to 100000 or auto"),
        (["sweep", "executor=ray"], "must be dask or threads"),
        (["sweep", "executor.workers=-1"], "executor.workers = -1: must be a whole number from 0 to 10000"),
        (["sweep", "design=list", "design.file=nowhere.csv"], "nowhere.csv"),
        (["sweep", "choices.scenario=[merit_state,utopia]"], "scenario = 'utopia': must be"),
        (["sweep", "-m", "seed=1,2"], "no such flag"),
        (["sweep", "output=/proc/nothing/here"], "must be a folder that can be written"),
        (["sweep", "design=boundary", "choices.scenario=[merit_state,clientelist_trap]", *FACTOR], "boundary"),
        (["plot"], "must be the folder of a study"),
        (["plot", "nowhere"], "must be the folder of a study"),
        (["export", "nowhere", "format=7"], "must be the folder of a study"),
        (["rerun", "nowhere", "3"], "must be the folder of a study"),
        (["run", "nowhere", "3"], "must be the folder of a study"),
    ],
)
def test_a_wrong_input_gets_one_clear_line_and_leaves_nothing(arguments, words, capsys):
    assert main(arguments) == 2
    line = said(capsys)
    assert words in line
    assert line.count("\n") == 1
    assert [path for path in Path().rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(("row", "words"), [("6", "must be a whole number from 0 to 5"), ("x", "whole number")])
def test_a_row_that_is_not_there_is_refused(study, row, words, capsys):
    for command in ("rerun", "run"):
        assert main([command, "study", row]) == 2
        assert words in said(capsys)


def test_a_stored_run_cannot_be_changed_as_it_is_opened(study, capsys):
    assert main(["run", "study", "2", "months=3"]) == 2
    assert "the other settings are those of the stored run" in said(capsys)


@pytest.mark.parametrize("name", STUDIES)
def test_every_shipped_study_runs_in_small(name):
    small = ["replicates=2", "progress=false", "population.citizens=40", "population.districts=2"]
    if name != "hysteresis":
        small.append("months=3")
    samples = ["design.samples=2"] if "sobol" in name else []
    assert main(["sweep", f"study={name}", *small, *samples, "output=study"]) == 0
    assert load("study").runs["failed"].isna().all()


def test_runs_of_a_multirun_can_be_done_side_by_side():
    side_by_side = ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2", "output=many"]
    assert main(["run", "-m", *SMALL, "figures=false", "seed=1,2", *side_by_side]) == 0
    assert main(["run", *SMALL, "figures=false", "seed=2", "output=one"]) == 0
    assert Path("many/1/metrics.parquet").read_bytes() == Path("one/metrics.parquet").read_bytes()


@pytest.mark.parametrize("command", ["sweep", "compare"])
def test_a_key_that_nothing_knows_is_refused(command, capsys):
    assert main([command, *SMALL[:3], "+colour=blue"]) == 2
    assert "colour: no such parameter" in said(capsys)
