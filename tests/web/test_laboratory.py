"""The page as its readers use it: from disk, without a network, with the numbers of the command that it shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from engagesim import scenario, simulate
from engagesim.cli import main
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Parameters
from engagesim.parquet import frame_of, table_in
from engagesim.parquet import opened as parquet
from engagesim.web.assembly import bundled, modules
from engagesim.web.compiling import SHIPPED, build_apart, can_build, fingerprint
from engagesim.web.content import code_for
from engagesim.web.page import MARK
from engagesim.web.page import laboratory as laboratory_page
from things import carried_out

NODE = shutil.which("node") or shutil.which("nodejs")
SMALL = ("population.citizens=200", "population.districts=4")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """The file of a small society of its own."""
    file = tmp_path_factory.mktemp("page") / "laboratory.html"
    carried_out(["page", "scenario=contested_reform", *SMALL, f"output={file}"])
    return file


@pytest.fixture
def opened(offline, laboratory):
    """Open the page, with what follows the hash, in a window of some width, cut off from any network."""

    def opening(link="", width=1280):
        address = f"{laboratory.as_uri()}{link}"
        page = offline(address, viewport={"width": width, "height": 900}, accept_downloads=True)
        page.wait_for_selector("html[data-ready]")
        return page

    return opening


def test_the_shipped_engine_is_made_from_these_sources():
    record = json.loads(SHIPPED.with_name("engine.json").read_text())
    assert record["fingerprint"] == fingerprint(design_of(Parameters)), "rules or the month changed: run make web"


@pytest.mark.slow
@pytest.mark.skipif(not can_build(), reason="no linker here: make web-check brings it")
def test_the_shipped_engine_is_what_these_sources_give_byte_for_byte(tmp_path):
    build_apart(design_of(Parameters), tmp_path)
    for shipped in (SHIPPED.with_name("engine.json"), SHIPPED):  # the record first: it names the tool chain
        assert (tmp_path / shipped.name).read_bytes() == shipped.read_bytes(), "run make web"


def test_the_page_is_small_and_names_no_server(laboratory):
    text = laboratory.read_text()
    assert len(text.encode()) < 1_000_000
    assert MARK in text
    assert "https://" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.skipif(NODE is None, reason="no node here: apt-get install nodejs")
@pytest.mark.parametrize("entry", ["main", "worker"])
def test_modules_share_no_name_where_they_are_one_script(entry, tmp_path):
    script = tmp_path / "script.mjs"
    script.write_text(bundled(design_of(Parameters), entry))
    said = subprocess.run([str(NODE), "--check", str(script)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def test_modules_know_nothing_of_a_server():
    for name, text in modules(design_of(Parameters)).items():
        assert "fetch(" not in text, name
        assert "XMLHttpRequest" not in text, name


def test_a_reader_plays_acts_and_gets_the_command_that_repeats_it(opened, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = opened()
    page.get_by_role("button", name="A year").click()
    page.get_by_label("From this month on").select_option("social_audit")
    page.get_by_label("Patronage", exact=True).fill("0.05")
    page.get_by_role("button", name="A year").click()
    page.get_by_text("Open in Python, save, download").click()
    with page.expect_download() as loading:
        page.get_by_role("button", name="Data as CSV").click()
    shown = pd.read_csv(loading.value.path())
    command = page.inner_text("#command")
    assert page.mistakes == []
    assert command.startswith("engagesim run ")
    ours = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {command.removeprefix('engagesim ')}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert main([*ours.stdout.splitlines(), "output=repeated", "progress=false"]) == 0
    repeated = frame_of(table_in(parquet(Path("repeated/metrics.parquet").read_bytes())))
    assert len(shown) == len(repeated) == 24
    assert shown["month"].tolist() == list(range(24))
    assert all(np.array_equal(shown[name], repeated[name]) for name in shown.columns[1:])
    names = {"series": None}
    exec(page.inner_text("#program").replace("print(", "names['series'] = ("), {"names": names})  # noqa: S102 - what the page says
    assert np.array_equal(names["series"], shown["quality"])


def test_a_link_repeats_what_was_done_and_a_wrong_one_is_told_in_a_line(opened):
    page = opened("#scenario=yours&seed=7&month=30&act=6:social_audit:1&act=12:incentives.patronage:0.1&agent=3")
    parameters = scenario("contested_reform").changed(
        {"population.citizens": 200, "population.districts": 4, "seed": 7, "months": 30}
    )
    assert "After 30 months" in page.inner_text(".status")
    assert "Citizen 3" in page.inner_text(".person")
    link = page.evaluate("location.hash")
    society = LiveSociety(parameters)
    society.step(30)
    wrong = opened("#incentives.patronage=7")
    assert wrong.inner_text(".complaint") == (
        "This link cannot be opened: incentives.patronage = 7: must be a number from 0 to 1. "
        "The society of the page is shown instead."
    )
    again = opened(link)
    assert again.inner_text(".status") == page.inner_text(".status")
    assert page.mistakes == wrong.mistakes == again.mistakes == []


def test_a_wrong_link_or_file_in_an_open_page_is_told_and_the_class_under_way_stays(opened, tmp_path):
    page = opened("#tab=class&scenario=yours&month=12&years=3&group=Owls")
    link, shown = page.evaluate("location.hash"), page.inner_text(".desk h2")
    page.evaluate("location.hash = '#seed=1.5'")
    said = "This link cannot be opened: seed = 1.5: must be a whole number from 0 to 99999. Nothing here has changed."
    page.get_by_text(said).wait_for()
    page.evaluate("location.hash = '#years=4&version=1'")
    page.get_by_text("version = 1: must be").wait_for()
    assert (page.evaluate("location.hash"), page.inner_text(".desk h2")) == (link, shown)
    page.get_by_role("tab", name="Explore").click()
    page.get_by_text("Size, seed, people").click()
    for field, value in (("Districts", "200"), ("Citizens", "90.4")):  # the group stays open in between
        page.locator(".controls").get_by_label(field, exact=True).fill(value)
        page.locator(".controls").get_by_label(field, exact=True).blur()
    assert page.inner_text(".complaint") == "population.districts = 200: must be at most population.citizens (90)"
    assert page.inner_text(".status") == "200 citizens in 200 districts, seed 1."
    assert page.locator(".controls").get_by_label("Citizens", exact=True).input_value() == "200"
    page.get_by_text("Open in Python, save, download").click()
    empty = tmp_path / "empty.txt"
    empty.touch()
    page.locator(".repeat input[type=file]").set_input_files(empty)
    page.get_by_text("This file is empty.").wait_for()
    page.get_by_role("tab", name="Class").click()
    assert page.inner_text(".desk h2") == shown
    assert page.mistakes == []


def test_two_societies_are_compared_on_the_same_luck_as_in_python(opened):
    page = opened("#tab=compare")
    page.get_by_label("with").select_option("social_audit")
    page.get_by_label("over months").fill("12.4")
    page.get_by_label("over months").blur()
    assert page.get_by_label("over months").input_value() == "12"
    assert page.get_by_label("from month").input_value() == "12"  # a change after the end would change nothing
    page.get_by_label("from month").fill("13")
    page.get_by_label("over months").fill("36")
    page.get_by_label("on seeds").select_option("10")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_selector("table.outcomes")
    row = page.inner_text("table.outcomes tbody tr:first-child").split("\t")
    page.get_by_text("Open in Python").click()
    names: dict[str, object] = {}
    exec(page.inner_text("#pair-program").replace("print(gain.mean())", ""), names)  # noqa: S102 - what the page says
    gain = names["gain"]
    assert row[0] == "Quality"
    assert row[3] == f"{gain.mean():+.3f}".replace("-", "−")
    higher, lower = (gain > 0).sum(), (gain < 0).sum()
    assert row[5] == f"{higher} / {lower}"
    error = gain.std(ddof=1) / np.sqrt(len(gain)) * 2.2621571628  # Student's 97.5 percent point of 9
    assert row[4] == f"{gain.mean() - error:+.3f} to {gain.mean() + error:+.3f}".replace("-", "−")
    assert page.mistakes == []


def test_nothing_is_asked_of_any_server(opened, laboratory):
    page = opened()
    page.get_by_role("button", name="Step").click()
    page.get_by_role("tab", name="Compare").click()
    assert {url for url in page.asked if not url.startswith(("blob:", "data:"))} == {laboratory.as_uri()}


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_has_no_barriers_and_fits(opened, width):
    page = opened("#scenario=yours&month=30&act=6:social_audit:1&agent=3", width)
    for tab in ("Explore", "Compare"):
        page.get_by_role("tab", name=tab).click()
        found = Axe().run(page, options={"runOnly": STANDARD}).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == [], tab
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_plays_and_changes_tabs(opened):
    page = opened()
    page.get_by_role("button", name="Step").focus()
    page.keyboard.press("Enter")
    assert "After 1 month:" in page.inner_text(".status")
    page.get_by_role("tab", name="Explore").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Compare").get_attribute("aria-selected") == "true"
    assert page.evaluate("document.activeElement.textContent") == "Compare"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["lesson=nothing"], "lesson = nothing: no such lesson"),
        (["lesson=trap", "seed=3"], "seed=3: must be left out with lesson"),
        (["output=page.txt"], "must be a file whose name ends in .html"),
        (["progress=false"], "progress: must be left out of page; it is a key of run"),
        (["output=a.html", "output=b.html"], "output: is given twice"),
        (["population.citizens=30000"], "population.citizens = 30000: must be at most 20000 in a page"),
        ([f"years={'9' * 5000}"], "must be a whole number from 1 to 50"),
        (["-m"], "-m: no such flag of page"),
        (["seed=1,2"], "'seed=1,2': must be one value\n"),
        (["incentives.patronage=3"], "incentives.patronage = 3"),
    ],
)
def test_wrong_input_gets_one_line_and_nothing_is_written(words, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["page", *words]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert list(Path().rglob("*.html")) == []


@pytest.mark.parametrize("name", ["*x", "007", "yes", "a: b", "it's [a draft"])
def test_the_code_of_a_society_has_the_names_and_numbers_that_were_typed(name):
    said = [
        "scenario=merit_state",
        f"name={name}",
        "incentives.patronage=1e-3",
        "interventions=[{name: 'it\\'s', start: 3}]",
    ]
    assert code_for(said) == {
        "call": 'scenario("merit_state")',
        "changes": {"name": name, "incentives.patronage": 0.001, "interventions": [{"name": "it's", "start": 3}]},
    }


def test_no_name_of_a_society_damages_the_data_of_its_page():
    name = "<!--<script>x</script>"
    text = laboratory_page(Parameters().changed({"name": name}), [f"name={name}"])
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert json.loads(found[1])["societies"]["yours"]["description"]["name"] == name


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("mine.html").write_text("<p>mine</p>")
    assert main(["page", "output=mine.html"]) == 2
    assert "must be new, or a page of engagesim" in capsys.readouterr().err
    assert Path("mine.html").read_text() == "<p>mine</p>"


def test_files_are_in_the_page_and_that_is_said(tmp_path, monkeypatch, capsys, browser):
    monkeypatch.chdir(tmp_path)
    people = [f"p{i},{i / 60:.3f},{i % 3}" for i in range(60)]
    Path("people.csv").write_text("person,education,district\n" + "\n".join(people) + "\n")
    ties = "".join(f"p{i},p{(i * 7 + 1) % 60}\n" for i in range(60))
    Path("ties.csv").write_text("source,target\n" + ties)
    words = [
        "network=file",
        "network.file=ties.csv",
        "population.file=people.csv",
        "population.districts=3",
        "months=12",
    ]
    carried_out(["page", *words, "output=village.html"])
    assert "data from your files on 60 citizens, including names" in capsys.readouterr().out
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{Path('village.html').resolve().as_uri()}#month=12&agent=5")
    page.wait_for_selector("html[data-ready]")
    told = page.inner_text(".status")
    assert "(p5)" in page.inner_text(".person")
    context.close()
    lived = simulate([_composed(words)], seeds=[1])
    assert f"service quality {lived.measure('quality')[0, 0, -1]:.2f}" in told


def _composed(words):
    from engagesim.configs.compose import composed

    return composed(words).parameters
