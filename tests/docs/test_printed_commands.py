"""Every command that the program, its reports, configs and documents print is taken as it stands."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from engagesim import Parameters
from engagesim.cli import main
from engagesim.cli.help import COMMANDS, overview, usage
from engagesim.configs.compose import config_folder
from engagesim.places.matching import CONTEXTS
from engagesim.places.profile import read_profile
from engagesim.places.stored import Place, write_place
from engagesim.study.intervention_packages import read_catalogue

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(rf"engagesim (?:{'|'.join(COMMANDS)})\b[^`\n]*")
PLACEHOLDERS = {
    "facts=FOLDER": "facts=my_facts", "help COMMAND": "help run",
    "[NAME,NAME]": "[merit_state,none]", "scenario=NAME": "scenario=merit_state",
    "engagement=NAME": "engagement=survey", "studies=DIR": "studies=my_results",
    "place my_study": "place my_people/place.yaml",
}  # fmt: skip


def helped() -> list[str]:
    """Return the commands of the help texts: what stands before two spaces."""
    text = "\n".join([overview(), *map(usage, COMMANDS)]).replace("\\\n", "")
    lines = [re.split(r"\s{2,}(?=\S)(?![a-z.]+=|')", line.strip())[0] for line in text.splitlines()]
    return [line for line in lines if COMMAND.match(line)]


def quoted() -> list[str]:
    """Return commands in running text of documents and templates."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "experiments").rglob("*.md"),
             *(ROOT / "src").rglob("templates/*")]  # fmt: skip
    text = "\n".join(page.read_text("utf-8") for page in pages if "CHANGELOG" not in page.name)
    return [each for each in re.findall(rf"`({COMMAND.pattern})`", text) if len(each.split()) > 2]


def configured() -> list[str]:
    """Return commands in comments of the configs that ship."""
    text = "\n".join(path.read_text("utf-8") for path in config_folder().rglob("*.yaml"))
    return re.findall(rf"^#   ({COMMAND.pattern})$", text, re.MULTILINE)


def suggested() -> list[str]:
    """Return the commands that commands end with, with a study for what is filled in."""
    calls = [
        node
        for path in (ROOT / "src/engagesim/cli").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "try_next"
    ]
    filled = {
        "calibration=1": "calibration=default", "studies=1": "studies=my_results", "place=1": "place=my_place",
        "population.file=1": "population.file=people.csv",
    }  # fmt: skip
    found = []
    for call in calls:
        words = [_text(word) or "my_study" for word in call.args if not isinstance(word, ast.Starred)]
        found.append(" ".join(["engagesim", *(filled.get(word, word) for word in words)]))
    return found


def _text(node: ast.expr) -> str:
    """Return the text of a constant, with 1 for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values)
    if isinstance(node, ast.Call):  # str(row)
        return "1"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def said() -> list[str]:
    """Return commands in what the program says: texts that are no docstrings, with 1 for what is filled in."""
    found = []
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text("utf-8")
        if path.name == "help.py" or "engagesim " not in text:
            continue
        nodes = [*ast.walk(ast.parse(text))]
        apart = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
        apart |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if id(node) in apart or not isinstance(node, ast.JoinedStr | ast.Constant):
                continue
            text = _text(node)
            found += re.findall(
                r"(?:as in:? |with: |<code>|^)(engagesim [a-z]+ [^;,<\n]+)", text.replace("{}", "1"), re.MULTILINE
            )
    return [each for each in found if COMMAND.match(each) and " and " not in each]


class Accepted(BaseException):
    """A command has been read and checked, and would begin now."""


@pytest.fixture
def _ready(tmp_path, monkeypatch):
    """A folder with what the commands name, and commands that end when they would begin."""
    monkeypatch.chdir(tmp_path)
    Path(tmp_path, "points.csv").write_text("incentives.patronage\n0.1\n0.2\n", "utf-8")
    people = range(60)
    Path(tmp_path, "people.csv").write_text("person,education\n" + "".join(f"{i},0.5\n" for i in people), "utf-8")
    ties = "".join(f"{i},{(i + step) % 60}\n" for i in people for step in (1, 2))
    Path(tmp_path, "ties.csv").write_text("source,target\n" + ties, "utf-8")
    for copy in ("my_facts", "my_claims", "my_results", "my_study/inputs", "village"):
        Path(tmp_path, copy).mkdir(parents=True)
    for name in ("ties.csv", "people.csv"):
        Path(tmp_path, "village", name).write_text(Path(tmp_path, name).read_text("utf-8"), "utf-8")
    for place in ("fatigue.py", "my_study/inputs/fatigue.py"):
        shutil.copy(ROOT / "experiments/mechanisms/fatigue.py", place)
    own = (ROOT / "docs/howto/own_measure.md").read_text("utf-8")
    Path(tmp_path, "trusting.py").write_text(
        re.search(r"```python\n(# trusting.py\n.*?)```", own, re.DOTALL)[1], "utf-8"
    )
    for name in ("mapping.yaml", "survey.csv"):
        shutil.copy(ROOT / "experiments/village/survey" / name, name)
    for fact in list((ROOT / "src/engagesim/validation/facts").glob("*.yaml"))[:2]:
        for folder in ("my_facts", "my_claims"):
            Path(tmp_path, folder, fact.name).write_text(fact.read_text("utf-8"), "utf-8")

    Path("my_packages.yaml").write_text("audit: [social_audit]\n", "utf-8")
    Path("my_people").mkdir()
    for profile in ("my_place.yaml", "my_people/place.yaml"):
        shutil.copy(ROOT / "experiments/place/my_place.yaml", profile)
    profile = read_profile(Path("my_place.yaml"), read_catalogue(config_folder()))
    society = {"seed": 1, "set": 0} | {path: sum(ends) / 2 for path, ends in CONTEXTS.items()}
    write_place(Path("my_place"), Place(profile, ({},), pd.DataFrame([society])))

    def begin(*_, **__):
        raise Accepted

    begins = ["run._done", "run.together", "rerun._rerun_folder", "rerun._rerun_row", "sweep.do_study",
              "compare.counting", "validate.counting", "calibrate.counting", "robustness.counting", "place.begun",
              "allies.source_of", "page.laboratory", "page.lesson_page", "arguments.load", "app.serve"]  # fmt: skip
    for place in begins:
        monkeypatch.setattr(f"engagesim.cli.{place}", begin)
    monkeypatch.setattr("engagesim.cli.run.load", lambda _: SimpleNamespace(parameters=lambda _: Parameters()))


PRINTED = list(dict.fromkeys([*helped(), *quoted(), *configured(), *said(), *suggested()]))


@pytest.mark.usefixtures("_ready")
@pytest.mark.parametrize("command", PRINTED)
def test_a_printed_command_is_taken(command, capsys):
    for placeholder, value in PLACEHOLDERS.items():
        command = command.replace(placeholder, value)
    arguments = shlex.split(command, comments=True)[1:]
    try:
        code = main(arguments)
    except Accepted:
        return
    assert code == 0, capsys.readouterr().err
