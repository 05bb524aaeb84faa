"""The report in a browser: it fits a telephone and a sheet of paper, and passes an accessibility checker."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_page import hostile_page, nine_page


@pytest.fixture(scope="module", params=[hostile_page, nine_page], ids=["hostile", "nine"])
def address(request, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(request.param(), "utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser, address, request):
    """The page at a width, with all that folds opened; nothing on it may ask for the network or fail."""
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    asked, failed = [], []
    page.on("request", lambda found: asked.append(found.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(found => found.open = true)")
    yield page
    page.close()
    assert (asked, failed) == ([address], [])


@pytest.mark.parametrize("opened", [390], indirect=True)
def test_an_accessibility_checker_finds_nothing_serious(opened):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(opened).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}] == []


@pytest.mark.parametrize("opened", [390, 1280], indirect=True)
def test_nothing_is_wider_than_the_screen_but_tables_that_scroll(opened):
    assert opened.evaluate("document.documentElement.scrollWidth") <= opened.viewport_size["width"]
    assert opened.evaluate("[...document.querySelectorAll('svg')].every(drawn => drawn.clientWidth > 250)")


@pytest.mark.parametrize("opened", [1280], indirect=True)
def test_it_prints_on_whole_pages(opened, tmp_path: Path):
    opened.emulate_media(media="print")
    assert not opened.locator("nav").first.is_visible()
    printed = opened.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") > 5


@pytest.mark.parametrize("opened", [1280], indirect=True)
def test_the_brief_prints_on_one_page(opened):
    opened.emulate_media(media="print")
    opened.add_style_tag(content="main > :not(.brief), body > :not(main) { display: none !important; }")
    printed = opened.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed
