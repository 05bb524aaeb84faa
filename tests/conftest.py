"""What the tests share: a repeatable search for counter-examples, and a society small enough to run often."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from engagesim.parameters import Parameters
from things import ALONE, CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile(
    "default",
    derandomize=True,  # the same examples each time: a failure can be repeated, a pass is no luck
    max_examples=40,
    deadline=None,  # time is never tested
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("default")


@pytest.hookimpl(tryfirst=True)  # before processes are told which tests go together
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have one process do all that needs a browser, so that there is one of it, and one dashboard."""
    for item in items:
        if {"browser", "address"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without windows, one for all tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ALONE))
        yield opened
        opened.close()


@pytest.fixture
def offline(browser: Browser) -> Iterator[Callable[..., Any]]:
    """Open addresses, each in a window cut off from any network; a page keeps its mistakes and what it asks for."""
    contexts = []

    def opening(address: str, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_offline(True)
        context.set_default_timeout(120_000)  # a busy machine is no failure
        contexts.append(context)
        page: Any = context.new_page()
        page.mistakes, page.asked = [], []
        page.on("pageerror", lambda error: page.mistakes.append(str(error)))
        page.on("console", lambda said: page.mistakes.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        return page

    yield opening
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def tiny() -> Parameters:
    """A society of three districts that lives a year in a moment."""
    return Parameters().changed(
        {
            "population.citizens": 60,
            "population.districts": 3,
            "population.providers": 2,
            "network.degree": 4,
            "engagement.form": "test",
            "engagement.start": 4,
            "engagement.opened": 1.0,
            "engagement.voice": 0.6,
            "engagement.influence": 0.5,
            "engagement.outreach": 0.3,
            "engagement.collectiveness": 0.8,
            "incentives.term": 6,
        }
    )


@pytest.fixture
def write_table(tmp_path: Path) -> Callable[..., str]:
    """Write a CSV table from a heading and rows; returns its path."""

    def write(name: str, heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(heading)
            writer.writerows(rows)
        return str(path)

    return write
