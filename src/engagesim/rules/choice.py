"""Choosing and learning: the one rule for all choices, the one rule for all learning, and their arithmetic."""

from engagesim.compiling import rule

MIDDLE = 0.5
"""The middle of a scale from 0 to 1, which the rules take as the usual level."""


@rule
def clip(number):
    """Keep a number within the range [0, 1]."""
    return min(1.0, max(0.0, number))


@rule
def exponential(exponent):
    """Raise e to a power, for exponents from -300 to 300 (held to that range), to a relative error below 2e-8.

    A Taylor polynomial at ``exponent / 2048``, squared eleven times: only products and sums, so that Python and every
    processor give the same bits.
    """
    x = min(300.0, max(-300.0, exponent)) * 0.00048828125
    seventh = 1.0 / 720.0 + x * (1.0 / 5040.0)
    p = 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * seventh)))))
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    return p * p


@rule
def power(base, count):
    """Multiply a number in [0, 1] with itself ``count`` times, a whole number held to at most 31."""
    times = min(31, count)
    result = 1.0 + (times & 1) * (base - 1.0)
    square = base * base
    result = result * (1.0 + ((times >> 1) & 1) * (square - 1.0))
    square = square * square
    result = result * (1.0 + ((times >> 2) & 1) * (square - 1.0))
    square = square * square
    result = result * (1.0 + ((times >> 3) & 1) * (square - 1.0))
    square = square * square
    return result * (1.0 + ((times >> 4) & 1) * (square - 1.0))


@rule
def logistic(odds):
    """Turn log odds into a probability."""
    return 1.0 / (1.0 + exponential(-odds))


@rule
def choose_gated(utilities, gates, sensitivity, noise):
    """Choose among nothing (utility 0) and three actions, the first two of which need an opportunity.

    A logit (quantal response: McKelvey & Palfrey 1995): the odds of an action are ``exp(sensitivity * utility)``,
    relative to doing nothing; for the two that a citizen is asked to or called for, times their gate.

    Parameters
    ----------
    utilities : tuple of float
        Of actions 1, 2 and 3, in units of the value of service quality rising from 0 to 1.
    gates : tuple of float
        Weights of actions 1 and 2, in [0, 1]: 1 when asked, a small number when not.
    sensitivity : float
        How closely choices follow utilities; 0 is a fair coin.
    noise : float in (0, 1)

    Returns
    -------
    int
        0 (nothing), 1, 2 or 3.
    """
    first, second, third = utilities
    one = 1.0 + gates[0] * exponential(sensitivity * first)
    two = one + gates[1] * exponential(sensitivity * second)
    mark = noise * (two + exponential(sensitivity * third))
    return (mark >= 1.0) * 1 + (mark >= one) * 1 + (mark >= two) * 1


@rule
def choose_of_four(first, second, third, fourth, sensitivity, noise):
    """Choose one of four actions by a logit; returns 0, 1, 2 or 3."""
    two = 1.0 + exponential(sensitivity * (second - first))
    three = two + exponential(sensitivity * (third - first))
    mark = noise * (three + exponential(sensitivity * (fourth - first)))
    return (mark >= 1.0) * 1 + (mark >= two) * 1 + (mark >= three) * 1


@rule
def choose_of_three(first, second, third, sensitivity, noise):
    """Choose one of three actions by a logit; returns 0, 1 or 2."""
    two = 1.0 + exponential(sensitivity * (second - first))
    mark = noise * (two + exponential(sensitivity * (third - first)))
    return (mark >= 1.0) * 1 + (mark >= two) * 1


@rule
def toward(belief, outcome, rate):
    """Move a belief towards an outcome: ``belief += rate * (outcome - belief)``."""
    return belief + rate * (outcome - belief)


@rule
def share(count, total):
    """Divide, and call the share of nothing 0."""
    return count / max(1.0, total)
