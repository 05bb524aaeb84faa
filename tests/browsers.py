"""Ask any browser that is installed, without a driver: a page is served to it, and posts what it has found."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from things import ALONE, CHROMIUM

BROWSERS = {"chromium": CHROMIUM, "firefox-esr": shutil.which("firefox-esr") or shutil.which("firefox")}
"""Programs by their package in Debian."""

PATIENCE = 300
"""Seconds: a busy machine is no failure."""

QUIET = {
    "app.update.auto": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
"""A Firefox that asks nobody for anything of its own accord."""


def installed(package: str) -> str:
    """Return the program of a browser; without it the test is left out, with the reason."""
    program = BROWSERS[package]
    if program is None:
        pytest.skip(f"no {package} here: apt-get install {package}")
    return program


class Asking(SimpleHTTPRequestHandler):
    """Serves the modules to a browser of this machine, and takes what it answers."""

    def do_POST(self) -> None:
        answer = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.server.answers.put(json.loads(answer))  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def answered(program: str, folder: Path, page: str) -> dict[str, Any]:
    """Open a page of a folder in a browser, and return what it posts to ``answers``."""
    home = folder / "home"
    home.mkdir()
    (home / "user.js").write_text("".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in QUIET.items()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Asking, directory=str(folder)))
    server.answers = Queue()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    profile = ["--headless", "--no-remote", "--profile", str(home)]
    if "firefox" not in program:
        profile = [*ALONE, f"--user-data-dir={home}"]
    process = subprocess.Popen(
        [program, *profile, f"http://127.0.0.1:{server.server_port}/{page}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(home)}, start_new_session=True,
    )  # fmt: skip
    try:
        return server.answers.get(timeout=PATIENCE)  # type: ignore[attr-defined]
    except Empty:
        pytest.fail(f"{program} has answered nothing for {PATIENCE} seconds")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        server.shutdown()
        server.server_close()
