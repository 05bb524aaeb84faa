"""Thresholds there and back are found where they were put, and no loop is seen where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engagesim import EngagementError, EngagementModel, Parameters
from engagesim.analysis.hysteresis import course, find_loop, moving_setting

MONTHS = 500
PATH = "incentives.patronage"


def parameters(**changes) -> Parameters:
    ways = [
        {"name": "there", "add": {PATH: 0.6}, "start": 50, "ramp": 200},
        {"name": "back", "add": {PATH: -0.6}, "start": 250, "ramp": 200},
    ]
    return Parameters().changed({"months": MONTHS, PATH: 0.2, "interventions": ways, **changes})


def societies(there: float, back: float, seeds: int = 40) -> pd.DataFrame:
    """Societies that switch where the setting passes their own threshold, a little apart from each other."""
    way = course(parameters(), PATH)
    rows = []
    for seed in range(seeds):
        shift = np.random.default_rng(seed).normal(0, 0.03, 2)
        up = (way >= there + shift[0]) & (np.arange(MONTHS) <= 250)
        down = (way >= back + shift[1]) & (np.arange(MONTHS) > 250)
        rows.append(pd.DataFrame({"seed": seed, "month": np.arange(MONTHS), "quality": (up | down).astype(float)}))
    return pd.concat(rows, ignore_index=True)


def test_both_thresholds_are_found_and_their_intervals_hold_them():
    loop = find_loop(societies(0.6, 0.4), parameters(), "quality")
    assert loop.path == PATH
    for found, truth in ((loop.there, 0.6), (loop.back, 0.4), (loop.width, 0.2)):
        assert found.value == pytest.approx(truth, abs=0.02)
        assert found.low <= truth <= found.high
        assert found.high - found.low < 0.06
        assert found.crossing == 1


def test_where_the_way_does_not_matter_the_width_may_be_nothing():
    loop = find_loop(societies(0.5, 0.5), parameters(), "quality")
    assert loop.width.low <= 0 <= loop.width.high


def test_what_happens_before_the_setting_moves_is_no_threshold():
    months = societies(0.6, 0.4)
    months["quality"] = 1 - months["quality"]  # lost on the way there, and back again
    months.loc[months["month"] < 20, "quality"] = 0.0  # and slow to come about at all
    loop = find_loop(months, parameters(), "quality")
    assert loop.there.value == pytest.approx(0.6, abs=0.02)
    assert loop.back.value == pytest.approx(0.4, abs=0.02)


def test_a_change_that_comes_late_on_the_way_back_is_not_taken_for_the_return():
    months = societies(0.6, 0.4)
    months["quality"] = months["month"].between(300, 399).astype(float)
    loop = find_loop(months, parameters(), "quality")
    assert np.isnan(loop.there.value)
    assert loop.back.value == pytest.approx(course(parameters(), PATH)[400], abs=0.01)


def test_a_crossing_that_does_not_last_a_year_is_none_at_the_turn_and_at_the_end_either():
    for months_of_it in ((247, 252), (100, 497)):
        months = societies(0.6, 0.4)
        months["quality"] = months["month"].between(*months_of_it).astype(float)
        loop = find_loop(months, parameters(), "quality")
        assert np.isnan(loop.there.value) == (months_of_it[0] == 247)
        assert np.isnan(loop.back.value) == (months_of_it[1] == 497)


def test_a_threshold_that_is_never_reached_is_said_so():
    loop = find_loop(societies(0.5, -1.0), parameters(), "quality")
    assert np.isnan(loop.back.value)
    assert np.isnan(loop.width.value)
    assert loop.back.crossing == 0
    assert loop.there.value == pytest.approx(0.5, abs=0.02)


def test_the_course_is_what_a_society_lives_through():
    small = {"months": 60, "population.citizens": 40, "population.districts": 2, "network.degree": 4}
    asked = parameters(**small).changed(
        {"interventions": [{"name": "up", "add": {PATH: 0.9}, "start": 10, "ramp": 20}]}
    )
    model, lived = EngagementModel(asked), []
    for _ in range(60):
        model.step()
        lived.append(np.mean([district.settings.incentives.patronage for district in model.districts]))
    assert course(asked, PATH).tolist() == pytest.approx(lived, abs=1e-15)


def test_without_a_way_back_there_is_no_loop():
    one_way = parameters(interventions=[{"name": "there", "add": {PATH: 0.6}, "start": 50, "ramp": 200}])
    assert moving_setting(one_way) is None
    assert moving_setting(parameters()) == PATH
    with pytest.raises(EngagementError, match="there and back"):
        find_loop(societies(0.6, 0.4), one_way, "quality")
