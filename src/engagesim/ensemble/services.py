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
            for o in range(m + 1, m + staff):
                response = posts[OC.response, o, lane]
                engaged = share(posts[OC.collaborating, o, lane] + posts[OC.confronting, o, lane], served[o])
                worth = worth + rules.responsiveness(
                    response,
                    settings[S.services_token_work, d, lane],
                    settings[S.services_accommodate_work, d, lane],
                    settings[S.services_voice_gain, d, lane],
                    settings[S.engagement_voice, d, lane],
                    rules.attention(engaged, settings[S.officials_attention_scale, d, lane]),
                    settings[S.services_contribution_gain, d, lane],
                    settings[S.engagement_contribution, d, lane],
                    settings[S.services_practice_gain, d, lane],
                    officials[ON.practice, o, lane],
                    officials[ON.insight, o, lane],
                )
                responsive = responsive + rules.is_responsive(response)
            districts[DN.responsive, d, lane] = responsive / providers
            districts[DN.engaged, d, lane] = share(
                posts[OC.collaborating, m, lane] + posts[OC.confronting, m, lane], served[m]
            )
            districts[DN.quality, d, lane] = rules.next_quality(
                districts[DN.quality, d, lane],
                settings[S.services_gain, d, lane],
                districts[DN.resources, d, lane],
                worth / providers,
                settings[S.services_decay, d, lane],
                settings[S.services_leakage, d, lane],
                settings[S.incentives_patronage, d, lane],
                stances[PC.stance, d, lane],
            )
