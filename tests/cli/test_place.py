"""What a policy officer meets who has a place: one command, a page, and societies that other commands take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from engagesim import Parameters, simulate
from engagesim.cli import main
from engagesim.cli import place as module
from engagesim.configs import config_folder
from engagesim.configs.compose import composed_comparison
from engagesim.places.profile import HISTORY, QUANTITY
from engagesim.places.stored import read_place
from engagesim.study.intervention_packages import read_catalogue
from engagesim.study.results import load

pytestmark = pytest.mark.xdist_group(__name__)  # one process makes what these tests share

HAMLET = {
    "citizens": 60, "officials": 4, "districts": 2, "form": "survey", "form_months": 12,
    "lately": {"external_audit": 20},
    "know": {"participation": "30 to 60 %", "clients": "guess 20 %", "tenure": "40 ± 15", "merit": 0.4},
}  # fmt: skip
FAST = ["simulated=256", "kept=20"]


def written(path: str = "mine.yaml", **changes) -> str:
    Path(path).write_text(yaml.safe_dump({**HAMLET, **changes}, allow_unicode=True), "utf-8")
    return path


@pytest.fixture(scope="module")
def matched(tmp_path_factory) -> Path:
    """A small place that was matched once for all tests."""
    folder = tmp_path_factory.mktemp("matched")
    file = written(str(folder / "hamlet.yaml"))
    assert main(["place", file, *FAST, f"output={folder / 'result'}"]) == 0
    return folder / "result"


def place_in(folder: Path):
    return read_place(folder, read_catalogue(config_folder()))


def test_a_place_leaves_a_page_and_tables(matched):
    names = {path.name for path in matched.iterdir()}
    assert {"report.html", "match.csv", "contexts.csv", "predicted.csv", "behaviour.csv", "societies.csv",
            "simulated.csv",
            "place.yaml", "config.yaml", "provenance.json", "log.txt"} <= names  # fmt: skip
    assert "unfinished" not in names
    page = (matched / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "not a forecast" in page
    for name in ("participation", "clients", "tenure"):
        assert QUANTITY[name].words in page
    match = pd.read_csv(matched / "match.csv")
    assert list(match["quantity"]) == ["participation", "clients", "tenure"]
    assert len(pd.read_csv(matched / "simulated.csv")) == 256
    assert len(pd.read_csv(matched / "societies.csv")) == 20


def test_the_same_file_gives_the_same_bytes_and_a_finished_folder_is_left_alone(matched, capsys):
    file = written("hamlet.yaml")
    assert main(["place", file, *FAST, "output=again"]) == 0
    for name in ("societies.csv", "simulated.csv", "match.csv", "place.yaml", "report.html"):
        assert (matched / name).read_bytes() == (Path("again") / name).read_bytes()
    before = Path("again/report.html").stat().st_mtime_ns
    capsys.readouterr()
    assert main(["place", file, *FAST, "output=again"]) == 0
    assert "is finished" in capsys.readouterr().out
    assert Path("again/report.html").stat().st_mtime_ns == before


def test_an_interrupted_match_continues_and_simulates_nothing_twice(monkeypatch):
    real, batches = module.simulate, []

    def counted(points, seeds, options):
        if len(batches) == 2:
            raise KeyboardInterrupt
        batches.append(len(points))
        return real(points, seeds, options=options)

    monkeypatch.setattr(module, "simulate", counted)
    arguments = ["place", written(), *FAST, "output=mine"]
    assert main(arguments) == 130
    assert not Path("mine/report.html").exists()
    done = list(batches)
    monkeypatch.setattr(module, "simulate", lambda *some, **more: batches.append(len(some[0])) or real(*some, **more))
    assert main(arguments) == 0
    assert sum(batches) == 256 + 20
    assert len(done) == 2


def test_the_stored_numbers_of_a_society_are_those_that_it_has_when_it_is_simulated(matched):
    place = place_in(matched)
    for number in (1, 7):
        lived = place.lived(Parameters().changed({"months": 1}), number)
        observed = simulate([lived], [lived.seed])
        row = place.societies.iloc[number - 1]
        for name in ("participation", "clients", "tenure"):
            assert QUANTITY[name].observed(observed, HISTORY)[0, 0] == pytest.approx(row[name])
        assert lived.incentives.merit_protection == pytest.approx(0.4)
        assert [(each.name, each.start) for each in lived.interventions] == [("survey", 48), ("external_audit", 40)]


def test_a_comparison_is_paired_over_the_societies_of_the_place(matched):
    packages = "packages={nothing: [{use: social_audit, intensity: 0}], audit: [{use: social_audit, start: 2}]}"
    assert main(["compare", f"place={matched}", packages, "months=14", "seeds=8", "output=compared"]) == 0
    table = pd.read_csv("compared/comparison.csv")
    assert set(table["context"]) == {"hamlet"}
    assert (table.query("package == 'nothing'")["difference"] == 0).all()
    assert (table.query("package == 'audit'")["difference"] != 0).any()
    page = Path("compared/report.html").read_text("utf-8")
    assert "not a forecast" in page
    assert "20 societies that fit what is known about hamlet" in page


def test_a_ready_comparison_is_made_in_the_place_that_is_named(matched):
    asked = composed_comparison([f"place={matched}", "comparison=forms"])
    assert (len(asked.contexts), len(asked.packages)) == (1, 9)


def test_a_comparison_shows_the_months_from_today_on(matched):
    place = place_in(matched)
    base = Parameters().changed({"months": 5})
    found = place.spread(simulate, base)([place.described(base)], [1, 3])
    assert found.metrics.shape[:3] == (1, 2, 5)
    for column, number in enumerate((1, 3)):
        lived = place.lived(base, number)
        whole = simulate([lived], [lived.seed])
        assert np.array_equal(found.metrics[0, column], whole.metrics[0, 0, HISTORY:])


def test_what_the_command_line_says_holds_in_every_society(matched):
    place = place_in(matched)
    base = Parameters().changed({"months": 2, "incentives.patronage": 0.9})
    seen = []

    def looked(points, seeds):
        seen.extend((point.incentives.patronage, point.incentives.competition) for point in points)
        return simulate(points, seeds)

    place.spread(looked, base)([place.described(base)], [1, 2, 3])
    assert {patronage for patronage, _ in seen} == {0.9}
    assert len({competition for _, competition in seen}) == 3


def test_beyond_the_last_society_they_begin_again_with_other_seeds(matched):
    place = place_in(matched)
    (first, seed), (again, other) = place.society(1), place.society(21)
    assert first == again
    assert seed != other


def test_a_run_is_of_the_society_that_the_seed_chooses(matched):
    assert main(["run", f"place={matched}", "months=3", "seed=2", "output=ran", "progress=false", "figures=false"]) == 0
    stored = yaml.safe_load(Path("ran/config.yaml").read_text("utf-8"))
    values, seed = place_in(matched).society(2)
    assert stored["seed"] == seed
    assert stored["months"] == HISTORY + 3
    assert stored["incentives"]["patronage"] == pytest.approx(values["incentives.patronage"])
    assert main(["rerun", "ran"]) == 0


def test_a_sweep_has_each_point_in_each_society(matched):
    factor = "factors.a={path: incentives.audit, values: [0, 1]}"
    arguments = ["sweep", f"place={matched}", "place_societies=2", "months=2", "replicates=1", factor, "output=swept"]
    assert main(arguments) == 0
    results = load(Path("swept"))
    assert sorted(results.runs["place"].astype(str)) == ["1", "1", "2", "2"]
    row = int(results.runs.query("place == '2'").index[0])
    values, _ = place_in(matched).society(2)
    assert results.parameters(row).incentives.patronage == pytest.approx(values["incentives.patronage"])


def test_the_file_of_a_place_is_matched_once(monkeypatch, caplog):
    file = written()
    usual = module.composed_place
    monkeypatch.setattr(module, "composed_place", lambda words: usual([*words, *FAST]))
    for output in ("one", "two"):
        assert main(["run", f"place={file}", "months=2", f"output={output}", "progress=false", "figures=false"]) == 0
    said = [each.getMessage() for each in caplog.records if "is matched first" in each.getMessage()]
    assert len(said) == 1
    assert len(list(Path("outputs/place").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["place"], "must be the file of a place"),
        (["place", "a.yaml", "b.yaml"], "must be the file of a place"),
        (["place", "nowhere.yaml"], "nowhere.yaml: must be a YAML file; no such file or directory"),
        (["place", "mine.yaml", "simulated=3"], "simulated = 3: must be a whole number from 256"),
        (
            ["place", "mine.yaml", "months=3"],
            "months: no such parameter; must be calibration, seed, simulated, kept, progress or output",
        ),
        (["compare", "place=nowhere", "packages={a: [survey]}"], "place = nowhere: must be the file of a place"),
        (["compare", "place=empty", "packages={a: [survey]}"], "place = empty: must be the file of a place"),
        (["run", "place=nowhere"], "place = nowhere: must be the file of a place"),
        (["app", "place=nowhere"], "place = nowhere: must be the file of a place"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(arguments, said, capsys):
    written()
    Path("empty").mkdir()
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert {path.name for path in Path().iterdir()} == {"mine.yaml", "empty"}


def test_a_place_and_a_ready_society_do_not_go_together(matched, capsys):
    for word in ("scenario=merit_state", "calibration=none"):
        assert main(["compare", f"place={matched}", word, "packages={a: [survey]}"]) == 2
        assert "must be left out with place" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["version", "societies", "contexts", "sets"])
def test_a_damaged_folder_is_refused_by_its_name(matched, tmp_path, damage, capsys):
    for name in ("place.yaml", "societies.csv"):
        (tmp_path / name).write_bytes((matched / name).read_bytes())
    if damage == "societies":
        (tmp_path / "societies.csv").write_text("seed,set\n1,0\n", "utf-8")
    elif damage == "contexts":
        table = pd.read_csv(tmp_path / "societies.csv", dtype=str).assign(**{"incentives.turnover": "0.O1"})
        table.to_csv(tmp_path / "societies.csv", index=False)
    else:
        tree = yaml.safe_load((tmp_path / "place.yaml").read_text("utf-8"))
        tree["model_version" if damage == "version" else "sets"] = "0" if damage == "version" else [{"a.b": 1.0}]
        (tmp_path / "place.yaml").write_text(yaml.safe_dump(tree), "utf-8")
    assert main(["run", f"place={tmp_path}", "output=ran"]) == 2
    assert f"place = {tmp_path}: must be" in capsys.readouterr().err


def test_python_compares_and_looks_for_allies_in_a_place(matched):
    from engagesim import allies, compare
    from engagesim.errors import ParameterError

    found = compare({"audit": [{"use": "social_audit", "start": 0}]}, seeds=range(1, 4), place=matched)
    assert set(found.differences["context"]) == {place_in(matched).profile.name}
    with pytest.raises(ParameterError, match="contexts: must be at most one with place"):
        compare({"audit": ["social_audit"]}, {"a": Parameters(), "b": Parameters()}, place=matched)
    with pytest.raises(ParameterError, match="place = nowhere: must be the file of a place, or a folder"):
        compare({"audit": ["social_audit"]}, place="nowhere")
    sought = allies(place=matched, futures=20, fresh=20, most=1, horizon=12, holds=3)
    assert not sought.is_named
    assert set(sought.table["kind"]) >= {"manager", "provider", "politician"}
