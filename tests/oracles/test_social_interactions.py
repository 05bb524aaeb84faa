"""Solidarity alone is the binary logit with social interactions of Brock & Durlauf (2001).

The real model is run with everything else switched off:

- one district whose citizens all know each other (a complete graph from an edge-list file), nobody a broker;
- everyone is asked every month (``organising = 1``) and confronts as readily alone as on a call (``uncalled = 1``), and
  no organisation calls (``escalation = 0``), so that both gates stand open;
- no benefit (``stake = 0``), no anger, no repression and no conciliation by officials, so that confronting is worth
  ``J * s - c``: solidarity ``J`` times the share ``s`` of the others who engaged last month, less its cost ``c``;
  with these, beliefs, quality, officials and politicians do not enter a citizen's utility, and learning has no effect;
- collaborating (barrier 2, no channel) and being a client (no patronage, stigma 3 at full education) are worth so
  little that, at sensitivity 100, their weight is ``exp(-40)``.

A citizen then engages with the chance ``1 / (1 + exp(-lambda * (J * s - c)))``, where lambda is the sensitivity. With
``m = 2s - 1`` the mean field of this is ``m = tanh(b * (h + K * m))`` with

    b = lambda / 2,    K = J / 2,    h = J / 2 - c,

whose critical coupling without a field (``h = 0``) is ``b * K = lambda * J / 4 = 1``.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import brentq

from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters

SENSITIVITY = 100.0
CITIZENS = 120
SETTLING, MONTHS = 40, 240


@pytest.fixture
def lone_solidarity(write_table):
    """Return a function that builds the society for a coupling ``b * K`` and a field ``b * h``."""
    pairs = combinations(range(1, CITIZENS + 1), 2)
    ties = write_table("complete.csv", ("source", "target"), pairs)

    def build(coupling: float, field: float) -> LiveSociety:
        solidarity = 4 * coupling / SENSITIVITY
        parameters = Parameters().changed(
            {
                "seed": 20,
                "population.districts": 1,
                "population.providers": 1,
                "population.education_mean": 1.0,
                "population.education_spread": 0.0,
                "population.education_slope": 0.0,
                "network.kind": "file",
                "network.file": ties,
                "network.brokers": 0.0,
                "conditions.organising": 1.0,
                "citizens.uncalled": 1.0,
                "relations.escalation": 0.0,
                "incentives.patronage": 0.0,
                "incentives.repression": 0.0,
                "citizens.sensitivity": SENSITIVITY,
                "citizens.stake": 0.0,
                "citizens.anger": 0.0,
                "citizens.barrier": 2.0,
                "citizens.stigma": 2.0,
                "citizens.solidarity": solidarity,
                "citizens.conciliation": 0.0,
                "citizens.confront_cost": solidarity / 2 - 2 * field / SENSITIVITY,
            }
        )
        return LiveSociety(parameters, logs=False)

    return build


def observed(society: LiveSociety, name: str) -> np.ndarray:
    """Return a measure, month by month."""
    return society.metrics[:, MEASURE_NAMES.index(name)]


def start_with(society: LiveSociety, engaged: int) -> None:
    """Let each citizen have seen that many neighbours engage last month."""
    society.state.column("citizen", "engaged_neighbours")[:] = engaged


def long_run(society: LiveSociety) -> tuple[float, float]:
    """Return the long-run mean of m and its standard error, from means of batches that hardly correlate."""
    society.step(SETTLING + MONTHS)
    m = 2 * observed(society, "engaged")[SETTLING:] - 1
    batches = m.reshape(12, -1).mean(axis=1)
    return float(m.mean()), float(batches.std(ddof=1) / len(batches) ** 0.5)


def root(coupling: float, field: float, low: float, high: float) -> float:
    """Return the root of ``m = tanh(b (h + K m))`` between two numbers."""
    return float(brentq(lambda m: np.tanh(field + coupling * m) - m, low, high))


def shift_of_few(m: float, coupling: float) -> float:
    """Bound what a finite number of citizens moves the mean by: the curve's bend times the noise of the sum.

    To first order the mean moves by ``f'' * v / (2 * (1 - f'))``, with f the mean-field curve and ``v`` the variance of
    m, ``(1 - m^2) / (N * (1 - f'^2))`` for independent choices.
    """
    slope = coupling * (1 - m * m)
    bend = 2 * abs(m) * (1 - m * m) * coupling * coupling
    return bend * (1 - m * m) / (CITIZENS * (1 - slope * slope)) / (2 * (1 - slope))


@pytest.mark.parametrize(
    ("coupling", "field"), [(0.0, -0.4), (0.5, 0.0), (0.5, 0.3), (0.7, -0.2)], ids=lambda number: f"{number:g}"
)
@pytest.mark.parametrize("engaged", [0, CITIZENS - 1], ids=["from_none", "from_all"])
def test_below_the_critical_coupling_the_mean_settles_on_the_one_root(lone_solidarity, coupling, field, engaged):
    society = lone_solidarity(coupling, field)
    start_with(society, engaged)
    mean, error = long_run(society)
    answer = root(coupling, field, -1, 1)
    assert abs(mean - answer) < 4 * error + shift_of_few(answer, coupling)
    assert error < 0.02


@pytest.mark.parametrize("coupling", [1.5, 1.8])
def test_above_the_critical_coupling_the_mean_stays_on_the_root_of_its_start(lone_solidarity, coupling):
    answer = root(coupling, 0.0, 0.1, 1)
    for engaged, side in ((0, -1), (CITIZENS - 1, 1)):
        society = lone_solidarity(coupling, 0.0)
        start_with(society, engaged)
        mean, error = long_run(society)
        assert abs(mean - side * answer) < 4 * error + shift_of_few(answer, coupling)
        assert error < 0.02


def test_nobody_takes_another_road(lone_solidarity):
    society = lone_solidarity(0.5, 0.0)
    society.step(12)
    assert not observed(society, "collaborate").any()
    assert not observed(society, "client").any()
    assert (observed(society, "asked") == 1).all()
    assert (observed(society, "asked") == 1).all()
