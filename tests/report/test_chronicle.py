"""What happened in a run, told from its measures."""

from __future__ import annotations

import pandas as pd
import pytest

from engagesim.parameters import Parameters
from engagesim.report.animation import chronicle
from engagesim.report.text import CAUSES


def run(months: int = 24, **columns) -> pd.DataFrame:
    still = dict.fromkeys(("new_politicians", "elections", "coalition_births", *CAUSES), 0.0)
    return pd.DataFrame({**still, **columns}, index=range(months))


def told(metrics, **changes) -> list[tuple[int, str]]:
    named = {path.replace("__", "."): value for path, value in changes.items()}
    return [(mark.month, mark.text) for mark in chronicle(metrics, Parameters().changed(named))]


def in_month(month: int, share: float, months: int = 24) -> list[float]:
    return [share * (now == month) for now in range(months)]


def test_elections_are_told_with_who_was_replaced():
    metrics = run(elections=in_month(11, 0.4), new_politicians=in_month(11, 0.3))
    assert told(metrics) == [(11, "4 elections: 3 politicians replaced")]


def test_an_election_that_everybody_wins_is_not_told():
    assert told(run(elections=in_month(5, 0.1))) == []


def test_forms_and_other_measures_are_told_when_they_begin_and_end():
    assert told(
        run(),
        engagement__form="social_audit", engagement__opened=1.0, engagement__start=6,
        engagement__stop=18, interventions=[{"name": "merit_protection", "start": 3, "stop": 30}],
    ) == [(3, "merit protection begins"), (6, "social audit opens"), (18, "social audit closes")]  # fmt: skip


def test_coalitions_are_told_when_they_form_and_end_with_the_cause():
    metrics = run(coalition_births=in_month(2, 0.2), ended_by_exhaustion=in_month(9, 0.1))
    assert told(metrics) == [
        (2, "2 coalitions formed"),
        (9, "1 coalition ended because citizens grew tired"),
    ]  # fmt: skip


@pytest.mark.parametrize("dashed", [True, False])
def test_only_openings_are_drawn_as_lines(dashed):
    metrics = run(coalition_births=in_month(2, 0.1), elections=in_month(11, 0.1), new_politicians=in_month(11, 0.1))
    changes = {"engagement.opened": 1.0, "engagement.start": 6}
    marks = [mark for mark in chronicle(metrics, Parameters().changed(changes)) if bool(mark.dash) == dashed]
    assert [mark.month for mark in marks] == ([6] if dashed else [2, 11])
