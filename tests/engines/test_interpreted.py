"""The loops of the compiled engine as they are written: under NUMBA_DISABLE_JIT=1 a wrong index raises.

``make interpreted`` runs this so; with the compiler it is one more comparison of the engines.
"""

import numpy as np
import pytest
from bits import LIVELY

from engagesim import EngagementModel, Parameters
from engagesim.engines.compiled import Options, RunKey, simulate

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered in scalar")  # draws wrap on purpose

SMALL = {"population.citizens": 30, "population.districts": 3, "months": 14, "incentives.term": 6}
FORM = {"engagement.start": 2, "engagement.opened": 1, "engagement.influence": 0.6, "engagement.collectiveness": 0.8}
SOCIETIES = {
    "as it comes": {},
    "a form is open": FORM,
    "coalitions come and go": {**FORM, **LIVELY, "coalitions.persistence": 1},
    "one provider, and nobody knows a broker": {"population.providers": 1, "network.brokers": 0.0},
    "many ties at random": {"network.kind": "erdos_renyi", "network.degree": 12},
    "hubs": {"network.kind": "barabasi_albert"},
    "schedules in some districts": {
        **FORM,
        "interventions": ({"start": 3, "stop": 9, "ramp": 2, "where": [1], "set": {"incentives.patronage": 0.9}},),
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", SOCIETIES)
def test_every_loop_keeps_to_its_arrays_and_to_the_other_engine(kind):
    parameters = Parameters().changed({**SMALL, **SOCIETIES[kind]})
    model = EngagementModel(parameters.changed({"seed": 5}))
    for _ in range(parameters.months):
        model.step()
    many = simulate([parameters], [4, 5], Options(last_state=True, threads=1))
    assert np.array_equal(many.metrics[0, 1], np.array(model.observed))
    assert model.state().same_as(many.states[RunKey(0, 5)])
