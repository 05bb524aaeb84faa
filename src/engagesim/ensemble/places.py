"""Where each column, setting and tally stands in its block; plain numbers that the compiler folds into the code."""

from engagesim.measures import TALLY
from engagesim.parameters import SETTINGS
from engagesim.randomness import Purpose
from engagesim.society.population import CC, CN, DN, OC, ON, PN, SC, START
from engagesim.society.state import names, places

S = names("setting", [setting.name for setting in SETTINGS])
PC = places("politician", "count")
DC = places("district", "count")

CITIZEN_CHOICE = int(Purpose.CITIZEN_CHOICE)
CITIZEN_ENCOUNTER = int(Purpose.CITIZEN_ENCOUNTER)
CONTACT = int(Purpose.CONTACT)
OFFICIAL_POST = int(Purpose.OFFICIAL_POST)
OFFICIAL_ABILITY = int(Purpose.OFFICIAL_ABILITY)
OFFICIAL_CHOICE = int(Purpose.OFFICIAL_CHOICE)
OFFICIAL_SANCTION = int(Purpose.OFFICIAL_SANCTION)
POLITICIAN_CHOICE = int(Purpose.POLITICIAN_CHOICE)
ELECTION = int(Purpose.ELECTION)

__all__ = [
    "CC",
    "CITIZEN_CHOICE",
    "CITIZEN_ENCOUNTER",
    "CN", "CONTACT",
    "DC",
    "DN",
    "ELECTION",
    "OC",
    "OFFICIAL_ABILITY",
    "OFFICIAL_CHOICE",
    "OFFICIAL_POST",
    "OFFICIAL_SANCTION",
    "ON",
    "PC",
    "PN",
    "POLITICIAN_CHOICE",
    "SC",
    "START",
    "TALLY",
    "S",
]  # fmt: skip
