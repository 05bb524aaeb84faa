"""The summary says what the metrics say."""

from __future__ import annotations

import re
from statistics import fmean

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.measures import MEASURE_NAMES, MEASURES
from engagesim.parameters import Parameters
from engagesim.report.run_words import describe_run
from engagesim.report.text import percent, unit

SHARE = st.floats(0, 1)
NOTHING_OPENED = Parameters()
OPENED = Parameters().changed({"engagement.form": "social_audit", "engagement.opened": 1.0, "engagement.start": 5})


def table(months: int, **columns: object) -> pd.DataFrame:
    """Make up metrics: the columns given, and nothing happening otherwise."""
    nothing = dict.fromkeys(MEASURE_NAMES, 0.0) | {"coalition_month": -1.0}
    return pd.DataFrame(nothing | columns, index=pd.RangeIndex(months, name="month"))


def line(metrics: pd.DataFrame, word: str, parameters: Parameters = NOTHING_OPENED) -> str:
    found = [said for said in describe_run(metrics, parameters) if word in said]
    assert len(found) == 1, (word, found)
    return found[0]


def percents(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"(\d+) %", text)]


@given(SHARE)
def test_only_nothing_reads_as_none_and_only_everything_as_all(share):
    said = percent(share)
    assert (said == "0 %") == (share == 0)
    assert (said == "100 %") == (share == 1)
    if said[0].isdigit():
        assert abs(float(said.removesuffix(" %")) / 100 - share) <= 0.005 + 1e-12


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("unserved", "citizens"), ("diversion", "resources"), ("diversion_wages", "wages"), ("waived", "penalties"),
        ("success_rate", "engagement"), ("favour_rate", "clients"), ("again_after_success", "first engagements"),
        ("decision_share", "decisions"), ("reelected", "incumbents"), ("coalition_ever", "districts"),
    ],
)  # fmt: skip
def test_an_axis_says_what_a_measure_is_a_share_of(name, says):
    assert unit(MEASURES[MEASURE_NAMES.index(name)]) == f"share of {says}"


@given(st.integers(1, 9), st.integers(0, 9), st.sampled_from((0.04, 0.31, 0.93)), st.sampled_from((0.2, 0.45, 1.0)))
def test_coalitions_are_told_with_their_districts_and_their_members_in_the_last_month(
    standing, lasting, citizens, officials
):
    births = [0.0] * 20 + [0.1] * 12 + [0.0] * 8
    metrics = table(40, coalition_births=births)
    last = {
        "coalition_districts": standing / 10, "coalition_ever": lasting / 10, "coalition_age": 7.4,
        "coalition_citizens": citizens, "coalition_officials": officials,
    }  # fmt: skip
    metrics.loc[39, list(last)] = list(last.values())
    said = line(metrics, "A coalition formed")
    assert "formed 12 times" in said
    assert f"formed in {lasting or 'none of the 10'}" in said
    assert f"stands in {standing} of 10 districts, for 7 months on average" in said
    assert percents(said) == [round(100 * citizens), round(100 * officials)]


def test_no_coalition_is_said():
    assert line(table(9), "No district formed a coalition")


def test_why_coalitions_ended_is_told_the_most_frequent_cause_first():
    ends = {"ended_by_election": [0.1] + [0.0] * 8, "ended_by_success": [0.2] + [0.0] * 8}
    said = line(table(9, coalition_births=0.1, **ends), "A coalition formed")
    assert "No coalition stands at the end." in said
    assert "ended because citizens got what they wanted (2), the politician was voted out (1)." in said


def test_bargains_are_told_as_counts_over_the_run():
    monthly = {"demands": 0.1, "promises": 0.05, "promises_kept": 0.025, "promises_broken": 0.025}
    said = line(table(10, **monthly), "promises")
    assert "made 40 demands" in said
    assert "made 20 promises; they kept 10 and broke 10" in said


def test_reelections_are_told_as_counts():
    metrics = table(4, elections=[0.2, 0.0, 0.5, 0.0], reelected=[0.5, 0.0, 0.4, 0.0])
    assert "re-elected in 3 of 7 elections" in line(metrics, "re-elected")
    assert "No election was held" in line(table(4), "election")


@pytest.mark.parametrize(
    "changes",
    [
        {"incentives.ousting": 0.1},
        {"interventions": [{"name": "change", "start": 0, "stop": 1, "set": {"incentives.ousting": 1}}]},
    ],
)
def test_where_parties_may_change_without_an_election_the_count_says_so(changes):
    metrics = table(4, elections=[0.2, 0.0, 0.5, 0.0], reelected=[0.5, 0.0, 0.4, 0.0])
    said = line(metrics, "re-elected", Parameters().changed(changes))
    assert "re-elected in 3 of 7 elections or upsets between elections." in said


def test_one_month_is_not_told_as_several():
    metrics = table(3, coalition_births=0.1, coalition_districts=0.1, coalition_age=1.0)
    said = line(metrics, "A coalition formed", Parameters().changed({"coalitions.persistence": 1}))
    assert "one that lasts 1 month or more" in said
    assert "for 1 month on average" in said


@given(st.lists(SHARE, min_size=1, max_size=40))
def test_quality_is_told_as_means_of_months_that_start_and_end_do_not_share(quality):
    window = max(1, min(12, len(quality) // 2))
    before, after = fmean(quality[:window]), fmean(quality[-window:])
    said = line(table(len(quality), quality=quality), "Service quality").partition(". The ")[0]
    numbers = [float(number) for number in re.findall(r"\d\.\d\d", said)]
    if "stayed" in said:
        assert abs(after - before) < 0.01 + 1e-9
        assert numbers[0] == pytest.approx(after, abs=0.0051)
    else:
        assert numbers[:2] == pytest.approx([before, after], abs=0.0051)
        assert ("rose" in said) == (after > before)


@pytest.mark.parametrize(
    ("months", "said"), [(1, "first and the last month"), (10, "last 5 months"), (60, "last 12 months")]
)
def test_what_is_averaged_is_said(months, said):
    assert said in describe_run(table(months), NOTHING_OPENED)[-1]
    assert "One run is one draw" in describe_run(table(months), NOTHING_OPENED)[-1]


@pytest.mark.parametrize(
    ("difference", "said"), [(0.2, "more educated"), (-0.2, "less educated"), (0.001, "as educated")]
)
def test_months_in_which_nobody_engages_do_not_blur_who_does(difference, said):
    engaged = [0.0] * 23 + [0.5]
    metrics = table(24, engaged=engaged, education_of_engaged=[0.0] * 23 + [difference])
    told = line(metrics, "those who engage")
    assert said in told
    assert "as educated" in told or f"({difference:+.2f})" in told


def test_nobody_engaging_is_said():
    assert "Nobody engages" in line(table(30), "Nobody")


@given(st.lists(st.floats(0.05, 1), min_size=4, max_size=4))
def test_what_officials_do_is_told_in_shares_of_the_last_year(weights):
    names = ("resist", "token", "accommodate", "cocreate")
    shares = [weight / sum(weights) for weight in weights]
    early = dict.fromkeys(names, 0.0)
    metrics = table(36, **early)
    metrics.loc[24:, list(names)] = shares
    told = percents(line(metrics, "Officials:").partition(".")[0])
    assert told == pytest.approx([100 * share for share in shares], abs=0.5001)


def test_before_and_after_are_the_years_on_either_side():
    engaged = [0.9] * 3 + [0.1] * 12 + [0.5] * 3 + [0.3] * 12
    parameters = OPENED.changed({"engagement.start": 15})
    said = line(table(30, engaged=engaged), "before social audit opened", parameters)
    assert "citizens who engage from 10 % to 30 %" in said
    assert "From the 12 months before" in said


@pytest.mark.parametrize("start", [0, 30])
def test_there_is_no_before_and_after_without_a_before_or_an_after(start):
    parameters = OPENED.changed({"engagement.start": start})
    assert not [said for said in describe_run(table(30), parameters) if "before social audit opened" in said]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Social audit opened in month 6 in all districts."),
        ({"engagement.where": 0.3}, "in 3 of 10 districts."),
        ({"engagement.where": [1, 4]}, "in 2 of 10 districts."),
        ({"engagement.where": {"worst": 0.25}}, "in the worst 2 of 10 districts."),
        ({"engagement.stop": 9}, "in all districts and closed in month 10."),
        ({"engagement.start": 500}, "Social audit was to open in month 501, after the end of this run."),
        ({"engagement.opened": 0.0}, "No form of engagement opened."),
        (
            {"interventions": [{"name": "merit_reform", "start": 7}]},
            "Other interventions: merit reform (from month 8).",
        ),
    ],
)
def test_the_initiative_is_told(changes, said):
    assert said in describe_run(table(30), OPENED.changed(changes))[0]


@given(st.integers(1, 40), st.integers(0, 2**32))
def test_any_table_is_told_in_whole_sentences(months, seed):
    random = np.random.default_rng(seed)
    columns = {name: random.random(months) for name in MEASURE_NAMES}
    for said in describe_run(table(months, **columns), OPENED):
        assert "nan" not in said
        assert said[0].isupper()
        assert said.endswith(".")


def test_a_society_is_told_as_it_ends(tiny):
    model = EngagementModel(tiny)
    for _ in range(14):
        model.step()
    engaged = fmean(sum(row) for row in model.metrics[["collaborate", "confront"]].to_numpy()[-7:])
    assert f"{percent(engaged)} of citizens engage" in line(model.metrics, "of citizens engage", tiny)
