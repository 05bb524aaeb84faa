"""What happened in a run, told from its measures."""

from __future__ import annotations

import pandas as pd
import pytest

from engagesim.parameters import Parameters
from engagesim.report.animation import chronicle


def run(months: int = 24, **columns) -> pd.DataFrame:
    still = {"new_politicians": 0.0, "coalition_month": -1.0, "coalition_age": 0.0}
    return pd.DataFrame({**still, **columns}, index=range(months))


def told(metrics, **changes) -> list[tuple[int, str]]:
    named = {path.replace("__", "."): value for path, value in changes.items()}
    return [(mark.month, mark.text) for mark in chronicle(metrics, Parameters().changed(named))]


def test_elections_are_told_with_who_was_replaced():
    replaced = [0.0] * 24
    replaced[11] = 0.3
    assert told(run(new_politicians=replaced), incentives__term=12) == [
        (11, "election: 3 of 10 politicians replaced"),
        (23, "election: 0 of 10 politicians replaced"),
    ]


def test_who_falls_between_elections_is_told():
    replaced = [0.1, *[0.0] * 23]
    assert told(run(new_politicians=replaced), incentives__term=48) == [
        (0, "between elections, 1 of 10 politicians replaced")
    ]


def test_forms_and_other_measures_are_told_when_they_begin_and_end():
    assert told(
        run(),
        incentives__term=48, engagement__form="social_audit", engagement__opened=1.0, engagement__start=6,
        engagement__stop=18, interventions=[{"name": "merit_protection", "start": 3, "stop": 30}],
    ) == [(3, "merit protection begins"), (6, "social audit opens"), (18, "social audit closes")]  # fmt: skip


def test_a_coalition_is_told_when_it_forms_falls_and_is_back():
    ages = [0, 0, 1, 2, 3, 0, 0, 1, *[2] * 16]
    found = told(run(coalition_age=ages, coalition_month=2.0), incentives__term=48)
    assert [month for month, _ in found] == [2, 5, 7]
    assert [text for _, text in found] == [
        "broad coalition forms", "the broad coalition falls below its minimum size",
        "a broad coalition reaches its minimum size again",
    ]  # fmt: skip


def test_a_spell_too_short_to_count_is_not_told():
    assert told(run(coalition_age=[1, 0] * 12), incentives__term=48) == []


@pytest.mark.parametrize("dashed", [True, False])
def test_only_openings_and_formations_are_drawn_as_lines(dashed):
    metrics = run(coalition_month=2.0, coalition_age=1.0)
    changes = {"engagement.opened": 1.0, "engagement.start": 6, "incentives.term": 12}
    marks = [mark for mark in chronicle(metrics, Parameters().changed(changes)) if bool(mark.dash) == dashed]
    assert [mark.month for mark in marks] == ([2, 6] if dashed else [11, 23])
