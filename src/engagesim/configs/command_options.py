"""Options of each command (output, size, search and so on): defaults, ranges and descriptions."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from engagesim.analysis.outcomes import DIRECTED
from engagesim.parameters.declare import Group
from engagesim.study.description import Factor
from engagesim.validation.claims import Variation

type Progress = Literal["auto", True, False]

_PROGRESS: Any = Field("auto", description="auto (a progress bar in a terminal), true or false")
_FACTS: Any = Field(None, min_length=1, description="a folder of facts; null: the facts of the package")
_FRESH = "a folder for the results, new or empty"


def _folder(command: str, description: str) -> Any:
    """Declare the folder for a command's results."""
    return Field(f"outputs/{command}/${{now:%Y-%m-%d_%H-%M-%S-%f}}", min_length=1, description=description)


_PLACE: Any = Field(
    None,
    min_length=1,
    description="your place: its file, or a folder that engagesim place wrote; months then count from today",
)


class RunOptions(Group):
    """Settings of a run besides the society."""

    place: str | None = _PLACE
    output: str = _folder("run", _FRESH)
    progress: Progress = _PROGRESS
    agents_every: int = Field(
        0,
        ge=0,
        le=100_000,
        description="months between stored copies of every agent's state and reasons, 0 to 100000; 0: none",
    )
    engine: Literal["auto", "compiled", "agents"] = Field(
        "auto",
        description="which engine simulates the months: compiled (compiled first if needed), agents, or auto (compiled "
        "if it is compiled already); results are identical, bit for bit",
    )
    figures: bool = Field(
        True, description="true or false: whether figures are drawn; if you run many seeds, you may not need them"
    )
    animate: Literal[False, True, "gif", "mp4"] = Field(
        False, description="a film of the run: false, true (a gif), gif, or mp4 if ffmpeg is installed"
    )


class SweepOptions(Group):
    """Options of a study: which societies it starts from, where it is stored, and how its progress is shown."""

    place: str | None = _PLACE
    place_societies: int = Field(
        20, ge=1, le=1000, description="1 to 1000 societies that represent the place, the most similar first"
    )
    output: str = _folder("sweep", "a folder for the study: a new one, or that of the same study")
    progress: Progress = _PROGRESS


class Uncertain(Group):
    """Uncertain contexts: how many, how many seeds for each, and what counts as success."""

    contexts: int = Field(
        0, ge=0, le=100_000, description="0 to 100000 contexts, spread over the ranges of the factors; 0: none"
    )
    seeds: int = Field(5, ge=1, le=1000, description="1 to 1000 seeds per context")
    least_gain: float = Field(
        0.05, ge=0, description="the smallest gain over the baseline that does not count as failure"
    )
    good_enough: float = Field(0.5, description="the lowest level of the outcome that is good enough")
    factors: dict[str, Factor] = Field(
        default_factory=dict,
        description="factors with ranges, each under a name that you choose; if empty: those of conf/uncertain.yaml",
    )


class Sought(Group):
    """A search for packages within a budget."""

    objectives: tuple[Literal[*DIRECTED], ...] = Field(  # type: ignore[valid-type]
        ("quality",), min_length=1, description=f"a list of outcomes to improve: {', '.join(DIRECTED)}"
    )
    budget: float = Field(500_000, gt=0, description="the most that a package may cost")
    tries: int = Field(0, ge=0, le=100_000, description="0 to 100000 packages to try; 0: no search")
    most: int = Field(3, ge=1, le=6, description="maximum number of interventions in a package, 1 to 6")
    fresh_seeds: int = Field(
        100, ge=20, le=100_000, description="20 to 100000 fresh seeds on which the best packages are judged"
    )


class CompareOptions(Group):
    """Options of a comparison: what it compares, and where its results go."""

    place: str | None = _PLACE
    packages: dict[str, Any] = Field(
        default_factory=dict,
        description="packages by name, each a list of interventions; or a YAML file of them; if empty: the nine forms",
    )
    contexts: tuple[str, ...] = Field((), description="scenarios to compare in; if empty: the society as composed")
    seeds: int = Field(100, ge=2, le=100_000, description="2 to 100000 seeds, the same for all packages")
    outcome: str = Field("quality", description="the name of the main outcome")
    negligible: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        default_factory=dict,
        description="differences that are too small to matter, by outcome, as in negligible.quality=0.02; by "
        "default, 0.01 of a scale or share, or 1 month",
    )
    currency: str = Field(
        "USD", min_length=1, max_length=12, description="the currency of all costs, as written before a number"
    )
    exchange_rate: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="the price of one US dollar in that currency; it converts the costs of the catalogue, which are in "
        "US dollars",
    )
    equal: Literal["no", "coverage", "intensity"] = Field(
        "no", description="coverage or intensity: what is scaled so that all packages cost the same; no: nothing"
    )
    budget: float | None = Field(
        None, gt=0, description="what each package costs if scaled; null: as much as the cheapest"
    )
    uncertain: Uncertain = Field(default_factory=Uncertain)
    unknowns: int = Field(
        10,
        ge=0,
        le=1000,
        description="2 to 1000 seeds for each of 27 contexts that show what to find out first (left out if "
        "uncertain.contexts is set), and for each other definition of a coalition; 0: neither",
    )
    search: Sought = Field(default_factory=Sought)
    progress: Progress = _PROGRESS
    output: str = _folder("compare", "a folder for the results: a new one, or that of the same comparison")


class ValidateOptions(Group):
    """Options of a validation: which facts it tests, how thoroughly, and where the scorecard goes."""

    facts: str | None = _FACTS
    only: tuple[str, ...] = Field((), description="ids of facts, such as [E05,E07]; if empty: all")
    size: Literal["quick", "full"] = Field(
        "full", description="quick (to check that everything runs) or full (to judge the model)"
    )
    rivals: bool = Field(True, description="true or false: whether null models are tested against the same facts")
    knockouts: bool = Field(False, description="true or false: whether each mechanism is switched off in turn")
    progress: Progress = _PROGRESS
    output: str = _folder("validate", _FRESH)


class CalibrateOptions(Group):
    """Options of a calibration: how many sets it tries, whether it calibrates rivals, and where the results go."""

    facts: str | None = _FACTS
    waves: int = Field(6, ge=1, le=50, description="1 to 50 waves; the first covers the prior evenly")
    sets: int = Field(150, ge=10, le=100_000, description="10 to 100000 parameter sets in each wave")
    judged: int = Field(
        40,
        ge=1,
        le=100_000,
        description="1 to 100000 sets of the last wave, the nearest ones, that are judged at full size on fresh seeds",
    )
    keep: int = Field(30, ge=1, le=1000, description="maximum number of sets in the ensemble, 1 to 1000")
    morris: int = Field(0, ge=0, le=10_000, description="2 to 10000 paths of a Morris screening; 0: none")
    sobol: int = Field(0, ge=0, le=100_000, description="2 to 100000 base samples of Sobol indices; 0: none")
    rivals: bool = Field(
        False, description="true or false: whether null models are calibrated too, each with the same effort"
    )
    progress: Progress = _PROGRESS
    output: str = _folder("calibrate", "a folder for the results: a new one, or that of the same calibration")


class PlaceOptions(Group):
    """Options of a match with a place: how thorough it is, and where the results go."""

    seed: int = Field(1, ge=0, le=4_000_000_000, description="seed of all random draws, a whole number from 0")
    simulated: int = Field(4096, ge=256, le=100_000, description="256 to 100000 societies to simulate and choose from")
    kept: int = Field(
        200, ge=20, le=10_000, description="20 to 10000 societies that represent the place, the most similar first"
    )
    progress: Progress = _PROGRESS
    output: str = _folder("place", "a folder for the results: a new one, or that of the same place")


class AlliesOptions(Group):
    """Options of a search for allies: where it starts, how thorough it is, and where the results go."""

    place: str | None = _PLACE
    after: str | None = Field(
        None,
        min_length=1,
        description="a simulated society: the folder of a stored run, or a file written by Snapshot.save; futures "
        "start at its end",
    )
    today: int | None = Field(
        None,
        ge=1,
        le=1200,
        description="months simulated up to today, 1 to 1200; null: 24, or 1 (in which everybody takes a position) if "
        "population.file describes people today",
    )
    district: str = Field("0", min_length=1, description="the district, by its number from 0 or its name in the files")
    most: int = Field(8, ge=1, le=12, description="maximum number of allies to approach, 1 to 12")
    every: int = Field(2, ge=0, le=24, description="months between approaching two allies, 0 to 24")
    budget: float | None = Field(None, gt=0, description="the most that the whole path may cost; null: no limit")
    costs: dict[str, float] = Field(
        default_factory=dict, description="your own total costs by lever, as in {brief: 100}"
    )
    horizon: int = Field(60, ge=2, le=240, description="months for which futures are followed, 2 to 240")
    holds: int = Field(24, ge=1, le=240, description="months in a row for which a coalition must stand, 1 to 240")
    futures: int = Field(100, ge=20, le=10_000, description="20 to 10000 futures for the search")
    fresh: int = Field(200, ge=20, le=10_000, description="20 to 10000 fresh futures on which the result is judged")
    progress: Progress = _PROGRESS
    output: str = _folder("allies", "a folder for the results: a new one, or that of the same search")

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        if self.holds > self.horizon:
            raise ValueError(f"holds = {self.holds}: must be at most horizon ({self.horizon})")
        return self


class RobustnessOptions(Group):
    """Options of a robustness panel: the claims and variations, how thoroughly it judges, and where the results go."""

    claims: str | None = Field(
        None, min_length=1, description="a folder of claims, written like facts; null: the claims of the package"
    )
    only: tuple[str, ...] = Field((), description="ids of claim files, such as [forms]; if empty: all")
    size: Literal["quick", "full"] = Field(
        "full", description="quick (to check that everything runs) or full (to judge the claims)"
    )
    axes: dict[str, dict[str, Variation]] = Field(
        default_factory=dict,
        description="your own variations, as in {AXIS: {VARIATION: {set: {PATH: VALUE}, times: {PATH: FACTOR}}}}",
    )
    progress: Progress = _PROGRESS
    output: str = _folder("robustness", "a folder for the results: a new one, or that of the same panel")
