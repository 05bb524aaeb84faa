"""A calibration: an ensemble of parameter sets that were found to meet the facts, and where it comes from."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from engagesim.errors import InputError, ParameterError, nearest
from engagesim.parameters import Parameters, parameter_table
from engagesim.parameters.declare import Group
from engagesim.study.living import Simulate

NONE = "none"
"""Stands for no calibration: the defaults alone."""

DEFAULT = "default"
"""The calibration that ships; the defaults are the first of its sets."""


_DEFAULTS = {row.path: row.default for row in parameter_table()}


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


def under(parameters: Parameters, some: Mapping[str, float]) -> Parameters:
    """Return parameters with those of a calibrated set, except where they say already what is not the default."""
    silent = {path: value for path, value in some.items() if attrgetter(path)(parameters) == _DEFAULTS[path]}
    return parameters.changed(silent)


def spread_over(sets: Sequence[Mapping[str, float]], simulate: Simulate) -> Simulate:
    """Return a simulation in which societies take the sets of a calibration in turn, by their seed.

    With and without a package a society has the same seed, and so the same set: differences stay paired, and their
    intervals hold what calibration left open.
    """

    def spread(points: Sequence[Parameters], seeds: Sequence[int]) -> NDArray[np.float64]:
        columns: dict[int, NDArray[np.float64]] = {}
        for turn in sorted({seed % len(sets) for seed in seeds}):
            mine = [seed for seed in seeds if seed % len(sets) == turn]
            found = simulate([under(point, sets[turn]) for point in points], mine)
            columns.update(zip(mine, found.swapaxes(0, 1), strict=True))
        return np.stack([columns[seed] for seed in seeds], axis=1)

    return spread


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration as YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(calibration.model_dump(mode="json"), sort_keys=False, width=110), "utf-8")
