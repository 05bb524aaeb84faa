"""Where everybody stands in a picture of a society: districts apart, posts in the middle, citizens around.

Lengths are in steps: neighbours in a district stand about one step apart.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engagesim.society.network import Wiring

type Points = NDArray[np.float64]
type Rows = NDArray[np.int64]

WHOLE = 3000
"""Agents up to which a society is drawn whole; of a larger one some districts are drawn."""

_SAMPLE = 1500
_AREA = 0.40  # of a disc with one citizen in it, over pi: about a step to the next
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_ALLEY = 2.5  # between districts, with room for a name
_LANDSCAPE = 1.25  # columns of districts to rows


@dataclass(frozen=True)
class Layout:
    """Positions of the agents drawn, and the discs of the districts drawn."""

    where: Points  # of every agent, shape (agents, 2); NaN where not drawn
    districts: Rows  # numbers of the districts drawn
    centres: Points  # shape (districts drawn, 2)
    radii: Points  # shape (districts drawn,)
    every: int  # one in so many citizens of these districts is drawn

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Which agents are drawn."""
        return ~np.isnan(self.where[:, 0])

    @property
    def corners(self) -> tuple[Points, Points]:
        """The lower left and the upper right corner of the picture, with room for names under the districts."""
        reach = float(self.radii.max())
        return self.centres.min(axis=0) - (reach + 0.5, reach + 2.0), self.centres.max(axis=0) + (reach + 0.5)

    @property
    def height_over_width(self) -> float:
        """Shape of the picture."""
        low, high = self.corners
        return float((high[1] - low[1]) / (high[0] - low[0]))

    @property
    def is_sample(self) -> bool:
        """Whether some agents are left out."""
        return not self.shown.all()


def arrange(wiring: Wiring) -> Layout:
    """Give everybody a place; the same society always gets the same picture."""
    districts = _sample(wiring)
    residents = [np.flatnonzero(wiring.district == district) for district in districts]
    officials = len(districts) * (wiring.providers + 2)
    room = max(WHOLE - officials, len(districts))
    every = max(1, -(-sum(map(len, residents)) // room))
    residents = [rows[::every] for rows in residents]
    where = np.full((wiring.agents, 2), np.nan)
    radii = np.array(
        [_settle(wiring, where, district, rows) for district, rows in zip(districts.tolist(), residents, strict=True)]
    )
    centres = _grid(len(districts), 2 * float(radii.max()) + _ALLEY)
    place = {int(district): centre for district, centre in zip(districts, centres, strict=True)}
    for agent in np.flatnonzero(~np.isnan(where[:, 0])):
        where[agent] += place[wiring.district_of(int(agent))]
    return Layout(where, districts, centres, radii, every)


def _sample(wiring: Wiring) -> Rows:
    """Choose districts evenly over their numbers, so many that the picture stays legible."""
    if wiring.agents <= WHOLE:
        return np.arange(wiring.districts)
    number = min(wiring.districts, max(1, _SAMPLE * wiring.districts // wiring.agents))
    return np.arange(number) * wiring.districts // number


def _settle(wiring: Wiring, where: Points, district: int, residents: Rows) -> float:
    """Place the agents of one district around its centre; returns its radius."""
    desk = wiring.citizens + district * (wiring.providers + 1)
    where[wiring.citizens + wiring.officials + district] = (0.0, 0.85)
    where[desk] = (0.0, -0.85)
    served = np.bincount(wiring.service_point[residents] - (desk - wiring.citizens), minlength=wiring.providers + 1)[1:]
    ring = max(2.5, 1.7 * wiring.providers / (2 * math.pi))
    where[desk + 1 : desk + 1 + wiring.providers] = _on_circle(ring, _sectors(served))
    inner = ring + 1.0
    # A sunflower: each citizen a golden angle further round, with the same area for each.
    number = np.arange(len(residents), dtype=np.float64) + 0.5
    radii = np.sqrt(inner * inner + _AREA * number)
    angles = (number * _GOLDEN_ANGLE) % (2 * math.pi)
    turn = np.argsort(angles, kind="stable")
    # Those who share a service point stand in one sector around it, in the order of their numbers.
    clients = residents[np.lexsort((residents, wiring.service_point[residents]))]
    where[clients] = _on_circle(radii[turn], angles[turn])
    return float(radii.max(initial=inner)) + 0.5


def _sectors(served: Rows) -> Points:
    """Return the angle of each provider: in the middle of its citizens, as far as its own room allows."""
    weight = served + 2.0 * max(1.0, float(served.mean()))
    middle: Points = np.cumsum(weight) - weight / 2
    return 2 * math.pi * middle / weight.sum()


def _on_circle(radius: float | Points, angle: Points) -> Points:
    """Return points by radius and angle, clockwise from the top."""
    return np.column_stack((radius * np.sin(angle), radius * np.cos(angle)))


def _grid(count: int, cell: float) -> Points:
    """Return the centres of cells in rows, the last row in the middle."""
    columns = min(count, math.ceil(math.sqrt(_LANDSCAPE * count)))
    number = np.arange(count)
    row, column = number // columns, number % columns
    in_row = np.where(row == row.max(), count - row.max() * columns, columns)
    return np.column_stack(((column - (in_row - 1) / 2) * cell, -row * cell))
