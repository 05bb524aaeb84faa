"""Each design is drawn as befits it, and the drawing says what the data say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from engagesim import EngagementError, Parameters, Study, load
from engagesim.measures import MEASURE_NAMES
from engagesim.report.maps import draw_map
from engagesim.report.study_figures import draw_study
from engagesim.study.plan import Plan, Variant
from engagesim.study.sweeping import How, sweep

MONTHS = 24
NAMES = list(MEASURE_NAMES)
PATRONAGE = {"path": "incentives.patronage", "low": 0.0, "high": 1.0, "levels": 9}
MERIT = {"path": "incentives.merit_protection", "low": 0.0, "high": 1.0, "levels": 9}
TWO = {"patronage": PATRONAGE, "merit": MERIT}


def made_up(points, seeds):
    """Coalitions form at month 12, the likelier the more merit protection exceeds patronage."""
    metrics = np.full((len(points), len(seeds), MONTHS, len(NAMES)), 0.5)
    for p, point in enumerate(points):
        chance = 1 / (1 + np.exp(12 * (point.incentives.patronage - point.incentives.merit_protection)))
        formed = np.random.default_rng(seeds[0]).permuted(np.arange(len(seeds))) < chance * len(seeds)
        metrics[p, :, :, NAMES.index("coalition_formed")] = formed[:, None] & (np.arange(MONTHS) >= 12)
        metrics[p, :, :, NAMES.index("coalition_month")] = np.where(formed, 12, -1)[:, None]
        metrics[p, :, :, NAMES.index("quality")] = chance
    return metrics


def done(folder: Path, simulate=made_up, variants=({},), **asked):
    study = Study.of({"replicates": 20, **asked})
    start = Parameters().changed({"months": MONTHS})
    sweep(Plan(study, tuple(Variant(labels, start) for labels in variants)), folder, simulate, How("1"))
    return load(folder)


DESIGNS = {
    "grid": ({"factors": TWO}, {"map", "time_to_coalition"}),
    "curve": ({"factors": {"patronage": PATRONAGE}}, {"outcome", "time_to_coalition"}),
    "nothing varies": ({}, {"outcome", "time_to_coalition"}),
    "months": ({"trajectories": True}, {"outcome", "time_to_coalition", "over_time"}),
    "latin": ({"factors": TWO, "design": {"kind": "latin_hypercube"}}, {"effects", "time_to_coalition"}),
    "sobol": (
        {"factors": TWO, "design": {"kind": "sobol", "samples": 32}, "measure": "quality"},
        {"indices", "effects", "time_to_coalition"},
    ),
    "morris": (
        {"factors": TWO, "design": {"kind": "morris", "samples": 8}, "measure": "quality"},
        {"indices", "effects", "time_to_coalition"},
    ),
    "boundary": ({"factors": TWO, "design": {"kind": "boundary", "samples": 24}}, {"boundary", "time_to_coalition"}),
}


@pytest.mark.parametrize(("asked", "names"), DESIGNS.values(), ids=DESIGNS)
def test_each_design_is_drawn_as_befits_it(tmp_path, asked, names):
    results = done(tmp_path / "study", **asked)
    drawn = draw_study(results, tmp_path / "figures")
    assert {path.stem for path in drawn} == names
    for path in drawn:
        if path.suffix == ".svg":
            described = re.search(r'<desc id="description">(.*?)</desc>', path.read_text("utf-8"), re.DOTALL)
            assert described
            assert len(described[1]) > 30


def test_the_same_study_gives_the_same_bytes(tmp_path):
    results = done(tmp_path / "study", factors=TWO)
    one, two = (draw_study(results, tmp_path / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_line_of_even_odds_lies_where_the_truth_has_it(tmp_path):
    figure, caption = draw_map(done(tmp_path / "study", factors=TWO))
    assert isinstance(figure, Figure)
    axes = figure.axes[0]
    lines = [path.vertices for contour in axes.collections[1:2] for path in contour.get_paths()]
    points = np.concatenate(lines)
    assert len(points) > 5
    assert np.abs(points[:, 0] - points[:, 1]).max() < 0.07  # half a cell
    assert "20 to 20 a cell" in caption.description


def test_choices_are_told_apart(tmp_path):
    variants = ({"engagement": "survey"}, {"engagement": "committee"})
    choices = {"engagement": ["survey", "committee"]}
    results = done(tmp_path / "study", variants=variants, choices=choices, factors={"patronage": PATRONAGE})
    drawn = draw_study(results, tmp_path / "figures")
    text = next(path for path in drawn if path.name == "time_to_coalition.svg").read_text("utf-8")
    assert "survey: " in text
    assert "committee: " in text


def test_a_study_of_failures_is_refused(tmp_path):
    def failing(points, seeds):
        raise ZeroDivisionError("no")

    with pytest.raises(EngagementError, match="no run went well"):
        draw_study(done(tmp_path / "study", failing, factors=TWO), tmp_path / "figures")
