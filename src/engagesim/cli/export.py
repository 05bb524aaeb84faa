"""``engagesim export``: writes a study for other programs, as CSV, netCDF, Excel, Stata or SPSS."""

import pandas as pd

from engagesim.cli.arguments import row_of, study_and_output
from engagesim.cli.exit_codes import DONE, try_next
from engagesim.configs.mechanisms import taken
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.model import agent_table
from engagesim.errors import ParameterError
from engagesim.mechanisms.declarations import Mechanism
from engagesim.study.exports import AGENTS, FORMATS, export_study
from engagesim.study.provenance import with_code
from engagesim.study.results import Results

MOST_OF_AGENTS = 100
"""Maximum number of runs whose agents are written; each run is simulated again."""


def export(arguments: list[str]) -> int:
    """Write the tables of a study into a folder."""
    mechanisms, rest = taken(arguments)
    results, output, others = study_and_output(rest, "export", ("format", "agents"))
    rows = list(dict.fromkeys(map(row_of, others.get("agents", []))))
    if len(rows) > MOST_OF_AGENTS:
        raise ParameterError(f"agents: must be at most {MOST_OF_AGENTS} rows, not {len(rows)}")
    if mechanisms and not rows:
        raise ParameterError("mechanisms: must be left out without agents, because no run is simulated again")
    written = export_study(results, output, others.get("format", FORMATS[:2]), agents_of(results, rows, mechanisms))
    print(f"{output}: {', '.join(path.name for path in written)}")
    try_next("rerun", results.folder, "0")
    return DONE


def agents_of(results: Results, rows: list[int], mechanisms: tuple[Mechanism, ...] = ()) -> dict[str, pd.DataFrame]:
    """Return the agents at the end of some runs, and the events of these runs; each run is simulated again."""
    agents, events = [], []
    for row in rows:
        failed = results.runs["failed"].get(row)
        if isinstance(failed, str) and failed:
            raise ParameterError(f"agents = {row}: must be a run that did not fail; {failed}")
        society = LiveSociety(with_code(results.parameters(row), mechanisms, results.folder))
        society.step(results.plan.months)
        agents.append(agent_table(EngagementModel.restore(society.snapshot())).assign(run=row))
        events.append(society.events.assign(run=row))
    named = {AGENTS: agents, "events_of_runs": events}
    return {name: pd.concat(parts, ignore_index=True) for name, parts in named.items() if parts}
