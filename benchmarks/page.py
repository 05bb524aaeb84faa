"""How fast the laboratory in one file is: opening from disk, and months a second, in Chromium without a network.

``python benchmarks/page.py`` prints a line each. The society is a contested reform of 1,000 citizens in 10 districts.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from engagesim.engines.compiled.live_society import LiveSociety
from engagesim.web.content import read_society
from engagesim.web.page import laboratory

SAID = ["scenario=contested_reform"]
MONTHS = 480
TIMES = 5


def opened(page: Page, file: Path) -> float:
    """Return the seconds from asking for the page until the society can be played."""
    begun = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    return time.perf_counter() - begun


def lived(page: Page, file: Path) -> float:
    """Return the months a second at which a society is lived its events are found, and it is drawn."""
    page.goto("about:blank")
    page.goto(f"{file.as_uri()}#month=12")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.get_by_label("Speed").select_option(label="as fast as it goes")
    page.get_by_role("button", name="Play").click()
    begun = time.perf_counter()
    page.wait_for_function(
        "(months) => Number(/After (\\d+) months/.exec(document.querySelector('.status').textContent)?.[1]) >= months",
        arg=MONTHS,
    )
    return (MONTHS - 12) / (time.perf_counter() - begun)


def native() -> float:
    """Return the months a second of the native engine, alone."""
    society = LiveSociety(read_society(SAID))
    society.step(12)
    begun = time.perf_counter()
    society.step(MONTHS - 12)
    return (MONTHS - 12) / (time.perf_counter() - begun)


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "laboratory.html"
        file.write_text(laboratory(read_society(SAID), SAID), "utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context()
        context.set_offline(True)
        page = context.new_page()
        opening = [opened(page, file) for _ in range(TIMES)]
        playing = [lived(page, file) for _ in range(TIMES)]
        print(f"size: {file.stat().st_size / 1000:.0f} kB")
        print(f"opens in {statistics.median(opening):.2f} s")
        print(f"plays {statistics.median(playing):.0f} months a second, drawing as it goes")
        print(f"the native engine: {native():.0f} months a second, with events and without drawing")
        browser.close()


if __name__ == "__main__":
    main()
