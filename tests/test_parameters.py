"""The tree of parameters: complete, closed, frozen, and clear about what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from engagesim.errors import EngagementError, ParameterError
from engagesim.parameters import FORM_DIMENSIONS, SETTINGS, Intervention, Parameters, parameter_table

TABLE = parameter_table()
RANGED = [row for row in TABLE if row.low is not None]
ROLES = {"setting", "start", "choice"}


def value_at(parameters: Parameters, path: str):
    value = parameters
    for name in path.split("."):
        value = getattr(value, name)
    return value


def refusal(call) -> str:
    """Return the one line in which something is refused."""
    with pytest.raises(ParameterError) as refused:
        call()
    (line,) = str(refused.value).splitlines()
    return line


class TestTable:
    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.path)
    def test_every_parameter_says_what_it_is(self, row):
        assert row.description
        assert row.source
        assert row.role in ROLES
        assert row.unit or row.role == "choice"

    @pytest.mark.parametrize("row", RANGED, ids=lambda row: row.path)
    def test_every_default_lies_in_its_range(self, row):
        assert row.low < row.high
        assert row.default is None or row.low <= row.default <= row.high

    def test_every_number_has_a_range(self):
        numbers = [row.path for row in TABLE if type(row.default) in {int, float} and row.low is None]
        assert numbers == []

    def test_every_leaf_of_the_tree_is_in_the_table(self):
        def leaves(tree, prefix=""):
            for name, value in tree.items():
                yield from leaves(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name]

        assert sorted(row.path for row in TABLE) == sorted(leaves(Parameters().model_dump()))

    def test_the_table_shows_the_defaults_in_force(self):
        parameters = Parameters()
        assert {row.path: row.default for row in TABLE} == {row.path: value_at(parameters, row.path) for row in TABLE}

    def test_settings_are_named_once(self):
        for names in ([setting.path for setting in SETTINGS], [setting.name for setting in SETTINGS]):
            assert len(set(names)) == len(names)
        assert all(setting.name.isidentifier() for setting in SETTINGS)

    def test_settings_are_the_numbers_that_a_schedule_may_move(self):
        assert [setting.path for setting in SETTINGS] == [row.path for row in TABLE if row.role == "setting"]

    def test_the_dimensions_of_a_form_are_settings(self):
        paths = {setting.path for setting in SETTINGS}
        assert {f"engagement.{name}" for name in FORM_DIMENSIONS} == {p for p in paths if p.startswith("engagement.")}


class TestChanged:
    @given(st.sampled_from(SETTINGS), st.floats(0, 1))
    def test_a_setting_changes_by_its_path_and_nothing_else_does(self, setting, part):
        value = setting.low + part * (setting.high - setting.low)
        assume(setting.low <= value <= setting.high)
        before = Parameters()
        after = before.changed({setting.path: value})
        assert value_at(after, setting.path) == value
        assert after.changed({setting.path: value_at(before, setting.path)}) == before

    def test_no_change_is_no_change(self):
        assert Parameters().changed({}) == Parameters()

    def test_the_original_stays(self):
        parameters = Parameters()
        parameters.changed({"seed": 99, "incentives.patronage": 0.9})
        assert parameters == Parameters()

    @pytest.mark.parametrize("path", ["incentives.patronge", "patronage", "seed.value", "", ".", "incentives."])
    def test_an_unknown_path_is_named(self, path):
        assert path in refusal(lambda: Parameters().changed({path: 0.1}))

    def test_the_nearest_path_is_offered(self):
        assert "'incentives.patronage'" in refusal(lambda: Parameters().changed({"incentives.patronge": 0.1}))

    def test_a_row_of_a_table_is_a_mapping(self):
        frame = pd.DataFrame({"seed": [5, 6], "incentives.patronage": [0.25, 0.5]})
        changed = [Parameters().changed(row) for _, row in frame.iterrows()]
        assert [(one.seed, one.incentives.patronage) for one in changed] == [(5, 0.25), (6, 0.5)]

    @pytest.mark.parametrize("number", [np.int64(12), np.int8(12), np.float64(12), "12", 12.0])
    def test_a_number_of_numpy_is_a_number(self, number):
        assert Parameters().changed({"months": number}).months == 12

    def test_a_file_may_be_a_path(self):
        path = Path("people") / "ties.csv"
        changed = Parameters().changed({"network.kind": "file", "network.file": path, "population.file": path})
        assert changed.network.file == changed.population.file == str(path)

    def test_what_was_handed_over_stays_the_users_own(self):
        mine = {"incentives.patronage": 0.2}
        visit = Intervention(start=1, set=mine)
        parameters = Parameters().changed({"interventions": [visit], "trends": ({"set": mine},)})
        mine["incentives.patronage"] = visit.set["incentives.patronage"] = 0.9
        assert parameters.interventions[0].set == parameters.trends[0].set == {"incentives.patronage": 0.2}

    def test_a_tree_that_was_dumped_is_the_same_tree(self):
        parameters = Parameters().changed(
            {
                "network.seed": 3,
                "interventions": [{"set": {"incentives.patronage": 0.1}, "where": [1, 2]}],
                "trends": [{"add": {"conditions.education": 0.1}, "where": 0.5, "stop": 90}],
            }
        )
        assert Parameters.of(json.loads(parameters.model_dump_json())) == parameters


class TestRefusals:
    @pytest.mark.parametrize("row", RANGED, ids=lambda row: row.path)
    def test_a_number_out_of_range_is_named_with_what_is_allowed(self, row):
        for value in (row.low - 1, row.high + 1):
            line = refusal(lambda value=value: Parameters().changed({row.path: value}))
            assert line.startswith(f"{row.path} = {value}")
            assert (
                f": must be {'a' if isinstance(row.default, float) else 'a whole'} number from {row.low:.10g} to "
                in line
            )

    @pytest.mark.parametrize("row", RANGED, ids=lambda row: row.path)
    def test_the_range_is_given_to_the_last_digit(self, row):
        line = refusal(lambda: Parameters().changed({row.path: row.high + 1}))
        low, high = line.partition(" number from ")[2].removesuffix(" or null").split(" to ")
        assert (float(low), float(high)) == (row.low, row.high)

    @pytest.mark.parametrize("changes", [None, "seed=1", [("seed", 1)], 3, {1: 2}, {None: 2}, {"": 1}])
    def test_what_is_no_mapping_of_paths_is_refused(self, changes):
        line = refusal(lambda: Parameters().changed(changes))
        assert "must be a" in line or "no such parameter" in line

    @pytest.mark.parametrize("tree", [None, "seed", [1], 3])
    def test_what_is_no_tree_is_refused(self, tree):
        assert refusal(lambda: Parameters.of(tree)).startswith(f"parameters = {tree!r}")

    @pytest.mark.parametrize("row", RANGED, ids=lambda row: row.path)
    def test_what_is_no_number_is_named(self, row):
        for value in ("much", [], {}, float("nan"), float("inf")):
            line = refusal(lambda value=value: Parameters().changed({row.path: value}))
            assert line.startswith(f"{row.path} = ")

    @pytest.mark.parametrize("row", [row for row in RANGED if type(row.default) is int], ids=lambda row: row.path)
    def test_a_count_is_whole(self, row):
        assert row.path in refusal(lambda: Parameters().changed({row.path: row.default + 0.5}))

    @pytest.mark.parametrize(
        "tree",
        [
            {"patronage": 1},
            {"incentives": {"patronge": 1}},
            {"population": {"people": 3}},
            {"interventions": [{"begin": 1}]},
        ],
        ids=str,
    )
    def test_unknown_keys_are_refused_by_name(self, tree):
        line = refusal(lambda: Parameters.of(tree))
        assert "no such " in line
        assert any(key in line for key in ("patronage", "incentives.patronge", "population.people", "begin"))

    @pytest.mark.parametrize(
        "tree", [{"incentives": 3}, {"population": None}, {"interventions": 5}, {"interventions": [1]}, {"name": 3}]
    )
    def test_a_branch_of_another_shape_is_refused_by_name(self, tree):
        (name,) = tree
        assert refusal(lambda: Parameters.of(tree)).startswith(name)

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"population.districts": 20, "population.citizens": 19}, "population.districts = 20"),
            ({"network.kind": "file"}, "network.file"),
            ({"network.kind": "star"}, "network.kind = 'star'"),
            ({"network.degree": 7}, "network.degree = 7"),
            ({"network.degree": 20, "population.citizens": 20}, "network.degree = 20"),
            ({"population.orientation_low": 0.8, "population.orientation_high": 0.2}, "population.orientation_low"),
            ({"engagement.start": 9, "engagement.stop": 9}, "engagement.stop = 9"),
            ({"engagement.where": 1.5}, "engagement.where = 1.5"),
            ({"engagement.where": [0, 10]}, "engagement.where = [0, 10]: must be numbers of districts"),
            ({"engagement.where": "north"}, "engagement.where = 'north'"),
            ({"trends": [{"where": [-1]}]}, "trends[0].where = [-1]"),
            ({"interventions": [{}, {"where": -0.5}]}, "interventions[1].where = -0.5"),
            ({"interventions": [{"start": 30, "stop": 20}]}, "interventions[0]"),
            ({"interventions": [{"start": -1}]}, "interventions[0].start = -1"),
            ({"interventions": [{"ramp": 5000}]}, "interventions[0].ramp = 5000"),
            ({"interventions": [{"cost": -5}]}, "interventions[0].cost = -5"),
            ({"interventions": [{"set": {"incentives.patronage": 1.2}}]}, "[0].set.incentives.patronage = 1.2"),
            ({"interventions": [{"add": {"incentives.patronage": -1.2}}]}, "[0].add.incentives.patronage = -1.2"),
            ({"interventions": [{"set": {"incentives.term": 12}}]}, "set.incentives.term: must be a setting"),
            ({"trends": [{"set": {"incentives.patronge": 0.2}}]}, "'incentives.patronage'"),
            ({"trends": [{"set": {"incentives.patronage": "low"}}]}, "trends[0].set.incentives.patronage = 'low'"),
            ({"trends": [{"add": {"incentives.patronage": float("nan")}}]}, "trends[0].add.incentives.patronage = nan"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_together_is_named_where_it_stands(self, changes, named):
        assert named in refusal(lambda: Parameters().changed(changes))

    def test_all_mistakes_are_counted(self):
        line = refusal(lambda: Parameters().changed({"seed": -1, "months": 0, "incentives.patronage": 2}))
        assert line.endswith("(and 2 more)")

    @given(st.sampled_from(TABLE), st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=5,
    ))  # fmt: skip
    def test_any_value_is_taken_or_refused_in_one_line(self, row, value):
        try:
            parameters = Parameters().changed({row.path: value})
        except EngagementError as refused:
            line = str(refused)
        else:
            line = ""
            assert Parameters.of(parameters.model_dump()) == parameters
        assert len(line.splitlines()) <= 1


class TestFrozen:
    def test_the_tree_cannot_be_changed_in_place(self):
        parameters = Parameters()
        with pytest.raises(ValidationError):
            parameters.seed = 3
        with pytest.raises(ValidationError):
            parameters.incentives.patronage = 0.9

    def test_every_group_is_frozen_and_closed(self):
        def groups(model):
            yield model
            for field in model.model_fields.values():
                for kind in (field.annotation, *get_args(field.annotation)):
                    if isinstance(kind, type) and issubclass(kind, BaseModel):
                        yield from groups(kind)

        assert [g.__name__ for g in groups(Parameters) if not g.model_config.get("frozen")] == []
        assert [g.__name__ for g in groups(Parameters) if g.model_config.get("extra") != "forbid"] == []


class TestSchema:
    def test_the_json_schema_knows_every_group_and_range(self):
        schema = Parameters.model_json_schema()
        json.dumps(schema)
        patronage = schema["$defs"]["Incentives"]["properties"]["patronage"]
        assert (patronage["minimum"], patronage["maximum"]) == (0, 1)
        assert set(schema["properties"]) == set(Parameters.model_fields)
        assert schema["additionalProperties"] is False
