"""The description of a study: its factors, its design, its seeds, and what it stores."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from engagesim.errors import ParameterError, no_such, shown, span
from engagesim.mechanisms.design import measures_of
from engagesim.parameters import Parameters, Row, parameter_table
from engagesim.parameters.declare import Group
from engagesim.parameters.pydantic_errors import LISTED, Words, validated

MOST_VARIANTS = 1000
"""Largest number of combinations of choices; each needs a config of its own, and composing ten takes a second."""

MOST_BOUNDARY_POINTS = 2000
"""Largest number of points of a boundary; the time to fit them grows with the cube of their number."""


@cache
def numeric(society: type[Parameters] = Parameters) -> Mapping[str, Row]:
    """Return the parameters that a factor may vary, by path, excluding seeds (use replicates) and months (fixed)."""
    return {
        row.path: row
        for row in parameter_table(society)
        if row.low is not None and row.default is not None and row.path not in {"seed", "months"}
    }


def _society(info: ValidationInfo) -> type[Parameters]:
    """Return the type of a study's parameters, which its checks use."""
    found: type[Parameters] = (info.context or {}).get("society", Parameters)
    return found


Kind = Literal["grid", "latin_hypercube", "sobol", "morris", "list", "boundary"]


_EXAMPLE = ", as in 'factors.patronage={path: incentives.patronage, low: 0, high: 1}'"


class Factor(Group):
    """A numeric parameter that varies over a range or over given values."""

    path: Annotated[str, Words("the path of a numeric parameter")] = Field(
        description="the parameter's path (see engagesim parameters)"
    )
    low: float | None = Field(None, description="lowest value of a range")
    high: float | None = Field(None, description="highest value of a range")
    values: tuple[float, ...] | None = Field(None, min_length=1, description="the values, instead of a range")
    levels: int = Field(5, ge=2, le=1000, description="number of values of a range in a grid: 2 to 1000")
    log: bool = Field(False, description="whether points are spread on a logarithmic scale")

    @model_validator(mode="after")
    def _makes_sense(self, info: ValidationInfo) -> Self:
        known = numeric(_society(info))
        row = known.get(self.path)
        if row is None or row.low is None or row.high is None:
            raise ValueError(no_such(self.path, "numeric parameter", known, LISTED, "path = "))
        limits = tuple(end for end in (self.low, self.high) if end is not None)
        ends = self.values or limits
        if (self.values is not None and limits) or (self.values is None and len(limits) < len(("low", "high"))):
            raise ValueError("must have either low and high, or values")
        for end in ends:
            if not row.low <= end <= row.high:
                place = "values" if self.values else "low" if end == self.low else "high"
                raise ValueError(f"{place} = {end:.10g}: must be {span(row.low, row.high)}, the range of {self.path}")
        if self.values is None and ends[0] >= ends[1]:
            raise ValueError(f"low = {ends[0]:.10g}: must be below high ({ends[1]:.10g})")
        if self.log and min(ends) <= 0:
            raise ValueError("log = true: must be false if a value is 0 or below")
        return self

    @property
    def is_whole(self) -> bool:
        """Whether the parameter takes whole numbers only."""
        row = numeric().get(self.path)  # settings of mechanisms are not whole numbers
        return row is not None and isinstance(row.default, int)


type Varied = Annotated[Factor, Words("a range or values, as in {path: incentives.patronage, low: 0, high: 1}")]


class Design(Group):
    """How the points cover the space of the factors."""

    kind: Kind = Field("grid", description="grid, latin_hypercube, sobol, morris, list or boundary")
    samples: int = Field(64, ge=1, le=1_000_000, description="number of points, base samples (sobol) or paths (morris)")
    seed: int = Field(1, ge=0, le=4_294_967_295, description="seed of the design's random draws")
    zipped: bool = Field(False, description="grid only: combine all first values, all second values, and so on")
    file: str | None = Field(None, description="list only: a CSV file with one column per path and one row per point")
    level: float = Field(0.5, gt=0, lt=1, description="boundary only: the probability that defines the boundary")
    batch: int = Field(8, ge=1, le=1000, description="boundary only: number of points chosen at a time")


class Study(Group):
    """A study: factors, a design over them, seeds, and what is stored."""

    factors: dict[str, Varied] = Field(
        default_factory=dict,
        description="factors to vary, named as you like, each with a path, and low and high (levels, log) or values",
    )
    choices: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        default_factory=dict, description="groups of the config and the choices to cross, such as scenario: [a, b]"
    )
    design: Design = Field(default_factory=Design)
    replicates: Annotated[int, Field(ge=1, le=100_000)] | Literal["auto"] = Field(
        20, description="seeds per point: 1 to 100000, or auto"
    )
    most_replicates: int = Field(1000, ge=1, le=100_000, description="auto only: maximum number of seeds per point")
    width: float = Field(0.1, gt=0, description="auto only: width of the 95 percent interval to reach")
    measure: str = Field("coalition_formed", description="the measure for auto, boundary and the main figures")
    trajectories: bool = Field(False, description="whether to store every month of every run")
    events: Literal["none", "counts", "all"] = Field(
        "none", description="what to store of each run's log of events: none, counts (of each kind) or all"
    )
    size: int = Field(1, ge=1, le=10_000, description="multiplier of samples, or of replicates if the points are given")

    @classmethod
    def of(cls, tree: Mapping[str, Any], society: type[Parameters] = Parameters) -> Self:
        """Build a study from nested mappings, such as those of a configuration.

        Parameters
        ----------
        tree : mapping
            The fields of a study by name.
        society : type, optional
            Type of the parameters; with mechanisms, it includes their settings and measures.

        Returns
        -------
        Study
            The checked study.

        Raises
        ------
        ParameterError
            If the tree is wrong; the message names the place, the value and what is allowed.
        """
        if not isinstance(tree, Mapping):
            raise ParameterError(f"study = {shown(tree)}: must be a mapping, as in {{'replicates': 20}}")
        return validated(cls, tree, context={"society": society})

    @model_validator(mode="after")
    def _can_be_crossed(self) -> Self:
        for group, names in self.choices.items():
            if len(set(names)) < len(names):
                raise ValueError(f"choices.{group} = {shown(list(names))}: must have each choice once")
        variants = math.prod(map(len, self.choices.values()))
        if variants > MOST_VARIANTS:
            raise ValueError(f"choices: must make up to {MOST_VARIANTS:,} combinations, not {variants:,}")
        return self

    @model_validator(mode="after")
    def _can_be_measured(self, info: ValidationInfo) -> Self:
        units = {measure.name: measure.unit for measure in measures_of(_society(info))}
        if self.measure not in units:
            raise ValueError(no_such(self.measure, "measure", units, place="measure = "))
        if self.design.kind == "boundary" and units[self.measure] != "0 or 1":
            raise ValueError(
                f"measure = {self.measure}: must be a measure that is 0 or 1 for a boundary, such as coalition_formed"
            )
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        paths = [factor.path for factor in self.factors.values()]
        twice = {path for path in paths if paths.count(path) > 1}
        if twice:
            raise ValueError(f"factors: must have each parameter once; {sorted(twice)[0]} is in two")
        if self.design.kind == "list" and self.design.file is None:
            raise ValueError("design.file = null: must be a CSV file if design.kind is list")
        if self.design.kind == "list" and self.factors:
            raise ValueError("factors: must be empty if design.kind is list, which reads them from design.file")
        needs_range = {"sobol", "morris", "latin_hypercube", "boundary"}
        for name, factor in self.factors.items():
            if self.design.kind in needs_range and factor.values is not None:
                raise ValueError(f"factors.{name}: must have low and high, not values, for {self.design.kind}")
        if self.design.kind in needs_range and not self.factors:
            raise ValueError(f"factors: missing; must be one or more for {self.design.kind}{_EXAMPLE}")
        if self.design.kind == "boundary" and self.replicates == "auto":
            raise ValueError("replicates = auto: must be a number for a boundary")
        if self.design.kind == "boundary" and len(self.factors) > 3:
            raise ValueError(f"factors: must be one to three for a boundary, not {len(self.factors)}")
        if self.design.kind == "boundary" and self.design.samples > MOST_BOUNDARY_POINTS:
            raise ValueError(
                f"design.samples = {self.design.samples}: must be at most {MOST_BOUNDARY_POINTS} for a boundary"
            )
        return self
