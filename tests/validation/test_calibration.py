"""A calibration as a file, and societies that take its sets in turn."""

import numpy as np
import pytest
import yaml

from engagesim import MODEL_VERSION, Parameters
from engagesim.configs.compose import config_folder
from engagesim.errors import EngagementError
from engagesim.parameters import parameter_table
from engagesim.study.observed import Observed
from engagesim.validation.parameter_sets import (
    PRIOR,
    Calibration,
    calibration_of,
    sets_for,
    spread_over,
    to_unit,
    under,
    write_calibration,
)

SETS = ({"citizens.learning": 0.1}, {"citizens.learning": 0.2}, {"citizens.learning": 0.7})
LEFT_OUT = {"fact": "E02", "prior": 0.3, "predicted": 0.8, "score": 0.04}


def noted(provenance):
    """Return a calibration with notes on how it was made."""
    return {"sets": SETS, "provenance": provenance}


def echo(points, seeds):
    """Metrics that say which learning and which seed a society had."""
    said = np.array([[[[point.citizens.learning, seed]] for seed in seeds] for point in points])
    return Observed(said, ("learning", "seed"), tuple(seeds))


def test_societies_take_the_sets_in_turn_by_their_seed_with_and_without_a_package():
    points = [Parameters(), Parameters().changed({"conditions.resources": 0.5})]
    found = spread_over(SETS, echo)(points, [3, 4, 5, 6, 10])
    assert found.seeds == (3, 4, 5, 6, 10)
    learning = found.measure("learning")
    assert learning[0, :, 0].tolist() == [0.1, 0.2, 0.7, 0.1, 0.2]
    assert (learning[0] == learning[1]).all()
    assert found.measure("seed")[0, :, 0].tolist() == [3, 4, 5, 6, 10]


def test_what_parameters_say_themselves_goes_before_a_calibrated_set():
    said = Parameters().changed({"citizens.learning": 0.55})
    assert under(said, SETS[0]).citizens.learning == 0.55
    assert under(Parameters(), SETS[0]).citizens.learning == 0.1


def test_no_calibration_changes_nothing():
    nothing = yaml.safe_load((config_folder() / "calibration" / "none.yaml").read_text("utf-8"))
    assert under(Parameters(), *calibration_of(nothing).sets) == Parameters()


def test_what_is_written_is_read_again(tmp_path):
    made = Calibration(description="d", provenance={"by": {"hand": 3}}, sets=SETS)
    write_calibration(tmp_path / "mine.yaml", made)
    assert calibration_of(yaml.safe_load((tmp_path / "mine.yaml").read_text("utf-8"))) == made


def test_the_prior_goes_both_ways_from_every_default_and_stays_in_the_range_of_the_parameter():
    rows = {row.path: row for row in parameter_table()}
    for path, (low, high) in PRIOR.items():
        row = rows[path]
        is_off = low == row.default == row.low  # a mechanism that calibration may switch on
        assert is_off or row.low <= low < row.default < high <= row.high, path


def test_drawn_sets_are_the_defaults_and_others_near_them_and_the_same_for_the_same_seed():
    first, *others = calibration_of({"drawn": {"sets": 5, "width": 0.2, "seed": 3}}).sets
    assert Parameters().changed(first) == Parameters()
    assert len({tuple(some.values()) for some in others}) == 4
    away = [np.abs(to_unit(some) - to_unit(first)) for some in others]
    assert 0.04 < np.mean(away) < np.max(away) < 0.1001
    assert calibration_of({"drawn": {"sets": 5, "width": 0.2, "seed": 3}}).sets == (first, *others)
    assert calibration_of({"drawn": {"sets": 5, "width": 0.2, "seed": 4}}).sets[1:] != tuple(others)


def test_contexts_get_a_drawn_set_each_and_those_of_an_ensemble_in_turn():
    drawn = calibration_of({"drawn": {"sets": 5, "width": 0.2, "seed": 3}})
    many = sets_for(drawn, 40)
    assert (len(many), many[:5]) == (40, drawn.sets)
    assert len({some["citizens.anger"] for some in many}) == 40
    assert sets_for(drawn, 3) == drawn.sets[:3]
    assert sets_for(calibration_of({"sets": SETS}), 40) == tuple(SETS)


def test_a_calibration_of_another_version_of_the_model_is_refused():
    found = {"provenance": {"model_version": f"{MODEL_VERSION} with fatigue (0a1b2c3d)"}, "sets": SETS}
    assert calibration_of(found).sets == SETS
    with pytest.raises(EngagementError, match="model_version = '3': must be"):
        calibration_of({**found, "provenance": {"model_version": "3"}})


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"sets": []}, "must have either sets, one or more, or drawn"),
        ({"sets": SETS, "drawn": {"sets": 2, "width": 0.1, "seed": 1}}, "must have either sets, one or more, or drawn"),
        ({"drawn": {"sets": 2, "width": 3, "seed": 1}}, "calibration.drawn.width"),
        ({"sets": [{"citizens.learnng": 0.5}]}, "did you mean 'citizens.learning'"),
        ({"sets": [{"citizens.learning": 5}]}, "must be a number from 0 to 1"),
        ({"sets": [{"months": 24}, {"months": 36}]}, "calibration.sets[0].months = 24: must be left out"),
        ({"sets": SETS[:1], "more": 1}, "calibration.more"),
        ([1], "calibration"),
        ({"sets": SETS, "rivals": {"no_learning": []}}, "rivals.no_learning = []: must be a list of one or more"),
        ({"sets": SETS, "rivals": {"no_lerning": SETS}}, "did you mean 'no_learning'"),
        (noted({"pinned": [{"parameter": "months", "width": 1}]}), "provenance.pinned[0].p: missing; must be a number"),
        (noted({"judged": {"sets": 3}}), "provenance.judged.facts short at most: missing; must be a whole number"),
        (noted({"rivals": {"no_learning": {}}}), "rivals.no_learning.left_out: missing; must be a list"),
        (noted({"rivals": {"no_learner": {"left_out": []}}}), "did you mean 'no_learning'"),
        (noted({"left_out": [LEFT_OUT], "rivals": {"no_learning": {"left_out": []}}}), "must have the facts of"),
    ],
)
def test_what_is_no_calibration_is_refused_in_one_line(tree, said):
    with pytest.raises(EngagementError) as refused:
        calibration_of(tree)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_reports_do_not_read_may_be_noted_in_any_form():
    notes = {
        "by": ["me"],
        "judged": {"facts short at most": 3, "by": "me"},
        "pinned": [{"parameter": "citizens.learning", "width": 0.3, "p": 0.1, "note": None}],
    }
    assert calibration_of(noted(notes)).provenance == notes
