"""What a browser sends, typed: a right event is handed on, and a wrong one, which no page of ours sends, is ignored."""

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

from ipyvue import VueTemplate
from pydantic import AfterValidator, AllowInfNan, Field, Strict, StringConstraints, TypeAdapter, ValidationError

_LOG = logging.getLogger(__name__)


def _printable(word: str) -> str:
    if not word.isprintable():
        raise ValueError("a link carries printable characters only")
    return word


type Number = Annotated[float, Strict(), AllowInfNan(False)]
type Word = Annotated[str, Strict(), StringConstraints(max_length=300), AfterValidator(_printable)]
type Place = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]


class Told(TypedDict):
    """An event as a widget is told of it."""

    event: Word
    data: NotRequired[Any]


class Said(NamedTuple):
    """A control that was set, and what it was set to."""

    name: Word
    value: Annotated[bool, Strict()] | Number | Word


class Cell(NamedTuple):
    """A cell of a map, counted from the lowest row and the first column."""

    row: Place
    column: Place


ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
"""What is told by an event that says nothing but that it happened."""

SWITCH: TypeAdapter[bool] = TypeAdapter(Annotated[bool, Strict()])
NUMBER: TypeAdapter[float] = TypeAdapter(Number)
WORD: TypeAdapter[str] = TypeAdapter(Word)
PLACE: TypeAdapter[int] = TypeAdapter(Place)
AGENT: TypeAdapter[int | None] = TypeAdapter(Place | None)
TOLD: TypeAdapter[Told] = TypeAdapter(Told)
SAID: TypeAdapter[Said] = TypeAdapter(Said)
CELL: TypeAdapter[Cell] = TypeAdapter(Cell)


@lru_cache(maxsize=256)
def one_of(allowed: tuple[Any, ...]) -> TypeAdapter[Any]:
    """Return the type of one of several values."""
    return TypeAdapter(Literal[allowed])  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def some_of(allowed: tuple[str, ...], most: int) -> TypeAdapter[list[str]]:
    """Return the type of a list of some of several words."""
    return TypeAdapter(Annotated[list[Literal[allowed]], Field(max_length=most)])  # type: ignore[arg-type, valid-type]


@lru_cache(maxsize=256)
def between(low: float, high: float) -> TypeAdapter[float]:
    """Return the type of a number between two ends."""
    return TypeAdapter(Annotated[float, Strict(), Field(ge=low, le=high)])


def hear[T](kind: TypeAdapter[T], handle: Callable[[T], object]) -> Callable[..., None]:
    """Return a handler of whatever may come that hands on what is of a kind."""

    def handling(sent: Any = None, *_: Any) -> None:
        try:
            value = kind.validate_python(sent)
        except ValidationError as error:
            _LOG.debug("ignored an event: %s", error)
        else:
            handle(value)

    return handling


def hears[**P, R](**kinds: TypeAdapter[Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a piece that is drawn in the browser with the kind of what each of its events tells."""

    def decorate(piece: Callable[P, R]) -> Callable[P, R]:
        @wraps(piece)
        def made(*args: P.args, **given: P.kwargs) -> R:
            for name, kind in kinds.items():
                given[name] = hear(kind, given[name])  # type: ignore[arg-type]
            return piece(*args, **given)

        return made

    return decorate


def hear_events_only() -> None:
    """Have the widgets of this process hear events and nothing else.

    ipyvue also lets a browser import any module, call what it finds there, and set attributes of any widget. Pages that
    make widgets in the browser need that; ours makes none, and whoever reaches the dashboard could run programs by it.
    """
    VueTemplate._handle_event = _hear_event


def _hear_event(widget: VueTemplate, _: Any, content: Any, buffers: Sequence[Any]) -> None:
    def hand_on(told: Told) -> None:
        heard = getattr(widget, f"vue_{told['event']}", lambda *_: None)
        heard(told.get("data"), *([buffers] if buffers else []))

    hear(TOLD, hand_on)(content)
