"""The examples: the same bits in both engines, nothing where they are off, and what they say where they are on."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - of our own
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim import EngagementModel, Options, Parameters, simulate
from engagesim.engines.compiled import RunKey
from engagesim.measures import MEASURES
from engagesim.mechanisms import extended
from engagesim.mechanisms.design import design_of
from engagesim.month import MONTH
from engagesim.parameters import SETTINGS, parameter_table, settings_of
from engagesim.society.state import COLUMNS

FOLDER = Path(__file__).parents[2] / "experiments/mechanisms"
EXAMPLES = {path.stem: str(path) for path in sorted(FOLDER.glob("*.py"))}
OFF = {
    "best_response": {"best_response.share": 0.0},
    "fatigue": {"fatigue.weight": 0.0},
    "local_media": {"local_media.hearing": 0.0},
}
SMALL = {
    "population.citizens": 60, "population.districts": 3, "months": 14, "incentives.term": 6, "engagement.start": 2,
    "engagement.opened": 1, "engagement.outreach": 0.4, "engagement.influence": 0.5,
}  # fmt: skip
HAMLET = {"population.citizens": 30, "population.districts": 2}  # whose agents take half as long to live
TOWN = Parameters().changed(SMALL)
USUAL = [measure.name for measure in MEASURES]
SEEDS = range(1, 9)
ALL = extended(TOWN, EXAMPLES.values())
ALL_OFF = ALL.changed({path: value for changes in OFF.values() for path, value in changes.items()})
OWN = [setting for setting in settings_of(type(ALL)) if setting.path.partition(".")[0] in EXAMPLES]

share = st.floats(0, 1)
each_example = pytest.mark.parametrize("name", EXAMPLES)
compiled = pytest.mark.xdist_group("all examples in one engine")


def alone(name: str, **changes: float) -> Parameters:
    """Return the town with one example at work, in the engine of all."""
    others = {path: value for other in OFF if other != name for path, value in OFF[other].items()}
    return ALL.changed(others | {path.replace("__", "."): value for path, value in changes.items()})


def lived(parameters: Parameters, **options) -> EngagementModel:
    model = EngagementModel(parameters, **options)
    for _ in range(parameters.months):
        model.step()
    return model


def assert_same_in_both_engines(parameters: Parameters) -> None:
    model = lived(parameters)
    many = simulate([parameters], [parameters.seed], Options(last_state=True, threads=1))
    assert np.array_equal(np.asarray(many.metrics)[0, 0], np.array(model.observed))
    assert model.state().same_as(many.states[RunKey(0, parameters.seed)])


@st.composite
def societies(draw):
    """Any small society, any settings of the examples, off at times, and schedules that move them."""
    changes = SMALL | HAMLET | {"seed": draw(st.integers(0, 2**32 - 1))}
    for setting in [*OWN, *draw(st.lists(st.sampled_from(SETTINGS), max_size=8, unique=True))]:
        level = draw(st.sampled_from([0.0, 1.0]) | share)
        changes[setting.path] = setting.low + level * (setting.high - setting.low)
    moved = draw(st.sampled_from(OWN))
    schedule = {"start": 3, "ramp": draw(st.integers(0, 4)), "where": draw(share), "set": {moved.path: draw(share)}}
    return ALL.changed(changes | {"interventions": draw(st.sampled_from([(), (schedule,)]))})


@compiled
@settings(max_examples=40, deadline=None)
@given(societies())
def test_both_engines_give_the_same_bits(parameters):
    assert_same_in_both_engines(parameters)


# Each that is alone is an engine to compile: every run compiles one of them, and that of all together.
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name != "fatigue" else []) for name in EXAMPLES]
)
@pytest.mark.filterwarnings("ignore:overflow encountered in scalar")  # draws wrap on purpose
def test_both_engines_give_the_same_bits_for_one_alone(name):
    assert_same_in_both_engines(extended(TOWN.changed({"seed": 5, "months": 8}), [EXAMPLES[name]]))


@each_example
def test_where_it_is_off_every_bit_is_as_usual(name):
    usual = lived(TOWN)
    model = lived(extended(TOWN, [EXAMPLES[name]]).changed(OFF[name]))
    assert model.metrics[USUAL].equals(usual.metrics)
    state = model.state()
    for column in usual.design.columns:
        both = [each.column(column.entity, column.name) for each in (state, usual.state())]
        assert np.array_equal(*both), column


@each_example
def test_where_it_is_on_the_society_is_another(name):
    assert not lived(extended(TOWN, [EXAMPLES[name]])).metrics[USUAL].equals(lived(TOWN).metrics)


@compiled
def test_all_of_them_off_in_the_engine_is_the_usual_engine():
    off = simulate([ALL_OFF], SEEDS)
    usual = simulate([TOWN], SEEDS)
    for name in USUAL:
        assert np.array_equal(off.measure(name), usual.measure(name)), name


@given(societies())
@settings(max_examples=10)
def test_state_variables_of_the_examples_stay_in_range(parameters):
    model = lived(parameters)
    state = model.state()
    moved = [column for column in model.design.columns if column.name in {"trust", "efficacy_collaborate"}]
    for column in (*model.design.columns[len(COLUMNS) :], *moved):
        values = state.column(column.entity, column.name)
        assert ((values >= 0) & (values <= 1)).all(), column


# What each says about people, over some towns.


@compiled
def test_those_who_engage_in_vain_tire_and_come_less():
    hopeless = {"engagement__collectiveness": 0.8, "months": 48}
    fresh, tired = (alone("fatigue", fatigue__weight=weight, **hopeless) for weight in (0.0, 1.0))
    many = simulate([fresh, tired], SEEDS)
    engaged = many.measure("engaged")[..., -12:].mean(axis=(1, 2))
    assert engaged[1] < 0.95 * engaged[0]
    assert (many.measure("fatigue_of_citizens")[1, :, -1] > 0.02).all()


def test_fatigue_grows_in_vain_and_fades_in_a_pause_as_a_geometric_series():
    model = EngagementModel(extended(TOWN.changed({"months": 12}), [EXAMPLES["fatigue"]]))
    expected = dict.fromkeys(range(60), 0.0)
    for _ in range(12):
        model.step()
        for citizen in model.citizens:
            before, in_vain = expected[citizen.row], citizen.engages and not citizen.outcome
            rate = 0.1 if citizen.engages else 0.05
            expected[citizen.row] = (1 - rate) * before + rate * in_vain
    assert [citizen.tiredness for citizen in model.citizens] == pytest.approx(list(expected.values()))
    assert max(expected.values()) > 0.1


@compiled
def test_success_in_one_district_makes_people_elsewhere_surer_and_scandals_make_them_trust_less():
    here = {"start": 2, "where": [0], "set": {"engagement.opened": 1, "engagement.outreach": 0.8}}
    town = {"interventions": (here,), "engagement__start": 100, "months": 36}
    unheard, heard = (alone("local_media", local_media__hearing=rate, **town) for rate in (0.0, 0.3))
    many = simulate([unheard, heard], SEEDS, Options(last_state=True))

    def elsewhere(point: int, name: str) -> np.ndarray:
        homes = np.repeat(range(3), 20)
        states = [many.states[RunKey(point, seed)] for seed in SEEDS]
        return np.array([state.column("citizen", name)[homes > 0, 0].mean() for state in states])

    success = many.measure("success_in_the_news")
    assert success[:, :, 4:].any()
    assert (elsewhere(1, "trust") < elsewhere(0, "trust")).all()
    assert np.corrcoef(elsewhere(1, "efficacy_collaborate"), success[1].mean(axis=1))[0, 1] > 0


def test_nobody_hears_of_the_own_district_from_its_medium():
    town = extended(TOWN.changed({"population.districts": 1}), [EXAMPLES["local_media"]])
    assert lived(town).metrics[USUAL].equals(lived(TOWN.changed({"population.districts": 1})).metrics)


@compiled
def test_who_always_errs_does_anything_all_alike():
    # Who is asked sees all four options, and nobody keeps a position.
    gates = {"citizens__spontaneity": 0.0, "citizens__uncalled": 1.0, "relations__escalation": 0.0}
    fickle = {"officials__reconsider": 1.0, "politicians__reconsider": 1.0}
    astray = alone("best_response", best_response__mistakes=1.0, **gates, **fickle, months=48)
    many = simulate([astray], range(1, 17))
    means = {name: many.measure(name).mean() for name in (*USUAL,)}
    for name in ("resist", "token", "accommodate", "cocreate"):
        assert means[name] == pytest.approx(1 / 4, abs=0.02)
    for name in ("patronage", "arms_length", "sponsor"):
        assert means[name] == pytest.approx(1 / 3, abs=0.03)
    assert means["collaborate"] == pytest.approx(means["asked"] / 4, abs=0.01)  # being asked is the gate
    assert means["client"] == pytest.approx(means["asked"] / 4 + (1 - means["asked"]) / 2, abs=0.01)


def test_who_never_errs_does_what_is_worth_most():
    without_errors = {"best_response.mistakes": 0.0, "citizens.uncalled": 1.0, "relations.escalation": 0.0}
    model = EngagementModel(extended(TOWN, [EXAMPLES["best_response"]]).changed(without_errors))
    phases = [*MONTH]
    choosing = phases.index("choose")
    for _ in range(6):
        model.step()
        for phase in phases[:choosing]:
            model.live(phase)
        worth = [{o: sum(t.values()) for o, t in citizen.reasons().items()} for citizen in model.citizens]
        model.live("choose")
        for citizen, options in zip(model.citizens, worth, strict=True):
            best = list(options)[citizen.strategy]
            if citizen.asked and model.parameters.citizens.summoned == 0:
                assert options[best] == max(options.values())
        for phase in phases[choosing + 1 :]:
            model.live(phase)
        model.month += 1


# What every mechanism can count on.


def test_the_order_in_which_they_are_named_is_kept_and_changes_no_usual_measure():
    first = None
    for order in permutations(EXAMPLES):
        parameters = extended(TOWN, [EXAMPLES[name] for name in order])
        assert tuple(each.name for each in parameters.mechanisms) == order
        assert list(parameters.model_dump())[-len(order) :] == list(order)
        metrics = lived(parameters).metrics[USUAL]
        first = metrics if first is None else first
        assert metrics.equals(first)


def test_steps_that_follow_the_same_step_are_taken_in_order():
    design = design_of(type(ALL))
    names = [step.name for step in design.steps]
    assert names.index("succeed") < names.index("tire") < names.index("count")
    assert names.index("adapt") < names.index("hear")


def test_steps_that_follow_one_step_keep_their_order_where_another_step_is_taken_with_it(tmp_path):
    file = tmp_path / "order.py"
    followed = {"first": "choose", "between": "be_asked", "last": "choose"}  # agents take both before others go on
    file.write_text(
        "from engagesim.mechanisms import follows, step, variable\nfrom engagesim.month import citizen\n"
        'mood = variable("citizen", "points", "Mood", start=0.0)\n'
        + "".join(
            f'@follows(citizen.{usual})\n@step("mood")\ndef {name}(me):\n    return me.mood + 1\n'
            for name, usual in followed.items()
        )
    )
    names = [step.name for step in design_of(type(extended(TOWN, file))).steps]
    assert names.index("choose") < names.index("first") < names.index("last")


def test_mechanisms_come_one_after_the_other_or_together():
    stepwise = TOWN
    for file in EXAMPLES.values():
        stepwise = extended(stepwise, file)
    assert stepwise == ALL
    assert type(stepwise) is type(ALL)
    assert extended(ALL, [EXAMPLES["fatigue"]]) is ALL


def test_what_was_changed_before_stays_when_another_comes():
    changed = extended(TOWN, EXAMPLES["fatigue"]).changed({"fatigue.rest": 0.2, "months": 5})
    both = extended(changed, EXAMPLES["local_media"])
    assert (both.fatigue.rest, both.months) == (0.2, 5)


def test_settings_and_measures_appear_beside_the_usual_ones():
    rows = {row.path: row for row in parameter_table(type(ALL))}
    assert rows["fatigue.rest"].default == 0.05
    assert rows["fatigue.rest"].source == "judgement"
    added = ["success_in_the_news", "scandals_in_the_news", "fatigue_of_citizens"]
    assert sorted(added) == sorted(lived(ALL.changed({"months": 2})).metrics.columns[len(USUAL) :])


def test_a_schedule_moves_a_setting_of_theirs():
    late = {"start": 6, "set": {"fatigue.weight": 1.0}}
    changes = {"fatigue.weight": 0.0, "interventions": (late,)}
    model = lived(extended(TOWN, EXAMPLES["fatigue"]).changed(changes))
    usual = lived(TOWN).metrics
    assert model.metrics[USUAL].loc[:5].equals(usual.loc[:5])
    assert not model.metrics[USUAL].equals(usual)


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - of our own


@pytest.mark.parametrize("twin", [copy.deepcopy, pickled])
def test_a_copy_goes_on_with_the_same_bits(twin):
    model = EngagementModel(ALL)
    for _ in range(5):
        model.step()
    other = twin(model)
    for each in (model, other):
        each.step()
    assert other.metrics.equals(model.metrics)
    assert other.state().same_as(model.state())


def test_a_snapshot_in_memory_goes_on_with_the_same_bits():
    model = EngagementModel(ALL)
    for _ in range(5):
        model.step()
    other = EngagementModel.restore(model.snapshot())
    for each in (model, other):
        each.step()
    assert other.metrics.equals(model.metrics)
    assert other.state().same_as(model.state())


def test_parameters_with_mechanisms_are_copied_and_pickled():
    assert pickled(ALL) == ALL
    assert copy.deepcopy(ALL) == ALL
