"""Measures of societies go by their names, wherever they stand in an array."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES, MEASURES
from engagesim.study.observed import TIMES, Observed, check_mean, dated

NAMES = ("quality", "trust", "engaged")


def observed(seeds=(3, 5), names=NAMES) -> Observed:
    """Numbers that say which point, seed and measure they are of."""
    numbers = [[[[p, s, NAMES.index(name)] for name in names]] for s in seeds for p in range(2)]
    flat = np.array(numbers, dtype=float) @ np.array([100.0, 1.0, 0.01])
    return Observed(flat.reshape(len(seeds), 2, 1, len(names)).swapaxes(0, 1), tuple(names), tuple(seeds))


@given(st.permutations(NAMES))
def test_a_measure_is_the_same_wherever_it_stands(order):
    for name in NAMES:
        assert (observed(names=order).measure(name) == observed().measure(name)).all()
    assert (observed(names=order).only(NAMES).metrics == observed().metrics).all()


def test_societies_are_joined_and_picked_by_name_and_seed():
    joined = Observed.by_seed([observed((3,)), observed((5, 8), NAMES[::-1])])
    assert (joined.metrics == observed((3, 5, 8)).metrics).all()
    assert (joined.on((8, 3)).metrics == observed((8, 3)).metrics).all()
    halves = [observed().points(0, 1), observed(names=NAMES[::-1]).points(1, 2)]
    assert (Observed.by_point(halves).metrics == observed().metrics).all()


@pytest.mark.parametrize("shape", [(2, 2, 1, 2), (2, 3, 1, 3), (2, 2, 3), (2, 2, 1, 1, 3)])
def test_an_array_that_its_names_do_not_fit_is_refused(shape):
    with pytest.raises(ParameterError, match="must have the shape"):
        Observed(np.zeros(shape), NAMES, (3, 5))


def test_a_measure_that_was_not_observed_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="did you mean 'quality'"):
        observed().measure("qualty")


def test_only_a_month_of_what_has_not_happened_is_missing():
    assert TIMES == ("coalition_month",)
    values = np.array([-1.0, 0.0, 7.0])
    for measure in MEASURES:
        expected = [np.nan, 0.0, 7.0] if measure.unit == "month" else values
        assert np.array_equal(dated(measure.name, values), expected, equal_nan=True)


def test_a_month_that_may_never_come_has_no_mean():
    for name in set(MEASURE_NAMES) - {*TIMES}:
        check_mean(name)
    with pytest.raises(ParameterError, match="did you mean 'coalition_formed'"):
        check_mean("coalition_month")
