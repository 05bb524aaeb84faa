"""Turn Hydra's errors into one line: the key, its value, what the value must be, and the nearest name.

Hydra's own advice (``--multirun``, ``+``) does not work here, but the advice in these messages does.
"""

import re
from collections.abc import Collection, Iterable
from itertools import islice

from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from engagesim.configs import choices
from engagesim.errors import EngagementError, ParameterError, no_such, not_one_of, shown
from engagesim.parameters.pydantic_errors import LISTED
from engagesim.study.description import numeric

COMPOSING = (HydraException, OmegaConfBaseException, YAMLError, ValueError, TypeError, AssertionError, RecursionError)
"""Hydra's exceptions for a wrong override; none of our code runs while Hydra composes."""

_OPTIONS = re.compile(
    r"Could not find '(?P<choice>[^']*)' Available options in '(?P<group>[^']*)':(?P<options>.*) Config search path"
)
_NO_VALUE = re.compile(r"Error parsing override '(?P<key>.*)' missing EQUAL at '<EOF>'")
SOCIETY = ("scenario", "engagement", "population", "network", "incentives", "trends")
"""Groups of a config that describe a society."""

_REFERENCE = re.compile(r" ?See https?://\S+ for details\.?")
_PLACE = re.compile(r" full_key: (?P<place>\S*)| object_type=\S*")
_GROUP_OF_NAMES = "a group must be the name of one of its choices, as in trends=none or scenario=merit_state"

_INSTEAD = (
    (r"Could not append to config\. An item is already at '(.*?)'.*", r"\1: must be written as \1=VALUE, without +"),
    (r"force-add of config groups is not supported: '\+*(.*)'", r"\1: must be written without +"),
    (r"Multiple values for ([\w/]+)\..*", r"\1: must be written as \1=CHOICE, without +"),
    (r"Could not delete from config\. '(.*)' does not exist\.", r"~\1: no such key to remove"),
    (r"Could not delete from config\. (The value of '(.*)' is .*)", r"~\2: \1"),
    (r"Could not delete '(.*)'\. No match in the defaults list", r"~\1: no such choice to remove"),
    (r"Config group override must be a string or a list.*", _GROUP_OF_NAMES),
    (r"Error merging override \+*(.*)", r"\1: must be {name: value}, or a list if the default is one"),
    (r"Interpolation key '(.*)' not found", r"${\1} must be the path of an existing key"),
    (r"Missing mandatory value: (.*)", r"\1: missing; must have a value"),
    (
        r"(?:no viable alternative|mismatched input|extraneous input|token recognition error).*",
        "${...}: must be the path of a key, as in ${seed}",
    ),
)  # fmt: skip
"""Messages of Hydra and OmegaConf, and our replacements."""


def complaint(error: Exception, keys: Collection[str]) -> EngagementError:
    """Return the error to raise instead of Hydra's own.

    ``keys`` are those that the command accepts.
    """
    if isinstance(error, EngagementError):
        return error
    text = " ".join(str(error).split()) or type(error).__name__
    bare = _NO_VALUE.match(text)
    if isinstance(error, TypeError):  # the only cause is a mapping where Hydra expects the name of a choice
        return ParameterError(_GROUP_OF_NAMES)
    if bare or text.startswith("Could not override '"):
        return _no_value(bare["key"]) if bare else _no_such_key(_within(text, keys), keys)
    if isinstance(error, OverrideParseException):
        return _no_syntax(error.override, text, keys)
    found = _OPTIONS.search(text)
    if isinstance(error, MissingConfigException) and found:
        return _no_such_choice(found)
    place = next((match["place"] for match in _PLACE.finditer(text) if match["place"]), "")
    text = _PLACE.sub("", _REFERENCE.sub("", text))
    for theirs, ours in _INSTEAD:
        match = re.fullmatch(theirs, text)
        if match:
            text = match.expand(ours)
            break
    return ParameterError(f"{place}: {text}" if place and not text.startswith(f"{place}:") else text)


def _no_syntax(override: str, text: str, keys: Iterable[str]) -> ParameterError:
    line = override.lstrip("+")
    key, _, value = line.partition("=")
    if not _IS_KEY.fullmatch(key):
        return _no_such_key(key, keys)
    call = re.search(r"\w+ while evaluating '(.*?)': ", text)
    missing = next((pair for pair in ("[]", "{}", "()") if value.count(pair[0]) != value.count(pair[1])), None)
    if call:
        must = f"be a plain value; {call[1]} is not one"
    elif any(value.count(quote) % 2 for quote in "'\""):
        must = "have its quotes in pairs"
    elif value.endswith(","):
        must = f"be without the comma at its end, as in {key}={value.rstrip(',')}"
    elif missing:
        fewer, more = sorted(missing, key=value.count)
        must = f"have a {fewer} for each {more}"
    else:
        must = _must_of(value)
    return ParameterError(f"{shown(line)}: must {must}")


def _must_of(value: str) -> str:
    """Return the rule that a value breaks although its brackets and quotes are paired, in words to follow "must"."""
    odd = _ODD.search(_QUOTED.sub("", value))
    if re.search(r"\s[\w.]+=", value):
        must = "be one KEY=VALUE; put two into separate quotes"
    elif re.search(r",\s*[]}]", value):
        must = "be without a comma before a closing bracket"
    elif "{" in value and "=" in value:
        must = "have colons within {...}, as in {name: value}"
    elif odd and re.search(rf"[{{,][^,:]*{re.escape(odd[0])}[^,:]*:", value):
        must = "have names of letters (a to z), digits and _ within {...}"
    elif odd:
        must = f"have {odd[0]} only within quotes"
    else:
        must = "be KEY=VALUE, and the value a number, a name, [a, list] or {name: value}"
    return must


def _within(text: str, keys: Collection[str]) -> str:
    """Return the key that Hydra does not know; in a mapping of values, return the first unknown key."""
    key, _, value = text.split("'")[1], *text.partition("=")[1:]
    inner = (f"{key}.{name}" for name in re.findall(r"(\w+)\s*:", value))
    return next((path for path in inner if path not in keys), key)


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ODD = re.compile(r"""[^A-Za-z0-9_/\\+.$%*@?|:\s\[\]{}(),='"-]""")
"""Characters that Hydra's grammar accepts only within quotes."""

_IS_KEY = re.compile(r"[~A-Za-z0-9_./@:]*")
_DECIMAL_COMMA, _THOUSANDS = re.compile(r"-?\d+,\d+"), re.compile(r"\d{1,3}(,\d{3})+")
_LISTS = {"contexts", "only", "search.objectives", "interventions"}
_OF_ONES_OWN = re.compile(r"(choices|packages)\.|(uncertain\.)?factors\..*\.values$")


def several_values(override: Override, command: str) -> ParameterError:
    """Return the error for an override with several values where one is allowed; it states what to use instead."""
    key = override.key_or_group
    line = str(override.input_line).lstrip("+")
    value = line.partition("=")[2]
    listed = f"[{_values(override)}]"
    if key in _LISTS or _OF_ONES_OWN.match(key):
        instead = f"a list, as in '{key}={listed}'"
    elif command == "run":
        instead = "one value, or with -m (--multirun) one run per value"
    elif command == "sweep" and key in SOCIETY:
        instead = f"one value; to cross several, write 'choices.{key}={listed}'"
    elif command == "sweep" and key in numeric():
        name = key.rpartition(".")[2]
        instead = f"one value; to vary it, write 'factors.{name}={{path: {key}, values: {listed}}}'"
    elif command == "sweep" and key == "seed":
        instead = "one value, the first of the seeds of replicates=N"
    elif command == "compare" and key == "scenario":
        instead = f"one value; to compare in several, write 'contexts={listed}'"
    else:
        instead = "one value"
    is_fraction = key in numeric() and not isinstance(numeric()[key].default, int)
    if is_fraction and _DECIMAL_COMMA.fullmatch(value):
        instead += f"; a number has a decimal point, as in {key}={value.replace(',', '.')}"
    elif not is_fraction and _THOUSANDS.fullmatch(value):
        instead += f"; a number has no commas, as in {key}={value.replace(',', '')}"
    return ParameterError(f"{shown(line)}: must be {instead}")


def _values(override: Override) -> str:
    """Return the values that Hydra would sweep over, separated as in a list; if there are many, only the first ones."""
    if not override.is_discrete_sweep() or "glob(" in str(override.input_line):
        return "ONE,OTHER"
    values = list(islice(override.sweep_string_iterator(), 13))
    return ",".join([*values[:12], "..."] if len(values) > 12 else values)


def _no_such_key(path: str, keys: Iterable[str]) -> ParameterError:
    return ParameterError(no_such(path, "parameter", keys, LISTED))


def _no_value(key: str) -> ParameterError:
    fitting = [group for group in SOCIETY if key in choices(group)]
    meant = " or ".join(f"{group}={key}" for group in fitting)
    return ParameterError(f"{shown(key)}: must be KEY=VALUE{f'; did you mean {meant}?' if meant else ''}")


def _no_such_choice(found: re.Match[str]) -> ParameterError:
    group, options = found["group"], found["options"].split()
    choice = found["choice"].removeprefix(f"{group}/")
    return ParameterError(not_one_of(group, choice, options))
