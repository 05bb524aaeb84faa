"""The session of one visitor: the society, the months simulated so far, and the link to it."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import solara

from engagesim.dashboard.limits import MOST_DISTRICTS, MOST_MONTHS, SOCIETIES_A_SECOND, SPEEDS
from engagesim.dashboard.links import Link, read, write
from engagesim.dashboard.society_request import Act, SocietyRequest
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import EngagementError, InputError
from engagesim.parameters import Parameters
from engagesim.society.boundaries import DistrictMap, read_map


class _Atlas:
    """The map that the dashboard was opened with, if any; all visitors see it."""

    districts: DistrictMap | None = None


ATLAS = _Atlas()


def show_map(file: Path) -> None:
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


class Session:
    """One visitor's page. A change of a reactive attribute redraws the parts of the page that read its ``value``.

    Parameters
    ----------
    query : str
        The query string that the page was opened with. If it is wrong, the default society opens, and ``complaint``
        states why.

    Attributes
    ----------
    tab : Reactive of str
    complaint : Reactive of str
        The last error in one line, or empty.
    request : Reactive of SocietyRequest
    month : Reactive of int
        Months simulated so far.
    agent : Reactive of int or None
        Row of the selected agent.
    extras : Reactive of dict
        The state that tabs keep in the link, such as ``{"map.x": "incentives.patronage"}``; change it with
        ``keep("map", {"x": …})``.
    life : Reactive of int
        Number of societies opened so far.
    is_playing : Reactive of bool
    society : LiveSociety
        The current society; only the visitor's own thread uses it.
    unchanged : LiveSociety or None
        The same society in the same month without the changes made during the run; None if there were no changes.
    """

    def __init__(self, query: str = "") -> None:
        link, complaint = _read(query)
        self.tab = solara.reactive(link.tab)
        self.complaint = solara.reactive(complaint)
        self.request = solara.reactive(link.request)
        self.month = solara.reactive(0)
        self.agent = solara.reactive(link.agent)
        self.extras = solara.reactive(dict(link.extras))
        self.life = solara.reactive(0)
        self.is_playing = solara.reactive(False)
        self._last_step = self._last_opened = 0.0
        self.open(link.request, link.month)

    @property
    def parameters(self) -> Parameters:
        """Return the parameters of the society, with all changes made during the run."""
        return self.society.parameters

    @property
    def stands_at(self) -> int | None:
        """Month in which the society is paused; None while it plays.

        A component that reads this instead of ``month`` is redrawn only when the society stops, not each month.
        """
        return None if self.is_playing.value else self.month.value

    def open(self, request: SocietyRequest, month: int = 0) -> None:
        """Open a society, and simulate a number of months.

        Raises
        ------
        ParameterError
            If the society cannot be created or is too large; the open society stays.
        """
        parameters = request.parameters()
        self._last_opened = _in_time(self._last_opened, SOCIETIES_A_SECOND)
        society = LiveSociety(parameters)
        society.step(min(month, MOST_MONTHS))
        self.society = society
        self.unchanged = _unchanged(request, society.month)
        self.life.set(self.life.peek() + 1)  # first, so that no drawing mixes two societies
        self.is_playing.set(False)
        agent = self.agent.peek()
        if agent is not None and agent >= society.wiring.agents:
            self.agent.set(None)
        self.request.set(request)
        self.month.set(society.month)

    def change_start(self, changes: Mapping[str, Any], scenario: str | None = None) -> None:
        """Restart with other parameters or another scenario; ``complaint`` states any error in them."""
        now = self.request.peek()
        with_changes = {**(now.changes if scenario in (None, now.scenario) else {}), **changes}
        self.attempt(lambda: self.open(SocietyRequest(scenario or now.scenario, with_changes)))

    def reset(self) -> None:
        """Return to the start, before the first month, and undo all changes made during the run."""
        now = self.request.peek()
        self.open(SocietyRequest(now.scenario, now.changes))

    def step(self, months: int = 1) -> None:
        """Simulate some months; wait first if the last step was too recent."""
        left = MOST_MONTHS - self.society.month
        if left <= 0:
            self.is_playing.set(False)
            self.complaint.set(f"the dashboard stops at month {MOST_MONTHS}")
            return
        self._last_step = _in_time(self._last_step, SPEEDS[-1])
        self.society.step(max(1, min(months, left)))
        if self.unchanged is not None:
            self.unchanged.step(self.society.month - self.unchanged.month)
        self.month.set(self.society.month)

    def look_at(self, row: int | None) -> None:
        """Select an agent, or none if the agent does not exist."""
        is_there = row is not None and 0 <= row < self.society.wiring.agents
        self.agent.set(row if is_there else None)

    def do(self, *acts: tuple[str, float]) -> None:
        """Make a change from this month on: set a setting, or start (1) or end (0) an intervention."""

        def doing() -> None:
            request = self.request.peek()
            for what, value in acts:
                request = request.doing(Act(self.society.month, what, value))
            self.society.change(request.parameters().interventions)
            if self.unchanged is None:
                self.unchanged = _unchanged(request, self.society.month)
            self.request.set(request)

        self.attempt(doing)

    def keep(self, tab: str, texts: Mapping[str, str]) -> None:
        """Replace the state that a tab keeps in the link: ``{"x": ...}`` becomes ``tab.x``."""
        others = {key: text for key, text in self.extras.peek().items() if not key.startswith(f"{tab}.")}
        self.extras.set(others | {f"{tab}.{name}": text for name, text in texts.items()})

    def words_of(self, tab: str) -> dict[str, str]:
        """Return the state that a tab keeps in the link, without the tab's name before each key."""
        return {
            key.removeprefix(f"{tab}."): word for key, word in self.extras.value.items() if key.startswith(f"{tab}.")
        }

    def explore(self, found: Callable[[], tuple[SocietyRequest, int]]) -> None:
        """Find a society and its month, and open it in Explore; ``complaint`` states why if this is impossible."""

        def going() -> None:
            self.open(*found())
            self.tab.set("explore")

        self.attempt(going)

    def link(self) -> str:
        """Return the query string of a link to the current view; every change redraws the components that call this.

        While the society plays, the link keeps its month, because browsers allow few changes of the address per second.
        """
        month = self.stands_at
        month = self.month.peek() if month is None else month
        return write(Link(self.tab.value, self.request.value, month, self.agent.value, self.extras.value))

    def attempt(self, work: Callable[[], None]) -> None:
        """Do what a visitor requests; ``complaint`` states what is wrong with the request."""
        try:
            work()
        except EngagementError as error:
            self.complaint.set(str(error))
        else:
            self.complaint.set("")


def _unchanged(request: SocietyRequest, month: int) -> LiveSociety | None:
    if not request.acts:
        return None
    society = LiveSociety(request.start(), logs=False)
    society.step(month)
    return society


def _in_time(last: float, a_second: int) -> float:
    """Wait if too little time has passed since ``last``, and return the current time."""
    time.sleep(max(0.0, last + 1 / a_second - time.monotonic()))
    return time.monotonic()


def _read(query: str) -> tuple[Link, str]:
    try:
        return read(query) if query.removeprefix("?") else Link(request=opening()), ""
    except EngagementError as error:
        return Link(), f"this link cannot be opened: {error}. The default society opens instead."
