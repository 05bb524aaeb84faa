"""Long work has a folder of its own, and files are there whole or not at all."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engagesim.errors import StoreError
from engagesim.files import added_to, write_whole
from engagesim.study.resumable import begun
from engagesim.study.run_folder import new_folder

ASKED = {"seeds": 3, "packages": [{"name": "audit", "cost": 0.1}]}


def test_a_file_that_cannot_be_written_whole_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, b"before")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_that_write_the_same_file_do_not_get_in_each_others_way(tmp_path):
    path, contents = tmp_path / "file", [bytes([number]) * 1_000_000 for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write_whole, [path] * 40, contents * 10))
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def brought(monkeypatch):
    """Record what is brought to the disk, each by its inode."""
    found: list[int] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        found.append(os.fstat(descriptor).st_ino)
        really(descriptor)

    monkeypatch.setattr("os.fsync", fsync)
    return found


on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows opens no folders")


@on_posix
def test_a_file_is_brought_to_the_disk_and_then_its_name(tmp_path, brought):
    write_whole(tmp_path / "file", b"content")
    assert brought == [inode(tmp_path / "file"), inode(tmp_path)]


@on_posix
def test_a_new_folder_is_brought_to_the_disk_with_all_in_it_and_then_its_name(tmp_path, brought):
    with new_folder(tmp_path / "a" / "b") as folder:
        (folder / "figures").mkdir()
        (folder / "one").write_text("content")
        (folder / "figures" / "two").write_text("content")
    place = tmp_path / "a" / "b"
    content = {inode(path) for path in (place, place / "one", place / "figures", place / "figures" / "two")}
    assert set(brought[:4]) == content
    assert brought[4:] == [inode(tmp_path / "a"), inode(tmp_path)]


def test_a_new_folder_that_cannot_be_brought_to_the_disk_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(StoreError, match="must be a folder that can be written"), new_folder(tmp_path / "a") as folder:
        (folder / "file").write_text("content")
    assert list(tmp_path.iterdir()) == []


def inode(path: Path) -> int:
    return path.stat().st_ino


def test_lines_are_added_to_the_end_of_a_file(tmp_path):
    for line in ("one\n", "two é\n"):
        with added_to(tmp_path / "log") as file:
            file.write(line)
    assert (tmp_path / "log").read_text("utf-8") == "one\ntwo é\n"


@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_through_a_link(tmp_path, there):
    precious, link = tmp_path / "precious", tmp_path / "log"
    if there:
        precious.write_text("mine")
    link.symlink_to(precious)
    with pytest.raises(StoreError, match="log: must not be a link"):
        added_to(link)
    write_whole(link, b"new")
    assert (link.read_bytes(), link.is_symlink()) == (b"new", False)
    assert (precious.read_text() if precious.exists() else None) == ("mine" if there else None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
@pytest.mark.parametrize("is_read", [True, False])
def test_nothing_is_added_to_a_pipe_nor_a_device(tmp_path, is_read):
    os.mkfifo(tmp_path / "log")
    reader = os.open(tmp_path / "log", os.O_RDONLY | os.O_NONBLOCK) if is_read else None
    for path in (tmp_path / "log", Path("/dev/null")):
        with pytest.raises(StoreError, match="take it out of the folder"):
            added_to(path)
    if reader is not None:
        os.close(reader)


def test_the_same_work_goes_on_in_its_folder_and_other_work_does_not(tmp_path):
    for _ in range(2):
        with begun(tmp_path / "a" / "b", ASKED, "comparison"):
            pass
    with pytest.raises(StoreError, match=r"same comparison \(seeds is 3 there and 4 here\)"):  # noqa: SIM117
        with begun(tmp_path / "a" / "b", {**ASKED, "seeds": 4}, "comparison"):
            pass


def test_two_at_once_do_not_share_a_folder(tmp_path):
    with (
        begun(tmp_path, ASKED, "comparison"),
        pytest.raises(StoreError, match="must be free; another comparison is running in it"),
        begun(tmp_path, ASKED, "comparison"),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "content"),
    [("thesis.docx", "precious"), ("config.yaml", "name: a run\n"), ("config.yaml", "a: [\n"), ("config.yaml", "")],
)
def test_a_folder_of_something_else_is_refused_and_left_as_it_is(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(StoreError, match="must be a new folder"), begun(tmp_path, ASKED, "comparison"):
        pass
    assert (tmp_path / name).read_text() == content
    assert {path.name for path in tmp_path.iterdir()} <= {name, ".lock"}


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="it is a file"), begun(tmp_path / "file", ASKED, "comparison"):
        pass


def test_work_that_was_killed_before_it_was_written_what_it_is_can_begin_again(tmp_path):
    (tmp_path / ".lock").touch()
    (tmp_path / "config.yaml.unfinished-7").write_bytes(b"half")
    with begun(tmp_path, ASKED, "comparison"):
        assert (tmp_path / "config.yaml").exists()
