"""Encounters at the service point, and how the quality of a district's service moves."""

from engagesim.compiling import rule
from engagesim.rules.choice import clip, toward
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, PATRONAGE, TOKEN


@rule
def seen(visibility, floor):
    """How far what happens at the service point is seen, in [0, 1]."""
    return floor + (1.0 - floor) * visibility


@rule
def attention(engaged_share, scale, directness):
    """How much of an official's attention engagement takes, in [0, 1]: a share ``1/scale`` of those served fills it.

    As far as it meets the official at all (E02).
    """
    return min(1.0, scale * engaged_share * directness)


@rule
def collaboration_chance(
    response, resisted, tokened, accommodated, cocreated, practice, influence, loaded, overload, contribution,
):  # fmt: skip
    """Chance that constructive engagement gets something done, before capture, in [0, 1].

    It rises from resisting to token to accommodating to co-creating, with practice and the share of the decision;
    overload takes from a real response, less so where citizens contribute. Source: model form; E29.
    """
    real = 1.0 * (response >= ACCOMMODATE)
    joint = 1.0 * (response == COCREATE)
    base = resisted + (tokened - resisted) * (response >= TOKEN) + (accommodated - tokened) * real
    base = base + joint * (cocreated - accommodated) * influence
    base = base + real * (0.10 + 0.05 * joint) * practice
    return clip(base * (1.0 - real * overload * loaded * (1.0 - contribution)))


@rule
def confrontation_chance(collaboration, factor, teeth, teeth_value, visible, confronting_attention):
    """Chance that confrontation gets something done: less than talk where officials respond, more with teeth.

    A form with teeth adds to confrontation that many join. Source: E03, model form.
    """
    return min(0.95, factor * collaboration + teeth_value * teeth * visible * confronting_attention)


@rule
def after_capture(chance, capture, vulnerability, disposition, guard):
    """Chance left after capture, which takes from the vulnerable first and less under a reform-minded official."""
    return chance * (1.0 - capture * vulnerability * (1.0 - guard * disposition))


@rule
def favour_chance(delivery, stance):
    """Chance that a client gets the favour: the patron's delivery, nothing from others."""
    return delivery * (stance == PATRONAGE)


@rule
def responsiveness(
    response, token_work, accommodate_work, voice_gain, voice, attended, contribution_gain, contribution,
    practice_gain, practice, insight, ability_weight, ability, inexperience, experience, politics,
):  # fmt: skip
    """What one provider's response is worth to the service, in [0, 1], scaled by insight into what is needed.

    A token response delivers a little; a real one more as voice tells what to do; co-creation adds what citizens
    contribute and the official's practice. Able officials make more of the same response, newcomers less (E27), and
    time for the patron is taken from the service (E28).
    """
    real = 1.0 * (response >= ACCOMMODATE)
    joint = 1.0 * (response == COCREATE)
    work = token_work * (response == TOKEN) + real * (accommodate_work + voice_gain * voice * attended)
    work = work + joint * (contribution_gain * contribution * attended + practice_gain * practice)
    person = (1.0 + ability_weight * (ability - 0.5)) * (1.0 - inexperience * (1.0 - experience))
    return min(1.0, work) * insight * person * (1.0 - politics)


@rule
def next_quality(quality, gain, resources, diverted, responsive, decay, leakage, patronage, stance):
    """Quality of the district's service next month, in [0, 1].

    ``quality + g * (1 - quality) - (decay + leakage * patronage * [patron]) * quality`` with ``g = gain * resources *
    (1 - diverted) * responsive``. With all held fixed it settles at ``g / (g + decay + leakage)``.
    """
    lost = decay + leakage * patronage * (stance == PATRONAGE)
    gained = gain * resources * (1.0 - diverted) * responsive
    return clip(quality + gained * (1.0 - quality) - lost * quality)


@rule
def next_wellbeing(wellbeing, quality, supplies, rate):
    """What the service does for people's lives, in [0, 1]: follows quality as far as supplies let it. Source: E02."""
    return toward(wellbeing, min(quality, supplies), rate)
