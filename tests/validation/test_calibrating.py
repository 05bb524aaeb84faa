"""Calibration: on a landscape whose best place is known, and from the command line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim import Parameters
from engagesim.validation.calibrate import (
    FRESH,
    Effort,
    Tried,
    belongs,
    calibrate,
    screen,
    share_of_prior,
)
from engagesim.validation.facts import SHIPPED, read_facts
from engagesim.validation.parameter_sets import PRIOR, from_unit, to_unit

FACTS = read_facts(SHIPPED)
NAMES = [fact.id for fact in FACTS]
GOAL = 0.35


def away(some):
    """How far a set lies from the goal: the first parameters count, the others do nothing."""
    return float(np.abs(to_unit(some)[:4] - GOAL).max())


def bowl(sets, size, shift):
    """Each fact is met within a distance of its own from the goal."""
    found = []
    for some in sets:
        reach = np.linspace(0.45, 0.05, len(NAMES))
        met = tuple(name for name, far in zip(NAMES, reach, strict=True) if away(some) < far)
        found.append(Tried(dict(some), met, {name: float(np.exp(-away(some))) for name in NAMES}))
    return found


def effort(**changed):
    return Effort(**{"prior": 60, "search": 1500, "walk": 80, "judged": 12, "keep": 4, "seed": 3, **changed})


@pytest.fixture(scope="module")
def found():
    return calibrate(FACTS, [], effort(), bowl)


def test_the_search_comes_nearer_than_the_prior_and_its_members_belong(found):
    assert min(away(tried.set) for tried in found.search) < min(away(tried.set) for tried in found.prior)
    assert 1 <= len(found.members) <= 4
    assert all(belongs(tried, FACTS) for tried in found.members)


def test_every_set_lies_within_the_prior_and_is_a_society(found):
    for tried in (*found.prior[:5], *found.search[-5:], *found.members):
        assert all(low <= tried.set[path] <= high for path, (low, high) in PRIOR.items())
        Parameters().changed(tried.set)


def test_the_same_seed_finds_the_same(found):
    assert calibrate(FACTS, [], effort(), bowl) == found


def test_members_are_judged_on_seeds_that_the_search_has_not_seen():
    shifts = set()

    def noted(sets, size, shift):
        shifts.add((size.trials, shift))
        return bowl(sets, size, shift)

    calibrate(FACTS, [], effort(search=48), noted)
    assert {shift for trials, shift in shifts if trials < 10} == {0}
    assert {shift for trials, shift in shifts if trials == 10} == {FRESH}


def test_a_known_set_is_begun_from():
    known = from_unit(np.full(len(PRIOR), GOAL))
    found = calibrate(FACTS, [known], effort(prior=6, search=7), bowl)
    assert found.members[0].met == tuple(NAMES)


def test_nobody_belongs_where_a_pattern_is_missing():
    every = Tried({}, tuple(NAMES), {})
    assert belongs(every, FACTS)
    patterns = [fact.id for fact in FACTS if fact.role == "pattern"]
    assert not belongs(every._replace(met=tuple(name for name in NAMES if name != patterns[0])), FACTS)


def test_four_fifths_of_the_calibration_facts_are_enough_and_less_is_not():
    wanted = [fact.id for fact in FACTS if fact.role == "calibration"]
    least = -(-4 * len(wanted) // 5)
    patterns = tuple(fact.id for fact in FACTS if fact.role == "pattern")
    assert belongs(Tried({}, (*wanted[:least], *patterns), {}), FACTS)
    assert not belongs(Tried({}, (*wanted[: least - 1], *patterns), {}), FACTS)


def test_a_share_of_nothing_found_has_an_upper_bound():
    none = [Tried({}, (), {})] * 100
    belonging, low, high = share_of_prior(none, FACTS)
    assert (belonging, low) == (0, 0)
    assert 0.02 < high < 0.05  # the rule of three gives 0.03


@given(st.lists(st.floats(0, 1), min_size=len(PRIOR), max_size=len(PRIOR)))
def test_places_in_the_prior_and_parameter_sets_are_two_ways_to_say_the_same(shares):
    assert to_unit(from_unit(np.array(shares))) == pytest.approx(shares, abs=2e-4)


def test_screening_finds_the_parameters_that_matter():
    def line(sets, size, shift):
        return [
            Tried(dict(some), (), {name: float(to_unit(some)[0] + 0.2 * to_unit(some)[5]) for name in NAMES})
            for some in sets
        ]

    table = screen(line, 3, 1)
    names = list(PRIOR)
    first, second = names[0], names[5]
    assert list(table["parameter"][:2]) == [first, second]
    assert table["mu_star"][0] == pytest.approx(1, abs=1e-3)
    assert table["mu_star"][1] == pytest.approx(0.2, abs=1e-3)
    assert (table["mu_star"][2:] < 1e-3).all()
