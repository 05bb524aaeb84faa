"""The map that the dashboard was opened with, and the districts of a society on it."""

from functools import partial
from pathlib import Path

import numpy as np
from markupsafe import Markup

from engagesim.dashboard.figures import picture
from engagesim.dashboard.limits import MOST_DISTRICTS
from engagesim.dashboard.society_request import SocietyRequest
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import InputError
from engagesim.report.map_figure import Shades, district_picture, quality
from engagesim.society.boundaries import DistrictMap, read_map


class _Atlas:
    """The map that the dashboard was opened with, if any; all visitors see it."""

    districts: DistrictMap | None = None


ATLAS = _Atlas()


def show(file: Path) -> None:
    """Show a map in *Explore*; its areas are the districts of any society with the same number of districts.

    Raises
    ------
    InputError
        If the file cannot be read, or has more areas than a society may have districts.
    """
    found = read_map(str(file))
    if len(found.names) > MOST_DISTRICTS:
        raise InputError(f"boundaries = {file}: must have at most {MOST_DISTRICTS} areas, not {len(found.names)}")
    ATLAS.districts = found


def opening() -> SocietyRequest:
    """Return the society for a visitor without a link; with a map, it has as many districts as the map has areas."""
    if ATLAS.districts is None:
        return SocietyRequest()
    return SocietyRequest(changes={"population.districts": len(ATLAS.districts.names)})


def on_map(society: LiveSociety, districts: DistrictMap) -> list[Markup]:
    """Draw service quality and citizens' trust in each district."""
    state, home = society.state, society.wiring.district
    people = np.maximum(np.bincount(home, minlength=society.wiring.districts), 1)
    trust = np.bincount(home, state.column("citizen", "trust")[:, 0], society.wiring.districts) / people
    shown = (
        quality(state.column("district", "quality")[:, 0].tolist(), (0.0, 1.0)),
        Shades("Trust of citizens (0 to 1)", trust.tolist(), (0.0, 1.0)),
    )
    title = f"districts after {society.month} months"
    return [
        picture(f"district-{place}", partial(district_picture, districts, each, title))
        for place, each in enumerate(shown)
    ]
