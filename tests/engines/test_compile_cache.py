"""Compiled code is kept on disk, is never stale, and long work can be stopped."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from numba.core import caching

import engagesim
from engagesim import RULES, Parameters
from engagesim.compiling import MARKED
from engagesim.engines.compiled.compile import _file, _say_that_nothing_is_kept, announced, compiled_here, kept
from engagesim.engines.compiled.ensemble import engine_for
from engagesim.engines.compiled.loops import Loops
from engagesim.mechanisms.design import Design, design_of
from engagesim.month.binding import Binding, named_by, reached
from engagesim.month.steps import Step
from engagesim.society import population

SETTLE = (population.settle_districts, population.settle_citizens, population.settle_posts)
SCRIPT = """
from engagesim import Parameters
from engagesim.engines.compiled import simulate
point = Parameters().changed({"population.citizens": 40, "population.districts": 2, "months": 3})
print(simulate([point], [1]).measure("quality")[0, 0, -1].hex())
"""


def folder_of(rules):
    """Return the folder of compiled code of societies that follow some rules."""
    return compiled_here(design_of(Parameters, rules))


def run(script: str, **environment: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, **{name: str(path) for name, path in environment.items()}}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    sources = tmp_path / "sources"
    shutil.copytree(
        Path(engagesim.__file__).parent, sources / "engagesim", ignore=shutil.ignore_patterns("__pycache__")
    )
    return sources


def edit(sources: Path) -> None:
    rule = sources / "engagesim" / "rules" / "service.py"
    before = rule.read_text()
    assert "clip(home.quality + gained" in before
    rule.write_text(before.replace("clip(home.quality + gained", "clip(home.quality + 2.0 * gained"))


def test_an_edited_rule_has_a_folder_of_its_own(copied):
    tell = (
        "from engagesim import Parameters; from engagesim.engines.compiled.compile import compiled_here; "
        "from engagesim.mechanisms.design import design_of; print(compiled_here(design_of(Parameters)))"
    )
    first = run(tell, PYTHONPATH=copied)
    assert run(tell, PYTHONPATH=copied).stdout == first.stdout
    edit(copied)
    assert run(tell, PYTHONPATH=copied).stdout != first.stdout


@pytest.mark.slow  # compiles two engines
def test_an_edited_rule_is_compiled_anew_and_an_unchanged_one_is_not(copied, tmp_path):
    places = {"PYTHONPATH": copied, "XDG_CACHE_HOME": tmp_path / "cache"}
    first = run(SCRIPT, **places)
    again = run(SCRIPT, **places)
    assert "compiling" in first.stderr
    assert "compiling" not in again.stderr
    assert again.stdout == first.stdout
    loops = {path for path in places["XDG_CACHE_HOME"].rglob("*.nbi") if "loops-" in str(path)}
    for lost in loops:
        if "citizen_adapt" in lost.name:  # it comes back under another name of Numba's own
            lost.unlink()
    assert run(SCRIPT, **places).stdout == first.stdout
    edit(copied)
    edited = run(SCRIPT, **places)
    assert "compiling" in edited.stderr
    assert float.fromhex(edited.stdout.strip()) > float.fromhex(first.stdout.strip())
    more = {path for path in places["XDG_CACHE_HOME"].rglob("*.nbi") if "loops-" in str(path)} - loops
    assert len(more) == 1  # no other loop calls the rule


@pytest.mark.slow  # compiles an engine; every run has agents and loops of several designs agree in one process
def test_engines_compiled_by_two_processes_stay_apart_in_a_third_and_each_does_as_the_model():
    start = """
import numpy
from engagesim import RULES, EngagementModel, Options, Parameters
from engagesim.engines.compiled import simulate
point = Parameters().changed({"population.citizens": 40, "population.districts": 2, "months": 6})
def generous(me, s, clients):
    needed = s.citizens.need_floor + me.vulnerability
    return s.citizens.favour_value * s.incentives.patronage * me.reliance * needed, 0.0
def lived(rules):
    model = EngagementModel(point.changed({"seed": 1}), rules=rules)
    for _ in range(6):
        model.step()
    return model.observed
def tell(rules):
    found = simulate([point], [1], Options(rules=rules))
    is_same = numpy.array_equal(found.metrics[0, 0], numpy.array(lived(rules)))
    print(is_same, found.metrics.sum().hex(), found.measure("client")[0, 0, -1])
"""
    usual, replaced = "tell(RULES)\n", "tell(RULES._replace(client=generous))\n"
    apart = [run(start + script).stdout for script in (usual, replaced)]
    together = run(start + usual + replaced)
    assert "compiling" not in together.stderr
    assert together.stdout == "".join(apart)
    (same, total, clients), (also_same, other_total, more_clients) = (each.split() for each in apart)
    assert same == also_same == "True"
    assert total != other_total
    assert float(more_clients) > float(clients)


def test_the_folder_depends_on_what_a_replaced_rule_computes():
    def patient(sensitivity):
        return lambda me, home, s, diverted, challenger: sensitivity * me.approval

    folders = {
        folder_of(RULES),
        folder_of(RULES._replace(reelection_chance=patient(0.5))),
        folder_of(RULES._replace(reelection_chance=patient(0.6))),
    }
    assert len(folders) == 3
    assert folder_of(RULES._replace(reelection_chance=patient(0.5))) in folders


def files_of(rules):
    """Return the file of the loop of each line of the month."""
    design = design_of(Parameters, rules)
    loops = Loops(design, Binding(design.replaced))
    folder, sources = compiled_here(design), loops.sources()
    return {line: _file(folder, sources[line.name], loops.names_of(line)) for line in loops.lines}


def test_a_replaced_rule_shares_the_loops_that_do_not_call_it():
    def kinder(me, s, clients):
        return 0.5 * s.incentives.patronage * me.reliance, 0.0

    usual, other = files_of(RULES), files_of(RULES._replace(client=kinder))
    assert len({file.parent for file in usual.values()}) == 1
    new = {line.name for line in other if other[line].parent != usual[line].parent}
    assert new == {line.name for line, file in usual.items() if other[line].name != file.name}
    loops = Loops(design_of(Parameters), Binding({}))
    calling = {line.name for line in loops.lines if RULES.client in reached(*(step.act for step in line.steps))}
    assert new == calling == {"citizen_be_asked_choose_1"}


def test_what_compiled_code_names_is_described_whole_by_the_name_it_is_kept_under():
    steps = [step.act for step in design_of(Parameters).steps]
    ours = [each for each in MARKED if each.__module__.startswith("engagesim.")]
    kinds = {type(named) for function in reached(*ours, *steps, *SETTLE) for named in named_by(function)}
    described = (int, float, str, tuple, FunctionType, ModuleType, Step)  # a step may share its name with a column
    assert not [kind for kind in kinds if not issubclass(kind, described)]


def halved(number):
    return number / 2.0 + 0.1


def doubled(number):
    return 2.0 * number


def test_compiled_code_is_kept_in_the_folder(tmp_path):
    function = kept(halved, tmp_path / "cache")
    assert function(0.7) == halved(0.7)
    assert list((tmp_path / "cache").rglob("*.nbi"))


def test_where_no_folder_can_be_written_code_is_compiled_in_memory_and_that_is_said_once(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    ours_alone = [caching.UserProvidedCacheLocator]  # nothing can be written beside the sources, nor at home
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", ours_alone)
    _say_that_nothing_is_kept.cache_clear()
    first, second = (kept(each, folder_of(RULES)) for each in (halved, doubled))
    assert first(0.7) == halved(0.7)
    assert second(0.7) == doubled(0.7)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "only in memory" in caplog.text


def test_other_troubles_of_the_compiler_are_not_hidden(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("something else")

    monkeypatch.setattr(caching.CacheImpl, "__init__", broken)
    with pytest.raises(RuntimeError, match="something else"):
        kept(halved, tmp_path)


def test_importing_the_package_compiles_nothing_and_loads_no_compiler():
    script = "import sys, engagesim; print([name for name in ('numba', 'mesa', 'pandas') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_stops_an_ensemble_within_seconds():
    script = """
from engagesim import Parameters
from engagesim.engines.compiled import simulate
simulate([Parameters().changed({"months": 2})], [1])
print("started", flush=True)
simulate([Parameters().changed({"months": 1200, "population.citizens": 3000})] * 50, list(range(20)))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == "started"
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in said
    assert process.returncode != 0


def test_a_user_without_a_home_gets_code_kept_beside_the_package_or_in_memory(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert Path(engagesim.__file__).parent in folder_of(RULES).parents


@pytest.mark.parametrize("lacking", ["standard error", "a folder for temporary files"])
def test_compiling_goes_on_where_nothing_can_be_told(lacking, monkeypatch):
    def nowhere(*_, **__):
        raise FileNotFoundError("No usable temporary directory found")

    if lacking == "standard error":  # its number may be that of a file by then
        monkeypatch.setattr(sys, "stderr", None)
        monkeypatch.setattr(sys, "__stderr__", None)
    else:
        monkeypatch.setattr(tempfile, "TemporaryFile", nowhere)
    before = os.fstat(2)
    with announced(Path("nowhere")):
        meanwhile = os.fstat(2)
    assert (meanwhile.st_dev, meanwhile.st_ino) == (before.st_dev, before.st_ino)


def test_threads_share_an_engine_and_leave_standard_error_where_it_was():
    design, before = Design(), os.fstat(2).st_ino
    with ThreadPoolExecutor(4) as threads:
        engines = list(threads.map(engine_for, [design] * 4))
    assert all(each is engines[0] for each in engines)
    assert os.fstat(2).st_ino == before
