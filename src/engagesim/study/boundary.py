"""Find where the probability of an outcome crosses a level, by adding points where the crossing is least certain.

A Gaussian process smooths the log odds of the outcome at each point, given their sampling error. The next points are
those with the largest *straddle*, ``1.96 * error - |mean - level|`` (Bryan et al. 2005, Advances in Neural Information
Processing Systems 18), which are uncertain and near the level.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm, qmc
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern
from threadpoolctl import threadpool_limits

from engagesim.errors import ParameterError
from engagesim.study.description import Factor, Study
from engagesim.study.designs import onto_scale, onto_share

CANDIDATES = 2048
"""Number of evenly spread candidates, from which the next points are chosen and on which the boundary is judged."""

CLEAR_ENOUGH = 0.02
"""Share of candidates that may stay unclear for lack of points; at this share or below, more points do not help."""

_FIRST = 10
"""Number of points per factor in the first round."""

_TWO_SIDED = float(norm.ppf(0.975))

type Values = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """An estimate of a probability over the space of the factors.

    Its error has two parts: one that more points would reduce, and the luck of the seeds. Points with the same seeds
    share that luck, so only more seeds reduce it. ``luck`` is the resulting correlation between outcomes of different
    points, from 0 to 1.
    """

    factors: tuple[Factor, ...]
    level: float
    process: GaussianProcessRegressor
    centre: float
    seeds: float
    luck: float

    def log_odds(self, shares: Values) -> tuple[Values, Values]:
        """Return the mean and error of the log odds at positions from 0 to 1, an array of shape (points, factors)."""
        mean, error = self.process.predict(shares, return_std=True)
        mean = mean + self.centre
        happened = self.seeds * expit(mean)
        return mean, np.sqrt(error * error + self.luck * _noise(happened, self.seeds))

    def probability(self, points: pd.DataFrame) -> pd.DataFrame:
        """Return ``probability``, ``low`` and ``high`` (95 percent) at points given with one column per path."""
        mean, error = self.log_odds(_shares(self.factors, points))
        low, high = mean - _TWO_SIDED * error, mean + _TWO_SIDED * error
        return pd.DataFrame({"probability": expit(mean), "low": expit(low), "high": expit(high)}, index=points.index)

    def unclear(self) -> float:
        """Return the share of the space that could lie on either side of the level."""
        return self._unclear(*self.log_odds(_candidates(self.factors, seed=0)))

    def wants_points(self) -> bool:
        """Whether more points with the same number of seeds would make the boundary clearer."""
        mean, error = self.process.predict(_candidates(self.factors, seed=0), return_std=True)
        return self._unclear(mean + self.centre, error) > CLEAR_ENOUGH

    def _unclear(self, mean: Values, error: Values) -> float:
        return float((np.abs(mean - logit(self.level)) < _TWO_SIDED * error).mean())


class Boundary:
    """A design that chooses points based on the results at earlier points."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.factors = tuple(study.factors.values())

    def ask(self, runs: pd.DataFrame | None) -> pd.DataFrame:
        """Return the next points, one column per path; the table is empty if no more would help or none are left.

        Only ``runs`` matters, not the order of its rows. No point is chosen twice.

        Raises
        ------
        ParameterError
            If the study's measure is not 0 or 1 in every run.
        """
        design = self.study.design
        if runs is None:
            first = min(_FIRST * len(self.factors), design.samples)
            shares = qmc.Sobol(len(self.factors), rng=design.seed).random(_power(first))[:first]
            return self._table(_settled(self.factors, shares))
        asked = runs["point"].nunique()
        fit = fit_boundary(self.study, runs)
        with _one_thread():
            if fit is None or asked >= design.samples or not fit.wants_points():
                return self._table(np.empty((0, len(self.factors))))
            return self._table(_straddling(fit, runs, min(design.batch, design.samples - asked), design.seed + asked))

    def _table(self, shares: Values) -> pd.DataFrame:
        columns = {factor.path: onto_scale(factor, shares[:, n]) for n, factor in enumerate(self.factors)}
        return pd.DataFrame(columns, dtype=float)


def fit_boundary(study: Study, runs: pd.DataFrame) -> Fit | None:
    """Smooth the results at the points of a study; return None if no run completed.

    Returns
    -------
    Fit or None

    Raises
    ------
    ParameterError
        If the study's measure is not 0 or 1 in every run.
    """
    factors, measure = tuple(study.factors.values()), study.measure
    sound = _sound(runs, measure)
    if sound.empty:
        return None
    points = sound.groupby("point", sort=True)
    places = _shares(factors, points[[factor.path for factor in factors]].first())
    happened = points[measure].sum().to_numpy().astype(float)
    tried = points.size().to_numpy().astype(float)
    odds = np.log((happened + 0.5) / (tried - happened + 0.5))
    centre = float(odds.mean())
    kernel = ConstantKernel(4.0, (0.1, 100.0)) * Matern([0.5] * len(factors), (0.05, 10.0), nu=2.5)
    process: Any = GaussianProcessRegressor(
        kernel, alpha=_noise(happened, tried), n_restarts_optimizer=2, random_state=study.design.seed
    )
    with _one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a factor without effect has an infinite length scale
        process.fit(places, odds - centre)
    return Fit(factors, study.design.level, process, centre, float(np.median(tried)), _luck(sound, measure))


def _one_thread() -> Any:
    """Use one thread: several are slower on small matrices, and their rounding could change which points are chosen."""
    return threadpool_limits(1, "blas")


def _sound(runs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the completed runs, in a fixed order."""
    sound = runs[runs["failed"].isna() & runs[measure].notna()].sort_values(["point", "seed"])
    others = sound.loc[~sound[measure].isin((0.0, 1.0)), measure]
    if len(others):
        raise ParameterError(
            f"measure = {measure}: must be 0 or 1 in each run, as coalition_formed is; one run has {others.iloc[0]:g}"
        )
    return sound


def _noise(happened: Values, tried: Values | float) -> Values:
    """Return the variance of log odds estimated from counts."""
    return 1.0 / (happened + 0.5) + 1.0 / (tried - happened + 0.5)


def _luck(sound: pd.DataFrame, measure: str) -> float:
    """Return the mean correlation of outcomes over pairs of points whose outcomes vary; 0 without common seeds."""
    outcomes = sound.pivot(index="point", columns="seed", values=measure)
    share = outcomes.mean(axis=1)
    mixed = share.index[(share > 0) & (share < 1)]
    if len(mixed) < 2:
        return 0.0
    error = np.sqrt(share * (1 - share))[mixed]
    scaled = outcomes.loc[mixed].sub(share[mixed], axis=0).div(error, axis=0)
    agreeing = float((scaled.sum() ** 2 - (scaled**2).sum()).sum())  # over all pairs with the same seed, in both orders
    seeds = float(scaled.notna().sum(axis=1).median())
    return min(1.0, max(0.0, agreeing / (len(mixed) * (len(mixed) - 1) * seeds)))


def _straddling(fit: Fit, runs: pd.DataFrame, count: int, seed: int) -> Values:
    """Choose points one by one, as if each earlier point had its expected outcome, to make the points spread out.

    Points where every run failed are treated in the same way; otherwise, all further points would go there.
    """
    asked = _shares(fit.factors, runs.drop_duplicates("point").sort_values("point"))
    candidates, wanted = _unlike(_candidates(fit.factors, seed), asked), logit(fit.level)
    process = fit.process
    for place in _unlike(asked, process.X_train_):
        process = _as_expected(process, place)
    chosen: list[Values] = []
    for _ in range(min(count, len(candidates))):
        mean, error = process.predict(candidates, return_std=True)
        best = int(np.argmax(_TWO_SIDED * error - np.abs(mean + fit.centre - wanted)))
        chosen.append(candidates[best])
        process = _as_expected(process, candidates[best])
        candidates = np.delete(candidates, best, axis=0)
    return np.array(chosen).reshape(-1, len(fit.factors))


def _as_expected(process: Any, place: Values) -> Any:
    """Return the Gaussian process as it would be if a point had its expected outcome."""
    noise = np.append(process.alpha, np.median(process.alpha))
    told = GaussianProcessRegressor(process.kernel_, alpha=noise, optimizer=None)
    expected = process.predict(place[None])
    return told.fit(np.vstack([process.X_train_, place]), np.append(process.y_train_, expected))


def _candidates(factors: tuple[Factor, ...], seed: int) -> Values:
    return _settled(factors, qmc.Sobol(len(factors), rng=seed).random(CANDIDATES))


def _settled(factors: tuple[Factor, ...], shares: Values) -> Values:
    """Round whole-number parameters, and drop duplicate points."""
    settled = shares.copy()
    for n, factor in enumerate(factors):
        if factor.is_whole:
            settled[:, n] = onto_share(factor, onto_scale(factor, shares[:, n]))
    _, first = np.unique(settled, axis=0, return_index=True)
    return settled[np.sort(first)]


def _unlike(places: Values, others: Values) -> Values:
    known = set(map(tuple, others.tolist()))
    return places[[tuple(place) not in known for place in places.tolist()]]


def _shares(factors: tuple[Factor, ...], points: pd.DataFrame) -> Values:
    return np.stack([onto_share(f, points[f.path].to_numpy(dtype=float)) for f in factors], axis=1)


def _power(count: int) -> int:
    return 1 << (count - 1).bit_length()  # a Sobol sequence is balanced at powers of two
