"""Schedules: when they are in force, how far they move a setting, where, and in which order."""

from __future__ import annotations

from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.parameters import FORM_DIMENSIONS, SETTINGS, Parameters
from engagesim.policy import base_settings, schedules
from engagesim.rules.schedule import held, moved, weight

MONTH = st.integers(0, 400)
SETTING = "incentives.patronage"


def in_force(parameters: Parameters, path: str, month: int) -> list[float]:
    """Return a setting in each district in a month, as the society has it."""
    model = EngagementModel(parameters)
    model.month = month
    model.live("move_trends")
    return [attrgetter(path)(district.settings) for district in model.districts]


def reached(parameters: Parameters, place: int) -> list[int]:
    return schedules(parameters)[place].districts.tolist()


class TestWeight:
    @given(month=MONTH, start=MONTH, length=st.integers(1, 400), ramp=st.integers(0, 100))
    def test_it_rises_from_the_start_and_ends_at_the_stop(self, month, start, length, ramp):
        stop = start + length
        answer = np.interp(month, [start - 1, start + ramp], [0, 1]) if start <= month < stop else 0
        assert weight(month, start, stop, ramp) == pytest.approx(answer, abs=1e-12)

    def test_without_a_ramp_it_is_in_full_force_at_once(self):
        assert [weight(month, 3, 6, 0) for month in range(8)] == [0, 0, 0, 1, 1, 1, 0, 0]

    def test_a_ramp_of_three_months_has_three_steps_before_full_force(self):
        assert [weight(month, 2, 99, 3) for month in range(7)] == [0, 0, 0.25, 0.5, 0.75, 1, 1]


class TestMoved:
    @given(value=st.floats(-1, 1), target=st.floats(-1, 1), strength=st.floats(0, 1))
    def test_set_moves_towards_a_target_and_add_by_an_amount(self, value, target, strength):
        assert moved(value, target, 0, strength) == pytest.approx(value + strength * (target - value))
        assert moved(value, target, 1, strength) == pytest.approx(value + strength * target)

    @given(value=st.floats(-1, 1), strength=st.floats(0, 1))
    def test_setting_the_present_value_or_adding_nothing_keeps_every_bit(self, value, strength):
        assert moved(value, value, 0, strength) == value
        assert moved(value, 0.0, 1, strength) == value

    @given(value=st.floats(-9, 9), low=st.floats(-1, 0), high=st.floats(0, 1))
    def test_a_setting_is_held_to_its_range(self, value, low, high):
        assert held(value, low, high) == float(np.clip(value, low, high))


class TestSchedules:
    def test_trends_come_first_then_the_form_then_interventions(self, tiny):
        entries = schedules(
            tiny.changed(
                {"interventions": [{"set": {SETTING: 0.1}}], "trends": [{"add": {"conditions.education": 0.1}}]}
            )
        )
        moves = [SETTINGS[entry.setting].path for entry in entries]
        form = [f"engagement.{name}" for name in FORM_DIMENSIONS]
        assert moves == ["conditions.education", *form, SETTING]

    def test_before_the_form_opens_none_is_open(self, tiny):
        base = dict(zip([setting.path for setting in SETTINGS], base_settings(tiny), strict=True))
        assert {base[f"engagement.{name}"] for name in FORM_DIMENSIONS} == {0.0}
        assert base[SETTING] == tiny.incentives.patronage

    def test_the_form_is_open_from_its_start_to_its_stop(self, tiny):
        form = tiny.changed({"engagement.stop": 9, "engagement.ramp": 1})
        for month, strength in ((3, 0), (4, 0.5), (5, 1), (8, 1), (9, 0)):
            assert in_force(form, "engagement.voice", month) == [strength * tiny.engagement.voice] * 3

    def test_set_then_add_within_one_schedule(self, tiny):
        both = tiny.changed({"interventions": [{"start": 0, "set": {SETTING: 0.2}, "add": {SETTING: 0.1}}]})
        assert in_force(both, SETTING, 0) == pytest.approx([0.3] * 3)

    @pytest.mark.parametrize(("order", "answer"), [("set first", 0.3), ("add first", 0.2)])
    def test_overlapping_schedules_act_in_their_order(self, tiny, order, answer):
        entries = [{"start": 0, "set": {SETTING: 0.2}}, {"start": 0, "add": {SETTING: 0.1}}]
        listed = tiny.changed({"interventions": entries if order == "set first" else entries[::-1]})
        assert in_force(listed, SETTING, 0) == pytest.approx([answer] * 3)

    def test_a_later_set_starts_from_what_earlier_ones_left(self, tiny):
        entries = [{"start": 0, "set": {SETTING: 0.8}}, {"start": 0, "ramp": 1, "set": {SETTING: 0.2}}]
        assert in_force(tiny.changed({"interventions": entries}), SETTING, 0) == pytest.approx([0.5] * 3)

    def test_a_setting_returns_when_its_schedule_stops(self, tiny):
        over = tiny.changed({"interventions": [{"start": 2, "stop": 5, "set": {SETTING: 0.77}}]})
        patronage = tiny.incentives.patronage
        for month, value in ((1, patronage), (2, 0.77), (4, 0.77), (5, patronage)):
            assert in_force(over, SETTING, month) == [value] * 3

    @given(amount=st.floats(-1, 1))
    def test_additions_do_not_leave_the_range(self, amount):
        twice = Parameters().changed(
            {"population.citizens": 10, "population.districts": 1, "network.degree": 2}
            | {"interventions": [{"start": 0, "add": {SETTING: amount}}] * 3}
        )
        (value,) = in_force(twice, SETTING, 0)
        assert 0 <= value <= 1

    def test_resources_reach_the_services(self, tiny):
        model = EngagementModel(tiny.changed({"trends": [{"start": 0, "set": {"conditions.resources": 0.6}}]}))
        model.step()
        assert [district.resources for district in model.districts] == [0.6] * 3


class TestWhere:
    @given(share=st.floats(0, 1), districts=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
    def test_a_share_reaches_that_many_districts(self, share, districts, seed):
        parameters = Parameters().changed(
            {"seed": seed, "population.districts": districts, "trends": [{"where": share, "set": {SETTING: 0.1}}]}
        )
        assert abs(sum(reached(parameters, 0)) - share * districts) <= 0.5

    def test_a_list_reaches_its_districts(self):
        parameters = Parameters().changed({"trends": [{"where": [0, 3], "set": {SETTING: 0.1}}]})
        assert np.flatnonzero(reached(parameters, 0)).tolist() == [0, 3]

    def test_the_worst_districts_are_those_with_the_lowest_quality_at_the_start(self):
        parameters = Parameters().changed({"trends": [{"where": {"worst": 0.3}, "set": {SETTING: 0.1}}]})
        quality = EngagementModel(parameters).state().column("district", "quality")[:, 0]
        there = np.flatnonzero(reached(parameters, 0))
        assert set(there) == set(np.argsort(quality)[:3])

    def test_all_reaches_all_and_an_empty_list_none(self):
        parameters = Parameters().changed({"trends": [{"set": {SETTING: 0.1}}, {"where": [], "set": {SETTING: 0.1}}]})
        assert (sum(reached(parameters, 0)), sum(reached(parameters, 1))) == (10, 0)

    def test_only_the_districts_reached_are_moved(self, tiny):
        local = tiny.changed({"interventions": [{"start": 0, "where": [1], "set": {SETTING: 0.77}}]})
        patronage = tiny.incentives.patronage
        assert in_force(local, SETTING, 0) == [patronage, 0.77, patronage]

    def test_each_district_is_reached_as_often_as_any(self):
        hits = np.zeros(10)
        runs = 400
        for seed in range(runs):
            parameters = Parameters().changed({"seed": seed, "trends": [{"where": 0.3, "set": {SETTING: 0.1}}]})
            hits += reached(parameters, 0)
        # Standard error of a count of draws with chance 0.3.
        assert np.abs(hits - 0.3 * runs).max() < 4 * (runs * 0.3 * 0.7) ** 0.5

    def test_two_schedules_draw_their_districts_apart(self):
        share = {"where": 0.5, "set": {SETTING: 0.1}}
        parameters = Parameters().changed({"population.districts": 100, "trends": [share, share]})
        assert reached(parameters, 0) != reached(parameters, 1)

    @pytest.mark.parametrize("group", ["trends", "interventions"])
    def test_another_schedule_does_not_move_the_others_to_other_districts(self, group):
        there = {"where": 0.5, "set": {SETTING: 0.1}}
        before = Parameters().changed(
            {"population.districts": 100, "engagement.where": 0.5, "interventions": [there], "trends": [there]}
        )
        after = before.changed({group: [there, {"add": {"conditions.education": 0.0}}]})

        def places(parameters):
            return {
                (row, SETTINGS[schedule.setting].path): schedule.districts.tolist()
                for row, schedule in enumerate(
                    schedule for schedule in schedules(parameters) if schedule.target or not schedule.is_added
                )
            }

        assert places(after) == places(before)
