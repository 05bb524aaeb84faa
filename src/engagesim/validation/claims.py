"""The robustness panel: each headline claim, tested in variations of the model over a calibrated ensemble.

A claim is a check of a fact (``facts``), with arms and expressions like any other. Only the question differs: not
whether the model meets a number from the field, but whether the claim still holds after a change in a choice that
nobody can defend exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import stdtrit

from engagesim.errors import ParameterError, either, no_such
from engagesim.parameters import Parameters
from engagesim.parameters.declare import Group
from engagesim.validation.experiments import Laboratory, ParameterSet, Reading, Size, observe
from engagesim.validation.facts import Check, Fact
from engagesim.validation.scoring import INTERVAL

SHIPPED = Path(__file__).parent / "claims"
"""The claims that the README, documents and experiments make."""

AS_IT_IS = "as it is"
"""The name of the variation that changes nothing."""

SOCIETY = {"population.districts": 5, "population.citizens": 300}
"""The society in which claims are tested, unless a claim or a variation sets other values."""

SIZES: Mapping[str, Size] = {"quick": Size(4, 4), "full": Size(12, 8)}
"""Sizes of the panel by name: draws (``trials``), and societies in each arm of a draw (``districts``)."""

MOST_SETS = 0.8
"""The share of draws in which a claim must hold to count as holding."""

_SEEDS_APART = 1_000_000

type Values = NDArray[np.float64]
type Result = Literal["holds", "unclear", "flips"]


class Variation(Group):
    """A variation of the model that changes one modelling choice."""

    set: dict[str, Any] = Field(default_factory=dict, description="parameters by path")
    times: dict[str, float] = Field(default_factory=dict, description="multiples of a parameter set's values")

    def of(self, some: ParameterSet, base: Parameters) -> ParameterSet:
        """Return a parameter set with this variation applied."""
        usual = {**SOCIETY, **some}
        multiples = {path: usual.get(path, attrgetter(path)(base)) * by for path, by in self.times.items()}
        return {**usual, **self.set, **multiples}


type Axes = Mapping[str, Mapping[str, Variation]]
"""Variations by name, grouped by the name of their axis."""


class Judged(NamedTuple):
    """The result of a claim in a variation.

    ``value`` is the mean over draws of the claim's expression, or of the smallest step in its order, with a 90 percent
    interval. ``sets`` is the share of draws, each with another parameter set, in which the claim holds.
    """

    claim: str
    axis: str
    variation: str
    result: Result
    value: float
    low: float
    high: float
    sets: float


class Cell(NamedTuple):
    """A cell of the panel: all claims of a file in one variation."""

    fact: Fact
    axis: str
    name: str
    variation: Variation


def cells(facts: Sequence[Fact], axes: Axes) -> list[Cell]:
    """Return every cell of the panel, starting with the unchanged model."""
    variations = [(AS_IT_IS, AS_IT_IS, Variation())]
    variations += [(axis, name, variation) for axis, some in axes.items() for name, variation in some.items()]
    return [Cell(fact, *each) for each in variations for fact in facts]


def check_cells(asked: Iterable[Cell], sets: Sequence[ParameterSet], laboratory: Laboratory) -> None:
    """Refuse variations that no society allows, and names that appear on two axes.

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
    """Simulate a cell of the panel, and judge its claims.

    Draws use the parameter sets in turn. Each draw has its own ties and seeds, which are the same in every variation,
    so the spread between draws reflects the ensemble and luck. All draws have the same number of districts, however
    many a society has.
    """
    draws, societies, *_ = laboratory.size
    in_each = int(cell.variation.of(sets[0], laboratory.base)["population.districts"])
    size = Size(1, max(1, societies * SOCIETY["population.districts"] // in_each))
    found: list[Mapping[tuple[str, int], tuple[Reading, ...]]] = []
    for draw in range(draws):
        shifted = laboratory.base.changed({"seed": (laboratory.base.seed + _SEEDS_APART * draw) % 2**32})
        some = cell.variation.of(sets[draw % len(sets)], laboratory.base)
        found.append(observe([cell.fact], [some], laboratory._replace(base=shifted, size=size), last))
    with np.errstate(invalid="ignore"):  # a value that is not defined makes its claim unclear
        return [
            _judged(cell, number, check, np.array([readings[cell.fact.id, number][0].centre for readings in found]))
            for number, check in enumerate(cell.fact.checks)
        ]


def _judged(cell: Cell, number: int, check: Check, values: Values) -> Judged:
    """Judge a claim by its interval and the share of draws in which it holds; ``values`` has shape (draws, parts)."""
    parts = -np.diff(values) if check.tolerance == "O" else values
    mean, low, high = _interval(parts)
    floor, top = (0.0, np.inf) if check.tolerance == "O" or check.sign == "+" else check.band
    if check.sign == "-":
        floor, top = -np.inf, 0.0
    share = float(((parts > floor) & (parts < top)).all(axis=1).mean())
    result: Result = "unclear"
    if (low > floor).all() and (high < top).all() and share >= MOST_SETS:
        result = "holds"
    elif (high < floor).any() or (low > top).any():
        result = "flips"
    least = int(mean.argmin())
    name = claim_id(cell.fact, number)
    shown = float(mean[least]), float(low[least]), float(high[least])
    return Judged(name, cell.axis, cell.name, result, *shown, share)


def _interval(values: Values) -> tuple[Values, Values, Values]:
    """Return the mean over draws with Student's 90 percent interval; ``values`` has shape (draws, parts)."""
    mean = values.mean(axis=0)
    half = stdtrit(len(values) - 1, INTERVAL[1]) * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return mean, mean - half, mean + half


def claim_id(fact: Fact, number: int) -> str:
    """Return the name of a claim, which consists of its file's name and its own."""
    return f"{fact.id}.{fact.checks[number].name or number + 1}"


type Kind = Literal["everywhere", "conditioned", "withdrawn"]


class Conclusion(NamedTuple):
    """The conclusion on a claim: it holds everywhere, holds under a condition (given in words), or is withdrawn."""

    kind: Kind
    words: str


def conclusion(rows: pd.DataFrame) -> Conclusion:
    """Return how far a claim holds, from its rows of the panel."""
    results = dict(zip(rows["variation"], rows["result"], strict=True))
    usual = results.pop(AS_IT_IS)
    if usual != "holds":
        what = "it flips" if usual == "flips" else "it is unclear"
        return Conclusion("withdrawn", f"{what} in the model as it is")
    but = {what: [name for name, result in results.items() if result == what] for what in ("flips", "unclear")}
    if not any(but.values()):
        return Conclusion("everywhere", "holds everywhere")
    parts = [f"{what} with {either(names)}" for what, names in but.items() if names]
    return Conclusion("conditioned", f"holds, but {' and '.join(parts)}")


def panel(judged: Iterable[Judged], facts: Sequence[Fact]) -> pd.DataFrame:
    """Return the table of the panel: one row per claim (with its words) and variation, in the order of the claims."""
    says = {claim_id(fact, number): check.claim for fact in facts for number, check in enumerate(fact.checks)}
    table = pd.DataFrame(judged, columns=Judged._fields)
    table.insert(1, "says", table["claim"].map(says))
    return table.sort_values("claim", key=lambda names: names.map(list(says).index), kind="stable", ignore_index=True)


def conclusions(table: pd.DataFrame) -> dict[str, Conclusion]:
    """Return how far each claim of a panel holds, by name."""
    return {str(name): conclusion(rows) for name, rows in table.groupby("claim", sort=False)}
