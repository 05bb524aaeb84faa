"""Kernels for everything that is not done agent by agent: contacts and sums over neighbours.

For each kernel that a month names among its steps, there is a function with that name here. It takes the month and the
:class:`~engagesim.engines.compiled.batch.World`. Lanes are the last axis.
"""

from typing import Any

from engagesim.compiling import rule
from engagesim.month import trends
from engagesim.randomness import Purpose, uniform_pair
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT
from engagesim.society.state import places

CONTACT = int(Purpose.CONTACT)
CITIZEN: Any = places("citizen", "count")
CROWD = 1 << 10
"""Smallest number of peers for which three counts no longer fit into one number."""


@rule
def put_in_force(month, w):
    """Put the month's settings in force."""
    trends.put_in_force(month, w.settings, w.policy.base, w.policy.limits, w.policy.plan, w.policy.reach)


@rule
def copy_rows(block, settings, rows, d):
    """Copy some settings of a district into a block of shape (rows, lanes)."""
    for k in range(rows.shape[0]):
        for lane in range(block.shape[1]):
            block[k, lane] = settings[rows[k], d, lane]


@rule
def copy_column(column, copy):
    """Copy a column of shape (agents, lanes)."""
    for i in range(column.shape[0]):
        for lane in range(column.shape[1]):
            copy[i, lane] = column[i, lane]


@rule
def meet_contacts(month, w):
    """Write whom each agent learns from this month, or -1 for agents without kin (see ``Wiring.contacts``)."""
    first, kin, neighbours = w.wires
    for a in range(kin.shape[0]):
        count = kin[a] - first[a]
        lot, _ = uniform_pair(w.graph, month, w.numbers[a], CONTACT)
        w.met[a] = neighbours[first[a] + int(lot * count)] if count > 0 else -1


@rule
def see_one_by_one(lane, w):
    """Count what the peers of each citizen do in one society, where sums stay in registers."""
    first, kin, neighbours = w.wires
    counts = w.citizen_counts
    for i in range(w.post.shape[0]):
        engaged, clients, members = 0, 0, 0
        for k in range(first[i], kin[i]):
            strategy = counts[CITIZEN.strategy, neighbours[k], lane]
            engaged += (strategy == COLLABORATE) | (strategy == CONFRONT)
            clients += strategy == CLIENT
            members += counts[CITIZEN.member, neighbours[k], lane]
        counts[CITIZEN.engaged_neighbours, i, lane] = engaged
        counts[CITIZEN.client_neighbours, i, lane] = clients
        counts[CITIZEN.member_neighbours, i, lane] = members


@rule
def add_up(column, rows, begin, stop, total):
    """Add up rows of a column of shape (agents, lanes) in order, four at a time, because each step loads the total."""
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
    """Count what peers do in many societies at once, with lanes in the inner loop and three counts in one number."""
    first, kin, neighbours = w.wires
    lanes = w.citizen_counts.shape[2]
    strategies, member = w.citizen_counts[CITIZEN.strategy], w.citizen_counts[CITIZEN.member]
    sums, acts = w.citizen_counts[CITIZEN.engaged_neighbours], w.citizen_counts[CITIZEN.client_neighbours]
    members = w.citizen_counts[CITIZEN.member_neighbours]
    for i in range(acts.shape[0]):
        for lane in range(lanes):
            strategy = strategies[i, lane]
            engages = (strategy == COLLABORATE) + (strategy == CONFRONT)
            acts[i, lane] = engages + CROWD * ((strategy == CLIENT) + CROWD * member[i, lane])
    for i in range(acts.shape[0]):
        add_up(acts, neighbours, first[i], kin[i], sums[i])
    for i in range(acts.shape[0]):
        for lane in range(lanes):
            others = sums[i, lane] // CROWD
            members[i, lane] = others // CROWD
            acts[i, lane] = others % CROWD
            sums[i, lane] = sums[i, lane] % CROWD


@rule
def see_neighbours(_, w):
    """Write how many peers of each citizen engage, are clients, and belong to an organisation."""
    most = 0
    for i in range(w.peers.shape[0]):
        most = max(most, w.peers[i])
    lanes = w.citizen_counts.shape[2]
    if lanes == 1 or most >= CROWD:
        for lane in range(lanes):
            see_one_by_one(lane, w)
    else:
        see_side_by_side(w)
