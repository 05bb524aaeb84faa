"""Every parameter, with default, unit, range, source and a one-sentence description."""

from engagesim.parameters.behaviour import (
    Citizens,
    Coalitions,
    Conditions,
    Incentives,
    Officials,
    Oversight,
    Politicians,
    Services,
)
from engagesim.parameters.engagement import FORM_DIMENSIONS, Engagement, Intervention
from engagesim.parameters.society import Network, Population
from engagesim.parameters.tree import FIXED, SETTINGS, Parameters, Row, Setting, parameter_table, settings_of

__all__ = [
    "FIXED",
    "FORM_DIMENSIONS",
    "SETTINGS",
    "Citizens",
    "Coalitions",
    "Conditions",
    "Engagement",
    "Incentives",
    "Intervention",
    "Network",
    "Officials",
    "Oversight",
    "Parameters",
    "Politicians",
    "Population",
    "Row",
    "Services",
    "Setting",
    "parameter_table",
    "settings_of",
]
