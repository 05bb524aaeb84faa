"""Parameter sets: the prior, an ensemble that a calibration found in it, or sets drawn around the defaults."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, NotRequired, Self, TypedDict

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator, model_validator, with_config

from engagesim import MODEL_VERSION
from engagesim.errors import ParameterError, not_one_of, shown
from engagesim.files import write_whole
from engagesim.parameters import FORM_DIMENSIONS, Parameters, Row, parameter_table
from engagesim.parameters.declare import JUDGEMENT, Group
from engagesim.parameters.pydantic_errors import validated
from engagesim.study.observed import Observed
from engagesim.study.run_part import Simulate
from engagesim.validation.null_models import NULL_MODELS

_DEFAULTS = {row.path: row.default for row in parameter_table()}


def read_ranges(file: Path) -> dict[str, tuple[float, float]]:
    """Return the lowest and highest value of each parameter in a file of the package, by path."""
    return {path: (float(low), float(high)) for path, (low, high) in yaml.safe_load(file.read_text("utf-8")).items()}


PRIOR: Mapping[str, tuple[float, float]] = read_ranges(Path(__file__).parent / "prior.yaml")
"""The uniform prior: the parameters that a calibration may vary, with their ranges."""


class Drawn(Group):
    """Sets drawn from the prior around the defaults, for a model that has not been calibrated."""

    sets: int = Field(ge=1, le=1000, description="number of sets, including the defaults")
    width: float = Field(
        ge=0, le=1, description="how far they spread around the defaults, as a share of the prior's range"
    )
    seed: int = Field(ge=0, le=4_294_967_295, description="seed of the draw")


SHORT: Final = "facts short at most"
"""The key in a calibration's summary for the largest number of required facts that an accepted set misses."""


_OPEN = ConfigDict(extra="allow", allow_inf_nan=False)
"""Anything may be noted in a provenance beside what the package reads."""


@with_config(_OPEN)
class _Prior(TypedDict):
    sets: int
    belonging: int
    low: float
    high: float


@with_config(_OPEN)
class _LeftOut(TypedDict):
    fact: str
    prior: float
    predicted: float
    score: float


@with_config(_OPEN)
class _Pinned(TypedDict):
    parameter: str
    width: float
    p: float


@with_config(_OPEN)
class _Dimension(TypedDict):
    of: int
    pinned: float
    low: float
    high: float


_Judged = TypedDict("_Judged", {"facts short at most": int})  # not a class: the key has spaces
with_config(_OPEN)(_Judged)


@with_config(_OPEN)
class _Rival(TypedDict):
    left_out: list[_LeftOut]
    judged: NotRequired[_Judged]


@with_config(_OPEN)
class Provenance(TypedDict, total=False):
    """How a calibration was made, as ``engagesim calibrate`` writes it: what reports read, and any other notes."""

    prior: _Prior
    judged: _Judged
    left_out: list[_LeftOut]
    rivals: dict[str, _Rival]
    effective_dimension: _Dimension
    pinned: list[_Pinned]
    correlated: list[dict[str, Any]]
    screening: list[dict[str, Any]]
    indices: list[dict[str, Any]]


def _as_written(notes: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Check the notes of a calibration, and keep the order in which they are written, which is that of a report."""
    check(notes)
    return notes


type _Sets = tuple[dict[str, float], ...]


class Calibration(Group):
    """Parameter sets by path, starting with the most central one, and a description of how they were found."""

    description: str = Field("", description="a description of the calibration")
    provenance: Annotated[Provenance, WrapValidator(_as_written)] = Field(
        default_factory=Provenance, description="how the calibration was made"
    )
    sets: _Sets = Field((), max_length=1000, description="parameter sets by path")
    rivals: dict[str, Annotated[_Sets, Field(min_length=1)]] = Field(
        default_factory=dict, description="parameter sets of null models that were calibrated with the same effort"
    )
    drawn: Drawn | None = Field(None, description="sets to draw if no calibration has found any")

    @model_validator(mode="after")
    def _has_sets(self) -> Self:
        if (self.drawn is None) == (not self.sets):
            raise ValueError("must have either sets, one or more, or drawn")
        return self


def drawn_sets(drawn: Drawn) -> tuple[dict[str, float], ...]:
    """Return the defaults, followed by sets drawn from a part of each prior range around the default."""
    middle = to_unit(_DEFAULTS)
    near = np.clip(middle[:, None] + np.array([-0.5, 0.5]) * drawn.width, 0.0, 1.0)
    shares = np.random.default_rng(drawn.seed).random((drawn.sets - 1, len(PRIOR)))
    others = near[:, 0] + shares * (near[:, 1] - near[:, 0])
    return {path: float(_DEFAULTS[path]) for path in PRIOR}, *map(from_unit, others)


def sets_for(calibration: Calibration, count: int) -> tuple[dict[str, float], ...]:
    """Return parameter sets for some contexts: one drawn for each, or those of the ensemble."""
    drawn = calibration.drawn
    if drawn is None or count <= drawn.sets:
        return calibration.sets[:count]
    return drawn_sets(drawn.model_copy(update={"sets": count}))


def from_unit(shares: NDArray[np.float64]) -> dict[str, float]:
    """Return the parameter set at given shares of the prior's ranges, rounded to five digits."""
    return {
        path: float(f"{low + share * (high - low):.5g}")
        for share, (path, (low, high)) in zip(shares, PRIOR.items(), strict=True)
    }


def to_unit(some: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return a parameter set's position in the prior's ranges, from 0 to 1."""
    ends = PRIOR.items()
    places: NDArray[np.float64] = np.clip([(some[path] - low) / (high - low) for path, (low, high) in ends], 0.0, 1.0)
    return places


def calibration_of(tree: Mapping[str, Any]) -> Calibration:
    """Build a calibration from the nested mappings of a configuration, and draw its sets if it has none.

    Raises
    ------
    ParameterError
        If its content is not allowed, if it was found for another version of the model, or if a set has values that no
        society allows.
    """
    found = validated(Calibration, tree, "calibration")
    version = str(found.provenance.get("model_version", MODEL_VERSION))
    if version.split()[:1] != [MODEL_VERSION]:
        raise ParameterError(
            f"calibration.provenance.model_version = {shown(version)}: must be {MODEL_VERSION!r}, the version of the "
            "model; use: engagesim calibrate"
        )
    _check_rivals(found)
    for place, sets in (("sets", found.sets), *((f"rivals.{name}", each) for name, each in found.rivals.items())):
        for number, changes in enumerate(sets):
            try:
                Parameters().changed(changes)
            except ParameterError as error:
                raise ParameterError(f"calibration.{place}[{number}]: {error}") from None
            for path in [each for each in ("months", "seed") if each in changes]:
                raise ParameterError(
                    f"calibration.{place}[{number}].{path} = {changes[path]:g}: must be left out; no set has its own"
                )
    return found if found.drawn is None else found.model_copy(update={"sets": drawn_sets(found.drawn)})


def _check_rivals(found: Calibration) -> None:
    """Refuse rivals that are no null models, and rivals that predict other facts than the model."""
    predictions = found.provenance.get("rivals", {})
    for place, names in (("rivals", found.rivals), ("provenance.rivals", predictions)):
        for name in names:
            if name not in NULL_MODELS:
                raise ParameterError(not_one_of(f"calibration.{place}", name, NULL_MODELS))
    facts = sorted(row["fact"] for row in found.provenance.get("left_out", ()))
    for name, rival in predictions.items():
        if sorted(row["fact"] for row in rival["left_out"]) != facts:
            raise ParameterError(
                f"calibration.provenance.rivals.{name}.left_out: must have the facts of calibration.provenance.left_out"
            )


def under(parameters: Parameters, some: Mapping[str, float]) -> Parameters:
    """Return parameters with the values of a set, but keep those that already differ from the default."""
    silent = {path: value for path, value in some.items() if attrgetter(path)(parameters) == _DEFAULTS[path]}
    return parameters.changed(silent)


def spread_over(sets: Sequence[Mapping[str, float]], simulate: Simulate) -> Simulate:
    """Return a simulation in which societies use the sets of a calibration in turn, by seed.

    A society has the same seed with and without a package, and therefore the same set. Differences stay paired, and
    their intervals are for the mean over this ensemble.
    """

    def spread(points: Sequence[Parameters], seeds: Sequence[int]) -> Observed:
        found = []
        for turn in sorted({seed % len(sets) for seed in seeds}):
            mine = [seed for seed in seeds if seed % len(sets) == turn]
            found.append(simulate([under(point, sets[turn]) for point in points], mine))
        return Observed.by_seed(found).on(seeds)

    return spread


class Standing(NamedTuple):
    """The evidence for a parameter, in words; it is empty for names, files and seeds, which the user chooses.

    Attributes
    ----------
    mechanism : str
        Source of the mechanism that reads it: codes of the evidence, or "judgement".
    value : str
        Source of its value.
    found : str
        "calibrated" or "to be calibrated", with the prior, or "documented" or "judged".
    pinned : str
        Whether and how far the calibration facts pin it down.
    """

    mechanism: str = ""
    value: str = ""
    found: str = ""
    pinned: str = ""


def standing(row: Row, calibration: Calibration) -> Standing:
    """Return the evidence for a parameter, from its declaration, the prior and a calibration."""
    if row.low is None or row.unit == "seed":
        return Standing()
    if row.path not in PRIOR:
        value = f"{JUDGEMENT}, in the form's file" if row.path in _OF_FORMS else row.value
        found = "judged" if value.startswith(JUDGEMENT) else "documented"
        return Standing(row.source, value, found, "not varied by a calibration")
    within = "within {:g} to {:g}".format(*PRIOR[row.path])
    told = next((each for each in calibration.provenance.get("pinned", ()) if each["parameter"] == row.path), None)
    if told is None:
        known = "not known" if calibration.drawn is None else "not known: not calibrated yet"
        return Standing(row.source, row.value, f"to be calibrated, {within}", known)
    is_pinned = told["p"] < _BEYOND_CHANCE
    return Standing(
        row.source,
        "calibration facts, together" if is_pinned else row.value,
        f"calibrated, {within}",
        f"{'yes' if is_pinned else 'no'}: {told['width']:.0%} of the prior's width",
    )


_OF_FORMS = {f"engagement.{name}" for name in FORM_DIMENSIONS}

_BEYOND_CHANCE = 0.05
"""The p-value below which a parameter counts as pinned down (see ``identification``)."""


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration as YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, yaml.safe_dump(calibration.model_dump(mode="json"), sort_keys=False, width=110).encode())
