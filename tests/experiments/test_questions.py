"""The shipped questions run in small, and what they say adds up."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
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


COALITIONS = {
    "society": {"months": 96, "population.citizens": 120, "population.districts": 4},
    "levels": [0.0, 0.9],
    "panel": {
        "levels": [0.0, 0.3, 0.9],
        "seeds": 2,
        "variants": {
            "as it is": {},
            "ten years": {"set": {"coalitions.persistence": 120}},
            "3 districts": {"set": {"population.districts": 3, "population.citizens": 90}},
            "held for good": {"times": {"officials.reconsider": 0, "politicians.reconsider": 0}},
        },
    },
    "trap": {
        "form": "cocreation", "seeds": 2, "forms": ["none"],
        "variants": {"the trap": {}, "no favours": {"citizens.favour_value": 0, "politicians.machine": 0}},
    },
    "memory": {
        "a form": {
            "context": "merit_state", "months": 96, "over": 60, "seeds": 2,
            "never": {"form": "none"}, "once": {"form": "cocreation", "set": {"engagement.stop": 60}},
        },
    },
}  # fmt: skip


def test_when_coalitions_last_is_counted_for_every_variant(tmp_path):
    tables = run("when_do_coalitions_last", tmp_path, **COALITIONS)
    for name in ("curve", "panel"):
        assert tables[name]["estimate"].between(0, 1).all()
    assert set(tables["panel"]["variant"]) == set(COALITIONS["panel"]["variants"])
    ever = tables["panel"].query("measure == 'coalition_ever'").groupby("variant")["estimate"].mean()
    assert ever["as it is"] > ever["ten years"] == 0  # none can have lasted that long
    trap = tables["trap"].set_index(["variant", "measure", "what"])["estimate"]
    assert trap["no favours", "client", "less the trap"] < 0
    assert trap["no favours", "client", "level"] < trap["the trap", "client", "level"]
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".csv", ".svg"}


def test_half_of_a_gap_is_gone_when_it_is():
    half_life = runpy.run_path(str(EXPERIMENTS / "when_do_coalitions_last" / "run.py"))["half_life"]
    months = np.arange(240)
    fading = np.where(months < 60, 1.0, 0.5 ** ((months - 60) / 30))
    assert half_life(fading, 60) == pytest.approx(30, abs=1)
    assert half_life(np.ones(240), 60) == 180  # not within the record


def test_the_forms_that_are_compared_are_a_shipped_comparison():
    text = (EXPERIMENTS / "which_forms_work_where" / "README.md").read_text("utf-8")
    assert "engagesim compare comparison=forms" in text


def test_intervals_for_a_place_hold_the_truth_and_a_contradiction_is_flagged(tmp_path):
    main = runpy.run_path(str(EXPERIMENTS / "place" / "run.py"))["main"]
    table, odds = main(places=16, simulated=512, again=2, folder=tmp_path)
    covered = table.query("name == 'all'").set_index("kind")["covered"]
    assert set(covered.index) == {"context", "stated", "not stated", "in two years", "in two years, simulated"}
    assert covered.drop("in two years, simulated").between(0.75, 1).all()
    assert odds["impossible_flagged"].mean() > 0.8
    assert odds["flagged"].sum() < 0.1 * odds["statements"].sum()
    assert {path.name for path in tmp_path.iterdir()} == {"coverage.csv", "odds.csv"}


def test_what_is_said_of_the_search_for_allies_follows_from_its_societies():
    folder = EXPERIMENTS / "allies"
    rows = pd.read_csv(folder / "societies.csv")
    made = runpy.run_path(str(folder / "run.py"))["summary"](rows).set_index("result")
    kept = pd.read_csv(folder / "summary.csv").set_index("result")
    assert kept["mean"].to_dict() == pytest.approx(made["mean"].round(4).to_dict())
    said = (folder / "README.md").read_text("utf-8")
    assert f"{100 * kept['mean']['share of the best of all orders']:.1f} %" in said
    for name in ("gain, where it was searched", "gain, on fresh futures", "gain, true", "more than random allies"):
        assert f"| {100 * kept['mean'][name]:.1f} points |" in said
    assert (rows["worth"] <= rows["worth_best"] + 1e-9).all()


def test_what_is_said_of_neighbours_is_in_its_table():
    folder = EXPERIMENTS / "when_do_they_engage"
    said = (folder / "README.md").read_text("utf-8")
    for row in pd.read_csv(folder / "rates.csv").query("precursor == 'neighbours'").itertuples():
        assert f"{row.low:.1f} to {row.high:.1f})" in said


def test_what_is_said_of_reactions_is_in_its_table():
    folder = EXPERIMENTS / "reactions"
    said = (folder / "README.md").read_text("utf-8")
    for row in pd.read_csv(folder / "compared.csv").itertuples():
        assert f"| {row.cost_reaction:,.0f} | " in said
        assert f"({100 * row.low:+.2f} to {100 * row.high:+.2f})" in said
