"""The model inside a report: its numbers are those of the command, its verdicts those of Python, and it reads well."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy import stats
from test_page import hostile_page

from engagesim.analysis.differences import verdict_on
from engagesim.analysis.outcomes import OUTCOMES, judged
from engagesim.cli import main
from engagesim.configs import config_folder
from engagesim.mechanisms.design import design_of
from engagesim.parameters import Parameters
from engagesim.places.matching import CONTEXTS
from engagesim.places.profile import read_profile
from engagesim.places.stored import Place, write_place
from engagesim.report.comparison_tables import interval
from engagesim.report.comparison_words import change, digits_of, scale_of
from engagesim.study.intervention_packages import read_catalogue
from engagesim.web import ask_back, compiling
from engagesim.web.ask_back import VERDICTS
from engagesim.web.assembly import bundled, modules
from engagesim.web.compiling import web_engine
from things import carried_out, overriding

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node") or shutil.which("nodejs")
TOGETHER = pytest.mark.xdist_group(__name__)  # one process makes the reports that these tests share
WITH_NODE = pytest.mark.skipif(NODE is None, reason="no node here: apt-get install nodejs")
PACKAGES = """
audit: [{use: social_audit, start: 6}]
worst: {where: {worst: 0.5}, interventions: [social_audit, {use: merit_protection, start: 12, intensity: 0.5}]}
some: {where: 0.5, start: 6, interventions: [survey, less_patronage_money]}
two forms: [{use: committee, where: [0, 1], start: 3}, {use: survey, where: [2], start: 9, stop: 20, ramp: 3}]
reacts: [{use: social_audit, start: 0}, {use: named_officials, start: 0, when: {observed: token_answers, at_least: 0.3,
  months: 2}, lasts: 6}]
too late: [{use: social_audit, start: 40}]
"""
SMALL = ("population.citizens=120", "population.districts=3", "months=30", "seeds=7", "unknowns=0")
MOVED = {"incentives.patronage": 0.7, "conditions.resources": 0.8}


def society_of(number: int) -> dict[str, float]:
    ends = {path: low + (high - low) * (0.3 + 0.1 * number) for path, (low, high) in CONTEXTS.items()}
    return {"seed": 5 + number, "set": number % 2} | ends


def in_contexts() -> list[str]:
    Path("packages.yaml").write_text(PACKAGES, "utf-8")
    return ["packages=packages.yaml", "contexts=[contested_reform,merit_state]"]


def at_a_place() -> list[str]:
    Path("packages.yaml").write_text(PACKAGES, "utf-8")
    shutil.copy(ROOT / "experiments/place/my_place.yaml", "my_place.yaml")
    profile = read_profile(Path("my_place.yaml"), read_catalogue(config_folder()))
    sets = ({"citizens.learning": 0.2}, {"citizens.learning": 0.1, "officials.rents": 0.5})
    Path("my_place").mkdir(exist_ok=True)
    write_place(Path("my_place"), Place(profile, sets, pd.DataFrame([society_of(number) for number in range(4)])))
    return ["packages=packages.yaml", "place=my_place"]


def of_files() -> list[str]:
    people, lots = range(90), np.random.default_rng(1)
    rows = "".join(f"Ann{i},{lots.random():.3f},{lots.random():.3f}\n" for i in people)
    Path("people.csv").write_text("person,education,vulnerability\n" + rows, "utf-8")
    ties = "".join(f"Ann{i},Ann{(i + step) % 90}\n" for i in people for step in (1, 2, 7))
    Path("ties.csv").write_text("source,target\n" + ties, "utf-8")
    files = ["population.file=people.csv", "network.file=ties.csv", "population.citizens=90"]
    return ["packages={audit: [{use: social_audit, start: 6}]}", "outcome=wealth_gap", "calibration=none", *files]


CASES = {"contexts": in_contexts, "place": at_a_place, "files": of_files}


def compared(words: list[str], output: str) -> dict[str, Any]:
    """Run the command, and return what its report holds beside the differences of every society."""
    carried_out(["compare", *overriding([*SMALL], *words), "progress=false", f"output={output}"])
    text = Path(output, "report.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="ask-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return {"data": json.loads(found[1]), "runs": pd.read_csv(f"{output}/runs.csv"), "text": text}


@pytest.fixture(scope="module", params=CASES)
def report(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path_factory.mktemp(request.param))
        words = CASES[request.param]()
        moved = [f"{path}={value}" for path, value in MOVED.items()]
        yield compared(words, "made"), compared([*words, *moved], "moved")


def in_node(told: dict[str, Any], folder: Path) -> dict[str, Any]:
    design = design_of(Parameters)
    (folder / "engine.wasm").write_bytes(web_engine(design).module)
    (folder / "package.json").write_text('{"type": "module"}')
    for name, script in modules(design).items():
        (folder / f"{name}.js").write_text(script)
    (folder / "told.json").write_text(json.dumps(told))
    command = [str(NODE), str(Path(__file__).with_name("asked.mjs")), str(folder), str(folder / "told.json")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-2000:]
    return json.loads(said.stdout)


@TOGETHER
@WITH_NODE
@pytest.mark.parametrize("is_moved", [False, True], ids=["as_reported", "moved"])
def test_each_society_differs_as_in_the_command(report, is_moved, tmp_path):
    made, again = report
    data, runs = made["data"], (again if is_moved else made)["runs"]
    seeds = sorted(set(runs["seed"]))
    pairs = [
        {"context": context, "chosen": chosen, "moved": MOVED if is_moved else {}, "seeds": seeds}
        for context in range(len(data["contexts"]))
        for chosen in range(len(data["packages"]))
    ]
    lived = in_node({"data": data, "pairs": pairs}, tmp_path)["values"]
    assert len(runs) == len(pairs) * len(seeds)
    moving = 0
    for pair, found in zip(pairs, lived, strict=True):
        context = data["contexts"][pair["context"]]["name"]
        names = list(dict.fromkeys(runs["package"]))
        mine = runs[(runs["context"] == context) & (runs["package"] == names[pair["chosen"]])].sort_values("seed")
        assert found == pytest.approx(mine["difference"].to_numpy(), abs=1e-12), (context, names[pair["chosen"]])
        moving += int(np.count_nonzero(found))
    assert moving > len(pairs) * len(seeds) / 2


@WITH_NODE
def test_verdicts_intervals_and_words_are_those_of_python(tmp_path):
    lots, asked, expected = np.random.default_rng(4), [], []
    differences, means = [], []
    for outcome in judged(OUTCOMES, {}, 60):
        for _ in range(150):
            least = float(lots.choice([outcome.negligible, 0.0, 0.05]))
            mine = outcome._replace(negligible=least)
            ends = np.sort(lots.choice([-1.0, 1.0, 0.0, 3.0], 2) * lots.choice([least, 0.02, 0.3], 2) * lots.random(2))
            seeds, varying = int(lots.integers(2, 40)), int(lots.integers(0, 12))
            told = {"negligible": least, "better": outcome.better}
            asked.append({"ends": list(ends), "outcome": told, "seeds": seeds, "varying": varying, "rule": VERDICTS})
            expected.append(verdict_on((ends[0], ends[1]), mine, seeds, varying))
            values = np.clip(lots.normal(lots.choice([0, 0.03, 0.9]), lots.choice([0, 1e-4, 0.1]), seeds), -1, 1)
            full = {**told, "reach": outcome.reach, "scale": scale_of(outcome), "digits": digits_of(outcome)}
            differences.append({"values": list(values), "outcome": full, "rule": VERDICTS})
            means.append((values, mine))
    assert set(expected) == {"better", "worse", "higher", "lower", "negligible", "unclear"}
    found = in_node({"data": None, "intervals": asked, "differences": differences}, tmp_path)
    assert found["verdicts"] == expected
    for (values, outcome), mine in zip(means, found["judged"], strict=True):
        seeds, mean = len(values), values.mean()
        half = stats.t.ppf(0.975, seeds - 1) * values.std(ddof=1) / np.sqrt(seeds) if np.ptp(values) > 0 else 0.0
        low, high = max(mean - half, -outcome.reach), min(mean + half, outcome.reach)
        assert (mine["mean"], mine["low"], mine["high"]) == pytest.approx((mean, low, high), abs=1e-9)
        words = [change(mine["mean"], outcome, named=False), interval(mine["low"], mine["high"], outcome)]
        assert mine["words"] == words
        assert mine["verdict"] == verdict_on((mine["low"], mine["high"]), outcome, seeds, np.count_nonzero(values))


@TOGETHER
@WITH_NODE
def test_the_command_sets_each_key_once_and_names_the_context(report, tmp_path):
    made, again = report
    view = {"context": 0, "moved": MOVED, "negligible": 0.02, "seeds": 20}
    data = again["data"]
    first, second = (
        shlex.split(in_node({"data": each, "views": [view]}, tmp_path)["commands"][0]) for each in (made["data"], data)
    )
    assert sorted(first) == sorted(second)
    keys = [word.partition("=")[0] for word in first[2:]]
    assert len(set(keys)) == len(keys)
    assert {f"{path}={value}" for path, value in MOVED.items()} < set(first)
    assert f"negligible.{data['outcome']['name']}=0.02" in first
    assert ("contexts=[contested_reform]" in first) == data["contexts"][0]["named"] == (len(data["contexts"]) > 1)


@WITH_NODE
def test_few_pairs_that_differ_support_no_verdict(tmp_path):
    ends = {"low": 0.03, "high": 0.7}
    counted = [
        [ends, 4, 0, 6],
        [ends, 6, 0, 6],
        [{"low": -0.7, "high": -0.1}, 0, 6, 6],
        [{"low": 0, "high": 0}, 0, 0, 6],
    ]
    directions = in_node({"data": None, "counted": counted}, tmp_path)["directions"]
    assert directions == ["no clear difference", "higher", "lower", "the same in every seed"]


@WITH_NODE
def test_the_command_of_a_society_gives_its_interventions_once(tmp_path):
    own = {"name": "own", "start": 3, "set": {"incentives.patronage": 0.2}}
    said = ["scenario=merit_state", "interventions=[{name: own, start: 3, set: {incentives.patronage: 0.2}}]"]
    societies = {"yours": {"said": said, "description": {"interventions": [own]}}}
    acts = [{"month": 6, "what": "incentives.audit", "value": 0.5}]
    requests = [{"society": "yours", "changes": {}, "acts": some} for some in ([], acts)]
    one, two = in_node({"data": None, "societies": societies, "requests": requests}, tmp_path)["runs"]
    assert one.count("interventions=") == two.count("interventions=") == 1
    assert "name: own" in two
    assert "incentives.audit: 0.5" in two


@WITH_NODE
def test_the_scripts_of_the_part_share_no_name(tmp_path):
    script = tmp_path / "script.mjs"
    script.write_text(bundled(design_of(Parameters), "ask"))
    assert subprocess.run([str(NODE), "--check", str(script)], check=False).returncode == 0


def test_of_files_the_report_holds_no_names_and_the_command_says_what_it_holds(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    found = compared(of_files(), "made")
    said = capsys.readouterr().out
    assert "report.html contains data from your files on 90 citizens and their ties, without names" in said.replace(
        "\n", " "
    )
    assert found["data"]["people"][0]["labels"] == []
    assert "Ann1" not in found["text"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("asked")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(made)
        compared([*in_contexts(), "seeds=20"], "made")
    return made / "made"


@pytest.fixture
def opened(offline, folder):
    """Open the report from disk, cut off from any network."""
    return partial(offline, (folder / "report.html").as_uri())


def computed(page, seeds: str = "20") -> list[str]:
    """Press the button, wait for the answer, and return the row of the page: difference, interval, seeds, verdict."""
    page.get_by_label("Seeds", exact=True).select_option(seeds)
    page.get_by_role("button", name="Compute again").click()
    page.locator(".asking [role=status]").get_by_text(f"{seeds} pairs of societies in").wait_for()
    return page.locator(".asking table").inner_text().split("This page")[1].split("\n")[0].split("\t")[1:5]


def test_a_reader_computes_what_the_report_says_and_then_moves_a_number(opened, folder):
    page = opened()
    page.get_by_role("link", name="Do you doubt a number?").click()
    table = pd.read_csv(folder / "comparison.csv").query("outcome == 'quality' and context == 'contested_reform'")
    chosen = page.get_by_label("Package", exact=True).evaluate("box => box.selectedOptions[0].text")
    row = table[table["package"].str.replace("_", " ").str.capitalize() == chosen].iloc[0]
    assert "not computed yet" in page.locator("#ask-back").inner_text()
    difference, _, seeds, _ = computed(page)
    quality = judged(OUTCOMES, {}, 30)[0]
    assert (difference, seeds) == (change(row["difference"], quality, named=False), "20")
    lever = page.get_by_label("Patronage, as a slider")
    lever.focus()
    lever.press("PageUp")
    assert page.get_by_label("Patronage", exact=True).input_value() == "0.4"
    assert "With patronage 0.4: not computed yet" in page.locator("#ask-back").inner_text()
    other = computed(page)
    assert other[0] != difference
    page.get_by_text("The same on the command line").click()
    assert "incentives.patronage=0.4 seeds=20" in page.locator(".asking pre").inner_text()
    page.get_by_label("Too small to matter").fill("0.9")
    assert "differences up to 0.9 too small to matter: negligible" in page.locator("#ask-back").inner_text()
    page.get_by_role("button", name="Back to the report’s numbers").click()
    assert page.get_by_label("Patronage", exact=True).input_value() == "0.3"
    assert difference in page.locator(".asking table").inner_text()  # what was lived is not lived again
    assert page.mistakes == []
    assert all(url.startswith(("file:", "blob:")) for url in page.asked)


def test_what_never_begins_is_said_in_the_words_of_the_report(opened):
    page = opened()
    page.get_by_label("Package", exact=True).select_option("Too late")
    page.get_by_label("Context", exact=True).select_option("Merit state")
    assert computed(page)[3] == "could not have an effect"


def test_wrong_numbers_are_told_in_a_line_and_nothing_is_computed(opened):
    page = opened()
    page.get_by_label("Patronage", exact=True).fill("7")
    page.get_by_label("Resources", exact=True).fill("much")
    page.get_by_role("button", name="Compute again").click()
    assert page.locator(".asking [role=alert]").inner_text() == (
        "Patronage = 7: must be a number from 0 to 1; Resources = much: must be a number from 0.05 to 3"
    )
    assert page.locator(".asking [role=status]").inner_text() == ""
    page.get_by_label("Resources", exact=True).fill("")
    page.get_by_label("Patronage", exact=True).fill("0,5")
    assert page.locator(".asking [role=alert]").inner_text() == ""
    assert "With patronage 0.5" in page.locator("#ask-back").inner_text()


def test_it_can_be_stopped_and_goes_on_from_there(opened):
    page = opened()
    page.get_by_label("Seeds", exact=True).select_option("200")
    page.get_by_role("button", name="Compute again").click()
    page.get_by_role("button", name="Stop").click()
    status = page.locator(".asking [role=status]")
    status.get_by_text("Stopped after").wait_for()
    assert "continues from there" in status.inner_text()
    assert computed(page)[2] == "20"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_fits_and_an_accessibility_checker_finds_nothing_serious(opened, width, scheme):
    page = opened(viewport={"width": width, "height": 800}, color_scheme=scheme)
    computed(page)
    page.evaluate("document.querySelectorAll('details').forEach(found => found.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}] == []


def test_without_scripts_the_report_reads_as_before_with_one_sentence_more(opened):
    page = opened(java_script_enabled=False)
    assert "needs a browser from 2023 or later that may run scripts" in page.locator(".asking").inner_text()
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("heading", name="Caveats").is_visible()


def test_on_paper_a_sentence_says_where_it_is(opened, folder):
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator(".asking").is_visible()
    assert "under “Ask back” in report.html" in page.locator(".brief").inner_text()
    assert "under “Ask back” in report.html" in json.loads((folder / "brief.json").read_text("utf-8"))["ask"]


@pytest.mark.parametrize("why", ["size", "chain"])
def test_where_the_engine_cannot_run_the_report_says_so_in_a_line(why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["packages={audit: [{use: social_audit, start: 6}]}"]
    if why == "size":
        monkeypatch.setattr(ask_back, "MOST_CITIZENS", 100)
        line = "Contested reform has 120 citizens, and a page can simulate at most 100."
        words.append("scenario=contested_reform")
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setattr(compiling, "_read", lambda folder, design: None)
        monkeypatch.setattr(compiling, "can_build", lambda: False)
        line = "need their own engine, which is built on this machine; install the tool chain once"
    assert main(["compare", *SMALL, *words, "progress=false", "output=made"]) == 0
    page = Path("made/report.html").read_text("utf-8")
    assert line in page
    assert "does not run in this page" in page
    assert "<script" not in page
    assert "doubt a number? Change it under" not in page
    assert "script-src 'none'" in page


def test_a_report_without_the_part_has_no_script():
    assert "<script" not in hostile_page()
