"""Paired comparison: intervals that cover, verdicts that seldom err, costs, and robustness by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from threadpoolctl import threadpool_limits

from engagesim.analysis.cost_effectiveness import best_buys, cost_effect_cloud, cost_effectiveness
from engagesim.analysis.differences import (
    BETTER,
    HIGHER,
    LEAST_FOR_NOTHING,
    LOWER,
    NEGLIGIBLE,
    UNCLEAR,
    UNTOLD,
    WORSE,
    compare,
    profiles,
    runs_saved,
    verdict_on,
)
from engagesim.analysis.field import FIELD, field_sizes, is_beyond_field, overtaken
from engagesim.analysis.intervals import Resampling, resampled_means
from engagesim.analysis.outcomes import GROUPS, OUTCOMES, WATCHED, YEAR, Outcome, outcome_values
from engagesim.analysis.robustness import Question, Robustness, across_contexts, harmful_packages
from engagesim.engines.compiled import simulate
from engagesim.errors import EngagementError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Intervention, Parameters
from engagesim.study.intervention_packages import Package, apply
from engagesim.study.observed import Observed

QUICK = Resampling(draws=500)
TOWN = Parameters().changed(
    {"population.citizens": 80, "population.districts": 4, "months": 60, "network.degree": 4, "incentives.term": 24}
)


def outcome(name: str = "x", better: int = 1) -> Outcome:
    return Outcome(name, "", "", better, (name,))


def compared(differences, better: int = 1, resampling: Resampling = QUICK) -> pd.DataFrame:
    """Compare packages whose differences from a noisy baseline are given, shape (packages - 1, seeds)."""
    differences = np.atleast_2d(differences)
    baseline = np.random.default_rng(7).integers(0, 8, differences.shape[1]) / 8.0
    values = np.vstack([baseline, baseline + differences])
    names = ["baseline", *(f"p{number}" for number in range(len(differences)))]
    return compare({"x": values}, names, [outcome(better=better)], resampling)


def correlated(rng, packages: int, seeds: int) -> np.ndarray:
    """Differences that share some noise, as packages on the same seeds do."""
    return 0.6 * rng.normal(size=(1, seeds)) + 0.8 * rng.normal(size=(packages, seeds))


def rare(rng, packages: int, seeds: int) -> np.ndarray:
    """Coalitions that form in one of two societies now and then, with as many either way."""
    return (rng.random((packages, seeds)) < 0.05) * 1.0 - (rng.random((packages, seeds)) < 0.05)


class TestOutcomes:
    def test_every_one_is_made_of_measures_that_are_there(self):
        observed = Observed(np.zeros((2, 3, 24, len(WATCHED))), WATCHED, (1, 2, 3))
        values = outcome_values(observed.measure, [*OUTCOMES, *GROUPS])
        assert {value.shape for value in values.values()} == {(2, 3)}

    def test_the_value_is_the_mean_of_the_last_year_or_the_last_month(self):
        path = np.arange(30.0).reshape(1, 1, 30)
        last_year, at_end = outcome(), outcome("y")._replace(at_end=True)
        values = outcome_values(lambda _: path, [last_year, at_end])
        assert values["x"].item() == np.mean(range(18, 30))
        assert values["y"].item() == 29

    def test_districts_that_cannot_form_a_coalition_have_waited_all_their_months(self):
        alone = TOWN.changed({"coalitions.citizens": 1.0, "coalitions.officials": 1.0, "months": 30})
        values = outcome_values(simulate([alone], [1, 2]).measure)
        assert values["coalition_wait"].tolist() == [[30, 30]]
        assert values["coalition_ever"].tolist() == [[0, 0]]

    def test_gaps_are_the_better_off_less_the_poor(self):
        paths = {name: np.zeros((1, 1, 12)) for name in MEASURE_NAMES}
        paths["engaged_least_vulnerable"] += 0.3
        paths["engaged_most_vulnerable"] += 0.1
        assert outcome_values(paths.__getitem__)["wealth_gap"].item() == pytest.approx(0.2)


class TestPlacebo:
    def test_a_package_that_sets_what_is_there_differs_by_exactly_nothing(self):
        held = Intervention(start=12, ramp=6, set={"incentives.patronage": TOWN.incentives.patronage})
        placebo = apply(Package(name="placebo", interventions=(held,)), TOWN)
        lived = simulate([TOWN, placebo], range(8))
        every = [*OUTCOMES, *GROUPS]
        table = compare(outcome_values(lived.measure, every), ["baseline", "placebo"], every, QUICK)
        path = profiles(lived.measure, ["baseline", "placebo"], every, QUICK)
        for column in ("difference", "low", "high"):
            assert (table[column] == 0).all()
            assert (path[column] == 0).all()
        assert (table[["low_all", "high_all", "better_share", "worse_share"]] == 0).all(axis=None)
        assert set(table["verdict"]) == {UNCLEAR}

    def test_one_beside_a_real_package_stays_exactly_nothing(self):
        rng = np.random.default_rng(1)
        table = compared(np.stack([np.zeros(30), rng.integers(1, 5, 30) / 8.0]))
        assert (table.loc[0, ["difference", "low", "high", "low_all", "high_all"]] == 0).all()
        assert table["verdict"].tolist() == [UNCLEAR, BETTER]


class TestIntervals:
    @pytest.mark.parametrize("draw", ["normal", "exponential", "uniform"])
    def test_one_interval_covers_the_truth_about_as_often_as_stated(self, draw):
        rng = np.random.default_rng(2)
        truth = {"normal": 0.0, "exponential": 1.0, "uniform": 0.5}[draw]
        samples = getattr(rng, draw)(size=(400, 100))
        table = compared(samples, resampling=Resampling())
        covered = ((table["low"] <= truth) & (truth <= table["high"])).mean()
        # 400 tries have a standard error of 0.011; with few seeds BCa covers a little less than it says.
        assert 0.91 <= covered <= 0.98

    @pytest.mark.parametrize(("packages", "seeds"), [(1, 20), (9, 20), (9, 100)])
    def test_intervals_together_cover_all_truths_as_often_as_stated(self, packages, seeds):
        rng = np.random.default_rng(3)
        truth = np.linspace(-1, 1, packages)[:, None]
        missed = 0
        for _ in range(150):
            table = compared(truth + correlated(rng, packages, seeds))
            missed += ((table["low_all"] > truth[:, 0]) | (table["high_all"] < truth[:, 0])).any()
        assert missed <= stats.binom.ppf(0.999, 150, 0.05)

    def test_they_are_not_wasteful(self):
        table = compared(correlated(np.random.default_rng(4), 9, 100), resampling=Resampling())
        errors = (table["high_all"] - table["low_all"]) / 2
        single = (table["high"] - table["low"]) / 2
        bonferroni = stats.t.ppf(1 - 0.025 / 9, 99) / stats.t.ppf(0.975, 99)
        assert (errors / single).between(1.0, 1.1 * bonferroni).all()

    def test_they_are_the_same_each_time_and_follow_their_seed(self):
        data = correlated(np.random.default_rng(5), 3, 30)
        pd.testing.assert_frame_equal(compared(data), compared(data))
        assert not compared(data).equals(compared(data, resampling=QUICK._replace(seed=2)))

    def test_they_do_not_depend_on_the_number_of_threads(self):
        values, found = np.random.default_rng(0).normal(size=(13, 1000)), []
        for threads in (1, 2):
            with threadpool_limits(threads):
                found.append(resampled_means(values, QUICK._replace(draws=2000)).tobytes())
        assert found[0] == found[1]

    def test_reading_more_tables_widens_them(self):
        data = correlated(np.random.default_rng(6), 3, 60)
        one, three = (compared(data, resampling=Resampling(tables=tables)) for tables in (1, 3))
        assert (three["high_all"] > one["high_all"]).all()
        assert (three["high"] == one["high"]).all()

    def test_too_few_seeds_and_missing_runs_are_refused(self):
        with pytest.raises(EngagementError, match="seeds: must be 2 or more, not 1"):
            compared(np.zeros((1, 1)))
        with pytest.raises(EngagementError, match="values: must have every run"):
            compared(np.full((1, 5), np.nan))


class TestVerdicts:
    @pytest.mark.parametrize("draw", [correlated, rare])
    def test_null_packages_are_told_apart_no_more_often_than_stated(self, draw):
        rng = np.random.default_rng(8)
        flagged = sum((~compared(draw(rng, 9, 50))["verdict"].isin(UNTOLD)).any() for _ in range(150))
        assert flagged <= stats.binom.ppf(0.999, 150, 0.05)

    @pytest.mark.slow
    def test_null_packages_of_the_model_are_told_apart_no_more_often_than_stated(self):
        # The same parameters on other seeds: nothing differs but the noise.
        town = TOWN.changed({"months": 36, "population.citizens": 40, "engagement.opened": 1.0})
        seeds, packages, tries = 30, 4, 100
        lived = simulate([town], range(seeds * packages * tries))
        flagged = 0
        for part in np.split(lived.metrics[0], tries):
            metrics = part.reshape(packages, seeds, *part.shape[1:])
            values = outcome_values(lambda name, m=metrics: m[..., MEASURE_NAMES.index(name)])
            table = compare(values, ["baseline", "a", "b", "c"], resampling=QUICK)
            flagged += (~table["verdict"].isin(UNTOLD)).any()
        assert flagged <= stats.binom.ppf(0.999, tries, 0.05)

    @pytest.mark.parametrize(
        ("better", "shift", "verdict"),
        [(1, 1, BETTER), (1, -1, WORSE), (-1, 1, WORSE), (-1, -1, BETTER), (0, 1, HIGHER), (0, -1, LOWER)],
    )
    def test_they_say_which_way_is_better(self, better, shift, verdict):
        (row,) = compared(shift + 0.1 * correlated(np.random.default_rng(9), 1, 40), better).itertuples()
        assert row.verdict == verdict
        if better:
            assert (row.better_share, row.worse_share) == ((1, 0) if verdict == BETTER else (0, 1))

    @given(
        ends=st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted), better=st.sampled_from([-1, 0, 1]),
        negligible=st.floats(0, 0.5), seeds=st.integers(2, 200),
    )  # fmt: skip
    def test_they_follow_the_interval_and_the_region(self, ends, better, negligible, seeds):
        low, high = ends
        said = verdict_on((low, high), outcome(better=better)._replace(negligible=negligible), seeds)
        if said in {BETTER, WORSE, HIGHER, LOWER}:
            assert low > negligible or high < -negligible
            assert seeds >= 6
            assert (said in {BETTER, WORSE}) == (better != 0)
        if said == NEGLIGIBLE:
            assert -negligible <= low <= high <= negligible
            assert seeds >= LEAST_FOR_NOTHING
        # what is better one way is worse the other way round, and whoever cares less never sees more
        mirror = {BETTER: WORSE, WORSE: BETTER, HIGHER: LOWER, LOWER: HIGHER}
        turned = verdict_on((-high, -low), outcome(better=better)._replace(negligible=negligible), seeds)
        assert turned == mirror.get(said, said)
        wider = verdict_on((low, high), outcome(better=better)._replace(negligible=negligible + 0.1), seeds)
        assert wider in {said, UNCLEAR, NEGLIGIBLE}

    @given(data=st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=6, max_size=40))
    def test_no_interval_leaves_the_range_of_what_can_be(self, data):
        share = outcome()._replace(reach=1.0, negligible=0.01)
        values = np.stack([np.zeros(len(data)), np.array(data)])
        (row,) = compare({"x": values}, ["baseline", "p"], [share], Resampling(draws=50)).itertuples()
        assert -1 <= row.low_all <= row.difference <= row.high_all <= 1
        assert -1 <= row.low <= row.high <= 1

    @pytest.mark.parametrize(("formed", "verdict"), [(1, UNCLEAR), (5, UNCLEAR), (30, BETTER), (100, BETTER)])
    def test_a_handful_of_societies_tells_nothing(self, formed, verdict):
        differences = np.zeros(100)
        differences[:formed] = 1
        assert compared(differences)["verdict"].tolist() == [verdict]

    def test_a_rare_outcome_does_not_hide_what_is_plain_in_another(self):
        rare_one = np.zeros(50)
        rare_one[0] = 1
        plain = 0.5 + np.random.default_rng(10).normal(size=50)
        alone, beside = compared(plain), compared(np.stack([plain, rare_one]))
        assert beside.loc[0, "verdict"] == BETTER
        assert beside.loc[0, "low_all"] == pytest.approx(alone.loc[0, "low_all"])


class TestProfiles:
    def test_years_are_means_of_their_months_and_a_last_one_may_be_short(self):
        months = np.arange(30.0)
        metrics = np.stack([np.zeros((4, 30)), np.broadcast_to(months, (4, 30))])
        table = profiles(lambda _: metrics, ["baseline", "p"], [outcome()], QUICK)
        assert table["year"].tolist() == [1, 2, 3]
        for column in ("difference", "mean"):
            assert table[column].tolist() == pytest.approx([5.5, 17.5, 26.5])

    def test_the_last_year_is_what_a_comparison_says(self):
        town = apply(Package(name="p", interventions=(Intervention(start=6, set={"incentives.patronage": 0.0}),)), TOWN)
        lived = simulate([TOWN, town], range(12))
        table = compare(outcome_values(lived.measure), ["baseline", "p"], OUTCOMES, QUICK).set_index("outcome")
        path = profiles(lived.measure, ["baseline", "p"], OUTCOMES, QUICK)
        last = path[path["year"] == TOWN.months // YEAR].set_index("outcome")
        for name in ("quality", "trust", "morale"):
            assert last.loc[name, "difference"] == pytest.approx(table.loc[name, "difference"])
            assert last.loc[name, "low"] < last.loc[name, "difference"] < last.loc[name, "high"]
        assert (path.loc[(path["year"] == 1) & (path["outcome"] == "quality"), "difference"] != 0).all()

    def test_packages_and_years_are_not_mixed_up(self):
        metrics = np.zeros((3, 5, 24))
        metrics[1, :, 12:], metrics[2, :, :12] = 1, 2
        table = profiles(lambda _: metrics, ["baseline", "a", "b"], [outcome()], QUICK).set_index(["package", "year"])
        assert table["difference"].to_dict() == {("a", 1): 0, ("a", 2): 1, ("b", 1): 2, ("b", 2): 0}


class TestPairing:
    def test_it_saves_as_much_as_the_runs_have_in_common(self):
        rng = np.random.default_rng(11)
        common = rng.normal(size=20_000)
        values = np.stack([common + 0.5 * rng.normal(size=20_000) for _ in range(2)])
        # Variance 1.25 each apart, 0.5 together.
        assert runs_saved(values).tolist() == pytest.approx([5.0], rel=0.05)

    def test_a_placebo_saves_without_end_and_unrelated_runs_nothing(self):
        rng = np.random.default_rng(12)
        baseline = rng.normal(size=5000)
        saved = runs_saved(np.stack([baseline, baseline, rng.normal(size=5000)]))
        assert saved[0] == np.inf
        assert saved[1] == pytest.approx(1, rel=0.1)


class TestCostEffectiveness:
    NAMES = ("baseline", "cheap", "good", "between", "waste")

    def values(self):
        effects = np.array([0.0, 1.0, 4.0, 1.5, 0.5])
        noise = np.random.default_rng(13).normal(size=(1, 200))
        return effects[:, None] + noise + 0.1 * np.random.default_rng(14).normal(size=(5, 200))

    def test_cost_per_unit_and_standing_by_hand(self):
        table = cost_effectiveness(self.values(), [0, 10, 50, 30, 20], self.NAMES).set_index("package")
        assert table["cost_per_unit"].iloc[1:].tolist() == pytest.approx([10, 12.5, 20, 40], rel=0.1)
        assert table["standing"].tolist() == ["efficient", "efficient", "efficient", "dominated by a mix", "dominated"]
        assert np.isnan(table.loc["baseline", "cost_per_unit"])
        inner = table.iloc[1:]
        assert ((inner["cost_low"] < inner["cost_per_unit"]) & (inner["cost_per_unit"] < inner["cost_high"])).all()
        assert inner["cost_low"].tolist() == pytest.approx((inner["extra_cost"] / inner["effect_high"]).tolist())

    def test_an_effect_that_may_be_nothing_has_no_upper_cost_and_harm_no_cost_at_all(self):
        rng = np.random.default_rng(15)
        values = np.stack([np.zeros(50), 0.05 + rng.normal(size=50), -1 + 0.1 * rng.normal(size=50)])
        unsure, harm = cost_effectiveness(values, [0, 10, 10], ["b", "unsure", "harm"]).iloc[1:].itertuples()
        assert unsure.cost_high == np.inf
        assert 0 < unsure.chance_effective < 1
        assert np.isnan([harm.cost_low, harm.cost_per_unit, harm.cost_high]).all()
        assert (harm.chance_effective, harm.standing) == (0, "dominated")

    def test_costs_count_against_those_of_the_baseline(self):
        table = cost_effectiveness(np.array([[0.0] * 9, [1.0] * 9]), [5, 9], ["b", "p"])
        assert table.loc[1, ["cost", "extra_cost", "cost_per_unit"]].tolist() == pytest.approx([9, 4, 4])

    def test_the_cloud_lies_about_the_effect(self):
        values = self.values()
        cloud = cost_effect_cloud(values, [0, 10, 50, 30, 20], self.NAMES, QUICK)
        means = cloud.groupby("package")["effect"].mean()
        assert means["good"] == pytest.approx((values[2] - values[0]).mean(), abs=0.01)
        assert len(cloud) == 4 * QUICK.draws
        assert set(cloud.loc[cloud["package"] == "good", "extra_cost"]) == {50}

    def test_what_a_budget_buys_by_hand(self):
        table = best_buys(self.values(), [0, 10, 50, 30, 20], self.NAMES)
        assert table["package"].tolist() == ["baseline", "cheap", "between", "good"]
        assert table["budget"].tolist() == [0, 10, 30, 50]
        assert table["chance"].tolist() == pytest.approx([1, 1, 1, 1])
        wary = best_buys(self.values(), [0, 10, 50, 30, 20], self.NAMES, negligible=0.6)
        assert wary["package"].tolist() == ["baseline", "cheap", "good"]

    def test_where_nothing_helps_the_best_buy_is_nothing(self):
        values = np.stack([np.zeros(30), -0.1 + 0.01 * np.random.default_rng(17).normal(size=30)])
        assert best_buys(values, [0, 10], ["baseline", "harm"])["package"].tolist() == ["baseline"]

    @given(
        costs=st.lists(st.integers(0, 5), min_size=2, max_size=6),
        effects=st.lists(st.integers(-5, 5), min_size=6, max_size=6),
        negligible=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    )
    def test_a_larger_budget_never_buys_less_and_nothing_affordable_does_much_more(self, costs, effects, negligible):
        costs, effects = [0, *costs[1:]], [0, *effects[1 : len(costs)]]
        values = np.repeat(np.array(effects, dtype=float)[:, None], 3, axis=1)
        table = best_buys(values, costs, [str(n) for n in range(len(costs))], negligible, QUICK)
        assert (np.diff(table["effect"]) > negligible).all()
        assert (np.diff(table["budget"]) > 0).all()
        for row in table.itertuples():
            affordable = [effect for cost, effect in zip(costs, effects, strict=True) if cost <= row.budget]
            assert max(affordable) - row.effect <= negligible


class TestFieldSizes:
    @staticmethod
    def measured(gain, spread=0.2, months=48):
        quality = np.zeros((2, 30, months))
        quality[1] += gain
        paths = {"quality": quality, "quality_spread": np.full((2, 30, months), spread)}
        return field_sizes(paths.__getitem__, ["baseline", "p"], [0, 12]).iloc[0]

    def test_sizes_are_differences_over_the_spread_of_districts(self):
        row = self.measured(0.1)
        assert (row["size"], row["size_end"], row["months"]) == pytest.approx((0.5, 0.5, 24))
        assert row["beyond"]
        assert not self.measured(0.04)["beyond"]
        assert self.measured(-0.1)["beyond"]

    def test_a_short_run_says_after_how_many_months_it_looked(self):
        assert self.measured(0.1, months=24)["months"] == 12

    def test_districts_that_do_not_differ_give_no_size(self):
        row = self.measured(0.1, spread=0.0)
        assert np.isnan(row["size"])
        assert not row["beyond"]

    @given(size=st.floats(-5, 5))
    def test_what_lies_beyond_field_studies_is_flagged_either_way(self, size):
        assert is_beyond_field(size) == is_beyond_field(-size) == (abs(size) > FIELD[1])
        assert -50 <= overtaken(size) == -overtaken(-size) <= 50


class TestContexts:
    # Three contexts, baseline and two packages, two seeds.
    VALUES = np.array(
        [
            [[1.0, 3.0], [3.0, 5.0], [2.0, 2.0]],
            [[4.0, 4.0], [4.0, 6.0], [0.0, 2.0]],
            [[2.0, 2.0], [1.0, 1.0], [8.0, 8.0]],
        ]
    )

    def test_every_share_by_hand(self):
        table = across_contexts(self.VALUES, ["baseline", "a", "b"], good_enough=4).set_index("package")
        assert table["chance_better"].tolist() == pytest.approx([0.5, 3.5 / 6, 3 / 6])
        assert table["harm_share"].tolist() == pytest.approx([0, 1 / 3, 1 / 3])
        assert table["clear_harm_share"].tolist() == pytest.approx([0, 1 / 3, 0])
        assert table["mean_regret"].tolist() == pytest.approx([(2 + 1 + 6) / 3, 7 / 3, (2 + 4 + 0) / 3])
        assert table["greatest_regret"].tolist() == [6, 7, 4]
        assert table["best_share"].tolist() == pytest.approx([0, 2 / 3, 1 / 3])
        assert table["good_enough_share"].tolist() == pytest.approx([1 / 3, 2 / 3, 1 / 3])
        assert table["harm_low"].tolist() < table["harm_share"].tolist() < table["harm_high"].tolist()

    @given(shift=st.integers(-5, 5))
    def test_regret_and_harm_do_not_depend_on_the_zero(self, shift):
        one, other = (across_contexts(values, ["b", "a", "c"], 4) for values in (self.VALUES, self.VALUES + shift))
        for column in ("harm_share", "mean_regret", "greatest_regret"):
            assert other[column].tolist() == pytest.approx(one[column].tolist())

    def test_noise_alone_shows_harm_that_is_not_clear(self):
        rng = np.random.default_rng(16)
        table = across_contexts(rng.normal(size=(400, 2, 10)), ["b", "p"], 0.0)
        assert table.loc[1, "harm_share"] == pytest.approx(0.5, abs=0.1)
        assert table.loc[1, "clear_harm_share"] < 0.06

    def test_packages_without_effect_are_seldom_called_harmful_and_harmful_ones_are(self):
        called = {"null": 0, "harm": 0}
        for seed in range(200):
            values = np.random.default_rng(seed).normal(size=(60, 3, 5))
            values[:20, 2] -= 3.0
            table = across_contexts(values, ["baseline", "null", "harm"], 0.0)
            empty = pd.DataFrame()
            found = Robustness(Question(outcome(), 0.0, 0.0), table, 60, 5, empty, empty, empty, None)
            for name in harmful_packages(found):
                called[name] += 1
        assert called["null"] <= 12
        assert called["harm"] == 200

    def test_a_missing_run_is_refused(self):
        values = self.VALUES.copy()
        values[0, 1, 0] = np.nan
        with pytest.raises(EngagementError, match="values: must have every run"):
            across_contexts(values, ["b", "a", "c"], 0)
