"""Create people and posts in loops that run as plain Python or, compiled, for many societies at once."""

from collections import namedtuple
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagesim.compiling import rule
from engagesim.parameters import FIXED, SETTINGS, Parameters
from engagesim.randomness import BEFORE, OFFICE, SEAT, Purpose, bell, uniform_pair
from engagesim.rules import start
from engagesim.rules.choice import clip
from engagesim.society.files import ATTRIBUTES, People
from engagesim.society.network import Wiring
from engagesim.society.state import COLUMNS, Column, State, names, places

CN, CC = places("citizen", "number"), places("citizen", "count")
ON, OC = places("official", "number"), places("official", "count")
PN = places("politician", "number")
PC = places("politician", "count")
DN, DC = places("district", "number"), places("district", "count")
_ROWS = {path.removeprefix("population."): row for row, path in enumerate(FIXED) if path.startswith("population.")}
START: Any = namedtuple("start", _ROWS)(**_ROWS)
"""Row of each number of ``population`` among the fixed numbers."""
TERM, STAGGERED = FIXED.index("incentives.term"), FIXED.index("incentives.staggered")
CG, OG, PG = (names("given", tuple(ATTRIBUTES[kind])) for kind in ("citizen", "official", "politician"))
AMBITION = [setting.path for setting in SETTINGS].index("citizens.ambition")
EXPECTATIONS = [setting.path for setting in SETTINGS].index("conditions.expectations")

# The compiler needs plain numbers.
EDUCATION, EDUCATION_MORE = int(Purpose.EDUCATION), int(Purpose.EDUCATION_MORE)
VULNERABILITY, VULNERABILITY_MORE = int(Purpose.VULNERABILITY), int(Purpose.VULNERABILITY_MORE)
THRESHOLD, THRESHOLD_MORE = int(Purpose.THRESHOLD), int(Purpose.THRESHOLD_MORE)
CAPACITY, CAPACITY_MORE = int(Purpose.CAPACITY), int(Purpose.CAPACITY_MORE)
QUALITY, QUALITY_MORE = int(Purpose.QUALITY), int(Purpose.QUALITY_MORE)
EFFICACY, CONNECTION = int(Purpose.EFFICACY), int(Purpose.CONNECTION)
DISPOSITION, ORIENTATION = int(Purpose.DISPOSITION), int(Purpose.ORIENTATION)
INSIGHT, ORGANISING, CALENDAR = int(Purpose.INSIGHT), int(Purpose.ORGANISING), int(Purpose.CALENDAR)


def fixed_values(parameters: Parameters) -> NDArray[np.float64]:
    """Return the numbers that no schedule moves, in the order of ``FIXED``."""
    return np.array(attrgetter(*FIXED)(parameters), dtype=np.float64)


@rule
def settle_districts(district_numbers: Any, district_counts: Any, starts: Any, seeds: Any) -> None:
    """Give each district its quality; no coalition has formed yet."""
    _, districts, lanes = district_numbers.shape
    for d in range(districts):
        for lane in range(lanes):
            bell_shaped = bell(seeds[lane], d, QUALITY, QUALITY_MORE)
            mean, spread = starts[START.quality_mean, lane], starts[START.quality_spread, lane]
            quality = start.attribute(mean, spread, bell_shaped)
            district_numbers[DN.quality, d, lane] = quality
            district_numbers[DN.wellbeing, d, lane] = quality
            lasting = bell(seeds[lane], d, CAPACITY, CAPACITY_MORE)
            district_numbers[DN.capacity, d, lane] = start.capacity(starts[START.capacity_spread, lane], lasting)
            district_counts[DC.coalition_month, d, lane] = -1


@rule
def settle_citizens(  # noqa: PLR0913, PLR0917 - compiled too, so it takes arrays
    numbers: Any, counts: Any, district_numbers: Any, district: Any, given: Any, settings: Any, starts: Any, seeds: Any
) -> None:  # fmt: skip
    """Draw citizens' attributes and first beliefs where the user's files do not give them."""
    _, citizens, lanes = numbers.shape
    for i in range(citizens):
        d = district[i]
        for lane in range(lanes):
            s = starts[:, lane]
            seed = seeds[lane]
            drawn = start.attribute(
                s[START.vulnerability_mean], s[START.vulnerability_spread],
                bell(seed, i, VULNERABILITY, VULNERABILITY_MORE),
            )  # fmt: skip
            vulnerability = start.known_or(given[CG.vulnerability, i], drawn)
            drawn = start.education(
                s[START.education_mean], s[START.education_spread], bell(seed, i, EDUCATION, EDUCATION_MORE),
                s[START.education_slope], vulnerability, s[START.vulnerability_mean],
            )  # fmt: skip
            education = start.known_or(given[CG.education, i], drawn)
            drawn = start.threshold(
                s[START.threshold_mean], s[START.threshold_spread], bell(seed, i, THRESHOLD, THRESHOLD_MORE)
            )
            one, other = uniform_pair(seed, BEFORE, i, EFFICACY)
            rank, _ = uniform_pair(seed, BEFORE, i, CONNECTION)
            low, width, slope = s[START.efficacy_floor], s[START.efficacy_spread], s[START.efficacy_slope]
            hoped = (
                district_numbers[DN.quality, d, lane]
                + settings[AMBITION, d, lane] * education
                + settings[EXPECTATIONS, d, lane]
            )
            numbers[CN.vulnerability, i, lane] = vulnerability
            numbers[CN.education, i, lane] = education
            numbers[CN.threshold, i, lane] = start.known_or(given[CG.threshold, i], drawn)
            numbers[CN.access_rank, i, lane] = start.known_or(2.0 * (1.0 - given[CG.connected, i]), rank)
            numbers[CN.efficacy_collaborate, i, lane] = start.known_or(
                given[CG.efficacy_collaborate, i], start.efficacy(low, width, slope, education, one)
            )
            numbers[CN.efficacy_confront, i, lane] = start.known_or(
                given[CG.efficacy_confront, i], start.efficacy(low, width, slope, education, other)
            )
            numbers[CN.trust, i, lane] = start.known_or(given[CG.trust, i], s[START.trust_start])
            numbers[CN.reliance, i, lane] = start.known_or(given[CG.reliance, i], s[START.reliance_start])
            numbers[CN.aspiration, i, lane] = start.known_or(given[CG.aspiration, i], clip(hoped))
            belongs, leads = uniform_pair(seed, BEFORE, i, ORGANISING)
            may_lead = start.known_or(given[CG.member, i], 1.0)
            leader = start.known_or(given[CG.leader, i], may_lead * start.happens(s[START.leaders], leads))
            member = start.known_or(given[CG.member, i], 1.0 * start.happens(s[START.members], belongs))
            counts[CC.leader, i, lane] = int(leader)
            counts[CC.member, i, lane] = int(max(leader, member))
            counts[CC.first_engagement, i, lane] = -1
            counts[CC.last_engagement, i, lane] = -1
            counts[CC.last_confrontation, i, lane] = -1


@rule
def settle_posts(  # noqa: PLR0913, PLR0917 - compiled too, so it takes arrays
    numbers: Any, counts: Any, politician_numbers: Any, politician_counts: Any, officials_given: Any,
    politicians_given: Any, starts: Any, seeds: Any,
) -> None:  # fmt: skip
    """Fill the posts of officials and politicians from the user's files or, if these leave them open, at random."""
    _, officials, lanes = numbers.shape
    for o in range(officials):
        given = officials_given[:, o]
        for lane in range(lanes):
            s, seed = starts[:, lane], seeds[lane]
            drawn = start.threshold(
                s[START.threshold_mean], s[START.threshold_spread],
                bell(seed, OFFICE + o, THRESHOLD, THRESHOLD_MORE),
            )  # fmt: skip
            lot, since = uniform_pair(seed, BEFORE, OFFICE + o, DISPOSITION)
            seen, able = uniform_pair(seed, BEFORE, OFFICE + o, INSIGHT)
            minded = start.known_or(given[OG.reform_minded], 1.0 * start.happens(s[START.reform_minded_share], lot))
            insight = clip(s[START.insight_mean] + s[START.insight_spread] * (seen - 0.5))
            ability = clip(s[START.ability_mean] + s[START.ability_spread] * (2.0 * able - 1.0))
            numbers[ON.threshold, o, lane] = start.known_or(given[OG.threshold], drawn)
            counts[OC.disposition, o, lane] = int(minded)
            counts[OC.tenure, o, lane] = int(start.known_or(given[OG.tenure], since * s[START.tenure_longest]))
            numbers[ON.morale, o, lane] = start.known_or(given[OG.morale], s[START.morale_start])
            numbers[ON.insight, o, lane] = start.known_or(given[OG.insight], insight)
            numbers[ON.ability, o, lane] = start.known_or(given[OG.ability], ability)
            numbers[ON.loyalty, o, lane] = 1.0
            numbers[ON.reliability, o, lane] = s[START.reliability_start]
            numbers[ON.threat, o, lane] = s[START.threat_start]
            numbers[ON.means, o, lane] = 1.0
    for p in range(politician_numbers.shape[1]):
        given = politicians_given[:, p]
        for lane in range(lanes):
            s, seed = starts[:, lane], seeds[lane]
            drawn = start.threshold(
                s[START.threshold_mean], s[START.threshold_spread],
                bell(seed, SEAT + p, THRESHOLD, THRESHOLD_MORE),
            )  # fmt: skip
            lot, _ = uniform_pair(seed, BEFORE, SEAT + p, ORIENTATION)
            low, high = s[START.orientation_low], s[START.orientation_high]
            day, _ = uniform_pair(seed, BEFORE, SEAT + p, CALENDAR)
            first = start.known_or(given[PG.election_in], 1.0 * start.first_election(s[TERM], s[STAGGERED], day))
            politician_numbers[PN.threshold, p, lane] = start.known_or(given[PG.threshold], drawn)
            politician_numbers[PN.orientation, p, lane] = start.known_or(
                given[PG.orientation], low + (high - low) * lot
            )
            politician_numbers[PN.approval, p, lane] = start.known_or(given[PG.approval], s[START.approval_start])
            politician_counts[PC.election_in, p, lane] = int(first)
            politician_counts[PC.in_office, p, lane] = int(start.known_or(given[PG.in_office], s[TERM] - first))
            politician_counts[PC.mandate, p, lane] = 1


def rank_terciles(state: State) -> None:
    """Sort the citizens of each society into thirds by education and by vulnerability; equal values go by number."""
    for attribute in ("education", "vulnerability"):
        values = state.column("citizen", attribute).T
        order = np.argsort(values, axis=1, kind="stable")
        thirds = np.arange(values.shape[1], dtype=np.int32) * 3 // values.shape[1]
        np.put_along_axis(state.column("citizen", f"{attribute}_tercile").T, order, thirds[None, :], axis=1)


def settle(  # noqa: PLR0913 - all that people start from
    wiring: Wiring, people: People, settings: Any, starts: Any, seeds: Any, *, table: tuple[Column, ...] = COLUMNS
) -> State:
    """Return the state of one or more societies before their first month, computed in plain Python.

    Parameters
    ----------
    wiring, people
        Social graph and files, shared by the lanes.
    settings : array, shape (SETTINGS, districts, lanes)
    starts : array, shape (FIXED, lanes)
    seeds : sequence of int, length lanes
    table : sequence of Column, optional
        Columns of the state; those not in ``COLUMNS`` start at 0.
    """
    state = State.empty(wiring.sizes, len(seeds), table)
    numbers, counts = state.numbers, state.counts
    settle_districts(numbers["district"], counts["district"], starts, seeds)
    settle_citizens(
        numbers["citizen"], counts["citizen"], numbers["district"], wiring.district, people.given["citizen"],
        settings, starts, seeds,
    )  # fmt: skip
    settle_posts(
        numbers["official"], counts["official"], numbers["politician"], counts["politician"], people.given["official"],
        people.given["politician"], starts, seeds,
    )  # fmt: skip
    rank_terciles(state)
    return state
