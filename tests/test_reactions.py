"""Interventions that react: what is observed, when they begin, and the same bits in both engines and after a pause."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

from engagesim import EngagementModel, Parameters, Snapshot, simulate
from engagesim.engines.compiled import Options
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import ParameterError
from engagesim.parameters import Intervention
from engagesim.parameters.engagement import OBSERVABLE
from engagesim.policy import WATCHED, Policy, Watch, observed_in
from engagesim.rules.vocabulary import ACCOMMODATE, RESIST, TOKEN
from engagesim.society.state import State

MONTHS = 30
PRESS = {"name": "press", "start": 2, "when": {"observed": "token_answers", "at_least": 0.5, "months": 3},
         "lasts": 5, "add": {"engagement.teeth": 0.3, "engagement.attribution": 0.4}}  # fmt: skip
PUBLISH = {"name": "publish", "start": 0, "stop": 25, "when": {"observed": "broken_promises", "at_least": 1},
           "set": {"incentives.publicity": 0.8}}  # fmt: skip
QUIET = {"name": "quiet", "start": 4, "when": {"observed": "quality", "at_most": 0.3}, "where": [1],
         "add": {"conditions.resources": 0.2}}  # fmt: skip


def society(*entries, **changes) -> Parameters:
    return Parameters().changed(
        {
            "population.citizens": 60, "population.districts": 2, "population.providers": 2, "months": MONTHS,
            "engagement.opened": 1, "engagement.voice": 0.8, "engagement.outreach": 0.4, "engagement.start": 0,
            "population.members": 0.4, "population.leaders": 0.1, "relations.answering": 0.6,
            "interventions": list(entries or (PRESS, PUBLISH, QUIET)), **changes,
        }
    )  # fmt: skip


def states(parameters) -> list[State]:
    model, found = EngagementModel(parameters), []
    for _ in range(parameters.months):
        model.step()
        found.append(model.state())
    return found


def begun_by_hand(seen, entry, district):
    """Return the months in which an entry is in force in a district, by the words of its description."""
    when, start, stop = entry["when"], entry["start"], entry.get("stop") or 10**6
    in_force, met, until = [], 0, 0
    for month, state in enumerate(seen):
        value = observed_in(state, when["observed"])[district, 0]
        meets = when.get("at_least", -np.inf) <= value <= when.get("at_most", np.inf)
        waits = month >= start and month + 1 >= until
        met = met + 1 if waits and meets else 0
        if waits and met >= when.get("months", 1) and month + 1 < stop:
            until, met = min(stop, month + 1 + entry.get("lasts", 10**6)), 0
            in_force += range(month + 1, until)
    return {month for month in in_force if month < len(seen)}


@pytest.mark.parametrize("entry", [PRESS, PUBLISH, QUIET], ids=lambda entry: entry["name"])
def test_an_intervention_begins_where_and_when_its_condition_is_met_and_ends_as_it_says(entry):
    parameters = society(entry)
    seen = states(parameters)
    model = EngagementModel(parameters)
    path = next(iter({**entry.get("set", {}), **entry.get("add", {})}))
    group, name = path.split(".")
    found = {0: set(), 1: set()}
    usual = [getattr(getattr(each.settings, group), name) for each in EngagementModel(society(entry)).districts]
    for month in range(MONTHS):
        model.step()
        for district in (0, 1):
            value = getattr(getattr(model.districts[district].settings, group), name)
            moved = value != usual[district] if group != "engagement" else value > getattr(parameters.engagement, name)
            found[district] |= {month} if moved else set()
    for district in (0, 1):
        where = entry.get("where", "all")
        wanted = begun_by_hand(seen, entry, district) if where == "all" or district in where else set()
        assert found[district] == wanted
    assert found[0] | found[1] or entry is QUIET


def test_both_engines_give_the_same_bits_alone_and_among_others():
    parameters, plain = society(), society(PUBLISH)
    many = simulate([parameters, plain, society().changed({"interventions": []})], [3, 4, 5])
    assert not np.array_equal(many.metrics[0], many.metrics[2])
    for row, seed in enumerate((3, 4, 5)):
        model = EngagementModel(parameters.changed({"seed": seed}))
        for _ in range(MONTHS):
            model.step()
        assert np.array_equal(model.metrics.to_numpy(), many.metrics[0, row])
    again = simulate([parameters], [3, 4, 5], Options(lanes=1, threads=1, events=True))
    assert np.array_equal(again.metrics[0], many.metrics[0])


def test_a_society_goes_on_from_a_snapshot_or_a_copy_as_if_it_had_not_paused():
    parameters = society()
    whole = EngagementModel(parameters)
    for _ in range(MONTHS):
        whole.step()
    first, live = EngagementModel(parameters), LiveSociety(parameters)
    live.step(12)
    for _ in range(12):
        first.step()
    live.snapshot().save("live.npz")
    twin = copy.deepcopy(first)
    for society_ in (
        EngagementModel.restore(first.snapshot()), EngagementModel.restore(Snapshot.load(Path("live.npz"))), twin,
    ):  # fmt: skip
        for _ in range(MONTHS - 12):
            society_.step()
        assert np.array_equal(society_.metrics, whole.metrics)


def test_a_live_society_that_is_changed_on_the_way_remembers_what_it_watched():
    parameters = society()
    changed = LiveSociety(parameters)
    changed.step(12)
    more = Intervention(name="more", start=15, add={"conditions.resources": 0.1})
    changed.change([*parameters.interventions, more])
    changed.step(MONTHS - 12)
    at_once = simulate(
        [parameters.changed({"interventions": [PRESS, PUBLISH, QUIET, more.model_dump()]})], [parameters.seed]
    )
    assert np.array_equal(changed.metrics, at_once.metrics[0, 0])


def test_what_can_be_observed_is_what_its_description_says():
    model = EngagementModel(society())
    for _ in range(12):
        model.step()
    state = model.state()
    for district in model.districts:
        responses = [official.response for official in district.providing]
        expected = {
            "token_answers": responses.count(TOKEN) / 2, "resisting": responses.count(RESIST) / 2,
            "responsive": sum(each >= ACCOMMODATE for each in responses) / 2,
            "manager_holds_back": district.manager.response < ACCOMMODATE,
            "manager_tenure": district.manager.tenure,
            "broken_promises": sum(each.broken for each in district.providing),
            "kept_promises": sum(each.kept for each in district.providing),
            "disputes": sum(each.dispute > 0 for each in district.providing) / 2,
            "calls": sum(each.called for each in district.providing),
            "participation": district.engaged, "quality": district.quality, "coalition": district.coalition,
            "patron": district.politician.stance == 0, "sponsor": district.politician.stance == 2,
            "election_in": district.politician.election_in,
        }  # fmt: skip
        assert set(expected) == set(OBSERVABLE)
        for name, value in expected.items():
            assert observed_in(state, name)[district.row, 0] == value, name
    few = State.empty(model.wiring.sizes, 1, WATCHED)
    for name in OBSERVABLE:
        observed_in(few, name)


def test_societies_without_reactions_are_not_watched():
    plain = society().changed({"interventions": []})
    assert not Watch([plain], Policy.of([plain]))


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"when": {"observed": "tokens", "at_least": 1}}, "interventions.0..when.observed = 'tokens': "),
        ({"when": {"observed": "quality"}}, "must have at_least or at_most"),
        ({"when": {"observed": "quality", "at_least": 0.5, "months": 0}}, "when.months = 0: must be"),
        ({"lasts": 3}, "lasts = 3: must come with when"),
    ],
)
def test_a_wrong_condition_is_refused_in_one_line(entry, says):
    with pytest.raises(ParameterError, match=says) as refused:
        society({**PRESS, "lasts": None, "when": None, **entry})
    assert "\n" not in str(refused.value)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_search_may_combine_a_package_of_one_reaction_and_a_reaction_costs_at_most_as_if_it_began_at_once():
    from engagesim.configs import config_folder
    from engagesim.study.intervention_packages import cost, read_catalogue, read_packages, with_reactions

    catalogue = read_catalogue(config_folder())
    when = {"observed": "broken_promises", "at_least": 1}
    packages = read_packages(
        {"publish": [{"use": "named_officials", "start": 0, "when": when}], "audit": [{"use": "social_audit"}]},
        catalogue,
    )
    found = with_reactions(catalogue, packages)
    assert set(found) - set(catalogue) == {"publish"}
    at_once = read_packages({"now": [{"use": "named_officials", "start": 0}]}, catalogue)[0]
    assert cost(packages[0], society()) == cost(at_once, society()) > 0
