"""Known answers and docking: they hold for the model, and they notice another one."""

import numpy as np
import pytest

from engagesim import EngagementModel, Parameters
from engagesim.cli.validate import observed_only
from engagesim.configs.compose import config_folder
from engagesim.engines.compiled import simulate
from engagesim.measures import MEASURE_NAMES
from engagesim.study.intervention_packages import read_catalogue
from engagesim.study.observed import Observed
from engagesim.validation.analytic_checks import dock, known_answers
from engagesim.validation.experiments import SIZES, Laboratory
from engagesim.validation.facts import SHIPPED, read_fact

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

SHORT = read_fact(SHIPPED / "E13.yaml")


def by_agents(points, seeds):
    model = EngagementModel(points[0].changed({"seed": seeds[0]}))
    for _ in range(points[0].months):
        model.step()
    return Observed(np.array(model.observed)[None, None], MEASURE_NAMES, tuple(seeds))


@pytest.fixture(scope="module")
def laboratory():
    return Laboratory(Parameters(), read_catalogue(config_folder()), SIZES["quick"], observed_only)


def test_every_known_answer_holds():
    limits = known_answers(simulate)
    assert [limit for limit in limits if not limit.holds] == []
    assert {limit.theory.partition(" (")[0] for limit in limits} == {
        "Social interactions", "Threshold cascades", "Exponential learning", "Fixed point of services",
    }  # fmt: skip


def test_a_society_that_is_drawn_to_others_less_is_noticed():
    def aloof(points, seeds):
        lower = {"citizens.solidarity": 0.9 * points[0].citizens.solidarity}
        return simulate([points[0].changed(lower)], seeds)

    assert any(not limit.holds for limit in known_answers(aloof) if "bK = 1.5" in limit.case)


def test_both_engines_live_the_same_societies(laboratory):
    found = dock([SHORT], {}, laboratory, by_agents)
    assert (found.societies, found.differing) == (1, 0)
    assert found.numbers > 1000


def test_one_number_that_differs_in_its_last_bit_is_counted(laboratory):
    def almost(points, seeds):
        made = by_agents(points, seeds)
        made.metrics[0, 0, 3, 0] = np.nextafter(made.metrics[0, 0, 3, 0], 1)
        return made

    assert dock([SHORT], {}, laboratory, almost).differing == 1
