"""Where the probability of an outcome crosses a level: points are asked for where that is least clear.

The share of seeds with the outcome at each point, as a log odds with its sampling error, is smoothed by a Gaussian
process. The next points are those with the largest *straddle*, ``1.96 * error - |mean - level|`` (Bryan et al. 2005,
Advances in Neural Information Processing Systems 18): uncertain, and near the level.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm, qmc
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

from engagesim.study.description import Factor, Study
from engagesim.study.designs import onto_scale, onto_share

CANDIDATES = 2048
"""Points, spread evenly, among which the next are chosen and on which the boundary is judged."""

CLEAR_ENOUGH = 0.02
"""The boundary is known where at most this share of the candidates may lie on either side of it."""

_FIRST = 10
"""Points of the first round for each factor."""

_TWO_SIDED = float(norm.ppf(0.975))

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """What is known of a probability over the space of the factors."""

    factors: tuple[Factor, ...]
    level: float
    process: GaussianProcessRegressor
    centre: float

    def log_odds(self, shares: Values) -> tuple[Values, Values]:
        """Return mean and error of the log odds at places of shape (points, factors), each from 0 to 1."""
        mean, error = self.process.predict(shares, return_std=True)
        return mean + self.centre, error

    def probability(self, points: pd.DataFrame) -> pd.DataFrame:
        """Return the probability at points, a column a path, as ``probability``, ``low`` and ``high`` (95 percent)."""
        mean, error = self.log_odds(_shares(self.factors, points))
        low, high = mean - _TWO_SIDED * error, mean + _TWO_SIDED * error
        return pd.DataFrame({"probability": expit(mean), "low": expit(low), "high": expit(high)}, index=points.index)

    def unclear(self) -> float:
        """Return the share of the space of which it is not clear on which side of the level it lies."""
        mean, error = self.log_odds(_candidates(len(self.factors), seed=0))
        return float((np.abs(mean - logit(self.level)) < _TWO_SIDED * error).mean())


class Boundary:
    """The design: asks for points, given what came of those before."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.factors = tuple(study.factors.values())

    def ask(self, runs: pd.DataFrame | None) -> pd.DataFrame:
        """Return the next points, a column a path; none when the boundary is known or the points are used up.

        Nothing but ``runs`` decides, in whatever order its rows stand.
        """
        design = self.study.design
        if runs is None:
            first = min(_FIRST * len(self.factors), design.samples)
            return self._table(qmc.Sobol(len(self.factors), rng=design.seed).random(_power(first))[:first])
        asked = runs["point"].nunique()
        fit = fit_boundary(self.study, runs)
        if fit is None or asked >= design.samples or fit.unclear() <= CLEAR_ENOUGH:
            return self._table(np.empty((0, len(self.factors))))
        return self._table(_straddling(fit, min(design.batch, design.samples - asked), seed=design.seed + asked))

    def _table(self, shares: Values) -> pd.DataFrame:
        columns = {factor.path: onto_scale(factor, shares[:, n]) for n, factor in enumerate(self.factors)}
        return pd.DataFrame(columns, dtype=float)


def fit_boundary(study: Study, runs: pd.DataFrame) -> Fit | None:
    """Smooth what came of the points of a study; None where no run went well.

    Returns
    -------
    Fit or None
    """
    factors = tuple(study.factors.values())
    sound = runs[runs["failed"].isna()]
    if sound.empty:
        return None
    points = sound.groupby("point", sort=True)
    places = _shares(factors, points[[factor.path for factor in factors]].first())
    happened, tried = points[study.measure].sum().to_numpy(), points.size().to_numpy()
    odds = np.log((happened + 0.5) / (tried - happened + 0.5))
    noise = 1.0 / (happened + 0.5) + 1.0 / (tried - happened + 0.5)
    centre = float(odds.mean())
    kernel = ConstantKernel(4.0, (0.1, 100.0)) * Matern([0.5] * len(factors), (0.05, 10.0), nu=2.5)
    process: Any = GaussianProcessRegressor(kernel, alpha=noise, n_restarts_optimizer=2, random_state=study.design.seed)
    process.fit(places, odds - centre)
    return Fit(factors, study.design.level, process, centre)


def _straddling(fit: Fit, count: int, seed: int) -> Values:
    """Choose places one by one, each as if the one before had come out as expected, so that they spread."""
    candidates, wanted = _candidates(len(fit.factors), seed), logit(fit.level)
    process = fit.process
    noise = float(np.median(process.alpha))
    chosen: list[Values] = []
    for _ in range(count):
        mean, error = process.predict(candidates, return_std=True)
        best = candidates[int(np.argmax(_TWO_SIDED * error - np.abs(mean + fit.centre - wanted)))]
        chosen.append(best)
        expected = process.predict(best[None])
        places, seen = np.vstack([process.X_train_, best]), np.append(process.y_train_, expected)
        process = GaussianProcessRegressor(process.kernel_, alpha=np.append(process.alpha, noise), optimizer=None)
        process.fit(places, seen)
    return np.array(chosen)


def _candidates(factors: int, seed: int) -> Values:
    points: Values = qmc.Sobol(factors, rng=seed).random(CANDIDATES)
    return points


def _shares(factors: tuple[Factor, ...], points: pd.DataFrame) -> Values:
    return np.stack([onto_share(f, points[f.path].to_numpy(dtype=float)) for f in factors], axis=1)


def _power(count: int) -> int:
    return 1 << (count - 1).bit_length()  # a Sobol sequence is balanced at powers of two
