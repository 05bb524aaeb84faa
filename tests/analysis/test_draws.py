"""What did nothing is told from what could not be seen to do anything."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engagesim import Parameters, Study, sweep
from engagesim.analysis.intervals import idle_factors
from engagesim.report.study_times import with_interval
from engagesim.study.designs import design_points

VOICE = {"path": "engagement.voice", "low": 0.1, "high": 0.9}
PATRONAGE = {"path": "incentives.patronage", "low": 0.1, "high": 0.6}
PATHS = ["engagement.voice", "incentives.patronage"]


def runs_of(kind: str) -> pd.DataFrame:
    """Patronage alone decides, and the seed."""
    study = Study.of({"factors": {"v": VOICE, "p": PATRONAGE}, "design": {"kind": kind, "samples": 4}})
    points = design_points(study)
    runs = points.assign(point=range(len(points)), failed=None).merge(pd.DataFrame({"seed": range(3)}), how="cross")
    return runs.assign(quality=runs["incentives.patronage"] + 0.1 * runs["seed"])


@pytest.mark.parametrize("kind", ["grid", "sobol", "morris"])
def test_a_factor_that_changed_nothing_is_told_where_it_varies_alone(kind):
    runs = runs_of(kind)
    assert idle_factors(runs, PATHS, []) == ["engagement.voice"]
    runs.loc[0, "quality"] += 1e-12
    assert idle_factors(runs, PATHS, []) == []


def test_from_a_latin_hypercube_nothing_can_be_told():
    assert idle_factors(runs_of("latin_hypercube"), PATHS, []) == []


def test_a_form_that_is_not_open_gives_its_voice_no_way_to_act(tmp_path):
    town = Parameters().changed({"population.citizens": 40, "population.districts": 2, "months": 8})
    study = {"factors": {"v": VOICE | {"levels": 2}, "p": PATRONAGE | {"levels": 2}}, "replicates": 3}
    closed = sweep(study, town, tmp_path / "closed")
    opened = sweep(study, town.changed({"engagement.opened": 1, "engagement.start": 2}), tmp_path / "opened")
    assert idle_factors(closed.runs, closed.varying, []) == ["engagement.voice"]
    assert idle_factors(opened.runs, opened.varying, []) == []


def test_the_interval_of_a_mean_is_students_over_seeds_and_one_seed_has_none():
    values = np.array([0.2, 0.5, 0.9])
    runs = pd.DataFrame({"point": 0, "seed": [1, 2, 3], "quality": values, "failed": None})
    (row,) = with_interval(runs, ["point"], "quality").itertuples()
    half = 4.302652729749 * values.std(ddof=1) / np.sqrt(3)
    assert (row.share, row.low, row.high) == pytest.approx((values.mean(), values.mean() - half, values.mean() + half))
    (alone,) = with_interval(runs[:1], ["point"], "quality").itertuples()
    assert alone.share == 0.2
    assert np.isnan([alone.low, alone.high]).all()
