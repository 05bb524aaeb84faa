"""What citizens see, are asked, want, and learn.

Utilities are in units of the value to one citizen of service quality rising from 0 to 1. Each comes as its terms, in
a fixed order, so that a choice can be explained; the utility is their sum.
"""

from engagesim.compiling import rule
from engagesim.rules.choice import clip, power, toward
from engagesim.rules.vocabulary import ACCOMMODATE, CLIENT, COLLABORATE, CONFRONT, PATRONAGE, SPONSOR

COLLABORATE_TERMS = ("gain", "solidarity", "cost")
CONFRONT_TERMS = ("gain", "solidarity", "anger", "risk")
CLIENT_TERMS = ("favour", "stigma")


@rule
def is_connected(rank, connected_share, education):
    """Whether a citizen has ICT access (1 or 0): the better educated stand earlier in the queue."""
    return 1.0 * (rank < connected_share * (0.5 + education))


@rule
def received_quality(quality, vulnerability, disadvantage, responsive, inclusiveness, capture):
    """Quality of the service as this citizen gets it, in [0, 1].

    The vulnerable get less of the same service; officials who respond through an inclusive form that is not
    captured close the distance. Source: E22, E02; form assumed.
    """
    reach = responsive * inclusiveness * (1.0 - capture)
    return quality * (1.0 - disadvantage * vulnerability * (1.0 - reach))


@rule
def asked_chance(
    organising, outreach, inclusiveness, vulnerability, recruitment, recruitment_floor, collectiveness,
    engaged_neighbours, recall, habit,
):  # fmt: skip
    """Chance of being asked to take part this month: by associations, by the form's outreach, by neighbours, by habit.

    ``1 - (1 - organising) * (1 - outreach) * (1 - recall * habit) * (1 - recruitment) ** engaged_neighbours``. A form
    that is not inclusive misses the vulnerable; neighbours ask the more, the more taking part is a joint act; who took
    part with success needs less asking. Source: E23 (being asked is the gate), E22, E24.
    """
    reached = outreach * (1.0 - (1.0 - inclusiveness) * vulnerability)
    recruited = recruitment * (recruitment_floor + (1.0 - recruitment_floor) * collectiveness)
    unasked = (1.0 - organising) * (1.0 - reached) * (1.0 - recall * habit)
    return 1.0 - unasked * power(1.0 - recruited, engaged_neighbours)


@rule
def benefit(stake, dependence, vulnerability, floor, slope, aspiration, received):
    """Value of getting something done: a stake, larger for those who depend on the service, times unmet aspiration.

    ``stake * (1 + dependence * (vulnerability - 0.5)) * (floor + slope * grievance)``. Source: E22 (where need is high
    the poor take part in collective claims as much as others, or more).
    """
    depends = max(0.0, 1.0 + dependence * (vulnerability - 0.5))
    return stake * depends * (floor + slope * max(0.0, aspiration - received))


@rule
def success_belief(efficacy, trust, trust_weight):
    """Believed chance of success of a route: internal efficacy, discounted by external efficacy (trust).

    ``efficacy * (1 - trust_weight * (1 - trust))``. Source: E24.
    """
    return efficacy * (1.0 - trust_weight * (1.0 - trust))


@rule
def collaborate(
    value, belief, reach_floor, influence, solidarity, collectiveness, engaged,
    opened, time_price, time_cost, inclusiveness, vulnerability, demands, education, ict_saving, connected, barrier,
):  # fmt: skip
    """Terms of constructive engagement: gain, solidarity, cost.

    The gain grows with the share of the decision that the form hands over; solidarity with neighbours who engage, as
    far as taking part is a joint act; time is dearer to the vulnerable, the more so the less inclusive the form, and
    to those with little education, whom a demanding form asks more of; where no channel is open, a barrier stands in
    its place. Source: model form; E22 for who pays.
    """
    gain = value * (reach_floor + (1.0 - reach_floor) * influence) * belief
    burden = 1.0 + (1.0 - inclusiveness) * vulnerability + demands * (0.5 - education)
    time = time_price * time_cost * max(0.0, burden) - ict_saving * connected
    cost = opened * time + (1.0 - opened) * barrier
    return gain, solidarity * collectiveness * engaged, -cost


@rule
def confront(
    value, belief, leverage_floor, teeth, conciliation, responsive, solidarity, engaged, anger, aspiration, received,
    trust, confront_cost, repression, stance, tolerated, cover_strength, cover,
):  # fmt: skip
    """Terms of confrontation: gain, solidarity, anger, risk.

    Teeth give leverage; there is the less to force, and the less solidarity with those who do, the more officials
    respond anyway; unmet aspirations anger those who expect no answer; a patron represses, others hardly do, and less
    where many engage or a coalition covers them. Source: model form; Epstein (2002) for grievance and risk.
    """
    unresolved = 1.0 - conciliation * responsive
    gain = value * (leverage_floor + (1.0 - leverage_floor) * teeth) * unresolved * belief
    grievance = max(0.0, aspiration - received)
    harsh = tolerated + (1.0 - tolerated) * (stance == PATRONAGE)
    risk = confront_cost + repression * harsh * (1.0 - engaged) * (1.0 - cover_strength * cover)
    return gain, solidarity * engaged * unresolved, anger * grievance * (1.0 - trust), -risk


@rule
def client(patronage, favour_value, reliance, need_floor, vulnerability, stigma, education, clients):
    """Terms of a vote for a favour: favour, stigma.

    A favour is worth more to the vulnerable and only as much as the patron is relied upon; the educated are ashamed
    of it, less so among clients. Source: E31; form assumed.
    """
    favour = favour_value * patronage * reliance * (need_floor + vulnerability)
    return favour, -stigma * (0.5 + education) * (1.0 - 0.5 * clients)


@rule
def unserved(received, responsive, diligence):
    """Chance that a routine need of this citizen is not met this month, in [0, 1].

    What the service lacks in quality, a diligent official makes up for in part. Source: E13; form assumed.
    """
    return (1.0 - received) * (1.0 - diligence * responsive)


@rule
def funnel_stage(stage, opened, asked, engaged, response, succeeded):
    """How far a citizen has come with an initiative: asked, took part, was responded to, gained, gained again (1 to 5).

    Only what happens while a form is open counts, and nobody falls back. Source: E08.
    """
    came = max(asked, engaged * (2 + (response >= ACCOMMODATE)))
    gained = succeeded * (4 + (stage >= 4))
    return max(stage, (opened > 0.0) * max(came, gained))


@rule
def next_habit(habit, strategy, success, rate, fading):
    """Habit of taking part: it moves to what the last act brought, and fades without one. Source: E24."""
    acted = 1.0 * (strategy == COLLABORATE) + 1.0 * (strategy == CONFRONT)
    return toward(habit, acted * success, acted * rate + (1.0 - acted) * fading)


@rule
def learned_efficacy(efficacy, route, strategy, success, rate, self_blame):
    """Internal efficacy of a route after acting: it moves towards success where the route was taken.

    A failure counts as far as people blame themselves for it; with 1 it counts as much as a success. Source: E24
    (success builds confidence), E08 (mobilisation that fails leaves efficacy as it was).
    """
    return toward(efficacy, success, rate * (strategy == route) * (self_blame + (1.0 - self_blame) * success))


@rule
def vicarious_efficacy(efficacy, route, strategy, success, rate, self_blame):
    """Internal efficacy after seeing one peer act: towards that peer's success. A rule of its own, to be replaced."""
    return learned_efficacy(efficacy, route, strategy, success, rate, self_blame)


@rule
def learned_trust(trust, strategy, success, rate):
    """External efficacy: moves towards what the citizen's own engagement got. Source: E20, E24."""
    return toward(trust, success, rate * ((strategy == COLLABORATE) + (strategy == CONFRONT)))


@rule
def learned_reliance(reliance, strategy, favoured, stance, rate, hearsay_rate):
    """Belief that the patron delivers: clients go by the favour received, others by what the politician stands for."""
    is_client = 1.0 * (strategy == CLIENT)
    outcome = is_client * favoured + (1.0 - is_client) * (stance == PATRONAGE)
    return toward(reliance, outcome, is_client * rate + (1.0 - is_client) * hearsay_rate)


@rule
def learned_aspiration(aspiration, received, ambition, education, expectations, rate):
    """Quality expected: moves towards the present quality plus an ambition that rises with education."""
    return toward(aspiration, clip(received + ambition * education + expectations), rate)


@rule
def support(
    strategy, success, stance, received, aspiration, trust, floor, loyalty, credit, backlash, collectiveness,
):  # fmt: skip
    """Approval of the politician by this citizen, in [0, 1].

    A client supports by the favour received; others by quality against aspiration and trust and, as far as they
    engage in a collective way, by success under a sponsor and by anger under a patron: who only answers a survey
    does not change sides. Source: E31, model form.
    """
    is_client = 1.0 * (strategy == CLIENT)
    joint = 1.0 * (strategy == CONFRONT) + collectiveness * (strategy == COLLABORATE)
    judged = floor + (received - aspiration) + 0.3 * (trust - 0.35)
    judged = judged + joint * ((stance == SPONSOR) * credit * success - (stance == PATRONAGE) * backlash)
    return is_client * (1.0 - loyalty + loyalty * success) + (1.0 - is_client) * clip(judged)


@rule
def activity(strategy, collectiveness):
    """How far a citizen is active in a collective way, in [0, 1]: confronting fully, collaborating as the form is."""
    return 1.0 * (strategy == CONFRONT) + collectiveness * (strategy == COLLABORATE)
