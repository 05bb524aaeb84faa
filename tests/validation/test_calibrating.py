"""Calibration on landscapes whose answer is known: what is left of the prior, and what stays as wide as it was."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from engagesim import Parameters
from engagesim.validation import calibrate as room
from engagesim.validation.calibrate import FRESH, LEAST, Effort, Tried, calibrate, screen, share_of_prior
from engagesim.validation.facts import SHIPPED, Fact, read_facts
from engagesim.validation.history_matching import joint_implausibility, not_ruled_out
from engagesim.validation.identification import correlated, effective_dimension, pinned
from engagesim.validation.left_out import difference, predicted
from engagesim.validation.parameter_sets import PRIOR, from_unit, to_unit
from engagesim.validation.scoring import Outcome, allowed_misses, distances, meets_jointly, shortfalls

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

FACTS = read_facts(SHIPPED)
NAMES = [fact.id for fact in FACTS]
EFFORT = Effort(waves=5, sets=120, judged=100, keep=100, seed=3)
BRIEF = Effort(waves=3, sets=40, judged=20, keep=20, seed=3)
FEW_PLACES = 100
"""Places sampled of what is not ruled out, where it does not matter how well they cover it."""
LEVEL = 0.01
"""Level of the tests that a parameter is distributed as it should be."""


def made_up(name, role="calibration"):
    check = {"claim": "c", "tolerance": "M", "value": "mean(quality, a, 3)", "within": [-1, 1]}
    return Fact.model_validate(
        {
            "id": name,
            "title": "t",
            "source": "s",
            "role": role,
            "months": 3,
            "arms": {"a": ["survey"]},
            "checks": [check],
        }
    )


def landscape(rules, noise=0.02):
    """Return facts and what tries sets on them: each fact is met where its rule of the first parameters is -1 to 1."""
    facts = [made_up(name, "pattern" if name.startswith("P") else "calibration") for name in rules]

    def attempt(sets, size, shift):
        found = []
        for some in sets:
            place = to_unit(some)
            luck = np.random.default_rng([shift, *np.int64(place[:20] * 1e6)])
            values = {name: float(rule(place) + noise * luck.normal()) for name, rule in rules.items()}
            met = tuple(name for name, value in values.items() if -1 <= value <= 1)
            near = {name: float(np.exp(-max(abs(value) - 1, 0))) for name, value in values.items()}
            found.append(Tried(dict(some), met, near, {name: (Outcome(v, noise),) for name, v in values.items()}))
        return found

    return facts, attempt


RULES = {
    "P01": lambda place: (place[0] - 0.35) / 0.15,
    "P02": lambda place: (place[1] + place[2] - 1.0) / 0.4,
    "F01": lambda place: 0.0 * place[3],
}
"""The first parameter lies between 0.2 and 0.5, the sum of the next two between 0.6 and 1.4, the others anywhere."""


@pytest.fixture(scope="module")
def found():
    facts, attempt = landscape(RULES)
    return calibrate(facts, EFFORT, attempt)


@pytest.fixture(scope="module")
def found_soon():
    facts, attempt = landscape(RULES)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(room, "_PLACES", FEW_PLACES)
        return calibrate(facts, BRIEF, attempt)


@pytest.fixture
def few_places(monkeypatch):
    monkeypatch.setattr(room, "_PLACES", FEW_PLACES)


def places_of(tried):
    return np.array([to_unit(each.set) for each in tried])


def test_the_part_of_the_prior_that_meets_the_facts_is_found_and_covered_evenly(found):
    places = places_of(found.accepted)
    assert found.short == 0
    assert len(places) > 0.7 * EFFORT.judged
    assert kstest((places[:, 0] - 0.2) / 0.3, "uniform").pvalue > LEVEL
    both = places[:, 1] + places[:, 2]
    assert 0.55 < both.min() < 0.75
    assert 1.25 < both.max() < 1.45
    assert np.corrcoef(places[:, 1], places[:, 2])[0, 1] == pytest.approx(-0.47, abs=0.25)


def test_parameters_that_no_fact_depends_on_stay_uniform(found):
    for places in (places_of(found.accepted), found.regions[-1].places[:: len(found.regions[-1].places) // 100]):
        chances = np.array([kstest(column, "uniform").pvalue for column in places[:, 3:].T])
        assert chances.min() > LEVEL / len(chances)  # Bonferroni
        assert kstest(chances, "uniform").pvalue > LEVEL


def test_the_part_that_is_not_ruled_out_has_the_size_that_it_has(found):
    inside = 0.3 * (1 - 0.6**2)
    assert found.regions[-1].share == pytest.approx(inside, rel=0.3)
    shares = [region.share for region in found.regions]
    assert shares == sorted(shares, reverse=True)


def test_every_set_lies_within_the_prior_and_is_a_society(found):
    for tried in (*found.waves[0][:3], *found.waves[-1][-3:], *found.members[:5]):
        assert all(low <= tried.set[path] <= high for path, (low, high) in PRIOR.items())
        Parameters().changed(tried.set)


def test_the_first_set_is_the_one_nearest_to_the_mean_and_the_others_are_as_drawn(found):
    places = places_of(found.accepted)
    away = np.linalg.norm(places - places.mean(axis=0), axis=1)
    assert found.members[0] == found.accepted[int(away.argmin())]
    rest = [each for each in found.accepted if each != found.members[0]]
    assert list(found.members[1:]) == rest[: len(found.members) - 1]


@pytest.mark.usefixtures("few_places")
def test_the_same_seed_finds_the_same_whatever_is_tried_together_and_in_which_order(found_soon, monkeypatch):
    facts, attempt = landscape(RULES)

    def shuffled(sets, size, shift):
        order = np.random.default_rng(len(sets)).permutation(len(sets))
        tried = attempt([sets[number] for number in order], size, shift)
        return [tried[list(order).index(number)] for number in range(len(sets))]

    monkeypatch.setattr(room, "_TOGETHER", 7)
    again = calibrate(facts, BRIEF, shuffled)
    assert again.members == found_soon.members
    assert again.left_out.equals(found_soon.left_out)
    assert calibrate(facts, BRIEF._replace(seed=4, waves=1), attempt).members != found_soon.members


@pytest.mark.usefixtures("few_places")
@pytest.mark.parametrize("stops", [1, 4, 9, 11])
def test_what_is_interrupted_anywhere_goes_on_to_the_same(stops, found_soon):
    facts, attempt = landscape(RULES)
    known, calls = {}, []

    def remembered(sets, size, shift):
        new = [some for some in sets if (str(some), size, shift) not in known]
        if new:
            calls.append(len(new))
            if len(calls) == stops:
                raise KeyboardInterrupt
        known.update(
            {(str(some), size, shift): each for some, each in zip(new, attempt(new, size, shift), strict=True)}
        )
        return [known[str(some), size, shift] for some in sets]

    with pytest.raises(KeyboardInterrupt):
        calibrate(facts, BRIEF, remembered)
    assert calibrate(facts, BRIEF, remembered).members == found_soon.members
    assert len(known) == BRIEF.waves * BRIEF.sets + BRIEF.judged


def test_no_set_is_tried_twice_however_many_are_asked_for(monkeypatch):
    monkeypatch.setattr(room, "_PLACES", 40)
    facts, attempt = landscape(RULES)
    many = calibrate(facts, Effort(waves=2, sets=90, judged=60, keep=60, seed=3), attempt)
    for tried in (*many.waves, many.judged):
        assert len({tuple(each.set.values()) for each in tried}) == len(tried)


@pytest.mark.usefixtures("few_places")
def test_each_wave_has_seeds_of_its_own_and_members_are_judged_on_fresh_ones():
    facts, attempt = landscape(RULES)
    asked = set()

    def noted(sets, size, shift):
        asked.add((size.trials, shift))
        return attempt(sets, size, shift)

    calibrate(facts, EFFORT._replace(sets=10, judged=10), noted)
    assert {shift for trials, shift in asked if trials == 10} == {FRESH}
    assert len({shift for trials, shift in asked if trials < 10}) == EFFORT.waves


@pytest.mark.usefixtures("few_places")
def test_the_sets_of_the_last_wave_that_came_nearest_are_judged_in_the_order_in_which_they_were_drawn():
    facts, attempt = landscape({"P01": lambda place: place[0] * 4, "P02": lambda place: place[1] * 4}, noise=0.0)
    found = calibrate(facts, EFFORT._replace(waves=2, sets=60, judged=20), attempt)
    drawn = [each.set for each in found.waves[-1]]
    judged = [each.set for each in found.judged]
    assert judged == [each for each in drawn if each in judged]
    left = [each for each in found.waves[-1] if each.set not in judged]
    assert max(2 - sum(each.near.values()) for each in found.judged) <= min(
        2 - sum(each.near.values()) for each in left
    )


@given(st.data())
def test_a_set_is_as_far_from_the_facts_as_its_closeness_says_its_worst_fifth_left_out(data):
    facts = [made_up(f"F{number}") for number in range(5)] + [made_up("P1", "pattern")]
    near = np.array(data.draw(st.lists(st.floats(0, 1), min_size=6, max_size=6)))
    away = 1 - near
    by_hand = away[:5].sum() - away[:5].max() + away[5]
    assert distances(near[None], facts)[0] == pytest.approx(by_hand)
    met = near > 0.5
    counted = max((~met[:5]).sum() - 1, 0) + (not met[5])
    assert shortfalls(met[None], facts)[0] == distances(met[None].astype(float), facts)[0] == counted


def test_a_fact_that_the_others_imply_is_predicted_and_one_that_they_say_nothing_of_is_not():
    facts, attempt = landscape(
        {
            "P01": lambda place: (place[0] - 0.35) / 0.1,
            "F01": lambda place: (place[0] - 0.3) / 0.2,  # where P01 is met, nearly always
            "F02": lambda place: (place[5] - 0.8) / 0.1,  # in a fifth of the prior, whatever the others say
        }
    )
    table = calibrate(facts, EFFORT._replace(waves=2, judged=10), attempt).left_out.set_index("fact")
    assert table["predicted"]["F01"] > 0.9
    assert table["prior"]["F01"] == pytest.approx(0.4, abs=0.1)
    assert table["predicted"]["F02"] == pytest.approx(0.2, abs=0.1)
    assert table["score"]["F02"] == pytest.approx((1 - table["predicted"]["F02"]) ** 2)
    assert predicted(table) == 1


def test_a_rival_that_predicts_as_well_is_not_worse_and_one_that_predicts_nothing_is():
    names = [f"F{number:02}" for number in range(12)]
    good = pd.DataFrame({"fact": names, "score": np.linspace(0, 0.2, 12)})
    bad = good.assign(score=np.linspace(0.5, 1, 12))
    worse, low, high = difference(good, good)
    assert (worse, low, high) == (0, 0, 0)
    worse, low, high = difference(good, bad.sample(frac=1, random_state=1))
    assert 0.5 < low < worse < high < 0.8
    assert worse == pytest.approx(0.65)


@pytest.mark.usefixtures("few_places")
def test_where_too_few_sets_meet_the_facts_the_nearest_are_accepted_and_how_near_is_said():
    facts, attempt = landscape({"P01": lambda place: 5.0 + place[0], "P02": lambda place: (place[1] - 0.5) / 0.3})
    found = calibrate(facts, EFFORT._replace(waves=1, sets=40, judged=40), attempt)
    assert found.short == 1
    assert LEAST <= len(found.accepted) <= 40
    assert all(each.met == ("P02",) for each in found.accepted)


def test_a_set_may_miss_a_fifth_of_the_calibration_facts_and_no_pattern():
    facts = [made_up(f"F{number}") for number in range(5)] + [made_up("P1", "pattern")]
    implausible = np.array([[9.0, 2.0, 1.0, 0.0, 0.0, 0.0], [9.0, 8.0, 0.0, 0.0, 0.0, 0.0], [0.0] * 5 + [4.0]])
    assert joint_implausibility(facts, implausible).tolist() == [2.0, 8.0, 4.0]
    assert [allowed_misses(count) for count in (0, 1, 4, 5, 9, 10, 15, 19, 20)] == [0, 0, 0, 1, 1, 2, 3, 3, 4]


def test_where_nothing_is_plausible_the_least_implausible_part_is_returned_with_its_cutoff():
    region = not_ruled_out(lambda places: 1.0 + places[:, 0], 4, 0.5, 200, np.random.default_rng(1))
    assert 1.0 <= region.cutoff < 1.1
    assert (region.places[:, 0] < 0.1).all()


def test_what_is_pinned_and_what_goes_together_is_told_from_what_is_not():
    places = np.random.default_rng(5).random((80, len(PRIOR)))
    places[:, 1] = 0.4 + 0.2 * places[:, 1]
    places[:, 3] = np.clip(places[:, 2] + 0.05 * places[:, 4], 0, 1)
    names = list(PRIOR)
    table = pinned(places, PRIOR)
    assert table["parameter"][0] == names[1]
    assert table["width"][0] == pytest.approx(0.2, abs=0.02)
    assert table["pinned"][0] == pytest.approx(0.96, abs=0.02)
    assert (table["p"] < LEVEL).sum() == 1
    pairs = correlated(places, PRIOR)
    assert (pairs["one"][0], pairs["other"][0]) == (names[2], names[3])
    assert len(pairs) <= 2
    middle, low, high = effective_dimension(places[:, :2])
    assert low < 0.96 < high
    assert middle == pytest.approx(0.96, abs=0.3)


def test_nobody_belongs_where_a_pattern_is_missing():
    every = Tried({}, tuple(NAMES), {}, {})
    assert meets_jointly(every.met, FACTS)
    patterns = [fact.id for fact in FACTS if fact.role == "pattern"]
    assert not meets_jointly([name for name in NAMES if name != patterns[0]], FACTS)


def test_four_fifths_of_the_calibration_facts_are_enough_and_less_is_not():
    wanted = [fact.id for fact in FACTS if fact.role == "calibration"]
    least = -(-4 * len(wanted) // 5)
    patterns = tuple(fact.id for fact in FACTS if fact.role == "pattern")
    assert meets_jointly([*wanted[:least], *patterns], FACTS)
    assert not meets_jointly([*wanted[: least - 1], *patterns], FACTS)


def test_a_share_of_nothing_found_has_an_upper_bound():
    none = [Tried({}, (), {}, {})] * 100
    belonging, low, high = share_of_prior(none, FACTS)
    assert (belonging, low) == (0, 0)
    assert 0.02 < high < 0.05  # the rule of three gives 0.03


@given(st.lists(st.floats(0, 1), min_size=len(PRIOR), max_size=len(PRIOR)))
def test_places_in_the_prior_and_parameter_sets_are_two_ways_to_say_the_same(shares):
    assert to_unit(from_unit(np.array(shares))) == pytest.approx(shares, abs=2e-4)


def test_screening_finds_the_parameters_that_matter():
    def line(sets, size, shift):
        return [
            Tried(dict(some), (), {name: float(to_unit(some)[0] + 0.2 * to_unit(some)[5]) for name in NAMES}, {})
            for some in sets
        ]

    table = screen(line, 3, 1)
    names = list(PRIOR)
    first, second = names[0], names[5]
    assert list(table["parameter"][:2]) == [first, second]
    assert table["mu_star"][0] == pytest.approx(1, abs=1e-3)
    assert table["mu_star"][1] == pytest.approx(0.2, abs=1e-3)
    assert (table["mu_star"][2:] < 1e-3).all()
