"""What is not done agent by agent: contacts, sums over neighbours, and broad coalitions, for up to 64 societies.

Each entry of the page of the month that is a word has a kernel of that name here, which takes the month and the
:class:`~engagesim.ensemble.world.World`. Lanes are the last axis; a word of a coalition has a bit a lane.
"""

from typing import Any

from engagesim.compiling import rule
from engagesim.ensemble.world import DISTRICT_SUM, SOCIETY_SUM
from engagesim.month import trends
from engagesim.randomness import Purpose, uniform_pair
from engagesim.rules.choice import share
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT
from engagesim.society.state import places

CONTACT = int(Purpose.CONTACT)
CITIZEN: Any = places("citizen", "count")
OFFICIAL: Any = places("official", "count")
POLITICIAN: Any = places("politician", "count")


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
def see_one(wires, acts, active, active_share):
    """See the neighbours in a single society: its sums stay in registers."""
    first, kin, neighbours = wires
    for a in range(active.shape[0]):
        total = 0.0
        for k in range(first[a], first[a + 1]):
            total += active[neighbours[k], 0]
        active_share[a, 0] = share(total, first[a + 1] - first[a])
    for i in range(acts.shape[1]):
        engaged = clients = 0
        for k in range(first[i], kin[i]):
            strategy = acts[CITIZEN.strategy, neighbours[k], 0]
            engaged += (strategy == COLLABORATE) + (strategy == CONFRONT)
            clients += strategy == CLIENT
        acts[CITIZEN.engaged_neighbours, i, 0] = engaged
        acts[CITIZEN.client_neighbours, i, 0] = clients


@rule
def see_many(wires, acts, active, active_share):
    """See the neighbours in many societies: lanes stand side by side in a row, so the loop over them is inside."""
    first, kin, neighbours = wires
    lanes = active.shape[1]
    for a in range(active.shape[0]):
        for lane in range(lanes):
            active_share[a, lane] = 0.0
        for k in range(first[a], first[a + 1]):
            j = neighbours[k]
            for lane in range(lanes):
                active_share[a, lane] += active[j, lane]
        for lane in range(lanes):
            active_share[a, lane] = share(active_share[a, lane], first[a + 1] - first[a])
    for i in range(acts.shape[1]):
        for lane in range(lanes):
            acts[CITIZEN.engaged_neighbours, i, lane] = 0
            acts[CITIZEN.client_neighbours, i, lane] = 0
        for k in range(first[i], kin[i]):
            j = neighbours[k]
            for lane in range(lanes):
                strategy = acts[CITIZEN.strategy, j, lane]
                acts[CITIZEN.engaged_neighbours, i, lane] += (strategy == COLLABORATE) + (strategy == CONFRONT)
                acts[CITIZEN.client_neighbours, i, lane] += strategy == CLIENT


@rule
def see_neighbours(_, w):
    """Write the active share of everyone's neighbours, and how many peers engage or are clients, in their order."""
    if w.active.shape[1] == 1:
        see_one(w.wires, w.citizen_counts, w.active, w.active_share)
    else:
        see_many(w.wires, w.citizen_counts, w.active, w.active_share)


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
