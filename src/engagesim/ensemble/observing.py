"""Phase 10: the month's tallies, lane by lane, in the order of the agents' numbers."""

from typing import Any

from engagesim.ensemble.places import CC, CN, DN, OC, ON, PC, PN, SC, TALLY, S
from engagesim.rules import RULES
from engagesim.rules.choice import clip
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

rules: Any = RULES
"""The set of rules; another may be bound when the engine is built."""


def tally_fixed(citizens, acts, fixed):
    """Write what does not change: sizes of the groups, and sums of education and vulnerability."""
    _, count, lanes = citizens.shape
    fixed[:] = 0.0
    for i in range(count):
        for lane in range(lanes):
            fixed[0, lane] += citizens[CN.education, i, lane]
            fixed[1, lane] += citizens[CN.vulnerability, i, lane]
            fixed[2, lane] += acts[CC.education_tercile, i, lane] == 0
            fixed[3, lane] += acts[CC.education_tercile, i, lane] == 2
            fixed[4, lane] += acts[CC.vulnerability_tercile, i, lane] == 0
            fixed[5, lane] += acts[CC.vulnerability_tercile, i, lane] == 2


def tally_acts(citizens, acts, tally):
    """Add what citizens do and get to the tallies of a month, shape (tallies, lanes)."""
    _, count, lanes = citizens.shape
    for i in range(count):
        for lane in range(lanes):
            strategy, outcome = acts[CC.strategy, i, lane], citizens[CN.outcome, i, lane]
            collaborates, confronts = 1.0 * (strategy == COLLABORATE), 1.0 * (strategy == CONFRONT)
            client = 1.0 * (strategy == CLIENT)
            tally[TALLY.asked, lane] += acts[CC.asked, i, lane]
            tally[TALLY.collaborate, lane] += collaborates
            tally[TALLY.confront, lane] += confronts
            tally[TALLY.client, lane] += client
            tally[TALLY.succeeded, lane] += (collaborates + confronts) * outcome
            tally[TALLY.favoured, lane] += client * outcome


def tally_groups(acts, tally):
    """Add who engages and who is a client, by education and vulnerability."""
    _, count, lanes = acts.shape
    for i in range(count):
        for lane in range(lanes):
            strategy = acts[CC.strategy, i, lane]
            engaged = 1.0 * (strategy == COLLABORATE) + 1.0 * (strategy == CONFRONT)
            client = 1.0 * (strategy == CLIENT)
            education, vulnerability = acts[CC.education_tercile, i, lane], acts[CC.vulnerability_tercile, i, lane]
            tally[TALLY.low_education_engaged, lane] += (education == 0) * engaged
            tally[TALLY.high_education_engaged, lane] += (education == 2) * engaged
            tally[TALLY.least_vulnerable_engaged, lane] += (vulnerability == 0) * engaged
            tally[TALLY.most_vulnerable_engaged, lane] += (vulnerability == 2) * engaged
            tally[TALLY.least_vulnerable_client, lane] += (vulnerability == 0) * client
            tally[TALLY.most_vulnerable_client, lane] += (vulnerability == 2) * client


def tally_first_times(month, acts, tally):
    """Add whether first engagements of a year ago or longer were repeated."""
    _, count, lanes = acts.shape
    for i in range(count):
        for lane in range(lanes):
            began, worked = acts[CC.first_engagement, i, lane], acts[CC.first_success, i, lane]
            long_ago = 1 * (began >= 0) * (month - began >= 12)
            again = acts[CC.engaged_again, i, lane]
            tally[TALLY.first_success, lane] += long_ago * worked
            tally[TALLY.first_failure, lane] += long_ago * (1 - worked)
            tally[TALLY.again_after_success, lane] += long_ago * worked * again
            tally[TALLY.again_after_failure, lane] += long_ago * (1 - worked) * again


def tally_funnel(acts, tally):
    """Add how far citizens have come with an initiative."""
    _, count, lanes = acts.shape
    for i in range(count):
        for lane in range(lanes):
            stage = acts[CC.funnel, i, lane]
            tally[TALLY.funnel_asked, lane] += stage >= 1
            tally[TALLY.funnel_engaged, lane] += stage >= 2
            tally[TALLY.funnel_responded, lane] += stage >= 3
            tally[TALLY.funnel_gained, lane] += stage >= 4
            tally[TALLY.funnel_gained_again, lane] += stage >= 5


def tally_beliefs(citizens, tally):
    """Add what citizens believe and expect."""
    _, count, lanes = citizens.shape
    for i in range(count):
        for lane in range(lanes):
            tally[TALLY.aspiration, lane] += citizens[CN.aspiration, i, lane]
            tally[TALLY.efficacy_collaborate, lane] += citizens[CN.efficacy_collaborate, i, lane]
            tally[TALLY.efficacy_confront, lane] += citizens[CN.efficacy_confront, i, lane]
            tally[TALLY.trust, lane] += citizens[CN.trust, i, lane]
            tally[TALLY.reliance, lane] += citizens[CN.reliance, i, lane]


def tally_people(district, settings, citizens, acts, districts, tally):
    """Add what kind of people act, and the quality that the least and the most vulnerable get."""
    _, count, lanes = citizens.shape
    for i in range(count):
        d = district[i]
        for lane in range(lanes):
            strategy, tercile = acts[CC.strategy, i, lane], acts[CC.vulnerability_tercile, i, lane]
            engaged = 1.0 * (strategy == COLLABORATE) + 1.0 * (strategy == CONFRONT)
            vulnerability = citizens[CN.vulnerability, i, lane]
            received = rules.received_quality(
                districts[DN.quality, d, lane],
                clip(vulnerability + settings[S.conditions_vulnerability, d, lane]),
                settings[S.citizens_disadvantage, d, lane],
                districts[DN.responsive, d, lane],
                settings[S.engagement_inclusiveness, d, lane],
                settings[S.engagement_capture, d, lane],
            )
            tally[TALLY.education_engaged, lane] += engaged * citizens[CN.education, i, lane]
            tally[TALLY.vulnerability_engaged, lane] += engaged * vulnerability
            tally[TALLY.vulnerability_client, lane] += (strategy == CLIENT) * vulnerability
            tally[TALLY.received_least_vulnerable, lane] += (tercile == 0) * received
            tally[TALLY.received_most_vulnerable, lane] += (tercile == 2) * received
            lacking = rules.unserved(
                received, districts[DN.responsive, d, lane], settings[S.services_diligence, d, lane]
            )
            tally[TALLY.unserved, lane] += lacking
            tally[TALLY.unserved_least_vulnerable, lane] += (tercile == 0) * lacking
            tally[TALLY.unserved_most_vulnerable, lane] += (tercile == 2) * lacking


def tally_citizens(month, district, settings, citizens, acts, districts, fixed, tally):
    """Add the citizens to the tallies of a month; several short passes, each of which the compiler can vectorise."""
    tally[TALLY.education] = fixed[0]
    tally[TALLY.vulnerability] = fixed[1]
    tally[TALLY.low_education] = fixed[2]
    tally[TALLY.high_education] = fixed[3]
    tally[TALLY.least_vulnerable] = fixed[4]
    tally[TALLY.most_vulnerable] = fixed[5]
    tally_acts(citizens, acts, tally)
    tally_groups(acts, tally)
    tally_first_times(month, acts, tally)
    tally_funnel(acts, tally)
    tally_beliefs(citizens, tally)
    tally_people(district, settings, citizens, acts, districts, tally)


def tally_offices(staff, settings, officials, posts, politicians, stances, tally):
    """Add officials and politicians to the tallies of a month."""
    _, count, lanes = officials.shape
    for o in range(count):
        d = o // staff
        for lane in range(lanes):
            response, disposition = posts[OC.response, o, lane], posts[OC.disposition, o, lane]
            shared = 0.5 * (response == ACCOMMODATE) + 1.0 * (response == COCREATE)
            tally[TALLY.resist, lane] += response == RESIST
            tally[TALLY.token, lane] += response == TOKEN
            tally[TALLY.accommodate, lane] += response == ACCOMMODATE
            tally[TALLY.cocreate, lane] += response == COCREATE
            tally[TALLY.reform_minded, lane] += disposition
            tally[TALLY.refilled, lane] += posts[OC.refilled, o, lane]
            tally[TALLY.ability, lane] += officials[ON.ability, o, lane]
            tally[TALLY.loyalty, lane] += officials[ON.loyalty, o, lane]
            tally[TALLY.political_work, lane] += officials[ON.political_work, o, lane]
            tally[TALLY.morale, lane] += officials[ON.morale, o, lane]
            tally[TALLY.morale_reform_minded, lane] += disposition * officials[ON.morale, o, lane]
            tally[TALLY.insight, lane] += officials[ON.insight, o, lane]
            tally[TALLY.practice, lane] += officials[ON.practice, o, lane]
            tally[TALLY.load, lane] += officials[ON.load, o, lane]
            tally[TALLY.decision_share, lane] += shared * settings[S.engagement_influence, d, lane]
    for d in range(politicians.shape[1]):
        for lane in range(lanes):
            stance = stances[PC.stance, d, lane]
            tally[TALLY.patronage, lane] += stance == PATRONAGE
            tally[TALLY.arms_length, lane] += stance == ARMS_LENGTH
            tally[TALLY.sponsor, lane] += stance == SPONSOR
            tally[TALLY.new_politicians, lane] += stances[PC.new_party, d, lane]
            tally[TALLY.approval, lane] += politicians[PN.approval, d, lane]
            tally[TALLY.orientation, lane] += politicians[PN.orientation, d, lane]


def tally_districts(settings, districts, society, broad, active_share, tally_broad, tally):
    """Add districts and coalitions to the tallies of a month."""
    _, count, lanes = districts.shape
    for d in range(count):
        for lane in range(lanes):
            tally[TALLY.quality, lane] += districts[DN.quality, d, lane]
            wages, materials = districts[DN.diversion_wages, d, lane], districts[DN.diversion_materials, d, lane]
            tally[TALLY.wellbeing, lane] += districts[DN.wellbeing, d, lane]
            tally[TALLY.diversion, lane] += rules.diverted_in_all(
                wages, materials, settings[S.oversight_wage_share, d, lane]
            )
            tally[TALLY.diversion_wages, lane] += wages
            tally[TALLY.diversion_materials, lane] += materials
            tally[TALLY.waived, lane] += districts[DN.waived, d, lane]
            tally[TALLY.resources, lane] += districts[DN.resources, d, lane]
            tally[TALLY.cover, lane] += districts[DN.cover, d, lane]
            tally[TALLY.broad_citizens, lane] += tally_broad[0, d, lane]
            tally[TALLY.broad_officials, lane] += tally_broad[1, d, lane]
            tally[TALLY.broad_politicians, lane] += tally_broad[2, d, lane]
            tally[TALLY.broad_districts, lane] += districts[DN.organised, d, lane] > 0
    for d in range(count):
        for lane in range(lanes):
            deviation = districts[DN.quality, d, lane] - tally[TALLY.quality, lane] / count
            tally[TALLY.quality_deviation, lane] += deviation * deviation
    for a in range(broad.shape[0]):
        if broad[a] != 0:
            for lane in range(lanes):
                tally[TALLY.broad_activity, lane] += ((broad[a] >> lane) & 1) * active_share[a, lane]
    for lane in range(lanes):
        tally[TALLY.coalition_run, lane] = society[SC.coalition_run, 0, lane]
        tally[TALLY.coalition_month, lane] = society[SC.coalition_month, 0, lane]
