"""Reports of stored comparisons, served as they are, and shut in: whatever such a page holds can run nothing."""

from engagesim.app.guard import Application, Receive, Scope, Send
from engagesim.app.shelf import MOST_BYTES, REPORT, Shelf
from engagesim.reading import content

PATH = "/report/"
"""Where reports are, each under the name of its comparison."""

_SHUT_IN = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Reports:
    """An ASGI application that answers for reports, and hands on all else."""

    def __init__(self, application: Application, shelf: Shelf) -> None:
        self._application, self._shelf = application, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a report, or hand on."""
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self._application(scope, receive, send)
            return
        status, kind, body = self._answer(scope["path"].removeprefix(PATH))
        headers = [(b"content-type", kind), (b"content-security-policy", _SHUT_IN.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, name: str) -> tuple[int, bytes, bytes]:
        try:
            path = self._shelf.inside(name, REPORT)
            return 200, b"text/html; charset=utf-8", content(path, MOST_BYTES)
        except (ValueError, OSError) as error:
            return 404, b"text/plain; charset=utf-8", f"{error}\n".encode()
