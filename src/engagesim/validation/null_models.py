"""Null models (trivial rivals of the model), and the settings that switch each mechanism off."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Without(NamedTuple):
    """The model without something: what it says, and the parameters that make it so."""

    says: str
    changes: Mapping[str, Any]


NULL_MODELS: Mapping[str, Without] = {
    "no_heterogeneity": Without(
        "officials are all alike",
        {"officials.reform_rent_share": 1, "officials.clientelist_drive": 1, "officials.morale_disposition": 0,
         "officials.political_time": 0, "services.capture_guard": 0, "oversight.restraint": 0,
         "population.ability_spread": 0, "population.insight_spread": 0, "incentives.patron_share": 1},
    ),
    "no_learning": Without(
        "nobody learns from what happened",
        {"citizens.learning": 0, "citizens.vicarious": 0, "citizens.trust_rate": 0, "citizens.hearsay": 0,
         "citizens.habit_rate": 0, "citizens.aspiration_rate": 0, "officials.learning": 0,
         "officials.practice_rate": 0, "officials.spread": 0, "officials.insight_rate": 0,
         "officials.insight_fading": 0, "politicians.learning": 0},
    ),
    "no_network": Without(
        "nobody sees, asks or follows neighbours",
        {"citizens.recruitment": 0, "citizens.solidarity": 0, "citizens.vicarious": 0, "officials.spread": 0,
         "population.threshold_mean": 1, "population.threshold_spread": 0},
    ),
}  # fmt: skip
"""Models without the ideas of this one; if they meet as many facts, the model explains nothing more."""

MECHANISMS: Mapping[str, Without] = {
    "diversion": Without("officials divert means", {"oversight.diversion": 0}),
    "monitoring penalty": Without("monitoring finds and penalises", {"oversight.penalty": 0}),
    "waiving": Without("over time, superiors waive penalties", {"oversight.waiving": 0}),
    "scrutiny": Without("past audits are remembered", {"oversight.scrutiny_rate": 0}),
    "windfall": Without("more means tempt more", {"oversight.windfall": 0}),
    "recourse": Without("unanswered claims are taken to a centre that acts", {"oversight.recourse": 0}),
    "facts and skills": Without("voice needs facts and skills", {"citizens.knowledge_floor": 1}),
    "waving away": Without("claims with little knowledge are waved away", {"citizens.knowledge_needed": 0}),
    "self-blame": Without("failure teaches less than success", {"citizens.self_blame": 1}),
    "habit": Without("taking part becomes a habit", {"citizens.recall": 0}),
    "dependence": Without("the vulnerable depend on the service", {"citizens.dependence": 0}),
    "demands": Without("demanding forms ask more of the less educated", {"citizens.demands": 0}),
    "autonomy": Without("room to decide adds drive", {"officials.autonomy_value": 0, "officials.crowding": 0}),
    "ability": Without(
        "ability matters, and patrons hire for loyalty",
        {"officials.ability_weight": 0, "officials.ability_loss": 0, "officials.political_time": 0},
    ),
    "supporters' premium": Without("patrons hire supporters", {"officials.premium": 0}),
    "inexperience": Without("newcomers learn the job", {"officials.inexperience": 0}),
    "unrest": Without("a change of party unsettles", {"officials.unrest": 0}),
    "inheritance": Without("newcomers inherit stances", {"politicians.inheritance": 0}),
    "lasting capacity": Without("districts differ for good", {"population.capacity_spread": 0}),
    "diligence": Without("officials see to unmet needs unasked", {"services.diligence": 0}),
    "backlash": Without("the engaged turn from a patron", {"citizens.backlash": 0}),
}
"""Mechanisms that documented facts required, by name, with the settings that switch each off."""
