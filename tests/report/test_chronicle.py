"""What a film tells of a run, from the log of its events, and where it stops."""

from __future__ import annotations

import pandas as pd

from engagesim.parameters import Parameters
from engagesim.report.animation import chronicle
from engagesim.society.events import EVENT_COLUMNS

USUAL = {
    "district": 0, "actor": "politician", "service_point": -1, "row": -1, "before": "patronage", "after": "patronage",
    "cause": "", "count": 1,
}  # fmt: skip


def happened(*events) -> pd.DataFrame:
    rows = [{**USUAL, "month": month, "kind": kind, **more} for month, kind, more in events]
    return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))


def told(events, **changes) -> list[tuple[int, str]]:
    named = {path.replace("__", "."): value for path, value in changes.items()}
    return [(each.month, each.text) for each in chronicle(events, Parameters().changed({"months": 24, **named}))]


def test_elections_are_told_when_incumbents_lose():
    events = happened(*((11, "voted_out", {"district": place}) for place in (0, 2, 4)), (5, "reelected", {}))
    assert told(events) == [(11, "3 politicians were voted out, in districts 1, 3 and 5")]
    assert told(events[:1]) == [(11, "the politician of district 1 was voted out on a platform of patronage")]


def test_forms_and_other_measures_are_told_when_they_begin_and_end():
    assert told(
        happened(),
        engagement__form="social_audit", engagement__opened=1.0, engagement__start=6,
        engagement__stop=18, interventions=[{"name": "merit_protection", "start": 3, "stop": 30}],
    ) == [(3, "merit protection begins"), (6, "social audit opens"), (18, "social audit closes")]  # fmt: skip


def test_coalitions_are_told_when_they_form_and_end_with_the_cause():
    events = happened(
        *((2, "coalition_born", {"district": place, "actor": "coalition"}) for place in (3, 7)),
        (9, "coalition_ended", {"district": 3, "actor": "coalition", "cause": "exhaustion"}),
    )
    assert told(events) == [
        (2, "2 coalitions formed, in districts 4 and 8"),
        (9, "the coalition of district 4 ended, because citizens grew tired"),
    ]


def test_the_first_demand_is_told_and_no_other():
    events = happened(*((month, "demand", {"actor": "users", "service_point": 2}) for month in (4, 6, 6)))
    assert told(events) == [(4, "the users of service point 2 of district 1 made a demand (the first time)")]


def test_a_film_stops_for_a_kind_of_event_a_few_times():
    events = happened(*((month, "coalition_born", {"actor": "coalition"}) for month in range(12)))
    assert [each.stops for each in chronicle(events, Parameters())] == [True] * 4 + [False] * 8
