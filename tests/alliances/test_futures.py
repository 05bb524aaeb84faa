"""Futures of a district: the society that goes on, levers that end with the person, and the same noise for all."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from engagesim import Parameters, simulate
from engagesim.alliances.futures import DEFECT, TRANSFER, Future, Horizon, Step, stored
from engagesim.alliances.levers import Change, Lever, limits, read_levers
from engagesim.alliances.standing import standings
from engagesim.alliances.today import Ground, drawn, of_snapshot
from engagesim.configs import config_folder
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import ParameterError, StoreError
from engagesim.mechanisms.design import design_of
from engagesim.society.state import COLUMNS
from engagesim.study.intervention_packages import read_catalogue

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

TODAY, HORIZON = 12, Horizon(24, 6)


@cache
def hamlet() -> Parameters:
    return Parameters().changed(
        {
            "population.citizens": 60, "population.districts": 2, "population.providers": 2,
            "engagement.opened": 1, "engagement.voice": 0.8, "engagement.teeth": 0.7, "engagement.outreach": 0.4,
            "engagement.collectiveness": 0.8, "engagement.start": 0, "coalitions.citizens": 0.02,
        }
    )  # fmt: skip


@cache
def levers() -> tuple[Lever, ...]:
    return read_levers(read_catalogue(config_folder()))


def future(*, horizon: Horizon = HORIZON, threads: int = 2, more: tuple[Lever, ...] = (), **changes) -> Future:
    ground = Ground(drawn(hamlet().changed(changes), [{}], TODAY))
    return Future(ground, (*levers(), *more), horizon, threads=threads)


def watching(name: str, column: str, months: int) -> Lever:
    return Lever(name, "", "", 0.0, "", months, {"manager": (Change(column, "add", 0.3),)})


def test_a_future_in_which_nothing_is_done_is_the_society_that_goes_on():
    found = future().of(range(1, 9), [()])
    for number in range(1, 9):
        whole = hamlet().changed({"months": TODAY + HORIZON.months, "seed": hamlet().seed + number - 1})
        society = LiveSociety(whole)
        society.step(TODAY)
        stood = []
        for _ in range(HORIZON.months):
            society.step()
            stood.append(int(society.state.column("district", "coalition")[0, 0]))
        runs = "".join(map(str, stood)).split("0")
        assert found.stands[number - 1, 0] == np.mean(stood)
        assert found.holds[number - 1, 0] == (max(map(len, runs)) >= HORIZON.holds)


def test_a_snapshot_goes_on_as_the_society_it_was_taken_of_where_the_noise_is_its_own():
    society = LiveSociety(hamlet())
    society.step(TODAY)
    ground = Ground(of_snapshot(society.snapshot()))
    one = ground.society(1)._replace(noise=hamlet().seed)
    ground._known[1] = one
    stands = Future(ground, levers(), HORIZON).of([1], [()]).stands[0, 0]
    months = simulate([hamlet().changed({"months": TODAY + HORIZON.months})], [hamlet().seed])
    society.step(HORIZON.months)
    assert np.array_equal(society.metrics, months.metrics[0, 0])
    stood = []
    again = LiveSociety(hamlet())
    again.step(TODAY)
    for _ in range(HORIZON.months):
        again.step()
        stood.append(int(again.state.column("district", "coalition")[0, 0]))
    assert stands == np.mean(stood)


@pytest.mark.parametrize("harm", [lambda some: some.update(citizen=some["citizen"][:, :1]), lambda some: some.clear()])
def test_a_damaged_snapshot_is_refused_before_anything_is_simulated(harm):
    society = LiveSociety(hamlet())
    society.step(2)
    snapshot = society.snapshot()
    harm(snapshot.state.numbers)
    with pytest.raises(StoreError, match=r"snapshot: numbers.* must "):
        of_snapshot(snapshot)


def test_interventions_that_react_go_on_reacting_in_every_future():
    react = {"name": "press", "start": 0, "when": {"observed": "token_answers", "at_least": 0.5, "months": 3},
             "lasts": 5, "add": {"engagement.teeth": 0.3, "engagement.attribution": 0.5}}  # fmt: skip
    parameters = hamlet().changed({"interventions": [react]})
    protected = (Step("manager", "protect", 3),)
    made = Future(Ground(drawn(parameters, [{}], TODAY)), levers(), HORIZON)
    found = made.of(range(1, 7), [(), protected])
    for number in range(1, 7):
        society = LiveSociety(parameters.changed({"seed": parameters.seed + number - 1}))
        society.step(TODAY)
        stored = Ground(of_snapshot(society.snapshot()))
        stored._known[1] = stored.society(1)._replace(noise=society.parameters.seed)
        again = Future(stored, levers(), HORIZON).of([1], [(), protected])
        stood = []
        for _ in range(HORIZON.months):
            society.step()
            stood.append(int(society.state.column("district", "coalition")[0, 0]))
        assert found.stands[number - 1, 0] == again.stands[0, 0] == np.mean(stood)
        posts = len(made.ground.actors) - len([actor for actor in made.ground.actors if actor.entity == "citizen"])
        assert np.array_equal(found.belongs[number - 1, :, :posts], again.belongs[0, :, :posts])


def test_the_same_question_gives_the_same_bits_however_many_threads_and_paths_at_a_time():
    paths = [(), (Step("manager", "brief", 0),), (Step("provider 1", "promise", 2), Step("politician", "promise", 4))]
    one, many = future(threads=1).of(range(1, 7), paths), future(threads=4).of(range(1, 7), paths * 30)
    for name in one._fields:
        assert np.array_equal(getattr(one, name), getattr(many, name)[:, : len(paths)])
        assert np.array_equal(getattr(one, name), getattr(many, name)[:, -len(paths) :])


@pytest.mark.parametrize("harm", [lambda b: b"", lambda b: b[:-8], lambda b: b[:-8] + b"anything"])
def test_a_stored_batch_that_is_damaged_is_simulated_again(tmp_path, harm):
    asked = range(1, 4), [(), (Step("manager", "brief", 0),)]
    lives = stored(future().of, tmp_path)
    found = lives(*asked)
    (batch,) = tmp_path.iterdir()
    batch.write_bytes(harm(batch.read_bytes()))
    for one, other in zip(lives(*asked), found, strict=True):
        assert np.array_equal(one, other)


def test_a_lever_that_changes_nothing_changes_no_future():
    idle = Lever("idle", "", "", 500.0, "", 12, {"manager": (Change("morale", "add", 0.0),)})
    found = future(more=(idle,)).of(range(1, 9), [(), (Step("manager", "idle", 0),)])
    for values in found:
        assert np.array_equal(values[:, 0], values[:, 1])


def test_what_a_lever_moves_stays_within_its_range_and_exists():
    for lever in levers():
        for kind, changes in lever.changes.items():
            for change in changes:
                entity = {"users": "citizen", "brokers": "citizen", "politician": "politician"}.get(kind, "official")
                assert any((c.entity, c.name) == (entity, change.column) for c in COLUMNS)
                low, high = limits(entity, change.column)
                assert low < high


def lived(path, months=18, number=1, **changes):
    """Return the state of each month of one society on a path, with the columns of the manager and the politician."""
    made = future(horizon=Horizon(months, 6), **changes)
    seen = []
    society = made.ground.society(number)
    from engagesim.alliances.futures import _Acts
    from engagesim.engines.compiled.ensemble import engine_for
    from engagesim.mechanisms.design import design_of

    batch = made._begun(society, [path])
    view = batch.state.column
    acts = _Acts(made, society, batch, view, [path])
    engine = engine_for(design_of(type(society.parameters)))
    for month in range(months):
        acts.begin(month)
        engine.live(society.month + month, society.month + month + 1, batch.world, batch.tallies[:1])
        seen.append(batch.state.copy())
    return seen


def test_a_lever_on_a_post_ends_when_the_post_changes_hands():
    path = (Step("manager", "introduce", 0), Step("manager", "recognise", 0), Step("manager", TRANSFER, 5))
    start = future().ground.society(1).state.column("official", "threshold")[0, 0]
    states = lived(path)
    thresholds = [state.column("official", "threshold")[0, 0] for state in states]
    leaves = [state.column("official", "refilled")[0, 0] for state in states]
    assert thresholds[0] == pytest.approx(0.65 * start)
    assert not any(leaves[:5])
    assert thresholds[4] == thresholds[0]
    assert thresholds[5] == start
    assert states[5].column("official", "tenure")[0, 0] <= 1


@pytest.mark.parametrize("number", range(1, 6))
def test_a_transfer_brings_the_newcomer_whom_the_month_itself_would_bring(number):
    merit = {"incentives.merit_protection": 1.0, "number": number, "months": 4}
    moved = lived((Step("manager", TRANSFER, 3),), **{**merit, "incentives.turnover": 0.0})
    always = lived((), **{**merit, "incentives.turnover": 1.0})
    for column in ("disposition", "ability", "loyalty"):
        assert moved[3].column("official", column)[0, 0] == always[3].column("official", column)[0, 0]
    assert moved[3].column("official", "ability")[0, 0] != moved[2].column("official", "ability")[0, 0]


def test_where_many_engage_a_new_politician_is_more_programmatic():
    settings = {"politicians.newcomer_spread": 0.0, "politicians.newcomer_pull": 2.0}
    states = lived((Step("politician", TRANSFER, 3),), 4, number=3, **settings)
    engaged = states[2].column("district", "engaged")[0, 0]
    assert states[3].column("politician", "orientation")[0, 0] == min(1.0, 2.0 * engaged) > 0


def test_who_defects_never_belongs_again():
    path = (Step("politician", DEFECT, 3), Step("users 1", "introduce", 0), Step("users 1", DEFECT, 6))
    states = lived(path)
    rows = future().ground.rows(future().ground.society(1), future().ground.actors[4])
    assert not any(state.column("politician", "member")[0, 0] for state in states[3:])
    assert all(state.column("citizen", "member")[rows, 0].any() for state in states[:2])
    assert not any(state.column("citizen", "member")[rows, 0].any() for state in states[6:])


def test_protection_opens_the_intervention_in_the_district_alone_and_for_its_months():
    made = future()
    society = made.ground.society(1)
    batch = made._begun(society, [(), (Step("manager", "protect", 3),)])
    (opened,) = made.levers["protect"].interventions
    place = next(iter(opened.add))
    from engagesim.policy import setting_rows

    row = setting_rows(type(society.parameters))[place]
    before, during = batch.world.policy.settings(TODAY + 2), batch.world.policy.settings(TODAY + 3)
    after = batch.world.policy.settings(TODAY + 3 + made.levers["protect"].months)
    assert np.array_equal(before[row, :, 0], before[row, :, 1])
    assert during[row, 0, 1] < during[row, 0, 0]
    assert during[row, 1, 1] == during[row, 1, 0]
    assert np.array_equal(after[row, :, 0], after[row, :, 1])


def test_a_district_that_is_not_there_is_refused_in_one_line():
    with pytest.raises(ParameterError, match="district = '2': must be a whole number from 0 to 1"):
        Ground(drawn(hamlet(), [{}], 0), "2")


def test_a_society_in_which_all_users_belong_says_nothing_of_those_who_do_not_and_counts_as_won():
    def source(number):
        return drawn(hamlet().changed({} if number == 1 else {"population.members": 1.0}), [{}], 0)(number)

    ground = Ground(source)
    for one, both in zip(standings(ground, [1]), standings(ground, [1, 2]), strict=True):
        if one.actor.entity == "citizen":
            assert repr(both) == repr(one._replace(people=one.people / 2))
    belongs = Future(ground, levers(), Horizon(3, 2)).of([2], [()]).belongs[0, 0]
    assert [share for actor, share in zip(ground.actors, belongs, strict=True) if actor.entity == "citizen"] == [1] * 3


def test_a_cost_of_no_lever_is_refused_with_the_nearest_name():
    with pytest.raises(ParameterError, match=r"costs = 'brif': must be .* did you mean 'brief'"):
        read_levers(read_catalogue(config_folder()), {"brif": 1})
    with pytest.raises(ParameterError, match=r"costs.brief = -1: must be a number from 0"):
        read_levers(read_catalogue(config_folder()), {"brief": -1})


def test_futures_side_by_side_share_nothing_that_a_month_writes():
    society = LiveSociety(hamlet())
    society.step(TODAY)
    one = of_snapshot(society.snapshot())(1)
    arrays = {name: each for name, each in one.batch.world._asdict().items() if isinstance(each, np.ndarray)}
    before = {name: each.copy() for name, each in arrays.items()}
    wide = one.batch.repeated(8)
    engine = engine_for(design_of(type(one.parameters)))
    for month in range(one.month, one.month + 3):
        engine.live(month, month + 1, wide.world, wide.tallies[:1])
    for name, each in arrays.items():
        np.testing.assert_array_equal(each, before[name], err_msg=name)
