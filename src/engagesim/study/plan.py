"""The plan of a study: which societies to simulate, in rounds of independent parts."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.errors import ParameterError, shown
from engagesim.measures import Measure
from engagesim.mechanisms.design import measures_of, sources_of
from engagesim.parameters import Parameters
from engagesim.study.argument_checks import MOST_SEED
from engagesim.study.description import Study
from engagesim.study.designs import DUMMY, design_points
from engagesim.study.observed import check_mean
from engagesim.study.provenance import inputs_of, named_by_content

PART_WORK = 50_000_000
"""Number of citizen-months in a part: a second or two of work."""

MOST_PARTS = 1000
"""Approximate maximum number of parts in a round; larger studies get larger parts."""

SEED_BLOCKS = 16
"""Number of blocks of seeds for a dummy factor: many, but few enough that points share seeds and graphs."""

MOST_RUNS = 10_000_000
"""Largest number of runs of a study; a study of this size takes a table of 5 GB and a week on one core."""

PART_BYTES = 500_000_000
"""Largest size of a part's monthly measures in memory, in bytes."""

POINTS_A_PART = 64
"""Number of points in a part: as many as the engine simulates together."""


class Variant(NamedTuple):
    """A combination of choices from the config groups, with the resulting parameters."""

    labels: Mapping[str, str]
    parameters: Parameters


class Part(NamedTuple):
    """Runs that are simulated and stored together: every point (its number and values) with every seed."""

    name: str
    numbers: tuple[int, ...]
    points: tuple[Mapping[str, Any], ...]
    seeds: tuple[int, ...]

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.points) * len(self.seeds)


@dataclass(frozen=True)
class Plan:
    """A study with its starting parameters, one set for each combination of choices."""

    study: Study
    variants: tuple[Variant, ...]
    kept_paths: tuple[str, ...] | None = None  # for a stored study, whose list of points may no longer exist

    def __post_init__(self) -> None:
        months = {variant.parameters.months for variant in self.variants}
        if len(months) > 1:
            raise ParameterError(f"months = {sorted(months)}: must be the same in a whole study")
        if self.study.design.kind == "boundary" and len(self.variants) > 1:
            raise ParameterError("choices: must have one choice per group for a boundary; run a study for each")
        if self.kept_paths is None:
            check_mean(self.study.measure)
            self._check_size()

    def _check_size(self) -> None:
        design, seeds = self.study.design, self._most_seeds
        points = design.samples if design.kind == "boundary" else len(self._design) * len(self.variants)
        if points * seeds > MOST_RUNS:
            raise ParameterError(f"design, replicates: must make up to {MOST_RUNS:,} runs, not {points * seeds:,}")
        blocks = SEED_BLOCKS if design.kind in {"sobol", "morris"} else 1
        first = self.variants[0].parameters.seed
        if first + blocks * seeds > MOST_SEED + 1:
            raise ParameterError(
                f"seed = {first}: must be at most {MOST_SEED + 1 - blocks * seeds}; the study counts "
                f"{blocks * seeds:,} seeds up from it"
            )

    @property
    def society(self) -> type[Parameters]:
        """Type of the parameters, including the settings of mechanisms."""
        return type(self.variants[0].parameters)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Measures that are observed in every run."""
        return measures_of(self.society)

    @cached_property
    def measure_names(self) -> list[str]:
        """Names of the columns that hold measures."""
        return [measure.name for measure in self.measures]

    @property
    def months(self) -> int:
        """Number of months in every run."""
        return self.variants[0].parameters.months

    @property
    def choices(self) -> list[str]:
        """Names of the groups from which choices come; they are columns of the table."""
        return list(self.variants[0].labels)

    @cached_property
    def paths(self) -> list[str]:
        """Columns of the table that hold the factors' values, including those of the dummy."""
        if self.kept_paths is not None:
            return list(self.kept_paths)
        if self.study.design.kind == "boundary":
            return [factor.path for factor in self.study.factors.values()]
        return list(self._design.columns)

    @cached_property
    def _design(self) -> pd.DataFrame:
        return design_points(self.study, self.society)

    @cached_property
    def fingerprint(self) -> str:
        """Checksum of everything that determines the results, except the model's version."""
        made_of: dict[str, Any] = {
            "study": self.study.model_dump(mode="json", exclude={"design": {"file"}}),
            "variants": [[dict(labels), kept.model_dump(mode="json")] for labels, kept in self.named_by_content()],
            "inputs": [inputs_of(v.parameters) for v in self.variants],
            "design": "" if self.study.design.kind == "boundary" else self._design.to_csv(index=False),
        }
        if sources_of(self.society):
            made_of["mechanisms"] = sources_of(self.society)
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()

    def named_by_content(self) -> list[Variant]:
        """Return the variants in stored form, with input files named by their content."""
        kept = named_by_content(variant.parameters for variant in self.variants)
        return [Variant(variant.labels, parameters) for variant, parameters in zip(self.variants, kept, strict=True)]

    def shift(self, row: Mapping[str, Any]) -> int:
        """Return the number added to the seeds of a point: 0 without a dummy factor.

        All points have the same seeds, so that only their factors differ. A dummy factor without any effect would then
        have an index of exactly 0, however noisy the model. The dummy therefore represents the luck of the draw: it
        determines which seeds are used.
        """
        return min(SEED_BLOCKS - 1, int(row[DUMMY] * SEED_BLOCKS)) * self._most_seeds if DUMMY in row else 0

    def parameters_of(self, row: Mapping[str, Any]) -> Parameters:
        """Return the parameters of a row of the table: its variant with its factors, and its seed, if it has one.

        Raises
        ------
        ParameterError
            If the values of the row do not fit together.
        """
        fitting = (v for v in self.variants if all(row[group] == label for group, label in v.labels.items()))
        variant = next(fitting, None)
        if variant is None:
            raise ParameterError(
                f"row = {shown(dict(row))}: must have choices of the study for {', '.join(self.choices)}"
            )
        changes = {path: _whole(row[path]) for path in self.paths if path != DUMMY}
        if "seed" in row:
            changes["seed"] = int(row["seed"])
        return variant.parameters.changed(changes)

    def rounds(self, known: Callable[[], pd.DataFrame], part_runs: int) -> Iterator[list[Part]]:
        """Yield the parts, round by round; ``known`` returns the table of all runs in earlier rounds.

        A round depends only on the study and on the results of earlier rounds, so an interrupted study continues
        exactly as if it had not stopped.
        """
        cut = _Cut(part_runs)
        if self.study.design.kind == "boundary":
            yield from self._boundary_rounds(known, cut)
        elif self.study.replicates == "auto":
            yield from self._auto_rounds(known, cut)
        else:
            yield cut.parts(self._numbered(self._design), self._seeds(0, self._replicates))

    def _boundary_rounds(self, known: Callable[[], pd.DataFrame], cut: "_Cut") -> Iterator[list[Part]]:
        from engagesim.study.boundary import Boundary  # noqa: PLC0415 - half a second; other designs do not need it

        design, first = Boundary(self.study), 0
        while len(asked := design.ask(known() if first else None)):
            rows = self._numbered(asked, first)
            yield cut.parts(rows, self._seeds(0, self._replicates))
            first += len(rows)

    def _auto_rounds(self, known: Callable[[], pd.DataFrame], cut: "_Cut") -> Iterator[list[Part]]:
        rows, done = self._numbered(self._design), min(FIRST_REPLICATES, self.study.most_replicates)
        yield cut.parts(rows, self._seeds(0, done))
        while done < self.study.most_replicates:
            wide = too_wide(known(), self.study)
            if not wide:
                return
            more = min(FIRST_REPLICATES, self.study.most_replicates - done)
            yield cut.parts({number: row for number, row in rows.items() if number in wide}, self._seeds(done, more))
            done += more

    @property
    def _replicates(self) -> int:
        count = FIRST_REPLICATES if self.study.replicates == "auto" else self.study.replicates
        is_sampled = self.study.design.kind in {"latin_hypercube", "sobol", "morris"}
        return count if is_sampled else count * self.study.size

    def _seeds(self, start: int, count: int) -> tuple[int, ...]:
        begin = self.variants[0].parameters.seed
        return tuple(range(begin + start, begin + start + count))

    def _numbered(self, design: pd.DataFrame, first: int = 0) -> dict[int, dict[str, Any]]:
        """Return the points of a table by number, grouped by their seeds."""
        points = [dict(zip(design.columns, row, strict=True)) for row in design.to_numpy().tolist()]
        rows = [{**variant.labels, **point} for variant in self.variants for point in points]
        return dict(sorted(enumerate(rows, first), key=lambda numbered: self.shift(numbered[1])))

    @property
    def part_runs(self) -> int:
        """The default number of runs in a part."""
        citizens = max(variant.parameters.population.citizens for variant in self.variants)
        runs = len(self._design) * len(self.variants) * self._replicates if self.study.design.kind != "boundary" else 0
        wanted = max(PART_WORK // (citizens * self.months), math.ceil(runs / MOST_PARTS))
        return max(1, min(wanted, PART_BYTES // (8 * len(self.measures) * self.months)))

    @property
    def _most_seeds(self) -> int:
        return self.study.most_replicates if self.study.replicates == "auto" else self._replicates


class _Cut:
    """Numbered parts, into which tables of points and seeds are split."""

    def __init__(self, part_runs: int) -> None:
        self.width = min(POINTS_A_PART, part_runs)
        self.depth = max(1, part_runs // self.width)
        self.count = 0

    def parts(self, rows: Mapping[int, Mapping[str, Any]], seeds: Sequence[int]) -> list[Part]:
        made: list[Part] = []
        for some in batched(rows.items(), self.width):
            numbers, points = zip(*some, strict=True)
            for few in batched(seeds, self.depth):
                made.append(Part(f"{self.count + len(made):06d}", numbers, points, few))
        self.count += len(made)
        return made


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


FIRST_REPLICATES = 20
"""Number of seeds with which each point starts, and the number added in each further round."""

_LEVEL = 0.95


def too_wide(runs: pd.DataFrame, study: Study) -> set[int]:
    """Return the points at which the measure's 95 percent interval is still wider than the study's ``width``.

    Shares have Wilson's interval, and means have Student's. Stopping when an interval has become narrow favours samples
    that happen to vary little. The resulting intervals cover the truth somewhat less often than 95 percent, by a
    percentage point or two with 20 or more seeds (Law 2015, Simulation Modeling and Analysis, section 9.4.1).
    """
    sound = runs[runs["failed"].isna()]
    width = sound.groupby("point", sort=True)[study.measure].agg(lambda values: interval_width(values.to_numpy()))
    return {int(number) for number in width.index[width > study.width]}


def interval_width(values: NDArray[np.float64]) -> float:
    """Return the width of the 95 percent interval of a mean, or of a share where all values are 0 or 1."""
    from scipy import stats  # noqa: PLC0415 - takes half a second; fixed seeds do not need it

    count = len(values)
    if np.isin(values, (0.0, 1.0)).all():
        found = stats.binomtest(int(values.sum()), count).proportion_ci(_LEVEL, method="wilson")
        return float(found.high - found.low)
    if count == 1:
        return math.inf
    error = values.std(ddof=1) / np.sqrt(count)
    return float(2 * stats.t.ppf((1 + _LEVEL) / 2, count - 1) * error)
