"""The dashboard and a sweep side by side for a while: is memory flat, and does every visitor see what is asked?

``python benchmarks/soak.py [MINUTES]`` writes benchmarks/results/soak.json. Two visitors stay and let their societies
live; others come, look, and leave. A slope is that of a straight line through the second half, where caches are full.
"""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from engagesim.study.provenance import environment

RESULTS = Path(__file__).parent / "results" / "soak.json"
PROGRAM = [sys.executable, "-c", "import sys; from engagesim.cli import main; sys.exit(main())"]
SWEEP = [
    "sweep", "output=study", "population.citizens=200", "population.districts=4", "months=36", "replicates=50",
    "factors.patronage.path=incentives.patronage", "factors.patronage.low=0", "factors.patronage.high=0.6",
    "factors.patronage.levels=500", "factors.merit.path=incentives.merit_protection", "factors.merit.low=0",
    "factors.merit.high=1", "factors.merit.levels=100",
]  # fmt: skip
SOCIETY = "population.citizens=200&population.districts=4"
QUERIES = ("month=12", "month=3&agent=7", "tab=glossary", "tab=map&map.cells=3&map.seeds=1&map.months=12", "month=60")
"""What passing visitors open, in turn."""

EVERY_S = 5.0
PATIENCE_MS = 120_000


class Watch(threading.Thread):
    """Samples the memory of processes, their children included."""

    def __init__(self, **processes: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self.processes, self.begun = processes, time.monotonic()
        self.minutes: list[float] = []
        self.megabytes: dict[str, list[float]] = {name: [] for name in processes}
        self.is_over = threading.Event()

    def run(self) -> None:
        """Sample until it is over."""
        while not self.is_over.wait(EVERY_S):
            taken = {name: _megabytes(process.pid) for name, process in self.processes.items()}
            self.minutes.append((time.monotonic() - self.begun) / 60)
            for name, value in taken.items():
                self.megabytes[name].append(value)

    def said(self, name: str) -> dict[str, Any]:
        """Return how the memory of a process went: at the beginning, half-way, at the end, and its slope."""
        minutes, values = np.array(self.minutes), np.array(self.megabytes[name])
        half = minutes > minutes[-1] / 2
        return {
            "first_mb": round(float(values[:6].mean()), 1),
            "half_way_mb": round(float(values[half][:6].mean()), 1),
            "last_mb": round(float(values[-6:].mean()), 1),
            "most_mb": round(float(values.max()), 1),
            "slope_mb_a_minute": round(float(np.polyfit(minutes[half], values[half], 1)[0]), 3),
        }


def _megabytes(pid: int) -> float:
    try:
        process = psutil.Process(pid)
        return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)]) / 1e6
    except psutil.NoSuchProcess:
        return float("nan")


def main(minutes: float) -> None:
    """Let all of it run, and write what was seen."""
    with tempfile.TemporaryDirectory() as place:
        with Path(place, "sweep.txt").open("w") as said:
            app = _started(["app", "port=0", "open=false"], place, subprocess.PIPE)
            address = next(line.split(" is at ")[1].split()[0] for line in app.stdout or () if " is at " in line)
            sweep = _started([*SWEEP, "progress=false"], place, said)
            watch = Watch(app=app, sweep=sweep)
            try:
                _await(address)
                watch.start()
                visits, wrong = _visited(address, minutes)
            finally:
                watch.is_over.set()
                if watch.is_alive():
                    watch.join()
                died = [name for name, process in watch.processes.items() if process.poll() is not None]
                _end(sweep)
                _end(app)
        runs = len(list(Path(place, "study", "runs").glob("*.parquet")))
        found = {
            "minutes": round(watch.minutes[-1], 1),
            "samples": len(watch.minutes),
            "visits": visits,
            "parts_of_the_sweep": runs,
            "died": died,
            "wrong": wrong[:20],
            "app": watch.said("app"),
            "sweep": watch.said("sweep"),
            "made_with": environment(),
        }
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    print(json.dumps(found, indent=2))


def _started(arguments: list[str], folder: str, said: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], cwd=folder, stdout=said, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


def _await(address: str) -> None:
    """Wait until the dashboard answers."""
    parts = urlsplit(address)
    until = time.monotonic() + 300  # importing the page takes its time on a busy machine
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname or "", parts.port or 0), 1):
            return
        time.sleep(0.25)
    sys.exit(f"{address}: nobody answers")


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()


def _visited(address: str, minutes: float) -> tuple[int, list[str]]:
    """Visit until the time is over; return how many came and went, and what a page complained of."""
    wrong: list[str] = []
    until = time.monotonic() + 60 * minutes
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        staying = [_open(browser, f"{address}?{SOCIETY}&seed={seed}", wrong) for seed in (1, 2)]
        visits = 0
        for number, query in enumerate(itertools.cycle(QUERIES)):
            if time.monotonic() > until:
                break
            try:
                page = _open(browser, f"{address}?{SOCIETY}&seed={number % 7}&{query}", wrong)
                page.wait_for_timeout(2000)
                if number % 2:  # every other one takes leave; the line of the rest breaks, and they are forgotten later
                    page.goto("about:blank")
                page.context.close()
                visits += 1
                for each in staying:
                    _live_on(each)
            except KeyboardInterrupt:  # enough: what was seen so far is written
                break
            except Exception as error:
                wrong.append(f"{query}: {type(error).__name__}: {str(error).splitlines()[0]}")
        browser.close()
    return visits, wrong


def _open(browser: Browser, url: str, wrong: list[str]) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(url)
    page.wait_for_selector("[data-drawn], .es-glossary, section.es-map")
    return page


def _live_on(page: Page) -> None:
    """Live a year more; begin anew where the society is old."""
    drawn = page.locator("figure[data-drawn]").first
    if int(drawn.get_attribute("data-month") or 0) > 600:
        page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="+ 1 year").click()
    page.get_by_label("Patronage", exact=True).first.fill(str(0.1 + 0.4 * (time.monotonic() % 1)))
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
