"""One truth, two engines: the compiled ensemble gives the same bits as the model, however it is run."""

import os
import subprocess
import sys

import numpy as np
import pytest
from bits import LIVELY
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim import EngagementModel, Parameters
from engagesim.engines.compiled import Options, RunKey, simulate, stream
from engagesim.engines.compiled.batch import VECTOR, padded
from engagesim.errors import ParameterError
from engagesim.parameters import SETTINGS

SMALL = {"population.citizens": 60, "population.districts": 3, "months": 14, "incentives.term": 6}
OPEN = {"engagement.start": 3, "engagement.opened": 1, "engagement.influence": 0.6, "engagement.collectiveness": 0.8}

share = st.floats(0, 1)


@st.composite
def schedules(draw):
    """A schedule on any setting, in any districts, with any ramp."""
    setting = draw(st.sampled_from(SETTINGS))
    start = draw(st.integers(0, 10))
    kind = draw(st.sampled_from(["set", "add"]))
    reach = setting.high - setting.low
    value = setting.low + draw(share) * reach if kind == "set" else (draw(share) - 0.5) * reach
    return {
        "start": start,
        "stop": draw(st.one_of(st.none(), st.integers(start + 1, 14))),
        "ramp": draw(st.integers(0, 5)),
        "where": draw(st.one_of(st.just("all"), share, st.lists(st.integers(0, 2), min_size=1, max_size=2))),
        kind: {setting.path: value},
    }


@st.composite
def points(draw):
    """Any society: extreme settings, any graph, any schedules."""
    changes = dict(SMALL) | OPEN | draw(st.sampled_from([{}, LIVELY]))
    for setting in draw(st.lists(st.sampled_from(SETTINGS), max_size=12, unique=True)):
        changes[setting.path] = setting.low + draw(share) * (setting.high - setting.low)
    kinds = ["watts_strogatz", "barabasi_albert", "erdos_renyi", "stochastic_block"]
    changes["network.kind"] = draw(st.sampled_from(kinds))
    changes["network.rewiring"], changes["network.homophily"] = draw(share), draw(share)
    changes["network.brokers"], changes["network.profession"] = draw(share), draw(st.integers(0, 3))
    changes["population.providers"] = draw(st.integers(1, 4))
    changes["population.reform_minded_share"] = draw(share)
    changes["population.members"], changes["population.leaders"] = draw(share), draw(share)
    changes["incentives.staggered"], changes["coalitions.persistence"] = draw(share), draw(st.integers(1, 5))
    changes["interventions"] = tuple(draw(st.lists(schedules(), max_size=3)))
    return Parameters().changed(changes)


def lived(parameters: Parameters, seed: int, **options) -> EngagementModel:
    model = EngagementModel(parameters.changed({"seed": seed}), **options)
    for _ in range(parameters.months):
        model.step()
    return model


@settings(max_examples=100, deadline=None)
@given(points(), st.integers(0, 2**32 - 1))
def test_every_measure_and_every_state_is_the_same_to_the_bit(point, seed):
    model = lived(point, seed)
    ensemble = simulate([point], [seed], Options(last_state=True))
    assert np.array_equal(ensemble.metrics[0, 0], np.array(model.observed))
    assert model.state().same_as(ensemble.states[RunKey(0, seed)])


def some_points(count: int) -> list[Parameters]:
    levels = np.linspace(0, 0.6, count)
    return [Parameters().changed({**SMALL, **OPEN, "incentives.patronage": float(level)}) for level in levels]


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    return simulate(some_points(70), [3, 9], Options(lanes=1, threads=1)).metrics


@pytest.mark.parametrize("lanes", [2, 7, 8, 31, 32, 33, 63, 64])
def test_the_number_of_lanes_changes_nothing(lanes, reference):
    assert np.array_equal(simulate(some_points(70), [3, 9], Options(lanes=lanes)).metrics, reference)


@pytest.mark.parametrize("width", [2, 3, 7, 8, 11])
def test_states_and_events_are_those_of_each_society_whatever_the_width_of_its_batch(width):
    options = Options(states_every=5, last_state=True, events=True)
    together = next(stream(some_points(width), [3], options))
    assert together.state.column("district", "engaged").shape[1] == width
    for lane, point in enumerate(some_points(width)):
        alone = next(stream([point], [3], options))
        assert together.state.lane(lane).same_as(alone.state)
        assert together.states[4].lane(lane).same_as(alone.states[4])
        mine = together.events[together.events["lane"] == lane].copy()
        mine["lane"] = 0
        assert np.array_equal(mine, alone.events)
    assert set(together.events["lane"]) <= set(range(width))


@pytest.mark.parametrize("count", range(1, 20))
def test_a_batch_is_filled_up_with_its_last_society_and_never_beyond_the_room_for_it(count):
    for most in range(count, 30):
        batch = padded(range(count), most)
        assert batch[:count] == tuple(range(count))
        assert set(batch[count:]) <= {count - 1}
        assert len(batch) == count or (len(batch) <= most and len(batch) % VECTOR == 0)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_changes_nothing(threads, reference):
    assert np.array_equal(simulate(some_points(70), [3, 9], Options(threads=threads)).metrics, reference)


def test_the_order_and_company_of_points_change_nothing(reference):
    backwards = simulate(some_points(70)[::-1], [9, 3]).metrics
    assert np.array_equal(backwards[::-1, ::-1], reference)
    alone = simulate(some_points(70)[17:18], [9]).metrics
    assert np.array_equal(alone[0, 0], reference[17, 1])


def test_measures_that_are_named_are_kept_in_their_order_and_others_are_not():
    hamlet = Parameters().changed({"population.citizens": 40, "population.districts": 2, "months": 6})
    every = simulate([hamlet], [1, 2])
    some = simulate([hamlet], [1, 2], Options(measures=("quality", "engaged")))
    assert some.measures == ("quality", "engaged")
    assert np.array_equal(some.metrics[..., 0], every.measure("quality"))
    assert np.array_equal(some.measure("engaged"), every.measure("engaged"))
    with pytest.raises(ParameterError, match=r"qualty.*did you mean 'quality'"):
        stream([hamlet], [1], Options(measures=("qualty",)))
    with pytest.raises(ParameterError, match=r"options\.measures = 'quality'"):
        Options(measures="quality")


@pytest.mark.slow  # compiles a whole engine; all other tests here compare that for this processor
def test_a_generic_processor_gives_the_same_bits(reference, tmp_path):
    script = (
        "import sys, numpy; sys.path.insert(0, 'tests/engines')\n"
        "from test_identity import some_points\n"
        "from engagesim.engines.compiled import simulate\n"
        f"numpy.save({str(tmp_path / 'generic.npy')!r}, simulate(some_points(70), [3, 9]).metrics)\n"
    )
    environment = {**os.environ, "NUMBA_CPU_NAME": "generic", "XDG_CACHE_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, capture_output=True)
    assert np.array_equal(np.load(tmp_path / "generic.npy"), reference)


def test_states_are_handed_out_every_so_many_months():
    point = some_points(1)[0]
    batch = next(stream([point], [4], Options(states_every=5)))
    assert sorted(batch.states) == [4, 9]
    model = EngagementModel(point.changed({"seed": 4}))
    for _ in range(5):
        model.step()
    assert model.state().same_as(batch.states[4])


def test_districts_that_follow_from_a_file_are_those_of_both_engines(tmp_path):
    rows = "".join(f"p{number},{'ab'[number % 2]}\n" for number in range(40))
    (tmp_path / "people.csv").write_text(f"person,district\n{rows}")
    town = Parameters().changed({"population.file": str(tmp_path / "people.csv"), "months": 4, "seed": 2})
    assert town.population.districts == 10
    found = simulate([town], [2], Options(last_state=True))
    model = EngagementModel(town)
    model.run_model()
    assert model.state().same_as(found.states[RunKey(0, 2)])
    assert model.state().column("district", "quality").shape == (2, 1)


def test_points_with_other_numbers_of_months_are_refused():
    with pytest.raises(ParameterError, match="must be the same for all"):
        simulate([Parameters(), Parameters().changed({"months": 3})], [1])


def test_shared_wiring_is_the_same_graph_for_all_seeds():
    point = some_points(1)[0].changed({"network.seed": 11})
    batches = list(stream([point], [1, 2, 3]))
    assert len(batches) == 1
    singly = [lived(point, seed).observed for seed in (1, 2, 3)]
    assert np.array_equal(batches[0].metrics, np.array(singly))


def test_somebody_whom_tens_of_thousands_know_is_seen_alike_alone_and_side_by_side(tmp_path):
    citizens = 33_000
    ties = tmp_path / "ties.csv"
    ties.write_text("source,target\n" + "".join(f"0,{k}\n" for k in range(1, citizens)))
    star = Parameters().changed(
        {"population.citizens": citizens, "population.districts": 2, "network.file": str(ties), "months": 3, **OPEN}
    )
    points = [star, star.changed({"incentives.patronage": 0.6})]
    together, alone = (simulate(points, [1], Options(lanes=lanes)) for lanes in (2, 1))
    assert np.array_equal(together.metrics, alone.metrics)
