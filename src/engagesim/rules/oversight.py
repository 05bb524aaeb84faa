"""Who watches the officials, what they divert, and how monitoring is undermined.

In every rule ``home`` is the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import toward

LEAST_SHARE = 0.05
"""The least that spending on other things than wages counts, because the rule divides by it."""


@rule
def tempted(home, s, reform_minded_share):
    """Share of the means that officials would divert if nobody looked, in [0, 1].

    Reform-minded officials hold back; officials divert more of means beyond the usual, but never all, so more means
    deliver more. Source: E11, E30.
    """
    held_back = s.oversight.diversion * (1.0 - s.oversight.restraint * reform_minded_share)
    beyond = max(0.0, home.resources - 1.0) / max(1.0, home.resources)
    return min(1.0, held_back * (1.0 + s.oversight.windfall * beyond))


@rule
def checked(home, s):
    """Share of the temptation that courts and voters leave, in [0, 1].

    Courts deter through the audits that officials expect. Voters deter a politician who may stand again: more so if
    audits tell them more, and shortly before an election if audits may be published. Source: E11,
    E30.
    """
    known = s.oversight.unaudited + (1.0 - s.oversight.unaudited) * home.scrutiny
    facing_voters = 1.0 - s.oversight.electoral_deterrence * s.incentives.reelection * known
    near = max(0.0, 1.0 - home.election_in / s.politicians.horizon)
    ahead = 1.0 - s.politicians.foresight * s.incentives.publicity * s.incentives.reelection * near
    return (1.0 - s.oversight.legal_deterrence * home.scrutiny) * facing_voters * ahead


@rule
def after_appeals(home, s, diverted, heard, attended):
    """Share still diverted when citizens take claims over the heads of local officials, to a centre that acts.

    Grounded voice that officials hear and leave unanswered goes higher up, as complaints about diversion: the more is
    diverted, the larger the part that is found and stopped. So it gains most where officials are corrupt and would not
    respond by themselves. Source: E07 (gains, and complaints, were there); form assumed.
    """
    found = s.oversight.recourse * heard * attended * (1.0 - home.responsive) * diverted
    return diverted * (1.0 - min(s.oversight.visible, found))


@rule
def diverted_unwatched(s, diverted, attended, grounded):
    """Share diverted while citizens watch, unless the form is captured: they cannot see all, so they stop only a part.

    People notice missing pay at once (``grounded`` is 1 for wages); other means are hidden from those who lack facts
    or skills, and some from everybody (``s.oversight.hidden``, which lowers ``grounded``). Source: E11 (grassroots
    participation cut missing wages alone), E07, E12.
    """
    watched = s.oversight.watch * attended * grounded * (1.0 - s.engagement.capture)
    return diverted * (1.0 - min(s.oversight.visible, watched))


@rule
def displaced(home, s, stopped):
    """Share of diverted wages that moves to other funds where citizens watch (``stopped``), unless audits reach it.

    Source: E12 (what is watched moves to where nobody looks).
    """
    per_share = s.oversight.wage_share / max(LEAST_SHARE, 1.0 - s.oversight.wage_share)
    return s.oversight.displacement * stopped * per_share * (1.0 - home.scrutiny)


@rule
def diverted_in_all(home, s):
    """Share of all means diverted: of wages and of the rest."""
    return s.oversight.wage_share * home.diversion_wages + (1.0 - s.oversight.wage_share) * home.diversion_materials


@rule
def next_scrutiny(home, s):
    """Audits that officials expect: they soon believe an announced audit, and forget it slowly. Source: E11, E30."""
    rising = s.oversight.scrutiny_rate * (s.incentives.audit > home.scrutiny)
    return toward(
        home.scrutiny,
        s.incentives.audit,
        rising + s.oversight.scrutiny_fading * (s.incentives.audit <= home.scrutiny),
    )


@rule
def watched(home, s):
    """Cost of being caught by superiors without a response: by monitoring, or by results that name the official.

    The superior who holds the sanction may waive it. Source: E10, E13.
    """
    return s.oversight.penalty * max(s.incentives.monitoring, s.engagement.attribution) * (1.0 - home.waived)


@rule
def next_waived(home, s):
    """Share of sanctions that the superior waives: it rises under monitoring that no senior reformer enforces.

    Source: E10 (exempt days rose until nothing was left after 18 months).
    """
    pressed = 1.0 * (max(s.incentives.monitoring, s.engagement.attribution) > 0.0)
    return toward(home.waived, pressed * (1.0 - s.incentives.senior), s.oversight.waiving)
