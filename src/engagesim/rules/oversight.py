"""Who watches the officials, what officials divert, and how monitoring is undermined.

In every rule ``home`` is the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import toward

LEAST_SHARE = 0.05
"""Smallest share of resources that is not spent on wages; the rule divides by this share."""


@rule
def tempted(home, s, reform_minded_share):
    """Share of the resources that officials would divert if nobody watched, in [0, 1].

    Reform-minded officials divert less. Officials divert a larger share of resources beyond the usual; as long as
    ``diversion * (1 + windfall)`` is below 1, more resources still deliver more. Source: E11, E30.
    """
    held_back = s.oversight.diversion * (1.0 - s.oversight.restraint * reform_minded_share)
    beyond = max(0.0, home.resources - 1.0) / max(1.0, home.resources)
    return min(1.0, held_back * (1.0 + s.oversight.windfall * beyond))


@rule
def checked(home, s):
    """Share of the tempting diversion that courts and voters do not deter, in [0, 1].

    Courts deter through the audits that officials expect. Voters deter a politician who may stand again, more so if
    audits inform them, and also shortly before an election if audits may be published. Source: E11, E30.
    """
    known = s.oversight.unaudited + (1.0 - s.oversight.unaudited) * home.scrutiny
    facing_voters = 1.0 - s.oversight.electoral_deterrence * s.incentives.reelection * known
    near = max(0.0, 1.0 - home.election_in / s.politicians.horizon)
    ahead = 1.0 - s.politicians.foresight * s.incentives.publicity * s.incentives.reelection * near
    return (1.0 - s.oversight.legal_deterrence * home.scrutiny) * facing_voters * ahead


@rule
def after_appeals(home, s, diverted, heard, attended):
    """Share still diverted when citizens appeal over the heads of local officials to a central authority that acts.

    If officials leave grounded voice unanswered, citizens complain about diversion to higher authorities. The more
    officials divert, the larger the part of it that is found and stopped. Appeals therefore gain most where officials
    are corrupt and would not otherwise respond. Source: E07 (both gains and complaints were found there); form assumed.
    """
    found = s.oversight.recourse * heard * attended * (1.0 - home.responsive) * diverted
    return diverted * (1.0 - min(s.oversight.visible, found))


@rule
def diverted_unwatched(s, diverted, attended, grounded):
    """Share diverted while citizens watch: they do not see everything, so they stop only part of the diversion.

    Watching does not help if the form is captured. People notice missing pay at once (``grounded`` is 1 for wages).
    Other resources are hidden from those who lack facts or skills, and some from everybody (``s.oversight.hidden``,
    which lowers ``grounded``). Source: E11 (grassroots participation cut only missing wages), E07, E12.
    """
    watched = s.oversight.watch * attended * grounded * (1.0 - s.engagement.capture)
    return diverted * (1.0 - min(s.oversight.visible, watched))


@rule
def displaced(home, s, stopped):
    """Rise in the diversion of other resources where citizens stop that of wages (``stopped``), unless audits follow.

    Source: E12 (diversion moves from what is watched to where nobody looks).
    """
    per_share = s.oversight.wage_share / max(LEAST_SHARE, 1.0 - s.oversight.wage_share)
    return s.oversight.displacement * stopped * per_share * (1.0 - home.scrutiny)


@rule
def diverted_in_all(home, s):
    """Share of all resources, for wages and other purposes, that is diverted."""
    return s.oversight.wage_share * home.diversion_wages + (1.0 - s.oversight.wage_share) * home.diversion_materials


@rule
def next_scrutiny(home, s):
    """Audits that officials expect: they soon take account of announced ones, and slowly forget past ones.

    Source: E11, E30.
    """
    rising = s.oversight.scrutiny_rate * (s.incentives.audit > home.scrutiny)
    return toward(
        home.scrutiny,
        s.incentives.audit,
        rising + s.oversight.scrutiny_fading * (s.incentives.audit <= home.scrutiny),
    )


@rule
def watched(home, s):
    """Cost of being caught by superiors while not responding, through monitoring or results that name the official.

    The superior who can impose the sanction may waive it. Source: E10, E13.
    """
    return s.oversight.penalty * max(s.incentives.monitoring, s.engagement.attribution) * (1.0 - home.waived)


@rule
def next_waived(home, s):
    """Share of sanctions that the superior waives: it rises under monitoring without a senior reformer.

    Source: E10 (exempt days increased until no effect was left after 18 months).
    """
    pressed = 1.0 * (max(s.incentives.monitoring, s.engagement.attribution) > 0.0)
    return toward(home.waived, pressed * (1.0 - s.incentives.senior), s.oversight.waiving)
