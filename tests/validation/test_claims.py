"""The panel judges claims as what it is given says: what holds by construction, what must flip, and what varies."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from engagesim import Parameters, scenario
from engagesim.cli.validate import observed_only
from engagesim.configs import config_folder
from engagesim.errors import ParameterError
from engagesim.study.intervention_packages import read_catalogue
from engagesim.validation.claims import (
    AS_IT_IS,
    SHIPPED,
    SOCIETY,
    Cell,
    Judged,
    Variation,
    _interval,
    cells,
    check_cells,
    conclusion,
    conclusions,
    judge_cell,
    panel,
)
from engagesim.validation.experiments import Laboratory, Size
from engagesim.validation.facts import Fact, read_facts
from engagesim.validation.scoring import INTERVAL

CLAIMS = read_facts(SHIPPED)
AXES = yaml.safe_load((config_folder() / "robustness.yaml").read_text("utf-8"))["axes"]
CATALOGUE = read_catalogue(config_folder())

LEVEL = {"claim": "x", "tolerance": "S", "value": "mean(quality, survey, 4)", "sign": "+"}


def fact(*checks, **more):
    usual = {"id": "mine", "title": "t", "source": "s", "role": "claim", "history": 2, "months": 4}
    return Fact(**usual, **{"arms": {"survey": ["survey"]}, "checks": checks, **more})


def laboratory(draws=3, societies=2, lives=observed_only):
    return Laboratory(Parameters(), CATALOGUE, Size(draws, societies), lives)


def judged(one, variation=None, name=AS_IT_IS, sets=({},), **more):
    return judge_cell(Cell(one, "axis", name, variation or Variation()), sets, laboratory(**more), {})


def test_a_claim_that_is_true_by_construction_holds_and_its_opposite_flips():
    true = {
        "claim": "People who engage are some",
        "tolerance": "M",
        "value": "mean(engaged, survey, 4)",
        "within": [-0.01, 1],
    }
    false = {**true, "claim": "They are more than all", "within": [1.1, 2]}
    up = {"claim": "+", "tolerance": "S", "value": "mean(quality, control, 4)", "sign": "+"}
    order = {
        "claim": "o",
        "tolerance": "O",
        "order": ["2 + mean(quality, control, 4)", "1.5", "mean(quality, control, 4) - 1"],
    }
    backwards = {**order, "order": order["order"][::-1]}
    found = judged(fact(true, false, up, {**up, "sign": "-"}, order, backwards))
    assert [each.result for each in found] == ["holds", "flips"] * 3
    assert [each.sets for each in found] == [1, 0] * 3


def test_what_does_nothing_is_neither_one_nor_the_other():
    same = {"claim": "=", "tolerance": "S", "value": "effect(quality, control, 4)", "sign": "+"}
    found = judged(fact(same))[0]
    assert (found.result, found.value, found.low, found.high) == ("unclear", 0, 0, 0)


def test_a_claim_flips_in_the_variation_that_makes_it_wrong_and_nowhere_else():
    taking_part = {"claim": "Some take part", "tolerance": "S", "value": "mean(asked, survey, 4) - 0.001", "sign": "+"}
    nobody = {"conditions.organising": 0, "citizens.recruitment": 0, "citizens.recall": 0}
    unasked = fact(taking_part, arms={"survey": []})
    axes = {"asking": {"nobody": Variation(set=nobody), "associations": Variation(set={"conditions.organising": 0.5})}}
    found = [
        row
        for cell in cells([unasked], axes)
        for row in judge_cell(cell, [{"conditions.organising": 0.3}], laboratory(), {})
    ]
    assert [(row.variation, row.result) for row in found] == [
        (AS_IT_IS, "holds"), ("nobody", "flips"), ("associations", "holds"),
    ]  # fmt: skip
    assert conclusions(panel(found, [unasked]))["mine.1"] == ("conditioned", "holds, but flips with nobody")


def test_an_effect_that_hangs_on_the_parameter_set_is_unclear():
    asked = {"claim": "x", "tolerance": "S", "value": "mean(asked, survey, 4) - 0.2", "sign": "+"}
    sets = [{"conditions.organising": level} for level in (0.0, 0.6)]
    found = judged(fact(asked, arms={"survey": []}), sets=sets, draws=4)[0]
    assert (found.result, found.sets) == ("unclear", 0.5)


def test_multiples_are_of_what_the_set_says_and_variations_override_it():
    some = {"officials.reconsider": 0.02, "citizens.learning": 0.3}
    variation = Variation(
        times={"officials.reconsider": 3, "politicians.reconsider": 0.5}, set={"citizens.learning": 0.1}
    )
    usual = Parameters().politicians.reconsider
    assert variation.of(some, Parameters()) == pytest.approx(
        {**SOCIETY, "officials.reconsider": 0.06, "politicians.reconsider": usual / 2, "citizens.learning": 0.1}
    )


def test_every_draw_has_seeds_of_its_own_the_same_in_each_variation_and_as_many_districts():
    seen = []

    def lives(points, seeds, measures=()):
        seen.append((points[0].population.districts, tuple(seeds)))
        return observed_only(points, seeds, measures)

    one = Variation(set={"population.districts": 1, "population.citizens": 60})
    fifth = Variation(times={"population.districts": 0.2, "population.citizens": 0.2})
    for variation in (Variation(), Variation(set={"citizens.learning": 0.2}), one, fifth):
        judged(fact(LEVEL), variation, lives=lives)
    usual, again, single = seen[:3], seen[3:6], seen[6:9]
    assert usual == again
    assert seen[9:] == single
    assert len({seed for _, seeds in usual for seed in seeds}) == 3 * 2
    assert [districts * len(seeds) for districts, seeds in usual] == [
        districts * len(seeds) for districts, seeds in single
    ]


def test_the_same_panel_is_the_same():
    assert judged(fact(LEVEL)) == judged(fact(LEVEL))


def rows(*results):
    names = [AS_IT_IS, "a", "b", "c"]
    judged = [Judged("mine.1", "axis", name, each, 1, 0, 2, 1) for name, each in zip(names, results, strict=False)]
    return panel(judged, [fact(LEVEL)])


@pytest.mark.parametrize(
    ("results", "kind", "words"),
    [
        (["holds", "holds"], "everywhere", "holds everywhere"),
        (["holds", "flips", "holds", "unclear"], "conditioned", "holds, but flips with a and unclear with c"),
        (["holds", "unclear", "unclear", "unclear"], "conditioned", "holds, but unclear with a, b or c"),
        (["unclear", "holds"], "withdrawn", "it is unclear in the model as it is"),
        (["flips", "holds"], "withdrawn", "it flips in the model as it is"),
    ],
)
def test_a_line_says_how_far_a_claim_carries(results, kind, words):
    assert conclusion(rows(*results)) == (kind, words)


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({"a": {"b": Variation(set={"citizens.learnings": 0})}}, "axes.a.b: citizens.learnings"),
        ({"a": {"b": Variation(set={"coalitions.persistence": 0})}}, "axes.a.b: coalitions.persistence = 0: must be"),
        ({"a": {"b": Variation(times={"network.kind": 2})}}, "axes.a.b.times.network.kind"),
        ({"a": {"b": Variation(times={"no.such": 2})}}, "axes.a.b.times.no.such"),
        ({"a": {"b": Variation()}, "c": {"b": Variation()}}, "axes.c.b: must have a name that no other variation has"),
        ({"a": {AS_IT_IS: Variation()}}, f"axes.a.{AS_IT_IS}: must have a name that no other variation has"),
    ],
)
def test_a_variation_that_cannot_be_is_refused_before_anything_is_simulated(axes, said):
    with pytest.raises(ParameterError) as refused:
        check_cells(cells([fact(LEVEL)], axes), [{}], laboratory())
    assert str(refused.value).startswith(said)


def test_an_arm_may_be_in_a_context_of_its_own_and_must_be_in_one_that_there_is():
    arms = {"survey": ["survey"], "far": {"context": "far", "set": {"incentives.rents": 0.1}}}
    some = fact(LEVEL, arms=arms, contexts={"far": {"incentives.patronage": 0.7, "incentives.rents": 0.9}})
    near, far, control = some.points(Parameters(), {}, CATALOGUE, {})
    assert (far.incentives.patronage, far.incentives.rents) == (0.7, 0.1)
    assert near.incentives == control.incentives == Parameters().incentives
    with pytest.raises(ValueError, match=r"arms\.far\.context = far"):
        fact(LEVEL, arms=arms, contexts={"fat": {}})


class TestShipped:
    def test_contexts_are_the_scenarios_of_their_names(self):
        for each in CLAIMS:
            for name, changes in each.contexts.items():
                bare = Parameters().changed(changes)
                wanted = scenario(name, engagement="none")
                assert (bare.incentives, bare.population) == (wanted.incentives, wanted.population), (each.id, name)

    def test_claims_are_means_over_societies(self):
        for each in CLAIMS:
            assert each.role == "claim"
            assert not each.groups
            for check in each.checks:
                text = " ".join(check.order or (str(check.value),))
                assert not {
                    name for name in ("sd(", "spread", "share", "slope(") if name in text.replace("coalition_share", "")
                }

    def test_every_claim_has_a_name_of_its_own_and_ends_without_a_full_stop(self):
        for each in CLAIMS:
            names = [check.name for check in each.checks]
            assert all(names)
            assert len(set(names)) == len(names)
            assert not [check.claim for check in each.checks if check.claim.endswith(".")]

    def test_every_network_that_needs_no_file_is_in_the_panel(self):
        varied = {each["set"]["network.kind"] for each in AXES["networks"].values()} | {Parameters().network.kind}
        assert varied == {path.stem for path in (config_folder() / "network").iterdir()} - {"file"}

    def test_no_claim_sets_what_a_variation_varies(self):
        varied = {path for some in AXES.values() for each in some.values() for part in each.values() for path in part}
        for each in CLAIMS:
            told = set(each.context).union(*each.contexts.values(), *(arm.set for arm in each.arms.values()))
            assert not told & varied


def test_the_interval_is_student_s():
    generator = np.random.default_rng(3)
    _, low, high = _interval(generator.normal(1.0, 2.0, (12, 4000)))
    assert ((low < 1) & (high > 1)).mean() == pytest.approx(INTERVAL[1] - INTERVAL[0], abs=0.02)


@pytest.mark.filterwarnings("error")
def test_a_claim_whose_value_is_not_defined_is_unclear():
    never = "mean(coalition_ever, survey, 1)"
    found = judged(fact({**LEVEL, "value": f"1 / {never}"}, {**LEVEL, "value": f"{never} / {never}"}), draws=2)
    assert [each.result for each in found] == ["unclear", "unclear"]
