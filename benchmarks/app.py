"""Measure the dashboard as a visitor feels it: ``python benchmarks/app.py``; needs Chromium.

Starts ``engagesim app``, opens it in fresh browsers, and prints the time from opening to the first picture of 1,000
citizens, and the months a second that are drawn at full speed: by one visitor, and by each of five at once.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
COMMAND = "from engagesim.cli import main; raise SystemExit(main())"
DRAWN = "figure[data-drawn]"
SECONDS = 5


@contextmanager
def served() -> Iterator[str]:
    """Serve the dashboard, and give its address."""
    command = [sys.executable, "-c", COMMAND, "app", "port=0", "open=false"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = next(line for line in process.stdout or () if " is at " in line)
        yield line.split(" is at ")[1].split()[0]
        process.terminate()


def opened(browser: Browser, address: str) -> tuple[Page, float]:
    """Open the dashboard as a new visitor; return the page and the seconds until its first picture."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(DRAWN, timeout=60_000)
    return page, time.perf_counter() - start


def month(page: Page) -> int:
    return int(page.locator(DRAWN).get_attribute("data-month") or 0)


def rates(pages: list[Page]) -> list[float]:
    """Return the months a second that each page draws while all play."""
    for page in pages:
        page.get_by_label("Speed").select_option("50")
        page.get_by_role("button", name="Play").click()
    before = [(month(page), time.perf_counter()) for page in pages]
    pages[0].wait_for_timeout(1000 * SECONDS)
    return [
        (month(page) - begun) / (time.perf_counter() - when) for page, (begun, when) in zip(pages, before, strict=True)
    ]


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        first = statistics.median(opened(browser, address)[1] for _ in range(3))
        print(f"first picture, median of 3 fresh browsers: {first:.1f} s")
        print(f"months a second, one visitor: {rates([opened(browser, address)[0]])[0]:.0f}")
        five = rates([opened(browser, address)[0] for _ in range(5)])
        print(f"months a second, each of five visitors at once: {min(five):.0f} to {max(five):.0f}")


if __name__ == "__main__":
    main()
