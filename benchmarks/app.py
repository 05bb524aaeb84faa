"""Measure the dashboard as a visitor feels it: ``python benchmarks/app.py``; needs Chromium.

Starts ``engagesim app``, opens it in fresh browsers, and prints the time from opening to the first picture of 1,000
citizens, and the months a second that are drawn at full speed: by one visitor, and by each of five at once. Beside the
time on the clock stands the processor time of the page's own thread, which other work on the machine does not change.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

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


@dataclass
class Visitor:
    """A page that was opened, and how long its first picture took on the clock and of the processor."""

    page: Page
    meter: CDPSession
    waited: float = 0.0
    worked: float = 0.0

    def month(self) -> int:
        return int(self.page.locator(DRAWN).get_attribute("data-month") or 0)

    def processor(self) -> float:
        """Seconds of processor time of the page's thread so far."""
        metrics = self.meter.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")


def opened(browser: Browser, address: str) -> Visitor:
    """Open the dashboard as a new visitor, and wait for the first picture."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(120_000)
    meter = page.context.new_cdp_session(page)
    meter.send("Performance.enable", {"timeDomain": "threadTicks"})
    visitor, start = Visitor(page, meter), time.perf_counter()
    page.goto(address)
    page.wait_for_selector(DRAWN)
    visitor.waited, visitor.worked = time.perf_counter() - start, visitor.processor()
    return visitor


def played(visitors: list[Visitor]) -> tuple[list[float], list[float]]:
    """Have all play at once; return months a second, and milliseconds of the processor a month, of each."""
    for visitor in visitors:
        visitor.page.get_by_label("Speed").select_option("50")
        visitor.page.get_by_role("button", name="Play").click()
    before = [(visitor.month(), visitor.processor(), time.perf_counter()) for visitor in visitors]
    visitors[0].page.wait_for_timeout(1000 * SECONDS)
    rates, costs = [], []
    for visitor, (month, worked, when) in zip(visitors, before, strict=True):
        months = visitor.month() - month
        rates.append(months / (time.perf_counter() - when))
        costs.append(1000 * (visitor.processor() - worked) / max(1, months))
    return rates, costs


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        first = [opened(browser, address) for _ in range(3)]
        waited, worked = (statistics.median(getattr(each, name) for each in first) for name in ("waited", "worked"))
        print(f"first picture: {waited:.1f} s, {worked:.1f} s of the processor (medians of 3 visitors)")
        for visitor in first[1:]:
            visitor.page.context.close()
        rates, costs = played(first[:1])
        print(f"one visitor: {rates[0]:.0f} months a second, {costs[0]:.0f} ms of the processor a month")
        first[0].page.context.close()
        rates, _ = played([opened(browser, address) for _ in range(5)])
        print(f"five visitors at once: {min(rates):.0f} to {max(rates):.0f} months a second each")


if __name__ == "__main__":
    main()
