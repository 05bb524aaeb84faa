"""What is read back from a study's folder is what was written, by this study, or is refused by its name."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from engagesim.errors import StoreError
from engagesim.measures import MEASURE_NAMES
from engagesim.parameters import Parameters
from engagesim.parquet import content_of, opened, table_in
from engagesim.study.description import Study
from engagesim.study.observed import Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.provenance import checksum
from engagesim.study.results import load
from engagesim.study.run_study import SweepOptions, run_study


def ones(points, seeds):
    return Observed(np.ones((len(points), len(seeds), 2, len(MEASURE_NAMES))), MEASURE_NAMES, tuple(seeds))


@pytest.fixture
def folder(tmp_path) -> Path:
    small = Parameters().changed({"months": 2, "population.citizens": 40, "population.districts": 2})
    run_study(Plan(Study.of({"replicates": 2}), (Variant({}, small),)), tmp_path / "study", ones, SweepOptions("1"))
    return tmp_path / "study"


def resealed(folder: Path, change) -> None:
    """Change the part as one who knows how checksums are made."""
    (part,) = (folder / "runs").iterdir()
    table = table_in(opened(part.read_bytes()))
    content = content_of(change(table).replace_schema_metadata(table.schema.metadata))
    part.unlink()
    (folder / "runs" / f"000000-{checksum(content)[:16]}.parquet").write_bytes(content)


def refusal(folder: Path) -> str:
    with pytest.raises(StoreError) as refused:
        load(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda table: table.drop_columns(["trust"]), "must have the columns of this study; 'trust' differs"),
        (lambda table: table.append_column("colour", table["trust"]), "must have the columns of this study; 'colour' differs"),
        (lambda table: table.set_column(0, "point", pa.array(["a", "b"])), "point: must be whole numbers"),
        (lambda table: table.select(table.column_names[::-1]), "must have the columns of this study"),
    ],
)  # fmt: skip
def test_a_part_of_another_schema_is_refused(folder, change, why):
    resealed(folder, change)
    assert why in refusal(folder)


def test_a_part_of_another_study_is_refused(folder, tmp_path):
    small = Parameters().changed({"months": 2, "population.citizens": 50, "population.districts": 2})
    run_study(Plan(Study.of({"replicates": 2}), (Variant({}, small),)), tmp_path / "other", ones, SweepOptions("1"))
    (part,) = (tmp_path / "other" / "runs").iterdir()
    (folder / "runs" / part.name.replace("000000", "000001")).write_bytes(part.read_bytes())
    assert "must be from this study" in refusal(folder)


def test_a_part_that_is_there_twice_is_refused(folder):
    resealed(folder, lambda table: table)
    (part,) = (folder / "runs").iterdir()
    (folder / "runs" / "000000-0000000000000000.parquet").write_bytes(part.read_bytes())
    assert "must exist once" in refusal(folder)


@pytest.mark.parametrize("target", ["/dev/zero", "/nowhere", "."])
def test_a_link_in_place_of_a_part_leads_to_no_harm(folder, target):
    (part,) = (folder / "runs").iterdir()
    part.unlink()
    part.symlink_to(target)
    assert "must be unchanged since the study wrote it" in refusal(folder)


def test_a_study_on_another_disk_may_be_linked(folder, tmp_path):
    (folder / "runs").rename(tmp_path / "elsewhere")
    (folder / "runs").symlink_to(tmp_path / "elsewhere")
    assert len(load(folder).runs) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
@pytest.mark.parametrize("name", ["manifest.json", "config.yaml"])
def test_a_pipe_in_place_of_a_record_is_refused_at_once(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert "must be an ordinary file" in refusal(folder)


def test_a_list_of_points_may_be_gone_once_its_study_is_done(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("incentives.patronage\n0.1\n0.2\n")
    small = Parameters().changed({"months": 2, "population.citizens": 40, "population.districts": 2})
    study = Study.of({"design": {"kind": "list", "file": "points.csv"}, "replicates": 2})
    run_study(Plan(study, (Variant({}, small),)), tmp_path / "study", ones, SweepOptions("1"))
    Path("points.csv").unlink()
    results = load(tmp_path / "study")
    assert [results.parameters(row).incentives.patronage for row in range(4)] == [0.1, 0.1, 0.2, 0.2]
