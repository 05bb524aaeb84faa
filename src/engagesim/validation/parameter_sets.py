"""Calibrated parameter sets: an ensemble that meets the facts, and where it comes from."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from engagesim.errors import ParameterError
from engagesim.files import write_whole
from engagesim.parameters import Parameters, parameter_table
from engagesim.parameters.declare import Group
from engagesim.parameters.pydantic_errors import validated
from engagesim.study.observed import Observed
from engagesim.study.run_part import Simulate

_DEFAULTS = {row.path: row.default for row in parameter_table()}


class Calibration(Group):
    """Parameter sets by path, the most central first, with how they were found."""

    description: str = Field("", description="what it is, in words")
    provenance: dict[str, Any] = Field(default_factory=dict, description="how it was made")
    sets: tuple[dict[str, float], ...] = Field(min_length=1, max_length=1000, description="parameter sets by path")


def calibration_of(tree: Mapping[str, Any]) -> Calibration:
    """Build a calibration from nested mappings, as a configuration gives them.

    Raises
    ------
    ParameterError
        If its content is not allowed, or a set has values that no society allows.
    """
    found = validated(Calibration, tree, "calibration")
    for number, changes in enumerate(found.sets):
        try:
            Parameters().changed(changes)
        except ParameterError as error:
            raise ParameterError(f"calibration.sets[{number}]: {error}") from None
    return found


def under(parameters: Parameters, some: Mapping[str, float]) -> Parameters:
    """Return parameters with those of a calibrated set, except where they say already what is not the default."""
    silent = {path: value for path, value in some.items() if attrgetter(path)(parameters) == _DEFAULTS[path]}
    return parameters.changed(silent)


def spread_over(sets: Sequence[Mapping[str, float]], simulate: Simulate) -> Simulate:
    """Return a simulation in which societies take the sets of a calibration in turn, by their seed.

    With and without a package a society has the same seed, and so the same set: differences stay paired, and their
    intervals are for the mean over this ensemble.
    """

    def spread(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        found = []
        for turn in sorted({seed % len(sets) for seed in seeds}):
            mine = [seed for seed in seeds if seed % len(sets) == turn]
            found.append(simulate([under(point, sets[turn]) for point in points], mine))
        return Observed.by_seed(found).on(seeds)

    return spread


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration as YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, yaml.safe_dump(calibration.model_dump(mode="json"), sort_keys=False, width=110).encode())
