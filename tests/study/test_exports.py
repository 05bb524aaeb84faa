"""A study leaves for other programs with its numbers, labels and units, and comes back the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engagesim.errors import EngagementError
from engagesim.parameters import Parameters
from engagesim.society.events import KINDS
from engagesim.study.description import Study
from engagesim.study.exports import FORMATS, export_study
from engagesim.study.observed import TIMES, Observed
from engagesim.study.plan import Plan, Variant
from engagesim.study.results import load
from engagesim.study.run_study import SweepOptions, run_study
from engagesim.study.store import EVENTS, described

FACTOR = {"p": {"path": "incentives.patronage", "values": [0.1, 0.5]}}


@pytest.fixture
def results(tmp_path):
    numbers = np.random.default_rng(1)

    def made_up(points, seeds):
        names = tuple(each.name for each in Plan(Study.of({}), (Variant({}, Parameters()),)).measures)
        return Observed(numbers.random((len(points), len(seeds), 3, len(names))), names, tuple(seeds))

    study = Study.of({"factors": FACTOR, "replicates": 2, "trajectories": True})
    town = Parameters().changed({"months": 3, "population.citizens": 12, "population.districts": 2})
    run_study(Plan(study, (Variant({"engagement": "none"}, town),)), tmp_path / "study", made_up, SweepOptions("1"))
    return load(tmp_path / "study")


def test_every_format_holds_the_same_numbers(results, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    files = {
        path.name for path in export_study(results, tmp_path / "out", FORMATS, {"more": pd.DataFrame({"if": ["=1+1"]})})
    }
    assert {"runs.csv", "runs.dta", "runs.sav", "study.xlsx", "study.nc", "months.dta", "variables.csv"} <= files
    out = tmp_path / "out"
    stata, spss = pd.read_stata(out / "runs.dta"), pyreadstat.read_sav(out / "runs.sav")
    excel = pd.read_excel(out / "study.xlsx", sheet_name="runs")
    for found in (stata["quality"], spss[0]["quality"], excel["quality"], pd.read_csv(out / "runs.csv")["quality"]):
        assert found.to_numpy() == pytest.approx(results.runs["quality"].to_numpy())
    assert stata["incentives_patronage"].tolist() == results.runs["incentives.patronage"].tolist()
    with pd.io.stata.StataReader(out / "runs.dta") as reader:
        labels = reader.variable_labels()
    assert "[incentives.patronage]" in labels["incentives_patronage"]
    assert labels["quality"].startswith("Service quality, mean over districts (0 to 1)")
    assert spss[1].column_names_to_labels["quality"] == labels["quality"]


def test_missing_and_infinite_numbers_flags_large_seeds_accents_and_long_names_come_back(results, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    long = "x" * 40
    table = pd.DataFrame(
        {
            "share": [0.5, np.nan, np.inf], "held": [True, False, True], "seed": [4_294_967_295, 0, 1],
            "name": ["Žofia", "", None], "note": ["é" * 1500, "李明", "NA"],
            f"{long}_one": [1, 2, 3], f"{long}_two": [4, 5, 6],
        }
    )  # fmt: skip
    export_study(results, tmp_path / "out", ["dta", "sav", "xlsx"], {"more": table})
    found = {
        "dta": pd.read_stata(tmp_path / "out" / "more.dta"),
        "sav": pyreadstat.read_sav(tmp_path / "out" / "more.sav")[0],
        "xlsx": pd.read_excel(tmp_path / "out" / "study.xlsx", sheet_name="more", keep_default_na=False, na_values=""),
    }
    for kind, read in found.items():
        assert read["share"].fillna(-1).tolist() == [0.5, -1, -1], kind
        assert read["held"].tolist() == [1, 0, 1], kind
        assert read["seed"].tolist() == table["seed"].tolist(), kind
        assert read["name"].fillna("").tolist() == ["Žofia", "", ""], kind
        assert read["note"].tolist() == table["note"].tolist(), kind
        assert read.iloc[:, -2:].to_numpy().tolist() == table.iloc[:, -2:].to_numpy().tolist(), kind
    assert found["dta"].columns[-2:].tolist() == ["x" * 32, f"{'x' * 30}_2"]
    assert found["sav"].columns[-2:].tolist() == found["xlsx"].columns[-2:].tolist() == table.columns[-2:].tolist()


def test_every_measure_keeps_its_unit_and_meaning_and_events_have_theirs(results, tmp_path):
    export_study(results, tmp_path / "out", ["csv"])
    said = pd.read_csv(tmp_path / "out" / "variables.csv", keep_default_na=False).set_index(["table", "variable"])
    measures = [each for each in results.measures if each.name not in TIMES]
    for table in ("runs", "months"):
        found = said.loc[table].loc[[each.name for each in measures]]
        assert found["unit"].tolist() == [each.unit for each in measures]
        assert found["description"].tolist() == [each.description for each in measures]
    for kind in KINDS:
        assert described(kind.name, table=EVENTS)["description"] == kind.description


def test_a_text_that_begins_like_a_formula_stays_a_text(results, tmp_path):
    from openpyxl import load_workbook

    export_study(results, tmp_path / "out", ["xlsx"], {"more": pd.DataFrame({"name": ["=1+1", "bell \a"]})})
    cell = load_workbook(tmp_path / "out" / "study.xlsx")["more"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert load_workbook(tmp_path / "out" / "study.xlsx")["more"]["A3"].value == "bell \ufffd"  # Excel has no bell


def test_netcdf_has_units_by_the_names_of_cf_beside_ours(results):
    about = results.dataset["quality"].attrs
    assert (about["units"], about["long_name"]) == ("0 to 1", "Service quality, mean over districts")
    assert (about["unit"], about["description"]) == (about["units"], about["long_name"])


def test_another_measure_can_be_drawn_and_an_unknown_one_is_named(results):
    assert results.about("trust").plan.study.measure == "trust"
    with pytest.raises(EngagementError, match="did you mean 'quality'"):
        results.about("qality")
    with pytest.raises(EngagementError, match="must be a measure with a mean"):
        results.about("coalition_month")


def test_a_format_that_does_not_exist_is_refused(results, tmp_path):
    with pytest.raises(EngagementError, match="format = 'pdf': must be csv, netcdf, xlsx, dta or sav"):
        export_study(results, tmp_path / "out", ["pdf"])
    assert not (tmp_path / "out").exists()
