"""Test functions with known indices, in place of the model, come out of our designs and analysis as they should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from SALib.test_functions import Ishigami, Sobol_G
from scipy import stats

from engagesim import Study
from engagesim.analysis.sensitivity import main_effects, morris_indices, sobol_indices
from engagesim.errors import EngagementError
from engagesim.study.designs import design_points

FACTORS = {
    "incentives.patronage": (0.1, 0.6, False),
    "citizens.sensitivity": (0.5, 50.0, True),
    "incentives.rents": (0.0, 2.0, False),
    "incentives.merit_protection": (0.0, 1.0, False),
    "services.decay": (0.001, 0.1, True),
    "incentives.pressure": (0.2, 1.2, False),
    "population.trust_start": (0.0, 1.0, False),
    "citizens.stake": (0.5, 1.5, False),
}
PATHS = list(FACTORS)


def study(kind: str, factors: int, samples: int, choices=None, **design) -> Study:
    asked = {
        path: {"path": path, "low": low, "high": high, "log": log}
        for path, (low, high, log) in list(FACTORS.items())[:factors]
    }
    return Study.of(
        {"factors": asked, "choices": choices or {}, "design": {"kind": kind, "samples": samples, **design}}
    )


def places(points: pd.DataFrame) -> np.ndarray:
    """Where points lie between the ends of the ranges, worked out without the package: the test function's domain."""
    columns = []
    for path, (low, high, log) in FACTORS.items():
        if path in points:
            value = points[path].to_numpy()
            columns.append(np.log(value / low) / np.log(high / low) if log else (value - low) / (high - low))
    return np.clip(np.stack(columns, axis=1), 0.0, 1.0)


def runs_of(study: Study, model, noise=0.0, seeds=3) -> pd.DataFrame:
    """Evaluate a model of places with some noise a seed; rows come in no order."""
    points = design_points(study)
    table = points.assign(point=range(len(points)), quality=model(places(points)), failed=None)
    runs = table.merge(pd.DataFrame({"seed": range(1, seeds + 1)}), how="cross")
    generator = np.random.default_rng(5)
    runs["quality"] += generator.normal(0.0, noise, len(runs))
    return runs.sample(frac=1.0, random_state=generator)


def ishigami(shares: np.ndarray) -> np.ndarray:
    return Ishigami.evaluate((2 * shares - 1) * np.pi)


def plane(shares: np.ndarray) -> np.ndarray:
    return 3 * shares[:, 0] - 2 * shares[:, 1] + 7


def ishigami_indices() -> tuple[np.ndarray, np.ndarray, float]:
    """First and total indices, and the variance: Saltelli et al. (2008), Global Sensitivity Analysis, for 7 and 0.1."""
    one, two = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2, 7**2 / 8
    both = 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = one + two + both
    return np.array([one, two, 0]) / variance, np.array([one + both, two, both]) / variance, variance


def sobol_g_indices(coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and total indices of a product of independent terms with mean 1."""
    partial = 1 / (3 * (1 + coefficients) ** 2)
    everything = np.prod(1 + partial)
    return partial / (everything - 1), partial * everything / (1 + partial) / (everything - 1)


def assert_known(found: pd.DataFrame, first: np.ndarray, total: np.ndarray, within: float) -> None:
    assert found.index.tolist() == [*PATHS[: len(first)], "dummy"]
    for name, known in (("first", np.append(first, 0)), ("total", np.append(total, 0))):
        assert found[name].to_numpy() == pytest.approx(known, abs=within)
        # The dummy's total is a share of what noise is left, and so above 0 by design.
        assert (found[f"{name}_low"].iloc[:-1] <= known[:-1]).all()
        assert (found[f"{name}_high"].iloc[:-1] >= known[:-1]).all()


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_ishigami_has_its_known_sobol_indices(seed):
    asked = study("sobol", 3, 1024, seed=seed)
    first, total, _ = ishigami_indices()
    found = sobol_indices(asked, runs_of(asked, ishigami, noise=0.1), "quality")
    assert_known(found, first, total, within=0.03)
    assert abs(found["first"]["dummy"]) < 0.005
    assert found["total"]["dummy"] < 0.005


@pytest.mark.parametrize("seed", [0, 1])
def test_sobol_g_has_its_known_sobol_indices(seed):
    asked = study("sobol", 8, 2048, seed=seed)
    first, total = sobol_g_indices(np.array([0, 1, 4.5, 9, 99, 99, 99, 99]))
    found = sobol_indices(asked, runs_of(asked, Sobol_G.evaluate, noise=0.001), "quality")
    assert_known(found, first, total, within=0.03)


def test_the_dummy_shows_the_share_of_noise_that_averaging_leaves():
    asked = study("sobol", 3, 2048)
    _, _, variance = ishigami_indices()
    found = sobol_indices(asked, runs_of(asked, ishigami, noise=2.0, seeds=4), "quality")
    left = 2.0**2 / 4
    assert found["total"]["dummy"] == pytest.approx(left / (variance + left), rel=0.1)
    assert found["first"]["dummy"] == pytest.approx(0.0, abs=0.03)


def test_morris_finds_the_slopes_of_a_plane():
    asked = study("morris", 3, 4)
    found = morris_indices(asked, runs_of(asked, plane), "quality")
    assert found.columns.tolist() == ["mu", "mu_star", "mu_star_low", "mu_star_high", "sigma"]
    assert found["mu"].to_numpy() == pytest.approx([3, -2, 0, 0], abs=1e-9)
    assert found["mu_star"].to_numpy() == pytest.approx([3, 2, 0, 0], abs=1e-9)
    assert found["sigma"].to_numpy() == pytest.approx(np.zeros(4), abs=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_morris_orders_the_factors_of_sobol_g(seed):
    asked = study("morris", 8, 60, seed=seed)
    found = morris_indices(asked, runs_of(asked, Sobol_G.evaluate, noise=0.001), "quality")
    order = found["mu_star"].sort_values(ascending=False).index.tolist()
    assert order[:4] == PATHS[:4]
    assert order[-1] == "dummy"
    assert found["mu_star_low"].iloc[0] > found["mu_star_high"].iloc[2]
    assert found["sigma"].iloc[0] > found["sigma"].iloc[4]


def test_morris_gives_the_mean_size_of_an_uneven_effect():
    asked = study("morris", 3, 400)
    # sin² of -π, -π/3, π/3 and π is 0, 3/4, 3/4 and 0: each step of two thirds changes the outcome by 7 * 3/4.
    found = morris_indices(asked, runs_of(asked, ishigami), "quality")
    assert found["mu_star"].iloc[1] == pytest.approx(7 * 0.75 * 1.5)
    assert found["mu"].iloc[1] == pytest.approx(0.0, abs=1.2)
    assert found["mu_star"]["dummy"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("kind", "indices"), [("sobol", sobol_indices), ("morris", morris_indices)])
def test_intervals_are_the_same_each_time(kind, indices):
    asked = study(kind, 3, 16, seed=0)
    runs = runs_of(asked, ishigami, noise=1.0)
    once = indices(asked, runs, "quality")
    pd.testing.assert_frame_equal(indices(asked, runs.sample(frac=1, random_state=1), "quality"), once)


def crossed(asked: Study) -> pd.DataFrame:
    """Runs of one model under a survey and of another under a committee, numbered as a study numbers them."""
    survey = runs_of(asked, lambda x: x[:, 0]).assign(engagement="survey")
    committee = runs_of(asked, lambda x: x[:, 1]).assign(engagement="committee")
    committee["point"] += survey["point"].nunique()
    return pd.concat([survey, committee])


@pytest.mark.parametrize(("kind", "indices"), [("sobol", sobol_indices), ("morris", morris_indices)])
def test_indices_are_for_one_choice(kind, indices):
    asked = study(kind, 2, 64, choices={"engagement": ["survey", "committee"]})
    runs = crossed(asked)
    with pytest.raises(EngagementError, match=r"engagement: missing; must be committee or survey"):
        indices(asked, runs, "quality")
    column = "total" if kind == "sobol" else "mu_star"
    for place, choice in enumerate(["survey", "committee"]):
        found = indices(asked, runs, "quality", {"engagement": choice})[column].to_numpy()
        assert found == pytest.approx(np.eye(3)[place], abs=0.02)
    with pytest.raises(EngagementError, match="surveys: no such choice of engagement in the runs; did you mean 'surv"):
        indices(asked, runs, "quality", {"engagement": "surveys"})
    with pytest.raises(EngagementError, match="scenario: no such group that the study crosses; must be engagement"):
        indices(asked, runs, "quality", {"scenario": "merit_state"})


def failed_at(*points):
    def change(runs: pd.DataFrame) -> pd.DataFrame:
        failed = runs["point"].isin(points) & (runs["seed"] == 2)
        return runs.assign(
            quality=runs["quality"].mask(failed), failed=np.where(failed, "trust is not a finite number", None)
        )

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (failed_at(7), r"1 of 40 lack it \(the first is point 7: trust is not a finite number\)"),
        (failed_at(7, 8, 30), r"3 of 40 lack it"),
        (lambda runs: runs[runs["point"] != 11], "must have all 40 points, not 39; finish the study first"),
        (lambda runs: runs[:0], "must have all 40 points, not 0"),
        (lambda runs: runs.assign(quality=0.1), "must differ between points, and is 0.1 at all 40"),
        (lambda runs: runs.assign(quality=0.1 + 1e-15 * runs["point"]), "must differ between points"),
        (lambda runs: runs.rename(columns={"quality": "qualities"}), "quality: no such column .* mean 'qualities'"),
        (lambda runs: runs.drop(columns="dummy"), "dummy: no such column of the runs"),
        (
            lambda runs: runs.assign(**{"incentives.rents": runs["incentives.rents"] / 2}),
            "incentives.rents = .* as in the design",
        ),
    ],
)
@pytest.mark.parametrize(("kind", "samples"), [("sobol", 8), ("morris", 10)])
def test_what_would_give_indices_without_meaning_is_refused_in_a_line(kind, samples, change, said):
    asked = study(kind, 3, samples)
    runs = change(runs_of(asked, ishigami))
    indices = {"sobol": sobol_indices, "morris": morris_indices}[kind]
    said = said.replace("40", str(len(design_points(asked)))).replace("39", str(len(design_points(asked)) - 1))
    with pytest.raises(EngagementError, match=said) as refused:
        indices(asked, runs, "quality")
    assert "\n" not in str(refused.value)


def test_an_outcome_that_varies_only_where_no_variance_is_taken_is_refused():
    asked = study("sobol", 2, 8)
    rare = np.zeros(8 * 5)
    rare[1] = 1.0  # one crossed point of the first block; SALib would call every index 0
    with pytest.raises(EngagementError, match="must differ between points, and is 0 at all 16"):
        sobol_indices(asked, runs_of(asked, lambda _: rare), "quality")


def test_indices_need_their_design_and_more_than_one_sample():
    asked = study("morris", 2, 4)
    with pytest.raises(EngagementError, match=r"design\.kind = morris: must be sobol"):
        sobol_indices(asked, runs_of(asked, plane), "quality")
    one = study("morris", 2, 1)
    with pytest.raises(EngagementError, match=r"design\.samples = 1"):
        morris_indices(one, runs_of(one, plane), "quality")


def test_main_effects_are_means_by_level_with_intervals_over_points():
    generator = np.random.default_rng(2)
    points = pd.DataFrame({"point": range(60), "x": np.repeat([0.0, 0.5, 1.0], 20), "form": ["survey", "audit"] * 30})
    points["quality"] = generator.random(60) + points["x"]
    runs = points.assign(failed=None).merge(pd.DataFrame({"turn": range(50)}), how="cross")
    runs["quality"] += runs["turn"] - runs["turn"].mean()
    runs["seed"] = range(len(runs))
    found = main_effects(runs, ["x", "form"], "quality")
    assert found.columns.tolist() == ["factor", "value", "mean", "low", "high", "points"]
    assert found[["factor", "value"]].to_numpy().tolist() == [
        ["x", 0.0], ["x", 0.5], ["x", 1.0], ["form", "audit"], ["form", "survey"]
    ]  # fmt: skip
    assert found["points"].tolist() == [20, 20, 20, 30, 30]
    for row, values in zip(
        found.itertuples(), [points["quality"][points[r.factor] == r.value] for r in found.itertuples()], strict=True
    ):
        known = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
        assert (row.mean, row.low, row.high) == pytest.approx((values.mean(), known.low, known.high))


def test_main_effects_over_many_levels_are_by_bins_of_equally_many_points():
    asked = study("latin_hypercube", 2, 200)
    runs = runs_of(asked, lambda x: x[:, 0])
    found = main_effects(runs, PATHS[:2], "quality", bins=8)
    assert found["points"].tolist() == [25] * 16
    moving, still = found[:8], found[8:]
    assert moving["value"].to_numpy() == pytest.approx(0.1 + 0.5 * (np.arange(8) + 0.5) / 8, abs=1e-3)
    assert moving["mean"].to_numpy() == pytest.approx((np.arange(8) + 0.5) / 8, abs=2e-3)
    assert still["mean"].to_numpy() == pytest.approx(np.full(8, 0.5), abs=0.2)


def test_main_effects_leave_failed_runs_out_and_give_one_point_no_interval():
    runs = pd.DataFrame(
        {
            "point": [0, 0, 1, 1, 2, 2],
            "seed": [1, 2] * 3,
            "x": [0.0, 0.0, 0.0, 0.0, 1.0, 1.0],
            "quality": [1.0, np.nan, 3.0, 5.0, 7.0, 9.0],
            "failed": [None, "ZeroDivisionError: no such thing", None, None, None, None],
        }
    )
    found = main_effects(runs, ["x"], "quality")
    assert found["mean"].tolist() == [2.5, 8.0]
    assert found[["low", "high"]].isna().all(axis=1).tolist() == [False, True]
    with pytest.raises(EngagementError, match="must have runs that completed"):
        main_effects(runs.assign(failed="broken"), ["x"], "quality")
    with pytest.raises(EngagementError, match="qualitee: no such column of the runs; did you mean 'quality'"):
        main_effects(runs, ["x"], "qualitee")


@pytest.mark.parametrize("high", [25, 26, 27, 28, 29, 48])
def test_an_effect_of_whole_numbers_is_taken_over_the_steps_that_were_made(high):
    term = {"path": "incentives.term", "low": 24, "high": high}
    other = {"path": "incentives.patronage", "low": 0.1, "high": 0.6}
    asked = Study.of({"factors": {"t": term, "p": other}, "design": {"kind": "morris", "samples": 20}})
    points = design_points(asked)
    quality = 5 * (points["incentives.term"] - 24) / (high - 24) + 2 * (points["incentives.patronage"] - 0.1) / 0.5
    runs = points.assign(point=range(len(points)), seed=1, failed=None, quality=quality)
    found = morris_indices(asked, runs, "quality")
    assert found["mu_star"].tolist() == pytest.approx([5, 2, 0])
    assert found["sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)


def test_intervals_of_main_effects_hold_the_luck_of_shared_seeds_and_of_the_points():
    generator, held, trials = np.random.default_rng(4), 0, 300
    for _ in range(trials):
        points, seeds = generator.normal(size=12), generator.normal(size=8)
        values = points[:, None] + seeds + generator.normal(size=(12, 8))
        runs = pd.DataFrame({"point": np.repeat(range(12), 8), "seed": np.tile(range(8), 12), "x": 0.0, "failed": None})
        (row,) = main_effects(runs.assign(quality=values.ravel()), ["x"], "quality").itertuples()
        held += row.low <= 0 <= row.high
    assert held / trials > 0.92


def test_one_seed_or_one_point_says_nothing_of_others():
    runs = pd.DataFrame({"point": range(6), "seed": 1, "x": 0.0, "quality": np.arange(6.0), "failed": None})
    for few in (runs, runs.assign(point=0, seed=range(6))):
        (row,) = main_effects(few, ["x"], "quality").itertuples()
        assert row.mean == 2.5
        assert np.isnan([row.low, row.high]).all()


def test_a_point_that_stands_there_twice_counts_once():
    generator = np.random.default_rng(3)
    runs = pd.DataFrame({"point": np.repeat(range(5), 4), "seed": np.tile(range(4), 5), "failed": None})
    runs = runs.assign(x=runs["point"] * 0.1, quality=generator.random(20))
    doubled = pd.concat([runs, runs.assign(point=runs["point"] + 5)], ignore_index=True)
    wanted = main_effects(runs, ["x"], "quality", bins=1)
    pd.testing.assert_frame_equal(main_effects(doubled, ["x"], "quality", bins=1), wanted)


def test_a_month_that_may_never_come_is_no_outcome_of_an_analysis():
    asked = study("morris", 2, 4)
    runs = runs_of(asked, plane).assign(coalition_month=np.nan)
    with pytest.raises(EngagementError, match="did you mean 'coalition_formed'"):
        morris_indices(asked, runs, "coalition_month")
    with pytest.raises(EngagementError, match="did you mean 'coalition_formed'"):
        main_effects(runs, PATHS[:1], "coalition_month")
