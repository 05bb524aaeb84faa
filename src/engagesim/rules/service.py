"""Encounters at the service point, and how the quality of a district's service moves.

In every rule ``me`` is the citizen or the official who acts, ``post`` the official at the citizen's service point,
``home`` the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import MIDDLE, clip, share, toward
from engagesim.rules.vocabulary import ACCOMMODATE, COCREATE, PATRONAGE, RESIST, TOKEN


@rule
def seen(s):
    """How visible the events at the service point are, in [0, 1]."""
    return s.officials.visibility_floor + (1.0 - s.officials.visibility_floor) * s.engagement.visibility


@rule
def attention(s, engaged, directness):
    """Share of an official's attention that engagement takes, in [0, 1]; a share ``1/scale`` of users takes all of it.

    Engagement counts only as far as it reaches the official (E02).
    """
    return min(1.0, s.officials.attention_scale * engaged * directness)


@rule
def collaboration_chance(me, s):
    """Chance that collaboration gets something done, before capture, in [0, 1].

    It rises from resisting through token and accommodating to co-creating responses. Practice and citizens' share of
    the decision raise it further. Overload weakens a real response, but less so if citizens contribute. Source: model
    form; E29.
    """
    real = 1.0 * (me.response >= ACCOMMODATE)
    joint = 1.0 * (me.response == COCREATE)
    resisted, tokened = s.services.success_resist, s.services.success_token
    accommodated, cocreated = s.services.success_accommodate, s.services.success_cocreate
    base = resisted + (tokened - resisted) * (me.response >= TOKEN) + (accommodated - tokened) * real
    base = base + joint * (cocreated - accommodated) * s.engagement.influence
    base = base + real * (s.services.success_practice + s.services.success_joint_practice * joint) * me.practice
    overloaded = real * s.officials.overload * me.load * (1.0 - me.contributions)
    return clip(base * (1.0 - overloaded))


@rule
def confrontation_chance(s, collaboration, visible, confronting_attention):
    """Chance that confrontation gets something done: lower than that of collaboration, unless a form has teeth.

    A form with teeth raises the chance of confrontation that many join. Source: E03, model form.
    """
    forced = s.services.teeth_value * s.engagement.teeth * visible * confronting_attention
    return min(s.services.success_most, s.services.confront_factor * collaboration + forced)


@rule
def after_capture(post, s, chance, vulnerability):
    """Chance of success after capture, which hurts the vulnerable most, but less under a reform-minded official."""
    guarded = 1.0 - s.services.capture_guard * post.disposition
    return chance * (1.0 - s.engagement.capture * vulnerability * guarded)


@rule
def favour_chance(home, s):
    """Chance that a client gets the favour: a patron delivers, and other politicians never do."""
    return s.services.delivery * (home.stance == PATRONAGE)


@rule
def responsiveness(me, s, voice, attended, experience):
    """What one provider's response is worth to the service, scaled by the provider's insight into citizens' needs.

    Routine work continues whatever the response. A token response adds a little, a real one more, because citizens'
    voice shows what to do. Contributions help a real response, and practice helps joint work. Able officials achieve
    more with the same response, newcomers less (E27). Users who trust the state comply (legitimacy), and work for a
    patron takes time (E28).
    """
    real = 1.0 * (me.response >= ACCOMMODATE)
    joint = 1.0 * (me.response == COCREATE)
    told = s.services.accommodate_work + s.services.voice_gain * voice * attended
    work = s.services.resist_work * (me.response == RESIST) + s.services.token_work * (me.response == TOKEN)
    work = work + real * (told + s.services.contribution_gain * me.contributions)
    work = work + joint * s.services.practice_gain * me.practice
    able = 1.0 + s.officials.ability_weight * (me.ability - MIDDLE)
    person = able * (1.0 - s.officials.inexperience * (1.0 - experience))
    trusted = 1.0 + s.services.legitimacy * (share(me.trusting, me.served) - s.citizens.usual_trust)
    return min(1.0, work) * me.insight * person * max(0.0, trusted) * me.means * (1.0 - me.political_work)


@rule
def means(me, home, s):
    """Funds of a service point (1 is the usual level): a responding manager shifts some to points with users' claims.

    The other points lose what these points gain. Source: assumption.
    """
    claims = 1.0 * max(me.dispute > 0, me.agreement)
    favoured = s.officials.allocation * s.accountability.bureaucratic * (home.manager_response >= ACCOMMODATE)
    return max(0.0, 1.0 + favoured * (claims - home.claims / home.providers))


@rule
def next_contributions(me, s):
    """Users' contributions that are not yet used up, in [0, 1].

    Those who take part contribute if the official responds, and contribute more if they trust the state or a form asks
    for it. Source: Ostrom (1996); E15; form assumed.
    """
    asked = s.services.unprompted + (1.0 - s.services.unprompted) * s.engagement.contribution
    helping = share(me.collaborating + me.members, me.served) * share(me.trusting, me.served)
    brought = s.services.contributing * asked * helping * (me.response >= ACCOMMODATE) * (1.0 - me.contributions)
    return clip(me.contributions + brought - s.services.run_down * me.contributions)


@rule
def next_quality(home, s, diverted, worth):
    """Quality of the district's service next month, in [0, 1].

    ``quality + g * (1 - quality) - (decay + leakage * patronage * [patron]) * quality`` with ``g = gain * resources *
    (1 - diverted) * worth``. With everything else fixed, quality settles at ``g / (g + decay + leakage)``.
    """
    lost = s.services.decay + s.services.leakage * s.incentives.patronage * (home.stance == PATRONAGE)
    gained = s.services.gain * (home.resources * home.capacity) * (1.0 - diverted) * worth
    return clip(home.quality + gained * (1.0 - home.quality) - lost * home.quality)


@rule
def next_wellbeing(home, s):
    """What the service does for people's lives, in [0, 1]: it follows quality as far as supplies allow. Source: E02."""
    return toward(home.wellbeing, min(home.quality, s.conditions.supplies), s.services.wellbeing_rate)
