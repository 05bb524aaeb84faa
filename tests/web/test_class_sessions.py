"""Class sessions: groups play year by year from the same start, and the debrief shows what each history came to."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from engagesim import MODEL_VERSION, scenario, simulate
from engagesim.cli import main
from engagesim.dashboard.society_request import Act, SocietyRequest, interventions, offered
from engagesim.mechanisms.design import design_of
from engagesim.parameters import SETTINGS, Parameters
from engagesim.study.intervention_packages import Package, cost
from engagesim.web.assembly import modules
from engagesim.web.content import controls, levers, ready_societies
from things import carried_out

NODE = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(NODE is None, reason="no node here: apt-get install nodejs")
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
SMALL = {"population.citizens": 200, "population.districts": 4}
YEARS = 3
PLAYED = "scenario=merit_state&month=24&years=4&group=Owls&act=12:social_audit:1"
"""A history of two years of four."""


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Ask the modules of the page in node."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "package.json").write_text('{"type": "module"}')
    for name, script in modules(design_of(Parameters)).items():
        (folder / f"{name}.js").write_text(script)
    settings = [{"path": each.path, "low": each.low, "high": each.high} for each in SETTINGS]
    lab = {
        "societies": ready_societies(), "opens": "contested_reform", "controls": controls(Parameters),
        "levers": levers(), "model": {"settings": settings}, "version": MODEL_VERSION,
    }  # fmt: skip
    (folder / "lab.json").write_text(json.dumps(lab))

    def asking(*questions):
        (folder / "questions.json").write_text(json.dumps(questions))
        command = [str(NODE), str(Path(__file__).with_name("classes.mjs")), str(folder), str(folder / "questions.json")]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr[-2000:]
        return [json.loads(line) for line in said.stdout.splitlines()]

    return asking


@needs_node
def test_what_a_history_cost_is_what_its_package_costs(answered):
    lots, questions, expected = np.random.default_rng(7), [], []
    for _ in range(60):
        months = int(lots.integers(1, 9)) * 12
        under_way, acts = set(), []
        for month in range(0, months, 12):
            for name in lots.choice(sorted(offered()), size=3, replace=False):
                acts.append(Act(month, str(name), float(name not in under_way)))
                under_way ^= {name}
        questions.append({"ask": "cost", "acts": [act._asdict() for act in acts], "months": months, "districts": 5})
        society = Parameters().changed({"months": months, "population.districts": 5})
        expected.append(cost(Package(name="all", interventions=tuple(interventions(tuple(acts)))), society))
    assert answered(*questions) == pytest.approx(expected, rel=1e-12)
    assert max(expected) > 0


@needs_node
def test_a_history_is_the_same_after_it_was_kept_and_opened(answered):
    [once] = answered({"ask": "again", "text": f"{PLAYED}&group=Ö+%26+<b>"})
    [twice] = answered({"ask": "again", "text": once})
    assert once == twice
    assert f"version={MODEL_VERSION}&mark=" in once
    assert "%3Cb%3E" in once


OTHERS = [
    ("scenario=merit_state&month=24&act=12:social_audit:1", "must be a file of a class session, or a link to one"),
    ("what is this", "must be a file of a class session, or a link to one"),
    ("", "must be a file of a class session, or a link to one"),
    ("%s&scenario=clientelist_trap", "is of the society Clientelist trap; this class plays Merit state"),
    ("%s&seed=9", "seed = 9: must be 1, as in this class"),
    ("%s&population.citizens=500", "population.citizens = 500: must be 1000, as in this class"),
    ("%s&population.citizens=500.5", "population.citizens = 500.5: must be a whole number from 50 to 20000"),
    (
        "%s&population.citizens=50&population.districts=200",
        "population.districts = 200: must be at most population.citizens (50)",
    ),
    ("%s&act=12:survey:0.5", "survey = 0.5: must be a whole number from 0 to 1"),
    ("%s&years=5", "years = 5: must be 4, as in this class"),
    ("%s&years=70", "years = 70: must be a whole number from 1 to 50"),
    ("%s&version=3", f"version = 3: must be {MODEL_VERSION}, the version of the model in this page"),
    ("%s&mark=0", "scenario = merit_state: must be the society of that name in this page; this is a different one"),
    ("%s&month=23", "month = 23: must be the end of one of 4 years"),
    ("%s&month=60", "month = 60: must be the end of one of 4 years"),
    ("%s&act=13:survey:1", "act = 13:survey:1: must be at the start of a year that the class plays"),
    ("scenario=merit_state&years=4", "must have simulated a year"),
    (
        "%s&act=12:incentives.patronage:0",
        "act = 12:incentives.patronage:0: must be a form or an intervention; "
        "the groups of this class cannot change settings",
    ),
    ("%s&move=all", "move = all: must be one of policies, settings"),
]


@needs_node
@pytest.mark.parametrize(("other", "line"), OTHERS)
def test_a_history_of_something_else_is_refused_in_a_line(other, line, answered):
    [found] = answered(
        {"ask": "gather", "found": [["owls.txt", f"#{PLAYED}"], ["other.txt", other.replace("%s", PLAYED)]]}
    )
    assert found["names"] == ["Owls"]
    assert found["refused"] == [f"other.txt: {line}"]


@needs_node
def test_histories_have_one_order_and_one_name_each(answered):
    found = [
        [f"{k}", f"https://school.example/lab.html#{PLAYED}&group={name}"] for k, name in enumerate(["b", "a", "b"])
    ]
    found[2][1] = found[2][1].replace("social_audit", "survey")
    [one], [other] = (answered({"ask": "gather", "found": order}) for order in ([*found, found[0]], found[::-1]))
    assert one == other
    assert one["names"] == ["a", "b", "b (2)"]
    assert one["refused"] == []


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """The file that an instructor hands out."""
    file = tmp_path_factory.mktemp("class") / "class.html"
    words = [f"{path}={value}" for path, value in SMALL.items()]
    carried_out(["page", "scenario=contested_reform", *words, f"years={YEARS}", f"output={file}"])
    return file


@pytest.fixture
def opened(offline, laboratory):
    """Open the page in a window of some width, cut off from any network."""

    def opening(link="", width=1280):
        address = f"{laboratory.as_uri()}{link}"
        page = offline(address, viewport={"width": width, "height": 900}, accept_downloads=True)
        page.wait_for_selector("html[data-ready]")
        return page

    return opening


def played(page, name, policies, folder):
    """Play as a group; ``policies`` has for each year the field and what it is set to. Returns the file handed in."""
    page.get_by_label("Name of the group").fill(name)
    page.get_by_label("Pace").select_option("0")
    for year, policy in enumerate(policies):
        for field, value in policy.items():
            if value is True:
                page.get_by_label(field, exact=True).check()
            else:
                page.get_by_label(field).select_option(value)
        page.get_by_role("button", name=f"Simulate year {year + 1}").click()
    hand_in = page.get_by_role("button", name="Hand in as a file")
    if not hand_in.is_visible():
        page.get_by_text("Hand in, save, hand out").click()
    with page.expect_download() as loading:
        hand_in.click()
    file = folder / loading.value.suggested_filename
    loading.value.save_as(file)
    return file


def test_a_class_plays_hands_in_and_sees_all_histories_with_the_numbers_of_python(opened, tmp_path):
    form = "From this month on"
    policies = {
        "Red owls": [{form: "social_audit"}, {"External audit": True}, {}],
        "Blue <foxes>": [{}, {form: "survey"}],
    }
    files = [played(opened(), name, policy, tmp_path) for name, policy in policies.items()]
    assert [file.name for file in files] == ["red-owls.txt", "blue-foxes.txt"]
    page = opened("#tab=debrief")
    chosen = page.get_by_label("Files that groups have handed in")
    chosen.set_input_files(files)
    page.wait_for_selector("table.years")
    acts = {
        "untouched": (36, ()),
        "Blue <foxes>": (24, (Act(12, "survey", 1),)),
        "Red owls": (36, (Act(0, "social_audit", 1), Act(12, "external_audit", 1))),
    }
    rows = page.locator("table.outcomes tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == list(acts)
    for row, (months, done) in zip(rows, acts.values(), strict=True):
        start = SocietyRequest("contested_reform", {**SMALL, "months": months}, done)
        lived = simulate([start.parameters()], seeds=[1])
        quality, trust = (lived.measure(name)[0, 0, -12:].mean() for name in ("quality", "trust"))
        standing = round(float(4 * lived.measure("coalition_districts")[0, 0].sum()))
        spent = cost(Package(name="all", interventions=tuple(interventions(done))), start.parameters())
        cells = row.split("\t")
        assert cells[1:4] == [str(months // 12), f"{quality:.2f}", f"{trust:.2f}"]
        assert cells[6:] == [f"{standing} of {months * 4}", f"{spent:,.0f}"]
    first_year = page.locator("table.years tbody tr").first.inner_text()
    assert "Social audit starts." in first_year
    assert "Nothing." in first_year
    picture = page.inner_html(".results")
    again = opened("#tab=debrief")
    links = "\n".join(file.read_text().strip() for file in reversed(files))
    again.get_by_label("or links, one per line").fill(f"{links}\n\n#seed=3\n")
    again.get_by_role("button", name="Add the links").click()
    again.wait_for_selector("table.years")
    assert again.inner_html(".results") == picture
    assert again.inner_text(".debrief .complaint") == "line 3: must be a file of a class session, or a link to one"
    with again.expect_download() as loading:
        again.get_by_role("button", name="Save all in one file").click()
    once_more = opened("#tab=debrief")
    once_more.get_by_label("Files that groups have handed in").set_input_files(loading.value.path())
    once_more.wait_for_selector("table.years")
    assert once_more.inner_html(".results") == picture
    assert page.mistakes == again.mistakes == once_more.mistakes == []


def test_a_year_stops_at_its_end_and_a_kept_history_goes_on_where_it_stopped(opened, tmp_path):
    page = opened()
    assert page.get_by_role("button", name="Simulate year 1").is_disabled()
    page.get_by_label("Name of the group").fill("Owls")
    page.get_by_label("Pace").select_option("4")
    page.get_by_role("button", name="Simulate year 1").click()
    assert page.get_by_label("External audit", exact=True).is_disabled()
    page.get_by_role("tab", name="Explore").click()  # the year that has begun is finished
    page.get_by_role("tab", name="Class").click()
    assert page.inner_text(".classroom .middle .status").startswith("After 12 months")
    page.get_by_label("Secret ballot", exact=True).check()
    file = played(page, "Owls", [], tmp_path)
    other = opened("#tab=explore")
    other.get_by_role("tab", name="Class").click()
    other.get_by_label("File of the class").set_input_files(file)
    other.wait_for_selector(".desk")
    assert other.get_by_label("Name of the group").input_value() == "Owls"
    assert other.get_by_label("Secret ballot", exact=True).is_checked()
    other.get_by_label("Pace").select_option("0")
    other.get_by_role("button", name="Simulate year 2").click()
    other.reload()
    other.wait_for_selector("html[data-ready]")
    parameters = scenario("contested_reform").changed({**SMALL, "months": 24})
    more = [each.model_dump() for each in interventions((Act(12, "secret_ballot", 1),))]
    lived = simulate([parameters.changed({"interventions": more})], seeds=[1])
    assert f"service quality {lived.measure('quality')[0, 0, -1]:.2f}" in other.inner_text(".classroom .middle .status")
    assert page.mistakes == other.mistakes == []


def test_an_instructor_starts_a_class_in_the_page_and_hands_it_out(opened):
    page = opened("#scenario=yours&seed=5")
    page.get_by_role("tab", name="Class").click()
    page.get_by_label("Years").fill("2")
    page.get_by_label("Groups may also change incentives").check()
    page.get_by_role("button", name="Start the class").click()
    page.get_by_text("Hand in, save, hand out").click()
    with page.expect_download() as loading:
        page.get_by_role("button", name="File of the class").click()
    handed = Path(loading.value.path()).read_text()
    assert "seed=5" in handed
    assert "years=2&move=settings" in handed
    group = opened(handed.strip())
    assert "seed 5, 2 years" in group.inner_text(".desk h2")
    assert group.get_by_label("Patronage", exact=True).count() == 1
    assert group.get_by_label("Citizens", exact=True).count() == 0  # that would be another society
    assert page.mistakes == group.mistakes == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_class_has_no_barriers_and_fits(opened, width):
    group = "#tab=class&scenario=yours&month=24&act=12:social_audit:1&years=3&group=Owls+with+a+very+long+name"
    page = opened(group, width)
    page.get_by_text("Hand in, save, hand out").click()
    page.get_by_text("Your policy so far").click()

    def check(where):
        found = Axe().run(page, options=STANDARD).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == [], where
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where

    check("playing")
    page.get_by_role("tab", name="Debrief").click()
    page.get_by_label("or links, one per line").fill(f"{group}\n{group}2\n{group}&seed=2")
    page.get_by_role("button", name="Add the links").click()
    page.wait_for_selector("table.years")
    check("debrief")
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("button", name="Leave this class").click()
    check("starting")
    assert page.mistakes == []


def test_the_keyboard_alone_plays_a_year(opened):
    page = opened()
    page.get_by_label("Name of the group").focus()
    page.keyboard.type("Owls")
    page.get_by_label("Pace").focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Simulate year 1").focus()
    page.keyboard.press("Enter")
    page.locator(".classroom .middle .status", has_text="After 12 months").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Simulate year 2"
    assert page.mistakes == []


@pytest.mark.parametrize("years", ["0", "51", "many", "2.5"])
def test_a_class_of_no_years_is_refused_in_a_line(years, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["page", f"years={years}"]) == 2
    said = capsys.readouterr().err
    assert "must be a whole number from 1 to 50" in said
    assert said.count("\n") == 1
    assert list(Path().rglob("*.html")) == []
