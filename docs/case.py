"""Write the history of one district: ``python docs/case.py`` writes ``docs/case.md`` and its figure.

Which district is a rule, and each sentence comes from events or counts events, so that the page says what the model
does.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from engagesim import Options, scenario, simulate
from engagesim.report.style import (
    ACT_COLOURS,
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE_WIDTH,
    PURPLE,
    SKY_BLUE,
    TINT,
    VERMILION,
    drawing,
)
from engagesim.report.text import act, capital, percent, several
from engagesim.rules.vocabulary import ENDINGS, Ending, Response, Stance
from engagesim.society.events import CAUSES, event_table

PAGE = Path(__file__).parent / "case.md"
FIGURE = Path(__file__).parent / "figures" / "case.svg"

TOWN = scenario("contested_reform", engagement="cocreation")
SEEDS = range(1, 13)
YEAR = 12


class Case(NamedTuple):
    """A district, the events in it, and what its officials and its politician did month by month (last: politician)."""

    seed: int
    district: int
    events: pd.DataFrame
    doing: list[list[str]]


class Logs(NamedTuple):
    """The events of all societies with their seed, and the case chosen among them."""

    all: pd.DataFrame
    case: Case


def logs() -> Logs:
    """Simulate the societies, and choose the district: of those where a coalition ended, the one with most events."""
    many = simulate([TOWN], SEEDS, Options(events=True, last_state=True))
    tables = {seed: event_table(many.events[many.events["lane"] == lane]) for lane, seed in enumerate(SEEDS)}
    table = pd.concat([events.assign(seed=seed) for seed, events in tables.items()], ignore_index=True)
    ended = table.loc[table["kind"] == "coalition_ended", ["seed", "district"]].drop_duplicates()
    sizes = table.merge(ended).groupby(["seed", "district"]).size()
    seed, district = max(sizes.index, key=lambda place: (sizes[place], -place[0], -place[1]))
    events = tables[seed].query("district == @district").reset_index(drop=True)
    state = many.states[0, seed]
    posts = TOWN.population.providers + 1
    responses = state.column("official", "response")[district * posts : (district + 1) * posts, 0]
    stance = state.column("politician", "stance")[district, 0]
    last = [*(Response(int(each)).name.lower() for each in responses), Stance(int(stance)).name.lower()]
    doing = [_backwards(position, events[_of(events, place)]) for place, position in enumerate(last)]
    return Logs(table, Case(seed, int(district), events, doing))


def _of(events: pd.DataFrame, place: int) -> "pd.Series[bool]":
    """Which events are a change of position of the official with that number, or, after the last, of the politician."""
    if place > TOWN.population.providers:
        return events["kind"] == "politician_changed_platform"
    return events["kind"].str.endswith("changed_position") & (events["service_point"] == place)


def _backwards(last: str, changes: pd.DataFrame) -> list[str]:
    """Return a position month by month, from what it was at the end and when it changed."""
    months = [last] * TOWN.months
    for change in reversed([*changes.itertuples()]):
        months[: change.month] = [change.before] * change.month
    return months


# In words


def _post(point: int) -> str:
    return "the manager" if point == 0 else f"the provider at service point {point}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


class _Teller:
    """What happened in a case, event by event, as clauses; what belongs together is one clause."""

    def __init__(self, case: Case) -> None:
        self.events = case.events

    def at(self, kind: str, event: Any) -> bool:
        """Whether something of that kind happened at the same post in the same month."""
        same = self.events[(self.events["kind"] == kind) & (self.events["month"] == event.month)]
        return bool((same["row"] == event.row).any())

    def since(self, kind: str, event: Any) -> str:
        """Return how long ago something of a kind last happened at the same post: "6 months", or nothing."""
        earlier = self.events[(self.events["kind"] == kind) & (self.events["month"] < event.month)]
        months = earlier.loc[earlier["row"] == event.row, "month"]
        return several(event.month - int(months.iloc[-1]), "month") if len(months) else ""

    def sentences(self, months: range) -> Iterator[str]:
        """Tell what happened in some months, a sentence a month; demands and promises are counted elsewhere."""
        for month, events in self.events[self.events["month"].isin(months)].groupby("month"):
            clauses = []
            for event in events.itertuples():
                tell = getattr(self, event.kind, None)
                clauses += [] if tell is None else [clause for clause in tell(event) if clause not in clauses]
            if clauses:
                yield f"In month {month + 1} {'; '.join(clauses)}."

    def voted_out(self, event: Any) -> Iterator[str]:
        yield f"the politician, who {_stood(event.before)}, was voted out"

    def reelected(self, event: Any) -> Iterator[str]:
        yield f"the politician, who {_stood(event.before)}, was re-elected"

    def politician_changed_platform(self, event: Any) -> Iterator[str]:
        who = "the new politician" if event.cause == "newcomer" else "the politician"
        yield f"{who} turned from {_platform(event.before)} to {_platform(event.after)}"

    def official_transferred(self, event: Any) -> Iterator[str]:
        losses = {
            "agreement_ended": "the agreement with users",
            "promise_lapsed": "an open promise",
            "left_coalition": "the post's commitment to reform",
        }
        lost = [words for kind, words in losses.items() if self.at(kind, event)]
        why = "" if event.cause == "turnover" else f", because {CAUSES[event.cause]}"
        if lost or why or not event.service_point:
            gone = f", and {_listed(lost)} {'was' if len(lost) == 1 else 'were'} lost" if lost else ""
            yield f"{_post(event.service_point)} was replaced{why}{gone}"

    def manager_changed_position(self, event: Any) -> Iterator[str]:
        who = "the new manager" if event.cause == "newcomer" else "the manager"
        if _is_in_earnest(event.before) != _is_in_earnest(event.after) or event.after == "resist":
            yield f"{who} began to {act(event.after)}"

    def provider_changed_position(self, event: Any) -> Iterator[str]:
        occasions = {
            "confrontation": "confronted by users",
            "broken_promise": "after a broken promise",
            "promise_due": "with a promise about to fall due",
        }
        if event.cause in occasions and _is_in_earnest(event.before) != _is_in_earnest(event.after):
            way = "gave way" if _is_in_earnest(event.after) else "hardened"
            yield f"{_post(event.service_point)}, {occasions[event.cause]}, {way} and began to {act(event.after)}"

    def agreement_made(self, event: Any) -> Iterator[str]:
        made = self.since("promise", event)
        kept = f"kept the promise made {made} before" if made else "kept a promise"
        joined = ", came to an agreement with the users and committed to reform"
        alone = " and came to an agreement with the users"
        yield f"{_post(event.service_point)} {kept}{joined if self.at('joined_coalition', event) else alone}"

    def promise_broken(self, event: Any) -> Iterator[str]:
        yield f"{_post(event.service_point)} broke a promise, because {CAUSES[event.cause]}"

    def agreement_ended(self, event: Any) -> Iterator[str]:
        if event.cause != "transfer":
            made = self.since("agreement_made", event)
            lasted = f" after {made}" if made else ""
            yield f"the agreement at service point {event.service_point} ended{lasted}, because {CAUSES[event.cause]}"

    def joined_coalition(self, event: Any) -> Iterator[str]:
        if not self.at("agreement_made", event):
            new = event.actor == "manager" and self.at("official_transferred", event)
            who = "the politician" if event.actor == "politician" else _post(event.service_point)
            yield f"{'the new manager' if new else who} committed to reform"

    def left_coalition(self, event: Any) -> Iterator[str]:
        if event.cause == "position" and event.actor != "politician":
            yield f"{_post(event.service_point)} gave up their commitment to reform"
        elif event.cause != "transfer":
            who = "the politician" if event.actor == "politician" else _post(event.service_point)
            yield f"{who} gave up their commitment to reform, because {CAUSES[event.cause]}"

    def coalition_born(self, event: Any) -> Iterator[str]:
        moves = self.events[self.events["kind"].isin(["joined_coalition", "left_coalition"])]
        latest = moves[moves["month"] <= event.month].groupby("row", sort=False).last()
        points = latest.loc[(latest["kind"] == "joined_coalition") & (latest["actor"] == "provider"), "service_point"]
        at = f"service point{'s' if len(points) > 1 else ''} {_listed([str(point) for point in sorted(points)])}"
        yield (
            f"**a coalition formed**: the politician, the manager and the provider{'s' if len(points) > 1 else ''} at "
            f"{at}, with the organised users"
        )

    def coalition_ended(self, event: Any) -> Iterator[str]:
        stood = self.since("coalition_born", event)
        yield f"**the coalition ended** after {stood}, because {ENDINGS[Ending[event.cause.upper()]]}"


def _is_in_earnest(response: str) -> bool:
    return Response[response.upper()] >= Response.ACCOMMODATE


def _stood(stance: str) -> str:
    return {"patronage": "stood for patronage", "arms_length": "kept at arm's length"}.get(
        stance, "sponsored engagement"
    )


def _platform(stance: str) -> str:
    return {"patronage": "patronage", "arms_length": "keeping at arm's length"}.get(stance, "sponsoring engagement")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _counted(events: pd.DataFrame) -> str:
    """Say in numbers how users and officials bargained."""
    kinds = events["kind"].value_counts()
    number = lambda kind: int(kinds.get(kind, 0))  # noqa: E731 - said once, here
    demands, calls = number("demand"), number("dispute_escalated")
    made, kept, broken, lapsed = (
        number(kind) for kind in ("promise", "promise_kept", "promise_broken", "promise_lapsed")
    )
    asked = f"Users made {several(demands, 'demand')}" if demands else "Users made no new demand"
    points = events.loc[events["kind"] == "dispute_escalated", "service_point"].value_counts().sort_index()
    most = f", most often at service point {points.idxmax()}" if len(points) > 1 else ""
    confronted = f" and called for confrontation {_times(calls)}{most}" if calls else ""
    promised = f"officials made {several(made, 'promise')}" if made else "officials made no promise"
    ends = [f"{verb} {count}" for verb, count in (("kept", kept), ("broke", broken)) if count]
    came = f" They {_listed(ends)} of the promises that fell due." if ends else ""
    left = f" {capital(several(lapsed, 'promise'))} lapsed when the official was replaced." if lapsed else ""
    return f"{asked}{confronted}; {promised}.{came}{left}"


def page(found: Logs) -> str:
    """Return the page."""
    case = found.case
    teller, start = _Teller(case), TOWN.engagement.start
    formed = found.all[found.all["kind"] == "coalition_ended"]
    of_all = len(formed[["seed", "district"]].drop_duplicates())
    opened = (
        f"Co-creation opens in month {start + 1}. The district has one politician, one manager, "
        f"{TOWN.population.providers} service points with a provider each, and about "
        f"{TOWN.population.citizens // TOWN.population.districts} citizens."
    )
    parts = [
        "# A case: one contested district, year by year",
        f"This is the history of one district, as a political scientist might write it from the record of events. The "
        f"district is chosen by a fixed rule. In twelve societies of the scenario `contested_reform` with co-creation "
        f"(seeds {SEEDS[0]} to {SEEDS[-1]}, {TOWN.population.districts} districts each), a coalition formed and ended "
        f"in {of_all} districts; this is the one with the most events. It is district {case.district + 1} of "
        f"seed {case.seed}: an eventful case, not a typical one. `python docs/case.py` makes the page and its figure "
        f"from the [log of events](howto/events.md): each sentence reports events or counts them.",
        opened,
        f"![{alternative(case)}](figures/case.svg)",
        "Bars show the politician's stance and each official's response. Marks above them show demands (orange dots), "
        "confrontations (red triangles), and promises made (blue dots), kept (green squares) and broken (purple "
        "crosses). A green line below a bar shows an agreement, a black stroke a change of person, and shading a "
        "coalition.",
    ]
    for year in range(TOWN.months // YEAR):
        months = range(year * YEAR, (year + 1) * YEAR)
        events = case.events[case.events["month"].isin(months)]
        heading = f"## Year {year + 1}{' (co-creation opens)' if start in months else ''}"
        parts += [heading, " ".join([_counted(events), *teller.sentences(months)])]
    parts += ["## Is it like this elsewhere?", elsewhere(found)]
    return "\n\n".join(parts) + "\n"


def elsewhere(found: Logs) -> str:
    """Say in numbers what happens in all districts of all seeds, to judge the case by."""
    events = found.all
    years = len(SEEDS) * TOWN.population.districts * TOWN.months / YEAR
    kinds = events["kind"].value_counts()
    rate = lambda kind: f"{kinds.get(kind, 0) / years:.1f}"  # noqa: E731 - said once, here
    ends = kinds.get("promise_kept", 0) + kinds.get("promise_broken", 0)
    changed = events["kind"].eq("politician_changed_platform") & events["cause"].eq("new_mandate")
    lives = _lives(events)
    again = _renewed(events)
    return (
        f"Over all {len(SEEDS) * TOWN.population.districts} districts, an average year brings {rate('demand')} "
        f"demands, {rate('dispute_escalated')} calls for confrontation, {rate('promise')} promises and "
        f"{rate('official_transferred')} changes of officials to each district. Of the promises that fell due, "
        f"{percent(kinds.get('promise_kept', 0) / ends)} were kept. After users had given up a demand, they made a new "
        f"one within three months in {percent(again)} of cases. Of the {kinds.get('reelected', 0)} politicians who "
        f"were re-elected ({kinds.get('voted_out', 0)} were not), "
        f"{percent(changed.sum() / kinds.get('reelected', 1))} changed platform in the following month. "
        f"{several(kinds.get('coalition_born', 0), 'coalition')} formed; the "
        f"{len(lives)} that ended had lasted a median of {np.median(lives):.0f} months."
    )


def _lives(events: pd.DataFrame) -> list[int]:
    """Return for how many months coalitions stood that ended."""
    lives, born = [], {}
    for event in events[events["kind"].isin(["coalition_born", "coalition_ended"])].itertuples():
        place = (event.seed, event.district)
        if event.kind == "coalition_born":
            born[place] = event.month
        elif place in born:
            lives.append(event.month - born.pop(place))
    return lives


def _renewed(events: pd.DataFrame) -> float:
    """Return the share of demands given up after which another one came within three months at the same place."""
    found = []
    for _, mine in events[events["kind"].isin(["demand", "demand_given_up"])].groupby(["seed", "row"]):
        demands = mine.loc[mine["kind"] == "demand", "month"].to_numpy()
        for month in mine.loc[mine["kind"] == "demand_given_up", "month"]:
            found.append(bool(((demands > month) & (demands <= month + 3)).any()))
    return float(np.mean(found))


# As a picture

SHAPES = (
    ("demand", 0.68, "o", ORANGE, "demand"),
    ("dispute_escalated", 0.68, "^", VERMILION, "confrontation"),
    ("promise", 0.44, "o", SKY_BLUE, "promise"),
    ("promise_kept", 0.44, "s", GREEN, "promise kept"),
    ("promise_broken", 0.44, "X", PURPLE, "promise broken"),
)
"""Kind of event, height above the bar, shape, colour and name."""


def alternative(case: Case) -> str:
    """Return the text of the figure for those who cannot see it."""
    kinds = case.events["kind"].value_counts()
    counts = [
        several(int(kinds.get(kind, 0)), name) for kind, _, _, _, name in SHAPES if not name.startswith("promise ")
    ]
    return (
        f"Choices of the politician, the manager and {TOWN.population.providers} providers over {TOWN.months} "
        f"months, with {_listed(counts)}, and when a coalition stood"
    )


def figure(case: Case) -> Figure:
    """Draw positions as bars, a row each, with the events of each service point above them."""
    picture = Figure(figsize=(PAGE_WIDTH, 4.4), layout="constrained")
    axes = picture.add_subplot()
    points = TOWN.population.providers
    rows = [points + 1, *range(points + 1)]  # the politician first
    for height, place in zip(range(len(rows), 0, -1), rows, strict=True):
        month = 0
        for position, spell in groupby(case.doing[place]):
            span = len([*spell])
            axes.barh(height + 0.1, span, left=month + 0.5, height=0.2, color=ACT_COLOURS[position], linewidth=0)
            month += span
        mine = case.events[case.events["service_point"] == (place if place <= points else -1)]
        for kind, above, shape, colour, _ in SHAPES if 0 < place <= points else ():
            months = mine.loc[mine["kind"] == kind, "month"] + 1
            axes.plot(months, [height + above] * len(months), shape, color=colour, markersize=3, markeredgewidth=0)
        handed = mine.loc[mine["kind"].isin(["official_transferred", "voted_out"]), "month"] + 1
        axes.plot(handed, [height + 0.1] * len(handed), "|", color=BLACK, markersize=9)
        for begin, end in _spells(mine, "agreement_made", "agreement_ended"):
            axes.plot([begin + 1, end + 1], [height - 0.08] * 2, color=GREEN, linewidth=1.6)
    for begin, end in _spells(case.events, "coalition_born", "coalition_ended"):
        axes.axvspan(begin + 1, end + 1, color=TINT, zorder=0)
        axes.text((begin + end) / 2 + 1, len(rows) + 0.62, "coalition", ha="center", color=BLUE, fontsize=7)
    held = case.events[case.events["kind"].isin(["voted_out", "reelected"])]
    for event in held.itertuples():
        words = "voted out" if event.kind == "voted_out" else "re-elected"
        axes.text(event.month + 1, len(rows) + 0.28, words, ha="center", fontsize=6.5)
    axes.axvline(TOWN.engagement.start + 0.5, color=BLACK, linestyle="--", linewidth=0.8)
    names = ["politician", "manager", *(f"service point {point}" for point in range(1, points + 1))]
    axes.set_yticks([height + 0.1 for height in range(len(rows), 0, -1)], labels=names)
    axes.set(xlim=(0.5, TOWN.months + 0.5), ylim=(0.8, len(rows) + 0.85), xlabel="month (dashed: co-creation opens)")
    axes.set_xticks(range(YEAR, TOWN.months + 1, YEAR))
    axes.tick_params(left=False)
    _legend(picture)
    return picture


def _legend(picture: Figure) -> None:
    stances = [Patch(color=ACT_COLOURS[each], label=name) for each, name in (
        ("resist", "resists; patronage"), ("token", "token response"), ("arms_length", "arm's length"),
        ("accommodate", "accommodates"), ("cocreate", "co-creates; sponsors"),
    )]  # fmt: skip
    marks = [Line2D([], [], marker=shape, color=colour, linestyle="", markersize=4, label=name)
             for _, _, shape, colour, name in SHAPES]  # fmt: skip
    picture.legend(handles=[*stances, *marks], loc="outside lower center", ncols=5, fontsize=6.5)


def _spells(events: pd.DataFrame, begin: str, end: str) -> Iterator[tuple[int, int]]:
    """List from when to when something lasted."""
    since: int | None = None
    for event in events[events["kind"].isin([begin, end])].itertuples():
        if event.kind == begin:
            since = int(event.month)
        elif since is not None:
            yield since, int(event.month)
            since = None
    if since is not None:
        yield since, TOWN.months - 1


def drawn(case: Case) -> bytes:
    """Return the figure as SVG."""
    target = BytesIO()
    with drawing():
        figure(case).savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def main() -> None:
    """Write the page and its figure."""
    found = logs()
    PAGE.write_text(page(found), "utf-8")
    FIGURE.write_bytes(drawn(found.case))


if __name__ == "__main__":
    main()
