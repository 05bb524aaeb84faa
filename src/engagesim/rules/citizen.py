"""What citizens see, when others ask them to take part, and how they choose and learn.

The unit of utility is the value to one citizen of service quality rising from 0 to 1. A rule returns a utility as its
terms, in a fixed order, so that a choice can be explained; their sum is the utility.

In every rule ``me`` is the citizen, ``home`` the district, ``post`` the official at the service point, ``other`` the
peer met this month, and ``s`` the parameters in force in the district, by group and name.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import MIDDLE, clip, power, share, toward
from engagesim.rules.vocabulary import ACCOMMODATE, CLIENT, COLLABORATE, CONFRONT, PATRONAGE, SPONSOR

COLLABORATE_TERMS = ("gain", "solidarity", "cost")
CONFRONT_TERMS = ("gain", "solidarity", "anger", "risk")
CLIENT_TERMS = ("favour", "stigma")


@rule
def education(me, s):
    """Current education, in [0, 1]: the citizen's education at the start, shifted by current conditions."""
    return clip(me.education + s.conditions.education)


@rule
def vulnerability(me, s):
    """Current vulnerability, in [0, 1]: the citizen's vulnerability at the start, shifted by current conditions."""
    return clip(me.vulnerability + s.conditions.vulnerability)


@rule
def engages(me):
    """Whether the citizen collaborates or confronts this month (1 or 0)."""
    return (me.strategy == COLLABORATE) * 1 + (me.strategy == CONFRONT) * 1


@rule
def of_peers(me, count):
    """Convert a number of peers to a share of all peers, in [0, 1]."""
    return count * share(1, me.peers)


@rule
def is_connected(me, s):
    """Whether a citizen has ICT access (1 or 0): the better educated get access first."""
    return 1.0 * (me.access_rank < s.conditions.connected * (s.citizens.access_floor + education(me, s)))


@rule
def received_quality(me, home, s):
    """Quality of the service that the citizen receives, in [0, 1].

    The vulnerable get less from the same service. Officials who respond through an inclusive form that is not captured
    narrow the gap. Source: E22, E02; form assumed.
    """
    reach = home.responsive * s.engagement.inclusiveness * (1.0 - s.engagement.capture)
    return home.quality * (1.0 - s.citizens.disadvantage * vulnerability(me, s) * (1.0 - reach))


@rule
def asked_chance(me, s):
    """Chance of being prompted to take part this month: by associations, outreach, neighbours or habit.

    ``1 - (1 - organising) * (1 - outreach) * (1 - recall * habit) * (1 - recruitment) ** engaged_neighbours``. A form
    that is not inclusive misses the vulnerable. Neighbours ask more often if taking part is a joint act, and citizens
    with a habit of taking part need less asking. Source: E23 (being asked is the gate), E22, E24.
    """
    reached = s.engagement.outreach * (1.0 - (1.0 - s.engagement.inclusiveness) * vulnerability(me, s))
    floor = s.citizens.recruitment_floor
    recruited = s.citizens.recruitment * (floor + (1.0 - floor) * s.engagement.collectiveness)
    unasked = (1.0 - s.conditions.organising) * (1.0 - reached) * (1.0 - s.citizens.recall * me.habit)
    return 1.0 - unasked * power(1.0 - recruited, me.engaged_neighbours)


@rule
def grievance(me, received):
    """How far the service falls short of the quality that the citizen expects, in [0, 1]."""
    return max(0.0, me.aspiration - received)


@rule
def benefit(me, s, received):
    """Value of getting something done: a stake, larger for those who depend on the service, times unmet aspirations.

    ``stake * (1 + dependence * (vulnerability - 0.5)) * (floor + slope * grievance)``. Source: E22 (where need is high,
    the poor take part in collective claims at least as much as others).
    """
    depends = max(0.0, 1.0 + s.citizens.dependence * (vulnerability(me, s) - MIDDLE))
    lacking = s.citizens.benefit_slope * grievance(me, received)
    return s.citizens.stake * depends * (s.citizens.benefit_floor + lacking)


@rule
def called_weight(me, post, s):
    """How readily a citizen confronts: members fully if the organisation calls for it, others less.

    Without a call, citizens who were asked to take part confront less readily, and others hardly ever.

    Source: E23; form assumed.
    """
    follows = me.member + (1.0 - me.member) * s.citizens.outsiders
    alone = s.citizens.uncalled * (me.asked + (1.0 - me.asked) * s.citizens.spontaneity)
    return follows * post.called + alone * (1 - post.called)


@rule
def success_belief(me, s, efficacy):
    """Believed chance that a route succeeds: internal efficacy, discounted for a lack of trust (external efficacy).

    ``efficacy * (1 - trust_weight * (1 - trust))``. Source: E24.
    """
    return efficacy * (1.0 - s.citizens.trust_weight * (1.0 - me.trust))


@rule
def collaborate(me, s, value, belief, engaged, connected):
    """Terms of collaborating: gain, solidarity and cost.

    The gain grows with the share of the decision that the form hands over. Solidarity grows with the share of
    neighbours who engage, and with how far taking part is a joint act. A less inclusive form costs the
    vulnerable more time, and a demanding form costs those with little education more. If no form is open, a barrier
    replaces this cost. Source: model form; E22 for who pays.
    """
    gain = value * (s.citizens.reach_floor + (1.0 - s.citizens.reach_floor) * s.engagement.influence) * belief
    dearer = (1.0 - s.engagement.inclusiveness) * vulnerability(me, s)
    burden = 1.0 + dearer + s.citizens.demands * (MIDDLE - education(me, s))
    time = s.citizens.time_price * s.engagement.time_cost * max(0.0, burden) - s.citizens.ict_saving * connected
    cost = s.engagement.opened * time + (1.0 - s.engagement.opened) * s.citizens.barrier
    return gain, s.citizens.solidarity * s.engagement.collectiveness * engaged, -cost


@rule
def confront(me, home, s, value, belief, engaged):
    """Terms of confrontation: gain, solidarity, anger and risk.

    Teeth give leverage. The more officials respond anyway, the less confrontation can gain, and the weaker the
    solidarity with those who confront. Unmet aspirations anger those who expect no answer. A patron represses citizens
    who confront; other politicians hardly do. Repression is weaker if many engage or a coalition protects them. Source:
    model form; Epstein (2002) for grievance and risk.
    """
    unresolved = 1.0 - s.citizens.conciliation * home.responsive
    leverage = s.citizens.leverage_floor + (1.0 - s.citizens.leverage_floor) * s.engagement.teeth
    harsh = s.citizens.tolerated + (1.0 - s.citizens.tolerated) * (home.stance == PATRONAGE)
    alone = s.incentives.repression * harsh * (1.0 - engaged) * (1.0 - s.coalitions.strength * home.cover)
    risk = s.citizens.confront_cost + alone
    anger = s.citizens.anger * grievance(me, received_quality(me, home, s)) * (1.0 - me.trust)
    return value * leverage * unresolved * belief, s.citizens.solidarity * engaged * unresolved, anger, -risk


@rule
def client(me, s, clients):
    """Terms of a vote for a favour: favour and stigma.

    A favour is worth more to the vulnerable and to those who believe that the patron delivers. The educated are ashamed
    of it, but less so among clients. Source: E31; form assumed.
    """
    needed = s.citizens.need_floor + vulnerability(me, s)
    favour = s.citizens.favour_value * s.incentives.patronage * me.reliance * needed
    ashamed = s.citizens.stigma_floor + education(me, s)
    return favour, -s.citizens.stigma * ashamed * (1.0 - s.citizens.stigma_relief * clients)


@rule
def unserved(home, s, received):
    """Chance that a routine need of this citizen is not met this month, in [0, 1].

    A diligent official makes up for part of what the service lacks in quality. Source: E13; form assumed.
    """
    return (1.0 - received) * (1.0 - s.services.diligence * home.responsive)


@rule
def funnel_stage(me, post, s, engaged, succeeded):
    """How far an initiative has brought a citizen: asked, took part, got a response, gained or gained again (1 to 5).

    Only what happens while a form is open counts, and nobody moves back a stage. Source: E08.
    """
    came = max(me.asked, engaged * (2 + (post.response >= ACCOMMODATE)))
    gained = succeeded * (4 + (me.funnel >= 4))
    return max(me.funnel, (s.engagement.opened > 0.0) * max(came, gained))


@rule
def next_habit(me, s):
    """Habit of taking part: it moves towards the outcome of the last act, and fades without an act. Source: E24."""
    acted = 1.0 * (me.strategy == COLLABORATE) + 1.0 * (me.strategy == CONFRONT)
    rate = acted * s.citizens.habit_rate + (1.0 - acted) * s.citizens.habit_fading
    return toward(me.habit, acted * me.outcome, rate)


@rule
def moved_by_success(other, s, efficacy, route, rate):
    """Internal efficacy of a route after somebody acted: it moves towards the outcome if they took this route.

    A failure counts to the extent that people blame themselves for it (``self_blame``); at 1, it counts as much as a
    success. Source: E24 (success builds confidence), E08 (mobilisation that fails leaves efficacy as it was).
    """
    counts = s.citizens.self_blame + (1.0 - s.citizens.self_blame) * other.outcome
    return toward(efficacy, other.outcome, rate * (other.strategy == route) * counts)


@rule
def learned_efficacy(me, s, efficacy, route):
    """Internal efficacy of a route after the citizen's own act (see ``moved_by_success``)."""
    return moved_by_success(me, s, efficacy, route, s.citizens.learning)


@rule
def vicarious_efficacy(other, s, efficacy, route, met):
    """Internal efficacy after a peer acts: it moves towards the peer's outcome. ``met`` is 0 without peers."""
    return moved_by_success(other, s, efficacy, route, s.citizens.vicarious * met)


@rule
def trust_in_view(me, post, home, s):
    """Trust that a citizen's experience justifies, in [0, 1].

    It depends on what the citizen and others in the district get, on whether officials listen (which counts even
    without success), and on whether the citizen's official keeps promises. Source: Levi, Sacks & Tyler (2009); weights
    assumed.
    """
    seen = toward(received_quality(me, home, s), home.quality, s.citizens.compared)
    fair = toward(1.0 * (post.response >= ACCOMMODATE), home.responsive, s.citizens.compared)
    word = s.citizens.trust_word * post.reliability
    return clip(s.citizens.trust_quality * seen + s.citizens.trust_fairness * fair + word)


@rule
def learned_trust(me, post, home, s):
    """Trust (external efficacy): it moves with what citizens see, how their engagement ends, and kept promises.

    Source: E20, E24.
    """
    seen = toward(me.trust, trust_in_view(me, post, home, s), s.citizens.trust_in_view)
    own = toward(seen, me.outcome, s.citizens.trust_rate * engages(me))
    return clip(own + s.citizens.shaken * (post.kept - post.broken))


@rule
def learned_reliance(me, home, s):
    """Belief that the patron delivers: clients judge by the favour they got, others by the politician's stance."""
    is_client = 1.0 * (me.strategy == CLIENT)
    outcome = is_client * me.outcome + (1.0 - is_client) * (home.stance == PATRONAGE)
    return toward(me.reliance, outcome, is_client * s.citizens.learning + (1.0 - is_client) * s.citizens.hearsay)


@rule
def learned_aspiration(me, s, received):
    """Quality expected: it moves towards present quality plus an ambition that rises with education and with quality.

    Source: E35 (demands ratchet up with what people get).
    """
    more = s.citizens.appetite * received + s.citizens.ambition * education(me, s)
    hoped = clip(received + more + s.conditions.expectations)
    return toward(me.aspiration, hoped, s.citizens.aspiration_rate)


@rule
def support(me, home, s, received):
    """Approval of the politician by this citizen, in [0, 1].

    A client judges by the favour received. Others judge by trust and by how quality compares with their aspiration; a
    large shortfall can cost more than in proportion to its size. Citizens who act collectively also give credit for
    success under a sponsor and turn against a patron; a citizen who only answers a survey does not change sides.
    Source: E31, E35, model form.
    """
    is_client = 1.0 * (me.strategy == CLIENT)
    joint = activity(me, s)
    trusting = s.citizens.approval_trust * (me.trust - s.citizens.usual_trust)
    ahead = received - me.aspiration
    weighed = ahead * (1.0 + s.citizens.disappointment * max(0.0, -ahead))
    judged = s.citizens.approval_floor + weighed + trusting
    credit = (home.stance == SPONSOR) * s.incentives.credit * me.outcome
    judged = judged + joint * (credit - (home.stance == PATRONAGE) * s.citizens.backlash)
    favoured = 1.0 - s.citizens.loyalty + s.citizens.loyalty * me.outcome
    return is_client * favoured + (1.0 - is_client) * clip(judged)


@rule
def activity(me, s):
    """How collectively a citizen acts, in [0, 1]: 1 if confronting, and the form's collectiveness if collaborating."""
    return 1.0 * (me.strategy == CONFRONT) + s.engagement.collectiveness * (me.strategy == COLLABORATE)


@rule
def heard_for(me, s):
    """Number of citizens for whom this one speaks to the politician; a broker also speaks for others.

    Source: Stokes et al. (2013).
    """
    return 1.0 + s.politicians.brokers_weight * me.broker
