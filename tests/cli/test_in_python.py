"""What Python answers, what the command line answers, and what the agents themselves say: the same numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import engagesim
from engagesim import MEASURES, EngagementModel, Parameters, compare, load, scenario, simulate, stream, sweep
from engagesim.analysis.outcomes import GROUPS, OUTCOMES
from engagesim.cli import main
from engagesim.configs.compose import composed
from engagesim.engines.compiled import Options
from engagesim.parquet import frame_of, opened, table_in
from engagesim.rules.vocabulary import Response, Strategy
from engagesim.study.run_part import AT_THE_END

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

WORDS = ["population.citizens=60", "population.districts=3", "population.providers=2", "months=20"]
TOWN = {"population.citizens": 60, "population.districts": 3, "population.providers": 2, "months": 20}
SEEDS = range(1, 9)


def lived(parameters: Parameters, seed: int) -> EngagementModel:
    model = EngagementModel(parameters.changed({"seed": seed}))
    for _ in range(parameters.months):
        model.step()
    return model


@pytest.fixture(scope="module")
def town() -> Parameters:
    return composed(["engagement=none", "scenario=contested_reform", *WORDS]).parameters


@pytest.fixture(scope="module")
def by_agents(town) -> list[pd.DataFrame]:
    return [lived(town, seed).metrics for seed in SEEDS]


def test_the_last_month_is_what_the_agents_are(town):
    many = simulate([town], SEEDS)
    for place, seed in enumerate(SEEDS):
        model = lived(town, seed)
        last = {measure.name: many.measure(measure.name)[0, place, -1] for measure in MEASURES}
        means = {
            "trust": [citizen.trust for citizen in model.citizens],
            "aspiration": [citizen.aspiration for citizen in model.citizens],
            "morale": [official.morale for official in model.officials],
            "practice": [official.practice for official in model.officials],
            "orientation": [politician.orientation for politician in model.politicians],
            "approval": [politician.approval for politician in model.politicians],
            "quality": [district.quality for district in model.districts],
            "confront": [citizen.strategy == Strategy.CONFRONT for citizen in model.citizens],
            "resist": [official.response == Response.RESIST for official in model.officials],
        }
        for name, values in means.items():
            assert last[name] == pytest.approx(np.mean(values)), name
        assert last["coalition_month"] == model.districts[0].coalition_month


def test_an_ensemble_and_its_stream_hold_what_the_agents_hold_measure_by_measure(town, by_agents):
    many = simulate([town], SEEDS)
    for measure in MEASURES:
        expected = np.array([metrics[measure.name] for metrics in by_agents])
        assert (many.measure(measure.name)[0] == expected).all()
    for each in stream([town], SEEDS, Options(lanes=3)):
        for lane, society in enumerate(each.societies):
            for measure in MEASURES:
                expected = by_agents[SEEDS.index(society.seed)][measure.name]
                assert (each.measure(measure.name)[lane] == expected).all()


@pytest.fixture(scope="module")
def compared(town):
    return compare({"audit": ["social_audit"]}, {"contested_reform": town}, SEEDS, calibration="none")


def test_a_comparison_says_what_the_agents_did_outcome_by_outcome(compared, by_agents):
    rows = compared.differences.set_index("outcome")["baseline"]
    rows = pd.concat([rows, compared.groups.set_index("outcome")["baseline"]])
    for name in ("quality", "quality_gap", "engaged", "trust", "confront", "morale", "decision_share",
                 *(group.name for group in GROUPS if not group.name.startswith("served"))):  # fmt: skip
        assert rows[name] == pytest.approx(np.mean([m[name].iloc[-12:].mean() for m in by_agents])), name
    for who in ("", "_least_vulnerable", "_most_vulnerable"):
        served = [1 - metrics[f"unserved{who}"].iloc[-12:].mean() for metrics in by_agents]
        assert rows[f"served{who}"] == pytest.approx(np.mean(served))
    for name in ("coalition_ever", "coalition_wait"):
        assert rows[name] == pytest.approx(np.mean([metrics[name].iloc[-1] for metrics in by_agents])), name
    for name, (more, less) in {
        "wealth_gap": ("engaged_least_vulnerable", "engaged_most_vulnerable"),
        "education_gap": ("engaged_high_education", "engaged_low_education"),
    }.items():
        assert rows[name] == pytest.approx(np.mean([(m[more] - m[less]).iloc[-12:].mean() for m in by_agents]))
    assert set(rows.index) == {outcome.name for outcome in (*OUTCOMES, *GROUPS)}
    first = compared.profiles.query("year == 1").set_index("outcome")["baseline"]
    assert first["engaged"] == pytest.approx(np.mean([metrics["engaged"].iloc[:12].mean() for metrics in by_agents]))


@pytest.mark.parametrize("calibration", ["none", "default"])
def test_a_comparison_in_python_is_that_of_the_command_line(town, tmp_path, monkeypatch, calibration):
    monkeypatch.chdir(tmp_path)
    words = ["packages={audit: [social_audit]}", "scenario=contested_reform", "seeds=8", "progress=false"]
    assert main(["compare", *words, *WORDS, f"calibration={calibration}", "output=here"]) == 0
    asked = compare({"audit": ["social_audit"]}, {"contested_reform": town}, SEEDS, calibration=calibration)
    tables = {"comparison": asked.differences, "groups": asked.groups, "profiles": asked.profiles,
              "costs": asked.costs, "best_buy": asked.best_buy, "runs_saved": asked.saved}  # fmt: skip
    for name, table in tables.items():
        pd.testing.assert_frame_equal(pd.read_csv(f"here/{name}.csv"), table, check_dtype=False)


def test_a_study_in_python_is_that_of_the_command_line_and_of_the_ensemble(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    factor = "factors.p={path: incentives.patronage, values: [0.1, 0.5]}"
    assert main(["sweep", *WORDS, factor, "replicates=4", "trajectories=true", "progress=false", "output=here"]) == 0
    parameters = composed(WORDS).parameters
    asked = {
        "factors": {"p": {"path": "incentives.patronage", "values": [0.1, 0.5]}}, "replicates": 4, "trajectories": True,
    }  # fmt: skip
    python, shell = sweep(asked, parameters, "there"), load("here")
    pd.testing.assert_frame_equal(python.runs, shell.runs)
    pd.testing.assert_frame_equal(python.months, shell.months)
    many = simulate([parameters.changed({"incentives.patronage": p}) for p in (0.1, 0.5)], range(1, 5))
    for measure in MEASURES:
        by_month = many.measure(measure.name)
        last = by_month[..., -1]
        at_end = dict.fromkeys(AT_THE_END, last) | {"coalition_month": np.where(last < 0, np.nan, last)}
        expected = at_end.get(measure.name, by_month[..., -12:].mean(axis=-1))
        assert python.dataset[measure.name].to_numpy() == pytest.approx(expected, nan_ok=True), measure.name
        monthly = np.where(by_month < 0, np.nan, by_month) if measure.unit == "month" else by_month
        stored = python.dataset[f"{measure.name}_by_month"].to_numpy()
        assert stored == pytest.approx(monthly, rel=1e-6, nan_ok=True), measure.name


def test_a_run_of_the_command_line_is_that_of_the_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        main(["run", "scenario=merit_state", *WORDS, "seed=4", "progress=false", "figures=false", "output=here"]) == 0
    )
    stored = frame_of(table_in(opened(Path("here/metrics.parquet").read_bytes()))).set_index("month")
    pd.testing.assert_frame_equal(stored, lived(scenario("merit_state").changed(TOWN), 4).metrics, check_names=False)


def test_every_public_name_is_there():
    for name in engagesim.__all__:
        assert getattr(engagesim, name) is not None


def test_where_no_coalition_formed_its_month_is_missing_wherever_it_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    never = [*WORDS, "coalitions.citizens=1", "progress=false"]
    assert main(["sweep", *never, "replicates=2", "trajectories=true", "output=here"]) == 0
    assert main(["export", "here", "output=there"]) == 0
    assert load("here").runs["coalition_month"].isna().all()
    for table in ("runs", "months"):
        assert pd.read_csv(f"there/{table}.csv")["coalition_month"].isna().all()
    with xr.open_dataset("there/study.nc", engine="h5netcdf") as dataset:
        assert dataset["coalition_month"].isnull().all()
        assert "missing" in dataset["coalition_month"].attrs["long_name"]
    assert main(["run", *never, "figures=false", "output=one"]) == 0
    summary = json.loads(Path("one/summary.json").read_text("utf-8"))
    assert summary["measures"]["coalition_month"]["end"] is None
    assert main(["rerun", "here", "0"]) == 0


def test_the_mean_of_a_month_is_refused_with_what_to_ask_instead(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *WORDS, "measure=coalition_month", "output=here"]) == 2
    assert "did you mean 'coalition_formed'" in capsys.readouterr().err
    assert not Path("here").exists()
