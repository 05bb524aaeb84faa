"""Fatigue: people who engage in vain grow tired, and tired people are harder to recruit.

**What it says about people.** People who engage and get nothing done grow a little more tired of it; success and pauses
refresh them. Tired people take fewer requests to take part seriously, so the model counts them as asked less often
(``asked``): they collaborate less, and also confront less where no organisation calls. Field studies report
consultation fatigue, but nobody has measured it, so all three numbers are assumptions.

**State.** ``tiredness`` of a citizen, from 0 to 1, at first 0.

**Order.** Tiredness changes right after citizens learn whether they succeeded (:func:`tire`), and affects who is asked
in the next month (:func:`asked_chance`).

**Off.** With ``fatigue.weight=0`` people grow tired without any effect: everything else is as without the mechanism.
"""

from engagesim.mechanisms import follows, measure, replaces, setting, step, variable
from engagesim.month import citizen
from engagesim.rules.choice import toward
from engagesim.rules.citizen import asked_chance as usual_chance
from engagesim.rules.citizen import engages

tiring = setting(0.1, 0, 1, "rate per month", "How fast people who engage in vain grow tired")
rest = setting(0.05, 0, 1, "rate per month", "How fast fatigue fades in people who do not engage")
weight = setting(0.8, 0, 1, "share", "Part of the chance of being asked that full fatigue takes away; 0: none")

tiredness = variable("citizen", "0 to 1", "How tired the citizen is of engaging in vain", start=0.0)


@follows(citizen.succeed)
@step("tiredness")
def tire(me, s):
    """Engaging in vain makes citizens tired; success and pauses refresh them.

    Tiredness moves to 1 in citizens who engaged in vain and to 0 in all others, at the rate ``tiring`` if they engaged
    and ``rest`` if they did not.
    """
    engaged = engages(me)
    in_vain = engaged * (1.0 - me.outcome)
    return toward(me.tiredness, in_vain, engaged * s.fatigue.tiring + (1 - engaged) * s.fatigue.rest)


@replaces(usual_chance)
def asked_chance(me, s):
    """Tired people are recruited less often: the usual chance, times ``1 - weight * tiredness``."""
    return usual_chance(me, s) * (1.0 - s.fatigue.weight * me.tiredness)


@measure("citizen", "0 to 1")
def fatigue_of_citizens(me):
    """Fatigue of citizens from engaging in vain."""
    return me.tiredness
