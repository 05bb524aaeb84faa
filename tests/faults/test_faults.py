"""What happens to software happens to a study: it loses nothing, and the same command goes on.

A few faults of each kind here; ``make test-slow`` has hundreds, and ``docs/reliability.md`` says how they went.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import children
import pandas as pd
import pytest

from engagesim.study.results import load

if sys.platform != "linux":
    pytest.skip("limits and signals of another process are those of Linux", allow_module_level=True)

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["children", "engagesim.cli.run", "engagesim.cli.sweep", "engagesim.cli.calibrate"])
AT_ONCE = ("run", "validate")
"""Commands whose folder is there whole or not at all; the others go on in theirs."""

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "study"
    children.study(str(folder))
    return load(folder).runs


def started(work, *arguments):
    process = PROCESSES.Process(target=work, args=arguments)
    process.start()
    return process


def ended(process, seconds=300):
    process.join(seconds)
    if process.is_alive():
        process.kill()
        pytest.fail("it hangs")
    return process.exitcode


def said(path) -> tuple[int, str]:
    code, _, line = Path(path).read_text("utf-8").partition("\n")
    return int(code), line


def one_line(line: str) -> bool:
    return line.startswith("engagesim: ") and line.count("\n") == 1 and "bug" not in line


def whole(folder: Path, undisturbed: pd.DataFrame) -> None:
    """Go on with a study, and see that it is as if nothing had happened, and nothing half-written is left."""
    children.study(str(folder))
    pd.testing.assert_frame_equal(load(folder).runs, undisturbed, check_exact=True)
    assert [path for path in folder.rglob("*") if ".unfinished-" in path.name] == []


@pytest.mark.parametrize("kills", [5, pytest.param(300, marks=slow)])
def test_a_study_that_is_killed_again_and_again_loses_nothing(tmp_path, undisturbed, kills):
    lots, folder, finished = random.Random(1), tmp_path / "study", 0
    for number in range(kills):
        if finished == len(undisturbed):
            folder, finished = tmp_path / f"study{number}", 0
        process = started(children.study, str(folder))
        time.sleep(lots.uniform(0, 0.25))
        process.kill()
        process.join()
        now = len(load(folder).runs) if list(folder.glob("runs/*.parquet")) and (folder / "config.yaml").exists() else 0
        assert now >= finished, "what was finished stays"
        finished = now
    whole(folder, undisturbed)


@pytest.mark.parametrize("room", [100, 900, 9000, pytest.param(12_000, marks=slow)])
def test_a_full_disk_is_said_in_a_line_and_loses_nothing(tmp_path, undisturbed, room):
    folder = tmp_path / "study"
    if room > 1000:
        ended(started(children.study_without_memory, str(folder), str(tmp_path / "said"), 3))
    ended(started(children.study_without_room, str(folder), str(tmp_path / "said"), room))
    code, line = said(tmp_path / "said")
    assert code == 2
    assert one_line(line)
    assert "must be a folder that can be written" in line
    whole(folder, undisturbed)


@pytest.fixture
def small_disk(tmp_path):
    """Make a disk with room for little."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may make a small disk to fill")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def _make_room(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def test_a_disk_that_fills_up_stops_a_study_and_room_lets_it_go_on(tmp_path, small_disk, undisturbed):
    folder = small_disk / "study"
    ended(started(children.study_said, str(folder), str(tmp_path / "said")))
    code, line = said(tmp_path / "said")
    assert (code, one_line(line)) == (2, True)
    assert "no space left on device" in line
    before = len(load(folder).runs)
    _make_room(small_disk, "64m")
    assert len(load(folder).runs) == before
    whole(folder, undisturbed)


@pytest.mark.parametrize(("command", "rooms"), [("export", (100, 300, 440)), ("plot", (20, 100, 180))])
def test_a_full_disk_is_said_in_a_line_when_a_study_is_shown(tmp_path, small_disk, command, rooms):
    children.study(str(tmp_path / "study"))
    shown = [command, str(tmp_path / "study"), str(small_disk / "shown"), str(tmp_path / "said")]
    for room in rooms:  # it breaks off in the first file, and in later ones of other formats
        _make_room(small_disk, f"{room}k")
        assert ended(started(children.shown, *shown)) == 0
        code, line = said(tmp_path / "said")
        assert (code, one_line(line)) == (2, True)
        assert "no space left on device" in line
        assert list(small_disk.iterdir()) == []
    _make_room(small_disk, "64m")
    ended(started(children.shown, *shown))
    assert said(tmp_path / "said")[0] == 0


@pytest.mark.parametrize("begun", [False, True])
def test_a_folder_that_may_not_be_written_is_said_in_a_line(undisturbed, begun):
    base = Path(tempfile.mkdtemp(prefix="engagesim-faults-"))
    folder = base / "study"
    try:
        folder.mkdir()
        if begun:
            ended(started(children.study_without_memory, str(folder), str(base / "said"), 3))
            files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for path in (folder, *folder.glob("*/")):
            path.chmod(0o555)
        base.chmod(0o755)
        ended(started(children.study_as_nobody, str(folder), str(base / "said"), str(base / "warm")))
        code, line = said(base / "said")
        assert (code, one_line(line)) == (2, True)
        assert "permission denied" in line
        if begun:
            assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files
        for path in (folder, *folder.glob("*/")):
            path.chmod(0o755)
        whole(folder, undisturbed)
    finally:
        shutil.rmtree(base)


def test_clocks_that_jump_change_nothing(tmp_path, undisturbed):
    folder = tmp_path / "study"
    process = started(children.study_with_wild_clocks, str(folder))
    time.sleep(0.5)
    process.kill()
    process.join()
    for path in folder.rglob("*.parquet"):
        os.utime(path, (0, 4e9))
    assert ended(started(children.study_with_wild_clocks, str(folder))) == 0
    whole(folder, undisturbed)


def test_a_worker_without_memory_is_said_in_a_line_and_loses_nothing(tmp_path, undisturbed):
    folder = tmp_path / "study"
    for parts in (0, 5):
        ended(started(children.study_without_memory, str(folder), str(tmp_path / "said"), parts))
        code, line = said(tmp_path / "said")
        assert (code, one_line(line)) == (2, True)
        assert "out of memory" in line
    assert load(folder).runs["failed"].isna().all(), "want of memory is no result of a run"
    whole(folder, undisturbed)


@pytest.mark.parametrize("writers", [3, pytest.param(20, marks=slow)])
def test_of_many_who_write_in_one_folder_one_does_and_the_others_are_told(tmp_path, undisturbed, writers):
    folder = tmp_path / "study"
    processes = [started(children.slow_study, str(folder), str(tmp_path / f"said{n}")) for n in range(writers)]
    assert [ended(process) for process in processes] == [0] * writers
    outcomes = [said(tmp_path / f"said{n}") for n in range(writers)]
    assert 0 in {code for code, _ in outcomes}
    assert all(
        code == 0 or (code == 2 and one_line(line) and "another study is running in it" in line)
        for code, line in outcomes
    )
    whole(folder, undisturbed)


def test_a_lock_that_leads_elsewhere_harms_nothing_there(tmp_path, undisturbed):
    folder, precious = tmp_path / "study", tmp_path / "precious"
    precious.write_text("mine")
    folder.mkdir()
    (folder / ".lock").symlink_to(precious)
    ended(started(children.study_said, str(folder), str(tmp_path / "said")))
    assert precious.read_text() == "mine"
    code, line = said(tmp_path / "said")
    assert code == 0 or (code == 2 and one_line(line))


@pytest.mark.parametrize("name", children.COMMANDS)
@pytest.mark.parametrize("interrupts", [2, pytest.param(60, marks=slow)])
def test_ctrl_c_at_any_moment_leaves_nothing_half_written_and_the_same_command_goes_on(tmp_path, name, interrupts):
    lots = random.Random(name)
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "F01.yaml").write_text(children.FACT)
    longest = _interrupted(name, tmp_path, None)
    whole_first = _lasting(tmp_path / "done")
    shutil.rmtree(tmp_path / "done")
    for _ in range(interrupts):
        _interrupted(name, tmp_path, lots.uniform(0, longest))
        if name in AT_ONCE and (tmp_path / "done").exists():  # it was interrupted as it told what it had done
            assert _lasting(tmp_path / "done") == whole_first
            shutil.rmtree(tmp_path / "done")
    _interrupted(name, tmp_path, None)
    assert _lasting(tmp_path / "done") == whole_first


def _interrupted(name: str, place: Path, after: float | None) -> float:
    """Do a command, interrupt it after some seconds of work, and see how it ends; return how long it took."""
    told = place / "told"
    (place / "told.ready").unlink(missing_ok=True)
    process = started(children.command, name, str(place), str(told))
    while not (place / "told.ready").exists() and process.is_alive():
        time.sleep(0.005)
    start = time.monotonic()
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):  # it was faster
            os.kill(process.pid, signal.SIGINT)
    code, line = ended(process), told.read_text("utf-8")
    if after is None or code == 0:
        assert code == 0, line
        return time.monotonic() - start
    *warnings, last = line.splitlines()
    assert code == 130
    assert re.fullmatch("engagesim: interrupted; (nothing half-written is left|finished work is kept in .*)", last)
    assert all(each.startswith("engagesim: warning: ") for each in warnings), line
    assert [path.name for path in place.rglob("*") if ".unfinished-" in path.name] == []
    return time.monotonic() - start


def _lasting(folder: Path) -> dict[str, bytes]:
    """Return the content of what depends on the input alone, whenever it was made."""
    names = ("*.parquet", "*.csv", "config.yaml", "calibration.yaml")
    return {
        str(path.relative_to(folder)): path.read_bytes() for pattern in names for path in sorted(folder.rglob(pattern))
    }
