"""Hydra configs: compose ``conf/`` and overrides, check them, and return typed objects."""

import os
import re
from itertools import takewhile
from pathlib import Path

from engagesim.errors import ParameterError, no_such
from engagesim.files import any_document, document

OWN = "ENGAGESIM_CONF"
"""The environment variable that names a folder with the user's own configs."""

_CODE = re.compile(r"\bhydra\b|_target_|@package (?!_global_)")
"""Expressions in a config that can choose which code runs."""


def config_folder() -> Path:
    """Return the folder of the configs: inside an installed package, or at the root of a source checkout."""
    package = Path(__file__).parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"


def config_folders() -> tuple[Path, ...]:
    """Return the folder of the configs, and the user's own folder, if any, which adds choices to groups.

    Raises
    ------
    ParameterError
        If the user's folder does not exist, or a file in it has a name that is taken, belongs to no group, or could
        choose which code runs.
    InputError
        If a file in it cannot be read.
    """
    ours, named = config_folder(), os.environ.get(OWN, "")
    if not named or Path(named).resolve() == ours.resolve():
        return (ours,)
    own = Path(named).resolve()
    if not own.is_dir():
        raise ParameterError(f"{OWN} = {named}: must be a folder of configs, like conf/ of the package")
    for path in sorted(own.rglob("*.yaml")):
        _check(path, own, ours)
    return ours, own


def choices(group: str) -> dict[str, Path]:
    """Return the choices of a group, both built-in and the user's own, by name."""
    return {path.stem: path for folder in config_folders() for path in sorted((folder / group).glob("*.yaml"))}


def _check(path: Path, own: Path, ours: Path) -> None:
    group = path.parent.relative_to(own).as_posix()
    groups = sorted(each.name for each in ours.iterdir() if each.is_dir())
    if group not in groups:
        raise ParameterError(f"{path}: {no_such(group, 'group of configs', groups)}")
    if (ours / group / path.name).exists():
        raise ParameterError(f"{path}: must have another name; the package has {group}={path.stem}")
    if not (group == "trends" and isinstance(any_document(path), list)):  # trends are a list of schedules
        document(path, "conditions: {resources: 0.9}")
    found = _CODE.search(path.read_text("utf-8"))
    if found:
        raise ParameterError(f"{path}: must be without {found[0].strip()}, which can choose the code that runs")


def purpose(text: str) -> str:
    """Return the first sentence of the comment at the top of a config, which describes the config."""
    lines = takewhile(lambda line: line.startswith("#"), text.removeprefix("# @package _global_\n").splitlines())
    return " ".join(line.removeprefix("#").strip() for line in lines).partition(". ")[0].removesuffix(".")
