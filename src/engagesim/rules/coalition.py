"""Who belongs to the pro-reform coalition, and what it protects its members with."""

from engagesim.compiling import rule


@rule
def joins(activity, active_neighbours, threshold, was_member, leaving_share, brokering):
    """Whether an agent is a member this month (1 or 0).

    An active agent joins when the active share of its neighbours, times its own activity, reaches its threshold, less
    the share that brokering takes off it, and stays until that falls below a fraction of the bar. Source: Granovetter
    (1978); leaving and brokering assumed.
    """
    bar = threshold * (1.0 - brokering) * (1.0 - (1.0 - leaving_share) * was_member)
    return (activity > 0.0) * (activity * active_neighbours >= bar) * 1


@rule
def organised(citizen_share, official_share, citizen_scale):
    """Organised support in a district, in [0, 1]: the harmonic mean of the shares in a broad coalition.

    Both sides of the counter are needed; a share ``1/citizen_scale`` of the citizens counts as all.
    """
    citizens = min(1.0, citizen_scale * citizen_share)
    return 2.0 * citizens * official_share / max(1e-9, citizens + official_share)


@rule
def cover(organised_support, sponsor_member, without_sponsor):
    """What a coalition protects its members with, in [0, 1]: most when its politician is in it."""
    return organised_support * (without_sponsor + (1.0 - without_sponsor) * sponsor_member)
