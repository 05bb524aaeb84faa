"""What Mesa promises of a model holds of a society, or is refused: it ends, its people stay, it is copied whole."""

from __future__ import annotations

import copy
import multiprocessing
import pickle  # noqa: TID251  # what Python itself does when it hands a society to another process
from concurrent.futures import ProcessPoolExecutor

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.experimental.scenarios import Scenario
from mesa.time import Schedule

from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Citizen, Official, Politician
from engagesim.errors import EngagementError, ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.rules import RULES
from engagesim.rules.vocabulary import ABSTAIN

SMALL = {"population__citizens": 40, "population__districts": 2, "population__providers": 2, "network__degree": 4}


def small(**changes) -> EngagementModel:
    return EngagementModel(**SMALL, months=6, **changes)


def lived(society: EngagementModel, months: int) -> EngagementModel:
    for _ in range(months):
        society.step()
    return society


def same(one: EngagementModel, other: EngagementModel) -> bool:
    return one.metrics.equals(other.metrics) and one.state().same_as(other.state())


def batch(parameters: dict, **options) -> pd.DataFrame:
    """What Mesa's runner returns."""
    return pd.DataFrame(mesa.batch_run(EngagementModel, parameters, display_progress=False, **options))


def pickled(society):
    return pickle.loads(pickle.dumps(society))  # noqa: S301  # our own


class Observer(mesa.Agent):
    """An agent of a user's own kind, who is none of the society's people."""

    def __init__(self, model: EngagementModel) -> None:
        super().__init__(model)
        self.seen: list[float] = []

    def look(self) -> None:
        self.seen.append(self.model.citizens[0].trust)


class Tired(Citizen):
    """Stays at home for good once it has engaged three times; how often is its own to know."""

    tries = 0

    def choose(self, noise: float) -> int:
        chosen = ABSTAIN if self.tries == 3 else super().choose(noise)
        self.tries += chosen != ABSTAIN
        return chosen


class Counted(EngagementModel):
    """A society that keeps a number of its own for every month."""

    def __init__(self, *parameters: Parameters, **options) -> None:
        super().__init__(*parameters, **options)
        self.tired: list[int] = []

    def step(self) -> None:
        super().step()
        self.tired.append(sum(getattr(citizen, "tries", 0) == 3 for citizen in self.citizens))


def everybody(*_: float) -> float:
    """Stand in for a rule: a chance of one."""
    return 1.0


def test_it_is_a_mesa_model_of_mesa_agents():
    society = small()
    assert isinstance(society, mesa.Model)
    assert len(society.agents) == society.wiring.agents
    assert [agent.unique_id for agent in society.agents] == [actor.row + 1 for actor in society.actors]
    assert {kind: len(agents) for kind, agents in society.agents_by_type.items()} == {
        Citizen: 40,
        Official: 6,
        Politician: 2,
    }


def test_sets_of_agents_answer_as_lists_do():
    society = lived(small(), 3)
    citizens = society.agents.select(agent_type=Citizen)
    trust = [citizen.trust for citizen in society.citizens]
    assert citizens.get("trust") == trust
    assert citizens.agg("trust", [min, max]) == [min(trust), max(trust)]
    assert citizens.map("reasons") == [citizen.reasons() for citizen in society.citizens]
    homes = citizens.groupby(lambda citizen: citizen.home.row).count()
    assert homes == {district.row: district.residents for district in society.districts}


class TestEnd:
    def test_a_run_ends_with_the_months_that_were_asked_for(self):
        society = small()
        society.run_model()
        assert (society.month, society.steps, society.time, society.running) == (6, 6, 6.0, False)

    def test_a_run_that_was_begun_by_hand_ends_there_as_well(self):
        society = lived(small(), 4)
        assert society.running
        society.run_model()
        assert society.month == 6

    def test_by_hand_a_society_lives_on(self):
        longer = lived(EngagementModel(**SMALL, months=9), 9)
        assert lived(small(), 9).metrics.equals(longer.metrics)
        beyond = small()
        beyond.run_for(4)
        beyond.run_until(9)
        assert beyond.metrics.equals(longer.metrics)
        assert not beyond.running

    def test_it_may_be_ended_earlier(self):
        class Impatient(EngagementModel):
            def step(self):
                super().step()
                self.running = self.month < 2

        society = Impatient(**SMALL, months=6)
        society.run_model()
        assert society.month == 2

    @pytest.mark.parametrize(("months", "options", "last"), [(5, {}, 5), (5, {"max_steps": 3}, 3)])
    def test_mesas_runner_ends_there_or_where_it_is_told(self, months, options, last):
        rows = batch({**SMALL, "months": months}, rng=[1], **options)
        assert rows["Step"].tolist() == [last]
        answer = lived(EngagementModel(**SMALL, months=months, rng=1), last).metrics
        assert rows[list(MEASURE_NAMES)].to_numpy().tolist() == answer.tail(1).to_numpy().tolist()


def removals(society: EngagementModel) -> dict:
    """Every way that Mesa has to take a citizen out."""
    citizen = society.citizens[3]
    everybody, citizens = society.agents, society.agents_by_type[Citizen]
    return {
        "agent.remove": citizen.remove,
        "deregister_agent": lambda: society.deregister_agent(citizen),
        "remove_all_agents": society.remove_all_agents,
        "set.remove": lambda: everybody.remove(citizen),
        "set.discard": lambda: everybody.discard(citizen),
        "set.pop": everybody.pop,
        "set.clear": everybody.clear,
        "set -=": lambda: everybody.__isub__([citizen]),
        "set &=": lambda: everybody.__iand__([citizen]),
        "select inplace": lambda: everybody.select(lambda agent: agent.row < 3, inplace=True),
        "by type": lambda: citizens.remove(citizen),
        "by type, select inplace": lambda: citizens.select(at_most=3, inplace=True),
        "do remove": lambda: everybody.do("remove"),
        "shuffle_do remove": lambda: citizens.shuffle_do("remove"),
        "of a selection": lambda: everybody.select(at_most=2).do("remove"),
        "official": society.officials[0].remove,
        "politician": society.politicians[0].remove,
    }


class TestPeopleStay:
    @pytest.mark.parametrize("way", removals(small()))
    def test_nobody_leaves(self, way):
        society = small()
        with pytest.raises(EngagementError, match=r"must stay.*population"):
            removals(society)[way]()
        assert list(society.agents) == society.actors
        assert [len(agents) for agents in society.agents_by_type.values()] == [40, 6, 2]
        assert same(lived(society, 3), lived(small(), 3))

    @pytest.mark.parametrize(
        "add",
        [
            lambda society: Citizen(society, 3, society.districts[0]),
            lambda society: Tired(society, 48, society.districts[0]),
            lambda society: Official.create_agents(society, 2, 40, society.districts[0], Official),
            lambda society: society.register_agent(society.citizens[0]),
            lambda society: society.agents.add(copy.copy(society.citizens[0])),
        ],
    )
    def test_nobody_joins(self, add):
        society = small()
        with pytest.raises(EngagementError, match=r"must exist from the start.*population"):
            add(society)
        assert [agent.unique_id for agent in society.agents] == list(range(1, 49))
        assert same(lived(society, 3), lived(small(), 3))

    def test_parts_of_the_set_may_be_put_together_anew(self):
        society = small()
        part = society.agents.select(agent_type=Citizen)
        part.remove(society.citizens[0])
        society.agents.sort("row", ascending=False, inplace=True)
        society.agents.shuffle(inplace=True)
        assert (len(part), len(society.agents)) == (39, 48)
        assert same(lived(society, 3), lived(small(), 3))

    def test_an_observer_comes_and_goes_and_nobody_takes_notice(self):
        society, plain = small(), lived(small(), 6)
        observer = Observer(society)
        assert (observer.unique_id, len(society.agents), society.agent_types[-1]) == (49, 49, Observer)
        for _ in range(3):
            society.step()
            society.agents.select(agent_type=Observer).do("look")
        observer.remove()
        assert list(society.agents) == society.actors
        assert len(observer.seen) == 3
        assert same(lived(society, 3), plain)


COPIES = {"pickle": pickled, "deepcopy": copy.deepcopy, "copy": copy.copy}


class TestCopied:
    @pytest.mark.parametrize("way", COPIES)
    @pytest.mark.parametrize("month", [0, 2])
    def test_a_copy_goes_on_with_the_same_numbers(self, way, month):
        society = lived(small(rng=5), month)
        twin = COPIES[way](society)
        assert same(twin, society)
        assert same(lived(twin, 4), lived(small(rng=5), month + 4))
        assert same(society, lived(small(rng=5), month))  # which did not live on with it
        collected = lived(society, 4).datacollector.get_model_vars_dataframe()
        assert twin.datacollector.get_model_vars_dataframe().equals(collected)
        assert (twin.time, twin.steps) == (society.time, society.steps)
        assert twin.random.random() == society.random.random()

    @pytest.mark.parametrize("way", COPIES)
    def test_everybody_in_a_copy_lives_in_it(self, way):
        society = small()
        twin = COPIES[way](society)
        assert list(twin.agents) == twin.actors == [*twin.citizens, *twin.officials, *twin.politicians]
        for actor, original in zip(twin.actors, society.actors, strict=True):
            assert actor is not original
            assert actor.model is twin
            assert actor.home is twin.districts[original.home.row]
            assert actor.neighbours == [twin.actors[near.row] for near in original.neighbours]
        with pytest.raises(EngagementError, match="must stay"):
            twin.citizens[0].remove()

    def test_a_long_chain_of_neighbours_is_copied(self):
        ring = {"population.citizens": 3000, "population.districts": 1, "network.degree": 2, "network.rewiring": 0.0}
        society = EngagementModel(Parameters().changed(ring))
        assert pickled(society).state().same_as(society.state())
        assert copy.deepcopy(society).state().same_as(society.state())

    @pytest.mark.parametrize("way", COPIES)
    def test_what_a_subclass_knows_is_copied(self, way):
        options = {**SMALL, "citizen": Tired, "citizens__spontaneity": 1.0}
        whole = lived(Counted(**options), 8)
        twin = lived(COPIES[way](lived(Counted(**options), 4)), 4)
        assert same(twin, whole)
        assert twin.tired == whole.tired
        assert max(whole.tired) > 0

    def test_replaced_rules_and_what_comes_from_files_is_copied(self, tmp_path):
        file = tmp_path / "ties.csv"
        file.write_text("source,target\n" + "".join(f"{k},{k + 1}\n" for k in range(39)))
        from_file = {"network__kind": "file", "network__file": str(file)}
        rules = RULES._replace(asked_chance=everybody)
        society = EngagementModel(**SMALL, **from_file, rules=rules)
        stored = pickle.dumps(society)
        file.unlink()
        twin = pickle.loads(stored)  # noqa: S301  # our own
        assert same(lived(twin, 4), lived(society, 4))
        assert twin.rules == rules
        assert (twin.metrics["asked"] == 1).all()

    def test_observers_and_what_is_planned_are_copied(self):
        society = small()
        observer = Observer(society)
        society.schedule_recurring(observer.look, Schedule(interval=1.0))
        society.run_for(2)
        twin = pickled(society)
        twin.run_for(3)
        society.run_for(3)
        assert list(twin.agents)[-1].seen == observer.seen
        assert len(observer.seen) == 5

    def test_an_agent_is_pickled_with_its_society(self):
        citizen = lived(small(), 2).citizens[4]
        twin = pickled(citizen)
        assert twin.model.citizens[4] is twin
        assert same(twin.model, citizen.model)

    def test_the_copy_of_an_agent_stays_as_it_was(self):
        society = lived(small(citizens__spontaneity=1.0), 2)
        before = [copy.copy(citizen) for citizen in society.citizens]
        trust = [citizen.trust for citizen in society.citizens]
        society.step()
        assert [citizen.trust for citizen in before] == trust
        assert [citizen.trust for citizen in society.citizens] != trust

    def test_a_society_goes_to_another_process_and_comes_back(self):
        society = lived(small(), 2)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            there = pool.submit(EngagementModel.snapshot, society).result()
            back = pool.submit(copy.copy, society).result()
        assert there.state.same_as(society.state())
        assert same(lived(back, 2), lived(society, 2))


class TestResumed:
    def test_mesas_clock_goes_on_where_it_stood(self):
        society = EngagementModel.restore(lived(small(), 4).snapshot())
        assert (society.time, society.steps, society.month) == (4.0, 4, 4)
        society.run_until(5)
        assert society.month == 5
        society.run_model()
        assert society.month == 6
        assert not EngagementModel.restore(society.snapshot()).running

    def test_the_collector_names_the_months_that_were_lived(self):
        whole = lived(small(), 5)
        resumed = lived(EngagementModel.restore(lived(small(), 3).snapshot()), 2)
        assert resumed.datacollector._collection_steps == whole.datacollector._collection_steps

    def test_what_only_the_past_could_have_told_is_missing(self):
        class Own(EngagementModel):
            def __init__(self, *parameters, **options):
                super().__init__(*parameters, **options)
                self.datacollector = mesa.DataCollector(
                    {"mean_trust": lambda society: society.agents_by_type[Citizen].agg("trust", np.mean)},
                    {"home": lambda agent: agent.home.row},
                )

        whole = lived(Own(**SMALL), 5).datacollector.get_model_vars_dataframe()
        resumed = lived(Own.restore(lived(Own(**SMALL), 3).snapshot()), 2).datacollector
        collected = resumed.get_model_vars_dataframe()
        assert collected["mean_trust"].isna().tolist() == [True, True, True, False, False]
        assert collected.tail(2).equals(whole.tail(2))
        assert sorted(set(resumed.get_agent_vars_dataframe().index.get_level_values("Step"))) == [4, 5]


class TestNames:
    @pytest.mark.parametrize("name", ["rng", "seed"])
    @pytest.mark.parametrize("seed", [0, 7, np.int64(7), np.uint8(7), "7", 4_294_967_295])
    def test_a_seed_is_taken_by_either_name(self, name, seed):
        society = EngagementModel(Parameters().changed({"seed": 3}), **SMALL, **{name: seed})
        assert society.parameters.seed == int(seed)

    @pytest.mark.parametrize(
        "make",
        [
            lambda: np.random.default_rng(5),
            lambda: np.random.PCG64(5),
            lambda: np.random.SeedSequence(5),
            lambda: [1, 2, 3],
            lambda: np.array([1, 2, 3]),
        ],
    )
    def test_what_numpy_makes_a_generator_of_decides_the_seed(self, make):
        one, other = (lived(small(rng=make()), 3) for _ in range(2))
        assert same(one, other)
        assert one.parameters.seed != Parameters().seed

    def test_a_generator_gives_each_society_another_seed(self):
        generator = np.random.default_rng(5)
        assert len({small(rng=generator).parameters.seed for _ in range(5)}) == 5

    def test_no_seed_is_another_each_time_and_is_kept(self):
        societies = [small(rng=None) for _ in range(5)]
        assert len({society.parameters.seed for society in societies}) == 5
        assert same(lived(small(rng=societies[0].parameters.seed), 2), lived(societies[0], 2))

    @pytest.mark.parametrize("rng", [-1, 2**32, 3.5, "seven", [-1], {"a": 1}, object()])
    def test_what_is_no_seed_is_refused(self, rng):
        with pytest.raises(ParameterError, match=r"(seed|rng) = .*must be"):
            small(rng=rng)

    def test_two_seeds_are_refused(self):
        with pytest.raises(ParameterError, match="rng, seed: must be"):
            small(rng=1, seed=2)

    @pytest.mark.filterwarnings("ignore:The `iterations`:DeprecationWarning")
    @pytest.mark.parametrize("options", [{"rng": [None] * 3}, {"iterations": 3}])
    def test_replicates_of_mesas_runner_differ(self, options):
        rows = batch({**SMALL, "months": 1}, **options)
        assert rows["quality"].nunique() == 3

    def test_seeds_may_be_swept_like_any_parameter(self):
        swept = batch({**SMALL, "months": 4, "seed": [1, 2]})
        assert swept["trust"].tolist() == batch({**SMALL, "months": 4}, rng=[1, 2])["trust"].tolist()
        assert swept["trust"].nunique() == 2

    def test_mesas_runner_on_two_processes_gives_the_same_rows(self):
        grid = {**SMALL, "months": 4, "incentives.patronage": np.array([0.1, 0.5]), "citizen": [Citizen, Tired]}
        one, two = (
            batch(grid, rng=[1, 2], data_collection_period=2, number_processes=processes) for processes in (1, 2)
        )
        assert two.sort_values(["RunId", "Step"]).reset_index(drop=True).equals(one)
        for (patronage, citizen, seed), rows in one.groupby(["incentives.patronage", "citizen", "rng"], sort=False):
            answer = lived(EngagementModel(**SMALL, incentives__patronage=patronage, citizen=citizen, rng=int(seed)), 4)
            assert rows["Step"].tolist() == [1, 3]
            assert np.array_equal(rows[list(MEASURE_NAMES)].to_numpy(), answer.metrics.to_numpy()[[0, 2]])

    def test_mesas_runner_takes_parameters_and_rules_in_a_list(self):
        town = Parameters().changed({path.replace("__", "."): value for path, value in SMALL.items()} | {"months": 3})
        rows = batch({"parameters": [town], "rules": [RULES, RULES._replace(asked_chance=everybody)]}, rng=[1])
        assert len(rows) == 2
        assert rows["trust"][0] == lived(EngagementModel(town), 3).metrics["trust"][2]

    def test_a_scenario_of_mesa_says_what_it_differs_in(self):
        class Town(Scenario):
            population__citizens: int = 40
            population__districts: int = 2
            incentives__patronage: float = 0.1

        scenario = Town(rng=4, incentives__patronage=0.2)
        society = EngagementModel(scenario=scenario, incentives__patronage=0.5)
        assert (society.parameters.population.citizens, society.parameters.seed) == (40, 4)
        assert society.parameters.incentives.patronage == 0.5
        assert society.scenario is scenario
        assert scenario.model is society
        assert EngagementModel(scenario=Town(), seed=9).parameters.seed == 9
        assert EngagementModel(scenario=Town()).parameters.seed == Parameters().seed

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"incentives__patronge": 0.1}, r"incentives\.patronge.*'incentives\.patronage'"),
            ({"population__citizens": -5}, r"population\.citizens = -5"),
            ({"max_steps": 5}, "max_steps: no such parameter"),
            ({"parameters": {"seed": 1}}, "parameters = .*must be Parameters"),
            ({"parameters": ("name", "society")}, "parameters = .*in a list"),
            ({"scenario": "contested_reform"}, "scenario = 'contested_reform': must be a Scenario of Mesa"),
            ({"scenario": Scenario(density=0.5)}, "density: no such parameter"),
            ({"rules": {}}, "rules = .*RULES"),
            ({"rules": RULES._replace(asked_chance=0.5)}, r"rules\.asked_chance = 0\.5: must be a function"),
            ({"citizen": Official}, "citizen = .*must be Citizen"),
            ({"official": None}, "official = None: must be Official"),
            ({"politician": mesa.Agent}, "politician = .*must be Politician"),
        ],
    )
    def test_what_is_passed_by_name_is_checked(self, options, message):
        with pytest.raises(ParameterError, match=message) as refused:
            EngagementModel(**options)
        assert "\n" not in str(refused.value)


class Fails:
    """A rule that raises when it is called for the n-th time, and not after."""

    def __init__(self, call: int, error: type[BaseException]) -> None:
        self.left, self.error = call, error

    def __call__(self, *arguments):
        self.left -= 1
        if self.left == 0:
            raise self.error("a mistake in a rule")
        return RULES.asked_chance(*arguments)


class TestBrokenOff:
    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
    def test_a_society_does_not_go_on_from_the_middle_of_a_month(self, error):
        society = small(rules=RULES._replace(asked_chance=Fails(100, error)))
        lived(society, 2)
        before = copy.deepcopy(society)
        with pytest.raises(error, match="a mistake"):
            society.step()
        for go_on in (society.step, society.run_model, lambda: society.run_for(2), society.snapshot):
            with pytest.raises(EngagementError, match="month = 2: must end before the next one"):
                go_on()
        assert len(society.metrics) == 2
        mended = EngagementModel.restore(before.snapshot())
        assert same(lived(mended, 2), lived(small(), 4))

    def test_a_month_that_was_lived_can_be_kept_although_what_came_after_it_failed(self):
        class Careless(EngagementModel):
            def step(self):
                super().step()
                raise LookupError("a mistake after the month")

        society = Careless(**SMALL)
        with pytest.raises(LookupError):
            society.step()
        with pytest.raises(EngagementError, match="month = 0"):
            society.step()
        assert same(EngagementModel.restore(society.snapshot()), lived(EngagementModel(**SMALL), 1))
