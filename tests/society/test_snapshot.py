"""A society that was put away goes on as if nothing had been; a damaged file says so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.agents import Citizen
from engagesim.errors import StoreError
from engagesim.model import EngagementModel
from engagesim.rules import RULES
from engagesim.rules.vocabulary import CONFRONT
from engagesim.society.snapshot import Snapshot

YEAR = 12


def lived(model: EngagementModel, months: int) -> EngagementModel:
    for _ in range(months):
        model.step()
    return model


@pytest.fixture(scope="module")
def whole(tiny) -> EngagementModel:
    """A year without a break."""
    return lived(EngagementModel(tiny), YEAR)


@pytest.fixture(scope="module")
def archive(tiny, tmp_path_factory):
    """A snapshot's file."""
    path = tmp_path_factory.mktemp("snapshot") / "society.npz"
    lived(EngagementModel(tiny), 3).snapshot().save(path)
    return path


@pytest.mark.parametrize("month", [0, 1, 5, 6, YEAR])
def test_a_restored_society_lives_the_same_year(tiny, whole, month):
    snapshot = lived(EngagementModel(tiny), month).snapshot()
    restored = lived(EngagementModel.restore(snapshot), YEAR - month)
    assert restored.state().same_as(whole.state())
    assert restored.metrics.equals(whole.metrics)
    collected = (model.datacollector.get_model_vars_dataframe() for model in (restored, whole))
    assert next(collected).equals(next(collected))


def test_a_restored_society_goes_on_from_its_file(tiny, whole, tmp_path):
    path = tmp_path / "society.npz"
    lived(EngagementModel(tiny), 5).snapshot().save(path)
    restored = lived(EngagementModel.restore(Snapshot.load(path)), YEAR - 5)
    assert restored.state().same_as(whole.state())
    assert restored.metrics.equals(whole.metrics)


def test_nothing_but_the_file_is_left_behind(archive):
    assert [entry.name for entry in archive.parent.iterdir()] == [archive.name]


def test_living_on_does_not_change_a_snapshot(tiny):
    model = lived(EngagementModel(tiny), 3)
    snapshot, state = model.snapshot(), model.state()
    lived(model, 3)
    assert snapshot.state.same_as(state)
    assert (snapshot.month, len(snapshot.observed)) == (3, 3)


def test_a_restored_society_shows_the_same_coalitions_and_reasons(tiny):
    broad = tiny.changed({"population.threshold_mean": 0.02, "network.brokers": 1.0, "citizens.spontaneity": 1.0})
    model = lived(EngagementModel(broad), 6)
    restored = EngagementModel.restore(model.snapshot())
    for there, here in zip(model.actors, restored.actors, strict=True):
        assert there.in_broad_coalition == here.in_broad_coalition
        assert there.reasons() == here.reasons()


def test_own_rules_and_agents_are_handed_over_again(tiny):
    class Rebel(Citizen):
        def choose(self, noise: float) -> int:
            return CONFRONT

    options = {"citizen": Rebel, "rules": RULES._replace(favour_chance=lambda *_: 0.0)}
    whole = lived(EngagementModel(tiny, **options), 6)
    restored = EngagementModel.restore(lived(EngagementModel(tiny, **options), 3).snapshot(), **options)
    assert lived(restored, 3).state().same_as(whole.state())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"absent\.npz"):
        Snapshot.load(tmp_path / "absent.npz")


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=50).map(str.encode)))
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"other\.npz"):
        Snapshot.load(path)


@given(part=st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_short_is_refused(tmp_path, archive, part):
    path = tmp_path / "cut.npz"
    content = archive.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(StoreError, match=r"cut\.npz"):
        Snapshot.load(path)


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_damaged_file_is_refused_or_says_the_same(tmp_path, archive, place, bit):
    content = bytearray(archive.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path = tmp_path / "damaged.npz"
    path.write_bytes(bytes(content))
    try:
        snapshot = Snapshot.load(path)
    except StoreError:
        return
    # Some bits of an archive carry no content, such as the time at which a part was written.
    assert snapshot.state.same_as(Snapshot.load(archive).state)
    assert np.array_equal(snapshot.observed, Snapshot.load(archive).observed)


def test_an_archive_of_other_things_is_refused(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, about=np.array("{}"), observed=np.zeros(3))
    with pytest.raises(StoreError, match=r"other\.npz"):
        Snapshot.load(path)
