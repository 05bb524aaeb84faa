"""The social science: how citizens, officials and politicians decide and change, one plain function per rule.

The entries of :class:`Rules` are plain functions, listed in the order in which a month uses them. The arguments of a
rule are the people and places that it concerns (``me``, ``home``, ``post``, ``other``), the parameters in force there
(``s.incentives.patronage``) and a few numbers. To replace a rule, write ``RULES._replace(name=function)``, keep its
arguments and the number of its results, and pass the new set to an engine. The Mesa model and the compiled engine both
use the replacement wherever a step or another rule calls the rule by name.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from engagesim.rules import citizen, coalition, official, organisation, oversight, politician, relation, service

type Rule = Callable[..., Any]


class Rules(NamedTuple):
    """The rules of a society, in the order of the month."""

    # 1. trends: settings move by schedule (see engagesim.policy); connection follows them
    is_connected: Rule = citizen.is_connected

    # 2. politicians: platform, then transfers and refilled posts
    patronage: Rule = politician.patronage
    arms_length: Rule = politician.arms_length
    sponsor: Rule = politician.sponsor
    changes_platform: Rule = politician.changes_platform
    next_transition: Rule = politician.next_transition
    vacancy_chance: Rule = official.vacancy_chance
    hired_reform_minded: Rule = official.hired_reform_minded
    hired_ability: Rule = official.hired_ability
    hired_loyalty: Rule = official.hired_loyalty
    unsettled: Rule = official.unsettled

    # 3. organisations: who belongs, who leads
    received_quality: Rule = citizen.received_quality
    thinking_chance: Rule = organisation.thinking_chance
    belonging: Rule = organisation.belonging
    belongs: Rule = organisation.belongs
    rising_chance: Rule = organisation.rising_chance
    ceasing_chance: Rule = organisation.ceasing_chance
    next_organisation: Rule = organisation.next_organisation

    # 4. relations: what falls due, demands, promises, confrontations
    means: Rule = service.means
    keeping_chance: Rule = relation.keeping_chance
    agrees: Rule = relation.agrees
    next_reliability: Rule = relation.next_reliability
    next_anger: Rule = relation.next_anger
    next_joint_success: Rule = relation.next_joint_success
    demand_chance: Rule = relation.demand_chance
    answer_chance: Rule = relation.answer_chance
    escalation_chance: Rule = relation.escalation_chance
    next_threat: Rule = relation.next_threat

    # 5. citizens: asked or not, then a strategy
    asked_chance: Rule = citizen.asked_chance
    called_weight: Rule = citizen.called_weight
    benefit: Rule = citizen.benefit
    success_belief: Rule = citizen.success_belief
    collaborate: Rule = citizen.collaborate
    confront: Rule = citizen.confront
    client: Rule = citizen.client

    # 6. officials: caseload, then perhaps another way of working
    load: Rule = official.load
    seen: Rule = service.seen
    attention: Rule = service.attention
    grounded: Rule = official.grounded
    heard: Rule = official.heard
    reconsider_chance: Rule = official.reconsider_chance
    watched: Rule = oversight.watched
    pressure: Rule = official.pressure
    felt_threat: Rule = official.felt_threat
    exposure: Rule = official.exposure
    drive: Rule = official.drive
    bond: Rule = official.bond
    resist: Rule = official.resist
    token: Rule = official.token
    accommodate: Rule = official.accommodate
    cocreate: Rule = official.cocreate

    # 7. encounters: success of those who engage, favours for clients
    collaboration_chance: Rule = service.collaboration_chance
    confrontation_chance: Rule = service.confrontation_chance
    after_capture: Rule = service.after_capture
    favour_chance: Rule = service.favour_chance
    funnel_stage: Rule = citizen.funnel_stage

    # 8. services: what is brought and diverted, the quality of each district, and what it does for people
    next_contributions: Rule = service.next_contributions
    political_work: Rule = official.political_work
    experience: Rule = official.experience
    responsiveness: Rule = service.responsiveness
    tempted: Rule = oversight.tempted
    checked: Rule = oversight.checked
    after_appeals: Rule = oversight.after_appeals
    diverted_unwatched: Rule = oversight.diverted_unwatched
    displaced: Rule = oversight.displaced
    diverted_in_all: Rule = oversight.diverted_in_all
    next_quality: Rule = service.next_quality
    unserved: Rule = citizen.unserved
    next_wellbeing: Rule = service.next_wellbeing

    # 9. learning: trial and error, one's own and one neighbour's
    heard_for: Rule = citizen.heard_for
    support: Rule = citizen.support
    learned_efficacy: Rule = citizen.learned_efficacy
    vicarious_efficacy: Rule = citizen.vicarious_efficacy
    next_habit: Rule = citizen.next_habit
    trust_in_view: Rule = citizen.trust_in_view
    learned_trust: Rule = citizen.learned_trust
    learned_reliance: Rule = citizen.learned_reliance
    learned_aspiration: Rule = citizen.learned_aspiration
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

    # 10. coalitions: who joins, when one stands, why it ends, and what it protects
    activity: Rule = citizen.activity
    is_responsive: Rule = official.is_responsive
    organised: Rule = organisation.organised
    backing: Rule = politician.backing
    official_may_join: Rule = coalition.official_may_join
    politician_may_join: Rule = coalition.politician_may_join
    official_support: Rule = coalition.official_support
    politician_support: Rule = coalition.politician_support
    joins: Rule = coalition.joins
    lacks_sponsor: Rule = coalition.lacks_sponsor
    lacks_members: Rule = coalition.lacks_members
    ending: Rule = coalition.ending
    cover: Rule = coalition.cover

    # 11. elections, by each district's calendar
    newcomer_orientation: Rule = politician.newcomer_orientation
    reelection_chance: Rule = politician.reelection_chance
    staying_chance: Rule = politician.staying_chance
    inherited_belief: Rule = politician.inherited_belief


RULES = Rules()
"""The rules that the ODD document describes."""
