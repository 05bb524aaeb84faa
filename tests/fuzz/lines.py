"""The line between a page and the dashboard: messages as a browser of ours sends them, damaged, to a page that lives."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from hypothesis import strategies as st
from jupyter_client.session import Session
from mutations import as_json, texts, trees

from engagesim.dashboard import server
from engagesim.dashboard.events import understood

PATH = "/?population.citizens=60&population.districts=3&month=2"
CONTROL = "control"
WIDGETS = [f"widget-{number}" for number in range(12)]
"""Stand for the names of the widgets of the page, which are drawn anew each time."""


_SESSION = Session(username="", session="s")


def message(kind: str, **content: Any) -> dict[str, Any]:
    """Return a message as the scripts of the page send it."""
    told = _SESSION.msg(kind, content)
    told["header"]["date"] = "2020-01-01"
    return {**told, "channel": "shell", "buffers": []}


def _told(widget: str, event: str, data: Any) -> dict[str, Any]:
    return message("comm_msg", comm_id=widget, data={"method": "custom", "content": {"event": event, "data": data}})


def _chosen(widget: str, value: Any) -> dict[str, Any]:
    return message("comm_msg", comm_id=widget, data={"method": "update", "state": {"value": value}, "buffer_paths": []})


OPENING = message("comm_open", comm_id=CONTROL, target_name="solara.control", data={})
RUN = message(
    "comm_msg",
    comm_id=CONTROL,
    data={"method": "run", "args": {"path": PATH, "dark": False, "themes": {}, "appName": None}},
)
SAID = [("step", 12), ("play", True), ("hasten", 5), ("reset", None), ("choose", 3), ("choose", "glossary"),
        ("change", {"name": "incentives.patronage", "value": 0.3})]  # fmt: skip
SOUND = [
    message("kernel_info_request"), OPENING, RUN, message("comm_msg", comm_id=CONTROL, data={"method": "app-status"}),
    message("comm_close", comm_id=WIDGETS[3], data={}),
    *(_chosen(widget, value) for widget in WIDGETS for value in ("trust", ["survey"])),
    *(_told(widget, event, data) for widget in WIDGETS for event, data in SAID),
]  # fmt: skip
"""What a page says, each kind at least once."""

FOREIGN = [
    message("comm_open", comm_id="x", target_name="jupyter.widget", data={"state": {"_model_name": "LayoutModel"}}),
    message("comm_msg", comm_id=WIDGETS[0], data={"method": "update", "state": {"tab": "map"}, "buffer_paths": []}),
    message("comm_msg", comm_id=WIDGETS[0], data={"method": "request_state"}), message("execute_request", code="1/0"),
    message("comm_msg", comm_id=WIDGETS[0], data={"method": "custom", "content": {"create_widget": ["os", "abort"]}}),
]  # fmt: skip
"""What the protocol allows, and no page of ours says."""

MESSAGES = st.lists(
    st.one_of(st.sampled_from(SOUND).map(as_json), trees(SOUND + FOREIGN).map(as_json),
              texts([json.dumps(each) for each in SOUND[:6]])),
    min_size=1, max_size=3,
)  # fmt: skip


class _Socket:
    """Takes what the server says, and lets it go."""

    def send_text(self, said: str) -> None:
        """Let go."""

    def send_bytes(self, said: bytes) -> None:
        """Let go."""

    send = send_bytes

    def close(self) -> None:
        """Have nothing to close."""


def knock_with_messages(sent: list[bytes], _: Path) -> object:
    """Send messages to a page that lives, as the server hands them on; nothing may be complained of but by us."""
    texts = [text for each in sent if (text := understood(each.decode("utf-8", "replace"))) is not None]
    if not texts:
        return None
    context, named = _living()
    with _heard() as complaints:
        for said in map(json.loads, texts):
            if "comm_id" in said["content"]:
                said["content"]["comm_id"] = named.get(said["content"]["comm_id"], said["content"]["comm_id"])
            _hand_on(context, said)
    if not set(named.values()) <= set(context.kernel.comm_manager.comms):  # closed, or drawn anew
        _close()
    assert complaints == [], complaints
    return len(texts)


def _hand_on(context: Any, said: dict[str, Any]) -> None:
    from solara.server.server import process_kernel_messages

    with context.lock, context:
        process_kernel_messages(context.kernel, said)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Collect what loggers say that goes with a traceback."""
    found: list[str] = []

    class Collecting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info or record.levelno >= logging.ERROR:
                found.append(self.format(record))

    collecting, root = Collecting(), logging.getLogger()
    named = [root, logging.getLogger("traitlets")]
    for each in named:
        each.addHandler(collecting)
    try:
        yield found
    finally:
        for each in named:
            each.removeHandler(collecting)


_PAGES: list[tuple[Any, dict[str, str]]] = []


def _living() -> tuple[Any, dict[str, str]]:
    """Return a page that is drawn, and the names of its widgets that hear events."""
    if not _PAGES:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # Solara's
            _PAGES.append(_opened())
    return _PAGES[0]


def _opened() -> tuple[Any, dict[str, str]]:
    server._solara()
    from ipyvue import VueTemplate
    from solara.server import patch as patching
    from solara.server.app import apps
    from solara.server.kernel_context import initialize_virtual_kernel

    with patch.object(patching, "patch_heavy_imports"):  # it would change matplotlib for the tests that follow
        apps["__default__"].init()
    context = initialize_virtual_kernel("browser", str(uuid4()), _Socket())
    _hand_on(context, OPENING)
    _hand_on(context, RUN)
    hearing = [name for name, widget in context.widgets.items() if isinstance(widget, VueTemplate)]
    assert len(hearing) >= 5
    return context, dict(zip(WIDGETS, hearing, strict=False))


def _close() -> None:
    context, _ = _PAGES.pop()
    context.close()
