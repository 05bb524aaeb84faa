"""What a config may say about how a command is done, beside what is simulated; each key with what is allowed."""

from typing import Any, Literal

from pydantic import Field

from engagesim.analysis.outcomes import DIRECTED
from engagesim.parameters.declare import Group
from engagesim.study.description import Factor

type Progress = Literal["auto", True, False]

_PROGRESS: Any = Field("auto", description="auto (a progress bar in a terminal), true or false")
_FACTS: Any = Field(None, min_length=1, description="a folder of facts; null: those that ship")
_FRESH = "a folder for the results that is not there yet, or empty"


def _folder(command: str, description: str) -> Any:
    """Say where a command's results go."""
    return Field(f"outputs/{command}/${{now:%Y-%m-%d_%H-%M-%S-%f}}", min_length=1, description=description)


class RunOptions(Group):
    """How a run is done, beside what is simulated."""

    output: str = _folder("run", _FRESH)
    progress: Progress = _PROGRESS
    agents_every: int = Field(
        0,
        ge=0,
        le=100_000,
        description="0 to 100000 months from one copy of everybody's state and reasons to the next; 0: none is kept",
    )
    engine: Literal["auto", "compiled", "agents"] = Field(
        "auto",
        description="what lives the months: compiled (which compiles the engine first where it is not yet), agents, "
        "or auto: compiled where it is already; the bits are the same",
    )
    animate: Literal[False, True, "gif", "mp4"] = Field(
        False, description="a film of the run: false, true (as gif), gif, or mp4 where ffmpeg is installed"
    )


class SweepOptions(Group):
    """How a study is kept and shown."""

    output: str = _folder("sweep", "a folder for the study: new, or the one where it was begun")
    progress: Progress = _PROGRESS


class Uncertain(Group):
    """Contexts that are not known: how many, how many seeds each, and what counts as success."""

    contexts: int = Field(0, ge=0, le=100_000, description="0 to 100000 contexts over the ranges of factors; 0: none")
    seeds: int = Field(5, ge=1, le=1000, description="1 to 1000 seeds a context")
    least_gain: float = Field(0.05, ge=0, description="the least gain over the baseline that is no failure")
    good_enough: float = Field(0.5, description="the least level of the outcome that satisfies")
    factors: dict[str, Factor] = Field(
        default_factory=dict,
        description="factors with ranges, by a name of your own; none: those of conf/uncertain.yaml",
    )


class Sought(Group):
    """A search for packages within a budget."""

    objectives: tuple[Literal[*DIRECTED], ...] = Field(  # type: ignore[valid-type]
        ("quality",), min_length=1, description=f"a list of outcomes to gain in: {', '.join(DIRECTED)}"
    )
    budget: float = Field(500_000, gt=0, description="the most that a package may cost")
    tries: int = Field(0, ge=0, le=100_000, description="0 to 100000 packages to try; 0: no search")
    most: int = Field(3, ge=1, le=6, description="1 to 6 interventions in a package at most")
    fresh_seeds: int = Field(100, ge=20, le=100_000, description="20 to 100000 fresh seeds to judge the best on")


class CompareOptions(Group):
    """What a comparison compares, and where it goes."""

    packages: dict[str, Any] = Field(default_factory=dict, description="packages by name, each a list of interventions")
    contexts: tuple[str, ...] = Field((), description="scenarios to compare in; none: the society as composed")
    seeds: int = Field(100, ge=2, le=100_000, description="2 to 100000 seeds, the same for all packages")
    outcome: str = Field("quality", description="the outcome that matters most, by its name")
    equal: Literal["no", "coverage", "intensity"] = Field(
        "no", description="no, or coverage or intensity: what is scaled so that all packages cost the same"
    )
    budget: float | None = Field(None, gt=0, description="what each is to cost then; null: as much as the cheapest")
    uncertain: Uncertain = Field(default_factory=Uncertain)
    search: Sought = Field(default_factory=Sought)
    progress: Progress = _PROGRESS
    output: str = _folder("compare", "a folder for the results: new, or the one where the same comparison was begun")


class ValidateOptions(Group):
    """Which facts the model is put to, how thoroughly, and where the scorecard goes."""

    facts: str | None = _FACTS
    only: tuple[str, ...] = Field((), description="ids of facts, as [E05,E07]; none: all")
    size: Literal["quick", "full"] = Field("full", description="quick (to see that all runs) or full (to judge)")
    rivals: bool = Field(True, description="true or false: whether trivial rivals are put to the same facts")
    knockouts: bool = Field(False, description="true or false: whether each mechanism is switched off in turn")
    progress: Progress = _PROGRESS
    output: str = _folder("validate", _FRESH)


class CalibrateOptions(Group):
    """How much a calibration tries, where it begins, and where it goes."""

    facts: str | None = _FACTS
    prior: int = Field(200, ge=5, le=1_000_000, description="5 to 1000000 sets spread over the prior")
    morris: int = Field(0, ge=0, le=10_000, description="0 to 10000 paths of a Morris screening; 0: none")
    sobol: int = Field(0, ge=0, le=100_000, description="0 to 100000 base samples of Sobol indices; 0: none")
    search: int = Field(320, ge=0, le=1_000_000, description="0 to 1000000 sets that the search tries")
    walk: int = Field(
        240, ge=0, le=1_000_000, description="0 to 1000000 sets tried on the walk among those that meet the facts"
    )
    judged: int = Field(40, ge=1, le=100_000, description="1 to 100000 best sets judged on fresh seeds")
    keep: int = Field(12, ge=1, le=1000, description="1 to 1000 sets in the ensemble at most")
    progress: Progress = _PROGRESS
    output: str = _folder("calibrate", "a folder for the results: new, or the one where the same calibration was begun")
