"""A run's folder is whole or not there, and gives back what was put in."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engagesim.errors import StoreError
from engagesim.measures import MEASURE_NAMES
from engagesim.study.provenance import Record, birth_certificate, checksum, named_in_full
from engagesim.study.run_folder import (
    CONFIG,
    METRICS,
    config_bytes,
    metrics_bytes,
    new_folder,
    read_metrics,
    read_run,
    tampered,
    write_run,
)


@pytest.fixture
def metrics() -> pd.DataFrame:
    table = np.random.default_rng(1).random((5, len(MEASURE_NAMES)))
    return pd.DataFrame(table, columns=list(MEASURE_NAMES)).rename_axis("month")


@pytest.fixture
def stored(tiny, metrics, tmp_path) -> Path:
    results = {CONFIG: config_bytes(tiny), METRICS: metrics_bytes(metrics)}
    with new_folder(tmp_path / "run") as folder:
        write_run(folder, Record(tiny, "a model", 0, results), {"words": []})
    return tmp_path / "run"


def test_what_was_stored_is_read_back(stored, tiny, metrics):
    parameters, certificate = read_run(stored)
    assert parameters == tiny
    assert certificate["model_version"] == "a model"
    pd.testing.assert_frame_equal(read_metrics(stored), metrics)


def test_measures_that_differ_in_the_last_bit_differ_in_bytes(metrics):
    other = metrics.copy()
    other.iloc[2, 3] = np.nextafter(other.iloc[2, 3], 1.0)
    assert metrics_bytes(metrics) == metrics_bytes(metrics.copy()) != metrics_bytes(other)


def test_a_certificate_knows_when_a_result_was_changed_or_is_gone(stored):
    _, certificate = read_run(stored)
    assert tampered(stored, certificate) == []
    (stored / METRICS).unlink()
    (stored / CONFIG).write_text("seed: 2\n")
    assert sorted(tampered(stored, certificate)) == sorted([CONFIG, METRICS])


def test_a_folder_appears_only_when_all_is_in_it(tmp_path):
    place = tmp_path / "a" / "b"
    with new_folder(place) as folder:
        (folder / "half").write_text("half")
        assert not place.exists()
    assert [path.name for path in place.iterdir()] == ["half"]
    assert [path.name for path in place.parent.iterdir()] == ["b"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_where_something_went_wrong(tmp_path, error):
    with pytest.raises(error), new_folder(tmp_path / "a" / "b") as folder:  # noqa: PT012 - two steps, then the break
        (folder / "half").write_text("half")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_folders_that_were_there_before_stay_when_something_goes_wrong(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(StoreError, match="must be a folder that can be written"), new_folder(tmp_path / "a" / "b"):
        raise OSError("disk full")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("place", ["file", "file/inside", "full", ".", "x" * 300])
def test_a_place_that_cannot_be_had_is_refused(place, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StoreError, match="output = "), new_folder(Path(place)):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_input_files_are_named_in_full_and_known_by_their_content(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("education\n0.5\n")
    parameters = named_in_full(tiny.changed({"population.file": "people.csv", "network.file": "unused.csv"}))
    assert Path(parameters.population.file).is_absolute()
    certificate = birth_certificate(Record(parameters, "", 0, {"a": b"1"}))
    assert certificate["inputs"] == {"population.file": checksum(b"education\n0.5\n")}
    Path("people.csv").unlink()
    with pytest.raises(StoreError, match=r"people\.csv"):
        birth_certificate(Record(parameters, "", 0, {"a": b"1"}))
