"""A calibration: an ensemble of parameter sets that were found to meet the facts, and where it comes from."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from engagesim.errors import InputError, ParameterError, nearest
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group

NONE = "none"
"""Stands for no calibration: the defaults alone."""

DEFAULT = "default"
"""The calibration that ships; the defaults are the first of its sets."""


class Calibration(Group):
    """Parameter sets by path, the most central first, with how they were found."""

    description: str = Field("", description="what it is, in words")
    provenance: dict[str, Any] = Field(default_factory=dict, description="how it was made")
    sets: tuple[dict[str, float], ...] = Field(min_length=1, max_length=1000, description="parameter sets by path")


def read_calibration(conf: Path, name: str) -> Calibration:
    """Return a calibration; for ``none`` one with a single empty set.

    Raises
    ------
    InputError
        Where there is no such calibration, or it cannot be read.
    ParameterError
        Where a set says what no society allows.
    """
    if name == NONE:
        return Calibration(description="the defaults", sets=({},))
    known = sorted(path.stem for path in (conf / "calibration").glob("*.yaml"))
    if name not in known:
        raise InputError(f"calibration = {name!r}: there is none{nearest(name, known)}; allowed are {NONE}, {known}")
    path = conf / "calibration" / f"{name}.yaml"
    try:
        found = Calibration.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ParameterError(f"{path}: {place}: {first['msg']}") from None
        raise InputError(f"{path}: cannot be read ({' '.join(str(error).split())})") from None
    for number, changes in enumerate(found.sets):
        try:
            Parameters().changed(changes)
        except ParameterError as error:
            raise ParameterError(f"{path}: sets[{number}]: {error}") from None
    return found


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration as YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(calibration.model_dump(mode="json"), sort_keys=False, width=110), "utf-8")
