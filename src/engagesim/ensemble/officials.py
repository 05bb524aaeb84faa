"""Phase 4 and its learning: officials, many societies at once."""

from typing import Any

from engagesim.ensemble.places import (
    CC,
    DC,
    DN,
    OC,
    OFFICIAL_CHOICE,
    OFFICIAL_SANCTION,
    ON,
    PC,
    S,
)
from engagesim.randomness import OFFICE, uniform_pair
from engagesim.rules import RULES
from engagesim.rules.choice import choose_of_four, share, toward
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, COLLABORATE, CONFRONT, RESIST, TOKEN

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def count_cases(staff, district, point, citizens, posts):
    """Officials see who comes; a manager sees the whole district."""
    _, count, lanes = citizens.shape
    posts[OC.collaborating] = 0
    posts[OC.confronting] = 0
    posts[OC.succeeded] = 0
    for i in range(count):
        o, m = point[i], district[i] * staff
        for lane in range(lanes):
            strategy = citizens[CC.strategy, i, lane]
            posts[OC.collaborating, o, lane] += strategy == COLLABORATE
            posts[OC.confronting, o, lane] += strategy == CONFRONT
            posts[OC.collaborating, m, lane] += strategy == COLLABORATE
            posts[OC.confronting, m, lane] += strategy == CONFRONT


def respond(month, seeds, staff, served, settings, officials, posts, stances, districts, manager):
    """Officials weigh their caseload, choose a response, and open the counter."""
    _, count, lanes = officials.shape
    for o in range(count):
        d = o // staff
        for lane in range(lanes):
            noise, _ = uniform_pair(seeds[lane], month, OFFICE + o, OFFICIAL_CHOICE)
            collaborators, confronters = posts[OC.collaborating, o, lane], posts[OC.confronting, o, lane]
            engaged = share(collaborators + confronters, served[o])
            collaborating = share(collaborators, served[o])
            confronting = share(confronters, served[o])
            stance, disposition = stances[PC.stance, d, lane], posts[OC.disposition, o, lane]
            contribution = settings[S.engagement_contribution, d, lane]
            influence, teeth = settings[S.engagement_influence, d, lane], settings[S.engagement_teeth, d, lane]
            voice_value = settings[S.officials_voice_value, d, lane]
            grounded = rules.grounded(
                settings[S.engagement_information, d, lane],
                settings[S.engagement_skills, d, lane],
                settings[S.citizens_knowledge_needed, d, lane],
                settings[S.citizens_knowledge_floor, d, lane],
            )
            voice = rules.heard(
                settings[S.engagement_voice, d, lane], settings[S.engagement_directness, d, lane], grounded
            )
            eyes = rules.watched(
                settings[S.oversight_penalty, d, lane],
                settings[S.incentives_monitoring, d, lane],
                settings[S.engagement_attribution, d, lane],
                districts[DN.waived, d, lane],
            )
            effort, overload = settings[S.officials_effort, d, lane], settings[S.officials_overload, d, lane]
            rents, modest = settings[S.incentives_rents, d, lane], settings[S.officials_reform_rent_share, d, lane]
            practice = officials[ON.practice, o, lane]
            visible = rules.seen(
                settings[S.engagement_visibility, d, lane], settings[S.officials_visibility_floor, d, lane]
            )
            loaded = rules.load(
                engaged,
                settings[S.officials_base_workload, d, lane],
                settings[S.engagement_workload, d, lane],
                districts[DN.resources, d, lane],
                contribution,
                settings[S.officials_relief, d, lane],
            )
            pressed = rules.pressure(
                settings[S.incentives_pressure, d, lane],
                stance,
                settings[S.officials_pressure_arms_length, d, lane],
                settings[S.officials_backing, d, lane],
                settings[S.incentives_merit_protection, d, lane],
                settings[S.coalitions_strength, d, lane],
                districts[DN.cover, d, lane],
            )
            exposed = rules.exposure(
                settings[S.incentives_exposure, d, lane], teeth, grounded, engaged, visible, confronting, eyes
            )
            driven = rules.drive(
                settings[S.officials_intrinsic, d, lane],
                settings[S.officials_clientelist_drive, d, lane],
                disposition,
                officials[ON.morale, o, lane],
                settings[S.officials_autonomy_value, d, lane],
                settings[S.incentives_autonomy, d, lane],
                settings[S.officials_crowding, d, lane],
                settings[S.incentives_supervision, d, lane],
            )
            a, b, c = rules.resist(rents, modest, disposition, exposed, officials[ON.belief_resist, o, lane])
            resist = a + b + c
            a, b, c, e = rules.token(
                rents,
                modest,
                disposition,
                settings[S.officials_token_rent, d, lane],
                exposed,
                settings[S.officials_token_exposure, d, lane],
                settings[S.officials_token_effort, d, lane],
                officials[ON.belief_token, o, lane],
            )
            token = a + b + c + e
            a, b, c, e, f = rules.accommodate(
                driven,
                voice_value,
                voice,
                collaborating,
                effort,
                overload,
                loaded,
                pressed,
                officials[ON.belief_accommodate, o, lane],
            )
            accommodate = a + b + c + e + f
            a, b, c, e, f, g = rules.cocreate(
                driven,
                settings[S.officials_cocreate_drive, d, lane],
                voice_value,
                voice,
                contribution,
                influence,
                collaborating,
                settings[S.officials_practice_value, d, lane],
                practice,
                effort,
                overload,
                loaded,
                pressed,
                manager[DC.manager_response, d, lane],
                settings[S.officials_authority, d, lane],
                officials[ON.belief_cocreate, o, lane],
            )
            cocreate = a + b + c + e + f + g
            response = choose_of_four(
                resist, token, accommodate, cocreate, settings[S.officials_sensitivity, d, lane], noise
            )
            posts[OC.response, o, lane] = response
            officials[ON.load, o, lane] = loaded
            chance = rules.collaboration_chance(
                response,
                settings[S.services_success_resist, d, lane],
                settings[S.services_success_token, d, lane],
                settings[S.services_success_accommodate, d, lane],
                settings[S.services_success_cocreate, d, lane],
                practice,
                influence,
                loaded,
                overload,
                contribution,
            )
            officials[ON.chance_collaborate, o, lane] = chance
            officials[ON.chance_confront, o, lane] = rules.confrontation_chance(
                chance,
                settings[S.services_confront_factor, d, lane],
                teeth,
                settings[S.services_teeth_value, d, lane],
                visible,
                rules.attention(confronting, settings[S.officials_attention_scale, d, lane], 1.0),
            )
    for d in range(manager.shape[1]):
        for lane in range(lanes):
            manager[DC.manager_response, d, lane] = posts[OC.response, d * staff, lane]


def officials_learn(month, seeds, start, staff, served, met, settings, officials, posts, stances, districts, known):
    """Officials learn from what came of their response, and pick up practice; ``known`` is room for it."""
    _, count, lanes = officials.shape
    known[:] = officials[ON.practice]
    for o in range(count):
        d = o // staff
        other = met[start + o] - start
        for lane in range(lanes):
            lot, _ = uniform_pair(seeds[lane], month, OFFICE + o, OFFICIAL_SANCTION)
            response, stance = posts[OC.response, o, lane], stances[PC.stance, d, lane]
            cases = posts[OC.collaborating, o, lane] + posts[OC.confronting, o, lane]
            attended = rules.attention(
                share(cases, served[o]),
                settings[S.officials_attention_scale, d, lane],
                settings[S.engagement_directness, d, lane],
            )
            success = share(posts[OC.succeeded, o, lane], cases)
            merit, cover = settings[S.incentives_merit_protection, d, lane], districts[DN.cover, d, lane]
            rate = settings[S.officials_learning, d, lane]
            grounded = rules.grounded(
                settings[S.engagement_information, d, lane],
                settings[S.engagement_skills, d, lane],
                settings[S.citizens_knowledge_needed, d, lane],
                settings[S.citizens_knowledge_floor, d, lane],
            )
            voice = rules.heard(
                settings[S.engagement_voice, d, lane], settings[S.engagement_directness, d, lane], grounded
            )
            punishment = rules.punishment_chance(
                settings[S.officials_sanction, d, lane], stance, merit, settings[S.coalitions_strength, d, lane], cover
            )
            outcome = rules.consequence(
                response,
                success,
                attended,
                settings[S.incentives_recognition, d, lane],
                rules.seen(settings[S.engagement_visibility, d, lane], settings[S.officials_visibility_floor, d, lane]),
                settings[S.incentives_exposure, d, lane],
                settings[S.engagement_teeth, d, lane],
                grounded,
                (lot < punishment) * 1.0,
                settings[S.incentives_pressure, d, lane],
            )
            officials[ON.belief_resist, o, lane] = rules.learned_response_belief(
                officials[ON.belief_resist, o, lane], RESIST, response, outcome, rate
            )
            officials[ON.belief_token, o, lane] = rules.learned_response_belief(
                officials[ON.belief_token, o, lane], TOKEN, response, outcome, rate
            )
            officials[ON.belief_accommodate, o, lane] = rules.learned_response_belief(
                officials[ON.belief_accommodate, o, lane], ACCOMMODATE, response, outcome, rate
            )
            officials[ON.belief_cocreate, o, lane] = rules.learned_response_belief(
                officials[ON.belief_cocreate, o, lane], COCREATE, response, outcome, rate
            )
            practice = rules.learned_practice(
                known[o, lane],
                response,
                success,
                settings[S.officials_practice_rate, d, lane],
                settings[S.officials_forgetting, d, lane],
            )
            seen = known[other, lane] if other >= 0 else 0.0
            practice = rules.spread_practice(practice, seen, settings[S.officials_spread, d, lane])
            officials[ON.practice, o, lane] = practice
            officials[ON.insight, o, lane] = rules.learned_insight(
                officials[ON.insight, o, lane],
                voice,
                attended,
                response,
                settings[S.officials_insight_rate, d, lane],
                settings[S.officials_insight_fading, d, lane],
                settings[S.officials_insight_floor, d, lane],
            )
            target = rules.morale_target(
                settings[S.officials_morale_base, d, lane],
                posts[OC.disposition, o, lane],
                settings[S.officials_morale_disposition, d, lane],
                response,
                success,
                attended,
                settings[S.officials_morale_success, d, lane],
                settings[S.officials_morale_politicisation, d, lane],
                merit,
                stance,
                settings[S.officials_morale_backing, d, lane],
                cover,
                settings[S.officials_morale_cover, d, lane],
                settings[S.officials_morale_strain, d, lane],
                officials[ON.load, o, lane],
                districts[DN.resources, d, lane],
            )
            officials[ON.morale, o, lane] = toward(
                officials[ON.morale, o, lane], target, settings[S.officials_morale_rate, d, lane]
            )
