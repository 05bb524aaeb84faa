"""Experiments of facts: twins on the same noise, whatever is simulated beside them."""

import numpy as np
import pytest

from engagesim import Parameters
from engagesim.cli.validate import observed_only
from engagesim.configs.compose import config_folder
from engagesim.engines.compiled import simulate
from engagesim.measures import MEASURE_NAMES
from engagesim.study.intervention_packages import read_catalogue
from engagesim.validation.experiments import SIZES, Laboratory, Size, observe
from engagesim.validation.facts import SHIPPED, Fact, read_fact
from engagesim.validation.null_models import MECHANISMS, NULL_MODELS
from engagesim.validation.scoring import judge, judge_each

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

SMALL = Size(trials=3, districts=4, citizens=30)

FACT = Fact.model_validate(
    {
        "id": "F01",
        "title": "A committee",
        "source": "Nobody (2020)",
        "history": 4,
        "months": 8,
        "arms": {"committee": ["committee"], "nothing": [{"name": "nothing", "add": {"conditions.resources": 0}}]},
        "groups": {"poor": {"measure": "quality", "lowest": 0.5}},
        "checks": [
            {"claim": "a", "tolerance": "M", "value": "effect(engaged, committee, 8)", "within": [-1, 1]},
            {"claim": "b", "tolerance": "N", "value": "effect(quality, nothing, 8)", "within": [-0.001, 0.001]},
            {"claim": "c", "tolerance": "M", "value": "mean(quality, control, 8, group=poor)", "within": [0, 1]},
            {"claim": "d", "tolerance": "O", "order": ["mean(engaged, control, 8)", "mean(engaged, committee, 8) - 1"]},
        ],
    }
)


@pytest.fixture(scope="module")
def laboratory():
    return Laboratory(Parameters(), read_catalogue(config_folder()), SMALL, observed_only)


@pytest.fixture(scope="module")
def readings(laboratory):
    return observe([FACT], [{}, {"citizens.learning": 0.7}], laboratory)


def test_a_treatment_that_changes_nothing_has_an_effect_of_exactly_nothing(readings):
    for each in readings["F01", 1]:
        assert each.centre == 0
        assert not each.trials.any()
        assert not each.draws.any()


def test_a_value_is_what_the_engine_gives_for_the_same_societies(laboratory, readings):
    point = FACT.points(
        laboratory.base, {"population.districts": 1, "population.citizens": 30}, laboratory.catalogue, {}
    )[list(FACT.arms).index("control")]
    means = []
    for trial in range(SMALL.trials):
        seeds = [1 + trial * SMALL.districts + district for district in range(SMALL.districts)]
        there = point.changed({"network.seed": 1 + trial})
        quality = simulate([there], seeds).metrics[0, :, :, MEASURE_NAMES.index("quality")]
        means.append((quality[:, 9:12].mean(axis=1), quality[:, 1:4].mean(axis=1)))
    after, before = (np.array(values) for values in zip(*means, strict=True))
    poor = before <= np.quantile(before, 0.5)
    assert readings["F01", 2][0].centre == pytest.approx(after[poor].mean())


def test_a_set_gives_the_same_alone_and_beside_others(laboratory, readings):
    alone = observe([FACT], [{"citizens.learning": 0.7}], laboratory)
    for key, each in alone.items():
        assert all((mine == other).all() for mine, other in zip(each[0], readings[key][1], strict=True))


def test_facts_with_an_arm_in_common_give_the_same_together_and_alone_in_any_order(laboratory, readings):
    longer = {"id": "F02", "months": 20, "checks": [
        {"claim": "e", "tolerance": "M", "value": "effect(trust, committee, 20)", "within": [-1, 1]},
        {"claim": "f", "tolerance": "M", "value": "peak_month(engaged, committee, [1, 8])", "within": [1, 8]},
    ]}  # fmt: skip
    other = Fact.model_validate({**FACT.model_dump(exclude={"groups"}), **longer})
    sets = [{}, {"citizens.learning": 0.7}]
    alone = {**readings, **observe([other], sets, laboratory)}
    lived = []

    def counting(points, seeds, measures):
        lived.append(len(points))
        return observed_only(points, seeds, measures)

    for facts in ([FACT, other], [other, FACT]):
        lived.clear()
        together = observe(facts, sets, laboratory._replace(simulate=counting))
        assert sum(lived) == 3 * len(sets) * SMALL.trials  # not six arms, because each fact has the same three
        for key, each in alone.items():
            for mine, apart in zip(together[key], each, strict=True):
                assert all((one == another).all() for one, another in zip(mine, apart, strict=True))


def test_what_goes_before_all_is_in_every_arm(laboratory):
    last = {"citizens.recruitment": 0, "conditions.organising": 0, "citizens.spontaneity": 0, "citizens.recall": 0}
    last["relations.escalation"] = 0  # nobody is asked, and no organisation calls
    fact = FACT.model_copy(update={"arms": {"nothing": FACT.arms["nothing"], "control": FACT.arms["control"]}})
    check = {"claim": "x", "tolerance": "M", "value": "mean(engaged, control, 8)", "within": [0, 1]}
    fact = Fact.model_validate({**fact.model_dump(exclude={"checks", "groups"}), "checks": [check]})
    assert observe([fact], [{}], laboratory, last)["F01", 0][0].centre == 0


def test_other_seeds_give_other_trials(laboratory, readings):
    other = observe([FACT], [{}], laboratory._replace(base=Parameters().changed({"seed": 999})))
    assert (other["F01", 0][0].trials != readings["F01", 0][0].trials).any()


def test_each_experiment_is_announced_once(laboratory):
    announced: list[str] = []
    observe([FACT], [{}], laboratory._replace(done=announced.append))
    assert announced == ["F01"]


def test_every_rival_and_every_knocked_out_mechanism_is_a_model_that_is_allowed(laboratory):
    for without in (*NULL_MODELS.values(), *MECHANISMS.values()):
        changed = Parameters().changed(without.changes)
        assert changed != Parameters(), without.says


def test_a_quick_validation_of_a_shipped_fact_tells_the_model_from_one_that_does_not_learn(laboratory):
    fact = read_fact(SHIPPED / "E20.yaml")
    there = laboratory._replace(size=SIZES["quick"])
    model = judge([fact], observe([fact], [{}], there)).verdicts[0]
    rival = judge([fact], observe([fact], [{}], there, NULL_MODELS["no_learning"].changes)).verdicts[0]
    assert model.value > 1.1 > rival.value


def test_scorecards_of_sets_are_in_their_order(readings):
    first, second = judge_each([FACT], readings)
    assert first.verdicts[0].value == readings["F01", 0][0].centre
    assert second.verdicts[0].value == readings["F01", 0][1].centre


def test_districts_can_be_picked_by_a_level(laboratory):
    picked = {"rich": {"measure": "quality", "above": 0.3}, "poor": {"measure": "quality", "below": 0.3}}
    claims = [
        {"claim": name, "tolerance": "M", "value": f"mean(quality, control, 0, group={name})", "within": [None, 1]}
        for name in picked
    ]
    fact = Fact.model_validate({**FACT.model_dump(), "groups": picked, "checks": claims})
    found = observe([fact], [{}], laboratory)
    rich, poor = (float(found["F01", number][0].centre[0]) for number in range(2))
    assert poor < 0.3 < rich


def test_thirds_of_districts_hold_each_district_once(laboratory):
    picked = {
        "low": {"measure": "quality", "lowest": 0.3333},
        "middle": {"measure": "quality", "quantiles": [0.3333, 0.6667]},
        "high": {"measure": "quality", "quantiles": [0.6667, 1]},
        "all": {"measure": "quality", "quantiles": [0, 1]},
    }
    claims = [
        {"claim": name, "tolerance": "M", "value": f"mean(quality, control, 0, group={name})", "within": [0, 1]}
        for name in picked
    ]
    fact = Fact.model_validate({**FACT.model_dump(), "groups": picked, "checks": claims})
    found = observe([fact], [{}], laboratory)
    low, middle, high, everywhere = (float(found["F01", number][0].centre[0]) for number in range(4))
    assert low < middle < high
    assert everywhere == pytest.approx((low + middle + high) / 3)
