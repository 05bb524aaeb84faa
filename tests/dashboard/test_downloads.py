"""What a visitor takes away repeats the society that was on the page, to the last bit."""

import csv
import io
import shlex

import numpy as np
import pytest

from engagesim.configs.compose import composed
from engagesim.dashboard import explore
from engagesim.dashboard.explore import command, overrides, program, table_of
from engagesim.dashboard.session import Session
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.measures import MEASURE_NAMES

SMALL = "population.citizens=60&population.districts=3&incentives.patronage=0.25&seed=5"


@pytest.fixture
def session() -> Session:
    """A society with a setting moved, an intervention that ends, and another form opened."""
    session = Session(SMALL)
    session.step(3)
    explore.change(session, "incentives.merit_protection", 0.8)
    explore.change(session, "external_audit", True)
    session.step(3)
    explore.change(session, "external_audit", False)
    explore.change(session, "form", "survey")
    session.step(4)
    return session


def test_the_command_and_the_program_simulate_the_same_months(session):
    request, months = session.request.value, session.month.value
    assert shlex.split(command(request, months)) == ["engagesim", "run", *overrides(request, months)]
    typed = composed(overrides(request, months)).parameters
    names: dict = {}
    exec(program(request, months).split("society =")[0], names)  # noqa: S102 - lines of our own
    for parameters in (typed, names["parameters"]):
        assert parameters.months == months
        again = LiveSociety(parameters)
        again.step(months)
        assert np.array_equal(again.metrics, session.society.metrics)


def test_the_table_holds_every_measure_of_every_month(session):
    heading, *rows = csv.reader(io.StringIO(table_of(session.society)))
    assert heading == ["month", *MEASURE_NAMES]
    found = np.array(rows, dtype=np.float64)
    assert found[:, 0].tolist() == list(range(10))  # as in metrics.parquet and in the page's table
    assert np.array_equal(found[:, 1:], session.society.metrics)


def test_behind_every_change_stands_the_society_without_it(session):
    plain = Session(SMALL)
    assert plain.unchanged is None
    plain.step(10)
    assert np.array_equal(session.unchanged.metrics, plain.society.metrics)
    assert np.array_equal(session.unchanged.metrics[:3], session.society.metrics[:3])
    assert not np.array_equal(session.unchanged.metrics, session.society.metrics)
    again = Session(session.link())
    assert np.array_equal(again.unchanged.metrics, session.unchanged.metrics)
    session.reset()
    assert session.unchanged is None
