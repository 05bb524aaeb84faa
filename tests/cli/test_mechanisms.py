"""A mechanism of one's own at the command line: named by its file, set by path, seen in whatever comes out."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from engagesim import compare, load, simulate, sweep
from engagesim.cli import main
from engagesim.cli.help import COMMANDS
from engagesim.configs.compose import composed_comparison, composed_study
from engagesim.configs.mechanisms import TAKEN_BY
from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.errors import EngagementError, MechanismError, ParameterError
from engagesim.mechanisms.design import extended, measures_of
from engagesim.parameters import Parameters
from engagesim.parquet import opened
from engagesim.study.observed import Observed
from engagesim.study.provenance import with_code
from engagesim.study.run_folder import read_run

SOURCE = Path(__file__).parents[2] / "experiments/mechanisms/fatigue.py"
MINE = "mechanisms=fatigue.py"
SMALL = ["population.citizens=24", "population.districts=2", "months=13", "engagement=survey", "engagement.start=2",
         "progress=false"]  # fmt: skip
VERSION = f"4 with fatigue ({hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:8]})"
FACTOR = ["factors.rest={path: fatigue.rest, values: [0,0.5]}", "measure=fatigue_of_citizens", "replicates=2"]
TOWN = Parameters().changed({"population.citizens": 24, "population.districts": 2, "months": 6})


@pytest.fixture(autouse=True)
def _mechanism(empty_folder):
    shutil.copy(SOURCE, "fatigue.py")


@pytest.fixture
def run() -> Path:
    asked = ["engine=agents", "agents_every=7", "fatigue.rest=0.2", "output=run"]
    assert main(["run", *SMALL, MINE, *asked]) == 0
    return Path("run")


def test_a_run_shows_what_its_mechanism_measures(run):
    about = opened((run / "metrics.parquet").read_bytes()).schema_arrow.field("fatigue_of_citizens").metadata
    assert about == {b"unit": b"0 to 1", b"description": b"Fatigue of citizens from engaging in vain"}
    agents = opened((run / "agents.parquet").read_bytes()).schema_arrow
    assert agents.field("tiredness").metadata[b"unit"] == b"0 to 1"
    made, config = (yaml.safe_load((run / name).read_text()) for name in ("provenance.json", "config.yaml"))
    assert made["model_version"] == VERSION
    assert made["mechanisms"] == {
        "fatigue": yaml.safe_load((run / "config.yaml").read_text())["mechanisms"][0]["source"]
    }
    assert json.loads((run / "summary.json").read_text())["measures"]["fatigue_of_citizens"]["unit"] == "0 to 1"
    assert "Fatigue of citizens" in (run / "mechanisms.svg").read_text("utf-8")
    assert (run / "inputs/fatigue.py").read_bytes() == SOURCE.read_bytes()
    assert config["fatigue"]["rest"] == 0.2
    assert f"model version {VERSION}, commit" in (run / "log.txt").read_text("utf-8")


def test_a_run_is_repeated_with_the_code_that_is_named_and_no_other(run, capsys):
    assert main(["rerun", "run"]) == 2
    assert "mechanisms: missing; must be the code of 'fatigue'" in capsys.readouterr().err
    assert main(["rerun", "run", "mechanisms=run/inputs/fatigue.py"]) == 0
    assert "identical files: config.yaml, metrics.parquet, events.parquet, agents.parquet" in capsys.readouterr().out
    Path("fatigue.py").write_text(SOURCE.read_text("utf-8").replace("setting(0.1,", "setting(0.2,"), "utf-8")
    assert main(["rerun", "run", MINE]) == 2
    assert "fatigue.py: must be the same code" in capsys.readouterr().err


def test_allies_are_sought_from_the_end_of_a_run_with_its_mechanism(run, capsys):
    few = ["after=run", "futures=20", "fresh=20", "horizon=4", "holds=2", "most=1", "progress=false"]
    assert main(["allies", *few, "output=none"]) == 2
    assert "add mechanisms=run/inputs/fatigue.py" in capsys.readouterr().err
    assert main(["allies", *few, MINE, "output=found"]) == 0
    society = LiveSociety(extended(read_run(run)[0], ["fatigue.py"]))
    society.step(13)
    society.snapshot().save("lived.npz")
    assert main(["allies", "after=lived.npz", *few[1:], MINE, "output=same"]) == 0
    assert Path("found/allies.csv").read_bytes() == Path("same/allies.csv").read_bytes()


def test_each_run_of_a_multirun_has_the_mechanism(capsys):
    assert (
        main(["run", "-m", *SMALL, "engine=agents", "figures=false", MINE, "fatigue.rest=0.1,0.2", "output=runs"]) == 0
    )
    configs = [yaml.safe_load(Path(f"runs/{number}/config.yaml").read_text()) for number in (0, 1)]
    assert [config["fatigue"]["rest"] for config in configs] == [0.1, 0.2]


def test_the_table_of_parameters_lists_the_settings(capsys):
    assert main(["parameters", "--format", "markdown", MINE]) == 0
    assert "| `fatigue.rest` | 0.05 | 0 to 1 | rate per month |" in capsys.readouterr().out
    assert main(["parameters", "--format", "json-schema", MINE]) == 0
    assert "fatigue" in json.loads(capsys.readouterr().out)["properties"]


def test_a_study_varies_settings_and_measures_and_goes_on(capsys):
    asked = ["sweep", *SMALL, MINE, *FACTOR, "output=study"]
    assert main(asked) == 0
    assert main(asked) == 0
    found = load("study")
    assert found.runs.groupby("fatigue.rest")["fatigue_of_citizens"].mean().is_monotonic_decreasing
    assert main(["rerun", "study", "3", MINE]) == 0
    assert main(["rerun", "study", "3"]) == 2
    assert main(["run", "study", "3", MINE, "output=opened", "progress=false", "figures=false", "engine=agents"]) == 0
    assert main(["run", "study", "3", "output=again"]) == 2
    assert main(["export", "study"]) == 0
    assert "fatigue_of_citizens" in pd.read_csv("study/export/runs.csv").columns
    assert main(["export", "study", "agents=0", "output=none"]) == 2
    assert main(["export", "study", MINE, "output=none"]) == 2
    assert main(["export", "study", "agents=3", MINE, "format=csv", "output=agents"]) == 0
    assert pd.read_csv("agents/agents.csv")["tiredness"].max() > 0
    here = sweep(found.plan.study, found.plan.variants[0].parameters, "here", mechanisms=["fatigue.py"])
    pd.testing.assert_frame_equal(here.runs, found.runs, check_exact=True)
    capsys.readouterr()


def test_python_takes_files_in_every_way_of_simulating():
    plain = simulate([TOWN], [1, 2], mechanisms=["fatigue.py"])
    assert plain.measures[-1] == "fatigue_of_citizens"
    assert (plain.metrics == simulate([extended(TOWN, ["fatigue.py"])], [1, 2]).metrics).all()
    with pytest.raises(ParameterError, match="must all have the same mechanisms"):
        simulate([TOWN, extended(TOWN, ["fatigue.py"])], [1])
    rest = {"name": "rest", "add": {"fatigue.rest": 0.3}, "cost": 10}
    year = TOWN.changed({"months": 24})
    found = compare({"rest": [rest]}, {"town": year}, [1, 2], calibration="none", mechanisms=["fatigue.py"])
    assert set(found.differences["package"]) == {"rest"}
    fatigue = compare(
        {"rest": [rest]}, {"town": year}, [1, 2], "fatigue_of_citizens", "none", mechanisms=["fatigue.py"]
    )
    row = found.differences.set_index("outcome").loc["fatigue_of_citizens"]
    assert fatigue.costs.set_index("package").loc["rest", "effect"] == row["difference"] <= 0
    with pytest.raises(ParameterError, match=r"outcome = 'fatigue_of_citizens': must be quality, "):
        compare({"rest": ["survey"]}, {"town": year}, [1, 2], "fatigue_of_citizens")


def test_a_comparison_moves_settings_and_keeps_the_source(capsys, monkeypatch):
    monkeypatch.setattr("engagesim.web.compiling.can_build", lambda: False)  # an engine for the report takes minutes
    packages = "packages={rested: [{name: rest, add: {fatigue.rest: 0.3}, cost: 10}]}"
    few = ["seeds=2", "calibration=none", "unknowns=0"]
    asked = [*SMALL, "months=24", "engagement=none", *few, packages, "output=compared"]
    asked = [each for each in asked if each not in {"engagement=survey", "engagement.start=2", "months=13"}]
    assert main(["compare", *asked, MINE]) == 0
    made, config = json.loads(Path("compared/provenance.json").read_text()), Path("compared/config.yaml").read_text()
    assert made["model_version"] == yaml.safe_load(config)["model_version"] == VERSION
    assert made["mechanisms"] == yaml.safe_load(config)["mechanisms"]
    assert Path("compared/inputs/fatigue.py").read_bytes() == SOURCE.read_bytes()
    found = pd.read_csv("compared/comparison.csv").query("outcome == 'fatigue_of_citizens'")
    assert found["package"].tolist() == ["rested"]
    assert len(pd.read_csv("compared/profiles.csv").query("outcome == 'fatigue_of_citizens'")) == 2
    page = Path("compared/report.html").read_text("utf-8")
    assert "Fatigue of citizens from engaging in vain" in page
    assert "Mechanisms need their own engine" in page
    Path("fatigue.py").write_text(SOURCE.read_text("utf-8") + "\n", "utf-8")
    assert main(["compare", *asked, MINE]) == 2
    assert (
        "must be a new folder, or the folder of the same comparison (model_version is '4 with fatigue ("
        in capsys.readouterr().err
    )


def made_up(points, seeds, _options=None):
    """A model in a line, which shows what societies it was asked for."""
    names = [measure.name for measure in measures_of(type(points[0]))]
    metrics = np.random.default_rng(1).random((len(points), len(seeds), points[0].months, len(names)))
    metrics[..., -1] = points[0].fatigue.rest
    return Observed(metrics, tuple(names), tuple(seeds))


def test_facts_are_put_to_societies_with_the_mechanism(monkeypatch, capsys):
    monkeypatch.setattr("engagesim.cli.validate.simulate", made_up)
    quick = ["size=quick", "rivals=false", "only=[E05]", "calibration=none", "progress=false", "output=validated"]
    assert main(["validate", *quick, MINE, "fatigue.rest=0.2"]) == 0
    made, config = (yaml.safe_load(Path("validated", name).read_text()) for name in ("provenance.json", "config.yaml"))
    assert made["model_version"] == VERSION
    assert config["fatigue.rest"] == 0.2
    assert f"fatigue ({made['mechanisms']['fatigue'][:8]})" in Path("validated/report.html").read_text("utf-8")
    assert f"model version {VERSION}" in Path("validated/log.txt").read_text("utf-8")
    assert Path("validated/inputs/fatigue.py").read_bytes() == SOURCE.read_bytes()
    assert main(["validate", *quick, "fatigue.rest=0.2"]) == 2
    assert "fatigue.rest" in capsys.readouterr().err


def test_a_calibration_is_of_societies_with_the_mechanism_and_goes_on_with_the_same_source(monkeypatch, capsys):
    monkeypatch.setattr("engagesim.cli.validate.simulate", made_up)
    check = {"claim": "They do", "tolerance": "S", "value": "effect(engaged, survey, 4)", "sign": "+"}
    fact = {
        "title": "People answer surveys", "source": "Author (2020)", "role": "calibration", "history": 2, "months": 4,
        "arms": {"survey": ["survey"]}, "checks": [check],
    }  # fmt: skip
    Path("mine").mkdir()
    Path("mine/F01.yaml").write_text(yaml.safe_dump(fact), "utf-8")
    asked = ["calibrate", "facts=mine", "waves=1", "sets=10", "judged=1", "progress=false", "output=found", MINE]
    assert main(asked) == 0
    config = yaml.safe_load(Path("found/config.yaml").read_text())
    assert config["model_version"] == VERSION
    assert Path("found/inputs/fatigue.py").read_bytes() == SOURCE.read_bytes()
    assert main(asked) == 0
    Path("fatigue.py").write_text(SOURCE.read_text("utf-8") + "\n", "utf-8")
    assert main(asked) == 2
    assert "must be a new folder, or the folder of the same calibration (model_version is" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "sweep", "compare", "validate", "calibrate", "parameters"])
def test_what_no_engine_could_follow_is_refused_before_anything_is_begun(command, capsys):
    Path("odd.py").write_text(
        SOURCE.read_text("utf-8").replace("s.fatigue.", "s.odd.").replace("rest)", "rust)"), "utf-8"
    )
    assert main([command, "mechanisms=odd.py"]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(
        r"engagesim: .*odd\.py, line \d+: tire: s\.odd\.rust: no such parameter; did you mean .*\n", said
    )
    assert sorted(path.name for path in Path().iterdir()) == ["fatigue.py", "odd.py"]


def test_the_measure_of_a_mechanism_is_what_matters_most_in_a_comparison():
    asked = ["packages.audit=[social_audit]", "outcome=fatigue_of_citizens"]
    assert composed_comparison([MINE, *asked]).options.outcome == "fatigue_of_citizens"
    with pytest.raises(ParameterError, match=r"must be quality, .* did you mean"):
        composed_comparison([MINE, asked[0], "outcome=fatigue_of_citizen"])


def test_uncertain_factors_and_lists_of_points_know_the_settings():
    uncertain = "uncertain.factors={rest: {path: fatigue.rest, low: 0, high: 1}}"
    assert composed_comparison([*SMALL[:3], MINE, uncertain]).options.uncertain.factors["rest"].path == "fatigue.rest"
    Path("points.csv").write_text("fatigue.rest,incentives.patronage\n0.1,0.2\n0.3,0.4\n", "utf-8")
    listed = composed_study([*SMALL[:3], MINE, "design=list", "design.file=points.csv"]).plan
    assert listed.paths == ["fatigue.rest", "incentives.patronage"]
    with pytest.raises(EngagementError, match=r"line 1: fatigue\.rest: no such numeric parameter"):
        assert composed_study([*SMALL[:3], "design=list", "design.file=points.csv"]).plan.paths


def test_several_files_are_a_list():
    shutil.copy(SOURCE.with_name("local_media.py"), "local_media.py")
    parameters = composed_study(["mechanisms=[fatigue.py,local_media.py]"]).plan.variants[0].parameters
    assert [mechanism.name for mechanism in parameters.mechanisms] == ["fatigue", "local_media"]
    with pytest.raises(MechanismError, match=r"mechanisms=\[old/inputs/fatigue\.py,old/inputs/local_media\.py\]$"):
        with_code(parameters, [], Path("old"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["run", "mechanisms=nowhere.py"], "mechanisms = ['nowhere.py']: must be a Python file"),
        (["run", "mechanisms="], "mechanisms: missing; must be a file"),
        (["run", "mechanisms=[]"], "must be a file, or a list of files"),
        (["run", "mechanisms=[a,{]"], "must be a file, or a list of files"),
        (["run", MINE, MINE], "mechanisms: must be given once"),
        (["run", "mechanisms=[fatigue.py,./fatigue.py]"], "must have each name once; 'fatigue' appears twice"),
        (["run", "mechanisms=a-b.py"], "must be a Python file"),
        (["run", "mechanisms=~/fatigue.py"], "the shell did not replace ~"),
        (["run", MINE, "fatigue.rust=0.1"], "fatigue.rust: no such parameter; did you mean 'fatigue.rest'?"),
        (["run", MINE, "fatigue.rest=2"], "fatigue.rest = 2: must be a number from 0 to 1"),
        (["run", "fatigue.rest=0.2"], "fatigue.rest: no such parameter"),
        (["sweep", *FACTOR], "fatigue.rest: no such numeric parameter"),
        (["sweep", MINE, "measure=fatigue_of_citizen"], "no such measure; did you mean 'fatigue_of_citizens'?"),
        (["parameters", MINE, "x"], "must be --format table, markdown or json-schema, calibration=NAME or mech"),
        (["rerun", MINE], "must be the folder of a run"),
        (["compare", "packages.a=[survey]", "outcome=fatigue_of_citizens"], "must be quality,"),
        (["app", MINE], f"the dashboard simulates societies without mechanisms; {', '.join(TAKEN_BY[:-1])}"),
        (["plot", "study", MINE], "plot reads the mechanisms stored with the study, and accepts no others; run"),
        (["validate", MINE, "fatigue.rust=0.1"], "fatigue.rust: no such parameter; did you mean 'fatigue.rest'?"),
        (["calibrate", MINE, "fatigue.rest=2"], "fatigue.rest = 2: must be a number from 0 to 1"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(asked, said, capsys):
    assert main(asked) == 2
    line = capsys.readouterr().err.strip()
    assert said in line
    assert "\n" not in line


def test_the_commands_that_take_mechanisms_are_those_whose_help_says_so():
    assert set(TAKEN_BY) == {name for name, command in COMMANDS.items() if "mechanisms" in command.keys}


def test_no_config_names_code(capsys):
    Path("evil.py").write_text("open('ran', 'w').close()\n", "utf-8")
    for override in ("+mechanisms=evil.py", "++mechanisms=[evil.py]", "+population.mechanisms=evil.py"):
        assert main(["run", override, "output=run"]) == 2
        assert main(["sweep", override, "output=study"]) == 2
    assert not Path("ran").exists()
    assert "no such parameter" in capsys.readouterr().err
