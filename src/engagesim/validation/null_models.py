"""Null models (trivial rivals of the model), and the settings that switch each mechanism off."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Without(NamedTuple):
    """The model with one part removed: what this part claims, and the parameters that remove it."""

    says: str
    changes: Mapping[str, Any]


NULL_MODELS: Mapping[str, Without] = {
    "no_heterogeneity": Without(
        "officials are all alike",
        {"officials.reform_rent_share": 1, "officials.clientelist_drive": 1, "officials.morale_disposition": 0,
         "officials.political_time": 0, "services.capture_guard": 0, "oversight.restraint": 0,
         "population.ability_spread": 0, "population.insight_spread": 0, "population.threshold_spread": 0,
         "incentives.patron_share": 1},
    ),
    "no_learning": Without(
        "nobody learns from what happened",
        {"citizens.learning": 0, "citizens.vicarious": 0, "citizens.trust_rate": 0, "citizens.trust_in_view": 0,
         "citizens.shaken": 0, "citizens.hearsay": 0, "citizens.habit_rate": 0, "citizens.aspiration_rate": 0,
         "officials.learning": 0, "officials.practice_rate": 0, "officials.spread": 0, "officials.insight_rate": 0,
         "officials.insight_fading": 0, "politicians.learning": 0, "relations.lesson": 0, "relations.sting": 0,
         "relations.memory": 0},
    ),
    "no_network": Without(
        "nobody sees, asks or follows neighbours",
        {"citizens.recruitment": 0, "citizens.solidarity": 0, "citizens.vicarious": 0, "citizens.compared": 0,
         "citizens.stigma_relief": 0, "officials.spread": 0, "organisations.recruiting": 0,
         "organisations.company": 0},
    ),
    "no_commitment": Without(
        "everybody chooses a new position each month",
        {"officials.reconsider": 1, "politicians.reconsider": 1, "politicians.breach": 0,
         "organisations.consider": 1, "organisations.reconsider": 1, "organisations.leaving_share": 1,
         "coalitions.leaving_share": 1, "coalitions.grace": 0},
    ),
}  # fmt: skip
"""Models without the ideas of the full model; if they meet as many facts, the full model explains nothing more."""

MECHANISMS: Mapping[str, Without] = {
    "bargaining": Without("users and officials demand and promise", {"accountability.social": 0}),
    "promises": Without("officials answer demands with promises", {"relations.answering": 0}),
    "escalation": Without("organised users in dispute call for confrontation", {"relations.escalation": 0}),
    "threat": Without("officials fear the confrontation that they expect", {"incentives.confrontation": 0}),
    "broken word": Without(
        "broken promises anger users, and kept ones win their trust",
        {"relations.sting": 0, "relations.lesson": 0, "citizens.shaken": 0},
    ),
    "agreements": Without("an agreement binds the official", {"relations.bond": 0}),
    "leaders": Without("leaders call others and speak for them", {"organisations.calling": 0, "organisations.led": 0,
                       "organisations.leaderless": 1}),
    "company": Without("members recruit the people they know", {"organisations.recruiting": 0,
                       "organisations.company": 0}),
    "weariness": Without("disputes and idleness wear members out", {"organisations.strain": 0,
                         "organisations.idleness": 0}),
    "co-optation": Without("patrons win leaders over", {"organisations.co_optation": 0}),
    "cover": Without("a coalition protects those who belong", {"coalitions.strength": 0, "coalitions.loyalty": 0}),
    "coalition's bond": Without("a coalition binds its officials", {"coalitions.bond": 0}),
    "managers": Without(
        "managers allocate resources, shield providers from users, and sanction them",
        {"officials.allocation": 0, "officials.shield": 0, "officials.sanction_by_manager": 0, "relations.veto": 0},
    ),
    "hierarchy": Without("pressure and protection come from above", {"accountability.bureaucratic": 0}),
    "political accountability": Without("politicians feel what citizens think", {"accountability.political": 0}),
    "brokers": Without("brokers speak for others", {"politicians.brokers_weight": 0, "politicians.at_a_distance": 1}),
    "machine": Without("clients bring a patron votes", {"politicians.machine": 0}),
    "challengers": Without("organised citizens prefer programmatic challengers", {"politicians.challenge": 0}),
    "breach": Without("leaving a platform costs approval", {"politicians.breach": 0}),
    "contributions": Without("users contribute labour, money and goods", {"services.contributing": 0}),
    "legitimacy": Without("trusting users help the service", {"services.legitimacy": 0}),
    "trust in view": Without("trust follows what citizens see, not just their success", {"citizens.trust_in_view": 0}),
    "displacement": Without("diversion moves to where nobody looks", {"oversight.displacement": 0}),
    "diversion": Without("officials divert resources", {"oversight.diversion": 0}),
    "monitoring penalty": Without("monitoring penalises officials who do not respond", {"oversight.penalty": 0}),
    "waiving": Without("over time, superiors waive penalties", {"oversight.waiving": 0}),
    "scrutiny": Without("past audits are remembered", {"oversight.scrutiny_rate": 0}),
    "windfall": Without("more resources tempt officials more", {"oversight.windfall": 0}),
    "recourse": Without("citizens take unanswered claims to a central authority that acts", {"oversight.recourse": 0}),
    "facts and skills": Without("voice needs facts and skills", {"citizens.knowledge_floor": 1}),
    "waving away": Without("officials wave away claims based on little knowledge", {"citizens.knowledge_needed": 0}),
    "self-blame": Without("failure teaches less than success", {"citizens.self_blame": 1}),
    "habit": Without("taking part becomes a habit", {"citizens.recall": 0}),
    "dependence": Without("the vulnerable depend on the service", {"citizens.dependence": 0}),
    "demands": Without("demanding forms ask more of the less educated", {"citizens.demands": 0}),
    "autonomy": Without("discretion adds drive", {"officials.autonomy_value": 0, "officials.crowding": 0}),
    "ability": Without(
        "ability matters, and patrons hire for loyalty",
        {"officials.ability_weight": 0, "officials.ability_loss": 0, "officials.political_time": 0},
    ),
    "supporters' premium": Without("patrons hire supporters", {"officials.premium": 0}),
    "inexperience": Without("newcomers learn the job", {"officials.inexperience": 0}),
    "unrest": Without("a change of party unsettles officials", {"officials.unrest": 0}),
    "inheritance": Without("newcomers inherit experience with a stance", {"politicians.inheritance": 0}),
    "lasting capacity": Without("districts differ permanently", {"population.capacity_spread": 0}),
    "diligence": Without("officials meet unmet needs without being asked", {"services.diligence": 0}),
    "backlash": Without("citizens who engage turn away from a patron", {"citizens.backlash": 0}),
}  # fmt: skip
"""Mechanisms by name, each with its claim and the settings that switch it off."""
