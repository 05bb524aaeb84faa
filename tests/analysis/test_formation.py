"""How likely, and how long: against counts by hand and another formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim import InputError
from engagesim.analysis.coalitions import formation_probability, formation_time, mean_time_without, median_time


def runs(months: list[float], **columns) -> pd.DataFrame:
    formed = [float(month >= 0) for month in months]
    return pd.DataFrame({"coalition_month": months, "coalition_formed": formed, "failed": None, **columns})


@given(st.integers(1, 60), st.data())
def test_shares_have_wilsons_interval(count, data):
    happened = data.draw(st.integers(0, count))
    table = formation_probability(runs([3.0] * happened + [-1.0] * (count - happened), x=1.0), ["x"]).iloc[0]
    share, z = happened / count, 1.959963984540054
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    assert (table["runs"], table["happened"], table["share"]) == (count, happened, share)
    assert (table["low"], table["high"]) == (pytest.approx(middle - half, abs=1e-9), pytest.approx(middle + half))


def test_groups_are_told_apart_and_failed_runs_left_out():
    table = runs([1.0, -1.0, 2.0, 5.0], x=[0.1, 0.1, 0.2, 0.2])
    table.loc[3, "failed"] = "ValueError: no"
    found = formation_probability(table, ["x"])
    assert found["runs"].tolist() == [2, 1]
    assert found["share"].tolist() == [0.5, 1.0]


def test_time_follows_kaplan_and_meier_by_hand():
    times = formation_time(runs([2, 2, 4, -1, -1]), months=6)
    assert times["share"].tolist() == pytest.approx([0, 0, 0.4, 0.4, 0.6, 0.6])
    # Greenwood by hand at month 2: 0.6 * sqrt(2 / (5 * 3)), on the scale of log(-log(S))
    error = np.sqrt(2 / (5 * 3)) / np.log(0.6)
    ends = 1 - np.exp(-np.exp(np.log(-np.log(0.6)) + np.array([-1, 1]) * 1.959964 * abs(error)))
    assert times.loc[2, ["low", "high"]].tolist() == pytest.approx(ends.tolist(), rel=1e-4)
    assert median_time(times) == 4


@given(st.lists(st.integers(-1, 19).map(float), min_size=1, max_size=40))
def test_time_ends_at_the_share_that_ever_formed(months):
    times = formation_time(runs(months), months=20)
    share = sum(month >= 0 for month in months) / len(months)
    assert times["share"].iloc[-1] == pytest.approx(share)
    assert times["share"].is_monotonic_increasing
    assert (times["low"] <= times["share"] + 1e-12).all()
    assert (times["share"] <= times["high"] + 1e-12).all()
    assert times["low"].between(0, 1).all()
    assert times["high"].between(0, 1).all()


def test_nobody_ever_forming_one_leaves_the_time_open():
    times = formation_time(runs([-1.0] * 30), months=12)
    assert (times["share"] == 0).all()
    assert times["high"].iloc[-1] == pytest.approx(1.96**2 / (30 + 1.96**2), rel=1e-3)  # Wilson's, of none in 30
    assert np.isnan(median_time(times))


@given(st.lists(st.integers(-1, 19).map(float), min_size=1, max_size=60))
def test_median_and_mean_are_those_of_a_sorted_list(months):
    times = formation_time(runs(months), months=20)
    waited = sorted(month if month >= 0 else 20 for month in months)
    assert mean_time_without(times) == pytest.approx(np.mean(waited))
    half = waited[(len(waited) + 1) // 2 - 1]
    assert median_time(times) == half if half < 20 else np.isnan(median_time(times))


@pytest.mark.parametrize("count", [14, 22, 28, 62])
def test_exactly_half_is_half(count):
    months = [float(month % 20) for month in range(count // 2)]
    assert median_time(formation_time(runs(months + [-1.0] * (count // 2)), months=20)) == max(months)


def test_failures_alone_give_no_share():
    failed = runs([np.nan, np.nan]).assign(failed="ValueError: no")
    with pytest.raises(InputError, match="none went well"):
        formation_time(failed, months=20)
