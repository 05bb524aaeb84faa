"""What is typed as a text is used as it was typed, and whatever a message advises can be written."""

import re
from itertools import cycle
from pathlib import Path

import pytest
import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from engagesim.cli import main
from engagesim.configs.compose import checked, composed, composed_comparison, composed_study, composed_validation
from engagesim.configs.override_values import TEXTS, as_typed, text_of
from engagesim.configs.overrides import asked
from engagesim.errors import ParameterError

TINY = ["population.citizens=40", "population.districts=2", "population.providers=1", "months=3", "progress=false"]

ODD = [
    "2026_01_05", "1_000", "1e3", "1.10", "007", "0x10", "+5", ".5", "1.", "inf", "NaN", "true", "False", "null",
    "NULL", "yes", "no", "off", "2026-01-05", "12:30", "my study", " a", "a'b", 'a"b', "~ties", "$HOME", "données",
    "研究", "a=b", "seed=1", "a[1]", "a,b", "a;b", "a#b", "a:b", "kin & advice (2)", "100%", "a\\b", "a\\", "\\'",
    "{x}", "choice(a,b)", "str(1)", "*", "?", "@x", "[1", "}", "",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_a_name_is_the_text_that_was_typed(text):
    assert composed([f"name={text}"]).parameters.name == text


def study_folder(text):
    return composed_study([f"output={text}"]).options.output


def comparison_folder(text):
    one = ["scenario=merit_state", "packages.a=[survey]", "calibration=none"]
    return composed_comparison([f"output={text}", *one]).options.output


def facts_folder(text):
    return composed_validation([f"facts={text}x", "calibration=none"])[1].facts.removesuffix("x")


COMMANDS = (study_folder, comparison_folder, facts_folder)


@pytest.mark.parametrize(("text", "folder"), [*zip(filter(None, ODD), cycle(COMMANDS), strict=False)])
def test_a_folder_is_the_text_that_was_typed_for_every_command(text, folder):
    assert composed([f"output={text}"]).options.output == text
    assert folder(text) == text  # the others read a text as this one does, so each need not read all of them


@given(st.text("'\"\\\\ a,({$}=1~", max_size=8), st.booleans())
def test_hydra_reads_the_text_that_is_meant_whatever_stands_in_it(text, is_multirun):
    (written,) = as_typed([f"name={text}"], is_multirun)
    if is_multirun and ("," in text or "(" in text):
        return  # several texts, or a call
    assert OverridesParser.create().parse_override(written).value() == text_of(
        "name", text.strip() if is_multirun else text
    )
    if text[:1] not in {"'", '"', " "}:
        assert text_of("name", text) == text


@pytest.mark.parametrize("text", ["1.10", "null", "a b", "a, b", "it's", "C:\\d\\", "${x", "'"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_around_a_text_are_taken_off(text, quote):
    escaped = re.sub(r"(\\*)(" + quote + "|$)", lambda found: found[1] * 2 + (f"\\{quote}" if found[2] else ""), text)
    if "${" not in text:
        assert composed([f"name={quote}{escaped}{quote}"]).parameters.name == text


def test_what_may_be_null_is_null_without_quotes_and_a_text_within():
    assert composed(["population.file=null"]).parameters.population.file is None
    assert composed(["population.file='null'"]).parameters.population.file == "null"
    assert composed(["name=null"]).parameters.name == "null"


def test_a_reference_within_a_text_is_followed():
    assert composed(["name=town", "output=res/${name}/seed=${seed}"]).options.output == "res/town/seed=1"


def test_texts_of_a_multirun_are_parted_by_commas_and_kept_as_typed():
    jobs = checked(asked(["-m", "name=1.10,007,null,'a, b',x=y", "output=res/seed=1"]))
    assert [job.parameters.name for job in jobs] == ["1.10", "007", "null", "a, b", "x=y"]


def test_a_folder_with_a_comma_is_quoted_in_a_multirun():
    with pytest.raises(ParameterError, match="in quotes if it contains a comma"):
        checked(asked(["-m", "seed=1,2", "output=a,b"]))
    assert len(checked(asked(["-m", "seed=1,2", "output='a,b'"]))) == 2


def test_numbers_are_no_texts():
    assert as_typed(["months=1_000", "incentives.patronage=1e-1"]) == ["months=1_000", "incentives.patronage=1e-1"]
    assert {"name", "output", "facts", "network.file", "population.file", "design.file", "measure"} <= set(TEXTS)
    assert not {"seed", "network.kind", "progress", "animate"} & set(TEXTS)


@pytest.mark.parametrize("text", ["2026_01_05", "res/seed=1", "1.10/"])
def test_a_run_stands_in_the_folder_that_was_typed(text, capsys):
    assert main(["run", *TINY, "figures=false", f"output={text}", f"name={text}"]) == 0
    assert yaml.safe_load((Path(text) / "config.yaml").read_text())["name"] == text
    assert main(["rerun", text]) == 0


@pytest.fixture(params=["res/seed=1", "./res/seed=1", "output=s", "1.10/"])
def study(request):
    """A study in a folder that looks like an override or a number; how its folder is given."""
    text = request.param
    place = f"./{text}" if text.startswith("output=") else text
    words = ["replicates=2", "factors.p.path=incentives.patronage", "factors.p.values=[0.1,0.5]", f"output={text}"]
    assert main(["sweep", *TINY, *words]) == 0
    return place


def test_a_stored_study_is_used_whatever_its_folder_is_called(study, capsys):
    for place in (study, str(Path(study).absolute())):
        assert main(["rerun", place, "1"]) == 0
    assert main(["run", study, "1", "output=r=1", "progress=false", "figures=false"]) == 0
    assert Path("r=1/config.yaml").is_file()
    assert main(["plot", study, "output='f 1'"]) == 0
    assert Path("f 1").is_dir()
    assert main(["export", study]) == 0
    assert (Path(study) / "export/study.nc").is_file()


def test_a_folder_that_looks_like_the_key_output_is_told_from_it(capsys):
    Path("output=s").mkdir()
    assert main(["plot", "output=s"]) == 2
    assert "output=s: must come after a folder; use ./output=s" in capsys.readouterr().err
    assert main(["plot", "one", "figures=two"]) == 2
    assert "must be the folder of a study, optionally with output=DIR" in capsys.readouterr().err


THEIRS = re.compile(
    r"\+\+|multirun|hydra\.cc|https?:|HYDRA|EOF|mismatched|extraneous|no viable|Lexer|defaults list|append|omegaconf",
    re.IGNORECASE,
)
ADVICE = [
    ("sweep", "engagement=survey,committee", "'choices.engagement=[survey,committee]'"),
    ("sweep", "scenario=choice(merit_state,clientelist_trap)", "'choices.scenario=[merit_state,clientelist_trap]'"),
    ("sweep", "choices.engagement=survey,committee", "'choices.engagement=[survey,committee]'"),
    ("sweep", "factors.p.values=range(0,1,0.25)", "'factors.p.values=[0.0,0.25,0.5,0.75]'"),
    ("sweep", "incentives.patronage=0.1,0.2", "'factors.patronage={path: incentives.patronage, values: [0.1,0.2]}'"),
    ("sweep", "seed=1,2", "replicates=N"),
    ("sweep", "design=grid,sobol", "must be one value"),
    ("sweep", "factors=[a]", "factors=[a]: must be {name: value}"),
    ("sweep", "factors.a b.path=x", "no such parameter"),
    ("sweep", "choices.design=[grid,sobol]", "must be scenario, engagement"),
    ("sweep", "packages.a=[survey]", "no such parameter"),
    ("sweep", "seed=interval(0,1)", "replicates=N"),
    ("sweep", "measure=${nowhere}", "measure"),
    ("compare", "scenario=merit_state,clientelist_trap", "'contexts=[merit_state,clientelist_trap]'"),
    ("compare", "contexts=merit_state,clientelist_trap", "'contexts=[merit_state,clientelist_trap]'"),
    ("compare", "packages.a=survey,committee", "'packages.a=[survey,committee]'"),
    ("compare", "packages={a: [survey], a: [committee]}", "packages: must have each name once; 'a' appears twice"),
    ("compare", "packages={a: [{use: survey, where: 0.1, where: 0.2}]}", "'where' appears twice"),
    ("compare", "packages={1.10: [survey]}", "'1.10': must begin with a letter"),
    ("compare", "packages={2026_01: [survey]}", "as in {v2026_01: ...}"),
    ("compare", "packages={true: [survey]}", "'true': must begin with a letter"),
    ("compare", "packages.a={note: 2026_01, interventions: [survey]}", "in quotes, as in '202601'"),
    ("compare", "packages=[survey]", "must be packages by name, as in 'packages={audit: [social_audit]}'"),
    ("compare", "engagement=glob(s*)", "must be one value"),
    ("compare", "+seeds=3", "seeds: must be written as seeds=VALUE"),
    ("validate", "only=E05,E07", "'only=[E05,E07]'"),
    ("validate", "size=full,quick", "must be one value"),
    ("calibrate", "citizens.learning=range(1,3)", "must be one value"),
    ("calibrate", "~sets=3", "~sets: The value of 'sets' is 150"),
]


@pytest.mark.parametrize(("command", "override", "advice"), ADVICE)
def test_a_refusal_says_what_can_be_written_instead(command, override, advice, capsys):
    assert main([command, override]) == 2
    said = capsys.readouterr().err
    assert advice in said
    assert said.count("\n") == 1
    assert not THEIRS.search(said)


@pytest.mark.parametrize(("command", "override", "advice"), [each for each in ADVICE if re.match(r"'\S+=", each[2])])
def test_what_is_advised_is_accepted(command, override, advice):
    compose = {"sweep": composed_study, "compare": composed_comparison, "validate": composed_validation}[command]
    more = ["factors.p.path=incentives.patronage"] if "factors.p" in override else []
    compose([*more, advice.strip("'")])
