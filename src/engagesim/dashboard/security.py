"""Security of the server: allowed hosts, limits on open pages, a content policy, and reports without scripts."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engagesim.dashboard.library import MOST_BYTES, Library
from engagesim.dashboard.limits import MOST_PAGES, MOST_VISITORS
from engagesim.files import content
from engagesim.report.pages import PAGE

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Send = Callable[[Message], Awaitable[None]]
type Receive = Callable[[], Awaitable[Message]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a machine refers to itself."""

POLICY = {
    "default-src": "'none'",
    # Solara starts from scripts in the page, and Vue compiles the templates that the server sends. Without
    # 'unsafe-inline' and 'unsafe-eval' no widget is drawn. All of these come from this server.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",  # Vuetify sets its theme and the position of menus by style
    "font-src": "'self' data:",
    "img-src": "'self' data: blob:",
    "connect-src": "'self' blob:",  # the loader of Solara's modules reads back the modules that it has assembled
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Content security policy: a page may load from and connect to this server only; comments explain each exception."""

HEADERS = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

KEPT = {"cache-control": "public, max-age=31536000, immutable"}
"""Header that lets a browser cache scripts, whose names contain their version."""

_SCRIPTS = "/_solara/cdn/"
_CLOSED = ("/resourcez", "/_solara/api/evict/")
"""Paths for the server's operators, which visitors do not need."""


class Guard:
    """An ASGI wrapper that refuses requests from anywhere other than the dashboard's own page.

    A foreign page that points its name to this machine (DNS rebinding) sends a foreign ``Host``; one that sends
    requests across origins sends a foreign ``Origin``. Both are refused. Rebinding needs a name, so requests to a plain
    address of this machine are answered.

    Parameters
    ----------
    application : callable
        The application to guard.
    hosts : set of str
        Names that the server answers to, besides plain addresses.
    scripts : Path
        Folder of the browser's scripts; nothing is fetched from elsewhere.
    packs : bool
        Whether answers may be compressed for a network.
    """

    def __init__(self, application: Application, hosts: frozenset[str], scripts: Path, packs: bool = False) -> None:
        self._application = application
        self._hosts = hosts
        self._scripts = scripts.resolve()
        self._packs = packs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on a request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._application(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            extra = KEPT if scope["path"].startswith(_SCRIPTS) else {}
            await self._application(self._plain(scope), receive, _with_headers(send, extra))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
        else:
            await answer(_with_headers(send), *refusal)

    def _refusal(self, scope: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return the status and the reason if a request is refused."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._is_ours(_name(f"//{host}")):
            return 421, f"this dashboard answers to {', '.join(sorted(self._hosts))} only"
        changes = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        if changes and origin not in {f"http://{host}", f"https://{host}"}:
            return 403, "only the dashboard's own page may send requests to it"
        path = scope["path"]
        if path.startswith(_CLOSED) or (path.startswith(_SCRIPTS) and not self._has(path.removeprefix(_SCRIPTS))):
            return 404, "not available here"
        return None

    def _plain(self, scope: Scope) -> Scope:
        """Turn off compression within one machine, where compressing scripts takes longer than sending them."""
        if self._packs:
            return scope
        return {**scope, "headers": [each for each in scope["headers"] if each[0].lower() != b"accept-encoding"]}

    def _is_ours(self, name: str | None) -> bool:
        return name is not None and (name in self._hosts or _is_address(name))

    def _has(self, script: str) -> bool:
        path = (self._scripts / script).resolve()
        return path.is_relative_to(self._scripts) and path.is_file()


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send, extra: Mapping[str, str] | None = None) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = [(name.encode(), value.encode()) for name, value in (HEADERS | dict(extra or {})).items()]
            message = {**message, "headers": [*message.get("headers", ()), *ours]}
        await send(message)

    return sending


async def answer(send: Send, status: int, reason: str) -> None:
    """Answer with a line of text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})


_LINES = "/jupyter/api/kernels/"
"""The path of an open page's connection to the server; the page's name follows."""

_PARTS = (_LINES, "/static/", "/_solara/", "/readyz")
"""Paths that a page requests once it is open; any other request opens a page."""

_BROWSER = "solara-session-id"


class PageLimit:
    """An ASGI wrapper that limits the number of open pages.

    A page that lost its connection keeps its place until it is forgotten, so that it can return.

    Parameters
    ----------
    application : callable
    known : callable
        Function that returns the browser of each page that is not yet forgotten, by the page's name.
    most, most_of_one : int
        Maximum numbers of open pages, for all visitors together and for one browser.
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
        """Pass the request on, or answer that too many pages are open."""
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
        """Return why one more page may not open, or an empty text; a known page may always reconnect."""
        there = {page, *(name for name, _ in self._open)}
        taken = [whose for _, whose in self._open] + [
            whose for name, whose in self._known().items() if name not in there
        ]
        if len(taken) >= self._most:
            return f"{self._most} pages are open, the most that this dashboard serves: try again in a few minutes"
        if browser and taken.count(browser) >= self._most_of_one:
            return f"{self._most_of_one} pages are open in this browser, the most allowed: close one and reload"
        return ""


def _browser(scope: Scope) -> str:
    from starlette.requests import HTTPConnection  # noqa: PLC0415 - part of the extra

    return HTTPConnection(scope).cookies.get(_BROWSER, "")


REPORTS = "/report/"
"""The path of reports; the name of the comparison follows."""

_SHUT_IN = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Reports:
    """An ASGI wrapper that serves reports and passes on all other requests."""

    def __init__(self, application: Application, library: Library) -> None:
        self._application, self._library = application, library

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a report, or pass the request on."""
        if scope["type"] != "http" or not scope["path"].startswith(REPORTS):
            await self._application(scope, receive, send)
            return
        status, kind, body = self._answer(scope["path"].removeprefix(REPORTS))
        headers = [(b"content-type", kind), (b"content-security-policy", _SHUT_IN.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, name: str) -> tuple[int, bytes, bytes]:
        try:
            path = self._library.inside(name, PAGE)
            return 200, b"text/html; charset=utf-8", content(path, MOST_BYTES)
        except (ValueError, OSError) as error:
            return 404, b"text/plain; charset=utf-8", f"{error}\n".encode()
