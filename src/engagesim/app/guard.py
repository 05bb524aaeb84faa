"""What stands before the dashboard's server: who may ask, what is answered, and what the page may load."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Send = Callable[[Message], Awaitable[None]]
type Receive = Callable[[], Awaitable[Message]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a machine speaks to itself."""

POLICY = {
    "default-src": "'none'",
    # Solara starts from scripts in the page, and Vue compiles the templates that the server sends: without
    # 'unsafe-inline' and 'unsafe-eval' no widget is drawn. All of them come from this server.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",  # Vuetify writes its theme and places menus by style
    "font-src": "'self' data:",
    "img-src": "'self' data: blob:",
    "connect-src": "'self' blob:",  # the loader of Solara's modules reads back what it has put together
    "worker-src": "'self' blob:",  # Vega, in the pictures of comparisons
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Content security policy: all that is loaded or spoken to is this server; each relaxation with its reason."""

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
"""Scripts bear their version in their name, so that a browser may keep them."""

_SCRIPTS = "/_solara/cdn/"
_CLOSED = ("/resourcez", "/_solara/api/evict/")
"""What the server offers to those who run it, and visitors have no use for."""


class Guard:
    """An ASGI application around another that refuses what the dashboard's own page does not ask.

    A page from elsewhere that has its name point to this machine (DNS rebinding) bears a foreign ``Host``; one that
    speaks to it across origins bears a foreign ``Origin``. Both are refused. Rebinding takes a name, so a plain address
    of this machine is answered to.

    Parameters
    ----------
    application : callable
        What is guarded.
    hosts : set of str
        Names the server answers to, beside plain addresses.
    scripts : Path
        Folder of the browser's scripts. What is not in it is not there: nothing is fetched from elsewhere.
    packs : bool
        Whether answers may be packed for a network.
    """

    def __init__(self, application: Application, hosts: frozenset[str], scripts: Path, packs: bool = False) -> None:
        self._application = application
        self._hosts = hosts
        self._scripts = scripts.resolve()
        self._packs = packs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or hand on a request."""
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
        """Return status and reason, where a request is refused."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._is_ours(_name(f"//{host}")):
            return 421, f"this dashboard answers to {', '.join(sorted(self._hosts))} only"
        changes = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        if changes and origin not in {f"http://{host}", f"https://{host}"}:
            return 403, "only the dashboard's own page may speak to it"
        path = scope["path"]
        if path.startswith(_CLOSED) or (path.startswith(_SCRIPTS) and not self._has(path.removeprefix(_SCRIPTS))):
            return 404, "not here"
        return None

    def _plain(self, scope: Scope) -> Scope:
        """Ask for nothing packed within one machine: to pack megabytes of scripts takes longer than to send them."""
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
