"""Mechanisms that users write: new state variables, settings, steps, rules and measures in one Python module.

A module declares them with the functions of this package; each declaration has the name of its variable. For example,
this is a mechanism in a file ``fatigue.py``::

    from engagesim.mechanisms import follows, setting, step, variable
    from engagesim.month import citizen

    speed = setting(0.1, 0, 1, "rate per month", "How fast those who engage in vain tire")
    tiredness = variable("citizen", "0 to 1", "How tired the citizen is of engaging in vain", start=0.0)

    @follows(citizen.succeed)
    @step("tiredness")
    def tire(me, s):
        return me.tiredness + s.fatigue.speed * (1 - me.tiredness) * (1 - me.outcome)

``EngagementModel(parameters, mechanisms=["fatigue.py"])`` and ``simulate([parameters], seeds,
mechanisms=["fatigue.py"])`` use it with identical results. A module is code, so use only modules that you trust. It is
a single file, which is read and executed once, so a copy of the file is enough to repeat a run.

:mod:`engagesim.month.steps` lists the arguments that a step can have (``me``, ``home``, ``s`` …).
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
