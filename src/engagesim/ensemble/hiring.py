"""Phase 2 for officials: who leaves a post and who is hired, many societies at once."""

from typing import Any

from engagesim.ensemble.places import OC, OFFICIAL_ABILITY, OFFICIAL_POST, ON, PC, START, S
from engagesim.randomness import OFFICE, uniform_pair
from engagesim.rules import RULES

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def fill_posts(month, seeds, staff, settings, starts, officials, posts, stances):
    """Officials stay in their posts or are replaced by newcomers."""
    _, count, lanes = officials.shape
    for o in range(count):
        d = o // staff
        for lane in range(lanes):
            vacated, hired = uniform_pair(seeds[lane], month, OFFICE + o, OFFICIAL_POST)
            stance, merit = stances[PC.stance, d, lane], settings[S.incentives_merit_protection, d, lane]
            chance = rules.vacancy_chance(
                settings[S.incentives_turnover, d, lane],
                settings[S.incentives_purge, d, lane],
                settings[S.incentives_reshuffle, d, lane],
                stance,
                rules.is_responsive(posts[OC.response, o, lane]),
                stances[PC.new_party, d, lane],
                merit,
            )
            posts[OC.tenure, o, lane] += 1
            posts[OC.refilled, o, lane] = vacated < chance
            if vacated < chance:
                reform_minded = rules.hired_reform_minded(
                    settings[S.incentives_labour_market, d, lane],
                    merit,
                    stance,
                    settings[S.incentives_patron_share, d, lane],
                )
                posts[OC.disposition, o, lane] = hired < reform_minded
                posts[OC.tenure, o, lane] = 0
                posts[OC.response, o, lane] = 0
                posts[OC.member, o, lane] = 0
                officials[ON.morale, o, lane] = starts[START.morale_start, lane]
                officials[ON.insight, o, lane] = settings[S.officials_insight_floor, d, lane]
                officials[ON.belief_resist, o, lane] = 0.0
                officials[ON.belief_token, o, lane] = 0.0
                officials[ON.belief_accommodate, o, lane] = 0.0
                officials[ON.belief_cocreate, o, lane] = 0.0
                officials[ON.practice, o, lane] = 0.0
                able, _ = uniform_pair(seeds[lane], month, OFFICE + o, OFFICIAL_ABILITY)
                officials[ON.ability, o, lane] = rules.hired_ability(
                    able,
                    starts[START.ability_mean, lane],
                    starts[START.ability_spread, lane],
                    settings[S.officials_ability_loss, d, lane],
                    merit,
                    stance,
                )
                officials[ON.loyalty, o, lane] = rules.hired_loyalty(
                    settings[S.officials_premium, d, lane], merit, stance
                )
            elif stances[PC.new_party, d, lane]:
                officials[ON.loyalty, o, lane] = 1.0
                officials[ON.morale, o, lane] = rules.unsettled(
                    officials[ON.morale, o, lane], settings[S.officials_unrest, d, lane], merit
                )
    for d in range(stances.shape[1]):
        for lane in range(lanes):
            stances[PC.new_party, d, lane] = 0
