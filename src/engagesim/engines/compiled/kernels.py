"""Kernels that do not go agent by agent: contacts, sums over neighbours, and coalitions, for up to 64 societies.

Each entry of the page of the month that is a word has a kernel of that name here, which takes the month and the
:class:`~engagesim.engines.compiled.batch.World`. Lanes are the last axis; a word of a coalition has a bit a lane.
"""

from typing import Any

from engagesim.compiling import rule
from engagesim.engines.compiled.batch import DISTRICT_SUM, SOCIETY_SUM
from engagesim.month import trends
from engagesim.randomness import Purpose, uniform_pair
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT
from engagesim.society.state import places

CONTACT = int(Purpose.CONTACT)
CITIZEN: Any = places("citizen", "count")
OFFICIAL: Any = places("official", "count")
POLITICIAN: Any = places("politician", "count")
CROWD = 1 << 15
"""More peers than can be counted two ways in one number."""


@rule
def put_in_force(month, w):
    """Put the month's settings in force."""
    trends.put_in_force(month, w.settings, w.policy.base, w.policy.limits, w.policy.plan, w.policy.reach)


@rule
def copy_rows(block, settings, rows, d):
    """Copy some settings of a district, side by side, shape (rows, lanes)."""
    for k in range(rows.shape[0]):
        for lane in range(block.shape[1]):
            block[k, lane] = settings[rows[k], d, lane]


@rule
def copy_column(column, copy):
    """Copy a column, shape (agents, lanes)."""
    for i in range(column.shape[0]):
        for lane in range(column.shape[1]):
            copy[i, lane] = column[i, lane]


@rule
def meet_contacts(month, w):
    """Write whom each agent learns from this month; -1 for those without kin (see ``Wiring.contacts``)."""
    first, kin, neighbours = w.wires
    for a in range(kin.shape[0]):
        count = kin[a] - first[a]
        lot, _ = uniform_pair(w.graph, month, w.numbers[a], CONTACT)
        w.met[a] = neighbours[first[a] + int(lot * count)] if count > 0 else -1


@rule
def see_one_by_one(lane, w):
    """See the neighbours of one agent after the other, in one society: sums stay in registers."""
    first, kin, neighbours = w.wires
    counts, active, active_share = w.citizen_counts, w.active, w.active_share
    citizens = w.post.shape[0]
    for a in range(active.shape[0]):
        total, engaged, clients = 0.0, 0, 0
        peers = kin[a] if a < citizens else first[a]
        for k in range(first[a], peers):
            strategy = counts[CITIZEN.strategy, neighbours[k], lane]
            total += active[neighbours[k], lane]
            engaged += (strategy == COLLABORATE) | (strategy == CONFRONT)
            clients += strategy == CLIENT
        for k in range(peers, first[a + 1]):
            total += active[neighbours[k], lane]
        active_share[a, lane] = share(total, first[a + 1] - first[a])
        if a < citizens:
            counts[CITIZEN.engaged_neighbours, a, lane] = engaged
            counts[CITIZEN.client_neighbours, a, lane] = clients


@rule
def add_up(column, rows, begin, stop, total):
    """Add up some rows of a column, shape (agents, lanes), in order; four at a time, as each time loads the total."""
    for lane in range(total.shape[0]):
        total[lane] = 0
    fours = begin + (stop - begin) // 4 * 4
    for k in range(begin, fours, 4):
        one, two, three, four = rows[k], rows[k + 1], rows[k + 2], rows[k + 3]
        for lane in range(total.shape[0]):
            total[lane] = total[lane] + column[one, lane] + column[two, lane] + column[three, lane] + column[four, lane]
    for k in range(fours, stop):
        for lane in range(total.shape[0]):
            total[lane] += column[rows[k], lane]


@rule
def see_side_by_side(w):
    """See the neighbours in many societies at once: the loop over lanes is inside."""
    first, kin, neighbours = w.wires
    lanes = w.active.shape[1]
    for a in range(w.active.shape[0]):
        add_up(w.active, neighbours, first[a], first[a + 1], w.active_share[a])
        for lane in range(lanes):
            w.active_share[a, lane] = share(w.active_share[a, lane], first[a + 1] - first[a])
    strategies = w.citizen_counts[CITIZEN.strategy]
    sums, acts = w.citizen_counts[CITIZEN.engaged_neighbours], w.citizen_counts[CITIZEN.client_neighbours]
    for i in range(acts.shape[0]):
        for lane in range(lanes):
            strategy = strategies[i, lane]
            acts[i, lane] = (strategy == COLLABORATE) + (strategy == CONFRONT) + CROWD * (strategy == CLIENT)
    for i in range(acts.shape[0]):
        add_up(acts, neighbours, first[i], kin[i], sums[i])
    for i in range(acts.shape[0]):
        for lane in range(lanes):
            acts[i, lane] = sums[i, lane] // CROWD
            sums[i, lane] = sums[i, lane] % CROWD


@rule
def see_neighbours(_, w):
    """Write the active share of everyone's neighbours, and how many peers engage or are clients, in their order."""
    most = 0
    for i in range(w.peers.shape[0]):
        most = max(most, w.peers[i])
    if w.active.shape[1] == 1 or most >= CROWD:
        for lane in range(w.active.shape[1]):
            see_one_by_one(lane, w)
    else:
        see_side_by_side(w)


@rule
def note_members(begin, member, members):
    """Write a word for each agent of one kind: a bit for each lane in which it is a member."""
    for a in range(member.shape[0]):
        word = 0
        for lane in range(member.shape[1]):
            word |= member[a, lane] << lane
        members[begin + a] = word


@rule
def flood(begin, stop, w):
    """Keep as members those to whom member neighbours lead from the members in a range of agents.

    Who is reached anew waits in a ring, first come, first served: so many societies are passed on at a time.
    """
    first, _, neighbours = w.wires
    members, reached, queue, is_queued = w.members, w.reached, w.queue, w.is_queued
    agents = members.shape[0]
    reached[:] = 0
    head = tail = waiting = 0
    for a in range(begin, stop):
        if members[a] != 0:
            reached[a] = members[a]
            queue[tail] = a
            is_queued[a] = 1
            tail += 1
            waiting += 1
    tail = 0 if tail == agents else tail
    while waiting > 0:
        a = queue[head]
        head = 0 if head + 1 == agents else head + 1
        waiting -= 1
        is_queued[a] = 0
        word = reached[a]
        for k in range(first[a], first[a + 1]):
            j = neighbours[k]
            fresh = word & members[j] & ~reached[j]
            if fresh != 0:
                reached[j] |= fresh
                if is_queued[j] == 0:
                    queue[tail] = j
                    is_queued[j] = 1
                    tail = 0 if tail + 1 == agents else tail + 1
                    waiting += 1
    for a in range(agents):
        members[a] = reached[a]


@rule
def find_broad(_, w):
    """Find those whom member neighbours connect to all three sides, and sum them up by district and side."""
    citizens, agents, lanes = w.post.shape[0], w.members.shape[0], w.active.shape[1]
    politicians = citizens + w.served.shape[0]
    note_members(0, w.citizen_counts[CITIZEN.member], w.members)
    note_members(citizens, w.official_counts[OFFICIAL.member], w.members)
    note_members(politicians, w.politician_counts[POLITICIAN.member], w.members)
    flood(politicians, agents, w)
    flood(citizens, politicians, w)
    flood(0, citizens, w)
    sums, activity = w.district_sums, w.society_sums[SOCIETY_SUM.broad_activity, 0]
    sums[DISTRICT_SUM.broad_citizens] = 0.0
    sums[DISTRICT_SUM.broad_officials] = 0.0
    sums[DISTRICT_SUM.broad_politicians] = 0.0
    activity[:] = 0.0
    for a in range(agents):
        word = w.members[a]
        if word == 0:
            continue
        side, d = DISTRICT_SUM.broad_citizens + 1 * (a >= citizens) + 1 * (a >= politicians), w.home[a]
        for lane in range(lanes):
            bit = (word >> lane) & 1
            sums[side, d, lane] += bit
            activity[lane] += bit * w.active_share[a, lane]
