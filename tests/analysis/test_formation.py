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
    with pytest.raises(InputError, match="no run completed"):
        formation_time(failed, months=20)


def crossed(luck: np.ndarray, points: int = 6) -> pd.DataFrame:
    """Runs of some points that all do what their seed does."""
    seeds = np.arange(len(luck))
    months = np.where(luck, 5.0, np.nan)
    return pd.concat(
        [runs(months.tolist(), seed=seeds, point=point, x=0.1 * point, kind="a") for point in range(points)],
        ignore_index=True,
    )


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_points_that_all_do_what_their_seed_does_are_worth_as_many_draws_as_there_are_seeds(luck):
    table = crossed(np.array(luck))
    pooled, alone = (formation_probability(some, ["kind"]) for some in (table, table[table["point"] == 0]))
    assert pooled["runs"].item() == 6 * len(luck)
    assert pooled[["share", "low", "high"]].to_numpy() == pytest.approx(alone[["share", "low", "high"]].to_numpy())
    times, once = (formation_time(some, months=8) for some in (table, table[table["point"] == 0]))
    assert times.to_numpy() == pytest.approx(once.to_numpy())


def test_points_on_seeds_of_their_own_are_worth_all_their_runs():
    table = crossed(np.arange(20) % 3 == 0)
    table["seed"] = range(len(table))
    found = formation_probability(table, ["kind"])
    without = formation_probability(table.drop(columns="seed"), ["kind"])
    pd.testing.assert_frame_equal(found, without)


def test_intervals_over_points_that_share_some_luck_hold_the_truth():
    generator, held, trials = np.random.default_rng(8), 0, 300
    for _ in range(trials):
        luck = generator.normal(size=(1, 30)) + generator.normal(size=(8, 30))
        formed = (luck > 0).ravel() * 1.0
        table = pd.DataFrame({
            "point": np.repeat(range(8), 30), "x": np.repeat(range(8), 30), "seed": np.tile(range(30), 8), "kind": "a",
            "coalition_formed": formed, "failed": None,
        })  # fmt: skip
        (row,) = formation_probability(table, ["kind"]).itertuples()
        held += row.low <= 0.5 <= row.high
    assert held / trials > 0.92


def test_the_same_run_under_two_points_is_one():
    one = crossed(np.array([True, False, True]), points=1)
    twice = pd.concat([one, one.assign(point=1)], ignore_index=True)
    pd.testing.assert_frame_equal(formation_probability(twice, ["kind"]), formation_probability(one, ["kind"]))
    pd.testing.assert_frame_equal(formation_time(twice, 8), formation_time(one, 8))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": ["y"]}, "y: no such column of the runs"),
        ({"by": []}, "must be a list of columns"),
        ({"by": ["x"], "outcome": "coalition_month"}, "coalition_month: must be 0 or 1"),
        ({"by": ["x"], "outcome": "coalition_form"}, "did you mean 'coalition_formed'"),
    ],
)
def test_a_share_of_what_has_none_is_refused_in_a_line(asked, said):
    with pytest.raises(ValueError, match=said) as refused:
        formation_probability(crossed(np.array([True, False])), **asked)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["seeds", "draws", "mean", "total", "square", "drawn", "error", "seed"])
def test_a_column_may_be_called_what_it_will_and_rows_numbered_as_they_are(name):
    table = pd.concat([runs([1.0, -1.0], **{name: 3}), runs([-1.0, 2.0, 4.0], **{name: 7})])
    found = formation_probability(table if name != "seed" else table.assign(x=range(5)), [name])
    assert found[[name, "runs", "happened"]].to_numpy().tolist() == [[3, 2, 1], [7, 3, 2]]
