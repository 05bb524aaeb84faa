"""What Python's public functions are handed is checked as it comes in: the right answer, or one clear line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engagesim import (
    EngagementError,
    EngagementModel,
    Options,
    Parameters,
    Study,
    allies,
    compare,
    describe_run,
    draw_study,
    formation_probability,
    history_figure,
    load,
    scenario,
    simulate,
    stream,
    sweep,
)
from engagesim.measures import MEASURE_NAMES

TOWN = Parameters().changed({"population.citizens": 40, "population.districts": 2, "months": 6})
NO_SEEDS = [
    [], [1, 2, 1], [1, np.int64(1)], [-1], [4_294_967_296], [1.0], [1.5], [True], [np.True_], ["1"], "123", 7, None,
    [None], {1: 2}, [[1]], np.array([1.0, 2.0]),
]  # fmt: skip


def refusal(call) -> str:
    with pytest.raises(EngagementError) as refused:
        call()
    said = str(refused.value)
    assert "\n" not in said
    assert len(said) < 1000
    return said


@pytest.mark.parametrize("seeds", NO_SEEDS, ids=map(str, range(len(NO_SEEDS))))
def test_what_is_no_list_of_seeds_is_refused_wherever_seeds_are_asked_for(seeds):
    for call in (
        lambda: simulate([TOWN], seeds),
        lambda: stream([TOWN], seeds),
        lambda: compare({"a": ["social_audit"]}, {"t": TOWN}, seeds, calibration="none"),
    ):
        assert refusal(call).startswith("seeds")


@pytest.mark.parametrize("seeds", [(3, 1), range(2), np.array([5, 2]), iter([7]), {4}, [np.uint32(4_294_967_295)]])
def test_whatever_holds_seeds_gives_each_society_once_and_every_number_was_simulated(seeds):
    points, given = [TOWN, TOWN.changed({"incentives.patronage": 0.5})], list(seeds)
    many = simulate(points, iter(given))
    assert many.seeds == tuple(map(int, given))
    assert np.isfinite(many.metrics).all()
    for place, seed in enumerate(given):
        assert (many.metrics[:, place] == simulate(points, [seed]).metrics[:, 0]).all()


def test_a_point_that_stands_there_twice_is_simulated_to_the_same_bits():
    many = simulate([TOWN, TOWN], [1, 2])
    assert (many.metrics[0] == many.metrics[1]).all()


@pytest.mark.parametrize("points", [[], TOWN, [TOWN, None], [{}], "town", None, [TOWN, TOWN.changed({"months": 7})]])
def test_what_is_no_list_of_societies_is_refused(points):
    for call in (lambda: simulate(points, [1]), lambda: stream(points, [1])):
        assert refusal(call).startswith(("points", "months = [6, 7]"))


@pytest.mark.parametrize(
    "options",
    [{"lanes": 65}, {"lanes": -1}, {"lanes": 1.5}, {"threads": -1}, {"threads": True}, {"states_every": -2},
     {"rules": None}, {"last_state": 1}],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(options):
    assert refusal(lambda: Options(**options)).startswith(f"options.{next(iter(options))}")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: simulate([TOWN], [1], {"lanes": 1}), "options"),
        (lambda: simulate([TOWN], [1]).measure("qualty"), "did you mean 'quality'"),
        (lambda: scenario(3), "scenario = 3"),
        (lambda: scenario("none", engagement=None), "engagement = None"),
        (lambda: load("nowhere"), "must be the folder of a study"),
        (lambda: sweep({}, None, "x"), "parameters = None"),
        (lambda: sweep({}, TOWN, 3), "folder = 3"),
        (lambda: sweep({}, TOWN, "x", "dask"), "place = 'dask'"),
        (lambda: sweep({"choices": {"engagement": ["survey"]}}, TOWN, "x"), "choices: must be left out here"),
        (lambda: sweep({"measure": "coalition_month"}, TOWN, "x"), "did you mean 'coalition_formed'?"),
        (lambda: allies(TOWN, output="found"), "output: must be left out"),
        (lambda: allies(TOWN, calibration="no such"), "calibration = 'no such': must be the name of one choice"),
        (lambda: Study.of(3), "must be a mapping"),
        (lambda: TOWN.changed(3), "must be a mapping"),
        (lambda: TOWN.changed({3: 1}), "3: must be a parameter's path"),
        (lambda: describe_run(pd.DataFrame({"quality": [1.0]}), TOWN), "is missing"),
        (lambda: describe_run(pd.DataFrame(columns=list(MEASURE_NAMES)), TOWN), "there is no month"),
        (lambda: history_figure(EngagementModel(TOWN)), "must have simulated a month"),
        (lambda: history_figure(EngagementModel(TOWN), 3), "figure = 3: must be behaviour, outcomes, commitment"),
        (lambda: draw_study("study", "figures"), "results = 'study'"),
    ],
)  # fmt: skip
def test_what_a_function_cannot_take_is_refused_in_a_line(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert said in refusal(call)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"packages": {}}, "packages"),
        ({"packages": ["social_audit"]}, "packages"),
        ({"packages": {"a": "social_audit"}}, "packages.a"),
        ({"packages": {"baseline": []}}, "packages.baseline"),
        ({"packages": {1: ["social_audit"]}}, "packages"),
        ({"contexts": {}}, "contexts"),
        ({"contexts": TOWN}, "contexts"),
        ({"contexts": {"t": None}}, "contexts[0] = None"),
        ({"contexts": {"t": TOWN, "u": TOWN.changed({"months": 9})}}, "months = [6, 9]"),
        ({"outcome": None}, "outcome = None"),
        ({"outcome": "coalition_month"}, "outcome = 'coalition_month'"),
        ({"calibration": None}, "calibration = None"),
        ({"calibration": "../mine"}, "calibration = '../mine'"),
        ({"seeds": [1]}, "seeds = [1]: must be 2 or more"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused_in_a_line(changes, said):
    asked = {"packages": {"a": ["social_audit"]}, "contexts": {"t": TOWN}, "seeds": [1, 2], "calibration": "none"}
    assert said in refusal(lambda: compare(**{**asked, **changes}))


def test_a_share_is_of_columns_that_are_there(tmp_path):
    runs = sweep({"replicates": 2}, TOWN, tmp_path / "study").runs
    assert "no such column of the runs" in refusal(lambda: formation_probability(runs, ["incentive"]))
    assert "0 or 1" in refusal(lambda: formation_probability(runs, ["point"], "quality"))
