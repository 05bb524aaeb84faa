"""The page *Allies*: whom to bring together in a district of the open society, and the case for and against each."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

import solara

from engagesim.alliances.found import Allies, Effort, find
from engagesim.alliances.futures import Future, Horizon
from engagesim.alliances.levers import read_levers
from engagesim.alliances.search import Lengths
from engagesim.alliances.today import Ground, of_snapshot
from engagesim.dashboard.components import Alert, Controls, JobControl, Picking, Text, group, number
from engagesim.dashboard.figures import Pick, picture
from engagesim.dashboard.jobs import Job
from engagesim.dashboard.links import whole
from engagesim.dashboard.session import Session
from engagesim.dashboard.society_request import offered
from engagesim.errors import EngagementError, ParameterError, nearest
from engagesim.report.allies_page import draw_map
from engagesim.report.allies_words import NOT_A_FORECAST, answer, case, stands, titled
from engagesim.report.text import capital
from engagesim.study.snapshot import Snapshot

EFFORT, LENGTHS, HORIZON = Effort(30, 60), Lengths(4, 2), Horizon(48, 24)
"""A search of one or two minutes on one core; the command line searches longer."""

_PATHS = 480
"""Approximate number of paths that a search tries, used to measure its progress."""


class AlliesRequest(NamedTuple):
    """The district, counted from 1, and the actor whose case is shown."""

    district: int = 1
    actor: str = "manager"

    @classmethod
    def of(cls, words: Mapping[str, str], districts: int) -> Self:
        """Read the request from the query parameters of a link.

        Raises
        ------
        ParameterError
            If a value is wrong; the message names the key and states what is allowed.
        """
        unknown = next((name for name in words if name not in cls._fields), None)
        if unknown is not None:
            raise ParameterError(f"allies.{unknown}: no such key{nearest(unknown, cls._fields)}")
        found = cls()
        if "district" in words:
            found = found._replace(district=whole("allies.district", words["district"], 1, districts))
        return found._replace(actor=words.get("actor", found.actor))

    def texts(self) -> dict[str, str]:
        """Return the differences from the page's initial state as query parameters, without any person's name."""
        usual = type(self)()
        return {name: str(value) for name, value in self._asdict().items() if value != getattr(usual, name)}


class Sought(NamedTuple):
    """The result of a search, and the society, month and district to which it belongs."""

    where: tuple[int, int, int]
    allies: Allies


def compute(snapshot: Snapshot, district: int, report: Callable[[float], None], effort: Effort = EFFORT) -> Allies:
    """Find allies in a district of the current society, on one core."""
    done, total = 0, _PATHS * effort.futures

    def advance(paths: int) -> None:
        nonlocal done
        done += paths
        report(min(0.95, done / total))

    future = Future(Ground(of_snapshot(snapshot), district), read_levers(offered()), HORIZON, advance, threads=1)
    return find(snapshot.parameters.name, future, LENGTHS, effort)


@solara.component
def AlliesTab(session: Session) -> None:
    """Show whom to bring together in a district of the society that is open in Explore."""
    districts = session.society.wiring.districts
    request, complaint = _request(session, districts)
    job: Job = solara.use_memo(lambda: Job(session), [])
    last: solara.Reactive[Sought | None] = solara.use_reactive(None)
    solara.use_effect(lambda: job.stop, [])
    where = (session.life.value, session.month.value, request.district)

    def start() -> None:
        today = session.society.snapshot()  # here, not in the job's thread: the society may go on meanwhile
        job.start(lambda report: last.set(Sought(where, compute(today, request.district - 1, report))))

    def keep(asked: AlliesRequest) -> None:
        session.attempt(lambda: session.keep("allies", asked.texts()))

    def change(_: str, value: Any) -> None:
        keep(request._replace(district=int(value)))

    if complaint:
        Alert(complaint)
    with solara.v.Html(tag="section", class_="es-view", attributes={"aria-label": "Allies"}):
        Text("Allies", tag="h1")
        Text(
            "Find whom to bring together in a district of the society that is open in Explore, starting in the month "
            "shown there, so that a coalition forms and holds for two years.", "es-lead",
        )  # fmt: skip
        about = "The district to search."
        Controls([group("", [number("district", "District", request.district, (1, districts), 1, about)])], change)
        sought = last.value
        if sought is None or sought.where != where:
            if sought is not None:
                Text("The society, its month or the district has changed since: search again.", "es-note")
            JobControl(job, "Find allies", start)
        else:
            Found(sought.allies, request, keep)
        Text(NOT_A_FORECAST, "es-note")


@solara.component
def Found(found: Allies, request: AlliesRequest, keep: Callable[[AlliesRequest], None]) -> None:
    """The answer in sentences, the map, and the case for and against the chosen actor."""
    keys = [actor.key for actor in found.actors]
    chosen = request.actor if request.actor in keys else keys[0]
    for sentence in answer(found):
        Text(sentence, "es-finding")
    with solara.Div(classes=["es-halves"]):
        with solara.v.Html(tag="section", attributes={"aria-label": "Map of actors"}):
            Text("Who is tied to whom, and the path", tag="h2")
            Picking(
                svg=drawn(found, chosen),
                label="Actors of the district: arrow keys move from one to the next",
                chosen=chosen,
                event_pick=lambda key: keep(request._replace(actor=key)),
                hint="Numbers and lines show the order in which to approach them. Click an actor to see the case.",
            )
        with solara.v.Html(tag="section", attributes={"aria-label": "The chosen actor"}):
            stand = found.standings[keys.index(chosen)]
            Text(capital(titled(stand.actor)), tag="h2")
            Text(f"{capital(stands(stand))}.")
            for title, sentences in zip(("For approaching them next", "Against it"), case(found, chosen), strict=True):
                Text(title, tag="h3")
                for sentence in sentences:
                    Text(sentence)


def drawn(found: Allies, chosen: str) -> Any:
    """Return the map, on which each actor can be chosen."""
    picks = [Pick(each.actor.key, f"{titled(each.actor)}: {stands(each)}") for each in found.standings]
    return picture("allies", lambda: draw_map(found, chosen), picks)


def _request(session: Session, districts: int) -> tuple[AlliesRequest, str]:
    try:
        return AlliesRequest.of(session.words_of("allies"), districts), ""
    except EngagementError as error:
        return AlliesRequest(), str(error)
