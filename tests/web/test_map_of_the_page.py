"""The map of the page: districts with the numbers that the engine has, labelled as simulated."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engagesim.configs.compose import checked
from engagesim.configs.overrides import asked
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.web.description import described
from things import carried_out

NAMES = ("East", "North", "South")
PATIENCE = 60_000
"""Milliseconds: a busy machine is no failure."""


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Arguments of a society of three districts with boundaries."""
    folder = tmp_path_factory.mktemp("map")
    rows = "".join(f"p{person},{NAMES[person % 3]}\n" for person in range(60))
    (folder / "people.csv").write_text(f"person,district\n{rows}")
    square = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [
            [[x + 2 * place, y] for x, y in square]]}}
        for place, name in enumerate(NAMES[::-1])
    ]  # fmt: skip
    (folder / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return [
        "scenario=contested_reform",
        f"population.file={folder / 'people.csv'}",
        f"population.boundaries={folder / 'map.geojson'}",
    ]


@pytest.fixture(scope="module")
def parameters(words):
    return checked(asked(words))[0].parameters


def test_each_district_is_a_path_on_one_paper(parameters):
    found = described(parameters)["map"]
    assert found["names"] == list(NAMES)
    assert found["paths"][2] == "M0,200 200,200 200,0 0,0 0,200Z"
    assert [middle[0] for middle in found["middles"]] == sorted((m[0] for m in found["middles"]), reverse=True)
    assert found["size"] == [1000, 200]
    assert found["label"].startswith("Simulated")


def test_a_society_without_boundaries_has_no_map(parameters):
    assert described(parameters.changed({"population.boundaries": None}))["map"] is None


def test_the_map_shows_the_numbers_of_each_district(browser, words, parameters, tmp_path):
    file = tmp_path / "page.html"
    carried_out(["page", *words, f"output={file}"])
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    mistakes = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.click("text=A year")
    society = LiveSociety(parameters)
    society.step(12)
    quality = society.state.column("district", "quality")[:, 0]
    trust = np.bincount(society.wiring.district, society.state.column("citizen", "trust")[:, 0]) / 20
    for shade, numbers in (("quality", quality), ("trust", trust)):
        page.select_option("figure:has(svg.map) select", shade)
        shown = page.locator("svg.map text").all_text_contents()
        assert shown == [*NAMES, *(f"{number:.2f}" for number in numbers)]
    low = NAMES[int(trust.argmin())]
    assert f"Trust of citizens (0 to 1): from {trust.min():.2f} in {low}" in page.get_attribute("svg.map", "aria-label")
    assert "Simulated, not measured: districts after 12 months" in page.inner_text("figure:has(svg.map)")
    page.get_by_label("Choosing another restarts the simulation").select_option(
        "clientelist_trap"
    )  # a society of the page that has no map
    assert page.locator("svg.map").count() == 0
    page.close()
    assert mistakes == []
