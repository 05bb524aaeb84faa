"""The validation report in the documents is of these facts, this ensemble and these mechanisms."""

import re
from pathlib import Path

import yaml

from engagesim.configs.compose import config_folder
from engagesim.validation.facts import SHIPPED, read_facts
from engagesim.validation.null_models import MECHANISMS, NULL_MODELS
from engagesim.validation.parameter_sets import calibration_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "validation.md").read_text("utf-8")


def test_every_fact_and_every_check_stands_in_the_report():
    for fact in read_facts(SHIPPED):
        assert re.search(rf"^\| {fact.id} \| .* \| {fact.role} \| \d+ of {len(fact.checks)} \|", PAGE, re.MULTILINE)
        for check in fact.checks:
            assert f"| {fact.id} | {check.claim} | `{check.tolerance}` | {check.words} |" in PAGE


def test_the_report_is_of_the_ensemble_that_ships():
    made = yaml.safe_load((config_folder() / "calibration" / "default.yaml").read_text("utf-8"))
    sets = calibration_of(made).sets
    assert f"of the ensemble's {len(sets)} parameter sets" in PAGE
    heading = "| parameter | prior from | to | first | ensemble from | up to | width |\n"
    table = PAGE.partition(heading)[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| ([a-z]+\.\w+) \|(?: [^|]+ \|){2} ([^|]+) \|(?: [^|]+ \|){3}$", table, re.MULTILINE))
    assert {path: float(value) for path, value in rows.items()} == {
        path: float(f"{value:.3g}") for path, value in sets[0].items()
    }


def test_every_rival_and_every_mechanism_is_in_the_report():
    for rival in NULL_MODELS.values():
        assert f"| {rival.says} |" in PAGE
    for name in MECHANISMS:
        assert f"| {name} | {MECHANISMS[name].says} |" in PAGE


def test_every_fact_that_is_not_met_comes_with_a_reason():
    failed = re.findall(r"^\*\*(\w+), ", PAGE, re.MULTILINE)
    facts = {fact.id: fact for fact in read_facts(SHIPPED)}
    assert [name for name in failed if not facts[name].fails] == []
