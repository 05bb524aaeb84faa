"""Fatigue: those who engage in vain tire, and the tired are harder to win for engagement.

**What it says about people.** Whoever takes part and gets nothing done is a little more tired of it; success refreshes,
and so does a pause. Tired people take fewer requests to take part seriously, so the model counts them as asked less
often (``asked``): they collaborate less, and also confront less where no organisation calls. Consultation fatigue is a
complaint of field studies; no number is measured, so all three are assumptions.

**State.** ``tiredness`` of a citizen, from 0 to 1, 0 at first.

**Order.** Right after citizens know what they got (:func:`tire`), for the next month's being asked
(:func:`asked_chance`).

**Off.** With ``fatigue.weight=0`` people tire, and nothing comes of it: all else is as without the mechanism.
"""

from engagesim.mechanisms import follows, measure, replaces, setting, step, variable
from engagesim.month import citizen
from engagesim.rules.choice import toward
from engagesim.rules.citizen import asked_chance as usual_chance
from engagesim.rules.citizen import engages

tiring = setting(0.1, 0, 1, "rate per month", "How fast those who engage in vain tire")
rest = setting(0.05, 0, 1, "rate per month", "How fast fatigue fades in those who do not engage")
weight = setting(0.8, 0, 1, "share", "Part of the chance of being asked that full fatigue takes; 0: none")

tiredness = variable("citizen", "0 to 1", "How tired the citizen is of engaging in vain", start=0.0)


@follows(citizen.succeed)
@step("tiredness")
def tire(me, s):
    """Engaging in vain tires, success and a pause refresh.

    Tiredness moves to 1 in those who engaged in vain and to 0 in all others, by ``tiring`` where they engaged and by
    ``rest`` where they did not.
    """
    engaged = engages(me)
    in_vain = engaged * (1.0 - me.outcome)
    return toward(me.tiredness, in_vain, engaged * s.fatigue.tiring + (1 - engaged) * s.fatigue.rest)


@replaces(usual_chance)
def asked_chance(me, s):
    """The tired are asked with success less often: the usual chance, times ``1 - weight * tiredness``."""
    return usual_chance(me, s) * (1.0 - s.fatigue.weight * me.tiredness)


@measure("citizen", "0 to 1")
def fatigue_of_citizens(me):
    """Fatigue of citizens from engaging in vain."""
    return me.tiredness
