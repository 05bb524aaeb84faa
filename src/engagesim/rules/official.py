"""What officials weigh when citizens engage, and what they learn; rules return the terms of utilities in order.

In every rule ``me`` is the official, ``home`` the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import MIDDLE, clip, share, toward
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, PATRONAGE, RESIST, SPONSOR, TOKEN

RESIST_TERMS = ("rents", "exposure", "experience")
TOKEN_TERMS = ("rents", "exposure", "effort", "experience")
ACCOMMODATE_TERMS = ("drive", "voice", "effort", "pressure", "bond", "experience")
COCREATE_TERMS = ("drive", "joint_gain", "practice", "effort", "pressure", "bond", "experience")

LEAST_RESOURCES = 0.05
"""Resources below which the caseload stops growing: the least that a service may have."""

LEAST_IGNORANCE = 0.1
"""Smallest range of knowledge above the level needed; the rule divides by this range."""


@rule
def engaged_share(me):
    """Share of the citizens served who engage this month, in [0, 1]; a manager serves the whole district."""
    return share(me.collaborating + me.confronting, me.served)


@rule
def load(me, home, s):
    """Caseload as a share of capacity, in [0, 1]: engagement times work per case, divided by resources.

    What citizens contribute relieves the official. Source: E29.
    """
    relieved = s.engagement.workload * (1.0 - s.officials.relief * me.contributions)
    work = engaged_share(me) * (s.officials.base_workload + relieved)
    return min(1.0, work / max(LEAST_RESOURCES, home.resources))


@rule
def pressure(me, home, s):
    """Pressure from above against responding; negative if superiors back responses.

    The politician presses the manager, and the manager presses the providers. Merit rules and a coalition shield
    officials from it. Source: E27, E28; Oliveros (2021).
    """
    patron, sponsor = 1.0 * (home.stance == PATRONAGE), 1.0 * (home.stance == SPONSOR)
    from_politician = patron + s.officials.pressure_arms_length * (1.0 - patron - sponsor)
    from_manager = (home.manager_response == RESIST) + s.officials.lukewarm * (home.manager_response == TOKEN)
    backed = me.manages * sponsor + (1.0 - me.manages) * (home.manager_response >= ACCOMMODATE)
    adverse = me.manages * from_politician + (1.0 - me.manages) * from_manager
    bare = (1.0 - s.incentives.merit_protection) * (1.0 - s.coalitions.strength * home.cover)
    return s.incentives.pressure * s.accountability.bureaucratic * (adverse * bare - s.officials.backing * backed)


@rule
def shielded(me, home, s):
    """Part of users' pressure that a resisting manager keeps from a provider; other managers keep none."""
    return s.officials.shield * s.accountability.bureaucratic * (home.manager_response == RESIST) * (1.0 - me.manages)


@rule
def felt_threat(me, home, s):
    """Users' threat as the official feels it, in [0, 1]: a manager who resists keeps some of it away.

    Source: Chen, Pan & Xu (2016) for the threat; the shield is assumed.
    """
    return s.accountability.social * me.threat * (1.0 - shielded(me, home, s))


@rule
def reconsider_chance(me, home, s, voice, attended):
    """Chance that an official reconsiders their way of working this month.

    Officials seldom do so without an occasion. An occasion is a confrontation, a promise that falls due, or a superior
    who is new, has changed course or monitors the official. Well-grounded claims that draw attention are an occasion,
    too, for officials who hold back.
    """
    changed = me.manages * home.transition + (1.0 - me.manages) * home.manager_shift
    superior = max(changed, max(s.incentives.monitoring, s.engagement.attribution) * (1.0 - home.waived))
    confronted = s.officials.confronted * s.accountability.social * me.called * (1.0 - shielded(me, home, s))
    instructed = s.officials.instructed * s.accountability.bureaucratic * superior
    reminded = s.officials.reminded * max(me.broken, me.promise_due == 1)
    persuaded = s.officials.persuaded * voice * attended * (me.response < ACCOMMODATE)
    return min(1.0, s.officials.reconsider + confronted + instructed + reminded + persuaded)


@rule
def bond(me, s):
    """What binds an official who responds: an agreement with users, and membership in a coalition."""
    return s.relations.bond * me.agreement + s.coalitions.bond * me.member


@rule
def grounded(s):
    """How well claims are grounded, so that officials can act on them, in [0, 1].

    Citizens need to know how well the service works, and how to raise it. Facts and skills are complements, and
    officials wave away claims that lack either. Source: E05, E07, E08.
    """
    beyond = max(0.0, s.engagement.information * s.engagement.skills - s.citizens.knowledge_needed)
    known = beyond / max(LEAST_IGNORANCE, 1.0 - s.citizens.knowledge_needed)
    return s.citizens.knowledge_floor + (1.0 - s.citizens.knowledge_floor) * known


@rule
def heard(s):
    """Voice that reaches the service point, in [0, 1]; what citizens tell only politicians does not. Source: E02."""
    return s.engagement.voice * s.engagement.directness * grounded(s)


@rule
def exposure(me, home, s, visible, watched):
    """Cost of being seen not to respond: from superiors, from users who threaten, and from grounded claims with teeth.

    Teeth matter if many engage in public. A manager who responds in earnest sanctions providers who do not.
    """
    seen_by_many = s.engagement.teeth * grounded(s) * engaged_share(me) * visible
    sanctioned = s.officials.sanction_by_manager * s.accountability.bureaucratic * (1.0 - me.manages)
    above = watched + sanctioned * (home.manager_response >= ACCOMMODATE)
    return s.incentives.exposure * seen_by_many + s.incentives.confrontation * felt_threat(me, home, s) + above


@rule
def resist(me, s, exposed):
    """Terms of resisting: the rents of the old way, exposure and experience."""
    rents = s.incentives.rents * (1.0 - (1.0 - s.officials.reform_rent_share) * me.disposition)
    return rents, -exposed, me.belief_resist


@rule
def token(me, s, exposed):
    """Terms of a token response: a share of the rents, a share of the exposure, a small effort and experience."""
    kept = s.officials.token_rent * s.incentives.rents
    kept = kept * (1.0 - (1.0 - s.officials.reform_rent_share) * me.disposition)
    return kept, -s.officials.token_exposure * exposed, -s.officials.token_effort, me.belief_token


@rule
def drive(me, s):
    """Drive to serve: current public-service motivation, weaker in a clientelist official.

    Discretion adds to it; measuring single tasks crowds it out, because officials have many tasks. Source: E25, E26.
    """
    free = s.officials.autonomy_value * (s.incentives.autonomy - MIDDLE)
    room = max(0.0, 1.0 + free - s.officials.crowding * (s.incentives.supervision - MIDDLE))
    fainter = s.officials.clientelist_drive + (1.0 - s.officials.clientelist_drive) * me.disposition
    return s.officials.intrinsic * me.morale * fainter * room


@rule
def accommodate(me, s, driven, voice, pressed):
    """Terms of accommodating: drive, gain from citizens' voice, effort, pressure, bond and experience."""
    given = s.officials.voice_value * voice * share(me.collaborating, me.served)
    effort = s.officials.effort * (s.officials.accommodate_effort + s.officials.overload * me.load)
    return driven, given, -effort, -pressed, bond(me, s), me.belief_accommodate


@rule
def cocreate(me, home, s, driven, voice, pressed):
    """Terms of co-creating: drive, joint gain, practice, effort (with authority), pressure, bond and experience.

    Co-creating draws on more drive and takes more effort than accommodating. Citizens' contributions add to the joint
    gain to the extent that citizens share the decision. A manager who resists takes the authority away. Source: model
    form; E25 for discretion.
    """
    influence = s.engagement.influence
    brought = s.officials.voice_value * voice + s.officials.contribution_value * me.contributions
    joint = brought * share(me.collaborating, me.served) * influence
    work = s.officials.effort * (1.0 + s.officials.overload * me.load * (1.0 - me.contributions))
    work = work + s.officials.sharing_effort * (1.0 - influence)
    withheld = s.officials.authority * (home.manager_response == RESIST)
    return (
        s.officials.cocreate_drive * driven,
        joint,
        s.officials.practice_value * me.practice,
        -work - withheld,
        -s.officials.cocreate_pressure * pressed,
        bond(me, s),
        me.belief_cocreate,
    )


@rule
def vacancy_chance(me, home, s):
    """Chance that the post falls vacant this month.

    Turnover has three causes: ordinary departures, transfers by a patron of those who respond, and reshuffles in the
    months after a change at the top. Merit protection shields officials from the last two. Source: E27 (stay of about
    16 months in India; reshuffles after a party change).
    """
    purged = s.incentives.purge * (home.stance == PATRONAGE) * is_responsive(me)
    political = purged + s.incentives.reshuffle * s.politicians.settling * home.transition
    return min(1.0, s.incentives.turnover + political * (1.0 - s.incentives.merit_protection))


@rule
def hired_reform_minded(home, s):
    """Chance that a newcomer is reform-minded: the labour market's share under merit, and otherwise a patron's choice.

    Source: E28.
    """
    chosen = (home.stance == PATRONAGE) * (1.0 - s.incentives.merit_protection)
    return s.incentives.labour_market * (1.0 - chosen * (1.0 - s.incentives.patron_share))


@rule
def hired_ability(home, s, noise):
    """Ability of a newcomer, in [0, 1]: a patron prefers loyalty to ability. Source: E28."""
    chosen = (home.stance == PATRONAGE) * (1.0 - s.incentives.merit_protection)
    able = s.population.ability_mean + s.population.ability_spread * (2.0 * noise - 1.0)
    return clip(able - s.officials.ability_loss * chosen)


@rule
def hired_loyalty(home, s):
    """Odds that a newcomer supports the governing party, relative to the odds for any citizen. Source: E28."""
    return 1.0 + s.officials.premium * (home.stance == PATRONAGE) * (1.0 - s.incentives.merit_protection)


@rule
def unsettled(me, home, s):
    """Morale of the remaining officials in the months after a change at the top: it falls if posts are not protected.

    Source: E27.
    """
    lost = s.officials.unrest * s.politicians.settling * home.transition * (1.0 - s.incentives.merit_protection)
    return max(0.0, me.morale - lost)


@rule
def experience(me, s):
    """How much of the job an official has learned, in [0, 1]: all of it after an apprenticeship. Source: E27."""
    return min(1.0, me.tenure / max(1.0, s.officials.apprenticeship))


@rule
def political_work(me, home, s):
    """Share of time that a clientelist official spends on work for the patron. Source: E28, Oliveros (2021)."""
    unprotected = s.officials.political_time * (home.stance == PATRONAGE) * (1.0 - s.incentives.merit_protection)
    return unprotected * (1.0 - me.disposition)


@rule
def is_responsive(me):
    """Whether the response is a real one, accommodating or co-creating (1 or 0)."""
    return 1.0 * (me.response >= ACCOMMODATE)


@rule
def consequence(me, s, success, attended, visible, punished):
    """Consequence of the response: recognition for visible success, a patron's sanction, or exposure for inaction."""
    real = 1.0 * (me.response >= ACCOMMODATE)
    earned = s.incentives.recognition * success * attended * visible - punished * s.incentives.pressure
    blamed = s.incentives.exposure * s.engagement.teeth * grounded(s) * attended * visible * s.officials.blame
    return real * earned - (1.0 - real) * blamed


@rule
def punishment_chance(home, s):
    """Chance that a patron punishes an official who responds. Source: E27, E28."""
    unprotected = s.officials.sanction * (home.stance == PATRONAGE) * (1.0 - s.incentives.merit_protection)
    return unprotected * (1.0 - s.coalitions.strength * home.cover)


@rule
def learned_response_belief(me, s, belief, option, outcome):
    """Belief about one response: it moves towards the consequence if the official chose this response."""
    return toward(belief, outcome, s.officials.learning * (me.response == option))


@rule
def learned_practice(me, s, success):
    """Know-how from joint work: it grows with successful co-creation, and otherwise fades slowly."""
    joint = 1.0 * (me.response == COCREATE)
    grown = joint * success * (1.0 - me.practice)
    faded = s.officials.forgetting * (1.0 - joint) * me.practice
    return clip(me.practice + s.officials.practice_rate * (grown - faded))


@rule
def spread_practice(s, practice, seen):
    """Know-how after contact with one colleague or fellow professional, who may have more of it."""
    return practice + s.officials.spread * max(0.0, seen - practice)


@rule
def learned_insight(me, s, voice, attended):
    """Insight into citizens' needs: it rises when an official listens to citizens, and fades as needs change.

    Source: E29 (half of all officials are wrong by 50 % or more about their own district).
    """
    told = s.officials.insight_rate * voice * attended * (me.response >= ACCOMMODATE) * (1.0 - me.insight)
    return clip(me.insight + told - s.officials.insight_fading * max(0.0, me.insight - s.officials.insight_floor))


@rule
def morale_target(me, home, s, success, attended):
    """Level towards which morale moves: success, backing and cover raise it; politicisation and strain lower it.

    Strain comes from missing resources and from overload. Source: model form; E25, E26, E29.
    """
    real = 1.0 * (me.response >= ACCOMMODATE)
    lifted = s.officials.morale_base + s.officials.morale_disposition * me.disposition
    lifted = lifted + s.officials.morale_success * real * success * attended
    lifted = lifted + s.officials.morale_backing * (home.stance == SPONSOR) + s.officials.morale_cover * home.cover
    unprotected = 1.0 - s.incentives.merit_protection
    lowered = s.officials.morale_politicisation * unprotected * (home.stance == PATRONAGE)
    missing = max(0.0, 1.0 - home.resources)
    eased = 1.0 - s.officials.morale_relief * min(1.0, home.resources)
    return clip(lifted - lowered - s.officials.morale_strain * (missing + s.officials.morale_load * me.load * eased))
