"""The month, written once: who does what, step by step, on one page that both engines follow.

A phase has a name (``model.live("choose")`` simulates one). What it consists of is listed in order: everybody of a kind
takes some steps (``each``), or something is done that is not agent by agent (a word: each engine has a method or a
kernel of that name).

A line is one pass of the compiled engine over all of a kind. Many short lines, each of which the compiler turns into
SIMD code, are faster than few long ones, for which it gives up.
"""

from engagesim.month import citizen, coalition, district, official, organisation, politician, relation, tallies
from engagesim.month.steps import Each, each

type Phase = tuple[Each | str, ...]

MONTH: dict[str, Phase] = {
    "move_trends": (
        "put_in_force",
        each("district", district.be_supplied),
    ),
    "govern": (
        each("politician", politician.govern),
        each("official", official.keep_or_leave, official.hand_over, official.forget),
        each("official", official.start_anew),
        each("politician", politician.settle_in),
    ),
    "organise": (
        each("citizen", organisation.belong),
        each("citizen", organisation.lead),
        each("citizen", organisation.stand_by),
        each("provider", organisation.gather),
    ),
    "bargain": (
        each("provider", relation.claim),
        each("provider", relation.be_allocated, relation.fall_due, relation.remember),
        each("provider", relation.demand, relation.answer),
        each("provider", relation.escalate, relation.expect),
    ),
    "choose": (
        each("citizen", citizen.be_asked, citizen.choose),
        each("citizen", citizen.be_summoned),
    ),
    "respond": (
        each("citizen", citizen.come),
        each("official", official.weigh_load),
        each("official", official.pause),
        each("official", official.respond),
        each("official", official.open_counter),
        each("district", district.follow_the_manager),
    ),
    "meet": (
        each("citizen", citizen.meet),
        each("citizen", citizen.date),
        each("citizen", citizen.remember),
        each("citizen", citizen.succeed),
    ),
    "serve": (
        each("provider", relation.be_helped),
        each("provider", official.work_for_the_patron, official.serve),
        each("district", district.be_seen, district.divert, district.serve, district.benefit),
    ),
    "learn": (
        "meet_contacts",
        each("citizen", citizen.judge),
        each("citizen", citizen.learn),
        each("citizen", citizen.adapt),
        each("official", official.learn),
        each("official", official.practise),
        each("official", official.fare),
        each("district", district.learn),
        each("politician", politician.learn),
        "see_neighbours",
    ),
    "ally": (
        each("citizen", coalition.be_counted),
        each("district", coalition.be_organised, coalition.be_backed),
        each("official", coalition.join_as_official),
        each("politician", coalition.join_as_politician),
        each("politician", coalition.ally_as_politician),
        each("official", coalition.ally_as_official),
        each("citizen", coalition.ally_as_citizen),
        each("district", coalition.stand, coalition.last),
    ),
    "vote": (
        each("politician", politician.face_voters),
        each("politician", politician.count_months),
    ),
    "observe": (
        each("citizen", tallies.acts),
        each("citizen", tallies.acts_by_education),
        each("citizen", tallies.acts_by_vulnerability),
        each("citizen", tallies.first_times),
        each("citizen", tallies.lately),
        each("citizen", tallies.funnel),
        each("citizen", tallies.people),
        each("citizen", tallies.beliefs),
        each("citizen", tallies.organised),
        each("citizen", tallies.services_received),
        each("official", tallies.responses, tallies.posts, tallies.condition_of_officials),
        each("provider", tallies.bargains, tallies.relations),
        each("politician", tallies.politicians, tallies.elections),
        each("district", tallies.services, tallies.diversion, tallies.coalitions),
        each("district", tallies.births_and_ends, tallies.causes_of_ends, tallies.first_district),
        each("district", tallies.spread_of_quality),
    ),
}  # fmt: skip
"""The phases of a month, by name, in order."""
