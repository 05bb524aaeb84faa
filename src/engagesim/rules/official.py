"""What officials weigh when citizens engage, and what they learn from it. Utilities come as their terms, in order."""

from engagesim.compiling import rule
from engagesim.rules.choice import clip, toward
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, PATRONAGE, RESIST, SPONSOR

RESIST_TERMS = ("rents", "exposure", "experience")
TOKEN_TERMS = ("rents", "exposure", "effort", "experience")
ACCOMMODATE_TERMS = ("drive", "voice", "effort", "pressure", "experience")
COCREATE_TERMS = ("drive", "joint_gain", "practice", "effort", "pressure", "experience")


@rule
def load(engaged_share, base_workload, workload, resources, contribution, relief):
    """Caseload as a share of capacity, in [0, 1]: engagement times work per case, over resources.

    What citizens contribute relieves the official. Source: E29.
    """
    work = engaged_share * (base_workload + workload * (1.0 - relief * contribution))
    return min(1.0, work / max(0.05, resources))


@rule
def pressure(strength, stance, arms_length_share, backing, merit_protection, cover_strength, cover):
    """Political pressure against responding; negative where a sponsor backs it.

    ``strength * [stance] * (1 - merit_protection) * (1 - cover)``. Source: E27, E28; Oliveros (2021).
    """
    patron = 1.0 * (stance == PATRONAGE)
    sponsor = 1.0 * (stance == SPONSOR)
    adverse = patron + arms_length_share * (1.0 - patron - sponsor)
    shielded = (1.0 - merit_protection) * (1.0 - cover_strength * cover)
    return strength * (adverse * shielded - backing * sponsor)


@rule
def grounded(information, skills, knowledge_needed, knowledge_floor):
    """How far claims are grounded, so that they can be acted on and not waved away, in [0, 1].

    Citizens need to know how the service does, and how to bring it up: facts and skills are complements, and claims
    with little of either are waved away. Source: E05, E07, E08.
    """
    beyond = max(0.0, information * skills - knowledge_needed)
    known = beyond / max(0.1, 1.0 - knowledge_needed)
    return knowledge_floor + (1.0 - knowledge_floor) * known


@rule
def heard(voice, directness, grounded):
    """Voice that reaches the counter, in [0, 1]: what is said to politicians alone does not. Source: E02."""
    return voice * directness * grounded


@rule
def exposure(strength, teeth, grounded, engaged_share, visible, confronting, watched):
    """Cost of being seen not to respond: to those above, to confrontation, and to grounded claims with teeth.

    Teeth bite as many engage in public.
    """
    return strength * (teeth * grounded * engaged_share * visible + confronting) + watched


@rule
def resist(rents, reform_rent_share, disposition, exposed, belief):
    """Terms of resisting: the rents of the old way, exposure, experience."""
    return rents * (1.0 - (1.0 - reform_rent_share) * disposition), -exposed, belief


@rule
def token(rents, reform_rent_share, disposition, token_rent, exposed, token_exposure, token_effort, belief):
    """Terms of a token response: a share of the rent, a share of the exposure, a small effort, experience."""
    kept = token_rent * rents * (1.0 - (1.0 - reform_rent_share) * disposition)
    return kept, -token_exposure * exposed, -token_effort, belief


@rule
def drive(
    intrinsic, clientelist_drive, disposition, morale, autonomy_value, autonomy, crowding, supervision,
):  # fmt: skip
    """Drive to serve: public-service motivation as felt now, fainter in a clientelist person.

    Room to decide adds to it; measuring each task crowds it out, for officials have many tasks. Source: E25, E26.
    """
    room = max(0.0, 1.0 + autonomy_value * (autonomy - 0.5) - crowding * (supervision - 0.5))
    return intrinsic * morale * (clientelist_drive + (1.0 - clientelist_drive) * disposition) * room


@rule
def accommodate(driven, voice_value, voice, collaborating, effort, overload, loaded, pressed, belief):
    """Terms of accommodating: drive, what constructive voice gives, effort, pressure, experience."""
    return driven, voice_value * voice * collaborating, -effort * (0.6 + overload * loaded), -pressed, belief


@rule
def cocreate(
    driven, cocreate_drive, voice_value, voice, contribution, influence, collaborating, practice_value, practice,
    effort, overload, loaded, pressed, manager_response, authority, belief,
):  # fmt: skip
    """Terms of co-creating: drive, joint gain, practice, effort (with authority), pressure, experience.

    More drive and more effort than accommodating; gains from what citizens bring, as far as they share the decision;
    a resisting manager takes the authority to share decisions away. Source: model form; E25 for discretion.
    """
    joint = (voice_value * voice + 0.4 * contribution) * collaborating * influence
    work = effort * (1.0 + overload * loaded * (1.0 - contribution)) + 0.1 * (1.0 - influence)
    withheld = authority * (manager_response == RESIST)
    return (
        cocreate_drive * driven,
        joint,
        practice_value * practice,
        -work - withheld,
        -1.1 * pressed,
        belief,
    )


@rule
def vacancy_chance(turnover, purge, reshuffle, stance, responded, new_party, merit_protection):
    """Chance that the post is vacated this month.

    Ordinary turnover; a patron moves those who responded; a change of party reshuffles posts. Merit protection
    shields from the last two. Source: E27 (stay of about 16 months in India; reshuffles after a party change).
    """
    political = purge * (stance == PATRONAGE) * responded + reshuffle * new_party
    return min(1.0, turnover + political * (1.0 - merit_protection))


@rule
def hired_reform_minded(labour_market, merit_protection, stance, patron_share):
    """Chance that a newcomer is reform-minded: the labour market's share under merit, a patron's choice otherwise.

    Source: E28.
    """
    chosen = (stance == PATRONAGE) * (1.0 - merit_protection)
    return labour_market * (1.0 - chosen * (1.0 - patron_share))


@rule
def hired_ability(noise, mean, spread, patron_loss, merit_protection, stance):
    """Ability of a newcomer, in [0, 1]: a patron takes the loyal before the able. Source: E28."""
    chosen = (stance == PATRONAGE) * (1.0 - merit_protection)
    return clip(mean + spread * (2.0 * noise - 1.0) - patron_loss * chosen)


@rule
def hired_loyalty(premium, merit_protection, stance):
    """Odds that a newcomer is a supporter of the governing party, against those of any citizen. Source: E28."""
    return 1.0 + premium * (stance == PATRONAGE) * (1.0 - merit_protection)


@rule
def unsettled(morale, unrest, merit_protection):
    """Morale, after a change of party, of those who stay: lower where posts are not protected. Source: E27."""
    return max(0.0, morale - unrest * (1.0 - merit_protection))


@rule
def experience(tenure, months):
    """How far an official has learned the job, in [0, 1]: in full after so many months in the post. Source: E27."""
    return min(1.0, tenure / max(1.0, months))


@rule
def political_work(political_time, stance, merit_protection, disposition):
    """Share of a clientelist official's time that goes into work for the patron. Source: E28, Oliveros (2021)."""
    return political_time * (stance == PATRONAGE) * (1.0 - merit_protection) * (1.0 - disposition)


@rule
def is_responsive(response):
    """Whether a response is a real one: accommodating or co-creating (as a number, 1 or 0)."""
    return 1.0 * (response >= ACCOMMODATE)


@rule
def consequence(
    response, success_share, attention, recognition, visible, exposure_strength, teeth, grounded, punished,
    pressure_strength,
):  # fmt: skip
    """What came of the response: recognition for visible success, a patron's sanction, exposure for inaction."""
    real = 1.0 * (response >= ACCOMMODATE)
    earned = recognition * success_share * attention * visible - punished * pressure_strength
    blamed = exposure_strength * teeth * grounded * attention * visible * 0.5
    return real * earned - (1.0 - real) * blamed


@rule
def punishment_chance(sanction, stance, merit_protection, cover_strength, cover):
    """Chance that a patron punishes an official who responds. Source: E27, E28."""
    return sanction * (stance == PATRONAGE) * (1.0 - merit_protection) * (1.0 - cover_strength * cover)


@rule
def learned_response_belief(belief, option, response, outcome, rate):
    """Belief about one response: moves towards what came of it where it was chosen."""
    return toward(belief, outcome, rate * (response == option))


@rule
def learned_practice(practice, response, success_share, rate, forgetting):
    """Know-how of joint work: grows with successful co-creation, fades slowly without."""
    joint = 1.0 * (response == COCREATE)
    return clip(practice + rate * (joint * success_share * (1.0 - practice) - forgetting * (1.0 - joint) * practice))


@rule
def spread_practice(practice, neighbour_practice, rate):
    """Know-how picked up from one colleague or fellow professional who has more of it."""
    return practice + rate * max(0.0, neighbour_practice - practice)


@rule
def learned_insight(insight, voice, attention, response, rate, fading, floor):
    """Insight into what citizens need: rises with the voice that reaches one who listens, fades as needs change.

    Source: E29 (half of officials err by 50 % or more about their own district).
    """
    heard = rate * voice * attention * (response >= ACCOMMODATE) * (1.0 - insight)
    return clip(insight + heard - fading * max(0.0, insight - floor))


@rule
def morale_target(
    base, disposition, disposition_share, response, success_share, attention, recognition_share,
    politicisation, merit_protection, stance, backing, cover, cover_share, strain, loaded, resources,
):  # fmt: skip
    """Where morale moves: up with visible success, backing and cover; down with politicisation and strain.

    Strain counts missing resources as such and overload on top. Source: model form; E25, E26, E29.
    """
    real = 1.0 * (response >= ACCOMMODATE)
    lifted = base + disposition_share * disposition + recognition_share * real * success_share * attention
    lifted = lifted + backing * (stance == SPONSOR) + cover_share * cover
    lowered = politicisation * (1.0 - merit_protection) * (stance == PATRONAGE)
    missing = max(0.0, 1.0 - resources)
    return clip(lifted - lowered - strain * (missing + 0.5 * loaded * (1.0 - 0.5 * min(1.0, resources))))
