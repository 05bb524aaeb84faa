"""People and posts as they start: drawn as configured, and each for themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.parameters import FIXED, Parameters, Population, parameter_table
from engagesim.society.state import COLUMNS, State, columns

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

MANY = {"population.citizens": 4000, "network.degree": 2}


def start(changes) -> State:
    return EngagementModel(Parameters().changed(changes)).state()


@pytest.fixture(scope="module")
def many() -> State:
    """A large society whose attributes stay clear of the ends of the scale."""
    calm = {
        "population.vulnerability_spread": 0.1,
        "population.education_spread": 0.1,
        "population.threshold_spread": 0.1,
    }
    return start(MANY | calm | {"population.threshold_mean": 0.5})


def test_attributes_have_the_configured_mean_and_spread(many):
    people = Parameters().population
    count = 4000
    for name, mean, spread in (
        ("vulnerability", people.vulnerability_mean, 0.1),
        ("education", people.education_mean, np.hypot(0.1, people.education_slope * 0.1)),
        ("threshold", 0.5, 0.1),
    ):
        values = many.column("citizen", name)
        assert abs(values.mean() - mean) < 4 * spread / count**0.5
        # Standard error of a standard deviation: at most sqrt(1/2n) of it for these shapes.
        assert abs(values.std() / spread - 1) < 4 * (0.5 / count) ** 0.5


def test_the_vulnerable_are_less_educated_by_the_configured_slope(many):
    education, vulnerability = (many.column("citizen", name)[:, 0] for name in ("education", "vulnerability"))
    slope = np.polyfit(vulnerability, education, 1)[0]
    # Standard error of a slope: residual spread over spread, by sqrt(n); the two spreads are equal.
    assert abs(slope + Parameters().population.education_slope) < 4 / 4000**0.5


def test_terciles_are_thirds_by_rank(many):
    for attribute in ("education", "vulnerability"):
        values, tercile = (many.column("citizen", name)[:, 0] for name in (attribute, f"{attribute}_tercile"))
        assert np.ptp(np.bincount(tercile)) <= 1
        assert values[tercile == 0].max() <= values[tercile == 1].min()
        assert values[tercile == 1].max() <= values[tercile == 2].min()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_officials_are_reform_minded_as_configured(share):
    state = start({"population.districts": 200, "population.reform_minded_share": share})
    minded = state.column("official", "disposition")
    assert abs(minded.mean() - share) <= 4 * (share * (1 - share) / minded.size) ** 0.5


def test_politicians_are_spread_evenly_between_their_ends():
    low, high, districts = 0.2, 0.7, 400
    state = start(
        {"population.districts": districts, "population.orientation_low": low, "population.orientation_high": high}
    )
    orientation = state.column("politician", "orientation")
    assert low <= orientation.min() <= orientation.max() <= high
    assert abs(orientation.mean() - (low + high) / 2) < 4 * (high - low) / (12 * districts) ** 0.5


def test_adding_a_citizen_changes_no_other_citizen():
    few, more = (start({"population.citizens": count}) for count in (60, 61))
    for name in ("education", "vulnerability", "threshold", "access_rank", "efficacy_collaborate", "efficacy_confront"):
        assert np.array_equal(few.column("citizen", name), more.column("citizen", name)[:60])


DRAWN_FROM = {f"population.{name}" for name, field in Population.model_fields.items() if field.annotation is float}
ENDS = {
    row.path: st.sampled_from([row.low, row.high])
    for row in parameter_table()
    if row.path in DRAWN_FROM and not row.path.startswith("population.orientation")
}


def test_people_are_drawn_from_numbers_that_rules_may_read_too():
    assert set(FIXED) >= DRAWN_FROM


@given(st.fixed_dictionaries(ENDS))
def test_everything_starts_on_its_scale(changes):
    state = start({"population.citizens": 30, "population.districts": 2, **changes})
    for column in COLUMNS:
        if column.kind == "number":
            values = state.column(column.entity, column.name)
            assert np.isfinite(values).all()
            assert (values >= 0).all()
            assert (values <= (np.inf if column.name == "capacity" else 1)).all()  # capacity is around 1, not a share


def test_columns_are_named_once_for_each_entity():
    for entity in {column.entity for column in COLUMNS}:
        names = [column.name for column in columns(entity)]
        assert len(set(names)) == len(names)


def test_columns_say_their_unit_and_meaning():
    assert [column for column in COLUMNS if not (column.unit and column.description)] == []


def test_a_state_equals_its_copy_until_a_bit_changes(tiny):
    state = EngagementModel(tiny).state()
    copy = state.lane(0)
    assert state.same_as(copy)
    copy.column("citizen", "trust")[3] = np.nextafter(copy.column("citizen", "trust")[3], 1)
    assert not state.same_as(copy)
