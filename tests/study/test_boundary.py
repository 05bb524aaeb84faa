"""The boundary is found where it is, with few runs, and by nothing but what came out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from engagesim.errors import ParameterError
from engagesim.study.boundary import Boundary, fit_boundary
from engagesim.study.description import Study

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

PATHS = ("incentives.patronage", "incentives.merit_protection", "incentives.exposure")
SEEDS = 20


def study(factors: int, **design) -> Study:
    ranges = {f"f{n}": {"path": path, "low": 0.0, "high": 1.0} for n, path in enumerate(PATHS[:factors])}
    return Study.of({"factors": ranges, "design": {"kind": "boundary", "samples": 80, **design}})


def margin(points: np.ndarray) -> np.ndarray:
    """How far a point is beyond a curved boundary."""
    rest = points[:, 1:].sum(axis=1) if points.shape[1] > 1 else 0.0
    return points[:, 0] + 0.5 * np.sin(3 * points[:, 0]) + rest - 0.5 * points.shape[1] - 0.2


def truth(points: np.ndarray) -> np.ndarray:
    return expit(12 * margin(points))


def simulated(points: pd.DataFrame, first: int, seeds: int = SEEDS, luck: int = 0) -> pd.DataFrame:
    """Outcomes that are independent of each other."""
    chance = truth(points.to_numpy())
    rows = points.loc[points.index.repeat(seeds)].reset_index(drop=True)
    rows.insert(0, "point", np.repeat(np.arange(first, first + len(points)), seeds))
    rows.insert(1, "seed", np.tile(np.arange(seeds), len(points)))
    draws = np.random.default_rng([luck, first]).random(len(rows))
    return rows.assign(failed=None, coalition_formed=(draws < np.repeat(chance, seeds)).astype(float))


def simulated_with_common_luck(points: pd.DataFrame, first: int, luck: int) -> pd.DataFrame:
    """Each seed has its own bar, the same at all points."""
    bars = np.random.default_rng(luck).random(SEEDS)
    rows = simulated(points, first)
    return rows.assign(coalition_formed=(bars[rows["seed"]] < truth(rows[points.columns].to_numpy())).astype(float))


def explored(asked: Study, outcome=simulated) -> pd.DataFrame:
    design, runs = Boundary(asked), None
    while len(points := design.ask(runs)):
        new = outcome(points, 0 if runs is None else int(runs["point"].max()) + 1)
        runs = new if runs is None else pd.concat([runs, new], ignore_index=True)
    return runs


def places(factors: int) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(0).random((4000, factors)), columns=list(PATHS[:factors]))


def misjudged(asked: Study, runs: pd.DataFrame) -> float:
    """Share of the space that is put on the wrong side."""
    where = places(len(asked.factors))
    found = fit_boundary(asked, runs).probability(where)["probability"]
    return float(((found > 0.5) != (truth(where.to_numpy()) > 0.5)).mean())


def grid(levels: int, luck: int) -> pd.DataFrame:
    axis = (np.arange(levels) + 0.5) / levels
    return simulated(pd.DataFrame([(x, y) for x in axis for y in axis], columns=list(PATHS[:2])), 0, luck=luck)


def misjudged_by_cells(levels: int, luck: int) -> float:
    """The same for a grid where the share in the cell decides."""
    share = grid(levels, luck).groupby("point")["coalition_formed"].mean().to_numpy().reshape(levels, levels)
    where = places(2).to_numpy()
    cell = np.minimum((where * levels).astype(int), levels - 1)
    return float(((share[cell[:, 0], cell[:, 1]] > 0.5) != (truth(where) > 0.5)).mean())


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return explored(study(2))


DRAWS = range(4)


@pytest.fixture(scope="module")
def misjudged_by_forty() -> float:
    asked = study(2, samples=40)
    return float(np.mean([misjudged(asked, explored(asked, partial(simulated, luck=draw))) for draw in DRAWS]))


def test_ten_times_fewer_runs_than_a_grid_of_the_same_accuracy(misjudged_by_forty):
    levels = 20  # 400 points with as many seeds as the 40
    assert misjudged_by_forty < 0.02
    assert misjudged_by_forty < np.mean([misjudged_by_cells(levels, draw) for draw in DRAWS])


def test_half_the_runs_of_a_grid_that_is_smoothed_alike(misjudged_by_forty):
    levels = 9
    assert misjudged_by_forty < np.mean([misjudged(study(2), grid(levels, draw)) for draw in DRAWS])


@pytest.mark.parametrize("factors", [1, 3])
def test_a_boundary_is_found_in_one_factor_and_in_three(factors):
    asked = study(factors, samples=50)
    assert misjudged(asked, explored(asked)) < 0.05


def test_the_uncertainty_covers_the_truth(runs):
    where = places(2)
    found = fit_boundary(study(2), runs).probability(where)
    chance = truth(where.to_numpy())
    near = np.abs(margin(where.to_numpy())) < 0.1  # 23 to 77 percent: further away the log odds of few seeds are flat
    assert (found["low"] <= found["probability"]).all()
    assert ((found["low"] <= chance) & (chance <= found["high"]))[near].mean() > 0.85


def test_luck_that_points_share_is_part_of_the_uncertainty():
    asked, where = study(1, samples=20), pd.DataFrame({PATHS[0]: np.linspace(0, 1, 201)})
    chance = truth(where.to_numpy())
    near = (chance > 0.25) & (chance < 0.75)
    held: dict[str, list[float]] = {"counted": [], "forgotten": []}
    for luck in range(12):
        fit = fit_boundary(asked, explored(asked, partial(simulated_with_common_luck, luck=luck)))
        for name, tried in (("counted", fit), ("forgotten", replace(fit, luck=0.0))):
            found = tried.probability(where)[near]
            held[name].append(((found["low"] <= chance[near]) & (chance[near] <= found["high"])).mean())
    assert np.mean(held["counted"]) > 0.85
    assert np.mean(held["forgotten"]) < 0.75


def test_points_that_share_no_luck_are_not_suspected_of_it(runs):
    assert fit_boundary(study(2), runs).luck < 0.1
    apart = runs.assign(seed=np.arange(len(runs)))
    assert fit_boundary(study(2), apart).luck == 0


def test_points_depend_on_results_alone():
    asked = study(2)
    runs = simulated(Boundary(asked).ask(None), 0)
    shuffled = runs.sample(frac=1, random_state=3).reset_index(drop=True)
    pd.testing.assert_frame_equal(Boundary(asked).ask(runs), Boundary(asked).ask(shuffled))
    pd.testing.assert_frame_equal(Boundary(asked).ask(None), Boundary(asked).ask(None))


def test_a_study_that_goes_on_asks_for_the_points_it_would_have_asked_for(runs):
    design, known = Boundary(study(2)), runs[runs["point"] < 36]
    again = design.ask(known)
    then = runs[runs["point"].between(36, 36 + len(again) - 1)].drop_duplicates("point")
    np.testing.assert_array_equal(again.to_numpy(), then[list(PATHS[:2])].to_numpy())


def test_later_points_crowd_where_it_is_decided(runs):
    points = runs.drop_duplicates("point")
    distance = np.abs(margin(points[list(PATHS[:2])].to_numpy()))
    assert np.median(distance[20:]) < 0.5 * np.median(distance[:20])


@pytest.mark.parametrize("always", [0.0, 1.0])
def test_where_nothing_ever_changes_the_search_ends(always):
    asked = study(2)
    runs = explored(asked, lambda points, first: simulated(points, first).assign(coalition_formed=always))
    assert runs["point"].nunique() == 20  # those of the first round
    assert fit_boundary(asked, runs).unclear() == 0
    found = fit_boundary(asked, runs).probability(places(2))["probability"]
    assert ((found > 0.5) == bool(always)).all()


def test_failed_runs_do_not_count(runs):
    asked, where = study(2), places(2).head(50)
    expected = fit_boundary(asked, runs).probability(where)
    for reason in ("ValueError: no", None):
        failed = runs.assign(seed=runs["seed"] + 1000, failed=reason, coalition_formed=np.nan)
        pd.testing.assert_frame_equal(fit_boundary(asked, pd.concat([runs, failed])).probability(where), expected)
        assert fit_boundary(asked, failed) is None
        assert Boundary(asked).ask(failed).empty


def test_where_all_runs_fail_takes_few_points_from_the_rest():
    def failing(points: pd.DataFrame, first: int) -> pd.DataFrame:
        rows = simulated(points, first)
        fails = (rows[PATHS[0]] > 0.55) & (rows[PATHS[1]] < 0.45)  # a fifth of the space, across the boundary
        return rows.assign(
            failed=np.where(fails, "ValueError: no", None), coalition_formed=rows["coalition_formed"].mask(fails)
        )

    later = explored(study(2), failing).drop_duplicates("point").iloc[20:]
    assert later["failed"].notna().mean() < 0.5


@pytest.mark.parametrize("value", [0.4, -1.0])
def test_an_outcome_that_is_not_yes_or_no_is_refused(runs, value):
    with pytest.raises(ParameterError, match="measure = coalition_formed"):
        fit_boundary(study(2), runs.assign(coalition_formed=value))


def test_no_point_is_asked_for_twice_where_there_are_few():
    term = {"path": "incentives.term", "low": 12, "high": 60}
    asked = Study.of({"factors": {"term": term}, "design": {"kind": "boundary", "samples": 64}})

    def steep(points: pd.DataFrame, first: int) -> pd.DataFrame:
        return simulated((points - 12) / 48, first).assign(
            **points.loc[points.index.repeat(SEEDS)].reset_index(drop=True)
        )

    points = explored(asked, steep).drop_duplicates("point")["incentives.term"]
    assert points.is_unique
    assert len(points) > 15


def test_whole_numbers_stay_whole_and_ranges_are_kept():
    term = {"path": "incentives.term", "low": 12, "high": 60}
    asked = Study.of({"factors": {"term": term}, "design": {"kind": "boundary"}})
    points = Boundary(asked).ask(None)["incentives.term"]
    assert (points == points.round()).all()
    assert points.between(12, 60).all()
