"""Who watches the officials, what they divert, and how monitoring is undermined."""

from engagesim.compiling import rule
from engagesim.rules.choice import toward


@rule
def tempted(diversion, restraint, reform_minded_share, windfall, resources):
    """Share of the means that officials would divert if nobody looked, in [0, 1].

    Reform-minded officials hold back; means beyond the usual tempt more than in proportion. Source: E11, E30.
    """
    return min(1.0, diversion * (1.0 - restraint * reform_minded_share) * max(0.0, 1.0 + windfall * (resources - 1.0)))


@rule
def checked(scrutiny, legal_deterrence, electoral_deterrence, reelection, unaudited):
    """Share of the temptation that is left by courts and voters, in [0, 1].

    Courts deter with the audits that officials reckon with; voters deter a politician who may stand again, the more
    the more audits tell them. Source: E11, E30.
    """
    known = unaudited + (1.0 - unaudited) * scrutiny
    return (1.0 - legal_deterrence * scrutiny) * (1.0 - electoral_deterrence * reelection * known)


@rule
def after_appeals(diverted, recourse, heard, attended, responsive):
    """Share diverted that is left where claims are taken over the heads of local officials, to a centre that acts.

    Grounded voice that officials hear and leave unanswered goes higher up, as complaints of what is diverted: the
    more is diverted, the larger the part of it that is found and stopped. So it gains most where officials are
    corrupt, and would not respond by themselves. Source: E07 (gains, and complaints, were there); form assumed.
    """
    found = recourse * heard * attended * (1.0 - responsive) * diverted
    return diverted * (1.0 - min(1.0, found))


@rule
def diverted_unwatched(diverted, watch, attended, grounded, capture):
    """Share diverted where citizens watch, unless the form is captured.

    Who is short of pay notices at once (``grounded`` is 1 for wages); other means are hidden from those who lack facts
    or skills. Source: E11 (grassroots participation cut missing wages alone), E07.
    """
    return diverted * (1.0 - watch * attended * grounded * (1.0 - capture))


@rule
def diverted_in_all(wages, materials, wage_share):
    """Share of all means diverted: of wages and of the rest."""
    return wage_share * wages + (1.0 - wage_share) * materials


@rule
def next_scrutiny(scrutiny, audit, rate, fading):
    """Audits that officials reckon with: an announced one is believed soon and forgotten slowly. Source: E11, E30."""
    return toward(scrutiny, audit, rate * (audit > scrutiny) + fading * (audit <= scrutiny))


@rule
def watched(penalty, monitoring, attribution, waived):
    """Cost of being found not to respond by those above: monitoring, or results that name the official.

    The superior who holds the sanction may waive it. Source: E10, E13.
    """
    return penalty * max(monitoring, attribution) * (1.0 - waived)


@rule
def next_waived(waived, monitoring, attribution, senior, rate):
    """Share of sanctions that the superior waives: it rises under monitoring that no senior reformer holds.

    Source: E10 (exempt days rose until nothing was left after 18 months).
    """
    pressed = 1.0 * (max(monitoring, attribution) > 0.0)
    return toward(waived, pressed * (1.0 - senior), rate)
