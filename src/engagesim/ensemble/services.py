"""Phase 6: services, many societies at once."""

from typing import Any

from engagesim.ensemble.places import DN, OC, ON, PC, S
from engagesim.rules import RULES
from engagesim.rules.choice import share

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def serve(staff, served, settings, officials, posts, stances, districts):
    """The quality of each district's service moves."""
    _, count, lanes = districts.shape
    providers = staff - 1
    for d in range(count):
        m = d * staff
        for lane in range(lanes):
            worth = 0.0
            responsive = 0.0
            reform_minded = 0.0
            grounded = rules.grounded(
                settings[S.engagement_information, d, lane],
                settings[S.engagement_skills, d, lane],
                settings[S.citizens_knowledge_needed, d, lane],
                settings[S.citizens_knowledge_floor, d, lane],
            )
            voice = rules.heard(
                settings[S.engagement_voice, d, lane], settings[S.engagement_directness, d, lane], grounded
            )
            for o in range(m + 1, m + staff):
                response = posts[OC.response, o, lane]
                politics = rules.political_work(
                    settings[S.officials_political_time, d, lane],
                    stances[PC.stance, d, lane],
                    settings[S.incentives_merit_protection, d, lane],
                    posts[OC.disposition, o, lane],
                )
                officials[ON.political_work, o, lane] = politics
                engaged = share(posts[OC.collaborating, o, lane] + posts[OC.confronting, o, lane], served[o])
                worth = worth + rules.responsiveness(
                    response,
                    settings[S.services_token_work, d, lane],
                    settings[S.services_accommodate_work, d, lane],
                    settings[S.services_voice_gain, d, lane],
                    voice,
                    rules.attention(
                        engaged,
                        settings[S.officials_attention_scale, d, lane],
                        settings[S.engagement_directness, d, lane],
                    ),
                    settings[S.services_contribution_gain, d, lane],
                    settings[S.engagement_contribution, d, lane],
                    settings[S.services_practice_gain, d, lane],
                    officials[ON.practice, o, lane],
                    officials[ON.insight, o, lane],
                    settings[S.officials_ability_weight, d, lane],
                    officials[ON.ability, o, lane],
                    settings[S.officials_inexperience, d, lane],
                    rules.experience(posts[OC.tenure, o, lane], settings[S.officials_apprenticeship, d, lane]),
                    politics,
                )
                reform_minded = reform_minded + posts[OC.disposition, o, lane]
                responsive = responsive + rules.is_responsive(response)
            districts[DN.responsive, d, lane] = responsive / providers
            districts[DN.engaged, d, lane] = share(
                posts[OC.collaborating, m, lane] + posts[OC.confronting, m, lane], served[m]
            )
            resources = districts[DN.resources, d, lane]
            attended = rules.attention(
                districts[DN.engaged, d, lane], settings[S.officials_attention_scale, d, lane], 1.0
            )
            checked = rules.tempted(
                settings[S.oversight_diversion, d, lane],
                settings[S.oversight_restraint, d, lane],
                reform_minded / providers,
                settings[S.oversight_windfall, d, lane],
                resources,
            ) * rules.checked(
                districts[DN.scrutiny, d, lane],
                settings[S.oversight_legal_deterrence, d, lane],
                settings[S.oversight_electoral_deterrence, d, lane],
                settings[S.incentives_reelection, d, lane],
                settings[S.oversight_unaudited, d, lane],
            )
            left = rules.after_appeals(
                checked, settings[S.oversight_recourse, d, lane], voice, attended, districts[DN.responsive, d, lane]
            )
            watch, capture = settings[S.oversight_watch, d, lane], settings[S.engagement_capture, d, lane]
            wages = rules.diverted_unwatched(left, watch, attended, 1.0, capture)
            materials = rules.diverted_unwatched(left, watch, attended, grounded, capture)
            districts[DN.diversion_wages, d, lane] = wages
            districts[DN.diversion_materials, d, lane] = materials
            districts[DN.quality, d, lane] = rules.next_quality(
                districts[DN.quality, d, lane],
                settings[S.services_gain, d, lane],
                resources * districts[DN.capacity, d, lane],
                rules.diverted_in_all(wages, materials, settings[S.oversight_wage_share, d, lane]),
                worth / providers,
                settings[S.services_decay, d, lane],
                settings[S.services_leakage, d, lane],
                settings[S.incentives_patronage, d, lane],
                stances[PC.stance, d, lane],
            )
            districts[DN.wellbeing, d, lane] = rules.next_wellbeing(
                districts[DN.wellbeing, d, lane],
                districts[DN.quality, d, lane],
                settings[S.conditions_supplies, d, lane],
                settings[S.services_wellbeing_rate, d, lane],
            )


def services_learn(settings, districts):
    """Those who serve reckon with audits, and their superiors come to waive the penalties of monitoring."""
    _, count, lanes = districts.shape
    for d in range(count):
        for lane in range(lanes):
            districts[DN.scrutiny, d, lane] = rules.next_scrutiny(
                districts[DN.scrutiny, d, lane],
                settings[S.incentives_audit, d, lane],
                settings[S.oversight_scrutiny_rate, d, lane],
                settings[S.oversight_scrutiny_fading, d, lane],
            )
            districts[DN.waived, d, lane] = rules.next_waived(
                districts[DN.waived, d, lane],
                settings[S.incentives_monitoring, d, lane],
                settings[S.engagement_attribution, d, lane],
                settings[S.incentives_senior, d, lane],
                settings[S.oversight_waiving, d, lane],
            )
