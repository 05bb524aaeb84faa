"""From parameters to what a link of Explore carries: a scenario, and every number that is different from it."""

from operator import attrgetter
from typing import Any

from engagesim.app.asked import USUAL, Asked, base_of, scenarios
from engagesim.configs.composing import composed
from engagesim.errors import ParameterError
from engagesim.parameters import Parameters, parameter_table

_LEFT_OUT = {"name", "months", "trends", "interventions", "engagement.where", "engagement.note"}
"""What no link carries; the months are as many as a visitor likes to watch."""


def carried(parameters: Parameters) -> Asked:
    """Return what opens the same society in Explore: the same bits, month by month.

    Raises
    ------
    ParameterError
        Where the society has schedules of its own, or is too large for the browser.
    """
    scenario = parameters.name if parameters.name in scenarios() else USUAL
    base = base_of(scenario)
    for what in ("trends", "interventions", "engagement.where"):
        if attrgetter(what)(parameters) != attrgetter(what)(base):
            raise ParameterError(
                f"{what}: this society has its own, which a link cannot carry; engagesim rerun opens it"
            )
    asked = Asked(scenario, differences(base, parameters))
    asked.start()
    return asked


def with_form(scenario: str, form: str) -> dict[str, Any]:
    """Return what is different in a scenario where another form of engagement opens."""
    return differences(base_of(scenario), composed([f"scenario={scenario}", f"engagement={form}"]).parameters)


def differences(base: Parameters, parameters: Parameters) -> dict[str, Any]:
    """Return the parameters by path that are not as in a base."""
    paths = [row.path for row in parameter_table() if row.path not in _LEFT_OUT]
    values = {path: attrgetter(path)(parameters) for path in paths}
    return {path: value for path, value in values.items() if value != attrgetter(path)(base)}
