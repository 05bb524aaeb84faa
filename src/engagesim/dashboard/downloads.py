"""The panel *Take it with you* of Explore: data, pictures, and code that simulates the same society again."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

import pandas as pd
import solara

from engagesim.dashboard.components import TakeAway
from engagesim.dashboard.links import text_of
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.measures import MEASURE_NAMES

_ABOUT_COSTS = {"cost", "cost_source", "note"}
"""Fields of an intervention that have no effect on a run."""


@solara.component
def Downloads(session: Session) -> None:
    """The data, pictures and code that a visitor can save from the open society."""
    table, set_table = solara.use_state({"times": 0, "csv": "", "month": 0})
    request, month = session.request.value, session.stands_at
    texts = solara.use_memo(
        lambda: {"command": command(request, month), "program": program(request, month)} if month else {},
        [request, month],
    )

    def write(*_: Any) -> None:
        society = session.society
        set_table({"times": table["times"] + 1, "csv": table_of(society), "month": society.month})

    TakeAway(texts=texts, table=table, name=request.scenario, event_ask=write)


def command(request: SocietyRequest, months: int) -> str:
    """Return the command that simulates the same months, with all changes made during the run."""
    return shlex.join(["engagesim", "run", *overrides(request, months)])


def overrides(request: SocietyRequest, months: int) -> list[str]:
    """Return the command-line overrides for the same months."""
    changes = {**request.changes, "months": months}
    found = [f"scenario={request.scenario}", *(f"{path}={text_of(value)}" for path, value in changes.items())]
    schedules = _schedules(request)
    return [*found, f"interventions=[{', '.join(map(_flow, schedules))}]"] if request.acts else found


def program(request: SocietyRequest, months: int) -> str:
    """Return the Python code that simulates the same months."""
    changes: dict[str, Any] = {**request.changes, "months": months}
    if request.acts:
        changes["interventions"] = _schedules(request)
    lines = ",\n    ".join(f"{path!r}: {value!r}" for path, value in changes.items())
    return (
        "from engagesim import EngagementModel, scenario\n\n"
        f"parameters = scenario({request.scenario!r}).changed({{\n    {lines},\n}})\n"
        "society = EngagementModel(parameters)\n"
        "for month in range(parameters.months):\n"
        "    society.step()\n"
        "print(society.metrics.tail())\n"
    )


def table_of(society: LiveSociety) -> str:
    """Return every measure of every month as CSV, with months counted from 1."""
    table = pd.DataFrame(society.metrics, columns=MEASURE_NAMES)
    table.insert(0, "month", range(1, len(table) + 1))
    return str(table.to_csv(index=False))


def _schedules(request: SocietyRequest) -> list[dict[str, Any]]:
    """Return the schedules of the scenario and the changes made during the run, as plain data."""
    return [
        {"name": entry.name, "start": entry.start}
        | entry.model_dump(mode="json", exclude_defaults=True, exclude={"name", "start"} | _ABOUT_COSTS)
        for entry in request.parameters().interventions
    ]


def _flow(value: Any) -> str:
    """Return plain data as text in Hydra's syntax."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) and value.replace("_", "").replace(".", "").isalnum() else json.dumps(value)
