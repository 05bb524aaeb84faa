"""Studies: stored sweeps and comparisons, opened and explored."""

import solara

from engagesim.app.visit import Visit


@solara.component
def StudiesTab(visit: Visit) -> None:
    """A stored study."""
    solara.Text(f"Scenario: {visit.asked.value.scenario}")
