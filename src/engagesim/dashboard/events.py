"""Checks of what a browser sends: only known messages and known events of controls pass; all others are ignored."""

import json
import logging
from asyncio import sleep
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from time import monotonic
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

from ipyvue import VueTemplate
from pydantic import AfterValidator, AllowInfNan, Field, Strict, StringConstraints, TypeAdapter, ValidationError

from engagesim.dashboard.limits import MESSAGES_A_SECOND
from engagesim.dashboard.security import Application, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)


def _printable(word: str) -> str:
    if not word.isprintable():
        raise ValueError("a link must have printable characters only")
    return word


type Number = Annotated[float, Strict(), AllowInfNan(False)]
type Word = Annotated[str, Strict(), StringConstraints(max_length=300), AfterValidator(_printable)]
type Index = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]


class Event(TypedDict):
    """An event received by a widget."""

    event: Word
    data: NotRequired[Any]


class ControlChange(NamedTuple):
    """A control that was set, and its new value; None if it was reset."""

    name: Word
    value: Annotated[bool, Strict()] | Number | Word | None


class Cell(NamedTuple):
    """A cell of a map, counted from the lowest row and the first column."""

    row: Index
    column: Index


ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
"""Any content, for an event whose content is not used."""

SWITCH: TypeAdapter[bool] = TypeAdapter(Annotated[bool, Strict()])
WORD: TypeAdapter[str] = TypeAdapter(Word)
INDEX: TypeAdapter[int] = TypeAdapter(Index)
AGENT: TypeAdapter[int | None] = TypeAdapter(Index | None)
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
CONTROL_CHANGE: TypeAdapter[ControlChange] = TypeAdapter(ControlChange)
CELL: TypeAdapter[Cell] = TypeAdapter(Cell)


@lru_cache(maxsize=256)
def one_of(allowed: tuple[Any, ...]) -> TypeAdapter[Any]:
    """Return a type that accepts one of several values."""
    return TypeAdapter(Literal[allowed])  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def between(low: float, high: float, or_none: bool = False) -> TypeAdapter[Any]:
    """Return a type that accepts a number within limits, and None if ``or_none``."""
    kind: Any = Annotated[float, Strict(), Field(ge=low, le=high)]
    return TypeAdapter(kind | None if or_none else kind)


def hear[T](kind: TypeAdapter[T], handle: Callable[[T], object]) -> Callable[..., None]:
    """Return a handler that passes on events of one type and ignores all others."""

    def handling(sent: Any = None, *_: Any) -> None:
        try:
            value = kind.validate_python(sent)
        except ValidationError as error:
            _LOG.debug("ignored an event: %s", error)
        else:
            handle(value)

    return handling


def hears[**P, R](**kinds: TypeAdapter[Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the type of content that each event of a browser component has."""

    def decorate(piece: Callable[P, R]) -> Callable[P, R]:
        @wraps(piece)
        def made(*args: P.args, **given: P.kwargs) -> R:
            for name, kind in kinds.items():
                given[name] = hear(kind, given[name])  # type: ignore[arg-type]
            return piece(*args, **given)

        return made

    return decorate


def hear_events_only() -> None:
    """Make the widgets of this process accept events and nothing else.

    ipyvue also lets a browser import any module, call its functions, and set attributes of any widget. Pages that
    make widgets in the browser need this. Ours makes none, and without this check, anyone who reaches the dashboard
    could run code.
    """
    VueTemplate._handle_event = _hear_event


def _hear_event(widget: VueTemplate, _: Any, content: Any, buffers: Sequence[Any]) -> None:
    def hand_on(status: Event) -> None:
        heard = getattr(widget, f"vue_{status['event']}", lambda *_: None)
        heard(status.get("data"), *([buffers] if buffers else []))

    hear(EVENT, hand_on)(content)


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
    target_name: Literal["solara.control"]  # the other target makes widgets of any available class
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
    content: Event


class _Status(TypedDict):
    method: Literal["app-status"]


type _Any = (
    _Sent[Literal["kernel_info_request", "shutdown_request"], dict[str, Any]]
    | _Sent[Literal["comm_open"], _Opening]
    | _Sent[Literal["comm_msg"], _Said[_Run | _Event | _Status]]
    | _Sent[Literal["comm_close"], _Said[_Empty]]
)
MESSAGE: TypeAdapter[_Any] = TypeAdapter(_Any)
"""The messages of our page, in Jupyter's messaging protocol 5.2, which Solara uses."""


class MessageFilter:
    """An ASGI wrapper that accepts only the messages of our page on websockets.

    Solara implements the whole of Jupyter's protocol, which also lets a browser make and set widgets of the server.
    Data that is not a message would break its connection with a traceback.

    Parameters
    ----------
    application : callable
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on known messages only."""
        await self._application(scope, _typed(receive) if scope["type"] == "websocket" else receive, send)


def understood(text: str | None) -> str | None:
    """Return the known parts of a message as JSON, or None if there are none."""
    try:
        return json.dumps(MESSAGE.validate_json(text or ""))
    except ValidationError as error:
        _LOG.debug("ignored a message: %s", error)
        return None


def _typed(receive: Receive) -> Receive:
    """Return a receiver of a page's messages, which passes on known kinds only and limits their rate."""
    due = 0.0

    async def receiving() -> Message:
        nonlocal due
        while True:
            message = await receive()
            due = max(due, monotonic() - 1) + 1 / MESSAGES_A_SECOND  # a silent second allows a burst of so many
            if due > monotonic():
                await sleep(due - monotonic())
            if message["type"] != "websocket.receive":
                return message
            text = understood(message.get("text"))
            if text is not None:
                return {"type": "websocket.receive", "text": text}

    return receiving
