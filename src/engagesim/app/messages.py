"""What a page says on its line to the server, typed: messages of our page are handed on, and nothing else is."""

import json
import logging
from asyncio import sleep
from time import monotonic
from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field, Strict, StringConstraints, TypeAdapter, ValidationError

from engagesim.app.events import Told, Word
from engagesim.app.guard import Application, Message, Receive, Scope, Send
from engagesim.app.limits import MESSAGES_A_SECOND

_LOG = logging.getLogger(__name__)

type _Name = Annotated[str, Strict(), StringConstraints(max_length=200)]
type _Empty = Annotated[dict[str, Any], Field(max_length=0)]
type _Nothing = Annotated[list[Any], Field(max_length=0)]


class _Header[Kind](TypedDict):
    msg_id: _Name
    msg_type: Kind
    session: _Name
    username: _Name
    version: _Name
    date: _Name


class _Sent[Kind, Content](TypedDict):
    header: _Header[Kind]
    parent_header: _Empty
    metadata: _Empty
    content: Content
    channel: Literal["shell"]
    buffers: _Nothing


class _Opening(TypedDict):
    comm_id: _Name
    target_name: Literal["solara.control"]  # the other target makes widgets, of any class that is there
    data: _Empty


class _Said[Data](TypedDict):
    comm_id: _Name
    data: Data


class _Arguments(TypedDict):
    path: Annotated[str, Strict()]
    dark: Annotated[bool, Strict()] | None
    themes: _Empty
    appName: None


class _Run(TypedDict):
    method: Literal["run"]
    args: _Arguments


class _Event(TypedDict):
    method: Literal["custom"]
    content: Told


class _Value(TypedDict):
    value: Word | Annotated[list[Word], Field(max_length=100)]  # of what can be chosen; a page sets nothing else


class _Choice(TypedDict):
    method: Literal["update"]
    state: _Value
    buffer_paths: _Nothing


class _Status(TypedDict):
    method: Literal["app-status"]


type _Any = (
    _Sent[Literal["kernel_info_request", "shutdown_request"], dict[str, Any]]
    | _Sent[Literal["comm_open"], _Opening]
    | _Sent[Literal["comm_msg"], _Said[_Run | _Event | _Choice | _Status]]
    | _Sent[Literal["comm_close"], _Said[_Empty]]
)
MESSAGE: TypeAdapter[_Any] = TypeAdapter(_Any)
"""The messages of our page, in the terms of Jupyter's messaging protocol 5.2, which Solara speaks."""


class Typed:
    """An ASGI application around another that hears on websockets what our page says, and nothing else.

    Solara speaks the whole of Jupyter's protocol, by which a browser may also make and set widgets of the server; what
    is no message at all would break its line with a traceback.

    Parameters
    ----------
    application : callable
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on."""
        await self._application(scope, _typed(receive) if scope["type"] == "websocket" else receive, send)


def understood(text: str | None) -> str | None:
    """Return what of a message is of a kind that we know, as JSON; None where it is of none."""
    try:
        return json.dumps(MESSAGE.validate_json(text or ""))
    except ValidationError as error:
        _LOG.debug("ignored a message: %s", error)
        return None


def _typed(receive: Receive) -> Receive:
    """Return what receives a page's messages: those of a kind that we know, and no more of them than it may send."""
    due = 0.0

    async def receiving() -> Message:
        nonlocal due
        while True:
            message = await receive()
            due = max(due, monotonic() - 1) + 1 / MESSAGES_A_SECOND  # after a second of silence, that many come at once
            if due > monotonic():
                await sleep(due - monotonic())
            if message["type"] != "websocket.receive":
                return message
            text = understood(message.get("text"))
            if text is not None:
                return {"type": "websocket.receive", "text": text}

    return receiving
