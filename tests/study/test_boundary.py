"""The boundary is found where it is, with few runs, and by nothing but what came out."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning

from engagesim.study.boundary import Boundary, fit_boundary
from engagesim.study.description import Study

PATHS = ("incentives.patronage", "incentives.merit_protection", "incentives.exposure")
SEEDS = 20


@pytest.fixture(autouse=True)
def _no_word_of_the_optimiser():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def study(factors: int, **design) -> Study:
    ranges = {f"f{n}": {"path": path, "low": 0.0, "high": 1.0} for n, path in enumerate(PATHS[:factors])}
    return Study.of({"factors": ranges, "design": {"kind": "boundary", "samples": 80, **design}})


def margin(points: np.ndarray) -> np.ndarray:
    """How far a point is beyond a curved boundary."""
    rest = points[:, 1:].sum(axis=1) if points.shape[1] > 1 else 0.0
    return points[:, 0] + 0.5 * np.sin(3 * points[:, 0]) + rest - 0.5 * points.shape[1] - 0.2


def truth(points: np.ndarray) -> np.ndarray:
    return expit(12 * margin(points))


def simulated(points: pd.DataFrame, first: int, seeds: int = SEEDS) -> pd.DataFrame:
    chance = truth(points.to_numpy())
    rows = points.loc[points.index.repeat(seeds)].reset_index(drop=True)
    rows.insert(0, "point", np.repeat(np.arange(first, first + len(points)), seeds))
    rows.insert(1, "seed", np.tile(np.arange(seeds), len(points)))
    draws = np.random.default_rng(first).random(len(rows))
    return rows.assign(failed=None, coalition_formed=(draws < np.repeat(chance, seeds)).astype(float))


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


def misjudged_by_grid(levels: int) -> float:
    """The same for a grid whose nearest point decides."""
    axis = (np.arange(levels) + 0.5) / levels
    grid = pd.DataFrame([(x, y) for x in axis for y in axis], columns=list(PATHS[:2]))
    share = simulated(grid, 0).groupby("point")["coalition_formed"].mean().to_numpy().reshape(levels, levels)
    where = places(2).to_numpy()
    nearest = np.minimum((where * levels).astype(int), levels - 1)
    return float(((share[nearest[:, 0], nearest[:, 1]] > 0.5) != (truth(where) > 0.5)).mean())


def test_ten_times_fewer_runs_than_a_grid_of_the_same_accuracy():
    asked = study(2)
    runs = explored(asked)
    points = runs["point"].nunique()
    levels = int(np.sqrt(10 * points))
    assert misjudged(asked, runs) < misjudged_by_grid(levels)
    assert misjudged(asked, runs) < 0.03


@pytest.mark.parametrize("factors", [1, 3])
def test_a_boundary_is_found_in_one_factor_and_in_three(factors):
    asked = study(factors)
    assert misjudged(asked, explored(asked)) < 0.05


def test_the_uncertainty_covers_the_truth():
    asked = study(2)
    where = places(2)
    found = fit_boundary(asked, explored(asked)).probability(where)
    chance = truth(where.to_numpy())
    near = np.abs(margin(where.to_numpy())) < 0.1  # 23 to 77 percent: further away the log odds of few seeds are flat
    assert (found["low"] <= found["probability"]).all()
    assert ((found["low"] <= chance) & (chance <= found["high"]))[near].mean() > 0.85


def test_points_depend_on_results_alone():
    asked = study(2)
    runs = simulated(Boundary(asked).ask(None), 0)
    shuffled = runs.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(Boundary(asked).ask(runs), Boundary(asked).ask(shuffled))
    pd.testing.assert_frame_equal(Boundary(asked).ask(None), Boundary(asked).ask(None))


def test_later_points_crowd_where_it_is_decided():
    runs = explored(study(2)).drop_duplicates("point")
    distance = np.abs(margin(runs[list(PATHS[:2])].to_numpy()))
    assert np.median(distance[20:]) < 0.5 * np.median(distance[:20])


@pytest.mark.parametrize("always", [0.0, 1.0])
def test_where_nothing_ever_changes_the_search_ends(always):
    asked = study(2)
    runs = explored(asked, lambda points, first: simulated(points, first).assign(coalition_formed=always))
    assert runs["point"].nunique() <= asked.design.samples
    found = fit_boundary(asked, runs).probability(places(2))["probability"]
    assert ((found > 0.5) == bool(always)).all()


def test_failed_runs_do_not_count():
    asked = study(2)
    runs = explored(asked)
    failed = runs.assign(point=runs["point"] + 1000, failed="ValueError: no", coalition_formed=np.nan)
    where = places(2).head(50)
    with_failed = fit_boundary(asked, pd.concat([runs, failed])).probability(where)
    pd.testing.assert_frame_equal(with_failed, fit_boundary(asked, runs).probability(where))
    assert fit_boundary(asked, failed) is None
    assert Boundary(asked).ask(failed).empty


def test_whole_numbers_stay_whole_and_ranges_are_kept():
    term = {"path": "incentives.term", "low": 12, "high": 60}
    asked = Study.of({"factors": {"term": term}, "design": {"kind": "boundary"}})
    points = Boundary(asked).ask(None)["incentives.term"]
    assert (points == points.round()).all()
    assert points.between(12, 60).all()
