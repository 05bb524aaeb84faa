"""What a map of a comparison shows: each district with and without packages, in the same societies."""

import numpy as np
import pytest

from engagesim import Parameters, simulate
from engagesim.analysis.districts import MOST_SEEDS, by_district
from engagesim.study.intervention_packages import Package, apply
from engagesim.study.observed import Observed

TOWN = Parameters().changed({"population.citizens": 60, "population.districts": 3, "months": 12})
CUTS = Package.model_validate(
    {
        "name": "cuts",
        "interventions": [{"name": "cuts", "start": 0, "where": [1], "set": {"conditions.resources": 0.2}}],
    }
)


def as_it_is(simulating):
    return simulating


def test_districts_are_those_whose_mean_the_comparison_compares():
    found = by_district({"town": TOWN}, {"town": [CUTS]}, range(1, 4), as_it_is)
    ends = simulate([TOWN, apply(CUTS, TOWN)], [1, 2, 3]).measure("quality")[..., -1].mean(axis=1)
    assert found.groupby("package")["quality"].mean().tolist() == pytest.approx(ends.tolist())
    assert found.loc[found["package"] == "baseline", "difference"].eq(0).all()
    cuts = found[found["package"] == "cuts"].set_index("district")["difference"]
    assert cuts[1] < -0.01
    assert cuts.abs().idxmax() == 1


def test_a_place_that_leaves_out_months_of_history_still_has_its_districts():
    def spread(simulating):
        def later(points, seeds):
            every = simulating(points, seeds)
            return Observed(every.metrics[:, :, 6:], every.measures, every.seeds)

        return later

    some, others = (by_district({"t": TOWN}, {"t": []}, range(1, 50), each) for each in (spread, as_it_is))
    assert some.equals(others)
    first = by_district({"t": TOWN}, {"t": []}, range(1, MOST_SEEDS + 1), as_it_is)
    assert np.array_equal(first["quality"], others["quality"])
