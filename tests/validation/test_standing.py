"""What a parameter rests on is derived: from its declaration, the prior, and what a calibration found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engagesim import MODEL_VERSION
from engagesim.cli.parameters import calibration_named, markdown
from engagesim.configs.compose import composed_validation
from engagesim.parameters import parameter_table
from engagesim.validation.parameter_sets import PRIOR, Standing, calibration_of, standing

ROWS = {row.path: row for row in parameter_table()}
DEFAULT = calibration_named()
CODES = re.compile(r"\b(?:E\d\d|R9)\b")


def calibrated(path, width, p):
    told = {"parameter": path, "width": width, "p": p}
    return calibration_of({"sets": [{}], "provenance": {"model_version": MODEL_VERSION, "pinned": [told]}})


def test_only_names_files_and_seeds_rest_on_nothing():
    empty = {path for path, row in ROWS.items() if standing(row, DEFAULT) == Standing()}
    assert {"seed", "network.seed", "name", "population.file"} <= empty
    assert empty.isdisjoint(PRIOR)
    assert all(ROWS[path].low is None or ROWS[path].unit == "seed" for path in empty)


def test_exactly_the_parameters_of_the_prior_are_calibrated_or_will_be():
    found = {path for path, row in ROWS.items() if "calibrated" in standing(row, DEFAULT).found}
    assert found == set(PRIOR)


def test_what_has_a_documented_value_is_not_varied():
    assert not [path for path in PRIOR if not ROWS[path].value.startswith("judgement")]
    assert standing(ROWS["incentives.audit"], DEFAULT).found == "documented"
    assert standing(ROWS["population.trust_start"], DEFAULT).found == "judged"


def test_nothing_is_said_to_be_pinned_down_before_a_calibration():
    for path in PRIOR:
        assert standing(ROWS[path], calibration_of({"drawn": {"sets": 3, "width": 0.2, "seed": 1}})).pinned == (
            "not known: not calibrated yet"
        )


@pytest.mark.parametrize(
    ("p", "pinned", "value"),
    [(0.01, "yes: 34% of the prior's width", "calibration facts, together"),
     (0.2, "no: 34% of the prior's width", "judgement")],
)  # fmt: skip
def test_a_calibration_says_what_it_pinned_down_beyond_chance(p, pinned, value):
    found = standing(ROWS["citizens.learning"], calibrated("citizens.learning", 0.34, p))
    assert (found.mechanism, found.value, found.pinned) == ("E24", value, pinned)
    assert found.found == "calibrated, within 0.1 to 0.6"
    assert standing(ROWS["citizens.anger"], calibrated("citizens.learning", 0.34, p)).pinned == "not known"


def test_every_code_is_in_the_list_of_evidence():
    listed = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text("utf-8")
    for row in ROWS.values():
        assert row.source == "judgement" or CODES.search(row.source), row.path
        for code in CODES.findall(row.source + row.value):
            assert f"| {code} |" in listed, f"{row.path}: {code}"


def test_the_printed_table_shows_another_calibration():
    row = next(line for line in markdown(calibration=calibrated("citizens.learning", 0.34, 0.01)).splitlines()
               if "`citizens.learning`" in line)  # fmt: skip
    assert row.endswith(
        "| E24 | calibration facts, together | calibrated, within 0.1 to 0.6 | yes: 34% of the prior's width |"
    )


def test_a_calibration_that_builds_on_another_is_read_alike_with_and_without_hydra():
    composed = composed_validation(["calibration=default_and_rivals"])[0].calibration
    plain = calibration_named("default_and_rivals")
    assert plain == composed
    assert plain.sets == DEFAULT.sets
    assert list(plain.rivals) == list(plain.provenance["rivals"])
    for name, sets in plain.rivals.items():
        assert len(sets) == min(
            plain.provenance["rivals"][name]["judged"]["accepted"], plain.provenance["asked"]["keep"]
        )
