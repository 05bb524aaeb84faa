"""Mechanisms of a user's own: new state variables, settings, steps, rules and measures, in one Python module.

A module declares them with the words of this page; what a thing is called is the name that it is given there. This is
a mechanism, in a file ``fatigue.py``::

    from engagesim.mechanisms import follows, setting, step, variable
    from engagesim.month import citizen

    speed = setting(0.1, 0, 1, "rate per month", "How fast those who engage in vain tire")
    tiredness = variable("citizen", "0 to 1", "How tired the citizen is of engaging in vain", start=0.0)

    @follows(citizen.succeed)
    @step("tiredness")
    def tire(me, s):
        return me.tiredness + s.fatigue.speed * (1 - me.tiredness) * (1 - me.outcome)

``EngagementModel(parameters, mechanisms=["fatigue.py"])`` follows it, and so does
``simulate([parameters], seeds, mechanisms=["fatigue.py"])``, with the same bits. A module is code, and is trusted as
such. It is one file, which is read once and executed as it was read: a copy of it is all that it takes to repeat a run.

What a step can ask for (``me``, ``home``, ``s`` …) stands in :mod:`engagesim.month.steps`.
"""

from engagesim.mechanisms.declarations import (
    Following,
    Mechanism,
    Observing,
    Replacing,
    Variable,
    follows,
    measure,
    replaces,
    setting,
    total,
    variable,
)
from engagesim.mechanisms.design import extended
from engagesim.month.steps import step

__all__ = [
    "Following",
    "Mechanism",
    "Observing",
    "Replacing",
    "Variable",
    "extended",
    "follows",
    "measure",
    "replaces",
    "setting",
    "step",
    "total",
    "variable",
]
