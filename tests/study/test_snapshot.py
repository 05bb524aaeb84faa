"""A society that was put away goes on as if nothing had been; a damaged file says so."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.engines.mesa import EngagementModel
from engagesim.engines.mesa.agents import Citizen
from engagesim.errors import ParameterError, StoreError
from engagesim.parameters import Parameters
from engagesim.rules import RULES
from engagesim.rules.vocabulary import CONFRONT
from engagesim.study.snapshot import Snapshot

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

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
        assert there.in_coalition == here.in_coalition
        assert there.reasons() == here.reasons()


def test_own_rules_and_agents_are_handed_over_again(tiny):
    class Rebel(Citizen):
        def choose(self, noise: float) -> int:
            return CONFRONT

    options = {"citizen": Rebel, "rules": RULES._replace(favour_chance=lambda *_: 0.0)}
    whole = lived(EngagementModel(tiny, **options), 6)
    restored = EngagementModel.restore(lived(EngagementModel(tiny, **options), 3).snapshot(), **options)
    assert lived(restored, 3).state().same_as(whole.state())


def test_the_array_of_a_snapshot_is_not_that_of_the_society(tiny, whole):
    snapshot = lived(EngagementModel(tiny), 6).snapshot()
    restored = EngagementModel.restore(snapshot)
    snapshot.observed[:] = -1
    for block in (*snapshot.state.numbers.values(), *snapshot.state.counts.values()):
        block[:] = -1
    assert lived(restored, 6).metrics.equals(whole.metrics)


@pytest.mark.parametrize("changes", [{"rng": 5}, {"incentives__patronage": 0.9}, {"network__rewiring": 1.0}])
def test_a_society_does_not_go_on_with_other_parameters(tiny, changes):
    with pytest.raises(ParameterError, match="snapshot has its own parameters"):
        EngagementModel.restore(EngagementModel(tiny).snapshot(), **changes)


@pytest.mark.parametrize("snapshot", [None, "society.npz", Parameters()])
def test_what_is_no_snapshot_is_refused(snapshot):
    with pytest.raises(StoreError, match=r"snapshot = .*must be a Snapshot"):
        EngagementModel.restore(snapshot)


def test_the_name_of_a_file_is_taken_as_a_path(tiny, tmp_path):
    EngagementModel(tiny).snapshot().save(str(tmp_path / "society.npz"))
    assert Snapshot.load(str(tmp_path / "society.npz")).month == 0


@pytest.mark.parametrize("place", ["", "absent/society.npz"])
def test_where_no_file_can_be_is_named(tiny, tmp_path, place):
    with pytest.raises(StoreError, match=f"{tmp_path.name}.*a file that can be written"):
        EngagementModel(tiny).snapshot().save(tmp_path / place)
    assert list(tmp_path.iterdir()) == []


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


def rewritten(archive, path, **changes) -> None:
    """Write an archive again with other members."""
    with np.load(archive) as members:
        np.savez(path, **{**members, **changes})


def test_a_snapshot_is_not_written_through_a_link(tiny, tmp_path):
    (tmp_path / "precious").write_text("mine")
    for name in ("society.npz", "society.npz.part"):
        (tmp_path / name).symlink_to(tmp_path / "precious")
    EngagementModel(tiny).snapshot().save(tmp_path / "society.npz")
    assert (tmp_path / "precious").read_text() == "mine"
    assert Snapshot.load(tmp_path / "society.npz").month == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "society.npz")
    with pytest.raises(StoreError, match=r"society\.npz: .*must be an ordinary file"):
        Snapshot.load(tmp_path / "society.npz")


def test_what_is_too_large_packed_or_unpacked_is_refused(archive, tmp_path, monkeypatch):
    path = tmp_path / "society.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("observed.npy", bytes(10_000_000))
    assert path.stat().st_size < 20_000
    monkeypatch.setattr("engagesim.study.snapshot.PART_BYTES", 1_000_000)
    with pytest.raises(StoreError, match="must unpack to at most 1,000,000 bytes, not 10,000,000"):
        Snapshot.load(path)
    monkeypatch.setattr("engagesim.study.snapshot.PART_BYTES", 1000)
    with pytest.raises(StoreError, match="must have at most 1,000 bytes"):
        Snapshot.load(archive)


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_that_is_packed_in_another_way_is_refused(tmp_path, packing):
    with zipfile.ZipFile(tmp_path / "society.npz", "w", packing) as members:
        members.writestr("about.npy", b"x")
    with pytest.raises(StoreError, match="must be packed as"):
        Snapshot.load(tmp_path / "society.npz")


def test_an_array_that_says_it_is_larger_than_any_memory_is_refused(archive, tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    shutil.copy(archive, tmp_path / "society.npz")
    with zipfile.ZipFile(tmp_path / "society.npz", "a") as members:
        members.writestr("numbers.crowd.npy", header.getvalue())
    with pytest.raises(StoreError, match="must be a snapshot"):
        Snapshot.load(tmp_path / "society.npz")


@pytest.mark.parametrize("month", ["-1", "1.5", "true", "null", '"3"', "NaN", "Infinity", "[3]"])
def test_a_file_whose_month_is_none_is_refused(archive, tmp_path, month):
    with np.load(archive) as members:
        about = str(members["about"])
    rewritten(archive, tmp_path / "society.npz", about=np.array(about.replace('"month": 3', f'"month": {month}')))
    with pytest.raises(StoreError, match=r"society\.npz: must be a snapshot"):
        Snapshot.load(tmp_path / "society.npz")


def _with(snapshot: Snapshot, kind: str, entity: str, block) -> Snapshot:
    state = snapshot.state.copy()
    blocks = getattr(state, kind)
    blocks.pop(entity, None) if block is None else blocks.update({entity: block(blocks.get(entity))})
    return replace(snapshot, state=state)


HARMS = {
    "month -1": lambda it: replace(it, month=-1),
    "month 2.5": lambda it: replace(it, month=2.5),
    "month 10 ** 400": lambda it: replace(it, month=10**400),
    "month 4": lambda it: replace(it, month=4),
    "another society": lambda it: replace(it, parameters=it.parameters.changed({"population.citizens": 41})),
    "nothing of districts": lambda it: _with(it, "numbers", "district", None),
    "unknown agents": lambda it: _with(it, "counts", "king\x1b", lambda _: np.zeros((1, 1, 1), np.int32)),
    "no array": lambda it: _with(it, "numbers", "citizen", lambda block: block.tolist()),
    "a column less": lambda it: _with(it, "numbers", "citizen", lambda block: block[1:]),
    "two lanes": lambda it: _with(it, "counts", "official", lambda block: block.repeat(2, axis=2)),
    "words": lambda it: _with(it, "numbers", "citizen", lambda block: block.astype(str)),
    "fractions in counts": lambda it: _with(it, "counts", "citizen", lambda block: block + 0.5),
    "not a number": lambda it: _with(it, "numbers", "politician", lambda block: block * np.nan),
    "infinity": lambda it: _with(it, "numbers", "district", lambda block: block + np.inf),
    "observed not a number": lambda it: replace(it, observed=it.observed * np.nan),
    "observed in a row": lambda it: replace(it, observed=it.observed.ravel()),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_snapshot_that_does_not_fit_its_parameters_is_refused_in_a_line(tiny, harm):
    snapshot = lived(EngagementModel(tiny), 3).snapshot()
    with pytest.raises(StoreError, match=r"^(snapshot: |month = )") as refused:
        EngagementModel.restore(harm(snapshot))
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300
