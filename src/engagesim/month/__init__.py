"""The month, written once: who does what, step by step, on one page that both engines follow.

A phase has a name (``model.live("choose")`` lives one). What it consists of is listed in order: everybody of a kind
takes some steps (``each``), or something is done that is not agent by agent (a word: each engine has a method or a
kernel of that name).

A line is one pass of the compiled engine over all of a kind. Many short lines, each of which the compiler turns into
SIMD code, are faster than few long ones, for which it gives up.
"""

from engagesim.month import citizen, coalition, district, official, politician, tallies
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
        each("politician", politician.settle_in),
    ),
    "choose": (
        each("citizen", citizen.be_asked, citizen.choose),
        each("citizen", citizen.be_summoned),
    ),
    "respond": (
        each("citizen", citizen.come),
        each("official", official.weigh_load),
        each("official", official.respond),
        each("official", official.open_counter),
        each("district", district.follow_the_manager),
    ),
    "meet": (
        each("citizen", citizen.meet),
        each("citizen", citizen.remember),
        each("citizen", citizen.succeed),
    ),
    "serve": (
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
    ),
    "join_coalitions": (
        each("citizen", citizen.act),
        each("official", official.act),
        each("politician", politician.act),
        "see_neighbours",
        each("citizen", coalition.join),
        each("official", coalition.join),
        each("politician", coalition.join),
        "find_broad",
        each("district", coalition.organise, coalition.protect),
        each("society", coalition.last),
    ),
    "vote": (
        each("politician", politician.face_voters),
    ),
    "observe": (
        each("citizen", tallies.acts),
        each("citizen", tallies.acts_by_education),
        each("citizen", tallies.acts_by_vulnerability),
        each("citizen", tallies.first_times),
        each("citizen", tallies.funnel),
        each("citizen", tallies.people),
        each("citizen", tallies.beliefs),
        each("citizen", tallies.services_received),
        each("official", tallies.responses, tallies.posts, tallies.condition_of_officials),
        each("politician", tallies.politicians),
        each("district", tallies.services, tallies.diversion, tallies.coalitions),
        each("district", tallies.spread_of_quality),
        each("society", tallies.society),
    ),
}  # fmt: skip
"""The phases of a month, by name, in order."""
