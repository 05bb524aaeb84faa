"""What a policy officer meets: one command, a report, tables, and clear refusals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from engagesim.cli import main
from engagesim.configs.composing import composed_comparison, config_folder

SMALL = ["population.citizens=60", "population.districts=3", "months=36", "seeds=8"]
AUDIT = "packages={audit: [social_audit], both: [social_audit, merit_protection]}"


def test_a_comparison_leaves_a_report_and_tables(capsys):
    assert main(["compare", *SMALL, AUDIT, "scenario=contested_reform", "output=compared"]) == 0
    said = capsys.readouterr().out
    assert "audit" in said
    names = {path.name for path in Path("compared").iterdir()}
    assert {"report.html", "comparison.csv", "costs.csv", "config.yaml", "provenance.json"} <= names
    table = pd.read_csv("compared/comparison.csv")
    assert set(table["package"]) == {"audit", "both"}
    assert set(table["context"]) == {"contested_reform"}


def test_the_same_comparison_gives_the_same_bytes():
    for name in ("one", "two"):
        assert main(["compare", *SMALL, AUDIT, f"output={name}"]) == 0
    for path in Path("one").iterdir():
        if path.name not in {"config.yaml", "log.txt"}:  # these two name the folder and the time
            assert path.read_bytes() == (Path("two") / path.name).read_bytes()


def test_packages_can_be_made_to_cost_the_same():
    assert main(["compare", *SMALL, AUDIT, "equal=intensity", "output=compared"]) == 0
    costs = pd.read_csv("compared/costs.csv").query("package != 'baseline'")["cost"]
    assert costs.nunique() == 1


def test_unknown_contexts_and_a_search_can_be_asked_for_too():
    factor = "uncertain.factors={patronage: {path: incentives.patronage, low: 0.1, high: 0.6}}"
    more = ["uncertain.contexts=12", "uncertain.seeds=2", factor, "search.tries=8", "search.fresh_seeds=20"]
    assert main(["compare", *SMALL, AUDIT, *more, "output=compared"]) == 0
    assert len(pd.read_csv("compared/uncertain_contexts.csv")) == 12
    assert {"quality_seemed", "quality"} <= set(pd.read_csv("compared/search.csv").columns)


def test_no_form_is_open_in_the_baseline_unless_one_is_asked_for():
    assert composed_comparison([AUDIT, "scenario=contested_reform"]).contexts["contested_reform"].engagement.opened == 0
    asked = composed_comparison([AUDIT, "scenario=contested_reform", "engagement=survey"]).contexts
    assert asked["contested_reform"].engagement.form == "survey"


@pytest.mark.parametrize("name", sorted(path.stem for path in (config_folder() / "comparison").glob("*.yaml")))
def test_every_shipped_comparison_runs_in_small(name):
    packages = [AUDIT] if name == "none" else []
    assert main(["compare", f"comparison={name}", *SMALL, *packages, "output=compared"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "packages: there are none"),
        (["packages={audit: [social_adit]}"], "did you mean 'social_audit'"),
        (["packages={audit: 7}"], "packages.audit"),
        ([AUDIT, "seeds=1"], "seeds = 1: allowed is 2 to 100000"),
        ([AUDIT, "outcome=happiness"], "outcome = 'happiness'"),
        ([AUDIT, "contexts=[utopia]"], "scenario = utopia: no such choice"),
        ([AUDIT, "equal=coverage", "budget=1e9"], "allowed 0 to"),
        ([AUDIT, "search.tries=1", "search.objectives=[confront]"], "allowed are quality"),
        ([AUDIT, "uncertain.contexts=5"], "needs at least one"),
        (["--flag"], "no such flag"),
    ],
)
def test_a_wrong_input_gets_one_clear_line_and_leaves_nothing(arguments, words, capsys):
    assert main(["compare", *(arguments if not arguments else [*SMALL, *arguments])]) == 2
    line = capsys.readouterr().err
    assert words in line
    assert line.count("\n") == 1
    assert [path for path in Path().rglob("*") if path.is_file()] == []
