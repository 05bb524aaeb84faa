"""Broad coalitions in the social graph: connected members from all three sides."""

import numpy as np
from numpy.typing import NDArray

from engagesim.society.network import Wiring


def broad_members(wiring: Wiring, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the members who belong to a broad coalition.

    A broad coalition is a connected component of members with at least one citizen, one official and one politician.
    A member belongs to one if member neighbours lead from it to all three.

    Parameters
    ----------
    wiring : Wiring
    members : array of bool, shape (agents,)

    Returns
    -------
    array of bool, shape (agents,)
    """
    officials = wiring.citizens
    politicians = officials + wiring.officials
    reached = _reach(wiring, members, range(politicians, wiring.agents))
    reached &= _reach(wiring, reached, range(officials, politicians))
    reached &= _reach(wiring, reached, range(officials))
    return reached


def _reach(wiring: Wiring, members: NDArray[np.bool_], sources: range) -> NDArray[np.bool_]:
    """Flood from the members among ``sources`` over member neighbours."""
    reached = np.zeros_like(members)
    front = [agent for agent in sources if members[agent]]
    reached[front] = True
    while front:
        agent = front.pop()
        around = wiring.neighbours[wiring.first[agent] : wiring.first[agent + 1]]
        fresh = around[members[around] & ~reached[around]]
        reached[fresh] = True
        front.extend(fresh.tolist())
    return reached
