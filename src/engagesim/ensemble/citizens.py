"""Phases 3, 5 and 7 of the citizens, many societies at once."""

from typing import Any

from engagesim.ensemble.places import CC, CITIZEN_CHOICE, CITIZEN_ENCOUNTER, CN, DN, OC, ON, PC, S
from engagesim.randomness import uniform_pair
from engagesim.rules import RULES
from engagesim.rules.choice import choose_gated, clip, share
from engagesim.rules.vocabulary import CLIENT, COLLABORATE, CONFRONT

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def choose(month, seeds, district, first, kin, settings, citizens, acts, stances, districts):
    """Citizens are asked to take part, or not, and choose a strategy."""
    _, count, lanes = citizens.shape
    for i in range(count):
        d, each = district[i], share(1, kin[i] - first[i])
        for lane in range(lanes):
            asked_noise, noise = uniform_pair(seeds[lane], month, i, CITIZEN_CHOICE)
            education = clip(citizens[CN.education, i, lane] + settings[S.conditions_education, d, lane])
            vulnerability = clip(citizens[CN.vulnerability, i, lane] + settings[S.conditions_vulnerability, d, lane])
            connected = rules.is_connected(
                citizens[CN.access_rank, i, lane], settings[S.conditions_connected, d, lane], education
            )
            inclusiveness = settings[S.engagement_inclusiveness, d, lane]
            received = rules.received_quality(
                districts[DN.quality, d, lane],
                vulnerability,
                settings[S.citizens_disadvantage, d, lane],
                districts[DN.responsive, d, lane],
                inclusiveness,
                settings[S.engagement_capture, d, lane],
            )
            asked = rules.asked_chance(
                settings[S.conditions_organising, d, lane],
                settings[S.engagement_outreach, d, lane],
                inclusiveness,
                vulnerability,
                settings[S.citizens_recruitment, d, lane],
                settings[S.citizens_recruitment_floor, d, lane],
                settings[S.engagement_collectiveness, d, lane],
                acts[CC.engaged_neighbours, i, lane],
                settings[S.citizens_recall, d, lane],
                citizens[CN.habit, i, lane],
            )
            engaged, clients = acts[CC.engaged_neighbours, i, lane] * each, acts[CC.client_neighbours, i, lane] * each
            aspiration, trust = citizens[CN.aspiration, i, lane], citizens[CN.trust, i, lane]
            solidarity, trust_weight = (
                settings[S.citizens_solidarity, d, lane],
                settings[S.citizens_trust_weight, d, lane],
            )
            value = rules.benefit(
                settings[S.citizens_stake, d, lane],
                settings[S.citizens_dependence, d, lane],
                vulnerability,
                settings[S.citizens_benefit_floor, d, lane],
                settings[S.citizens_benefit_slope, d, lane],
                aspiration,
                received,
            )
            one, two, three = rules.collaborate(
                value,
                rules.success_belief(citizens[CN.efficacy_collaborate, i, lane], trust, trust_weight),
                settings[S.citizens_reach_floor, d, lane],
                settings[S.engagement_influence, d, lane],
                solidarity,
                settings[S.engagement_collectiveness, d, lane],
                engaged,
                settings[S.engagement_opened, d, lane],
                settings[S.citizens_time_price, d, lane],
                settings[S.engagement_time_cost, d, lane],
                inclusiveness,
                vulnerability,
                settings[S.citizens_demands, d, lane],
                education,
                settings[S.citizens_ict_saving, d, lane],
                connected,
                settings[S.citizens_barrier, d, lane],
            )
            four, five, six, seven = rules.confront(
                value,
                rules.success_belief(citizens[CN.efficacy_confront, i, lane], trust, trust_weight),
                settings[S.citizens_leverage_floor, d, lane],
                settings[S.engagement_teeth, d, lane],
                settings[S.citizens_conciliation, d, lane],
                districts[DN.responsive, d, lane],
                solidarity,
                engaged,
                settings[S.citizens_anger, d, lane],
                aspiration,
                received,
                trust,
                settings[S.citizens_confront_cost, d, lane],
                settings[S.incentives_repression, d, lane],
                stances[PC.stance, d, lane],
                settings[S.citizens_tolerated, d, lane],
                settings[S.coalitions_strength, d, lane],
                districts[DN.cover, d, lane],
            )
            eight, nine = rules.client(
                settings[S.incentives_patronage, d, lane],
                settings[S.citizens_favour_value, d, lane],
                citizens[CN.reliance, i, lane],
                settings[S.citizens_need_floor, d, lane],
                vulnerability,
                settings[S.citizens_stigma, d, lane],
                education,
                clients,
            )
            is_asked = (asked_noise < asked) * 1
            gate = is_asked + (1 - is_asked) * settings[S.citizens_spontaneity, d, lane]
            acts[CC.asked, i, lane] = is_asked
            strategy = choose_gated(
                one + two + three,
                four + five + six + seven,
                eight + nine,
                settings[S.citizens_sensitivity, d, lane],
                gate,
                noise,
            )
            is_summoned = (asked_noise < settings[S.citizens_summoned, d, lane]) * 1
            acts[CC.strategy, i, lane] = is_summoned * COLLABORATE + (1 - is_summoned) * strategy


def meet(month, seeds, staff, district, point, settings, citizens, acts, officials, posts, stances):
    """Each citizen who engages succeeds or not; each client gets the favour or not; first times are remembered."""
    _, count, lanes = citizens.shape
    for i in range(count):
        d, o = district[i], point[i]
        m = d * staff
        for lane in range(lanes):
            noise, _ = uniform_pair(seeds[lane], month, i, CITIZEN_ENCOUNTER)
            strategy = acts[CC.strategy, i, lane]
            collaborates, confronts = 1 * (strategy == COLLABORATE), 1 * (strategy == CONFRONT)
            route = (
                collaborates * officials[ON.chance_collaborate, o, lane]
                + confronts * officials[ON.chance_confront, o, lane]
            )
            vulnerability = clip(citizens[CN.vulnerability, i, lane] + settings[S.conditions_vulnerability, d, lane])
            chance = rules.after_capture(
                route,
                settings[S.engagement_capture, d, lane],
                vulnerability,
                posts[OC.disposition, o, lane],
                settings[S.services_capture_guard, d, lane],
            )
            favour = rules.favour_chance(settings[S.services_delivery, d, lane], stances[PC.stance, d, lane])
            succeeds = 1 * (noise < chance) * (collaborates + confronts)
            favoured = 1 * (noise < favour) * (strategy == CLIENT)
            citizens[CN.outcome, i, lane] = succeeds + favoured
            posts[OC.succeeded, o, lane] += succeeds
            posts[OC.succeeded, m, lane] += succeeds
            before = acts[CC.first_engagement, i, lane]
            engages = collaborates + confronts
            is_first = engages * (before < 0)
            is_again = engages * (before >= 0) * (month - before <= 12)
            acts[CC.first_engagement, i, lane] = before + is_first * (month - before)
            acts[CC.first_success, i, lane] += is_first * succeeds
            acts[CC.engaged_again, i, lane] = max(acts[CC.engaged_again, i, lane], is_again)
            acts[CC.funnel, i, lane] = rules.funnel_stage(
                acts[CC.funnel, i, lane],
                settings[S.engagement_opened, d, lane],
                acts[CC.asked, i, lane],
                engages,
                posts[OC.response, o, lane],
                succeeds,
            )


def learn(district, met, settings, citizens, acts, stances, districts, support):
    """Citizens judge their politician, and learn from their own act and from that of one neighbour.

    ``support`` is the sum over the residents of a district, shape (districts, lanes); written.
    """
    _, count, lanes = citizens.shape
    support[:] = 0.0
    for i in range(count):
        d, other, has_kin = district[i], max(0, met[i]), 1.0 * (met[i] >= 0)
        for lane in range(lanes):
            strategy, outcome = acts[CC.strategy, i, lane], citizens[CN.outcome, i, lane]
            stance = stances[PC.stance, d, lane]
            vulnerability = clip(citizens[CN.vulnerability, i, lane] + settings[S.conditions_vulnerability, d, lane])
            received = rules.received_quality(
                districts[DN.quality, d, lane],
                vulnerability,
                settings[S.citizens_disadvantage, d, lane],
                districts[DN.responsive, d, lane],
                settings[S.engagement_inclusiveness, d, lane],
                settings[S.engagement_capture, d, lane],
            )
            aspiration, trust = citizens[CN.aspiration, i, lane], citizens[CN.trust, i, lane]
            support[d, lane] += rules.support(
                strategy,
                outcome,
                stance,
                received,
                aspiration,
                trust,
                settings[S.citizens_approval_floor, d, lane],
                settings[S.citizens_loyalty, d, lane],
                settings[S.incentives_credit, d, lane],
                settings[S.citizens_backlash, d, lane],
                settings[S.engagement_collectiveness, d, lane],
            )
            rate, blame = settings[S.citizens_learning, d, lane], settings[S.citizens_self_blame, d, lane]
            collaborate = rules.learned_efficacy(
                citizens[CN.efficacy_collaborate, i, lane], COLLABORATE, strategy, outcome, rate, blame
            )
            confront = rules.learned_efficacy(
                citizens[CN.efficacy_confront, i, lane], CONFRONT, strategy, outcome, rate, blame
            )
            seen, came = acts[CC.strategy, other, lane], citizens[CN.outcome, other, lane]
            vicarious = settings[S.citizens_vicarious, d, lane] * has_kin
            collaborate = rules.vicarious_efficacy(collaborate, COLLABORATE, seen, came, vicarious, blame)
            confront = rules.vicarious_efficacy(confront, CONFRONT, seen, came, vicarious, blame)
            citizens[CN.efficacy_collaborate, i, lane] = collaborate
            citizens[CN.efficacy_confront, i, lane] = confront
            citizens[CN.habit, i, lane] = rules.next_habit(
                citizens[CN.habit, i, lane],
                strategy,
                outcome,
                settings[S.citizens_habit_rate, d, lane],
                settings[S.citizens_habit_fading, d, lane],
            )
            citizens[CN.trust, i, lane] = rules.learned_trust(
                trust, strategy, outcome, settings[S.citizens_trust_rate, d, lane]
            )
            citizens[CN.reliance, i, lane] = rules.learned_reliance(
                citizens[CN.reliance, i, lane], strategy, outcome, stance, rate, settings[S.citizens_hearsay, d, lane]
            )
            citizens[CN.aspiration, i, lane] = rules.learned_aspiration(
                aspiration,
                received,
                settings[S.citizens_ambition, d, lane],
                clip(citizens[CN.education, i, lane] + settings[S.conditions_education, d, lane]),
                settings[S.conditions_expectations, d, lane],
                settings[S.citizens_aspiration_rate, d, lane],
            )
