"""The shipped questions run in small, and what they say adds up."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import yaml

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
SMALL = {"seeds": 2, "society": {"months": 36, "population.citizens": 60, "population.districts": 2}}


def run(name: str, folder: Path, **changes):
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump({**SMALL, **changes}), "utf-8")
    return runpy.run_path(str(EXPERIMENTS / name / "run.py"))["main"](folder / "out", config)


def test_who_takes_part_adds_up(tmp_path):
    groups, gaps = run("who_takes_part", tmp_path, forms=["survey", "cocreation"])
    assert groups["engaged"].between(0, 1).all()
    parts = gaps.drop(columns=["form", "seed", "total"]).sum(axis=1)
    assert parts.to_numpy() == pytest.approx(gaps["total"].to_numpy(), abs=1e-12)
    thirds = groups.query("trait == 'vulnerability'").pivot(index=["form", "seed"], columns="group", values="engaged")
    difference = (thirds["lowest third"] - thirds["highest third"]).to_dict()
    assert difference == pytest.approx(gaps.set_index(["form", "seed"])["total"].to_dict())
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"participation.csv", "gap.csv", "gap.svg"}


def test_when_they_engage_is_counted_among_those_who_have_not_yet(tmp_path):
    rates, still = run("when_do_they_engage", tmp_path, forms=["social_audit"])
    assert rates[["with", "without"]].min(axis=None) >= 0
    assert rates[["with", "without"]].max(axis=None) <= 1
    assert rates.set_index("precursor").loc["asked", "ratio"] > 3  # hardly anybody comes who was not asked
    assert still["social_audit"].is_monotonic_decreasing
    assert still["social_audit"].between(0, 1).all()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"rates.csv", "not_yet.csv", "first_time.svg"}


def test_the_forms_that_are_compared_are_a_shipped_comparison():
    text = (EXPERIMENTS / "which_forms_work_where" / "README.md").read_text("utf-8")
    assert "engagesim compare comparison=forms" in text
