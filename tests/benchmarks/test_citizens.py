"""The C++ and NumPy rivals do what citizens of engagesim do, phase by phase, and so are timed for the same work."""

import sys
from pathlib import Path

import numpy as np
import pytest

from engagesim import EngagementModel
from engagesim.month import MONTH

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from measure import society
from rivals import cpp, numpy_vectorised
from rivals.citizens import PHASES, SETS, taken_from

MONTHS = 30
SUMS = {"organise": ("members", "leading", "aggrieved", "trusting"), "learn": ("support", "voices")}


@pytest.mark.parametrize("rival", [cpp.Citizens, numpy_vectorised.Citizens])
def test_citizens_do_the_same_in_every_phase_of_every_month(rival):
    model = EngagementModel(society(150, MONTHS, incentives__patronage=0.4, seed=5))
    seen = {name: set() for names in SETS.values() for name in names}
    for month in range(MONTHS):
        for phase in MONTH:
            if phase not in PHASES:
                model.live(phase)
                continue
            twin = rival(taken_from(model))
            twin.live(phase, month)
            model.live(phase)
            after = taken_from(model)
            for name in SETS[phase]:
                np.testing.assert_allclose(twin.columns[name], after.columns[name], rtol=1e-12, err_msg=name)
                seen[name] |= set(after.columns[name].tolist())
            for name in SUMS.get(phase, ()):
                owners = model.districts if phase == "learn" else model.officials
                wanted = [getattr(owner, name) for owner in owners if not getattr(owner, "manages", 0)]
                given = [
                    twin.sums[name][owner.row - owners[0].row] for owner in owners if not getattr(owner, "manages", 0)
                ]
                np.testing.assert_allclose(given, wanted, rtol=1e-12, err_msg=name)
        model.month += 1
    assert {name for name, values in seen.items() if len(values) < 2} == set()
    assert seen["strategy"] == {0, 1, 2, 3}
