"""Compare: two societies side by side on the same noise."""

import solara

from engagesim.app.visit import Visit


@solara.component
def CompareTab(visit: Visit) -> None:
    """Two scenarios or packages side by side."""
    solara.Text(f"Scenario: {visit.asked.value.scenario}")
