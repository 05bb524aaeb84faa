"""What a user of the command line meets: results, refusals in one line, and nothing half-written."""

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagesim.cli import main
from engagesim.configs.compose import composed, config_folder
from engagesim.configs.overrides import jobs
from engagesim.errors import EngagementError
from engagesim.parameters import parameter_table
from engagesim.parquet import frame_of, opened, table_in
from engagesim.study.run_folder import METRICS, read_metrics, read_run

SMALL = ["population.citizens=60", "population.districts=3", "months=4", "progress=false"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


NAMING = {"provenance.json", "log.txt"}
"""Files that name the folder of a run, and the time."""


def choices(group: str) -> list[str]:
    return sorted(path.stem for path in (config_folder() / group).glob("*.yaml"))


def written() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


def test_a_run_keeps_config_provenance_measures_words_and_figures(capsys):
    assert main(["run", *SMALL, "output=kept", "engagement=survey", "engagement.start=2"]) == 0
    kept = {path.name for path in Path("kept").iterdir()}
    figures = {
        f"{name}.{kind}"
        for name in ("behaviour", "outcomes", "commitment", "coalition", "society", "events")
        for kind in ("svg", "png")
    }
    assert (
        kept
        == {"config.yaml", "provenance.json", "metrics.parquet", "events.parquet", "summary.json", "log.txt"} | figures
    )
    summary = json.loads(Path("kept/summary.json").read_text())
    assert summary["months"] == len(read_metrics(Path("kept"))) == 4
    assert all(sentence in " ".join(capsys.readouterr().out.split()) for sentence in summary["words"][:1])
    parameters, certificate = read_run(Path("kept"))
    assert parameters.engagement.form == "survey"
    assert {"engagesim", "seed", "libraries", "results", "python"} <= certificate.keys()


def test_without_figures_the_results_are_the_same_and_nothing_is_drawn(capsys):
    for name in ("true", "false"):
        assert main(["run", *SMALL, f"figures={name}", f"output={name}"]) == 0
        assert ("figures" in capsys.readouterr().out.splitlines()[-1]) == (name == "true")
    plain = {path.name: path.read_bytes() for path in Path("false").iterdir() if path.name not in NAMING}
    assert not [name for name in plain if name.endswith((".svg", ".png"))]
    for name, content in plain.items():
        assert (Path("true") / name).read_bytes() == content


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        assert main(["run", *SMALL, "figures=false", f"output={name}", f"seed={seed}"]) == 0
    one, two, three = (Path(name, METRICS).read_bytes() for name in ("one", "two", "three"))
    assert one == two != three


def test_rerun_repeats_a_stored_run_and_tells_when_it_differs(capsys):
    main(["run", *SMALL, "figures=false", "output=kept"])
    assert main(["rerun", "kept"]) == 0
    assert "identical files" in capsys.readouterr().out
    config = yaml.safe_load(Path("kept/config.yaml").read_text())
    config["incentives"]["patronage"] = 0.9
    Path("kept/config.yaml").write_text(yaml.safe_dump(config))
    assert main(["rerun", "kept"]) == 1
    assert "different files" in capsys.readouterr().out


def test_agents_are_kept_every_so_many_months_with_the_terms_of_their_utility():
    assert main(["run", *SMALL, "figures=false", "output=kept", "agents_every=2"]) == 0
    agents = frame_of(table_in(opened(Path("kept/agents.parquet").read_bytes())))
    assert sorted(agents["month"].unique()) == [1, 3]
    assert len(agents) == 2 * (60 + 15 + 3)
    citizens = agents[agents["role"] == "citizen"]
    assert citizens["collaborate.gain"].notna().all()
    assert citizens["resist.rents"].isna().all()


def test_multirun_gives_one_folder_a_combination():
    assert (
        main(["run", "-m", *SMALL, "figures=false", "seed=1,2", "engagement=none,survey", "hydra.sweep.dir=many"]) == 0
    )
    forms = [read_run(Path("many", str(job)))[0].engagement.form for job in range(4)]
    assert sorted(forms) == ["none", "none", "survey", "survey"]


def test_an_interrupted_run_leaves_nothing_behind(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("engagesim.cli.run.draw_run", interrupt)
    assert main(["run", *SMALL, "output=kept"]) == 130
    assert written() == []
    assert "interrupted" in capsys.readouterr().err


def test_an_interrupt_that_a_library_calls_by_another_name_is_an_interrupt(monkeypatch, capsys):
    def composing(*_):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise EngagementError("In 'config': Unable to find or open it") from None

    outside = signal.signal(signal.SIGINT, signal.default_int_handler)  # which jobs in the background ignore
    monkeypatch.setattr("engagesim.cli.run.run", composing)
    try:
        assert main(["run"]) == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, outside)
    assert "interrupted" in capsys.readouterr().err


def test_a_folder_that_is_not_empty_is_left_alone(capsys):
    Path("kept").mkdir()
    Path("kept/mine.txt").write_text("mine")
    assert main(["run", *SMALL, "output=kept"]) == 2
    assert written() == ["kept", "kept/mine.txt"]
    assert "must be a new folder, or an empty one" in capsys.readouterr().err


WRONG = {
    "incentives.patronage=3": "incentives.patronage = 3",
    "incentives.patronge=0.3": "did you mean 'incentives.patronage'?",
    "population.citizens=-5": "must be a whole number from 10 to",
    "population.citizens=many": "population.citizens = 'many'",
    "population.reform_minded_share=1.5": "must be a number from 0 to 1",
    "+foo=1": "foo: no such parameter",
    "engagement=referendum": "engagement",
    "scenario=utopia": "scenario",
    "seed=[1": "must have a ] for each [",
    "seed=": "seed",
    "foo": "foo",
    "name=${nowhere}": "nowhere",
    "months=0": "must be a whole number from 1 to",
    "progress=maybe": "progress",
    "engagement.where=5": "a share from 0 to 1",
    "engagement.where=[99]": "must be numbers of districts, from 0 to 9",
    "network=file": "network.file",
    "population.file=nobody.csv": "population.file = nobody.csv",
    "network.degree=7": "must be an even number",
    "interventions=[{set:{incentives.patronage:4}}]": "interventions[0].set.incentives.patronage = 4",
    "interventions=[{set:{incentives.patron:1}}]": "no such setting",
    "interventions=[{start:9,stop:3}]": "later than start",
    "--nosuch": "no such flag",
    "output=/proc/nowhere": "must be a folder that can be written",
}


@pytest.mark.parametrize("override", WRONG)
def test_a_wrong_input_gets_one_clear_line_and_leaves_nothing(override, capsys):
    short = [] if override.startswith("months=") else ["months=2"]
    assert main(["run", *short, override]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert WRONG[override] in captured.err
    assert "Traceback" not in captured.err
    assert written() == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ties.graphml", "<graphml><broken", "unclosed token: line 1"),
        ("ties.csv", "person\n1\n2\n", "network.file = ties.csv"),
        ("ties.csv", "source,target\n1,\n", "row 2"),
    ],
)
def test_a_broken_network_file_is_refused(name, content, said, capsys):
    Path(name).write_text(content)
    assert main(["run", "network=file", f"network.file={name}"]) == 2
    assert said in capsys.readouterr().err
    assert written() == [name]


def test_who_is_in_the_ties_alone_is_drawn_and_named(capsys):
    Path("people.csv").write_text("person,education\n" + "".join(f"{row},0.5\n" for row in range(20)))
    Path("ties.csv").write_text("source,target\n1,2\n3,stranger\n")
    files = ["network=file", "network.file=ties.csv", "population.file=people.csv"]
    assert main(["run", *files, "population.districts=2", "months=2", "figures=false"]) == 0
    assert "such as 'stranger', who are drawn at random" in " ".join(capsys.readouterr().err.split())


def test_one_wrong_job_of_a_multirun_stops_all_before_the_first(capsys):
    assert main(["run", "-m", *SMALL, "seed=1,2,minus"]) == 2
    assert written() == []
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("scenario", "form"), [*itertools.product(choices("scenario"), choices("engagement"))])
def test_every_scenario_goes_with_every_form(scenario, form):
    files = ["network.file=ties.csv"] if scenario == "village" else []
    parameters, _ = composed([f"scenario={scenario}", f"engagement={form}", *files])
    assert parameters.engagement.form == form
    assert parameters.name in {scenario, "society"}


@pytest.mark.parametrize("group", ["population", "network", "incentives", "trends"])
def test_every_choice_of_every_group_is_valid(group):
    for choice in choices(group):
        composed([f"{group}={choice}", *(["network.file=ties.csv"] if choice == "file" else [])])


def test_sweeps_are_expanded_like_hydra_does():
    assert list(jobs(["a=1,2", "b=x", "c=range(0,2)"])) == [
        ["a=1", "b=x", "c=0"], ["a=1", "b=x", "c=1"], ["a=2", "b=x", "c=0"], ["a=2", "b=x", "c=1"],
    ]  # fmt: skip


paths = st.sampled_from([row.path for row in parameter_table()])
values = st.one_of(
    st.floats().map(str), st.integers().map(str), st.text(max_size=12), st.sampled_from(["null", "[]", "{}", "true"])
)


def refusal(overrides: list[str]) -> str | None:
    """Compose a config, and return what is said against it, if anything."""
    try:
        composed(overrides)
    except EngagementError as error:
        return str(error)
    return None


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths, values)
def test_any_override_is_taken_or_refused_in_one_line(path, value):
    said = refusal([f"{path}={value}"])
    assert said is None or (said and "\n" not in said)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_text_is_taken_or_refused_in_one_line(text):
    said = refusal([text])
    assert said is None or (said and "\n" not in said)


def test_the_parameter_table_is_printed_in_each_format(capsys):
    assert main(["parameters"]) == 0
    assert main(["parameters", "--format", "markdown"]) == 0
    markdown = capsys.readouterr().out
    assert all(f"`{row.path}`" in markdown for row in parameter_table())
    assert main(["parameters", "--format", "json-schema"]) == 0
    assert json.loads(capsys.readouterr().out)["additionalProperties"] is False
    assert main(["parameters", "--format", "papyrus"]) == 2
    assert main(["parameters", "calibration=nix"]) == 2
    assert "calibration = 'nix': must be default, default_and_rivals or none" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["run"], ["rerun"], ["parameters"]])
def test_help_shows_examples(command, capsys):
    assert main([*command, "--help"]) == 0
    assert "Example" in capsys.readouterr().out


def test_an_unknown_command_is_refused_with_the_nearest(capsys):
    assert main(["rn"]) == 2
    assert "did you mean 'run'" in capsys.readouterr().err


def test_a_bug_is_called_a_bug(monkeypatch, capsys):
    def break_down(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("engagesim.cli.run.describe_run", break_down)
    assert main(["run", *SMALL, "output=kept"]) == 1
    assert "a bug in engagesim" in capsys.readouterr().err
    assert written() == []


def test_the_installed_command_runs_from_any_folder():
    command = [str(Path(sys.executable).with_name("engagesim")), "run", *SMALL, "figures=false", "output=kept"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("kept", METRICS).exists()


@pytest.mark.parametrize("command", [[], ["run"], ["compare"]])
def test_help_is_a_command_as_well(command, capsys):
    assert (main(["help", *command]), main([*command, "--help"])) == (0, 0)
    said = capsys.readouterr().out
    assert said[: len(said) // 2] == said[len(said) // 2 :]
