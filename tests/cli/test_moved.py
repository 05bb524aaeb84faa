"""Results that were made with files of one's own stay whole when folders move, and when they are passed on."""

import random
import re
import shutil
from pathlib import Path

import pytest

from engagesim import load
from engagesim.cli import main
from engagesim.errors import StoreError

SOCIETY = ["population.districts=2", "population.providers=1", "months=4", "progress=false"]
FILES = ["network=file", "network.file=ties.csv", "population.file=people.csv"]
FACTOR = ["factors.p.path=incentives.patronage", "factors.p.values=[0.1,0.5]", "replicates=2"]
STUDY = ["sweep", *SOCIETY, *FILES, *FACTOR, "output=s"]
RUN = ["run", *SOCIETY, *FILES, "figures=false", "output=r"]


@pytest.fixture(autouse=True)
def project(monkeypatch, tmp_path):
    """A folder with files of people and ties, in which we stand."""
    draw = random.Random(1)  # noqa: S311
    folder = tmp_path / "before"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("people.csv").write_text("person,education\n" + "".join(f"p{n},{draw.random():.2f}\n" for n in range(30)))
    Path("ties.csv").write_text(
        "source,target\n" + "".join(f"p{n},p{(n + 1) % 30}\np{n},p{n // 2}\n" for n in range(30))
    )
    return folder


def move(project: Path, monkeypatch) -> Path:
    """Move all to another place, and stand there."""
    other = project.with_name("after")
    monkeypatch.chdir(project.parent)
    project.rename(other)
    monkeypatch.chdir(other)
    return other


def test_a_study_whose_project_moved_goes_on_and_is_repeated(project, monkeypatch, capsys):
    assert main(STUDY) == 0
    before = load("s").runs
    next(Path("s/runs").glob("*.parquet")).unlink()
    move(project, monkeypatch)
    assert main(STUDY) == 0
    assert load("s").runs.equals(before)
    assert main(["rerun", "s", "1"]) == 0
    assert main(["run", "s", "1", "output=opened", "progress=false", "figures=false"]) == 0
    assert main(["rerun", "opened"]) == 0


def test_a_study_and_a_run_that_were_passed_on_are_repeated_without_the_first_files(project, monkeypatch, tmp_path):
    assert main(STUDY) == 0
    assert main(RUN) == 0
    archives = [shutil.make_archive(str(tmp_path / name), "zip", project, name) for name in ("s", "r")]
    shutil.rmtree(project / "s")
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(project)
    for archive in archives:
        shutil.unpack_archive(archive, tmp_path / "colleague")
    monkeypatch.chdir(tmp_path / "colleague")
    assert main(["rerun", "s", "3"]) == 0
    assert main(["rerun", "./s/", "0"]) == 0
    assert main(["rerun", "r"]) == 0
    assert main(["plot", "s"]) == 0


def test_what_is_kept_names_no_place_of_the_machine(project, tmp_path):
    assert main(STUDY) == 0
    assert main(RUN) == 0
    for kept in ("s/config.yaml", "s/manifest.json", "r/config.yaml", "r/provenance.json"):
        assert str(tmp_path) not in Path(kept).read_text()


@pytest.mark.parametrize("to", ["elsewhere/renamed.csv", "link.csv"])
def test_a_file_of_another_name_with_the_same_content_is_the_same_study(to, capsys):
    assert main(STUDY) == 0
    Path(to).parent.mkdir(exist_ok=True)
    if to == "link.csv":
        Path(to).symlink_to("ties.csv")
    else:
        Path("ties.csv").rename(to)
    others = [word for word in STUDY if not word.startswith("network.file=")]
    assert main([*others, f"network.file={to}"]) == 0


@pytest.mark.parametrize(("file", "setting"), [("ties.csv", "network.file"), ("people.csv", "population.file")])
def test_a_file_with_other_content_is_another_study_and_is_named(file, setting, capsys):
    assert main(STUDY) == 0
    last = Path(file).read_text().splitlines()[-1]
    Path(file).write_text(Path(file).read_text().replace(last, re.sub(r"\d+$", "1", last)))
    assert main(STUDY) == 2
    said = capsys.readouterr().err
    assert re.search(
        rf"another study is in it \(the content of the file of variants\[0\]\.parameters\.{setting} has changed", said
    )


@pytest.mark.parametrize("make", [STUDY, RUN], ids=["study", "run"])
def test_copies_that_were_taken_out_or_changed_are_named_and_the_rest_can_be_read(make, capsys):
    assert main(make) == 0
    folder, row = ("s", ["0"]) if make is STUDY else ("r", [])
    (kept,) = Path(folder, "inputs").glob("network-*.csv")
    content = kept.read_text()
    capsys.readouterr()
    kept.write_text(content + "p3,p9\n")
    assert main(["rerun", folder, *row]) == 2
    assert f"{kept.name}: must be the file that was used; its content has changed" in capsys.readouterr().err
    kept.unlink()
    assert main(["rerun", folder, *row]) == 2
    assert re.search(rf"network\.file = \S+{kept.name}: missing; must be the file", capsys.readouterr().err)
    if make is STUDY:
        assert main(["export", folder]) == 0
        with pytest.raises(StoreError, match="missing; must be the file"):
            load(folder).parameters(0)
    kept.write_text(content)
    assert main(["rerun", folder, *row]) == 0


def test_a_stored_folder_reads_no_file_outside_of_it(capsys, tmp_path):
    assert main(RUN) == 0
    config = Path("r/config.yaml")
    config.write_text(re.sub(r"inputs/population\S+", str(tmp_path / "before/people.csv"), config.read_text()))
    changed = config.read_bytes()
    certificate = Path("r/provenance.json")
    from engagesim.study.provenance import checksum

    certificate.write_text(re.sub(r'("config.yaml": ")[^"]+', rf"\g<1>{checksum(changed)}", certificate.read_text()))
    assert main(["rerun", "r"]) == 2
    assert "must be in the folder of the results" in capsys.readouterr().err


def test_copies_are_not_written_through_a_link(tmp_path, capsys):
    assert main(STUDY) == 0
    shutil.rmtree("s/inputs")
    (tmp_path / "theirs").mkdir()
    Path("s/inputs").symlink_to(tmp_path / "theirs")
    assert main(STUDY) == 2
    assert "inputs: must not be a link" in capsys.readouterr().err
    assert list((tmp_path / "theirs").iterdir()) == []


def test_a_comparison_whose_project_moved_goes_on(project, monkeypatch, capsys):
    asked = ["compare", *SOCIETY, *FILES, "packages={a: [social_audit]}", "seeds=2", "calibration=none", "output=c"]
    monkeypatch.setattr("engagesim.cli.compare._write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert main(asked) == 130
    monkeypatch.undo()
    move(project, monkeypatch)
    assert len(list(Path("c/unfinished").iterdir())) > 0
    assert main(asked) == 0
    assert sorted(path.suffix for path in Path("c/inputs").iterdir()) == [".csv", ".csv"]
