"""Which parameters move the facts: Morris over the whole prior, then Sobol on the few that matter.

The outcome is how near a parameter set comes to all facts to calibrate on, the mean of their closeness.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from engagesim.analysis.sensitivity import morris_indices, sobol_indices
from engagesim.evidence.calibrating import PRIOR, PRIOR_SIZE, Try, in_turn
from engagesim.study.description import Study
from engagesim.study.designs import DUMMY, design_points

MATTERING = 8
"""Parameters that Sobol indices are taken of: those that move the facts most."""

_NEAR = "quality"
"""The column that carries the closeness: indices are taken of a column of runs, by its name."""


def screen(attempt: Try, paths: int, seed: int) -> pd.DataFrame:
    """Return Morris's measures of every parameter of the prior, those that move the facts most first.

    Returns
    -------
    DataFrame
        Columns ``parameter``, ``mu_star`` with its 95 percent interval, ``sigma``, in shares of all facts.
    """
    study = _study(PRIOR, "morris", paths, seed)
    table = morris_indices(study, _runs(attempt, study), _NEAR)
    columns = ["mu_star", "mu_star_low", "mu_star_high", "sigma"]
    return _named(table[columns].sort_values("mu_star", ascending=False))


def indices(attempt: Try, parameters: Sequence[str], samples: int, seed: int) -> pd.DataFrame:
    """Return first-order and total Sobol indices of some parameters, all others as they are.

    Returns
    -------
    DataFrame
        Columns ``parameter``, ``first`` and ``total`` with their 95 percent intervals.
    """
    study = _study(parameters, "sobol", samples, seed)
    return _named(sobol_indices(study, _runs(attempt, study), _NEAR).sort_values("total", ascending=False))


def _study(parameters: Iterable[str], kind: str, samples: int, seed: int) -> Study:
    factors = {path: {"path": path, "low": PRIOR[path][0], "high": PRIOR[path][1]} for path in parameters}
    return Study.of({"factors": factors, "design": {"kind": kind, "samples": samples, "seed": seed}, "replicates": 1})


def _runs(attempt: Try, study: Study) -> pd.DataFrame:
    """Try every point of a design, in the form of the runs of a study."""
    points = design_points(study)
    sets = points.drop(columns=DUMMY).to_dict(orient="records")
    tried = in_turn(
        attempt, [{str(path): float(value) for path, value in some.items()} for some in sets], PRIOR_SIZE, 0
    )
    near = [float(np.mean([value for name, value in each.near.items()])) for each in tried]
    return points.assign(point=range(len(points)), seed=0, failed=None, **{_NEAR: near})


def _named(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename_axis("parameter").reset_index()
