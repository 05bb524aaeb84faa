"""Noise: the published answers, the same bits from whole numbers and arrays, and no pattern along any argument."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engagesim.randomness import BEFORE, PURPOSES, Purpose, bell, philox, uniform_pair

WORD = st.integers(0, 2**32 - 1)
DRAWS = 20_000
UNLIKELY = 1e-4
"""Chance at which a fixed stream would be refused though it were uniform; about twenty such tests stand here."""


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        # Random123, tests/kat_vectors, lines "philox2x32 10" (Salmon, Moraes, Dror & Shaw 2011).
        ((0x00000000, 0x00000000), 0x00000000, (0xFF1DAE59, 0x6CD10DF2)),
        ((0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFF, (0x2C3F628B, 0xAB4FD7AD)),
        ((0x243F6A88, 0x85A308D3), 0x13198A2E, (0xDD7CE038, 0xF62A4C12)),
    ],
)
def test_the_generator_gives_the_published_answers(counter, key, answer):
    assert philox(*counter, key) == answer


@given(first=WORD, second=WORD, key=WORD)
def test_arrays_and_whole_numbers_get_the_same_bits(first, second, key):
    arrays = philox(*(np.array([word], dtype=np.int64) for word in (first, second, key)))
    assert tuple(int(word[0]) for word in arrays) == philox(first, second, key)


@given(
    seed=WORD,
    month=st.integers(0, BEFORE),
    agents=st.lists(WORD, min_size=1, max_size=20),
    purpose=st.sampled_from(Purpose),
)
def test_a_draw_of_many_agents_is_the_draw_of_each(seed, month, agents, purpose):
    one, other = uniform_pair(seed, month, np.array(agents, dtype=np.int64), int(purpose))
    alone = [uniform_pair(seed, month, agent, int(purpose)) for agent in agents]
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == alone


@given(first=WORD, second=WORD, other=WORD, key=WORD)
def test_two_counters_never_give_the_same_pair_under_one_key(first, second, other, key):
    same_counter = other == second
    assert (philox(first, second, key) == philox(first, other, key)) == same_counter


@given(seed=WORD, month=st.integers(0, BEFORE), agent=WORD, purpose=st.integers(0, PURPOSES - 1))
def test_draws_lie_strictly_between_0_and_1(seed, month, agent, purpose):
    assert all(0 < draw < 1 for draw in uniform_pair(seed, month, agent, purpose))


def test_purposes_have_room_and_do_not_share_numbers():
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose)
    # Sixteen targets share the last numbers (see Purpose.TARGETING).
    assert max(Purpose) == Purpose.TARGETING
    assert Purpose.TARGETING + 15 < PURPOSES


def _along(argument: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw along one argument, the others fixed."""
    count = np.arange(DRAWS, dtype=np.int64)
    arguments = {"seed": 7, "month": 30, "agent": 11, "purpose": 3}
    if argument == "purpose":  # there are few: months go along
        arguments |= {"purpose": count % PURPOSES, "month": count // PURPOSES}
    else:
        arguments[argument] = count
    return uniform_pair(**arguments)


@pytest.mark.parametrize("argument", ["seed", "month", "agent", "purpose"])
class TestNoPattern:
    """Chi-square and correlation tests of 20,000 draws along each argument; the streams are fixed."""

    def test_draws_are_uniform(self, argument):
        for draws in _along(argument):
            counts, _ = np.histogram(draws, bins=100, range=(0, 1))
            assert stats.chisquare(counts).pvalue > UNLIKELY

    def test_next_draws_are_independent(self, argument):
        one, other = _along(argument)
        for left, right in ((one[:-1], one[1:]), (one, other), (one[:-1], other[1:])):
            table, _, _ = np.histogram2d(left, right, bins=10, range=((0, 1), (0, 1)))
            assert stats.chisquare(table.ravel()).pvalue > UNLIKELY

    def test_neighbouring_values_are_uncorrelated(self, argument):
        one, other = _along(argument)
        assert stats.pearsonr(one[:-1], one[1:]).pvalue > UNLIKELY
        assert stats.pearsonr(one, other).pvalue > UNLIKELY


@pytest.mark.parametrize("changed", ["seed", "month", "purpose"])
def test_agents_of_another_stream_draw_independently(changed):
    agents = np.arange(DRAWS, dtype=np.int64)
    stream = {"seed": 7, "month": 30, "purpose": 3}
    here, _ = uniform_pair(agent=agents, **stream)
    there, _ = uniform_pair(agent=agents, **(stream | {changed: stream[changed] + 1}))
    table, _, _ = np.histogram2d(here, there, bins=10, range=((0, 1), (0, 1)))
    assert stats.chisquare(table.ravel()).pvalue > UNLIKELY


class TestBell:
    """Moments of a sum of four uniform numbers scaled to unit variance: 0, 1, 0 and 3 - 6/(5*4) = 2.7."""

    count = 200_000
    draws = bell(5, np.arange(count, dtype=np.int64), int(Purpose.EDUCATION), int(Purpose.EDUCATION_MORE))

    def test_mean_and_spread(self):
        # Standard errors: 1/sqrt(n) of the mean, sqrt((2.7 - 1)/n) of the variance.
        assert abs(self.draws.mean()) < 4 / self.count**0.5
        assert abs(self.draws.var() - 1) < 4 * (1.7 / self.count) ** 0.5

    def test_shape(self):
        # Standard errors near the normal: sqrt(6/n) of the skewness, sqrt(24/n) of the kurtosis.
        assert abs(stats.skew(self.draws)) < 4 * (6 / self.count) ** 0.5
        assert abs(stats.kurtosis(self.draws, fisher=False) - 2.7) < 4 * (24 / self.count) ** 0.5

    def test_reach(self):
        assert np.abs(self.draws).max() < 2 * 3**0.5

    def test_it_is_the_sum_of_four_uniform_numbers(self):
        answer = stats.irwinhall(4, loc=-2 * 3**0.5, scale=3**0.5)
        edges = np.linspace(-3, 3, 61)
        expected = self.count * np.diff(answer.cdf(edges), prepend=0, append=1)
        cells = np.bincount(np.searchsorted(edges, self.draws), minlength=edges.size + 1)
        assert stats.chisquare(cells, expected).pvalue > UNLIKELY
