"""So many pages are open and no more; who comes later is told so at once, and an open page keeps its place."""

import http.client
import json
from contextlib import ExitStack, closing

import pytest
from websockets.sync.client import connect

from engagesim.dashboard.limits import MOST_PAGES
from engagesim.dashboard.security import PageLimit


class House:
    """A dashboard of three places, two in one browser; ``known`` are the pages that it has not forgotten."""

    def __init__(self):
        self.known, self.lines = {}, []
        self.seats = PageLimit(self.inner, lambda: self.known, most=3, most_of_one=2)

    async def inner(self, scope, receive, send):
        if scope["type"] == "websocket":
            self.known[scope["path"].split("/")[4]] = dict(scope["headers"])[b"cookie"].decode().partition("=")[2]
            await send({"type": "websocket.accept"})
            await receive()
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})

    def begin(self, scope, browser):
        """Begin to answer; return what was sent first, and what goes on as long as the page is open."""
        sent = []

        async def send(message):
            sent.append(message)

        headers = [(b"cookie", f"solara-session-id={browser}".encode())]
        answering = self.seats({**scope, "headers": headers}, Waiting, send)
        try:
            answering.send(None)
        except StopIteration:
            answering = None
        self.lines.append(answering)  # one that nobody holds is closed
        return sent, answering

    def ask(self, path="/", browser="new"):
        return self.begin({"type": "http", "path": path}, browser)[0][0]["status"]

    def connect(self, page, browser):
        sent, line = self.begin({"type": "websocket", "path": f"/jupyter/api/kernels/{page}/channels"}, browser)
        return sent[0]["type"] == "websocket.accept", line


class Waiting:
    def __await__(self):
        yield


def leave(line):
    with pytest.raises(StopIteration):
        line.send(None)


def test_whoever_comes_when_all_places_are_taken_is_told_so_and_the_parts_of_open_pages_are_served():
    house = House()
    lines = [house.connect(page, browser) for page, browser in (("p", "a"), ("q", "a"), ("r", "b"))]
    assert all(is_in for is_in, _ in lines)
    assert house.ask() == 503
    assert house.ask("/any/other") == 503
    assert house.ask("/static/main.js") == 200
    assert not house.connect("s", "c")[0]
    sent, _ = house.begin({"type": "http", "path": "/"}, "c")
    assert sent[1]["body"] == b"3 pages are open, the most that this dashboard serves: try again in a few minutes\n"
    leave(lines[2][1])
    assert house.ask() == 503  # the page may come back
    del house.known["r"]
    assert house.ask() == 200
    assert house.connect("s", "c")[0]


def test_one_browser_has_so_many_pages_and_others_are_let_in():
    house = House()
    assert house.connect("p", "a")[0]
    assert house.connect("q", "a")[0]
    assert house.ask(browser="a") == 503
    assert not house.connect("r", "a")[0]
    assert house.ask(browser="b") == 200


def test_a_page_that_lost_its_line_comes_back_to_its_place_but_has_no_second_one():
    house = House()
    lines = [house.connect(page, browser) for page, browser in (("p", "a"), ("q", "b"), ("r", "c"))]
    leave(lines[0][1])
    assert not house.connect("s", "d")[0]
    assert house.connect("p", "a")[0]
    assert not house.connect("p", "a")[0]


def test_who_finds_no_place_in_the_served_dashboard_is_told_so_until_a_page_is_closed(address, message):
    host = address.split("/")[2]
    cookie = {"Cookie": "solara-session-id=one"}

    def ask(path="/", method="GET"):
        with closing(http.client.HTTPConnection(host)) as asking:
            asking.request(method, path, headers=cookie | {"Origin": f"http://{host}"})
            answer = asking.getresponse()
            return answer.status, answer.read().decode()

    with ExitStack() as pages:
        for number in range(MOST_PAGES):
            line = f"ws://{host}/jupyter/api/kernels/seat-{number}/channels?session_id=page"
            page = pages.enter_context(connect(line, origin=f"http://{host}", additional_headers=cookie, proxy=None))
            page.send(json.dumps(message("kernel_info_request")))
            page.recv(timeout=60)  # it is open on both sides
        assert ask() == (503, "10 pages are open in this browser, the most allowed: close one and reload\n")
    assert ask()[0] == 503
    assert ask("/_solara/api/close/seat-0?session_id=page", "POST")[0] == 200
    assert ask()[0] == 200
    for number in range(1, MOST_PAGES):
        ask(f"/_solara/api/close/seat-{number}?session_id=page", "POST")
