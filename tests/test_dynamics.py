"""How long positions last, and what demands and promises do: the patterns D1 to D11 of the ODD, in three contexts.

Thirty-two societies of five districts, without a form or with co-creation from month 24, unless said. What is judged
by twins differs in one event alone, so that nothing else can explain the difference; bars allow for two standard
errors where they are near. Of D10, which takes 960 districts for each context, CI checks the first context, and
``make test-slow`` the others.
"""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engagesim.engines.compiled import simulate
from engagesim.rules.vocabulary import ACCOMMODATE

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

P = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "experiments" / "dynamics" / "patterns.py")))
SEEDS = range(1, 33)
FORMS = ("none", "cocreation")
FROZEN = {"name": "frozen", "start": P.OPEN, "set": dict.fromkeys(
    ("citizens.trust_rate", "citizens.trust_in_view", "citizens.shaken"), 0.0)}  # fmt: skip
USES = {
    "recruiting": {"organisations.forum": 0.0, "organisations.invitation": 0.0},
    "demands": {"relations.channel": 0.0},
    "persuading": {"officials.persuaded": 0.0},
    "voice": {"officials.voice_value": 0.0, "services.voice_gain": 0.0, "officials.insight_rate": 0.0},
    "contributions": {"services.contributing": 0.0},
    "trust that moves": {"interventions": [FROZEN]},
}
"""What is switched off to see what each use of engagement, and trust, contributes."""

contexts = pytest.mark.parametrize("context", P.CONTEXTS)
forms = pytest.mark.parametrize("form", FORMS)


@cache
def lived(context: str, form: str) -> SimpleNamespace:
    return P.record(P.society(context, form), SEEDS)


@contexts
def test_d1_politicians_hold_their_platform_between_elections(context):
    run = lived(context, "none")
    assert (np.diff(run.politician_stance, axis=0) != 0)[run.politician_mandate[:-1] == 0].mean() <= 0.03


@contexts
@forms
def test_d2_officials_hold_their_way_of_working(context, form):
    assert (np.diff(lived(context, form).official_response, axis=0) != 0).mean() <= 0.12


@pytest.mark.parametrize("context", ["contested_reform", "merit_state"])
def test_d2_half_of_the_backed_spells_of_responding_last_a_year(context):
    run = lived(context, "cocreation")
    backed = np.repeat((run.district_manager_response >= ACCOMMODATE)[:, :, None], 4, axis=2)
    assert P.survival(P.spells((P.by_provider(run, "response") >= ACCOMMODATE) & backed), 12)[0] >= 0.5


@pytest.mark.parametrize("context", ["contested_reform", "merit_state"])
def test_d3_citizens_belong_for_half_a_year_or_longer_in_a_standing_coalition(context):
    run = lived(context, "cocreation")
    belongs = run.citizen_member * (run.district_coalition > 0)[:, run.wiring.district]
    assert P.survival(P.spells(belongs[:, ::5, ::4]), 12)[1] >= 6


@pytest.mark.slow
@contexts
def test_d4_a_confrontation_makes_officials_respond(context):
    odds, count, _, _ = P.confronted_odds(context, range(1, 241))
    assert count > 100
    assert odds >= 1.3


@pytest.mark.slow
def test_d5_a_kept_promise_calms_and_a_broken_one_angers():
    pooled = np.array([P.promise_risks(context, range(1, 241)) for context in ("contested_reform", "merit_state")])
    kept, broken = (np.average(pooled[:, place], weights=pooled[:, 2]) for place in (0, 1))
    assert kept <= 0.8
    assert broken >= 1.3


@contexts
def test_d6_confrontation_comes_before_accommodation_and_that_before_a_coalition(context):
    both = [P.order(lived(context, form)) for form in FORMS]
    count = [(P.first(lived(context, form).district_coalition > 0) < 999).sum() for form in FORMS]
    share = np.average(both, weights=count)
    assert share + 2 * np.sqrt(share * (1 - share) / sum(count)) >= 0.6


@contexts
def test_d7_incumbents_are_reelected_about_half_of_the_time_and_patrons_more_often_in_a_trap(context):
    both = [P.reelection(lived(context, form)) for form in FORMS]
    everybody, patrons = np.mean(both, axis=0)
    if context == "clientelist_trap":
        assert patrons > 0.5
    else:
        assert 0.35 <= everybody <= 0.7


@contexts
def test_d8_people_take_part_as_often_as_surveys_find(context):
    none, form = (lived(context, each) for each in FORMS)
    assert 0.1 <= P.at(none, "taken_part", 59) <= 0.5
    assert P.at(form, "taken_part", 59) < 0.7
    assert 0.02 <= P.at(none, "protested", 59) <= 0.12
    assert P.at(form, "taken_part", 59) > P.at(none, "taken_part", 59)


def late(parameters, measures, seeds=range(1, 49)):
    """Return means of measures over the last four years, by seed."""
    run = simulate([parameters], seeds)
    return np.array([run.measure(name)[0, :, 96:].mean(axis=1) for name in measures])


@cache
def with_all_ties() -> np.ndarray:
    return late(P.society("contested_reform", districts=10), ["sponsor", "responsive"])


@pytest.mark.parametrize(
    ("cut", "felt"),
    [
        ({"network.brokers": 0.0}, "sponsor"),
        ({"accountability.political": 0.0}, "sponsor"),
        ({"accountability.bureaucratic": 0.0}, "responsive"),
        ({"accountability.social": 0.0}, "responsive"),
    ],
    ids=lambda each: each if isinstance(each, str) else next(iter(each)),
)
def test_d9_cutting_a_kind_of_tie_changes_what_people_do(cut, felt):
    usual = with_all_ties()[["sponsor", "responsive"].index(felt)]
    gap = late(P.society("contested_reform", districts=10).changed(cut), [felt])[0] - usual
    assert abs(gap.mean()) > 3 * gap.std(ddof=1) / np.sqrt(len(gap))


@pytest.mark.parametrize(
    "context", ["contested_reform", *(pytest.param(each, marks=pytest.mark.slow) for each in P.CONTEXTS[1:])]
)
def test_d10_the_chance_of_a_coalition_does_not_depend_on_the_number_of_districts(context):
    shares = {}
    for districts in (2, 5, 20):
        seeds = range(1, 1 + 320 // districts)
        run = simulate([P.society(context, districts=districts)], seeds).measure("coalition_ever")[0, :, -1]
        shares[districts] = run.mean(), run.std(ddof=1) / np.sqrt(len(seeds))
    for few, many in ((2, 5), (2, 20), (5, 20)):
        gap, error = shares[few][0] - shares[many][0], np.hypot(shares[few][1], shares[many][1])
        assert abs(gap) <= 3 * error


@pytest.mark.slow
@pytest.mark.parametrize("context", ["contested_reform", "merit_state"])
@pytest.mark.parametrize("use", USES)
def test_d11_each_use_of_engagement_helps_and_so_does_trust(context, use):
    base, seeds = P.society(context, districts=40), range(1, 33)
    gap = (late(base.changed(USES[use]), ["quality"], seeds) - late(base, ["quality"], seeds))[0]
    assert (gap < 0).mean() >= 0.9
