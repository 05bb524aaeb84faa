"""The log of events: the same in both engines, and it agrees with the measures and with itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim import EngagementModel, Parameters, Snapshot, load, sweep
from engagesim.engines.compiled import Options, simulate
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import ParameterError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import SETTINGS
from engagesim.rules.vocabulary import Ending
from engagesim.society.events import CAUSES, EVENT_COLUMNS, KIND_NAMES, KINDS, POSITIONS, event_table

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

BUSY = {
    "population.citizens": 60, "population.districts": 3, "population.providers": 2, "months": 16,
    "incentives.term": 6, "engagement.start": 3, "engagement.opened": 1, "engagement.voice": 0.8,
    "engagement.collectiveness": 0.8, "organisations.reconsider": 0.4, "relations.answering": 0.5,
    "relations.demanding": 0.6, "relations.due": 3, "coalitions.officials": 0.3, "coalitions.citizens": 0.1,
}  # fmt: skip
"""A small society in which much happens."""

COUNTED = {
    "demand": "demands", "promise": "promises", "promise_kept": "promises_kept", "promise_broken": "promises_broken",
    "demand_given_up": "given_up", "dispute_escalated": "confrontations",
}  # fmt: skip
"""Kinds of events that a measure counts, too, per service point and month."""


@st.composite
def societies(draw: st.DrawFn) -> Parameters:
    """Busy societies of other sizes, with some settings anywhere in their range."""
    changes = dict(BUSY)
    for setting in draw(st.lists(st.sampled_from(SETTINGS), max_size=10, unique=True)):
        changes[setting.path] = setting.low + draw(st.floats(0, 1)) * (setting.high - setting.low)
    changes["population.districts"] = draw(st.integers(1, 4))
    changes["population.providers"] = draw(st.integers(1, 4))
    changes["population.reform_minded_share"] = draw(st.floats(0, 1))
    changes["seed"] = draw(st.integers(0, 2**32 - 1))
    return Parameters().changed(changes)


def lived(parameters: Parameters, months: int | None = None) -> LiveSociety:
    society = LiveSociety(parameters)
    society.step(months or parameters.months)
    return society


def stepped(parameters: Parameters) -> EngagementModel:
    model = EngagementModel(parameters)
    for _ in range(parameters.months):
        model.step()
    return model


@pytest.fixture(scope="module")
def society() -> LiveSociety:
    """A society after thirty years, in which everything has happened."""
    found = lived(Parameters().changed({**BUSY, "population.districts": 6, "population.citizens": 240}), 360)
    assert set(found.events["kind"]) == set(KIND_NAMES)
    return found


@settings(max_examples=25, deadline=None)
@given(societies())
def test_both_engines_write_the_same_log_to_the_row(parameters):
    log = stepped(parameters).events
    pd.testing.assert_frame_equal(lived(parameters).events, log)
    found = simulate([parameters], [parameters.seed], Options(events=True))
    assert found.events is not None
    pd.testing.assert_frame_equal(event_table(found.events), log)


@settings(max_examples=25, deadline=None)
@given(societies())
def test_the_log_counts_what_the_measures_count(parameters):
    society = lived(parameters)
    log = society.events
    months = np.arange(parameters.months)
    per_month = log.groupby(["kind", "month"])["count"].sum().unstack(fill_value=0)
    per_month = per_month.reindex(index=KIND_NAMES, columns=months, fill_value=0).to_numpy()
    counted = dict(zip(KIND_NAMES, per_month, strict=True))
    measured = dict(zip(MEASURE_NAMES, society.metrics.T, strict=True))
    districts, points = society.wiring.districts, society.wiring.districts * society.wiring.providers
    for kind, measure in COUNTED.items():
        np.testing.assert_allclose(counted[kind], measured[measure] * points, atol=1e-9, err_msg=kind)
    in_posts = measured["turnover"] * society.wiring.officials
    np.testing.assert_allclose(counted["official_transferred"], in_posts, atol=1e-9)
    np.testing.assert_allclose(counted["voted_out"], measured["new_politicians"] * districts, atol=1e-9)
    held = counted["voted_out"] + counted["reelected"]
    np.testing.assert_allclose(held, measured["elections"] * districts, atol=1e-9)
    np.testing.assert_allclose(counted["coalition_born"], measured["coalition_births"] * districts, atol=1e-9)
    np.testing.assert_allclose(counted["coalition_ended"], measured["coalition_ends"] * districts, atol=1e-9)
    members = measured["members"] * society.wiring.citizens
    moved = (counted["joined_organisation"] - counted["left_organisation"])[1:]
    np.testing.assert_allclose(np.diff(members), moved, atol=1e-9)
    leaders = measured["leaders"] * society.wiring.citizens
    np.testing.assert_allclose(np.diff(leaders), (counted["leader_rose"] - counted["leader_stopped"])[1:], atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(societies(), st.integers(1, 9))
def test_a_promise_that_falls_due_was_made_so_many_months_before(parameters, due):
    parameters = parameters.changed({"relations.due": due})
    log = lived(parameters).events
    for _, of_one in log.groupby("row"):
        made = of_one.loc[of_one["kind"] == "promise", "month"].tolist()
        fallen = of_one.loc[of_one["kind"].isin(["promise_kept", "promise_broken"]), "month"].tolist()
        lapsed = of_one.loc[of_one["kind"] == "promise_lapsed", "month"].tolist()
        assert all(month - due in made for month in fallen)
        for month, following in zip(made, [*made, parameters.months][1:], strict=True):
            ends = [end for end in (*fallen, *lapsed) if month < end <= min(following, month + due)]
            assert len(ends) == (1 if month + due < parameters.months or ends else 0)


def test_each_end_follows_a_birth_in_its_district(society):
    log = society.events
    for _, of_one in log[log["kind"].str.startswith("coalition_")].groupby("district"):
        kinds = of_one["kind"].tolist()
        assert kinds == (["coalition_born", "coalition_ended"] * len(kinds))[: len(kinds)]
    causes = set(log.loc[log["kind"] == "coalition_ended", "cause"])
    assert causes <= {each.name.lower() for each in Ending} - {"none"}
    assert causes


def test_no_agreement_ends_that_was_not_made(society):
    log = society.events[lambda table: table["kind"].str.startswith("agreement_")]
    for _, of_one in log.groupby("row"):
        kinds = of_one["kind"].tolist()
        assert kinds == (["agreement_made", "agreement_ended"] * len(kinds))[: len(kinds)]


def test_who_leads_stops_before_rising_again(society):
    for _, of_one in society.events[lambda table: table["kind"].str.startswith("leader_")].groupby("row"):
        kinds = of_one["kind"].tolist()
        assert all(kind != following for kind, following in pairwise(kinds))


def test_a_position_changes_from_what_it_was_changed_to(society):
    log = society.events[lambda table: table["kind"].str.contains("_changed_")]
    assert len(log)
    assert (log["before"] != log["after"]).all()
    for _, of_one in log.groupby("row"):
        assert of_one["before"].iloc[1:].tolist() == of_one["after"].iloc[:-1].tolist()


def test_the_table_says_who_where_and_why_in_declared_words(society):
    log, wiring = society.events, society.wiring
    assert list(log) == list(EVENT_COLUMNS)
    assert set(log["kind"]) <= set(KIND_NAMES)
    assert set(log["cause"]) <= set(CAUSES)
    assert set(log["before"]) | set(log["after"]) <= set(POSITIONS)
    assert all(kind.description for kind in KINDS)
    assert (log["month"].diff().dropna() >= 0).all()
    agents = log[log["row"] >= 0]
    assert [wiring.district_of(row) for row in agents["row"]] == agents["district"].tolist()
    people = agents[agents["actor"] != "users"]
    assert [wiring.role(row).name.lower() for row in people["row"]] == people["actor"].tolist()
    users = agents[agents["actor"] == "users"]
    assert {wiring.role(row).name for row in users["row"]} == {"PROVIDER"}
    assert users["service_point"].between(1, wiring.providers).all()


def test_who_leaves_the_post_leaves_the_coalition_for_that_reason(society):
    log = society.events
    transfers = set(zip(*log.loc[log["kind"] == "official_transferred", ["month", "row"]].to_numpy().T, strict=True))
    left = log[(log["kind"] == "left_coalition") & (log["cause"] == "transfer")]
    assert len(left)
    assert all((month, row) in transfers for month, row in left[["month", "row"]].to_numpy())


def test_a_forced_confrontation_is_the_occasion_of_a_change():
    officials = {"reconsider": 0, "confronted": 1, "reminded": 0, "persuaded": 0, "instructed": 0}
    changes = {f"officials.{name}": value for name, value in officials.items()}
    parameters = Parameters().changed({**BUSY, **changes, "relations.escalation": 0})
    quiet = lived(parameters).events
    loud = lived(parameters.changed({"relations.escalation": 1})).events
    changes = [log[log["kind"] == "provider_changed_position"]["cause"] for log in (quiet, loud)]
    assert set(changes[0]) <= {"newcomer"}
    assert "confrontation" in set(changes[1])


def test_a_restored_society_starts_its_log_with_the_next_month(tmp_path):
    parameters = Parameters().changed(BUSY)
    model = EngagementModel(parameters)
    for month in range(parameters.months):
        if month == 8:
            model.snapshot().save(tmp_path / "kept.npz")
        model.step()
    restored = EngagementModel.restore(Snapshot.load(tmp_path / "kept.npz"))
    assert restored.events.empty
    for _ in range(8, parameters.months):
        restored.step()
    rest = model.events[model.events["month"] >= 8].reset_index(drop=True)
    pd.testing.assert_frame_equal(restored.events, rest)


def swept(folder, events: str, **how) -> pd.DataFrame:
    study = {
        "factors": {"patronage": {"path": "incentives.patronage", "values": [0.1, 0.6]}}, "replicates": 3,
        "events": events,
    }  # fmt: skip
    return sweep(study, Parameters().changed(BUSY), folder, **how)


def test_a_sweep_stores_all_events_or_how_many_there_were(tmp_path):
    logs, counts = swept(tmp_path / "all", "all"), swept(tmp_path / "counts", "counts")
    assert swept(tmp_path / "none", "none").events is None
    for row in range(len(logs.runs)):
        run = logs.runs.iloc[row]
        log = logs.events[(logs.events["point"] == run["point"]) & (logs.events["seed"] == run["seed"])]
        mine = stepped(logs.parameters(row)).events
        assert (
            log.drop(columns=["point", "seed"]).reset_index(drop=True).to_numpy().tolist() == mine.to_numpy().tolist()
        )
        of_each = mine.groupby("kind")["count"].sum().reindex(KIND_NAMES, fill_value=0)
        assert counts.events.loc[row, list(KIND_NAMES)].tolist() == of_each.tolist()
    assert load(tmp_path / "all").events.equals(logs.events)


def test_a_study_with_events_is_another_study(tmp_path):
    swept(tmp_path / "study", "none")
    with pytest.raises(Exception, match=r"study.events is 'none' there and 'all' here"):
        swept(tmp_path / "study", "all")


def test_events_of_a_study_are_none_counts_or_all(tmp_path):
    with pytest.raises(ParameterError, match=r"events = 'some'"):
        swept(tmp_path / "study", "some")
