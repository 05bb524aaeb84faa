"""Phase 8: membership, and broad coalitions, found for up to 64 societies at once with one bit each."""

from typing import Any

from engagesim.ensemble.places import CC, DN, OC, PC, SC, S
from engagesim.rules import RULES
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT, SPONSOR

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def see_activity(district, settings, acts, posts, stances, activity):
    """Write how far everyone is pro-reform active, shape (agents, lanes)."""
    _, citizens, lanes = acts.shape
    officials, politicians = posts.shape[1], stances.shape[1]
    for i in range(citizens):
        d = district[i]
        for lane in range(lanes):
            activity[i, lane] = rules.activity(
                acts[CC.strategy, i, lane], settings[S.engagement_collectiveness, d, lane]
            )
    for o in range(officials):
        for lane in range(lanes):
            activity[citizens + o, lane] = rules.is_responsive(posts[OC.response, o, lane])
    for d in range(politicians):
        for lane in range(lanes):
            activity[citizens + officials + d, lane] = 1.0 * (stances[PC.stance, d, lane] == SPONSOR)


def see_neighbours_of_one(first, kin, neighbours, acts, activity, active_share):
    """Do the same for a single society."""
    for i in range(activity.shape[0]):
        active = 0.0
        for k in range(first[i], first[i + 1]):
            active += activity[neighbours[k], 0]
        active_share[i, 0] = share(active, first[i + 1] - first[i])
    for i in range(acts.shape[1]):
        engaged = clients = 0
        for k in range(first[i], kin[i]):
            strategy = acts[CC.strategy, neighbours[k], 0]
            engaged += (strategy == COLLABORATE) + (strategy == CONFRONT)
            clients += strategy == CLIENT
        acts[CC.engaged_neighbours, i, 0] = engaged
        acts[CC.client_neighbours, i, 0] = clients


def see_neighbours(first, kin, neighbours, acts, activity, active_share):
    """Write the active share of everyone's neighbours, and how many peers engage or are clients.

    Neighbours are added up in their order, lane by lane. Many lanes stand side by side in a row, so the loop over them
    is the inner one; a single society is faster with its sums in registers.
    """
    if acts.shape[2] == 1:
        see_neighbours_of_one(first, kin, neighbours, acts, activity, active_share)
        return
    _, citizens, lanes = acts.shape
    for i in range(activity.shape[0]):
        for lane in range(lanes):
            active_share[i, lane] = 0.0
        for k in range(first[i], first[i + 1]):
            j = neighbours[k]
            for lane in range(lanes):
                active_share[i, lane] += activity[j, lane]
        for lane in range(lanes):
            active_share[i, lane] = share(active_share[i, lane], first[i + 1] - first[i])
    for i in range(citizens):
        for lane in range(lanes):
            acts[CC.engaged_neighbours, i, lane] = 0
            acts[CC.client_neighbours, i, lane] = 0
        for k in range(first[i], kin[i]):
            j = neighbours[k]
            for lane in range(lanes):
                strategy = acts[CC.strategy, j, lane]
                acts[CC.engaged_neighbours, i, lane] += (strategy == COLLABORATE) + (strategy == CONFRONT)
                acts[CC.client_neighbours, i, lane] += strategy == CLIENT


def join(begin, home, settings, thresholds, activity, active_share, member, members):
    """Settle the membership of one kind of agent, numbered from ``begin``; ``members`` gets a bit a lane for each.

    ``thresholds`` and ``member``, which is read and written, have shape (agents of the kind, lanes).
    """
    count, lanes = member.shape
    for place in range(count):
        a = begin + place
        d = home[a]
        for lane in range(lanes):
            member[place, lane] = rules.joins(
                activity[a, lane],
                active_share[a, lane],
                thresholds[place, lane],
                member[place, lane],
                settings[S.coalitions_leaving_share, d, lane],
                settings[S.coalitions_brokering, d, lane],
            )
        word = 0
        for lane in range(lanes):
            word |= member[place, lane] << lane
        members[a] = word


def flood(sources, stop, first, neighbours, members, reached, queue, is_queued):
    """Write, for each agent and lane, whether member neighbours lead to it from the members in a range of agents."""
    reached[:] = 0
    waiting = 0
    for a in range(sources, stop):
        if members[a] != 0:
            reached[a] = members[a]
            queue[waiting] = a
            is_queued[a] = 1
            waiting += 1
    while waiting > 0:
        waiting -= 1
        a = queue[waiting]
        is_queued[a] = 0
        word = reached[a]
        for k in range(first[a], first[a + 1]):
            j = neighbours[k]
            fresh = word & members[j] & ~reached[j]
            if fresh != 0:
                reached[j] |= fresh
                if is_queued[j] == 0:
                    queue[waiting] = j
                    is_queued[j] = 1
                    waiting += 1


def find_broad(citizens, officials, first, neighbours, members, reached, queue, is_queued):
    """Keep in ``members`` those whom member neighbours connect to all three sides."""
    agents = members.shape[0]
    politicians = citizens + officials
    flood(politicians, agents, first, neighbours, members, reached, queue, is_queued)
    members[:] = reached
    flood(citizens, politicians, first, neighbours, members, reached, queue, is_queued)
    members[:] = reached
    flood(0, citizens, first, neighbours, members, reached, queue, is_queued)
    members[:] = reached


def count_coalitions(month, staff, home, residents, settings, counted, districts, society, broad, sides):
    """Write the cover of each district and how long coalitions have lasted.

    ``broad`` has a bit a lane for each agent; ``sides`` is room for members by side, shape (3, districts, lanes);
    ``counted`` holds the minimum share and the persistence of each lane.
    """
    _, count, lanes = districts.shape
    agents = broad.shape[0]
    politicians = agents - count
    officials = politicians - count * staff
    sides[:] = 0.0
    for a in range(agents):
        word = broad[a]
        if word == 0:
            continue
        side, d = 1 * (a >= officials) + 1 * (a >= politicians), home[a]
        for lane in range(lanes):
            sides[side, d, lane] += (word >> lane) & 1
    for lane in range(lanes):
        total = 0.0
        for d in range(count):
            organised = rules.organised(
                share(sides[0, d, lane], residents[d]),
                sides[1, d, lane] / staff,
                settings[S.coalitions_citizen_scale, d, lane],
            )
            districts[DN.organised, d, lane] = organised
            districts[DN.cover, d, lane] = rules.cover(
                organised, sides[2, d, lane], settings[S.coalitions_without_sponsor, d, lane]
            )
            total += sides[0, d, lane] + sides[1, d, lane] + sides[2, d, lane]
        large = share(total, agents) >= counted[0, lane]
        run = (society[SC.coalition_run, 0, lane] + 1) * large
        society[SC.coalition_run, 0, lane] = run
        if society[SC.coalition_month, 0, lane] < 0 and run >= counted[1, lane]:
            society[SC.coalition_month, 0, lane] = month - int(counted[1, lane]) + 1
