"""Services alone: quality settles at g / (g + decay + leakage * patronage).

``g = gain * resources * (1 - diverted) * responsiveness``.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Official, Politician
from engagesim.rules.service import next_quality
from engagesim.rules.vocabulary import ARMS_LENGTH, PATRONAGE, SPONSOR
from things import in_force, one

EXACT = 1e-10


def answer(gained: float, lost: float) -> float:
    return gained / (gained + lost)


@given(
    quality=st.floats(0, 1),
    gain=st.floats(0.01, 0.2),
    resources=st.floats(0.05, 3),
    responsive=st.floats(0.1, 1),
    decay=st.floats(0.005, 0.1),
    leakage=st.floats(0, 0.2),
    patronage=st.floats(0, 1),
    stance=st.sampled_from([PATRONAGE, ARMS_LENGTH, SPONSOR]),
    diverted=st.floats(0, 0.6),
)
def test_quality_settles_where_gain_and_loss_balance(
    *, quality, gain, resources, responsive, decay, leakage, patronage, stance, diverted
):
    gained = gain * resources * (1 - diverted) * responsive
    lost = decay + (leakage * patronage if stance == PATRONAGE else 0.0)
    service = {"services.gain": gain, "services.decay": decay, "services.leakage": leakage}
    s = in_force({**service, "incentives.patronage": patronage})
    for _ in range(math.ceil(math.log(EXACT) / math.log(1 - min(0.99, gained + lost)))):
        home = one("district", quality=quality, resources=resources, capacity=1.0, stance=stance)
        quality = next_quality(home, s, diverted, responsive)
    assert quality == pytest.approx(answer(gained, lost), abs=2 * EXACT)


class Steady(Official):
    """Serves the same, whatever happens."""

    steady = 0.4

    def serve(self) -> tuple[float, float, int]:
        _, responds, is_reform_minded = super().serve()
        return self.steady, responds, is_reform_minded


class Patron(Politician):
    def govern(self, stance_noise: float, reconsider_noise: float) -> tuple[int, float, float]:
        return (PATRONAGE, *super().govern(stance_noise, reconsider_noise)[1:])


class Sponsoring(Politician):
    def govern(self, stance_noise: float, reconsider_noise: float) -> tuple[int, float, float]:
        return (SPONSOR, *super().govern(stance_noise, reconsider_noise)[1:])


@pytest.mark.parametrize(("politician", "leaks"), [(Patron, True), (Sponsoring, False)])
def test_quality_settles_so_in_every_district_of_a_society(tiny, politician, leaks):
    gain, decay, leakage, patronage, resources = 0.3, 0.1, 0.2, 0.5, 0.8
    parameters = tiny.changed(
        {
            "services.gain": gain,
            "services.decay": decay,
            "services.leakage": leakage,
            "incentives.patronage": patronage,
            "conditions.resources": resources,
            "population.capacity_spread": 0.0,
            "oversight.diversion": 0.0,
        }
    )
    model = EngagementModel(parameters, official=Steady, politician=politician)
    for _ in range(150):
        model.step()
    settled = answer(gain * resources * Steady.steady, decay + leaks * leakage * patronage)
    assert [district.quality for district in model.districts] == pytest.approx([settled] * 3, abs=EXACT)
