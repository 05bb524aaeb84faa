"""What was simulated once is kept: whole or not at all, whatever the question is cut into."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.errors import StoreError
from engagesim.parameters import Parameters
from engagesim.study import resumable
from engagesim.study.observed import Observed
from engagesim.study.resumable import cached

TOWN = Parameters().changed({"population.citizens": 100, "months": 10})
POINTS = [TOWN.changed({"incentives.patronage": level / 10}) for level in range(4)]


MEASURES = ("patronage", "seed")


class World:
    """Societies whose numbers say which they are; counts how many were simulated."""

    def __init__(self):
        self.lived = 0

    def __call__(self, points, seeds):
        self.lived += len(points) * len(seeds)
        said = np.array([[[[point.incentives.patronage, seed]] for seed in seeds] for point in points])
        return Observed(said, MEASURES, tuple(seeds))


def same(one, other):
    return np.array_equal(one.metrics, other.metrics) and (one.measures, one.seeds) == (other.measures, other.seeds)


@given(points=st.lists(st.sampled_from(POINTS), min_size=1), seeds=st.sets(st.integers(0, 99), min_size=1),
       societies=st.integers(1, 12))  # fmt: skip
def test_however_it_is_cut_the_same_comes_out_and_nothing_is_lived_twice(tmp_path_factory, points, seeds, societies):
    world, folder, told = World(), tmp_path_factory.mktemp("kept"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resumable, "WORK_A_BATCH", societies * 1000)
        for _ in range(2):
            found = cached(world, MEASURES, folder, "1", told.append)(points, sorted(seeds))
            assert same(found, World()(points, sorted(seeds)))
    assert world.lived <= len(points) * len(seeds)
    assert sum(told) == 2 * len(points) * len(seeds)
    assert max(told) <= max(societies, 1)


@pytest.mark.parametrize("harm", [b"", b"nonsense", None])
def test_a_damaged_or_missing_batch_is_lived_again(tmp_path, harm):
    world = World()
    simulate = cached(world, MEASURES, tmp_path, "1")
    simulate(POINTS, [1, 2])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-4] if harm is None else harm)
    assert same(simulate(POINTS, [1, 2]), World()(POINTS, [1, 2]))
    assert world.lived == 16


@given(place=st.integers(min_value=0), flipped=st.integers(1, 255))
def test_whichever_byte_of_a_batch_is_damaged_it_is_lived_again_and_kept_again(tmp_path_factory, place, flipped):
    world, folder = World(), tmp_path_factory.mktemp("kept")
    simulate = cached(world, MEASURES, folder, "1")
    simulate(POINTS, [1, 2])
    (path,) = folder.iterdir()
    damaged = bytearray(path.read_bytes())
    damaged[place % len(damaged)] ^= flipped
    path.write_bytes(damaged)
    for _ in range(2):
        assert same(simulate(POINTS, [1, 2]), World()(POINTS, [1, 2]))
    assert world.lived == 16
    assert list(folder.iterdir()) == [path]


def test_other_societies_seeds_and_versions_are_told_apart(tmp_path):
    asked = list(product([POINTS[:1], POINTS[1:2]], [[1], [2], [1, 2]], ["1", "2"]))
    world = World()
    for points, seeds, version in asked:
        cached(world, MEASURES, tmp_path, version)(points, seeds)
    assert len(list(tmp_path.iterdir())) == len(asked)


def test_what_was_half_written_is_swept_away(tmp_path):
    half = tmp_path / "0.npy.unfinished-7"
    half.write_bytes(b"half")
    cached(World(), MEASURES, tmp_path, "1")
    assert not half.exists()


def test_nothing_is_kept_nor_tidied_behind_a_link(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "letter.unfinished-7").write_text("mine")
    (tmp_path / "unfinished").symlink_to(tmp_path / "precious")
    with pytest.raises(StoreError, match="unfinished: must not be a link"):
        cached(World(), MEASURES, tmp_path / "unfinished", "1")
    assert [path.name for path in (tmp_path / "precious").iterdir()] == ["letter.unfinished-7"]
