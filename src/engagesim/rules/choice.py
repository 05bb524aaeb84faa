"""Choosing and learning: one rule for all choices, one rule for all learning, and the arithmetic that they use."""

from engagesim.compiling import rule

MIDDLE = 0.5
"""The middle of a scale from 0 to 1, which the rules treat as the usual level."""


@rule
def clip(number):
    """Keep a number within the range [0, 1]."""
    return min(1.0, max(0.0, number))


@rule
def exponential(exponent):
    """Raise e to a power with a relative error below 2e-8; exponents are limited to the range from -300 to 300.

    The result is a Taylor polynomial at ``exponent / 2048``, squared eleven times. It needs only products and sums, so
    Python and every processor give the same bits.
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
    """Raise a number in [0, 1] to the power of a whole number ``count``, which is limited to 31."""
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
    """Convert log odds to a probability."""
    return 1.0 / (1.0 + exponential(-odds))


@rule
def choose_gated(utilities, gates, sensitivity, noise):
    """Choose between doing nothing (utility 0) and three actions, the first two of which need an opportunity.

    The choice is a logit (quantal response: McKelvey & Palfrey 1995). The odds of an action, relative to doing nothing,
    are ``exp(sensitivity * utility)``. For the two actions that need an opportunity, the odds are multiplied by their
    gates.

    Parameters
    ----------
    utilities : tuple of float
        Utilities of actions 1, 2 and 3, in units of the value of service quality rising from 0 to 1.
    gates : tuple of float
        Weights of actions 1 and 2, in [0, 1]: 1 when asked, a small number when not.
    sensitivity : float
        How closely choices follow utilities; at 0, utilities do not matter.
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
    """Choose one of four actions by a logit; return 0, 1, 2 or 3."""
    two = 1.0 + exponential(sensitivity * (second - first))
    three = two + exponential(sensitivity * (third - first))
    mark = noise * (three + exponential(sensitivity * (fourth - first)))
    return (mark >= 1.0) * 1 + (mark >= two) * 1 + (mark >= three) * 1


@rule
def choose_of_three(first, second, third, sensitivity, noise):
    """Choose one of three actions by a logit; return 0, 1 or 2."""
    two = 1.0 + exponential(sensitivity * (second - first))
    mark = noise * (two + exponential(sensitivity * (third - first)))
    return (mark >= 1.0) * 1 + (mark >= two) * 1


@rule
def toward(belief, outcome, rate):
    """Move a belief towards an outcome: ``belief += rate * (outcome - belief)``."""
    return belief + rate * (outcome - belief)


@rule
def share(count, total):
    """Divide a count by a total; the share of an empty group is 0."""
    return count / max(1.0, total)
