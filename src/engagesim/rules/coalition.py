"""When officials and politicians join the coalition of their district, when a coalition stands, and why it ends.

``me`` is an official, a politician or the district, ``home`` the district, and ``s`` the parameters in force there.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import share
from engagesim.rules.official import is_responsive
from engagesim.rules.politician import is_sponsor
from engagesim.rules.vocabulary import PATRONAGE, Ending

ELECTION, POLITICIAN_LEFT, MANAGER_LEFT = int(Ending.ELECTION), int(Ending.POLITICIAN_LEFT), int(Ending.MANAGER_LEFT)
TRANSFER, PROVIDERS_LEFT = int(Ending.TRANSFER), int(Ending.PROVIDERS_LEFT)
BROKEN_PROMISE, EXHAUSTION, SUCCESS = int(Ending.BROKEN_PROMISE), int(Ending.EXHAUSTION), int(Ending.SUCCESS)


@rule
def official_support(me, home, s):
    """Support for an official who joins, in [-2, 3]: from organised users and from the coalition's cover.

    A provider counts on the users of the service point, a manager on those of the district. Under a patron, joining is
    dangerous. Source: Granovetter (1978) for the threshold that support must reach; form assumed.
    """
    behind = me.manages * home.organised + (1.0 - me.manages) * me.organisation
    danger = s.coalitions.exposed * (home.stance == PATRONAGE) * (1.0 - s.incentives.merit_protection)
    return behind + s.coalitions.loyalty * home.cover - danger


@rule
def politician_support(home, s):
    """Support for a politician who joins: from organised citizens and from the coalition's cover."""
    return home.backing + s.coalitions.loyalty * home.cover


@rule
def official_may_join(me):
    """Whether an official can belong to a coalition (1 or 0): all must respond, and providers need an agreement."""
    return is_responsive(me) * max(me.manages, me.agreement)


@rule
def politician_may_join(me):
    """Whether a politician can belong to a coalition (1 or 0): only a sponsor of reform can."""
    return is_sponsor(me)


@rule
def joins(me, s, may, support):
    """Whether an agent who may join the coalition does so (1 or 0): agents join when support reaches their threshold.

    A member stays until support falls below a fraction of the threshold; brokering lowers the threshold. Source:
    Granovetter (1978); leaving and brokering assumed.
    """
    bar = me.threshold * (1.0 - s.coalitions.brokering) * (1.0 - (1.0 - s.coalitions.leaving_share) * me.member)
    return (may > 0) * (support >= bar) * 1


@rule
def lacks_sponsor(me):
    """Whether the district's coalition lacks a politician (1 or 0): without one, it ends at once."""
    return 1 - (me.allied_politicians > 0.0) * 1


@rule
def lacks_members(me, s):
    """Whether a coalition lacks its manager, or enough providers or citizens (1 or 0); it survives this for a while."""
    providers = me.allied_providers / me.providers >= s.coalitions.officials
    citizens = share(me.allied_citizens, me.residents) >= s.coalitions.citizens
    return 1 - (me.allied_managers > 0.0) * providers * citizens


@rule
def ending(me, s, grievance):
    """Why a coalition has ended, as a value of ``engagesim.rules.vocabulary.Ending``."""
    short = me.allied_providers / me.providers < s.coalitions.officials
    by_providers = BROKEN_PROMISE if me.disappointed > 0.0 else PROVIDERS_LEFT
    by_officials = TRANSFER if me.replaced > 0.0 else by_providers
    by_citizens = SUCCESS if grievance < s.coalitions.content else EXHAUSTION
    below = by_officials if short else by_citizens
    by_manager = MANAGER_LEFT if me.allied_managers == 0.0 else below
    by_politician = ELECTION if me.in_office < me.coalition_age else POLITICIAN_LEFT
    return by_politician if me.allied_politicians == 0.0 else by_manager


@rule
def cover(me, s):
    """Protection by a standing coalition, in [0, 1]: the more officials and citizens belong, the stronger it is."""
    citizens = min(1.0, s.organisations.scale * share(me.allied_citizens, me.residents))
    return me.coalition * 0.5 * (me.allied_providers / me.providers + citizens)
