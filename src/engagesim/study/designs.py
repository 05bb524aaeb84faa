"""Points of a study's factors: grids, spread samples, designs for sensitivity indices, and lists from a file."""

import itertools
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engagesim.errors import InputError, ParameterError, no_such, reason, span
from engagesim.files import POINTS_BYTES
from engagesim.parameters import Parameters, Row
from engagesim.parameters.pydantic_errors import LISTED
from engagesim.society.tables import KINDS as TABLES
from engagesim.society.tables import Table, counted, hint, table
from engagesim.study.description import Factor, Study, numeric

DUMMY = "dummy"
"""A factor without effect in Sobol and Morris designs; its index shows the noise floor."""

MORRIS_LEVELS = 4
"""Number of levels of a factor in a Morris design."""

MORRIS_STEP = MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))
"""A step of a Morris design, as a share of the range: two thirds."""

MOST_POINTS = 1_000_000
"""Largest number of points of a design; more would not fit into memory or finish in a reasonable time."""

_log = logging.getLogger(__name__)

type Values = NDArray[np.float64]


def design_points(study: Study, society: type[Parameters] = Parameters) -> pd.DataFrame:
    """Return the points of a study: one column per factor, named by its path, and one row per point.

    Sobol and Morris designs also have the column ``dummy``, 0 to 1, which is not a parameter. A study without
    factors has one row and no columns. Ranges of whole-number parameters give whole numbers. The same study gives
    the same points. ``society`` is the type of the parameters, including mechanisms, whose settings a list may vary.

    Returns
    -------
    DataFrame, shape (points, factors), float64
        Points in the parameters' own units.

    Raises
    ------
    ParameterError
        If the factors do not fit the design, or there would be more than ``MOST_POINTS``.
    InputError
        If the file of a list cannot be used; the message names the line and the column.
    """
    factors = tuple(study.factors.values())
    match study.design.kind:
        case "grid":
            return _table(factors, _grid(factors, study.design.zipped))
        case "latin_hypercube":
            from scipy.stats import qmc  # noqa: PLC0415 - takes half a second; grids do not need it

            sampler = qmc.LatinHypercube(len(factors), rng=study.design.seed)
            shares = sampler.random(_affordable(_samples(study)))
            return _table(factors, [onto_scale(factor, share) for factor, share in zip(factors, shares.T, strict=True)])
        case "sobol" | "morris":
            *columns, dummy = salib_design(study).T
            values = [_from_design_scale(factor, column) for factor, column in zip(factors, columns, strict=True)]
            return _table(factors, values).assign(**{DUMMY: dummy})
        case "list":
            return _read_points(Path(str(study.design.file)), society)
        case kind:
            raise ParameterError(
                f"design.kind = {kind}: must be another kind; a boundary finds its points as the study proceeds"
            )


def salib_problem(study: Study) -> dict[str, Any]:
    """Return the factors in SALib's form, with the dummy last and bounds on the design's scale (logarithms if ``log``).

    Morris designs have few levels, including both ends; levels in between are rounded to whole numbers.
    """
    factors = study.factors.values()
    ends = _ends if study.design.kind == "sobol" else _first_and_last
    names = [*(factor.path for factor in factors), DUMMY]
    bounds = [*(list(ends(factor)) for factor in factors), [0.0, 1.0]]
    return {"num_vars": len(names), "names": names, "bounds": bounds}


def salib_design(study: Study) -> Values:
    """Return a Sobol or Morris design from SALib, shape (points, factors), with the dummy last.

    Values are on the scale of the design: logarithms if ``log``, not rounded.
    """
    from SALib.sample import morris, sobol  # noqa: PLC0415 - takes half a second; grids do not need it

    problem, samples, seed = salib_problem(study), _samples(study), study.design.seed
    width = len(problem["names"])
    design: Values
    if study.design.kind == "morris":
        _affordable(samples * (width + 1))
        design = morris.sample(problem, samples, num_levels=MORRIS_LEVELS, seed=seed)
        return design
    base = 1 << (samples - 1).bit_length()  # a Sobol sequence is balanced at powers of two
    _affordable(base * (width + 2))
    design = sobol.sample(problem, base, calc_second_order=False, seed=seed)
    return design


def morris_steps(study: Study) -> Values:
    """Return the mean step of a Morris design for each factor, as a share of its range, with the dummy last.

    The step is two thirds, rounded if a factor takes only whole numbers.
    """
    design = design_points(study)
    spans = [(*_first_and_last(factor), factor.log) for factor in study.factors.values()] + [(0.0, 1.0, False)]
    scaled = [
        ((np.log(values) if is_log else values) - low) / (high - low)
        for (low, high, is_log), values in zip(spans, design.to_numpy().T, strict=True)
    ]
    moves = np.abs(np.diff(np.array(scaled).reshape(len(spans), -1, len(spans) + 1), axis=2))
    steps: Values = moves.sum(axis=(1, 2)) / moves.shape[1]  # each factor moves once on each path
    return steps


def onto_scale(factor: Factor, share: Values) -> Values:
    """Convert shares of a factor's range, from 0 to 1, to its values; each whole number covers an equal share."""
    start, end = _ends(factor)
    return _from_design_scale(factor, start + share * (end - start))


def onto_share(factor: Factor, values: Values) -> Values:
    """Return the positions of values in a factor's range, from 0 to 1; a whole number is centred in its share."""
    start, end = _ends(factor)
    return ((np.log(values) if factor.log else values) - start) / (end - start)


def _range(factor: Factor) -> tuple[float, float]:
    if factor.low is None or factor.high is None:
        raise ParameterError(f"{factor.path}: must have low and high")
    if not factor.is_whole:
        return factor.low, factor.high
    low, high = math.ceil(factor.low), math.floor(factor.high)
    if low >= high:
        raise ParameterError(
            f"{factor.path}: low, high = {factor.low:.10g}, {factor.high:.10g}: must have two whole numbers or more "
            "between them"
        )
    return low, high


def _ends(factor: Factor) -> tuple[float, float]:
    """Return the ends of a range on the scale of the design.

    A whole number covers all values that round to it. To let the numbers at the ends cover as many values as the
    others, the range begins half a step before the first and ends half a step after the last.
    """
    low, high = _range(factor)
    beyond = 0.5 if factor.is_whole else 0.0
    return _on_design_scale(factor, low - beyond, high + beyond)


def _first_and_last(factor: Factor) -> tuple[float, float]:
    return _on_design_scale(factor, *_range(factor))


def _on_design_scale(factor: Factor, low: float, high: float) -> tuple[float, float]:
    return (math.log(low), math.log(high)) if factor.log else (low, high)


def _from_design_scale(factor: Factor, places: Values) -> Values:
    return _allowed(factor, np.exp(places) if factor.log else places)


def _allowed(factor: Factor, values: Values) -> Values:
    """Round whole-number parameters, and move values outside the range back into it."""
    low, high = _range(factor)
    return np.clip(np.floor(values + 0.5) if factor.is_whole else values, low, high)


def _samples(study: Study) -> int:
    return study.design.samples * study.size


def _affordable(points: int) -> int:
    if points > MOST_POINTS:
        raise ParameterError(
            f"design: must have up to {MOST_POINTS:,} points, not {points:,}; use fewer samples, levels or factors"
        )
    return points


def _grid(factors: tuple[Factor, ...], zipped: bool) -> list[Values]:
    """Return one column per factor, with the levels of all factors crossed or zipped."""
    levels = [_levels(factor) for factor in factors]
    if not zipped:
        levels = [list(dict.fromkeys(some)) for some in levels]  # rounding to whole numbers may have created duplicates
        _affordable(math.prod(len(some) for some in levels))
        crossed = np.array(list(itertools.product(*levels)), dtype=float)
        return list(crossed.T)
    lengths = {factor.path: len(some) for factor, some in zip(factors, levels, strict=True)}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{path} has {length}" for path, length in lengths.items())
        raise ParameterError(f"factors: must all have the same number of values if they are zipped; {said}")
    return [np.array(some) for some in levels]


def _levels(factor: Factor) -> list[float]:
    if factor.values is None:
        spaced = np.geomspace if factor.log else np.linspace
        return list(_allowed(factor, spaced(*_range(factor), factor.levels)))
    for value in factor.values:
        if factor.is_whole and not value.is_integer():
            raise ParameterError(f"{factor.path} = {value:.10g}: must be a whole number")
    return list(factor.values)


def _table(factors: tuple[Factor, ...], columns: list[Values]) -> pd.DataFrame:
    if not factors:
        return pd.DataFrame(index=pd.RangeIndex(1))
    return pd.DataFrame({f.path: column for f, column in zip(factors, columns, strict=True)}, dtype=float)


def _read_points(path: Path, society: type[Parameters]) -> pd.DataFrame:
    """Read a list of points, with a parameter's path above each column; blank lines are skipped."""
    place = f"design.file = {path}"
    try:
        found = table(path, POINTS_BYTES)
    except OSError as error:
        raise InputError(f"{place}: must be a readable file; {reason(error)}") from None
    except ValueError as error:
        raise InputError(f"{place}: must be a table ({TABLES}); {error}") from None
    if found.cells.empty:
        raise InputError(f"{place}: must have a heading of parameters, and a row for each point")
    _check_heading(f"{place}, line {found.heading_line}", list(found.cells.columns), numeric(society))
    points = pd.DataFrame(
        {name: _column(place, numeric(society)[name], found) for name in found.cells.columns}
    ).reset_index(drop=True)
    read = f"{counted(len(points), 'point')} of {counted(len(points.columns), 'parameter')}"
    _log.info("%s: %s%s", place, read, f", {found.says}" if found.says else "")
    if doubled := int(points.duplicated().sum()):
        are = "is a duplicate, and is" if doubled == 1 else "are duplicates, and are"
        _log.warning("%s: %s %s simulated again", place, counted(doubled, "point"), are)
    return points


def _check_heading(line: str, names: list[str], known: Mapping[str, Row]) -> None:
    for number, name in enumerate(names, 1):
        if name == "":
            raise InputError(
                f"{line}: column {number}: missing; must be the path of a numeric parameter; leave out the row index"
            )
        if name not in known:
            raise InputError(no_such(name, "numeric parameter", known, LISTED, f"{line}: "))


def _column(place: str, row: Row, found: Table) -> "pd.Series[float]":
    name, is_whole = row.path, isinstance(row.default, int)
    low, high = (float(end) for end in (row.low, row.high) if end is not None)
    values = found.numbers(name)
    good = values.between(low, high)
    if is_whole:
        good &= values == values.round()
    if not good.all():
        wrong = int(np.argmin(good))
        cell, line = found.cells[name].iloc[wrong], found.cells.index[wrong]
        raise InputError(f"{place}, line {line}: {name} = {cell!r}: must be {span(low, high, is_whole)}{hint(cell)}")
    return values
