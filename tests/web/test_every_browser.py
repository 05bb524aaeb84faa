"""The page runs in every browser that is installed: it starts, a group plays a year, and the debrief shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from browsers import BROWSERS, answered, installed
from engagesim import scenario, simulate
from engagesim.dashboard.society_request import Act, interventions
from things import carried_out

SMALL = {"population.citizens": 200, "population.districts": 4}


@pytest.mark.parametrize("package", BROWSERS)
def test_a_group_plays_a_year_and_sees_it_in_the_debrief(package, tmp_path):
    program = installed(package)
    words = [f"{path}={value}" for path, value in SMALL.items()]
    carried_out(["page", "scenario=contested_reform", *words, f"output={tmp_path / 'page.html'}"])
    shutil.copy(Path(__file__).with_name("around_a_page.html"), tmp_path)
    found = answered(program, tmp_path, "around_a_page.html")
    more = [each.model_dump() for each in interventions((Act(0, "social_audit", 1),))]
    lived = simulate([scenario("contested_reform").changed({**SMALL, "months": 24, "interventions": more})], seeds=[1])
    quality = lived.measure("quality")[0, 0]
    assert f"After 12 months: service quality {quality[11]:.2f}" in found["first"]
    assert f"After 24 months: service quality {quality[23]:.2f}" in found["second"]
    assert "month=24" in found["link"]
    assert f"Owls2{quality[-12:].mean():.2f}" in found["table"]
    assert "Social audit starts." in found["months"]
    assert found["mistakes"] == []
