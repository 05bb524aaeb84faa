"""How a schedule moves a setting; both engines use the same arithmetic."""

from engagesim.compiling import rule


@rule
def weight(month, start, stop, ramp):
    """Strength of a schedule in a month, in [0, 1]: it rises for ``ramp`` months from ``start`` until ``stop``."""
    running = (month >= start) * (month < stop)
    return running * min(1.0, (month - start + 1.0) / (ramp + 1.0))


@rule
def moved(value, target, is_added, strength):
    """Setting after a move with the given strength, either towards a target or by a fixed amount."""
    return value + strength * (target - (1 - is_added) * value)


@rule
def held(value, low, high):
    """Setting limited to its allowed range."""
    return min(high, max(low, value))
