"""How many pages are open at a time: who finds no place left is told so in one line, and does not wait for nothing."""

from collections.abc import Callable, Mapping

from starlette.requests import HTTPConnection

from engagesim.app.guard import Application, Receive, Scope, Send, answer
from engagesim.app.limits import MOST_PAGES, MOST_VISITORS

_LINES = "/jupyter/api/kernels/"
"""Where an open page keeps its line to the server: its name follows."""

_PARTS = (_LINES, "/static/", "/_solara/", "/readyz")
"""What open pages ask for; all else is a page."""

_BROWSER = "solara-session-id"


class Seats:
    """An ASGI application around another that opens no more pages than there are places.

    A page that lost its line keeps its place until it is forgotten, so that it can come back to it.

    Parameters
    ----------
    application : callable
    known : callable
        Returns the browser of each page that is not yet forgotten, by the page's name.
    most, most_of_one : int
        Pages at a time: of all visitors, and in one browser.
    """

    def __init__(
        self,
        application: Application,
        known: Callable[[], Mapping[str, str]],
        most: int = MOST_VISITORS,
        most_of_one: int = MOST_PAGES,
    ) -> None:
        self._application, self._known = application, known
        self._most, self._most_of_one = most, most_of_one
        self._open: list[tuple[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or say that there is no place left."""
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
            return
        is_page = scope["type"] == "http" and not scope["path"].startswith(_PARTS)
        refusal = self._refusal(_browser(scope)) if is_page else ""
        if refusal:
            await answer(send, 503, refusal)
        else:
            await self._application(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        seat = scope["path"].removeprefix(_LINES).partition("/")[0], _browser(scope)
        refusal = self._refusal(seat[1], seat[0])
        if refusal:
            await send({"type": "websocket.close", "code": 1013, "reason": refusal})
            return
        self._open.append(seat)
        try:
            await self._application(scope, receive, send)
        finally:
            self._open.remove(seat)

    def _refusal(self, browser: str, page: str = "") -> str:
        """Return why there is no place for a page, which may come back to its own; empty where there is one."""
        there = {page, *(name for name, _ in self._open)}
        taken = [whose for _, whose in self._open] + [
            whose for name, whose in self._known().items() if name not in there
        ]
        if len(taken) >= self._most:
            return f"{self._most} pages are open, as many as this dashboard serves: try again in a few minutes"
        if browser and taken.count(browser) >= self._most_of_one:
            return f"{self._most_of_one} pages are open in this browser, as many as it may have: close one and reload"
        return ""


def _browser(scope: Scope) -> str:
    return HTTPConnection(scope).cookies.get(_BROWSER, "")
