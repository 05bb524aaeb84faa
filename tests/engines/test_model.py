"""The society as a Mesa model: repeatable, bounded, moved by a policy only where and when it acts, open to change."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.parameters import SETTINGS, Parameters
from engagesim.rules import RULES
from engagesim.rules.vocabulary import COLLABORATE, CONFRONT, Response, Stance, Strategy
from engagesim.society.state import COLUMNS, Column

YEAR = 12


def lived(parameters: Parameters, months: int = YEAR, **options) -> EngagementModel:
    """Return a society that has lived some months."""
    model = EngagementModel(parameters, **options)
    for _ in range(months):
        model.step()
    return model


def same(one: EngagementModel, other: EngagementModel) -> bool:
    """Whether two societies have the same history and the same state, to the bit."""
    return one.metrics.equals(other.metrics) and one.state().same_as(other.state())


class TestRepeatable:
    def test_the_same_seed_gives_the_same_society(self, tiny):
        assert same(lived(tiny), lived(tiny))

    def test_another_seed_gives_another(self, tiny):
        assert not same(lived(tiny), lived(tiny.changed({"seed": 2})))

    def test_a_society_goes_on_from_its_state(self, tiny):
        whole = lived(tiny, YEAR)
        first = lived(tiny, 5)
        second = EngagementModel(tiny)
        second.put(first.state())
        second.month = first.month
        for _ in range(YEAR - 5):
            second.step()
        assert second.state().same_as(whole.state())
        assert np.array_equal(second.metrics.to_numpy(), whole.metrics.to_numpy()[5:])

    def test_to_look_at_a_society_does_not_change_it(self, tiny):
        watched = EngagementModel(tiny)
        for _ in range(YEAR):
            watched.step()
            _ = watched.state(), watched.metrics, watched.graph
            _ = [actor.reasons() for actor in watched.actors]
        assert same(watched, lived(tiny))


def ends(setting) -> st.SearchStrategy[float]:
    return st.sampled_from([setting.low, setting.high])


EXTREMES = st.fixed_dictionaries(
    {"seed": st.integers(0, 2**32 - 1)}, optional={setting.path: ends(setting) for setting in SETTINGS}
)
OPEN_ENDED = {"value of quality", "1 = usual caseload", "1 = usual", "odds"}
"""Units of numbers that are not held to the scale from 0 to 1."""
CHOICES = {"Strategy": set(Strategy), "Response": set(Response), "Stance": set(Stance), "0 or 1": {0, 1}}


SUMS = {"aggrieved", "trusting"}
"""States of service points that are summed over their users."""


def within_range(column: Column, values: np.ndarray) -> bool:
    if column.name in SUMS:
        return bool((values >= 0).all())
    if column.unit in CHOICES:
        return set(values.ravel().tolist()) <= CHOICES[column.unit]
    if column.kind == "number" and column.unit not in OPEN_ENDED:
        return bool(((values >= 0) & (values <= 1)).all())
    return bool(np.isfinite(values).all() and (values >= -1).all()) or column.unit == "value of quality"


def small(changes) -> Parameters:
    size = {"population.citizens": 24, "population.districts": 2, "population.providers": 2, "network.degree": 4}
    return Parameters().changed({**size, "engagement.start": 1, "incentives.term": 6, **changes})


class TestInvariants:
    @given(EXTREMES)
    def test_every_state_stays_in_its_range(self, changes):
        model = lived(small(changes), 8)
        state = model.state()
        for column in COLUMNS:
            values = state.column(column.entity, column.name)
            assert np.isfinite(values).all(), column.name
            assert within_range(column, values), column.name
        assert np.isfinite(model.metrics.to_numpy()).all()

    @given(EXTREMES)
    def test_everybody_does_one_thing_a_month(self, changes):
        metrics = lived(small(changes), 8).metrics
        for options in (
            ["abstain", "collaborate", "confront", "client"],
            [response.name.lower() for response in Response],
            [stance.name.lower() for stance in Stance],
        ):
            assert metrics[options].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-12)
            assert ((metrics[options] >= 0) & (metrics[options] <= 1)).all(axis=None)

    @given(EXTREMES)
    def test_the_manager_knows_the_grievances_of_the_whole_district(self, changes):
        model = lived(small(changes), 3)
        for district in model.districts:
            there = sum(provider.aggrieved for provider in district.providing)
            assert district.manager.aggrieved == pytest.approx(there)

    @given(EXTREMES)
    def test_cases_are_counted_once_at_the_counter_and_once_at_the_manager(self, changes):
        model = lived(small(changes), 6)
        for desk in (
            [official for district in model.districts for official in district.providing],
            [district.manager for district in model.districts],
        ):
            for strategy, case in ((COLLABORATE, "collaborating"), (CONFRONT, "confronting")):
                choosing = [citizen for citizen in model.citizens if citizen.strategy == strategy]
                assert sum(getattr(official, case) for official in desk) == len(choosing)
            successes = [citizen for citizen in model.citizens if citizen.engages and citizen.outcome == 1]
            assert sum(official.succeeded for official in desk) == len(successes)
            assert sum(official.served for official in desk) == len(model.citizens)

    @given(EXTREMES)
    def test_nobody_is_in_a_coalition_without_having_joined_one_that_stands(self, changes):
        model = EngagementModel(small(changes))
        for _ in range(8):
            model.step()
            for actor in model.actors:
                joined = actor.post.member if actor in model.citizens else actor.member
                assert actor.in_coalition == bool(actor.home.coalition and actor.member and joined)

    @given(EXTREMES)
    def test_officials_and_politicians_keep_a_position_until_they_reconsider(self, changes):
        model = EngagementModel(small(changes))
        for month in range(8):
            before = [official.response for official in model.officials], [p.stance for p in model.politicians]
            had_mandate = [politician.mandate for politician in model.politicians]
            model.step()
            for official, response in zip(model.officials, before[0], strict=True):
                assert official.response == response or official.reconsiders
                assert official.reconsiders or (month and not official.refilled)
            if model.parameters.politicians.reconsider == 0:
                for politician, stance, mandate in zip(model.politicians, before[1], had_mandate, strict=True):
                    assert politician.stance == stance or mandate

    @given(EXTREMES)
    @settings(max_examples=10)
    def test_the_social_graph_and_what_is_fixed_stay(self, changes):
        model = EngagementModel(small(changes))
        graph, before = model.wiring.graph(), model.state()
        for _ in range(8):
            model.step()
        assert nx.utils.graphs_equal(model.wiring.graph(), graph)
        assert len(model.agents) == model.wiring.agents
        for column in COLUMNS:
            if column.fixed:
                now, then = (state.column(column.entity, column.name) for state in (model.state(), before))
                assert np.array_equal(now, then), column.name

    @given(EXTREMES)
    def test_neighbours_are_counted_as_the_graph_has_them(self, changes):
        model = lived(small(changes), 5)
        for citizen in model.citizens:
            peers = [near for near, tie in model.graph[citizen.row].items() if tie["tie"] == "peer"]
            strategies = [model.citizens[peer].strategy for peer in peers]
            assert citizen.engaged_neighbours == strategies.count(COLLABORATE) + strategies.count(CONFRONT)
            assert citizen.client_neighbours == strategies.count(Strategy.CLIENT)

    def test_a_change_of_party_reshuffles_posts_once(self, tiny):
        loose = {"incentives.reshuffle": 1.0, "incentives.merit_protection": 0.0, "politicians.settling": 1.0}
        quiet = {"incentives.turnover": 0.0, "incentives.purge": 0.0, "politicians.reconsider": 0.0}
        quiet |= {"incentives.staggered": 0.0}
        voted_out = RULES._replace(reelection_chance=lambda *_: 0.0)
        turnover = lived(tiny.changed({**loose, **quiet}), 2 * YEAR, rules=voted_out).metrics["turnover"]
        term = tiny.incentives.term
        assert turnover.tolist() == [float(month > 0 and month % term == 0) for month in range(2 * YEAR)]

    def test_elections_are_on_one_day_or_spread_over_the_term(self, tiny):
        many = tiny.changed({"population.districts": 20, "incentives.term": 12})
        together, spread = (
            lived(many.changed({"incentives.staggered": share}), 2 * YEAR).metrics["elections"] for share in (0.0, 1.0)
        )
        assert together.tolist() == [float(month % 12 == 11) for month in range(2 * YEAR)]
        assert spread[:12].sum() == pytest.approx(1), "each district votes once a term"
        assert spread.max() < 0.5
        assert spread[:12].tolist() == spread[12:].tolist()

    def test_months_are_numbered_from_0(self, tiny):
        model = lived(tiny, 3)
        assert model.month == 3
        assert model.metrics.index.tolist() == [0, 1, 2]


class TestPolicy:
    """Societies that differ in a policy share their noise, agent by agent."""

    @given(start=st.integers(1, 6), setting=st.sampled_from(SETTINGS), high=st.booleans())
    def test_it_changes_nothing_before_it_starts(self, start, setting, high):
        plain = small({"engagement.start": 0, "engagement.outreach": 0.5})
        entry = {"start": start, "set": {setting.path: setting.high if high else setting.low}}
        assert same(lived(plain, start), lived(plain.changed({"interventions": [entry]}), start))

    def test_it_changes_something_once_it_starts(self, tiny):
        moved = tiny.changed({"interventions": [{"start": 5, "set": {"citizens.spontaneity": 1.0}}]})
        assert same(lived(tiny, 5), lived(moved, 5))
        assert not same(lived(tiny, 6), lived(moved, 6))

    @given(
        setting=st.sampled_from([s for s in SETTINGS if not s.path.startswith("engagement.")]),
        group=st.sampled_from(["trends", "interventions"]),
    )
    @settings(max_examples=20)
    def test_to_set_what_is_so_already_changes_nothing(self, setting, group):
        plain = small({"engagement.where": 0.5})
        group_name, name = setting.path.split(".")
        present = getattr(getattr(plain, group_name), name)
        entry = {"start": 2, "ramp": 3, "set": {setting.path: present}}
        assert same(lived(plain, 8), lived(plain.changed({group: [entry]}), 8))

    @given(setting=st.sampled_from(SETTINGS), group=st.sampled_from(["trends", "interventions"]))
    @settings(max_examples=20)
    def test_to_add_nothing_changes_nothing(self, setting, group):
        plain = small({"engagement.outreach": 0.5, "engagement.opened": 1})
        entry = {"start": 2, "where": [1], "add": {setting.path: 0.0}}
        assert same(lived(plain, 8), lived(plain.changed({group: [entry]}), 8))

    def test_districts_without_ties_to_it_do_not_notice(self, tiny):
        # Homophily 1 and no professional ties make islands of the districts.
        islands = tiny.changed({"network.kind": "stochastic_block", "network.homophily": 1.0, "network.profession": 0})
        moved = islands.changed({"interventions": [{"start": 3, "where": [0], "set": {"citizens.spontaneity": 1.0}}]})
        plain, touched = lived(islands), lived(moved)
        notices = {
            here.home.row
            for here, there in zip(plain.citizens, touched.citizens, strict=True)
            if (here.strategy, here.trust, here.aspiration) != (there.strategy, there.trust, there.aspiration)
        }
        assert notices == {0}
        assert [d.quality for d in plain.districts[1:]] == [d.quality for d in touched.districts[1:]]
