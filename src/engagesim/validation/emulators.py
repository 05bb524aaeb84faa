"""Emulators predict the outcome of each check, with an error, for parameter sets that were not simulated.

An emulator predicts the outcome of one check (``scoring.Outcome``) from linear terms and squares of the parameters. The
lasso sets most terms to zero (Tibshirani 1996), because a check depends on few of a hundred parameters. The error, from
cross-validation, is that for unseen sets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from engagesim.validation.experiments import SIZES, Size
from engagesim.validation.facts import Fact
from engagesim.validation.scoring import INTERVAL, Outcome, limits

type Values = NDArray[np.float64]

_FOLDS = 5
"""Number of folds in the cross-validation."""

_PENALTIES = 30
"""Number of penalties from which the lasso chooses."""

_LEAST_OWN = 0.25
"""Smallest share of the error for unseen sets that is due to the emulator and not to noise between trials."""


class Trials(NamedTuple):
    """The data from which emulators learn: parameter sets, outcomes by check, which sets are newest, and the size.

    Shapes: ``places`` (sets, parameters), in shares of the prior's ranges; ``values`` and ``errors`` (sets, checks), in
    the order of the facts and their checks; ``newest`` (sets,).
    """

    places: Values
    values: Values
    errors: Values
    newest: NDArray[np.bool_]
    size: Size


@dataclass(frozen=True)
class Emulators:
    """Emulators for every check of some facts.

    The inverse hyperbolic sine stretches outcomes near the band that passes and compresses those far from it, so that
    extremes do not dominate the fit.

    Attributes
    ----------
    facts : tuple of Fact
    owner : array of int
        Position of the fact to which each check belongs, shape (checks,).
    low, high : array of float
        The band that passes, shape (checks,); infinite where a side is open.
    intercept, slopes : array of float
        Shapes (checks,) and (terms, checks).
    error : array of float
        Standard deviation of a full-size simulated outcome around the emulated one, shape (checks,).
    residuals : array of float
        Errors of emulation for each set of the newest wave, scaled to ``error``, shape (sets, checks).
    explained : array of float
        Share of the variance over all sets that is explained out of sample, shape (checks,); up to 1.
    """

    facts: tuple[Fact, ...]
    owner: NDArray[np.intp]
    low: Values
    high: Values
    intercept: Values
    slopes: Values
    error: Values
    residuals: Values
    explained: Values

    def implausibility(self, places: Values) -> Values:
        """Return the implausibility of each fact for some parameter sets.

        Parameters
        ----------
        places : array of float
            Shape (sets, parameters), 0 to 1.

        Returns
        -------
        array of float
            Shape (sets, facts): how many standard deviations the worst check lies outside the band that passes;
            negative where all pass. Inside a band, half its width counts as one standard deviation if it is less, so
            that -1 can be reached.
        """
        emulated = self._emulated(places)
        outside = np.maximum(self.low - emulated, emulated - self.high)
        within = np.minimum(self.error, np.maximum((self.high - self.low) / 2, 1e-9))
        away = outside / np.where(outside > 0, self.error, within)
        return np.maximum.reduceat(away, self._starts(), axis=1)

    def meets(self, places: Values, generator: np.random.Generator, draws: int) -> NDArray[np.bool_]:
        """Return which facts sets would meet if simulated, with random errors like the emulators' earlier ones.

        Parameters
        ----------
        places : array of float
            Shape (sets, parameters), 0 to 1.
        generator : numpy.random.Generator
        draws : int
            Number of emulated simulations of each place.

        Returns
        -------
        array of bool
            Shape (sets times draws, facts).
        """
        missed = self.residuals[generator.integers(len(self.residuals), size=len(places) * draws)]
        simulated = np.repeat(self._emulated(places), draws, axis=0) + missed
        passed = (self.low <= simulated) & (simulated <= self.high)
        return np.logical_and.reduceat(passed, self._starts(), axis=1)

    def _emulated(self, places: Values) -> Values:
        return np.asarray(self.intercept + _terms(places) @ self.slopes, dtype=np.float64)

    def _starts(self) -> NDArray[np.intp]:
        return np.searchsorted(self.owner, np.arange(len(self.facts)))


def fitted(facts: Sequence[Fact], trials: Trials, seed: int) -> Emulators:
    """Fit the emulators of some facts.

    Parameters
    ----------
    facts : sequence of Fact
    trials : Trials
        Trials of at least ten sets.
    seed : int
        Seed of the folds of the cross-validation.

    Returns
    -------
    Emulators
    """
    checks = [(place, check) for place, fact in enumerate(facts) for check in fact.checks]
    bands = np.array([limits(check) for _, check in checks], dtype=np.float64)
    full = trials.errors * np.sqrt(_societies(trials.size) / _societies(SIZES["full"]))
    narrowed = np.array([check.tolerance == "N" for _, check in checks]) * _wide(full[trials.newest])
    low, high = np.arcsinh(bands[:, 0] + narrowed), np.arcsinh(bands[:, 1] - narrowed)

    terms, values = _terms(trials.places), np.arcsinh(trials.values)
    pressed = 1 / np.sqrt(1 + trials.values**2)
    parts = np.random.default_rng(seed).permutation(len(terms)) % _FOLDS
    fits = [_fit(terms, values[:, column], parts) for column in range(len(checks))]
    unseen = np.array([fit.unseen for fit in fits]).T

    missed = (values - unseen)[trials.newest]
    off, noise = np.mean(missed**2, axis=0), np.mean((pressed * trials.errors)[trials.newest] ** 2, axis=0)
    error = np.sqrt(
        np.maximum(off - noise, _LEAST_OWN * off) + np.mean((pressed * full)[trials.newest] ** 2, axis=0) + 1e-6
    )
    return Emulators(
        tuple(facts), np.array([place for place, _ in checks]), low, np.maximum(high, low),
        np.array([fit.intercept for fit in fits]), np.array([fit.slopes for fit in fits]).T, error,
        missed * error / np.sqrt(off + 1e-12),
        1 - np.mean((values - unseen) ** 2, axis=0) / (values.var(axis=0) + 1e-12),
    )  # fmt: skip


def table_of(facts: Sequence[Fact], found: Sequence[Mapping[str, Sequence[Outcome]]]) -> tuple[Values, Values]:
    """Return the values and errors of outcomes for some sets, each of shape (sets, checks)."""
    table = np.array([[each for fact in facts for each in outcomes[fact.id]] for outcomes in found], dtype=np.float64)
    return table[:, :, 0], table[:, :, 1]


class _Fit(NamedTuple):
    intercept: float
    slopes: Values
    unseen: Values


def _fit(terms: Values, values: Values, parts: NDArray[np.intp]) -> _Fit:
    """Fit a lasso with the penalty that predicts unseen sets best, and predict each set out of sample."""
    from sklearn.linear_model import Lasso, LassoCV  # noqa: PLC0415 - most commands save the second
    from sklearn.model_selection import cross_val_predict  # noqa: PLC0415 - likewise

    if np.ptp(values) < 1e-9:
        return _Fit(float(values.mean()), np.zeros(terms.shape[1]), values.copy())
    folds = [(np.flatnonzero(parts != part), np.flatnonzero(parts == part)) for part in range(_FOLDS)]
    settings = {"tol": 1e-3, "max_iter": 20_000, "selection": "cyclic"}
    best = LassoCV(alphas=_PENALTIES, eps=0.01, cv=folds, **settings).fit(terms, values)
    unseen = cross_val_predict(Lasso(best.alpha_, **settings), terms, values, cv=folds)
    return _Fit(float(best.intercept_), np.asarray(best.coef_, dtype=np.float64), unseen)


def _terms(places: Values) -> Values:
    """Return linear and squared terms of parameter sets, each with a mean of 0 over the prior."""
    centred = (places - 0.5) * np.sqrt(12)
    return np.hstack([centred, (centred**2 - 1) * np.sqrt(5) / 2])


def _wide(errors: Values) -> Values:
    """Return the half-width of a value's interval."""
    return np.asarray(ndtri(INTERVAL[1]) * np.median(errors, axis=0), dtype=np.float64)


def _societies(size: Size) -> int:
    return size.trials * size.districts
