"""Build groups of settings from plain data, with one-line errors that state what is allowed."""

import json
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from engagesim.errors import ParameterError, either, nearest, no_such, shown, span

LISTED = "; engagesim parameters lists them"
"""The hint for a name that resembles no parameter."""


class Words(NamedTuple):
    """A description of the values that a setting accepts, for settings whose type does not make this clear."""

    words: str


def validated[Kind](
    kind: type[Kind], tree: Any, place: str = "", context: Any = None, known: Sequence[str] = ()
) -> Kind:
    """Build a group, or any type that pydantic can check, from plain data; errors state in one line what is allowed.

    A group's own checks name one of its fields, as in ``stop = 3: must be ...``, or the group as a whole (``must
    ...``). The place of the group precedes their messages.

    Parameters
    ----------
    kind : type
        The type to build.
    tree : object
        Nested mappings and lists, as a file or a command line gives them.
    place : str
        Place of the tree, such as ``packages.audit``, or ``audit.yaml:`` for a file.
    context : object
        Passed to the checks of groups.
    known : sequence of str
        Paths of the parameters, if the tree holds parameters.

    Raises
    ------
    ParameterError
        If the data are wrong; the message names the place, the value and what it must be for the first mistake, and
        counts the others.
    """
    try:
        return TypeAdapter(kind).validate_python(tree, context=context)
    except ValidationError as error:
        raise ParameterError(in_one_line(error, kind, tree, place, known)) from None


def in_one_line(error: ValidationError, kind: Any, tree: Any, place: str = "", known: Sequence[str] = ()) -> str:
    """Turn pydantic's message into one line with the setting's path, its value and what is allowed."""
    mistakes = error.errors(include_url=False)
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    among = first["loc"][:-1] if first["type"] in {"missing", "extra_forbidden"} else first["loc"]
    steps, value = _follow(tree, among)
    if len(steps) == len(among) < len(first["loc"]):
        steps = first["loc"]
    path = _joined(place, "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps))
    is_key = steps == first["loc"]  # not if it is one of the alternatives of a union
    if first["type"] == "extra_forbidden" and is_key:
        text = _no_such_key(path, kind, steps, known)
    elif first["type"] == "value_error":
        said = str(first["ctx"]["error"])
        text = f"{path}: {said}" if path and said.startswith("must ") else _joined(path, f".{said}")
    elif first["type"] == "missing" and is_key:
        text = f"{path}: missing; must be {_wanted(*_declared(kind, steps))}"
    elif first["loc"][-1:] == ("[key]",):
        text = f"{path}: must have names that are text, not {shown(first['input'])}"
    else:
        text = f"{path.rstrip(':') or 'parameters'} = {shown(value)}: must be {_wanted(*_declared(kind, steps), value)}"
    more = len(
        {_follow(tree, mistake["loc"])[0] for mistake in mistakes} - {steps[:end] for end in range(len(steps) + 1)}
    )
    return " ".join(text.split()) + (f" (and {more} more)" if more else "")


def _joined(place: str, inner: str) -> str:
    """Return a setting's path within a file or another path; the name of a file ends in a colon."""
    if not inner:
        return place
    return f"{place} {inner.removeprefix('.')}" if place.endswith(":") else (place + inner).removeprefix(".")


def _follow(tree: Any, place: Sequence[Any]) -> tuple[tuple[Any, ...], Any]:
    """Return the steps of a path that exist in a tree, and the value there; pydantic adds extra steps for unions."""
    for number, step in enumerate(place):
        try:
            tree = getattr(tree, step) if isinstance(tree, BaseModel) else tree[step]
        except (LookupError, TypeError, AttributeError):
            return tuple(place[:number]), tree
    return tuple(place), tree


def _no_such_key(path: str, kind: Any, steps: Sequence[Any], known: Sequence[str]) -> str:
    if known and all(isinstance(step, str) for step in steps):
        return no_such(path, "parameter", known, LISTED)
    group, _ = _declared(kind, steps[:-1])
    name = str(steps[-1])
    return no_such(name, "key", getattr(group, "model_fields", ()), place=path.removesuffix(name))


def _declared(kind: Any, steps: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Return the type at a path within another type, with its declared limits."""
    kind, told = _plain(kind, [])
    for step in steps:
        told = []
        if isinstance(kind, type) and issubclass(kind, BaseModel) and step in kind.model_fields:
            kind, told = kind.model_fields[step].annotation, kind.model_fields[step].metadata
        elif is_typeddict(kind):
            kind = get_type_hints(kind, include_extras=True).get(step, Any)
        else:
            kind = get_args(kind)[-1 if get_origin(kind) is dict else 0] if get_args(kind) else Any
        kind, told = _plain(kind, told)
    return kind, told


def _plain(kind: Any, told: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Return a type without its alias and annotations, and the limits that these declare."""
    told = list(told)
    while isinstance(kind, TypeAliasType) or get_origin(kind) is Annotated:
        if isinstance(kind, TypeAliasType):
            kind = kind.__value__
        else:
            for each in get_args(kind)[1:]:
                told += each.metadata if isinstance(each, FieldInfo) else [each]
            kind = get_args(kind)[0]
    return kind, told


def _wanted(kind: Any, told: Sequence[Any], given: Any = None) -> str:
    """Return the words for the allowed values at a path, to follow ``must be``."""
    words = next((each.words for each in told if isinstance(each, Words)), None)
    origin = get_origin(kind) or kind
    if words is not None:
        return words
    if origin is Literal:
        names = [_written(name) for name in get_args(kind)]
        return either(names) + (nearest(given, names) if isinstance(given, str) else "")
    if origin in {UnionType, Union}:
        ways = [_wanted(*_plain(way, told), given) for way in get_args(kind) if way is not type(None)]
        return either([*ways, "null"] if type(None) in get_args(kind) else ways)
    return _plainly_wanted(origin, told, given)


def _plainly_wanted(kind: Any, told: Sequence[Any], given: Any) -> str:
    limits = {name: getattr(each, name) for each in told for name in _LIMITS if hasattr(each, name)}
    if kind in {int, float}:
        return _number(limits, whole=kind is int)
    if kind in {list, tuple}:
        size = " of one or more" if limits.get("min_length") else ""
        most = f" and up to {limits['max_length']}" if "max_length" in limits else ""
        return f"a list{size}{most}" + (f", as in [{given}]" if isinstance(given, str) and given else "")
    if kind is str:
        return _text(limits, given)
    return "true or false" if kind is bool else "a mapping of names to values"


def _text(limits: Mapping[str, float], given: Any) -> str:
    if given is not None and not isinstance(given, str | list | tuple | Mapping):
        return f"text; put it in quotes, as in '{_written(given)}'"
    if given == "":
        return "text that is not empty"
    return f"text of up to {limits['max_length']} characters" if "max_length" in limits else "text"


def _number(limits: Mapping[str, float], whole: bool) -> str:
    if {"ge", "le"} <= set(limits):
        return span(limits["ge"], limits["le"], whole)
    ends = [f"{words} {limits[name]:.10g}" for name, words in _LIMITS.items() if name in limits and words]
    return " ".join([f"a {'whole ' * whole}number", " and ".join(ends)]).rstrip()


_LIMITS = {"ge": "from", "gt": "above", "le": "up to", "lt": "below", "min_length": "", "max_length": ""}
"""The limits that pydantic and its annotations may set, and the words for them."""


def _written(value: Any) -> str:
    """Return a value in the notation of YAML and the command line."""
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)
