"""Take the screenshots of README.md and the documentation: ``make screenshots``.

One shows the dashboard in the middle of a scenario, one the top of a comparison's report, and one the laboratory in a
file. Take them again when a page looks different. The browser is Chromium; the variable CHROMIUM may name another one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FIGURES = Path(__file__).parents[1] / "docs" / "figures"
SOCIETY = "scenario=contested_reform&incentives.patronage=0.2&incentives.merit_protection=0.8&month=84&agent=7"
PACKAGES = "packages={survey: [survey], audit: [social_audit], co-creation: [cocreation]}"
LABORATORY = "month=72&act=36:social_audit:1&act=36:incentives.patronage:0.1&agent=1043"
COMPARISON = ("scenario=contested_reform", "equal=coverage", PACKAGES, "progress=false")
ENGAGESIM = (sys.executable, "-c", "from engagesim.cli import main; raise SystemExit(main())")
COLOURS = 128
"""Enough for text and plots, and a third of the bytes."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the dashboard, and give its address."""
    command = [*ENGAGESIM, "app", "port=0", "open=false"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            line = next(line for line in process.stdout or () if " is at " in line)
            yield line.split(" is at ")[1].split()[0]
        finally:
            process.terminate()


def opened(browser: Browser, address: str, width: int, height: int) -> Page:
    """Open a page of a size in a browser."""
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.set_default_timeout(120_000)
    page.goto(address)
    return page


def kept(page: Page, name: str) -> None:
    """Keep what a page shows, with few colours."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(FIGURES / f"{name}.png", optimize=True)


def main() -> None:
    """Take all."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        subprocess.run([*ENGAGESIM, "compare", *COMPARISON, f"output={folder / 'report'}"], check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        kept(opened(browser, (folder / "report" / "report.html").as_uri(), 800, 1420), "report")
        file = folder / "laboratory.html"
        subprocess.run([*ENGAGESIM, "page", "scenario=contested_reform", f"output={file}"], check=True)
        page = opened(browser, f"{file.as_uri()}#scenario=contested_reform&{LABORATORY}", 1280, 900)
        page.wait_for_selector("html[data-ready]", state="attached")
        kept(page, "laboratory")
        with served(folder) as address:
            page = opened(browser, f"{address}?{SOCIETY}", 1280, 860)
            page.wait_for_selector("figure[data-drawn][data-month='84']")
            page.locator(".es-reasons").wait_for()
            page.locator(".v-progress-linear").locator("visible=true").first.wait_for(state="hidden")
            kept(page, "dashboard")
        browser.close()


if __name__ == "__main__":
    main()
