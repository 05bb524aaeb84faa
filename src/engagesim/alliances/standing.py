"""Where actors stand today, and the terms for and against their responding, sponsoring or belonging."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from engagesim.alliances.today import Actor, Ground, Society
from engagesim.engines.mesa import EngagementModel
from engagesim.mechanisms.design import design_of
from engagesim.rules.citizen import grievance, of_peers
from engagesim.rules.organisation import BELONGING_TERMS
from engagesim.rules.vocabulary import Response, Stance
from engagesim.study.snapshot import Snapshot

SEEN = 10
"""Largest number of societies that are examined."""

REFORM = {Response.ACCOMMODATE.name, Response.COCREATE.name, Stance.SPONSOR.name}
"""Options that allow membership in a coalition."""


class Standing(NamedTuple):
    """Where an actor stands today, averaged over the societies that were examined.

    Attributes
    ----------
    actor : Actor
    people : float
        Number of people.
    does : mapping of str to float
        Share of societies or people by what they do: the name of the response or stance, or ``member`` for users.
    belongs : float
        Share who belong to the coalition or, for users, to the organisation.
    support, bar : float
        Support for joining, and the support that the actor needs; for users, the worth of belonging.
    morale : float
        Morale of officials; NaN for others.
    protection : float
        How far merit rules protect posts, 0 to 1.
    terms : mapping of str to float
        Terms for (positive) and against reform, by name, in units of the value of service quality.
    """

    actor: Actor
    people: float
    does: Mapping[str, float]
    belongs: float
    support: float
    bar: float
    morale: float
    protection: float
    terms: Mapping[str, float]


def standings(ground: Ground, numbers: Sequence[int]) -> list[Standing]:
    """Return where every actor stands, from societies given by number."""
    seen = [_seen(ground, ground.society(number)) for number in numbers[:SEEN]]
    return [_mean([each[place] for each in seen]) for place in range(len(ground.actors))]


def _seen(ground: Ground, society: Society) -> list[Standing]:
    model = EngagementModel.restore(_snapshot(society))
    return [_standing(actor, [_agent(model, actor, row) for row in ground.rows(society, actor).tolist()])
            for actor in ground.actors]  # fmt: skip


def _snapshot(society: Society) -> Snapshot:
    measures = design_of(type(society.parameters)).measure_names
    return Snapshot(society.parameters, society.month, society.state, np.zeros((society.month, len(measures))))


def _agent(model: EngagementModel, actor: Actor, row: int) -> Any:
    return {"citizen": model.citizens, "official": model.officials, "politician": model.politicians}[actor.entity][row]


def _standing(actor: Actor, agents: Sequence[Any]) -> Standing:
    count = max(1, len(agents))
    rules: Any = agents[0].model.rules if agents else None
    if actor.entity == "citizen":
        worths = [_belonging(rules, agent) for agent in agents]
        terms = {name: sum(each[place] for each in worths) / count for place, name in enumerate(BELONGING_TERMS)}
        does, support = {"member": sum(agent.member for agent in agents) / count}, sum(terms.values())
        morale = np.nan
    else:
        (agent,) = agents
        terms, morale = _turning(agent.reasons()), agent.morale if actor.entity == "official" else np.nan
        chosen: Any = Response(agent.response) if actor.entity == "official" else Stance(agent.stance)
        does = {chosen.name: 1.0}
        is_official = actor.entity == "official"
        support = (
            rules.official_support(agent, agent.home, agent.s)
            if is_official
            else rules.politician_support(agent.home, agent.s)
        )
    return Standing(
        actor, len(agents), does, sum(agent.member for agent in agents) / count, float(support),
        sum(agent.threshold for agent in agents) / count, morale,
        agents[0].s.incentives.merit_protection if agents else np.nan, terms,
    )  # fmt: skip


def _belonging(rules: Any, agent: Any) -> tuple[float, ...]:
    lacking = grievance(agent, rules.received_quality(agent, agent.home, agent.s))
    company = of_peers(agent, agent.member_neighbours)
    found: tuple[float, ...] = rules.belonging(agent.post, agent.home, agent.s, lacking, company)
    return found


def _turning(reasons: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the terms for the best reform option relative to the best other option."""
    worth = {option: sum(terms.values()) for option, terms in reasons.items()}
    found: defaultdict[str, float] = defaultdict(float)
    for is_reform, sign in ((True, 1.0), (False, -1.0)):
        best = max((option for option in worth if (option in REFORM) == is_reform), key=worth.__getitem__)
        for term, value in reasons[best].items():
            found[term] += sign * value
    return dict(found)


def _mean(seen: Sequence[Standing]) -> Standing:
    """Return the mean standing of one actor over the societies in which somebody stands for it."""
    present = [each for each in seen if each.people] or seen

    def mean(name: str) -> float:
        return float(np.mean([getattr(each, name) for each in present]))

    def means(name: str) -> dict[str, float]:
        keys = sorted({key for each in present for key in getattr(each, name)})
        return {key: float(np.mean([getattr(each, name).get(key, 0.0) for each in present])) for key in keys}

    people = float(np.mean([each.people for each in seen]))
    return Standing(
        seen[0].actor, people, means("does"), mean("belongs"), mean("support"), mean("bar"), mean("morale"),
        mean("protection"), means("terms"),
    )  # fmt: skip
