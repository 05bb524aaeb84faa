"""Real shells complete what is typed: commands, settings, choices and files, as a person who presses Tab sees it."""

import os
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engagesim.cli import main

pty = pytest.importorskip("pty")
SEARCHED = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
SETUP = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(engagesim completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(engagesim completion zsh)"'),
}
COMPLETED = [
    ("swe", "sweep"),
    ("help cal", "help calibrate"),
    ("run scen", "run scenario="),
    ("run scenario=mer", "run scenario=merit_state"),
    ("run -m engagement=survey,commi", "run -m engagement=survey,committee"),
    ("run incentives.patronage=0.2 network.kind=wat", "run incentives.patronage=0.2 network.kind=watts_strogatz"),
    ("run citizens.learn", "run citizens.learning="),
    ("run --cfg hy", "run --cfg hydra"),
    ("run seed=1 network.file=ti", "run seed=1 network.file=ties.csv"),
    ("sweep design.samp", "sweep design.samples="),
    ("compare search.tri", "compare search.tries="),
    ("plot my_s", "plot my_study/"),
    ("parameters --format mark", "parameters --format markdown"),
    ("app ope", "app open="),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a file and a folder to complete."""
    place = tmp_path_factory.mktemp("here")
    (place / "ties.csv").touch()
    (place / "my_study").mkdir()
    return place


@pytest.fixture(scope="module", params=SETUP)
def shell(request, folder):
    """The terminal of an interactive shell that knows our commands."""
    program, setup = SETUP[request.param]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{request.param} is not installed")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ |= {"PATH": SEARCHED, "TERM": "dumb", "HISTFILE": os.devnull}
        os.execvp(program[0], program)  # noqa: S606 - a shell is what is started
    _until(terminal, f"{setup}\necho READY''NOW\n", b"READYNOW\r\n")
    yield terminal
    os.close(terminal)
    os.waitpid(child, 0)


def _until(terminal: int, typed: str, mark: bytes) -> bytes:
    os.write(terminal, typed.encode())
    said = b""
    while mark not in said:
        assert select.select([terminal], [], [], 60)[0], said
        said += os.read(terminal, 65536)
    return said


@pytest.mark.xdist_group("shells")
@pytest.mark.parametrize(("typed", "completed"), COMPLETED)
def test_tab_completes_a_word(shell, typed, completed):
    to_the_start = "\x01"
    line = f"engagesim {typed}\t{to_the_start}printf '<%s>' \necho; echo D''ONE\n"
    said = _until(shell, line, b"DONE\r\n")
    words = re.findall(r"(?:<[^<>']*>)+", said.decode())[-1]
    assert words[1:-1].split("><") == ["engagesim", *completed.split(" ")]


@pytest.mark.parametrize(("typed", "completed"), COMPLETED)
def test_fish_offers_the_word_first(folder, typed, completed):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    asked = f"engagesim completion fish | source; complete -C 'engagesim {typed}'"
    offered = subprocess.run(
        ["fish", "--no-config", "-c", asked], cwd=folder, env={**os.environ, "PATH": SEARCHED}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert offered.stdout.splitlines()[0].split("\t")[0] == completed.rpartition(" ")[2]


@pytest.mark.parametrize("arguments", [[], ["tcsh"], ["bash", "zsh"]])
def test_another_shell_is_refused_in_one_line(arguments, capsys):
    assert main(["completion", *arguments]) == 2
    assert "bash, zsh, fish" in capsys.readouterr().err


def test_help_and_completion_import_nothing_slow():
    code = (
        "import sys; from engagesim.cli import main, completion\n"
        "main(['help', 'sweep']); completion._parser(completion.settings())\n"
        "print([name for name in ('numpy', 'pandas', 'pydantic', 'hydra', 'mesa', 'numba') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"
