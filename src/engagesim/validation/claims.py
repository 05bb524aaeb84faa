"""The robustness panel: each headline claim in variations of the model, over the ensemble of a calibration.

A claim is a check of a fact (``facts``), with arms and expressions like any other. What differs is the question: not
whether the model meets a number from the field, but whether the model still says so if a choice that nobody can defend
to the last digit is made otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from engagesim.errors import ParameterError, no_such
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group
from engagesim.validation.experiments import Laboratory, ParameterSet, Reading, Size, observe
from engagesim.validation.facts import Check, Fact
from engagesim.validation.scoring import INTERVAL

SHIPPED = Path(__file__).parent / "claims"
"""The claims that README, documents and experiments make."""

AS_IT_IS = "as it is"
"""The variation that changes nothing."""

SOCIETY = {"population.districts": 5, "population.citizens": 300}
"""The society of a claim, as far as no variation and no claim says otherwise."""

SIZES: Mapping[str, tuple[int, int]] = {"quick": (4, 3), "full": (8, 12)}
"""Societies of each arm under a parameter set, and the most parameter sets, by the name of a size."""

MOST_SETS = 0.8
"""Share of parameter sets in which a claim that holds must hold."""

RESAMPLES = 1000
"""Bootstrap resamples of parameter sets behind an interval."""

_RESAMPLING_SEED, _SEEDS_APART = 20_112, 1_000_000

type Values = NDArray[np.float64]
type Result = Literal["holds", "unclear", "flips"]


class Variation(Group):
    """One choice made otherwise."""

    set: dict[str, Any] = Field(default_factory=dict, description="parameters by path")
    times: dict[str, float] = Field(default_factory=dict, description="multiples of what a parameter set says")

    def of(self, some: ParameterSet, base: Parameters) -> ParameterSet:
        """Return a parameter set with this variation."""
        multiples = {path: some.get(path, attrgetter(path)(base)) * by for path, by in self.times.items()}
        return {**SOCIETY, **some, **self.set, **multiples}


type Axes = Mapping[str, Mapping[str, Variation]]
"""Variations by name, on axes by name."""


class Judged(NamedTuple):
    """What became of a claim in a variation.

    ``value`` is that of its expression, or the smallest step of its order: the mean over parameter sets, with its 90
    percent interval over parameter sets and societies; ``sets`` is the share of sets in which the claim holds.
    """

    claim: str
    says: str
    axis: str
    variation: str
    result: Result
    value: float
    low: float
    high: float
    sets: float


class Cell(NamedTuple):
    """A piece of the panel: all claims of a file in one variation."""

    fact: Fact
    axis: str
    name: str
    variation: Variation


def cells(facts: Sequence[Fact], axes: Axes) -> list[Cell]:
    """Return every piece of the panel, the model as it is first."""
    variations = [(AS_IT_IS, AS_IT_IS, Variation())]
    variations += [(axis, name, variation) for axis, some in axes.items() for name, variation in some.items()]
    return [Cell(fact, *each) for each in variations for fact in facts]


def check_cells(asked: Iterable[Cell], sets: Sequence[ParameterSet], laboratory: Laboratory) -> None:
    """Refuse variations that no society allows, and names that stand on two axes.

    Raises
    ------
    ParameterError
    """
    axis_of: dict[str, str] = {}
    for cell in asked:
        if axis_of.setdefault(cell.name, cell.axis) != cell.axis:
            raise ParameterError(f"axes.{cell.axis}.{cell.name}: must have a name that no other variation has")
        for path in cell.variation.times:
            if not isinstance(_default(path, laboratory.base), int | float):
                place = f"axes.{cell.axis}.{cell.name}.times."
                raise ParameterError(no_such(path, "number of the model", (), place=place))
        try:
            cell.fact.points(laboratory.base, cell.variation.of(sets[0], laboratory.base), laboratory.catalogue, {})
        except ParameterError as error:
            place = "" if cell.name == AS_IT_IS else f"axes.{cell.axis}.{cell.name}: "
            raise ParameterError(f"{place}{error}") from None


def _default(path: str, base: Parameters) -> Any:
    try:
        return attrgetter(path)(base)
    except AttributeError:
        return None


def judge_cell(cell: Cell, sets: Sequence[ParameterSet], laboratory: Laboratory, last: ParameterSet) -> list[Judged]:
    """Simulate a piece of the panel under every parameter set, and judge its claims.

    Each set has seeds of its own, so that the luck of the draw averages out over sets; each variation has the same
    seeds, so that variations differ by what they vary. Where a society has fewer districts, there are more societies.
    """
    districts = int(cell.variation.set.get("population.districts", SOCIETY["population.districts"]))
    seeds = max(1, SOCIETY["population.districts"] // districts)
    size = Size(laboratory.size.trials, seeds)
    found: list[Mapping[tuple[str, int], tuple[Reading, ...]]] = []
    for number, some in enumerate(sets):
        shifted = laboratory.base.changed({"seed": (laboratory.base.seed + _SEEDS_APART * number) % 2**32})
        mine = laboratory._replace(base=shifted, size=size)
        found.append(observe([cell.fact], [cell.variation.of(some, laboratory.base)], mine, last))
    return [
        _judged(cell, number, check, [readings[cell.fact.id, number][0] for readings in found])
        for number, check in enumerate(cell.fact.checks)
    ]


def _judged(cell: Cell, number: int, check: Check, readings: Sequence[Reading]) -> Judged:
    """Judge a claim by its mean over sets, and by how many sets it holds in."""
    centres = np.array([reading.centre for reading in readings])
    draws = np.array([reading.draws for reading in readings])
    generator = np.random.default_rng(_RESAMPLING_SEED)
    chosen = generator.integers(0, len(readings), (RESAMPLES, len(readings)))
    resample = generator.integers(0, draws.shape[2], RESAMPLES)
    means = draws[chosen, :, resample[:, None]].mean(axis=1).T
    with np.errstate(invalid="ignore"):
        held = _margin(check, centres.T)
        low, high = np.quantile(_margin(check, means), INTERVAL)
    share = float((held >= 0 if _is_band(check) else held > 0).mean())
    shown = _shown(check, means)
    ends = np.quantile(shown, INTERVAL)
    return Judged(
        claim_id(cell.fact, number), check.claim, cell.axis, cell.name, _result(low, high, share),
        float(_shown(check, centres.mean(axis=0)[:, None])[0]), float(ends[0]), float(ends[1]), share,
    )  # fmt: skip


def claim_id(fact: Fact, number: int) -> str:
    """Return the name of a claim: that of its file, and its own."""
    return f"{fact.id}.{fact.checks[number].name or number + 1}"


def _is_band(check: Check) -> bool:
    return check.tolerance != "O" and check.sign is None


def _shown(check: Check, values: Values) -> Values:
    """Return the value of an expression, or the smallest step of an order; ``values`` are (expressions, draws)."""
    shown: Values = -np.diff(values, axis=0).max(axis=0) if check.tolerance == "O" else values[0]
    return shown


def _margin(check: Check, values: Values) -> Values:
    """Return how far values lie on the side that is claimed."""
    shown = _shown(check, values)
    if check.tolerance == "O":
        return shown
    if check.sign is not None:
        return shown if check.sign == "+" else -shown
    low, high = check.band
    margin: Values = np.minimum(shown - low, high - shown)
    return margin


def _result(low: float, high: float, share: float) -> Result:
    if low > 0 and share >= MOST_SETS:
        return "holds"
    return "flips" if high < 0 else "unclear"


type Kind = Literal["everywhere", "conditioned", "withdrawn"]


class Conclusion(NamedTuple):
    """What can be claimed: everywhere, on a condition, or no longer; and the condition in words."""

    kind: Kind
    words: str


def conclusion(rows: pd.DataFrame) -> Conclusion:
    """Say how far a claim carries, from its rows of the panel."""
    results = dict(zip(rows["variation"], rows["result"], strict=True))
    usual = results.pop(AS_IT_IS)
    if usual != "holds":
        what = "it flips" if usual == "flips" else "it is unclear"
        return Conclusion("withdrawn", f"{what} in the model as it is")
    but = {what: [name for name, result in results.items() if result == what] for what in ("flips", "unclear")}
    if not any(but.values()):
        return Conclusion("everywhere", "holds everywhere")
    parts = [f"{what} with {_listed(names)}" for what, names in but.items() if names]
    return Conclusion("conditioned", f"holds, but {' and '.join(parts)}")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def panel(judged: Iterable[Judged]) -> pd.DataFrame:
    """Return the table of the panel: one row per claim and variation, claims in the order of their files."""
    table = pd.DataFrame(judged, columns=Judged._fields)
    first = {name: place for place, name in enumerate(dict.fromkeys(table["claim"]))}
    return table.sort_values("claim", key=lambda names: names.map(first), kind="stable", ignore_index=True)


def conclusions(table: pd.DataFrame) -> dict[str, Conclusion]:
    """Return how far each claim of a panel carries, by its name."""
    return {str(name): conclusion(rows) for name, rows in table.groupby("claim", sort=False)}

