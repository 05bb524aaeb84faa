"""A society that is stepped, read and changed while it lives is the one that its parameters describe."""

import numpy as np
import pytest
from bits import LIVELY
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim import Parameters
from engagesim.engines.compiled import Options, RunKey, simulate
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel
from engagesim.errors import ParameterError
from engagesim.parameters import SETTINGS, Intervention

TOWN = Parameters().changed(
    {"population.citizens": 60, "population.districts": 3, "months": 20, "engagement.opened": 1, "engagement.start": 4}
)


def told_in_advance(society: LiveSociety):
    """The same life, simulated from the society's parameters in one go."""
    parameters = society.parameters.changed({"months": society.month})
    return simulate([parameters], [parameters.seed], Options(last_state=True))


def assert_same(society: LiveSociety) -> None:
    other = told_in_advance(society)
    assert np.array_equal(society.metrics, other.metrics[0, 0])
    assert society.state.same_as(other.states[RunKey(0, society.parameters.seed)])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
@settings(max_examples=10, deadline=None)
def test_steps_of_any_length_are_the_same_life_even_beyond_its_months(steps):
    society = LiveSociety(TOWN)
    for months in steps:
        society.step(months)
    assert society.month == sum(steps)
    assert_same(society)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_changes_on_the_way_equal_a_run_with_a_schedule_from_that_month(data):
    society = LiveSociety(TOWN)
    for _ in range(data.draw(st.integers(1, 4), "changes")):
        society.step(data.draw(st.integers(1, 4), "months"))
        setting = data.draw(st.sampled_from(SETTINGS), "setting")
        value = setting.low + data.draw(st.floats(0, 1), "share") * (setting.high - setting.low)
        entries = list(society.parameters.interventions)
        if entries and entries[-1].stop is None and data.draw(st.booleans(), "ends one"):
            entries[-1] = entries[-1].model_copy(update={"stop": society.month})
        society.change([*entries, Intervention(start=society.month, set={setting.path: value})])
    society.step(3)
    assert_same(society)


def test_the_lived_past_cannot_be_changed():
    society = LiveSociety(TOWN)
    society.step(6)
    audit = Intervention(start=6, set={"incentives.audit": 1.0})
    society.change([audit])
    society.step(2)
    for other in (
        [],
        [audit.model_copy(update={"stop": 7})],
        [audit.model_copy(update={"set": {"incentives.audit": 0.5}})],
        [audit, Intervention(start=7, set={"incentives.audit": 0.5})],
    ):
        with pytest.raises(ParameterError, match="must stay the same before month 8"):
            society.change(other)
    society.change([audit.model_copy(update={"stop": 8})])
    society.step()
    assert_same(society)


def waiting(start: int, **changes) -> Intervention:
    return Intervention(start=start, when={"observed": "quality", "at_least": 0.0}, **changes)


@pytest.mark.parametrize("stop", [8, 16])
def test_what_began_on_a_condition_can_be_ended_or_prolonged(stop):
    begun = waiting(0, stop=9, ramp=12, set={"incentives.audit": 1.0})
    society = LiveSociety(TOWN.changed({"interventions": [begun.model_dump()]}))
    society.step(8)
    society.change([begun.model_copy(update={"stop": stop})])
    society.step(8)
    assert_same(society)


def test_what_has_begun_goes_on_if_what_still_waits_moves_behind_it():
    first, last = waiting(0, set={"incentives.audit": 1.0}), waiting(0, lasts=30, set={"conditions.resources": 2.0})
    later = waiting(9, set={"incentives.patronage": 0.0})
    society = LiveSociety(TOWN.changed({"interventions": [each.model_dump() for each in (first, later, last)]}))
    society.step(6)
    society.change([first, last, later])
    society.step(6)
    assert_same(society)


def test_coalitions_and_reasons_are_those_of_the_model_agent_by_agent():
    society = LiveSociety(TOWN.changed({**LIVELY, "population.reform_minded_share": 0.9}))
    model = EngagementModel(society.parameters)
    seen = set()
    for _ in range(20):
        society.step()
        model.step()
        assert society.in_coalition.tolist() == [actor.in_coalition for actor in model.actors]
        seen.add(bool(society.in_coalition.any()))
    restored = EngagementModel.restore(society.snapshot())
    assert [actor.reasons() for actor in restored.actors] == [actor.reasons() for actor in model.actors]
    assert True in seen, "a coalition is needed for the comparison to say something"
