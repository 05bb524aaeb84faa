"""Which factors matter: main effects, Morris screening and Sobol indices, from the runs of a study."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from engagesim.analysis.intervals import LEVEL, crossed, each_once, student
from engagesim.errors import EngagementError, either
from engagesim.study.argument_checks import check_among
from engagesim.study.description import Study
from engagesim.study.designs import (
    MORRIS_LEVELS,
    MORRIS_STEP,
    design_points,
    morris_steps,
    salib_design,
    salib_problem,
)
from engagesim.study.observed import check_mean

type Where = Mapping[str, Any]


def sobol_indices(study: Study, runs: pd.DataFrame, outcome: str, where: Where | None = None) -> pd.DataFrame:
    """Return first-order and total Sobol indices of an outcome, with 95 percent bootstrap intervals.

    The first-order index of a factor is the share of the outcome's variance over the design that disappears if the
    factor is known; the total index is the share that remains if all others are known. Estimates may fall a little
    below 0 or above 1.

    Replicates are averaged first. The remaining noise shows in the row ``dummy``, a factor that only determines the
    seeds: its total index is how large an index can be by chance alone.

    Parameters
    ----------
    study : Study
        A study with a Sobol design.
    runs : DataFrame
        One row per run, as in ``Results.runs``.
    outcome : str
        A measure, in any unit.
    where : mapping, optional
        A choice for each group that the study crosses, such as ``{"engagement": "survey"}``.

    Returns
    -------
    DataFrame
        Index ``factor`` (paths, and ``dummy`` last); columns ``first``, ``first_low``, ``first_high``, ``total``,
        ``total_low``, ``total_high``, shares of the variance.

    Raises
    ------
    EngagementError
        If points failed or are missing, choices are mixed, or the outcome does not vary, because SALib would return
        meaningless numbers.

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181, 259-270.
    """
    from SALib.analyze import sobol  # noqa: PLC0415 - takes half a second; other studies do not need it

    means = _point_means(study, runs, outcome, where, "sobol")
    problem = salib_problem(study)
    block = len(problem["names"]) + 2
    _refuse_constant(outcome, means.reshape(-1, block)[:, [0, -1]])  # variances come from these points only
    found = sobol.analyze(problem, means, calc_second_order=False, conf_level=LEVEL, seed=_generator(study))
    columns = _interval("first", found["S1"], found["S1_conf"]) | _interval("total", found["ST"], found["ST_conf"])
    return _table(problem, columns)


def morris_indices(study: Study, runs: pd.DataFrame, outcome: str, where: Where | None = None) -> pd.DataFrame:
    """Return Morris's measures of an outcome: how much each factor moves it, and how unevenly.

    An effect is the change in the outcome along a step of two thirds of the factor's range, scaled to the whole range.
    The range is that of the logarithm if ``log``; whole numbers come as close to two thirds as they can. Replicates are
    averaged first. If points have noise of their own, the row ``dummy`` has a ``mu_star`` above 0. A factor with a
    smaller ``mu_star`` cannot be distinguished from one without effect. If all points share their seeds, the value is 0
    and says nothing about noise.

    Arguments and errors are those of :func:`sobol_indices`, but for a Morris design.

    Returns
    -------
    DataFrame
        Index ``factor`` (paths, and ``dummy`` last); columns ``mu`` (mean effect), ``mu_star`` (mean absolute effect)
        with the 95 percent bootstrap interval ``mu_star_low`` to ``mu_star_high``, and ``sigma`` (standard deviation of
        the effect: how much it depends on the other factors), in the outcome's unit.

    References
    ----------
    Campolongo, Cariboni and Saltelli (2007), Environmental Modelling & Software 22, 1509-1518.
    """
    from SALib.analyze import morris  # noqa: PLC0415 - takes half a second; other studies do not need it

    means = _point_means(study, runs, outcome, where, "morris")
    problem = salib_problem(study)
    found = morris.analyze(
        problem, salib_design(study), means, conf_level=LEVEL, num_levels=MORRIS_LEVELS, seed=_generator(study)
    )
    scale = MORRIS_STEP / morris_steps(study)  # SALib assumes that every step has the length of the design's step
    star = _interval("mu_star", found["mu_star"] * scale, found["mu_star_conf"] * scale)
    return _table(problem, {"mu": found["mu"] * scale, **star, "sigma": found["sigma"] * scale})


def main_effects(runs: pd.DataFrame, factors: Sequence[str], outcome: str, bins: int = 10) -> pd.DataFrame:
    """Return the mean of an outcome by level of each factor, averaged over the others.

    Points are the units, not runs. Seeds of a point are averaged first, so many seeds do not suggest precision about
    untried points. Intervals include the luck of seeds that points share, so many points do not suggest precision about
    untried seeds. Failed runs are left out, and repeated runs count once. A numeric factor with more than ``bins``
    levels is cut into that many bins with equal numbers of points.

    Parameters
    ----------
    runs : DataFrame
        One row per run, as in ``Results.runs``.
    factors : sequence of str
        Columns of factors or choices.
    outcome : str
        A measure, in any unit.
    bins : int
        At least 1.

    Returns
    -------
    DataFrame
        One row per factor and level: ``factor``, ``value`` (the level, or the mean within a bin), ``mean``, ``low``,
        ``high`` (95 percent interval by Student's t; NaN for one point or one seed) and ``points``.

    Raises
    ------
    EngagementError
        If a column is missing, or no run completed.
    """
    for name in (*factors, outcome):
        check_among(name, runs.columns, "column of the runs")
    check_mean(outcome)
    if isinstance(bins, bool) or not isinstance(bins, int) or bins < 1:
        raise EngagementError(f"bins = {bins}: must be a whole number, 1 or more")
    sound = each_once(runs[runs["failed"].isna()])
    if sound.empty:
        raise EngagementError(f"{outcome}: must have runs that completed; all failed")
    return pd.concat([_effect(name, sound, outcome, bins) for name in factors], ignore_index=True)


def _effect(factor: str, sound: pd.DataFrame, outcome: str, bins: int) -> pd.DataFrame:
    values = sound.groupby("point")[factor].first()
    is_binned = is_numeric_dtype(values) and values.nunique() > bins
    levels = pd.qcut(values, bins, labels=False, duplicates="drop") if is_binned else values
    rows = []
    for level, part in sound.groupby(sound["point"].map(levels)):
        mean, error, points, seeds = crossed(part, outcome)
        low, high = student(np.array(mean), np.array(error), np.array(min(points, seeds)))
        value = values[levels == level].mean() if is_binned else level
        rows.append((factor, value, mean, float(low), float(high), points))
    return pd.DataFrame(rows, columns=["factor", "value", "mean", "low", "high", "points"])


def _point_means(study: Study, runs: pd.DataFrame, outcome: str, where: Where | None, kind: str) -> NDArray[np.float64]:
    """Average an outcome over seeds, in the design's order; refuse data from which no index can be computed."""
    if study.design.kind != kind:
        raise EngagementError(f"design.kind = {study.design.kind}: must be {kind} for these indices")
    if study.design.samples * study.size < 2:
        raise EngagementError("design.samples = 1: must be 2 or more, for intervals")
    check_among(outcome, runs.columns, "column of the runs")
    check_mean(outcome)
    runs = _chosen(study, runs, where or {})
    _refuse_failed(runs, outcome)
    points = runs.groupby("point", sort=True)
    _refuse_others(study, points.first())
    means: NDArray[np.float64] = points[outcome].mean().to_numpy(dtype=float)
    _refuse_constant(outcome, means)
    return means


def _chosen(study: Study, runs: pd.DataFrame, where: Where) -> pd.DataFrame:
    for group, choice in where.items():
        check_among(group, study.choices, "group that the study crosses")
        check_among(choice, runs[group].unique(), f"choice of {group} in the runs")
        runs = runs[runs[group] == choice]
    for group in study.choices:
        check_among(group, runs.columns, "column of the runs")
        if runs[group].nunique() > 1:
            names = either(sorted(runs[group].unique()))
            raise EngagementError(f"{group}: missing; must be {names}, because indices are for one of them")
    return runs


def _refuse_failed(runs: pd.DataFrame, outcome: str) -> None:
    failed = runs[~np.isfinite(runs[outcome].to_numpy(dtype=float))]
    if len(failed):
        first, reason = failed["point"].iloc[0], failed["failed"].iloc[0]
        said = f": {reason}" if isinstance(reason, str) else ""
        raise EngagementError(
            f"{outcome}: must be there at every point; {failed['point'].nunique()} of {runs['point'].nunique()} lack "
            f"it (the first is point {first}{said}): narrow the ranges so that no run fails"
        )


def _refuse_others(study: Study, points: pd.DataFrame) -> None:
    """Refuse points other than the design's, because the indices depend on which points come in which order."""
    design = design_points(study)
    if len(points) != len(design):
        raise EngagementError(f"runs: must have all {len(design)} points, not {len(points)}; finish the study first")
    for path in design.columns:
        check_among(path, points.columns, "column of the runs")
        differs = ~np.isclose(points[path].to_numpy(dtype=float), design[path], rtol=1e-9, atol=1e-12)
        if differs.any():
            place = int(np.argmax(differs))
            there, wanted = points[path].iloc[place], design[path].iloc[place]
            raise EngagementError(
                f"runs: point {points.index[place]}: {path} = {there:.10g}: must be {wanted:.10g}, as in the design; "
                "are they those of another study?"
            )


def _refuse_constant(outcome: str, means: NDArray[np.float64]) -> None:
    if np.ptp(means) <= 1e-12 * np.abs(means).max():  # rounding errors in a mean are not variation
        raise EngagementError(
            f"{outcome}: must differ between points, and is {means.flat[0]:g} at all {means.size}; "
            "use wider ranges, more samples or another outcome"
        )


def _generator(study: Study) -> np.random.Generator:
    return np.random.default_rng(study.design.seed)  # SALib would treat a seed of 0 as no seed


def _interval(name: str, middle: Any, half: Any) -> dict[str, Any]:
    middle, half = np.asarray(middle), np.asarray(half)
    return {name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half}


def _table(problem: Mapping[str, Any], columns: Mapping[str, Any]) -> pd.DataFrame:
    arrays = {name: np.asarray(column, dtype=float) for name, column in columns.items()}
    return pd.DataFrame(arrays, index=pd.Index(problem["names"], name="factor"))
