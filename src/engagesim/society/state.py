"""The state of a society, shared by both engines: every column with its entity, kind, unit and meaning."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from engagesim.errors import ParameterError, no_such, not_one_of

type Entity = Literal["citizen", "official", "politician", "district", "society"]


class Column(NamedTuple):
    """One state variable of one kind of entity."""

    entity: Entity
    name: str
    kind: Literal["number", "count"]
    unit: str
    description: str
    fixed: bool = False


COLUMNS = (
    Column("citizen", "education", "number", "0 to 1", "Education at the start", fixed=True),
    Column("citizen", "vulnerability", "number", "0 to 1", "Poverty at the start, which makes favours worth more and time more costly", fixed=True),
    Column("citizen", "access_rank", "number", "0 to 1", "Place in the queue for ICT access; the lowest ranks are connected", fixed=True),
    Column("citizen", "threshold", "number", "worth", "Worth of belonging at which the citizen joins an organisation", fixed=True),
    Column("citizen", "education_tercile", "count", "0, 1, 2", "Third of the citizens by education, 0 the least educated", fixed=True),
    Column("citizen", "vulnerability_tercile", "count", "0, 1, 2", "Third of the citizens by vulnerability, 2 the most vulnerable", fixed=True),
    Column("citizen", "habit", "number", "0 to 1", "Habit of taking part, from success"),
    Column("citizen", "aspiration", "number", "quality", "Quality that the citizen expects"),
    Column("citizen", "efficacy_collaborate", "number", "believed chance", "Believed chance of getting something done by collaborating"),
    Column("citizen", "efficacy_confront", "number", "believed chance", "Believed chance of getting something done by confronting"),
    Column("citizen", "trust", "number", "believed chance", "Trust that the state responds"),
    Column("citizen", "reliance", "number", "believed chance", "Belief that the patron delivers"),
    Column("citizen", "outcome", "number", "0 or 1", "Succeeded, or received a favour, this month"),
    Column("citizen", "asked", "count", "0 or 1", "Asked to take part this month"),
    Column("citizen", "strategy", "count", "Strategy", "What the citizen does this month"),
    Column("citizen", "engaged_neighbours", "count", "people", "Neighbouring citizens who engaged last month"),
    Column("citizen", "client_neighbours", "count", "people", "Neighbouring citizens who were clients last month"),
    Column("citizen", "member_neighbours", "count", "people", "Neighbouring citizens who belonged to an organisation last month"),
    Column("citizen", "funnel", "count", "0 to 5", "Stage reached while a form was open: asked, took part, got a response, gained, gained again"),
    Column("citizen", "member", "count", "0 or 1", "Belongs to the organisation of users at the service point"),
    Column("citizen", "leader", "count", "0 or 1", "Leads that organisation, with others or alone"),
    Column("citizen", "belonging", "count", "months", "Months of continuous membership"),
    Column("citizen", "last_engagement", "count", "month", "Month of the last engagement, counted from 0; -1 if none"),
    Column("citizen", "last_confrontation", "count", "month", "Month of the last confrontation, counted from 0; -1 if none"),
    Column("citizen", "first_engagement", "count", "month", "Month of the first engagement, counted from 0; -1 if none"),
    Column("citizen", "first_success", "count", "0 or 1", "Whether the first engagement succeeded"),
    Column("citizen", "engaged_again", "count", "0 or 1", "Engaged again within a year of the first time"),
    Column("official", "threshold", "number", "0 to 1", "Support at which the official joins a coalition", fixed=True),
    Column("official", "disposition", "count", "Disposition", "Kind of person who holds the post"),
    Column("official", "morale", "number", "0 to 1", "Current public-service motivation"),
    Column("official", "belief_resist", "number", "value of quality", "Learned consequence of resisting"),
    Column("official", "belief_token", "number", "value of quality", "Learned consequence of a token response"),
    Column("official", "belief_accommodate", "number", "value of quality", "Learned consequence of accommodating"),
    Column("official", "belief_cocreate", "number", "value of quality", "Learned consequence of co-creating"),
    Column("official", "ability", "number", "0 to 1", "Ability of the person in the post"),
    Column("official", "loyalty", "number", "odds", "Odds of supporting the governing party, relative to those of citizens in general"),
    Column("official", "political_work", "number", "share of time", "Time spent on work for the patron this month"),
    Column("official", "insight", "number", "1 - error", "How well the official understands citizens' needs"),
    Column("official", "practice", "number", "0 to 1", "Know-how from joint work"),
    Column("official", "tenure", "count", "months", "Months in the post"),
    Column("official", "response", "count", "Response", "How the official works with citizens, until reconsidering"),
    Column("official", "reconsiders", "count", "0 or 1", "The official reconsiders their way of working this month"),
    Column("official", "collaborating", "count", "people", "Citizens served who collaborate this month"),
    Column("official", "confronting", "count", "people", "Citizens served who confront this month"),
    Column("official", "succeeded", "count", "people", "Citizens served who got something done this month"),
    Column("official", "load", "number", "share of capacity", "Caseload this month"),
    Column("official", "chance_collaborate", "number", "chance", "Chance of success for those who collaborate, before capture"),
    Column("official", "chance_confront", "number", "chance", "Chance of success for those who confront, before capture"),
    Column("official", "refilled", "count", "0 or 1", "The post was refilled this month"),
    Column("official", "member", "count", "0 or 1", "Has joined the coalition of the district"),
    Column("official", "members", "count", "people", "Users who belong to the organisation at the service point"),
    Column("official", "leading", "count", "people", "Users who lead it"),
    Column("official", "aggrieved", "number", "quality", "Sum of the users' grievances"),
    Column("official", "trusting", "number", "believed chance", "Sum of the users' trust"),
    Column("official", "organisation", "number", "0 to 1", "How organised the users are"),
    Column("official", "means", "number", "1 = usual caseload", "Resources of the service point this month"),
    Column("official", "contributions", "number", "0 to 1", "Users' contributions that are not yet used up"),
    Column("official", "dispute", "count", "months", "Months for which a demand has stood without a kept promise"),
    Column("official", "promise_due", "count", "months", "Months until a promise falls due; 0 without one"),
    Column("official", "agreement", "count", "0 or 1", "An agreement stands between users and official"),
    Column("official", "reliability", "number", "believed chance", "How far users believe that the official keeps promises"),
    Column("official", "anger", "number", "0 to 1", "Anger of users over broken promises"),
    Column("official", "joint_success", "number", "0 to 1", "Success that users and official remember"),
    Column("official", "threat", "number", "0 to 1", "How much confrontation the official expects"),
    Column("official", "demanded", "count", "0 or 1", "Users made a demand this month"),
    Column("official", "promised", "count", "0 or 1", "The official made a promise this month"),
    Column("official", "kept", "count", "0 or 1", "The official kept a promise this month"),
    Column("official", "broken", "count", "0 or 1", "The official broke a promise this month"),
    Column("official", "given_up", "count", "0 or 1", "Users gave up a demand this month"),
    Column("official", "called", "count", "0 or 1", "The organisation called for confrontation this month"),
    Column("politician", "threshold", "number", "0 to 1", "Support at which the politician joins a coalition", fixed=True),
    Column("politician", "orientation", "number", "0 to 1", "0 clientelist, 1 programmatic"),
    Column("politician", "belief_patronage", "number", "value of quality", "Learned effect of patronage on approval"),
    Column("politician", "belief_arms_length", "number", "value of quality", "Learned effect of keeping at arm's length on approval"),
    Column("politician", "belief_sponsor", "number", "value of quality", "Learned effect of sponsoring on approval"),
    Column("politician", "approval", "number", "0 to 1", "Support in the constituency, smoothed"),
    Column("politician", "stance", "count", "Stance", "The politician's platform, until reconsidered"),
    Column("politician", "transition", "number", "0 to 1", "How much of a change at the top has yet to reach the posts"),
    Column("politician", "election_in", "count", "months", "Months until the next election, including this month"),
    Column("politician", "in_office", "count", "months", "Months in office"),
    Column("politician", "mandate", "count", "0 or 1", "An election was held at the end of last month"),
    Column("politician", "new_party", "count", "0 or 1", "A newcomer was elected at the end of last month"),
    Column("politician", "member", "count", "0 or 1", "Has joined the coalition of the district"),
    Column("district", "quality", "number", "0 to 1", "Service quality"),
    Column("district", "resources", "number", "1 = usual caseload", "Resources of the service"),
    Column("district", "capacity", "number", "1 = usual", "How much the district can achieve with its resources, given its lasting circumstances", fixed=True),
    Column("district", "wellbeing", "number", "0 to 1", "What the service does for people's lives"),
    Column("district", "diversion_wages", "number", "share of wages", "Wages diverted this month"),
    Column("district", "diversion_materials", "number", "share of materials", "Other resources diverted this month"),
    Column("district", "scrutiny", "number", "chance", "Audits that officials expect"),
    Column("district", "waived", "number", "share", "Monitoring penalties that the superior waives"),
    Column("district", "responsive", "number", "share of providers", "Providers who responded in earnest last month"),
    Column("district", "engaged", "number", "share of citizens", "Citizens who engaged this month"),
    Column("district", "manager_response", "count", "Response", "Response of the manager last month"),
    Column("district", "manager_shift", "number", "0 to 1", "How much of a new manager, or of a manager's new course, has yet to reach providers"),
    Column("district", "diversion_expected", "number", "share of resources", "Diversion that people have come to expect"),
    Column("district", "organised", "number", "0 to 1", "How organised the citizens of the district are"),
    Column("district", "backing", "number", "0 to 1", "Organised support as it reaches the politician"),
    Column("district", "coalition", "count", "0 or 1", "A coalition stands"),
    Column("district", "coalition_age", "count", "months", "Months for which the coalition has stood"),
    Column("district", "coalition_slack", "count", "months", "Consecutive months in which the coalition lacked members"),
    Column("district", "coalition_born", "count", "0 or 1", "A coalition formed this month"),
    Column("district", "coalition_ending", "count", "Ending", "Why a coalition ended this month; 0 if none did"),
    Column("district", "coalition_month", "count", "month", "Month in which the first lasting coalition formed, counted from 0; -1 if none"),
    Column("district", "cover", "number", "0 to 1", "Protection that a standing coalition gives its members"),
)  # fmt: skip

MONTHLY = (
    Column("district", "support", "number", "people", "Sum of the approval of those whom the politician hears"),
    Column("district", "voices", "number", "people", "Those whom the politician hears; a broker also counts for the citizens represented"),
    Column("district", "clients", "number", "people", "Citizens who are clients"),
    Column("district", "belonging", "number", "people", "Citizens who belong to an organisation"),
    Column("district", "organised_brokers", "number", "people", "Brokers who belong to an organisation"),
    Column("district", "brokers", "number", "people", "Brokers of the district"),
    Column("district", "claims", "number", "providers", "Service points with a dispute or an agreement"),
    Column("district", "worth", "number", "providers", "Sum of the worth of the providers' responses to the service"),
    Column("district", "responding", "number", "providers", "Providers who respond in earnest"),
    Column("district", "reform_minded", "number", "providers", "Providers who are reform-minded"),
    Column("district", "allied_citizens", "number", "people", "Citizens organised at service points whose official has joined"),
    Column("district", "allied_providers", "number", "people", "Providers who have joined the coalition"),
    Column("district", "allied_managers", "number", "people", "Managers who have joined the coalition: 0 or 1"),
    Column("district", "allied_politicians", "number", "people", "Politicians who have joined the coalition: 0 or 1"),
    Column("district", "replaced", "number", "people", "Providers outside the coalition who arrived after it formed"),
    Column("district", "disappointed", "number", "people", "Providers outside the coalition who have recently broken a promise"),
)  # fmt: skip
"""Sums that are reset each month and left out of snapshots."""

WIRED = (
    Column("citizen", "peers", "count", "people", "Peers of the citizen", fixed=True),
    Column("citizen", "broker", "count", "0 or 1", "Tied to the politician of the same district", fixed=True),
    Column("official", "served", "count", "people", "Citizens served; a manager serves the whole district", fixed=True),
    Column("official", "manages", "count", "0 or 1", "Manages the service of the district", fixed=True),
    Column("district", "number", "count", "district", "Number of the district, counted from 0", fixed=True),
    Column("district", "residents", "count", "people", "Citizens of the district", fixed=True),
    Column("district", "providers", "count", "people", "Providers of the district", fixed=True),
    Column("district", "posts", "count", "people", "Providers and the manager", fixed=True),
    Column("district", "districts", "count", "districts", "Districts of the society", fixed=True),
    Column("society", "agents", "count", "people", "Agents of all kinds", fixed=True),
)
"""Numbers that follow from the social graph."""

GOVERNING = ("stance", "transition", "election_in", "in_office", "new_party", "orientation")
"""Columns of the politician that a district shows along with its own columns."""


def columns(
    entity: Entity, kind: Literal["number", "count"] | None = None, table: tuple[Column, ...] = COLUMNS
) -> tuple[Column, ...]:
    """List the columns of one kind of entity, in order."""
    return tuple(c for c in table if c.entity == entity and kind in (None, c.kind))


def names(what: str, of: Sequence[str]) -> Any:
    """Return a named tuple that numbers names from 0: ``names("axis", ["x", "y"]).y`` is 1."""
    return namedtuple(what, of)(*range(len(of)))


@cache
def places(entity: Entity, kind: Literal["number", "count"], table: tuple[Column, ...] = COLUMNS) -> Any:
    """Return each column's row in its block: ``places("citizen", "number").trust``."""
    return names(f"{entity}_{kind}", [column.name for column in columns(entity, kind, table)])


@cache
def _places_in(table: tuple[Column, ...]) -> dict[str, dict[str, tuple[str, int]]]:
    """Return the block of each column, and its row there, by entity and name."""
    return {
        entity: {
            column.name: (column.kind, getattr(places(entity, column.kind, table), column.name))
            for column in columns(entity, None, table)
        }
        for entity in dict.fromkeys(column.entity for column in table)
    }


@dataclass(frozen=True)
class State:
    """Blocks of state, one for each kind of entity and number, each with shape ``(columns, entities, lanes)``.

    A lane is one society. ``numbers`` are float64 and ``counts`` are int32. ``table`` describes the columns: those of
    ``COLUMNS``, followed by those of mechanisms.
    """

    numbers: dict[str, NDArray[np.float64]]
    counts: dict[str, NDArray[np.int32]]
    table: tuple[Column, ...] = COLUMNS

    @classmethod
    def empty(cls, sizes: Mapping[Entity, int], lanes: int, table: tuple[Column, ...] = COLUMNS) -> Self:
        """Return a state filled with zeros for ``lanes`` societies with ``sizes`` entities of each kind."""
        room = {
            kind: {entity: (len(columns(entity, kind, table)), size, lanes) for entity, size in sizes.items()}
            for kind in ("number", "count")
        }
        return cls(
            {entity: np.zeros(shape) for entity, shape in room["number"].items()},
            {entity: np.zeros(shape, dtype=np.int32) for entity, shape in room["count"].items()},
            table,
        )

    def column(self, entity: Entity, name: str) -> NDArray[Any]:
        """Return a view of one column, shape ``(entities, lanes)``.

        Raises
        ------
        ParameterError
            If the entity or column does not exist; the message suggests the nearest name.
        """
        if entity not in self.numbers:
            raise ParameterError(not_one_of("entity", entity, self.numbers))
        known = self._places.get(entity, {})
        if name not in known:
            raise ParameterError(no_such(name, f"column of {entity}", known))
        kind, row = known[name]
        block: NDArray[Any] = (self.numbers if kind == "number" else self.counts)[entity]
        found: NDArray[Any] = block[row]
        return found

    @cached_property
    def _places(self) -> dict[str, dict[str, tuple[str, int]]]:
        """The block of each column, and its row there; kept, because looking up the table itself would take longer."""
        return _places_in(self.table)

    def copy(self, lanes: slice = slice(None)) -> "State":
        """Return a copy of all societies, or of some."""
        return State(
            {entity: block[:, :, lanes].copy() for entity, block in self.numbers.items()},
            {entity: block[:, :, lanes].copy() for entity, block in self.counts.items()},
            self.table,
        )

    def lane(self, lane: int) -> "State":
        """Return a copy of one society, with one lane."""
        return self.copy(slice(lane, lane + 1))

    def same_as(self, other: "State") -> bool:
        """Whether every column of the two states is identical, bit for bit."""
        return self.table == other.table and all(
            np.array_equal(mine[entity], its[entity], equal_nan=True)
            for mine, its in ((self.numbers, other.numbers), (self.counts, other.counts))
            for entity in mine
        )
