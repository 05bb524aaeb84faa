"""The social science: how citizens, officials and politicians decide and change, one plain function a rule.

Each entry of :class:`Rules` is one plain function of whom it concerns (``me``, ``home``, ``post``, ``other``), of the
parameters in force there (``s.incentives.patronage``) and of a few numbers, listed in the order in which a month uses
it. Replace one with ``RULES._replace(name=function)``, keeping its arguments and the number of its results, and hand
the set to an engine: the Mesa model and the compiled engine both follow it, wherever a step or another rule calls it by
name.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from engagesim.rules import citizen, coalition, official, oversight, politician, service

type Rule = Callable[..., Any]


class Rules(NamedTuple):
    """The rules of a society, in the order of the month."""

    # 1. trends: settings move by schedule (see engagesim.policy); connection follows them
    is_connected: Rule = citizen.is_connected

    # 2. politicians: stance, then transfers and refilled posts
    patronage: Rule = politician.patronage
    arms_length: Rule = politician.arms_length
    sponsor: Rule = politician.sponsor
    vacancy_chance: Rule = official.vacancy_chance
    hired_reform_minded: Rule = official.hired_reform_minded
    hired_ability: Rule = official.hired_ability
    hired_loyalty: Rule = official.hired_loyalty
    unsettled: Rule = official.unsettled

    # 3. citizens: asked or not, then a strategy
    received_quality: Rule = citizen.received_quality
    asked_chance: Rule = citizen.asked_chance
    benefit: Rule = citizen.benefit
    success_belief: Rule = citizen.success_belief
    collaborate: Rule = citizen.collaborate
    confront: Rule = citizen.confront
    client: Rule = citizen.client

    # 4. officials: caseload, then a response
    load: Rule = official.load
    seen: Rule = service.seen
    attention: Rule = service.attention
    grounded: Rule = official.grounded
    heard: Rule = official.heard
    watched: Rule = oversight.watched
    pressure: Rule = official.pressure
    exposure: Rule = official.exposure
    drive: Rule = official.drive
    resist: Rule = official.resist
    token: Rule = official.token
    accommodate: Rule = official.accommodate
    cocreate: Rule = official.cocreate

    # 5. encounters: success of those who engage, favours for clients
    collaboration_chance: Rule = service.collaboration_chance
    confrontation_chance: Rule = service.confrontation_chance
    after_capture: Rule = service.after_capture
    favour_chance: Rule = service.favour_chance
    funnel_stage: Rule = citizen.funnel_stage

    # 6. services: what is diverted, the quality of each district, and what it does for people
    political_work: Rule = official.political_work
    experience: Rule = official.experience
    responsiveness: Rule = service.responsiveness
    tempted: Rule = oversight.tempted
    checked: Rule = oversight.checked
    after_appeals: Rule = oversight.after_appeals
    diverted_unwatched: Rule = oversight.diverted_unwatched
    diverted_in_all: Rule = oversight.diverted_in_all
    next_quality: Rule = service.next_quality
    unserved: Rule = citizen.unserved
    next_wellbeing: Rule = service.next_wellbeing

    # 7. learning: trial and error, one's own and one neighbour's
    next_habit: Rule = citizen.next_habit
    learned_efficacy: Rule = citizen.learned_efficacy
    vicarious_efficacy: Rule = citizen.vicarious_efficacy
    learned_trust: Rule = citizen.learned_trust
    learned_reliance: Rule = citizen.learned_reliance
    learned_aspiration: Rule = citizen.learned_aspiration
    support: Rule = citizen.support
    punishment_chance: Rule = official.punishment_chance
    consequence: Rule = official.consequence
    learned_response_belief: Rule = official.learned_response_belief
    learned_practice: Rule = official.learned_practice
    spread_practice: Rule = official.spread_practice
    learned_insight: Rule = official.learned_insight
    morale_target: Rule = official.morale_target
    next_scrutiny: Rule = oversight.next_scrutiny
    next_waived: Rule = oversight.next_waived
    stance_outcome: Rule = politician.stance_outcome
    learned_stance_belief: Rule = politician.learned_stance_belief

    # 8. coalitions: membership, and what a broad coalition protects
    activity: Rule = citizen.activity
    is_responsive: Rule = official.is_responsive
    joins: Rule = coalition.joins
    organised: Rule = coalition.organised
    cover: Rule = coalition.cover

    # 9. elections, every term
    reelection_chance: Rule = politician.reelection_chance
    staying_chance: Rule = politician.staying_chance
    inherited_belief: Rule = politician.inherited_belief
    newcomer_orientation: Rule = politician.newcomer_orientation


RULES = Rules()
"""The rules as they stand in the ODD document."""
