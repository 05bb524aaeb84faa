"""How the organised users of a service point bargain with its official: demand, promise, dispute, agreement.

In every rule ``me`` is the official of the service point, ``home`` the district, and ``s`` the parameters in force
there. The form follows Fox (2015) and Gaventa & Barrett (2010), and the effect of a threat follows Chen, Pan & Xu
(2016).
"""

from engagesim.compiling import rule
from engagesim.rules.choice import clip, share, toward
from engagesim.rules.vocabulary import ACCOMMODATE, RESIST, TOKEN


@rule
def pressing(me, s):
    """How pressing the users' case is, in [0, 1]: their mean grievance, and anger over broken promises."""
    return clip(s.relations.urgency * share(me.aggrieved, me.served) + me.anger)


@rule
def keeping_chance(me, home, s):
    """Chance that the official keeps a promise that falls due.

    An official who responds in earnest keeps more promises with more resources, with users' contributions, and with the
    backing of a coalition.
    """
    earnest = 1.0 * (me.response >= ACCOMMODATE)
    able = s.relations.keeping_resist * (me.response == RESIST) + s.relations.keeping_token * (me.response == TOKEN)
    helped = s.relations.keeping_help * (me.contributions + home.cover) + s.relations.keeping_means * (me.means - 1.0)
    return clip(able + earnest * (s.relations.keeping_earnest + helped) + s.relations.keeping)


@rule
def agrees(me, s):
    """Whether an agreement stands (1 or 0): a kept promise creates it, and it lasts while both sides honour it."""
    made = max(me.agreement, me.kept)
    holds = (me.broken == 0) * (me.response >= ACCOMMODATE) * (me.organisation >= s.relations.dissolving)
    return made * holds


@rule
def next_reliability(me, s):
    """How far users believe that the official keeps promises: each kept or broken promise moves this belief."""
    return toward(me.reliability, 1.0 * me.kept, s.relations.lesson * (me.kept + me.broken))


@rule
def next_anger(me, s):
    """Anger of users over broken promises: it fades, and a kept promise reduces it."""
    fading = (1.0 - s.relations.forgetting) * me.anger
    return clip(fading + s.relations.sting * me.broken - s.relations.relief * me.kept)


@rule
def next_joint_success(me, s):
    """Success that users and official remember: a kept promise raises it to 1, and it fades."""
    return max(1.0 * me.kept, (1.0 - s.relations.forgetting) * me.joint_success)


@rule
def demand_chance(me, s):
    """Chance that organised users make a demand: it rises with their case, and a form gives them a channel."""
    channel = 1.0 + s.relations.channel * s.engagement.opened * s.engagement.voice
    wanted = s.relations.demanding * s.accountability.social * me.organisation * pressing(me, s) * channel
    return min(1.0, wanted * (1.0 - s.relations.settled * me.agreement))


@rule
def answer_chance(me, home, s):
    """Chance that the official answers a demand with a promise, in earnest or for show; 0 if the official resists.

    A manager who resists forbids some promises.
    """
    willing = 1.0 * (me.response >= ACCOMMODATE) + s.relations.token_promises * (me.response == TOKEN)
    forbidden = s.relations.veto * s.accountability.bureaucratic * (home.manager_response == RESIST)
    return s.relations.answering * willing * (1.0 - forbidden)


@rule
def escalation_chance(me, s, afraid):
    """Chance that users in dispute confront the official: it rises with organisation, grievance and anger.

    Trust in the state and in the official's word holds them back, and so does an open promise, especially by a reliable
    official. ``afraid`` is the effect of a patron's repression.
    """
    patience = s.relations.patience * 0.5 * (share(me.trusting, me.served) + me.reliability)
    waits = s.relations.waiting * (me.promise_due > 0) * 0.5 * (1.0 + me.reliability)
    teeth = 1.0 + s.engagement.teeth
    eager = s.relations.escalation * s.accountability.social * me.organisation * pressing(me, s) * teeth
    return min(1.0, max(0.0, eager * (1.0 - patience) * (1.0 - waits) * (1.0 - afraid)))


@rule
def next_threat(me, s):
    """Confrontation that the official expects: each confrontation raises it; otherwise it follows the organisation."""
    noticed = toward(me.threat, 0.4 * me.organisation, s.relations.notice)
    return toward(noticed, 1.0, s.relations.memory * me.called)
