"""Who belongs to the pro-reform coalition, and what it protects its members with.

``me`` is any agent, ``home`` the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import share

ALMOST_NOTHING = 1e-9
"""Stands for the sum of two shares that are both 0, so that it can be divided by."""


@rule
def joins(me, s):
    """Whether an agent is a member this month (1 or 0).

    An active agent joins when the active share of its neighbours, times its own activity, reaches its threshold, less
    the share that brokering takes off it, and stays until that falls below a fraction of the bar. Source: Granovetter
    (1978); leaving and brokering assumed.
    """
    bar = me.threshold * (1.0 - s.coalitions.brokering) * (1.0 - (1.0 - s.coalitions.leaving_share) * me.member)
    return (me.active > 0.0) * (me.active * me.active_share >= bar) * 1


@rule
def organised(home, s):
    """Organised support in a district, in [0, 1]: the harmonic mean of the shares in a broad coalition.

    Both sides of the counter are needed; a share ``1/citizen_scale`` of the citizens counts as all.
    """
    citizens = min(1.0, s.coalitions.citizen_scale * share(home.broad_citizens, home.residents))
    officials = home.broad_officials / home.posts
    return 2.0 * citizens * officials / max(ALMOST_NOTHING, citizens + officials)


@rule
def cover(home, s):
    """What a coalition protects its members with, in [0, 1]: most when its politician is in it."""
    sponsored = s.coalitions.without_sponsor + (1.0 - s.coalitions.without_sponsor) * home.broad_politicians
    return home.organised * sponsored
