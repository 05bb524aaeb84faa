"""The tallies of a month, agent by agent, in the order of their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engagesim.agents import Citizen, Official, Politician
from engagesim.measures import TALLIES, TALLY
from engagesim.rules.vocabulary import (
    ACCOMMODATE,
    ARMS_LENGTH,
    CLIENT,
    COCREATE,
    COLLABORATE,
    CONFRONT,
    PATRONAGE,
    RESIST,
    SPONSOR,
    TOKEN,
)

if TYPE_CHECKING:
    from engagesim.model import EngagementModel


_FUNNEL = [name for name in TALLIES if name.startswith("funnel_")]


def month_tallies(model: EngagementModel) -> NDArray[np.float64]:
    """Return the tallies of the month just lived, shape (len(TALLIES),)."""
    tally = dict.fromkeys(TALLIES, 0.0)
    for citizen in model.citizens:
        _count_citizen(tally, citizen, model.month)
    for official in model.officials:
        _count_official(tally, official)
    for politician in model.politicians:
        _count_politician(tally, politician)
    _count_districts(tally, model)
    for actor in model.actors:
        tally["broad_activity"] += actor.in_broad_coalition * actor.active_share
    tally["coalition_run"], tally["coalition_month"] = model.coalition_run, model.coalition_month
    return np.array([tally[name] for name in TALLY._fields])


def _count_citizen(tally: dict[str, float], citizen: Citizen, month: int) -> None:
    engaged, client = citizen.engages, citizen.strategy == CLIENT
    received = citizen.received()
    tally["asked"] += citizen.asked
    tally["collaborate"] += citizen.strategy == COLLABORATE
    tally["confront"] += citizen.strategy == CONFRONT
    tally["client"] += client
    tally["succeeded"] += engaged * citizen.outcome
    tally["favoured"] += client * citizen.outcome
    _count_terciles(tally, citizen, received)
    long_ago = citizen.first_engagement >= 0 and month - citizen.first_engagement >= 12
    first = "success" if citizen.first_success else "failure"
    tally[f"first_{first}"] += long_ago
    tally[f"again_after_{first}"] += long_ago * citizen.engaged_again
    for stage, name in enumerate(_FUNNEL, start=1):
        tally[name] += citizen.funnel >= stage
    tally["education"] += citizen.education
    tally["education_engaged"] += engaged * citizen.education
    tally["vulnerability"] += citizen.vulnerability
    tally["vulnerability_engaged"] += engaged * citizen.vulnerability
    tally["vulnerability_client"] += client * citizen.vulnerability
    for belief in ("aspiration", "efficacy_collaborate", "efficacy_confront", "trust", "reliance"):
        tally[belief] += getattr(citizen, belief)
    tally["broad_citizens"] += citizen.in_broad_coalition


def _count_terciles(tally: dict[str, float], citizen: Citizen, received: float) -> None:
    engaged, client = citizen.engages, citizen.strategy == CLIENT
    for group, tercile in (("low_education", 0), ("high_education", 2)):
        belongs = citizen.education_tercile == tercile
        tally[group] += belongs
        tally[f"{group}_engaged"] += belongs * engaged
    for group, tercile in (("least_vulnerable", 0), ("most_vulnerable", 2)):
        belongs = citizen.vulnerability_tercile == tercile
        tally[group] += belongs
        tally[f"{group}_engaged"] += belongs * engaged
        tally[f"{group}_client"] += belongs * client
        tally[f"received_{group}"] += belongs * received
        tally[f"unserved_{group}"] += belongs * citizen.unserved()
    tally["unserved"] += citizen.unserved()


def _count_official(tally: dict[str, float], official: Official) -> None:
    for name, response in (("resist", RESIST), ("token", TOKEN), ("accommodate", ACCOMMODATE), ("cocreate", COCREATE)):
        tally[name] += official.response == response
    shared = 0.5 * (official.response == ACCOMMODATE) + 1.0 * (official.response == COCREATE)
    tally["reform_minded"] += official.disposition
    tally["refilled"] += official.refilled
    tally["ability"] += official.ability
    tally["loyalty"] += official.loyalty
    tally["political_work"] += official.political_work
    tally["morale"] += official.morale
    tally["morale_reform_minded"] += official.disposition * official.morale
    tally["insight"] += official.insight
    tally["practice"] += official.practice
    tally["load"] += official.load
    tally["decision_share"] += shared * official.home.settings.engagement_influence
    tally["broad_officials"] += official.in_broad_coalition


def _count_politician(tally: dict[str, float], politician: Politician) -> None:
    for name, stance in (("patronage", PATRONAGE), ("arms_length", ARMS_LENGTH), ("sponsor", SPONSOR)):
        tally[name] += politician.stance == stance
    tally["new_politicians"] += politician.new_party
    tally["approval"] += politician.approval
    tally["orientation"] += politician.orientation
    tally["broad_politicians"] += politician.in_broad_coalition


def _count_districts(tally: dict[str, float], model: EngagementModel) -> None:
    for district in model.districts:
        tally["quality"] += district.quality
        tally["wellbeing"] += district.wellbeing
        tally["diversion"] += district.diversion
        tally["diversion_wages"] += district.diversion_wages
        tally["diversion_materials"] += district.diversion_materials
        tally["waived"] += district.waived
        tally["resources"] += district.resources
        tally["cover"] += district.cover
        tally["broad_districts"] += district.organised > 0
    mean = tally["quality"] / len(model.districts)
    for district in model.districts:
        tally["quality_deviation"] += (district.quality - mean) * (district.quality - mean)
