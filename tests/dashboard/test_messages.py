"""On a page's line the server hears what pages say, and nothing else."""

import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagesim.dashboard.events import MessageFilter, understood
from engagesim.dashboard.limits import MESSAGES_A_SECOND

CUSTOM = {"method": "custom", "content": {"event": "step", "data": 12}}
RUN = {"method": "run", "args": {"path": "/?month=3", "dark": False, "themes": {}, "appName": None}}


@pytest.fixture
def said(message):
    """What a page of ours says, each kind once."""
    tell = partial(message, "comm_msg", comm_id="c")
    return [
        message("kernel_info_request"), message("comm_open", comm_id="c", target_name="solara.control", data={}),
        *(tell(data=data) for data in (RUN, CUSTOM, {"method": "app-status"})),
        message("comm_close", comm_id="c", data={}), message("shutdown_request", restart=False),
    ]  # fmt: skip


@pytest.fixture
def foreign(message, said):
    """What the protocol allows and no page of ours says, and what is no message at all."""
    tell = partial(message, "comm_msg", comm_id="c")
    plain = said[0]
    return [
        message("execute_request", code="1/0"), tell(data={"method": "request_state"}),
        message("comm_open", comm_id="c", target_name="jupyter.widget", data={}),
        tell(data={"method": "update", "state": {"template": "x"}}),
        tell(data={"method": "update", "state": {"value": "trust"}, "buffer_paths": []}),
        tell(data={"method": "custom", "content": {"create_widget": ["os", "abort"]}}),
        tell(data={"method": "run", "args": {**RUN["args"], "appName": "another"}}), tell(), tell(data=None),
        plain | {"channel": "control"}, plain | {"channel": None}, plain | {"header": {}}, plain | {"buffers": ["x"]},
        {}, [], None, "x", 7,
    ]  # fmt: skip


def test_what_a_page_says_is_understood_whole(said):
    for each in said:
        heard = json.loads(understood(json.dumps(each)))
        assert heard == {name: each[name] for name in heard}
        assert heard["content"] == each["content"]


def test_of_what_is_more_than_a_page_says_nothing_more_is_handed_on(said):
    more = said[3]["content"]["data"] | {"create_widget": ["os", "abort"]}
    heard = json.loads(understood(json.dumps(said[3] | {"content": {"comm_id": "c", "data": more}, "more": 1})))
    assert heard["content"]["data"] == CUSTOM
    assert "more" not in heard


@given(st.one_of(st.text(), st.none(), st.recursive(st.none() | st.text(), st.lists).map(json.dumps)))
def test_what_is_no_message_is_not_understood(text):
    assert understood(text) is None


def test_a_page_that_floods_its_line_is_heard_no_faster_than_it_may_speak(said, monkeypatch):
    now, flood, times = [1000.0], json.dumps(said[0]), []

    async def sleep(seconds):
        now[0] += seconds

    async def receive():
        return {"type": "websocket.receive", "text": flood}

    async def application(scope, receive, send):
        for _ in range(5 * MESSAGES_A_SECOND):
            await receive()
            times.append(now[0] - 1000.0)

    monkeypatch.setattr("engagesim.dashboard.events.monotonic", lambda: now[0])
    monkeypatch.setattr("engagesim.dashboard.events.sleep", sleep)
    with pytest.raises(StopIteration):
        MessageFilter(application)({"type": "websocket"}, receive, None).send(None)
    assert times[MESSAGES_A_SECOND - 1] == pytest.approx(0, abs=0.02)  # at once, after silence
    assert times[-1] == pytest.approx(4, abs=0.02)


def test_an_application_hears_what_pages_say_and_then_that_they_left(said, foreign):
    texts = [json.dumps(each) for pair in zip(foreign, said * 3, strict=False) for each in pair]
    coming = [
        {"type": "websocket.connect"}, *({"type": "websocket.receive", "text": text} for text in texts),
        {"type": "websocket.receive", "bytes": b"\0"}, {"type": "websocket.receive", "text": "[" * 100_000},
        {"type": "websocket.disconnect", "code": 1001},
    ]  # fmt: skip
    heard = []

    async def receive():
        return coming.pop(0)

    async def application(scope, receive, send):
        while not heard or heard[-1]["type"] != "websocket.disconnect":
            heard.append(await receive())

    with pytest.raises(StopIteration):  # nothing in it waits, so that it needs no loop
        MessageFilter(application)({"type": "websocket"}, receive, None).send(None)
    assert [each["type"] for each in heard] == [
        "websocket.connect", *["websocket.receive"] * len(foreign), "websocket.disconnect",
    ]  # fmt: skip
