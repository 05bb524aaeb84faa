"""What it is worth to know something: closed forms are met, noise is worth nothing, and the choice is said in words."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from engagesim.analysis.information import unknowns_of, value_of_information
from engagesim.errors import EngagementError
from engagesim.parameters import Parameters


def loss(mean, spread):
    """Value of knowing a normal difference between two options (unit normal loss, Raiffa and Schlaifer 1961)."""
    return spread * norm.pdf(mean / spread) - abs(mean) * norm.cdf(-abs(mean) / spread)


def of(table, name):
    return table.set_index("unknown").loc[name]


def gains(**options):
    return pd.DataFrame({"nothing": np.zeros(len(next(iter(options.values())))), **options})


@pytest.mark.parametrize(("mean", "slope"), [(0.3, 0.6), (-0.2, 0.5), (0.0, 1.0), (0.1, 0.3)])
def test_the_closed_form_of_a_normal_difference_is_met(mean, slope):
    rng, samples = np.random.default_rng(1), 4000
    known, other = rng.normal(size=(2, samples))
    found = value_of_information(pd.DataFrame({"known": known}), gains(one=mean + slope * known + other))
    assert found.table["value"][0] == pytest.approx(loss(mean, slope), abs=0.02)
    assert found.everything == pytest.approx(loss(mean, np.hypot(slope, 1.0)), abs=0.03)
    assert found.best == ("one" if (mean + slope * known + other).mean() > 0 else "nothing")


def test_each_of_several_unknowns_is_worth_what_a_fine_integral_says():
    rng, samples = np.random.default_rng(2), 3000
    unknowns = pd.DataFrame(rng.random((samples, 3)), columns=["hump", "line", "none"])
    hump, line = np.cos(2 * np.pi * unknowns["hump"]), unknowns["line"]
    table = gains(one=0.2 + hump + rng.normal(size=samples), two=0.6 * line + rng.normal(size=samples))
    found = value_of_information(unknowns, table)
    fine = (np.arange(100_000) + 0.5) / 100_000
    for name, one, two in (("hump", 0.2 + np.cos(2 * np.pi * fine), 0.3), ("line", 0.2, 0.6 * fine)):
        best = np.maximum(np.maximum(one, two), 0.0)
        assert of(found.table, name)["value"] == pytest.approx(best.mean() - 0.3, abs=0.03)
    assert found.table["unknown"].tolist() == ["hump", "line", "none"]
    assert found.clear["unknown"].tolist() == ["hump", "line"]
    assert of(found.table, "line")["value_low"] <= of(found.table, "line")["value"] <= found.everything


def test_among_many_unknowns_without_effect_none_stands_out_more_often_than_stated():
    false = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        unknowns = pd.DataFrame(rng.random((40, 5)))
        table = gains(one=rng.normal(size=40), two=rng.normal(size=40))
        false += value_of_information(unknowns, table).table["stands_out"].any()
    assert false <= 4  # by chance at 5 percent: in 99 of 100 tries


def test_intervals_hold_the_truth_where_options_tie():
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        known, noise = rng.random(40), rng.normal(size=40)
        row = value_of_information(pd.DataFrame({"x": known}), gains(one=known - 0.5 + 0.15 * noise)).table.loc[0]
        held += row["value_low"] <= 1 / 8 <= row["value_high"]  # half of the mean distance from one half
    assert held >= 31  # of 36 expected


def test_what_exceeds_the_value_that_chance_explains_stands_out_and_nothing_else():
    for seed in (10, 33, 57):  # near the limit
        rng = np.random.default_rng(seed)
        unknowns = pd.DataFrame(rng.random((40, 3)))
        found = value_of_information(unknowns, gains(one=0.7 * unknowns[0] - 0.35 + rng.normal(0, 0.5, 40)))
        assert (found.table["stands_out"] == (found.table["value"] > found.by_chance)).all()


def test_samples_with_the_same_parameter_set_are_no_independent_evidence():
    rng, taken = np.random.default_rng(3), np.arange(240) % 12
    sets = pd.DataFrame(rng.random((12, 30)))
    effect = rng.normal(size=12)  # of something about the sets that no column holds
    table = gains(one=effect[taken] + 0.1 * rng.normal(size=240))
    found = value_of_information(sets.iloc[taken].reset_index(drop=True), table)
    assert not found.table["stands_out"].any()
    apart = value_of_information(pd.DataFrame({"effect": effect[taken]}), table)
    assert apart.table["stands_out"].all()


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_factor_of_a_grid_stands_out_if_it_matters(noise):
    grid = pd.DataFrame(list(product([0.0, 0.3, 0.6], repeat=3)), columns=list("abc"))
    rng = np.random.default_rng(1)
    found = value_of_information(grid, gains(one=grid["a"] - 0.28 + noise * rng.normal(size=27)))
    assert found.clear["unknown"].tolist() == ["a"]
    assert found.clear["choice"].tolist() == ["nothing below 0.15, one above 0.15"]
    chance = [value_of_information(grid, gains(one=rng.normal(size=27))).table["stands_out"].any() for _ in range(20)]
    assert sum(chance) <= 4


def test_a_coarse_parameter_of_a_set_is_no_independent_evidence_either():
    rng, taken = np.random.default_rng(3), np.arange(240) % 12
    sets = pd.DataFrame({"fine": rng.random(12), "coarse": np.arange(12) % 3})
    false = 0
    for _ in range(20):
        table = gains(one=rng.normal(size=12)[taken] + 0.1 * rng.normal(size=240))
        false += value_of_information(sets.iloc[taken].reset_index(drop=True), table).table["stands_out"].any()
    assert false <= 4


def test_where_one_option_is_always_best_nothing_is_worth_knowing():
    rng = np.random.default_rng(4)
    unknowns = pd.DataFrame(rng.random((100, 3)), columns=list("abc"))
    found = value_of_information(unknowns, gains(one=5 + unknowns["a"] + rng.normal(0, 0.1, 100)))
    assert found.everything == 0
    assert found.table["value"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    assert found.clear.empty


def test_it_is_said_how_often_the_choice_changes_and_what_to_choose_where():
    rng = np.random.default_rng(5)
    unknowns = pd.DataFrame({"x": rng.random(1000)})
    table = gains(one=1.0 - unknowns["x"], two=2.0 * unknowns["x"] - 0.5) + rng.normal(0, 0.05, (1000, 3))
    found = value_of_information(unknowns, table)
    row = found.table.loc[0]
    assert {found.best, row["instead"]} == {"one", "two"}
    assert row["changes"] == pytest.approx(0.5, abs=0.03)
    low, high = row["choice"].split(", ")
    assert (low.split()[0], high) == ("one", "two above " + low.split()[-1])
    assert float(low.split()[-1]) == pytest.approx(0.5, abs=0.03)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-10, 10))
def test_values_lie_between_nothing_and_everything_and_go_with_the_unit(seed, unit, shift):
    rng = np.random.default_rng(seed)
    unknowns = pd.DataFrame({"normal": rng.normal(size=40), "whole": rng.integers(0, 3, 40)})
    table = pd.DataFrame(rng.normal(size=(40, 3)), columns=list("abc"))
    one = value_of_information(unknowns, table)
    assert (one.table["value"] >= -1e-9).all()
    assert (one.table["value"] <= one.everything + 1e-9).all()
    other = value_of_information(np.exp(unknowns), unit * table + shift)
    assert other.best == one.best
    pd.testing.assert_series_equal(other.table["value"], unit * one.table["value"], rtol=1e-6, atol=1e-9 * unit)


def test_the_same_tables_give_the_same_answer():
    rng = np.random.default_rng(6)
    unknowns, table = pd.DataFrame(rng.random((50, 4))), gains(one=rng.normal(size=50))
    one, two = (value_of_information(unknowns, table) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)


FINE = pd.DataFrame({"x": np.arange(30.0)})


@pytest.mark.parametrize(
    ("unknowns", "table", "said"),
    [
        (FINE, gains(one=np.zeros(29)), "unknowns: must have as many rows as gains, 29, not 30"),
        (FINE.head(9), gains(one=np.zeros(9)), "gains: must have 20 rows or more, not 9"),
        (FINE, FINE, "gains: must have two options or more, not 1"),
        (FINE, gains(one=np.full(30, np.nan)), "gains: must have a finite number in every row and column"),
        (FINE.astype(str), gains(one=np.zeros(30)), "unknowns: must have a finite number in every row and column"),
    ],
)
def test_tables_that_say_nothing_are_refused(unknowns, table, said):
    with pytest.raises(EngagementError) as refused:
        value_of_information(unknowns, table)
    assert str(refused.value) == said


def test_without_unknowns_there_is_nothing_to_find_out():
    found = value_of_information(FINE[[]], gains(one=np.arange(30.0)))
    assert found.table.empty
    assert found.clear.empty


def test_unknown_is_every_number_in_which_societies_differ():
    start = Parameters()
    societies = [start.changed({"incentives.patronage": share, "name": f"{share}"}) for share in (0.1, 0.2, 0.2)]
    table = unknowns_of(societies)
    assert table.to_dict("list") == {"incentives.patronage": [0.1, 0.2, 0.2]}
