"""A map is the mean of plain simulations; what it cannot be is refused."""

import numpy as np
import pytest

from engagesim import Parameters
from engagesim.dashboard.map import MapRequest, compute, drawn_map
from engagesim.engines.compiled import simulate
from engagesim.errors import ParameterError

TOWN = Parameters().changed({"population.citizens": 60, "population.districts": 3, "seed": 4})


def test_each_cell_is_the_mean_over_seeds_of_the_last_year():
    mapped = MapRequest(cells=3, seeds=2, months=24, measure="trust", x_high=0.6)
    told = []
    drawn = compute(mapped, TOWN, told.append)
    assert drawn.values.shape == (3, 3)
    for row, merit in enumerate((0.0, 0.5, 1.0)):
        for column, patronage in enumerate((0.0, 0.3, 0.6)):
            changes = {"incentives.patronage": patronage, "incentives.merit_protection": merit}
            assert drawn.changes_at(row, column) == changes
            lived = simulate([TOWN.changed({**changes, "months": 24})], [4, 5]).measure("trust")[0, :, -12:]
            assert drawn.values[row, column] == pytest.approx(lived.mean())
    assert told == sorted(told)
    assert told[0] == 0


def test_a_link_keeps_what_differs_from_the_usual_map():
    mapped = MapRequest().changed("x", "incentives.rents").changed("cells", 5).changed("measure", "quality")
    texts = mapped.texts()
    assert texts == {"x": "incentives.rents", "x_high": "2", "cells": "5", "measure": "quality"}
    assert MapRequest.of(texts) == mapped


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"x": "network.degree"}, "map.x = network.degree: must be one of"),
        ({"x": "incentives.adit"}, "did you mean 'incentives.audit'?"),
        ({"y": "incentives.patronage"}, "must be another parameter"),
        ({"x_low": "0.5", "x_high": "0.2"}, "map.x_high = 0.2: must be above map.x_low = 0.5"),
        ({"x_high": "1.5"}, "map.x_high = 1.5: must be a number from 0 to 1"),
        ({"x_high": "inf"}, "map.x_high = inf: must be a number"),
        ({"cells": "400"}, "map.cells = 400: must be a whole number from 3 to 25"),
        ({"cells": "4.5"}, "must be a whole number"),
        ({"measure": "happiness"}, "map.measure = happiness: must be one of"),
        ({"z": "1"}, "map.z: no such key"),
    ],
)
def test_what_a_map_cannot_be_is_said_with_what_is_allowed(given, said):
    with pytest.raises(ParameterError) as refusal:
        MapRequest.of(given)
    assert said in str(refusal.value)


def test_a_map_that_would_take_the_machine_is_refused_before_anything_is_made():
    with pytest.raises(ParameterError, match="times as large as the dashboard allows"):
        compute(MapRequest(cells=25, seeds=20, months=360), TOWN.changed({"population.citizens": 2000}), print)


def test_colours_run_from_0_to_1_for_parts_and_over_what_is_there_for_all_else():
    counted = compute(MapRequest(cells=3, seeds=1, months=12, measure="coalition_age"), TOWN, lambda share: None)
    lived = counted._replace(values=np.arange(9.0).reshape(3, 3))
    assert [drawn_map(lived)["scale"][place]["text"] for place in (0, -1)] == ["0", "8"]
    part = lived._replace(request=MapRequest(cells=3, measure="quality"), values=lived.values / 20)
    assert [drawn_map(part)["scale"][place]["text"] for place in (0, -1)] == ["0", "1"]
