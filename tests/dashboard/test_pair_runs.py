"""Two societies over more and more seeds: the same as at once, narrower each time, and nothing for a placebo."""

import itertools

import numpy as np
import pandas as pd
import pytest

from engagesim.analysis.differences import BETTER, UNCLEAR, compare, profiles
from engagesim.analysis.outcomes import OUTCOMES, judged, outcome_values
from engagesim.dashboard.compare import narrowing, panels, yearly
from engagesim.dashboard.pair import LOOKS, NAMES, Common, Side, besides, finding, rounds, side_by_side, society
from engagesim.dashboard.tables import pair_table
from engagesim.engines.compiled import simulate
from engagesim.report.comparison_words import judgement

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

COMMON = Common(seed=7, citizens=100, months=36)


@pytest.fixture(scope="module")
def pair():
    return [society(side, COMMON) for side in (Side(), Side(form="survey"))]


@pytest.fixture(scope="module")
def standings(pair):
    return list(rounds(pair, 20))


def test_rounds_end_where_all_seeds_at_once_do(pair, standings):
    lived = simulate(pair, range(7, 27))
    last = standings[-1][1]
    outcomes = judged(OUTCOMES, {}, COMMON.months)
    values = outcome_values(lived.measure, outcomes)
    pd.testing.assert_frame_equal(last.differences, compare(values, NAMES, outcomes))
    pd.testing.assert_frame_equal(last.profiles, profiles(lived.measure, NAMES))


def test_seeds_are_counted_up_to_the_last_and_looked_at_now_and_then(standings):
    counts = [done for done, _ in standings]
    assert counts == sorted(counts)
    assert counts[-1] == 20
    assert [found.seeds for _, found in standings if found] == [look for look in LOOKS if look <= 20]


def test_each_look_keeps_those_before_it(standings):
    found = [standing for _, standing in standings if standing]
    for before, after in itertools.pairwise(found):
        for outcome, looks in after.looks.items():
            assert looks[:-1] == before.looks[outcome]


def test_the_interval_narrows_as_seeds_are_added(standings):
    widths = {
        outcome: {look.seeds: look.high - look.low for look in looks}
        for outcome, looks in standings[-1][1].looks.items()
    }
    narrower = [width[20] / width[10] for width in widths.values() if width[10]]
    assert len(narrower) > len(widths) / 2
    assert np.median(narrower) < 0.95  # the square root of two seeds for one is 0.71, give or take


def test_a_placebo_differs_by_exactly_nothing(pair):
    _, last = list(rounds([pair[0], pair[0]], 10))[-1]
    assert last.is_same
    assert (last.differences[["difference", "low", "high", "low_all", "high_all"]] == 0).all(axis=None)
    assert "exactly 0" in " ".join(finding(last, "quality"))
    assert besides(last, "quality") == []


def test_one_seed_side_by_side_is_the_run_of_each(pair):
    found = side_by_side(pair)
    for number, parameters in enumerate(pair):
        alone = simulate([parameters], [7])
        assert (found["quality"][number] == alone.measure("quality")[0, 0]).all()


def test_panels_have_both_sides_and_every_month(pair):
    found = side_by_side(pair)
    for panel in panels(found):
        names = [line["name"] for line in panel["lines"]]
        measure = names[0].removesuffix(".A")
        assert names == [f"{measure}.A", f"{measure}.B"]
        assert found[measure].shape == (2, COMMON.months)
        assert found[measure].max() <= panel["top"] <= 1
        assert panel["top"] in (0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize("outcome", [outcome.name for outcome in OUTCOMES])
def test_every_outcome_is_put_into_words_and_drawn(standings, outcome):
    last = standings[-1][1]
    assert len(finding(last, outcome)) == 2
    named = {each.description.lower() for each in OUTCOMES if each.name != outcome}
    said = " ".join(besides(last, outcome)).lower()
    assert all(name in said for name in named)
    assert "nan" not in narrowing(last, outcome)
    has_course = outcome in set(last.profiles["outcome"])
    assert (yearly(last.profiles, outcome) is not None) == has_course


def test_the_table_has_a_row_an_outcome_and_its_verdicts(standings):
    last = standings[-1][1]
    table = pair_table(last.differences, last.seeds, "caption")
    assert table.count('<th scope="row">') == len(OUTCOMES)
    for verdict, count in last.differences["verdict"].value_counts().items():
        assert table.count(f">{verdict}</span>") == count


@pytest.mark.parametrize(("outcome", "difference"), [("quality", 0.1), ("quality_gap", -0.1), ("confront", 0.1)])
def test_the_seeds_that_agree_are_those_that_go_the_way_of_the_mean(standings, outcome, difference):
    rows = standings[-1][1].differences
    row = rows[rows["outcome"] == outcome].assign(difference=difference, better_share=0.3, worse_share=0.7)
    for verdict in (BETTER, UNCLEAR):
        assert "30 of 100" in pair_table(row.assign(verdict=verdict), 100, "caption")
    assert "70 of 100" in pair_table(row.assign(difference=-difference, verdict=UNCLEAR), 100, "caption")


def test_what_a_verdict_rests_on_is_said_as_in_a_brief(standings):
    last = standings[-1][1]
    outcomes = {outcome.name: outcome for outcome in judged(OUTCOMES, {}, COMMON.months)}
    for name, part in last.differences.groupby("outcome"):
        said = finding(last, name)[1]
        words = judgement(part, outcomes[name], last.seeds, ("B", "A"))
        assert said.lower() == f"{words}.".lower()
        assert {"better": "did better than A", "worse": "did worse than A"}.get(part["verdict"].item(), "") in said
