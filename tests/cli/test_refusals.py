"""Whatever a user writes, the command line does it, or says in one line why not and writes nothing."""

import contextlib
import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagesim.cli import exit_codes, main
from engagesim.configs.overrides import MOST_JOBS, jobs
from engagesim.errors import ParameterError
from engagesim.parameters import SETTINGS

WRONG = [
    (["-m", "seed=interval(0,1)"], "must be values such as 1,2, range(1,3) or glob(*)"),
    (["-m", "seed=range(0,1000000000)"], f"at most {MOST_JOBS}"),
    (["-m", "engagement=survey,referendum"], "engagement = 'referendum'"),
    (["-m", "engagement=glob(s*)", "seed=-1"], "seed = -1"),
    (["-m", "output=one,other"], "output: must be one value"),
    (["-m", "--cfg", "job"], "not allowed with"),
    (["--cfg"], "--cfg"),
    (["--cfg", "jib"], "jib"),
    (["--cfg", "job", "incentives.patronage=7"], "incentives.patronage = 7"),
    (["--resolve"], "--resolve: must come with --cfg"),
    (["seed=1,2"], "--multirun"),
    (["engagement=surveyy"], "did you mean 'survey'"),
    (["scenario=merit"], "did you mean 'merit_state'"),
    (["+engagement=survey"], "engagement"),
    (["merit_state"], "engagesim: 'merit_state': must be KEY=VALUE; did you mean scenario=merit_state?\n"),
    (["rising_expectations"], "did you mean scenario=rising_expectations or trends=rising_expectations?\n"),
    (["seed"], "engagesim: 'seed': must be KEY=VALUE\n"),
    (["-m", "cocreation", "seed=1,2"], "did you mean engagement=cocreation?\n"),
    (["engagement=[survey,committee]"], "'engagement=[survey,committee]': must be the name of a choice"),
    (["-m", "engagement=none,[survey,committee]"], "must be the name of a choice"),
    (["-m", "trends=shuffle([digital_services],none)"], "must be the name of a choice"),
    (["incentives=5"], "'incentives=5': must be the name of a choice"),
    (["scenario=null"], "'scenario=null': must be the name of a choice"),
    (["+engagement=survey"], "engagement: must be written as engagement=CHOICE, without +"),
    (["+seed=1"], "seed: must be written as seed=VALUE, without +"),
    (["~seed=5"], "The value of 'seed' is 1"),
    (["seed=[1"], "must have a ] for each ["),
    (["seed=str(1)", "months=round(3)"], "'months=round(3)': must be a plain value; round(3) is not one"),
    (["incentives.patronage=0,2"], "a number has a decimal point, as in incentives.patronage=0.2"),
    (["population.citizens=1,000"], "a number has no commas, as in population.citizens=1000"),
    (["interventions=[{name: 1.10}]"], "must be text; put it in quotes, as in '1.1'"),
    (["interventions=[{name: a, name: b}]"], "must have each name once; 'name' appears twice"),
    (
        ["interventions=[{name: a, add: {services.noise: 0, services.noise: 1}}]"],
        "must have each name once; 'services.noise' appears twice",
    ),
    (["trends=[{set:{a.b:1}}]"], "must be the name of a choice"),
    (["months=???"], "months"),
    (["name=${name}"], "name: Recursive interpolation"),
    (["name=${oc.env:NOWHERE_AT_ALL}"], "name: "),
    (["output=~"], "must be a full path, or ./~"),
    (["network=file", "network.file=~/ties.csv"], "must be a full path, or ./~/ties.csv"),
    (["name=a\nb"], "printable"),
    (["name='\udcff'"], "printable"),
    (["output="], "output = ''"),
    (["output=."], "must be a new folder, not the current one"),
    (["agents_every=-1"], "agents_every = -1"),
    (["+_target_=os.system"], "_target_, which names code to run"),
    (["hydra.mode=MULTIRUN"], "Hydra's own settings"),
    (["+hydra.callbacks.mine._target_=os.system"], "_target_, which names code to run"),
    (["hydra/launcher=evil"], "must be basic, joblib"),
    (["hydra.launcher._target_=os.system"], "_target_, which names code to run"),
    (["~hydra.run"], "Hydra's own settings"),
    (["network.file=ties.csv"], "network.file = ties.csv: must come with network=file"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), WRONG, ids=lambda value: ascii(value) if isinstance(value, list) else ""
)
def test_a_wrong_command_line_gets_one_line_that_names_the_fault(arguments, said, capsys):
    assert main(["run", "months=2", *arguments] if arguments != ["months=???"] else ["run", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("engagesim: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert captured.out == ""
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("arguments", [[], ["one", "two"], ["--all"], ["nowhere"], ["."]])
def test_rerun_asks_for_the_folder_of_one_run(arguments, capsys):
    assert main(["rerun", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def refused(arguments: list[str]) -> bool:
    """Run the command line, and check that it ends in 0, or in 2 with one line and nothing on the output."""
    errors, output = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(output):
        code = main(arguments)
    assert code in {0, 2}, errors.getvalue()
    assert errors.getvalue().count("\n") == (code == 2)
    assert (output.getvalue() == "") == (code == 2)
    assert list(Path().iterdir()) == []
    return code == 2


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
grammar = st.text("=+~{}[](),:.@/$'\"\\ ab1-", max_size=20)


@settings(max_examples=120)
@given(st.lists(st.one_of(words, grammar), min_size=1, max_size=3))
def test_no_text_is_taken_for_a_bug(texts):
    refused(["run", "--cfg", "job", *texts])


@settings(max_examples=60)
@given(
    st.lists(st.one_of(grammar, st.builds("{}={}".format, st.sampled_from(["seed", "output"]), grammar)), max_size=3)
)
def test_no_text_is_taken_for_a_bug_in_a_multirun(texts):
    # With one job that is wrong nothing may run, whatever the others are.
    assert refused(["run", "-m", "months=0", *texts])


@settings(max_examples=20)
@given(st.sampled_from(SETTINGS), st.floats(0.001, 1e6), st.booleans())
def test_a_number_out_of_range_is_refused_with_the_range(setting, distance, is_above):
    value = setting.high + distance if is_above else setting.low - distance
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        assert main(["run", f"{setting.path}={value}"]) == 2
    assert f"{setting.path} = " in errors.getvalue()
    assert f"number from {setting.low:.10g} to {setting.high:.10g}" in errors.getvalue()
    assert list(Path().iterdir()) == []


@settings(max_examples=15)
@given(st.from_regex(r"[a-z]{3,12}(\.[a-z]{3,12})?", fullmatch=True))
def test_a_key_that_is_no_parameter_is_refused_with_and_without_a_plus(key):
    known = {"name", "seed", "months", "output", "progress", "population", "network", "conditions", "incentives",
             "citizens", "officials", "politicians", "services", "coalitions", "engagement", "trends",
             "interventions", "scenario", "hydra"}  # fmt: skip
    if key.split(".")[0] in known:
        return
    assert refused(["run", f"{key}=1"])
    assert refused(["run", f"+{key}=1"])


def test_a_multirun_of_too_many_jobs_is_refused_before_they_are_listed():
    with pytest.raises(ParameterError, match=f"must ask for at most {MOST_JOBS}"):
        list(jobs(["seed=range(0,200)", "months=range(1,200)"]))


def test_another_program_that_stops_reading_is_no_success(capsys):
    def film() -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe", "ffmpeg")

    assert exit_codes.attempt(film) == exit_codes.WRONG_INPUT
    assert capsys.readouterr().err == "engagesim: ffmpeg: Broken pipe\n"


@pytest.mark.parametrize("variable", ["ENGAGESIM_DEBUG", "HYDRA_FULL_ERROR"])
def test_the_traceback_of_a_bug_is_shown_on_request(variable, monkeypatch):
    monkeypatch.setenv(variable, "1")
    with pytest.raises(ZeroDivisionError):
        exit_codes.attempt(lambda: 1 // 0)


def test_a_terminal_that_lacks_letters_is_shown_others(tmp_path):
    command = [sys.executable, "-c", "from engagesim.cli import main; raise SystemExit(main())", "run", "months=2",
               "population.citizens=20", "population.districts=2", "figures=false", "output=run"]  # fmt: skip
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=ascii_only, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_place_that_is_gone_is_the_machines_fault_and_said_in_a_line(tmp_path, monkeypatch, capsys):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["run", "months=2", "population.citizens=20", "population.districts=2"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
