"""A server of the dashboard for all tests of this folder; each test has pages of its own."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from jupyter_client.session import Session
from playwright.sync_api import Page

from things import carried_out

LAPTOP = {"width": 1366, "height": 768}
PATIENCE = 90_000
"""Milliseconds to wait for something to appear, on a busy machine."""


@pytest.fixture(scope="session")
def studies(tmp_path_factory) -> Path:
    """A folder with a small sweep ``deep/phase`` and a small comparison ``pair``, as the command line writes them."""
    root = tmp_path_factory.mktemp("studies")
    small = ["population=hamlet", "scenario=contested_reform", "months=36"]
    factors = ["factors.p={path: incentives.patronage, values: [0.0, 0.3, 0.6]}",
               "factors.m={path: incentives.merit_protection, values: [0.1, 0.9]}"]  # fmt: skip
    kept = ["replicates=3", "measure=quality", f"output={root / 'deep' / 'phase'}", "progress=false"]
    carried_out(["sweep", *small, *factors, *kept])
    packages = "packages={audit: [social_audit], asking: [survey]}"
    carried_out(["compare", *small, packages, "seeds=8", "calibration=none", f"output={root / 'pair'}"])
    return root


@pytest.fixture(scope="session")
def address(tmp_path_factory, studies) -> Iterator[str]:
    """Where a dashboard is served that ``engagesim app`` started."""
    command = [sys.executable, "-c", "from engagesim.cli import main; raise SystemExit(main())"]
    with subprocess.Popen(
        [*command, "app", "port=0", "open=false", f"studies={studies}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path_factory.mktemp("served"),
    ) as process:  # fmt: skip
        said = []
        for line in process.stdout:
            said.append(line)
            if " is at " in line:
                break
        assert " is at " in said[-1], "".join(said)
        yield said[-1].split(" is at ")[1].split()[0]
        process.terminate()


@pytest.fixture(scope="session")
def message() -> Callable[..., dict[str, Any]]:
    """Make a message as the scripts of a page do: its type, and what it says."""
    session = Session(username="", session="s")

    def made(kind: str, **content: Any) -> dict[str, Any]:
        told = session.msg(kind, content)
        told["header"]["date"] = told["header"]["date"].isoformat()
        return {**told, "channel": "shell", "buffers": []}

    return made


@pytest.fixture
def visitor(browser, address) -> Iterator[Callable]:
    """Open the dashboard as a new visitor: ``visitor("month=3", color_scheme="dark")`` returns a page.

    Afterwards no page may have complained, nor asked anybody but the dashboard for anything.
    """
    contexts, wrong = [], []

    def open_page(query: str = "", **options):
        context = browser.new_context(**{"viewport": LAPTOP, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((address, "data:", "blob:")) else wrong.append(request.url),
        )
        page.goto(f"{address}?{query}")
        page.wait_for_selector("main")
        return page

    yield open_page
    for context in contexts:
        with contextlib.suppress(Exception):
            context.close()
    assert wrong == []


@pytest.fixture
def serious() -> Callable:
    """Return what an accessibility checker finds that is serious, once the server is not busy.

    While it is, Solara shows a bar of its own, which has no name.
    """

    def found(page: Page) -> list[str]:
        page.locator(".v-progress-linear").locator("visible=true").first.wait_for(state="hidden")
        return [
            f"{each['id']}: {[node['html'][:120] for node in each['nodes']][:3]}"
            for each in Axe().run(page).response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]

    return found
