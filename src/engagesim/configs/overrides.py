"""The command line of a run: flags, and overrides, which a multirun expands into jobs."""

import argparse
import itertools
import math
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Glob, Override, QuotedString, Sweep

from engagesim.configs.hydra_errors import several_values
from engagesim.configs.launchers import SETTING, check_launcher, check_setting
from engagesim.configs.mechanisms import taken
from engagesim.configs.override_values import FOLDER, as_typed, check_names
from engagesim.errors import ParameterError, shown
from engagesim.files import DEEPEST
from engagesim.mechanisms.declarations import Mechanism
from engagesim.mechanisms.design import tree_with
from engagesim.parameters import Parameters

MOST_JOBS = 10_000
"""Maximum number of jobs in a multirun."""

MOST_CHARACTERS = 20_000
"""Maximum length of all overrides, in characters: Hydra reads only thousands per second, and files can hold more."""

MOST_REFERENCES = 20
"""Maximum number of interpolations (``${...}``): each can repeat the text of another, so the length can explode."""

_NO_NAME = re.compile(r"[/\\$]|\.\.")


class Asked(NamedTuple):
    """The flags and overrides of a command line."""

    overrides: list[str]
    is_multirun: bool
    config_shown: str | None
    is_resolved: bool
    mechanisms: tuple[Mechanism, ...] = ()

    @property
    def society(self) -> type[Parameters]:
        """Return the type of the parameters, including those of the mechanisms."""
        return tree_with(self.mechanisms)

    @property
    def for_hydra(self) -> list[str]:
        """Return the command line for Hydra, which needs flags first."""
        flags = ["--multirun"] * self.is_multirun + ["--resolve"] * self.is_resolved
        return flags + (["--cfg", self.config_shown] if self.config_shown else []) + self.overrides


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ParameterError(f"{message}; see engagesim run --help")


def parser() -> argparse.ArgumentParser:
    """Return a parser of the flags of a run."""
    flags = _Parser(prog="engagesim run", add_help=False, allow_abbrev=False)
    does = flags.add_mutually_exclusive_group()
    does.add_argument("-m", "--multirun", action="store_true", help="one run for each combination of values")
    does.add_argument("--cfg", choices=("job", "hydra", "all"), help="show the composed config and run nothing")
    flags.add_argument("--resolve", action="store_true", help="with --cfg: replace references with their values")
    flags.add_argument("overrides", nargs="*")
    return flags


def asked(arguments: Sequence[str]) -> Asked:
    """Separate flags from overrides; they may come in any order.

    Raises
    ------
    ParameterError
        If a flag is unknown, lacks its value, or conflicts with another one.
    """
    found, unknown = parser().parse_known_intermixed_args(list(arguments))
    if unknown:
        raise ParameterError(f"{unknown[0]}: no such flag; must be -m, --multirun, --cfg or --resolve")
    if found.resolve and not found.cfg:
        raise ParameterError("--resolve: must come with --cfg, as in --cfg job --resolve")
    mechanisms, overrides = taken(found.overrides)
    return Asked(as_typed(overrides, found.multirun), found.multirun, found.cfg, found.resolve, mechanisms)


def check_keys(overrides: Sequence[str], groups: Collection[str] = (), command: str | None = None) -> None:
    """Refuse overrides that are too large, or that change Hydra itself: a config must not choose which code runs.

    A choice of a group is the name of a file in the package, not a path, because Hydra would accept any YAML file with
    its own settings. Several values in one override need a multirun; ``command`` names a command other than run.

    Raises
    ------
    ParameterError
        If an override is wrong; the message names it and states what is allowed.
    """
    _check_size(overrides)
    seen: set[str] = set()
    for override in OverridesParser.create().parse_overrides(list(overrides)):
        key = override.key_or_group
        if key in seen:
            several = "; give several values as seed=1,2" if command is None else ""
            raise ParameterError(f"{key}: is given twice; must be given once{several}")
        seen.add(key)
        check_names(str(override.input_line))
        if command is not None and override.is_sweep_override():
            raise several_values(override, command)
        if "_target_" in str(override.input_line):
            raise ParameterError(f"{key}: must be data without _target_, which names code to run")
        if override.package is not None:
            raise ParameterError(f"{shown(override.input_line)}: must be GROUP=CHOICE, without @")
        if not key:
            raise ParameterError(f"{shown(override.input_line)}: must be KEY=VALUE")
        if key in groups:
            _check_choice(override)
        if key.replace("/", ".").split(".")[0] == "hydra":
            _check_launching(key, override)


def _check_choice(override: Override) -> None:
    """Refuse anything but the name of a choice, or settings in braces, which are merged into a group."""
    line = str(override.input_line)
    if _NO_NAME.search(line.partition("=")[2]):
        raise ParameterError(f"{shown(line)}: must be the name of a choice, not a path or a reference")
    named = (str, QuotedString, dict, Sweep, Glob)
    if not override.is_delete() and not all(isinstance(choice, named) for choice in _values(override)):
        raise ParameterError(f"{shown(line)}: must be the name of a choice")


def _check_launching(key: str, override: Override) -> None:
    """Refuse Hydra's own settings, except a launcher and the folder of a multirun."""
    is_setting = key.startswith(SETTING)
    if not is_setting and key not in {FOLDER, "hydra/launcher"}:
        raise ParameterError(f"{key}: must be a group or a parameter; Hydra's own settings are fixed")
    if key == "hydra/launcher":
        check_launcher(override.value())
    if is_setting and override.is_sweep_override():
        raise ParameterError(f"{shown(override.input_line)}: must be one value; a multirun has one launcher")
    if is_setting:
        check_setting(key, override.value())


def _values(override: Override) -> list[Any]:
    """Return the value of an override, or the values that it sweeps over."""
    value = override.value()
    return value.list if isinstance(value, ChoiceSweep) else [value]


def _check_size(overrides: Sequence[str]) -> None:
    length, references = sum(map(len, overrides)), sum(each.count("${") for each in overrides)
    if length > MOST_CHARACTERS:
        raise ParameterError(f"overrides: must have at most {MOST_CHARACTERS} characters, not {length}")
    if references > MOST_REFERENCES:
        raise ParameterError(f"overrides: must have ${{...}} at most {MOST_REFERENCES} times, not {references}")
    for override in overrides:
        steps = ((each in "[{(") - (each in "]})") for each in override)
        if max(itertools.accumulate(steps), default=0) > DEEPEST:
            raise ParameterError(f"{shown(override)}: must be nested at most {DEEPEST} brackets deep")


def jobs(overrides: Sequence[str], loader: ConfigLoader | None = None) -> Iterator[list[str]]:
    """Expand the sweeps among overrides: ``seed=1,2 engagement=survey,committee`` gives four jobs.

    Raises
    ------
    ParameterError
        If the folder of the results has several values, or there are too many jobs.
    """
    parsed = OverridesParser.create(config_loader=loader).parse_overrides(list(overrides))
    choices = {override.get_key_element(): list(_choices(override)) for override in parsed}
    if any(len(choices.get(key, ())) > 1 for key in ("output", FOLDER)):
        raise ParameterError(
            "output: must be one value, in quotes if it contains a comma; a multirun numbers its runs in one folder"
        )
    if math.prod(map(len, choices.values())) > MOST_JOBS:
        raise ParameterError(f"overrides: must ask for at most {MOST_JOBS} runs")
    for job in itertools.product(*choices.values()):
        yield list(job)


def _choices(override: Override) -> Iterator[str]:
    if not override.is_sweep_override():
        yield str(override.input_line)
        return
    if not override.is_discrete_sweep():
        raise ParameterError(f"{shown(override.input_line)}: must be values such as 1,2, range(1,3) or glob(*)")
    values: Iterator[Any] = override.sweep_string_iterator()
    for value in itertools.islice(values, MOST_JOBS + 1):
        yield f"{override.get_key_element()}={value}"
