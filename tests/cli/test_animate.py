"""``animate``: a film beside the other results of a run, which it leaves as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engagesim.cli import main

SMALL = ["population.citizens=60", "population.districts=3", "months=4", "progress=false"]


def test_a_film_lies_beside_the_other_results_and_changes_none(capsys):
    assert main(["run", *SMALL, "output=plain"]) == 0
    assert main(["run", *SMALL, "output=filmed", "animate=true"]) == 0
    assert "a film" in capsys.readouterr().out
    plain, filmed = ({path.name: path for path in Path(name).iterdir()} for name in ("plain", "filmed"))
    assert filmed.keys() - plain.keys() == {"animation.gif"}
    for name in plain.keys() - {"provenance.json", "log.txt"}:  # which name the folder and the time
        assert plain[name].read_bytes() == filmed[name].read_bytes(), name
    with Image.open(filmed["animation.gif"]) as film:
        assert film.n_frames == 5
    assert main(["rerun", "filmed"]) == 0
    assert "identical files" in capsys.readouterr().out


@pytest.mark.parametrize("value", ["maybe", "avi", "2"])
def test_a_wrong_value_gets_one_line_with_what_is_allowed(value, capsys):
    assert main(["run", *SMALL, "output=kept", f"animate={value}"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"animate = {value}" in said.replace("'", "")
    assert "mp4" in said
    assert not Path("kept").exists()


def test_mp4_without_ffmpeg_is_refused_before_anything_is_simulated(monkeypatch, capsys):
    monkeypatch.setattr("engagesim.report.animation.FFMpegWriter.isAvailable", lambda: False)
    monkeypatch.setattr("engagesim.cli.run.simulate", lambda job: pytest.fail("simulated"))
    assert main(["run", *SMALL, "output=kept", "animate=mp4"]) == 2
    assert "ffmpeg" in capsys.readouterr().err
    assert not Path("kept").exists()
