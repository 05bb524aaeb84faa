"""Values on a command line: texts stay as typed, names within ``{...}`` are unique, and a number cannot be a name."""

import re
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, get_args, get_origin

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString
from hydra.grammar.gen.OverrideLexer import CommonTokenStream, InputStream, OverrideLexer  # type: ignore[attr-defined]
from hydra.grammar.gen.OverrideParser import OverrideParser
from hydra.grammar.gen.OverrideParserVisitor import OverrideParserVisitor

from engagesim.configs.command_options import (
    AlliesOptions,
    CalibrateOptions,
    CompareOptions,
    PlaceOptions,
    RobustnessOptions,
    RunOptions,
    SweepOptions,
    ValidateOptions,
)
from engagesim.errors import ParameterError, shown
from engagesim.parameters import Parameters
from engagesim.parameters.declare import File, Group
from engagesim.study.description import Study
from engagesim.study.executors import Place

FOLDER = "hydra.sweep.dir"
"""Hydra's key for the folder of a multirun, which is ``output`` here."""

PLACES = {
    "output", "place", "after", "mechanisms", "studies", "facts", "claims", "boundaries", "network.file",
    "population.file", "population.boundaries", "design.file", FOLDER,
}  # fmt: skip
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_IS_QUOTED = re.compile(_QUOTED)
_ONE_OF_MANY = re.compile(rf"\s*({_QUOTED}|[^,]*)\s*(?:,|$)")
_NO_TEXT = {OverrideLexer.INT, OverrideLexer.FLOAT, OverrideLexer.BOOL, OverrideLexer.NULL}
_CALL = re.compile(r"\w+\(.*\)")


def _texts(kind: type[Group], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Yield the path of each text in a group of settings, and whether it may be null."""
    for name, field in kind.model_fields.items():
        declared: Any = field.annotation
        kinds = get_args(declared) if get_origin(declared) is UnionType else (declared,)
        if {str, File} & set(kinds):
            yield f"{prefix}{name}", type(None) in kinds
        elif isinstance(declared, type) and issubclass(declared, Group):
            yield from _texts(declared, f"{prefix}{name}.")


_KINDS = (
    Parameters, Study, RunOptions, SweepOptions, CompareOptions, ValidateOptions, CalibrateOptions, PlaceOptions,
    AlliesOptions, RobustnessOptions,
)  # fmt: skip
_OF_LAUNCHERS = (
    "account", "comment", "constraint", "exclude", "gres", "nodelist", "partition", "qos", "submitit_folder",
    "temp_folder",
)  # fmt: skip
TEXTS = {
    FOLDER: False,
    **{f"hydra.launcher.{name}": True for name in _OF_LAUNCHERS},
    **dict(_texts(Place, "executor.")),
}
"""Every setting declared as a text, and whether it may be null."""
for _kind in _KINDS:
    TEXTS |= dict(_texts(_kind))


def as_typed(overrides: Sequence[str], is_multirun: bool = False) -> list[str]:
    """Return overrides with every text in quotes, so that Hydra does not read it as a number, a list or a call.

    In a multirun, commas separate the texts of its runs.

    Raises
    ------
    ParameterError
        If a path begins with a ``~`` that no shell has replaced.
    """
    return [_as_typed(override, is_multirun) for override in overrides]


def _as_typed(override: str, is_multirun: bool) -> str:
    typed, equals, value = override.partition("=")
    key = typed.lstrip("+")
    if not equals or key not in TEXTS or (TEXTS[key] and value.lower() == "null"):
        return override
    if not is_multirun:
        return f"{typed}={quoted(text_of(key, value))}"
    if _CALL.fullmatch(value):
        return override
    return f"{typed}={','.join(quoted(text_of(key, each)) for each in _parted(value))}"


def said(overrides: Sequence[str]) -> list[str]:
    """Return overrides as typed: texts without the quotes that were added for Hydra."""
    return [_said(override) for override in overrides]


def _said(override: str) -> str:
    key, _, value = override.partition("=")
    return f"{key}={text_of(key, value)}" if key.lstrip("+") in TEXTS and _IS_QUOTED.fullmatch(value) else override


def _parted(value: str) -> list[str]:
    """Return the texts between commas, but do not split texts in quotes."""
    texts, start = [], 0
    while start <= len(value):
        found = _ONE_OF_MANY.match(value, start)
        if found is None:  # a character between quotes and the next comma, so Hydra reads no text either
            return [value]
        texts.append(found[1].strip())
        start = found.end() + (found.end() == len(value) and not found[0].endswith(","))
    return texts


def quoted(text: str) -> str:
    """Return a text in quotes, as Hydra reads it."""
    return str(QuotedString(text, Quote.single).with_quotes())


def text_of(key: str, value: str) -> str:
    """Return the text that was typed, without quotes around it.

    Raises
    ------
    ParameterError
        If a path begins with a ``~`` that no shell has replaced.
    """
    if _IS_QUOTED.fullmatch(value.strip()):
        return str(OverridesParser.create().parse_override(f"{key}={value.strip()}").value())
    if key in PLACES and re.match(r"~($|[/\\])", value):
        raise ParameterError(
            f"{key} = {shown(value)}: must be a full path, or ./{value} for a name that begins with ~; "
            "the shell did not replace ~"
        )
    return value


def value_of(override: str) -> Any:
    """Return the value of an override as plain data; texts need no quotes."""
    return _unquoted(OverridesParser.create().parse_override(_as_typed(override, is_multirun=False)).value())


def _unquoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_unquoted(key)): _unquoted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unquoted(each) for each in value]
    return value.text if isinstance(value, QuotedString) else value


def check_names(override: str) -> None:
    """Refuse a name that appears twice within ``{...}``, or that Hydra would read as a number, true or null.

    Raises
    ------
    ParameterError
        If there is such a name; the message contains it.
    """
    if "{" in override:
        parser = OverrideParser(CommonTokenStream(OverrideLexer(InputStream(override))))
        _Names(override.partition("=")[0].lstrip("+~")).visit(parser.override())


class _Names(OverrideParserVisitor):
    def __init__(self, place: str) -> None:
        self.place = place

    def visitDictContainer(self, container: Any) -> None:
        """Check the names of a mapping, and then its values."""
        seen: set[str] = set()
        for pair in container.dictKeyValuePair():
            tokens = [token for token in pair.dictKey().getChildren() if token.symbol.type != OverrideLexer.WS]
            name = "".join(token.getText() for token in tokens)
            if len(tokens) == 1 and tokens[0].symbol.type in _NO_TEXT:
                raise ParameterError(
                    f"{self.place}: {shown(name)}: must begin with a letter, as in {{v{name}: ...}}; it "
                    "looks like a number, true, false or null"
                )
            if name in seen:
                raise ParameterError(f"{self.place}: must have each name once; {shown(name)} appears twice")
            seen.add(name)
        self.visitChildren(container)
