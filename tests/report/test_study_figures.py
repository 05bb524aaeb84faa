"""Each design is drawn as befits it, and the drawing says what the data say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from engagesim import EngagementError, Parameters, Study, load
from engagesim.analysis.hysteresis import course
from engagesim.measures import MEASURE_NAMES
from engagesim.report.study_figures import draw_effects, draw_loop, draw_study
from engagesim.report.study_maps import MOST_PANELS, draw_boundary, draw_map
from engagesim.report.study_times import draw_curve, draw_fans, draw_formation_times
from engagesim.study.observed import Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.run_study import SweepOptions, run_study

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
    return Observed(metrics, MEASURE_NAMES, tuple(seeds))


def done(folder: Path, simulate=made_up, variants=({},), **asked):
    study = Study.of({"replicates": 20, **asked})
    start = Parameters().changed({"months": MONTHS})
    run_study(Plan(study, tuple(Variant(labels, start) for labels in variants)), folder, simulate, SweepOptions("1"))
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
    assert "20 runs per cell, 1,620 runs" in caption.description


def test_choices_are_told_apart(tmp_path):
    variants = ({"engagement": "survey"}, {"engagement": "committee"})
    choices = {"engagement": ["survey", "committee"]}
    results = done(tmp_path / "study", variants=variants, choices=choices, factors={"patronage": PATRONAGE})
    drawn = draw_study(results, tmp_path / "figures")
    text = next(path for path in drawn if path.name == "time_to_coalition.svg").read_text("utf-8")
    assert "Survey (180): " in text
    assert "Committee (180): " in text


def test_a_study_of_failures_is_refused(tmp_path):
    def failing(points, seeds):
        raise ZeroDivisionError("no")

    with pytest.raises(EngagementError, match="no run completed"):
        draw_study(done(tmp_path / "study", failing, factors=TWO), tmp_path / "figures")


SENSITIVITY = {"path": "citizens.sensitivity", "low": 0.5, "high": 50.0, "levels": 6, "log": True}
SHARES = {"path": "population.reform_minded_share", "low": 0.0, "high": 0.9, "levels": 10}
FEW = {"patronage": {**PATRONAGE, "levels": 3}, "merit": {**MERIT, "levels": 3}}


def test_axes_say_sentence_and_unit(tmp_path):
    figure, _ = draw_map(done(tmp_path / "study", factors=TWO))
    axes = figure.axes[0]
    assert axes.get_xlabel() == "Patronage money in the district\n(value of quality)"
    assert "merit rules protect posts" in axes.get_ylabel().replace("\n", " ")


def test_a_factor_with_one_value_is_no_axis(tmp_path):
    fixed = {"path": "population.reform_minded_share", "values": [0.3]}
    drawn = draw_study(done(tmp_path / "study", factors={"fixed": fixed, **TWO}), tmp_path / "two")
    assert "map" in {path.stem for path in drawn}
    results = done(tmp_path / "other", factors={"fixed": fixed, "patronage": PATRONAGE})
    assert {path.stem for path in draw_study(results, tmp_path / "one")} == {"outcome", "time_to_coalition"}
    figure, _ = draw_curve(results)
    assert figure.get_supxlabel().startswith("Patronage")


def test_a_logarithmic_factor_has_a_logarithmic_axis_with_plain_numbers(tmp_path):
    results = done(tmp_path / "study", factors={"patronage": PATRONAGE, "sensitivity": SENSITIVITY})
    figure, _ = draw_map(results)
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")
    figure.canvas.draw()
    assert {"1", "10"} <= {label.get_text() for label in axes.get_yticklabels()}
    curve, _ = draw_curve(done(tmp_path / "curve", factors={"sensitivity": SENSITIVITY}))
    assert curve.axes[0].get_xscale() == "log"


def test_panels_that_are_left_out_are_owned_up_to(tmp_path):
    figure, caption = draw_map(done(tmp_path / "study", replicates=2, factors={**FEW, "shares": SHARES}))
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes if axes.get_visible()]
    named = [title for title in titles if title]
    assert len(named) == MOST_PANELS
    assert (named[0], named[-1]) == ("reform-minded share 0", "reform-minded share 0.9")
    assert f"({MOST_PANELS} of 10 panels)" in caption.title


@pytest.mark.parametrize("count", [3, 9])
def test_every_choice_has_its_line(tmp_path, count):
    forms = [f"form {number}" for number in range(count)]
    results = done(
        tmp_path / "study",
        variants=[{"engagement": form} for form in forms],
        choices={"engagement": forms},
        factors={"patronage": {**PATRONAGE, "levels": 3}},
        trajectories=True,
        replicates=4,
    )
    for figure, _ in (draw_curve(results), draw_formation_times(results), draw_fans(results, results.months)):
        drawn = [label for axes in figure.axes for label in axes.get_legend_handles_labels()[1]]
        assert set(drawn) == set(forms)


def failing(where):
    def simulate(points, seeds):
        made = made_up(points, seeds)
        made.metrics[[where(point) for point in points]] = np.nan
        return made

    return simulate


def test_cells_whose_runs_all_failed_are_shown_as_such(tmp_path):
    results = done(tmp_path / "study", failing(lambda point: point.incentives.patronage > 0.7), factors=TWO)
    figure, caption = draw_map(results)
    assert sum(text.get_text() == "failed" for text in figure.axes[0].texts) == 3 * 9
    assert "1,080 runs; 540 more failed" in caption.description
    assert "Dark grey" in caption.description


def test_a_choice_of_which_nothing_is_known_is_not_said_to_form_none(tmp_path):
    start = Parameters().changed({"months": MONTHS})
    forms = ["survey", "committee"]
    variants = (
        Variant({"engagement": "survey"}, start),
        Variant({"engagement": "committee"}, start.changed({"citizens.stake": 2.0})),
    )
    study = Study.of({"replicates": 20, "choices": {"engagement": forms}, "factors": {"patronage": PATRONAGE}})
    run_study(
        Plan(study, variants), tmp_path / "study", failing(lambda point: point.citizens.stake == 2), SweepOptions("1")
    )
    _, caption = draw_formation_times(load(tmp_path / "study"))
    assert "Survey (180)" in caption.description
    assert "Committee" not in caption.description
    assert "180 runs; 180 more failed and are left out" in caption.description


def test_the_interval_of_a_share_stays_a_share(tmp_path):
    results = done(tmp_path / "study", factors=TWO, design={"kind": "latin_hypercube", "samples": 40})
    figure, _ = draw_effects(results)
    bands = [band.get_datalim(axes.transData) for axes in figure.axes for band in axes.collections]
    assert bands
    assert min(band.y0 for band in bands) >= 0
    assert max(band.y1 for band in bands) <= 1


def test_indices_of_a_choice_name_it_and_count_its_runs(tmp_path):
    results = done(
        tmp_path / "study",
        variants=({"engagement": "survey"}, {"engagement": "committee"}),
        choices={"engagement": ["survey", "committee"]},
        factors=TWO,
        design={"kind": "morris", "samples": 8},
        measure="quality",
        replicates=2,
    )
    drawn = draw_study(results, tmp_path / "figures")
    text = next(path for path in drawn if path.name == "indices_survey.svg").read_text("utf-8")
    assert "(survey)</title>" in text
    assert f"{len(results.runs) // 2:,} runs." in text


def test_the_boundary_of_three_factors_is_cut_into_panels(tmp_path):
    def simulate(points, seeds):
        return made_up([point.changed({"incentives.patronage": patronage(point)}) for point in points], seeds)

    def patronage(point):
        return max(0.0, point.incentives.patronage - point.population.reform_minded_share / 2)

    design = {"kind": "boundary", "samples": 36}
    results = done(tmp_path / "study", simulate, factors={**TWO, "shares": SHARES}, design=design)
    figure, caption = draw_boundary(results)
    named = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]
    assert [title for title in named if title] == [f"reform-minded share {share}" for share in ("0.09", "0.45", "0.81")]
    assert f"{len(results.runs):,} runs" in caption.description


def test_the_loop_is_that_of_the_first_point_and_says_how_often_resamples_cross(tmp_path):
    path = "incentives.patronage"
    ways = [{"name": name, "add": {path: add}, "start": start, "ramp": 20}
            for name, add, start in (("there", 0.4, 10), ("back", -0.4, 40))]  # fmt: skip
    start = Parameters().changed({"months": 90, path: 0.0, "interventions": ways})

    def simulate(points, seeds):
        metrics = np.zeros((len(points), len(seeds), 90, len(NAMES)))
        for p, point in enumerate(points):
            metrics[p, :, :, NAMES.index("quality")] = course(point, path) >= 0.5
            metrics[p, :, 60:, NAMES.index("quality")] = (np.array(seeds) % 5 < 2)[:, None]  # some never return
        return Observed(metrics, MEASURE_NAMES, tuple(seeds))

    asked = {"factors": {"patronage": {"path": path, "values": [0.3, 0.4]}}, "trajectories": True, "measure": "quality"}
    study = Study.of({"replicates": 20, **asked})
    run_study(Plan(study, (Variant({}, start),)), tmp_path / "study", simulate, SweepOptions("1"))
    results = load(tmp_path / "study")
    _, caption = draw_loop(results, results.months)
    there, back = caption.description.split("on the way back, at ")
    assert "at a patronage of 0.50" in there
    assert "of resamples that cross)" in back
    assert back.endswith("20 societies. This is the first of 2 points.")


def test_the_caption_of_a_curve_gives_the_ends_of_its_lines_not_of_their_mean(tmp_path):
    start, forms = Parameters().changed({"months": MONTHS}), ["survey", "committee"]
    variants = (
        Variant({"engagement": "survey"}, start.changed({"incentives.merit_protection": 0.0})),
        Variant({"engagement": "committee"}, start.changed({"incentives.merit_protection": 1.0})),
    )
    factor = {**PATRONAGE, "low": 0.4, "high": 0.6}
    study = Study.of({"choices": {"engagement": forms}, "factors": {"p": factor}, "measure": "quality"})
    run_study(Plan(study, variants), tmp_path / "study", made_up, SweepOptions("1"))
    _, caption = draw_curve(load(tmp_path / "study"))
    assert caption.description.startswith("From 0.00 to 1.00,")
