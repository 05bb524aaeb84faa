"""What is stored of a mechanism: told as data, run where somebody names it, and never taken for another one."""

from __future__ import annotations

import copy
import hashlib
import json
import multiprocessing
import pickle  # noqa: TID251 - of our own
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engagesim import (
    EngagementModel,
    Parameters,
    Snapshot,
    StoreError,
    Study,
    compare,
    draw_study,
    load,
    simulate,
    sweep,
)
from engagesim.dashboard.library import Library
from engagesim.dashboard.tables import measures_table
from engagesim.errors import MechanismError, ParameterError
from engagesim.mechanisms.declarations import Mechanism
from engagesim.mechanisms.design import columns_of, design_of, extended, measures_of, version_of
from engagesim.mechanisms.stored import told, tree_told
from engagesim.parameters import parameter_table
from engagesim.study.observed import Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.provenance import with_code
from engagesim.study.resumable import cached
from engagesim.study.run_study import SweepOptions, run_study

FATIGUE = Path(__file__).parents[2] / "experiments/mechanisms/fatigue.py"
SMALL = Parameters().changed({"months": 6, "population.citizens": 40, "population.districts": 2})
TIRED = extended(SMALL, [FATIGUE])
VERSION = f"4 with fatigue ({hashlib.sha256(FATIGUE.read_bytes()).hexdigest()[:8]})"
ASKED = {
    "factors": {"rest": {"path": "fatigue.rest", "low": 0.0, "high": 0.6, "levels": 3},
                "weight": {"path": "fatigue.weight", "low": 0.0, "high": 1.0, "levels": 2}},
    "replicates": 5, "measure": "fatigue_of_citizens", "trajectories": True,
}  # fmt: skip
DAMAGES = {
    "no list": "fatigue",
    "no mechanism": [3],
    "another key": [{"code": "import os"}],
    "a name that is code": [{"name": "os.system('x')"}],
    "a name of ours": [{"name": "changed"}],
    "a range of nothing": [{"settings": {"rest": {"default": 2.0}}}],
    "what is no number": [{"settings": {"rest": {"high": float("inf")}}}],
    "a setting of ours": [{"settings": {"model_dump": {}}}],
    "a measure of ours": [{"measures": {"quality": {}}}],
    "a measure like a key": [{"measures": {"point": {}}}],
    "a variable of ours": [{"variables": {"trust": {}}}],
    "nobody's measure": [{"measures": {"mine": {"kind": "martian"}}}],
    "too many": [{"settings": {f"s{number}": {} for number in range(300)}}],
    "too long": [{"settings": {"rest": {"unit": "x" * 3000}}}],
}


def made_up(points, seeds):
    """A model in a line, which needs no code of a mechanism's."""
    measures = tuple(measure.name for measure in measures_of(type(points[0])))
    metrics = np.zeros((len(points), len(seeds), 6, len(measures)))
    for number, point in enumerate(points):
        metrics[number, ..., -1] = 1 - point.fatigue.rest
    return Observed(metrics, measures, tuple(seeds))


def plan(parameters: Parameters = TIRED) -> Plan:
    return Plan(Study.of(ASKED, type(parameters)), (Variant({}, parameters),))


def other_source(folder: Path) -> Path:
    file = folder / "fatigue.py"
    file.write_text(FATIGUE.read_text("utf-8") + "\n# another source\n", "utf-8")
    return file


@pytest.fixture
def folder(tmp_path) -> Path:
    run_study(plan(), tmp_path / "study", made_up, SweepOptions(version_of(type(TIRED))))
    return tmp_path / "study"


@pytest.fixture
def of_a_stranger(folder) -> Path:
    """A folder whose copy of the source does harm when it is run."""
    (folder / "inputs/fatigue.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n", "utf-8")
    return folder


def test_what_is_told_is_all_that_reading_needs():
    known = tree_told(json.loads(json.dumps(told(type(TIRED)))))
    assert [each[:4] for each in measures_of(known)] == [each[:4] for each in measures_of(type(TIRED))]
    assert parameter_table(known) == parameter_table(type(TIRED))
    assert columns_of(known) == columns_of(type(TIRED))
    assert known.of(TIRED.model_dump()).changed({"fatigue.rest": 0.3}).model_dump()["fatigue"]["rest"] == 0.3
    assert told(known) == told(type(TIRED))
    assert tree_told([]) is Parameters


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_told_is_taken_from_nobody_on_trust(damage):
    setting = {"default": 0.1, "low": 0.0, "high": 1.0, "unit": "", "description": "", "source": ""}
    variable = {"entity": "citizen", "unit": "", "description": "", "start": 0.0, "whole": False}
    measure = {"kind": "citizen", "unit": "", "description": ""}
    usual = {"settings": setting, "variables": variable, "measures": measure}
    if isinstance(damage, list) and isinstance(damage[0], dict):
        said = {"name": "mine", "source": "0" * 16, "settings": {}, "variables": {}, "measures": {}} | damage[0]
        for kind, whole in usual.items():
            said[kind] = {name: whole | some for name, some in said[kind].items()}
        damage = [said]
    with pytest.raises(MechanismError, match="mechanisms") as refused:
        tree_told(damage)
    assert "\n" not in str(refused.value)


def test_what_is_told_makes_no_society_live():
    with pytest.raises(MechanismError, match="must be the code of"):
        EngagementModel(tree_told(told(type(TIRED))).of(TIRED.model_dump()))


def test_a_lie_told_under_the_same_hash_does_not_touch_the_code():
    lie = told(type(TIRED))
    lie[0]["settings"]["rest"]["high"] = 9.0
    assert tree_told(lie).of({}).changed({"fatigue.rest": 5.0})
    with pytest.raises(ParameterError, match="must be a number from 0 to 1"):
        extended(SMALL, [FATIGUE]).changed({"fatigue.rest": 5.0})


def test_a_study_knows_the_measures_and_settings_of_its_mechanism(folder, tmp_path):
    found = load(folder)
    assert found.made["model_version"] == VERSION
    assert found.runs.groupby("fatigue.rest")["fatigue_of_citizens"].mean().round(9).tolist() == [1.0, 0.7, 0.4]
    told = found.dataset["fatigue_of_citizens"].attrs
    assert (told["units"], told["long_name"]) == ("0 to 1", "Fatigue of citizens from engaging in vain")
    assert found.dataset["fatigue.rest"].attrs["units"] == "rate per month"
    assert found.dataset["fatigue_of_citizens_by_month"].shape == (6, 5, 6)
    assert (folder / "inputs/fatigue.py").read_bytes() == FATIGUE.read_bytes()
    drawn = {path.stem: path for path in draw_study(found, tmp_path / "figures") if path.suffix == ".svg"}
    assert "Fatigue of citizens" in drawn["map"].read_text("utf-8")
    assert "Fatigue of citizens" in drawn["over_time"].read_text("utf-8")


def test_nothing_that_only_reads_a_folder_runs_the_code_in_it(of_a_stranger, tmp_path):
    found = load(of_a_stranger)
    assert found.dataset.sizes["point"] == 6
    draw_study(found, tmp_path / "figures")
    shown = Library(tmp_path).study("study")
    assert "Fatigue of citizens" in measures_table(shown.runs, 0, "fatigue_of_citizens", shown.measures)
    found.parameters(0)
    with pytest.raises(MechanismError, match="read the copy"):
        with_code(found.parameters(0), [], of_a_stranger)
    assert not (of_a_stranger / "ran").exists()


def test_stored_parameters_live_with_the_very_code_that_they_were_made_with(folder, tmp_path):
    stored = load(folder).parameters(7)
    again = with_code(stored, [folder / "inputs/fatigue.py"], folder)
    assert again == TIRED.changed({"fatigue.rest": stored.fatigue.rest, "fatigue.weight": stored.fatigue.weight,
                                   "seed": stored.seed})  # fmt: skip
    with pytest.raises(MechanismError, match="must be the same code"):
        with_code(stored, [other_source(tmp_path)], folder)
    with pytest.raises(MechanismError, match="were made without 'fatigue'"):
        with_code(SMALL, [FATIGUE], folder)


def test_a_study_goes_on_with_the_same_source_alone(folder, tmp_path):
    how = SweepOptions(version_of(type(TIRED)))
    run_study(plan(), folder, made_up, how)
    other = extended(SMALL, [other_source(tmp_path)])
    with pytest.raises(StoreError, match=r"mechanisms\[0\].source is .* there and .* here"):
        run_study(plan(other), folder, made_up, how)
    with pytest.raises(StoreError, match=r"has model version 4 with fatigue \(\w{8}\), and this is 3"):
        run_study(plan(), folder, made_up, SweepOptions("3"))


def test_what_one_source_gave_is_not_served_for_another(tmp_path):
    asked = []

    def simulate(points, seeds):
        asked.append(points[0])
        return made_up(points, seeds)

    remembered = cached(simulate, ("quality", "fatigue_of_citizens"), tmp_path / "kept", "3")
    for parameters in (TIRED, TIRED, extended(SMALL, [other_source(tmp_path)])):
        remembered([parameters], [1, 2])
    assert len(asked) == 2


def test_a_snapshot_goes_on_with_its_mechanism_and_without_it_says_which(tmp_path):
    society = EngagementModel(TIRED)
    for _ in range(3):
        society.step()
    society.snapshot().save(tmp_path / "kept.npz")
    read = Snapshot.load(tmp_path / "kept.npz")
    with pytest.raises(MechanismError, match=r"must be the code of 'fatigue'"):
        EngagementModel.restore(read)
    with pytest.raises(MechanismError, match="must be the same code"):
        EngagementModel.restore(read, mechanisms=[other_source(tmp_path)])
    again = EngagementModel.restore(read, mechanisms=[FATIGUE])
    assert again.state().same_as(society.state())
    again.step()
    society.step()
    assert again.metrics.equals(society.metrics)


def test_another_process_needs_no_file(tmp_path):
    file = tmp_path / "fatigue.py"
    file.write_bytes(FATIGUE.read_bytes() + b"\n# gone soon\n")
    tired = extended(SMALL, [file])
    file.unlink()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        society = pool.submit(EngagementModel, tired).result()
    assert type(society.parameters) is type(tired)
    assert design_of(type(society.parameters)).mechanisms[0].source == tired.mechanisms[0].source


def lives(parameters: Parameters) -> tuple[str, list[float]]:
    society = EngagementModel(parameters)
    society.step()
    return type(parameters).mechanisms[0].source, society.observed[0].tolist()


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])  # noqa: S301 - of our own
def test_what_was_read_once_stays_what_it_was_whatever_the_file_becomes(tmp_path, twin):
    file = tmp_path / "fatigue.py"
    file.write_bytes(FATIGUE.read_bytes() + b"\n# to be another\n")
    tired = extended(SMALL, [file])
    file.write_text(FATIGUE.read_text("utf-8").replace("return ", "return print() or "), "utf-8")
    known = lives(twin(tired))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(lives, tired).result() == known
    file.write_bytes(FATIGUE.read_bytes() + b"\n# another\n")
    with pytest.raises(MechanismError, match=r"fatigue\.py: must be the same code as the mechanism 'fatigue'"):
        extended(twin(tired), [file])
    with pytest.raises(MechanismError, match=r"fatigue\.py: must be the same code"):
        EngagementModel(twin(tired), mechanisms=[file])
    with pytest.raises(MechanismError, match=r"fatigue\.py: must be the same code"):
        simulate([twin(tired)], [1], mechanisms=[file])
    with pytest.raises(MechanismError, match=r"fatigue\.py: must be the same code"):
        sweep(ASKED, twin(tired), tmp_path / "study", mechanisms=[file])
    with pytest.raises(MechanismError, match=r"fatigue\.py: must be the same code"):
        compare({"audit": ["social_audit"]}, {"here": twin(tired)}, [1, 2], mechanisms=[file])
    with pytest.raises(ParameterError, match="must all have the same mechanisms"):
        simulate([twin(tired), extended(SMALL, [file])], [1])


def test_a_module_stands_for_its_file_and_a_file_is_executed_once():
    assert Mechanism.of(str(FATIGUE)) is Mechanism.of(FATIGUE)
    with pytest.raises(MechanismError, match="must be files of modules"):
        Mechanism.of(3)
    assert type(extended(SMALL, FATIGUE)) is type(TIRED)
