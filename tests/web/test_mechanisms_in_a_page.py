"""Mechanisms of a user's own in a page: built where the tool chain is, and refused in one line elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from engagesim.cli import main
from engagesim.parquet import frame_of, opened, table_in
from engagesim.web import compiling

FATIGUE = Path(__file__).parents[2] / "experiments" / "mechanisms" / "fatigue.py"


def test_without_the_tool_chain_a_page_with_a_mechanism_is_refused_in_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(compiling, "can_build", lambda: False)
    assert main(["page", f"mechanisms={FATIGUE}", "output=page.html"]) == 2
    said = capsys.readouterr().err
    assert "page: mechanisms need their own engine" in said
    assert "pip install 'engagesim[web]'" in said
    assert said.count("\n") == 1
    assert not Path("page.html").exists()


@pytest.mark.slow
@pytest.mark.skipif(not compiling.can_build(), reason="no linker here: make web")
def test_a_mechanism_lives_in_a_page_with_the_numbers_of_run(tmp_path, monkeypatch, browser):
    monkeypatch.chdir(tmp_path)
    words = [
        f"mechanisms={FATIGUE}",
        "population.citizens=120",
        "population.districts=3",
        "months=12",
        "fatigue.speed=0.3",
    ]
    assert main(["page", *words, "output=page.html"]) == 0
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{Path('page.html').resolve().as_uri()}#month=12")
    page.wait_for_selector("html[data-ready]")
    told = page.inner_text(".status")
    assert page.get_by_text("Your mechanisms").count() == 1
    context.close()
    assert main(["run", *words, "output=run", "progress=false", "figures=false"]) == 0
    metrics = frame_of(table_in(opened(Path("run/metrics.parquet").read_bytes())))
    assert f"service quality {metrics['quality'].iloc[-1]:.2f}, trust {metrics['trust'].iloc[-1]:.2f}" in told
