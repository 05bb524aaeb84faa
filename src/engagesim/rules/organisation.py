"""How citizens join, lead and leave the organisation of users at their service point.

In every rule ``me`` is the citizen (or the official of the service point, if the rule says so), ``post`` the official
at the citizen's service point, ``home`` the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import power, share, toward
from engagesim.rules.citizen import vulnerability
from engagesim.rules.vocabulary import CLIENT, PATRONAGE

BELONGING_TERMS = ("need", "hope", "company", "cost", "fear")

YEAR = 12


@rule
def thinking_chance(me, post, s):
    """Chance that a non-member considers joining this month, whether or not somebody asks.

    Contacts who are members ask others to join, leaders call on users, and a collective form brings people together.
    Source: E23 (being asked is the gate), McCarthy & Zald (1977) for leaders.
    """
    asked = s.organisations.recruiting * s.accountability.social
    called = s.organisations.calling * min(1.0, post.leading)
    forum = s.organisations.forum * s.engagement.outreach * s.engagement.collectiveness
    unasked = (1.0 - s.organisations.consider) * (1.0 - called) * (1.0 - forum)
    return 1.0 - unasked * power(1.0 - asked, me.member_neighbours)


@rule
def repressed(home, s):
    """Cost to users of organising or confronting under a patron, reduced by a coalition's protection."""
    return s.incentives.repression * (home.stance == PATRONAGE) * (1.0 - s.coalitions.strength * home.cover)


@rule
def belonging(post, home, s, grievance, company):
    """Terms of belonging: need, hope, company, cost and fear.

    A grievance is a reason to join, and shared success is a reason to stay. It also helps to have company, a leader and
    a form in which people work together. A dispute without an answer wears people out, as does having nothing to do. A
    patron punishes members unless a coalition protects them. Source: Ostrom (1990) for conditional cooperation; form
    assumed.
    """
    waits = (post.promise_due > 0) * 1
    worn = s.organisations.strain * min(1.0, post.dispute / YEAR) * (1 - waits)
    is_busy = max(max((post.dispute > 0) * 1, waits), post.agreement)
    idle = s.organisations.idleness * (1 - is_busy) * (1.0 - min(1.0, post.joint_success))
    joint = s.organisations.invitation * s.engagement.opened * s.engagement.collectiveness
    return (
        s.organisations.need * grievance,
        s.organisations.hope * max(post.joint_success, 1.0 * post.agreement),
        s.organisations.company * company + s.organisations.led * (post.leading > 0) + joint,
        -(s.organisations.cost + worn + idle),
        -repressed(home, s),
    )


@rule
def belongs(me, s, worth, thinks):
    """Whether a citizen is a member (1 or 0): citizens decide when there is an occasion, and join above a threshold.

    Clients of the patron do not join. Source: Granovetter (1978) for thresholds; leaving assumed.
    """
    bar = me.threshold * (1.0 - (1.0 - s.organisations.leaving_share) * me.member)
    wants = (worth >= bar) * (1 - (me.strategy == CLIENT) * (1 - me.member))
    return me.member + thinks * (wants - me.member)


@rule
def rising_chance(me, post, s):
    """Chance that a member becomes a leader: it rises with efficacy, and falls with the number of leaders."""
    return s.organisations.rising * me.efficacy_collaborate / (1.0 + post.leading)


@rule
def ceasing_chance(me, post, home, s):
    """Chance that a leader stops for lack of success, for a patron's favour (source: E31) or to move on."""
    tired = s.organisations.tiring * (1.0 - min(1.0, post.joint_success))
    won_over = s.organisations.co_optation * s.incentives.patronage * (home.stance == PATRONAGE) * vulnerability(me, s)
    return min(1.0, tired + won_over + s.organisations.moving)


@rule
def next_organisation(me, s):
    """How organised the users of a service point are, in [0, 1]; ``me`` is its official.

    It moves towards a strength given by the share of members, or a part of that if nobody leads.
    """
    led = s.organisations.leaderless + (1.0 - s.organisations.leaderless) * (me.leading > 0)
    full = min(1.0, s.organisations.scale * share(me.members, me.served))
    return toward(me.organisation, full * led, s.organisations.building)


@rule
def organised(home, s):
    """How organised the citizens of a district are, in [0, 1]."""
    return min(1.0, s.organisations.scale * share(home.belonging, home.residents))
