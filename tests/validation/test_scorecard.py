"""The model against its facts, in the quick form: enough to see a rule or a default that breaks what was reached.

docs/validation.md says which facts the ensemble meets, and each fact that is missed says why. At the quick size a trial
is ten districts and there are four trials, so that a fact near the edge of its tolerance fails now and then: hence the
margin.
"""

import pytest
import yaml

from engagesim import Parameters
from engagesim.cli.validate import observed_only
from engagesim.configs.compose import config_folder
from engagesim.study.intervention_packages import read_catalogue
from engagesim.validation.experiments import SIZES, Laboratory
from engagesim.validation.facts import SHIPPED, read_facts
from engagesim.validation.null_models import NULL_MODELS
from engagesim.validation.parameter_sets import PRIOR, calibration_of
from engagesim.validation.scoring import Validation, jointly, validate

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

CALIBRATION = calibration_of(yaml.safe_load((config_folder() / "calibration" / "default.yaml").read_text("utf-8")))

SETS = CALIBRATION.sets[:3]
"""The most central set of the ensemble and two others: what a quick test can bear."""

REPORTED = {"calibration": 10, "pattern": 7}
"""Facts of each role that the ensemble meets in the report in the documents."""

MARGIN = 3
"""Facts that noise may decide at the quick size."""


def validated(null_models: bool) -> Validation:
    laboratory = Laboratory(Parameters(), read_catalogue(config_folder()), SIZES["quick"], observed_only)
    return validate(
        read_facts(SHIPPED),
        SETS,
        laboratory,
        asks=({name: SETS for name in NULL_MODELS if null_models}, False),
    )


@pytest.fixture(scope="module")
def found() -> Validation:
    return validated(null_models=False)


@pytest.mark.parametrize("role", REPORTED)
def test_the_ensemble_meets_about_as_many_facts_as_the_report_says(found, role):
    assert len(found.card.met(role)) >= REPORTED[role] - MARGIN


def test_what_the_ensemble_misses_says_why(found):
    met = found.card.met()
    assert len([fact.id for fact in found.card.facts if fact.id not in met and not fact.fails]) <= MARGIN


@pytest.mark.slow
def test_no_null_model_meets_enough_facts_and_every_pattern_at_once():
    found = validated(null_models=True)
    assert {name: jointly(cards) for name, cards in found.rivals_each.items()} == dict.fromkeys(found.rivals, 0)


def test_every_set_names_the_whole_prior_and_lies_within_it():
    for some in CALIBRATION.sets:
        assert set(some) == set(PRIOR)
        assert all(low <= some[path] <= high for path, (low, high) in PRIOR.items())
