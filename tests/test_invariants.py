"""Whatever a society is made of, and however long it lives: counts add up, states keep to their ranges, nothing breaks.

``test_model`` holds the same for settings at their ends over a few months; here are start values too, networks of every
kind, schedules at their extremes, and generations on the compiled engine.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engagesim.engines.compiled import Options, stream
from engagesim.engines.mesa import EngagementModel
from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES, MEASURES
from engagesim.parameters import SETTINGS, Parameters, parameter_table
from engagesim.rules.choice import choose_gated, choose_of_four, choose_of_three
from engagesim.rules.vocabulary import Ending, Response, Stance, Strategy
from engagesim.society.files import read_people
from engagesim.society.network import wire
from engagesim.society.state import COLUMNS

SIZES = {"seed", "months", "population.citizens", "population.districts", "population.providers", "network.seed"}
VARIED = [row for row in parameter_table() if row.low is not None and row.high is not None and row.path not in SIZES]
SHARES = {"share", "chance", "believed chance", "0 to 1", "share of the scale", "0 or 1", "share of time",
          "share of wages", "share of materials", "share of neighbours", "share of providers",
          "share of citizens", "quality"}  # fmt: skip
"""Units of numbers from 0 to 1."""
SUMS = {"aggrieved", "trusting"}
"""States of service points that are summed over their users."""
DIFFERENCES = {
    measure.name for measure in MEASURES if " less that " in measure.description or " minus " in measure.description
}
"""Measures of how far one share lies from another."""
CHOICES = {"Strategy": Strategy, "Response": Response, "Stance": Stance}
OPTIONS = (
    ["abstain", "collaborate", "confront", "client"],
    [response.name.lower() for response in Response],
    [stance.name.lower() for stance in Stance],
)


@st.composite
def schedules(draw: st.DrawFn) -> dict:
    """A change of any setting as far as it goes, anywhere, sudden or slow."""
    setting, kind = draw(st.sampled_from(SETTINGS)), draw(st.sampled_from(["set", "add"]))
    reach = setting.high - setting.low
    value = draw(st.sampled_from([setting.low, setting.high] if kind == "set" else [-reach, reach]))
    where = draw(st.sampled_from(["all", 0.0, 0.5, {"worst": 0.5}, [1], []]))
    return {"start": draw(st.integers(0, 20)), "ramp": draw(st.sampled_from([0, 1, 1200])), "where": where,
            "intensity": draw(st.sampled_from([0.0, 1.0, 3.0])), kind: {setting.path: value}}  # fmt: skip


@st.composite
def societies(draw: st.DrawFn, months: int) -> Parameters:
    """Any society that is allowed: parameters of every kind at the ends of their ranges, or anywhere between."""
    changes: dict = {
        "seed": draw(st.integers(0, 2**32 - 1)), "months": months,
        "population.citizens": draw(st.sampled_from([10, 30])),
        "population.districts": draw(st.sampled_from([1, 3])), "population.providers": draw(st.sampled_from([1, 3])),
        "network.kind": draw(st.sampled_from(["watts_strogatz", "barabasi_albert", "erdos_renyi", "stochastic_block"])),
        "network.degree": draw(st.sampled_from([2, 8])), "engagement.start": 1,
    }  # fmt: skip
    for row in draw(st.lists(st.sampled_from(VARIED), max_size=40, unique_by=lambda row: row.path)):
        value = row.low + draw(st.sampled_from([0, 0, 1, 1, 0.5, 0.01, 0.99])) * (row.high - row.low)
        changes[row.path] = int(value) if isinstance(row.default, int | None) else value
    changes["network.degree"] = draw(st.sampled_from([2, 8]))
    changes["interventions"] = tuple(draw(st.lists(schedules(), max_size=3)))
    together = {path: value for path, value in changes.items() if path != "engagement.stop"}
    try:
        return Parameters().changed(together)
    except ParameterError:  # values that do not go together
        assume(False)
        raise


def check_metrics(metrics: np.ndarray) -> None:
    """See that measures of shape (months, measures) are finite, within their ranges, and add up."""
    assert np.isfinite(metrics).all()
    measure = dict(zip(MEASURE_NAMES, metrics.T, strict=True))
    for each in MEASURES:
        if each.unit in SHARES:
            values = measure[each.name]
            assert values.min() >= (-1 if each.name in DIFFERENCES else 0) - 1e-12, each.name
            assert values.max() <= 1 + 1e-12, each.name
    for options in OPTIONS:
        assert sum(measure[name] for name in options) == pytest.approx(1, abs=1e-12)
    formed, month = measure["coalition_formed"], measure["coalition_month"]
    assert set(formed.tolist()) <= {0.0, 1.0}
    assert (np.diff(formed) >= 0).all(), "what has formed has formed"
    assert len(set(month[formed > 0].tolist())) <= 1


def check_state(state) -> None:
    """See that every state is in its range, and that what is said of people and of service points goes together."""
    for column in COLUMNS:
        values = state.column(column.entity, column.name)
        assert np.isfinite(values).all(), column.name
        if column.name in SUMS:
            assert values.min() >= 0, column.name
            assert values.max() <= state.column("citizen", "member").size, column.name
        elif column.unit in SHARES:
            assert values.min() >= 0, column.name
            assert values.max() <= 1, column.name
        if column.unit in CHOICES:
            assert set(values.ravel().tolist()) <= set(map(int, CHOICES[column.unit])), column.name
    person, official, politician, district = (
        lambda name, entity=entity: state.column(entity, name)[:, 0]
        for entity in ("citizen", "official", "politician", "district")
    )
    assert (person("leader") <= person("member")).all(), "leaders belong"
    assert ((person("belonging") > 0) == (person("member") > 0)).all(), "who belongs has belonged for some months"
    assert (official("leading") <= official("members")).all()
    assert (official("members").sum(), official("leading").sum()) == (person("member").sum(), person("leader").sum())
    assert (official("kept") + official("broken") <= 1).all()
    assert (official("dispute")[official("broken") > 0] > 0).all(), "a broken promise leaves a dispute"
    assert (official("dispute")[official("promised") > 0] > 0).all(), "a promise answers a demand"
    assert (official("dispute")[official("called") > 0] > 0).all(), "only users in dispute call for confrontation"
    resists_since = (official("response") == int(Response.RESIST)) & (official("reconsiders") == 0)
    assert not (resists_since & (official("promised") > 0)).any(), "one who resists does not promise"
    assert (politician("stance")[politician("member") > 0] == int(Stance.SPONSOR)).all(), "sponsors alone belong"
    stands, age, ending = district("coalition"), district("coalition_age"), district("coalition_ending")
    assert ((age > 0) == (stands > 0)).all()
    assert (stands[ending > 0] == 0).all(), "what has ended does not stand"
    assert (stands[district("coalition_born") > 0] == 1).all()
    assert (district("cover")[stands == 0] == 0).all()
    assert set(ending.tolist()) <= {int(cause) for cause in Ending}


@settings(max_examples=25)
@given(societies(months=900))
def test_generations_of_any_society_stay_sound(parameters):
    wiring = wire(*read_people(parameters))
    (lived,) = stream([parameters], [parameters.seed], Options(last_state=True, threads=1))
    check_metrics(lived.metrics[0])
    check_state(lived.state)
    for name in ("edges", "ties", "first", "kin", "neighbours", "district", "service_point"):
        assert np.array_equal(getattr(lived.wiring, name), getattr(wiring, name)), "the graph stays"


@settings(max_examples=15)
@given(societies(months=30))
def test_both_engines_agree_on_any_society_to_the_bit(parameters):
    model = EngagementModel(parameters)
    for _ in range(parameters.months):
        model.step()
    (lived,) = stream([parameters], [parameters.seed], Options(last_state=True, threads=1))
    assert np.array_equal(lived.metrics[0], model.metrics.to_numpy())
    assert model.state().same_as(lived.state)
    check_metrics(lived.metrics[0])
    check_state(model.state())


UTILITY = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1e308, -1e308])
EVENLY = (np.arange(2000) + 0.5) / 2000


@given(st.lists(UTILITY, min_size=4, max_size=4), st.floats(0, 1000), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_chances_of_a_choice_are_chances_and_sum_to_one(utilities, sensitivity, gates):
    one, two, three, four = utilities
    chosen = {
        4: [choose_of_four(one, two, three, four, sensitivity, noise) for noise in EVENLY[::20]],
        3: [choose_of_three(one, two, three, sensitivity, noise) for noise in EVENLY[::20]],
        -4: [choose_gated((one, two, three), gates, sensitivity, noise) for noise in EVENLY[::20]],
    }
    for options, choices in chosen.items():
        assert set(choices) <= set(range(abs(options)))
        assert choices == sorted(choices) or options == -4, "noise runs through the options in order, each an interval"
        shares = [choices.count(option) / len(choices) for option in range(abs(options))]
        assert sum(shares) == pytest.approx(1, abs=1e-12)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 20))
def test_shares_of_choices_are_those_of_the_logit(one, two, three, sensitivity):
    choices = np.array([choose_of_three(one, two, three, sensitivity, noise) for noise in EVENLY])
    weights = np.exp(sensitivity * (np.array([one, two, three]) - max(one, two, three)))
    shares = np.bincount(choices, minlength=3) / len(choices)
    assert shares == pytest.approx(weights / weights.sum(), abs=1 / len(EVENLY))
