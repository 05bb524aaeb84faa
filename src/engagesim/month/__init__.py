"""What each agent does in a month, step by step, written once for both engines.

Each phase has a name (``model.live("choose")`` simulates one) and lists its parts in order. A part is either ``each``,
in which all agents of a kind take some steps, or a word for something that is not done agent by agent. Each engine has
a method or a kernel with the name of that word.

The compiled engine passes over all agents of a kind once for each line. Many short lines are faster than a few long
ones, because the compiler turns only short ones into SIMD code.
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
