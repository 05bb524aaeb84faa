"""A study is done part by part, survives what happens, and comes out the same."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from engagesim import MEASURES, EngagementModel, Parameters, StoreError, Study, load, sweep
from engagesim.errors import EngagementError, ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.society.events import ROW
from engagesim.study.executors import Place, executor
from engagesim.study.observed import Observed
from engagesim.study.plan import Part, Plan, Variant, too_wide
from engagesim.study.run_part import outcome, simulate_part
from engagesim.study.run_study import SweepOptions, run_study

MONTHS, SEEDS = 6, 5
NAMES = list(MEASURE_NAMES)


def made_up(points, seeds):
    """A model in a line: what a run gives depends on its parameters and seed alone."""
    metrics = np.zeros((len(points), len(seeds), MONTHS, len(NAMES)))
    for p, point in enumerate(points):
        for s, seed in enumerate(seeds):
            metrics[p, s] = point.incentives.patronage + np.arange(MONTHS)[:, None] / 7 + seed / 1000
            metrics[p, s, :, NAMES.index("coalition_formed")] = (seed * 7919) % 100 < 100 * point.incentives.patronage
    return Observed(metrics, MEASURE_NAMES, tuple(seeds))


def plan(**asked) -> Plan:
    factors = {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 0.6, "levels": 7}}
    study = Study.of({"factors": factors, "replicates": SEEDS, **asked})
    small = {"months": MONTHS, "population.citizens": 40, "population.districts": 2}
    return Plan(study, (Variant({}, Parameters().changed(small)),))


def how(**options) -> SweepOptions:
    return SweepOptions("1", **options)


@pytest.fixture
def undisturbed(tmp_path) -> pd.DataFrame:
    run_study(plan(), tmp_path / "undisturbed", made_up, how())
    return load(tmp_path / "undisturbed").runs


@pytest.mark.parametrize("part_runs", [1, 4, 1000])
def test_part_sizes_do_not_change_the_data(tmp_path, undisturbed, part_runs):
    run_study(plan(), tmp_path / "study", made_up, how(part_runs=part_runs))
    pd.testing.assert_frame_equal(load(tmp_path / "study").runs, undisturbed, check_exact=True)


def test_rows_are_points_times_seeds_in_order(undisturbed):
    assert undisturbed[["point", "seed"]].to_numpy().tolist() == [[p, s] for p in range(7) for s in range(1, SEEDS + 1)]
    assert undisturbed["incentives.patronage"].iloc[::SEEDS].tolist() == pytest.approx(np.linspace(0, 0.6, 7))


def test_an_interrupted_study_goes_on_and_repeats_nothing(tmp_path, undisturbed):
    calls = []

    def stumbling(points, seeds):
        calls.append((len(points), tuple(seeds)))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return made_up(points, seeds)

    with pytest.raises(KeyboardInterrupt):
        run_study(plan(), tmp_path / "study", stumbling, how(part_runs=3))
    done = len(load(tmp_path / "study").runs)
    assert 0 < done < len(undisturbed)
    run_study(plan(), tmp_path / "study", stumbling, how(part_runs=3))
    pd.testing.assert_frame_equal(load(tmp_path / "study").runs, undisturbed, check_exact=True)
    assert sum(points * len(seeds) for points, seeds in calls) == len(undisturbed) + calls[3][0] * len(calls[3][1])


def test_half_written_parts_are_swept_away(tmp_path, undisturbed):
    folder = tmp_path / "study"
    run_study(plan(), folder, made_up, how(part_runs=3))
    finished = sorted((folder / "runs").iterdir())
    half = finished[2].with_name(f"{finished[2].name}.unfinished-123")
    half.write_bytes(finished[2].read_bytes()[:100])
    finished[2].unlink()
    run_study(plan(), folder, made_up, how())
    assert not half.exists()
    pd.testing.assert_frame_equal(load(folder).runs, undisturbed, check_exact=True)


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_study_killed_as_it_begins_goes_on(tmp_path, undisturbed, monkeypatch, written):
    folder, replaced = tmp_path / "study", Path.replace
    done = []

    def killed(self, target):
        if len(done) == written:
            raise KeyboardInterrupt
        done.append(target)
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    monkeypatch.setattr(Path, "unlink", lambda self: None)  # a killed process tidies nothing
    with pytest.raises(KeyboardInterrupt):
        run_study(plan(), folder, made_up, how())
    monkeypatch.undo()
    run_study(plan(), folder, made_up, how())
    pd.testing.assert_frame_equal(load(folder).runs, undisturbed, check_exact=True)
    assert not list(folder.rglob("*unfinished*"))


def test_another_study_and_another_model_version_are_refused(tmp_path):
    folder = tmp_path / "study"
    run_study(plan(), folder, made_up, how())
    with pytest.raises(StoreError, match=r"another study is in it \(study.replicates is 5 there and 6 here\)"):
        run_study(plan(replicates=6), folder, made_up, how())
    with pytest.raises(StoreError, match="model version 1, and this is 2"):
        run_study(plan(), folder, made_up, SweepOptions("2"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.docx").write_text("years of work")
    with pytest.raises(StoreError, match="it holds other files"):
        run_study(plan(), tmp_path / "other", made_up, how())


def test_a_study_in_use_is_refused(tmp_path):
    folder = tmp_path / "study"
    run_study(plan(), folder, made_up, how())
    with FileLock(folder / ".lock"), pytest.raises(StoreError, match="another study is running in it"):
        run_study(plan(), folder, made_up, how())


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b[:200] + bytes([b[200] ^ 255]) + b[201:]])
def test_a_damaged_part_is_named_and_its_runs_alone_are_repeated(tmp_path, undisturbed, damage):
    folder = tmp_path / "study"
    run_study(plan(), folder, made_up, how(part_runs=3))
    part = next((folder / "runs").glob("000004-*.parquet"))
    part.write_bytes(damage(part.read_bytes()))
    with pytest.raises(
        StoreError,
        match=r"000004-\w+.parquet: must be unchanged since the study wrote it .* delete it and run the study",
    ):
        load(folder)
    part.unlink()
    repeated = []
    run_study(plan(), folder, lambda p, s: repeated.append(len(p) * len(s)) or made_up(p, s), how())
    assert repeated == [3]
    pd.testing.assert_frame_equal(load(folder).runs, undisturbed, check_exact=True)


@pytest.mark.parametrize("table", ["months", "events"])
def test_a_part_that_is_missing_from_a_further_table_is_named_and_repeated(tmp_path, table):
    def lived(points, seeds):
        return replace(made_up(points, seeds), events=np.zeros(0, dtype=ROW))

    folder, wanted = tmp_path / "study", plan(trajectories=True, events="counts")
    run_study(wanted, folder, lived, how(part_runs=3))
    before = getattr(load(folder), table)
    next((folder / table).glob("000004-*.parquet")).unlink()
    with pytest.raises(StoreError, match=f"{table}: must have part 000004; run the study again"):
        getattr(load(folder), table)
    repeated = []
    run_study(wanted, folder, lambda p, s: repeated.append(len(p) * len(s)) or lived(p, s), how())
    assert repeated == [3]
    pd.testing.assert_frame_equal(getattr(load(folder), table), before, check_exact=True)


def test_a_full_disk_is_said_in_a_line_and_loses_nothing(tmp_path, undisturbed, monkeypatch):
    folder, written = tmp_path / "study", []
    real = os.fsync

    def full(descriptor):
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        written.extend([descriptor] * is_file)
        if is_file and len(written) == 6:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"no space left on device; what is finished stays"):
        run_study(plan(), folder, made_up, how(part_runs=3))
    assert not list(folder.rglob("*unfinished*"))
    run_study(plan(), folder, made_up, how())
    pd.testing.assert_frame_equal(load(folder).runs, undisturbed, check_exact=True)


def test_a_run_that_fails_is_a_row_with_its_reason_and_the_others_go_on(tmp_path, undisturbed):
    def failing(points, seeds):
        made = made_up(points, seeds)
        for p, point in enumerate(points):
            if point.incentives.patronage > 0.55:
                if 3 in seeds:
                    raise ZeroDivisionError("no such thing")
                made.metrics[p, :, 2, NAMES.index("trust")] = np.nan
        return made

    run_study(plan(), tmp_path / "study", failing, how())
    runs = load(tmp_path / "study").runs
    last = runs["point"] == 6
    assert runs.loc[last, "failed"].tolist() == [
        "ZeroDivisionError: no such thing" if seed == 3 else "trust is not a finite number in month 2"
        for seed in range(1, SEEDS + 1)
    ]
    assert runs.loc[last, NAMES].isna().all(axis=None)
    pd.testing.assert_frame_equal(runs[~last], undisturbed[~last], check_exact=True)


def test_values_that_do_not_go_together_fail_alone(tmp_path):
    factors = {"low": {"path": "population.orientation_low", "values": [0.2, 0.9]}}
    run_study(plan(factors=factors), tmp_path / "study", made_up, how())
    runs = load(tmp_path / "study").runs
    assert runs["failed"].isna().tolist() == [True] * SEEDS + [False] * SEEDS
    assert "population.orientation_low" in runs["failed"].iloc[-1]


def test_seeds_are_added_until_intervals_are_narrow(tmp_path):
    wanted = plan(replicates="auto", width=0.25, most_replicates=300)
    run_study(wanted, tmp_path / "study", made_up, how(part_runs=50))
    counts = load(tmp_path / "study").runs.groupby("point").size()
    assert counts[0] == 20  # a certain outcome needs no more
    assert counts[3] > 40  # an uncertain one does: 1.96² * 0.21 / 0.125² is about 52
    assert counts.max() < 100


def test_added_seeds_come_out_the_same_after_an_interruption(tmp_path):
    wanted = plan(replicates="auto", width=0.35)
    run_study(wanted, tmp_path / "whole", made_up, how(part_runs=30))
    calls = []

    def stumbling(points, seeds):
        calls.append(len(points))
        if len(calls) % 3 == 0:
            raise KeyboardInterrupt
        return made_up(points, seeds)

    for _ in range(30):
        try:
            run_study(wanted, tmp_path / "broken", stumbling, how(part_runs=30))
            break
        except KeyboardInterrupt:
            continue
    assert len(calls) > 10
    pd.testing.assert_frame_equal(
        load(tmp_path / "broken").runs, load(tmp_path / "whole").runs, check_exact=True
    )  # fmt: skip


@pytest.mark.parametrize("replicates", [3, "auto"])
def test_values_of_the_dummy_stand_for_seeds_that_no_other_value_has(tmp_path, replicates):
    ranges = {"patronage": {"path": "incentives.patronage", "low": 0.1, "high": 0.6}}
    design = {"kind": "sobol", "samples": 8}
    wanted = plan(factors=ranges, design=design, replicates=replicates, width=1e-9, most_replicates=50)
    run_study(wanted, tmp_path / "study", made_up, how())
    runs = load(tmp_path / "study").runs
    seeds = runs.groupby("dummy")["seed"].agg(["min", "max"]).drop_duplicates().sort_values("min")
    assert len(seeds) > 4
    assert (seeds["min"].to_numpy()[1:] > seeds["max"].to_numpy()[:-1]).all()


def test_a_point_with_one_sound_run_has_no_interval_yet():
    runs = pd.DataFrame({"point": 3, "quality": [0.2, 0.3], "failed": [None, "MemoryError"]})
    assert too_wide(runs, Study.of({"measure": "quality", "replicates": "auto", "width": 0.5})) == {3}


def test_a_measure_with_other_units_than_shares_has_its_own_width():
    spread = np.random.default_rng(1).normal(0, 3, 400)
    from engagesim.study.plan import interval_width

    assert interval_width(spread) == pytest.approx(2 * 1.966 * spread.std(ddof=1) / 20, rel=1e-3)
    assert interval_width(np.zeros(20)) == pytest.approx(0.161, abs=1e-3)  # Wilson: z² / (n + z²)


@pytest.mark.parametrize("seeds", [[4], [4, 9]])
def test_a_part_does_not_depend_on_its_neighbours(seeds):
    study = plan()
    rows = [{"incentives.patronage": 0.1}, {"incentives.patronage": 0.5}]
    together = simulate_part(study, made_up, Part("x", (0, 1), tuple(rows), tuple(seeds))).runs
    apart = [simulate_part(study, made_up, Part("x", (n,), (row,), tuple(seeds))).runs for n, row in enumerate(rows)]
    pd.testing.assert_frame_equal(together, pd.concat(apart, ignore_index=True), check_exact=True)


def test_a_run_ends_with_means_of_its_last_year_and_what_happened_by_then():
    metrics = np.random.default_rng(3).random((2, 3, 30, len(NAMES)))
    for name in ("quality", "trust"):
        path = metrics[..., NAMES.index(name)]
        assert outcome(name, path) == pytest.approx(path[:, :, 18:].mean(axis=2))
    for name in ("coalition_formed", "coalition_ever", "coalition_wait"):
        so_far = metrics[..., NAMES.index(name)]
        assert (outcome(name, so_far) == so_far[:, :, -1]).all()


def test_the_month_of_what_did_not_happen_is_missing():
    month = np.array([[-1.0, -1.0, -1.0], [-1.0, 0.0, 0.0]])
    assert outcome("coalition_month", month).tolist() == pytest.approx([np.nan, 0.0], nan_ok=True)


def test_months_are_kept_where_they_are_asked_for(tmp_path):
    run_study(plan(trajectories=True), tmp_path / "study", made_up, how(part_runs=4))
    results = load(tmp_path / "study")
    assert len(results.months) == len(results.runs) * MONTHS
    one = results.months.query("point == 2 and seed == 3")
    assert one["month"].tolist() == list(range(MONTHS))
    assert one["quality"].to_numpy() == pytest.approx(0.2 + np.arange(MONTHS) / 7 + 0.003)
    dataset = results.dataset
    assert float(dataset["quality_by_month"].sel(point=2, seed=3, month=4)) == pytest.approx(0.2 + 4 / 7 + 0.003)
    trust = next(measure for measure in MEASURES if measure.name == "trust")
    assert dataset["trust"].attrs == {
        "units": trust.unit, "long_name": trust.description, "unit": trust.unit, "description": trust.description
    }  # fmt: skip
    assert dataset["trust_by_month"].attrs == dataset["trust"].attrs
    assert dataset["incentives.patronage"].dims == ("point",)
    assert dataset["incentives.patronage"].attrs["long_name"]


def test_the_tables_can_be_queried_where_they_lie(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    run_study(plan(), tmp_path / "study", made_up, how(part_runs=4))
    parts = duckdb.read_parquet(f"{tmp_path / 'study'}/runs/*.parquet")
    count, mean = parts.aggregate("count(*), avg(quality)").fetchall()[0]
    runs = load(tmp_path / "study").runs
    assert count == len(runs)
    assert mean == pytest.approx(runs["quality"].mean())


def test_nonsense_in_place_of_a_study_is_refused(tmp_path):
    with pytest.raises(StoreError, match="must be the folder of a study"):
        load(tmp_path / "nothing")
    (tmp_path / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(StoreError, match=r"manifest\.json: "):
        load(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 7}')
    with pytest.raises(StoreError, match="format = 7: must be 1"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (
            {"factors": {"x": {"path": "incentives.patronag", "low": 0, "high": 1}}},
            "did you mean 'incentives.patronage'",
        ),
        (
            {"factors": {"x": {"path": "incentives.patronage", "low": 0, "high": 7}}},
            "= 7: must be a number from 0 to 1",
        ),
        ({"factors": {"x": {"path": "incentives.patronage", "low": 0}}}, "must have either low and high"),
        (
            {"factors": {"x": {"path": "incentives.patronage", "low": 0, "high": 1, "log": True}}},
            "if a value is 0 or below",
        ),
        ({"factors": {"x": {"path": "seed", "low": 0, "high": 1}}}, "no such numeric parameter"),
        ({"replicates": 0}, "must be a whole number from 1 to 100000 or auto"),
        ({"design": {"kind": "sobol"}}, "factors: missing; must be one or more for sobol"),
        ({"design": {"kind": "hexagonal"}}, "design.kind"),
        ({"seize": 3}, "no such key"),
        ({"measure": "qualitty"}, "measure = qualitty: no such measure; did you mean 'quality'?"),
        (
            {"design": {"kind": "boundary"}, "measure": "quality"},
            "measure = quality: must be a measure that is 0 or 1",
        ),
        (
            {
                "design": {"kind": "boundary"},
                "factors": {"x": {"path": "incentives.patronage", "low": 0, "high": 1}},
                "replicates": "auto",
            },
            "replicates = auto: must be a number for a boundary",
        ),
        ({"choices": {"scenario": ["village", "village"]}}, "must have each choice once"),
        (
            {"choices": {name: [str(number) for number in range(60)] for name in "abcdef"}},
            "must make up to 1,000 combinations, not 46,656,000,000",
        ),
    ],
)
def test_a_study_that_makes_no_sense_is_refused_in_a_line(study, said):
    with pytest.raises(ParameterError) as refused:
        Study.of(study)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_tables_of_the_engine_and_of_the_model_agree(tmp_path, tiny):
    factors = {"patronage": {"path": "incentives.patronage", "values": [0.1, 0.5]}}
    results = sweep({"factors": factors, "replicates": 2}, tiny, tmp_path / "study")
    for row in range(4):
        model = EngagementModel(results.parameters(row))
        while model.month < tiny.months:
            model.step()
        ends = [float(outcome(name, model.metrics[name].to_numpy())) for name in NAMES]
        assert np.array_equal(results.runs.loc[row, NAMES].to_numpy(dtype=float), ends, equal_nan=True)


def test_threads_do_not_change_a_byte(tmp_path, tiny):
    factors = {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 0.6, "levels": 9}}
    for workers in (1, 2):
        sweep(
            {"factors": factors, "replicates": 3, "trajectories": True},
            tiny,
            tmp_path / str(workers),
            Place(workers=workers),
        )
    one, two = ({p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.parquet")} for n in "12")
    assert one == two
    assert len(one) == 2


def test_threads_and_dask_give_the_same_data_even_when_a_worker_of_a_script_without_a_guard_is_killed(tmp_path, tiny):
    pytest.importorskip("distributed")
    factors = {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 0.6, "levels": 40}}
    study = {"factors": factors, "replicates": 8}
    long = tiny.changed({"months": 600})
    here = sweep(study, long, tmp_path / "threads", Place(workers=2))
    script = f"""
import asyncio, json
from engagesim import Parameters, sweep
from engagesim.study.executors import Place
async def cell():  # as a notebook runs it
    parameters = Parameters.of(json.loads({long.model_dump_json()!r}))
    sweep({study!r}, parameters, {str(tmp_path / "dask")!r}, Place(kind="dask", workers=2))
asyncio.run(cell())
"""
    path, folder = tmp_path / "script.py", tmp_path / "here"
    path.write_text(script)
    folder.mkdir()
    (folder / "numpy.py").write_text("raise SystemExit('no NumPy')")  # names of a folder are no modules of a worker
    process = subprocess.Popen([sys.executable, str(path)], stderr=subprocess.PIPE, text=True, cwd=folder)
    _kill_a_worker(process, tmp_path / "dask")
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said
    pd.testing.assert_frame_equal(load(tmp_path / "dask").runs, here.runs, check_exact=True)


def _kill_a_worker(process: subprocess.Popen, folder: Path) -> None:
    """Wait for a first part, then kill one worker process with SIGKILL."""
    while process.poll() is None and not list((folder / "runs").glob("*.parquet")):
        time.sleep(0.02)
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid), "-f", "spawn_main"], capture_output=True, text=True, check=False
    ).stdout.split()
    assert children, "no worker found"
    os.kill(int(children[0]), 9)


def test_a_scheduler_that_does_not_answer_is_said_in_a_line(tmp_path, tiny):
    pytest.importorskip("distributed")
    nowhere = Place(kind="dask", address="tcp://127.0.0.1:1", patience=1)
    with pytest.raises(
        ParameterError,
        match=r"executor.address = tcp://127.0.0.1:1: must be a scheduler with a worker that answers within 1 s",
    ):
        sweep({}, tiny, tmp_path / "study", nowhere)


@pytest.mark.parametrize("pause", [0.0, 2.0])
def test_a_scheduler_that_is_lost_is_said_in_a_line_and_the_same_study_goes_on(tmp_path, undisturbed, pause):
    distributed = pytest.importorskip("distributed")
    alone = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    cluster = distributed.LocalCluster(**alone, protocol="tcp", silence_logs=False)
    told: list[logging.LogRecord] = []
    listening = logging.Handler()
    listening.emit = told.append
    logging.getLogger("distributed.client").addHandler(listening)

    def watch(step):
        if step.done == 8:
            cluster.close()
            time.sleep(pause)  # as long as it takes to give up the scheduler, or not

    place = Place(kind="dask", address=cluster.scheduler_address, patience=1)
    try:
        with (
            pytest.raises(EngagementError, match=f"executor.address = {place.address}: must answer"),
            executor(place) as dask,
        ):
            run_study(plan(), tmp_path / "study", made_up, how(part_runs=4, executor=dask, watch=watch))
    finally:
        logging.getLogger("distributed.client").removeHandler(listening)
        cluster.close()
    assert told == []
    assert 8 <= len(load(tmp_path / "study").runs) < len(undisturbed)
    run_study(plan(), tmp_path / "study", made_up, how(part_runs=4))
    pd.testing.assert_frame_equal(load(tmp_path / "study").runs, undisturbed, check_exact=True)


def test_what_goes_wrong_on_a_worker_is_not_taken_for_a_lost_scheduler():
    pytest.importorskip("distributed")

    def broken(part):
        raise OSError(f"{part}: no such file")

    with executor(Place(kind="dask", workers=1)) as dask, pytest.raises(OSError, match="a part: no such file"):
        list(dask(broken, ["a part"]))


KILLED = """
import sys
from engagesim import Parameters, sweep
from engagesim.study.observed import Observed
parameters = Parameters().changed({"months": 24, "population.citizens": 60, "population.districts": 3})
factors = {"patronage": {"path": "incentives.patronage", "low": 0.0, "high": 0.6, "levels": 25}}
sweep({"factors": factors, "replicates": 400, "trajectories": True}, parameters, sys.argv[1])
"""


@pytest.mark.slow
def test_ten_thousand_runs_killed_twenty_times_end_the_same(tmp_path):
    def start(folder: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / folder)])

    assert start("whole").wait() == 0
    moments = np.random.default_rng(5).uniform(2.5, 6.0, 20)  # from importing to writing parts
    kills = 0
    for moment in moments:
        process = start("killed")
        time.sleep(moment)
        kills += process.poll() is None
        process.kill()
        process.wait()
    assert start("killed").wait() == 0
    whole, killed = load(tmp_path / "whole"), load(tmp_path / "killed")
    pd.testing.assert_frame_equal(killed.runs, whole.runs, check_exact=True)
    pd.testing.assert_frame_equal(killed.months, whole.months, check_exact=True)
    for part in (tmp_path / "whole" / "runs").iterdir():
        assert part.read_bytes() == (tmp_path / "killed" / "runs" / part.name).read_bytes()
    assert kills > 0
