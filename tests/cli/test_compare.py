"""What a policy officer meets: one command, a report, tables, and clear refusals."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from engagesim.cli import compare, main
from engagesim.configs.compose import composed_comparison, config_folder

SOCIETY = ["population.citizens=60", "population.districts=3", "months=36"]
SMALL = [*SOCIETY, "seeds=8"]
PLAIN = ["unknowns=0", "calibration=none"]
"""One society and nothing beside the comparison, which takes a third of the time of all that it does otherwise."""

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


@pytest.fixture
def _no_report(monkeypatch):
    """Draw no report where only tables are looked at: the figures take most of the time of a small comparison."""
    monkeypatch.setattr(compare, "write_page", lambda *_: None)


@pytest.mark.usefixtures("_no_report")
@pytest.mark.parametrize(("outcome", "unit"), [("engaged", "percentage points"), ("quality_gap", "0 to 1")])
def test_the_table_on_the_screen_has_the_unit_and_the_order_of_the_report(outcome, unit, capsys):
    more = [f"outcome={outcome}", *PLAIN, "output=compared"]
    assert main(["compare", *SMALL, AUDIT, "scenario=contested_reform", *more]) == 0
    said = capsys.readouterr().out
    assert f"contested_reform: {outcome} ({unit})" in said
    table = pd.read_csv("compared/comparison.csv").set_index("outcome").loc[outcome].set_index("package")
    shown = {line.split()[1]: line.split()[3] for line in said.splitlines() if line.startswith("│")}
    assert set(shown) == set(table.index)
    assert list(shown) == list(table["difference"].sort_values(ascending=outcome == "quality_gap").index)
    for package, words in shown.items():
        number = float(words.replace("−", "-")) if "≈" not in words else 0.0
        scale = 100 if unit == "percentage points" else 1
        assert number == pytest.approx(scale * table.loc[package, "difference"], abs=0.05 if scale == 100 else 5e-4)


def test_districts_of_a_people_file_are_those_that_are_compared_mapped_and_paid_for(request):
    rows = "".join(f"p{number},{'ab'[number % 2]},0.5\n" for number in range(60))
    Path("people.csv").write_text(f"person,district,education\n{rows}")
    square = [[0, 0], [1, 0], [1, 1], [0, 0]]
    areas = [
        {"properties": {"ward": name}, "geometry": {"type": "Polygon", "coordinates": [square]}} for name in ("b", "a")
    ]
    Path("map.geojson").write_text(json.dumps({"features": areas}))
    files = ["population.file=people.csv", "population.boundaries=map.geojson"]
    assert main(["compare", *files, "months=24", "seeds=8", AUDIT, *PLAIN, "output=compared"]) == 0
    found = pd.read_csv("compared/districts.csv")
    assert found.groupby("package")["name"].agg(list).tolist() == [["a", "b"]] * 3
    assert set(found["package"]) == {"baseline", *pd.read_csv("compared/comparison.csv")["package"]}
    assert 'href="#where"' in Path("compared/report.html").read_text("utf-8")
    request.getfixturevalue("_no_report")
    same = ["population.districts=2", "population.citizens=60", "months=24", "seeds=2", AUDIT, *PLAIN, "output=other"]
    assert main(["compare", *same]) == 0
    paid, usual = (pd.read_csv(f"{name}/costs.csv").set_index("package")["cost"] for name in ("compared", "other"))
    assert paid.to_dict() == usual.to_dict()


def test_without_packages_the_nine_forms_are_compared_in_three_contexts_and_summed_up(capsys):
    assert main(["compare", *SMALL, *PLAIN, "output=compared"]) == 0
    table = pd.read_csv("compared/comparison.csv")
    assert (table["package"].nunique(), table["context"].nunique()) == (9, 3)
    said = " ".join(capsys.readouterr().out.split())
    sentences = json.loads(Path("compared/brief.json").read_text("utf-8"))["sentences"]
    assert len(sentences) == 3
    assert all(sentence in said for sentence in sentences)
    assert {"brief.pdf", "brief.docx"} <= {path.name for path in Path("compared").iterdir()}


@pytest.mark.parametrize("named", [[], ["comparison=forms"]])
def test_the_nine_forms_are_compared_in_the_scenario_that_is_named(named):
    asked = composed_comparison(["scenario=merit_state", *named])
    assert list(asked.contexts) == ["merit_state"]
    assert len(asked.packages) == 9


def test_packages_come_from_a_file_in_any_folder_and_in_the_users_own_currency(tmp_path, capsys):
    file = tmp_path / "elsewhere" / "my_packages.yaml"
    file.parent.mkdir()
    text = "audit: [social_audit]\npay: [{name: pay, add: {officials.intrinsic: 0.1}, cost: 900}]\n"
    file.write_text(text, "utf-8")
    money = ["currency=KES", "exchange_rate=129"]
    assert main(["compare", *SMALL, f"packages={file}", *money, *PLAIN, "output=compared"]) == 0
    assert f"{file}: 2 packages: audit, pay" in capsys.readouterr().out
    wide = tmp_path / "wide.yaml"
    wide.write_text("packages:\n" + "".join(f"  {line}\n" for line in text.splitlines()), "utf-8")
    asked = composed_comparison([f"packages={wide}", *money])
    audit, pay = (package.interventions[0] for package in asked.packages)
    assert (audit.cost, pay.cost) == (670 * 129, 900)
    assert audit.cost_source.endswith("converted at 129 KES per dollar")
    assert "KES" in Path("compared/report.html").read_text("utf-8")


@pytest.mark.usefixtures("_no_report")
def test_what_is_negligible_is_up_to_the_user():
    names = {}
    for least in ("0", "0.9"):
        asked = [AUDIT, f"negligible.quality={least}", "seeds=20", *PLAIN, f"output=by_{least}"]
        assert main(["compare", *SOCIETY, *asked]) == 0
        table = pd.read_csv(f"by_{least}/comparison.csv").query("outcome == 'quality'")
        names[least] = set(table["verdict"])
    assert "negligible" not in names["0"]
    assert names["0.9"] == {"negligible"}


@pytest.mark.usefixtures("_no_report")
def test_packages_can_be_made_to_cost_the_same():
    assert main(["compare", *SMALL, AUDIT, "equal=intensity", *PLAIN, "output=compared"]) == 0
    costs = pd.read_csv("compared/costs.csv").query("package != 'baseline'")["cost"]
    assert costs.nunique() == 1


@pytest.fixture
def lived(monkeypatch):
    """The societies simulated, one entry a batch; a comparison is interrupted once ``most`` batches are there."""
    real, batches = compare.simulate, SimpleNamespace(sizes=[], most=10**9)

    def counted(points, seeds):
        if len(batches.sizes) >= batches.most:
            raise KeyboardInterrupt
        batches.sizes.append(len(points) * len(seeds))
        return real(points, seeds)

    monkeypatch.setattr(compare, "simulate", counted)
    return batches


FACTOR = "uncertain.factors={patronage: {path: incentives.patronage, low: 0.1, high: 0.6}}"
ALL_THERE_IS = ["uncertain.contexts=12", "uncertain.seeds=2", FACTOR, "search.tries=8", "search.fresh_seeds=20"]


def test_unknown_contexts_and_a_search_can_be_asked_for_too(capsys):
    assert main(["compare", *SMALL, AUDIT, *ALL_THERE_IS, "output=compared"]) == 0
    assert len(pd.read_csv("compared/uncertain_contexts.csv")) == 12
    found = pd.read_csv("compared/search.csv")
    assert {"quality_seemed", "quality"} <= set(found.columns)
    page, said = Path("compared/report.html").read_text("utf-8"), " ".join(capsys.readouterr().out.split())
    assert "What the search found" in page
    assert "On fresh societies" in said
    for name in found["package"]:
        assert name in set(pd.read_csv("compared/comparison.csv")["package"])


def test_a_comparison_that_was_interrupted_goes_on_and_ends_the_same(lived, capsys):
    asked = ["compare", *SOCIETY, "seeds=14", AUDIT, *ALL_THERE_IS]
    for batches in (0, 11):
        lived.most = batches
        assert main([*asked, "output=stopped"]) == 130
        assert not list(Path("stopped").glob("*.csv")) + list(Path("stopped").glob("*.html"))
    lived.most = 10**9
    assert main([*asked, "output=stopped"]) == 0
    both, lived.sizes = sum(lived.sizes), []
    assert main([*asked, "output=unbroken"]) == 0
    assert both == sum(lived.sizes)  # nothing was simulated twice
    assert {path.name for path in Path("stopped").iterdir()} == {path.name for path in Path("unbroken").iterdir()}
    for path in Path("unbroken").iterdir():
        if path.name != "log.txt":  # which tells the time
            assert path.read_bytes() == (Path("stopped") / path.name).read_bytes()
    lived.sizes = []
    assert main([*asked, "output=stopped"]) == 0
    assert lived.sizes == []
    assert "is finished" in capsys.readouterr().out


def test_a_comparison_whose_kept_batches_were_damaged_ends_the_same(lived):
    asked = ["compare", *SMALL, AUDIT, "calibration=none", "uncertain.contexts=2", "uncertain.seeds=2", FACTOR]
    lived.most = 1
    assert main([*asked, "output=stopped"]) == 130
    (batch,) = Path("stopped/unfinished").glob("*.npy")
    damaged = bytearray(batch.read_bytes())
    damaged[-1] ^= 1  # another exponent of a number: still one that can be read
    batch.write_bytes(damaged)
    lived.most = 10**9
    assert main([*asked, "output=stopped"]) == 0
    assert main([*asked, "output=unbroken"]) == 0
    assert Path("stopped/report.html").read_bytes() == Path("unbroken/report.html").read_bytes()


def test_another_comparison_in_the_same_folder_is_refused_and_changes_nothing(capsys):
    assert main(["compare", *SMALL, AUDIT, *PLAIN, "output=compared"]) == 0
    before = {path.name: path.read_bytes() for path in Path("compared").iterdir()}
    assert main(["compare", *SOCIETY, AUDIT, *PLAIN, "seeds=9", "output=compared"]) == 2
    assert "options.seeds is 8 there and 9 here" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in Path("compared").iterdir()} == before


@pytest.mark.usefixtures("_no_report")
def test_packages_that_were_found_are_compared_on_seeds_that_they_were_not_chosen_on(lived, monkeypatch):
    seen = []
    real = compare.simulate
    monkeypatch.setattr(compare, "simulate", lambda points, seeds: seen.append(set(seeds)) or real(points, seeds))
    asked = ["search.tries=4", "search.fresh_seeds=20", "calibration=none", "unknowns=0", "output=found"]
    assert main(["compare", *SMALL, *asked]) == 0
    chosen, fresh, compared = seen[0], seen[-2], seen[-1]
    assert (len(chosen), len(fresh), len(compared)) == (20, 20, 8)
    assert not chosen & fresh
    assert not chosen & compared


def test_a_name_in_a_package_is_shown_as_it_is_and_never_obeyed(capsys):
    name = "[bold]<b>x</b>[/nonsense]"
    packages = f"packages={{'a': {{note: '{name}', interventions: [{{use: survey, name: '{name}'}}]}}}}"
    assert main(["compare", *SMALL, packages.replace("'a'", "a"), *PLAIN, "output=compared"]) == 0
    page = Path("compared/report.html").read_text("utf-8")
    assert "<b>x" not in page
    assert "[bold]&lt;b&gt;x" in page


def test_no_form_is_open_in_the_baseline_unless_one_is_asked_for():
    assert composed_comparison([AUDIT, "scenario=contested_reform"]).contexts["contested_reform"].engagement.opened == 0
    asked = composed_comparison([AUDIT, "scenario=contested_reform", "engagement=survey"]).contexts
    assert asked["contested_reform"].engagement.form == "survey"


OTHERS = {path.stem for path in (config_folder() / "comparison").glob("*.yaml")} - {"forms"}  # compared above


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_every_shipped_comparison_runs_in_small(name):
    packages = [AUDIT] if name == "none" else []
    assert main(["compare", f"comparison={name}", *SMALL, *packages, *PLAIN, "output=compared"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["comparison=none"], "packages: missing; must be one or more"),
        (["packages=nowhere.yaml"], "nowhere.yaml: must be a YAML file"),
        (["packages=audit"], "must be packages by name, as in"),
        ([AUDIT, "negligible=0.02"], "must name an outcome, as in negligible.quality=0.02"),
        ([AUDIT, "negligible.qualty=0.02"], "did you mean 'quality'"),
        ([AUDIT, "negligible.quality=-1"], "negligible.quality = -1: must be"),
        ([AUDIT, "currency=KES"], "currency = KES: must come with exchange_rate"),
        ([AUDIT, "exchange_rate=129"], "exchange_rate: must come with another currency"),
        ([AUDIT, "unknowns=1"], "unknowns = 1: must be 0, or from 2 to 1000"),
        (["packages={audit: [social_adit]}"], "did you mean 'social_audit'"),
        (["packages={audit: 7}"], "packages.audit"),
        ([AUDIT, "seeds=1"], "seeds = 1: must be a whole number from 2 to 100000"),
        ([AUDIT, "outcome=happiness"], "outcome = 'happiness'"),
        ([AUDIT, "outcome=confront", "uncertain.contexts=4"], "uncertain.contexts = 4: must be 0 with"),
        ([AUDIT, "contexts=[utopia]"], "scenario = 'utopia': must be"),
        ([AUDIT, "scenario=merit_state", "contexts=[contested_reform]"], "scenario: must be left out with contexts"),
        ([AUDIT, "equal=coverage", "budget=1e9"], "must be a number from 0 to"),
        (
            [AUDIT, "search.tries=1", "search.objectives=[confront]"],
            "search.objectives[0] = 'confront': must be quality",
        ),
        (
            ["packages={free: [{name: free, set: {incentives.patronage: 0.1}}]}", "equal=coverage"],
            "must cost something",
        ),
        (["packages={refund: [{use: survey, cost: -5}]}"], "packages.refund[0].cost = -5"),
        ([AUDIT, "search.tries=1", "search.budget=0"], "search.budget = 0"),
        ([AUDIT, "uncertain.seeds=0"], "uncertain.seeds = 0: must be a whole number from 1 to 1000"),
        (["packages={far: [{use: survey, where: [7]}]}"], "packages.far"),
        (["packages={late: [{use: survey, start: 12, stop: 6}]}"], "packages.late"),
        ([AUDIT, "contexts=[]", "engagement.influence=7"], "engagement.influence = 7"),
        (["--flag"], "no such flag"),
    ],
)
def test_a_wrong_input_gets_one_clear_line_and_leaves_nothing(arguments, words, capsys):
    society = SOCIETY if "seeds=1" in arguments else SMALL
    assert main(["compare", *(arguments if not arguments else [*society, *arguments])]) == 2
    line = capsys.readouterr().err
    assert words in line
    assert line.count("\n") == 1
    assert [path for path in Path().rglob("*") if path.is_file()] == []
