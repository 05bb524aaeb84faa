"""What is shown of a society beside the graph: its time series, and how it stands in a sentence or two."""

from typing import Any

import numpy as np

from engagesim.app.limits import MOST_MONTHS
from engagesim.app.scene import colours
from engagesim.app.words import label, short
from engagesim.ensemble.living import LiveSociety
from engagesim.measures import MEASURE_NAMES
from engagesim.report.palette import BLUE, GREEN, ORANGE, SKY_BLUE, VERMILION
from engagesim.report.phrases import counted, percent


def _line(name: str, light: str, dark: str, dash: str = "") -> dict[str, str]:
    return {"name": name, "label": label(name).lower(), "light": light, "dark": dark, "dash": dash}


def _stacked(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "label": short(name), "dash": "", **colours(name)} for name in names]


PANELS: list[dict[str, Any]] = [
    {
        "title": "Services and trust",
        "unit": "0 to 1",
        "stacked": False,
        "lines": [
            _line("quality", BLUE, SKY_BLUE),
            _line("trust", VERMILION, ORANGE, "6 3"),
            _line("morale", GREEN, GREEN, "2 3"),
        ],
    },
    {
        "title": "Coalition",
        "unit": "share of agents, of districts",
        "stacked": False,
        "lines": [_line("coalition_share", BLUE, SKY_BLUE), _line("coalition_breadth", VERMILION, ORANGE, "6 3")],
    },
    {
        "title": "What citizens do",
        "unit": "share of citizens",
        "stacked": True,
        "lines": _stacked("collaborate", "confront", "client", "abstain"),
    },
    {
        "title": "How officials respond",
        "unit": "share of officials",
        "stacked": True,
        "lines": _stacked("cocreate", "accommodate", "token", "resist"),
    },
]
"""Time series: each measure by its name; areas have the colours of what is done."""

SHOWN = [line["name"] for panel in PANELS for line in panel["lines"]]
"""Measures of the time series, in the order of their columns."""

_COLUMNS = [MEASURE_NAMES.index(name) for name in SHOWN]


def history(society: LiveSociety) -> bytes:
    """Return the time series so far, as ``Curves`` takes them."""
    return np.ascontiguousarray(society.metrics[:, _COLUMNS], dtype="<f4").tobytes()


def told(society: LiveSociety) -> str:
    """Tell in a sentence or two how a society stands."""
    if not society.month:
        people = society.parameters.population
        return f"{people.citizens} citizens in {people.districts} districts. Press Play, or Step, to begin."
    last = dict(zip(MEASURE_NAMES, society.observed(society.month - 1)[0].tolist(), strict=True))
    coalition = (
        f"A broad coalition holds {percent(last['coalition_share'])} of all agents and reaches "
        f"{counted(last['coalition_breadth'], society.wiring.districts)} districts."
        if last["coalition_share"] > 0
        else "There is no broad coalition."
    )
    end = f" The dashboard stops at month {MOST_MONTHS}." if society.month >= MOST_MONTHS else ""
    return (
        f"Service quality {last['quality']:.2f}, trust {last['trust']:.2f}. {percent(last['engaged'])} of citizens "
        f"engage, {percent(last['client'])} are clients; {percent(last['responsive'])} of officials respond in "
        f"earnest. {coalition}{end}"
    )
