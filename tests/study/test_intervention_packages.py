"""Interventions and packages: read, put together, applied, costed, scaled, and the same in both drivers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.compiled import simulate
from engagesim.engines.mesa import EngagementModel
from engagesim.errors import InputError, ParameterError
from engagesim.parameters import FORM_DIMENSIONS, Intervention, Parameters
from engagesim.parameters.engagement import Worst
from engagesim.policy import districts_reached, schedules, starting_quality
from engagesim.study.intervention_packages import (
    BASELINE,
    Package,
    apply,
    cost,
    covering,
    equal_budget,
    read_catalogue,
    read_packages,
    scaled,
)

CONF = Path(__file__).parents[2] / "conf"
CATALOGUE = read_catalogue(CONF)
FORMS = sorted(path.stem for path in (CONF / "engagement").glob("*.yaml"))
SMALL = Parameters().changed(
    {"population.citizens": 60, "population.districts": 4, "network.degree": 4, "months": 36, "incentives.term": 12}
)
PATRONAGE = "incentives.patronage"
WHERES = st.one_of(
    st.just("all"), st.floats(0, 1), st.lists(st.integers(0, 3)), st.builds(Worst, worst=st.floats(0, 1))
)


def package(*interventions) -> Package:
    """Return a package of schedules given as mappings."""
    return Package(name="test", interventions=tuple(Intervention(**each) for each in interventions))


def read(given) -> Package:
    (made,) = read_packages({"test": given}, CATALOGUE)
    return made


def reached(parameters: Parameters) -> list[list[int]]:
    """Return the districts of each schedule of the interventions."""
    rows = schedules(parameters)[len(FORM_DIMENSIONS) :]
    return [np.flatnonzero(row.districts).tolist() for row in rows]


def stepped(parameters: Parameters) -> np.ndarray:
    model = EngagementModel(parameters)
    for _ in range(parameters.months):
        model.step()
    return np.array(model.observed)


class TestCatalogue:
    def test_every_form_of_engagement_is_an_intervention(self):
        assert set(FORMS) <= set(CATALOGUE)

    @pytest.mark.parametrize("name", sorted(CATALOGUE))
    def test_every_intervention_says_what_it_costs_and_why(self, name):
        tree = yaml.safe_load((CONF / "intervention" / f"{name}.yaml").read_text("utf-8"))
        assert tree["cost_source"]
        assert CATALOGUE[name].name == name
        assert CATALOGUE[name].cost_source.startswith("assumption") or "(" in CATALOGUE[name].cost_source

    def test_every_intervention_applies_and_simulates_to_finite_measures(self):
        points = [SMALL, *(apply(Package(name=name, interventions=(each,)), SMALL) for name, each in CATALOGUE.items())]
        metrics = simulate(points, [1, 2]).metrics
        assert np.isfinite(metrics).all()
        # Before the first month of any, nobody differs.
        assert (metrics[:, :, :24] == metrics[0, :, :24]).all()

    @pytest.mark.parametrize("form", FORMS)
    def test_a_form_taken_as_an_intervention_is_that_form_opened(self, form):
        profile = yaml.safe_load((CONF / "engagement" / f"{form}.yaml").read_text("utf-8"))
        opened = SMALL.changed({f"engagement.{name}": value for name, value in profile.items()})
        taken = apply(read([form]), SMALL)
        assert np.array_equal(simulate([opened], [3]).metrics, simulate([taken], [3]).metrics)

    def test_training_alone_moves_nothing_and_costs(self):
        trained = apply(read(["training_only"]), SMALL)
        assert np.array_equal(*simulate([SMALL, trained], [1]).metrics)
        assert cost(read(["training_only"]), SMALL) > 0

    @pytest.mark.parametrize(
        ("text", "error", "said"),
        [
            ("form: cocretion", ParameterError, "form = 'cocretion': must be"),
            ("strt: 3", ParameterError, "strt: no such key; did you mean 'start'"),
            ("cost: -1", ParameterError, "cost = -1"),
            ("- 1", InputError, "must be keys and values"),
            ("a: [", InputError, "line 2 must have its brackets"),
        ],
    )
    def test_a_bad_file_is_refused_in_one_line_with_its_path(self, tmp_path, text, error, said):
        (tmp_path / "intervention").mkdir()
        (tmp_path / "intervention" / "bad.yaml").write_text(text, "utf-8")
        (tmp_path / "engagement").symlink_to(CONF / "engagement")
        with pytest.raises(error) as refused:
            read_catalogue(tmp_path)
        (line,) = str(refused.value).splitlines()
        assert "bad.yaml" in line
        assert said in line


class TestReading:
    def test_no_package_bears_the_name_of_what_packages_are_compared_to(self):
        with pytest.raises(ParameterError, match=r"packages\.baseline: must have another name"):
            read_packages({BASELINE: ["survey"]}, CATALOGUE)

    def test_a_name_is_the_intervention_of_the_catalogue(self):
        assert read(["social_audit"]).interventions == (CATALOGUE["social_audit"],)

    def test_changes_go_before_what_the_package_says_and_that_before_the_catalogue(self):
        audit, merit = read(
            {
                "start": 6,
                "where": {"worst": 0.5},
                "interventions": ["social_audit", {"use": "merit_protection", "start": 3, "intensity": 0.5}],
            }
        ).interventions
        assert (audit.start, audit.where, audit.ramp) == (6, Worst(worst=0.5), CATALOGUE["social_audit"].ramp)
        assert (merit.start, merit.where, merit.intensity) == (3, Worst(worst=0.5), 0.5)
        assert merit.add == CATALOGUE["merit_protection"].add

    def test_a_changed_number_of_a_form_leaves_its_other_numbers(self):
        (audit,) = read([{"use": "social_audit", "set": {"engagement.teeth": 0.9}}]).interventions
        assert audit.set == {**CATALOGUE["social_audit"].set, "engagement.teeth": 0.9}

    def test_a_schedule_of_ones_own_needs_no_catalogue(self):
        (own,) = read([{"name": "pay", "add": {"officials.intrinsic": 0.1}, "cost": 900}]).interventions
        assert (own.name, own.cost) == ("pay", 900)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (["social_adit"], "packages.test[0] = 'social_adit': no such name; did you mean 'social_audit'"),
            (["survey", {"use": "committees"}], "packages.test[1] = 'committees': no such name; did you mean"),
            ([{"use": "survey", "stat": 3}], "packages.test[0].stat: no such key; did you mean 'start'"),
            ([{"use": "survey", "start": -1}], "packages.test[0].start = -1"),
            ([{"use": "survey", "where": {"worst": 2}}], "packages.test[0].where = {'worst': 2}: must be all"),
            ([{"use": "survey", "stop": 3}], "packages.test[0].stop = 3: must be later than start (24)"),
            ({"interventions": ["survey"], "begin": 1}, "packages.test.begin: no such key"),
            ({"start": 1}, "must be a list of interventions"),
            ("survey", "must be a list of interventions"),
            ([7], "packages.test[0] = 7"),
        ],
    )
    def test_a_mistake_is_named_in_one_line(self, given, said):
        with pytest.raises(ParameterError) as refused:
            read(given)
        (line,) = str(refused.value).splitlines()
        assert said in line

    def test_what_does_not_fit_the_society_is_named_with_its_package(self):
        far = package({"where": [0, 9], "set": {PATRONAGE: 0.1}})
        with pytest.raises(ParameterError, match=r"packages\.test: interventions\[0\]\.where = \[0, 9\]: must be"):
            apply(far, SMALL)


class TestApplying:
    def test_a_placebo_that_sets_what_is_there_changes_no_bit(self):
        held = package(
            {"start": 0, "ramp": 5, "set": {PATRONAGE: SMALL.incentives.patronage}},
            {"start": 3, "intensity": 0.4, "where": 0.5, "set": {"citizens.stake": SMALL.citizens.stake}},
            {"start": 2, "add": {"conditions.education": 0.0}},
        )
        baseline, placebo = simulate([SMALL, apply(held, SMALL)], [1, 2, 3]).metrics
        assert np.array_equal(placebo - baseline, np.zeros_like(baseline))

    def test_it_comes_after_the_interventions_that_are_there(self):
        there = SMALL.changed({"interventions": [{"name": "first", "set": {PATRONAGE: 0.2}}]})
        assert [each.name for each in apply(read(["survey"]), there).interventions] == ["first", "survey"]

    def test_a_random_share_is_the_same_for_all_of_a_package_and_for_the_open_form(self):
        wide = SMALL.changed({"population.districts": 40, "engagement.where": 0.5})
        both = apply(package(*[{"where": 0.5, "add": {PATRONAGE: -0.1}}] * 2), wide)
        one, other = reached(both)
        assert one == other == np.flatnonzero(schedules(wide)[0].districts).tolist()

    def test_another_lot_draws_other_districts(self):
        wide = SMALL.changed({"population.districts": 40})
        share = {"where": 0.5, "add": {PATRONAGE: -0.1}}
        one, other = reached(apply(package(share, {**share, "lot": 9}), wide))
        assert one != other

    def test_forms_in_different_districts_are_open_side_by_side(self):
        model = EngagementModel(
            apply(read([{"use": "committee", "where": [0, 1]}, {"use": "survey", "where": [3]}]), SMALL)
        )
        model.month = 24
        model.live("move_trends")
        voices = [district.settings.engagement.voice for district in model.districts]
        voice = {form: CATALOGUE[form].set["engagement.voice"] for form in ("committee", "survey")}
        assert voices == [voice["committee"], voice["committee"], 0, voice["survey"]]

    @given(intensity=st.floats(0, 1), target=st.floats(0, 1))
    def test_intensity_is_the_share_of_the_way(self, intensity, target):
        parameters = apply(
            package({"intensity": intensity, "set": {PATRONAGE: target}, "add": {"incentives.rents": 0.5}}), SMALL
        )
        moved, added = schedules(parameters)[len(FORM_DIMENSIONS) :]
        before = SMALL.incentives.patronage
        assert moved.target == pytest.approx(before + intensity * (target - before))
        assert added.target == pytest.approx(intensity * 0.5)

    def test_full_intensity_is_the_very_number(self):
        (full,) = schedules(apply(package({"set": {PATRONAGE: 0.1}}), SMALL))[len(FORM_DIMENSIONS) :]
        assert full.target == 0.1


class TestWorst:
    @given(seed=st.integers(0, 2**32 - 1), districts=st.integers(1, 20), share=st.floats(0, 1))
    def test_it_reaches_that_share_and_none_that_starts_better(self, seed, districts, share):
        parameters = Parameters().changed(
            {"seed": seed, "population.districts": districts, "population.citizens": 20, "network.degree": 2}
            | {"interventions": [{"where": {"worst": share}, "set": {PATRONAGE: 0.1}}]}
        )
        quality = starting_quality(parameters)
        (chosen,) = reached(parameters)
        assert len(chosen) == round(share * districts)
        others = np.delete(quality, chosen)
        assert not chosen or not others.size or quality[chosen].max() <= others.min()

    def test_the_starting_quality_is_that_of_the_society(self):
        model = EngagementModel(SMALL)
        assert starting_quality(SMALL).tolist() == [district.quality for district in model.districts]

    @given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1))
    def test_both_drivers_reach_the_same_districts(self, seed, share):
        short = SMALL.changed({"months": 8, "seed": seed})
        there = apply(read({"start": 2, "where": {"worst": share}, "interventions": ["social_audit"]}), short)
        assert np.array_equal(simulate([there], [seed]).metrics[0, 0], stepped(there))

    def test_seeds_of_an_ensemble_have_their_own_worst_districts(self):
        there = apply(read([{"use": "cocreation", "where": {"worst": 0.25}, "start": 0}]), SMALL)
        reaches = {tuple(reached(there.changed({"seed": seed}))[0]) for seed in range(8)}
        assert len(reaches) > 1
        together = simulate([there], range(8)).metrics[0]
        assert all(np.array_equal(together[seed], simulate([there], [seed]).metrics[0, 0]) for seed in range(8))

    @pytest.mark.parametrize("where", [{"worst": 1.1}, {"worst": -0.1}, {"best": 0.5}, {}, {"worst": "all"}])
    def test_another_share_or_word_is_refused_in_one_line(self, where):
        with pytest.raises(ParameterError, match=r"interventions\[0\]\.where = .*\{worst: share\}"):
            Parameters().changed({"interventions": [{"where": where}]})

    def test_a_form_that_is_opened_there_is_the_same_as_an_intervention_there(self):
        profile = {"opened": 1.0, "influence": 0.6, "outreach": 0.3, "collectiveness": 0.8}
        form = {f"engagement.{name}": value for name, value in profile.items()}
        opened = SMALL.changed({**form, "engagement.start": 2, "engagement.where": {"worst": 0.25}})
        (chosen,) = reached(SMALL.changed({"interventions": [{"where": {"worst": 0.25}, "set": {PATRONAGE: 0.1}}]}))
        listed = opened.changed({"engagement.where": chosen})
        assert np.array_equal(stepped(opened), stepped(listed))
        assert Parameters.of(opened.model_dump(mode="json")) == opened

    def test_it_survives_being_written_and_read(self):
        there = apply(read([{"use": "survey", "where": {"worst": 0.25}}]), SMALL)
        assert Parameters.of(there.model_dump(mode="json")) == there


class TestCost:
    # Four districts and 36 months.
    @pytest.mark.parametrize(
        ("schedule", "answer"),
        [
            ({"start": 24}, 12 * 4 * 10),
            ({"start": 24, "stop": 30}, 6 * 4 * 10),
            ({"start": 24, "stop": 90}, 12 * 4 * 10),
            ({"start": 36}, 0),
            ({"start": 0, "ramp": 12}, 36 * 4 * 10),
            ({"start": 24, "where": 0.5}, 12 * 2 * 10),
            ({"start": 24, "where": {"worst": 0.25}}, 12 * 1 * 10),
            ({"start": 24, "where": [0, 2, 2]}, 12 * 2 * 10),
            ({"start": 24, "where": []}, 0),
            ({"start": 24, "intensity": 0.25}, 12 * 4 * 10 / 4),
        ],
    )
    def test_it_is_months_times_districts_times_intensity(self, schedule, answer):
        assert cost(package({"cost": 10, **schedule}), SMALL) == pytest.approx(answer)

    def test_interventions_add_up_and_nothing_costs_nothing(self):
        both = package({"start": 24, "cost": 10}, {"start": 30, "cost": 1, "where": 0.5})
        assert cost(both, SMALL) == 12 * 4 * 10 + 6 * 2 * 1
        assert cost(Package(name="nothing"), SMALL) == 0

    @given(where=WHERES)
    def test_the_districts_paid_for_are_those_reached(self, where):
        parameters = apply(Package(name="a", interventions=(Intervention(where=where, set={PATRONAGE: 0.1}),)), SMALL)
        assert [len(chosen) for chosen in reached(parameters)] == [districts_reached(where, 4)]


class TestScaling:
    @given(where=WHERES, share=st.floats(0, 1))
    def test_coverage_costs_that_share_and_reaches_no_more_than_needed(self, where, share):
        full = Package(name="a", interventions=(Intervention(where=where, cost=10, set={PATRONAGE: 0.1}),))
        less = covering(full, share, 4)
        assert cost(less, SMALL) == pytest.approx(share * cost(full, SMALL), abs=1e-6)
        before, after = (districts_reached(each.interventions[0].where, 4) for each in (full, less))
        assert -1e-9 <= after - share * before < 1
        (some,), (all_of_them,) = reached(apply(less, SMALL)), reached(apply(full, SMALL))
        assert set(some) <= set(all_of_them)

    @given(intensity=st.floats(0, 3))
    def test_intensity_scales_the_cost(self, intensity):
        full = read(["social_audit", "merit_protection"])
        assert cost(scaled(full, intensity), SMALL) == pytest.approx(intensity * cost(full, SMALL))

    def test_full_coverage_and_intensity_change_nothing(self):
        full = read({"where": {"worst": 0.5}, "interventions": ["social_audit"]})
        assert covering(full, 1, 4) == scaled(full, 1) == full

    @pytest.mark.parametrize("by", ["coverage", "intensity"])
    @pytest.mark.parametrize("budget", [None, 1000.0])
    def test_packages_of_one_budget_cost_the_same(self, by, budget):
        many = [read([form]) for form in FORMS if form != "none"] + [read(["survey", "resources"])]
        costs = [cost(each, SMALL) for each in equal_budget(many, SMALL, budget, by)]
        assert costs == pytest.approx([budget or min(cost(each, SMALL) for each in many)] * len(many))

    def test_what_cannot_be_spent_or_costs_nothing_is_refused(self):
        survey = read(["survey"])
        most = cost(survey, SMALL)
        with pytest.raises(
            ParameterError, match=rf"budget = {2 * most:g}: must be a number from 0 to {most:g} by coverage"
        ):
            equal_budget([survey], SMALL, 2 * most)
        with pytest.raises(ParameterError, match="intensity = 4"):
            equal_budget([survey], SMALL, 4 * most, "intensity")
        with pytest.raises(ParameterError, match="must cost something"):
            equal_budget([read(["none"])], SMALL)
        with pytest.raises(ParameterError, match="must be a number from 0 to 1"):
            covering(survey, 1.5, 4)
