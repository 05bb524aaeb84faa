"""Designs cover the space of the factors as their kind promises, and lists are read to the letter."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim import InputError, ParameterError, Study
from engagesim.study.designs import DUMMY, design_points, onto_scale, onto_share, salib_problem

PATRONAGE = {"path": "incentives.patronage", "low": 0.1, "high": 0.6}
SENSITIVITY = {"path": "citizens.sensitivity", "low": 0.5, "high": 50.0, "log": True}
DEGREE = {"path": "network.degree", "low": 2, "high": 9}


def study(*factors, size=1, **design) -> Study:
    return Study.of({"factors": {f"f{n}": factor for n, factor in enumerate(factors)}, "design": design, "size": size})


def share(values: pd.Series, factor: dict) -> np.ndarray:
    """Where values lie in a range, worked out without the package."""
    low, high, values = factor["low"], factor["high"], values.to_numpy()
    return np.log(values / low) / np.log(high / low) if factor.get("log") else (values - low) / (high - low)


def test_a_study_without_factors_is_one_point():
    for zipped in (False, True):
        points = design_points(study(kind="grid", zipped=zipped))
        assert points.shape == (1, 0)


def test_a_grid_has_all_combinations():
    values = {"path": "network.degree", "values": [8, 4, 16]}
    points = design_points(study(PATRONAGE | {"levels": 6}, values))
    assert points.columns.tolist() == ["incentives.patronage", "network.degree"]
    assert (points.dtypes == np.float64).all()
    wanted = list(itertools.product(np.linspace(0.1, 0.6, 6), [8.0, 4.0, 16.0]))
    assert points.to_numpy() == pytest.approx(np.array(wanted))


def test_a_grid_over_a_logarithmic_range_has_a_fixed_ratio_and_the_ends_as_given():
    column = design_points(study(SENSITIVITY | {"levels": 5}))["citizens.sensitivity"]
    assert column.iloc[[0, -1]].tolist() == [0.5, 50.0]
    assert column.iloc[1:].to_numpy() / column.iloc[:-1].to_numpy() == pytest.approx(np.full(4, 100 ** (1 / 4)))


def test_levels_of_a_whole_number_are_whole_and_none_stands_twice():
    points = design_points(study(DEGREE | {"high": 4, "levels": 7}, PATRONAGE | {"levels": 2}))
    assert points["network.degree"].tolist() == [2, 2, 3, 3, 4, 4]


def test_zipped_factors_go_together():
    points = design_points(
        study(PATRONAGE | {"levels": 3}, {"path": "incentives.rents", "values": [1, 0, 2]}, zipped=True)
    )
    assert points.to_numpy() == pytest.approx(np.array([[0.1, 1], [0.35, 0], [0.6, 2]]))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: study(PATRONAGE | {"levels": 3}, SENSITIVITY | {"levels": 4}, zipped=True), "patronage has 3, citiz"),
        (lambda: study({"path": "network.degree", "values": [4, 4.5]}), "network.degree = 4.5: must be a whole"),
        (lambda: study({"path": "network.degree", "low": 4.2, "high": 4.8}), "4.2, 4.8: must have two whole numbers"),
        (lambda: study(PATRONAGE, kind="boundary"), "design.kind = boundary"),
        (lambda: study(PATRONAGE | {"levels": 1000}, *[
            {"path": f"citizens.{name}", "low": 0, "high": 1, "levels": 1000} for name in ("stake", "learning")
        ]), "up to 1,000,000 points, not 1,000,000,000"),
        (lambda: study(PATRONAGE, kind="latin_hypercube", samples=1_000_000, size=2), "points, not 2,000,000"),
        (lambda: study(PATRONAGE, kind="sobol", samples=1_000_000), "design: must have up to 1,000,000 points"),
        (lambda: study(PATRONAGE, kind="morris", samples=1_000_000), "design: must have up to 1,000,000 points"),
    ],
)  # fmt: skip
def test_designs_that_cannot_be_are_refused_in_a_line(asked, said):
    with pytest.raises(ParameterError) as refused:
        design_points(asked())
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@given(samples=st.integers(1, 60), size=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_a_latin_hypercube_has_one_point_in_each_stratum_of_each_factor(samples, size, seed):
    asked = study(PATRONAGE, SENSITIVITY, kind="latin_hypercube", samples=samples, seed=seed, size=size)
    points, count = design_points(asked), samples * size
    for factor in (PATRONAGE, SENSITIVITY):
        strata = np.floor(share(points[factor["path"]], factor) * count)
        assert sorted(strata) == list(range(count))


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "morris"])
@pytest.mark.parametrize("seed", [0, 7])
def test_the_seed_of_the_design_decides_its_points(kind, seed):
    asked = {"kind": kind, "samples": 4, "seed": seed}
    points = design_points(study(PATRONAGE, SENSITIVITY, DEGREE, **asked))
    pd.testing.assert_frame_equal(design_points(study(PATRONAGE, SENSITIVITY, DEGREE, **asked)), points)
    other = design_points(study(PATRONAGE, SENSITIVITY, DEGREE, **asked | {"seed": seed + 1}))
    assert not other.equals(points)


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "morris"])
@given(seed=st.integers(0, 1000), low=st.integers(2, 9), reach=st.floats(1, 20))
def test_points_stay_in_their_range_and_whole_numbers_are_whole(kind, seed, low, reach):
    degree = {"path": "network.degree", "low": low - 0.4, "high": low + reach} if low > 2 else DEGREE
    points = design_points(study(degree, SENSITIVITY, PATRONAGE, kind=kind, samples=8, seed=seed))
    for factor in (degree, SENSITIVITY, PATRONAGE):
        assert points[factor["path"]].between(factor["low"], factor["high"]).all()
    assert (points["network.degree"] % 1 == 0).all()


@pytest.mark.parametrize(("samples", "size", "base"), [(1, 1, 1), (5, 1, 8), (8, 1, 8), (8, 3, 32)])
def test_a_sobol_design_rounds_up_to_a_power_of_two_and_has_a_dummy(samples, size, base):
    asked = study(PATRONAGE, SENSITIVITY, kind="sobol", samples=samples, size=size)
    points = design_points(asked)
    assert points.columns.tolist() == ["incentives.patronage", "citizens.sensitivity", DUMMY]
    assert len(points) == base * (3 + 2)
    assert points[DUMMY].between(0, 1).all()


@pytest.mark.parametrize("factor", [PATRONAGE, SENSITIVITY])
def test_base_samples_of_a_sobol_design_fill_the_strata_on_the_scale_of_the_design(factor):
    points = design_points(study(factor, kind="sobol", samples=64))
    base = points.iloc[:: 2 + 2]  # the first of each block: one of every base sample
    assert sorted(np.floor(share(base[factor["path"]], factor) * 64)) == list(range(64))


def test_a_morris_design_moves_one_factor_at_a_time_by_two_thirds_of_its_range():
    points = design_points(study(PATRONAGE, SENSITIVITY, kind="morris", samples=5, size=2))
    places = np.stack([
        share(points["incentives.patronage"], PATRONAGE),
        share(points["citizens.sensitivity"], SENSITIVITY),
        points[DUMMY],
    ], axis=1)  # fmt: skip
    paths = places.reshape(10, 4, 3)
    steps = np.abs(np.diff(paths, axis=1))
    assert np.sort(steps, axis=2) == pytest.approx(np.broadcast_to([0, 0, 2 / 3], steps.shape), abs=1e-9)
    assert steps.sum(axis=1) == pytest.approx(np.full((10, 3), 2 / 3))  # each factor once a path


def test_salib_is_told_the_scale_of_the_design():
    problem = salib_problem(study(PATRONAGE, SENSITIVITY, kind="sobol"))
    assert problem["names"] == ["incentives.patronage", "citizens.sensitivity", "dummy"]
    assert problem["num_vars"] == 3
    assert np.array(problem["bounds"]) == pytest.approx(np.array([[0.1, 0.6], [np.log(0.5), np.log(50)], [0, 1]]))
    assert not problem.get("groups")


@given(at=st.floats(0, 1), log=st.booleans())
def test_shares_and_values_are_inverse(at, log):
    (factor,) = study(PATRONAGE | {"log": log}).factors.values()
    assert onto_share(factor, onto_scale(factor, np.array([at]))) == pytest.approx(np.array([at]), abs=1e-12)


@given(low=st.floats(0.001, 0.4), high=st.floats(0.5, 1.0), log=st.booleans())
def test_rounding_takes_no_value_beyond_its_range(low, high, log):
    (factor,) = study(PATRONAGE | {"low": low, "high": high, "log": log}).factors.values()
    start, end = onto_scale(factor, np.array([0.0, 1.0]))
    assert low <= start < end <= high


def listed(path) -> pd.DataFrame:
    return design_points(study(kind="list", file=str(path)))


def test_a_list_is_read_as_it_stands(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("\ufeffincentives.patronage, network.degree\r\n0.1,4\n\n 1e-1 ,8.0\n0.1,4\n\n", encoding="utf-8")
    points = listed(path)
    assert points.columns.tolist() == ["incentives.patronage", "network.degree"]
    assert points.to_numpy().tolist() == [[0.1, 4.0], [0.1, 8.0], [0.1, 4.0]]
    assert points.index.tolist() == [0, 1, 2]
    assert (points.dtypes == np.float64).all()


def test_numbers_of_a_list_come_back_to_the_bit(tmp_path):
    numbers = np.random.default_rng(1).random((500, 2))
    table = pd.DataFrame(numbers, columns=["incentives.patronage", "incentives.merit_protection"])
    table.to_csv(tmp_path / "points.csv", index=False)
    assert (listed(tmp_path / "points.csv").to_numpy() == numbers).all()


def test_a_mistake_in_the_last_of_a_million_points_is_found(tmp_path):
    path = tmp_path / "points.csv"
    good = "incentives.patronage,incentives.merit_protection\n" + "0.1,0.2\n" * 999_999
    path.write_text(good + "0.3,0.4\n")
    points = listed(path)
    assert len(points) == 1_000_000
    assert points.iloc[-1].tolist() == [0.3, 0.4]
    path.write_text(good + "0.3,4\n")
    with pytest.raises(
        InputError, match=r"line 1000001: incentives\.merit_protection = '4': must be a number from 0 to 1"
    ):
        listed(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"incentives.patronag\n0.1\n", "line 1: incentives.patronag: no such numeric parameter; did you mean"),
        (b"seed\n4\n", "line 1: seed: no such numeric parameter"),
        (b"network.kind\nfile\n", "line 1: network.kind: no such numeric parameter"),
        (b"incentives.patronage,\n0.1,4\n", "line 1: column 2: missing; must be the path"),
        (
            b"incentives.patronage,incentives.patronage\n0.1,4\n",
            "each column must appear once; 'incentives.patronage' appears twice",
        ),
        (b"incentives.patronage\n0.1\n1.5\n", "line 3: incentives.patronage = '1.5': must be a number from 0 to 1"),
        (b"incentives.patronage\n0.1\n\n\n1.5\n", "line 5: incentives.patronage = '1.5'"),
        (b"incentives.patronage\nmuch\n", "line 2: incentives.patronage = 'much': must be a number from 0 to 1"),
        (b"incentives.patronage\nTrue\n", "line 2: incentives.patronage = 'True'"),
        (b"incentives.patronage\nnan\n", "line 2: incentives.patronage = 'nan'"),
        (b"incentives.term\ninf\n", "line 2: incentives.term = 'inf'"),
        (b"incentives.patronage,network.degree\n0.1,4\n0.2\n", "line 3: network.degree = '': must be a whole number"),
        (
            b"incentives.patronage,network.degree\n0.1,4.5\n",
            "line 2: network.degree = '4.5': must be a whole number from 2",
        ),
        (b"incentives.patronage\n0.1\n0.2,0.3\n", "line 3 must have as many columns as the lines before (1), not 2"),
        (b"incentives.patronage\n", "must have a heading of parameters, and a row for each point"),
        (
            b",incentives.patronage\n0,0.1\n",
            "line 1: column 1: missing; must be the path of a numeric parameter",
        ),
        (b'incentives.patronage\n"0,2"\n', "= '0,2': must be a number from 0 to 1; a number has a decimal point"),
        (
            b"incentives.patronage,network.degree\n0,2,4\n",
            "line 2 must have as many columns as the lines before (2), not 3",
        ),
        (
            b"incentives.patronage;network.degree\n1.000,5;4\n",
            "line 2: incentives.patronage = '1.000,5': must be a number from 0",
        ),
        (b"", "it is empty"),
        (b"\n\n\n", "it is empty"),
        ("incentives.patronage\n0,1 für Bürger\n".encode("latin-1"), "not UTF-8; save the file as UTF-8"),
        (b"incentives.patronage\n0.1\x00\n", "character 25 is a NUL"),
    ],
)
def test_a_list_that_is_no_list_of_points_is_refused_in_a_line(tmp_path, text, said):
    path = tmp_path / "points.csv"
    path.write_bytes(text)
    with pytest.raises(InputError) as refused:
        listed(path)
    assert str(refused.value).startswith(f"design.file = {path}")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "incentives.patronage;network.degree\n0,1;4\n0,5;6,0\n",
        "incentives.patronage\tnetwork.degree\r\n1e-1\t4.0\r\n,5\t6\r\n\t\r\n",
        "incentives.patronage,network.degree,\n0.1,4,\n\n+.5,6.0,\n,,\n",
    ],
)
def test_a_list_reads_the_same_however_a_program_wrote_it(tmp_path, text):
    path = tmp_path / "points.csv"
    path.write_text(text)
    assert listed(path).to_dict("list") == {"incentives.patronage": [0.1, 0.5], "network.degree": [4, 6]}


def test_points_that_stand_twice_are_said_and_how_a_list_was_read(tmp_path, caplog):
    path = tmp_path / "points.csv"
    path.write_text("incentives.patronage;network.degree\n0,1;4\n0,1;4,0\n")
    with caplog.at_level("INFO"):
        assert len(listed(path)) == 2
    assert "2 points of 2 parameters, read with semicolons between the columns" in caplog.text
    assert "1 point is a duplicate, and is simulated again" in caplog.text


def test_a_list_that_is_not_there_is_said_in_a_line(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        listed(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="is a directory"):
        listed(tmp_path)


TERM = {"path": "incentives.term"}


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
@pytest.mark.parametrize(("low", "high"), [(24, 25), (24, 26), (23.7, 28.2), (6, 17)])
def test_each_whole_number_of_a_range_gets_the_same_share_of_a_sample(kind, low, high):
    points = design_points(study(TERM | {"low": low, "high": high}, PATRONAGE, kind=kind, samples=1024))
    shares = points["incentives.term"].value_counts(normalize=True)
    whole = range(int(np.ceil(low)), int(np.floor(high)) + 1)
    assert sorted(shares.index) == [*whole]
    assert shares.to_numpy() == pytest.approx(1 / len(whole), abs=0.01)


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_on_a_logarithmic_scale_a_whole_number_gets_what_rounds_to_it(kind):
    points = design_points(study(TERM | {"low": 6, "high": 40, "log": True}, PATRONAGE, kind=kind, samples=4096))
    shares = points["incentives.term"].value_counts(normalize=True).sort_index()
    whole = np.arange(6, 41)
    wanted = np.log((whole + 0.5) / (whole - 0.5)) / np.log(40.5 / 5.5)
    assert shares.index.tolist() == whole.tolist()
    assert shares.to_numpy() == pytest.approx(wanted, abs=0.003)


@pytest.mark.parametrize(("high", "wanted"), [(25, [0.5, 0.5]), (27, [0.25] * 4)])
def test_a_morris_design_goes_evenly_to_as_many_whole_numbers_as_its_levels_allow(high, wanted):
    points = design_points(study(TERM | {"low": 24, "high": high}, kind="morris", samples=1000))
    shares = points["incentives.term"].value_counts(normalize=True).sort_index()
    assert shares.to_numpy() == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("log", [True, False])
@given(share=st.floats(0, 1), low=st.integers(6, 9), more=st.integers(1, 30))
def test_a_whole_number_lies_within_its_share_of_the_range(share, low, more, log):
    (factor,) = study(TERM | {"low": low, "high": low + more, "log": log}).factors.values()
    value = onto_scale(factor, np.array([share]))
    amid = onto_share(factor, value)
    assert (onto_scale(factor, amid) == value).all()
    assert 0 < amid[0] < 1


@pytest.mark.parametrize("kind", ["grid", "latin_hypercube", "sobol", "morris"])
@pytest.mark.parametrize(("low", "high"), [(24.2, 24.8), (23.6, 24.4)])
def test_a_range_with_fewer_than_two_whole_numbers_is_refused(kind, low, high):
    with pytest.raises(ParameterError, match="must have two whole numbers or more"):
        design_points(study(TERM | {"low": low, "high": high}, PATRONAGE, kind=kind))
