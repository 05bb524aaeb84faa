"""What Hydra says in many lines, in one: the place, the value, and what is allowed or comes nearest."""

import re
from pathlib import Path

from hydra.errors import HydraException, MissingConfigException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from engagesim.errors import EngagementError, ParameterError, nearest
from engagesim.parameters import parameter_table

COMPOSING = (HydraException, OmegaConfBaseException, YAMLError, ValueError, TypeError, AssertionError, RecursionError)
"""What Hydra raises where an override is at fault; nothing of ours runs while it composes."""

_OPTIONS = re.compile(
    r"Could not find '(?P<choice>[^']*)' Available options in '(?P<group>[^']*)':(?P<options>.*) Config search path"
)
_NO_VALUE = re.compile(r"Error parsing override '(?P<key>.*)' missing EQUAL at '<EOF>'")
_SOCIETY = ("scenario", "engagement", "population", "network", "incentives", "trends")
_LEXER = "LexerNoViableAltException: "
_REFERENCE = re.compile(r" ?See https?://\S+ for details\.?")
_PLACE = re.compile(r" full_key: (?P<place>\S*)| object_type=\S*")


def complaint(error: Exception, configs: Path) -> EngagementError:
    """Return the error to raise in place of one of Hydra's, which composes what is in a folder of configs."""
    if isinstance(error, EngagementError):
        return error
    text = " ".join(str(error).split()) or type(error).__name__
    bare = _NO_VALUE.match(text)
    if isinstance(error, TypeError):  # the one way to get it: a mapping where Hydra wants the name of a choice
        return ParameterError("a group takes the names of its choices, as in trends=none or scenario=merit_state")
    if bare or text.startswith("Could not override '"):
        return _no_value(bare["key"], configs) if bare else _no_such_key(text.split("'")[1])
    if text.startswith(_LEXER):
        said = text.removeprefix(_LEXER).removesuffix(" ^")
        return ParameterError(
            f"{said}: not in Hydra's syntax; allowed are unusual characters in quotes, as in name='a (b)'"
        )
    found = _OPTIONS.search(text)
    if isinstance(error, MissingConfigException) and found:
        return _no_such_choice(found)
    place = next((match["place"] for match in _PLACE.finditer(text) if match["place"]), "")
    text = _PLACE.sub("", _REFERENCE.sub("", text))
    return ParameterError(f"{place}: {text}" if place else text)


def _no_such_key(path: str) -> ParameterError:
    return ParameterError(f"{path}: no such parameter{nearest(path, [row.path for row in parameter_table()])}")


def _no_value(key: str, configs: Path) -> ParameterError:
    fitting = [group for group in _SOCIETY if key in {path.stem for path in (configs / group).glob("*.yaml")}]
    meant = " or ".join(f"{group}={key}" for group in fitting)
    return ParameterError(f"{key}: allowed is KEY=VALUE{f'; did you mean {meant}?' if meant else ''}")


def _no_such_choice(found: re.Match[str]) -> ParameterError:
    group, options = found["group"], found["options"].split()
    choice = found["choice"].removeprefix(f"{group}/")
    return ParameterError(
        f"{group} = {choice}: no such choice; allowed are {', '.join(options)}{nearest(choice, options)}"
    )
