"""How a society is put together: people in their districts and posts, and who is tied to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engagesim.agents.citizen import Citizen
from engagesim.agents.official import Official
from engagesim.agents.politician import Politician

if TYPE_CHECKING:
    from engagesim.model import EngagementModel


def populate(
    model: EngagementModel, citizen: type[Citizen], official: type[Official], politician: type[Politician]
) -> tuple[list[Citizen], list[Official], list[Politician]]:
    """Make everyone, in the order of their rows, and give each district its staff and its politician."""
    wiring, districts = model.wiring, model.districts
    citizens = [citizen(model, row, districts[home]) for row, home in enumerate(wiring.district.tolist())]
    officials = [
        official(model, row, districts[wiring.district_of(row)], wiring.role(row))
        for row in range(wiring.citizens, wiring.citizens + wiring.officials)
    ]
    first = wiring.citizens + wiring.officials
    politicians = [politician(model, first + district.row, district) for district in districts]
    staff = wiring.providers + 1
    for district in districts:
        posts = officials[district.row * staff : (district.row + 1) * staff]
        district.manager, district.providers, district.politician = posts[0], posts[1:], politicians[district.row]
    return citizens, officials, politicians


def tie(model: EngagementModel) -> None:
    """Tie everyone to neighbours and each citizen to a service point."""
    wiring, actors = model.wiring, model.actors
    for actor in actors:
        near, kin, far = wiring.first[actor.row], wiring.kin[actor.row], wiring.first[actor.row + 1]
        actor.neighbours = [actors[row] for row in wiring.neighbours[near:far].tolist()]
        actor.kin = actor.neighbours[: kin - near]
    for citizen, point in zip(model.citizens, wiring.service_point.tolist(), strict=True):
        citizen.service_point = model.officials[point]
        citizen.service_point.served += 1
        citizen.home.citizens.append(citizen)
        citizen.home.residents += 1
        citizen.home.manager.served += 1
